//! The server function of the user guide.

use domain::admin::GuideChapter;
use leptos::{prelude::*, server_fn::codec::Json};

use crate::error::ServerResult;

/// A chapter of the user guide by its name; empty for the contents.
#[server(name = ShowGuide, prefix = "/fn", endpoint = "help", input = Json)]
pub async fn chapter(name: String) -> ServerResult<GuideChapter> {
    crate::context::access()?;
    Ok(crate::context::status_of(super::read::chapter(&name))?)
}
