//! Bulk actions: selected, previewed, run in the background in transactions of bounded size, and undone as one.
//!
//! The selection and the outcome of each order are stored in `bulk_actions` and `bulk_action_items`: an action survives the page that started it
//! and the server that ran it. Each order is checked again, with the permissions of that moment, when its turn comes.

mod choose;
mod judge;
mod merge;
mod run;
mod view;

pub use choose::choose;
pub(crate) use choose::store_selection;
pub use judge::set_action;
pub use run::{run, start, stop, sweep, undo, unfinished_actions};
pub use view::show;

use domain::{
    Error, Result,
    orders::bulk::{BulkAction, Stage},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

use crate::{Db, Scope, entity::bulk_action, error::unexpected, transaction::Transaction};

/// Pending.
pub(crate) const WAITS: &str = "waits";
/// Changed.
pub(crate) const DONE: &str = "done";
/// No change needed
pub(crate) const SAME: &str = "same";
/// Refused; the item has the reason.
pub(crate) const REFUSED: &str = "refused";
/// Undone.
pub(crate) const UNDONE: &str = "back";
/// Not undone; the item has the reason.
pub(crate) const NOT_UNDONE: &str = "kept";

/// A bulk action of this user.
///
/// Errors: [`Error::NotFound`], also for another user's action.
async fn find(db: &Db, scope: &Scope, id: i64) -> Result<bulk_action::Model> {
    let own = bulk_action::Entity::find_by_id(id).filter(bulk_action::Column::ActorId.eq(scope.user.id.0));
    own.one(&db.read).await.map_err(unexpected)?.ok_or(Error::NotFound)
}

/// The claim of the process that works on an action.
fn claim() -> String {
    Uuid::new_v4().to_string()
}

/// Starts a transaction that locks an action by its claim; `None` when another process has taken it over.
async fn lock_claim(db: &Db, id: i64, claim: &str) -> Result<Option<Transaction>> {
    let txn = db.begin().await?;
    let beat = bulk_action::Entity::update_many()
        .col_expr(bulk_action::Column::HeartbeatAt, Expr::value(db.now()))
        .filter(bulk_action::Column::Id.eq(id))
        .filter(bulk_action::Column::Claim.eq(claim));
    if beat.exec(&txn).await.map_err(unexpected)?.rows_affected == 0 {
        txn.rollback().await.map_err(unexpected)?;
        return Ok(None);
    }
    Ok(Some(txn))
}

/// The current row of the action that a transaction has locked.
async fn read_locked_action(txn: &Transaction, id: i64) -> Result<bulk_action::Model> {
    bulk_action::Entity::find_by_id(id).one(txn).await.map_err(unexpected)?.ok_or(Error::NotFound)
}

fn stage(row: &bulk_action::Model) -> Stage {
    Stage::find(&row.state).unwrap_or(Stage::Chosen)
}

fn act(row: &bulk_action::Model) -> Option<BulkAction> {
    row.act.as_deref().and_then(|json| serde_json::from_str(json).ok())
}
