//! Chips: small links that choose a view, and that clear filters.

use leptos::prelude::*;

use super::Content;

/// A link to a view of the page.
#[component]
pub fn Chip(
    #[prop(into)] href: String,
    /// Whether it is the view on screen.
    #[prop(optional)]
    is_current: bool,
    children: Children,
) -> impl IntoView {
    view! { <a class="chip" href=href aria-current=is_current.then_some("page")>{children()}</a> }
}

/// A filter that is set; the link removes it.
#[component]
pub fn FilterChip(#[prop(into)] label: String, #[prop(into)] href: String) -> impl IntoView {
    view! {
        <a class="chip chip-on" href=href aria-label=format!("Remove filter {label}")>{label.clone()}<span class="chip-x" aria-hidden="true">"×"</span></a>
    }
}

/// The link that removes all filters.
#[component]
pub fn ClearChip(#[prop(into)] href: String) -> impl IntoView {
    view! { <a class="chip chip-clear" href=href>"Clear filters"</a> }
}

/// Chips beside each other.
#[component]
pub fn ChipList(children: Content) -> impl IntoView {
    view! { <div class="chip-list">{children.draw()}</div> }
}
