//! Lists and their counts. A page is found in an index alone (keys first), then its rows are read by id.

use chrono::{Days, NaiveDate};
use domain::{
    Result,
    id::UserId,
    moment::Moment,
    money::Money,
    orders::{
        OrderRow, Status,
        list::{Key, ListQuery, OrdersPage, Place, View, ViewCounts},
    },
    page::{COUNT_TO, Count, LAST_NUMBERED, SIZES},
    role::Act,
    users::display_name,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Statement,
    sea_query::{Alias, Expr, ExprTrait, Func, Order, Query, SelectStatement},
};

use crate::{
    Db, Scope,
    calendar::Calendar,
    dialect,
    entity::{order, user},
    error::unexpected,
    scope::published,
};

/// Days of a `NaiveDate` since 1970: the sort key of the list by connected date.
fn epoch_day(day: NaiveDate) -> i64 {
    (day - NaiveDate::default()).num_days()
}

/// The orders of a list, before status, owner and place.
fn of_view(scope: &Scope, view: View, now: i64) -> Condition {
    let calendar = scope.settings.calendar;
    let today = calendar.day(now);
    let since = |day: NaiveDate| Condition::all().add(order::Column::CreatedAt.gte(calendar.start(day)));
    match view {
        View::All => Condition::all(),
        View::Today => since(today).add(order::Column::CreatedAt.lt(calendar.start(today + Days::new(1)))),
        View::Week => {
            since(Calendar::monday(today)).add(order::Column::CreatedAt.lt(calendar.start(Calendar::monday(today) + Days::new(7))))
        }
        View::Month => since(Calendar::first(today)).add(order::Column::CreatedAt.lt(calendar.start(next_month(today)))),
        View::ConnectedMonth => Condition::all()
            .add(order::Column::Status.eq(Status::Connected.code()))
            .add(order::Column::ConnectedOn.gte(Calendar::first(today)))
            .add(order::Column::ConnectedOn.lt(next_month(today))),
        View::Mine => Condition::all().add(order::Column::OwnerId.eq(scope.me.id.0)),
    }
}

fn next_month(day: NaiveDate) -> NaiveDate {
    Calendar::first(Calendar::first(day) + Days::new(31))
}

fn filtered(scope: &Scope, query: &ListQuery, now: i64) -> Condition {
    let mut filter = scope.sight().add(of_view(scope, query.view, now));
    if let Some(status) = query.status {
        filter = filter.add(order::Column::Status.eq(status.code()));
    }
    if let Some(owner) = query.owner {
        filter = filter.add(order::Column::OwnerId.eq(owner.0));
    }
    filter
}

fn sort_of(view: View) -> order::Column {
    if view == View::ConnectedMonth { order::Column::ConnectedOn } else { order::Column::CreatedAt }
}

/// Counts up to `most`. The order costs nothing and keeps the count inside an index, off the wide rows.
fn counting(view: View, filter: Condition, most: u64) -> SelectStatement {
    let mut capped = Query::select();
    capped.expr(Expr::value(1)).from(order::Entity).cond_where(filter).order_by(sort_of(view), Order::Desc).limit(most);
    Query::select().expr(Func::count(Expr::col(sea_orm::sea_query::Asterisk))).from_subquery(capped, Alias::new("capped")).to_owned()
}

/// The counts of the rail, each exact to 10,000, in one statement.
pub async fn counts(db: &Db, scope: &Scope) -> Result<ViewCounts> {
    let now = db.now();
    let mut all = Query::select();
    for view in View::ALL {
        let one = counting(view, filtered(scope, &ListQuery::of(view), now), COUNT_TO + 1);
        all.expr_as(Expr::SubQuery(None, Box::new(one.into())), Alias::new(format!("{view:?}").to_lowercase()));
    }
    let row = db.read.query_one(&all).await.map_err(unexpected)?;
    let of = |view: View| {
        let name = format!("{view:?}").to_lowercase();
        row.as_ref().and_then(|row| row.try_get::<i64>("", &name).ok()).map_or(Count(0), |n| Count(n.unsigned_abs()))
    };
    Ok(ViewCounts(View::ALL.map(|view| (view, of(view))).to_vec()))
}

/// Where the keys of a page come from.
fn keys(query: &ListQuery, filter: Condition, per_page: u64, calendar: Calendar) -> sea_orm::Select<order::Entity> {
    let sort = sort_of(query.view);
    let bound = |key: Key| -> sea_orm::Value {
        if query.view == View::ConnectedMonth {
            NaiveDate::default().checked_add_days(Days::new(key.sort.clamp(0, 100_000).unsigned_abs())).into()
        } else {
            key.sort.into()
        }
    };
    let beyond = |key: Key, newer: bool| {
        let (by_sort, by_id) = if newer {
            (Expr::col(sort).gt(bound(key)), Expr::col(order::Column::Id).gt(key.id))
        } else {
            (Expr::col(sort).lt(bound(key)), Expr::col(order::Column::Id).lt(key.id))
        };
        Condition::any().add(by_sort).add(Condition::all().add(Expr::col(sort).eq(bound(key))).add(by_id))
    };
    // The plain bound lets both databases start in the index at the right place; the exact one follows it.
    let near = |key: Key, newer: bool| if newer { Expr::col(sort).gte(bound(key)) } else { Expr::col(sort).lte(bound(key)) };
    let select = order::Entity::find().select_only().column(order::Column::Id).column(sort).filter(filter).limit(per_page + 1);
    let down = |it: sea_orm::Select<order::Entity>| it.order_by_desc(sort).order_by_desc(order::Column::Id);
    match query.place {
        Place::Page(page) => down(select).offset(u64::from(page.saturating_sub(1)) * per_page),
        Place::OlderThan(key) => down(select.filter(near(key, false)).filter(beyond(key, false))),
        Place::NewerThan(key) => {
            select.filter(near(key, true)).filter(beyond(key, true)).order_by_asc(sort).order_by_asc(order::Column::Id)
        }
        Place::On(day) if query.view == View::ConnectedMonth => down(select.filter(sort.lte(day))),
        Place::On(day) => down(select.filter(sort.lt(calendar.start(day + Days::new(1))))),
    }
}

/// The statements of a list, as text with their values in place: for the tests that read plans.
pub fn list_keys_sql(db: &Db, scope: &Scope, query: &ListQuery) -> [String; 2] {
    let backend = dialect::backend(db);
    let filter = filtered(scope, query, db.now());
    [
        keys(query, filter.clone(), 9, scope.settings.calendar).build(backend).to_string(),
        backend.build(&counting(query.view, filter, COUNT_TO + 1)).to_string(),
    ]
}

#[derive(FromQueryResult)]
struct Listed {
    id: i64,
    number: String,
    status: String,
    business_name: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    mobile: Option<String>,
    mobile_e164: Option<String>,
    landline: Option<String>,
    email: Option<String>,
    network: Option<String>,
    box_value: Option<i64>,
    created_at: i64,
    campaign: Option<String>,
    owner_first: Option<String>,
    owner_last: Option<String>,
    owner_username: Option<String>,
}

/// A page of a list, newest first.
///
/// Nothing in an address makes it fail: what makes no sense was replaced by [`ListQuery::from_pairs`] and is named in `ignored`;
/// a page past the end becomes the last one.
pub async fn list(db: &Db, scope: &Scope, query: ListQuery, mut ignored: Vec<String>) -> Result<OrdersPage> {
    let now = db.now();
    let mut query = query;
    let per_page = query.per_page.unwrap_or(SIZES[0]);
    let owners = owners(db, query.owner).await?;
    if query.owner.is_some_and(|id| owners.iter().all(|(known, _)| *known != id)) {
        query.owner = None;
        ignored.push("That owner is not known: showing all.".into());
    }
    let filter = filtered(scope, &query, now);
    let count = Count(count_to(db, &query, &filter, COUNT_TO + 1).await?);
    // Large pages can number more rows than the count shows; how many pages there are must still be true.
    let numbered = u64::from(LAST_NUMBERED) * u64::from(per_page);
    let found_rows = if count.is_capped() && numbered > COUNT_TO { count_to(db, &query, &filter, numbered).await? } else { count.0 };
    let pages = u32::try_from(found_rows.div_ceil(u64::from(per_page))).unwrap_or(LAST_NUMBERED).clamp(1, LAST_NUMBERED);
    if let Place::Page(page) = query.place
        && page > pages
    {
        ignored.push(format!("There is no page {page}: showing the last one."));
        query.place = Place::Page(pages);
    }
    let found = keys(&query, filter, u64::from(per_page), scope.settings.calendar);
    let mut keys: Vec<Key> = if query.view == View::ConnectedMonth {
        let rows: Vec<(i64, Option<NaiveDate>)> = found.into_tuple().all(&db.read).await.map_err(unexpected)?;
        rows.into_iter().map(|(id, day)| Key { sort: day.map_or(0, epoch_day), id }).collect()
    } else {
        let rows: Vec<(i64, i64)> = found.into_tuple().all(&db.read).await.map_err(unexpected)?;
        rows.into_iter().map(|(id, sort)| Key { sort, id }).collect()
    };
    let more = keys.len() > per_page as usize;
    keys.truncate(per_page as usize);
    let upwards = matches!(query.place, Place::NewerThan(_));
    if upwards {
        keys.reverse();
    }
    let (first, last) = (keys.first().copied(), keys.last().copied());
    let (newer, older) = match query.place {
        Place::Page(page) => {
            let newer = (page > 1).then(|| Place::Page(page - 1));
            let older = if page < pages && more { Some(Place::Page(page + 1)) } else { last.filter(|_| more).map(Place::OlderThan) };
            (newer, older)
        }
        Place::OlderThan(_) => (first.map(Place::NewerThan), last.filter(|_| more).map(Place::OlderThan)),
        Place::NewerThan(_) if !more => (None, last.map(Place::OlderThan)),
        Place::NewerThan(_) => (first.map(Place::NewerThan), last.map(Place::OlderThan)),
        Place::On(_) => (first.map(Place::NewerThan), last.filter(|_| more).map(Place::OlderThan)),
    };
    // The way up ends on the first page, by its number.
    if upwards && !more {
        query.place = Place::Page(1);
        return Box::pin(list(db, scope, query, ignored)).await;
    }
    let rows = rows(db, scope, &keys, now).await?;
    let page = if let Place::Page(page) = query.place { Some(page) } else { None };
    Ok(OrdersPage { query, per_page, rows, count, page, pages, newer, older, ignored, may_create: scope.actor().may(Act::Create), owners })
}

async fn count_to(db: &Db, query: &ListQuery, filter: &Condition, most: u64) -> Result<u64> {
    let row = db.read.query_one(&counting(query.view, filter.clone(), most)).await.map_err(unexpected)?;
    Ok(row.and_then(|row| row.try_get_by_index::<i64>(0).ok()).unwrap_or_default().unsigned_abs())
}

async fn rows(db: &Db, scope: &Scope, keys: &[Key], now: i64) -> Result<Vec<OrderRow>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let ids = keys.iter().map(|key| key.id.to_string()).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT o.id, o.number, o.status, o.business_name, o.first_name, o.last_name, o.mobile, o.mobile_e164, o.landline, o.email, \
         o.network, o.box_value, o.created_at, c.name AS campaign, u.first_name AS owner_first, u.last_name AS owner_last, \
         u.username AS owner_username \
         FROM orders o LEFT JOIN campaigns c ON c.id = o.campaign_id LEFT JOIN users u ON u.id = o.owner_id WHERE o.id IN ({ids})"
    );
    let listed = Listed::find_by_statement(Statement::from_string(dialect::backend(db), sql)).all(&db.read).await.map_err(unexpected)?;
    let mut by_id: std::collections::HashMap<i64, Listed> = listed.into_iter().map(|row| (row.id, row)).collect();
    Ok(keys.iter().filter_map(|key| by_id.remove(&key.id)).map(|row| worded(row, scope, now)).collect())
}

fn worded(row: Listed, scope: &Scope, now: i64) -> OrderRow {
    let name = [row.first_name.as_deref(), row.last_name.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let name = Some(name).filter(|name| !name.is_empty());
    let created: Moment = scope.settings.calendar.moment(row.created_at, now);
    let has_business = row.business_name.is_some();
    let customer = row.business_name.or_else(|| name.clone()).or_else(|| row.mobile.clone()).or(row.landline).or(row.email);
    OrderRow {
        number: row.number,
        status: Status::from_code(&row.status).unwrap_or(Status::Issues),
        customer: customer.unwrap_or_else(|| "No name".into()),
        contact: name.filter(|_| has_business),
        mobile: row.mobile,
        mobile_e164: row.mobile_e164,
        network: row.network,
        campaign: row.campaign,
        owner: row.owner_username.map(|username| {
            display_name(row.owner_first.as_deref().unwrap_or_default(), row.owner_last.as_deref().unwrap_or_default(), &username)
        }),
        box_value: row.box_value.map(|sum| Money(sum).show(&scope.settings.currency)),
        created,
    }
}

/// The people by whom a list can be narrowed: the active ones, and the one who is asked for.
async fn owners(db: &Db, asked: Option<UserId>) -> Result<Vec<(UserId, String)>> {
    let rows = user::Entity::find()
        .filter(published(user::Column::Batch))
        .filter(Condition::any().add(user::Column::Active.eq(true)).add(user::Column::Id.eq(asked.map_or(0, |id| id.0))))
        .order_by_asc(user::Column::FirstName)
        .order_by_asc(user::Column::LastName)
        .limit(500)
        .all(&db.read)
        .await
        .map_err(unexpected)?;
    Ok(rows.into_iter().map(|row| (UserId(row.id), display_name(&row.first_name, &row.last_name, &row.username))).collect())
}
