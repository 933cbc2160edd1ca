//! Cards with a heading, and how they stand beside each other.

use leptos::prelude::*;

use super::{Content, Erase};

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
    children: Content,
) -> impl IntoView {
    let heading = view! { <h2 id=id>{title}</h2> };
    let heading = match beside {
        Some(beside) => view! { <header class="panel-head">{heading}{beside}</header> }.erase(),
        None => heading.erase(),
    };
    view! { <section class="card panel" aria-labelledby=id>{heading}{children.draw()}</section> }
}

/// Two columns of panels, one below the other where there is little room. The first one is wider, unless `is_even`.
#[component]
pub fn TwoColumns(#[prop(optional)] is_even: bool, children: Content) -> impl IntoView {
    let class = if is_even { "two-columns two-columns-even" } else { "two-columns" };
    view! { <div class=class>{children.draw()}</div> }
}
