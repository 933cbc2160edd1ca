//! Commission statements: the ledger entries of a user and month, with their orders.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::{
    Error, Result, date,
    id::UserId,
    money::{Money, plain_rate},
    role::Permission,
};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Alias, Func, SimpleExpr},
};

use crate::{
    Db, Scope,
    audit::{self, ActivityKind},
    csv::{self, Cell},
    entity::{commission, order},
    error::unexpected,
    orders::fields_of,
};

/// A line of a statement; amounts in minor units, the rate in hundredths of a per cent.
#[derive(Clone, Debug)]
pub struct Line {
    pub on: NaiveDate,
    pub number: String,
    pub customer: String,
    pub reason: String,
    pub value: i64,
    pub rate: i64,
    pub amount: i64,
}

/// The statement of a user and month.
#[derive(Clone, Debug)]
pub struct Statement {
    pub user: UserId,
    pub name: String,
    pub month: NaiveDate,
    pub closed: bool,
    pub lines: Vec<Line>,
    pub total: i64,
}

/// The total of a user and month.
#[derive(Clone, Debug)]
pub struct Summary {
    pub user: UserId,
    pub name: String,
    pub lines: i64,
    pub amount: i64,
}

/// The statement of a user and month (its first day).
///
/// Errors: [`Error::NotFound`] for another user's statement, unless the role may see all.
pub async fn statement(db: &Db, scope: &Scope, user: UserId, month: NaiveDate) -> Result<Statement> {
    if user != scope.user.id && !scope.authority().may(Permission::Targets) {
        return Err(Error::NotFound);
    }
    let reference_data = db.reference_data().await?;
    let name = reference_data.owners.iter().find(|it| it.id == user).map(|it| it.name.clone()).ok_or(Error::NotFound)?;
    let rows = commission::Entity::find()
        .filter(commission::Column::UserId.eq(user.0))
        .filter(commission::Column::Month.eq(month))
        .order_by_asc(commission::Column::Id)
        .all(&db.read)
        .await
        .map_err(unexpected)?;
    let ids: Vec<i64> = rows.iter().map(|row| row.order_id).collect();
    let mut orders: HashMap<i64, (String, String)> = HashMap::new();
    for part in ids.chunks(5_000) {
        let among = order::Column::Id.is_in(part.iter().copied());
        let seen = scope.orders().filter(among.clone()).all(&db.read).await.map_err(unexpected)?;
        let numbers = order::Entity::find().select_only().columns([order::Column::Id, order::Column::Number]).filter(among);
        // The customer is left out when the order is not visible or in the trash.
        let numbers: Vec<(i64, String)> = numbers.into_tuple().all(&db.read).await.map_err(unexpected)?;
        orders.extend(numbers.into_iter().map(|(id, number)| (id, (number, String::new()))));
        orders.extend(seen.into_iter().map(|row| (row.id, (row.number.clone(), fields_of(&row).customer()))));
    }
    let total = rows.iter().map(|row| row.amount).sum();
    let lines = rows.into_iter().map(|row| {
        let (number, customer) = orders.get(&row.order_id).cloned().unwrap_or_default();
        Line { on: row.happened_on, number, customer, reason: row.reason, value: row.value, rate: row.rate, amount: row.amount }
    });
    let closed = super::closed_up_to(db).await?.is_some_and(|closed| closed >= month);
    Ok(Statement { user, name, month, closed, lines: lines.collect(), total })
}

/// The totals of a month for the users that this user may see, the largest first.
pub async fn summaries(db: &Db, scope: &Scope, month: NaiveDate) -> Result<Vec<Summary>> {
    let reference_data = db.reference_data().await?;
    let mut select = commission::Entity::find()
        .select_only()
        .column(commission::Column::UserId)
        .column_as(commission::Column::Id.count(), "lines")
        .column_as(SimpleExpr::from(Func::cast_as(commission::Column::Amount.sum(), Alias::new("bigint"))), "amount")
        .filter(commission::Column::Month.eq(month))
        .group_by(commission::Column::UserId);
    if !scope.authority().may(Permission::Targets) {
        select = select.filter(commission::Column::UserId.eq(scope.user.id.0));
    }
    let rows: Vec<(i64, i64, i64)> = select.into_tuple().all(&db.read).await.map_err(unexpected)?;
    let name = |id: i64| reference_data.owners.iter().find(|it| it.id.0 == id).map_or_else(|| "Someone".to_owned(), |it| it.name.clone());
    let mut found: Vec<Summary> =
        rows.into_iter().map(|(id, lines, amount)| Summary { user: UserId(id), name: name(id), lines, amount }).collect();
    found.sort_by_key(|it| std::cmp::Reverse(it.amount));
    Ok(found)
}

/// A statement as CSV: its lines, and the total.
///
/// Errors: [`Error::NotFound`] for users who may not see it.
pub async fn csv(db: &Db, scope: &Scope, it: &Statement) -> Result<String> {
    let own = it.user == scope.user.id && scope.authority().may(Permission::Create);
    if !own && !scope.authority().may(Permission::Export) {
        return Err(Error::NotFound);
    }
    let currency = &scope.settings.currency;
    let (value, commission) = (format!("Box value in {currency}"), format!("Commission in {currency}"));
    let head = ["Date", "Order", "Customer", "Reason", &value, "Rate (%)", &commission];
    let (text, sum) = (|text: &str| Cell::Text(text.to_owned()), |minor: i64| Cell::Number(Money(minor).plain()));
    let lines = it.lines.iter().map(|line| {
        let (on, rate) = (text(&date::plain(line.on)), Cell::Number(plain_rate(line.rate)));
        vec![on, text(&line.number), text(&line.customer), text(&line.reason), sum(line.value), rate, sum(line.amount)]
    });
    let total = vec![text(""), text(""), text(""), text("Total"), text(""), text(""), sum(it.total)];
    let text = csv::table(&head, lines.chain([total]))?;
    let detail = format!("commission statement for {}, {}", it.name, date::month(it.month));
    audit::log_activity(&db.write, Some(scope.user.id.0), ActivityKind::Exported, None, db.now(), &detail).await?;
    Ok(text)
}
