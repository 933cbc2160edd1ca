//! A word that says in which state something is.

use leptos::prelude::*;

/// A badge.
#[component]
pub fn Badge(#[prop(into)] text: String) -> impl IntoView {
    view! { <small class="badge">{text}</small> }
}
