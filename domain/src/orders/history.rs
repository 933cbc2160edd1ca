//! The timeline of an order: changes field by field, and comments.

use serde::{Deserialize, Serialize};

use super::{Field, OrderDraft};
use crate::{code::travels_as_code, comments::Comment, moment::Moment};

/// A changed field. `from` and `to` are as forms hold them, the labels as pages show them (absent when equal).
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
    /// The old value as pages show it; empty when there was none.
    pub fn before(&self) -> &str {
        self.from_label.as_deref().unwrap_or(&self.from)
    }

    /// The new value as pages show it; empty when the field was cleared.
    pub fn after(&self) -> &str {
        self.to_label.as_deref().unwrap_or(&self.to)
    }
}

/// The fields that differ between two drafts, in the order of the form; `label` gives the label of a value.
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

/// The kind of a history entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryKind {
    /// The order was created.
    Created,
    /// Fields were edited.
    Edited,
    /// The status was changed.
    Moved,
    /// An import kept a value here that the order could not store.
    Kept,
    /// Moved to trash.
    Trashed,
    /// Restored from trash.
    Restored,
    /// The last change was undone.
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

    /// Parses the stored code.
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

/// The content of a history entry; when it is erased, its commitment (hash) remains.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// The changed fields.
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<FieldChange>,
    /// An additional sentence.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// One entry of an order's timeline, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entry {
    /// A change of the order.
    Change {
        happened: HistoryKind,
        /// Who made the change; `None` when it was not recorded (an import without authors).
        by: Option<String>,
        at: Moment,
        /// `None` when the personal data was erased.
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
