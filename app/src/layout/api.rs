//! Server functions of the frame.

use domain::users::{Action, Frame};
use leptos::{prelude::*, server_fn::codec::Json};

use crate::error::ServerResult;

/// The signed-in user and the counts of the sidebar.
#[server(name = ReadFrame, prefix = "/fn", endpoint = "frame", input = Json)]
pub async fn frame() -> ServerResult<Frame> {
    let (db, scope) = crate::context::access()?;
    Ok(crate::context::status_of(db::users::frame(&db, &scope).await)?)
}

/// The entries of the command palette.
#[server(name = ReadActions, prefix = "/fn", endpoint = "actions", input = Json)]
pub async fn actions() -> ServerResult<Vec<Action>> {
    let (db, scope) = crate::context::access()?;
    Ok(crate::context::status_of(db::users::actions(&db, &scope).await)?)
}
