//! The nine statuses, and the one table of what may follow what, what it requires and who may.

use super::{Field, FollowUpKind, OrderFields};
use crate::{
    code::travels_as_code,
    error::FieldErrors,
    role::{Act, Actor},
    text,
};

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    New,
    Held,
    Parked,
    ToProcess,
    FutureEndDate,
    AwaitingStock,
    Issues,
    Connected,
    Cancelled,
}

travels_as_code!(Status, Status::code, Status::from_code);

use Status::*;

impl Status {
    /// All, in the order of the work.
    pub const ALL: [Self; 9] = [New, ToProcess, Held, Parked, FutureEndDate, AwaitingStock, Issues, Connected, Cancelled];

    /// The stored form, and the form of CSV and addresses.
    pub fn code(self) -> &'static str {
        match self {
            New => "NW",
            Held => "HD",
            Parked => "PK",
            ToProcess => "TP",
            FutureEndDate => "FD",
            AwaitingStock => "AW",
            Issues => "IS",
            Connected => "CN",
            Cancelled => "CNL",
        }
    }

    /// The words on a page.
    pub fn label(self) -> &'static str {
        match self {
            New => "New",
            Held => "Held",
            Parked => "Parked",
            ToProcess => "To Process",
            FutureEndDate => "Future End Date",
            AwaitingStock => "Awaiting Stock",
            Issues => "Issues",
            Connected => "Connected",
            Cancelled => "Cancelled",
        }
    }

    /// From the stored form.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// **The table: what may follow what.** Into Connected only from where somebody has processed the order; out of it only
    /// into a problem, a correction or a loss. Nothing becomes New again. A cancelled order can be taken up again.
    pub fn next(self) -> &'static [Self] {
        match self {
            New => &[ToProcess, Held, Parked, FutureEndDate, AwaitingStock, Issues, Cancelled],
            Held => &[ToProcess, Parked, FutureEndDate, AwaitingStock, Issues, Cancelled],
            Parked => &[ToProcess, Held, FutureEndDate, AwaitingStock, Issues, Cancelled],
            ToProcess => &[Connected, Held, Parked, FutureEndDate, AwaitingStock, Issues, Cancelled],
            FutureEndDate => &[ToProcess, Held, Parked, AwaitingStock, Issues, Cancelled],
            AwaitingStock => &[Connected, ToProcess, Held, Parked, FutureEndDate, Issues, Cancelled],
            Issues => &[Connected, ToProcess, Held, Parked, FutureEndDate, AwaitingStock, Cancelled],
            Connected => &[ToProcess, Issues, Cancelled],
            Cancelled => &[ToProcess, Held, Parked, FutureEndDate, AwaitingStock, Issues],
        }
    }

    /// What a move into this status asks for, beside the fields it needs to be filled.
    pub fn asks(self) -> &'static [Field] {
        match self {
            Cancelled => &[Field::LossReason],
            FutureEndDate | AwaitingStock => &[Field::FollowUpOn, Field::FollowUpKind, Field::FollowUpNote],
            Connected => &[Field::BoxValue],
            _ => &[],
        }
    }

    /// The kind of follow-up that a move into this status suggests.
    pub fn follow_up_kind(self) -> Option<FollowUpKind> {
        match self {
            FutureEndDate => Some(FollowUpKind::ContractEnds),
            AwaitingStock => Some(FollowUpKind::StockDue),
            _ => None,
        }
    }

    /// The moves that this person may make on an order of this status that the person may edit.
    pub fn next_for(self, actor: &Actor) -> Vec<Self> {
        self.next().iter().copied().filter(|to| refusal(self, *to, actor).is_none()).collect()
    }

    /// The statuses in which this person may write a new order.
    pub fn first_for(actor: &Actor) -> Vec<Self> {
        if actor.may(Act::Create) { std::iter::once(New).chain(New.next_for(actor)).collect() } else { Vec::new() }
    }
}

/// Why this person may not make this move; `None` when nothing stands against it.
pub fn refusal(from: Status, to: Status, actor: &Actor) -> Option<String> {
    if from == to {
        return None;
    }
    if !from.next().contains(&to) {
        return Some(format!("An order that is {} cannot become {}.", from.label(), to.label()));
    }
    if !actor.may(Act::EditOwn) {
        return Some("Your role reads orders and does not move them.".into());
    }
    if (from == Connected || to == Connected) && !actor.may(Act::Connect) {
        return Some("Moves into and out of Connected are for managers.".into());
    }
    None
}

/// What an order must have filled in to be in a status, with messages beside the fields.
pub fn requirements(fields: &OrderFields, errors: &mut FieldErrors) {
    let blank = |text: &Option<String>| text.as_deref().is_none_or(text::is_blank);
    match fields.status {
        Cancelled if blank(&fields.loss_reason) => {
            errors.add(Field::LossReason.name(), "Give the reason the order was lost.");
        }
        FutureEndDate if fields.follow_up_on.is_none() => {
            errors.add(Field::FollowUpOn.name(), "Say when the present contract ends.");
        }
        AwaitingStock if fields.follow_up_on.is_none() => {
            errors.add(Field::FollowUpOn.name(), "Say when the stock is due.");
        }
        Connected if fields.box_value.is_none() => {
            errors.add(Field::BoxValue.name(), "Give the box value: a connected order counts as revenue.");
        }
        _ => {}
    }
}
