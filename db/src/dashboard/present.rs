//! Puts the figures of the dashboard into words and links.

use std::cmp::Ordering;

use chrono::{Datelike, NaiveDate};
use domain::{
    dashboard::{
        DashboardQuery, Period,
        view::{
            ActivityRow, AttentionView, CampaignRow, ChartBar, ChartView, DashboardView, KpiCardView, LeaderboardRow, Progress, QueryForm,
            Trend,
        },
    },
    date,
    money::Money,
    orders::pages::{Control, Link},
    page::grouped,
    ratio,
};

use super::{AttentionItem, CampaignProgress, Dashboard, DayTotals, KpiCard, LeaderboardEntry, format_date_range, sold_href};
use crate::{activity::ActivityEntry, rollups::read::RollupFilter};

/// The view model of a dashboard for the user with this name.
pub fn dashboard_view(it: Dashboard, name: &str) -> DashboardView {
    let place = it.zone.rsplit('/').next().unwrap_or(it.zone).replace('_', " ");
    let currency = it.currency.as_str();
    let rollup_filter = RollupFilter {
        owner: it.query.owner.map(|id| id.0),
        team: it.query.team.map(|id| id.0),
        campaign: it.query.campaign.map(|id| id.0),
    };
    DashboardView {
        heading: name.split(' ').next().unwrap_or_default().to_owned(),
        subtitle: format!("{} · all figures in {place} time", date::long(it.today)),
        periods: periods(&it.query),
        filters: filters(&it.query, it.choices),
        kpi_cards: it.kpi_cards.iter().map(|card| kpi_card(card, currency)).collect(),
        days: format_date_range(it.days),
        chart: chart("Revenue by day", &it.by_day, rollup_filter, currency),
        leaderboard: it.leaderboard.iter().map(|entry| leaderboard_row(entry, currency)).collect(),
        campaigns: it.campaign_progress.iter().map(|campaign| campaign_row(campaign, currency)).collect(),
        attention: it.attention.into_iter().map(attention).collect(),
        recent: it.recent.into_iter().map(activity_row).collect(),
        ignored: it.ignored,
        help: None,
    }
}

fn url(query: &DashboardQuery, period: Period) -> String {
    let pairs = std::iter::once(("period", period.code().to_owned())).chain(query.filter_pairs());
    format!("/dashboard/?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
}

fn periods(query: &DashboardQuery) -> Vec<Link> {
    Period::NAMED.iter().map(|period| Link::new(period.label(), url(query, *period), query.period == *period)).collect()
}

fn filters(query: &DashboardQuery, [owners, teams, campaigns]: [Vec<(String, String)>; 3]) -> QueryForm {
    let custom = match query.period {
        Period::Custom(from, to) => Some((from, to)),
        _ => None,
    };
    let day =
        |name: &str, label: &str, day: Option<NaiveDate>| Control::input(name, label, "date", day.map(date::plain).unwrap_or_default());
    let count = query.filter_pairs().len() + usize::from(custom.is_some());
    QueryForm {
        label: if count == 0 { "Filters".into() } else { format!("Filters · {count}") },
        action: "/dashboard/".into(),
        controls: vec![
            Control::select("owner", "Owner", "Everyone", owners, query.owner.map(|id| id.to_string())),
            Control::select("team", "Team", "All teams", teams, query.team.map(|id| id.to_string())),
            Control::select("campaign", "Campaign", "All campaigns", campaigns, query.campaign.map(|id| id.to_string())),
            day("from", "From", custom.map(|(from, _)| from)),
            day("to", "To", custom.map(|(_, to)| to)),
        ],
        hidden_fields: match query.period {
            Period::Custom(..) | Period::Month => Vec::new(),
            period => vec![("period".into(), period.code().into())],
        },
        clear: (count > 0).then(|| "/dashboard/".into()),
    }
}

fn kpi_card(card: &KpiCard, currency: &str) -> KpiCardView {
    let orders = if card.orders == 1 { "1 order".to_owned() } else { format!("{} orders", grouped(card.orders.unsigned_abs())) };
    let cancelled =
        if card.cancelled > 0 { format!(", excluding {} cancelled", grouped(card.cancelled.unsigned_abs())) } else { String::new() };
    let change = ratio::change(card.value, card.before);
    let comparison = match &change {
        Some(_) => format!(" vs {} ({})", card.against, Money(card.before).show(currency)),
        None => format!("None {}", card.against),
    };
    KpiCardView {
        label: card.label.into(),
        value: Money(card.value).show(currency),
        orders: orders + &cancelled,
        trend: match card.value.cmp(&card.before) {
            Ordering::Greater => Trend::Up,
            Ordering::Equal => Trend::Same,
            Ordering::Less => Trend::Down,
        },
        change: change.unwrap_or_default(),
        comparison,
        href: card.href.clone(),
    }
}

/// A chart of revenue and connected revenue.
pub fn chart(title: &str, days: &[DayTotals], rollup_filter: RollupFilter, currency: &str) -> ChartView {
    let are_months = days.len() > 1 && days.iter().any(|day| (day.last - day.day).num_days() > 7);
    let bars = days.iter().map(|day| {
        let short = match (are_months, day.day == day.last) {
            (true, _) => date::month(day.day)[..3].to_owned(),
            (false, true) => day.day.day().to_string(),
            (false, false) => date::show(day.day)[..6].trim().to_owned(),
        };
        let days = (day.day, day.last);
        chart_bar(short, format_date_range(days), sold_href(rollup_filter, days), [day.sold, day.connected], currency)
    });
    chart_of(title, bars.collect(), currency)
}

/// A period of a chart.
pub(crate) fn chart_bar(short: String, full: String, href: String, values: [i64; 2], currency: &str) -> ChartBar {
    let texts = values.map(|minor| Money(minor).show(currency));
    let text = format!("{full}: revenue {}, connected revenue {}", texts[0], texts[1]);
    ChartBar { short, full, href, text, values, texts }
}

/// A chart of these periods.
pub(crate) fn chart_of(title: &str, bars: Vec<ChartBar>, currency: &str) -> ChartView {
    let total = |nth: usize| Money(bars.iter().map(|bar| bar.values[nth]).sum()).show(currency);
    let summary = format!("{title}: revenue {}, connected revenue {}", total(0), total(1));
    ChartView { names: ["Revenue".into(), "Connected revenue".into()], bars, summary }
}

/// An amount without minor units, for narrow places.
fn whole(minor: i64, currency: &str) -> String {
    let shown = Money(minor).show(currency);
    shown.get(..shown.len().saturating_sub(3)).map_or(shown.clone(), str::to_owned)
}

fn leaderboard_row(entry: &LeaderboardEntry, currency: &str) -> LeaderboardRow {
    let progress = entry.target.filter(|target| *target > 0).map(|target| {
        let label = format!("{}% of target {}", ratio::share(entry.reached, target, 100), whole(target, currency));
        Progress::new(entry.reached, target, label)
    });
    LeaderboardRow {
        name: entry.name.clone(),
        progress,
        revenue: Link::new(whole(entry.sold, currency), entry.sold_href.clone(), false),
        connected: Link::new(format!("{} connected", whole(entry.connected, currency)), entry.connected_href.clone(), false),
    }
}

fn campaign_row(campaign: &CampaignProgress, currency: &str) -> CampaignRow {
    let percent = ratio::share(campaign.revenue, campaign.target, 100);
    let pace = campaign.pace.map(|pace| format!(" · on track for {}", whole(pace, currency))).unwrap_or_default();
    CampaignRow {
        campaign: Link::new(campaign.name.clone(), format!("/campaigns/{}/", campaign.id), false),
        percent: format!("{percent}%"),
        progress: Progress::new(campaign.revenue, campaign.target, format!("{percent}% of target")),
        revenue: Link::new(whole(campaign.revenue, currency), campaign.href.clone(), false),
        target: format!(" of {}{pace}", whole(campaign.target, currency)),
    }
}

fn attention(item: AttentionItem) -> AttentionView {
    AttentionView { why: item.why.into(), rows: item.rows, all: Some(item.href).filter(|href| !href.is_empty()) }
}

/// An entry of the activity log in words.
pub fn activity_row(entry: ActivityEntry) -> ActivityRow {
    let detail = if entry.number.as_ref() == Some(&entry.detail) { String::new() } else { entry.detail };
    ActivityRow {
        id: entry.id,
        who: entry.who.unwrap_or_else(|| "Someone".into()),
        what: entry.kind.map_or("made a change", |kind| kind.label()).into(),
        number: entry.number,
        detail,
        at: entry.at,
    }
}
