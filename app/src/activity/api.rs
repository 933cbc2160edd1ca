//! The server function of the activity log.

use domain::activity::ActivityView;
use leptos::{prelude::*, server_fn::codec::Json};

use crate::error::ServerResult;

/// A page of the activity log by its URL (path and query).
#[server(name = ShowActivity, prefix = "/fn", endpoint = "activity", input = Json)]
pub async fn activity(address: String) -> ServerResult<ActivityView> {
    let (db, scope) = crate::context::access()?;
    Ok(crate::context::status_of(super::read::activity(&db, &scope, &address).await)?)
}
