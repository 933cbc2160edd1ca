//! The pager of a list: newer, a few numbers, older. It never draws every number.

use domain::page;
use leptos::prelude::*;

/// One page number or step, ready to link to.
pub type Link = Option<String>;

/// `numbers` are page and address; `None` is a gap. The current page has no address.
#[component]
pub fn Pager(newer: Link, older: Link, numbers: Vec<Option<(u32, Link)>>) -> impl IntoView {
    let step =
        |to: Link, words: &'static str, rel: &'static str| to.map(|href| view! { <a class="pager-step" href=href rel=rel>{words}</a> });
    view! {
        <nav class="pager" aria-label="Pages">
            {step(newer, "← Newer", "prev")}
            <span class="pager-numbers">
                {numbers.into_iter().map(|number| match number {
                    None => view! { <span class="pager-gap">"…"</span> }.into_any(),
                    Some((n, None)) => view! { <strong aria-current="page">{page::Count(u64::from(n)).to_string()}</strong> }.into_any(),
                    Some((n, Some(href))) => view! { <a href=href aria-label=format!("Page {n}")>{page::Count(u64::from(n)).to_string()}</a> }.into_any(),
                }).collect_view()}
            </span>
            {step(older, "Older →", "next")}
        </nav>
    }
}
