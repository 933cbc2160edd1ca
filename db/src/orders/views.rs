//! Saved views: lists and reports under a name, private or shared with the team. A view is a URL; everyone who opens it sees only
//! what they may see.

use domain::{
    Error, FieldErrors, Result,
    orders::list::{ListQuery, PagePosition, View},
    page::query_pairs,
    reports::ReportQuery,
    text,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use crate::{Db, Scope, audit, entity::saved_view, error::unexpected};

/// The maximum length of a name, in characters.
const LONGEST_NAME: usize = 60;
/// The maximum number of views per user: all of them are shown.
const MOST: usize = 50;
/// The maximum number of views of others that are shown.
const MOST_OF_OTHERS: usize = 20;

/// A view that the user can see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    pub id: i64,
    pub name: String,
    /// The query of a list; `None` for a report.
    pub query: Option<ListQuery>,
    /// Its address.
    pub href: String,
    /// Whether it belongs to this user, who can remove it.
    pub own: bool,
}

/// Parses the URL of a list (path and query), with a sentence for each ignored part.
pub fn at_address(scope: &Scope, address: &str) -> (ListQuery, Vec<String>) {
    let (path, search) = address.split_once('?').unwrap_or((address, ""));
    let pairs = query_pairs(search);
    let view = View::from_path(path).unwrap_or_default();
    ListQuery::from_pairs(view, pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())), &scope.settings.currency)
}

fn is_report(address: &str) -> bool {
    address.starts_with("/reports/")
}

/// The normalised URL of a report.
fn report(address: &str) -> String {
    let search = address.split_once('?').map_or("", |(_, search)| search);
    let pairs = query_pairs(search);
    ReportQuery::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))).0.href()
}

/// All views of the user, and the first [`MOST_OF_OTHERS`] shared by the team, by name.
pub async fn views(db: &Db, scope: &Scope) -> Result<Vec<Saved>> {
    let user = scope.user.id.0;
    let mut visible = Condition::any().add(saved_view::Column::OwnerId.eq(user));
    if let Some(team) = scope.user.team {
        visible = visible.add(Condition::all().add(saved_view::Column::Shared.eq(true)).add(saved_view::Column::TeamId.eq(team.0)));
    }
    let select = saved_view::Entity::find()
        .filter(visible)
        .order_by_desc(saved_view::Column::OwnerId.eq(user))
        .order_by_asc(saved_view::Column::Name)
        .order_by_asc(saved_view::Column::Id)
        .limit((MOST + MOST_OF_OTHERS) as u64);
    let statement = select.as_query().clone();
    let rows = db.cached_query(scope, &statement, async { select.all(&db.read).await.map_err(unexpected) }).await?;
    let (own, others): (Vec<_>, Vec<_>) = rows.iter().cloned().partition(|row| row.owner_id == user);
    let mut rows: Vec<saved_view::Model> = own.into_iter().chain(others.into_iter().take(MOST_OF_OTHERS)).collect();
    rows.sort_by_cached_key(|row| (crate::text::key(&row.name), row.id));
    Ok(rows
        .into_iter()
        .map(|row| {
            let query = (!is_report(&row.address)).then(|| at_address(scope, &row.address).0);
            let href = query.as_ref().map_or(row.address, ListQuery::href);
            Saved { id: row.id, name: row.name, query, href, own: row.owner_id == user }
        })
        .collect())
}

/// Saves a view.
///
/// Errors: [`Error::Invalid`] beside `name`.
pub async fn save_view(db: &Db, scope: &Scope, name: &str, address: &str, shared: bool) -> Result<()> {
    let mut errors = FieldErrors::default();
    let name = match text::line(name, LONGEST_NAME) {
        Ok(Some(name)) => name,
        Ok(None) => {
            errors.add("name", "Enter a name for the view");
            String::new()
        }
        Err(message) => {
            errors.add("name", message);
            String::new()
        }
    };
    if shared && scope.user.team.is_none() {
        errors.add("name", "You're not in a team, so you can't share this view");
    }
    errors.or(())?;
    let own = saved_view::Entity::find().filter(saved_view::Column::OwnerId.eq(scope.user.id.0));
    if own.count(&db.read).await.map_err(unexpected)? >= MOST as u64 {
        return Err(Error::invalid("name", format!("You can save up to {MOST} views: remove one first")));
    }
    let address = if is_report(address) { report(address) } else { at_address(scope, address).0.at(PagePosition::Page(1)).href() };
    let row = saved_view::ActiveModel {
        owner_id: Set(scope.user.id.0),
        name: Set(name),
        address: Set(address),
        shared: Set(shared),
        team_id: Set(scope.user.team.map(|team| team.0)),
        created_at: Set(db.now()),
        ..Default::default()
    };
    let txn = db.begin().await?;
    saved_view::Entity::insert(row).exec_without_returning(&txn).await.map_err(unexpected)?;
    audit::views_changed(&txn, scope.user.id, db.now()).await?;
    txn.commit().await.map_err(unexpected)
}

/// Removes a view of the user. Errors: [`Error::NotFound`], also for another user's view.
pub async fn remove_view(db: &Db, scope: &Scope, id: i64) -> Result<()> {
    let own =
        saved_view::Entity::delete_many().filter(saved_view::Column::Id.eq(id)).filter(saved_view::Column::OwnerId.eq(scope.user.id.0));
    let txn = db.begin().await?;
    if own.exec(&txn).await.map_err(unexpected)?.rows_affected == 0 {
        return Err(Error::NotFound);
    }
    audit::views_changed(&txn, scope.user.id, db.now()).await?;
    txn.commit().await.map_err(unexpected)
}
