//! Where one can go: the rail with its live counts, the tabs of a phone, and the person's own menu.

use domain::{orders::list::View, users::Frame};
use leptos::prelude::*;

use crate::ui::{Avatar, Icon, icon::set};

fn here(path: Memo<String>, view: View) -> impl Fn() -> Option<&'static str> {
    move || (View::from_path(&path.get()) == Some(view)).then_some("page")
}

/// The rail of a desktop.
#[component]
pub fn Rail(frame: Frame, path: Memo<String>) -> impl IntoView {
    let Frame { name, role, counts, .. } = frame;
    view! {
        <a class="brand" href="/orders/"><span class="brand-mark"><Icon of=set::LuBird/></span>"Curlew"</a>
        <nav aria-label="Curlew">
            <a class="rail-link" href=View::All.path() aria-current=here(path, View::All)><Icon of=set::LuReceiptText/>"Orders"</a>
            {View::ALL.into_iter().skip(1).map(|view| {
                let count = counts.of(view).map(|count| count.to_string());
                view! { <a class="rail-sub" href=view.path() aria-current=here(path, view)><span>{view.short()}</span><span class="count">{count}</span></a> }
            }).collect_view()}
        </nav>
        <div class="rail-me">
            <Avatar name=name.clone()/>
            <span><strong>{name}</strong><small>{role.label()}</small></span>
        </div>
    }
}

/// The tabs of a phone, with New in the middle.
#[component]
pub fn Tabs(path: Memo<String>) -> impl IntoView {
    let tab = move |view: View, icon, words: &'static str| {
        view! { <a class="tab" href=view.path() aria-current=here(path, view)><Icon of=icon/><span>{words}</span></a> }
    };
    view! {
        {tab(View::All, set::LuReceiptText, "Orders")}
        {tab(View::Today, set::LuSun, "Today")}
        <a class="tab tab-new" href="/orders/new/"><span class="tab-plus"><Icon of=set::LuPlus/></span><span>"New"</span></a>
        {tab(View::ConnectedMonth, set::LuCircleCheck, "Connected")}
        {tab(View::Mine, set::LuUser, "Mine")}
    }
}

/// The person's own menu: theme and sign-out, as plain forms.
#[component]
pub fn Person(frame: Frame) -> impl IntoView {
    let Frame { name, username, role, may_create, .. } = frame;
    view! {
        <details class="menu">
            <summary><Avatar name=name.clone()/></summary>
            <div class="menu-sheet">
                <p class="menu-head"><strong>{name}</strong><br/><small>{username}" · "{role.label()}</small></p>
                <form method="post" action="/theme/" class="menu-theme" on:submit=super::shortcuts::set_theme>
                    <span id="theme-label">"Theme"</span>
                    <span class="segments" role="group" aria-labelledby="theme-label">
                        <button name="theme" value="light">"Light"</button>
                        <button name="theme" value="dark">"Dark"</button>
                        <button name="theme" value="system">"System"</button>
                    </span>
                </form>
                {may_create.then(|| view! { <p class="menu-hint">"Press "<kbd>"?"</kbd>" for shortcuts."</p> })}
                <form method="post" action="/logout/"><button class="btn btn-quiet menu-out"><Icon of=set::LuLogOut/>"Sign out"</button></form>
            </div>
        </details>
    }
}
