//! The server function of commission and targets.

use domain::commission::CommissionPage;
use leptos::{prelude::*, server_fn::codec::Json};

use crate::error::ServerResult;

/// A page of commission or targets by its URL (path and query).
#[server(name = ShowCommission, prefix = "/fn", endpoint = "commission", input = Json)]
pub async fn commission(address: String) -> ServerResult<CommissionPage> {
    let (db, scope) = crate::context::access()?;
    Ok(crate::context::status_of(super::read::page(&db, &scope, &address).await)?)
}
