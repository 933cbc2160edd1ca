//! The controls of an order's form: one function draws every field from its shape. Inputs are plain; nothing is bound to a signal,
//! so what is typed survives whatever happens around it.

use domain::{
    FieldErrors,
    orders::{BusinessType, Field, FollowUpKind, OrderDraft, Status, Title, choice, field::Shape, pages::Choices},
};
use leptos::prelude::*;

use crate::ui::el::{El, el, live_text};

/// A field with its label and the place of its message.
pub fn control(
    field: Field,
    draft: &OrderDraft,
    choices: &Choices,
    locked: bool,
    errors: RwSignal<FieldErrors>,
    prefix: &'static str,
) -> El {
    let name = field.name();
    let id = format!("{prefix}{name}");
    let error_id = format!("{id}-error");
    let typed = draft.get(field);
    let class = match field.shape() {
        Shape::Lines(_) | Shape::Tick => "field field-wide",
        _ => "field",
    };
    if field.shape() == Shape::Tick {
        let tick = el("input", "").attr("type", "checkbox").attr("id", id).attr("name", name).attr("value", "yes");
        let label = el("label", "tick").with(tick.flag("checked", typed == "yes")).with(el("span", "").text(field.label()));
        return el("div", class).with(label);
    }
    let message = move || errors.with(|errors| errors.get(name).map(str::to_owned));
    let invalid = move || message().map(|_| "true".to_owned());
    let dressed = |tag: &'static str| {
        el(tag, "input")
            .attr("id", id.as_str())
            .attr("name", name)
            .flag("disabled", locked)
            .live_attr("aria-invalid", invalid)
            .attr("aria-describedby", error_id.as_str())
    };
    let input = |kind: &'static str, mode: &'static str| {
        dressed("input").attr("type", kind).attr("inputmode", mode).attr("value", typed).attr("autocomplete", "off")
    };
    let select = |options: Vec<(String, String)>, empty: Option<&'static str>| {
        let known = typed.is_empty() || options.iter().any(|(value, _)| value == typed);
        let kept = (!known).then(|| (typed.to_owned(), typed.to_owned()));
        let options = empty.map(|words| (String::new(), words.to_owned())).into_iter().chain(options).chain(kept);
        dressed("select").all(options.map(|(value, words)| {
            let chosen = value == typed;
            el("option", "").attr("value", value).flag("selected", chosen).text(words)
        }))
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
        (_, Shape::Lines(most)) => dressed("textarea").attr("rows", if most > 2_000 { "4" } else { "3" }).typed(typed),
        (_, Shape::Phone) => input("tel", "tel"),
        (_, Shape::Email) => input("text", "email"),
        (_, Shape::Money) => input("text", "decimal"),
        (_, Shape::Date) => input("date", "none"),
        (Field::SaleType, _) => input("text", "text").attr("list", "sale-types"),
        (Field::DealSource, _) => input("text", "text").attr("list", "deal-sources"),
        (Field::LossReason, _) => input("text", "text").attr("list", "loss-reasons"),
        _ => input("text", "text"),
    };
    el("div", "")
        .live_attr("class", move || Some(if message().is_some() { format!("{class} field-error") } else { class.to_owned() }))
        .with(el("label", "").attr("for", id.as_str()).text(field.label()))
        .with(control)
        .with(el("p", "message").attr("id", error_id.as_str()).any(live_text(move || message().unwrap_or_default())))
}

/// The suggestions behind free text.
pub fn suggestions() -> [El; 3] {
    let list = |id: &'static str, values: &[&'static str]| {
        el("datalist", "").attr("id", id).all(values.iter().map(|value| el("option", "").attr("value", *value)))
    };
    [list("sale-types", &choice::SALE_TYPES), list("deal-sources", &choice::DEAL_SOURCES), list("loss-reasons", &choice::LOSS_REASONS)]
}
