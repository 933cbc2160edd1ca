//! Puts campaigns and their figures into words and links.

use domain::{
    campaigns::view::{CampaignListRow, CampaignListView, CampaignView, PersonShare},
    dashboard::view::Progress,
    date,
    money::{Money, plain_rate},
    orders::pages::Link,
    page::grouped,
    ratio,
};

use super::{Campaign, CampaignPage, Part};
use crate::{dashboard, rollups::read::RollupFilter};

/// The view model of the list.
pub fn list_view(campaigns: &[Campaign], may_create: bool, currency: &str) -> CampaignListView {
    CampaignListView { rows: campaigns.iter().map(|it| row(it, currency)).collect(), may_create, help: None }
}

fn row(it: &Campaign, currency: &str) -> CampaignListRow {
    let show = |minor: i64| Money(minor).show(currency);
    let progress = it.target.filter(|target| *target > 0).map(|target| {
        let percent = ratio::share(it.revenue, target, 100);
        (format!("{percent}%"), Progress::new(it.revenue, target, format!("{percent}% of target")))
    });
    CampaignListRow {
        campaign: Link::new(it.name.clone(), format!("/campaigns/{}/", it.id), false),
        is_active: it.active,
        days: days(it),
        orders: Link::new(grouped(it.orders.unsigned_abs()), it.orders_href.clone(), false),
        revenue: show(it.revenue),
        connected: Link::new(show(it.connected), it.connected_href.clone(), false),
        target: it.target.map(show).unwrap_or_default(),
        progress,
    }
}

fn days(it: &Campaign) -> String {
    match (it.start_on, it.end_on) {
        (Some(start), Some(end)) => format!("{} to {}", date::show(start), date::show(end)),
        (Some(start), None) => format!("from {}", date::show(start)),
        (None, Some(end)) => format!("until {}", date::show(end)),
        (None, None) => String::new(),
    }
}

/// The view model of the page of a campaign.
pub fn campaign_view(page: &CampaignPage, currency: &str) -> CampaignView {
    let it = &page.it;
    let show = |minor: i64| Money(minor).show(currency);
    let rate = it.rate.map(|rate| format!("commission {}%", plain_rate(rate))).unwrap_or_default();
    let state = if it.active { "" } else { "inactive" };
    let subtitle = [days(it), rate, state.to_owned()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    let target = it.target.map(|target| {
        let percent = ratio::share(it.revenue, target, 100);
        let pace = it.pace.map(|pace| format!(", on track for {} by the end", show(pace))).unwrap_or_default();
        (Progress::new(it.revenue, target, format!("{percent}% of target")), format!("{percent}% of {}{pace}", show(target)))
    });
    let rollup_filter = RollupFilter { campaign: Some(it.id), ..RollupFilter::default() };
    CampaignView {
        title: it.name.clone(),
        subtitle,
        edit: page.may_edit.then(|| format!("/campaigns/{}/edit/", it.id)),
        figures: vec![
            ("Orders".into(), Link::new(grouped(it.orders.unsigned_abs()), it.orders_href.clone(), false)),
            ("Revenue".into(), Link::new(show(it.revenue), it.orders_href.clone(), false)),
            ("Connected revenue".into(), Link::new(show(it.connected), it.connected_href.clone(), false)),
        ],
        target,
        days: dashboard::format_date_range(page.days),
        chart: dashboard::chart("Revenue by day", &page.by_day, rollup_filter, currency),
        people: page.people.iter().map(|part| person(part, currency)).collect(),
        help: None,
    }
}

fn person(part: &Part, currency: &str) -> PersonShare {
    PersonShare {
        person: Link::new(part.name.clone(), part.href.clone(), false),
        orders: part.orders.to_string(),
        revenue: Money(part.revenue).show(currency),
        connected: Money(part.connected).show(currency),
    }
}
