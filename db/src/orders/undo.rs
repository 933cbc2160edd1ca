//! Undoes the last change of an order, as if it had not happened; the timeline keeps both.

use std::ops::{RangeBounds, RangeInclusive};

use domain::{
    Error, Result,
    orders::{
        OrderDraft, Status,
        history::{FieldChange, HistoryKind, Payload},
    },
    role::Permission,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use super::{change, fields_of, row::phones_or_stored, set_fields, show, trash};
use crate::{
    Db, Scope,
    audit::{self, ActivityKind, StoredPayload},
    clock::MINUTE,
    companies,
    entity::{order, order_history},
    error::unexpected,
};

/// How long a change can be undone.
const OFFERED: i64 = 10 * MINUTE;

/// The range of times of changes that can be undone now. A change dated in the future by a wrong clock cannot.
pub(crate) fn offered_now(now: i64) -> RangeInclusive<i64> {
    now - OFFERED + 1..=now
}

/// The last change of an order, if this user may undo it: they made it within the given times (microseconds since 1970), and nothing followed.
pub(crate) async fn find_undoable_change(
    db: &impl ConnectionTrait,
    scope: &Scope,
    row: &order::Model,
    made: impl RangeBounds<i64>,
) -> Result<Option<order_history::Model>> {
    let last = order_history::Entity::find()
        .filter(order_history::Column::OrderId.eq(row.id))
        .order_by_desc(order_history::Column::Id)
        .one(db)
        .await
        .map_err(unexpected)?;
    Ok(last.filter(|last| {
        let last = Last {
            version: last.version,
            actor: last.actor_id,
            at: last.at,
            happened: HistoryKind::from_code(&last.happened),
            has_payload: last.payload.is_some(),
        };
        is_offered(scope, row.version, &last, made)
    }))
}

/// The columns of the last change that decide whether it can be undone.
pub(crate) struct Last {
    pub version: i64,
    pub actor: Option<i64>,
    /// Microseconds since 1970.
    pub at: i64,
    pub happened: HistoryKind,
    /// Whether the payload still exists; it may have been erased.
    pub has_payload: bool,
}

/// Whether this user may undo the last change of an order at this version: they made it within the given times (microseconds since 1970).
pub(crate) fn is_offered(scope: &Scope, version: i64, last: &Last, made: impl RangeBounds<i64>) -> bool {
    last.version == version
        && last.actor == Some(scope.user.id.0)
        && made.contains(&last.at)
        && last.has_payload
        && matches!(last.happened, HistoryKind::Moved | HistoryKind::Edited | HistoryKind::Trashed)
}

/// Undoes the last change of an order: its fields, the day of connection, the team, the trash.
///
/// Errors: [`Error::NotFound`]; [`Error::Invalid`] when it is too late, or another user made the change.
pub async fn undo(db: &Db, scope: &Scope, number: &str) -> Result<()> {
    let txn = db.begin().await?;
    let row = match show::lock(&txn, scope, number).await {
        Ok(row) => row,
        Err(Error::NotFound) => trash::lock_trashed(&txn, scope, number).await?,
        Err(error) => return Err(error),
    };
    let now = db.now();
    let late = || Error::invalid("undo", "This can no longer be undone: edit the order instead");
    let last = find_undoable_change(&txn, scope, &row, offered_now(now)).await?.ok_or_else(late)?;
    revert(db, scope, &txn, row, last).await?;
    change::commit(db, txn).await
}

/// Undoes the last change of a locked order.
pub(crate) async fn revert(
    db: &Db,
    scope: &Scope,
    txn: &impl ConnectionTrait,
    row: order::Model,
    last: order_history::Model,
) -> Result<()> {
    if HistoryKind::from_code(&last.happened) == HistoryKind::Trashed {
        scope.require(Permission::Trash)?;
        return trash::set_trashed_at(db, scope, txn, row, None, HistoryKind::Undone).await;
    }
    let stored: StoredPayload = last.payload.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    restore_fields(scope, txn, row, stored, db.now()).await
}

async fn restore_fields(scope: &Scope, txn: &impl ConnectionTrait, row: order::Model, stored: StoredPayload, now: i64) -> Result<()> {
    let present = fields_of(&row);
    let mut draft = OrderDraft::from(&present);
    for change in &stored.payload.changes {
        draft.set(change.field, change.from.as_str());
    }
    let fields = draft.parse(&scope.settings.currency)?.into_fields();
    // Undo needs the same permissions as the change.
    change::may_edit(scope, if present.owner == fields.owner { &present } else { &fields })?;
    if present.status != fields.status && [present.status, fields.status].contains(&Status::Connected) {
        scope.require(Permission::Connect)?;
    }
    if let Some(company) = fields.company.filter(|_| fields.company != present.company) {
        companies::restore_deleted_company(txn, company.0).await?;
    }
    let phones = phones_or_stored(&fields, &row);
    let turned = stored.payload.changes.into_iter().map(|it| FieldChange {
        field: it.field,
        from: it.to,
        to: it.from,
        from_label: it.to_label,
        to_label: it.from_label,
    });
    let payload = Payload { changes: turned.collect(), note: None };
    let (id, version, number, user) = (row.id, row.version + 1, row.number.clone(), Some(scope.user.id.0));
    let history = audit::history_with(HistoryKind::Undone, &row, version, user, now, payload)?;
    let activity = audit::activity_row(&mut rand::rng(), user, ActivityKind::Undone, Some(id), now, &fields.customer());
    let before = stored.before.unwrap_or_default();
    let (fields_owner, is_connected) = (fields.owner, fields.status == Status::Connected);
    let there = row.clone();
    let mut row = row.into_active_model();
    set_fields(&mut row, &number, fields, phones);
    row.version = Set(version);
    row.updated_at = Set(now);
    row.connected_on = Set(before.connected_on);
    // A team that changed otherwise since then is kept.
    if present.owner != fields_owner {
        row.team_id = Set(before.team);
    }
    // The commission of a connection is restored with it.
    if present.status != Status::Connected && is_connected {
        row.commission = Set(before.commission.map(|it| it.0));
        row.commission_rate = Set(before.commission.map(|it| it.1));
        row.commission_to = Set(before.commission.map(|it| it.2));
    }
    change::store(txn, scope, &there, row, true, now).await?;
    audit::record_order_change(txn, history, activity, id, now).await
}
