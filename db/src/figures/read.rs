//! Sums of the rollups, in the sight of whoever asks.

use chrono::NaiveDate;
use domain::{Result, role::Sight};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, Iterable, QueryFilter, QuerySelect, Select,
    sea_query::{Alias, Expr, Func, SimpleExpr},
};

use super::{Connected, Sold, in_force};
use crate::{
    Db, Scope,
    entity::{figures_connected, figures_sold},
    error::unexpected,
    scope::published,
};

/// Whose figures: each that is given narrows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    pub owner: Option<i64>,
    pub team: Option<i64>,
    pub campaign: Option<i64>,
}

/// By what figures are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Day,
    Owner,
    Team,
    Campaign,
}

/// First and last day, both included.
pub type Days = (NaiveDate, NaiveDate);

/// A figure and what it is of: the day, or the id (`None`: without one).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Of<T> {
    pub day: Option<NaiveDate>,
    pub id: Option<i64>,
    pub it: T,
}

#[derive(FromQueryResult)]
struct SoldRow {
    day: Option<NaiveDate>,
    id: Option<i64>,
    orders: Option<i64>,
    value: Option<i64>,
    cancelled: Option<i64>,
    connected: Option<i64>,
}

#[derive(FromQueryResult)]
struct ConnectedRow {
    day: Option<NaiveDate>,
    id: Option<i64>,
    orders: Option<i64>,
    value: Option<i64>,
}

fn sum(column: impl ColumnTrait) -> SimpleExpr {
    Func::cast_as(column.sum(), Alias::new("bigint")).into()
}

/// What a person may see of columns of these names.
fn in_sight<C: ColumnTrait + Iterable>(scope: &Scope, cut: Cut, owner: C, team: C, campaign: C, batch: C) -> Condition {
    let mine = owner.eq(scope.me.id.0);
    let sight = match (scope.settings.sight, scope.me.team) {
        _ if scope.sees_all() => Condition::all(),
        (Sight::Team, Some(at)) => Condition::any().add(mine).add(team.eq(at.0)),
        _ => Condition::all().add(mine),
    };
    Condition::all()
        .add(sight)
        .add(published(batch))
        .add_option(cut.owner.map(|id| owner.eq(id)))
        .add_option(cut.team.map(|id| team.eq(id)))
        .add_option(cut.campaign.map(|id| campaign.eq(id)))
}

/// Narrowed to some days and grouped by what tells it apart, as `day` and `id`; the ids are owner, team and campaign.
fn told_apart<E: EntityTrait, C: ColumnTrait>(select: Select<E>, days: Option<Days>, by: Option<By>, day: C, ids: [C; 3]) -> Select<E> {
    let select = match days {
        Some((from, to)) => select.filter(day.between(from, to)),
        None => select,
    };
    let [owner, team, campaign] = ids;
    let (day, id) = match by {
        None => (None, None),
        Some(By::Day) => (Some(day), None),
        Some(By::Owner) => (None, Some(owner)),
        Some(By::Team) => (None, Some(team)),
        Some(By::Campaign) => (None, Some(campaign)),
    };
    let select = match day {
        Some(day) => select.column_as(day, "day").group_by(day),
        None => select.expr_as(Expr::cust("CAST(NULL AS DATE)"), "day"),
    };
    match id {
        Some(id) => select.column_as(id, "id").group_by(id),
        None => select.expr_as(Expr::cust("CAST(NULL AS BIGINT)"), "id"),
    }
}

/// What was sold, told apart; without `by` one sum.
pub(crate) async fn sold(db: &Db, scope: &Scope, cut: Cut, days: Option<Days>, by: Option<By>) -> Result<Vec<Of<Sold>>> {
    use figures_sold::Column as C;
    let (generation, _) = in_force(&db.read).await?;
    let mut select: Select<figures_sold::Entity> = figures_sold::Entity::find().select_only();
    for (column, name) in [(C::Orders, "orders"), (C::Value, "value"), (C::Cancelled, "cancelled"), (C::Connected, "connected")] {
        select = select.column_as(sum(column), name);
    }
    select = select.filter(C::Generation.eq(generation)).filter(in_sight(scope, cut, C::OwnerId, C::TeamId, C::CampaignId, C::Batch));
    let select = told_apart(select, days, by, C::Day, [C::OwnerId, C::TeamId, C::CampaignId]);
    let rows = select.into_model::<SoldRow>().all(&db.read).await.map_err(unexpected)?;
    Ok(rows
        .into_iter()
        .map(|row| Of {
            day: row.day,
            id: row.id,
            it: Sold {
                orders: row.orders.unwrap_or_default(),
                value: row.value.unwrap_or_default(),
                cancelled: row.cancelled.unwrap_or_default(),
                connected: row.connected.unwrap_or_default(),
            },
        })
        .collect())
}

/// What was connected, told apart; without `by` one sum.
pub(crate) async fn connected(db: &Db, scope: &Scope, cut: Cut, days: Option<Days>, by: Option<By>) -> Result<Vec<Of<Connected>>> {
    use figures_connected::Column as C;
    let mut select: Select<figures_connected::Entity> = figures_connected::Entity::find().select_only();
    for (column, name) in [(C::Orders, "orders"), (C::Value, "value")] {
        select = select.column_as(sum(column), name);
    }
    select = select.filter(in_sight(scope, cut, C::OwnerId, C::TeamId, C::CampaignId, C::Batch));
    let select = told_apart(select, days, by, C::Day, [C::OwnerId, C::TeamId, C::CampaignId]);
    let rows = select.into_model::<ConnectedRow>().all(&db.read).await.map_err(unexpected)?;
    Ok(rows
        .into_iter()
        .map(|row| Of {
            day: row.day,
            id: row.id,
            it: Connected { orders: row.orders.unwrap_or_default(), value: row.value.unwrap_or_default() },
        })
        .collect())
}

/// One sum.
pub(crate) async fn sold_in(db: &Db, scope: &Scope, cut: Cut, days: Option<Days>) -> Result<Sold> {
    Ok(sold(db, scope, cut, days, None).await?.first().map_or_else(Sold::default, |of| of.it))
}

/// One sum.
pub(crate) async fn connected_in(db: &Db, scope: &Scope, cut: Cut, days: Option<Days>) -> Result<Connected> {
    Ok(connected(db, scope, cut, days, None).await?.first().map_or_else(Connected::default, |of| of.it))
}
