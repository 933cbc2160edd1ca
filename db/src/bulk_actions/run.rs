//! Runs and undoes bulk actions in the background, a hundred orders per transaction, on whichever server has claimed the action.

use std::collections::HashMap;

use domain::{
    Error, Result,
    id::UserId,
    orders::{
        bulk::{BulkAction, Kind, Stage},
        history::HistoryKind,
    },
    role,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, sea_query::Expr,
};

use super::{
    DONE, NOT_UNDONE, REFUSED, SAME, UNDONE, WAITS, act, claim, find,
    judge::{GONE, Verdict, judge},
    lock_claim, merge, read_locked_action, stage,
};
use crate::{
    Db, Scope,
    clock::{DAY, SECOND},
    dialect,
    entity::{bulk_action, bulk_action_item, order},
    error::unexpected,
    orders::{change, trash, undo as one},
};

/// The stages in which a worker is active.
const MOVING: [Stage; 2] = [Stage::Running, Stage::Undoing];
/// Orders per transaction.
const AT_ONCE: u64 = 100;
/// After this long without a heartbeat another server takes an action over.
const SILENT: i64 = 30 * SECOND;
/// Actions are deleted after this long; the history of each order keeps their effect.
const KEPT_FOR: i64 = 30 * DAY;

/// Starts an action; [`run`] carries it out.
///
/// Errors: [`Error::NotFound`]; [`Error::Invalid`] when no action is set.
pub async fn start(db: &Db, scope: &Scope, id: i64) -> Result<()> {
    let row = find(db, scope, id).await?;
    let txn = db.begin().await?;
    if !advance_stage(&txn, id, Stage::Ready, Stage::Running).await? {
        return Err(Error::invalid("kind", "Choose an action first"));
    }
    merge::reveal_target_company(&txn, &row).await?;
    db.commit_reference_data(txn).await
}

/// Stops a running action.
///
/// Errors: [`Error::NotFound`].
pub async fn stop(db: &Db, scope: &Scope, id: i64) -> Result<()> {
    let row = find(db, scope, id).await?;
    let txn = db.begin().await?;
    // This waits for the batch that is being written; no batch follows.
    if advance_stage(&txn, id, Stage::Running, Stage::Done).await? {
        finish_action(db, &txn, &row, Stage::Done, Some("You stopped the action here")).await?;
        db.commit_reference_data(txn).await?;
    }
    Ok(())
}

/// Starts to undo an action; [`run`] carries it out.
///
/// Errors: [`Error::NotFound`]; [`Error::Invalid`] when it can no longer be undone.
pub async fn undo(db: &Db, scope: &Scope, id: i64) -> Result<()> {
    let row = find(db, scope, id).await?;
    if !is_undoable(&row, db.now()) || !advance_stage(&db.write, id, Stage::Done, Stage::Undoing).await? {
        return Err(Error::invalid("undo", "This can no longer be undone: change the orders instead"));
    }
    Ok(())
}

/// Whether it ended less than ten minutes ago.
pub(super) fn is_undoable(row: &bulk_action::Model, now: i64) -> bool {
    stage(row) == Stage::Done && row.ended_at.is_some_and(|at| one::offered_now(now).contains(&at))
}

/// Moves an action from one stage to the next and clears its claim; `false` when it is in another stage.
async fn advance_stage(txn: &impl ConnectionTrait, id: i64, from: Stage, to: Stage) -> Result<bool> {
    let update = bulk_action::Entity::update_many()
        .col_expr(bulk_action::Column::State, Expr::value(to.code()))
        .col_expr(bulk_action::Column::Claim, Expr::value(None::<String>))
        .col_expr(bulk_action::Column::HeartbeatAt, Expr::value(None::<i64>))
        .filter(bulk_action::Column::Id.eq(id))
        .filter(bulk_action::Column::State.eq(from.code()));
    Ok(update.exec(txn).await.map_err(unexpected)?.rows_affected == 1)
}

/// Runs or undoes an action to its end. Does nothing when another server has claimed it.
pub async fn run(db: &Db, id: i64) -> Result<()> {
    let claim = claim();
    let silent = Condition::any()
        .add(bulk_action::Column::HeartbeatAt.is_null())
        .add(bulk_action::Column::HeartbeatAt.not_between(db.now() - SILENT, db.now() + SILENT));
    let mine = bulk_action::Entity::update_many()
        .col_expr(bulk_action::Column::Claim, Expr::value(claim.as_str()))
        .col_expr(bulk_action::Column::HeartbeatAt, Expr::value(db.now()))
        .filter(bulk_action::Column::Id.eq(id))
        .filter(bulk_action::Column::State.is_in(MOVING.map(Stage::code)))
        .filter(silent);
    if mine.exec(&db.write).await.map_err(unexpected)?.rows_affected == 0 {
        return Ok(());
    }
    // After a failure each order gets its own transaction, so that one failing order does not block the others.
    let mut alone = 0;
    loop {
        let take = if alone > 0 { 1 } else { AT_ONCE };
        match process_batch(db, id, &claim, take).await {
            Ok(true) => alone = Ord::max(alone, 1) - 1,
            Ok(false) => return Ok(()),
            Err(Error::Unexpected(_)) if take > 1 => alone = AT_ONCE,
            Err(Error::Unexpected(reference)) => skip(db, id, &claim, &reference).await?,
            Err(other) => return Err(other),
        }
    }
}

/// The unfinished actions, including those of servers that stopped: [`run`] decides which to take over.
pub async fn unfinished_actions(db: &Db) -> Result<Vec<i64>> {
    let moving = bulk_action::Entity::find()
        .select_only()
        .column(bulk_action::Column::Id)
        .filter(bulk_action::Column::State.is_in(MOVING.map(Stage::code)));
    moving.into_tuple().all(&db.read).await.map_err(unexpected)
}

/// Deletes old actions, one by one, and their hidden companies.
pub async fn sweep(db: &Db) -> Result<()> {
    let old = bulk_action::Entity::find()
        .filter(bulk_action::Column::CreatedAt.lt(db.now() - KEPT_FOR))
        .filter(bulk_action::Column::State.is_not_in(MOVING.map(Stage::code)))
        .all(&db.read)
        .await
        .map_err(unexpected)?;
    for row in old {
        let txn = db.begin().await?;
        bulk_action_item::Entity::delete_many()
            .filter(bulk_action_item::Column::BulkActionId.eq(row.id))
            .exec(&txn)
            .await
            .map_err(unexpected)?;
        bulk_action::Entity::delete_by_id(row.id).exec(&txn).await.map_err(unexpected)?;
        txn.commit().await.map_err(unexpected)?;
    }
    merge::forget(db, db.now() - KEPT_FOR).await
}

/// The query of the next items to process, in the order of their order ids.
fn next(id: i64, stage: Stage, take: u64) -> sea_orm::Select<bulk_action_item::Entity> {
    let outcome = if stage == Stage::Undoing { DONE } else { WAITS };
    bulk_action_item::Entity::find()
        .filter(bulk_action_item::Column::BulkActionId.eq(id))
        .filter(bulk_action_item::Column::Outcome.eq(outcome))
        .order_by_asc(bulk_action_item::Column::OrderId)
        .limit(take)
}

/// Processes the next batch in one transaction; returns whether there may be more.
async fn process_batch(db: &Db, id: i64, claim: &str, take: u64) -> Result<bool> {
    let Some(txn) = lock_claim(db, id, claim).await? else { return Ok(false) };
    let row = read_locked_action(&txn, id).await?;
    let stage = stage(&row);
    // Claims exist only in these two stages, and an action that has started is set.
    let (Stage::Running | Stage::Undoing, Some(act)) = (stage, act(&row)) else { return Err(Error::NotFound) };
    let scope = Scope::of(db, UserId(row.actor_id)).await?;
    let items = next(id, stage, take).all(&txn).await.map_err(unexpected)?;
    let Some(scope) = scope.filter(|_| !items.is_empty()) else {
        let why = (!items.is_empty()).then_some("This account is deactivated");
        let at = if stage == Stage::Undoing { Stage::Undone } else { Stage::Done };
        advance_stage(&txn, id, stage, at).await?;
        finish_action(db, &txn, &row, at, why).await?;
        db.commit_reference_data(txn).await?;
        return Ok(false);
    };
    // In a fixed order, so that two actions on the same orders wait for each other instead of deadlocking.
    let ids = items.iter().map(|item| item.order_id);
    let thrown = stage == Stage::Undoing && scope.authority().may(role::Permission::Trash);
    let visible = if thrown { Condition::any().add(scope.visible_orders()).add(scope.trash()) } else { scope.visible_orders() };
    let select = order::Entity::find().filter(visible).filter(order::Column::Id.is_in(ids)).order_by_asc(order::Column::Id);
    let rows = select.apply_if(dialect::for_update(&txn), QuerySelect::lock).all(&txn).await.map_err(unexpected)?;
    let mut rows: HashMap<i64, order::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    for item in items {
        let order = rows.remove(&item.order_id);
        let (outcome, why, version) = match (order, stage) {
            (None, Stage::Undoing) => (NOT_UNDONE, Some(GONE.to_owned()), None),
            (None, _) => (REFUSED, Some(GONE.to_owned()), None),
            (Some(order), Stage::Undoing) => undo_for_order(db, &scope, &txn, &row, &item, order).await?,
            (Some(order), _) => apply_to_order(db, &scope, &txn, &act, order).await?,
        };
        let mut item = item.into_active_model();
        item.outcome = Set(outcome.into());
        item.why = Set(why);
        item.version = Set(version);
        item.update(&txn).await.map_err(unexpected)?;
    }
    change::commit(db, txn).await?;
    Ok(true)
}

type ItemOutcome = (&'static str, Option<String>, Option<i64>);

/// Applies the action to one order.
async fn apply_to_order(db: &Db, scope: &Scope, txn: &impl ConnectionTrait, act: &BulkAction, order: order::Model) -> Result<ItemOutcome> {
    let version = order.version + 1;
    let draft = match judge(scope, &order, act) {
        Verdict::Change(draft) => draft,
        Verdict::NoChange => return Ok((SAME, None, None)),
        Verdict::Refused(why) => return Ok((REFUSED, Some(why), None)),
    };
    let written = match act.kind {
        Kind::Trash => trash::set_trashed_at(db, scope, txn, order, Some(db.now()), HistoryKind::Trashed).await,
        _ => change::set(db, scope, txn, order, &draft, &act.fields(&scope.settings.rules)).await,
    };
    match written {
        Ok(()) => Ok((DONE, None, Some(version))),
        // Checked before the first write of this order.
        Err(error @ (Error::Invalid(_) | Error::Forbidden(_) | Error::NotFound)) => Ok((REFUSED, Some(error.sentence()), None)),
        Err(other) => Err(other),
    }
}

/// Undoes the action for one order, unless it has been changed since.
async fn undo_for_order(
    db: &Db,
    scope: &Scope,
    txn: &impl ConnectionTrait,
    row: &bulk_action::Model,
    item: &bulk_action_item::Model,
    order: order::Model,
) -> Result<ItemOutcome> {
    let changed = || Ok((NOT_UNDONE, Some("Changed again since then".to_owned()), item.version));
    if item.version != Some(order.version) {
        return changed();
    }
    let Some(last) = one::find_undoable_change(txn, scope, &order, row.created_at..).await? else { return changed() };
    match one::revert(db, scope, txn, order, last).await {
        Ok(()) => Ok((UNDONE, None, None)),
        Err(error @ (Error::Invalid(_) | Error::Forbidden(_))) => Ok((NOT_UNDONE, Some(error.sentence()), item.version)),
        Err(other) => Err(other),
    }
}

/// Marks an order that could not be written although its check passed.
async fn skip(db: &Db, id: i64, claim: &str, reference: &str) -> Result<()> {
    let Some(txn) = lock_claim(db, id, claim).await? else { return Ok(()) };
    let row = read_locked_action(&txn, id).await?;
    let stage = stage(&row);
    let Some(item) = next(id, stage, 1).one(&txn).await.map_err(unexpected)? else { return Ok(()) };
    let mut item = item.into_active_model();
    item.outcome = Set(if stage == Stage::Undoing { NOT_UNDONE } else { REFUSED }.into());
    item.why = Set(Some(Error::Unexpected(reference.to_owned()).sentence()));
    item.update(&txn).await.map_err(unexpected)?;
    txn.commit().await.map_err(unexpected)
}

/// Stores the end of an action and the reason of an early end, and merges its companies.
async fn finish_action(db: &Db, txn: &impl ConnectionTrait, row: &bulk_action::Model, at: Stage, why: Option<&str>) -> Result<()> {
    let update = bulk_action::Entity::update_many()
        .col_expr(bulk_action::Column::EndedAt, Expr::value(db.now()))
        .col_expr(bulk_action::Column::Why, Expr::value(why))
        .filter(bulk_action::Column::Id.eq(row.id));
    update.exec(txn).await.map_err(unexpected)?;
    merge::merge_emptied_companies(txn, row, at).await
}
