//! The board: the filtered orders in one column per status, each with its count, total and newest orders.

use domain::{
    Result,
    id::UserId,
    money::Money,
    orders::{
        Status,
        list::{Filter, ListQuery, OrdersPage, PagePosition, SortBy, View},
        pages::{BoardColumn, BoardView, Card},
    },
    page::{COUNT_TO, Count},
};
use sea_orm::{
    Condition, ConnectionTrait, QueryResult,
    sea_query::{Alias, Expr, Func, Order, Query},
};

use super::{
    list::{self, Rows, drop_unknown_ids, filtered, sort_expr},
    list_view,
};
use crate::{Db, Scope, dialect, entity::order, error::unexpected};

/// Orders per column.
const COLUMN: u64 = 20;

/// Reads the board. Status filters are ignored, because every status has a column.
pub async fn board(db: &Db, scope: &Scope, query: ListQuery, mut ignored: Vec<String>) -> Result<BoardView> {
    let now = db.now();
    let mut query = ListQuery { view: View::Board, place: PagePosition::Page(1), sort: None, text: String::new(), ..query };
    query.filter.statuses.clear();
    drop_unknown_ids(db, &mut query, &mut ignored).await?;
    let narrowed =
        |status| ListQuery { view: View::All, filter: Filter { statuses: vec![status], ..query.filter.clone() }, ..query.clone() };
    let filters = Status::ALL.map(|status| filtered(scope, &narrowed(status), now));
    let worth = worth(db, scope, &filters).await?;
    let newest = filters.map(|filter| list::ordered(ListQuery::of(View::All).sorted(), 0, COLUMN).cond_where(filter).take());
    let mut ids = match dialect::one_after_another(newest) {
        Some(all) => list::ids(db, &all).await?,
        None => Vec::new(),
    };
    let column = |(status, (count, sum)): (Status, (Count, Money))| BoardColumn {
        status,
        cards: Vec::new(),
        count: count.to_string(),
        sum: if count.is_capped() { String::new() } else { sum.show(&scope.settings.currency) },
        more: (count.0 > COLUMN).then(|| narrowed(status).href()),
    };
    let mut columns: Vec<BoardColumn> = Status::ALL.into_iter().zip(worth).map(column).collect();
    let (reference_data, found) = (db.reference_data().await?, Rows::read(db, &ids).await?);
    // A UNION has no order.
    ids.sort_unstable_by_key(|id| std::cmp::Reverse(found.place(*id)));
    // A card goes to the column of the row that was read last: the order may have changed between the two statements.
    for id in ids {
        let (Some(row), Some((version, owner))) =
            (found.shown(scope, &reference_data, &[id], SortBy::Created, &[], now).pop(), found.version(id))
        else {
            continue;
        };
        let next = if scope.authority().may_edit(owner.map(UserId)) {
            scope.settings.rules.next_for(row.status, scope.authority())
        } else {
            Vec::new()
        };
        if let Some(column) = columns.iter_mut().find(|it| it.status == row.status) {
            column.cards.push(Card { row, version, next });
        }
    }
    let (rows, count) = (Vec::new(), Count(0));
    let page = OrdersPage { query, per_page: 9, rows, count, page: Some(1), pages: 1, newer: None, older: None, ignored };
    Ok(BoardView { list: list_view::list_view(db, scope, page).await?, columns })
}

/// The count and total of each column, up to the count limit, in one statement.
async fn worth(db: &Db, scope: &Scope, filters: &[Condition]) -> Result<Vec<(Count, Money)>> {
    let parts = filters.iter().enumerate().map(|(nth, filter)| {
        let mut some = Query::select();
        some.expr_as(sort_expr(SortBy::Value), Alias::new("value"))
            .from(order::Entity)
            .cond_where(filter.clone())
            .order_by_expr(sort_expr(SortBy::Value), Order::Desc)
            .limit(COUNT_TO + 1);
        let mut all = Query::select();
        all.expr_as(Expr::value(i64::try_from(nth).unwrap_or_default()), Alias::new("nth"))
            .expr_as(Func::count(Expr::col(sea_orm::sea_query::Asterisk)), Alias::new("n"))
            .expr_as(Expr::cust("CAST(coalesce(sum(CASE WHEN value > 0 THEN value ELSE 0 END), 0) AS BIGINT)"), Alias::new("sum"))
            .from_subquery(some, Alias::new("capped"));
        all
    });
    let Some(all) = dialect::one_after_another(parts) else { return Ok(Vec::new()) };
    let worth = db.cached_query(scope, &all, async {
        let rows = db.read.query_all(&all).await.map_err(unexpected)?;
        let get = |nth: usize, name: &str| {
            let of = |row: &QueryResult| row.try_get::<i64>("", "nth").is_ok_and(|it| usize::try_from(it) == Ok(nth));
            rows.iter().find(|row| of(row)).and_then(|row| row.try_get::<i64>("", name).ok()).unwrap_or_default()
        };
        Ok((0..filters.len()).map(|nth| (Count(get(nth, "n").unsigned_abs()), Money(get(nth, "sum")))).collect::<Vec<_>>())
    });
    Ok(worth.await?.to_vec())
}
