//! The server function of server pages.

use leptos::{prelude::*, server_fn::codec::Json};

use crate::error::ServerResult;

/// A server page by its URL (path and query). Returns [`super::RenderedPage`] as JSON.
#[server(name = RenderPage, prefix = "/fn", endpoint = "told", input = Json)]
pub async fn render(address: String) -> ServerResult<String> {
    let (db, scope) = crate::context::access()?;
    crate::context::json(super::draw::draw(&db, &scope, &address).await)
}
