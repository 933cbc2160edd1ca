//! The total value of a list: from the rollups where possible, otherwise summed up to the count limit.

use chrono::{Days, NaiveDate};
use domain::{
    Result,
    money::Money,
    orders::{
        Status,
        list::{Bounds, Filter, ListQuery, OrdersPage, View},
    },
    page::{COUNT_TO, grouped},
};
use sea_orm::{
    ConnectionTrait,
    sea_query::{Alias, Expr, Query},
};

use super::list::filtered;
use crate::{
    Db, Scope,
    calendar::Calendar,
    entity::order,
    error::unexpected,
    rollups::read::{self, RollupFilter},
};

/// The totals of a list.
pub(crate) struct ListTotal {
    /// The number of orders: exact, or `10,000+`.
    pub count: String,
    /// The value of orders that are not cancelled, like revenue; of all orders if the list is filtered by status.
    pub value: Option<Money>,
    /// The number of cancelled orders that the value excludes.
    pub left_out: u64,
}

/// The count and total of a list; no total where there are too many orders that no rollup covers, or where no range of days
/// makes the list a figure.
pub(crate) async fn total(db: &Db, scope: &Scope, page: &OrdersPage) -> Result<ListTotal> {
    let query = &page.query;
    let filter = &query.filter;
    let windowed = matches!(query.view, View::Today | View::Week | View::Month | View::ConnectedMonth);
    if !query.text.is_empty() || (!windowed && filter.created.is_open() && filter.connected.is_open()) {
        return Ok(ListTotal { count: page.count.to_string(), value: None, left_out: 0 });
    }
    if let Some((orders, value, left_out)) = read_rollups(db, scope, query).await? {
        return Ok(ListTotal { count: grouped(orders), value: Some(Money(value)), left_out });
    }
    if page.count.0 > COUNT_TO {
        return Ok(ListTotal { count: page.count.to_string(), value: None, left_out: 0 });
    }
    let counted = if filter.statuses.is_empty() { "orders.status <> 'CNL'" } else { "1 = 1" };
    let sum = |of: &str| Expr::cust(format!("CAST(coalesce(sum(CASE WHEN {of} END), 0) AS BIGINT)"));
    let mut sums = Query::select();
    sums.expr_as(sum(&format!("{counted} THEN box_value")), Alias::new("value"))
        .expr_as(sum(&format!("NOT ({counted}) THEN 1")), Alias::new("left_out"))
        .from(order::Entity)
        .cond_where(filtered(scope, query, db.now()));
    let summed = db.cached_query(scope, &sums, async {
        let row = db.read.query_one(&sums).await.map_err(unexpected)?;
        let of = |name: &str| row.as_ref().and_then(|row| row.try_get::<i64>("", name).ok());
        Ok((of("value"), of("left_out").unwrap_or_default().unsigned_abs()))
    });
    let (value, left_out) = *summed.await?;
    Ok(ListTotal { count: page.count.to_string(), value: value.map(Money), left_out })
}

/// Orders, value and cancelled orders of a list that the rollups cover: a range of days and at most an owner, a team and a
/// campaign.
async fn read_rollups(db: &Db, scope: &Scope, query: &ListQuery) -> Result<Option<(u64, i64, u64)>> {
    let Filter { statuses, owner, team, campaign, company, network, created, connected, value, due, sold, without, unmoved, open_comment } =
        &query.filter;
    let narrowed = !value.is_open() || *due || !without.is_empty() || unmoved.is_some() || *open_comment;
    if company.is_some() || network.is_some() || narrowed {
        return Ok(None);
    }
    let rollup_filter = RollupFilter { owner: owner.map(|it| it.0), team: team.map(|it| it.0), campaign: campaign.map(|it| it.0) };
    let today = scope.settings.calendar.day(db.now());
    let of_view = match query.view {
        View::All => None,
        View::Today => Some((today, today)),
        View::Week => Some((Calendar::monday(today), Calendar::monday(today) + Days::new(6))),
        View::Month | View::ConnectedMonth => Some(domain::dashboard::Period::Month.days(today)),
        _ => return Ok(None),
    };
    let window = |bounds: &Bounds<NaiveDate>| Some((bounds.from?, bounds.to?));
    let by_connection = query.view == View::ConnectedMonth || !connected.is_open();
    if by_connection {
        let days = if query.view == View::ConnectedMonth && connected.is_open() { of_view } else { window(connected) };
        let all = statuses.is_empty() || statuses.as_slice() == [Status::Connected];
        let alone = created.is_open() && (query.view == View::All || (query.view == View::ConnectedMonth && connected.is_open()));
        let Some(days) = days.filter(|_| all && alone) else { return Ok(None) };
        let it = read::connected_in(db, scope, rollup_filter, days).await?;
        return Ok(Some((it.orders.unsigned_abs(), it.value, 0)));
    }
    let days = match of_view {
        Some(days) if created.is_open() => Some(days),
        Some(_) => None,
        None => window(created),
    };
    let Some(days) = days.filter(|_| statuses.is_empty()) else { return Ok(None) };
    let it = read::sold_in(db, scope, rollup_filter, days).await?;
    let left_out = if *sold { 0 } else { it.cancelled.unsigned_abs() };
    Ok(Some((it.orders.unsigned_abs() + left_out, it.value, left_out)))
}
