//! The trash: moves orders out of all lists and figures, and restores them.

use domain::{
    Error, Result,
    orders::history::{HistoryKind, Payload},
    role::Permission,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, QueryTrait};

use super::{change, fields_of, show};
use crate::{
    Db, Scope,
    audit::{self, ActivityKind},
    companies, dialect,
    entity::order,
    error::unexpected,
};

/// Moves an order to trash.
///
/// Errors: [`Error::NotFound`]; [`Error::Forbidden`] for users who may not.
pub async fn trash(db: &Db, scope: &Scope, number: &str) -> Result<()> {
    let txn = db.begin().await?;
    let row = show::lock(&txn, scope, number).await?;
    scope.require(Permission::Trash)?;
    set_trashed_at(db, scope, &txn, row, Some(db.now()), HistoryKind::Trashed).await?;
    change::commit(db, txn).await
}

/// Restores an order from trash.
///
/// Errors: [`Error::NotFound`], also for users who may not see the trash.
pub async fn restore(db: &Db, scope: &Scope, number: &str) -> Result<()> {
    let txn = db.begin().await?;
    let row = lock_trashed(&txn, scope, number).await?;
    set_trashed_at(db, scope, &txn, row, None, HistoryKind::Restored).await?;
    change::commit(db, txn).await
}

/// Reads and locks the row of an order in the trash, until the transaction ends.
pub(crate) async fn lock_trashed(txn: &impl ConnectionTrait, scope: &Scope, number: &str) -> Result<order::Model> {
    if !scope.authority().may(Permission::Trash) || number.contains('\0') {
        return Err(Error::NotFound);
    }
    let select = order::Entity::find().filter(scope.trash()).filter(order::Column::Number.eq(number));
    select.apply_if(dialect::for_update(txn), QuerySelect::lock).one(txn).await.map_err(unexpected)?.ok_or(Error::NotFound)
}

/// Sets or clears the trash time, with history, activity and change log entries.
pub(crate) async fn set_trashed_at(
    db: &Db,
    scope: &Scope,
    txn: &impl ConnectionTrait,
    row: order::Model,
    trashed_at: Option<i64>,
    happened: HistoryKind,
) -> Result<()> {
    let (now, user, id, version) = (db.now(), Some(scope.user.id.0), row.id, row.version + 1);
    let kind = match happened {
        HistoryKind::Trashed => ActivityKind::Trashed,
        HistoryKind::Restored => ActivityKind::Restored,
        _ => ActivityKind::Undone,
    };
    let history = audit::history_with(happened, &row, version, user, now, Payload::default())?;
    let activity = audit::activity_row(&mut rand::rng(), user, kind, Some(id), now, &fields_of(&row).customer());
    let stored = row.clone();
    let mut row = row.into_active_model();
    row.trashed_at = Set(trashed_at);
    // Its company may have been merged in the meantime.
    if let (None, Some(company)) = (trashed_at, stored.company_id) {
        row.company_id = Set(Some(companies::company_for_restored_order(txn, company).await?));
    }
    row.version = Set(version);
    row.updated_at = Set(now);
    change::store(txn, scope, &stored, row, happened == HistoryKind::Undone, now).await?;
    audit::record_order_change(txn, history, activity, id, now).await
}
