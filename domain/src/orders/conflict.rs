//! Edit conflicts: two people edited one order, and both changed the same fields.

use serde::{Deserialize, Serialize};

use super::{Field, OrderDraft};
use crate::moment::Moment;

/// The second save, held back until the user has chosen a value for each field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The version stored now; the next save has to name it.
    pub version: i64,
    /// Who saved the other version.
    pub by: String,
    /// When.
    pub at: Moment,
    /// The fields that both changed to different values.
    pub fields: Vec<ConflictField>,
    /// The fields that only the other person changed, before and after: they are merged.
    pub merged: Vec<(Field, String, String)>,
    /// The merged draft: this user's input, plus the fields that only the other person changed.
    pub draft: OrderDraft,
}

/// One field that both changed. Values are as forms hold them, labels as pages show them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictField {
    pub field: Field,
    /// The value before both edits.
    pub before: String,
    /// The value that the other person saved.
    pub theirs: String,
    /// The value that this user typed.
    pub mine: String,
    pub before_label: String,
    pub theirs_label: String,
    pub mine_label: String,
}

/// A three-way merge of drafts: fields that one side changed are merged, fields that both changed are returned.
pub fn merge(before: &OrderDraft, theirs: &OrderDraft, mine: &OrderDraft) -> (OrderDraft, Vec<Field>) {
    let mut merged = mine.clone();
    let mut disputed = Vec::new();
    for &field in Field::ALL {
        let (b, t, m) = (before.get(field), theirs.get(field), mine.get(field));
        if t != b && m == b {
            merged.set(field, t);
        } else if t != b && m != b && t != m {
            disputed.push(field);
        }
    }
    (merged, disputed)
}

/// Applies the user's choices from the pairs of a form: `pick.<field>=theirs` replaces the typed value by `theirs.<field>`. One pass over
/// the pairs; of several pairs with one name the first counts.
pub fn choose<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>, draft: &mut OrderDraft) {
    let mut picked: Vec<Field> = Vec::new();
    let mut theirs: Vec<(Field, &str)> = Vec::new();
    for (name, value) in pairs {
        let field = |start| name.strip_prefix(start).and_then(Field::find);
        if let Some(field) = field("pick.").filter(|field| value == "theirs" && !picked.contains(field)) {
            picked.push(field);
        } else if let Some(field) = field("theirs.").filter(|field| theirs.iter().all(|(it, _)| it != field)) {
            theirs.push((field, value));
        }
    }
    for field in picked {
        draft.set(field, theirs.iter().find(|(it, _)| *it == field).map_or("", |(_, value)| value));
    }
}
