//! Sums rollups, limited to what the user may see.

use chrono::NaiveDate;
use domain::{Result, role::Visibility};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, Iterable, JoinType, QueryFilter, QuerySelect, QueryTrait, Select,
    sea_query::{Alias, Expr, ExprTrait, Func, Query, SimpleExpr},
};

use super::{Connected, Sold, VERSION_SETTING};
use crate::{
    Db, Scope,
    entity::{campaign, daily_connected, daily_sold, setting},
    error::unexpected,
    scope::published,
};

/// The filter of figures; all given values apply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RollupFilter {
    pub owner: Option<i64>,
    pub team: Option<i64>,
    pub campaign: Option<i64>,
}

/// The grouping of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RollupGrouping {
    Day,
    Owner,
    Team,
    Campaign,
}

/// The first and last day, inclusive.
pub type DateRange = (NaiveDate, NaiveDate);

/// The days of the figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Window {
    Days(DateRange),
    /// For each campaign from its start to this day; a future campaign's first day.
    SinceStart(NaiveDate),
}

impl From<DateRange> for Window {
    fn from(days: DateRange) -> Self {
        Self::Days(days)
    }
}

/// A figure with its group: the day, or the id (`None`: without a value).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GroupedFigure<T> {
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

/// The condition of the visible rows, for the given columns.
fn in_sight<C: ColumnTrait + Iterable>(scope: &Scope, rollup_filter: RollupFilter, owner: C, team: C, campaign: C, batch: C) -> Condition {
    let mine = owner.eq(scope.user.id.0);
    let visibility = match (scope.settings.visibility, scope.user.team) {
        _ if scope.can_see_all_orders() => Condition::all(),
        (Visibility::Team, Some(at)) => Condition::any().add(mine).add(team.eq(at.0)),
        _ => Condition::all().add(mine),
    };
    Condition::all()
        .add(visibility)
        .add(published(batch))
        .add_option(rollup_filter.owner.map(|id| owner.eq(id)))
        .add_option(rollup_filter.team.map(|id| team.eq(id)))
        .add_option(rollup_filter.campaign.map(|id| campaign.eq(id)))
}

/// Restricts to a range of days and groups, as `day` and `id`; the ids are owner, team and campaign.
fn grouped<E: EntityTrait>(
    select: Select<E>,
    window: Window,
    by: Option<RollupGrouping>,
    day: E::Column,
    ids: [E::Column; 3],
) -> Select<E> {
    let [owner, team, campaign] = ids;
    let select = match window {
        Window::Days((from, to)) => select.filter(day.between(from, to)),
        Window::SinceStart(last) => {
            let start = || Expr::col((campaign::Entity, campaign::Column::StartOn));
            let its_campaign = E::belongs_to(campaign::Entity).from(campaign).to(campaign::Column::Id);
            let begun = Condition::any().add(start().is_null()).add(day.into_expr().gte(start()));
            // A future campaign has its first day.
            let so_far = Condition::any().add(day.lte(last)).add(day.into_expr().eq(start()));
            select.join(JoinType::InnerJoin, its_campaign.into()).filter(begun).filter(so_far)
        }
    };
    let (day, id) = match by {
        None => (None, None),
        Some(RollupGrouping::Day) => (Some(day), None),
        Some(RollupGrouping::Owner) => (None, Some(owner)),
        Some(RollupGrouping::Team) => (None, Some(team)),
        Some(RollupGrouping::Campaign) => (None, Some(campaign)),
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

/// The active version, as an SQL expression.
fn active_version_expr() -> SimpleExpr {
    let value = Func::cast_as(Expr::col(setting::Column::Value), Alias::new("bigint"));
    let select = Query::select().expr(value).from(setting::Entity).and_where(setting::Column::Name.eq(VERSION_SETTING)).take();
    Expr::SubQuery(None, Box::new(select.into()))
}

/// What was sold, by group; one sum without `by`.
pub(crate) async fn sum_sold(
    db: &Db,
    scope: &Scope,
    rollup_filter: RollupFilter,
    of: impl Into<Window>,
    by: Option<RollupGrouping>,
) -> Result<Vec<GroupedFigure<Sold>>> {
    use daily_sold::Column as C;
    let mut select: Select<daily_sold::Entity> = daily_sold::Entity::find().select_only();
    for (column, name) in [(C::Orders, "orders"), (C::Value, "value"), (C::Cancelled, "cancelled"), (C::Connected, "connected")] {
        select = select.column_as(sum(column), name);
    }
    select = select.filter(C::RollupVersion.into_expr().eq(active_version_expr())).filter(in_sight(
        scope,
        rollup_filter,
        C::OwnerId,
        C::TeamId,
        C::CampaignId,
        C::Batch,
    ));
    let select = grouped(select, of.into(), by, C::Day, [C::OwnerId, C::TeamId, C::CampaignId]);
    let statement = select.as_query().clone();
    let found = db.cached_query(scope, &statement, async {
        let rows = select.into_model::<SoldRow>().all(&db.read).await.map_err(unexpected)?;
        let sold = |row: &SoldRow| Sold {
            orders: row.orders.unwrap_or_default(),
            value: row.value.unwrap_or_default(),
            cancelled: row.cancelled.unwrap_or_default(),
            connected: row.connected.unwrap_or_default(),
        };
        Ok(rows.iter().map(|row| GroupedFigure { day: row.day, id: row.id, it: sold(row) }).collect::<Vec<_>>())
    });
    Ok(found.await?.to_vec())
}

/// What was connected, by group; one sum without `by`.
pub(crate) async fn connected(
    db: &Db,
    scope: &Scope,
    rollup_filter: RollupFilter,
    of: impl Into<Window>,
    by: Option<RollupGrouping>,
) -> Result<Vec<GroupedFigure<Connected>>> {
    use daily_connected::Column as C;
    let mut select: Select<daily_connected::Entity> = daily_connected::Entity::find().select_only();
    for (column, name) in [(C::Orders, "orders"), (C::Value, "value")] {
        select = select.column_as(sum(column), name);
    }
    select = select.filter(in_sight(scope, rollup_filter, C::OwnerId, C::TeamId, C::CampaignId, C::Batch));
    let select = grouped(select, of.into(), by, C::Day, [C::OwnerId, C::TeamId, C::CampaignId]);
    let statement = select.as_query().clone();
    let found = db.cached_query(scope, &statement, async {
        let rows = select.into_model::<ConnectedRow>().all(&db.read).await.map_err(unexpected)?;
        let connected = |row: &ConnectedRow| Connected { orders: row.orders.unwrap_or_default(), value: row.value.unwrap_or_default() };
        Ok(rows.iter().map(|row| GroupedFigure { day: row.day, id: row.id, it: connected(row) }).collect::<Vec<_>>())
    });
    Ok(found.await?.to_vec())
}

/// The figure of an id; zero if there is none.
pub(crate) fn of_id<T: Copy + Default>(found: &[GroupedFigure<T>], id: i64) -> T {
    found.iter().find(|of| of.id == Some(id)).map_or_else(T::default, |of| of.it)
}

/// The sum of what was sold in a range of days.
pub(crate) async fn sold_in(db: &Db, scope: &Scope, rollup_filter: RollupFilter, days: DateRange) -> Result<Sold> {
    Ok(sum_sold(db, scope, rollup_filter, days, None).await?.first().map_or_else(Sold::default, |of| of.it))
}

/// The sum of what was connected in a range of days.
pub(crate) async fn connected_in(db: &Db, scope: &Scope, rollup_filter: RollupFilter, days: DateRange) -> Result<Connected> {
    Ok(connected(db, scope, rollup_filter, days, None).await?.first().map_or_else(Connected::default, |of| of.it))
}
