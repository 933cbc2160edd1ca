//! Companies as pages: found by name, with their orders and what they are worth; create and edit.

use chrono::NaiveDate;
use domain::{
    Error, FieldErrors, Result,
    campaigns::optional,
    id::CompanyId,
    money::{self, Money},
    orders::{
        BusinessType, OrderRow, Status,
        list::{Filter, ListQuery, SortBy, View},
    },
    role::Act,
    text as words,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

use crate::{
    Db, Scope,
    announcer::Topic,
    calendar::Calendar,
    dialect,
    entity::{company, order},
    error::unexpected,
    journal::{self, Did},
    orders::rows,
    scope::published,
    text,
};

/// Companies of a page.
const PAGE: u64 = 50;
/// Orders that the figures of a company are added up from, the newest first.
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

/// A company with its figures over the orders in sight; sums in minor units.
#[derive(Clone, Debug)]
pub struct CompanyPage {
    pub id: i64,
    pub name: String,
    pub business_type: Option<String>,
    pub employees: Option<i64>,
    pub monthly_spend: Option<i64>,
    pub note: Option<String>,
    /// The company that this one became.
    pub merged_into: Option<i64>,
    pub orders: i64,
    pub revenue: i64,
    pub connected: i64,
    /// Whether there are more orders than are added up.
    pub more: bool,
    pub newest: Vec<OrderRow>,
    /// Sold and connected of each of the last twelve months: its first day, the two sums.
    pub months: Vec<(NaiveDate, i64, i64)>,
    /// Who sold how much.
    pub people: Vec<(String, i64)>,
    pub href: String,
    pub may_edit: bool,
}

/// Companies whose name holds a text, by name, after a name and id; and where the next page begins.
pub async fn list(db: &Db, text_: &str, after: Option<(String, i64)>) -> Result<(Vec<(i64, String)>, Option<(String, i64)>)> {
    let key = text::key(text_.trim());
    let mut select = company::Entity::find()
        .select_only()
        .columns([company::Column::Id, company::Column::Name, company::Column::NameKey])
        .filter(published(company::Column::Batch))
        .filter(company::Column::MergedInto.is_null())
        .order_by_asc(company::Column::NameKey)
        .order_by_asc(company::Column::Id)
        .limit(PAGE + 1);
    if !key.is_empty() {
        select = select.filter(dialect::holds(company::Column::NameKey, &key, db));
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
    Ok((found.into_iter().map(|(id, name, _)| (id, name)).collect(), next))
}

async fn find(db: &Db, id: i64) -> Result<company::Model> {
    let found = company::Entity::find_by_id(id).filter(published(company::Column::Batch));
    found.one(&db.read).await.map_err(unexpected)?.ok_or(Error::NotFound)
}

/// The page of a company.
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
        if let Some(on) = on.filter(|_| status == Status::Connected.code()) {
            connected += value;
            months.iter_mut().filter(|it| it.0 == Calendar::first(on)).for_each(|it| it.2 += value);
        }
    }
    people.sort_by_key(|it| std::cmp::Reverse(it.1));
    let house = db.house().await?;
    let name = |id: Option<i64>| {
        id.and_then(|id| house.owners.iter().find(|it| it.id.0 == id)).map_or_else(|| "Nobody".to_owned(), |it| it.name.clone())
    };
    let ids: Vec<i64> = sales.iter().take(9).map(|it| it.0).collect();
    let filter = Filter { company: Some(CompanyId(id)), sold: true, ..Filter::default() };
    Ok(CompanyPage {
        newest: rows(db, scope, &ids, SortBy::Created, &[], db.now()).await?,
        href: ListQuery::of(View::All).with(filter).href(),
        people: people.into_iter().map(|(id, value)| (name(id), value)).collect(),
        may_edit: scope.actor().may(Act::Campaigns),
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

/// The draft of a stored company.
pub async fn draft(db: &Db, scope: &Scope, id: i64) -> Result<CompanyDraft> {
    scope.must(Act::Campaigns)?;
    let row = find(db, id).await?;
    Ok(CompanyDraft {
        name: row.name,
        business_type: row.business_type.unwrap_or_default(),
        employees: row.employees.map(|it| it.to_string()).unwrap_or_default(),
        monthly_spend: row.monthly_spend.map(|it| Money(it).plain()).unwrap_or_default(),
        note: row.note.unwrap_or_default(),
    })
}

/// Saves a company, or (no id) a new one; answers its id. Two of one name may be.
///
/// Errors: [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Invalid`] beside the fields.
pub async fn save(db: &Db, scope: &Scope, id: Option<i64>, draft: &CompanyDraft) -> Result<i64> {
    scope.must(Act::Campaigns)?;
    let mut errors = FieldErrors::default();
    let name = match words::line(&draft.name, 255) {
        Ok(Some(name)) => name,
        Ok(None) => {
            errors.add("name", "Give the company a name.");
            String::new()
        }
        Err(why) => {
            errors.add("name", why);
            String::new()
        }
    };
    let kind =
        optional(&draft.business_type, |it| BusinessType::find(it).ok_or("Choose one of the list.".into()), "business_type", &mut errors);
    let whole = |it: &str| it.trim().parse::<i64>().ok().filter(|n| (0..=10_000_000).contains(n)).ok_or("Type a whole number.".to_owned());
    let employees = optional(&draft.employees, whole, "employees", &mut errors);
    let spend = optional(&draft.monthly_spend, money::parse, "monthly_spend", &mut errors);
    let note = words::lines(&draft.note, 4_000).map_err(|why| errors.add("note", why)).unwrap_or_default();
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
    journal::note(&txn, Some(scope.me.id.0), Did::ChangedCompany, None, now, &detail).await?;
    txn.commit().await.map_err(unexpected)?;
    db.forget_house().await;
    db.announcer.say(Topic::House);
    Ok(saved.id)
}
