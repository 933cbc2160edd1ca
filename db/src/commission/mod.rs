//! Commission (`decided.md`, Money): earned once, on connection, by the owner of that day; stored on the order and as lines of a
//! ledger that only grows. What changes later is a correction in the month in which it happens; a closed month takes no more.

mod months;
mod statement;
mod targets;

use chrono::NaiveDate;
use domain::{Result, money::Money, orders::Status, role::Role};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, EntityTrait, IntoActiveModel};

use crate::{
    Scope,
    calendar::Calendar,
    entity::{campaign, commission, order, user},
    error::unexpected,
};

pub use months::{close, closed_up_to};
pub use statement::{Line, Statement, Summary, csv, statement, summaries};
pub use targets::{Target, TargetOf, set_target, targets};

/// Whether an order earns at this moment.
fn earns(row: &order::Model) -> bool {
    row.status == Status::Connected.code() && row.trashed_at.is_none()
}

/// Writes what a change of an order means for commissions, in its transaction. `undone`: the change takes another one back.
pub(crate) async fn changed(
    txn: &impl ConnectionTrait,
    scope: &Scope,
    before: Option<&order::Model>,
    after: &order::Model,
    undone: bool,
    now: i64,
) -> Result<()> {
    let today = scope.settings.calendar.day(now);
    let was = before.filter(|row| earns(row));
    match (was, earns(after)) {
        (None, false) => Ok(()),
        (None, true) if before.is_some_and(|before| before.trashed_at.is_some()) => {
            again(txn, scope, after, today, "Out of the trash", now).await
        }
        (None, true) if undone => again(txn, scope, after, today, "Taken back", now).await,
        (None, true) => connected(txn, scope, after, today, now).await,
        (Some(was), false) => {
            let reason = match (after.trashed_at.is_some(), undone) {
                (true, _) => "In the trash",
                (_, true) => "Taken back",
                _ => "No longer Connected",
            };
            gone(txn, scope, was, after, today, reason, now).await
        }
        (Some(was), true) if was.box_value != after.box_value => corrected(txn, scope, after, today, now).await,
        (Some(_), true) => Ok(()),
    }
}

/// A line of the ledger on its way.
struct Entry<'a> {
    user: i64,
    amount: i64,
    value: i64,
    rate: i64,
    reason: &'a str,
    /// The day that says in which month it counts, if that month is open.
    on: NaiveDate,
}

async fn write(txn: &impl ConnectionTrait, scope: &Scope, order: i64, entry: Entry<'_>, now: i64) -> Result<()> {
    if entry.amount == 0 {
        return Ok(());
    }
    let (month, late) = months::open_month(txn, Calendar::first(entry.on)).await?;
    let reason = if late { format!("{}, when its month was closed", entry.reason) } else { entry.reason.to_owned() };
    let row = commission::ActiveModel {
        month: Set(month),
        user_id: Set(entry.user),
        order_id: Set(order),
        amount: Set(entry.amount),
        value: Set(entry.value),
        rate: Set(entry.rate),
        reason: Set(reason),
        happened_on: Set(entry.on),
        at: Set(now),
        actor_id: Set(Some(scope.me.id.0)),
        ..Default::default()
    };
    commission::Entity::insert(row).exec_without_returning(txn).await.map_err(unexpected)?;
    Ok(())
}

/// What an order keeps of its commission: sum, rate, whose.
async fn keep(txn: &impl ConnectionTrait, row: &order::Model, kept: Option<(i64, i64, i64)>) -> Result<()> {
    let mut row = row.clone().into_active_model();
    row.commission = Set(kept.map(|it| it.0));
    row.commission_rate = Set(kept.map(|it| it.1));
    row.commission_to = Set(kept.map(|it| it.2));
    row.update(txn).await.map_err(unexpected)?;
    Ok(())
}

/// The rate of an order that connects now: its campaign's, else its owner's, else the role's; in hundredths of a per cent.
async fn rate(txn: &impl ConnectionTrait, scope: &Scope, campaign: Option<i64>, owner: i64) -> Result<i64> {
    if let Some(id) = campaign {
        let row = campaign::Entity::find_by_id(id).one(txn).await.map_err(unexpected)?;
        if let Some(rate) = row.and_then(|row| row.commission_rate) {
            return Ok(rate);
        }
    }
    let row = user::Entity::find_by_id(owner).one(txn).await.map_err(unexpected)?;
    let role = row.as_ref().and_then(|row| row.role.parse().ok()).unwrap_or(Role::Viewer);
    Ok(row.and_then(|row| row.commission_rate).unwrap_or_else(|| scope.settings.rate_of(role)))
}

async fn connected(txn: &impl ConnectionTrait, scope: &Scope, row: &order::Model, today: NaiveDate, now: i64) -> Result<()> {
    let Some(owner) = row.owner_id else { return Ok(()) };
    let rate = rate(txn, scope, row.campaign_id, owner).await?;
    let value = row.box_value.unwrap_or_default();
    let amount = Money(value).share(rate).0;
    keep(txn, row, Some((amount, rate, owner))).await?;
    let on = row.connected_on.unwrap_or(today);
    write(txn, scope, row.id, Entry { user: owner, amount, value, rate, reason: "Connected", on }, now).await
}

/// What an order earned before it left comes back: it stands on the order, which kept it in the trash, or got it back with its move.
async fn again(txn: &impl ConnectionTrait, scope: &Scope, row: &order::Model, today: NaiveDate, reason: &str, now: i64) -> Result<()> {
    let (Some(amount), Some(rate), Some(user)) = (row.commission, row.commission_rate, row.commission_to) else { return Ok(()) };
    let value = row.box_value.unwrap_or_default();
    write(txn, scope, row.id, Entry { user, amount, value, rate, reason, on: today }, now).await
}

async fn gone(
    txn: &impl ConnectionTrait,
    scope: &Scope,
    was: &order::Model,
    after: &order::Model,
    today: NaiveDate,
    reason: &str,
    now: i64,
) -> Result<()> {
    let (Some(amount), Some(rate), Some(user)) = (was.commission, was.commission_rate, was.commission_to) else { return Ok(()) };
    if after.trashed_at.is_none() {
        keep(txn, after, None).await?;
    }
    let value = was.box_value.unwrap_or_default();
    write(txn, scope, after.id, Entry { user, amount: -amount, value, rate, reason, on: today }, now).await
}

async fn corrected(txn: &impl ConnectionTrait, scope: &Scope, row: &order::Model, today: NaiveDate, now: i64) -> Result<()> {
    let (Some(before), Some(rate), Some(user)) = (row.commission, row.commission_rate, row.commission_to) else { return Ok(()) };
    let value = row.box_value.unwrap_or_default();
    let amount = Money(value).share(rate).0;
    keep(txn, row, Some((amount, rate, user))).await?;
    let entry = Entry { user, amount: amount - before, value, rate, reason: "Box value changed", on: today };
    write(txn, scope, row.id, entry, now).await
}
