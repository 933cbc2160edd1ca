//! The status badge: a coloured dot and the label.

use domain::orders::Status;

use crate::ui::el::{El, el};

/// The class that gives a status its colour.
pub fn class(status: Status) -> &'static str {
    match status {
        Status::New => "status status-new",
        Status::Held => "status status-held",
        Status::Parked => "status status-parked",
        Status::ToProcess => "status status-process",
        Status::FutureEndDate => "status status-future",
        Status::AwaitingStock => "status status-stock",
        Status::Issues => "status status-issues",
        Status::Connected => "status status-connected",
        Status::Cancelled => "status status-cancelled",
    }
}

/// Renders the badge.
pub fn badge(status: Status) -> El {
    el("span", class(status)).text(status.label())
}
