//! The frame's data, as a server function.

use domain::users::Frame;
use leptos::{prelude::*, server_fn::codec::Json};

use crate::error::Answer;

/// Who is signed in, the counts of the rail, and a word that waits after a redirect.
#[server(name = ReadFrame, prefix = "/fn", endpoint = "frame", input = Json)]
pub async fn frame() -> Answer<(Frame, Option<String>)> {
    let (db, scope) = crate::context::access()?;
    let frame = crate::context::status_of(db::users::frame(&db, &scope).await)?;
    Ok((frame, crate::context::flash()))
}
