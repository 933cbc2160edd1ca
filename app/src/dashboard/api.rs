//! The server function of the dashboard.

use domain::dashboard::view::DashboardView;
use leptos::{prelude::*, server_fn::codec::Json};

use crate::error::ServerResult;

/// The dashboard by its URL (path and query).
#[server(name = ShowDashboard, prefix = "/fn", endpoint = "dashboard", input = Json)]
pub async fn dashboard(address: String) -> ServerResult<DashboardView> {
    let (db, scope) = crate::context::access()?;
    Ok(crate::context::status_of(super::read(&db, &scope, &address).await)?)
}
