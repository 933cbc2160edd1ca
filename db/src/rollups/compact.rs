//! Compacts many differences of one day and dimension into one row, so that reading a day does not get slower with the number of changes.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::Result;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect, sea_query::Expr};

use super::{Connected, Place, Sold, connected_row, in_force, sold_row};
use crate::{
    Db, bulk_insert, dialect,
    entity::{daily_connected, daily_sold},
    error::unexpected,
};

/// The maximum number of days per call.
const AT_ONCE: u64 = 400;

/// Compacts the days that have several rows per dimension. The sums do not change. Only one server compacts at a time, and only
/// the active version: other versions are being built or deleted.
pub async fn compact(db: &Db) -> Result<()> {
    let Some(alone) = dialect::alone(db, "fold").await? else { return Ok(()) };
    let folded = folded(db).await;
    alone.end().await;
    folded
}

async fn folded(db: &Db) -> Result<()> {
    use daily_connected::Column as C;
    use daily_sold::Column as S;
    let (rollup_version, _) = in_force(&db.read).await?;
    let days: Vec<NaiveDate> = daily_sold::Entity::find()
        .select_only()
        .column(S::Day)
        .filter(S::RollupVersion.eq(rollup_version))
        .group_by(S::Day)
        .group_by(S::OwnerId)
        .group_by(S::TeamId)
        .group_by(S::CampaignId)
        .group_by(S::Batch)
        .having(Expr::col(S::Id).count().gt(1))
        .limit(AT_ONCE)
        .into_tuple()
        .all(&db.read)
        .await
        .map_err(unexpected)?;
    for day in unique(days) {
        let txn = db.begin().await?;
        dialect::rollups_lock(&txn, false).await?;
        if in_force(&txn).await?.0 != rollup_version {
            return txn.rollback().await.map_err(unexpected);
        }
        let gone = daily_sold::Entity::delete_many().filter(S::RollupVersion.eq(rollup_version)).filter(S::Day.eq(day));
        let mut sums: BTreeMap<Place, Sold> = BTreeMap::new();
        for row in gone.exec_with_returning(&txn).await.map_err(unexpected)? {
            let (place, it) = row.into();
            sums.entry(place).or_default().add(it, 1);
        }
        let rows = sums.into_iter().filter(|(_, it)| *it != Sold::default()).map(|(place, it)| sold_row(rollup_version, place, it));
        bulk_insert::insert(&txn, rows.collect()).await?;
        txn.commit().await.map_err(unexpected)?;
    }
    let days: Vec<NaiveDate> = daily_connected::Entity::find()
        .select_only()
        .column(C::Day)
        .group_by(C::Day)
        .group_by(C::OwnerId)
        .group_by(C::TeamId)
        .group_by(C::CampaignId)
        .group_by(C::Batch)
        .having(Expr::col(C::Id).count().gt(1))
        .limit(AT_ONCE)
        .into_tuple()
        .all(&db.read)
        .await
        .map_err(unexpected)?;
    for day in unique(days) {
        let txn = db.begin().await?;
        let gone = daily_connected::Entity::delete_many().filter(C::Day.eq(day));
        let mut sums: BTreeMap<Place, Connected> = BTreeMap::new();
        for row in gone.exec_with_returning(&txn).await.map_err(unexpected)? {
            let (place, it) = row.into();
            sums.entry(place).or_default().add(it, 1);
        }
        let rows = sums.into_iter().filter(|(_, it)| *it != Connected::default()).map(|(place, it)| connected_row(place, it));
        bulk_insert::insert(&txn, rows.collect()).await?;
        txn.commit().await.map_err(unexpected)?;
    }
    Ok(())
}

fn unique<T: Ord>(mut days: Vec<T>) -> Vec<T> {
    days.sort_unstable();
    days.dedup();
    days
}
