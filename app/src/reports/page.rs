//! The report page: the query form and the table.

use db::reports::{self, Report};
use domain::{
    dashboard::Period,
    money::Money,
    ratio::decimal,
    reports::{GroupBy, Measure, ReportQuery},
    role::Permission,
};
use leptos::prelude::*;

use crate::server_pages::parts::{PageRequest, PageView, bar, button_form, empty, head, ignored, plain_day, query_input, query_select};

/// Formats a value of a measure.
pub fn value_text(measure: Measure, currency: &str) -> impl Fn(i64) -> String + use<> {
    let currency = currency.to_owned();
    move |value| match measure {
        Measure::Revenue | Measure::Connected => Money(value).show(&currency),
        Measure::Conversion => format!("{}%", decimal(value, 2)),
        Measure::DaysToConnect => format!("{} days", decimal(value, 1)),
        Measure::Orders | Measure::Lost => domain::page::grouped(value.unsigned_abs()),
    }
}

/// Renders the page.
pub async fn draw(asked: &PageRequest) -> PageView {
    let (query, ignored_) = ReportQuery::from_pairs(asked.borrowed());
    let report = reports::report(&asked.db, &asked.scope, query, ignored_).await?;
    let title = format!("{} by {}", query.measure.label(), query.by.label().to_lowercase());
    let choices = db::dashboard::choices(&asked.db, &asked.scope).await?;
    let here = query.href();
    let kept = db::orders::views(&asked.db, &asked.scope).await?.into_iter().find(|it| it.href == here);
    let (title, keep) = match kept {
        Some(view) if view.own => (view.name, button_form("/views/remove/", "Remove saved view", &[("id", view.id.to_string())])),
        Some(view) => (view.name, ().into_any()),
        None => (title, save(asked, &here)),
    };
    Ok((title.clone(), drawn(asked, &report, title, keep, choices)))
}

fn drawn(
    asked: &PageRequest,
    report: &Report,
    title: String,
    keep: AnyView,
    [owners, teams, campaigns]: [Vec<(String, String)>; 3],
) -> AnyView {
    let query = report.query;
    let show = value_text(query.measure, &asked.scope.settings.currency);
    let may_export = asked.scope.authority().may(Permission::Export);
    let csv = query.href().replacen("/reports/", "/reports/csv/", 1);
    let acts = may_export.then(|| view! { <a class="btn btn-quiet" href=csv rel="external" download="">"CSV"</a> });
    let custom = match query.filter.period {
        Period::Custom(from, to) => (Some(from), Some(to)),
        _ => (None, None),
    };
    let periods = Period::NAMED.iter().map(|it| (it.code().to_owned(), it.label().to_owned())).collect();
    let period = (!matches!(query.filter.period, Period::Custom(..))).then(|| query.filter.period.code().to_owned());
    let most = report.rows.iter().map(|row| row.value).max().unwrap_or_default();
    let rows = report.rows.iter().map(|row| {
        let label = match row.href.as_str() {
            "" => row.label.clone().into_any(),
            href => view! { <a data-row="" href=href.to_owned()>{row.label.clone()}</a> }.into_any(),
        };
        view! {
            <tr><th scope="row">{label}</th><td class="bar-cell">{bar(row.value, most, format!("{}: {}", row.label, show(row.value)))}</td><td class="num">{show(row.value)}</td><td class="num">{domain::page::grouped(row.orders.unsigned_abs())}</td></tr>
        }
    });
    let by = query.row_label();
    let table = if report.rows.is_empty() {
        empty("No data for this period", None)
    } else {
        view! {
            <div class="table-frame"><table class="data-table">
                <thead><tr><th scope="col">{by}</th><th scope="col"><span class="visually-hidden">"Chart"</span></th><th scope="col" class="num">{query.measure.label()}</th><th scope="col" class="num">"Orders"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
                <tfoot><tr><th scope="row">"Total"</th><td></td><td class="num">{show(report.total.value)}</td><td class="num">{domain::page::grouped(report.total.orders.unsigned_abs())}</td></tr></tfoot>
            </table></div>
        }
        .into_any()
    };
    view! {
        {head(title, db::dashboard::format_date_range(report.days), acts)}
        {ignored(&report.ignored)}
        <form class="query-form card" method="get" action="/reports/">
            {query_select("measure", "Measure", Measure::options(), "", Some(query.measure.code().to_owned()))}
            {query_select("rows", "Group by", GroupBy::options(), "", Some(query.by.code().to_owned()))}
            {query_select("period", "Period", periods, "Custom dates", period)}
            {query_input("from", "From", "date", plain_day(custom.0))}
            {query_input("to", "To", "date", plain_day(custom.1))}
            {query_select("owner", "Owner", owners, "Everyone", query.filter.owner.map(|id| id.to_string()))}
            {query_select("team", "Team", teams, "All teams", query.filter.team.map(|id| id.to_string()))}
            {query_select("campaign", "Campaign", campaigns, "All campaigns", query.filter.campaign.map(|id| id.to_string()))}
            <button class="btn btn-quiet">"Apply"</button>
        </form>
        <div class="tools">{keep}</div>
        {table}
    }
    .into_any()
}

/// The form that saves the report as a view.
fn save(asked: &PageRequest, address: &str) -> AnyView {
    let shared = asked.scope.user.team.map(
        |_| view! { <label class="checkbox"><input type="checkbox" name="shared" value="yes"/><span>"Share with my team"</span></label> },
    );
    view! {
        <details class="filters"><summary class="chip">"Save report"</summary>
            <form class="card query-form" method="post" action="/views/">
                <input type="hidden" name="address" value=address.to_owned()/>
                <div class="field"><label for="view-name">"Name"</label><input class="input" id="view-name" name="name" required maxlength="60" autocomplete="off"/></div>
                {shared}<button class="btn btn-quiet">"Save"</button>{crate::server_pages::parts::page_user()}
            </form>
        </details>
    }
    .into_any()
}
