//! Decides what a bulk action would do to each order, for the preview before anything changes.

use std::collections::HashMap;

use domain::{
    Error, Result,
    id::UserId,
    orders::{
        Field, FollowUpKind, OrderDraft, Status,
        bulk::{BulkAction, Kind, Stage},
    },
    role,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};

use super::{REFUSED, SAME, WAITS, claim, find, lock_claim};
use crate::{
    Db, Scope,
    companies::offered_or_hidden,
    entity::{bulk_action, bulk_action_item, company, order},
    error::{fault, unexpected},
    orders::{change, change_status, fields_of, form},
};

/// Orders per batch of the preview.
const AT_ONCE: u64 = 1_000;
/// The message for an order that is no longer visible.
pub(super) const GONE: &str = "Moved to trash, or you no longer have access";

/// The effect of a bulk action on an order.
pub(super) enum Verdict {
    /// It changes to this draft.
    Change(OrderDraft),
    /// It has these values already.
    NoChange,
    /// It is refused, with the reason.
    Refused(String),
}

/// Decides the effect of a bulk action on an order for this user.
pub(super) fn judge(scope: &Scope, row: &order::Model, act: &BulkAction) -> Verdict {
    let before = fields_of(row);
    let stored = OrderDraft::from(&before);
    let allowed = match act.kind {
        Kind::Trash => scope.require(role::Permission::Trash),
        Kind::Assign => scope.require(role::Permission::Assign),
        _ => change::may_edit(scope, &before),
    };
    if let Err(error) = allowed {
        return Verdict::Refused(error.sentence());
    }
    let rules = &scope.settings.rules;
    let mut set = act.fields(rules);
    let draft = match (act.kind, Status::from_code(act.draft.get(Field::Status))) {
        (Kind::Trash, _) => return Verdict::Change(stored),
        (Kind::Move, Some(to)) if to == before.status => return Verdict::NoChange,
        (Kind::Move, Some(to)) => {
            set = change::fields_of_move(rules, to);
            match change_status::draft_with_status(scope, &before, to, &act.draft) {
                Ok(draft) => draft,
                Err(error) => return Verdict::Refused(error.sentence()),
            }
        }
        _ => {
            let locked = form::locked(scope, before.status);
            if set.iter().any(|field| locked.contains(field)) {
                return Verdict::Refused("Only a manager can change this on a Connected order".into());
            }
            let mut draft = stored.clone();
            for &field in &set {
                draft.set(field, act.draft.get(field));
            }
            draft
        }
    };
    if draft == stored {
        return Verdict::NoChange;
    }
    match change::validate_fields(rules, &draft, &set, &scope.settings.currency) {
        // The typed text may be another spelling of the same value.
        Ok(fields) if OrderDraft::from(&fields) == stored => Verdict::NoChange,
        Ok(_) => Verdict::Change(draft),
        Err(error) => Verdict::Refused(error.sentence()),
    }
}

/// Sets the action and computes its preview. No order changes.
///
/// Errors: [`Error::NotFound`]; [`Error::Forbidden`]; [`Error::Invalid`] beside a field that the action needs.
pub async fn set_action(db: &Db, scope: &Scope, id: i64, kind: Kind, typed: &OrderDraft) -> Result<()> {
    let row = find(db, scope, id).await?;
    let act = valid(db, scope, kind, typed).await?;
    let json = serde_json::to_string(&act).map_err(|cause| fault(&cause.to_string()))?;
    // The action is not ready until the preview is complete; if another action is set meanwhile, this preview stops.
    let claim = claim();
    let begun = bulk_action::Entity::update_many()
        .col_expr(bulk_action::Column::State, Expr::value(Stage::Chosen.code()))
        .col_expr(bulk_action::Column::Act, Expr::value(None::<String>))
        .col_expr(bulk_action::Column::Claim, Expr::value(claim.as_str()))
        .filter(bulk_action::Column::Id.eq(row.id))
        .filter(bulk_action::Column::State.is_in([Stage::Chosen.code(), Stage::Ready.code()]));
    if begun.exec(&db.write).await.map_err(unexpected)?.rows_affected == 0 {
        return Err(Error::invalid("kind", "This action has already started"));
    }
    compute_preview(db, scope, row.id, &claim, &act).await?;
    let ready = bulk_action::Entity::update_many()
        .col_expr(bulk_action::Column::State, Expr::value(Stage::Ready.code()))
        .col_expr(bulk_action::Column::Act, Expr::value(json))
        .filter(bulk_action::Column::Id.eq(row.id))
        .filter(bulk_action::Column::State.eq(Stage::Chosen.code()))
        .filter(bulk_action::Column::Claim.eq(claim));
    match ready.exec(&db.write).await.map_err(unexpected)?.rows_affected {
        0 => Err(action_replaced_error()),
        _ => Ok(()),
    }
}

fn action_replaced_error() -> Error {
    Error::invalid("kind", "Another action was chosen in the meantime: check the preview again")
}

/// The action with only the fields that it needs.
async fn valid(db: &Db, scope: &Scope, kind: Kind, typed: &OrderDraft) -> Result<BulkAction> {
    let mut act = BulkAction { kind, draft: typed.clone() };
    let mut draft = OrderDraft::default();
    for field in act.fields(&scope.settings.rules) {
        typed.check(field, &scope.settings.currency).map_err(|message| Error::invalid(field.name(), message))?;
        draft.set(field, typed.get(field));
    }
    let reference_data = db.reference_data().await?;
    let id = |field: Field| typed.get(field).parse::<i64>().unwrap_or_default();
    let chosen = |field: Field, known: bool| if known { Ok(()) } else { Err(Error::invalid(field.name(), "Choose from the list")) };
    match kind {
        Kind::Move => chosen(Field::Status, Status::from_code(typed.get(Field::Status)).is_some())?,
        Kind::Assign => {
            scope.require(role::Permission::Assign)?;
            chosen(Field::Owner, reference_data.owners.iter().any(|it| it.active && it.id == UserId(id(Field::Owner))))?;
        }
        Kind::Campaign => chosen(Field::Campaign, reference_data.campaigns.iter().any(|it| it.id.0 == id(Field::Campaign)))?,
        Kind::Company => {
            let found = company::Entity::find_by_id(id(Field::Company)).filter(offered_or_hidden());
            chosen(Field::Company, found.one(&db.read).await.map_err(unexpected)?.is_some())?;
        }
        Kind::FollowUp => {
            if draft.get(Field::FollowUpOn).is_empty() {
                return Err(Error::invalid(Field::FollowUpOn.name(), "Choose a date"));
            }
            if draft.get(Field::FollowUpKind).is_empty() {
                draft.set(Field::FollowUpKind, FollowUpKind::ALL.first().map_or("", |it| it.code()));
            }
        }
        Kind::Trash => scope.require(role::Permission::Trash)?,
    }
    act.draft = draft;
    Ok(act)
}

/// Computes the preview of each order and stores the refusals.
async fn compute_preview(db: &Db, scope: &Scope, id: i64, claim: &str, act: &BulkAction) -> Result<()> {
    let txn = lock_claim(db, id, claim).await?.ok_or_else(action_replaced_error)?;
    mark(&txn, id, None, WAITS, None).await?;
    txn.commit().await.map_err(unexpected)?;
    let mut after = 0;
    loop {
        let ids = bulk_action_item::Entity::find()
            .select_only()
            .column(bulk_action_item::Column::OrderId)
            .filter(bulk_action_item::Column::BulkActionId.eq(id))
            .filter(bulk_action_item::Column::OrderId.gt(after))
            .order_by_asc(bulk_action_item::Column::OrderId)
            .limit(AT_ONCE)
            .into_tuple::<i64>()
            .all(&db.read)
            .await
            .map_err(unexpected)?;
        let Some(&last) = ids.last() else { return Ok(()) };
        after = last;
        let rows = scope.orders().filter(order::Column::Id.is_in(ids.iter().copied())).all(&db.read).await.map_err(unexpected)?;
        let mut marks: HashMap<(&str, Option<String>), Vec<i64>> = HashMap::new();
        let orders: HashMap<i64, order::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
        for id in ids {
            let of = match orders.get(&id).map(|row| judge(scope, row, act)) {
                Some(Verdict::Change(_)) => continue,
                Some(Verdict::NoChange) => (SAME, None),
                Some(Verdict::Refused(why)) => (REFUSED, Some(why)),
                None => (REFUSED, Some(GONE.to_owned())),
            };
            marks.entry(of).or_default().push(id);
        }
        let txn = lock_claim(db, id, claim).await?.ok_or_else(action_replaced_error)?;
        for ((outcome, why), ids) in marks {
            mark(&txn, id, Some(ids), outcome, why).await?;
        }
        txn.commit().await.map_err(unexpected)?;
    }
}

/// Stores the outcome for some or all orders of an action.
async fn mark(db: &impl ConnectionTrait, id: i64, ids: Option<Vec<i64>>, outcome: &str, why: Option<String>) -> Result<()> {
    let mut update = bulk_action_item::Entity::update_many()
        .col_expr(bulk_action_item::Column::Outcome, Expr::value(outcome))
        .col_expr(bulk_action_item::Column::Why, Expr::value(why))
        .filter(bulk_action_item::Column::BulkActionId.eq(id));
    if let Some(ids) = ids {
        update = update.filter(bulk_action_item::Column::OrderId.is_in(ids));
    }
    update.exec(db).await.map_err(unexpected)?;
    Ok(())
}
