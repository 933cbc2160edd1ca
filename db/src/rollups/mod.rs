//! Rollups: daily totals of sold and connected orders, by owner, team and campaign as stored on the orders
//! (`docs/DEFINITIONS.md`, Money). Written in the order's transaction as differences: a writer adds rows and waits for nobody, a reader sums
//! them, and [`compact`] periodically combines rows.
//!
//! "Sold" is counted by the day of creation, so it depends on the time zone: a version of the rows has one zone's days, and a change of zone
//! builds the next version beside it ([`change_zone`]). "Connected" is counted by `connected_on`, which is a date.

mod build;
mod check;
mod compact;
pub(crate) mod read;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{Result, orders::Status};
use sea_orm::{ActiveValue, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::{
    bulk_insert,
    calendar::Calendar,
    dialect,
    entity::{daily_connected, daily_sold, order, setting},
    error::unexpected,
};

pub use build::{change_zone, ensure};
pub use check::{Difference, check};
pub use compact::compact;
pub use read::{DateRange, RollupFilter};

/// The setting with the active version.
pub(crate) const VERSION_SETTING: &str = "figures_generation";

/// The key of a figure: day, owner, team, campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RollupKey {
    pub day: NaiveDate,
    pub owner: Option<i64>,
    pub team: Option<i64>,
    pub campaign: Option<i64>,
    pub batch: i64,
}

/// Orders created on a day: the number that is not cancelled, their value in minor units, the cancelled ones, and those Connected now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sold {
    pub orders: i64,
    pub value: i64,
    pub cancelled: i64,
    pub connected: i64,
}

/// Orders connected on a day and still Connected, and their value in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Connected {
    pub orders: i64,
    pub value: i64,
}

impl Sold {
    pub(crate) fn add(&mut self, other: Self, sign: i64) {
        self.orders += sign * other.orders;
        self.value += sign * other.value;
        self.cancelled += sign * other.cancelled;
        self.connected += sign * other.connected;
    }
}

impl Connected {
    pub(crate) fn add(&mut self, other: Self, sign: i64) {
        self.orders += sign * other.orders;
        self.value += sign * other.value;
    }
}

/// What an order contributes to the figures.
struct Facts {
    created_at: i64,
    connected_on: Option<NaiveDate>,
    owner: Option<i64>,
    team: Option<i64>,
    campaign: Option<i64>,
    value: i64,
    status: Status,
    trashed: bool,
    batch: i64,
}

impl From<&order::Model> for Facts {
    fn from(row: &order::Model) -> Self {
        Self {
            created_at: row.created_at,
            connected_on: row.connected_on,
            owner: row.owner_id,
            team: row.team_id,
            campaign: row.campaign_id,
            value: row.box_value.unwrap_or_default(),
            status: Status::from_code(&row.status).unwrap_or(Status::Issues),
            trashed: row.trashed_at.is_some(),
            batch: row.batch,
        }
    }
}

impl From<&order::ActiveModel> for Facts {
    fn from(row: &order::ActiveModel) -> Self {
        fn of<T: Clone + Default + Into<sea_orm::Value>>(value: &ActiveValue<T>) -> T {
            value.try_as_ref().cloned().unwrap_or_default()
        }
        Self {
            created_at: of(&row.created_at),
            connected_on: of(&row.connected_on),
            owner: of(&row.owner_id),
            team: of(&row.team_id),
            campaign: of(&row.campaign_id),
            value: of(&row.box_value).unwrap_or_default(),
            status: Status::from_code(&of(&row.status)).unwrap_or(Status::Issues),
            trashed: of(&row.trashed_at).is_some(),
            batch: of(&row.batch),
        }
    }
}

impl Facts {
    fn key(&self, day: NaiveDate) -> RollupKey {
        RollupKey { day, owner: self.owner, team: self.team, campaign: self.campaign, batch: self.batch }
    }

    fn sold(&self, calendar: Calendar) -> Option<(RollupKey, Sold)> {
        let lost = self.status == Status::Cancelled;
        let sold = Sold {
            orders: i64::from(!lost),
            value: if lost { 0 } else { self.value },
            cancelled: i64::from(lost),
            connected: i64::from(self.status == Status::Connected),
        };
        (!self.trashed).then(|| (self.key(calendar.day(self.created_at)), sold))
    }

    fn connected(&self) -> Option<(RollupKey, Connected)> {
        let day = self.connected_on.filter(|_| self.status == Status::Connected && !self.trashed)?;
        Some((self.key(day), Connected { orders: 1, value: self.value }))
    }
}

/// Differences to be written to the rollups.
#[derive(Default)]
pub(crate) struct Changes {
    sold: BTreeMap<RollupKey, Sold>,
    connected: BTreeMap<RollupKey, Connected>,
}

impl Changes {
    fn add(&mut self, facts: &Facts, calendar: Calendar, sign: i64) {
        if let Some((key, sold)) = facts.sold(calendar) {
            self.sold.entry(key).or_default().add(sold, sign);
        }
        if let Some((key, connected)) = facts.connected() {
            self.connected.entry(key).or_default().add(connected, sign);
        }
    }

    /// Writes the non-zero differences.
    async fn write(self, txn: &impl ConnectionTrait, rollup_version: i64) -> Result<()> {
        let sold = self.sold.into_iter().filter(|(_, it)| *it != Sold::default());
        bulk_insert::insert(txn, sold.map(|(key, it)| sold_row(rollup_version, key, it)).collect()).await?;
        let connected = self.connected.into_iter().filter(|(_, it)| *it != Connected::default());
        bulk_insert::insert(txn, connected.map(|(key, it)| connected_row(key, it)).collect()).await
    }
}

impl From<daily_sold::Model> for (RollupKey, Sold) {
    fn from(row: daily_sold::Model) -> Self {
        let key = RollupKey { day: row.day, owner: row.owner_id, team: row.team_id, campaign: row.campaign_id, batch: row.batch };
        (key, Sold { orders: row.orders, value: row.value, cancelled: row.cancelled, connected: row.connected })
    }
}

impl From<daily_connected::Model> for (RollupKey, Connected) {
    fn from(row: daily_connected::Model) -> Self {
        let key = RollupKey { day: row.day, owner: row.owner_id, team: row.team_id, campaign: row.campaign_id, batch: row.batch };
        (key, Connected { orders: row.orders, value: row.value })
    }
}

pub(crate) fn sold_row(rollup_version: i64, key: RollupKey, it: Sold) -> daily_sold::ActiveModel {
    daily_sold::ActiveModel {
        rollup_version: Set(rollup_version),
        day: Set(key.day),
        owner_id: Set(key.owner),
        team_id: Set(key.team),
        campaign_id: Set(key.campaign),
        batch: Set(key.batch),
        orders: Set(it.orders),
        value: Set(it.value),
        cancelled: Set(it.cancelled),
        connected: Set(it.connected),
        ..Default::default()
    }
}

pub(crate) fn connected_row(key: RollupKey, it: Connected) -> daily_connected::ActiveModel {
    daily_connected::ActiveModel {
        day: Set(key.day),
        owner_id: Set(key.owner),
        team_id: Set(key.team),
        campaign_id: Set(key.campaign),
        batch: Set(key.batch),
        orders: Set(it.orders),
        value: Set(it.value),
        ..Default::default()
    }
}

/// The active version and its calendar, locked until the transaction ends.
pub(crate) async fn lock_active_version(txn: &impl ConnectionTrait) -> Result<(i64, Calendar)> {
    dialect::rollups_lock(txn, false).await?;
    read_active_version(txn).await
}

/// The active version and its calendar, without a lock.
pub(crate) async fn read_active_version(db: &impl ConnectionTrait) -> Result<(i64, Calendar)> {
    let rows =
        setting::Entity::find().filter(setting::Column::Name.is_in([VERSION_SETTING, "time_zone"])).all(db).await.map_err(unexpected)?;
    let of = |name: &str| rows.iter().find(|row| row.name == name).map(|row| row.value.as_str());
    let rollup_version = of(VERSION_SETTING).and_then(|it| it.parse().ok()).unwrap_or_default();
    let zone = of("time_zone").and_then(|it| it.parse().ok()).unwrap_or(chrono_tz::Europe::London);
    Ok((rollup_version, Calendar { zone }))
}

/// Writes the effect of one order's change, in its transaction.
pub(crate) async fn write_order_change(txn: &impl ConnectionTrait, before: Option<&order::Model>, after: &order::Model) -> Result<()> {
    let (rollup_version, calendar) = lock_active_version(txn).await?;
    let mut changes = Changes::default();
    if let Some(before) = before {
        changes.add(&before.into(), calendar, -1);
    }
    changes.add(&after.into(), calendar, 1);
    changes.write(txn, rollup_version).await
}

/// Writes the effect of many new orders, in their transaction.
pub(crate) async fn add_orders(txn: &impl ConnectionTrait, rows: &[order::ActiveModel]) -> Result<()> {
    let (rollup_version, calendar) = lock_active_version(txn).await?;
    let mut changes = Changes::default();
    for row in rows {
        changes.add(&row.into(), calendar, 1);
    }
    changes.write(txn, rollup_version).await
}
