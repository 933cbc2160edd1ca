//! The lists: chips, filters, table (cards on a phone), pager. Everything that they say and where it leads comes in words.

use domain::orders::{
    OrderRow,
    list::View,
    pages::{Control, Link, ListShown},
};
use leptos::prelude::*;
use leptos_router::{
    LazyRoute,
    hooks::{use_location, use_navigate},
    lazy_route,
};

use super::badge;
use crate::{
    forms,
    reader::{self, Reading},
    ui::{
        avatar,
        el::{El, button, el, form as plain_form, hidden, link, waited},
        error_page::failed,
        pager, titled,
    },
};

/// The route of all lists.
#[derive(Debug)]
pub struct ListRoute {
    page: Reading<ListShown>,
}

#[lazy_route]
impl LazyRoute for ListRoute {
    fn data() -> Self {
        let address = address(|view| view != View::Board);
        Self { page: reader::orders(address) }
    }

    fn view(this: Self) -> AnyView {
        let page = this.page;
        waited(skeleton_list, move || {
            Box::pin(async move {
                match page.get().await {
                    Ok(page) => list(page),
                    Err(error) => failed(error),
                }
            })
        })
    }
}

/// The address of a list. While the router leaves for another page, it stays what it was.
pub(super) fn address(mine: fn(View) -> bool) -> Memo<String> {
    let location = use_location();
    Memo::new(move |before: Option<&String>| {
        let path = location.pathname.get();
        match before {
            Some(before) if !View::from_path(&path).is_some_and(mine) => before.clone(),
            _ => format!("{path}?{}", location.search.get()),
        }
    })
}

/// As high as nine rows, so that nothing shifts when they come.
fn skeleton_list() -> AnyView {
    el("div", "skeleton")
        .attr("aria-busy", "true")
        .attr("aria-label", "Loading")
        .with(el("span", "skeleton-title"))
        .all((0..9).map(|_| el("span", "skeleton-row")))
        .view()
}

fn list(shown: ListShown) -> AnyView {
    let ignored = ignored(&shown);
    let body = if shown.rows.is_empty() {
        let way = shown.way.clone().map(|way| link("btn btn-primary", way.href).text(way.words));
        vec![el("section", "nothing").with(el("p", "").text(shown.empty.as_str())).all(way)]
    } else {
        vec![table(&shown.columns, shown.rows.clone(), shown.trash), foot(&shown)]
    };
    let page = el("div", "list")
        .with(el("header", "page-head").with(el("h1", "").attr("tabindex", "-1").text(shown.title.as_str())))
        .with(views(&shown))
        .with(el("div", "tools").with(filters(&shown)).all(keep(&shown)))
        .all(ignored)
        .all(body);
    titled(shown.title, [page])
}

/// What was not understood in the address.
pub(super) fn ignored(shown: &ListShown) -> Option<El> {
    let lines = || shown.ignored.iter().map(|it| el("li", "").text(it.as_str()));
    (!shown.ignored.is_empty()).then(|| el("ul", "ignored").attr("role", "status").all(lines()))
}

fn chosen(on: bool) -> Option<&'static str> {
    on.then_some("true")
}

/// The lists themselves, and what narrows this one: each chip leads to the list without it.
pub(super) fn views(shown: &ListShown) -> El {
    let views = shown.views.iter().map(|view| {
        let chip = link("chip", view.href.as_str()).maybe("aria-current", view.on.then_some("page")).text(view.words.as_str());
        if view.on { chip.with(el("b", "").text(shown.count.as_str())) } else { chip }
    });
    let chips = shown.chips.iter().map(|chip| {
        link("chip chip-on", chip.href.as_str())
            .attr("aria-label", format!("{}: take this filter away", chip.words))
            .text(chip.words.as_str())
            .with(el("span", "chip-x").attr("aria-hidden", "true").text("×"))
    });
    let clear = shown.clear.as_deref().map(|href| link("chip chip-clear", href).text("Clear filters"));
    el("div", "chips").all(views).all(chips).all(clear)
}

/// The filters as a plain form; its address is the list.
pub(super) fn filters(shown: &ListShown) -> El {
    let navigate = use_navigate();
    let go = move |event: web_sys::Event| {
        let Some(element) = forms::form_of(&event) else { return };
        event.prevent_default();
        navigate(&forms::address(&element), Default::default());
    };
    let kept = shown.kept.iter().map(|(name, value)| hidden(name.as_str(), value.as_str()));
    let form = el("form", "filter-form card")
        .attr("method", "get")
        .attr("action", shown.path.as_str())
        .on("submit", go)
        .all(kept)
        .with(el("div", "fields").all(shown.controls.iter().map(control)))
        .with(button("btn btn-primary", "Show"));
    el("details", "filters").with(el("summary", "chip").text("Filters")).with(form)
}

/// Keeps this list under a name, or lets go of it: plain forms.
fn keep(shown: &ListShown) -> Option<El> {
    if let Some(id) = &shown.saved {
        let form = plain_form("view-form", "/views/remove/").with(hidden("id", id.as_str()));
        return Some(form.with(button("btn btn-quiet", "Remove this saved view")));
    }
    let address = shown.save.as_deref()?;
    let name = el("input", "input").attr("id", "view-name").attr("name", "name").attr("maxlength", "60").attr("required", "");
    let tick = el("input", "").attr("type", "checkbox").attr("name", "shared").attr("value", "yes");
    let form = plain_form("view-form card", "/views/")
        .with(hidden("address", address))
        .with(el("div", "field").with(el("label", "").attr("for", "view-name").text("Name")).with(name))
        .with(el("label", "tick").with(tick).with(el("span", "").text("Share with my team")))
        .with(button("btn btn-primary", "Save view"));
    Some(el("details", "filters").with(el("summary", "chip").text("Save view")).with(form))
}

fn control(of: &Control) -> El {
    let id = format!("filter-{}", of.name);
    let input = |kind: &str| el("input", "input").attr("id", id.as_str()).attr("name", of.name.as_str()).attr("type", kind);
    match of.kind.as_str() {
        "many" => {
            let each = of.options.iter().map(|(value, words)| {
                let on = of.value.split(',').any(|it| it == value);
                let tick = el("input", "").attr("type", "checkbox").attr("name", of.name.as_str()).attr("value", value.as_str());
                el("label", "tick").with(tick.state("checked", on)).with(el("span", "").text(words.as_str()))
            });
            el("fieldset", "field field-wide ticks").with(el("legend", "").text(of.label.as_str())).all(each)
        }
        "tick" => {
            let tick = el("input", "").attr("type", "checkbox").attr("name", of.name.as_str()).attr("value", "yes");
            el("label", "tick").with(tick.state("checked", of.value == "yes")).with(el("span", "").text(of.label.as_str()))
        }
        kind => {
            let label = el("label", "").attr("for", id.as_str()).text(of.label.as_str());
            let field = match kind {
                "select" => {
                    let any = el("option", "").attr("value", "").text("Any");
                    let each = of.options.iter().map(|(value, words)| {
                        el("option", "").attr("value", value.as_str()).state("selected", *value == of.value).text(words.as_str())
                    });
                    el("select", "input").attr("id", id.as_str()).attr("name", of.name.as_str()).with(any).all(each)
                }
                "date" => input("date").filled(of.value.as_str()),
                _ => input("text").attr("inputmode", "decimal").attr("autocomplete", "off").filled(of.value.as_str()),
            };
            el("div", "field").with(label).with(field)
        }
    }
}

/// The classes of the columns, beside the heads that come in words.
const CLASSES: [&str; 9] = ["", "", "", "", "wide", "wide", "", "num", "num"];

fn table(columns: &[Link], rows: Vec<OrderRow>, trash: bool) -> El {
    let head = columns.iter().zip(CLASSES).map(|(column, class)| {
        let head = el("th", class).attr("scope", "col");
        if column.href.is_empty() {
            return head.text(column.words.as_str());
        }
        let sort = if column.words.ends_with('↑') { "ascending" } else { "descending" };
        head.maybe("aria-sort", column.on.then_some(sort)).with(link("sort", column.href.as_str()).text(column.words.as_str()))
    });
    let table = el("table", "orders")
        .with(el("thead", "").with(el("tr", "").all(head)))
        .with(el("tbody", "").all(rows.into_iter().map(|it| row(it, trash))));
    el("div", "table-frame").with(table)
}

/// Text with what a search found in it marked.
fn marked(of: El, row: &OrderRow, part: &str, text: &str) -> El {
    match row.marks.iter().find(|(it, _)| it == part) {
        Some((_, pieces)) => pieced(of, pieces),
        None => of.text(text),
    }
}

fn pieced(of: El, pieces: &[String]) -> El {
    pieces
        .iter()
        .enumerate()
        .filter(|(_, piece)| !piece.is_empty())
        .fold(of, |of, (n, piece)| if n % 2 == 1 { of.with(el("mark", "").text(piece.as_str())) } else { of.text(piece.as_str()) })
}

fn row(row: OrderRow, trash: bool) -> El {
    let dash = || el("span", "none").text("–");
    let or_dash = |class: &'static str, value: Option<&str>| match value {
        Some(value) => el("td", class).text(value),
        None => el("td", class).with(dash()),
    };
    // What lies in the trash has no page: it has a way back.
    let customer = match trash {
        true => el("strong", "row-trashed"),
        false => link("row-link", format!("/orders/{}/", row.number))
            .attr("data-row", "")
            .attr("aria-label", format!("{}, order {}", row.customer, row.number)),
    };
    let back = trash.then(|| {
        plain_form("", format!("/orders/{}/restore/", row.number))
            .with(button("btn btn-quiet", "Restore").attr("aria-label", format!("Restore order {}", row.number)))
    });
    let beside = row.marks.iter().filter(|(part, _)| part.starts_with(|c: char| c.is_ascii_uppercase()));
    let contact = el("small", "")
        .all(row.contact.as_ref().map(|name| marked(el("span", "c-contact"), &row, "contact", name)))
        .all(beside.map(|(part, pieces)| pieced(el("span", "c-found").text(format!("{part}: ")), pieces)))
        .with(el("span", "card-only").text(row.number.as_str()));
    let call = match (&row.mobile_e164, &row.mobile) {
        (Some(e164), Some(typed)) => {
            let call = link("call", format!("tel:{e164}")).attr("rel", "external").with(el("span", "card-only").text("Call "));
            marked(call, &row, "mobile", typed)
        }
        _ => dash(),
    };
    el("tr", "").all([
        marked(el("td", "c-number"), &row, "number", &row.number),
        el("td", "c-status").with(badge(row.status)),
        el("td", "c-customer").with(marked(customer, &row, "customer", &row.customer)).with(contact),
        el("td", "c-mobile").with(call),
        or_dash("wide", row.network.as_deref()),
        or_dash("wide c-campaign", row.campaign.as_deref()),
        el("td", "c-owner").with(row.owner.as_deref().map_or_else(dash, avatar)),
        el("td", "num c-value").with(row.box_value.as_deref().map_or_else(dash, |it| el("b", "").text(it))),
        el("td", "num c-created").with(el("time", "").attr("title", row.at.full.as_str()).text(row.at.short.as_str())).all(back),
    ])
}

fn foot(shown: &ListShown) -> El {
    let sizes = shown.sizes.iter().map(|size| {
        link("size", size.href.as_str())
            .maybe("aria-current", chosen(size.on))
            .attr("aria-label", format!("{} a page", size.words))
            .text(size.words.as_str())
    });
    el("footer", "list-foot")
        .with(el("p", "").text(format!("{} · ", shown.range)).all(sizes).text(" a page"))
        .all(shown.jump.then(|| jump(shown)))
        .with(pager(shown.newer.as_deref(), shown.older.as_deref(), &shown.numbers))
}

/// Where page numbers end, a date leads on: a plain form.
fn jump(shown: &ListShown) -> El {
    let day = el("input", "").attr("type", "date").attr("name", "on").attr("required", "");
    let filtered = shown.controls.iter().filter(|it| it.kind != "many" && !it.value.is_empty());
    let statuses = shown.controls.iter().filter(|it| it.kind == "many").flat_map(|it| it.value.split(',')).filter(|it| !it.is_empty());
    el("form", "jump")
        .attr("method", "get")
        .attr("action", shown.path.as_str())
        .all(shown.kept.iter().map(|(name, value)| hidden(name.as_str(), value.as_str())))
        .all(filtered.map(|it| hidden(it.name.as_str(), it.value.as_str())))
        .all(statuses.map(|code| hidden("status", code)))
        .with(el("label", "").text("Jump to ").with(day))
        .with(button("btn btn-quiet", "Go"))
}
