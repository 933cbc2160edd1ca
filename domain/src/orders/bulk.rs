//! One act on many orders: what is done, how far it is, and how its page tells it.

use serde::{Deserialize, Serialize};

use super::{
    Field, OrderDraft, Rules, Status,
    choice::choices,
    pages::{Control, Link},
};
use crate::{code::travels_as_code, error::FieldErrors};

/// The most orders of one act.
pub const MOST: u64 = 100_000;

choices! {
    /// What can be done to many orders at once.
    Kind {
        Move = "move", "Move";
        Give = "give", "Give to";
        Campaign = "campaign", "Set campaign";
        Company = "company", "Set company";
        FollowUp = "follow-up", "Set follow-up";
        Trash = "trash", "Put into the trash";
    }
}

choices! {
    /// How far it is.
    Stage {
        Chosen = "chosen", "Chosen";
        Ready = "ready", "Ready";
        Running = "running", "Running";
        Done = "done", "Done";
        Undoing = "undoing", "Being undone";
        Undone = "undone", "Undone";
    }
}

/// An act with what it takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkAction {
    pub kind: Kind,
    /// The fields that it sets; others in it are ignored.
    pub draft: OrderDraft,
}

impl BulkAction {
    /// The fields that it sets, by the rules of a business.
    pub fn fields(&self, rules: &Rules) -> Vec<Field> {
        match self.kind {
            Kind::Move => {
                let to = Status::from_code(self.draft.get(Field::Status));
                // What can be said of many at once; each has a box value or a phone of its own.
                let shared = [Field::LossReason, Field::FollowUpOn, Field::FollowUpKind, Field::FollowUpNote];
                let asks = to.map(|to| rules.asks(to)).unwrap_or_default().into_iter().filter(|field| shared.contains(field));
                [Field::Status].into_iter().chain(asks).collect()
            }
            Kind::Give => vec![Field::Owner],
            Kind::Campaign => vec![Field::Campaign],
            Kind::Company => vec![Field::Company],
            Kind::FollowUp => vec![Field::FollowUpOn, Field::FollowUpKind, Field::FollowUpNote],
            Kind::Trash => Vec::new(),
        }
    }
}

/// An act on many orders, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkActionView {
    pub id: String,
    /// `12 orders`.
    pub title: String,
    pub stage: Stage,
    /// What is done, once it is said: `Move to Ordered`.
    pub act: String,
    /// What may be said, each as a form.
    pub forms: Vec<BulkActionForm>,
    /// How many it is done to, of how many; while it runs and after.
    pub done: u64,
    pub of: u64,
    /// The sentence above all.
    pub sentence: String,
    /// What is not done, and why; the words, how many, and the first of them.
    pub refused: Vec<Group>,
    pub may_undo: bool,
    /// What a form that was refused wanted, and why it was.
    pub said: Option<Kind>,
    pub errors: FieldErrors,
}

/// A form of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkActionForm {
    pub kind: Kind,
    pub controls: Vec<Control>,
}

/// Orders of which the same is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub words: String,
    pub count: String,
    pub first: Vec<Link>,
}
