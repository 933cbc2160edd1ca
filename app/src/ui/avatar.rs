//! A person as two letters; the name is there for who hovers or listens.

use leptos::prelude::*;

/// Initials in a circle.
#[component]
pub fn Avatar(#[prop(into)] name: String) -> impl IntoView {
    view! { <span class="avatar" role="img" aria-label=name.clone() title=name.clone()>{domain::text::initials(&name)}</span> }
}
