//! Orders that need attention: Issues, held for over 3 days, follow-ups due, open comments.

use domain::{
    Result,
    orders::{
        OrderRow, Status,
        list::{Filter, ListQuery, SortBy, View},
    },
};
use sea_orm::{
    ConnectionTrait, Order,
    sea_query::{Expr, ExprTrait, Func, Query, WindowStatement},
};

use crate::{
    Db, Scope, dialect,
    entity::{comment, order},
    error::unexpected,
    orders::{Rows, filtered},
    reference_data::ReferenceData,
    rollups::read::RollupFilter,
};

/// The first orders with one reason, and the URL of all of them.
#[derive(Clone, Debug)]
pub struct AttentionItem {
    pub why: &'static str,
    /// The first orders.
    pub rows: Vec<OrderRow>,
    /// The URL of the list of exactly these orders.
    pub href: String,
}

/// Rows per reason.
const SHOWN: u64 = 3;
/// How many days an order may be Held.
const HELD: u32 = 3;

/// The orders that need attention, by reason; reasons without orders are left out. One statement finds them, one reads them.
pub async fn attention(db: &Db, scope: &Scope, reference_data: &ReferenceData, rollup_filter: RollupFilter) -> Result<Vec<AttentionItem>> {
    let now = db.now();
    let filter = super::list_filter(rollup_filter);
    let of = |view: View, statuses: Vec<Status>| ListQuery::of(view).with(Filter { statuses, ..filter.clone() });
    let (issues, mut held, due) = (of(View::All, vec![Status::Issues]), of(View::All, vec![Status::Held]), of(View::Due, Vec::new()));
    held.filter.unmoved = Some(HELD);
    let mut commented = of(View::All, Vec::new());
    commented.filter.open_comment = true;
    let col = |column: order::Column| (order::Entity, column);
    let first = |query: &ListQuery, by: order::Column| {
        let mut some = Query::select();
        some.column(col(order::Column::Id))
            .expr_as(Expr::col(col(by)), "sort")
            .from(order::Entity)
            .cond_where(filtered(scope, query, now))
            .order_by(col(by), Order::Asc)
            .limit(SHOWN);
        some
    };
    // The newest open comments.
    let seen = Query::select()
        .expr(Expr::value(1))
        .from(order::Entity)
        .and_where(Expr::col(col(order::Column::Id)).equals((comment::Entity, comment::Column::OrderId)))
        .cond_where(filtered(scope, &of(View::All, Vec::new()), now))
        .take();
    let mut open = Query::select();
    open.expr_as(Expr::col((comment::Entity, comment::Column::OrderId)), "id")
        .expr_as(Expr::col((comment::Entity, comment::Column::CreatedAt)).mul(-1_i64), "sort")
        .from(comment::Entity)
        .and_where(Expr::cust("comments.status <> 'Closed'"))
        .and_where(Expr::exists(seen))
        .order_by((comment::Entity, comment::Column::CreatedAt), Order::Desc)
        .limit(SHOWN * 3);
    let reasons = [
        ("Follow-up due", first(&due, order::Column::FollowUpOn), due, SortBy::FollowUp),
        ("Issues", first(&issues, order::Column::CreatedAt), issues, SortBy::Created),
        ("Held for over 3 days", first(&held, order::Column::CreatedAt), held, SortBy::Created),
        ("Open comments", open, commented, SortBy::Created),
    ];
    // Each subquery carries its reason and rank; then they are combined.
    let parts = reasons.iter().enumerate().map(|(nth, (_, some, ..))| {
        let place = Func::cust("row_number");
        let by = WindowStatement::new().order_by("sort", Order::Asc).order_by("id", Order::Asc).take();
        let nth = Expr::value(i64::try_from(nth).unwrap_or_default());
        Query::select().expr_as(nth, "reason").column("id").expr_window_as(place, by, "place").from_subquery(some.clone(), "some").take()
    });
    let Some(all) = dialect::one_after_another(parts) else { return Ok(Vec::new()) };
    let found = db.read.query_all(&all).await.map_err(unexpected)?;
    let mut places: Vec<(i64, i64, i64)> = Vec::with_capacity(found.len());
    for row in &found {
        let get = |name: &str| row.try_get::<i64>("", name).map_err(unexpected);
        places.push((get("reason")?, get("place")?, get("id")?));
    }
    places.sort_unstable();
    let ids: Vec<i64> = places.iter().map(|(.., id)| *id).collect();
    let rows = Rows::read(db, &ids).await?;
    let mut attention = Vec::new();
    for (nth, (why, _, query, by)) in (0..).zip(reasons) {
        let mut ids: Vec<i64> = Vec::new();
        for (.., id) in places.iter().filter(|(reason, ..)| *reason == nth) {
            // Several comments may belong to one order.
            if !ids.contains(id) && ids.len() < SHOWN as usize {
                ids.push(*id);
            }
        }
        let rows = rows.shown(scope, reference_data, &ids, by, &[], now);
        if !rows.is_empty() {
            attention.push(AttentionItem { why, rows, href: query.href() });
        }
    }
    Ok(attention)
}
