//! The server function of reports.

use domain::reports::view::ReportView;
use leptos::{prelude::*, server_fn::codec::Json};

use crate::error::ServerResult;

/// A report by its URL (path and query).
#[server(name = ShowReport, prefix = "/fn", endpoint = "reports", input = Json)]
pub async fn report(address: String) -> ServerResult<ReportView> {
    let (db, scope) = crate::context::access()?;
    Ok(crate::context::status_of(super::read::report(&db, &scope, &address).await)?)
}
