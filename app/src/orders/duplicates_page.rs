//! The duplicates page: orders that look like the same customer, to be merged. Plain forms.

use domain::orders::{
    duplicates::{DuplicateGroup, DuplicateKey, DuplicatesView},
    pages::Similar,
};
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use super::badge;
use crate::{
    page_data::{self, PageData},
    ui::{
        el::{El, button, el, form, hidden, link},
        skeleton, titled,
    },
};

/// The route of the page.
#[derive(Debug)]
pub struct DuplicatesRoute {
    shown: PageData<DuplicatesView>,
}

#[lazy_route]
impl LazyRoute for DuplicatesRoute {
    fn data() -> Self {
        Self { shown: page_data::duplicates(page_data::address(|path| path.starts_with("/duplicates"))) }
    }

    fn view(this: Self) -> AnyView {
        page_data::page(this.shown, skeleton, duplicates)
    }
}

fn duplicates(shown: DuplicatesView) -> AnyView {
    let tabs = shown.tabs.into_iter().map(|tab| link("chip", tab.href).maybe("aria-current", tab.on.then_some("page")).text(tab.label));
    let empty = shown.groups.is_empty();
    let by = shown.by;
    let head = el("header", "page-head").with(
        el("div", "").with(el("h1", "").attr("tabindex", "-1").text("Duplicates")).with(
            el("p", "muted")
                .text("These orders look like the same customer but belong to different companies. Merging changes only the company."),
        ),
    );
    let groups = shown.groups.into_iter().map(|it| candidates(it, by));
    let empty_state = empty.then(|| el("section", "empty-state").with(el("p", "").text("No duplicates found")));
    let more = shown.more.map(|href| link("btn btn-quiet", href).text("Next →"));
    let page = el("div", "duplicates").with(el("div", "chips").all(tabs)).all(groups).all(empty_state).all(more);
    titled("Duplicates", [head, page])
}

fn candidates(of: DuplicateGroup, by: DuplicateKey) -> El {
    let fields = [hidden("by", by.code()), hidden("key", of.key)];
    el("section", "card duplicate-group")
        .with(el("h2", "").text(of.text))
        .with(el("p", "muted").text(of.count))
        .with(listed(of.orders))
        .with(one_company(of.name, fields))
}

/// Orders by number, customer and status.
pub(super) fn listed(orders: Vec<Similar>) -> El {
    let each = orders.into_iter().map(|it| {
        el("li", "")
            .with(link("", format!("/orders/{}/", it.number)).text(it.number))
            .text(format!(" {} ", it.customer))
            .with(badge(it.status))
    });
    el("ul", "").all(each)
}

/// The form that merges their companies, after a preview.
pub(super) fn one_company(name: String, fields: impl IntoIterator<Item = El>) -> El {
    let input = el("input", "input").attr("name", "name").attr("maxlength", "255").attr("required", "").attr("aria-label", "Company name");
    form("merge-form", "/duplicates/").all(fields).with(input.filled(name)).with(button("btn btn-quiet", "Merge companies"))
}
