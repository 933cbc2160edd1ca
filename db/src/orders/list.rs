//! Lists and their counts. A page is found with an index only (keys first), then its rows are read by id.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use domain::{
    Error, Result, date,
    moment::Moment,
    money::Money,
    orders::{
        FollowUpKind, NameParts, OrderFields, OrderRow, Status,
        history::HistoryKind,
        list::{Bounds, Column, Filter, Key, ListQuery, Missing, OrdersPage, PagePosition, Sort, SortBy, SortValue, View, ViewCounts},
    },
    page::{COUNT_TO, Count, LAST_NUMBERED, shorten},
    role::Permission,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryResult,
    sea_query::{Alias, Expr, ExprTrait, Func, Order, Query, SelectStatement},
};

use super::search;
use crate::{
    Db, Scope,
    calendar::Calendar,
    clock::DAY,
    dialect,
    entity::{comment, company, order, order_history},
    error::unexpected,
    reference_data::ReferenceData,
    text,
};

/// Days since 1970: the sort value of the list by day of connection.
fn epoch_day(day: NaiveDate) -> i64 {
    (day - NaiveDate::default()).num_days()
}

fn col(column: order::Column) -> (order::Entity, order::Column) {
    (order::Entity, column)
}

/// The conditions of partial indexes are literals, exactly as in the index: planners do not look at parameters.
fn exactly(condition: &'static str) -> Expr {
    Expr::cust(condition)
}

/// The condition: created on these business days, inclusive.
fn created(scope: &Scope, days: Bounds<NaiveDate>) -> Condition {
    let calendar = scope.settings.calendar;
    Condition::all()
        .add_option(days.from.map(|day| order::Column::CreatedAt.gte(calendar.start(day))))
        .add_option(days.to.map(|day| order::Column::CreatedAt.lt(calendar.start(day + Days::new(1)))))
}

/// The condition: connected on these business days, inclusive.
fn connected(days: Bounds<NaiveDate>) -> Condition {
    Condition::all()
        .add(exactly("orders.status = 'CN'"))
        .add_option(days.from.map(|day| order::Column::ConnectedOn.gte(day)))
        .add_option(days.to.map(|day| order::Column::ConnectedOn.lte(day)))
}

/// The condition: the follow-up is today or earlier, and the order is neither cancelled nor (unless it is a renewal) connected.
fn due(today: NaiveDate) -> Condition {
    let open = Condition::any().add(exactly("orders.status <> 'CN'")).add(order::Column::FollowUpKind.eq(FollowUpKind::Renewal.code()));
    Condition::all()
        .add(exactly("orders.follow_up_on IS NOT NULL"))
        .add(exactly("orders.status <> 'CNL'"))
        .add(order::Column::FollowUpOn.lte(today))
        .add(open)
}

/// The same rule for one order.
pub(crate) fn is_due(fields: &OrderFields, today: NaiveDate) -> bool {
    let open = fields.status != Status::Connected || fields.follow_up_kind == Some(FollowUpKind::Renewal);
    fields.follow_up_on.is_some_and(|day| day <= today) && fields.status != Status::Cancelled && open
}

/// The base condition of a view, without filters.
fn of_view(scope: &Scope, view: View, now: i64) -> Condition {
    let today = scope.settings.calendar.day(now);
    let days = |from: NaiveDate, to: NaiveDate| Bounds { from: Some(from), to: Some(to) };
    let month = days(Calendar::first(today), last_of_month(today));
    match view {
        View::All | View::Search | View::Trash | View::Board => Condition::all(),
        View::Today => created(scope, days(today, today)),
        View::Week => created(scope, days(Calendar::monday(today), Calendar::monday(today) + Days::new(6))),
        View::Month => created(scope, month),
        View::ConnectedMonth => connected(month),
        View::Mine => Condition::all().add(order::Column::OwnerId.eq(scope.user.id.0)),
        // Users who may edit only their own orders see only their own follow-ups.
        View::Due if !scope.authority().may(Permission::EditAny) => due(today).add(order::Column::OwnerId.eq(scope.user.id.0)),
        View::Due => due(today),
    }
}

fn last_of_month(day: NaiveDate) -> NaiveDate {
    Calendar::first(Calendar::first(day) + Days::new(31)) - Days::new(1)
}

/// The conditions of all filters, without the search text.
pub(crate) fn filtered(scope: &Scope, query: &ListQuery, now: i64) -> Condition {
    let filter = &query.filter;
    let visible = if query.view == View::Trash { scope.trash() } else { scope.visible_orders() };
    let codes: Vec<&str> = filter.statuses.iter().map(|status| status.code()).collect();
    let status = match codes.as_slice() {
        [] => None,
        [one] => Some(order::Column::Status.eq(*one)),
        several => Some(order::Column::Status.is_in(several.iter().copied())),
    };
    let mut all = visible
        .add(of_view(scope, query.view, now))
        .add_option(status)
        .add_option(filter.owner.map(|id| order::Column::OwnerId.eq(id.0)))
        .add_option(filter.team.map(|id| order::Column::TeamId.eq(id.0)))
        .add_option(filter.campaign.map(|id| order::Column::CampaignId.eq(id.0)))
        .add_option(filter.company.map(|id| order::Column::CompanyId.eq(id.0)))
        .add_option(filter.network.as_deref().map(|network| order::Column::Network.eq(network)))
        .add_option(filter.value.from.map(|sum| sort_expr(SortBy::Value).gte(sum.0)))
        .add_option(filter.value.to.map(|sum| sort_expr(SortBy::Value).lte(sum.0)));
    if !filter.value.is_open() {
        // As in the index, where a missing value is -1.
        all = all.add(sort_expr(SortBy::Value).gte(0_i64));
    }
    if !filter.created.is_open() {
        all = all.add(created(scope, filter.created));
    }
    if !filter.connected.is_open() {
        all = all.add(connected(filter.connected));
    }
    if filter.sold {
        all = all.add(order::Column::Status.ne(Status::Cancelled.code()));
    }
    if filter.due {
        all = all.add(due(scope.settings.calendar.day(now)));
    }
    for missing in &filter.without {
        all = all.add(lacking(*missing));
    }
    if filter.open_comment {
        // Starting from the comments: there are fewer open comments than orders.
        let open = Query::select()
            .column(comment::Column::OrderId)
            .from(comment::Entity)
            .and_where(Expr::cust("comments.status <> 'Closed'"))
            .take();
        all = all.add(order::Column::Id.in_subquery(open));
    }
    let since = filter.unmoved.map(|days| now - i64::from(days) * DAY);
    // Creation counts as a status change: younger orders need not be checked.
    all.add_option(since.map(|since| order::Column::CreatedAt.lt(since))).add_option(since.map(unmoved))
}

/// The condition: without this value.
fn lacking(missing: Missing) -> Expr {
    match missing {
        Missing::Owner => order::Column::OwnerId.is_null(),
        Missing::Team => order::Column::TeamId.is_null(),
        Missing::Campaign => order::Column::CampaignId.is_null(),
        Missing::Company => order::Column::CompanyId.is_null(),
        Missing::Network => order::Column::Network.is_null(),
        // As in the index.
        Missing::Value => sort_expr(SortBy::Value).lt(0_i64),
    }
}

/// The condition: the status has not changed since an instant. Edits and comments do not count, only status changes.
fn unmoved(since: i64) -> Expr {
    let moved = Query::select()
        .expr(Expr::value(1))
        .from(order_history::Entity)
        .and_where(Expr::col((order_history::Entity, order_history::Column::OrderId)).equals(col(order::Column::Id)))
        .and_where(Expr::col((order_history::Entity, order_history::Column::At)).gte(since))
        .and_where(
            Expr::col((order_history::Entity, order_history::Column::Happened))
                .is_in([HistoryKind::Created, HistoryKind::Moved, HistoryKind::Undone, HistoryKind::Restored].map(HistoryKind::code)),
        )
        .take();
    Expr::exists(moved).not()
}

/// The ids of all orders of a list, given by its URL, across its pages; of a search the first ten thousand.
///
/// Errors: [`Error::NotFound`] for the trash, and for a URL with invalid parts.
pub(crate) async fn all_of(db: &Db, scope: &Scope, address: &str) -> Result<Condition> {
    let (mut query, mut ignored) = super::at_address(scope, address);
    let is_list = View::from_path(address.split('?').next().unwrap_or_default()).is_some();
    drop_unknown_ids(db, &mut query, &mut ignored).await?;
    if !is_list || !ignored.is_empty() || query.view == View::Trash {
        return Err(Error::NotFound);
    }
    let filter = filtered(scope, &query, db.now());
    let terms = text::terms(&query.text);
    if query.view == View::Search && terms.is_empty() {
        return Err(Error::NotFound);
    }
    if terms.is_empty() {
        return Ok(filter);
    }
    let found = search::read_page(db, scope, &query, &filter, &terms, 0, COUNT_TO).await?;
    Ok(filter.add(order::Column::Id.is_in(found.ids)))
}

/// Whether a filter with an index applies.
pub(crate) fn is_narrow(scope: &Scope, query: &ListQuery) -> bool {
    let filter = &query.filter;
    let is_restricted = !scope.can_see_all_orders();
    is_restricted
        || !filter.statuses.is_empty()
        || filter.owner.is_some()
        || filter.team.is_some()
        || filter.campaign.is_some()
        || filter.company.is_some()
        || filter.network.is_some()
        || filter.due
        || !filter.without.is_empty()
        || filter.open_comment
        || !filter.created.is_open()
        || !filter.connected.is_open()
        || query.view == View::Trash
}

/// Whether a range of values is the only filter, so that the index of values is the best one.
fn by_value_alone(query: &ListQuery) -> bool {
    let without: Vec<Missing> = query.filter.without.iter().copied().filter(|it| *it == Missing::Value).collect();
    let asked = !query.filter.value.is_open() || !without.is_empty();
    let value_alone = Filter { value: query.filter.value, without, ..Filter::default() };
    query.view == View::All && asked && query.filter == value_alone
}

/// The SQL expression of a sort, exactly as in its index.
pub(crate) fn sort_expr(by: SortBy) -> Expr {
    match by {
        SortBy::Created => Expr::col(col(order::Column::CreatedAt)),
        SortBy::Updated => Expr::col(col(order::Column::UpdatedAt)),
        SortBy::Value => Expr::cust("coalesce(box_value, -1)"),
        SortBy::Business => Expr::col(col(order::Column::BusinessKey)),
        SortBy::Connected => Expr::col(col(order::Column::ConnectedOn)),
        SortBy::FollowUp => Expr::col(col(order::Column::FollowUpOn)),
    }
}

/// A query of order ids in the order of a sort; the caller adds the conditions.
pub(crate) fn ordered(sort: Sort, skip: u64, take: u64) -> SelectStatement {
    let direction = if sort.down { Order::Desc } else { Order::Asc };
    let mut select = Query::select();
    select
        .column(col(order::Column::Id))
        .from(order::Entity)
        .order_by_expr(sort_expr(sort.by), direction.clone())
        .order_by(col(order::Column::Id), direction)
        .offset(skip)
        .limit(take);
    select
}

/// Runs a query of ids.
pub(crate) async fn ids(db: &Db, select: &SelectStatement) -> Result<Vec<i64>> {
    let rows = db.read.query_all(select).await.map_err(unexpected)?;
    rows.iter().map(|row| row.try_get("", "id").map_err(unexpected)).collect()
}

/// Counts up to `most`. The ORDER BY is free and keeps the count in an index instead of the wide rows.
fn counting(query: &ListQuery, filter: Condition, most: u64) -> SelectStatement {
    let mut capped = Query::select();
    let by = match query.sorted().by {
        by @ (SortBy::Connected | SortBy::FollowUp) => by,
        _ if by_value_alone(query) => SortBy::Value,
        _ => SortBy::Created,
    };
    capped.expr(Expr::value(1)).from(order::Entity).cond_where(filter).order_by_expr(sort_expr(by), Order::Desc).limit(most);
    Query::select().expr(Func::count(Expr::col(sea_orm::sea_query::Asterisk))).from_subquery(capped, Alias::new("capped")).take()
}

/// The counts of the sidebar, each exact up to 10,000, in one statement.
pub async fn counts(db: &Db, scope: &Scope) -> Result<ViewCounts> {
    let counted = count_all(db, scope, &View::SIDEBAR.map(ListQuery::of)).await?;
    Ok(ViewCounts(View::SIDEBAR.into_iter().zip(counted).collect()))
}

/// Counts several lists in one statement, each exact up to 10,000. Search texts are ignored.
pub(crate) async fn count_all(db: &Db, scope: &Scope, queries: &[ListQuery]) -> Result<Vec<Count>> {
    let now = db.now();
    let mut all = Query::select();
    for (nth, query) in queries.iter().enumerate() {
        let one = counting(query, filtered(scope, query, now), COUNT_TO + 1);
        all.expr_as(Expr::SubQuery(None, Box::new(one.into())), Alias::new(format!("n{nth}")));
    }
    let counts = db.cached_query(scope, &all, async {
        let row = db.read.query_one(&all).await.map_err(unexpected)?;
        let of = |nth: usize| row.as_ref().and_then(|row| row.try_get::<i64>("", &format!("n{nth}")).ok()).unwrap_or_default();
        Ok((0..queries.len()).map(|nth| Count(of(nth).unsigned_abs())).collect::<Vec<Count>>())
    });
    Ok(counts.await?.to_vec())
}

/// The key query of a page, with its sort direction.
fn keys(query: &ListQuery, filter: Condition, per_page: u64, calendar: Calendar) -> (SelectStatement, Order) {
    let sort = query.sorted();
    let expr = || sort_expr(sort.by);
    let bound = |key: &Key| -> sea_orm::Value {
        match &key.sort {
            SortValue::Text(text) => text.clone().into(),
            SortValue::Number(days) if matches!(sort.by, SortBy::Connected | SortBy::FollowUp) => {
                NaiveDate::default().checked_add_days(Days::new((*days).clamp(0, 100_000).unsigned_abs())).into()
            }
            SortValue::Number(number) => (*number).into(),
        }
    };
    // Before or after the cursor, in the direction of the index.
    let beyond = |key: &Key, above: bool| {
        let id = || Expr::col(col(order::Column::Id));
        let (by_sort, by_id) = if above { (expr().gt(bound(key)), id().gt(key.id)) } else { (expr().lt(bound(key)), id().lt(key.id)) };
        Condition::any().add(by_sort).add(Condition::all().add(expr().eq(bound(key))).add(by_id))
    };
    // The simple bound lets both databases start at the right place in the index; the exact condition follows.
    let near = |key: &Key, above: bool| if above { expr().gte(bound(key)) } else { expr().lte(bound(key)) };
    let mut select = Query::select();
    select.column(col(order::Column::Id)).expr_as(expr(), Alias::new("sort")).from(order::Entity).cond_where(filter).limit(per_page + 1);
    let mut down = sort.down;
    match &query.place {
        PagePosition::Page(page) => {
            select.offset(u64::from(page.saturating_sub(1)) * per_page);
        }
        PagePosition::OlderThan(key) => {
            select.and_where(near(key, !down)).cond_where(beyond(key, !down));
        }
        PagePosition::NewerThan(key) => {
            select.and_where(near(key, down)).cond_where(beyond(key, down));
            down = !down;
        }
        PagePosition::On(day) if sort.by == SortBy::Connected => {
            select.and_where(order::Column::ConnectedOn.lte(*day));
        }
        PagePosition::On(day) => {
            select.and_where(order::Column::CreatedAt.lt(calendar.start(*day + Days::new(1))));
        }
    }
    let direction = if down { Order::Desc } else { Order::Asc };
    select.order_by_expr(expr(), direction.clone()).order_by(col(order::Column::Id), direction.clone());
    (select, direction)
}

/// The rows of a page: keys from an index, joined with their rows.
fn listed(query: &ListQuery, filter: Condition, per_page: u64, calendar: Calendar) -> SelectStatement {
    let (keys, direction) = keys(query, filter, per_page, calendar);
    let of_keys = |name: &'static str| (Alias::new("keys"), Alias::new(name));
    let mut select = Query::select();
    select
        .columns(Listed::COLUMNS.map(col))
        .column(of_keys("sort"))
        .from_subquery(keys, Alias::new("keys"))
        // A cross join keeps SQLite from turning it round.
        .join(JoinType::CrossJoin, order::Entity, Condition::all())
        .and_where(Expr::col(col(order::Column::Id)).equals(of_keys("id")))
        .order_by(of_keys("sort"), direction.clone())
        .order_by(of_keys("id"), direction);
    select
}

/// The cursor of a row.
fn key(row: &QueryResult, by: SortBy) -> std::result::Result<Key, DbErr> {
    let sort = match by {
        SortBy::Business => SortValue::Text(row.try_get("", "sort")?),
        SortBy::Connected | SortBy::FollowUp => SortValue::Number(row.try_get::<Option<NaiveDate>>("", "sort")?.map_or(0, epoch_day)),
        _ => SortValue::Number(row.try_get("", "sort")?),
    };
    Ok(Key { sort, id: row.try_get("", "id")? })
}

/// The statements of a list as text with their values, for tests that read query plans.
pub fn list_sql(db: &Db, scope: &Scope, query: &ListQuery) -> [String; 2] {
    let backend = dialect::backend(db);
    let filter = filtered(scope, query, db.now());
    [
        backend.build(&listed(query, filter.clone(), 9, scope.settings.calendar)).to_string(),
        backend.build(&counting(query, filter, COUNT_TO + 1)).to_string(),
    ]
}

#[derive(Clone, FromQueryResult)]
struct Listed {
    id: i64,
    version: i64,
    number: String,
    status: String,
    business_name: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    mobile: Option<String>,
    mobile_e164: Option<String>,
    landline: Option<String>,
    email: Option<String>,
    billing_postcode: Option<String>,
    network: Option<String>,
    box_value: Option<i64>,
    created_at: i64,
    updated_at: i64,
    follow_up_on: Option<NaiveDate>,
    owner_id: Option<i64>,
    campaign_id: Option<i64>,
    team_id: Option<i64>,
    connected_on: Option<NaiveDate>,
    billing_city: Option<String>,
    sale_type: Option<String>,
    handset: Option<String>,
    tariff: Option<String>,
    deal_source: Option<String>,
}

impl Listed {
    /// The columns that it is read from.
    const COLUMNS: [order::Column; 26] = [
        order::Column::Id,
        order::Column::Version,
        order::Column::Number,
        order::Column::Status,
        order::Column::BusinessName,
        order::Column::FirstName,
        order::Column::LastName,
        order::Column::Mobile,
        order::Column::MobileE164,
        order::Column::Landline,
        order::Column::Email,
        order::Column::BillingPostcode,
        order::Column::Network,
        order::Column::BoxValue,
        order::Column::CreatedAt,
        order::Column::UpdatedAt,
        order::Column::FollowUpOn,
        order::Column::OwnerId,
        order::Column::CampaignId,
        order::Column::TeamId,
        order::Column::ConnectedOn,
        order::Column::BillingCity,
        order::Column::SaleType,
        order::Column::Handset,
        order::Column::Tariff,
        order::Column::DealSource,
    ];

    /// The value of an additional column.
    fn cell(&self, column: Column, reference_data: &ReferenceData) -> Option<String> {
        match column {
            Column::Landline => self.landline.clone(),
            Column::Email => self.email.clone(),
            Column::City => self.billing_city.clone(),
            Column::Postcode => self.billing_postcode.clone(),
            Column::SaleType => self.sale_type.clone(),
            Column::Handset => self.handset.clone(),
            Column::Tariff => self.tariff.clone(),
            Column::Source => self.deal_source.clone(),
            Column::Team => reference_data.teams.iter().find(|(id, _)| Some(id.0) == self.team_id).map(|(_, name)| name.clone()),
            Column::FollowUp => self.follow_up_on.map(date::show),
            Column::ConnectedOn => self.connected_on.map(date::show),
            _ => None,
        }
    }
}

/// Reads a page of a list.
///
/// No URL makes it fail: [`ListQuery::from_pairs`] replaced invalid parts, which are named in `ignored`;
/// a page after the last becomes the last one.
///
/// Errors: [`Error::NotFound`] for the trash, unless the role may see it.
pub async fn list(db: &Db, scope: &Scope, query: ListQuery, mut ignored: Vec<String>) -> Result<OrdersPage> {
    let now = db.now();
    let mut query = query;
    if query.view == View::Trash && !scope.authority().may(Permission::Trash) {
        return Err(Error::NotFound);
    }
    drop_unknown_ids(db, &mut query, &mut ignored).await?;
    let per_page = query.per_page.unwrap_or(scope.per_page);
    let filter = filtered(scope, &query, now);
    let terms = text::terms(&query.text);
    if !terms.is_empty() {
        return searched(db, scope, query, filter, &terms, ignored).await;
    }
    if !query.text.trim().is_empty() {
        ignored.push(format!("Enter letters or digits: “{}” has none", shorten(&query.text)));
    }
    if query.view == View::Search {
        let (rows, count) = (Vec::new(), Count(0));
        return Ok(OrdersPage { query, per_page, rows, count, page: Some(1), pages: 1, newer: None, older: None, ignored });
    }
    let count = Count(count_of(db, scope, &query, &filter, COUNT_TO + 1).await?);
    // Large pages can reach more rows than are counted; the number of pages must still be correct.
    let numbered = u64::from(LAST_NUMBERED) * u64::from(per_page);
    let found_rows = if count.is_capped() && numbered > COUNT_TO { count_of(db, scope, &query, &filter, numbered).await? } else { count.0 };
    let pages = u32::try_from(found_rows.div_ceil(u64::from(per_page))).unwrap_or(LAST_NUMBERED).clamp(1, LAST_NUMBERED);
    last_page(&mut query, pages, &mut ignored);
    let by = query.sorted().by;
    // A narrow range of values would be searched through the whole index of another sort.
    let filter = match by_value_alone(&query) && by != SortBy::Value && !count.is_capped() {
        true => {
            let among = ordered(Sort { by: SortBy::Value, down: true }, 0, COUNT_TO + 1).cond_where(filter).to_owned();
            Condition::all().add(order::Column::Id.in_subquery(among))
        }
        false => filter,
    };
    let statement = listed(&query, filter, u64::from(per_page), scope.settings.calendar);
    let mut found: Vec<(Key, Listed)> = db
        .read
        .query_all(&statement)
        .await
        .and_then(|rows| rows.iter().map(|row| Ok((key(row, by)?, Listed::from_query_result(row, "")?))).collect())
        .map_err(unexpected)?;
    let more = found.len() > per_page as usize;
    found.truncate(per_page as usize);
    let upwards = matches!(query.place, PagePosition::NewerThan(_));
    if upwards {
        found.reverse();
    }
    let (first, last) = (found.first().map(|(key, _)| key.clone()), found.last().map(|(key, _)| key.clone()));
    let (newer, older) = match query.place {
        PagePosition::Page(page) => {
            let newer = (page > 1).then(|| PagePosition::Page(page - 1));
            let older =
                if page < pages && more { Some(PagePosition::Page(page + 1)) } else { last.filter(|_| more).map(PagePosition::OlderThan) };
            (newer, older)
        }
        PagePosition::NewerThan(_) if !more => (None, last.map(PagePosition::OlderThan)),
        PagePosition::NewerThan(_) => (first.map(PagePosition::NewerThan), last.map(PagePosition::OlderThan)),
        PagePosition::OlderThan(_) | PagePosition::On(_) => {
            (first.map(PagePosition::NewerThan), last.filter(|_| more).map(PagePosition::OlderThan))
        }
    };
    // Paging up ends on the first page, by its number.
    if upwards && !more {
        query.place = PagePosition::Page(1);
        return Box::pin(list(db, scope, query, ignored)).await;
    }
    let reference_data = db.reference_data().await?;
    let rows = found.into_iter().map(|(_, row)| format_row(row, scope, &reference_data, by, &[], now)).collect();
    let page = if let PagePosition::Page(page) = query.place { Some(page) } else { None };
    Ok(OrdersPage { query, per_page, rows, count, page, pages, newer, older, ignored })
}

/// A page after the last becomes the last one, with a sentence.
fn last_page(query: &mut ListQuery, pages: u32, ignored: &mut Vec<String>) {
    if let PagePosition::Page(page) = query.place
        && page > pages
    {
        ignored.push(format!("There is no page {page}: showing the last page"));
        query.place = PagePosition::Page(pages);
    }
}

/// A page of search results, by page number.
async fn searched(
    db: &Db,
    scope: &Scope,
    mut query: ListQuery,
    filter: Condition,
    terms: &[String],
    mut ignored: Vec<String>,
) -> Result<OrdersPage> {
    let per_page = query.per_page.unwrap_or(scope.per_page);
    let page = if let PagePosition::Page(page) = query.place { page } else { 1 };
    let (skip, take) = (u64::from(page - 1) * u64::from(per_page), u64::from(per_page));
    let mut found = search::read_page(db, scope, &query, &filter, terms, skip, take).await?;
    let pages = u32::try_from(Ord::min(found.count, COUNT_TO).div_ceil(take)).unwrap_or(LAST_NUMBERED).clamp(1, LAST_NUMBERED);
    query.place = PagePosition::Page(page);
    last_page(&mut query, pages, &mut ignored);
    let page = Ord::min(page, pages);
    if skip > 0 && found.ids.is_empty() {
        found = search::read_page(db, scope, &query, &filter, terms, u64::from(page - 1) * take, take).await?;
    }
    if found.count > COUNT_TO {
        ignored.push("More than 10,000 matches. Showing the newest; add a word to narrow the search.".into());
    }
    let rows = rows(db, scope, &found.ids, query.sorted().by, &text::shown_terms(&query.text), db.now()).await?;
    let newer = (page > 1).then(|| PagePosition::Page(page - 1));
    let older = (page < pages).then(|| PagePosition::Page(page + 1));
    Ok(OrdersPage { query, per_page, rows, count: Count(found.count), page: Some(page), pages, newer, older, ignored })
}

/// Removes unknown ids from a filter, with a sentence for each.
pub(crate) async fn drop_unknown_ids(db: &Db, query: &mut ListQuery, ignored: &mut Vec<String>) -> Result<()> {
    let filter = &mut query.filter;
    if filter.owner.is_none() && filter.team.is_none() && filter.campaign.is_none() && filter.company.is_none() {
        return Ok(());
    }
    let reference_data = db.reference_data().await?;
    let mut unknown = |what: &str| ignored.push(format!("That {what} wasn't found: showing all"));
    if filter.owner.is_some_and(|id| reference_data.owners.iter().all(|owner| owner.id != id)) {
        filter.owner = None;
        unknown("owner");
    }
    if filter.team.is_some_and(|id| reference_data.teams.iter().all(|(known, _)| *known != id)) {
        filter.team = None;
        unknown("team");
    }
    if filter.campaign.is_some_and(|id| reference_data.campaigns.iter().all(|known| known.id != id)) {
        filter.campaign = None;
        unknown("campaign");
    }
    if let Some(id) = filter.company
        && reference_data.companies.iter().all(|(known, _)| *known != id)
        && company::Entity::find_by_id(id.0).one(&db.read).await.map_err(unexpected)?.is_none()
    {
        filter.company = None;
        unknown("company");
    }
    Ok(())
}

/// The number of orders in a list, up to `most`.
pub(crate) async fn count_of(db: &Db, scope: &Scope, query: &ListQuery, filter: &Condition, most: u64) -> Result<u64> {
    let statement = counting(query, filter.clone(), most);
    let count = db.cached_query(scope, &statement, async {
        let row = db.read.query_one(&statement).await.map_err(unexpected)?;
        Ok(row.and_then(|row| row.try_get_by_index::<i64>(0).ok()).unwrap_or_default().unsigned_abs())
    });
    Ok(*count.await?)
}

/// The rows of orders by their ids.
pub(crate) struct Rows(HashMap<i64, Listed>);

impl Rows {
    /// Reads them in one statement. Missing orders are left out.
    pub async fn read(db: &Db, ids: &[i64]) -> Result<Self> {
        if ids.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        let among = dialect::among(&db.read, col(order::Column::Id), ids);
        let select = Query::select().columns(Listed::COLUMNS.map(col)).from(order::Entity).and_where(among).take();
        let listed = Listed::find_by_statement(dialect::backend(db).build(&select)).all(&db.read).await.map_err(unexpected)?;
        Ok(Self(listed.into_iter().map(|row| (row.id, row)).collect()))
    }

    /// The formatted rows, in the order of the ids.
    pub fn shown(
        &self,
        scope: &Scope,
        reference_data: &ReferenceData,
        ids: &[i64],
        by: SortBy,
        terms: &[String],
        now: i64,
    ) -> Vec<OrderRow> {
        ids.iter().filter_map(|id| self.0.get(id)).map(|row| format_row(row.clone(), scope, reference_data, by, terms, now)).collect()
    }

    /// The sort value of an order in a list of the newest: creation time and id.
    pub fn place(&self, id: i64) -> Option<(i64, i64)> {
        self.0.get(&id).map(|row| (row.created_at, row.id))
    }

    /// The version of an order, and its owner.
    pub fn version(&self, id: i64) -> Option<(i64, Option<i64>)> {
        self.0.get(&id).map(|row| (row.version, row.owner_id))
    }
}

/// The rows of a list by their ids, in their order; missing orders are left out.
pub(crate) async fn rows(db: &Db, scope: &Scope, ids: &[i64], by: SortBy, terms: &[String], now: i64) -> Result<Vec<OrderRow>> {
    let reference_data = db.reference_data().await?;
    Ok(Rows::read(db, ids).await?.shown(scope, &reference_data, ids, by, terms, now))
}

fn format_row(row: Listed, scope: &Scope, reference_data: &ReferenceData, by: SortBy, terms: &[String], now: i64) -> OrderRow {
    let name = NameParts {
        business_name: row.business_name.as_deref(),
        first_name: row.first_name.as_deref(),
        last_name: row.last_name.as_deref(),
        mobile: row.mobile.as_deref(),
        landline: row.landline.as_deref(),
        email: row.email.as_deref(),
    };
    let customer = name.customer();
    let contact = name.contact().filter(|_| row.business_name.is_some());
    let cells = scope.columns.iter().filter_map(|column| Some((*column, row.cell(*column, reference_data)?))).collect();
    let calendar = scope.settings.calendar;
    let of_day = |day| Moment { at: calendar.start(day), short: date::show(day), full: date::long(day) };
    let at = match (by, row.follow_up_on, row.connected_on) {
        (SortBy::Updated, ..) => calendar.moment(row.updated_at, now),
        (SortBy::FollowUp, Some(day), _) | (SortBy::Connected, _, Some(day)) => of_day(day),
        _ => calendar.moment(row.created_at, now),
    };
    let mut marks = Vec::new();
    if !terms.is_empty() {
        let shown =
            [("number", Some(&row.number)), ("customer", Some(&customer)), ("contact", contact.as_ref()), ("mobile", row.mobile.as_ref())];
        let beside = [("Landline", &row.landline), ("E-mail", &row.email), ("Postcode", &row.billing_postcode)];
        let hits = |(part, text): (&str, Option<&String>)| text::marked(text?, terms).map(|pieces| (part.to_owned(), pieces));
        marks.extend(shown.into_iter().filter_map(hits));
        marks.extend(
            beside.into_iter().filter(|(_, text)| text.as_ref() != Some(&customer)).filter_map(|(part, text)| hits((part, text.as_ref()))),
        );
    }
    OrderRow {
        number: row.number,
        status: Status::from_code(&row.status).unwrap_or(Status::Issues),
        customer,
        contact,
        mobile: row.mobile,
        mobile_e164: row.mobile_e164,
        network: row.network,
        campaign: row.campaign_id.and_then(|id| reference_data.campaigns.iter().find(|it| it.id.0 == id)).map(|it| it.name.clone()),
        owner: row.owner_id.and_then(|id| reference_data.owners.iter().find(|it| it.id.0 == id)).map(|owner| owner.name.clone()),
        box_value: row.box_value.map(|sum| Money(sum).show(&scope.settings.currency)),
        at,
        cells,
        marks,
    }
}
