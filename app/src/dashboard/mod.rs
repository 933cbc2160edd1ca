//! The dashboard.

pub mod api;
pub mod page;

/// Reads the dashboard of a URL (path and query).
///
/// Errors: database errors.
#[cfg(feature = "ssr")]
pub async fn read(db: &db::Db, scope: &db::Scope, address: &str) -> domain::Result<domain::dashboard::view::DashboardView> {
    use domain::dashboard::DashboardQuery;

    let pairs = domain::page::query_pairs(address.split_once('?').map_or("", |(_, query)| query));
    let borrowed = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let (query, ignored) = DashboardQuery::from_pairs(borrowed);
    let figures = db::dashboard::dashboard(db, scope, query, ignored).await?;
    let help = crate::help::link(&["dashboard"]);
    Ok(domain::dashboard::view::DashboardView { help, ..db::dashboard::dashboard_view(figures, &scope.user.name) })
}
