//! Server functions of people.

use domain::users::Profile;
use leptos::{prelude::*, server_fn::codec::Json};

use crate::error::ServerResult;

/// The profile of the user.
#[server(name = ReadProfile, prefix = "/fn", endpoint = "profile", input = Json)]
pub async fn profile() -> ServerResult<Profile> {
    let (db, scope) = crate::context::access()?;
    Ok(crate::context::status_of(db::users::profile(&db, &scope, &crate::context::current()).await)?)
}
