//! The pager of a list: newer, a few numbers, older. It never draws every number.

use domain::page;

use super::el::{El, el, link};

/// `numbers` are page and address; `None` is a gap. The current page has no address.
pub fn pager(newer: Option<String>, older: Option<String>, numbers: Vec<Option<(u32, Option<String>)>>) -> El {
    let step =
        |to: Option<String>, words: &'static str, rel: &'static str| to.map(|href| link("pager-step", href).attr("rel", rel).text(words));
    let numbers = numbers.into_iter().map(|number| match number {
        None => el("span", "pager-gap").text("…"),
        Some((n, None)) => el("strong", "").attr("aria-current", "page").text(page::Count(u64::from(n)).to_string()),
        Some((n, Some(href))) => link("", href).attr("aria-label", format!("Page {n}")).text(page::Count(u64::from(n)).to_string()),
    });
    el("nav", "pager")
        .attr("aria-label", "Pages")
        .all(step(newer, "← Newer", "prev"))
        .with(el("span", "pager-numbers").all(numbers))
        .all(step(older, "Older →", "next"))
}
