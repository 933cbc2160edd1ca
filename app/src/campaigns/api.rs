//! The server function of campaigns.

use domain::campaigns::view::CampaignsPage;
use leptos::{prelude::*, server_fn::codec::Json};

use crate::error::ServerResult;

/// A page of campaigns by its path.
#[server(name = ShowCampaigns, prefix = "/fn", endpoint = "campaigns", input = Json)]
pub async fn campaigns(address: String) -> ServerResult<CampaignsPage> {
    let (db, scope) = crate::context::access()?;
    Ok(crate::context::status_of(super::read(&db, &scope, &address).await)?)
}
