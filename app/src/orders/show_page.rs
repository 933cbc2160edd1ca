//! An order as the story of a deal: who, what, where, how much; then what happened.

use domain::{
    date,
    orders::{Address, BusinessType, FollowUpKind, Title as PersonTitle, pages::OrderShown},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, hooks::use_params_map, lazy_route};

use super::{StatusBadge, form_page::SimilarOrders, moves::Moves, timeline::Timeline};
use crate::{
    error::Answer,
    reader::{self, Changes},
    ui::{Icon, error_page::Failed, icon::set},
};

/// The page of an order.
#[derive(Debug)]
pub struct ShowRoute {
    shown: Resource<Answer<OrderShown>>,
}

#[lazy_route]
impl LazyRoute for ShowRoute {
    fn data() -> Self {
        let changes = expect_context::<Changes>();
        let params = use_params_map();
        let number = Memo::new(move |before: Option<&String>| {
            params.with(|params| params.get("number")).or_else(|| before.cloned()).unwrap_or_default()
        });
        Self { shown: Resource::new_blocking(move || (number.get(), changes.track()), |(number, _)| reader::order(number)) }
    }

    fn view(this: Self) -> AnyView {
        let shown = this.shown;
        view! {
            <Transition fallback=|| view! { <div class="skeleton" aria-busy="true"><span class="skeleton-title"></span><span class="skeleton-card"></span></div> }>
                {move || Suspend::new(async move {
                    match shown.await {
                        Ok(shown) => view! { <Order shown/> }.into_any(),
                        Err(error) => view! { <Failed error/> }.into_any(),
                    }
                })}
            </Transition>
        }
        .into_any()
    }
}

#[component]
fn Order(shown: OrderShown) -> impl IntoView {
    let order = shown.order.clone();
    let fields = order.fields.clone();
    let customer = fields.customer();
    let number = order.number.clone();
    let contact = fields.contact().filter(|name| *name != customer);
    let titled = fields.title.map(PersonTitle::label);
    let may_move = !shown.next.is_empty();
    let similar = shown.similar.clone();
    let (may_edit, may_create) = (shown.may_edit, shown.may_create);
    let box_value = shown.box_value.clone();
    let stored = StoredValue::new(shown);
    view! {
        <Title text=format!("{customer} · {number}")/>
        <article class="order">
            <header class="page-head order-head">
                <div>
                    <a class="back" href="/orders/" data-back="">"← Orders"</a>
                    <h1 tabindex="-1">{customer}</h1>
                    <p class="under"><span class="num">{number.clone()}</span><StatusBadge status=fields.status/>{order.connected_on.map(|day| format!("on {}", date::show(day)))}</p>
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
                <div class="facts">
                    <section class="card">
                        <h2>"Who"</h2>
                        <dl>
                            {fact("Contact", contact.map(|name| titled.map_or(name.clone(), |title| format!("{title} {name}"))))}
                            {call("Mobile", fields.mobile.clone(), order.mobile_e164.clone())}
                            {call("Landline", fields.landline.clone(), order.landline_e164.clone())}
                            {mail(fields.email.clone())}
                            {fact("Business type", fields.business_type.map(|it| BusinessType::label(it).to_owned()))}
                            {fact("Company record", order.company_name.clone())}
                            {fact("Date of birth", fields.date_of_birth.map(date::show))}
                        </dl>
                    </section>
                    <section class="card">
                        <h2>"What"</h2>
                        <dl>
                            {fact("Sale type", fields.sale_type.clone())}
                            {fact("Network", fields.network.clone())}
                            {fact("Handset", fields.handset.clone())}
                            {fact("Tariff", fields.tariff.clone())}
                            {fact("Tariff code", fields.tariff_code.clone())}
                            {fact("SIM required", fields.sim_required.map(|it| if it { "Yes" } else { "No" }.to_owned()))}
                            {fact("Spend cap", stored.with_value(|it| it.spend_cap.clone()))}
                            {fact("Network account number", fields.network_account_number.clone())}
                            {fact("Account address", fields.account_address.clone())}
                            {fact("Eligibility date", fields.eligibility_date.map(date::show))}
                        </dl>
                    </section>
                    <section class="card">
                        <h2>"Where"</h2>
                        <dl>
                            {fact("Billing", address(&fields.billing))}
                            {fact("Delivery", if fields.deliver_to_billing { Some("To the billing address".into()) } else { address(&fields.delivery) })}
                        </dl>
                    </section>
                    <section class="card">
                        <h2>"Deal"</h2>
                        <dl>
                            {fact("Owner", order.owner_name.clone())}
                            {fact("Team", order.team_name.clone())}
                            {fact("Campaign", order.campaign_name.clone())}
                            {fact("Deal source", fields.deal_source.clone())}
                            {fact("Follow up", fields.follow_up_on.map(|day| {
                                let kind = fields.follow_up_kind.map(FollowUpKind::label).unwrap_or("Follow up");
                                [Some(format!("{kind}, {}", date::show(day))), fields.follow_up_note.clone()].into_iter().flatten().collect::<Vec<_>>().join(": ")
                            }))}
                            {fact("Loss reason", fields.loss_reason.clone())}
                            {fact("Created", Some(order.created.full.clone()))}
                            {fact("Updated", (order.version > 1).then(|| order.updated.full.clone()))}
                            {fact("Commission details", fields.commission_details.clone())}
                            {fact("Additional details", fields.additional_details.clone())}
                        </dl>
                    </section>
                </div>
                <Timeline shown=stored/>
            </div>
        </article>
    }
}

/// A line of facts; nothing at all where nothing is known.
fn fact(label: &'static str, value: Option<String>) -> Option<impl IntoView> {
    value.map(|value| view! { <div><dt>{label}</dt><dd>{value}</dd></div> })
}

fn call(label: &'static str, typed: Option<String>, e164: Option<String>) -> Option<impl IntoView> {
    typed.map(|typed| {
        let linked = e164
            .map(|number| view! { <a class="call" href=format!("tel:{number}") rel="external"><Icon of=set::LuPhone/>{typed.clone()}</a> });
        let plain = linked.is_none().then_some(typed);
        view! { <div><dt>{label}</dt><dd>{linked}{plain}</dd></div> }
    })
}

fn mail(address: Option<String>) -> Option<impl IntoView> {
    address.map(|it| view! { <div><dt>"E-mail"</dt><dd><a href=format!("mailto:{it}") rel="external">{it.clone()}</a></dd></div> })
}

fn address(of: &Address) -> Option<String> {
    let house = [of.house.as_deref(), of.street.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let parts = [Some(house).filter(|it| !it.is_empty()), of.city.clone(), of.county.clone(), of.postcode.clone()];
    let text = parts.into_iter().flatten().collect::<Vec<_>>().join("\n");
    (!text.is_empty()).then_some(text)
}
