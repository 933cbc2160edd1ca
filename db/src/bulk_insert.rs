//! Inserts many rows with as few statements as possible, for the demo company and for imports.

use domain::Result;
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, Iterable};

use crate::{dialect, error::unexpected};

/// Inserts rows. Set their ids where other rows refer to them.
pub(crate) async fn insert<A>(txn: &impl ConnectionTrait, rows: Vec<A>) -> Result<()>
where
    A: ActiveModelTrait + Send,
{
    let columns = <A::Entity as EntityTrait>::Column::iter().count();
    let at_once = (dialect::most_values(txn) / columns).clamp(1, 500);
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let part: Vec<A> = rows.by_ref().take(at_once).collect();
        A::Entity::insert_many(part).exec_without_returning(txn).await.map_err(unexpected)?;
    }
    Ok(())
}
