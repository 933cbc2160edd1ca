//! Reports: one measure, grouped by one dimension, over a period. Read from the rollups where possible, otherwise summed over
//! the orders of the period, within their index.

use std::collections::{HashMap, HashSet};

use chrono::{Days, NaiveDate};
use domain::{
    Result, date,
    id::{CampaignId, TeamId, UserId},
    money::Money,
    orders::{
        Status,
        list::{Bounds, Filter, ListQuery, Missing, View},
    },
    ratio::{decimal, rounded, share},
    reports::{GroupBy, Measure, ReportQuery},
    role::Permission,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, QueryResult,
    sea_query::{Alias, Expr, Query},
};

use crate::{
    Db, Scope,
    audit::{self, ActivityKind},
    calendar::Calendar,
    csv::{self, Cell},
    dialect,
    entity::order,
    error::unexpected,
    reference_data::ReferenceData,
    rollups::read::{self, DateRange, RollupFilter, RollupGrouping},
    text,
};

/// A row of a report.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub label: String,
    /// In the unit of the measure: minor units, a number, hundredths of a per cent, or tenths of a day.
    pub value: i64,
    /// The number of orders behind the value.
    pub orders: i64,
    /// The URL of the orders behind it; empty where no list shows exactly these.
    pub href: String,
}

/// A report.
#[derive(Clone, Debug)]
pub struct Report {
    pub query: ReportQuery,
    pub days: DateRange,
    pub rows: Vec<Row>,
    pub total: Row,
    pub ignored: Vec<String>,
}

/// The sums over some orders.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    orders: i64,
    revenue: i64,
    cancelled: i64,
    converted: i64,
    connected_orders: i64,
    connected: i64,
    days: i64,
}

impl Sums {
    fn add(&mut self, other: Self) {
        self.orders += other.orders;
        self.revenue += other.revenue;
        self.cancelled += other.cancelled;
        self.converted += other.converted;
        self.connected_orders += other.connected_orders;
        self.connected += other.connected;
        self.days += other.days;
    }

    /// Value and orders of a measure. Conversion: the share of the orders created in the period that are Connected now, in hundredths of
    /// a per cent. Days: the average from creation to connection of the orders connected in the period, in tenths of a day.
    fn of(self, measure: Measure) -> (i64, i64) {
        let whole = self.orders + self.cancelled;
        match measure {
            Measure::Orders => (self.orders, self.orders),
            Measure::Revenue => (self.revenue, self.orders),
            Measure::Connected => (self.connected, self.connected_orders),
            Measure::Conversion => (share(self.converted, whole, 10_000), whole),
            Measure::DaysToConnect => {
                (rounded(i128::from(self.days) * 10, i128::from(self.connected_orders)) as i64, self.connected_orders)
            }
            Measure::Lost => (self.cancelled, self.cancelled),
        }
    }
}

/// The group of a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Part {
    Day(NaiveDate),
    Id(Option<i64>),
    Name(Option<String>),
}

/// Reads a report. Rows by time are in chronological order, all others largest first.
///
/// Errors: database errors.
pub async fn report(db: &Db, scope: &Scope, query: ReportQuery, mut ignored: Vec<String>) -> Result<Report> {
    let reference_data = db.reference_data().await?;
    let mut query = query;
    let today = scope.settings.calendar.day(db.now());
    if query.filter.owner.is_some_and(|id| !scope.can_see_all_orders() && id != scope.user.id) {
        query.filter.owner = None;
        ignored.push("That owner wasn't found: showing everyone".into());
    }
    let days = query.filter.period.days(today);
    let filter = query.filter;
    let rollup_filter =
        RollupFilter { owner: filter.owner.map(|it| it.0), team: filter.team.map(|it| it.0), campaign: filter.campaign.map(|it| it.0) };
    let in_rollup = matches!(query.by, GroupBy::Person | GroupBy::Team | GroupBy::Campaign | GroupBy::Day | GroupBy::Week | GroupBy::Month)
        && matches!(query.measure, Measure::Orders | Measure::Revenue | Measure::Connected | Measure::Conversion);
    let parts = match (query.measure, in_rollup) {
        (_, true) => from_rollups(db, scope, query.by, rollup_filter, days).await?,
        (Measure::Lost, _) => cancelled_by_reason(db, scope, rollup_filter, days).await?,
        _ => from_orders(db, scope, query, rollup_filter, days).await?,
    };
    let mut total = Sums::default();
    let mut rows = Vec::new();
    let (parts, merged) = merge_spellings(parts);
    let mut parts: Vec<(Part, Sums)> = parts.into_iter().collect();
    parts.sort_by(|a, b| a.0.cmp(&b.0));
    for (part, sums) in parts {
        total.add(sums);
        let (value, orders) = sums.of(query.measure);
        if orders == 0 {
            continue;
        }
        rows.push(Row {
            label: label(&part, query.by, &reference_data, days),
            value,
            orders,
            href: if merged.contains(&part) { String::new() } else { href(&part, query, rollup_filter, days) },
        });
    }
    if !matches!(query.by, GroupBy::Day | GroupBy::Week | GroupBy::Month) || query.measure == Measure::Lost {
        rows.sort_by_key(|row| std::cmp::Reverse((row.value, row.orders)));
    }
    let (value, orders) = total.of(query.measure);
    Ok(Report { query, days, rows, total: Row { label: "Total".into(), value, orders, href: String::new() }, ignored })
}

/// Combines groups whose names differ only in case, spaces or a full stop, under the most frequent spelling; and returns which were combined: a
/// list is filtered by one spelling.
fn merge_spellings(parts: HashMap<Part, Sums>) -> (HashMap<Part, Sums>, HashSet<Part>) {
    let mut groups: HashMap<String, Vec<(Option<String>, Sums)>> = HashMap::new();
    let (mut found, mut merged) = (HashMap::new(), HashSet::new());
    for (part, sums) in parts {
        match part {
            Part::Name(name) => {
                let key = text::key(name.as_deref().unwrap_or_default().trim().trim_end_matches('.'));
                groups.entry(key).or_default().push((name, sums));
            }
            other => {
                found.insert(other, sums);
            }
        }
    }
    for mut group in groups.into_values() {
        group.sort_by(|(a, x), (b, y)| {
            (y.orders + y.cancelled + y.connected_orders).cmp(&(x.orders + x.cancelled + x.connected_orders)).then(a.cmp(b))
        });
        let sums = group.iter().fold(Sums::default(), |mut all, (_, sums)| {
            all.add(*sums);
            all
        });
        let several = group.len() > 1;
        if let Some((name, _)) = group.into_iter().next() {
            let part = Part::Name(name);
            if several {
                merged.insert(part.clone());
            }
            found.insert(part, sums);
        }
    }
    (found, merged)
}

/// The group of a day.
fn begin(by: GroupBy, day: NaiveDate, (from, _): DateRange) -> NaiveDate {
    match by {
        GroupBy::Week => Calendar::monday(day).max(from),
        GroupBy::Month => Calendar::first(day).max(from),
        _ => day,
    }
}

async fn from_rollups(db: &Db, scope: &Scope, by: GroupBy, rollup_filter: RollupFilter, days: DateRange) -> Result<HashMap<Part, Sums>> {
    let apart = match by {
        GroupBy::Person => RollupGrouping::Owner,
        GroupBy::Team => RollupGrouping::Team,
        GroupBy::Campaign => RollupGrouping::Campaign,
        _ => RollupGrouping::Day,
    };
    let part = |day: Option<NaiveDate>, id: Option<i64>| match (apart, day) {
        (RollupGrouping::Day, Some(day)) => Part::Day(begin(by, day, days)),
        _ => Part::Id(id),
    };
    let mut found: HashMap<Part, Sums> = HashMap::new();
    for of in read::sum_sold(db, scope, rollup_filter, days, Some(apart)).await? {
        let sums =
            Sums { orders: of.it.orders, revenue: of.it.value, cancelled: of.it.cancelled, converted: of.it.connected, ..Sums::default() };
        found.entry(part(of.day, of.id)).or_default().add(sums);
    }
    for of in read::connected(db, scope, rollup_filter, days, Some(apart)).await? {
        let sums = Sums { connected_orders: of.it.orders, connected: of.it.value, ..Sums::default() };
        found.entry(part(of.day, of.id)).or_default().add(sums);
    }
    Ok(found)
}

fn order_condition(scope: &Scope, rollup_filter: RollupFilter) -> Condition {
    scope
        .visible_orders()
        .add_option(rollup_filter.owner.map(|id| order::Column::OwnerId.eq(id)))
        .add_option(rollup_filter.team.map(|id| order::Column::TeamId.eq(id)))
        .add_option(rollup_filter.campaign.map(|id| order::Column::CampaignId.eq(id)))
}

fn created_in(scope: &Scope, (from, to): DateRange) -> Condition {
    let calendar = scope.settings.calendar;
    Condition::all()
        .add(order::Column::CreatedAt.gte(calendar.start(from)))
        .add(order::Column::CreatedAt.lt(calendar.start(to + Days::new(1))))
}

fn connected_in((from, to): DateRange) -> Condition {
    Condition::all()
        .add(Expr::cust("orders.status = 'CN'"))
        .add(order::Column::ConnectedOn.gte(from))
        .add(order::Column::ConnectedOn.lte(to))
}

/// The column of a grouping that the rollups do not have.
fn column(by: GroupBy) -> order::Column {
    match by {
        GroupBy::Network => order::Column::Network,
        GroupBy::Tariff => order::Column::Tariff,
        GroupBy::Source => order::Column::DealSource,
        GroupBy::Team => order::Column::TeamId,
        GroupBy::Campaign => order::Column::CampaignId,
        _ => order::Column::OwnerId,
    }
}

async fn grouped(
    db: &Db,
    by: GroupBy,
    filter: Condition,
    sums: &[(&'static str, String)],
) -> Result<Vec<(Part, HashMap<&'static str, i64>)>> {
    let by_day = matches!(by, GroupBy::Day | GroupBy::Week | GroupBy::Month);
    let column = if by_day { order::Column::ConnectedOn } else { column(by) };
    let mut select = Query::select();
    select.expr_as(Expr::col(column), Alias::new("part")).from(order::Entity).cond_where(filter).group_by_col(column);
    for (name, sum) in sums {
        select.expr_as(Expr::cust(sum.clone()), Alias::new(*name));
    }
    let rows = db.read.query_all(&select).await.map_err(unexpected)?;
    rows.iter()
        .map(|row| {
            let values = sums.iter().map(|(name, _)| Ok((*name, row.try_get("", name)?))).collect::<std::result::Result<_, _>>();
            Ok((part_of(row, by)?, values.map_err(unexpected)?))
        })
        .collect()
}

/// The creation times of the first and last of some orders; `None` when there are none.
async fn created_between(db: &Db, filter: Condition) -> Result<Option<(i64, i64)>> {
    let mut select = Query::select();
    for (what, name) in [("MIN(created_at)", "first"), ("MAX(created_at)", "last")] {
        select.expr_as(Expr::cust(what), Alias::new(name));
    }
    let row = db.read.query_one(select.from(order::Entity).cond_where(filter)).await.map_err(unexpected)?;
    let Some(row) = row else { return Ok(None) };
    let get = |name: &str| row.try_get::<Option<i64>>("", name).map_err(unexpected);
    Ok(get("first")?.zip(get("last")?))
}

/// The group of a row of a statement.
fn part_of(row: &QueryResult, by: GroupBy) -> Result<Part> {
    match by {
        GroupBy::Day | GroupBy::Week | GroupBy::Month => {
            row.try_get::<Option<NaiveDate>>("", "part").map(|day| Part::Day(day.unwrap_or_default()))
        }
        GroupBy::Person | GroupBy::Team | GroupBy::Campaign => row.try_get("", "part").map(Part::Id),
        _ => row.try_get("", "part").map(Part::Name),
    }
    .map_err(unexpected)
}

/// Sums over the orders of the period.
async fn from_orders(
    db: &Db,
    scope: &Scope,
    query: ReportQuery,
    rollup_filter: RollupFilter,
    days: DateRange,
) -> Result<HashMap<Part, Sums>> {
    let mut found: HashMap<Part, Sums> = HashMap::new();
    let sum = |of: &str| format!("CAST(COALESCE(SUM({of}), 0) AS BIGINT)");
    let when = |condition: &str, value: &str| sum(&format!("CASE WHEN {condition} THEN {value} ELSE 0 END"));
    let rounded_down = |part: Part| match part {
        Part::Day(day) => Part::Day(begin(query.by, day, days)),
        other => other,
    };
    if matches!(query.measure, Measure::Connected | Measure::DaysToConnect) {
        let filter = order_condition(scope, rollup_filter).add(connected_in(days));
        let mut days_to_connect = "CAST(0 AS BIGINT)".to_owned();
        if query.measure == Measure::DaysToConnect {
            let Some((first, last)) = created_between(db, filter.clone()).await? else { return Ok(found) };
            days_to_connect = sum(&dialect::days_to_connect(db, &scope.settings.calendar.offsets(first, last)));
        }
        let sums = [("n", "COUNT(*)".to_owned()), ("value", sum("box_value")), ("days", days_to_connect)];
        for (part, of) in grouped(db, query.by, filter, &sums).await? {
            let it = Sums { connected_orders: of["n"], connected: of["value"], days: of["days"], ..Sums::default() };
            found.entry(rounded_down(part)).or_default().add(it);
        }
        return Ok(found);
    }
    let filter = order_condition(scope, rollup_filter).add(created_in(scope, days));
    let sums = [
        ("n", when("status <> 'CNL'", "1")),
        ("value", when("status <> 'CNL'", "COALESCE(box_value, 0)")),
        ("cancelled", when("status = 'CNL'", "1")),
        ("converted", when("status = 'CN'", "1")),
    ];
    for (part, of) in grouped(db, query.by, filter, &sums).await? {
        let it = Sums { orders: of["n"], revenue: of["value"], cancelled: of["cancelled"], converted: of["converted"], ..Sums::default() };
        found.entry(rounded_down(part)).or_default().add(it);
    }
    Ok(found)
}

/// Cancelled orders of the period by loss reason.
async fn cancelled_by_reason(db: &Db, scope: &Scope, rollup_filter: RollupFilter, days: DateRange) -> Result<HashMap<Part, Sums>> {
    let mut select = Query::select();
    select
        .column(order::Column::LossReason)
        .expr_as(Expr::cust("COUNT(*)"), Alias::new("n"))
        .from(order::Entity)
        .cond_where(
            order_condition(scope, rollup_filter).add(created_in(scope, days)).add(order::Column::Status.eq(Status::Cancelled.code())),
        )
        .group_by_col(order::Column::LossReason);
    let rows = db.read.query_all(&select).await.map_err(unexpected)?;
    rows.iter()
        .map(|row| {
            let reason: Option<String> = row.try_get("", "loss_reason").map_err(unexpected)?;
            let n: i64 = row.try_get("", "n").map_err(unexpected)?;
            Ok((Part::Name(reason), Sums { cancelled: n, ..Sums::default() }))
        })
        .collect()
}

fn label(part: &Part, by: GroupBy, reference_data: &ReferenceData, days: DateRange) -> String {
    let none = || "None".to_owned();
    match part {
        Part::Name(name) => name.clone().filter(|it| !it.is_empty()).unwrap_or_else(none),
        Part::Id(None) => {
            if by == GroupBy::Person {
                "No owner".to_owned()
            } else {
                none()
            }
        }
        Part::Id(Some(id)) => match by {
            GroupBy::Person => reference_data.owners.iter().find(|it| it.id == UserId(*id)).map(|it| it.name.clone()),
            GroupBy::Team => reference_data.teams.iter().find(|(it, _)| *it == TeamId(*id)).map(|(_, name)| name.clone()),
            _ => reference_data.campaigns.iter().find(|it| it.id == CampaignId(*id)).map(|it| it.name.clone()),
        }
        .unwrap_or_else(none),
        Part::Day(day) => match by {
            GroupBy::Month => date::month(*day),
            GroupBy::Week => crate::dashboard::format_date_range((*day, last_of(by, *day, days))),
            _ => date::show(*day),
        },
    }
}

fn last_of(by: GroupBy, day: NaiveDate, (_, to): DateRange) -> NaiveDate {
    match by {
        GroupBy::Week => Calendar::monday(day) + Days::new(6),
        GroupBy::Month => domain::dashboard::Period::Month.days(day).1,
        _ => day,
    }
    .min(to)
}

/// The URL of the orders behind a row, where a list shows exactly these.
fn href(part: &Part, query: ReportQuery, rollup_filter: RollupFilter, days: DateRange) -> String {
    let mut days = days;
    let mut filter = Filter {
        owner: rollup_filter.owner.map(UserId),
        team: rollup_filter.team.map(TeamId),
        campaign: rollup_filter.campaign.map(CampaignId),
        ..Filter::default()
    };
    match (part, query.by) {
        // There is no filter by loss reason.
        _ if query.measure == Measure::Lost => return String::new(),
        (Part::Day(day), by) => days = (*day, last_of(by, *day, days)),
        (Part::Id(id), GroupBy::Person) => filter = filter.owned_by(id.map(UserId)),
        (Part::Id(Some(id)), GroupBy::Team) => filter.team = Some(TeamId(*id)),
        (Part::Id(Some(id)), GroupBy::Campaign) => filter.campaign = Some(CampaignId(*id)),
        (Part::Id(None), GroupBy::Team) => filter.without.push(Missing::Team),
        (Part::Id(None), GroupBy::Campaign) => filter.without.push(Missing::Campaign),
        (Part::Name(Some(name)), GroupBy::Network) => filter.network = Some(name.clone()),
        (Part::Name(None), GroupBy::Network) => filter.without.push(Missing::Network),
        // There is no filter by tariff or deal source.
        _ => return String::new(),
    }
    let bounds = Bounds { from: Some(days.0), to: Some(days.1) };
    match query.measure {
        Measure::Orders | Measure::Revenue => {
            filter.created = bounds;
            filter.sold = true;
        }
        Measure::Connected | Measure::DaysToConnect => filter.connected = bounds,
        Measure::Conversion => filter.created = bounds,
        Measure::Lost => {}
    }
    ListQuery::of(View::All).with(filter).href()
}

/// A report as CSV: labels, values in their unit, orders.
///
/// Errors: [`domain::Error::Forbidden`] for users who may not export.
pub async fn csv(db: &Db, scope: &Scope, report: &Report) -> Result<String> {
    scope.require(Permission::Export)?;
    let measure = report.query.measure;
    let currency = &scope.settings.currency;
    let (unit, plain): (String, fn(i64) -> String) = match measure {
        Measure::Revenue | Measure::Connected => (format!(" in {currency}"), |value| Money(value).plain()),
        Measure::Conversion => (" (%)".into(), |value| decimal(value, 2)),
        Measure::DaysToConnect => (String::new(), |value| decimal(value, 1)),
        Measure::Orders | Measure::Lost => (String::new(), |value| value.to_string()),
    };
    let head = [report.query.row_label(), &format!("{}{unit}", measure.label()), "Orders"];
    let lines = report
        .rows
        .iter()
        .chain([&report.total])
        .map(|row| vec![Cell::Text(row.label.clone()), Cell::Number(plain(row.value)), Cell::Number(row.orders.to_string())]);
    let text = csv::table(&head, lines)?;
    let detail = format!("{} by {}", report.query.measure.label(), report.query.by.label());
    audit::log_activity(&db.write, Some(scope.user.id.0), ActivityKind::Exported, None, db.now(), &detail).await?;
    Ok(text)
}
