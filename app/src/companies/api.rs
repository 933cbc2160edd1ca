//! The server function of companies.

use domain::companies::CompaniesPage;
use leptos::{prelude::*, server_fn::codec::Json};

use crate::error::ServerResult;

/// A page of companies by its URL (path and query).
#[server(name = ShowCompanies, prefix = "/fn", endpoint = "companies", input = Json)]
pub async fn companies(address: String) -> ServerResult<CompaniesPage> {
    let (db, scope) = crate::context::access()?;
    Ok(crate::context::status_of(super::read::page(&db, &scope, &address).await)?)
}
