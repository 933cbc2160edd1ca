//! Orders: one operation, one file. [`list`] (with [`search`](search_sql)) and [`show`] read, [`form`] opens the form, [`create`], [`edit`] and
//! [`change_status`] write.

mod board;
pub(crate) mod change;
pub(crate) mod change_status;
mod create;
mod edit;
mod follow_up;
pub(crate) mod form;
pub(crate) mod list;
mod list_view;
mod renormalise;
mod row;
pub(crate) mod search;
mod sections;
mod show;
mod similar;
mod total;
pub(crate) mod trash;
pub(crate) mod undo;
mod value_labels;
mod views;

pub use board::board;
pub use change_status::change_status;
pub use create::create;
pub(crate) use edit::save;
pub use edit::{edit, outbox_conflict};
pub use follow_up::follow_up;
pub(crate) use form::locked;
pub use form::{form_new, form_update, read_draft, suggest};
pub(crate) use list::{Rows, all_of, count_all, filtered, rows};
pub use list::{counts, list, list_sql};
pub use list_view::list_view;
pub(crate) use renormalise::renormalise;
pub use row::e164_of;
pub(crate) use row::{fields_of, set_fields};
pub use search::search_sql;
pub use show::{any_visible, id_of, number_of, place_of, show};
pub(crate) use show::{find, show_all, transitions};
pub(crate) use similar::{DuplicateRow, same_customer, similar_of};
pub use similar::{similar, similar_sql};
pub use trash::{restore, trash};
pub use undo::undo;
pub(crate) use value_labels::ValueLabels;
pub use views::{Saved, at_address, remove_view, save_view, views};

/// A UUIDv7 for an order whose form has none.
pub fn fresh_uuid() -> uuid::Uuid {
    uuid::Uuid::now_v7()
}
