//! One act on many orders: chosen, looked over, done in the background in transactions of bounded size, and taken back as one.
//!
//! What was chosen, and what became of each order, is kept in `bulks` and `bulk_items`: an act outlives the page that asked for it
//! and the server that began it. Each order is judged again, with the rights of that moment, when its turn comes.

mod choose;
mod judge;
mod run;
mod shown;

pub use choose::choose;
pub(crate) use choose::keep;
pub use judge::say;
pub use run::{resume, run, start, stop, sweep, undo};
pub use shown::show;

use domain::{
    Error, Result,
    orders::many::{Act, Stage},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{Db, Scope, entity::bulk, error::unexpected};

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
async fn find(db: &Db, scope: &Scope, id: i64) -> Result<bulk::Model> {
    let own = bulk::Entity::find_by_id(id).filter(bulk::Column::ActorId.eq(scope.me.id.0));
    own.one(&db.read).await.map_err(unexpected)?.ok_or(Error::NotFound)
}

fn stage(row: &bulk::Model) -> Stage {
    Stage::find(&row.state).unwrap_or(Stage::Chosen)
}

fn act(row: &bulk::Model) -> Option<Act> {
    row.act.as_deref().and_then(|json| serde_json::from_str(json).ok())
}
