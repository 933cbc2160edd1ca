//! Doing it, and taking it back: in the background, a hundred orders a transaction, by whichever server has it in hand.

use std::collections::HashMap;

use domain::{
    Error, Result,
    id::UserId,
    orders::{
        Field,
        history::Happened,
        many::{Act, Kind, Stage},
    },
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, Query},
};

use super::{
    BACK, DONE, KEPT, REFUSED, SAME, WAITS, act, find,
    judge::{GONE, Verdict, judge},
    stage,
};
use crate::{
    Db, Scope,
    clock::{DAY, SECOND},
    dialect,
    entity::{bulk, bulk_item, company, order},
    error::unexpected,
    orders::{change, trash, undo as one},
};

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
    match turn(db, &row, Stage::Ready, Stage::Running).await? {
        true => Ok(()),
        false => Err(Error::invalid("kind", "Say first what is to be done; or it has begun already.")),
    }
}

/// Ends it where it is.
///
/// Errors: [`Error::NotFound`].
pub async fn stop(db: &Db, scope: &Scope, id: i64) -> Result<()> {
    let row = find(db, scope, id).await?;
    if stage(&row) == Stage::Running {
        end(db, &row, Stage::Done, Some("You stopped it here.")).await?;
    }
    Ok(())
}

/// Takes it back; [`run`] does it.
///
/// Errors: [`Error::NotFound`]; [`Error::Invalid`] when it is too late.
pub async fn undo(db: &Db, scope: &Scope, id: i64) -> Result<()> {
    let row = find(db, scope, id).await?;
    if !is_undoable(&row, db.now()) || !turn(db, &row, Stage::Done, Stage::Undoing).await? {
        return Err(Error::invalid("undo", "This cannot be taken back any more: change the orders instead."));
    }
    Ok(())
}

/// Whether it ended less than ten minutes ago.
pub(super) fn is_undoable(row: &bulk::Model, now: i64) -> bool {
    stage(row) == Stage::Done && row.ended_at.is_some_and(|at| at > now - one::OFFERED)
}

async fn turn(db: &Db, row: &bulk::Model, from: Stage, to: Stage) -> Result<bool> {
    let update = bulk::Entity::update_many()
        .col_expr(bulk::Column::State, Expr::value(to.code()))
        .col_expr(bulk::Column::BeatAt, Expr::value(None::<i64>))
        .filter(bulk::Column::Id.eq(row.id))
        .filter(bulk::Column::State.eq(from.code()));
    Ok(update.exec(&db.write).await.map_err(unexpected)?.rows_affected == 1)
}

/// Does it, or takes it back, to its end. Where another server has it in hand, nothing.
pub async fn run(db: &Db, id: i64) -> Result<()> {
    let silent = Condition::any().add(bulk::Column::BeatAt.is_null()).add(bulk::Column::BeatAt.lt(db.now() - SILENT));
    let mine = bulk::Entity::update_many()
        .col_expr(bulk::Column::BeatAt, Expr::value(db.now()))
        .filter(bulk::Column::Id.eq(id))
        .filter(bulk::Column::State.is_in([Stage::Running.code(), Stage::Undoing.code()]))
        .filter(silent);
    if mine.exec(&db.write).await.map_err(unexpected)?.rows_affected == 0 {
        return Ok(());
    }
    // After a failure each order goes alone, so that one that cannot be written does not hold the others.
    let mut alone = 0;
    loop {
        let take = if alone > 0 { 1 } else { AT_ONCE };
        match part(db, id, take).await {
            Ok(true) => alone = Ord::max(alone - 1, 0),
            Ok(false) => return Ok(()),
            Err(Error::Unexpected(_)) if take > 1 => alone = AT_ONCE as i64,
            Err(Error::Unexpected(reference)) => skip(db, id, &reference).await?,
            Err(other) => return Err(other),
        }
    }
}

/// Goes on with what a server left that is gone.
pub async fn resume(db: &Db) -> Result<()> {
    let left = bulk::Entity::find()
        .select_only()
        .column(bulk::Column::Id)
        .filter(bulk::Column::State.is_in([Stage::Running.code(), Stage::Undoing.code()]))
        .into_tuple::<i64>();
    for id in left.all(&db.read).await.map_err(unexpected)? {
        run(db, id).await?;
    }
    Ok(())
}

/// Forgets acts of long ago.
pub async fn sweep(db: &Db) -> Result<()> {
    let old = || bulk::Column::CreatedAt.lt(db.now() - KEPT_FOR);
    let ids = Query::select().column(bulk::Column::Id).from(bulk::Entity).and_where(old()).to_owned();
    bulk_item::Entity::delete_many().filter(bulk_item::Column::BulkId.in_subquery(ids)).exec(&db.write).await.map_err(unexpected)?;
    bulk::Entity::delete_many().filter(old()).exec(&db.write).await.map_err(unexpected)?;
    Ok(())
}

/// Which items are next.
fn next(id: i64, stage: Stage, take: u64) -> sea_orm::Select<bulk_item::Entity> {
    let outcome = if stage == Stage::Undoing { DONE } else { WAITS };
    bulk_item::Entity::find()
        .filter(bulk_item::Column::BulkId.eq(id))
        .filter(bulk_item::Column::Outcome.eq(outcome))
        .order_by_asc(bulk_item::Column::OrderId)
        .limit(take)
}

/// The next orders in one transaction; whether there may be more.
async fn part(db: &Db, id: i64, take: u64) -> Result<bool> {
    let Some(row) = bulk::Entity::find_by_id(id).one(&db.read).await.map_err(unexpected)? else { return Ok(false) };
    let stage = stage(&row);
    let (Stage::Running | Stage::Undoing, Some(act)) = (stage, act(&row)) else { return Ok(false) };
    let Some(scope) = Scope::of(db, UserId(row.actor_id)).await? else {
        end(db, &row, Stage::Done, Some("Its person may no longer sign in.")).await?;
        return Ok(false);
    };
    let txn = db.begin().await?;
    let items = next(id, stage, take).all(&txn).await.map_err(unexpected)?;
    if items.is_empty() {
        txn.rollback().await.map_err(unexpected)?;
        let ended = if stage == Stage::Undoing { Stage::Undone } else { Stage::Done };
        end(db, &row, ended, None).await?;
        merge(db, &row, &act, ended).await?;
        return Ok(false);
    }
    // In one order, so that two acts on the same orders wait for each other instead of both.
    let ids = items.iter().map(|item| item.order_id);
    let sight = if stage == Stage::Undoing { Condition::any().add(scope.sight()).add(scope.trash()) } else { scope.sight() };
    let select = order::Entity::find().filter(sight).filter(order::Column::Id.is_in(ids)).order_by_asc(order::Column::Id);
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
    let beat = bulk::Entity::update_many().col_expr(bulk::Column::BeatAt, Expr::value(db.now())).filter(bulk::Column::Id.eq(id));
    beat.exec(&txn).await.map_err(unexpected)?;
    change::commit(db, txn).await?;
    Ok(true)
}

type Became = (&'static str, Option<String>, Option<i64>);

/// Does it to one order.
async fn does(db: &Db, scope: &Scope, txn: &impl ConnectionTrait, act: &Act, order: order::Model) -> Result<Became> {
    let version = order.version + 1;
    let draft = match judge(scope, &order, act) {
        Verdict::Will(draft) => draft,
        Verdict::Same => return Ok((SAME, None, None)),
        Verdict::Refused(why) => return Ok((REFUSED, Some(why), None)),
    };
    let written = match act.kind {
        Kind::Trash => trash::put(db, scope, txn, order, Some(db.now()), Happened::Trashed).await,
        _ => change::set(db, scope, txn, order, &draft, &act.fields()).await,
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
    row: &bulk::Model,
    item: &bulk_item::Model,
    order: order::Model,
) -> Result<Became> {
    let changed = || Ok((KEPT, Some("It was changed since.".to_owned()), item.version));
    if item.version != Some(order.version) {
        return changed();
    }
    let Some(last) = one::offered(txn, scope, &order, row.created_at - 1).await? else { return changed() };
    match one::take_back(db, scope, txn, order, last).await {
        Ok(()) => Ok((BACK, None, None)),
        Err(error @ Error::Invalid(_)) => Ok((KEPT, Some(error.sentence()), item.version)),
        Err(other) => Err(other),
    }
}

/// The one order that could not be written, although it was judged fit.
async fn skip(db: &Db, id: i64, reference: &str) -> Result<()> {
    let Some(row) = bulk::Entity::find_by_id(id).one(&db.read).await.map_err(unexpected)? else { return Ok(()) };
    let stage = stage(&row);
    let Some(item) = next(id, stage, 1).one(&db.write).await.map_err(unexpected)? else { return Ok(()) };
    let mut item = item.into_active_model();
    item.outcome = Set(if stage == Stage::Undoing { KEPT } else { REFUSED }.into());
    item.why = Set(Some(Error::Unexpected(reference.to_owned()).sentence()));
    item.update(&db.write).await.map_err(unexpected)?;
    Ok(())
}

async fn end(db: &Db, row: &bulk::Model, stage: Stage, why: Option<&str>) -> Result<()> {
    let update = bulk::Entity::update_many()
        .col_expr(bulk::Column::State, Expr::value(stage.code()))
        .col_expr(bulk::Column::EndedAt, Expr::value(db.now()))
        .col_expr(bulk::Column::Why, Expr::value(why))
        .filter(bulk::Column::Id.eq(row.id))
        .filter(bulk::Column::State.eq(row.state.as_str()));
    update.exec(&db.write).await.map_err(unexpected)?;
    Ok(())
}

/// The companies that became one are so, once none of their orders is left; taken back, they are themselves again.
async fn merge(db: &Db, row: &bulk::Model, act: &Act, stage: Stage) -> Result<()> {
    let Some(merges) = &row.merges else { return Ok(()) };
    let ids: Vec<i64> = merges.split(',').filter_map(|id| id.parse().ok()).collect();
    let into = act.draft.get(Field::Company).parse::<i64>().ok();
    let mut update = company::Entity::update_many().filter(company::Column::Id.is_in(ids.iter().copied()));
    update = if stage == Stage::Done {
        let ordered = order::Column::CompanyId.is_in(ids.iter().copied());
        let ordered = Query::select().column(order::Column::CompanyId).from(order::Entity).and_where(ordered).to_owned();
        update.col_expr(company::Column::MergedInto, Expr::value(into)).filter(company::Column::Id.not_in_subquery(ordered))
    } else {
        update.col_expr(company::Column::MergedInto, Expr::value(None::<i64>)).filter(company::Column::MergedInto.eq(into))
    };
    update.exec(&db.write).await.map_err(unexpected)?;
    db.forget_house().await;
    Ok(())
}
