//! What stands in for a page while its data is read, as high as the page to avoid layout shifts.

use leptos::prelude::*;

use super::Erase;

/// The skeleton of a page of cards.
pub fn skeleton() -> AnyView {
    shape("skeleton-card", 1)
}

/// The skeleton of a list of so many rows.
pub fn list_skeleton(rows: usize) -> AnyView {
    shape("skeleton-row", rows)
}

fn shape(class: &'static str, count: usize) -> AnyView {
    let parts = (0..count).map(|_| view! { <span class=class></span> }).collect::<Vec<_>>();
    view! { <div class="skeleton" aria-busy="true" aria-label="Loading"><span class="skeleton-title"></span>{parts}</div> }.erase()
}
