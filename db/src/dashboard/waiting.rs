//! Orders that wait for someone: Issues, Held over three days, follow-ups due, open comments.

use domain::{
    Result,
    orders::{
        OrderRow, Status,
        list::{Filter, ListQuery, SortBy, View},
    },
};
use sea_orm::{
    EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};

use crate::{
    Db, Scope,
    entity::{comment, order},
    error::unexpected,
    figures::read::Cut,
    orders::{filtered, rows},
};

/// Some of the orders that wait for one reason, and all of them.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub why: &'static str,
    /// The first of them, with what each waits for.
    pub rows: Vec<OrderRow>,
    /// The list of exactly those.
    pub href: String,
}

/// Rows shown of each reason.
const SHOWN: u64 = 3;
/// Days that an order may be Held.
const HELD: u32 = 3;

/// What waits, by reason; a reason without orders is left out.
pub async fn waiting(db: &Db, scope: &Scope, cut: Cut) -> Result<Vec<Waiting>> {
    let now = db.now();
    let filter = super::narrowed(cut);
    let of = |view: View, statuses: Vec<Status>| ListQuery::of(view).with(Filter { statuses, ..filter.clone() });
    let mut found = Vec::new();
    let (issues, mut held, due) = (of(View::All, vec![Status::Issues]), of(View::All, vec![Status::Held]), of(View::Due, Vec::new()));
    held.filter.unmoved = Some(HELD);
    for (why, query, by) in [
        ("Follow-up due", due, order::Column::FollowUpOn),
        ("Issues", issues, order::Column::CreatedAt),
        ("Held over three days", held, order::Column::CreatedAt),
    ] {
        let select = order::Entity::find()
            .select_only()
            .column(order::Column::Id)
            .filter(filtered(scope, &query, now))
            .order_by_asc(by)
            .limit(SHOWN);
        let ids: Vec<i64> = select.into_tuple().all(&db.read).await.map_err(unexpected)?;
        let sort = if why == "Follow-up due" { SortBy::FollowUp } else { SortBy::Created };
        found.push(Waiting { why, rows: rows(db, scope, &ids, sort, &[], now).await?, href: query.href() });
    }
    let mut commented = of(View::All, Vec::new());
    commented.filter.open_comment = true;
    // The newest comments that somebody still has to see to.
    let seen = Query::select()
        .expr(Expr::value(1))
        .from(order::Entity)
        .and_where(Expr::col((order::Entity, order::Column::Id)).equals((comment::Entity, comment::Column::OrderId)))
        .cond_where(filtered(scope, &of(View::All, Vec::new()), now))
        .to_owned();
    let open: Vec<i64> = comment::Entity::find()
        .select_only()
        .column(comment::Column::OrderId)
        .filter(Expr::cust("comments.status <> 'Closed'"))
        .filter(Expr::exists(seen))
        .order_by_desc(comment::Column::CreatedAt)
        .limit(SHOWN * 3)
        .into_tuple()
        .all(&db.read)
        .await
        .map_err(unexpected)?;
    let mut ids: Vec<i64> = Vec::new();
    for id in open {
        if !ids.contains(&id) && ids.len() < SHOWN as usize {
            ids.push(id);
        }
    }
    found.push(Waiting { why: "Open comments", rows: rows(db, scope, &ids, SortBy::Created, &[], now).await?, href: commented.href() });
    found.retain(|it| !it.rows.is_empty());
    Ok(found)
}
