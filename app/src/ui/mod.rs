//! Components that know nothing of the pages which use them; the types that they show (links, controls, forms) are in `domain`.

pub mod avatar;
mod badge;
mod button;
mod chart;
mod chip;
mod data_table;
mod dialog;
mod disclosure;
pub mod dom;
mod empty_state;
mod erase;
pub mod error_page;
pub mod flash;
pub mod form;
mod form_view;
pub mod icon;
mod kpi;
mod menu;
mod notice;
mod page_head;
pub mod pager;
mod panel;
mod progress_bar;
mod query_form;
mod rows;
mod saved_view;
mod segments;
mod skeleton;
mod suspense;

use std::cell::Cell;

use leptos::prelude::*;

pub use avatar::Avatar;
pub use badge::Badge;
pub use button::{Button, ButtonKind, LinkButton};
pub use chart::{Chart, chart_legend};
pub use chip::{Chip, ChipList, ClearChip, FilterChip};
pub use data_table::{DataTable, Head};
pub use dialog::{Dialog, close_dialog, open_dialog};
pub use disclosure::Disclosure;
pub use empty_state::EmptyState;
pub use erase::{Content, Erase};
pub use flash::{Flash, Toast};
pub use form::{Checkbox, ControlField, ControlFields, ErrorSummary, FieldMessage, HiddenFields, PostForm};
pub use form_view::{ButtonForm, Field, FormCard, FormPage, SecretLink};
pub use icon::Icon;
pub use kpi::{Kpi, KpiRow};
pub use menu::Menu;
pub use notice::Notice;
pub use page_head::{BackLink, HelpLink, IgnoredValues, PageHead};
pub use pager::Pager;
pub use panel::{Panel, TwoColumns};
pub use progress_bar::ProgressBar;
pub use query_form::{QueryBar, QueryFilters, navigate_by_form};
pub use rows::{KeyedRow, RowState, Rows};
pub use saved_view::{RemoveView, SaveView};
pub use segments::Segments;
pub use skeleton::{list_skeleton, skeleton};
pub use suspense::{Draw, PageKey, suspense};

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

/// The title of the page on screen; [`crate::App`] puts it into the document. Not an `RwSignal`: on the server leptos_meta reads the title
/// outside of the arena of its request (leptos_integration_utils 0.8.9, `from_app`), and would read the signal of another one.
#[derive(Clone, Debug, Default)]
pub struct PageTitle(pub ArcRwSignal<String>);

/// A page: its document title and its content; it focuses the heading after a navigation.
#[component]
pub fn Page(#[prop(into)] title: String, children: Content) -> impl IntoView {
    // While a search is typed the focus stays there; after it is submitted, the results have it.
    if AWAITED.take() && document().active_element().is_none_or(|it| it.id() != "search" && it.id() != "page") {
        crate::forms::focus("#page h1");
    }
    let shown = expect_context::<PageTitle>().0;
    if shown.with_untracked(|it| *it != title) {
        shown.set(title);
    }
    children.draw()
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

/// Whether the page answers a form: what was typed, why it was refused, and a link that is shown once are nowhere else, so that the page is
/// not read again because of somebody else's change.
pub fn is_posted() -> bool {
    cfg!(feature = "hydrate") && document().body().is_some_and(|body| body.has_attribute(POSTED))
}

/// The page on screen is another one, or was read anew.
pub fn forget_posted() {
    if cfg!(feature = "hydrate")
        && let Some(body) = document().body()
    {
        let _ = body.remove_attribute(POSTED);
    }
}

/// The attribute of the body with the address of a page that answers a form ([`crate::shell`]).
const POSTED: &str = "data-posted";

/// Until hydration nothing may change the page: links and forms work as without JavaScript.
pub fn is_hydrated() -> bool {
    cfg!(feature = "hydrate") && document().document_element().is_some_and(|root| root.has_attribute("data-hydrated"))
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
