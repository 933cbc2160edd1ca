//! Rewrites normalised columns when a release changes the normalisation: search text and keys of all orders,
//! and keys of names.

use domain::Result;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement};

use super::{fields_of, row::set_derived_columns};
use crate::{
    Db, dialect,
    entity::{order, setting},
    error::unexpected,
    settings, text,
};

/// The version of the normalisation ([`text::key`], [`text::search_text`]).
const SPELLING: &str = "3";
/// Orders per transaction.
const AT_ONCE: u64 = 1_000;

/// Rewrites search texts and keys, in transactions of bounded size, if they are from an earlier version of the normalisation.
pub(crate) async fn renormalise(db: &Db) -> Result<()> {
    let known = setting::Entity::find_by_id("search_spelling").one(&db.read).await.map_err(unexpected)?;
    if known.is_some_and(|row| row.value == SPELLING) {
        return Ok(());
    }
    // Of several servers that start at once one does it; the others see the old or the new values.
    let Some(alone) = dialect::try_exclusive_lock(db, "search").await? else { return Ok(()) };
    let done = all(db).await;
    alone.end().await;
    done
}

async fn all(db: &Db) -> Result<()> {
    let mut after = 0;
    loop {
        let rows = order::Entity::find()
            .filter(order::Column::Id.gt(after))
            .order_by_asc(order::Column::Id)
            .limit(AT_ONCE)
            .all(&db.read)
            .await
            .map_err(unexpected)?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        let txn = db.begin().await?;
        for row in rows {
            let mut spelled = order::ActiveModel::from(row.clone());
            set_derived_columns(&mut spelled, &row.number, &fields_of(&row), row.mobile_e164.as_deref(), row.landline_e164.as_deref());
            if spelled.is_changed() {
                spelled.update(&txn).await.map_err(unexpected)?;
            }
        }
        txn.commit().await.map_err(unexpected)?;
    }
    names(db, "companies", "").await?;
    names(db, "teams", "AND NOT EXISTS (SELECT 1 FROM teams other WHERE other.name_key = $1)").await?;
    names(db, "campaigns", "AND NOT EXISTS (SELECT 1 FROM campaigns other WHERE other.name_key = $1)").await?;
    names(db, "choices", "AND NOT EXISTS (SELECT 1 FROM choices other WHERE other.kind = choices.kind AND other.name_key = $1)").await?;
    settings::write(db, "search_spelling", SPELLING).await
}

/// Rewrites the keys of names in a table. Where keys are unique, the second of two names that are now equal keeps its old key (`unless`).
async fn names(db: &Db, table: &str, unless: &str) -> Result<()> {
    let backend = db.read.get_database_backend();
    let all = Statement::from_string(backend, format!("SELECT id, name, name_key FROM {table} ORDER BY id"));
    let rows = db.read.query_all_raw(all).await.map_err(unexpected)?;
    let txn = db.begin().await?;
    for row in rows {
        let (id, name, known): (i64, String, String) =
            row.try_get_many("", &["id", "name", "name_key"].map(String::from)).map_err(unexpected)?;
        let key = text::key(&name);
        if key != known {
            let sql = format!("UPDATE {table} SET name_key = $1 WHERE id = $2 {unless}");
            txn.execute_raw(Statement::from_sql_and_values(backend, sql, [key.into(), id.into()])).await.map_err(unexpected)?;
        }
    }
    txn.commit().await.map_err(unexpected)
}
