//! Generic parts of pages.

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
    /// Whether another page is loading.
    static AWAITED: Cell<bool> = const { Cell::new(false) };
}

/// Another page is loading: once rendered, it focuses its heading.
pub fn await_drawn() {
    AWAITED.set(true);
}

/// Whether single-key shortcuts are on. They can be switched off in this browser (WCAG 2.1.4): [`SINGLE_KEYS`].
pub fn has_single_keys() -> bool {
    document().document_element().is_some_and(|root| !root.has_attribute("data-keys-off"))
}

/// The storage key of the switched-off shortcuts; [`crate::shell`] marks the document by it.
pub const SINGLE_KEYS: &str = "single-keys";

/// The local storage; `None` where it is not available.
pub fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// A page's content with its document title.
pub fn titled(title: impl Into<String>, parts: impl IntoIterator<Item = el::El>) -> AnyView {
    let (title, parts) = (title.into(), parts.into_iter().map(el::El::view).collect::<Vec<_>>());
    // While a search is typed the focus stays there; after it is submitted, the results have it.
    if AWAITED.take() && document().active_element().is_none_or(|it| it.id() != "search" && it.id() != "page") {
        crate::forms::focus("#page h1");
    }
    view! { <Title text=title/>{parts} }.into_any()
}

/// Marks the document as hydrated, including the lazy route; browser tests wait for it.
pub fn mark_hydrated() {
    mark("data-hydrated");
}

/// Marks that all routes are preloaded; browser tests wait for it.
pub fn mark_preloaded() {
    mark("data-preloaded");
}

fn mark(name: &str) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute(name, "yes");
    }
}

/// Until hydration nothing may change the page: links and forms work as without JavaScript.
pub fn is_hydrated() -> bool {
    cfg!(feature = "hydrate") && document().document_element().is_some_and(|root| root.has_attribute("data-hydrated"))
}

/// A skeleton as high as a page of cards, to avoid layout shifts.
pub fn skeleton() -> AnyView {
    let parts = ["skeleton-title", "skeleton-card"].map(|class| el::el("span", class));
    el::el("div", "skeleton").attr("aria-busy", "true").attr("aria-label", "Loading").all(parts).view()
}

/// The form field with the user of the page. (Requests of the application have a header.)
pub const PAGE_USER: &str = "page_user";

/// The id of the page's user.
pub fn page_user() -> String {
    #[cfg(feature = "ssr")]
    let user = crate::context::access().ok().map(|(_, scope)| scope.user.id.to_string());
    #[cfg(not(feature = "ssr"))]
    let user = of_body("data-user");
    user.unwrap_or_default()
}

/// A data attribute that the server wrote to the body.
#[cfg(not(feature = "ssr"))]
pub fn of_body(name: &str) -> Option<String> {
    document().body().and_then(|body| body.get_attribute(name))
}

/// Text inside `<title>` and `<textarea>`. On the server Leptos does not escape it there, so it is escaped here; in the browser it
/// is set as text.
pub fn unmarked(text: String) -> String {
    if cfg!(feature = "ssr") { text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;") } else { text }
}
