//! The dashboard page: four KPI cards, revenue by day, leaderboard, campaigns, orders that need attention, recent activity.

use domain::dashboard::view::{ActivityRow, AttentionView, CampaignRow, DashboardView, KpiCardView, LeaderboardRow, Trend};
use leptos::{prelude::*, tachys::view::keyed::keyed};
use leptos_router::{LazyRoute, lazy_route};

use super::api;
use crate::{
    orders::StatusBadge,
    page_data, routes,
    ui::{
        Avatar, Chart, Erase, HelpLink, IgnoredValues, KeyedRow, Kpi, KpiRow, Page, PageHead, Panel, ProgressBar, QueryFilters, RowState,
        Rows, Segments, TwoColumns, chart_legend, skeleton,
    },
};

/// The route of the dashboard.
#[derive(Debug)]
pub struct DashboardRoute {
    address: Memo<String>,
}

#[lazy_route]
impl LazyRoute for DashboardRoute {
    fn data() -> Self {
        Self { address: page_data::address(routes::dashboard) }
    }

    fn view(this: Self) -> AnyView {
        let state = DashboardState::default();
        page_data::page(page_data::by_address(this.address, api::dashboard), skeleton, move |dashboard| {
            view! { <Page title="Dashboard"><Dashboard dashboard=dashboard state=state/></Page> }.erase()
        })
    }
}

/// The state of the page, made once beside the route: it outlives every redraw.
#[derive(Clone, Copy)]
pub struct DashboardState {
    /// The URL of the bar of the chart that is read out.
    selected_bar: RwSignal<Option<String>>,
    recent: Rows<ActivityRow>,
}

impl Default for DashboardState {
    fn default() -> Self {
        Self { selected_bar: RwSignal::new(None), recent: Rows::default() }
    }
}

/// What the page shows.
#[component]
pub fn Dashboard(dashboard: DashboardView, state: DashboardState) -> impl IntoView {
    let it = dashboard;
    let kpi_cards = it.kpi_cards.into_iter().map(|card| view! { <KpiCard card=card/> }).collect::<Vec<_>>();
    let recent = state.recent.update(it.recent.into_iter().map(|entry| (entry.id.to_string(), entry)));
    let all_activity = view! { <a href="/activity/">"All activity"</a> }.erase();
    view! {
        <div class="page-body">
            <PageHead title=it.heading subtitle=it.subtitle><Segments label="Period" links=it.periods/></PageHead>
            <IgnoredValues sentences=it.ignored.clone()/>
            <QueryFilters form=it.filters ignored=it.ignored/>
            <KpiRow>{kpi_cards}</KpiRow>
            <TwoColumns>
                <Panel title="Revenue by day" id="by-day" beside=chart_legend()>
                    <p class="muted">{it.days}</p>
                    <Chart chart=it.chart selected=state.selected_bar/>
                </Panel>
                <Panel title="Leaderboard" id="leaderboard"><Leaderboard rows=it.leaderboard/></Panel>
            </TwoColumns>
            <TwoColumns is_even=true>
                <Panel title="Campaigns against target" id="campaign-progress"><CampaignProgress rows=it.campaigns/></Panel>
                <Panel title="Needs attention" id="waiting"><Attention groups=it.attention/></Panel>
            </TwoColumns>
            <Panel title="Recent activity" id="recent" beside=all_activity><ActivityList entries=recent/></Panel>
            <HelpLink link=it.help/>
        </div>
    }
}

/// A figure, how it compares, and a link to its orders.
#[component]
fn KpiCard(card: KpiCardView) -> impl IntoView {
    let class = match card.trend {
        Trend::Up => "kpi-change kpi-change-up",
        Trend::Same => "kpi-change",
        Trend::Down => "kpi-change kpi-change-down",
    };
    let change = (!card.change.is_empty()).then(|| view! { <span class=class>{card.change}</span> });
    view! {
        <Kpi label=card.label value=card.value href=card.href>
            <span class="kpi-orders">{card.orders}</span>
            <p class="kpi-change-line">{change}{card.comparison}</p>
        </Kpi>
    }
}

/// The users with the most revenue. The bar shows what is written below it: without a target there is nothing to show.
#[component]
fn Leaderboard(rows: Vec<LeaderboardRow>) -> impl IntoView {
    if rows.is_empty() {
        return view! { <p class="muted">"No sales in this period yet"</p> }.erase();
    }
    let rows = rows
        .into_iter()
        .enumerate()
        .map(|(nth, row)| {
            let LeaderboardRow { name, progress, revenue, connected } = row;
            let progress = progress.map(|mut progress| {
                let below = progress.label.clone();
                progress.label = format!("{name}: {}", progress.label);
                view! { <ProgressBar progress=progress/><small class="leaderboard-target">{below}</small> }
            });
            view! {
                <li class="leaderboard-row">
                    <span class="leaderboard-place">{nth + 1}</span>
                    <Avatar name=name.clone()/>
                    <div class="leaderboard-who"><span>{name}</span>{progress}</div>
                    <div class="leaderboard-sums">
                        <a href=revenue.href><strong>{revenue.label}</strong></a>
                        <a class="leaderboard-connected" href=connected.href>{connected.label}</a>
                    </div>
                </li>
            }
        })
        .collect::<Vec<_>>();
    view! { <ol class="leaderboard">{rows}</ol> }.erase()
}

/// The progress of campaigns.
#[component]
pub fn CampaignProgress(rows: Vec<CampaignRow>) -> impl IntoView {
    if rows.is_empty() {
        return view! { <p class="muted">"No campaigns have a target"</p> }.erase();
    }
    let rows = rows
        .into_iter()
        .map(|CampaignRow { campaign, percent, progress, revenue, target }| {
            view! {
                <li class="campaign-progress-item">
                    <div class="campaign-progress-head"><a href=campaign.href>{campaign.label}</a><strong>{percent}</strong></div>
                    <ProgressBar progress=progress/>
                    <small><a href=revenue.href>{revenue.label}</a>{target}</small>
                </li>
            }
        })
        .collect::<Vec<_>>();
    view! { <ul class="campaign-progress">{rows}</ul> }.erase()
}

/// Orders that need attention, by reason.
#[component]
fn Attention(groups: Vec<AttentionView>) -> impl IntoView {
    if groups.is_empty() {
        return view! { <p class="muted">"Nothing needs attention: no issues, follow-ups or open comments"</p> }.erase();
    }
    let groups = groups
        .into_iter()
        .map(|AttentionView { why, rows, all }| {
            let rows = rows
                .into_iter()
                .map(|row| {
                    view! {
                        <li class="attention-row">
                            <StatusBadge status=row.status/>
                            <a href=format!("/orders/{}/", row.number)>{row.customer}</a>
                            <small>{row.at.short}</small>
                            <b>{row.box_value}</b>
                        </li>
                    }
                })
                .collect::<Vec<_>>();
            let all = all.map(|href| view! { <a href=href>"All"</a> });
            view! { <div class="attention-item"><p class="attention-head"><span>{why}</span>{all}</p><ul>{rows}</ul></div> }
        })
        .collect::<Vec<_>>();
    view! { <div>{groups}</div> }.erase()
}

/// Entries of the activity log; on its own page they are grouped by day and have the time (`is_by_day`).
#[component]
pub fn ActivityList(entries: Vec<KeyedRow<ActivityRow>>, #[prop(optional)] is_by_day: bool) -> impl IntoView {
    if entries.is_empty() {
        return view! { <p class="muted">"No activity yet"</p> }.erase();
    }
    let rows =
        keyed(entries, |(key, _)| key.clone(), move |_, (_, entry)| (|_| (), view! { <ActivityEntry entry=entry is_by_day=is_by_day/> }));
    view! { <ul class="activity-list">{rows}</ul> }.erase()
}

/// An entry of the activity log.
#[component]
fn ActivityEntry(entry: ArcRwSignal<RowState<ActivityRow>>, is_by_day: bool) -> impl IntoView {
    move || {
        let ActivityRow { who, what, number, detail, at, .. } = entry.with(|it| it.value.clone());
        let order = number.map(|number| view! { " "<a href=format!("/orders/{number}/")>{number.clone()}</a> });
        let detail = (!detail.is_empty()).then(|| view! { <span class="activity-detail">{detail}</span> });
        let when = if is_by_day { at.full.rsplit(", ").next().unwrap_or_default().to_owned() } else { at.short };
        view! {
            <li class="activity-entry"><p><strong>{who}</strong>" "{what}{order}</p>{detail}<small title=at.full>{when}</small></li>
        }
    }
}
