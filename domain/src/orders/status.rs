//! The nine statuses of an order: code and label.

use super::FollowUpKind;
use crate::code::travels_as_code;

/// The status of an order.
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

    /// The code in the database, in CSV and in URLs.
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

    /// The kind of follow-up that this status suggests.
    pub fn follow_up_kind(self) -> Option<FollowUpKind> {
        match self {
            FutureEndDate => Some(FollowUpKind::ContractEnds),
            AwaitingStock => Some(FollowUpKind::StockDue),
            _ => None,
        }
    }
}
