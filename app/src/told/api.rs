//! The server function of told pages.

use leptos::{prelude::*, server_fn::codec::Json};

use crate::error::Answer;

/// A told page by its address (path and query). Answers [`super::Told`] as JSON.
#[server(name = TellPage, prefix = "/fn", endpoint = "told", input = Json)]
pub async fn tell(address: String) -> Answer<String> {
    let (db, scope) = crate::context::access()?;
    crate::context::json(super::draw::draw(&db, &scope, &address).await)
}
