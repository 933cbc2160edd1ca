//! View models of the order pages: list, board, order, form.

use serde::{Deserialize, Serialize};

use super::{Field, OrderDraft, OrderRow, Status, choice::choices, conflict::Conflict, history::Entry, list::Column};
use crate::{code::travels_as_code, error::FieldErrors};

/// A link: label and URL.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Tabs of the release before read it as `words`.
    #[serde(rename = "words")]
    pub label: String,
    /// Empty when it is not a link.
    pub href: String,
    /// Whether it is the current page, or selected.
    pub on: bool,
}

impl Link {
    /// Makes a link.
    pub fn new(label: impl Into<String>, href: impl Into<String>, on: bool) -> Self {
        Self { label: label.into(), href: href.into(), on }
    }
}

/// A control of the filter form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    pub name: String,
    pub label: String,
    /// `date`, `decimal`, `tick` or `select`; `many` is a checkbox for each option.
    pub kind: String,
    /// The current value; comma-separated for `many`.
    pub value: String,
    pub options: Vec<(String, String)>,
}

impl Control {
    /// A select whose first option, if it has a label, is no choice.
    pub fn select(name: &str, label: &str, empty: &str, options: Vec<(String, String)>, value: Option<String>) -> Self {
        let empty = (!empty.is_empty()).then(|| (String::new(), empty.to_owned()));
        Self {
            name: name.into(),
            label: label.into(),
            kind: "select".into(),
            value: value.unwrap_or_default(),
            options: empty.into_iter().chain(options).collect(),
        }
    }

    /// An input of a kind: `date`, `line` or `search`.
    pub fn input(name: &str, label: &str, kind: &str, value: impl Into<String>) -> Self {
        Self { name: name.into(), label: label.into(), kind: kind.into(), value: value.into(), options: Vec::new() }
    }
}

/// The view model of a list page: every text and link, ready to show. Some fields travel under the names of earlier releases, whose open
/// tabs and copies on devices read them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderListView {
    pub title: String,
    /// The action of its plain forms.
    pub path: String,
    /// Its own URL, including the place.
    #[serde(rename = "here")]
    pub current_url: String,
    pub count: String,
    pub views: Vec<Link>,
    pub controls: Vec<Control>,
    /// Hidden fields of the filter form.
    #[serde(rename = "kept")]
    pub hidden_fields: Vec<(String, String)>,
    /// The active filters; each links to the list without it.
    #[serde(rename = "chips")]
    pub active_filters: Vec<Link>,
    /// The URL of the list without filters.
    pub clear: Option<String>,
    /// The columns with their headers; sortable ones have a link.
    pub columns: Vec<(Column, Link)>,
    /// The columns that this user sees.
    pub chooser: Control,
    pub rows: Vec<OrderRow>,
    /// `1–9 of 400`, with the total value where the list belongs to a figure.
    pub range: String,
    pub sizes: Vec<Link>,
    pub newer: Option<String>,
    pub older: Option<String>,
    /// Page numbers; one without a URL that is not current is a gap.
    pub numbers: Vec<Link>,
    /// Whether there are more rows than page numbers reach, so that a date field is offered.
    pub jump: bool,
    /// A sentence for each ignored value of the URL.
    pub ignored: Vec<String>,
    /// Shown above the user's own orders: the first of those whose follow-up is due, and a link to all of them.
    pub due: Vec<OrderRow>,
    pub due_more: Option<Link>,
    /// Whether the rows are in the trash and can be restored.
    pub trash: bool,
    /// The URL of the CSV export, for users who may export.
    pub export: Option<String>,
    /// The URL that stands for all rows of the list, where this user may start a bulk action.
    pub pick: Option<String>,
    /// The URL to save as a view, where the list is filtered.
    pub save: Option<String>,
    /// The id of the saved view that is shown, if this user may remove it.
    pub saved: Option<String>,
    /// The text of an empty list, and a link for the next step.
    pub empty: String,
    #[serde(rename = "way")]
    pub empty_action: Option<Link>,
}

/// The board: the filtered orders in one column per status.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardView {
    /// Filters, chips and ignored values, as on a list.
    pub list: OrderListView,
    pub columns: Vec<BoardColumn>,
}

/// A column: a status and its newest orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardColumn {
    pub status: Status,
    pub count: String,
    /// The total box value; empty when there are too many orders to add up.
    pub sum: String,
    pub cards: Vec<Card>,
    /// A link to all of them, where there are more than are shown.
    pub more: Option<String>,
}

/// A card: an order on the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    pub row: OrderRow,
    pub version: i64,
    /// The status transitions that this user may make.
    pub next: Vec<Status>,
}

/// A status with fields: a transition and the values it asks for, or the fields that a status requires. Serialised as their codes,
/// separated by spaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StatusTransition {
    pub to: Status,
    pub asks: Vec<Field>,
}

impl From<StatusTransition> for String {
    fn from(it: StatusTransition) -> Self {
        std::iter::once(it.to.code()).chain(it.asks.iter().map(|field| field.name())).collect::<Vec<_>>().join(" ")
    }
}

impl TryFrom<String> for StatusTransition {
    type Error = &'static str;

    fn try_from(codes: String) -> Result<Self, Self::Error> {
        let mut codes = codes.split(' ');
        let to = codes.next().and_then(Status::from_code).ok_or("no such status")?;
        Ok(Self { to, asks: codes.filter_map(Field::find).collect() })
    }
}

/// The view model of the order page: its fields, its timeline, and what this user may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderView {
    pub number: String,
    /// Incremented by each edit; a write with an older version is a conflict.
    pub version: i64,
    pub status: Status,
    pub customer: String,
    pub box_value: Option<String>,
    /// The business day on which it last became Connected.
    pub connected_on: Option<String>,
    #[serde(alias = "story")]
    pub sections: Vec<Section>,
    pub timeline: Vec<Entry>,
    /// Possible duplicates: orders with the same phone, e-mail, or business and postcode.
    pub similar: Vec<Similar>,
    /// A name for their common company, where this user may merge them.
    pub merge: Option<String>,
    pub may_edit: bool,
    pub may_comment: bool,
    pub may_create: bool,
    /// The status transitions that this user may make.
    pub next: Vec<StatusTransition>,
    /// The draft that the forms of the transitions start from.
    pub draft: OrderDraft,
    /// The input and messages of a plain form that was refused.
    pub refused: Option<Refused>,
    pub may_trash: bool,
    /// Whether this user may undo the last change.
    pub may_undo: bool,
    /// The follow-up, formatted.
    pub follow_up: Option<String>,
    /// Whether the follow-up is due.
    pub due: bool,
}

choices! {
    /// The actions on a follow-up.
    FollowUpAct {
        Done = "done", "Done";
        Tomorrow = "tomorrow", "Tomorrow";
        Week = "week", "In a week";
        On = "on", "Set";
    }
}

impl OrderView {
    /// A label and its value.
    pub fn detail(&self, label: &str) -> Option<&str> {
        self.sections.iter().flat_map(|section| &section.fields).find(|detail| detail.label == label).map(|detail| detail.value.as_str())
    }

    /// Shows a refused form with what was typed. The form of a transition stays on the page although the order, which has changed
    /// meanwhile, no longer allows it.
    pub fn set_refused(&mut self, refused: Refused) {
        if let Some(to) = refused.to.filter(|to| self.next.iter().all(|it| it.to != *to)) {
            let asks: Vec<Field> = Field::ALL.iter().copied().filter(|field| !refused.draft.get(*field).is_empty()).collect();
            if !asks.is_empty() {
                self.next.push(StatusTransition { to, asks });
            }
        }
        self.refused = Some(refused);
    }
}

/// A section of the order page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    pub title: String,
    #[serde(alias = "facts")]
    pub fields: Vec<DetailField>,
}

/// A field with a value; empty fields are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetailField {
    pub label: String,
    pub value: String,
    /// A `tel:` or `mailto:` link.
    pub link: Option<String>,
}

/// A plain form of the order page that was refused, with its input.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    pub sentence: String,
    pub errors: FieldErrors,
    /// The text of the comment.
    pub body: String,
    /// The target status of the transition, and the values typed for it.
    pub to: Option<Status>,
    pub draft: OrderDraft,
}

/// Values and labels of the selects.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    pub statuses: Vec<Status>,
    /// Empty when this user may not assign orders.
    pub owners: Vec<(String, String)>,
    pub campaigns: Vec<(String, String)>,
    pub companies: Vec<(String, String)>,
    /// The networks on offer.
    pub networks: Vec<(String, String)>,
    /// The fields that each status requires.
    pub requires: Vec<StatusTransition>,
}

/// A possible duplicate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Similar {
    pub number: String,
    pub customer: String,
    pub status: Status,
}

/// The view model of the order form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderForm {
    /// `None` for a new order.
    pub number: Option<String>,
    /// The order's UUIDv7, generated by the server, so that sending a form twice creates one order.
    pub uuid: String,
    /// The version that the draft was read from.
    pub version: i64,
    /// Who last saved the order.
    pub saved_by: String,
    pub customer: Option<String>,
    pub draft: OrderDraft,
    pub choices: Choices,
    pub errors: FieldErrors,
    /// A sentence above the form.
    pub sentence: Option<String>,
    pub conflict: Option<Conflict>,
    /// Fields that this user may not change on this order.
    pub locked: Vec<Field>,
    /// The business's current day (`2026-11-22`); copies from earlier releases on a device have none.
    #[serde(default)]
    pub today: String,
    /// The business's currency (ISO 4217 code); earlier releases did not send it and used pounds.
    #[serde(default = "pounds")]
    pub currency: String,
}

fn pounds() -> String {
    "GBP".into()
}
