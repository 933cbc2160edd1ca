//! The searched text of every order, written anew when a release spells it otherwise.

use domain::Result;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};

use super::fields_of;
use crate::{
    Db, dialect,
    entity::{order, setting},
    error::unexpected,
    settings, text,
};

/// How this release spells the searched text.
const SPELLING: &str = "2";
/// Orders of one transaction.
const AT_ONCE: u64 = 1_000;

/// Writes the searched text of all orders anew, in transactions of bounded size, if an earlier release spelled it otherwise.
pub(crate) async fn respell(db: &Db) -> Result<()> {
    let known = setting::Entity::find_by_id("search_spelling").one(&db.read).await.map_err(unexpected)?;
    if known.is_some_and(|row| row.value == SPELLING) {
        return Ok(());
    }
    // Of several servers that start at once one does it; the others find it done or see it as it was until then.
    let Some(alone) = dialect::alone(db, "search").await? else { return Ok(()) };
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
            let spelled = text::search_text(&row.number, &fields_of(&row), row.mobile_e164.as_deref(), row.landline_e164.as_deref());
            if spelled != row.search_text {
                let update = order::Entity::update_many().col_expr(order::Column::SearchText, Expr::value(spelled));
                update.filter(order::Column::Id.eq(row.id)).exec(&txn).await.map_err(unexpected)?;
            }
        }
        txn.commit().await.map_err(unexpected)?;
    }
    settings::write(db, "search_spelling", SPELLING).await
}
