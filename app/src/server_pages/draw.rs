//! Which server page answers which address: the table.

use db::{Db, Scope};
use domain::{Error, Result};
use leptos::prelude::*;

use super::RenderedPage;
use crate::{activity, admin, campaigns, commission, companies, dashboard, forms::Pairs, reports};

/// What a page is drawn from: who asks, and the address.
#[derive(Clone)]
pub struct PageRequest {
    pub db: Db,
    pub scope: Scope,
    pub path: String,
    pub pairs: Pairs,
}

impl PageRequest {
    /// The pairs of the address, borrowed.
    pub fn borrowed(&self) -> impl Iterator<Item = (&str, &str)> + Clone {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// A title and what stands under it.
pub type PageView = Result<(String, AnyView)>;

fn id(text: &str) -> Result<i64> {
    text.parse().map_err(|_| Error::NotFound)
}

/// Draws the page of an address.
///
/// Errors: [`Error::NotFound`] for what is not there or not for this person.
pub async fn draw(db: &Db, scope: &Scope, address: &str) -> Result<RenderedPage> {
    let (path, search) = address.split_once('?').unwrap_or((address, ""));
    let parts = super::parts_of(path);
    let asked = PageRequest { db: db.clone(), scope: scope.clone(), path: path.to_owned(), pairs: domain::page::query_pairs(search) };
    let (title, view) = match parts.as_slice() {
        [] | ["dashboard"] => dashboard::page::draw(&asked).await?,
        ["reports"] => reports::page::draw(&asked).await?,
        ["campaigns"] => campaigns::page::list(&asked).await?,
        ["campaigns", "new"] => campaigns::page::form(&asked, None).await?,
        ["campaigns", of] => campaigns::page::show(&asked, id(of)?).await?,
        ["campaigns", of, "edit"] => campaigns::page::form(&asked, Some(id(of)?)).await?,
        ["companies"] => companies::page::list(&asked).await?,
        ["companies", "new"] => companies::page::form(&asked, None).await?,
        ["companies", of] | ["companies", of, "merge" | "delete"] => companies::page::show(&asked, id(of)?).await?,
        ["companies", of, "edit"] => companies::page::form(&asked, Some(id(of)?)).await?,
        ["activity"] => activity::page::draw(&asked).await?,
        ["commission"] => commission::page::summary(&asked).await?,
        ["commission", of] => commission::page::statement(&asked, id(of)?).await?,
        ["targets"] => commission::page::targets(&asked).await?,
        ["rights"] => admin::rights::draw(&asked).await?,
        ["admin"] | ["admin", "users"] => admin::people::list(&asked).await?,
        ["admin", "users", "new"] => admin::people::new(&asked).await?,
        ["admin", "users", of, "edit"] => admin::people::edit(&asked, id(of)?).await?,
        ["admin", "users", of, "delete"] => admin::people::delete(&asked, id(of)?).await?,
        ["admin", "teams"] => admin::people::teams(&asked).await?,
        ["admin", "settings"] => admin::settings::draw(&asked).await?,
        ["admin", "settings", "rules"] => admin::settings::rules(&asked).await?,
        ["profile", "edit"] => admin::people::own(&asked).await?,
        ["profile", "confirm"] => admin::people::confirm(&asked).await?,
        ["profile", "password"] => admin::people::password(&asked).await?,
        _ => return Err(Error::NotFound),
    };
    Ok(RenderedPage { title, html: view.to_html() })
}
