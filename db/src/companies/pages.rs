//! Company pages: list, page with figures, create, edit, delete.

use chrono::NaiveDate;
use domain::{
    Error, FieldErrors, Result,
    campaigns::optional,
    id::CompanyId,
    money::{self, Money},
    orders::{
        BusinessType, OrderRow, Status,
        list::{Filter, LONGEST_SEARCH, ListQuery, SortBy, View},
    },
    page::grouped,
    role::Permission,
    text as domain_text,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use super::{commit_company_change, offered, with_distinct_names};
use crate::{
    Db, Scope,
    calendar::Calendar,
    dashboard::sold_of,
    dialect,
    entity::{company, order},
    error::unexpected,
    orders::rows,
    scope::published,
    text,
    transaction::Transaction,
};

/// Companies per page.
const PAGE: u64 = 50;
/// The maximum number of orders, newest first, that the figures of a company are computed from.
const COUNTED: u64 = 10_000;

/// A company as typed.
#[derive(Clone, Debug, Default)]
pub struct CompanyDraft {
    pub name: String,
    pub business_type: String,
    pub employees: String,
    pub monthly_spend: String,
    pub note: String,
}

/// A company with its figures over the visible orders; amounts in minor units.
#[derive(Clone, Debug)]
pub struct CompanyPage {
    pub id: i64,
    pub name: String,
    pub business_type: Option<String>,
    pub employees: Option<i64>,
    pub monthly_spend: Option<i64>,
    pub note: Option<String>,
    /// The company that this one was merged into.
    pub merged_into: Option<i64>,
    pub deleted: bool,
    /// Whether it has no orders at all, including invisible ones and the trash, so that it can be deleted.
    pub empty: bool,
    pub orders: i64,
    pub revenue: i64,
    pub connected: i64,
    /// Whether it has more orders than the figures include.
    pub more: bool,
    pub newest: Vec<OrderRow>,
    /// Revenue and connected revenue of the last twelve months, by first day of the month.
    pub months: Vec<(NaiveDate, i64, i64)>,
    /// Revenue by owner.
    pub people: Vec<(String, i64)>,
    /// URLs: the orders that count as revenue, the connected ones, and all.
    pub href: String,
    pub connected_href: String,
    pub all_href: String,
    /// Companies to merge it into, as [`with_distinct_names`] shows them; empty for users who may not merge.
    pub others: Vec<String>,
    pub may_edit: bool,
}

/// Companies whose name contains a text, by name, after a cursor; and the next cursor.
pub async fn list(db: &Db, text_: &str, after: Option<(String, i64)>) -> Result<(Vec<(i64, String)>, Option<(String, i64)>)> {
    let key: String = text::key(text_.trim()).chars().take(LONGEST_SEARCH).collect();
    let mut select = company::Entity::find()
        .select_only()
        .columns([company::Column::Id, company::Column::Name, company::Column::NameKey])
        .filter(offered())
        .order_by_asc(company::Column::NameKey)
        .order_by_asc(company::Column::Id)
        .limit(PAGE + 1);
    if !key.is_empty() {
        select = select.filter(dialect::contains_without_index(company::Column::NameKey, &key, db));
    }
    if let Some((name, id)) = after {
        let same = Condition::all().add(company::Column::NameKey.eq(name.as_str())).add(company::Column::Id.gt(id));
        select = select.filter(company::Column::NameKey.gte(name.as_str()));
        select = select.filter(Condition::any().add(company::Column::NameKey.gt(name.as_str())).add(same));
    }
    let mut found: Vec<(i64, String, String)> = select.into_tuple().all(&db.read).await.map_err(unexpected)?;
    let more = found.len() > PAGE as usize;
    found.truncate(PAGE as usize);
    let next = found.last().filter(|_| more).map(|(id, _, key)| (key.clone(), *id));
    Ok((with_distinct_names(found.into_iter().map(|(id, name, _)| (id, name)).collect()), next))
}

async fn find(db: &Db, id: i64) -> Result<company::Model> {
    let found = company::Entity::find_by_id(id).filter(published(company::Column::Batch));
    found.one(&db.read).await.map_err(unexpected)?.ok_or(Error::NotFound)
}

/// The view model of a company page.
///
/// Errors: [`Error::NotFound`].
pub async fn show(db: &Db, scope: &Scope, id: i64) -> Result<CompanyPage> {
    let row = find(db, id).await?;
    let calendar = scope.settings.calendar;
    let today = calendar.day(db.now());
    let first = Calendar::first(today) - chrono::Months::new(11);
    let mut months: Vec<(NaiveDate, i64, i64)> = (0..12).map(|nth| (first + chrono::Months::new(nth), 0, 0)).collect();
    type Sale = (i64, i64, Option<i64>, String, Option<NaiveDate>, Option<i64>);
    let sales: Vec<Sale> = scope
        .orders()
        .select_only()
        .columns([
            order::Column::Id,
            order::Column::CreatedAt,
            order::Column::BoxValue,
            order::Column::Status,
            order::Column::ConnectedOn,
            order::Column::OwnerId,
        ])
        .filter(order::Column::CompanyId.eq(id))
        .order_by_desc(order::Column::CreatedAt)
        .limit(COUNTED + 1)
        .into_tuple()
        .all(&db.read)
        .await
        .map_err(unexpected)?;
    let more = sales.len() > COUNTED as usize;
    let (mut revenue, mut connected, mut orders) = (0, 0, 0);
    let mut people: Vec<(Option<i64>, i64)> = Vec::new();
    for (_, at, value, status, on, owner) in sales.iter().take(COUNTED as usize) {
        let value = value.unwrap_or_default();
        if status != Status::Cancelled.code() {
            orders += 1;
            revenue += value;
            let day = Calendar::first(calendar.day(*at));
            months.iter_mut().filter(|it| it.0 == day).for_each(|it| it.1 += value);
            match people.iter_mut().find(|it| it.0 == *owner) {
                Some(it) => it.1 += value,
                None => people.push((*owner, value)),
            }
        }
        if status == Status::Connected.code() {
            connected += value;
        }
        if let Some(on) = on.filter(|_| status == Status::Connected.code()) {
            months.iter_mut().filter(|it| it.0 == Calendar::first(on)).for_each(|it| it.2 += value);
        }
    }
    people.sort_by_key(|it| std::cmp::Reverse(it.1));
    let reference_data = db.reference_data().await?;
    let name = |id: Option<i64>| {
        id.and_then(|id| reference_data.owners.iter().find(|it| it.id.0 == id)).map_or_else(|| "No owner".to_owned(), |it| it.name.clone())
    };
    let ids: Vec<i64> = sales.iter().take(9).map(|it| it.0).collect();
    let of = |filter: Filter| ListQuery::of(View::All).with(Filter { company: Some(CompanyId(id)), ..filter }).href();
    let may_edit = scope.authority().may(Permission::Campaigns);
    let empty = may_edit && sales.is_empty() && orders_of(&db.read, &[id]).await? == 0;
    let may_merge = scope.authority().may(Permission::EditAny) && row.merged_into.is_none() && row.deleted_at.is_none();
    let others = reference_data.companies.iter().filter(|(it, _)| may_merge && it.0 != id).map(|(_, name)| name.clone());
    Ok(CompanyPage {
        newest: rows(db, scope, &ids, SortBy::Created, &[], db.now()).await?,
        href: of(Filter { sold: true, ..Filter::default() }),
        connected_href: of(Filter { statuses: vec![Status::Connected], ..Filter::default() }),
        all_href: of(Filter::default()),
        others: others.collect(),
        deleted: row.deleted_at.is_some(),
        empty,
        people: people.into_iter().map(|(id, value)| (name(id), value)).collect(),
        may_edit,
        id: row.id,
        name: row.name,
        business_type: row.business_type.as_deref().and_then(BusinessType::find).map(|it| it.label().to_owned()),
        employees: row.employees,
        monthly_spend: row.monthly_spend,
        note: row.note,
        merged_into: row.merged_into,
        orders,
        revenue,
        connected,
        more,
        months,
    })
}

/// The URL of a company's orders created in a range of days.
pub(super) fn sold_href(id: i64, days: (NaiveDate, NaiveDate)) -> String {
    sold_of(Filter { company: Some(CompanyId(id)), ..Filter::default() }, days)
}

/// The number of orders of companies, including invisible ones and the trash; separate statements because of the indexes.
async fn orders_of(db: &impl ConnectionTrait, ids: &[i64]) -> Result<u64> {
    let mut all = 0;
    for part in [order::Column::TrashedAt.is_null(), order::Column::TrashedAt.is_not_null()] {
        let some = order::Entity::find().filter(part).filter(order::Column::CompanyId.is_in(ids.iter().copied()));
        all += some.count(db).await.map_err(unexpected)?;
    }
    Ok(all)
}

/// A company and all companies merged into it, directly or indirectly.
async fn parts(db: &impl ConnectionTrait, id: i64) -> Result<Vec<i64>> {
    let (mut all, mut last) = (vec![id], vec![id]);
    while !last.is_empty() {
        let next = company::Entity::find().select_only().column(company::Column::Id);
        let next = next.filter(company::Column::MergedInto.is_in(last)).filter(company::Column::Id.is_not_in(all.iter().copied()));
        last = next.into_tuple().all(db).await.map_err(unexpected)?;
        all.extend(&last);
    }
    Ok(all)
}

/// Deletes a company that has no orders: it is no longer offered, and can be restored on its page. Histories keep its name.
///
/// Errors: [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Invalid`] beside `form` when it has orders, even in the trash.
pub async fn delete(db: &Db, scope: &Scope, id: i64) -> Result<()> {
    scope.require(Permission::Campaigns)?;
    let row = find(db, id).await?;
    let txn = db.begin().await?;
    let orders = orders_of(&txn, &parts(&txn, id).await?).await?;
    if orders > 0 {
        let message = if orders == 1 { "1 order belongs".to_owned() } else { format!("{} orders belong", grouped(orders)) };
        let message = format!("{message} to this company, including orders in the trash: merge it into another company instead");
        return Err(Error::invalid("form", message));
    }
    mark(db, scope, txn, row, Some(db.now())).await
}

/// Restores a deleted company.
///
/// Errors: [`Error::Forbidden`]; [`Error::NotFound`].
pub async fn restore(db: &Db, scope: &Scope, id: i64) -> Result<()> {
    scope.require(Permission::Campaigns)?;
    let row = find(db, id).await?;
    mark(db, scope, db.begin().await?, row, None).await
}

async fn mark(db: &Db, scope: &Scope, txn: Transaction, row: company::Model, deleted_at: Option<i64>) -> Result<()> {
    let detail = format!("{}: {}", row.name, if deleted_at.is_some() { "deleted" } else { "restored" });
    let mut row = row.into_active_model();
    row.deleted_at = Set(deleted_at);
    row.updated_at = Set(db.now());
    row.update(&txn).await.map_err(unexpected)?;
    commit_company_change(db, scope, txn, &detail).await
}

/// The draft of a stored company.
pub async fn draft(db: &Db, scope: &Scope, id: i64) -> Result<CompanyDraft> {
    scope.require(Permission::Campaigns)?;
    let row = find(db, id).await?;
    Ok(CompanyDraft {
        name: row.name,
        business_type: row.business_type.unwrap_or_default(),
        employees: row.employees.map(|it| it.to_string()).unwrap_or_default(),
        monthly_spend: row.monthly_spend.map(|it| Money(it).plain()).unwrap_or_default(),
        note: row.note.unwrap_or_default(),
    })
}

/// Saves a company, or creates one (no id); returns its id. Names need not be unique.
///
/// Errors: [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Invalid`] beside the fields.
pub async fn save(db: &Db, scope: &Scope, id: Option<i64>, draft: &CompanyDraft) -> Result<i64> {
    scope.require(Permission::Campaigns)?;
    let mut errors = FieldErrors::default();
    let name = match domain_text::line(&draft.name, 255) {
        Ok(Some(name)) => name,
        Ok(None) => {
            errors.add("name", "Enter a company name");
            String::new()
        }
        Err(why) => {
            errors.add("name", why);
            String::new()
        }
    };
    let kind =
        optional(&draft.business_type, |it| BusinessType::find(it).ok_or("Choose from the list".into()), "business_type", &mut errors);
    let whole = |it: &str| it.trim().parse::<i64>().ok().filter(|n| (0..=10_000_000).contains(n)).ok_or("Enter a whole number".to_owned());
    let employees = optional(&draft.employees, whole, "employees", &mut errors);
    let spend = optional(&draft.monthly_spend, |typed| money::parse(typed, &scope.settings.currency), "monthly_spend", &mut errors);
    let note = domain_text::lines(&draft.note, 4_000).map_err(|why| errors.add("note", why)).unwrap_or_default();
    errors.or(())?;
    let now = db.now();
    let mut row = match id {
        Some(id) => find(db, id).await?.into_active_model(),
        None => company::ActiveModel { created_at: Set(now), batch: Set(0), ..Default::default() },
    };
    let detail = name.clone();
    row.name_key = Set(text::key(&name));
    row.name = Set(name);
    row.business_type = Set(kind.map(|it| it.code().to_owned()));
    row.employees = Set(employees);
    row.monthly_spend = Set(spend.map(|it| it.0));
    row.note = Set(note);
    row.updated_at = Set(now);
    let txn = db.begin().await?;
    let saved = match id {
        Some(_) => row.update(&txn).await,
        None => row.insert(&txn).await,
    };
    let saved = saved.map_err(unexpected)?;
    commit_company_change(db, scope, txn, &detail).await?;
    Ok(saved.id)
}
