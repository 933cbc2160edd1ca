//! The parts that pages are made of. No nouns in here.

pub mod avatar;
pub mod dom;
pub mod el;
pub mod error_page;
pub mod flash;
pub mod icon;
pub mod pager;

use std::cell::Cell;

use leptos::prelude::*;
use leptos_meta::Title;

pub use avatar::avatar;
pub use flash::{Toast, flash};
pub use icon::Icon;
pub use pager::pager;

thread_local! {
    /// Whether the page of another address is on its way.
    static AWAITED: Cell<bool> = const { Cell::new(false) };
}

/// The page of another address is on its way: drawn, it takes the focus to its heading, which says where one is now.
pub fn await_drawn() {
    AWAITED.set(true);
}

/// Whether single letters do what they stand for. They can be switched off in this browser (WCAG 2.1.4): [`SINGLE_KEYS`].
pub fn has_single_keys() -> bool {
    document().document_element().is_some_and(|root| !root.has_attribute("data-keys-off"))
}

/// Under what a browser keeps that single letters are switched off; what starts a page ([`crate::shell`]) marks the document by it.
pub const SINGLE_KEYS: &str = "single-keys";

/// What this browser keeps; nothing where it keeps nothing.
pub fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// A page's content under the document's title.
pub fn titled(title: impl Into<String>, parts: impl IntoIterator<Item = el::El>) -> AnyView {
    let (title, parts) = (title.into(), parts.into_iter().map(el::El::view).collect::<Vec<_>>());
    // Who is typing a search goes on typing; who sent one is at its results.
    if AWAITED.take() && document().active_element().is_none_or(|it| it.id() != "search" && it.id() != "page") {
        crate::forms::focus("#page h1");
    }
    view! { <Title text=title/>{parts} }.into_any()
}

/// From here on the browser has taken over, the page of a lazy route included; the browser tests wait for it.
pub fn mark_hydrated() {
    mark("data-hydrated");
}

/// From here on every page is there, opened or not; the browser tests wait for it.
pub fn mark_preloaded() {
    mark("data-whole");
}

fn mark(name: &str) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute(name, "yes");
    }
}

/// Until then nothing may change the page under the hands that take it over: links and forms do what they do without a script.
pub fn is_hydrated() -> bool {
    cfg!(feature = "hydrate") && document().document_element().is_some_and(|root| root.has_attribute("data-hydrated"))
}

/// As high as a page of cards, so that nothing shifts when it comes.
pub fn skeleton() -> AnyView {
    let parts = ["skeleton-title", "skeleton-card"].map(|class| el::el("span", class));
    el::el("div", "skeleton").attr("aria-busy", "true").attr("aria-label", "Loading").all(parts).view()
}

/// The field of a plain form that says whose page it is on. (A page's own requests say it by a header.)
pub const PAGE_USER: &str = "page_user";

/// The id of the person whose page this is.
pub fn page_user() -> String {
    #[cfg(feature = "ssr")]
    let user = crate::context::access().ok().map(|(_, scope)| scope.user.id.to_string());
    #[cfg(not(feature = "ssr"))]
    let user = of_body("data-user");
    user.unwrap_or_default()
}

/// What the server wrote on the body of the page.
#[cfg(not(feature = "ssr"))]
pub fn of_body(name: &str) -> Option<String> {
    document().body().and_then(|body| body.get_attribute(name))
}

/// Text inside `<title>` and `<textarea>`. On the server Leptos writes it there as it is, so it is escaped here; in the browser it
/// is set as text.
pub fn unmarked(text: String) -> String {
    if cfg!(feature = "ssr") { text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;") } else { text }
}
