//! What happened to an order: changes field by field, in words a person knows, and comments, as one timeline.

use serde::{Deserialize, Serialize};

use super::{Field, OrderDraft};
use crate::{code::travels_as_code, comments::Comment, moment::Moment};

/// A field before and after. `from` and `to` are as a form holds them, the labels as a page shows them (absent when equal).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    #[serde(rename = "f")]
    pub field: Field,
    #[serde(rename = "o", default, skip_serializing_if = "String::is_empty")]
    pub from: String,
    #[serde(rename = "n", default, skip_serializing_if = "String::is_empty")]
    pub to: String,
    #[serde(rename = "ol", default, skip_serializing_if = "Option::is_none")]
    pub from_label: Option<String>,
    #[serde(rename = "nl", default, skip_serializing_if = "Option::is_none")]
    pub to_label: Option<String>,
}

impl FieldChange {
    /// The old value in words; empty when there was none.
    pub fn before(&self) -> &str {
        self.from_label.as_deref().unwrap_or(&self.from)
    }

    /// The new value in words; empty when it was taken away.
    pub fn after(&self) -> &str {
        self.to_label.as_deref().unwrap_or(&self.to)
    }
}

/// What differs between two drafts, in the order of the form; `label` words a value.
pub fn diff(before: &OrderDraft, after: &OrderDraft, label: impl Fn(Field, &str) -> Option<String>) -> Vec<FieldChange> {
    Field::ALL
        .iter()
        .filter(|field| before.get(**field) != after.get(**field))
        .map(|&field| FieldChange {
            field,
            from: before.get(field).to_owned(),
            to: after.get(field).to_owned(),
            from_label: label(field, before.get(field)),
            to_label: label(field, after.get(field)),
        })
        .collect()
}

/// What kind of thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryKind {
    /// The order was written.
    Created,
    /// Fields changed.
    Edited,
    /// The status changed.
    Moved,
    /// An import kept a value here that the order itself could not take.
    Kept,
    /// Thrown into the trash.
    Trashed,
    /// Taken out of it.
    Restored,
    /// The last change was taken back, as if it had not happened.
    Undone,
}

travels_as_code!(HistoryKind, HistoryKind::code, |code: &str| Some(HistoryKind::from_code(code)));

impl HistoryKind {
    /// The stored form.
    pub fn code(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Edited => "edited",
            Self::Moved => "moved",
            Self::Kept => "kept",
            Self::Trashed => "trashed",
            Self::Restored => "restored",
            Self::Undone => "undone",
        }
    }

    /// From the stored form.
    pub fn from_code(code: &str) -> Self {
        match code {
            "created" => Self::Created,
            "moved" => Self::Moved,
            "kept" => Self::Kept,
            "trashed" => Self::Trashed,
            "restored" => Self::Restored,
            "undone" => Self::Undone,
            _ => Self::Edited,
        }
    }
}

/// What a history entry says; erasing it leaves its commitment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// Fields, old and new.
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<FieldChange>,
    /// A sentence beside them.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// One entry of an order's timeline, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entry {
    /// A change of the order.
    Change {
        happened: HistoryKind,
        /// Who made it; `None` is "not recorded" (an import whose source did not say).
        by: Option<String>,
        at: Moment,
        /// `None` when the personal data in it was erased.
        payload: Option<Payload>,
    },
    /// A comment.
    Comment(Comment),
}

impl Entry {
    /// When it happened.
    pub fn at(&self) -> &Moment {
        match self {
            Self::Change { at, .. } => at,
            Self::Comment(comment) => &comment.created,
        }
    }
}
