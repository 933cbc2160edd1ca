//! Server functions of people: context, then one verb.

use leptos::{prelude::*, server_fn::codec::Json};

use crate::error::ServerResult;

/// The own page of whoever asks. Answers [`domain::users::Profile`] as JSON.
#[server(name = ReadProfile, prefix = "/fn", endpoint = "profile", input = Json)]
pub async fn profile() -> ServerResult<String> {
    let (db, scope) = crate::context::access()?;
    crate::context::json(db::users::profile(&db, &scope, &crate::context::current()).await)
}
