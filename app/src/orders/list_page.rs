//! The six lists: chips, table (cards on a phone), pager.

use domain::{
    id::UserId,
    orders::{
        OrderRow, Status,
        list::{ListQuery, OrdersPage, Place, View},
    },
    page::{self, SIZES},
};
use leptos::prelude::*;
use leptos_router::{LazyRoute, hooks::use_location, lazy_route};

use super::badge;
use crate::{
    reader::{self, Reading},
    ui::{
        avatar,
        el::{El, button, el, hidden, link, waited},
        error_page::failed,
        pager, titled,
    },
};

/// The route of all lists.
#[derive(Debug)]
pub struct ListRoute {
    page: Reading<OrdersPage>,
}

#[lazy_route]
impl LazyRoute for ListRoute {
    fn data() -> Self {
        let location = use_location();
        // While the router leaves for another page, the list stays what it was.
        let address = Memo::new(move |before: Option<&String>| {
            let path = location.pathname.get();
            match before {
                Some(before) if View::from_path(&path).is_none() => before.clone(),
                _ => format!("{path}?{}", location.search.get()),
            }
        });
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

/// As high as nine rows, so that nothing shifts when they come.
fn skeleton_list() -> AnyView {
    el("div", "skeleton")
        .attr("aria-busy", "true")
        .attr("aria-label", "Loading")
        .with(el("span", "skeleton-title"))
        .all((0..9).map(|_| el("span", "skeleton-row")))
        .view()
}

fn list(page: OrdersPage) -> AnyView {
    let query = page.query.clone();
    let title = query.view.title();
    let ignored = (!page.ignored.is_empty())
        .then(|| el("ul", "ignored").attr("role", "status").all(page.ignored.iter().map(|it| el("li", "").text(it.as_str()))));
    let body = if page.rows.is_empty() { vec![empty(&query, page.may_create)] } else { vec![table(page.rows.clone()), foot(&page)] };
    let shown = el("div", "list")
        .with(el("header", "page-head").with(el("h1", "").attr("tabindex", "-1").text(title)))
        .with(chips(&query, page.owners, page.count.to_string()))
        .all(ignored)
        .all(body);
    titled(title, [shown])
}

fn chips(query: &ListQuery, owners: Vec<(UserId, String)>, count: String) -> El {
    let first = query.at(Place::Page(1));
    let chosen = |on: bool| on.then_some("true");
    let views = View::ALL.into_iter().map(|view| {
        let on = view == query.view;
        let chip = link("chip", ListQuery { view, ..first.clone() }.href()).maybe("aria-current", on.then_some("page")).text(view.short());
        if on { chip.with(el("b", "").text(count.as_str())) } else { chip }
    });
    let menu = |words: String, on: bool, choices: Vec<El>| {
        el("details", if on { "chip-menu chip-on" } else { "chip-menu" })
            .with(el("summary", "chip").text(words))
            .with(el("ul", "chip-sheet").all(choices.into_iter().map(|choice| el("li", "").with(choice))))
    };
    let statuses = (query.view != View::ConnectedMonth).then(|| {
        let any = link("", ListQuery { status: None, ..first.clone() }.href()).text("Any status");
        let each = Status::ALL.into_iter().map(|status| {
            let href = ListQuery { status: Some(status), ..first.clone() }.href();
            link("", href).maybe("aria-current", chosen(query.status == Some(status))).with(badge(status))
        });
        menu(query.status.map_or("Status", Status::label).into(), query.status.is_some(), std::iter::once(any).chain(each).collect())
    });
    let people = (query.view != View::Mine).then(|| {
        let name = query.owner.and_then(|id| owners.iter().find(|(it, _)| *it == id)).map_or("Owner".to_owned(), |(_, name)| name.clone());
        let anyone = link("", ListQuery { owner: None, ..first.clone() }.href()).text("Anyone");
        let each = owners.into_iter().map(|(id, name)| {
            link("", ListQuery { owner: Some(id), ..first.clone() }.href())
                .maybe("aria-current", chosen(query.owner == Some(id)))
                .text(name)
        });
        menu(name, query.owner.is_some(), std::iter::once(anyone).chain(each).collect())
    });
    let clear = (query.status.is_some() || query.owner.is_some())
        .then(|| link("chip chip-clear", ListQuery { status: None, owner: None, ..first.clone() }.href()).text("Clear filters"));
    el("div", "chips").all(views).all(statuses).all(people).all(clear)
}

const COLUMNS: [(&str, &str); 9] = [
    ("Number", ""),
    ("Status", ""),
    ("Business", ""),
    ("Mobile", ""),
    ("Network", "wide"),
    ("Campaign", "wide"),
    ("Owner", ""),
    ("Box value", "num"),
    ("Created ↓", "num"),
];

fn table(rows: Vec<OrderRow>) -> El {
    let head = COLUMNS.map(|(words, class)| el("th", class).attr("scope", "col").text(words));
    let table =
        el("table", "orders").with(el("thead", "").with(el("tr", "").all(head))).with(el("tbody", "").all(rows.into_iter().map(row)));
    el("div", "table-frame").with(table)
}

fn row(row: OrderRow) -> El {
    let dash = || el("span", "none").text("–");
    let or_dash = |class: &'static str, value: Option<String>| match value {
        Some(value) => el("td", class).text(value),
        None => el("td", class).with(dash()),
    };
    let customer = link("row-link", format!("/orders/{}/", row.number))
        .attr("data-row", "")
        .attr("aria-label", format!("{}, order {}", row.customer, row.number))
        .text(row.customer);
    let contact = el("small", "")
        .all(row.contact.map(|name| el("span", "c-contact").text(name)))
        .with(el("span", "card-only").text(row.number.as_str()));
    let call = match (row.mobile_e164, row.mobile) {
        (Some(e164), Some(typed)) => {
            link("call", format!("tel:{e164}")).attr("rel", "external").with(el("span", "card-only").text("Call ")).text(typed)
        }
        _ => dash(),
    };
    el("tr", "").all([
        el("td", "c-number").text(row.number),
        el("td", "c-status").with(badge(row.status)),
        el("td", "c-customer").with(customer).with(contact),
        el("td", "c-mobile").with(call),
        or_dash("wide", row.network),
        or_dash("wide c-campaign", row.campaign),
        el("td", "c-owner").with(row.owner.map_or_else(dash, |name| avatar(&name))),
        el("td", "num c-value").with(row.box_value.map_or_else(dash, |it| el("b", "").text(it))),
        el("td", "num c-created").with(el("time", "").attr("title", row.created.full).text(row.created.short)),
    ])
}

fn foot(page: &OrdersPage) -> El {
    let query = &page.query;
    let shown = page.rows.len() as u64;
    let range = match page.page {
        Some(number) => {
            let first = u64::from(number - 1) * u64::from(page.per_page) + 1;
            format!("{}–{} of {} · ", page::Count(first), page::Count(first + shown - 1), page.count)
        }
        None => format!("{shown} of {} · ", page.count),
    };
    let numbers = match page.page {
        Some(current) => {
            let link = |n: u32| (n != current).then(|| query.at(Place::Page(n)).href());
            page::window(current, page.pages).into_iter().map(|n| n.map(|n| (n, link(n)))).collect()
        }
        None => vec![Some((1, Some(query.at(Place::Page(1)).href())))],
    };
    let sizes = SIZES.map(|size| {
        let href = ListQuery { per_page: Some(size), ..query.at(Place::Page(1)) }.href();
        let on = (size == page.per_page).then_some("true");
        link("size", href).maybe("aria-current", on).attr("aria-label", format!("{size} a page")).text(size.to_string())
    });
    let step = |place: Option<Place>| place.map(|place| query.at(place).href());
    el("footer", "list-foot")
        .with(el("p", "").text(range).all(sizes).text(" a page"))
        .all(page.count.is_capped().then(|| jump(query)))
        .with(pager(step(page.newer), step(page.older), numbers))
}

/// Where page numbers end, a date leads on: a plain form.
fn jump(query: &ListQuery) -> El {
    let kept = [
        ("status", query.status.map(|it| it.code().to_owned())),
        ("owner", query.owner.map(|it| it.to_string())),
        ("per_page", query.per_page.map(|it| it.to_string())),
    ];
    let kept = kept.into_iter().filter_map(|(name, value)| value.map(|value| hidden(name, value)));
    let day = el("input", "").attr("type", "date").attr("name", "on").attr("required", "");
    el("form", "jump")
        .attr("method", "get")
        .attr("action", query.view.path())
        .all(kept)
        .with(el("label", "").text("Jump to ").with(day))
        .with(button("btn btn-quiet", "Go"))
}

fn empty(query: &ListQuery, may_create: bool) -> El {
    let narrowed = query.status.is_some() || query.owner.is_some();
    let words = match query.view {
        _ if narrowed => "No order fits these filters.",
        View::All if may_create => "No orders yet. The first one is a minute's work.",
        View::All => "No orders yet.",
        View::Today => "Nothing sold yet today.",
        View::Week => "Nothing sold yet this week.",
        View::Month => "Nothing sold yet this month.",
        View::ConnectedMonth => "Nothing connected yet this month.",
        View::Mine if !may_create => "Your role reads orders: none of them is yours.",
        View::Mine => "You have not sold anything yet.",
    };
    let way = if narrowed {
        Some(link("btn btn-quiet", ListQuery::of(query.view).href()).text("Clear filters"))
    } else {
        may_create.then(|| link("btn btn-primary", "/orders/new/").text("New order"))
    };
    el("section", "nothing").with(el("p", "").text(words)).all(way)
}
