//! Cards with a heading, and how they stand beside each other.

use leptos::prelude::*;

/// A card with a heading.
#[component]
pub fn Panel(
    #[prop(into)] title: String,
    /// The id of the heading, which names the card for assistive technology.
    #[prop(optional)]
    id: Option<&'static str>,
    /// What stands beside the heading: a legend, a link.
    #[prop(optional)]
    beside: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    let heading = view! { <h2 id=id>{title}</h2> };
    let heading = match beside {
        Some(beside) => view! { <header class="panel-head">{heading}{beside}</header> }.into_any(),
        None => heading.into_any(),
    };
    view! { <section class="card panel" aria-labelledby=id>{heading}{children()}</section> }
}

/// Two columns of panels, one below the other where there is little room. The first one is wider, unless `is_even`.
#[component]
pub fn TwoColumns(#[prop(optional)] is_even: bool, children: Children) -> impl IntoView {
    let class = if is_even { "two-columns two-columns-even" } else { "two-columns" };
    view! { <div class=class>{children()}</div> }
}
