//! The frame: sidebar and top bar on a desktop, tabs on a phone, the page in the middle. Plain HTML from the server.

use domain::{
    Error,
    orders::list::View,
    role::{self, Permission},
    users::Frame,
};
use leptos::prelude::*;

use super::is_place;
use crate::{
    shell::Theme,
    ui::{
        Avatar, Button, ButtonKind, Dialog, Erase, Icon, LinkButton, Menu,
        icon::{Drawing, set},
    },
};

const KEYS: [(&str, &str); 9] = [
    ("/", "Search (also Ctrl K)"),
    ("N", "New order"),
    ("J", "Next row in a list"),
    ("K", "Previous row"),
    ("X", "Select the row, for a bulk action"),
    ("E", "Edit the order"),
    ("F", "Set a follow-up (D: done, T: tomorrow, W: in a week)"),
    ("Esc", "Back"),
    ("?", "Show these shortcuts"),
];

/// The body of a page: `app` is the part that is hydrated.
pub fn framed<App: IntoView>(frame: &Frame, theme: Theme, path: &str, searched: String, app: App) -> impl IntoView + use<App> {
    view! {
        <a class="frame-skip" href="#page" rel="external">"Skip to main content"</a>
        <div class="frame">
            <aside class="sidebar">{sidebar(frame, path)}</aside>
            <div class="frame-main">
                <header class="topbar">
                    <a class="topbar-brand" href="/" aria-label="Curlew, home"><span class="brand-mark"><Icon of=set::LuBird/></span>"Curlew"</a>
                    <form method="get" action="/orders/search/" class="palette" role="search">
                        <Icon of=set::LuSearch/>
                        <input id="search" name="query" type="search" class="input" placeholder="Number, name, business, phone" aria-label="Search orders" autocomplete="off" maxlength="200" value=searched aria-keyshortcuts="/ Control+K"/>
                        <kbd>"Ctrl K"</kbd>
                        <div id="palette" data-user=frame.username.clone()></div>
                    </form>
                    <span class="topbar-gap"></span>
                    {frame.may_create.then(|| view! { <LinkButton kind=ButtonKind::Primary class="topbar-new" href="/orders/new/" attr:aria-keyshortcuts="n">"New order"<kbd>"N"</kbd></LinkButton> })}
                    {person(frame, theme)}
                </header>
                {frame.read_only.then(|| view! { <p class="notice notice-frame" role="status">{Error::ReadOnly.sentence()}</p> })}
                <main id="page" tabindex="-1">{app.into_view()}</main>
            </div>
            <nav class="tabbar" aria-label="Main">{tabs(frame.may_create, path)}</nav>
        </div>
        {suggestions(frame)}
        <Dialog id="keys" title="Shortcuts">
            <dl class="dialog-keys">{KEYS.map(|(key, does)| view! { <div><dt><kbd>{key}</kbd></dt><dd>{does}</dd></div> }).collect_view()}</dl>
            <label class="checkbox"><input type="checkbox" id="single-keys" autocomplete="off"/><span>"Single-key shortcuts"</span></label>
            <p><a class="menu-link" href="/help/shortcuts/">"All shortcuts in the user guide"</a></p>
            <form method="dialog"><Button>"Close"</Button></form>
        </Dialog>
    }
}

fn aria_current(path: &str, view: View) -> Option<&'static str> {
    (View::from_path(path) == Some(view)).then_some("page")
}

/// The `datalist`s of text fields.
fn suggestions(frame: &Frame) -> impl IntoView + use<> {
    let list = |(id, label): &(String, Vec<String>)| {
        view! { <datalist id=id.clone()>{label.iter().map(|it| view! { <option value=it.clone()></option> }).collect_view()}</datalist> }
    };
    frame.suggestions.iter().map(list).collect_view()
}

/// The links besides orders that this user may open.
fn navigation_links(frame: &Frame) -> Vec<(&'static str, &'static str, Drawing)> {
    let may = |permission: Permission| role::may(frame.role, permission, false);
    let places = [
        (Permission::Read, "/campaigns/", "Campaigns", set::LuTarget),
        (Permission::Read, "/companies/", "Companies", set::LuBuilding2),
        (Permission::Read, "/reports/", "Reports", set::LuChartColumn),
        (Permission::Read, "/commission/", "Commission", set::LuCoins),
        (Permission::Read, "/activity/", "Activity", set::LuActivity),
        (Permission::Administer, "/admin/users/", "People", set::LuUsers),
        (Permission::Administer, "/admin/settings/", "Settings", set::LuSettings),
    ];
    places.into_iter().filter(|(permission, ..)| may(*permission)).map(|(_, href, label, icon)| (href, label, icon)).collect()
}

fn is_here(path: &str, href: &str) -> Option<&'static str> {
    is_place(path, href).then_some("page")
}

/// A link of the sidebar.
fn sidebar_link(path: &str, href: &'static str, label: &'static str, icon: Drawing) -> AnyView {
    view! { <a class="sidebar-link" href=href data-place="" aria-current=is_here(path, href)><Icon of=icon/>{label}</a> }.erase()
}

/// The sidebar of a desktop, with its counts.
fn sidebar(frame: &Frame, path: &str) -> impl IntoView + use<> {
    let subs = View::SIDEBAR.into_iter().skip(1).map(|view| {
        let count = frame.counts.iter().find(|(path, _)| path == view.path()).map(|(_, count)| count.clone());
        view! {
            <a class="sidebar-sub" href=view.path() data-place="" aria-current=aria_current(path, view)>
                <span>{view.short()}</span><span class="sidebar-count" data-count=view.path()>{count}</span>
            </a>
        }
    });
    let saved = frame.saved.iter().map(|(name, href)| {
        let count = frame.counts.iter().find(|(it, _)| it == href).map(|(_, count)| count.clone());
        view! { <a class="sidebar-sub" href=href.clone() data-place=""><span>{name.clone()}</span><span class="sidebar-count" data-count=href.clone()>{count}</span></a> }
    });
    let saved = (!frame.saved.is_empty()).then(|| view! { <p class="sidebar-head">"Saved views"</p>{saved.collect_view()} });
    view! {
        <a class="brand" href="/"><span class="brand-mark"><Icon of=set::LuBird/></span>"Curlew"</a>
        <nav aria-label="Curlew">
            {sidebar_link(path, "/", "Dashboard", set::LuHouse)}
            <a class="sidebar-link" href=View::All.path() data-place="" aria-current=aria_current(path, View::All)><Icon of=set::LuReceiptText/>"Orders"</a>
            {subs.collect_view()}
            <a class="sidebar-sub" href=View::Board.path() data-place="" aria-current=aria_current(path, View::Board)><span>"Board"</span></a>
            {saved}
            {frame.may_trash.then(|| view! { <a class="sidebar-sub" href=View::Trash.path() data-place="" aria-current=aria_current(path, View::Trash)><span>"Trash"</span></a> })}
            {frame.may_merge.then(|| view! { <a class="sidebar-sub" href="/duplicates/" data-place="" aria-current=is_here(path, "/duplicates/")><span>"Duplicates"</span></a> })}
            {navigation_links(frame).into_iter().map(|(href, text, icon)| sidebar_link(path, href, text, icon)).collect_view()}
        </nav>
        <div class="sidebar-me">
            <Avatar name=frame.name.clone()/>
            <span><strong>{frame.name.clone()}</strong><small>{frame.role.label()}</small></span>
        </div>
    }
}

/// The tab bar of a phone, with New in the middle.
fn tabs(may_create: bool, path: &str) -> impl IntoView + use<> {
    let tab = |view: View, icon, label: &'static str| {
        view! { <a class="tabbar-tab" href=view.path() data-place="" aria-current=aria_current(path, view)><Icon of=icon/><span>{label}</span></a> }
    };
    let other = |href: &'static str, icon, label: &'static str| {
        view! { <a class="tabbar-tab" href=href data-place="" aria-current=is_here(path, href)><Icon of=icon/><span>{label}</span></a> }
    };
    view! {
        {other("/", set::LuHouse, "Dashboard")}
        {tab(View::All, set::LuReceiptText, "Orders")}
        {may_create.then(|| view! { <a class="tabbar-tab tabbar-new" href="/orders/new/"><span class="tabbar-plus"><Icon of=set::LuPlus/></span><span>"New"</span></a> })}
        {tab(View::Mine, set::LuUser, "Mine")}
        {other("/activity/", set::LuActivity, "Activity")}
    }
}

/// The user menu: theme and sign-out, as plain forms.
fn person(frame: &Frame, theme: Theme) -> impl IntoView + use<> {
    let frame = frame.clone();
    let Frame { name, username, role, .. } = frame.clone();
    let themes = Theme::ALL.map(|it| {
        view! { <button name="theme" value=it.code() aria-pressed=(it == theme).to_string()>{it.label()}</button> }
    });
    view! {
        <Menu button=view! { <Avatar name=name.clone()/> }.erase()>
            <p class="menu-head"><strong>{name}</strong><br/><small>{username}" · "{role.label()}</small></p>
            <form method="post" action="/theme/" class="menu-theme">
                <span id="theme-label">"Theme"</span>
                <span class="segments" role="group" aria-labelledby="theme-label">
                    {themes}
                </span>
            </form>
            {navigation_links(&frame).into_iter().map(|(href, text, _)| view! { <a class="menu-link menu-phone" href=href>{text}</a> }).collect_view()}
            {frame.may_trash.then(|| view! { <a class="menu-link" href=View::Trash.path()>"Trash"</a> })}
            {frame.may_merge.then(|| view! { <a class="menu-link" href="/duplicates/">"Duplicates"</a> })}
            <a class="menu-link" href="/profile/">"Your profile and devices"</a>
            <a class="menu-link" href="/help/">"User guide"</a>
            <p class="menu-hint"><button type="button" class="link-button" data-keys="">"Shortcuts"</button>", also "<kbd>"?"</kbd></p>
            <form method="post" action="/logout/"><Button class="menu-out"><Icon of=set::LuLogOut/>"Sign out"</Button></form>
        </Menu>
    }
}
