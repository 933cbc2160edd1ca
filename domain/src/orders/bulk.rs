//! Bulk actions: one change to many orders, its stages, and the view model of its page.

use serde::{Deserialize, Serialize};

use super::{
    Field, OrderDraft, Rules, Status,
    choice::choices,
    pages::{Control, Link},
};
use crate::{code::travels_as_code, error::FieldErrors};

/// The maximum number of orders in one bulk action.
pub const MOST: u64 = 100_000;

choices! {
    /// The kinds of bulk action.
    Kind {
        Move = "move", "Change status";
        Assign = "give", "Assign to";
        Campaign = "campaign", "Set campaign";
        Company = "company", "Set company";
        FollowUp = "follow-up", "Set follow-up";
        Trash = "trash", "Move to trash";
    }
}

choices! {
    /// The stages of a bulk action.
    Stage {
        Chosen = "chosen", "Selected";
        Ready = "ready", "Ready";
        Running = "running", "Running";
        Done = "done", "Done";
        Undoing = "undoing", "Undoing";
        Undone = "undone", "Undone";
    }
}

/// A bulk action with the values it sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkAction {
    pub kind: Kind,
    /// The values of the fields that it sets; other fields are ignored.
    pub draft: OrderDraft,
}

impl BulkAction {
    /// The fields that it asks for, given the business's status rules.
    pub fn fields(&self, rules: &Rules) -> Vec<Field> {
        match self.kind {
            Kind::Move => {
                let to = Status::from_code(self.draft.get(Field::Status));
                // Only fields that can be equal for many orders; each has a box value and a phone number of its own.
                let shared = [Field::LossReason, Field::FollowUpOn, Field::FollowUpKind, Field::FollowUpNote];
                let asks = to.map(|to| rules.asks(to)).unwrap_or_default().into_iter().filter(|field| shared.contains(field));
                [Field::Status].into_iter().chain(asks).collect()
            }
            Kind::Assign => vec![Field::Owner],
            Kind::Campaign => vec![Field::Campaign],
            Kind::Company => vec![Field::Company],
            Kind::FollowUp => vec![Field::FollowUpOn, Field::FollowUpKind, Field::FollowUpNote],
            Kind::Trash => Vec::new(),
        }
    }
}

/// The view model of a bulk action's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkActionView {
    pub id: String,
    /// `12 orders`.
    pub title: String,
    pub stage: Stage,
    /// The action in words, once it is chosen: `Change status to Held`.
    pub act: String,
    /// The actions that can be chosen, each as a form.
    pub forms: Vec<BulkActionForm>,
    /// How many orders are done, of how many; while it runs and afterwards.
    pub done: u64,
    pub of: u64,
    /// The sentence at the top of the page.
    pub sentence: String,
    /// The orders that do not change, grouped by the reason.
    pub refused: Vec<Group>,
    pub may_undo: bool,
    /// The action of a form that was refused, and its error messages.
    pub said: Option<Kind>,
    pub errors: FieldErrors,
}

/// A form on the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkActionForm {
    pub kind: Kind,
    pub controls: Vec<Control>,
}

/// Orders with the same reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    #[serde(rename = "words")]
    pub reason: String,
    pub count: String,
    pub first: Vec<Link>,
}
