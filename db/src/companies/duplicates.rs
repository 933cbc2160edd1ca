//! Finds duplicates: orders that share a phone, an e-mail, or business and postcode, but not a company.

use std::collections::HashMap;

use domain::{
    Result,
    orders::{
        duplicates::{DuplicateGroup, DuplicateKey, DuplicatesView},
        pages::Link,
    },
    role::Permission,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Asterisk, Expr, ExprTrait, Func, Query, WindowStatement},
};
use serde::Serialize;

use crate::{
    Db, Scope, dialect,
    entity::order,
    error::{fault, unexpected},
    orders::{DuplicateRow, similar_of},
};

/// Groups per page.
const PAGE: u64 = 20;
/// Orders shown per group.
const SHOWN: u64 = 5;
/// The separator of business and postcode in a key.
const BESIDE: char = '\u{1f}';

/// The columns of a key.
fn columns(by: DuplicateKey) -> Vec<order::Column> {
    match by {
        DuplicateKey::Mobile => vec![order::Column::MobileE164],
        DuplicateKey::Landline => vec![order::Column::LandlineE164],
        DuplicateKey::Email => vec![order::Column::EmailKey],
        DuplicateKey::BusinessAndPostcode => vec![order::Column::BusinessKey, order::Column::PostcodeKey],
    }
}

/// The condition of the partial index of this key, exactly as in the index.
fn keyed(by: DuplicateKey) -> Condition {
    let there = |column: &'static str| Expr::cust(column);
    match by {
        DuplicateKey::Mobile => Condition::all().add(there("mobile_e164 IS NOT NULL")),
        DuplicateKey::Landline => Condition::all().add(there("landline_e164 IS NOT NULL")),
        DuplicateKey::Email => Condition::all().add(there("email_key IS NOT NULL")),
        DuplicateKey::BusinessAndPostcode => {
            Condition::all().add(there("business_name IS NOT NULL")).add(there("postcode_key IS NOT NULL"))
        }
    }
}

/// The condition of the orders with a key; an invalid key matches no order.
pub(super) fn of_key(by: DuplicateKey, key: &str) -> Condition {
    let columns = columns(by);
    let parts: Vec<&str> = if columns.len() == 1 { vec![key] } else { key.splitn(2, BESIDE).collect() };
    if parts.len() != columns.len() || key.is_empty() || key.contains('\0') {
        return Condition::all().add(Expr::cust("1 = 0"));
    }
    columns.into_iter().zip(parts).fold(keyed(by), |all, (column, part)| all.add(column.eq(part)))
}

/// A page of candidates, in the order of their keys, after `after`.
///
/// Errors: [`domain::Error::Forbidden`] for users who are not managers.
pub async fn duplicates(db: &Db, scope: &Scope, by: DuplicateKey, after: Option<&str>) -> Result<DuplicatesView> {
    scope.require(Permission::EditAny)?;
    let mut found: Vec<Key> = keys(scope, by, after).into_model().all(&db.read).await.map_err(unexpected)?;
    let more = found.len() as u64 > PAGE;
    found.truncate(PAGE as usize);
    let mut orders: HashMap<i64, Vec<Order>> = HashMap::new();
    if !found.is_empty() {
        for order in newest(db, scope, by, &found).await? {
            orders.entry(order.nth).or_default().push(order);
        }
    }
    let groups = (0..).zip(&found).filter_map(|(nth, key)| candidates(by, key, orders.remove(&nth)?)).collect();
    let next = |key: &Key| {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("by", by.code()).append_pair("after", &key.text()).finish();
        format!("/duplicates/?{query}")
    };
    Ok(DuplicatesView {
        by,
        tabs: DuplicateKey::ALL.iter().map(|it| Link::new(it.label(), it.href(), *it == by)).collect(),
        groups,
        more: found.last().filter(|_| more).map(next),
    })
}

/// A key that several orders share.
#[derive(FromQueryResult)]
struct Key {
    first: String,
    /// The second column of the key.
    second: Option<String>,
    orders: i64,
    companies: i64,
}

impl Key {
    fn text(&self) -> String {
        self.second.as_ref().map_or_else(|| self.first.clone(), |second| format!("{}{BESIDE}{second}", self.first))
    }
}

/// The keys shared by orders of several companies, or of none, with the numbers of orders and companies.
fn keys(scope: &Scope, by: DuplicateKey, after: Option<&str>) -> Select<order::Entity> {
    let columns = columns(by);
    let mut select = order::Entity::find().select_only().filter(scope.visible_orders()).filter(keyed(by));
    for (&column, name) in columns.iter().zip(["first", "second"]) {
        select = select.column_as(column, name).group_by(column).order_by_asc(column);
    }
    if columns.len() == 1 {
        select = select.expr_as(Expr::cust("CAST(NULL AS text)"), "second");
    }
    let after: Vec<&str> =
        after.filter(|key| !key.contains('\0')).map(|key| key.splitn(columns.len(), BESIDE).collect()).unwrap_or_default();
    if after.len() == columns.len() {
        let key = Expr::tuple(columns.iter().map(|column| Expr::col(*column)).collect::<Vec<_>>());
        select = select.filter(key.gt(Expr::tuple(after.into_iter().map(Expr::value).collect::<Vec<_>>())));
    }
    let select = select.expr_as(Expr::cust("count(*)"), "orders").expr_as(Expr::cust("count(DISTINCT company_id)"), "companies");
    let mut select = QuerySelect::limit(select, PAGE + 1);
    QuerySelect::query(&mut select)
        .and_having(Expr::cust("count(*) > 1"))
        .and_having(Expr::cust("(count(company_id) < count(*) OR min(company_id) <> max(company_id))"));
    select
}

/// A key as it is passed to the statement that reads its orders.
#[derive(Serialize)]
struct Wanted<'a> {
    nth: usize,
    first: &'a str,
    second: Option<&'a str>,
}

/// An order shown in a group.
#[derive(FromQueryResult)]
struct Order {
    /// The position of its key.
    nth: i64,
    postcode: Option<String>,
    #[sea_orm(nested)]
    it: DuplicateRow,
}

/// The newest orders of each key, newest first, in one statement.
async fn newest(db: &Db, scope: &Scope, by: DuplicateKey, keys: &[Key]) -> Result<Vec<Order>> {
    let wanted = keys.iter().enumerate().map(|(nth, key)| Wanted { nth, first: &key.first, second: key.second.as_deref() });
    let json = serde_json::to_string(&wanted.collect::<Vec<_>>()).map_err(|cause| fault(&cause.to_string()))?;
    let of = |column: order::Column| (order::Entity, column);
    let of_key = |name: &'static str| ("keys", name);
    let newest = WindowStatement::partition_by(of_key("nth")).order_by(of(order::Column::Id), sea_orm::Order::Desc).take();
    let mut numbered = Query::select();
    numbered
        .columns(DuplicateRow::COLUMNS.map(of))
        .column(of(order::Column::Id))
        .column(of_key("nth"))
        .expr_as(Expr::col(of(order::Column::BillingPostcode)), "postcode")
        .expr_window_as(Func::cust("row_number"), newest, "place")
        .from_subquery(dialect::rows_of_json(db, &json, &["first", "second"]), "keys")
        // A cross join keeps SQLite from reordering the join.
        .join(JoinType::CrossJoin, order::Entity, Condition::all())
        .cond_where(scope.visible_orders())
        .cond_where(keyed(by));
    for (column, name) in columns(by).into_iter().zip(["first", "second"]) {
        numbered.and_where(Expr::col(of(column)).equals(of_key(name)));
    }
    let mut select = Query::select();
    select
        .column(Asterisk)
        .from_subquery(numbered, "numbered")
        .and_where(Expr::col("place").lte(SHOWN))
        .order_by("id", sea_orm::Order::Desc);
    Order::find_by_statement(dialect::backend(db).build(&select)).all(&db.read).await.map_err(unexpected)
}

/// The statement of a page as text with its values, for tests that read query plans.
pub fn duplicates_sql(db: &Db, scope: &Scope, by: DuplicateKey) -> String {
    keys(scope, by, None).build(dialect::backend(db)).to_string()
}

/// The orders of a key, newest first; at least one.
fn candidates(by: DuplicateKey, key: &Key, orders: Vec<Order>) -> Option<DuplicateGroup> {
    let newest = orders.first()?;
    let typed = match by {
        DuplicateKey::Mobile => newest.it.mobile.clone(),
        DuplicateKey::Landline => newest.it.landline.clone(),
        DuplicateKey::Email => newest.it.email.clone(),
        DuplicateKey::BusinessAndPostcode => {
            Some(format!("{}, {}", newest.it.name_parts().customer(), newest.postcode.as_deref().unwrap_or_default()))
        }
    };
    let of_companies = match key.companies {
        0 => "no company".to_owned(),
        1 => "1 company, but not on every order".to_owned(),
        n => format!("{n} companies"),
    };
    Some(DuplicateGroup {
        key: key.text(),
        text: typed.unwrap_or_else(|| key.text()),
        count: format!("{} orders, {of_companies}", key.orders),
        name: orders.iter().find_map(|it| it.it.business_name.clone()).unwrap_or_else(|| newest.it.name_parts().customer()),
        orders: orders.into_iter().map(|it| similar_of(it.it)).collect(),
    })
}
