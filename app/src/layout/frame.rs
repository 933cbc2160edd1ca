//! The frame: rail and top bar on a desktop, tabs on a phone, the page in the middle. Plain HTML from the server.

use domain::{orders::list::View, users::Frame};
use leptos::prelude::*;

use crate::ui::{Icon, avatar, icon::set};

const KEYS: [(&str, &str); 9] = [
    ("/", "Search, also Ctrl K"),
    ("N", "New order"),
    ("J", "Next row of a list"),
    ("K", "Row before"),
    ("X", "Tick the row, to do something with many"),
    ("E", "Edit the order"),
    ("F", "Follow-up: set it. D done, T tomorrow, W in a week"),
    ("Esc", "Back"),
    ("?", "This list"),
];

/// The body of a page: `app` is the part that the browser takes over.
pub fn framed(frame: &Frame, path: &str, searched: String, app: impl IntoView) -> impl IntoView {
    view! {
        <a class="skip" href="#page" rel="external">"Skip to the page"</a>
        <div class="frame">
            <aside class="rail">{rail(frame, path)}</aside>
            <div class="stage">
                <header class="bar">
                    <a class="bar-brand" href="/orders/"><span class="brand-mark"><Icon of=set::LuBird/></span>"Curlew"</a>
                    <form method="get" action="/orders/search/" class="search" role="search">
                        <Icon of=set::LuSearch/>
                        <input id="search" name="query" type="search" class="input" placeholder="Number, name, business, phone" aria-label="Search orders" autocomplete="off" maxlength="200" value=searched aria-keyshortcuts="/ Control+K"/>
                        <kbd>"Ctrl K"</kbd>
                        <div id="palette" class="palette" data-user=frame.username.clone()></div>
                    </form>
                    <span class="bar-gap"></span>
                    {frame.may_create.then(|| view! { <a class="btn btn-primary bar-new" href="/orders/new/" aria-keyshortcuts="n">"New order"<kbd>"N"</kbd></a> })}
                    {person(frame)}
                </header>
                <main id="page" tabindex="-1">{app.into_view()}</main>
            </div>
            <nav class="tabs" aria-label="Phone">{tabs(frame.may_create, path)}</nav>
        </div>
        <dialog id="keys" class="dialog" aria-labelledby="keys-title">
            <h2 id="keys-title">"Shortcuts"</h2>
            <dl class="keys">{KEYS.map(|(key, does)| view! { <div><dt><kbd>{key}</kbd></dt><dd>{does}</dd></div> }).collect_view()}</dl>
            <form method="dialog"><button class="btn btn-quiet">"Close"</button></form>
        </dialog>
    }
}

fn here(path: &str, view: View) -> Option<&'static str> {
    (View::from_path(path) == Some(view)).then_some("page")
}

/// The rail of a desktop, with its counts.
fn rail(frame: &Frame, path: &str) -> impl IntoView + use<> {
    let subs = View::RAIL.into_iter().skip(1).map(|view| {
        let count = frame.counts.iter().find(|(path, _)| path == view.path()).map(|(_, count)| count.clone());
        view! {
            <a class="rail-sub" href=view.path() data-place="" aria-current=here(path, view)>
                <span>{view.short()}</span><span class="count" data-count=view.path()>{count}</span>
            </a>
        }
    });
    let saved = frame.saved.iter().map(|(name, href)| {
        let count = frame.counts.iter().find(|(it, _)| it == href).map(|(_, count)| count.clone());
        view! { <a class="rail-sub" href=href.clone() data-place=""><span>{name.clone()}</span><span class="count" data-count=href.clone()>{count}</span></a> }
    });
    let saved = (!frame.saved.is_empty()).then(|| view! { <p class="rail-head">"Saved views"</p>{saved.collect_view()} });
    view! {
        <a class="brand" href="/orders/"><span class="brand-mark"><Icon of=set::LuBird/></span>"Curlew"</a>
        <nav aria-label="Curlew">
            <a class="rail-link" href=View::All.path() data-place="" aria-current=here(path, View::All)><Icon of=set::LuReceiptText/>"Orders"</a>
            {subs.collect_view()}
            <a class="rail-sub" href=View::Board.path() data-place="" aria-current=here(path, View::Board)><span>"Board"</span></a>
            {saved}
            {frame.may_trash.then(|| view! { <a class="rail-sub" href=View::Trash.path() data-place="" aria-current=here(path, View::Trash)><span>"Trash"</span></a> })}
            {frame.may_merge.then(|| view! { <a class="rail-sub" href="/duplicates/" data-place="" aria-current=(path.trim_end_matches('/') == "/duplicates").then_some("page")><span>"Duplicates"</span></a> })}
        </nav>
        <div class="rail-me">
            {avatar(&frame.name).view()}
            <span><strong>{frame.name.clone()}</strong><small>{frame.role.label()}</small></span>
        </div>
    }
}

/// The tabs of a phone, with New in the middle.
fn tabs(may_create: bool, path: &str) -> impl IntoView + use<> {
    let tab = |view: View, icon, words: &'static str| {
        view! { <a class="tab" href=view.path() data-place="" aria-current=here(path, view)><Icon of=icon/><span>{words}</span></a> }
    };
    view! {
        {tab(View::All, set::LuReceiptText, "Orders")}
        {tab(View::Today, set::LuSun, "Today")}
        {may_create.then(|| view! { <a class="tab tab-new" href="/orders/new/"><span class="tab-plus"><Icon of=set::LuPlus/></span><span>"New"</span></a> })}
        {tab(View::ConnectedMonth, set::LuCircleCheck, "Connected")}
        {tab(View::Mine, set::LuUser, "Mine")}
    }
}

/// The person's own menu: theme and sign-out, as plain forms.
fn person(frame: &Frame) -> impl IntoView + use<> {
    let Frame { name, username, role, .. } = frame.clone();
    view! {
        <details class="menu">
            <summary>{avatar(&name).view()}</summary>
            <div class="menu-sheet">
                <p class="menu-head"><strong>{name}</strong><br/><small>{username}" · "{role.label()}</small></p>
                <form method="post" action="/theme/" class="menu-theme">
                    <span id="theme-label">"Theme"</span>
                    <span class="segments" role="group" aria-labelledby="theme-label">
                        <button name="theme" value="light">"Light"</button>
                        <button name="theme" value="dark">"Dark"</button>
                        <button name="theme" value="system">"System"</button>
                    </span>
                </form>
                {frame.may_trash.then(|| view! { <a class="menu-link" href=View::Trash.path()>"Trash"</a> })}
                {frame.may_merge.then(|| view! { <a class="menu-link" href="/duplicates/">"Duplicates"</a> })}
                <a class="menu-link" href="/profile/">"Your profile and devices"</a>
                <p class="menu-hint"><button type="button" class="link-button" data-keys="">"Shortcuts"</button>", also "<kbd>"?"</kbd></p>
                <form method="post" action="/logout/"><button class="btn btn-quiet menu-out"><Icon of=set::LuLogOut/>"Sign out"</button></form>
            </div>
        </details>
    }
}
