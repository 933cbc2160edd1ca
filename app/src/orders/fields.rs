//! The fields of an order as form controls: one component shows every field by its type. Inputs are not bound to signals, so typed text
//! survives whatever happens around it.

use domain::{
    FieldErrors,
    orders::{BusinessType, Field, FollowUpKind, OrderDraft, Status, Title, field::FieldType, pages::Choices},
};
use leptos::prelude::*;

use crate::ui::{Erase, unmarked};

/// The messages beside the fields of a form. Made once, beside the form.
#[derive(Clone, Copy)]
pub struct Messages {
    /// What keeps the form from being saved.
    pub errors: RwSignal<FieldErrors>,
    /// What looks like a mistake, and can be saved.
    pub warnings: Option<RwSignal<FieldErrors>>,
    /// Where several forms share the errors: the status of the form that was refused, and of this one.
    of_status: Option<(RwSignal<Option<Status>>, Status)>,
}

impl Messages {
    /// Errors only.
    pub fn of(errors: RwSignal<FieldErrors>) -> Self {
        Self { errors, warnings: None, of_status: None }
    }

    /// Errors and warnings.
    pub fn with_warnings(errors: RwSignal<FieldErrors>, warnings: RwSignal<FieldErrors>) -> Self {
        Self { warnings: Some(warnings), ..Self::of(errors) }
    }

    /// The errors of one of several forms, which have a status each; `refused` is the one that was refused.
    pub fn of_status(errors: RwSignal<FieldErrors>, refused: RwSignal<Option<Status>>, status: Status) -> Self {
        Self { of_status: Some((refused, status)), ..Self::of(errors) }
    }

    fn error(self, field: Field) -> Option<String> {
        if self.of_status.is_some_and(|(refused, status)| refused.get() != Some(status)) {
            return None;
        }
        self.errors.with(|errors| errors.get(field.name()).map(str::to_owned))
    }

    fn warning(self, field: Field) -> Option<String> {
        self.warnings.and_then(|warnings| warnings.with(|warnings| warnings.get(field.name()).map(str::to_owned)))
    }
}

/// A field with its label, its control and its message.
#[component]
pub fn OrderField<'a>(
    field: Field,
    /// The values that the form starts with.
    draft: &'a OrderDraft,
    messages: Messages,
    /// The choices of the order form; the small forms (status, follow-up) have none.
    #[prop(optional)]
    choices: Option<&'a Choices>,
    /// This user may not change it on this order.
    #[prop(optional)]
    locked: bool,
    /// Makes the ids unique among the forms of a page.
    #[prop(optional)]
    prefix: &'static str,
) -> impl IntoView + use<> {
    let control = FieldControl { field, value: draft.get(field).to_owned(), id: format!("{prefix}{}", field.name()), locked, messages };
    let class = match field.shape() {
        FieldType::Lines(_) | FieldType::Tick => "field field-wide",
        _ => "field",
    };
    if field.shape() == FieldType::Tick {
        return view! { <div class=class>{control.checkbox()}</div> }.erase();
    }
    let (id, message_id) = (control.id.clone(), control.message_id());
    let message = move || messages.error(field).or_else(|| messages.warning(field)).unwrap_or_default();
    view! {
        <div class=class class:field-error=move || messages.error(field).is_some()>
            <label for=id>{field.label()}</label>
            {control.view(choices)}
            <p class="field-message" id=message_id>{message}</p>
        </div>
    }
    .erase()
}

/// The control of a field.
struct FieldControl {
    field: Field,
    value: String,
    id: String,
    locked: bool,
    messages: Messages,
}

impl FieldControl {
    fn message_id(&self) -> String {
        format!("{}-error", self.id)
    }

    fn invalid(&self) -> impl Fn() -> Option<&'static str> + Copy + Send + use<> {
        let (messages, field) = (self.messages, self.field);
        move || messages.error(field).map(|_| "true")
    }

    /// Whether the form came back with this field refused: the browser then focuses it.
    fn is_refused(&self) -> bool {
        untrack(self.invalid()).is_some()
    }

    fn view(&self, choices: Option<&Choices>) -> AnyView {
        match (self.field, self.field.shape(), choices) {
            (Field::Status, _, Some(choices)) => {
                let statuses = if choices.statuses.is_empty() { &Status::ALL[..1] } else { &choices.statuses[..] };
                self.select(statuses.iter().map(|it| (it.code().to_owned(), it.label().to_owned())).collect(), None)
            }
            (Field::Owner, _, Some(choices)) => self.select(choices.owners.clone(), Some("No owner")),
            (Field::Campaign, _, Some(choices)) => self.suggested(choices.campaigns.clone()),
            (Field::Company, _, Some(choices)) => self.suggested(choices.companies.clone()),
            (Field::Network, _, Some(choices)) => self.select(choices.networks.clone(), Some("None")),
            (Field::Title, ..) => self.select(Title::options(), Some("None")),
            (Field::BusinessType, ..) => self.select(BusinessType::options(), Some("Not known")),
            (Field::FollowUpKind, ..) => self.select(FollowUpKind::options(), Some("None")),
            (Field::SaleType, ..) => self.input("text", "text", Some("sale-types")),
            (Field::DealSource, ..) => self.input("text", "text", Some("deal-sources")),
            (Field::LossReason, ..) => self.input("text", "text", Some("loss-reasons")),
            (_, FieldType::YesNo, _) => self.select(
                [("yes", "Yes"), ("no", "No")].map(|(value, label)| (value.to_owned(), label.to_owned())).to_vec(),
                Some("Not known"),
            ),
            (_, FieldType::Lines(most), _) => self.textarea(if most > 2_000 { "4" } else { "3" }),
            (_, FieldType::Phone, _) => self.input("tel", "tel", None),
            (_, FieldType::Email, _) => self.input("text", "email", None),
            (_, FieldType::Money, _) => self.input("text", "decimal", None),
            (_, FieldType::Date, _) => self.input("date", "none", None),
            _ => self.input("text", "text", None),
        }
    }

    fn input(&self, kind: &'static str, mode: &'static str, list: Option<&'static str>) -> AnyView {
        view! {
            <input
                class="input"
                id=self.id.clone()
                name=self.field.name()
                type=kind
                inputmode=mode
                list=list
                value=self.value.clone()
                autocomplete="off"
                disabled=self.locked
                autofocus=self.is_refused()
                aria-invalid=self.invalid()
                aria-describedby=self.message_id()
            />
        }
        .erase()
    }

    fn textarea(&self, rows: &'static str) -> AnyView {
        view! {
            <textarea
                class="input"
                id=self.id.clone()
                name=self.field.name()
                rows=rows
                disabled=self.locked
                autofocus=self.is_refused()
                aria-invalid=self.invalid()
                aria-describedby=self.message_id()
            >
                {unmarked(self.value.clone())}
            </textarea>
        }
        .erase()
    }

    fn checkbox(&self) -> AnyView {
        view! {
            <label class="checkbox">
                <input type="checkbox" id=self.id.clone() name=self.field.name() value="yes" checked=self.value == "yes"/>
                <span>{self.field.label()}</span>
            </label>
        }
        .erase()
    }

    /// A select. A value that is no option any more stays one.
    fn select(&self, options: Vec<(String, String)>, empty: Option<&'static str>) -> AnyView {
        let options = self.options(options, empty);
        view! {
            <select
                class="input"
                id=self.id.clone()
                name=self.field.name()
                disabled=self.locked
                autofocus=self.is_refused()
                aria-invalid=self.invalid()
                aria-describedby=self.message_id()
            >
                {options}
            </select>
        }
        .erase()
    }

    fn options(&self, options: Vec<(String, String)>, empty: Option<&'static str>) -> Vec<AnyView> {
        let is_known = self.value.is_empty() || options.iter().any(|(value, _)| *value == self.value);
        let unknown = (!is_known).then(|| (self.value.clone(), self.value.clone()));
        let empty = empty.map(|label| (String::new(), label.to_owned()));
        empty
            .into_iter()
            .chain(options)
            .chain(unknown)
            .map(|(value, label)| {
                let selected = value == self.value;
                view! { <option value=value selected=selected>{label}</option> }.erase()
            })
            .collect()
    }

    /// A choice from a long list. Without JavaScript it is a select of the first options; with it, a text field with suggestions precedes
    /// it (`frontend/js/suggest.js`), and the select only carries the choice. Text that is not a suggestion is sent unchanged, and refused.
    fn suggested(&self, options: Vec<(String, String)>) -> AnyView {
        let chosen = options.iter().find(|(id, _)| *id == self.value).map_or(String::new(), |(_, name)| name.clone());
        let list = format!("{}-list", self.id);
        let mut options = self.options(options, Some("None"));
        options.push(view! { <option class="suggest-typed" hidden=true></option> }.erase());
        view! {
            <div class="suggest" data-field=self.field.name()>
                <input
                    class="input suggest-line"
                    type="text"
                    autocomplete="off"
                    aria-label=self.field.label()
                    autofocus=self.is_refused()
                    aria-invalid=self.invalid()
                    aria-describedby=self.message_id()
                    placeholder="Type to find one"
                    list=list.clone()
                    value=chosen
                    disabled=self.locked
                />
                <select
                    class="input"
                    id=self.id.clone()
                    name=self.field.name()
                    disabled=self.locked
                    autofocus=self.is_refused()
                    aria-invalid=self.invalid()
                    aria-describedby=self.message_id()
                >
                    {options}
                </select>
                <datalist id=list></datalist>
            </div>
        }
        .erase()
    }
}
