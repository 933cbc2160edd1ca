//! Orders that share a phone, an e-mail, or business and postcode, and are not of one company yet.

use domain::{
    Result,
    orders::{
        pages::{Link, Similar},
        same::{Candidates, DuplicatesShown, Same},
    },
    role::Act,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    Db, Scope, dialect,
    entity::order,
    error::unexpected,
    orders::{fields_of, similar_of},
};

/// Groups of a page.
const PAGE: u64 = 20;
/// Orders that are shown of a group.
const SHOWN: u64 = 5;
/// Between business and postcode in a key.
const BESIDE: char = '\u{1f}';

/// The columns of a key.
fn columns(by: Same) -> Vec<order::Column> {
    match by {
        Same::Mobile => vec![order::Column::MobileE164],
        Same::Landline => vec![order::Column::LandlineE164],
        Same::Email => vec![order::Column::EmailKey],
        Same::Place => vec![order::Column::BusinessKey, order::Column::PostcodeKey],
    }
}

/// Orders that have such a key at all: the condition of its index, as it stands there.
fn keyed(by: Same) -> Condition {
    let there = |column: &'static str| Expr::cust(column);
    match by {
        Same::Mobile => Condition::all().add(there("mobile_e164 IS NOT NULL")),
        Same::Landline => Condition::all().add(there("landline_e164 IS NOT NULL")),
        Same::Email => Condition::all().add(there("email_key IS NOT NULL")),
        Same::Place => Condition::all().add(there("business_name IS NOT NULL")).add(there("postcode_key IS NOT NULL")),
    }
}

/// The orders of a key; none for a key that makes no sense.
pub(super) fn of_key(by: Same, key: &str) -> Condition {
    let columns = columns(by);
    let parts: Vec<&str> = if columns.len() == 1 { vec![key] } else { key.splitn(2, BESIDE).collect() };
    if parts.len() != columns.len() || key.is_empty() || key.contains('\0') {
        return Condition::all().add(Expr::cust("1 = 0"));
    }
    columns.into_iter().zip(parts).fold(keyed(by), |all, (column, part)| all.add(column.eq(part)))
}

/// A page of candidates, in the order of their keys, from the one after `after`.
///
/// Errors: [`domain::Error::Forbidden`] for who is no manager.
pub async fn duplicates(db: &Db, scope: &Scope, by: Same, after: Option<&str>) -> Result<DuplicatesShown> {
    scope.must(Act::EditAny)?;
    let select = keys(scope, by, after);
    let mut keys: Vec<String> = match columns(by).len() {
        1 => select.into_tuple::<String>().all(&db.read).await.map_err(unexpected)?,
        _ => {
            let pairs = select.into_tuple::<(String, String)>().all(&db.read).await.map_err(unexpected)?;
            pairs.into_iter().map(|(business, postcode)| format!("{business}{BESIDE}{postcode}")).collect()
        }
    };
    let more = keys.len() as u64 > PAGE;
    keys.truncate(PAGE as usize);
    let mut groups = Vec::with_capacity(keys.len());
    for key in &keys {
        groups.extend(candidates(db, scope, by, key).await?);
    }
    let next = |key: &String| {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("by", by.code()).append_pair("after", key).finish();
        format!("/duplicates/?{query}")
    };
    Ok(DuplicatesShown {
        by,
        tabs: Same::ALL.iter().map(|it| Link::new(it.label(), it.href(), *it == by)).collect(),
        groups,
        more: keys.last().filter(|_| more).map(next),
    })
}

/// The keys that are found twice by orders of more than one company, or of none.
fn keys(scope: &Scope, by: Same, after: Option<&str>) -> Select<order::Entity> {
    let columns = columns(by);
    let mut select = order::Entity::find().select_only().filter(scope.sight()).filter(keyed(by));
    for &column in &columns {
        select = select.column(column).group_by(column).order_by_asc(column);
    }
    let after: Vec<&str> =
        after.filter(|key| !key.contains('\0')).map(|key| key.splitn(columns.len(), BESIDE).collect()).unwrap_or_default();
    if after.len() == columns.len() {
        let here = Expr::tuple(columns.iter().map(|column| Expr::col(*column)).collect::<Vec<_>>());
        select = select.filter(here.gt(Expr::tuple(after.into_iter().map(Expr::value).collect::<Vec<_>>())));
    }
    let mut select = QuerySelect::limit(select, PAGE + 1);
    QuerySelect::query(&mut select)
        .and_having(Expr::cust("count(*) > 1"))
        .and_having(Expr::cust("(count(company_id) < count(*) OR min(company_id) <> max(company_id))"));
    select
}

/// The statement of a page, as text with its values in place: for the tests that read plans.
pub fn duplicates_sql(db: &Db, scope: &Scope, by: Same) -> String {
    keys(scope, by, None).build(dialect::backend(db)).to_string()
}

async fn candidates(db: &Db, scope: &Scope, by: Same, key: &str) -> Result<Option<Candidates>> {
    let found = || scope.orders().filter(of_key(by, key));
    let rows = found().order_by_desc(order::Column::Id).limit(SHOWN).all(&db.read).await.map_err(unexpected)?;
    let Some(newest) = rows.first() else { return Ok(None) };
    let counted: Option<(i64, i64)> = found()
        .select_only()
        .column_as(order::Column::Id.count(), "orders")
        .column_as(Expr::cust("count(DISTINCT company_id)"), "companies")
        .into_tuple()
        .one(&db.read)
        .await
        .map_err(unexpected)?;
    let (orders, companies) = counted.unwrap_or_default();
    let fields = fields_of(newest);
    let words = match by {
        Same::Mobile => fields.mobile.clone().unwrap_or_else(|| key.to_owned()),
        Same::Landline => fields.landline.clone().unwrap_or_else(|| key.to_owned()),
        Same::Email => fields.email.clone().unwrap_or_else(|| key.to_owned()),
        Same::Place => format!("{}, {}", fields.customer(), fields.billing.postcode.as_deref().unwrap_or_default()),
    };
    let name = rows.iter().find_map(|row| row.business_name.clone()).unwrap_or_else(|| fields.customer());
    let of_companies = match companies {
        0 => "no company".to_owned(),
        1 => "one company, not all of them".to_owned(),
        n => format!("{n} companies"),
    };
    Ok(Some(Candidates {
        key: key.to_owned(),
        words,
        count: format!("{orders} orders, {of_companies}"),
        orders: rows.iter().map(similar_of).collect::<Vec<Similar>>(),
        name,
    }))
}
