//! What an act would do to an order as it is; and the look over all of them before anything is done.

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

use super::{REFUSED, SAME, WAITS, claim, find, held};
use crate::{
    Db, Scope,
    companies::offered_or_coming,
    entity::{bulk_action, bulk_action_item, company, order},
    error::{fault, unexpected},
    orders::{change, change_status, fields_of, form},
};

/// Orders that are looked over at once.
const AT_ONCE: u64 = 1_000;
/// What is said of an order that is gone from sight.
pub(super) const GONE: &str = "It was moved to trash, or you no longer have access.";

/// What an act does to an order.
pub(super) enum Verdict {
    /// It becomes this.
    Will(OrderDraft),
    /// It is so already.
    Same,
    /// It is not done, and why.
    Refused(String),
}

/// What an act does to an order as it is now, for this person.
pub(super) fn judge(scope: &Scope, row: &order::Model, act: &BulkAction) -> Verdict {
    let before = fields_of(row);
    let stored = OrderDraft::from(&before);
    let allowed = match act.kind {
        Kind::Trash => scope.require(role::Permission::Trash),
        Kind::Give => scope.require(role::Permission::Give),
        _ => change::may_edit(scope, &before),
    };
    if let Err(error) = allowed {
        return Verdict::Refused(error.sentence());
    }
    let rules = &scope.settings.rules;
    let mut set = act.fields(rules);
    let draft = match (act.kind, Status::from_code(act.draft.get(Field::Status))) {
        (Kind::Trash, _) => return Verdict::Will(stored),
        (Kind::Move, Some(to)) if to == before.status => return Verdict::Same,
        (Kind::Move, Some(to)) => {
            set = change::fields_of_move(rules, to);
            match change_status::moved(scope, &before, to, &act.draft) {
                Ok(draft) => draft,
                Err(error) => return Verdict::Refused(error.sentence()),
            }
        }
        _ => {
            let locked = form::locked(scope, before.status);
            if set.iter().any(|field| locked.contains(field)) {
                return Verdict::Refused("Of a connected order this is for managers.".into());
            }
            let mut draft = stored.clone();
            for &field in &set {
                draft.set(field, act.draft.get(field));
            }
            draft
        }
    };
    if draft == stored {
        return Verdict::Same;
    }
    match change::judged(rules, &draft, &set, &scope.settings.currency) {
        // What was typed may say the same in other words.
        Ok(fields) if OrderDraft::from(&fields) == stored => Verdict::Same,
        Ok(_) => Verdict::Will(draft),
        Err(error) => Verdict::Refused(error.sentence()),
    }
}

/// Says what is to be done, and looks over what it will do. Nothing is done yet.
///
/// Errors: [`Error::NotFound`]; [`Error::Forbidden`]; [`Error::Invalid`] beside the field that the act needs.
pub async fn set_action(db: &Db, scope: &Scope, id: i64, kind: Kind, typed: &OrderDraft) -> Result<()> {
    let row = find(db, scope, id).await?;
    let act = valid(db, scope, kind, typed).await?;
    let json = serde_json::to_string(&act).map_err(|cause| fault(&cause.to_string()))?;
    // From here on it is not ready, until this look over is through; who says something else meanwhile takes it away.
    let claim = claim();
    let begun = bulk_action::Entity::update_many()
        .col_expr(bulk_action::Column::State, Expr::value(Stage::Chosen.code()))
        .col_expr(bulk_action::Column::Act, Expr::value(None::<String>))
        .col_expr(bulk_action::Column::Claim, Expr::value(claim.as_str()))
        .filter(bulk_action::Column::Id.eq(row.id))
        .filter(bulk_action::Column::State.is_in([Stage::Chosen.code(), Stage::Ready.code()]));
    if begun.exec(&db.write).await.map_err(unexpected)?.rows_affected == 0 {
        return Err(Error::invalid("kind", "This has begun already."));
    }
    look_over(db, scope, row.id, &claim, &act).await?;
    let ready = bulk_action::Entity::update_many()
        .col_expr(bulk_action::Column::State, Expr::value(Stage::Ready.code()))
        .col_expr(bulk_action::Column::Act, Expr::value(json))
        .filter(bulk_action::Column::Id.eq(row.id))
        .filter(bulk_action::Column::State.eq(Stage::Chosen.code()))
        .filter(bulk_action::Column::Claim.eq(claim));
    match ready.exec(&db.write).await.map_err(unexpected)?.rows_affected {
        0 => Err(otherwise()),
        _ => Ok(()),
    }
}

fn otherwise() -> Error {
    Error::invalid("kind", "Something else was said meanwhile: look at it again.")
}

/// The act with what it needs, and nothing else.
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
        Kind::Give => {
            scope.require(role::Permission::Give)?;
            chosen(Field::Owner, reference_data.owners.iter().any(|it| it.active && it.id == UserId(id(Field::Owner))))?;
        }
        Kind::Campaign => chosen(Field::Campaign, reference_data.campaigns.iter().any(|it| it.id.0 == id(Field::Campaign)))?,
        Kind::Company => {
            let found = company::Entity::find_by_id(id(Field::Company)).filter(offered_or_coming());
            chosen(Field::Company, found.one(&db.read).await.map_err(unexpected)?.is_some())?;
        }
        Kind::FollowUp => {
            if draft.get(Field::FollowUpOn).is_empty() {
                return Err(Error::invalid(Field::FollowUpOn.name(), "Say when."));
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

/// Judges each order as it is now, and keeps what would not be done.
async fn look_over(db: &Db, scope: &Scope, id: i64, claim: &str, act: &BulkAction) -> Result<()> {
    let txn = held(db, id, claim).await?.ok_or_else(otherwise)?;
    mark(&txn, id, None, WAITS, None).await?;
    txn.commit().await.map_err(unexpected)?;
    let mut after = 0;
    loop {
        let ids = bulk_action_item::Entity::find()
            .select_only()
            .column(bulk_action_item::Column::OrderId)
            .filter(bulk_action_item::Column::BulkId.eq(id))
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
        let here: HashMap<i64, order::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
        for id in ids {
            let of = match here.get(&id).map(|row| judge(scope, row, act)) {
                Some(Verdict::Will(_)) => continue,
                Some(Verdict::Same) => (SAME, None),
                Some(Verdict::Refused(why)) => (REFUSED, Some(why)),
                None => (REFUSED, Some(GONE.to_owned())),
            };
            marks.entry(of).or_default().push(id);
        }
        let txn = held(db, id, claim).await?.ok_or_else(otherwise)?;
        for ((outcome, why), ids) in marks {
            mark(&txn, id, Some(ids), outcome, why).await?;
        }
        txn.commit().await.map_err(unexpected)?;
    }
}

/// Writes what became of some orders of an act, or of all of them.
async fn mark(db: &impl ConnectionTrait, id: i64, ids: Option<Vec<i64>>, outcome: &str, why: Option<String>) -> Result<()> {
    let mut update = bulk_action_item::Entity::update_many()
        .col_expr(bulk_action_item::Column::Outcome, Expr::value(outcome))
        .col_expr(bulk_action_item::Column::Why, Expr::value(why))
        .filter(bulk_action_item::Column::BulkId.eq(id));
    if let Some(ids) = ids {
        update = update.filter(bulk_action_item::Column::OrderId.is_in(ids));
    }
    update.exec(db).await.map_err(unexpected)?;
    Ok(())
}
