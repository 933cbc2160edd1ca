//! The six lists: chips, table (cards on a phone), pager.

use domain::{
    orders::{
        OrderRow, Status,
        list::{ListQuery, OrdersPage, Place, View},
    },
    page::{self, SIZES},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, hooks::use_location, lazy_route};

use super::StatusBadge;
use crate::{
    reader::{self, Reading},
    ui::{Avatar, Pager, error_page::Failed},
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
        view! {
            <Transition fallback=skeleton>
                {move || Suspend::new(async move {
                    match page.get().await {
                        Ok(page) => list(page),
                        Err(error) => view! { <Failed error/> }.into_any(),
                    }
                })}
            </Transition>
        }
        .into_any()
    }
}

/// As high as nine rows, so that nothing shifts when they come.
fn skeleton() -> AnyView {
    view! {
        <div class="skeleton" aria-busy="true" aria-label="Loading">
            <span class="skeleton-title"></span>
            {(0..9).map(|_| view! { <span class="skeleton-row"></span> }).collect_view()}
        </div>
    }
    .into_any()
}

fn list(page: OrdersPage) -> AnyView {
    let query = page.query.clone();
    let title = query.view.title();
    let empty = page.rows.is_empty();
    view! {
        <Title text=title/>
        <header class="page-head"><h1 tabindex="-1">{title}</h1></header>
        <Chips query=query.clone() owners=page.owners.clone() count=page.count.to_string()/>
        {(!page.ignored.is_empty()).then(|| view! { <ul class="ignored" role="status">{page.ignored.iter().map(|it| view! { <li>{it.clone()}</li> }).collect_view()}</ul> })}
        {if empty { view! { <Empty query/> }.into_any() } else { view! { <Table rows=page.rows.clone()/><Foot page/> }.into_any() }}
    }
    .into_any()
}

#[component]
fn Chips(query: ListQuery, owners: Vec<(domain::id::UserId, String)>, count: String) -> impl IntoView {
    let narrowed = query.status.is_some() || query.owner.is_some();
    let first = query.at(Place::Page(1));
    let statuses = Status::ALL.into_iter().filter(|_| query.view != View::ConnectedMonth).map(|status| {
        let href = ListQuery { status: Some(status), ..first.clone() }.href();
        let on = (query.status == Some(status)).then_some("true");
        view! { <li><a href=href aria-current=on><StatusBadge status/></a></li> }
    });
    let status_name = query.status.map_or("Status", Status::label);
    let owner_name =
        query.owner.and_then(|id| owners.iter().find(|(it, _)| *it == id)).map_or("Owner".to_owned(), |(_, name)| name.clone());
    let people = owners.into_iter().filter(|_| query.view != View::Mine).map(|(id, name)| {
        let href = ListQuery { owner: Some(id), ..first.clone() }.href();
        let on = (query.owner == Some(id)).then_some("true");
        view! { <li><a href=href aria-current=on>{name}</a></li> }
    });
    view! {
        <div class="chips">
            {View::ALL.into_iter().map(|view| {
                let on = view == query.view;
                let href = ListQuery { view, ..first.clone() }.href();
                view! { <a class="chip" href=href aria-current=on.then_some("page")>{view.short()}{on.then(|| view! { <b>{count.clone()}</b> })}</a> }
            }).collect_view()}
            {(query.view != View::ConnectedMonth).then(|| view! {
                <details class="chip-menu" class:chip-on=query.status.is_some()>
                    <summary class="chip">{status_name}</summary>
                    <ul class="chip-sheet">
                        <li><a href=ListQuery { status: None, ..first.clone() }.href()>"Any status"</a></li>
                        {statuses.collect_view()}
                    </ul>
                </details>
            })}
            {(query.view != View::Mine).then(|| view! {
                <details class="chip-menu" class:chip-on=query.owner.is_some()>
                    <summary class="chip">{owner_name}</summary>
                    <ul class="chip-sheet">
                        <li><a href=ListQuery { owner: None, ..first.clone() }.href()>"Anyone"</a></li>
                        {people.collect_view()}
                    </ul>
                </details>
            })}
            {narrowed.then(|| view! { <a class="chip chip-clear" href=ListQuery { status: None, owner: None, ..first.clone() }.href()>"Clear filters"</a> })}
        </div>
    }
}

#[component]
fn Table(rows: Vec<OrderRow>) -> impl IntoView {
    view! {
        <div class="table-frame">
            <table class="orders">
                <thead>
                    <tr>
                        <th scope="col">"Number"</th><th scope="col">"Status"</th><th scope="col">"Business"</th>
                        <th scope="col">"Mobile"</th><th scope="col" class="wide">"Network"</th><th scope="col" class="wide">"Campaign"</th>
                        <th scope="col">"Owner"</th><th scope="col" class="num">"Box value"</th><th scope="col" class="num">"Created ↓"</th>
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

fn row(row: OrderRow) -> impl IntoView {
    let href = format!("/orders/{}/", row.number);
    let call = row.mobile_e164.clone().map(|number| format!("tel:{number}"));
    let phone = row.mobile.clone().unwrap_or_default();
    let dash = || view! { <span class="none">"–"</span> }.into_any();
    view! {
        <tr>
            <td class="c-number">{row.number.clone()}</td>
            <td class="c-status"><StatusBadge status=row.status/></td>
            <td class="c-customer">
                <a class="row-link" href=href data-row="" aria-label=format!("{}, order {}", row.customer, row.number)>{row.customer.clone()}</a>
                <small>{row.contact.map(|name| view! { <span class="c-contact">{name}</span> })}<span class="card-only">{row.number}</span></small>
            </td>
            <td class="c-mobile">{match call {
                Some(call) => view! { <a class="call" href=call rel="external"><span class="card-only">"Call "</span>{phone}</a> }.into_any(),
                None => dash(),
            }}</td>
            <td class="wide">{row.network.map_or_else(dash, |it| it.into_any())}</td>
            <td class="wide c-campaign">{row.campaign.map_or_else(dash, |it| it.into_any())}</td>
            <td class="c-owner">{row.owner.map_or_else(dash, |name| view! { <Avatar name/> }.into_any())}</td>
            <td class="num c-value">{row.box_value.map_or_else(dash, |it| view! { <b>{it}</b> }.into_any())}</td>
            <td class="num c-created"><time title=row.created.full>{row.created.short}</time></td>
        </tr>
    }
}

#[component]
fn Foot(page: OrdersPage) -> impl IntoView {
    let query = page.query.clone();
    let shown = page.rows.len() as u64;
    let range = match page.page {
        Some(number) => {
            let first = u64::from(number - 1) * u64::from(page.per_page) + 1;
            format!("{}–{} of {}", page::Count(first), page::Count(first + shown - 1), page.count)
        }
        None => format!("{shown} of {}", page.count),
    };
    let numbers = match page.page {
        Some(current) => {
            let link = |n: u32| (n != current).then(|| query.at(Place::Page(n)).href());
            page::window(current, page.pages).into_iter().map(|n| n.map(|n| (n, link(n)))).collect()
        }
        None => vec![Some((1, Some(query.at(Place::Page(1)).href())))],
    };
    let step = |place: Option<Place>| place.map(|place| query.at(place).href());
    view! {
        <footer class="list-foot">
            <p>
                {range}" · "
                {SIZES.map(|size| {
                    let href = ListQuery { per_page: Some(size), ..query.at(Place::Page(1)) }.href();
                    view! { <a class="size" href=href aria-current=(size == page.per_page).then_some("true") aria-label=format!("{size} a page")>{size}</a> }
                }).collect_view()}
                " a page"
            </p>
            {page.count.is_capped().then(|| {
                let hidden = [
                    ("status", query.status.map(|it| it.code().to_owned())),
                    ("owner", query.owner.map(|it| it.to_string())),
                    ("per_page", query.per_page.map(|it| it.to_string())),
                ];
                view! {
                    <form method="get" action=query.view.path() class="jump">
                        {hidden.into_iter().filter_map(|(name, value)| value.map(|value| view! { <input type="hidden" name=name value=value/> })).collect_view()}
                        <label>"Jump to "<input type="date" name="on" required/></label>
                        <button class="btn btn-quiet">"Go"</button>
                    </form>
                }
            })}
            <Pager newer=step(page.newer) older=step(page.older) numbers/>
        </footer>
    }
}

#[component]
fn Empty(query: ListQuery) -> impl IntoView {
    let narrowed = query.status.is_some() || query.owner.is_some();
    let words = match query.view {
        _ if narrowed => "No order fits these filters.",
        View::All => "No orders yet. The first one is a minute's work.",
        View::Today => "Nothing sold yet today.",
        View::Week => "Nothing sold yet this week.",
        View::Month => "Nothing sold yet this month.",
        View::ConnectedMonth => "Nothing connected yet this month.",
        View::Mine => "You have not sold anything yet.",
    };
    view! {
        <section class="nothing">
            <p>{words}</p>
            {if narrowed {
                view! { <a class="btn btn-quiet" href=ListQuery::of(query.view).href()>"Clear filters"</a> }.into_any()
            } else {
                view! { <a class="btn btn-primary" href="/orders/new/">"New order"</a> }.into_any()
            }}
        </section>
    }
}
