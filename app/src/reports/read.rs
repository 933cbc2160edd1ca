//! Reads reports.

use db::{Db, Scope, reports};
use domain::{
    Error, Result,
    dashboard::{
        Period,
        view::{Progress, QueryForm},
    },
    date,
    money::Money,
    orders::pages::{Control, Link},
    page::grouped,
    ratio::decimal,
    reports::{
        GroupBy, Measure, ReportQuery,
        view::{ReportRow, ReportView, Saving},
    },
    role::Permission,
};

/// Formats a value of a measure.
pub fn show_value(measure: Measure, currency: &str) -> impl Fn(i64) -> String + use<> {
    let currency = currency.to_owned();
    move |value| match measure {
        Measure::Revenue | Measure::Connected => Money(value).show(&currency),
        Measure::Conversion => format!("{}%", decimal(value, 2)),
        Measure::DaysToConnect => format!("{} days", decimal(value, 1)),
        Measure::Orders | Measure::Lost => grouped(value.unsigned_abs()),
    }
}

/// The report of a URL (path and query).
///
/// Errors: [`Error::NotFound`] for a path below it; database errors.
pub async fn report(db: &Db, scope: &Scope, address: &str) -> Result<ReportView> {
    let (path, search) = address.split_once('?').unwrap_or((address, ""));
    if crate::routes::parts_of(path) != ["reports"] {
        return Err(Error::NotFound);
    }
    let pairs = domain::page::query_pairs(search);
    let (query, ignored) = ReportQuery::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let report = reports::report(db, scope, query, ignored).await?;
    let choices = db::dashboard::choices(db, scope).await?;
    let query = report.query;
    let address = query.href();
    let title = format!("{} by {}", query.measure.label(), query.by.label().to_lowercase());
    let saved = db::orders::views(db, scope).await?.into_iter().find(|it| it.href == address);
    let (title, saving) = match saved {
        Some(view) if view.own => (view.name, Saving::Saved(view.id.to_string())),
        Some(view) => (view.name, Saving::Shared),
        None => (title, Saving::Unsaved { address: address.clone(), has_team: scope.user.team.is_some() }),
    };
    let show = show_value(query.measure, &scope.settings.currency);
    let most = report.rows.iter().map(|row| row.value).max().unwrap_or_default();
    let rows = report.rows.iter().map(|row| ReportRow {
        label: Link::new(row.label.clone(), row.href.clone(), false),
        bar: Progress::new(row.value, most, format!("{}: {}", row.label, show(row.value))),
        value: show(row.value),
        orders: grouped(row.orders.unsigned_abs()),
    });
    Ok(ReportView {
        title,
        subtitle: db::dashboard::format_date_range(report.days),
        csv: scope.authority().may(Permission::Export).then(|| address.replacen("/reports/", "/reports/csv/", 1)),
        query: query_form(&query, choices),
        saving,
        heads: [query.row_label().to_owned(), query.measure.label().to_owned()],
        rows: rows.collect(),
        total: [show(report.total.value), grouped(report.total.orders.unsigned_abs())],
        ignored: report.ignored,
        help: crate::help::link(&["reports"]),
    })
}

fn query_form(query: &ReportQuery, [owners, teams, campaigns]: [Vec<(String, String)>; 3]) -> QueryForm {
    let filter = &query.filter;
    let custom = match filter.period {
        Period::Custom(from, to) => Some((from, to)),
        _ => None,
    };
    let periods = Period::NAMED.iter().map(|it| (it.code().to_owned(), it.label().to_owned())).collect();
    let period = custom.is_none().then(|| filter.period.code().to_owned());
    let day = |day: Option<chrono::NaiveDate>| day.map(date::plain).unwrap_or_default();
    QueryForm {
        label: String::new(),
        action: "/reports/".into(),
        controls: vec![
            Control::select("measure", "Measure", "", Measure::options(), Some(query.measure.code().to_owned())),
            Control::select("rows", "Group by", "", GroupBy::options(), Some(query.by.code().to_owned())),
            Control::select("period", "Period", "Custom dates", periods, period),
            Control::input("from", "From", "date", day(custom.map(|(from, _)| from))),
            Control::input("to", "To", "date", day(custom.map(|(_, to)| to))),
            Control::select("owner", "Owner", "Everyone", owners, filter.owner.map(|id| id.to_string())),
            Control::select("team", "Team", "All teams", teams, filter.team.map(|id| id.to_string())),
            Control::select("campaign", "Campaign", "All campaigns", campaigns, filter.campaign.map(|id| id.to_string())),
        ],
        hidden_fields: Vec::new(),
        clear: None,
    }
}
