//! Compacts many differences of one day and dimension into one row, so that reading a day does not get slower with the number of changes.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::Result;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect, Select, sea_query::Expr};

use super::{Changes, read_active_version};
use crate::{
    Db, dialect,
    entity::{daily_connected, daily_sold},
    error::unexpected,
};

/// The maximum number of days per call.
const AT_ONCE: u64 = 400;

/// Compacts the days that have several rows per dimension. The sums do not change. Only one server compacts at a time, and only
/// the active version: other versions are being built or deleted.
pub async fn compact(db: &Db) -> Result<()> {
    let Some(alone) = dialect::try_exclusive_lock(db, "fold").await? else { return Ok(()) };
    let folded = compact_active_version(db).await;
    alone.end().await;
    folded
}

async fn compact_active_version(db: &Db) -> Result<()> {
    use daily_connected::Column as C;
    use daily_sold::Column as S;
    let (rollup_version, _) = read_active_version(&db.read).await?;
    let of_version = S::RollupVersion.eq(rollup_version);
    let sold = daily_sold::Entity::find().filter(of_version.clone());
    for day in days_to_compact(db, sold, S::Id, [S::Day, S::OwnerId, S::TeamId, S::CampaignId, S::Batch]).await? {
        let txn = db.begin().await?;
        dialect::rollups_lock(&txn, false).await?;
        if read_active_version(&txn).await?.0 != rollup_version {
            return txn.rollback().await.map_err(unexpected);
        }
        let mut sums = Changes::default();
        let gone = daily_sold::Entity::delete_many().filter(of_version.clone()).filter(S::Day.eq(day));
        for row in gone.exec_with_returning(&txn).await.map_err(unexpected)? {
            let (key, it) = row.into();
            sums.sold.entry(key).or_default().add(it, 1);
        }
        sums.write(&txn, rollup_version).await?;
        txn.commit().await.map_err(unexpected)?;
    }
    for day in days_to_compact(db, daily_connected::Entity::find(), C::Id, [C::Day, C::OwnerId, C::TeamId, C::CampaignId, C::Batch]).await?
    {
        let txn = db.begin().await?;
        let mut sums = Changes::default();
        let gone = daily_connected::Entity::delete_many().filter(C::Day.eq(day));
        for row in gone.exec_with_returning(&txn).await.map_err(unexpected)? {
            let (key, it) = row.into();
            sums.connected.entry(key).or_default().add(it, 1);
        }
        sums.write(&txn, rollup_version).await?;
        txn.commit().await.map_err(unexpected)?;
    }
    Ok(())
}

/// The days on which a key has more than one row, of at most [`AT_ONCE`] keys; `key` are the columns of a key, the day first.
async fn days_to_compact<E: EntityTrait>(db: &Db, rows: Select<E>, id: E::Column, key: [E::Column; 5]) -> Result<BTreeSet<NaiveDate>> {
    let days = key.into_iter().fold(rows.select_only().column(key[0]), QuerySelect::group_by);
    let days = days.having(Expr::col(id).count().gt(1)).limit(AT_ONCE).into_tuple::<NaiveDate>();
    Ok(days.all(&db.read).await.map_err(unexpected)?.into_iter().collect())
}
