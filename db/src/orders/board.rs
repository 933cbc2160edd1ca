//! The board: the orders of a filter as columns by status, each with its count, its sum and the newest of its orders.

use std::collections::HashMap;

use domain::{
    Result,
    id::UserId,
    money::Money,
    orders::{
        Status,
        list::{Filter, ListQuery, OrdersPage, Place, SortBy, View},
        pages::{BoardColumn, BoardShown, Card},
    },
    page::{COUNT_TO, Count},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Alias, Expr, Func, Order, Query},
};

use super::{
    list::{self, filtered, known, rows, sort_expr},
    list_words,
};
use crate::{Db, Scope, entity::order, error::unexpected};

/// Orders of a column.
const COLUMN: u64 = 20;

/// The board of a filter; statuses in it are left out, because every status has its column.
pub async fn board(db: &Db, scope: &Scope, query: ListQuery, mut ignored: Vec<String>) -> Result<BoardShown> {
    let now = db.now();
    let mut query = ListQuery { view: View::Board, place: Place::Page(1), sort: None, text: String::new(), ..query };
    query.filter.statuses.clear();
    known(db, &mut query, &mut ignored).await?;
    let (mut columns, mut ids) = (Vec::<BoardColumn>::with_capacity(Status::ALL.len()), Vec::new());
    for status in Status::ALL {
        let narrowed = ListQuery { view: View::All, filter: Filter { statuses: vec![status], ..query.filter.clone() }, ..query.clone() };
        let filter = filtered(scope, &narrowed, now);
        let (count, sum) = worth(db, &filter).await?;
        ids.extend(list::ids(db, list::ordered(ListQuery::of(View::All).sorted(), 0, COLUMN).cond_where(filter)).await?);
        columns.push(BoardColumn {
            status,
            cards: Vec::new(),
            count: count.to_string(),
            sum: if count.is_capped() { String::new() } else { sum.show(&scope.settings.currency) },
            more: (count.0 > COLUMN).then(|| narrowed.href()),
        });
    }
    let versions = order::Entity::find()
        .select_only()
        .columns([order::Column::Number, order::Column::Version, order::Column::OwnerId])
        .filter(order::Column::Id.is_in(ids.iter().copied()))
        .into_tuple::<(String, i64, Option<i64>)>()
        .all(&db.read)
        .await
        .map_err(unexpected)?;
    let mut versions: HashMap<String, (i64, Option<i64>)> =
        versions.into_iter().map(|(number, version, owner)| (number, (version, owner))).collect();
    // A card stands where its row says that the order is: one that moved between the two questions has moved.
    for row in rows(db, scope, &ids, SortBy::Created, &[], now).await? {
        let Some((version, owner)) = versions.remove(&row.number) else { continue };
        let next =
            if scope.actor().may_edit(owner.map(UserId)) { scope.settings.rules.next_for(row.status, scope.actor()) } else { Vec::new() };
        if let Some(column) = columns.iter_mut().find(|it| it.status == row.status) {
            column.cards.push(Card { row, version, next });
        }
    }
    let (rows, count) = (Vec::new(), Count(0));
    let page = OrdersPage { query, per_page: 9, rows, count, page: Some(1), pages: 1, newer: None, older: None, ignored };
    Ok(BoardShown { list: list_words::list_shown(db, scope, page).await?, columns })
}

/// How many, and what they are worth together: up to as many as are counted.
async fn worth(db: &Db, filter: &Condition) -> Result<(Count, Money)> {
    let mut some = Query::select();
    some.expr_as(sort_expr(SortBy::Value), Alias::new("value"))
        .from(order::Entity)
        .cond_where(filter.clone())
        .order_by_expr(sort_expr(SortBy::Value), Order::Desc)
        .limit(COUNT_TO + 1);
    let mut all = Query::select();
    all.expr_as(Func::count(Expr::col(sea_orm::sea_query::Asterisk)), Alias::new("n"))
        .expr_as(Expr::cust("CAST(coalesce(sum(CASE WHEN value > 0 THEN value ELSE 0 END), 0) AS BIGINT)"), Alias::new("sum"))
        .from_subquery(some, Alias::new("capped"));
    let row = db.read.query_one(&all).await.map_err(unexpected)?;
    let get = |name: &str| row.as_ref().and_then(|row| row.try_get::<i64>("", name).ok()).unwrap_or_default();
    Ok((Count(get("n").unsigned_abs()), Money(get("sum"))))
}
