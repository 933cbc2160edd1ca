//! Server functions of the frame.

use leptos::{prelude::*, server_fn::codec::Json};

use crate::error::ServerResult;

/// The signed-in user and the counts of the sidebar. Returns [`domain::users::Frame`] as JSON.
#[server(name = ReadFrame, prefix = "/fn", endpoint = "frame", input = Json)]
pub async fn frame() -> ServerResult<String> {
    let (db, scope) = crate::context::access()?;
    crate::context::json(db::users::frame(&db, &scope).await)
}

/// The entries of the command palette. Returns a list of [`domain::users::Action`] as JSON.
#[server(name = ReadActions, prefix = "/fn", endpoint = "actions", input = Json)]
pub async fn actions() -> ServerResult<String> {
    let (db, scope) = crate::context::access()?;
    crate::context::json(db::users::actions(&db, &scope).await)
}
