//! Compares the rollups with the orders.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{Result, date, money::Money};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::{
    Connected, RollupKey, Sold,
    build::{connected_of, next_connected, next_sold, sold_of},
    read_active_version,
};
use crate::{
    Db,
    entity::{daily_connected, daily_sold},
    error::unexpected,
};

/// A figure that differs from its orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    key: RollupKey,
    what: &'static str,
    kept: (i64, i64),
    true_: (i64, i64),
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let id = |it: Option<i64>| it.map_or("none".to_owned(), |it| it.to_string());
        let RollupKey { day, owner, team, campaign, .. } = self.key;
        let sum = |(orders, value): (i64, i64)| format!("order count {orders}, value {}", Money(value).plain());
        write!(
            f,
            "{} {}, owner {}, team {}, campaign {}: the total is stored as {}, the orders add up to {}",
            self.what,
            date::plain(day),
            id(owner),
            id(team),
            id(campaign),
            sum(self.kept),
            sum(self.true_)
        )
    }
}

/// Recomputes every figure from the orders, in one snapshot, and lists the differences. Memory: one day at a time.
pub async fn check(db: &Db, mut tell: impl FnMut(&Difference)) -> Result<u64> {
    let txn = db.begin_snapshot().await?;
    let (rollup_version, calendar) = read_active_version(&txn).await?;
    let mut found = 0;
    let mut report = |difference: Difference| {
        found += 1;
        tell(&difference);
    };
    let (mut from, mut kept_from) = (None, None);
    loop {
        let of_orders = next_sold(&txn, calendar, from).await?;
        let of_rollup = next_kept_sold(&txn, rollup_version, kept_from).await?;
        let Some(day) = [of_orders, of_rollup].into_iter().flatten().min() else { break };
        let mut sums: BTreeMap<RollupKey, Sold> = BTreeMap::new();
        let rows = daily_sold::Entity::find()
            .filter(daily_sold::Column::RollupVersion.eq(rollup_version))
            .filter(daily_sold::Column::Day.eq(day))
            .all(&txn)
            .await
            .map_err(unexpected)?;
        for row in rows {
            let (key, it) = row.into();
            sums.entry(key).or_default().add(it, 1);
        }
        let kept = sums.clone();
        for (key, it) in sold_of(&txn, calendar, day).await? {
            sums.entry(key).or_default().add(it, -1);
        }
        for (key, rest) in sums.into_iter().filter(|(_, rest)| *rest != Sold::default()) {
            let kept = kept.get(&key).copied().unwrap_or_default();
            let pair = |it: Sold| (it.orders, it.value);
            let mut true_ = kept;
            true_.add(rest, -1);
            if pair(kept) != pair(true_) {
                report(Difference { key, what: "sold on", kept: pair(kept), true_: pair(true_) });
            }
            if kept.cancelled != true_.cancelled {
                report(Difference { key, what: "cancelled, created on", kept: (kept.cancelled, 0), true_: (true_.cancelled, 0) });
            }
            if kept.connected != true_.connected {
                report(Difference { key, what: "now Connected, created on", kept: (kept.connected, 0), true_: (true_.connected, 0) });
            }
        }
        from = day.succ_opt();
        kept_from = from;
    }
    let mut from = None;
    loop {
        let of_orders = next_connected(&txn, from).await?;
        let of_rollup = next_kept_connected(&txn, from).await?;
        let Some(day) = [of_orders, of_rollup].into_iter().flatten().min() else { break };
        let mut sums: BTreeMap<RollupKey, Connected> = BTreeMap::new();
        let rows = daily_connected::Entity::find().filter(daily_connected::Column::Day.eq(day)).all(&txn).await.map_err(unexpected)?;
        for row in rows {
            let (key, it) = row.into();
            sums.entry(key).or_default().add(it, 1);
        }
        let kept = sums.clone();
        for (key, it) in connected_of(&txn, day).await? {
            sums.entry(key).or_default().add(it, -1);
        }
        for (key, rest) in sums.into_iter().filter(|(_, rest)| *rest != Connected::default()) {
            let kept = kept.get(&key).copied().unwrap_or_default();
            let true_ = (kept.orders - rest.orders, kept.value - rest.value);
            report(Difference { key, what: "connected on", kept: (kept.orders, kept.value), true_ });
        }
        from = day.succ_opt();
    }
    txn.rollback().await.map_err(unexpected)?;
    Ok(found)
}

async fn next_kept_sold(db: &impl ConnectionTrait, rollup_version: i64, from: Option<NaiveDate>) -> Result<Option<NaiveDate>> {
    use daily_sold::Column;
    let mut select =
        daily_sold::Entity::find().select_only().column_as(Column::Day.min(), "day").filter(Column::RollupVersion.eq(rollup_version));
    if let Some(from) = from {
        select = select.filter(Column::Day.gte(from));
    }
    Ok(select.into_tuple::<Option<NaiveDate>>().one(db).await.map_err(unexpected)?.flatten())
}

async fn next_kept_connected(db: &impl ConnectionTrait, from: Option<NaiveDate>) -> Result<Option<NaiveDate>> {
    use daily_connected::Column;
    let mut select = daily_connected::Entity::find().select_only().column_as(Column::Day.min(), "day");
    if let Some(from) = from {
        select = select.filter(Column::Day.gte(from));
    }
    Ok(select.into_tuple::<Option<NaiveDate>>().one(db).await.map_err(unexpected)?.flatten())
}
