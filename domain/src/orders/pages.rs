//! What the pages of an order are made of: the order as shown, the form as opened.

use serde::{Deserialize, Serialize};

use super::{Field, OrderDraft, Status, conflict::Conflict, history::Entry};
use crate::error::FieldErrors;

/// The page of an order, in words: what stands on it, what happened, and what this person may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderShown {
    pub number: String,
    /// Counts edits; a write that names an old one is a conflict.
    pub version: i64,
    pub status: Status,
    pub customer: String,
    pub box_value: Option<String>,
    /// The business date of the latest move into Connected.
    pub connected_on: Option<String>,
    /// Who, what, where, how much.
    pub story: Vec<Section>,
    pub timeline: Vec<Entry>,
    /// Orders with the same phone or e-mail.
    pub similar: Vec<Similar>,
    pub may_edit: bool,
    pub may_comment: bool,
    pub may_create: bool,
    /// The statuses that this person may move it to.
    pub next: Vec<Status>,
    /// The draft that the move forms start from.
    pub draft: OrderDraft,
    /// What a plain form that was refused had typed, with the messages.
    pub refused: Option<Refused>,
}

impl OrderShown {
    /// The value beside a label.
    pub fn fact(&self, label: &str) -> Option<&str> {
        self.story.iter().flat_map(|section| &section.facts).find(|fact| fact.label == label).map(|fact| fact.value.as_str())
    }
}

/// A part of the story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    pub title: String,
    pub facts: Vec<Fact>,
}

/// A line of it; what is not known has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
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
}

/// An order that has the same phone or e-mail.
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
    pub customer: Option<String>,
    pub draft: OrderDraft,
    pub choices: Choices,
    pub errors: FieldErrors,
    /// One sentence above the form.
    pub sentence: Option<String>,
    pub conflict: Option<Conflict>,
    /// Fields that this person may not touch on this order.
    pub locked: Vec<Field>,
}
