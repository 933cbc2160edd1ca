//! Orders: lists, an order's page, its form.

pub mod api;
pub mod board_page;
pub mod bulk_page;
pub mod duplicates_page;
mod fields;
pub mod form_page;
pub mod list_page;
pub mod show_page;
pub(crate) mod status_badge;
mod timeline;
mod transitions;

pub use status_badge::StatusBadge;
