//! The pager of a list: previous page, some page numbers, next page.

use domain::orders::pages::Link;

use super::el::{El, el, link};

/// A number without a link is the current page, or a gap.
pub fn pager(newer: Option<&str>, older: Option<&str>, numbers: &[Link]) -> El {
    let step =
        |to: Option<&str>, text: &'static str, rel: &'static str| to.map(|href| link("pager-step", href).attr("rel", rel).text(text));
    let numbers = numbers.iter().map(|number| match (number.on, number.href.as_str()) {
        (true, _) => el("strong", "").attr("aria-current", "page").text(number.label.as_str()),
        (false, "") => el("span", "pager-gap").text(number.label.as_str()),
        (false, href) => link("", href).attr("aria-label", format!("Page {}", number.label)).text(number.label.as_str()),
    });
    el("nav", "pager")
        .attr("aria-label", "Pages")
        .all(step(newer, "← Previous", "prev"))
        .with(el("span", "pager-numbers").all(numbers))
        .all(step(older, "Next →", "next"))
}
