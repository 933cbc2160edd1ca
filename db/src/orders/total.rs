//! What a list is worth together: from the rollups where they know it, else added up as far as a list is counted.

use chrono::{Days, NaiveDate};
use domain::{
    Result,
    money::Money,
    orders::{
        Status,
        list::{Filter, ListQuery, OrdersPage, Span, View},
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
    figures::read::{self, Cut},
};

/// How many a list holds and what they are worth; no sum where there are too many that no rollup knows, or where no window of days
/// makes the list a figure.
pub(crate) async fn total(db: &Db, scope: &Scope, page: &OrdersPage) -> Result<(String, Option<Money>)> {
    let query = &page.query;
    let filter = &query.filter;
    let windowed = matches!(query.view, View::Today | View::Week | View::Month | View::ConnectedMonth);
    if !query.text.is_empty() || (!windowed && filter.created.is_open() && filter.connected.is_open()) {
        return Ok((page.count.to_string(), None));
    }
    if let Some((orders, value)) = known(db, scope, query).await? {
        return Ok((grouped(orders), Some(Money(value))));
    }
    if page.count.0 > COUNT_TO {
        return Ok((page.count.to_string(), None));
    }
    let mut sum = Query::select();
    sum.expr_as(Expr::cust("CAST(coalesce(sum(box_value), 0) AS BIGINT)"), Alias::new("value")).from(order::Entity).cond_where(filtered(
        scope,
        query,
        db.now(),
    ));
    let row = db.read.query_one(&sum).await.map_err(unexpected)?;
    Ok((page.count.to_string(), row.and_then(|row| row.try_get("", "value").ok()).map(Money)))
}

/// Orders and value of a list that is one figure of the rollups: a window of days and at most an owner, a team and a campaign.
async fn known(db: &Db, scope: &Scope, query: &ListQuery) -> Result<Option<(u64, i64)>> {
    let Filter { statuses, owner, team, campaign, company, network, created, connected, value, due, sold } = &query.filter;
    if company.is_some() || network.is_some() || !value.is_open() || *due {
        return Ok(None);
    }
    let cut = Cut { owner: owner.map(|it| it.0), team: team.map(|it| it.0), campaign: campaign.map(|it| it.0) };
    let today = scope.settings.calendar.day(db.now());
    let of_view = match query.view {
        View::All => None,
        View::Today => Some((today, today)),
        View::Week => Some((Calendar::monday(today), Calendar::monday(today) + Days::new(6))),
        View::Month | View::ConnectedMonth => Some(domain::dashboard::Period::Month.days(today)),
        _ => return Ok(None),
    };
    let window = |span: &Span<NaiveDate>| Some((span.from?, span.to?));
    let by_connection = query.view == View::ConnectedMonth || !connected.is_open();
    if by_connection {
        let days = if query.view == View::ConnectedMonth && connected.is_open() { of_view } else { window(connected) };
        let all = statuses.is_empty() || statuses.as_slice() == [Status::Connected];
        let alone = created.is_open() && (query.view == View::All || (query.view == View::ConnectedMonth && connected.is_open()));
        let Some(days) = days.filter(|_| all && alone) else { return Ok(None) };
        let it = read::connected_in(db, scope, cut, Some(days)).await?;
        return Ok(Some((it.orders.unsigned_abs(), it.value)));
    }
    let days = match of_view {
        Some(days) if created.is_open() => Some(days),
        Some(_) => None,
        None => window(created),
    };
    let Some(days) = days.filter(|_| *sold && statuses.is_empty()) else { return Ok(None) };
    let it = read::sold_in(db, scope, cut, Some(days)).await?;
    Ok(Some((it.orders.unsigned_abs(), it.value)))
}
