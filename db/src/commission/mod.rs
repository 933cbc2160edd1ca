//! Commission (`docs/DEFINITIONS.md`, Commission): earned once, when an order becomes Connected, by its owner of that day; stored on the order and as entries of an
//! append-only ledger. A later change is a correction in the month in which it happens; a closed month accepts no entries.

mod months;
mod statement;
mod targets;

use chrono::NaiveDate;
use domain::{Result, money::Money, orders::Status, role::Role};
use sea_orm::{
    ActiveValue::{self, Set},
    ConnectionTrait, EntityTrait,
};

use crate::{
    Scope,
    calendar::Calendar,
    entity::{campaign, commission, order, user},
    error::unexpected,
};

pub use months::{close, closed_up_to};
pub use statement::{Line, Statement, Summary, csv, statement, summaries};
pub use targets::{Target, TargetOf, set_target, targets};

/// The value that a column will have after the write.
fn written_value<T: Clone + Default + Into<sea_orm::Value>>(value: &ActiveValue<T>) -> T {
    value.try_as_ref().cloned().unwrap_or_default()
}

/// The commission stored on an order: amount, rate, user.
type Recorded = Option<(i64, i64, i64)>;

/// The fields of an order that decide its commission, before or after a change.
struct Earning {
    earns: bool,
    trashed: bool,
    value: Option<i64>,
    kept: Recorded,
}

impl Earning {
    fn of(row: &order::ActiveModel) -> Self {
        let trashed = written_value(&row.trashed_at).is_some();
        let kept = written_value(&row.commission).zip(written_value(&row.commission_rate)).zip(written_value(&row.commission_to));
        Self {
            earns: !trashed && written_value(&row.status) == Status::Connected.code(),
            trashed,
            value: written_value(&row.box_value),
            kept: kept.map(|((amount, rate), user)| (amount, rate, user)),
        }
    }
}

/// A new ledger entry.
pub(crate) struct Entry {
    user: i64,
    amount: i64,
    value: i64,
    rate: i64,
    reason: &'static str,
    /// The day that decides the month, if that month is open.
    on: NaiveDate,
}

/// Computes the effect of a change on commission: sets the columns of the order and
/// returns the ledger entry to [`write`]. `undone`: the change undoes another one.
pub(crate) async fn compute_entry(
    txn: &impl ConnectionTrait,
    scope: &Scope,
    before: Option<&order::Model>,
    row: &mut order::ActiveModel,
    undone: bool,
    now: i64,
) -> Result<Option<Entry>> {
    let today = scope.settings.calendar.day(now);
    let (was, is) = (before.map(|before| Earning::of(&before.clone().into())), Earning::of(row));
    let value = is.value.unwrap_or_default();
    // An order that returns gets back what it earned before: the order kept it in the trash, or undo restored it.
    let again = |reason| is.kept.map(|(amount, rate, user)| Entry { user, amount, value, rate, reason, on: today });
    Ok(match was {
        Some(was) if was.earns && !is.earns => {
            let reason = match (is.trashed, undone) {
                (true, _) => "Moved to trash",
                (_, true) => "Change undone",
                _ => "No longer Connected",
            };
            if was.kept.is_some() && !is.trashed {
                set_commission_columns(row, None);
            }
            let value = was.value.unwrap_or_default();
            was.kept.map(|(amount, rate, user)| Entry { user, amount: -amount, value, rate, reason, on: today })
        }
        Some(was) if was.earns && was.value != is.value => is.kept.map(|(before, rate, user)| {
            let amount = Money(value).share(rate).0;
            set_commission_columns(row, Some((amount, rate, user)));
            Entry { user, amount: amount - before, value, rate, reason: "Box value changed", on: today }
        }),
        Some(was) if was.earns => None,
        _ if !is.earns => None,
        Some(was) if was.trashed => again("Restored from trash"),
        _ if undone => again("Change undone"),
        _ => compute_connection_entry(txn, scope, row, today).await?,
    })
}

/// Writes a ledger entry for an order, in the transaction that changes it.
pub(crate) async fn write(txn: &impl ConnectionTrait, scope: &Scope, order: i64, entry: Entry, now: i64) -> Result<()> {
    if entry.amount == 0 {
        return Ok(());
    }
    let (month, late) = months::open_month(txn, Calendar::first(entry.on)).await?;
    let reason = if late { format!("{}, recorded after its month was closed", entry.reason) } else { entry.reason.to_owned() };
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
        actor_id: Set(Some(scope.user.id.0)),
        ..Default::default()
    };
    commission::Entity::insert(row).exec_without_returning(txn).await.map_err(unexpected)?;
    Ok(())
}

fn set_commission_columns(row: &mut order::ActiveModel, kept: Recorded) {
    row.commission = Set(kept.map(|it| it.0));
    row.commission_rate = Set(kept.map(|it| it.1));
    row.commission_to = Set(kept.map(|it| it.2));
}

/// The rate of an order that becomes Connected now: its campaign's, else its owner's, else the role's; in hundredths of a per cent.
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

async fn compute_connection_entry(
    txn: &impl ConnectionTrait,
    scope: &Scope,
    row: &mut order::ActiveModel,
    today: NaiveDate,
) -> Result<Option<Entry>> {
    let Some(user) = written_value(&row.owner_id) else { return Ok(None) };
    let rate = rate(txn, scope, written_value(&row.campaign_id), user).await?;
    let value = written_value(&row.box_value).unwrap_or_default();
    let amount = Money(value).share(rate).0;
    set_commission_columns(row, Some((amount, rate, user)));
    let on = written_value(&row.connected_on).unwrap_or(today);
    Ok(Some(Entry { user, amount, value, rate, reason: "Connected", on }))
}
