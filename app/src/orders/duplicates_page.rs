//! The duplicates page: orders that look like the same customer, to be merged. Plain forms.

use domain::orders::{
    duplicates::{DuplicateGroup, DuplicatesView},
    pages::{Link, Similar},
};
use leptos::{prelude::*, tachys::view::keyed::keyed};
use leptos_router::{LazyRoute, lazy_route};

use super::{StatusBadge, api};
use crate::{
    page_data, routes,
    ui::{Button, Chip, ChipList, EmptyState, Erase, HiddenFields, LinkButton, Page, PageHead, PostForm, skeleton},
};

/// The route of the page.
#[derive(Debug)]
pub struct DuplicatesRoute {
    address: Memo<String>,
}

#[lazy_route]
impl LazyRoute for DuplicatesRoute {
    fn data() -> Self {
        Self { address: page_data::address(routes::duplicates) }
    }

    fn view(this: Self) -> AnyView {
        page_data::page(page_data::by_address(this.address, api::duplicates), skeleton, |duplicates| {
            view! { <Duplicates duplicates=duplicates/> }.erase()
        })
    }
}

/// What the page is for.
const ABOUT: &str = "These orders look like the same customer but belong to different companies. Merging changes only the company.";

/// The page.
#[component]
fn Duplicates(duplicates: DuplicatesView) -> impl IntoView {
    let DuplicatesView { by, tabs, groups, more } = duplicates;
    let tabs = tabs.into_iter().map(|Link { label, href, on }| view! { <Chip href=href is_current=on>{label}</Chip> }).collect::<Vec<_>>();
    let empty = groups.is_empty().then(|| view! { <EmptyState text="No duplicates found"/> });
    // A group is drawn anew when it holds something else: a typed name never moves to other orders.
    let key = move |group: &DuplicateGroup| {
        let orders =
            group.orders.iter().map(|it| format!("{} {} {}", it.number, it.customer, it.status.code())).collect::<Vec<_>>().join("\n");
        format!("{} {} {} {}\n{orders}", by.code(), group.key, group.count, group.name)
    };
    let groups = keyed(groups, key, move |_, group| (|_| (), view! { <Group group=group by=by.code()/> }));
    view! {
        <Page title="Duplicates">
            <PageHead title="Duplicates" subtitle=ABOUT/>
            <div class="duplicates">
                <ChipList>{tabs}</ChipList>
                {groups}
                {empty}
                {more.map(|href| view! { <LinkButton href=href>"Next →"</LinkButton> })}
            </div>
        </Page>
    }
}

/// Orders that may belong to one customer; `by` is the code of what they share.
#[component]
fn Group(group: DuplicateGroup, by: &'static str) -> impl IntoView {
    let DuplicateGroup { key, text, count, orders, name } = group;
    view! {
        <section class="card duplicates-group">
            <h2>{text}</h2>
            <p class="muted">{count}</p>
            <SimilarList orders=orders/>
            <MergeForm name=name fields=vec![("by".to_owned(), by.to_owned()), ("key".to_owned(), key)]/>
        </section>
    }
}

/// Orders by number, customer and status.
#[component]
pub fn SimilarList(orders: Vec<Similar>) -> impl IntoView {
    let orders = orders
        .into_iter()
        .map(|Similar { number, customer, status }| {
            view! { <li><a href=format!("/orders/{number}/")>{number.clone()}</a>{format!(" {customer} ")}<StatusBadge status=status/></li> }
        })
        .collect::<Vec<_>>();
    view! { <ul>{orders}</ul> }
}

/// The form that merges their companies, after a preview; `fields` say which orders.
#[component]
pub fn MergeForm(name: String, fields: Vec<(String, String)>) -> impl IntoView {
    view! {
        <PostForm class="duplicates-merge" action="/duplicates/">
            <HiddenFields fields=fields/>
            <input class="input" name="name" maxlength="255" required aria-label="Company name" value=name/>
            <Button>"Merge companies"</Button>
        </PostForm>
    }
}
