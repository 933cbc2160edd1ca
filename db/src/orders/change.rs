//! The common start and end of every change of an order.

use domain::{
    Error, FieldErrors, Result,
    orders::{Field, NewOrder, OrderDraft, OrderFields, Rules, Status},
};
use sea_orm::{ActiveModelTrait, ConnectionTrait};

use super::{edit, fields_of, row::phones_or_stored, show};
use crate::{Db, Scope, audit, commission, entity::order, error::unexpected, events::Topic, rollups, sync, transaction::Transaction};

/// An order locked for a change until [`commit`].
pub(crate) struct Change {
    pub txn: Transaction,
    pub row: order::Model,
    pub before: OrderFields,
}

/// Starts a change.
///
/// Errors: [`Error::NotFound`]; [`Error::Forbidden`] for another user's order, unless the role may edit all.
pub(crate) async fn open(db: &Db, scope: &Scope, number: &str) -> Result<Change> {
    let txn = db.begin().await?;
    let row = show::lock(&txn, scope, number).await?;
    let before = fields_of(&row);
    may_edit(scope, &before)?;
    Ok(Change { txn, row, before })
}

/// Whether this user may edit such an order.
pub(crate) fn may_edit(scope: &Scope, before: &OrderFields) -> Result<()> {
    match scope.authority().may_edit(before.owner) {
        true => Ok(()),
        false => Err(Error::Forbidden("Only the owner or a manager can change this order".into())),
    }
}

/// Stores a changed row, and its effect on rollups, commission and visibility, in its transaction. `undone`: the change undoes
/// another one.
pub(crate) async fn store(
    txn: &impl ConnectionTrait,
    scope: &Scope,
    before: &order::Model,
    mut row: order::ActiveModel,
    undone: bool,
    now: i64,
) -> Result<()> {
    let earned = commission::compute_entry(txn, scope, Some(before), &mut row, undone, now).await?;
    let row = row.update(txn).await.map_err(unexpected)?;
    apply_effects(txn, scope, Some(before), &row, earned, now).await
}

/// Writes the effect of a stored row on rollups, commission and visibility, in its transaction.
pub(crate) async fn apply_effects(
    txn: &impl ConnectionTrait,
    scope: &Scope,
    before: Option<&order::Model>,
    after: &order::Model,
    earned: Option<commission::Entry>,
    now: i64,
) -> Result<()> {
    rollups::write_order_change(txn, before, after).await?;
    if let Some(entry) = earned {
        commission::write(txn, scope, after.id, entry, now).await?;
    }
    if let Some(before) = before {
        audit::log_reassignment(txn, before, after, now).await?;
    }
    sync::keep(txn, scope, after, None, now).await
}

/// Commits a change of orders and publishes it.
pub(crate) async fn commit(db: &Db, txn: Transaction) -> Result<()> {
    txn.commit().await.map_err(unexpected)?;
    db.events.publish(Topic::Orders);
    Ok(())
}

/// Validates a draft of which only some fields were set: invalid values that an import left in other fields are not reported beside the set ones.
///
/// Errors: [`Error::Invalid`] beside the fields that were set; for other fields a message beside the first set field that refers to the form.
pub(crate) fn validate_fields(rules: &Rules, draft: &OrderDraft, set: &[Field], currency: &str) -> Result<OrderFields> {
    // A phone number that an earlier release accepted is kept while other fields are set.
    let stored = |field: Field| (!set.contains(&field) && draft.check(field, currency).is_err()).then(|| draft.get(field).to_owned());
    let (mobile, landline) = (stored(Field::Mobile), stored(Field::Landline));
    let mut judged = draft.clone();
    for (field, _) in [(Field::Mobile, &mobile), (Field::Landline, &landline)].into_iter().filter(|(_, stored)| stored.is_some()) {
        judged.set(field, "");
    }
    let kept = |order: NewOrder| {
        let mut fields = order.into_fields();
        fields.mobile = mobile.or(fields.mobile);
        fields.landline = landline.or(fields.landline);
        fields
    };
    rules.parse(&judged, currency).map(kept).map_err(|error| match error {
        Error::Invalid(FieldErrors(all)) => {
            let first = all.first().map_or(String::new(), |(_, message)| message.clone());
            let own: Vec<_> = all.into_iter().filter(|(name, _)| set.iter().any(|field| field.name() == name)).collect();
            if own.is_empty() {
                let beside = set.first().copied().unwrap_or(Field::Status);
                return Error::invalid(beside.name(), format!("Edit the order first. {first}"));
            }
            Error::Invalid(FieldErrors(own))
        }
        other => other,
    })
}

/// Sets some fields of a locked order, with history, activity and change log.
///
/// Errors: as [`validate_fields`].
pub(crate) async fn set(
    db: &Db,
    scope: &Scope,
    txn: &impl ConnectionTrait,
    row: order::Model,
    draft: &OrderDraft,
    fields: &[Field],
) -> Result<()> {
    let fields = validate_fields(&scope.settings.rules, draft, fields, &scope.settings.currency)?;
    let phones = phones_or_stored(&fields, &row);
    edit::save(db, scope, txn, row, fields, phones).await
}

/// The fields of a status transition: the status and what it asks for.
pub(crate) fn fields_of_move(rules: &Rules, to: Status) -> Vec<Field> {
    [Field::Status].into_iter().chain(rules.asks(to)).collect()
}
