//! The pager of a list: previous page, some page numbers, next page.

use domain::orders::pages::Link;
use leptos::prelude::*;

use super::Erase;

/// The pager of a list: previous page, some page numbers, next page. A number without a URL is the current page, or a gap.
#[component]
pub fn Pager(previous: Option<String>, next: Option<String>, numbers: Vec<Link>) -> impl IntoView {
    let numbers = numbers
        .into_iter()
        .map(|Link { label, href, on }| match (on, href.is_empty()) {
            (true, _) => view! { <strong aria-current="page">{label}</strong> }.erase(),
            (false, true) => view! { <span class="pager-gap">{label}</span> }.erase(),
            (false, false) => view! { <a href=href aria-label=format!("Page {label}")>{label.clone()}</a> }.erase(),
        })
        .collect_view();
    view! {
        <nav class="pager" aria-label="Pages">
            {previous.map(|href| view! { <a class="pager-step" href=href rel="prev">"← Previous"</a> })}
            <span class="pager-numbers">{numbers}</span>
            {next.map(|href| view! { <a class="pager-step" href=href rel="next">"Next →"</a> })}
        </nav>
    }
}
