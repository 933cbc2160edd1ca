//! Tabs: links of which one is the view on screen.

use domain::orders::pages::Link;
use leptos::prelude::*;

/// Tabs. `label` says what they choose.
#[component]
pub fn Segments(#[prop(into)] label: String, links: Vec<Link>) -> impl IntoView {
    let links = links
        .into_iter()
        .map(|Link { label, href, on }| view! { <a href=href aria-current=on.then_some("true")>{label}</a> })
        .collect::<Vec<_>>();
    view! { <nav class="segments" aria-label=label>{links}</nav> }
}
