//! Closed months: paid, and never changed again.

use chrono::{Months, NaiveDate};
use domain::{Error, Result, role::Permission};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, QueryOrder};

use crate::{
    Db, Scope,
    audit::{self, ActivityKind},
    calendar::Calendar,
    dialect,
    entity::closed_month,
    error::unexpected,
};

/// The last closed month; it and all earlier months accept no ledger entries.
async fn last_closed(db: &impl ConnectionTrait) -> Result<Option<NaiveDate>> {
    let found = closed_month::Entity::find().order_by_desc(closed_month::Column::Month).one(db).await.map_err(unexpected)?;
    Ok(found.map(|row| row.month))
}

/// The same as [`last_closed`], for pages.
pub async fn closed_up_to(db: &Db) -> Result<Option<NaiveDate>> {
    last_closed(&db.read).await
}

/// The given month if it is open, else the first open month; and whether they differ.
pub(super) async fn open_month(txn: &impl ConnectionTrait, month: NaiveDate) -> Result<(NaiveDate, bool)> {
    match last_closed(txn).await? {
        Some(closed) if closed >= month => Ok((closed + Months::new(1), true)),
        _ => Ok((month, false)),
    }
}

/// Closes a month and all earlier ones.
///
/// Errors: [`Error::Forbidden`]; [`Error::Invalid`] beside the form when the month is already closed or not over.
pub async fn close(db: &Db, scope: &Scope, month: NaiveDate) -> Result<()> {
    scope.require(Permission::Targets)?;
    let month = Calendar::first(month);
    let now = db.now();
    let named = domain::date::month(month);
    if month >= Calendar::first(scope.settings.calendar.day(now)) {
        return Err(Error::invalid("form", format!("{named} isn't over yet: close it after its last day")));
    }
    let txn = db.begin().await?;
    // Writers of ledger entries hold the other side of this lock.
    dialect::rollups_lock(&txn, true).await?;
    if last_closed(&txn).await?.is_some_and(|closed| closed >= month) {
        txn.rollback().await.map_err(unexpected)?;
        return Err(Error::invalid("form", format!("{named} is already closed")));
    }
    let row = closed_month::ActiveModel { month: Set(month), closed_at: Set(now), closed_by: Set(scope.user.id.0) };
    closed_month::Entity::insert(row).exec_without_returning(&txn).await.map_err(unexpected)?;
    audit::log_activity(&txn, Some(scope.user.id.0), ActivityKind::ClosedMonth, None, now, &named).await?;
    txn.commit().await.map_err(unexpected)
}
