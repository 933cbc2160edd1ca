//! What the pages of an order are made of: the order as shown, the form as opened.

use serde::{Deserialize, Serialize};

use super::{Field, OrderDraft, OrderRow, Status, choice::choices, conflict::Conflict, history::Entry, list::Column};
use crate::{code::travels_as_code, error::FieldErrors};

/// Words that lead somewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub words: String,
    /// Empty: it leads nowhere.
    pub href: String,
    /// Whether it is where one is, or what is chosen.
    pub on: bool,
}

impl Link {
    /// A link.
    pub fn new(words: impl Into<String>, href: impl Into<String>, on: bool) -> Self {
        Self { words: words.into(), href: href.into(), on }
    }
}

/// A control of a list's filters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    pub name: String,
    pub label: String,
    /// `date`, `decimal`, `tick` or `select`; `many` is a tick for each option.
    pub kind: String,
    /// What is chosen; for `many` with commas between.
    pub value: String,
    pub options: Vec<(String, String)>,
}

/// A list, in words: everything that its page shows, each link ready.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderListView {
    pub title: String,
    /// Where its plain forms lead.
    pub path: String,
    /// Its own address, its place included.
    pub here: String,
    pub count: String,
    pub views: Vec<Link>,
    pub controls: Vec<Control>,
    /// What the filter form keeps besides its controls.
    pub kept: Vec<(String, String)>,
    /// What is on; each leads to the list without it.
    pub chips: Vec<Link>,
    /// The list without any of them.
    pub clear: Option<String>,
    /// The columns with their heads; those that sort have a link.
    pub columns: Vec<(Column, Link)>,
    /// Which columns this person sees.
    pub chooser: Control,
    pub rows: Vec<OrderRow>,
    /// `1–9 of 400`, and what they are worth together where a window of days makes the list a figure.
    pub range: String,
    pub sizes: Vec<Link>,
    pub newer: Option<String>,
    pub older: Option<String>,
    /// Page numbers; one that leads nowhere and is not on is a gap.
    pub numbers: Vec<Link>,
    /// Whether there are more than page numbers reach, so that a date leads on.
    pub jump: bool,
    /// What was ignored in the address.
    pub ignored: Vec<String>,
    /// On top of one's own orders: the first of those whose follow-up is due, and the way to all of them.
    pub due: Vec<OrderRow>,
    pub due_more: Option<Link>,
    /// Whether these rows lie in the trash, so that each can come back.
    pub trash: bool,
    /// Where the list is taken as a file, for who may.
    pub export: Option<String>,
    /// The address of all that the list holds, where this person may do something to many of them.
    pub pick: Option<String>,
    /// The address that can be kept as a view, where something narrows the list.
    pub save: Option<String>,
    /// The view that this is, to be removed by the person who keeps it.
    pub saved: Option<String>,
    /// What to say when there is nothing, and the way on.
    pub empty: String,
    pub way: Option<Link>,
}

/// The board: the orders of a filter as columns by status.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardView {
    /// Filters, chips and what was ignored, as a list has them.
    pub list: OrderListView,
    pub columns: Vec<BoardColumn>,
}

/// A status with the newest of its orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardColumn {
    pub status: Status,
    pub count: String,
    /// The sum of their box values; empty when there are too many to add up.
    pub sum: String,
    pub cards: Vec<Card>,
    /// The list of all of them, where there are more than stand here.
    pub more: Option<String>,
}

/// An order on the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    pub row: OrderRow,
    pub version: i64,
    /// Where this person may move it.
    pub next: Vec<Status>,
}

/// A status with fields: a move that a person may make and what it asks for, or what a status requires. It travels as the codes of
/// both, with spaces between them.
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

/// The page of an order, in words: what stands on it, what happened, and what this person may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderView {
    pub number: String,
    /// Counts edits; a write that names an old one is a conflict.
    pub version: i64,
    pub status: Status,
    pub customer: String,
    pub box_value: Option<String>,
    /// The business date of the latest move into Connected.
    pub connected_on: Option<String>,
    #[serde(alias = "story")]
    pub sections: Vec<Section>,
    pub timeline: Vec<Entry>,
    /// Orders with the same phone, e-mail, or business and postcode.
    pub similar: Vec<Similar>,
    /// What their company could be called, where this person may make them one.
    pub merge: Option<String>,
    pub may_edit: bool,
    pub may_comment: bool,
    pub may_create: bool,
    /// The moves that this person may make.
    pub next: Vec<StatusTransition>,
    /// The draft that the move forms start from.
    pub draft: OrderDraft,
    /// What a plain form that was refused had typed, with the messages.
    pub refused: Option<Refused>,
    pub may_trash: bool,
    /// Whether this person may take the last change back.
    pub may_undo: bool,
    /// The follow-up in words.
    pub follow_up: Option<String>,
    /// Whether it is due.
    pub due: bool,
}

choices! {
    /// What can be done about a follow-up.
    FollowUpAct {
        Done = "done", "Done";
        Tomorrow = "tomorrow", "Tomorrow";
        Week = "week", "In a week";
        On = "on", "Set";
    }
}

impl OrderView {
    /// The value beside a label.
    pub fn detail(&self, label: &str) -> Option<&str> {
        self.sections.iter().flat_map(|section| &section.fields).find(|detail| detail.label == label).map(|detail| detail.value.as_str())
    }
}

/// A group of fields on the page of an order: who, what, where, the deal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    pub title: String,
    #[serde(alias = "facts")]
    pub fields: Vec<DetailField>,
}

/// A field with a value; fields without one are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetailField {
    pub label: String,
    pub value: String,
    /// `tel:` or `mailto:`.
    pub link: Option<String>,
}

/// A plain form of the order's page that was refused: nothing typed is lost.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    pub sentence: String,
    pub errors: FieldErrors,
    /// The comment that was typed.
    pub body: String,
    /// The status that a move went to, and what was typed for it.
    pub to: Option<Status>,
    pub draft: OrderDraft,
}

/// Values and words of the selects.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    pub statuses: Vec<Status>,
    /// Empty when this person cannot give orders to others.
    pub owners: Vec<(String, String)>,
    pub campaigns: Vec<(String, String)>,
    pub companies: Vec<(String, String)>,
    /// The networks that are offered.
    pub networks: Vec<(String, String)>,
    /// What each status requires.
    pub requires: Vec<StatusTransition>,
}

/// An order that looks like the same customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Similar {
    pub number: String,
    pub customer: String,
    pub status: Status,
}

/// The form, ready to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderForm {
    /// `None` for a new order.
    pub number: Option<String>,
    /// The order's UUIDv7, made on the server, so that sending a form twice creates once. A page only carries it: as text.
    pub uuid: String,
    /// The version that the draft was read at.
    pub version: i64,
    /// Who saved it last.
    pub saved_by: String,
    pub customer: Option<String>,
    pub draft: OrderDraft,
    pub choices: Choices,
    pub errors: FieldErrors,
    /// One sentence above the form.
    pub sentence: Option<String>,
    pub conflict: Option<Conflict>,
    /// Fields that this person may not touch on this order.
    pub locked: Vec<Field>,
    /// The business's day, as dates travel; a device of an earlier release kept none.
    #[serde(default)]
    pub today: String,
    /// The business's currency, an ISO 4217 code; releases that did not say it took pounds.
    #[serde(default = "pounds")]
    pub currency: String,
}

fn pounds() -> String {
    "GBP".into()
}
