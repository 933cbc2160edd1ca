//! The parts that pages are made of. No nouns in here.

pub mod avatar;
pub mod dom;
pub mod el;
pub mod error_page;
pub mod flash;
pub mod icon;
pub mod pager;

use leptos::prelude::*;
use leptos_meta::Title;

pub use avatar::avatar;
pub use flash::{Toast, flash};
pub use icon::Icon;
pub use pager::pager;

/// A page's content under the document's title.
pub fn titled(title: impl Into<String>, parts: impl IntoIterator<Item = el::El>) -> AnyView {
    let (title, parts) = (title.into(), parts.into_iter().map(el::El::view).collect::<Vec<_>>());
    view! { <Title text=title/>{parts} }.into_any()
}

/// From here on the browser has taken over, the page of a lazy route included; the browser tests wait for it.
pub fn taken_over() {
    mark("data-hydrated");
}

/// From here on every page is there, opened or not; the browser tests wait for it.
pub fn whole() {
    mark("data-whole");
}

fn mark(name: &str) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute(name, "yes");
    }
}

/// Until then nothing may change the page under the hands that take it over: links and forms do what they do without a script.
pub fn is_taken_over() -> bool {
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
    let user = crate::context::access().ok().map(|(_, scope)| scope.me.id.to_string());
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
