//! One act on many orders: chosen, looked over, done in the background in transactions of bounded size, and taken back as one.
//!
//! What was chosen, and what became of each order, is kept in `bulks` and `bulk_items`: an act outlives the page that asked for it
//! and the server that began it. Each order is judged again, with the rights of that moment, when its turn comes.

mod choose;
mod judge;
mod merge;
mod run;
mod view;

pub use choose::choose;
pub(crate) use choose::keep;
pub use judge::set_action;
pub use run::{left, run, start, stop, sweep, undo};
pub use view::show;

use domain::{
    Error, Result,
    orders::bulk::{BulkAction, Stage},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

use crate::{Db, Scope, entity::bulk_action, error::unexpected, transaction::Transaction};

/// Nothing was done to it yet, or what was done is written.
pub(crate) const WAITS: &str = "waits";
/// Done.
pub(crate) const DONE: &str = "done";
/// It is so already.
pub(crate) const SAME: &str = "same";
/// Not done; the item says why.
pub(crate) const REFUSED: &str = "refused";
/// Taken back.
pub(crate) const BACK: &str = "back";
/// Not taken back; the item says why.
pub(crate) const KEPT: &str = "kept";

/// An act of this person.
///
/// Errors: [`Error::NotFound`], also for somebody else's.
async fn find(db: &Db, scope: &Scope, id: i64) -> Result<bulk_action::Model> {
    let own = bulk_action::Entity::find_by_id(id).filter(bulk_action::Column::ActorId.eq(scope.user.id.0));
    own.one(&db.read).await.map_err(unexpected)?.ok_or(Error::NotFound)
}

/// What whoever has an act in hand is known by.
fn claim() -> String {
    Uuid::new_v4().to_string()
}

/// A transaction in which an act is held by its claim, so that nobody else writes about it until the end; `None` when it was taken away.
async fn held(db: &Db, id: i64, claim: &str) -> Result<Option<Transaction>> {
    let txn = db.begin().await?;
    let beat = bulk_action::Entity::update_many()
        .col_expr(bulk_action::Column::BeatAt, Expr::value(db.now()))
        .filter(bulk_action::Column::Id.eq(id))
        .filter(bulk_action::Column::Claim.eq(claim));
    if beat.exec(&txn).await.map_err(unexpected)?.rows_affected == 0 {
        txn.rollback().await.map_err(unexpected)?;
        return Ok(None);
    }
    Ok(Some(txn))
}

/// The act that a transaction holds, as it is.
async fn as_held(txn: &Transaction, id: i64) -> Result<bulk_action::Model> {
    bulk_action::Entity::find_by_id(id).one(txn).await.map_err(unexpected)?.ok_or(Error::NotFound)
}

fn stage(row: &bulk_action::Model) -> Stage {
    Stage::find(&row.state).unwrap_or(Stage::Chosen)
}

fn act(row: &bulk_action::Model) -> Option<BulkAction> {
    row.act.as_deref().and_then(|json| serde_json::from_str(json).ok())
}
