//! A page or a list without content: why, and the next step.

use domain::orders::pages::Link;
use leptos::prelude::*;

use super::{ButtonKind, LinkButton};

/// Why nothing is shown, and a link to the next step.
#[component]
pub fn EmptyState(
    #[prop(into)] text: String,
    #[prop(optional_no_strip)] action: Option<Link>,
    /// The heading, where the page has no other.
    #[prop(into, optional)]
    title: String,
    /// What stands beside the link.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let title = (!title.is_empty()).then(|| view! { <h1 tabindex="-1">{title}</h1> });
    let action = action.map(|Link { label, href, .. }| view! { <LinkButton kind=ButtonKind::Primary href=href>{label}</LinkButton> });
    let actions = (action.is_some() || children.is_some())
        .then(|| view! { <p class="empty-state-actions">{action}{children.map(|children| children())}</p> });
    view! { <section class="empty-state">{title}<p>{text}</p>{actions}</section> }
}
