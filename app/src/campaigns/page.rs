//! The pages of campaigns.

use db::campaigns::{self, Campaign, CampaignPage};
use domain::{campaigns::CampaignDraft, date, money::plain_rate, ratio, role::Permission};
use leptos::prelude::*;

use crate::{
    dashboard::{Bar, chart},
    server_pages::parts::{Form, PageRequest, PageView, bar, empty, head, sum},
};

/// The list of campaigns.
pub async fn list(asked: &PageRequest) -> PageView {
    let all = campaigns::list(&asked.db, &asked.scope).await?;
    let may = asked.scope.authority().may(Permission::Campaigns);
    let currency = asked.scope.settings.currency.clone();
    let new = may.then(|| view! { <a class="btn btn-primary" href="/campaigns/new/">"New campaign"</a> });
    let rows = all.iter().map(|it| row(it, &currency)).collect_view();
    let table = if all.is_empty() {
        empty(
            "No campaigns yet. A campaign groups orders and measures them against a target.",
            may.then_some(("New campaign", "/campaigns/new/")),
        )
    } else {
        view! {
            <div class="table-frame"><table class="data-table">
                <thead><tr>
                    <th scope="col">"Campaign"</th><th scope="col" class="num">"Orders"</th><th scope="col" class="num">"Revenue"</th>
                    <th scope="col" class="num">"Connected revenue"</th><th scope="col" class="num">"Target"</th><th scope="col">"Progress"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
        }
        .into_any()
    };
    Ok(("Campaigns".into(), view! { {head("Campaigns", "Revenue since each campaign started", new)} {table} }.into_any()))
}

fn row(it: &Campaign, currency: &str) -> AnyView {
    let percent = it.target.filter(|target| *target > 0).map(|target| ratio::share(it.revenue, target, 100));
    let reached = percent.map(|percent| view! { <span class="reached">{bar(it.revenue, it.target.unwrap_or_default(), format!("{percent}% of target"))}<span>{format!("{percent}%")}</span></span> });
    let archived = (!it.active).then(|| view! { <small class="tag">"inactive"</small> });
    view! {
        <tr>
            <th scope="row"><a class="row-name" data-row="" href=format!("/campaigns/{}/", it.id)>{it.name.clone()}</a>" "{archived}<small>{days(it)}</small></th>
            <td class="num"><a href=it.orders_href.clone()>{domain::page::grouped(it.orders.unsigned_abs())}</a></td>
            <td class="num">{sum(it.revenue, currency)}</td>
            <td class="num"><a href=it.connected_href.clone()>{sum(it.connected, currency)}</a></td>
            <td class="num">{it.target.map(|target| sum(target, currency))}</td>
            <td>{reached}</td>
        </tr>
    }
    .into_any()
}

fn days(it: &Campaign) -> String {
    match (it.start_on, it.end_on) {
        (Some(start), Some(end)) => format!("{} to {}", date::show(start), date::show(end)),
        (Some(start), None) => format!("from {}", date::show(start)),
        (None, Some(end)) => format!("until {}", date::show(end)),
        (None, None) => String::new(),
    }
}

/// The page of a campaign.
pub async fn show(asked: &PageRequest, id: i64) -> PageView {
    let page = campaigns::show(&asked.db, &asked.scope, id).await?;
    let currency = asked.scope.settings.currency.clone();
    Ok((page.it.name.clone(), drawn(&page, &currency)))
}

fn drawn(page: &CampaignPage, currency: &str) -> AnyView {
    let it = &page.it;
    let edit = page.may_edit.then(|| view! { <a class="btn btn-quiet" data-key="e" href=format!("/campaigns/{}/edit/", it.id)>"Edit"</a> });
    let archived = if it.active { "" } else { "inactive" };
    let rate = it.rate.map(|rate| format!("commission {}%", plain_rate(rate))).unwrap_or_default();
    let under = [days(it), rate, archived.to_owned()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    let target = it.target.map(|target| {
        let percent = ratio::share(it.revenue, target, 100);
        let pace = it.pace.map(|pace| format!(", on track for {} by the end", sum(pace, currency))).unwrap_or_default();
        view! { <section class="card panel"><h2>"Target"</h2>{bar(it.revenue, target, format!("{percent}% of target"))}<p>{format!("{percent}% of {}{pace}", sum(target, currency))}</p></section> }
    });
    let figures = [
        ("Orders", domain::page::grouped(it.orders.unsigned_abs()), it.orders_href.clone()),
        ("Revenue", sum(it.revenue, currency), it.orders_href.clone()),
        ("Connected revenue", sum(it.connected, currency), it.connected_href.clone()),
    ]
    .map(|(text, value, href)| view! { <a class="card kpi" href=href><span class="kpi-label">{text}</span><strong class="kpi-value">{value}</strong></a> });
    let rollup_filter = db::rollups::RollupFilter { campaign: Some(it.id), ..db::rollups::RollupFilter::default() };
    let bars: Vec<Bar> = page
        .by_day
        .iter()
        .map(|day| Bar {
            short: if day.day == day.last {
                chrono::Datelike::day(&day.day).to_string()
            } else {
                date::show(day.day)[..6].trim().to_owned()
            },
            full: db::dashboard::format_date_range((day.day, day.last)),
            href: db::dashboard::sold_href(rollup_filter, (day.day, day.last)),
            sold: day.sold,
            connected: day.connected,
        })
        .collect();
    let people = page.people.iter().map(|part| {
        view! {
            <tr><th scope="row"><a href=part.href.clone()>{part.name.clone()}</a></th><td class="num">{part.orders}</td><td class="num">{sum(part.revenue, currency)}</td><td class="num">{sum(part.connected, currency)}</td></tr>
        }
    });
    view! {
        <p><a class="back" data-back="" href="/campaigns/">"← Campaigns"</a></p>
        {head(it.name.clone(), under, edit)}
        <div class="kpis">{figures.collect_view()}</div>
        {target}
        <section class="card panel" aria-labelledby="by-day">
            <header class="panel-head"><h2 id="by-day">"Revenue by day"</h2><p class="legend"><span class="legend-connected">"Connected revenue"</span><span class="legend-sold">"Revenue"</span></p></header>
            <p class="muted">{db::dashboard::format_date_range(page.days)}</p>
            {chart("Revenue by day", &bars, ["connected revenue", "revenue"], |minor| sum(minor, currency))}
        </section>
        <section class="card panel" aria-labelledby="people"><h2 id="people">"People"</h2>
            <div class="table-frame"><table class="data-table"><thead><tr><th scope="col">"Owner"</th><th scope="col" class="num">"Orders"</th><th scope="col" class="num">"Revenue"</th><th scope="col" class="num">"Connected revenue"</th></tr></thead><tbody>{people.collect_view()}</tbody></table></div>
        </section>
    }
    .into_any()
}

/// The form of a campaign, new or existing.
pub async fn form(asked: &PageRequest, id: Option<i64>) -> PageView {
    asked.scope.require(Permission::Campaigns)?;
    let draft = match id {
        Some(id) => campaigns::draft(&asked.db, &asked.scope, id).await?,
        None => CampaignDraft { active: true, ..CampaignDraft::default() },
    };
    let (title, action, back) = match id {
        Some(id) => ("Edit campaign", format!("/campaigns/{id}/edit/"), format!("/campaigns/{id}/")),
        None => ("New campaign", "/campaigns/new/".to_owned(), "/campaigns/".to_owned()),
    };
    let form = Form::at(action);
    let fields = view! {
        {form.input("name", "Name", "text", &draft.name)}
        {form.input("target", "Target for the whole campaign", "decimal", &draft.target)}
        {form.input("start_on", "Starts on", "date", &draft.start_on)}
        {form.input("end_on", "Ends on", "date", &draft.end_on)}
        {form.input("rate", "Commission (%), if different from the usual rate", "decimal", &draft.rate)}
        {form.tick("active", "Active: offered on orders and shown on the dashboard", draft.active)}
    };
    let drawn = form.clone().drawn("card", fields, "Save");
    Ok((title.into(), view! { <p><a class="back" data-back="" href=back>"← Back"</a></p> {head(title, "", ())} {drawn} }.into_any()))
}
