//! The dashboard page: four KPI cards, revenue by day, leaderboard, campaigns, orders that need attention, recent activity.

use std::cmp::Ordering;

use db::{
    activity::ActivityEntry,
    dashboard::{self, AttentionItem, CampaignProgress, Dashboard, KpiCard, LeaderboardEntry},
};
use domain::{
    dashboard::{DashboardQuery, Period},
    date, ratio,
};
use leptos::prelude::*;

use super::{Bar, chart, chart::whole_units};
use crate::{
    orders::badge,
    server_pages::parts::{PageRequest, PageView, bar, head, ignored, plain_day, query_input, query_select, sum},
    ui::avatar,
};

/// Renders the page.
pub async fn draw(asked: &PageRequest) -> PageView {
    let (query, ignored) = DashboardQuery::from_pairs(asked.borrowed());
    let it = dashboard::dashboard(&asked.db, &asked.scope, query, ignored).await?;
    let first = asked.scope.user.name.split(' ').next().unwrap_or_default().to_owned();
    Ok(("Dashboard".into(), page(&it, &first)))
}

fn page(it: &Dashboard, first: &str) -> AnyView {
    let place = it.zone.rsplit('/').next().unwrap_or(it.zone).replace('_', " ");
    let under = format!("{} · all figures in {place} time", date::long(it.today));
    view! {
        {head(first.to_owned(), under, periods(it))}
        {ignored(&it.ignored)}
        {filters(it)}
        <div class="kpis">{it.kpi_cards.iter().map(|figure| kpi_card(figure, &it.currency)).collect_view()}</div>
        <div class="boards">
            <section class="card panel panel-wide" aria-labelledby="by-day">
                <header class="panel-head"><h2 id="by-day">"Revenue by day"</h2><p class="legend"><span class="legend-connected">"Connected revenue"</span><span class="legend-sold">"Revenue"</span></p></header>
                <p class="muted">{dashboard::format_date_range(it.days)}</p>
                {by_day(it)}
            </section>
            <section class="card panel" aria-labelledby="leaderboard"><h2 id="leaderboard">"Leaderboard"</h2>{leaderboard(&it.leaderboard, &it.currency)}</section>
        </div>
        <div class="boards boards-even">
            <section class="card panel" aria-labelledby="campaign-progress"><h2 id="campaign-progress">"Campaigns against target"</h2>{campaign_progress(&it.campaign_progress, &it.currency)}</section>
            <section class="card panel" aria-labelledby="waiting"><h2 id="waiting">"Needs attention"</h2>{attention(&it.attention)}</section>
        </div>
        <section class="card panel" aria-labelledby="recent">
            <header class="panel-head"><h2 id="recent">"Recent activity"</h2><a href="/activity/">"All activity"</a></header>
            {activity_list(&it.recent, false)}
        </section>
    }
    .into_any()
}

fn address(query: &DashboardQuery, period: &[(&str, String)]) -> String {
    let filter_pairs = query.filter_pairs();
    let pairs = period.iter().map(|(name, value)| (*name, value.clone())).chain(filter_pairs);
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    if query.is_empty() { "/dashboard/".into() } else { format!("/dashboard/?{query}") }
}

fn periods(it: &Dashboard) -> AnyView {
    let links = Period::NAMED.map(|period| {
        let on = (it.query.period == period).then_some("true");
        let href = address(&it.query, &[("period", period.code().to_owned())]);
        view! { <a href=href aria-current=on>{period.label()}</a> }
    });
    view! { <nav class="segments" aria-label="Period">{links.collect_view()}</nav> }.into_any()
}

fn filters(it: &Dashboard) -> AnyView {
    let [owners, teams, campaigns] = it.choices.clone();
    let custom = match it.query.period {
        Period::Custom(from, to) => (Some(from), Some(to)),
        _ => (None, None),
    };
    let kept = (!matches!(it.query.period, Period::Custom(..) | Period::Month))
        .then(|| view! { <input type="hidden" name="period" value=it.query.period.code()/> });
    let narrowed = it.query.filter_pairs().len() + usize::from(matches!(it.query.period, Period::Custom(..)));
    let label = if narrowed == 0 { "Filters".to_owned() } else { format!("Filters · {narrowed}") };
    let open = narrowed > 0;
    let clear = open.then(|| view! { <a class="chip chip-clear" href="/dashboard/">"Clear filters"</a> });
    view! {
        <div class="tools">
            <details class="filters" open=open>
                <summary class="chip">{label}</summary>
                <form class="query-form card" method="get" action="/dashboard/">
                    {kept}
                    {query_select("owner", "Owner", owners, "Everyone", it.query.owner.map(|id| id.to_string()))}
                    {query_select("team", "Team", teams, "All teams", it.query.team.map(|id| id.to_string()))}
                    {query_select("campaign", "Campaign", campaigns, "All campaigns", it.query.campaign.map(|id| id.to_string()))}
                    {query_input("from", "From", "date", plain_day(custom.0))}
                    {query_input("to", "To", "date", plain_day(custom.1))}
                    <button class="btn btn-quiet">"Apply"</button>
                </form>
            </details>
            {clear}
        </div>
    }
    .into_any()
}

fn kpi_card(figure: &KpiCard, currency: &str) -> AnyView {
    let orders =
        if figure.orders == 1 { "1 order".to_owned() } else { format!("{} orders", domain::page::grouped(figure.orders.unsigned_abs())) };
    let cancelled =
        (figure.cancelled > 0).then(|| format!(", excluding {} cancelled", domain::page::grouped(figure.cancelled.unsigned_abs())));
    let class = match figure.value.cmp(&figure.before) {
        Ordering::Greater => "change change-up",
        Ordering::Equal => "change",
        Ordering::Less => "change change-down",
    };
    let against = figure.against.clone();
    let was = sum(figure.before, currency);
    let change = if let Some(text) = ratio::change(figure.value, figure.before) {
        view! { <p class="change-line"><span class=class>{text}</span>{format!(" vs {against} ({was})")}</p> }.into_any()
    } else {
        view! { <p class="change-line">{format!("None {against}")}</p> }.into_any()
    };
    view! {
        <a class="card kpi" href=figure.href.clone()>
            <span class="kpi-label">{figure.label}</span>
            <strong class="kpi-value">{sum(figure.value, currency)}</strong>
            <span class="kpi-orders">{orders}{cancelled}</span>
            {change}
        </a>
    }
    .into_any()
}

fn by_day(it: &Dashboard) -> AnyView {
    let rollup_filter = db::rollups::RollupFilter {
        owner: it.query.owner.map(|id| id.0),
        team: it.query.team.map(|id| id.0),
        campaign: it.query.campaign.map(|id| id.0),
    };
    let months = it.by_day.len() > 1 && it.by_day.iter().any(|day| (day.last - day.day).num_days() > 7);
    let bars: Vec<Bar> = it
        .by_day
        .iter()
        .map(|day| Bar {
            short: match (months, day.day == day.last) {
                (true, _) => date::month(day.day)[..3].to_owned(),
                (false, true) => chrono::Datelike::day(&day.day).to_string(),
                (false, false) => date::show(day.day)[..6].trim().to_owned(),
            },
            full: dashboard::format_date_range((day.day, day.last)),
            href: dashboard::sold_href(rollup_filter, (day.day, day.last)),
            sold: day.sold,
            connected: day.connected,
        })
        .collect();
    chart("Revenue by day", &bars, ["connected revenue", "revenue"], |minor| sum(minor, &it.currency))
}

fn leaderboard(leaderboard: &[LeaderboardEntry], currency: &str) -> AnyView {
    if leaderboard.is_empty() {
        return view! { <p class="muted">"No sales in this period yet"</p> }.into_any();
    }
    let rows = leaderboard.iter().enumerate().map(|(nth, it)| {
        let target = it.target.filter(|target| *target > 0);
        // The bar shows what is written below it: without a target there is nothing to show.
        let (progress, target) = match target {
            Some(target) => {
                let label = format!("{}% of target {}", ratio::share(it.reached, target, 100), whole_units(target, currency));
                let below = view! { <small class="leader-target">{label.clone()}</small> };
                (Some(bar(it.reached, target, format!("{}: {label}", it.name))), Some(below))
            }
            None => (None, None),
        };
        view! {
            <li class="leader">
                <span class="leader-place">{nth + 1}</span>{avatar(&it.name).view()}
                <div class="leader-who"><span>{it.name.clone()}</span>{progress}{target}</div>
                <div class="leader-sums"><a href=it.sold_href.clone()><strong>{whole_units(it.sold, currency)}</strong></a><a class="leader-connected" href=it.connected_href.clone()>{format!("{} connected", whole_units(it.connected, currency))}</a></div>
            </li>
        }
    });
    view! { <ol class="leaderboard">{rows.collect_view()}</ol> }.into_any()
}

/// The progress of campaigns.
pub(crate) fn campaign_progress(campaign_progress: &[CampaignProgress], currency: &str) -> AnyView {
    if campaign_progress.is_empty() {
        return view! { <p class="muted">"No campaigns have a target"</p> }.into_any();
    }
    let rows = campaign_progress.iter().map(|it| {
        let percent = ratio::share(it.revenue, it.target, 100);
        let pace = it.pace.map(|pace| format!(" · on track for {}", whole_units(pace, currency))).unwrap_or_default();
        view! {
            <li class="progress-item">
                <div class="progress-head"><a href=format!("/campaigns/{}/", it.id)>{it.name.clone()}</a><strong>{format!("{percent}%")}</strong></div>
                {bar(it.revenue, it.target, format!("{percent}% of target"))}
                <small><a href=it.href.clone()>{whole_units(it.revenue, currency)}</a>{format!(" of {}{pace}", whole_units(it.target, currency))}</small>
            </li>
        }
    });
    view! { <ul class="campaign-progress">{rows.collect_view()}</ul> }.into_any()
}

fn attention(found: &[AttentionItem]) -> AnyView {
    if found.is_empty() {
        return view! { <p class="muted">"Nothing needs attention: no issues, follow-ups or open comments"</p> }.into_any();
    }
    let groups = found.iter().map(|it| {
        let rows = it.rows.iter().map(|row| {
            view! {
                <li class="wait">{badge(row.status).view()}<a href=format!("/orders/{}/", row.number)>{row.customer.clone()}</a><small>{row.at.short.clone()}</small><b>{row.box_value.clone()}</b></li>
            }
        });
        let all = (!it.href.is_empty()).then(|| view! { <a href=it.href.clone()>"All"</a> });
        view! { <div class="attention-item"><p class="attention-head"><span>{it.why}</span>{all}</p><ul>{rows.collect_view()}</ul></div> }
    });
    view! { <div>{groups.collect_view()}</div> }.into_any()
}

/// Entries of the activity log; also used on its own page, where they are grouped by day (`timed`).
pub(crate) fn activity_list(entries: &[ActivityEntry], timed: bool) -> AnyView {
    if entries.is_empty() {
        return view! { <p class="muted">"No activity yet"</p> }.into_any();
    }
    let rows = entries.iter().map(|it| {
        let who = it.who.clone().unwrap_or_else(|| "Someone".into());
        let kind = it.kind.map_or("made a change", |kind| kind.label());
        let order = it.number.clone().map(|number| {
            let href = format!("/orders/{number}/");
            view! { " " <a href=href>{number}</a> }
        });
        let when = if timed { it.at.full.rsplit(", ").next().unwrap_or_default().to_owned() } else { it.at.short.clone() };
        let detail = Some(it.detail.clone()).filter(|detail| !detail.is_empty() && Some(detail) != it.number.as_ref());
        let detail = detail.map(|detail| view! { <span class="activity-detail">{detail}</span> });
        view! {
            <li class="activity-entry"><p><strong>{who}</strong>" "{kind}{order}</p>{detail}<small title=it.at.full.clone()>{when}</small></li>
        }
    });
    view! { <ul class="activity-list">{rows.collect_view()}</ul> }.into_any()
}
