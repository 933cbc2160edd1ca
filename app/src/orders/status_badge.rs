//! The status badge: a coloured dot and the label.

use domain::orders::Status;
use leptos::prelude::*;

/// The class that gives a status its colour.
pub fn class(status: Status) -> &'static str {
    match status {
        Status::New => "status-badge status-badge-new",
        Status::Held => "status-badge status-badge-held",
        Status::Parked => "status-badge status-badge-parked",
        Status::ToProcess => "status-badge status-badge-process",
        Status::FutureEndDate => "status-badge status-badge-future",
        Status::AwaitingStock => "status-badge status-badge-stock",
        Status::Issues => "status-badge status-badge-issues",
        Status::Connected => "status-badge status-badge-connected",
        Status::Cancelled => "status-badge status-badge-cancelled",
    }
}

/// The status of an order: a coloured dot and the label.
#[component]
pub fn StatusBadge(status: Status) -> impl IntoView {
    view! { <span class=class(status)>{status.label()}</span> }
}
