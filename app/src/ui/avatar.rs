//! An avatar: the initials of a person, with the name as tooltip and for screen readers.

use leptos::prelude::*;

/// Initials in a circle.
#[component]
pub fn Avatar(#[prop(into)] name: String) -> impl IntoView {
    view! { <span class="avatar" role="img" aria-label=name.clone() title=name.clone()>{domain::text::initials(&name)}</span> }
}
