//! The controls of an order's form: one function draws every field from its shape. Inputs are plain; nothing is bound to a signal,
//! so what is typed survives whatever happens around it.

use domain::{
    FieldErrors,
    orders::{BusinessType, Field, FollowUpKind, OrderDraft, Status, Title, choice, field::Shape, pages::Choices},
};
use leptos::prelude::*;

use crate::ui::unmarked;

/// A field with its label and the place of its message.
pub fn control(
    field: Field,
    draft: &OrderDraft,
    choices: &Choices,
    locked: bool,
    errors: RwSignal<FieldErrors>,
    prefix: &'static str,
) -> AnyView {
    let name = field.name();
    let id = format!("{prefix}{name}");
    let error_id = format!("{id}-error");
    let typed = draft.get(field).to_owned();
    let message = move || errors.with(|errors| errors.get(name).map(str::to_owned));
    let invalid = move || errors.with(|errors| errors.get(name).is_some()).then_some("true");
    let class = match field.shape() {
        Shape::Lines(_) | Shape::Tick => "field field-wide",
        _ => "field",
    };
    let described = error_id.clone();
    let input = |kind: &'static str, mode: &'static str, list: Option<&'static str>| {
        view! { <input id=id.clone() name=name type=kind inputmode=mode value=typed.clone() list=list autocomplete="off" class="input" disabled=locked aria-invalid=invalid aria-describedby=described.clone()/> }.into_any()
    };
    let area = |rows: u32| {
        view! { <textarea id=id.clone() name=name rows=rows class="input" disabled=locked aria-invalid=invalid aria-describedby=described.clone()>{unmarked(typed.clone())}</textarea> }.into_any()
    };
    let select = |options: Vec<(String, String)>, empty: Option<&'static str>| {
        let mut options = options;
        if !typed.is_empty() && options.iter().all(|(value, _)| *value != typed) {
            options.push((typed.clone(), typed.clone()));
        }
        let options = empty.map(|words| (String::new(), words.to_owned())).into_iter().chain(options);
        view! {
            <select id=id.clone() name=name class="input" disabled=locked aria-invalid=invalid aria-describedby=described.clone()>
                {options.map(|(value, words)| { let chosen = value == typed; view! { <option value=value selected=chosen>{words}</option> } }).collect_view()}
            </select>
        }
        .into_any()
    };
    let control = match (field, field.shape()) {
        (Field::Status, _) => {
            let known = if choices.statuses.is_empty() { &Status::ALL[..1] } else { &choices.statuses[..] };
            select(known.iter().map(|it| (it.code().to_owned(), it.label().to_owned())).collect(), None)
        }
        (Field::Owner, _) => select(choices.owners.clone(), Some("Nobody")),
        (Field::Campaign, _) => select(choices.campaigns.clone(), Some("None")),
        (Field::Company, _) => select(choices.companies.clone(), Some("None")),
        (Field::Title, _) => select(Title::options(), Some("None")),
        (Field::BusinessType, _) => select(BusinessType::options(), Some("Not known")),
        (Field::FollowUpKind, _) => select(FollowUpKind::options(), Some("None")),
        (Field::Network, _) => select(choice::NETWORKS.map(|it| (it.to_owned(), it.to_owned())).to_vec(), Some("None")),
        (_, Shape::YesNo) => {
            select([("yes", "Yes"), ("no", "No")].map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec(), Some("Not known"))
        }
        (_, Shape::Lines(most)) => area(if most > 2_000 { 4 } else { 3 }),
        (_, Shape::Phone) => input("tel", "tel", None),
        (_, Shape::Email) => input("text", "email", None),
        (_, Shape::Money) => input("text", "decimal", None),
        (_, Shape::Date) => input("date", "none", None),
        (_, Shape::Tick) => {
            return view! {
                <div class=class>
                    <label class="tick"><input type="checkbox" id=id name=name value="yes" checked=typed == "yes"/><span>{field.label()}</span></label>
                </div>
            }
            .into_any();
        }
        (Field::SaleType, _) => input("text", "text", Some("sale-types")),
        (Field::DealSource, _) => input("text", "text", Some("deal-sources")),
        (Field::LossReason, _) => input("text", "text", Some("loss-reasons")),
        _ => input("text", "text", None),
    };
    view! {
        <div class=class class:field-error=move || invalid().is_some()>
            <label for=id>{field.label()}</label>
            {control}
            <p class="message" id=error_id>{message}</p>
        </div>
    }
    .into_any()
}

/// The suggestions behind free text.
#[component]
pub fn Suggestions() -> impl IntoView {
    let list = |id: &'static str, values: &'static [&'static str]| {
        view! { <datalist id=id>{values.iter().map(|value| view! { <option value=*value></option> }).collect_view()}</datalist> }
    };
    view! {
        {list("sale-types", &choice::SALE_TYPES)}
        {list("deal-sources", &choice::DEAL_SOURCES)}
        {list("loss-reasons", &choice::LOSS_REASONS)}
    }
}
