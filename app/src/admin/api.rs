//! The server function of administration pages.

use domain::admin::AdminPage;
use leptos::{prelude::*, server_fn::codec::Json};

use crate::error::ServerResult;

/// An administration page, or a page of the user's own account, by its URL (path and query).
#[server(name = ShowAdmin, prefix = "/fn", endpoint = "admin", input = Json)]
pub async fn admin(address: String) -> ServerResult<AdminPage> {
    let (db, scope) = crate::context::access()?;
    Ok(crate::context::status_of(super::read::page(&db, &scope, &address).await)?)
}
