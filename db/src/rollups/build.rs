//! Builds rollups from orders: at the first start after an upgrade, and when the time zone changes.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use chrono_tz::Tz;
use domain::Result;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QuerySelect, Statement, Value};

use super::{Connected, RollupKey, Sold, VERSION_SETTING, connected_row, read_active_version, sold_row};
use crate::{
    Db, bulk_insert,
    calendar::Calendar,
    dialect,
    entity::{daily_sold, order, setting},
    error::{fault, unexpected},
    events::Topic,
    settings,
};

/// Days per transaction.
const AT_ONCE: usize = 50;

#[derive(FromQueryResult)]
struct Row {
    owner_id: Option<i64>,
    team_id: Option<i64>,
    campaign_id: Option<i64>,
    batch: i64,
    orders: i64,
    value: i64,
    cancelled: i64,
    connected: i64,
}

impl Row {
    fn key(&self, day: NaiveDate) -> RollupKey {
        RollupKey { day, owner: self.owner_id, team: self.team_id, campaign: self.campaign_id, batch: self.batch }
    }
}

async fn grouped(db: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<Vec<Row>> {
    let rows = db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await.map_err(unexpected)?;
    rows.iter().map(|row| Row::from_query_result(row, "").map_err(unexpected)).collect()
}

/// Computes what was sold on a business day from its orders.
pub(super) async fn sold_of(db: &impl ConnectionTrait, calendar: Calendar, day: NaiveDate) -> Result<Vec<(RollupKey, Sold)>> {
    let sql = "SELECT owner_id, team_id, campaign_id, batch, \
        CAST(SUM(CASE WHEN status <> 'CNL' THEN 1 ELSE 0 END) AS BIGINT) AS orders, \
        CAST(SUM(CASE WHEN status <> 'CNL' THEN COALESCE(box_value, 0) ELSE 0 END) AS BIGINT) AS value, \
        CAST(SUM(CASE WHEN status = 'CNL' THEN 1 ELSE 0 END) AS BIGINT) AS cancelled, \
        CAST(SUM(CASE WHEN status = 'CN' THEN 1 ELSE 0 END) AS BIGINT) AS connected \
        FROM orders WHERE trashed_at IS NULL AND created_at >= $1 AND created_at < $2 GROUP BY owner_id, team_id, campaign_id, batch";
    let next = day.succ_opt().ok_or_else(|| fault("the calendar ends"))?;
    let rows = grouped(db, sql, vec![calendar.start(day).into(), calendar.start(next).into()]).await?;
    let of = |row: &Row| Sold { orders: row.orders, value: row.value, cancelled: row.cancelled, connected: row.connected };
    Ok(rows.iter().map(|row| (row.key(day), of(row))).collect())
}

/// Computes what was connected on a business day from its orders.
pub(super) async fn connected_of(db: &impl ConnectionTrait, day: NaiveDate) -> Result<Vec<(RollupKey, Connected)>> {
    let sql = "SELECT owner_id, team_id, campaign_id, batch, COUNT(*) AS orders, \
        CAST(SUM(COALESCE(box_value, 0)) AS BIGINT) AS value, CAST(0 AS BIGINT) AS cancelled, CAST(0 AS BIGINT) AS connected \
        FROM orders WHERE trashed_at IS NULL AND status = 'CN' AND connected_on = $1 GROUP BY owner_id, team_id, campaign_id, batch";
    let rows = grouped(db, sql, vec![day.into()]).await?;
    Ok(rows.iter().map(|row| (row.key(day), Connected { orders: row.orders, value: row.value })).collect())
}

/// The first day from `from` on which an order was created; `None` if there is none.
pub(super) async fn next_sold(db: &impl ConnectionTrait, calendar: Calendar, from: Option<NaiveDate>) -> Result<Option<NaiveDate>> {
    let found: Option<Option<i64>> = order::Entity::find()
        .select_only()
        .column_as(order::Column::CreatedAt.min(), "first")
        .filter(order::Column::TrashedAt.is_null())
        .filter(order::Column::CreatedAt.gte(from.map_or(i64::MIN, |day| calendar.start(day))))
        .into_tuple()
        .one(db)
        .await
        .map_err(unexpected)?;
    Ok(found.flatten().map(|at| calendar.day(at)))
}

/// The first day from `from` on which an order was connected.
pub(super) async fn next_connected(db: &impl ConnectionTrait, from: Option<NaiveDate>) -> Result<Option<NaiveDate>> {
    let sql = "SELECT MIN(connected_on) AS day FROM orders WHERE trashed_at IS NULL AND status = 'CN' AND connected_on >= $1";
    let from = from.unwrap_or(NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or_default());
    let row = db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [from.into()])).await.map_err(unexpected)?;
    row.map_or(Ok(None), |row| row.try_get("", "day").map_err(unexpected))
}

/// Builds the rollups if there are none, after the upgrade that introduced them.
pub async fn ensure(db: &Db) -> Result<()> {
    let named = setting::Entity::find_by_id(VERSION_SETTING).one(&db.read).await.map_err(unexpected)?;
    if named.is_some() {
        return Ok(());
    }
    let txn = db.begin().await?;
    dialect::rollups_lock(&txn, true).await?;
    // Another server may have built them while this one waited.
    if setting::Entity::find_by_id(VERSION_SETTING).count(&txn).await.map_err(unexpected)? > 0 {
        return txn.rollback().await.map_err(unexpected);
    }
    let (_, calendar) = read_active_version(&txn).await?;
    let mut from = None;
    while let Some(day) = next_sold(&txn, calendar, from).await? {
        let rows = sold_of(&txn, calendar, day).await?;
        bulk_insert::insert(&txn, rows.into_iter().map(|(key, it)| sold_row(1, key, it)).collect()).await?;
        from = day.succ_opt();
    }
    let mut from = None;
    while let Some(day) = next_connected(&txn, from).await? {
        let rows = connected_of(&txn, day).await?;
        bulk_insert::insert(&txn, rows.into_iter().map(|(key, it)| connected_row(key, it)).collect()).await?;
        from = day.succ_opt();
    }
    settings::write_in(&txn, VERSION_SETTING, "1").await?;
    txn.commit().await.map_err(unexpected)
}

/// Changes the time zone of the business. The next version is built while everyone keeps using the active one; the days of
/// orders that changed meanwhile are rebuilt in rounds until few are left; these are rebuilt while writers wait.
///
/// Errors: [`domain::Error::Busy`] when another change of the time zone is running.
pub async fn change_zone(db: &Db, zone: Tz) -> Result<()> {
    let Some(alone) = dialect::try_exclusive_lock(db, "zone").await? else {
        return Err(domain::Error::Busy(30));
    };
    let changed = rebuild_for_zone(db, Calendar { zone }).await;
    alone.end().await;
    changed?;
    db.events.publish(Topic::Orders);
    Ok(())
}

/// The number of days that are rebuilt while writers wait.
const FEW: usize = 40;
/// The maximum number of rounds; what is left then is rebuilt while writers wait.
const ROUNDS: usize = 20;

async fn rebuild_for_zone(db: &Db, calendar: Calendar) -> Result<()> {
    let (old, before) = read_active_version(&db.read).await?;
    if before.zone == calendar.zone {
        return Ok(());
    }
    let rollup_version = old + 1;
    let mut mark = dialect::change_mark(&db.write).await?;
    // Rows that a killed attempt left behind.
    delete_versions(db, old).await?;
    let mut from = None;
    let mut more = true;
    while more {
        let txn = db.begin().await?;
        dialect::lift_statement_limit(db, &txn).await?;
        for _ in 0..AT_ONCE {
            let Some(day) = next_sold(&txn, calendar, from).await? else {
                more = false;
                break;
            };
            rebuild_sold_day(&txn, calendar, rollup_version, day).await?;
            from = day.succ_opt();
        }
        txn.commit().await.map_err(unexpected)?;
    }
    for _ in 0..ROUNDS {
        let next = dialect::change_mark(&db.write).await?;
        let days = days_since(&db.write, calendar, mark).await?;
        let few = days.len() <= FEW;
        for part in days.into_iter().collect::<Vec<_>>().chunks(AT_ONCE) {
            let txn = db.begin().await?;
            dialect::lift_statement_limit(db, &txn).await?;
            for day in part {
                rebuild_sold_day(&txn, calendar, rollup_version, *day).await?;
            }
            txn.commit().await.map_err(unexpected)?;
        }
        mark = next;
        if few {
            break;
        }
    }
    let txn = db.begin().await?;
    dialect::lift_statement_limit(db, &txn).await?;
    dialect::rollups_lock(&txn, true).await?;
    for day in days_since(&txn, calendar, mark).await? {
        rebuild_sold_day(&txn, calendar, rollup_version, day).await?;
    }
    settings::write_in(&txn, VERSION_SETTING, &rollup_version.to_string()).await?;
    settings::write_in(&txn, "time_zone", calendar.zone.name()).await?;
    // The old version stays until the next change: it may still be read.
    db.commit_reference_data(txn).await
}

/// The days of the orders that changed after a position.
async fn days_since(db: &impl ConnectionTrait, calendar: Calendar, mark: i64) -> Result<BTreeSet<NaiveDate>> {
    Ok(dialect::created_of_changed_since(db, mark).await?.into_iter().map(|at| calendar.day(at)).collect())
}

/// Rebuilds a day of an inactive version.
async fn rebuild_sold_day(txn: &impl ConnectionTrait, calendar: Calendar, rollup_version: i64, day: NaiveDate) -> Result<()> {
    let there = daily_sold::Entity::delete_many()
        .filter(daily_sold::Column::RollupVersion.eq(rollup_version))
        .filter(daily_sold::Column::Day.eq(day));
    there.exec(txn).await.map_err(unexpected)?;
    let rows = sold_of(txn, calendar, day).await?;
    bulk_insert::insert(txn, rows.into_iter().map(|(key, it)| sold_row(rollup_version, key, it)).collect()).await
}

/// Deletes all versions but one.
async fn delete_versions(db: &Db, but: i64) -> Result<()> {
    let txn = db.begin().await?;
    dialect::lift_statement_limit(db, &txn).await?;
    let gone = daily_sold::Entity::delete_many().filter(daily_sold::Column::RollupVersion.ne(but));
    gone.exec(&txn).await.map_err(unexpected)?;
    txn.commit().await.map_err(unexpected)
}
