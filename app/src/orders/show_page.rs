//! An order as the story of a deal: who, what, where, how much; then what happened.

use domain::orders::pages::{OrderShown, Section};
use leptos::prelude::*;
use leptos_router::{LazyRoute, hooks::use_params_map, lazy_route};

use super::{badge, form_page::similar_orders, moves::moves, timeline::timeline};
use crate::{
    reader::{self, Reading},
    ui::{
        Icon,
        el::{El, button, el, form as plain_form, link, waited},
        error_page::failed,
        icon::{Drawing, set},
        skeleton, titled,
    },
};

/// The page of an order.
#[derive(Debug)]
pub struct ShowRoute {
    shown: Reading<OrderShown>,
}

#[lazy_route]
impl LazyRoute for ShowRoute {
    fn data() -> Self {
        let params = use_params_map();
        let number = Memo::new(move |before: Option<&String>| {
            params.with(|params| params.get("number")).or_else(|| before.cloned()).unwrap_or_default()
        });
        Self { shown: reader::order(number) }
    }

    fn view(this: Self) -> AnyView {
        let shown = this.shown;
        waited(skeleton, move || {
            Box::pin(async move {
                match shown.get().await {
                    Ok(shown) => order(shown),
                    Err(error) => failed(error),
                }
            })
        })
    }
}

fn order(shown: OrderShown) -> AnyView {
    let OrderShown { number, customer, status, box_value, connected_on, story, similar, may_edit, may_create, .. } = shown.clone();
    let follow_up = shown.follow_up.clone().map(|words| follow_up(&number, words, shown.due, may_edit));
    let press = |act: &str, words: &'static str| plain_form("", format!("/orders/{number}/{act}/")).with(button("btn btn-quiet", words));
    let presses = [shown.may_undo.then(|| press("undo", "Undo")), shown.may_trash.then(|| press("trash", "Trash"))];
    let may_move = !shown.next.is_empty();
    let stored = StoredValue::new(shown);
    let title = format!("{customer} · {number}");
    let acts = [
        may_create.then(|| link("btn btn-quiet", format!("/orders/new/?copy={number}")).any(icon(set::LuCopy)).text("Copy order")),
        may_edit.then(|| {
            link("btn btn-quiet", format!("/orders/{number}/update/")).attr("data-edit", "").any(icon(set::LuPencil)).text("Edit")
        }),
    ];
    let under = el("p", "under")
        .with(el("span", "num").text(number))
        .with(badge(status))
        .all(connected_on.map(|day| el("span", "").text(format!("on {day}"))));
    let head = el("header", "page-head order-head")
        .with(
            el("div", "")
                .with(link("back", "/orders/").attr("data-back", "").text("← Orders"))
                .with(el("h1", "").attr("tabindex", "-1").text(customer))
                .with(under),
        )
        .with(
            el("div", "order-worth")
                .with(el("strong", "").text(box_value.unwrap_or_else(|| "No value yet".into())))
                .with(el("span", "order-acts").all(acts.into_iter().chain(presses).flatten())),
        );
    let mut page = el("article", "order").with(head);
    if may_move {
        page = page.with(moves(stored));
    }
    let page = page
        .all(follow_up)
        .all((!similar.is_empty()).then(|| similar_orders(similar)))
        .with(el("div", "story").with(el("div", "facts").all(story.into_iter().map(section))).with(timeline(stored)));
    titled(title, [page])
}

/// What is to be done next, and that it is done or put off.
fn follow_up(number: &str, words: String, due: bool, may_edit: bool) -> El {
    let each = [("done", "Done"), ("tomorrow", "Tomorrow"), ("week", "In a week")]
        .map(|(act, words)| button("", words).attr("name", "act").attr("value", act));
    let acts = may_edit.then(|| {
        plain_form("", format!("/orders/{number}/follow-up/"))
            .with(el("span", "segments segments-small").attr("role", "group").attr("aria-label", "Follow-up").all(each))
    });
    el("aside", if due { "follow-up follow-up-due" } else { "follow-up" })
        .attr("aria-label", "Follow-up")
        .with(el("p", "").text(words).all(due.then(|| el("strong", "").text(" · due"))))
        .all(acts)
}

fn icon(of: Drawing) -> AnyView {
    view! { <Icon of/> }.into_any()
}

/// A part of the story; what is not known has no line.
fn section(of: Section) -> El {
    let facts = of.facts.into_iter().map(|fact| {
        let value = match fact.link {
            Some(href) if href.starts_with("tel:") => link("call", href).attr("rel", "external").any(icon(set::LuPhone)).text(fact.value),
            Some(href) => link("", href).attr("rel", "external").text(fact.value),
            None => el("span", "").text(fact.value),
        };
        el("div", "").with(el("dt", "").text(fact.label)).with(el("dd", "").with(value))
    });
    el("section", "card").with(el("h2", "").text(of.title)).with(el("dl", "").all(facts))
}
