//! Many rows at once, in statements as large as the database takes: for the demo world and for imports.

use domain::Result;
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, Iterable};

use crate::{dialect, error::unexpected};

/// Inserts rows. Their ids must be set where somebody needs to know them.
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
