//! The frame's data, as a server function.

use leptos::{prelude::*, server_fn::codec::Json};

use crate::error::ServerResult;

/// Who is signed in and the counts of the rail. Answers [`domain::users::Frame`] as JSON.
#[server(name = ReadFrame, prefix = "/fn", endpoint = "frame", input = Json)]
pub async fn frame() -> ServerResult<String> {
    let (db, scope) = crate::context::access()?;
    crate::context::json(db::users::frame(&db, &scope).await)
}

/// What this person can do from anywhere. Answers a list of [`domain::users::Action`] as JSON.
#[server(name = ReadActions, prefix = "/fn", endpoint = "actions", input = Json)]
pub async fn actions() -> ServerResult<String> {
    let (db, scope) = crate::context::access()?;
    crate::context::json(db::users::actions(&db, &scope).await)
}
