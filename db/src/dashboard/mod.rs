//! The dashboard: figures from the rollups, each with a link to its orders (definitions: `docs/DEFINITIONS.md`, Money and Time).

mod attention;
mod present;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeZone};
use domain::{
    Result,
    dashboard::{DashboardQuery, Period},
    date,
    id::{CampaignId, UserId},
    money::Money,
    orders::list::{Bounds, Filter, ListQuery, View},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait,
    sea_query::{Alias, Expr, Query},
};

use crate::{
    Db, Scope,
    activity::{self, ActivityEntry},
    calendar::Calendar,
    commission::{self, TargetOf},
    entity::order,
    error::unexpected,
    reference_data::{Campaign, ReferenceData},
    rollups::{
        Connected, Sold,
        read::{self, DateRange, GroupedFigure, RollupFilter, RollupGrouping, Window},
    },
};

pub use attention::AttentionItem;
pub use present::{activity_row, chart, dashboard_view};
pub(crate) use present::{chart_bar, chart_of};

/// A KPI card: a figure and its value at the same moment of the previous period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KpiCard {
    pub label: &'static str,
    pub orders: i64,
    /// Orders created in the period and cancelled: not included in orders and value.
    pub cancelled: i64,
    /// Minor units.
    pub value: i64,
    /// The value at the same moment of the previous period.
    pub before: i64,
    /// The label of `before`: `this time yesterday`.
    pub against: String,
    /// The URL of its orders.
    pub href: String,
}

/// The revenue and connected revenue of a business day, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayTotals {
    /// The first day, where it covers several days.
    pub day: NaiveDate,
    pub last: NaiveDate,
    pub sold: i64,
    pub connected: i64,
}

/// An entry of the leaderboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaderboardEntry {
    pub name: String,
    pub sold: i64,
    pub connected: i64,
    /// The monthly target, prorated by the calendar days of the period.
    pub target: Option<i64>,
    /// What counts towards the target: connected revenue, or revenue if the settings say so.
    pub reached: i64,
    pub sold_href: String,
    pub connected_href: String,
}

/// The progress of a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignProgress {
    pub id: i64,
    pub name: String,
    /// Revenue since its start.
    pub revenue: i64,
    pub target: i64,
    pub href: String,
    /// The projected revenue at its end, at the daily rate so far; `None` without an end in the future.
    pub pace: Option<i64>,
}

/// The view model of the dashboard.
#[derive(Clone, Debug)]
pub struct Dashboard {
    pub query: DashboardQuery,
    pub ignored: Vec<String>,
    pub days: (NaiveDate, NaiveDate),
    pub today: NaiveDate,
    pub zone: &'static str,
    pub currency: String,
    pub kpi_cards: Vec<KpiCard>,
    /// The chosen period by day, week or month, so that the chart stays readable.
    pub by_day: Vec<DayTotals>,
    pub leaderboard: Vec<LeaderboardEntry>,
    pub campaign_progress: Vec<CampaignProgress>,
    pub attention: Vec<AttentionItem>,
    pub recent: Vec<ActivityEntry>,
    /// The options of the filters: owners, teams, campaigns.
    pub choices: [Vec<(String, String)>; 3],
}

/// The URL of the orders created in a range of days.
pub fn sold_href(rollup_filter: RollupFilter, days: DateRange) -> String {
    sold_of(list_filter(rollup_filter), days)
}

/// The same, with a filter.
pub(crate) fn sold_of(filter: Filter, (from, to): DateRange) -> String {
    let created = Bounds { from: Some(from), to: Some(to) };
    ListQuery::of(View::All).with(Filter { created, sold: true, ..filter }).href()
}

/// The URL of the orders connected in a range of days.
pub fn connected_href(rollup_filter: RollupFilter, (from, to): DateRange) -> String {
    let filter = Filter { connected: Bounds { from: Some(from), to: Some(to) }, ..list_filter(rollup_filter) };
    ListQuery::of(View::All).with(filter).href()
}

pub(crate) fn list_filter(rollup_filter: RollupFilter) -> Filter {
    Filter {
        owner: rollup_filter.owner.map(UserId),
        team: rollup_filter.team.map(domain::id::TeamId),
        campaign: rollup_filter.campaign.map(CampaignId),
        ..Filter::default()
    }
}

/// The instant with the current local time on another day; the first existing one where a clock change skips it.
fn same_moment(calendar: Calendar, now: i64, day: NaiveDate) -> i64 {
    let time = DateTime::from_timestamp_micros(now).unwrap_or_default().with_timezone(&calendar.zone).time();
    let local = day.and_time(time);
    (0..=180)
        .find_map(|minutes| calendar.zone.from_local_datetime(&(local + chrono::TimeDelta::minutes(minutes))).earliest())
        .map_or_else(|| calendar.start(day), |at| at.timestamp_micros())
}

/// The revenue between pairs of instants, for the partial days of comparisons; read from an index.
async fn sold_between<const N: usize>(db: &Db, scope: &Scope, rollup_filter: RollupFilter, moments: [(i64, i64); N]) -> Result<[i64; N]> {
    let mut sums = Query::select();
    for (nth, (from, to)) in moments.into_iter().enumerate() {
        let mut sum = Query::select();
        sum.expr(Expr::cust("CAST(coalesce(sum(box_value), 0) AS BIGINT)"))
            .from(order::Entity)
            .cond_where(scope.visible_orders())
            .and_where(order::Column::Status.ne("CNL"))
            .and_where(order::Column::CreatedAt.gte(from))
            .and_where(order::Column::CreatedAt.lt(to));
        for (column, id) in [
            (order::Column::OwnerId, rollup_filter.owner),
            (order::Column::TeamId, rollup_filter.team),
            (order::Column::CampaignId, rollup_filter.campaign),
        ] {
            if let Some(id) = id {
                sum.and_where(column.eq(id));
            }
        }
        sums.expr_as(Expr::SubQuery(None, Box::new(sum.into())), Alias::new(format!("n{nth}")));
    }
    let row = db.read.query_one(&sums).await.map_err(unexpected)?;
    Ok(std::array::from_fn(|nth| row.as_ref().and_then(|row| row.try_get("", &format!("n{nth}")).ok()).unwrap_or_default()))
}

/// Figures by day, read together.
struct ByDay<T>(Vec<GroupedFigure<T>>);

impl<T: Copy> ByDay<T> {
    /// The figures within a range of days.
    fn within(&self, (from, to): DateRange) -> impl Iterator<Item = (NaiveDate, T)> {
        self.0.iter().filter_map(move |of| Some((of.day.filter(|day| (from..=to).contains(day))?, of.it)))
    }
}

/// The revenue and connected revenue of each day in a range.
async fn by_single_days(db: &Db, scope: &Scope, rollup_filter: RollupFilter, days: DateRange) -> Result<(ByDay<Sold>, ByDay<Connected>)> {
    let sold = read::sum_sold(db, scope, rollup_filter, days, Some(RollupGrouping::Day)).await?;
    Ok((ByDay(sold), ByDay(read::connected(db, scope, rollup_filter, days, Some(RollupGrouping::Day)).await?)))
}

/// Reads the dashboard.
///
/// Errors: database errors.
pub async fn dashboard(db: &Db, scope: &Scope, mut query: DashboardQuery, mut ignored: Vec<String>) -> Result<Dashboard> {
    let reference_data = db.reference_data().await?;
    let now = db.now();
    let calendar = scope.settings.calendar;
    let today = calendar.day(now);
    drop_unknown_filters(&reference_data, scope, &mut query, &mut ignored);
    let rollup_filter =
        RollupFilter { owner: query.owner.map(|it| it.0), team: query.team.map(|it| it.0), campaign: query.campaign.map(|it| it.0) };
    let days = query.period.days(today);
    // One range of days covers today, this week, this month, their comparisons, and the chart.
    let shown = [Period::Today, Period::Week, Period::Month];
    let windows = || shown.into_iter().flat_map(|period| [period.days(today), period.before(today)]).chain([days]);
    let from = windows().map(|(from, _)| from).min().unwrap_or(today);
    let to = windows().map(|(_, to)| to).max().unwrap_or(today);
    let (sold, connected) = by_single_days(db, scope, rollup_filter, (from, to)).await?;
    let broken = shown.map(|period| period.before(today).1).map(|last| (calendar.start(last), same_moment(calendar, now, last)));
    let broken = sold_between(db, scope, rollup_filter, broken).await?;
    let mut kpi_cards = Vec::new();
    for ((period, broken), (label, against)) in shown.into_iter().zip(broken).zip([
        ("Revenue today", "this time yesterday".to_owned()),
        ("Revenue this week", "last week to date".to_owned()),
        ("Revenue this month", format!("last month to the {}", ordinal(Period::Month.before(today).1))),
    ]) {
        let of = period.days(today);
        let mut it = Sold::default();
        sold.within(of).for_each(|(_, of_day)| it.add(of_day, 1));
        let (first, last) = period.before(today);
        // The last day counts up to the same time of day.
        let whole: i64 = sold.within((first, last)).filter(|(day, _)| *day < last).map(|(_, it)| it.value).sum();
        kpi_cards.push(KpiCard {
            label,
            orders: it.orders,
            cancelled: it.cancelled,
            value: it.value,
            before: whole + broken,
            against,
            href: sold_href(rollup_filter, of),
        });
    }
    let month = Period::Month.days(today);
    let mut it = Connected::default();
    connected.within(month).for_each(|(_, of_day)| it.add(of_day, 1));
    let before = connected.within(Period::Month.before(today)).map(|(_, it)| it.value).sum();
    kpi_cards.push(KpiCard {
        label: "Connected revenue this month",
        orders: it.orders,
        cancelled: 0,
        value: it.value,
        before,
        against: format!("last month to the {}", ordinal(Period::Month.before(today).1)),
        href: connected_href(rollup_filter, month),
    });
    Ok(Dashboard {
        kpi_cards,
        by_day: charted(&sold, &connected, days),
        leaderboard: leaderboard(db, scope, &reference_data, rollup_filter, days).await?,
        campaign_progress: campaign_progress(db, scope, &reference_data, rollup_filter, today).await?,
        attention: attention::attention(db, scope, &reference_data, rollup_filter).await?,
        recent: activity::recent(db, scope, 8).await?,
        choices: choices(db, scope).await?,
        query,
        ignored,
        days,
        today,
        zone: calendar.zone.name(),
        currency: scope.settings.currency.clone(),
    })
}

fn drop_unknown_filters(reference_data: &ReferenceData, scope: &Scope, query: &mut DashboardQuery, ignored: &mut Vec<String>) {
    let mut unknown = |what: &str| ignored.push(format!("That {what} wasn't found: showing all"));
    let may_see = |id: UserId| scope.can_see_all_orders() || id == scope.user.id;
    if query.owner.is_some_and(|id| !may_see(id) || reference_data.owners.iter().all(|it| it.id != id)) {
        query.owner = None;
        unknown("owner");
    }
    if query.team.is_some_and(|id| reference_data.teams.iter().all(|(it, _)| *it != id)) {
        query.team = None;
        unknown("team");
    }
    if query.campaign.is_some_and(|id| reference_data.campaigns.iter().all(|it| it.id != id)) {
        query.campaign = None;
        unknown("campaign");
    }
}

fn ordinal(day: NaiveDate) -> String {
    let n = chrono::Datelike::day(&day);
    let end = match n {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    };
    format!("{n}{end}")
}

/// The points of the chart: by day, by week for more than 62 days, by month for more than a year.
pub(crate) async fn by_day(db: &Db, scope: &Scope, rollup_filter: RollupFilter, days: DateRange) -> Result<Vec<DayTotals>> {
    let (sold, connected) = by_single_days(db, scope, rollup_filter, days).await?;
    Ok(charted(&sold, &connected, days))
}

fn charted(sold: &ByDay<Sold>, connected: &ByDay<Connected>, (from, to): DateRange) -> Vec<DayTotals> {
    let long = (to - from).num_days() + 1;
    let begin = move |day: NaiveDate| match long {
        ..=62 => day,
        63..=366 => Calendar::monday(day).max(from),
        _ => Calendar::first(day).max(from),
    };
    let mut days: Vec<DayTotals> = Vec::new();
    for day in from.iter_days().take_while(|day| *day <= to) {
        match days.last_mut().filter(|it| begin(day) == it.day) {
            Some(it) => it.last = day,
            None => days.push(DayTotals { day, last: day, sold: 0, connected: 0 }),
        }
    }
    let places: HashMap<NaiveDate, usize> = days.iter().enumerate().map(|(nth, it)| (it.day, nth)).collect();
    for (day, it) in sold.within((from, to)) {
        if let Some(nth) = places.get(&begin(day)) {
            days[*nth].sold += it.value;
        }
    }
    for (day, it) in connected.within((from, to)) {
        if let Some(nth) = places.get(&begin(day)) {
            days[*nth].connected += it.value;
        }
    }
    days
}

/// The ten users with the most revenue in a period.
async fn leaderboard(
    db: &Db,
    scope: &Scope,
    reference_data: &ReferenceData,
    rollup_filter: RollupFilter,
    days: DateRange,
) -> Result<Vec<LeaderboardEntry>> {
    let mut found: HashMap<i64, (i64, i64)> = HashMap::new();
    for GroupedFigure { id, it, .. } in read::sum_sold(db, scope, rollup_filter, days, Some(RollupGrouping::Owner)).await? {
        found.entry(id.unwrap_or_default()).or_default().0 += it.value;
    }
    for GroupedFigure { id, it, .. } in read::connected(db, scope, rollup_filter, days, Some(RollupGrouping::Owner)).await? {
        found.entry(id.unwrap_or_default()).or_default().1 += it.value;
    }
    let mut found: Vec<(i64, i64, i64)> =
        found.into_iter().filter(|(id, _)| *id > 0).map(|(id, (sold, connected))| (id, sold, connected)).collect();
    found.retain(|(_, sold, connected)| *sold > 0 || *connected > 0);
    found.sort_by_key(|(id, sold, connected)| (std::cmp::Reverse((*sold, *connected)), *id));
    found.truncate(10);
    let targets = commission::targets(db, Calendar::first(days.0), days.1).await?;
    let name = |id: i64| reference_data.owners.iter().find(|it| it.id.0 == id).map_or_else(|| "Someone".to_owned(), |it| it.name.clone());
    Ok(found
        .into_iter()
        .map(|(id, sold, connected)| {
            let of = RollupFilter { owner: Some(id), ..rollup_filter };
            let mine: Vec<_> = targets.iter().filter(|it| it.of == TargetOf::Person(UserId(id))).collect();
            let target = mine.iter().map(|it| prorated(it.amount, it.month, days)).sum();
            LeaderboardEntry {
                name: name(id),
                sold,
                connected,
                target: (!mine.is_empty()).then_some(target),
                reached: if scope.settings.targets_by_sold { sold } else { connected },
                sold_href: sold_href(of, days),
                connected_href: connected_href(of, days),
            }
        })
        .collect())
}

/// The part of a monthly target that falls into a period, by calendar days (`docs/DEFINITIONS.md`, Targets), rounded down to the minor unit.
///
/// ```
/// use chrono::NaiveDate;
/// let day = |m, d| NaiveDate::from_ymd_opt(2026, m, d).unwrap();
/// assert_eq!(db::dashboard::prorated(3_000, day(11, 1), (day(11, 1), day(11, 10))), 1_000);
/// assert_eq!(db::dashboard::prorated(3_000, day(11, 1), (day(12, 1), day(12, 31))), 0);
/// ```
pub fn prorated(amount: i64, month: NaiveDate, (from, to): DateRange) -> i64 {
    let (first, last) = Period::Month.days(month);
    let within = (to.min(last) - from.max(first)).num_days() + 1;
    if within <= 0 { 0 } else { amount * within / ((last - first).num_days() + 1) }
}

/// The progress of active campaigns with a target, since their starts.
async fn campaign_progress(
    db: &Db,
    scope: &Scope,
    reference_data: &ReferenceData,
    rollup_filter: RollupFilter,
    today: NaiveDate,
) -> Result<Vec<CampaignProgress>> {
    let aimed = reference_data.campaigns.iter().filter(|it| it.active && it.target.is_some_and(|target| target > 0));
    let aimed: Vec<&Campaign> = aimed.filter(|it| rollup_filter.campaign.is_none_or(|id| id == it.id.0)).collect();
    if aimed.is_empty() {
        return Ok(Vec::new());
    }
    let sold = read::sum_sold(db, scope, rollup_filter, Window::SinceStart(today), Some(RollupGrouping::Campaign)).await?;
    let campaign_progress = aimed.into_iter().map(|it| {
        let revenue = read::of_id(&sold, it.id.0).value;
        CampaignProgress {
            id: it.id.0,
            name: it.name.clone(),
            revenue,
            target: it.target.unwrap_or_default(),
            href: sold_href(RollupFilter { campaign: Some(it.id.0), ..rollup_filter }, it.so_far(today)),
            pace: it.start_on.and_then(|start| pace(revenue, start, today, it.end_on?)),
        }
    });
    let mut campaign_progress: Vec<CampaignProgress> = campaign_progress.collect();
    campaign_progress.sort_by_key(|it| std::cmp::Reverse(i128::from(it.revenue) * 10_000 / i128::from(it.target.max(1))));
    Ok(campaign_progress)
}

/// Projects an amount to an end date, at the daily rate so far.
///
/// ```
/// use chrono::NaiveDate;
/// let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).unwrap();
/// assert_eq!(db::dashboard::pace(1_000, day(1), day(10), day(30)), Some(3_000));
/// assert_eq!(db::dashboard::pace(1_000, day(1), day(30), day(30)), None, "it is over");
/// ```
pub fn pace(sum: i64, from: NaiveDate, today: NaiveDate, end: NaiveDate) -> Option<i64> {
    let so_far = (today - from).num_days() + 1;
    let days = (end - from).num_days() + 1;
    (so_far > 0 && end > today).then(|| i64::try_from(i128::from(sum) * i128::from(days) / i128::from(so_far)).unwrap_or(i64::MAX))
}

/// Formats an amount in the business's currency.
pub fn show(sum: i64, currency: &str) -> String {
    Money(sum).show(currency)
}

/// Formats a range of days.
pub fn format_date_range((from, to): DateRange) -> String {
    if from == to { date::long(from) } else { format!("{} to {}", date::show(from), date::show(to)) }
}

/// The filter options that this user may see: owners, teams and campaigns, as value and label.
pub async fn choices(db: &Db, scope: &Scope) -> Result<[Vec<(String, String)>; 3]> {
    let reference_data = db.reference_data().await?;
    let teams = reference_data.teams.iter().filter(|(id, _)| scope.can_see_all_orders() || scope.user.team == Some(*id));
    Ok([
        reference_data.filter_owners(scope, |_| false),
        teams.map(|(id, name)| (id.to_string(), name.clone())).collect(),
        reference_data.campaigns.iter().map(|it| (it.id.to_string(), it.name.clone())).collect(),
    ])
}

/// The progress of a target: owner, name, target, amount so far, and the projection for the end of the month.
pub type Reached = (TargetOf, String, Option<i64>, i64, Option<i64>);

/// The users and teams with their targets of a month (its first day) and their progress.
pub async fn target_progress(db: &Db, scope: &Scope, month: NaiveDate) -> Result<[Vec<Reached>; 2]> {
    let reference_data = db.reference_data().await?;
    let days = Period::Month.days(month);
    let today = scope.settings.calendar.day(db.now());
    let targets = commission::targets(db, days.0, days.1).await?;
    let mut sums: [HashMap<i64, i64>; 2] = [HashMap::new(), HashMap::new()];
    for (nth, by) in [RollupGrouping::Owner, RollupGrouping::Team].into_iter().enumerate() {
        if scope.settings.targets_by_sold {
            for of in read::sum_sold(db, scope, RollupFilter::default(), days, Some(by)).await? {
                sums[nth].insert(of.id.unwrap_or_default(), of.it.value);
            }
        } else {
            for of in read::connected(db, scope, RollupFilter::default(), days, Some(by)).await? {
                sums[nth].insert(of.id.unwrap_or_default(), of.it.value);
            }
        }
    }
    let line = |of: TargetOf, name: &str, sum: i64| {
        let target = targets.iter().find(|it| it.of == of).map(|it| it.amount);
        let projection = if today >= days.0 { pace(sum, days.0, today, days.1) } else { None };
        (of, name.to_owned(), target, sum, projection)
    };
    let sum = |nth: usize, id: i64| sums[nth].get(&id).copied().unwrap_or_default();
    let people = reference_data.owners.iter().filter(|it| it.active && (scope.can_see_all_orders() || it.id == scope.user.id));
    let teams = reference_data.teams.iter().filter(|(id, _)| scope.can_see_all_orders() || scope.user.team == Some(*id));
    Ok([
        people.map(|it| line(TargetOf::Person(it.id), &it.name, sum(0, it.id.0))).collect(),
        teams.map(|(id, name)| line(TargetOf::Team(*id), name, sum(1, id.0))).collect(),
    ])
}
