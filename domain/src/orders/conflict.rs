//! Two people edited one order: what each field was, what the other saved, what this person typed.

use serde::{Deserialize, Serialize};

use super::{Field, OrderDraft};
use crate::moment::Moment;

/// The second save, held back: the person chooses field by field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The version that is stored now; the next save names it.
    pub version: i64,
    /// Who saved last.
    pub by: String,
    /// When.
    pub at: Moment,
    /// The fields that both changed, differently.
    pub fields: Vec<ConflictField>,
    /// The fields that only the other changed, before and after in words: taken over.
    pub merged: Vec<(Field, String, String)>,
    /// What this person typed, with the other's changes where only the other changed a field.
    pub draft: OrderDraft,
}

/// One field that both changed. Values are as typed; labels as pages show them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictField {
    pub field: Field,
    /// Before either of them.
    pub before: String,
    /// What the other saved.
    pub theirs: String,
    /// What this person typed.
    pub mine: String,
    pub before_label: String,
    pub theirs_label: String,
    pub mine_label: String,
}

/// A merge of three drafts: fields that one side touched merge by themselves; the others are returned.
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

/// Takes a person's choices from the pairs of a form: `pick.<field>=theirs` replaces what was typed by `theirs.<field>`. One pass over
/// the pairs, however many there are; of several of one name the first counts.
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
