//! Changes the status of an order, by the status rules, with the fields that the new status requires.

use domain::{
    Error, Result,
    orders::{Field, OrderDraft, OrderFields, Status},
};

use super::{
    change::{self, Change},
    edit, form,
};
use crate::{Db, Scope};

/// Changes the status of an order. `asked` has the fields that the status requires (loss reason, follow-up, box value); other fields are ignored.
///
/// Errors: [`Error::NotFound`]; [`Error::Forbidden`] or a message beside `status` when the rules do not allow the transition;
/// [`Error::Invalid`] when a required field is missing; [`Error::Conflict`] when the order is not at `version`.
pub async fn change_status(db: &Db, scope: &Scope, number: &str, version: i64, to: Status, asked: &OrderDraft) -> Result<()> {
    let Change { txn, row, before } = change::open(db, scope, number).await?;
    let draft = draft_with_status(scope, &before, to, asked)?;
    if row.version != version {
        let conflict = edit::conflict(&txn, db, scope, &row, version, &OrderDraft::from(&before), &draft).await?;
        return Err(Error::Conflict(Box::new(conflict)));
    }
    change::set(db, scope, &txn, row, &draft, &change::fields_of_move(&scope.settings.rules, to)).await?;
    change::commit(db, txn).await
}

/// The draft of an order with its new status. Errors: beside `status` when the rules do not allow it.
pub(crate) fn draft_with_status(scope: &Scope, before: &OrderFields, to: Status, asked: &OrderDraft) -> Result<OrderDraft> {
    let rules = &scope.settings.rules;
    if to == before.status {
        return Err(Error::invalid(Field::Status.name(), format!("The order is already {}", to.label())));
    }
    if let Some(why) = rules.refusal(before.status, to, scope.authority()) {
        return Err(Error::invalid(Field::Status.name(), why));
    }
    let mut draft = OrderDraft::from(before);
    draft.set(Field::Status, to.code());
    let locked = form::locked(scope, before.status);
    for field in rules.asks(to).into_iter().filter(|field| !locked.contains(field)) {
        if !asked.get(field).is_empty() {
            draft.set(field, asked.get(field));
        }
    }
    Ok(draft)
}
