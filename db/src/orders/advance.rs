//! A move from one status to another, by the one table, with what the new status asks for.

use domain::{
    Error, Result,
    orders::{Field, OrderDraft, Status, status},
};

use super::{e164_of, edit, fields_of, form, show};
use crate::{Db, Scope, announcer::Topic, error::unexpected};

/// Moves an order. `asked` carries what the status asks for (loss reason, follow-up, box value); other fields in it are ignored.
///
/// Errors: [`Error::NotFound`]; [`Error::Forbidden`] or a message beside `status` when the table does not allow the move;
/// [`Error::Invalid`] when something that the status requires is missing; [`Error::Conflict`] when the order is not at `version`.
pub async fn advance(db: &Db, scope: &Scope, number: &str, version: i64, to: Status, asked: &OrderDraft) -> Result<()> {
    let found = show::find(db, scope, number).await?;
    let txn = db.begin().await?;
    let row = show::lock(&txn, scope, found.id).await?;
    let before = fields_of(&row);
    if !scope.actor().may_edit(before.owner) {
        return Err(Error::Forbidden("Only its owner or a manager may move this order.".into()));
    }
    if to == before.status {
        return Err(Error::invalid(Field::Status.name(), format!("The order is {} already.", to.label())));
    }
    if let Some(why) = status::refusal(before.status, to, scope.actor()) {
        return Err(Error::invalid(Field::Status.name(), why));
    }
    let stored = OrderDraft::from(&before);
    let mut draft = stored.clone();
    draft.set(Field::Status, to.code());
    let locked = form::locked(scope, before.status);
    for &field in to.asks().iter().filter(|field| !locked.contains(field)) {
        if !asked.get(field).is_empty() {
            draft.set(field, asked.get(field));
        }
    }
    if row.version != version {
        let conflict = edit::conflict(&txn, db, scope, &row, version, &stored, &draft).await?;
        return Err(Error::Conflict(Box::new(conflict)));
    }
    let fields = parse_moved(&draft)?;
    let phones = e164_of(&fields).unwrap_or([row.mobile_e164.clone(), row.landline_e164.clone()]);
    edit::save(db, scope, &txn, row, fields, phones).await?;
    txn.commit().await.map_err(unexpected)?;
    db.announcer.say(Topic::Orders);
    Ok(())
}

/// A move judges what the status asks for; what an import left on other fields does not stand in its way.
fn parse_moved(draft: &OrderDraft) -> Result<domain::orders::OrderFields> {
    draft.parse().map(domain::orders::NewOrder::into_fields).map_err(|error| match error {
        Error::Invalid(mut errors) => {
            let asked: Vec<&str> =
                Status::from_code(draft.get(Field::Status)).map_or(&[][..], Status::asks).iter().map(|f| f.name()).collect();
            if errors.0.iter().any(|(field, _)| asked.contains(&field.as_str())) {
                errors.0.retain(|(field, _)| asked.contains(&field.as_str()));
                return Error::Invalid(errors);
            }
            let first = errors.0.first().map_or("", |(_, message)| message.as_str());
            Error::invalid(Field::Status.name(), format!("Edit the order first: {first}"))
        }
        other => other,
    })
}
