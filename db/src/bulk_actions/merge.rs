//! Merging companies as part of a bulk action.

use domain::{
    Result,
    orders::{Field, bulk::Stage},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use super::act;
use crate::{
    Db,
    companies::{having_orders, is_hidden_expr},
    entity::{bulk_action, company, order},
    error::unexpected,
};

/// The merged companies, and the target company.
fn merge_source_and_target(row: &bulk_action::Model) -> Option<(Vec<i64>, i64)> {
    let from = row.merges.as_ref()?.split(',').filter_map(|id| id.parse().ok()).collect();
    Some((from, act(row)?.draft.get(Field::Company).parse().ok()?))
}

/// The companies that have orders; an order in the trash follows when it is restored.
fn with_orders(ids: &[i64]) -> SelectStatement {
    having_orders().and_where(order::Column::CompanyId.is_in(ids.iter().copied())).to_owned()
}

/// A company created by an action exists from the start of the action: until then it refers to itself and is hidden.
pub(super) async fn reveal_target_company(txn: &impl ConnectionTrait, row: &bulk_action::Model) -> Result<()> {
    let Some((_, into)) = merge_source_and_target(row) else { return Ok(()) };
    let update = company::Entity::update_many().col_expr(company::Column::MergedInto, Expr::value(None::<i64>));
    update.filter(company::Column::Id.eq(into)).filter(is_hidden_expr()).exec(txn).await.map_err(unexpected)?;
    Ok(())
}

/// Companies without remaining orders are merged into the target. On undo they are restored, and a company that the action created is
/// hidden again.
pub(super) async fn merge_emptied_companies(txn: &impl ConnectionTrait, row: &bulk_action::Model, at: Stage) -> Result<()> {
    let Some((from, into)) = merge_source_and_target(row) else { return Ok(()) };
    let update = || company::Entity::update_many();
    if at == Stage::Undone {
        let back = update().col_expr(company::Column::MergedInto, Expr::value(None::<i64>)).filter(company::Column::MergedInto.eq(into));
        back.filter(company::Column::Id.is_in(from.iter().copied())).exec(txn).await.map_err(unexpected)?;
        let made = update().col_expr(company::Column::MergedInto, Expr::value(into)).filter(company::Column::Id.eq(into));
        let made =
            made.filter(company::Column::CreatedAt.gte(row.created_at)).filter(company::Column::Id.not_in_subquery(with_orders(&[into])));
        made.exec(txn).await.map_err(unexpected)?;
        return Ok(());
    }
    let gone = update().col_expr(company::Column::MergedInto, Expr::value(into)).filter(company::Column::Id.is_in(from.iter().copied()));
    gone.filter(company::Column::Id.not_in_subquery(with_orders(&from))).exec(txn).await.map_err(unexpected)?;
    Ok(())
}

/// Deletes the hidden companies of actions created before `before` that never started.
pub(super) async fn forget(db: &Db, before: i64) -> Result<()> {
    let ordered =
        Query::select().column(order::Column::CompanyId).from(order::Entity).and_where(order::Column::CompanyId.is_not_null()).to_owned();
    let pointed = Query::select().column(company::Column::MergedInto).from(company::Entity).and_where(is_hidden_expr().not()).to_owned();
    let never = company::Entity::delete_many()
        .filter(is_hidden_expr())
        .filter(company::Column::CreatedAt.lt(before))
        .filter(company::Column::Id.not_in_subquery(ordered))
        .filter(company::Column::Id.not_in_subquery(pointed));
    never.exec(&db.write).await.map_err(unexpected)?;
    Ok(())
}
