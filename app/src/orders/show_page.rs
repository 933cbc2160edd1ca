//! An order as the story of a deal: who, what, where, how much; then what happened.

use domain::orders::pages::{OrderShown, Section};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, hooks::use_params_map, lazy_route};

use super::{StatusBadge, form_page::SimilarOrders, moves::Moves, timeline::Timeline};
use crate::{
    reader::{self, Reading},
    ui::{Icon, error_page::Failed, icon::set},
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
        view! {
            <Transition fallback=|| view! { <div class="skeleton" aria-busy="true"><span class="skeleton-title"></span><span class="skeleton-card"></span></div> }>
                {move || Suspend::new(async move {
                    match shown.get().await {
                        Ok(shown) => order(shown),
                        Err(error) => view! { <Failed error/> }.into_any(),
                    }
                })}
            </Transition>
        }
        .into_any()
    }
}

fn order(shown: OrderShown) -> AnyView {
    let OrderShown { number, customer, status, box_value, connected_on, story, similar, may_edit, may_create, .. } = shown.clone();
    let may_move = !shown.next.is_empty();
    let stored = StoredValue::new(shown);
    view! {
        <Title text=format!("{customer} · {number}")/>
        <article class="order">
            <header class="page-head order-head">
                <div>
                    <a class="back" href="/orders/" data-back="">"← Orders"</a>
                    <h1 tabindex="-1">{customer}</h1>
                    <p class="under"><span class="num">{number.clone()}</span><StatusBadge status/>{connected_on.map(|day| format!("on {day}"))}</p>
                </div>
                <div class="order-worth">
                    <strong>{box_value.unwrap_or_else(|| "No value yet".into())}</strong>
                    <span class="order-acts">
                        {may_create.then(|| view! { <a class="btn btn-quiet" href=format!("/orders/new/?copy={number}")><Icon of=set::LuCopy/>"Copy order"</a> })}
                        {may_edit.then(|| view! { <a class="btn btn-quiet" href=format!("/orders/{number}/update/") data-edit=""><Icon of=set::LuPencil/>"Edit"</a> })}
                    </span>
                </div>
            </header>
            {may_move.then(|| view! { <Moves shown=stored/> })}
            {(!similar.is_empty()).then(|| view! { <SimilarOrders found=similar/> })}
            <div class="story">
                <div class="facts">{story.into_iter().map(section).collect_view()}</div>
                <Timeline shown=stored/>
            </div>
        </article>
    }
    .into_any()
}

/// A part of the story; what is not known has no line.
fn section(of: Section) -> impl IntoView {
    let facts = of.facts.into_iter().map(|fact| {
        let value = match fact.link {
            Some(link) => {
                let calls = link.starts_with("tel:");
                view! { <a class:call=calls href=link rel="external">{calls.then(|| view! { <Icon of=set::LuPhone/> })}{fact.value}</a> }
                    .into_any()
            }
            None => fact.value.into_any(),
        };
        view! { <div><dt>{fact.label}</dt><dd>{value}</dd></div> }
    });
    view! {
        <section class="card">
            <h2>{of.title}</h2>
            <dl>{facts.collect_view()}</dl>
        </section>
    }
}
