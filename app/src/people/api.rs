//! Server functions of people.

use leptos::{prelude::*, server_fn::codec::Json};

use crate::error::ServerResult;

/// The profile of the user. Returns [`domain::users::Profile`] as JSON.
#[server(name = ReadProfile, prefix = "/fn", endpoint = "profile", input = Json)]
pub async fn profile() -> ServerResult<String> {
    let (db, scope) = crate::context::access()?;
    crate::context::json(db::users::profile(&db, &scope, &crate::context::current()).await)
}
