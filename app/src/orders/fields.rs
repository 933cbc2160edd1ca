//! The controls of the order form: one function renders every field by its type. Inputs are not bound to signals,
//! so typed text survives whatever happens around it.

use domain::{
    FieldErrors,
    orders::{BusinessType, Field, FollowUpKind, OrderDraft, Status, Title, field::FieldType, pages::Choices},
};
use leptos::prelude::*;

use crate::ui::el::{El, el, live_text};

/// The messages beside fields: errors and warnings.
#[derive(Clone, Copy)]
pub struct Messages {
    pub errors: RwSignal<FieldErrors>,
    pub questions: RwSignal<FieldErrors>,
}

impl Messages {
    /// Only errors.
    pub fn of(errors: RwSignal<FieldErrors>) -> Self {
        Self { errors, questions: RwSignal::new(FieldErrors::default()) }
    }
}

/// The common part of every control.
struct FieldControl<'a> {
    field: Field,
    typed: &'a str,
    locked: bool,
    messages: Messages,
    prefix: &'static str,
}

impl FieldControl<'_> {
    fn id(&self) -> String {
        format!("{}{}", self.prefix, self.field.name())
    }

    fn message(&self) -> impl Fn() -> Option<String> + Copy + Send + 'static {
        let (errors, name) = (self.messages.errors, self.field.name());
        move || errors.with(|errors| errors.get(name).map(str::to_owned))
    }

    fn element(&self, tag: &'static str) -> El {
        let (id, message) = (self.id(), self.message());
        let described = format!("{id}-error");
        el(tag, "input")
            .attr("id", id)
            .attr("name", self.field.name())
            .flag("disabled", self.locked)
            .live_attr("aria-invalid", move || message().map(|_| "true".to_owned()))
            .attr("aria-describedby", described)
    }

    fn input(&self, kind: &'static str, mode: &'static str) -> El {
        self.element("input").attr("type", kind).attr("inputmode", mode).attr("value", self.typed).attr("autocomplete", "off")
    }

    fn select(&self, options: Vec<(String, String)>, empty: Option<&'static str>) -> El {
        let typed = self.typed;
        let known = typed.is_empty() || options.iter().any(|(value, _)| value == typed);
        let kept = (!known).then(|| (typed.to_owned(), typed.to_owned()));
        let options = empty.map(|label| (String::new(), label.to_owned())).into_iter().chain(options).chain(kept);
        self.element("select").all(options.map(|(value, label)| {
            let chosen = value == typed;
            el("option", "").attr("value", value).flag("selected", chosen).text(label)
        }))
    }

    /// A choice from a long list. Without JavaScript it is a select of the first options; with it, a text field with suggestions
    /// precedes it (`frontend/js/suggest.js`), and the select only carries the choice. Text that is not a suggestion is
    /// sent unchanged, and refused.
    fn suggested(&self, options: Vec<(String, String)>) -> El {
        let message = self.message();
        let chosen = options.iter().find(|(id, _)| id == self.typed).map_or(String::new(), |(_, name)| name.clone());
        let list = format!("{}-list", self.id());
        let line = el("input", "input suggest-line")
            .attr("type", "text")
            .attr("autocomplete", "off")
            .attr("aria-label", self.field.label())
            .live_attr("aria-invalid", move || message().map(|_| "true".to_owned()))
            .attr("placeholder", "Type to find one")
            .attr("list", list.as_str())
            .attr("value", chosen)
            .flag("disabled", self.locked);
        let select = self.select(options, Some("None")).with(el("option", "suggest-typed").flag("hidden", true));
        el("div", "suggest").attr("data-field", self.field.name()).with(line).with(select).with(el("datalist", "").attr("id", list))
    }

    /// The controls of status changes and follow-ups.
    fn asked(&self) -> El {
        match (self.field, self.field.shape()) {
            (Field::FollowUpKind, _) => self.select(FollowUpKind::options(), Some("None")),
            (_, FieldType::Money) => self.input("text", "decimal"),
            (_, FieldType::Date) => self.input("date", "none"),
            (Field::LossReason, _) => self.input("text", "text").attr("list", "loss-reasons"),
            _ => self.input("text", "text"),
        }
    }

    /// The control with its label and message.
    fn labelled(&self, class: &'static str, control: El) -> El {
        let (id, message) = (self.id(), self.message());
        let (questions, name) = (self.messages.questions, self.field.name());
        let said = move || message().or_else(|| questions.try_with(|all| all.get(name).map(str::to_owned)).flatten()).unwrap_or_default();
        let described = format!("{id}-error");
        el("div", "")
            .live_attr("class", move || Some(if message().is_some() { format!("{class} field-error") } else { class.to_owned() }))
            .with(el("label", "").attr("for", id).text(self.field.label()))
            .with(control)
            .with(el("p", "message").attr("id", described).any(live_text(said)))
    }
}

/// A field of a status change or follow-up, with its label and message.
pub fn asked(field: Field, draft: &OrderDraft, errors: RwSignal<FieldErrors>, prefix: &'static str) -> El {
    let field_control = FieldControl { field, typed: draft.get(field), locked: false, messages: Messages::of(errors), prefix };
    field_control.labelled("field", field_control.asked())
}

/// Any field of the form, with its label and message.
pub fn control(field: Field, draft: &OrderDraft, choices: &Choices, locked: bool, messages: Messages, prefix: &'static str) -> El {
    let field_control = FieldControl { field, typed: draft.get(field), locked, messages, prefix };
    let class = match field.shape() {
        FieldType::Lines(_) | FieldType::Tick => "field field-wide",
        _ => "field",
    };
    if field.shape() == FieldType::Tick {
        let checkbox =
            el("input", "").attr("type", "checkbox").attr("id", field_control.id()).attr("name", field.name()).attr("value", "yes");
        let label =
            el("label", "checkbox").with(checkbox.flag("checked", field_control.typed == "yes")).with(el("span", "").text(field.label()));
        return el("div", class).with(label);
    }
    let control = match (field, field.shape()) {
        (Field::Status, _) => {
            let known = if choices.statuses.is_empty() { &Status::ALL[..1] } else { &choices.statuses[..] };
            field_control.select(known.iter().map(|it| (it.code().to_owned(), it.label().to_owned())).collect(), None)
        }
        (Field::Owner, _) => field_control.select(choices.owners.clone(), Some("No owner")),
        (Field::Campaign, _) => field_control.suggested(choices.campaigns.clone()),
        (Field::Company, _) => field_control.suggested(choices.companies.clone()),
        (Field::Title, _) => field_control.select(Title::options(), Some("None")),
        (Field::BusinessType, _) => field_control.select(BusinessType::options(), Some("Not known")),
        (Field::Network, _) => field_control.select(choices.networks.clone(), Some("None")),
        (_, FieldType::YesNo) => field_control.select(
            [("yes", "Yes"), ("no", "No")].map(|(value, caption)| (value.to_owned(), caption.to_owned())).to_vec(),
            Some("Not known"),
        ),
        (_, FieldType::Lines(most)) => {
            field_control.element("textarea").attr("rows", if most > 2_000 { "4" } else { "3" }).typed(field_control.typed)
        }
        (_, FieldType::Phone) => field_control.input("tel", "tel"),
        (_, FieldType::Email) => field_control.input("text", "email"),
        (Field::SaleType, _) => field_control.input("text", "text").attr("list", "sale-types"),
        (Field::DealSource, _) => field_control.input("text", "text").attr("list", "deal-sources"),
        _ => field_control.asked(),
    };
    field_control.labelled(class, control)
}
