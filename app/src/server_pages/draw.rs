//! The table of server pages: path to renderer.

use db::{Db, Scope};
use domain::{Error, Result};
use leptos::prelude::*;

use super::RenderedPage;
use crate::{activity, admin, campaigns, commission, companies, dashboard, forms::Pairs, help, reports};

/// The request of a server page: user and URL.
#[derive(Clone)]
pub struct PageRequest {
    pub db: Db,
    pub scope: Scope,
    pub path: String,
    pub pairs: Pairs,
}

impl PageRequest {
    /// The pairs of the URL, borrowed.
    pub fn borrowed(&self) -> impl Iterator<Item = (&str, &str)> + Clone {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// The title and content of a page.
pub type PageView = Result<(String, AnyView)>;

fn id(text: &str) -> Result<i64> {
    text.parse().map_err(|_| Error::NotFound)
}

/// Renders the page of a URL.
///
/// Errors: [`Error::NotFound`] for a page that does not exist or that the user may not see.
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
        ["permissions"] => admin::permissions::draw(&asked).await?,
        ["help"] => help::draw("")?,
        ["help", chapter] => help::draw(chapter)?,
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
    let help = help::chapter_of(&parts).map(|(href, label)| view! { <p class="page-help"><a href=href>{label}</a></p> });
    Ok(RenderedPage { title, html: view! { {view} {help} }.to_html() })
}
