//! Doing it, and taking it back: in the background, a hundred orders a transaction, by whichever server has it in hand.

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
    BACK, DONE, KEPT, REFUSED, SAME, WAITS, act, as_held, claim, find, held,
    judge::{GONE, Verdict, judge},
    merge, stage,
};
use crate::{
    Db, Scope,
    clock::{DAY, SECOND},
    dialect,
    entity::{bulk_action, bulk_action_item, order},
    error::unexpected,
    orders::{change, trash, undo as one},
};

/// The stages in which something is done.
const MOVING: [Stage; 2] = [Stage::Running, Stage::Undoing];
/// Orders of one transaction.
const AT_ONCE: u64 = 100;
/// A server that has not said for so long that it works on an act works on it no more.
const SILENT: i64 = 30 * SECOND;
/// Acts are forgotten after this long; what they did stands in the history of each order.
const KEPT_FOR: i64 = 30 * DAY;

/// Begins it; [`run`] does it.
///
/// Errors: [`Error::NotFound`]; [`Error::Invalid`] when there is nothing to begin.
pub async fn start(db: &Db, scope: &Scope, id: i64) -> Result<()> {
    let row = find(db, scope, id).await?;
    let txn = db.begin().await?;
    if !turn(&txn, id, Stage::Ready, Stage::Running).await? {
        return Err(Error::invalid("kind", "Choose an action first"));
    }
    merge::begins(&txn, &row).await?;
    db.commit_reference_data(txn).await
}

/// Ends it where it is.
///
/// Errors: [`Error::NotFound`].
pub async fn stop(db: &Db, scope: &Scope, id: i64) -> Result<()> {
    let row = find(db, scope, id).await?;
    let txn = db.begin().await?;
    // It waits here for the orders that are being written; after it there are none.
    if turn(&txn, id, Stage::Running, Stage::Done).await? {
        ended(db, &txn, &row, Stage::Done, Some("You stopped it here.")).await?;
        db.commit_reference_data(txn).await?;
    }
    Ok(())
}

/// Takes it back; [`run`] does it.
///
/// Errors: [`Error::NotFound`]; [`Error::Invalid`] when it is too late.
pub async fn undo(db: &Db, scope: &Scope, id: i64) -> Result<()> {
    let row = find(db, scope, id).await?;
    if !is_undoable(&row, db.now()) || !turn(&db.write, id, Stage::Done, Stage::Undoing).await? {
        return Err(Error::invalid("undo", "This cannot be taken back any more: change the orders instead."));
    }
    Ok(())
}

/// Whether it ended less than ten minutes ago.
pub(super) fn is_undoable(row: &bulk_action::Model, now: i64) -> bool {
    stage(row) == Stage::Done && row.ended_at.is_some_and(|at| one::offered_now(now).contains(&at))
}

/// From one stage to the next, out of whosever hand; `false` when it is not at that stage.
async fn turn(txn: &impl ConnectionTrait, id: i64, from: Stage, to: Stage) -> Result<bool> {
    let update = bulk_action::Entity::update_many()
        .col_expr(bulk_action::Column::State, Expr::value(to.code()))
        .col_expr(bulk_action::Column::Claim, Expr::value(None::<String>))
        .col_expr(bulk_action::Column::BeatAt, Expr::value(None::<i64>))
        .filter(bulk_action::Column::Id.eq(id))
        .filter(bulk_action::Column::State.eq(from.code()));
    Ok(update.exec(txn).await.map_err(unexpected)?.rows_affected == 1)
}

/// Does it, or takes it back, to its end. Where another server has it in hand, nothing.
pub async fn run(db: &Db, id: i64) -> Result<()> {
    let claim = claim();
    let silent = Condition::any()
        .add(bulk_action::Column::BeatAt.is_null())
        .add(bulk_action::Column::BeatAt.not_between(db.now() - SILENT, db.now() + SILENT));
    let mine = bulk_action::Entity::update_many()
        .col_expr(bulk_action::Column::Claim, Expr::value(claim.as_str()))
        .col_expr(bulk_action::Column::BeatAt, Expr::value(db.now()))
        .filter(bulk_action::Column::Id.eq(id))
        .filter(bulk_action::Column::State.is_in(MOVING.map(Stage::code)))
        .filter(silent);
    if mine.exec(&db.write).await.map_err(unexpected)?.rows_affected == 0 {
        return Ok(());
    }
    // After a failure each order goes alone, so that one that cannot be written does not hold the others.
    let mut alone = 0;
    loop {
        let take = if alone > 0 { 1 } else { AT_ONCE };
        match part(db, id, &claim, take).await {
            Ok(true) => alone = Ord::max(alone, 1) - 1,
            Ok(false) => return Ok(()),
            Err(Error::Unexpected(_)) if take > 1 => alone = AT_ONCE,
            Err(Error::Unexpected(reference)) => skip(db, id, &claim, &reference).await?,
            Err(other) => return Err(other),
        }
    }
}

/// The acts that are on their way, this server's own and what one left that is gone: [`run`] knows which.
pub async fn left(db: &Db) -> Result<Vec<i64>> {
    let moving = bulk_action::Entity::find()
        .select_only()
        .column(bulk_action::Column::Id)
        .filter(bulk_action::Column::State.is_in(MOVING.map(Stage::code)));
    moving.into_tuple().all(&db.read).await.map_err(unexpected)
}

/// Forgets acts of long ago, one by one, and the companies that they would have made.
pub async fn sweep(db: &Db) -> Result<()> {
    let old = bulk_action::Entity::find()
        .filter(bulk_action::Column::CreatedAt.lt(db.now() - KEPT_FOR))
        .filter(bulk_action::Column::State.is_not_in(MOVING.map(Stage::code)))
        .all(&db.read)
        .await
        .map_err(unexpected)?;
    for row in old {
        let txn = db.begin().await?;
        bulk_action_item::Entity::delete_many().filter(bulk_action_item::Column::BulkId.eq(row.id)).exec(&txn).await.map_err(unexpected)?;
        bulk_action::Entity::delete_by_id(row.id).exec(&txn).await.map_err(unexpected)?;
        txn.commit().await.map_err(unexpected)?;
    }
    merge::forget(db, db.now() - KEPT_FOR).await
}

/// Which items are next.
fn next(id: i64, stage: Stage, take: u64) -> sea_orm::Select<bulk_action_item::Entity> {
    let outcome = if stage == Stage::Undoing { DONE } else { WAITS };
    bulk_action_item::Entity::find()
        .filter(bulk_action_item::Column::BulkId.eq(id))
        .filter(bulk_action_item::Column::Outcome.eq(outcome))
        .order_by_asc(bulk_action_item::Column::OrderId)
        .limit(take)
}

/// The next orders in one transaction; whether there may be more.
async fn part(db: &Db, id: i64, claim: &str, take: u64) -> Result<bool> {
    let Some(txn) = held(db, id, claim).await? else { return Ok(false) };
    let row = as_held(&txn, id).await?;
    let stage = stage(&row);
    // A claim is held in these two stages alone, and what has begun was said.
    let (Stage::Running | Stage::Undoing, Some(act)) = (stage, act(&row)) else { return Err(Error::NotFound) };
    let scope = Scope::of(db, UserId(row.actor_id)).await?;
    let items = next(id, stage, take).all(&txn).await.map_err(unexpected)?;
    let Some(scope) = scope.filter(|_| !items.is_empty()) else {
        let why = (!items.is_empty()).then_some("This account is deactivated.");
        let at = if stage == Stage::Undoing { Stage::Undone } else { Stage::Done };
        turn(&txn, id, stage, at).await?;
        ended(db, &txn, &row, at, why).await?;
        db.commit_reference_data(txn).await?;
        return Ok(false);
    };
    // In one order, so that two acts on the same orders wait for each other instead of both.
    let ids = items.iter().map(|item| item.order_id);
    let thrown = stage == Stage::Undoing && scope.authority().may(role::Permission::Trash);
    let visible = if thrown { Condition::any().add(scope.visible_orders()).add(scope.trash()) } else { scope.visible_orders() };
    let select = order::Entity::find().filter(visible).filter(order::Column::Id.is_in(ids)).order_by_asc(order::Column::Id);
    let rows = select.apply_if(dialect::for_update(&txn), QuerySelect::lock).all(&txn).await.map_err(unexpected)?;
    let mut rows: HashMap<i64, order::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    for item in items {
        let order = rows.remove(&item.order_id);
        let (outcome, why, version) = match (order, stage) {
            (None, Stage::Undoing) => (KEPT, Some(GONE.to_owned()), None),
            (None, _) => (REFUSED, Some(GONE.to_owned()), None),
            (Some(order), Stage::Undoing) => back(db, &scope, &txn, &row, &item, order).await?,
            (Some(order), _) => does(db, &scope, &txn, &act, order).await?,
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

type Became = (&'static str, Option<String>, Option<i64>);

/// Does it to one order.
async fn does(db: &Db, scope: &Scope, txn: &impl ConnectionTrait, act: &BulkAction, order: order::Model) -> Result<Became> {
    let version = order.version + 1;
    let draft = match judge(scope, &order, act) {
        Verdict::Will(draft) => draft,
        Verdict::Same => return Ok((SAME, None, None)),
        Verdict::Refused(why) => return Ok((REFUSED, Some(why), None)),
    };
    let written = match act.kind {
        Kind::Trash => trash::put(db, scope, txn, order, Some(db.now()), HistoryKind::Trashed).await,
        _ => change::set(db, scope, txn, order, &draft, &act.fields(&scope.settings.rules)).await,
    };
    match written {
        Ok(()) => Ok((DONE, None, Some(version))),
        // Judged before the first write of this order.
        Err(error @ (Error::Invalid(_) | Error::Forbidden(_) | Error::NotFound)) => Ok((REFUSED, Some(error.sentence()), None)),
        Err(other) => Err(other),
    }
}

/// Takes it back of one order, unless somebody changed that since.
async fn back(
    db: &Db,
    scope: &Scope,
    txn: &impl ConnectionTrait,
    row: &bulk_action::Model,
    item: &bulk_action_item::Model,
    order: order::Model,
) -> Result<Became> {
    let changed = || Ok((KEPT, Some("It was changed since.".to_owned()), item.version));
    if item.version != Some(order.version) {
        return changed();
    }
    let Some(last) = one::offered(txn, scope, &order, row.created_at..).await? else { return changed() };
    match one::revert(db, scope, txn, order, last).await {
        Ok(()) => Ok((BACK, None, None)),
        Err(error @ (Error::Invalid(_) | Error::Forbidden(_))) => Ok((KEPT, Some(error.sentence()), item.version)),
        Err(other) => Err(other),
    }
}

/// The one order that could not be written, although it was judged fit.
async fn skip(db: &Db, id: i64, claim: &str, reference: &str) -> Result<()> {
    let Some(txn) = held(db, id, claim).await? else { return Ok(()) };
    let row = as_held(&txn, id).await?;
    let stage = stage(&row);
    let Some(item) = next(id, stage, 1).one(&txn).await.map_err(unexpected)? else { return Ok(()) };
    let mut item = item.into_active_model();
    item.outcome = Set(if stage == Stage::Undoing { KEPT } else { REFUSED }.into());
    item.why = Set(Some(Error::Unexpected(reference.to_owned()).sentence()));
    item.update(&txn).await.map_err(unexpected)?;
    txn.commit().await.map_err(unexpected)
}

/// Writes down when it ended and why before its end, with what that means for the companies that become one.
async fn ended(db: &Db, txn: &impl ConnectionTrait, row: &bulk_action::Model, at: Stage, why: Option<&str>) -> Result<()> {
    let update = bulk_action::Entity::update_many()
        .col_expr(bulk_action::Column::EndedAt, Expr::value(db.now()))
        .col_expr(bulk_action::Column::Why, Expr::value(why))
        .filter(bulk_action::Column::Id.eq(row.id));
    update.exec(txn).await.map_err(unexpected)?;
    merge::ends(txn, row, at).await
}
