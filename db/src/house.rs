//! What nearly every page asks and hardly anybody changes: settings, people, teams, campaigns, companies. Kept by each server, let
//! go of when it changes here or on another server ([`crate::news`]), and after ten seconds in any case.

use std::{sync::Arc, time::Duration};

use chrono::NaiveDate;
use domain::{
    Result,
    id::{CampaignId, CompanyId, TeamId, UserId},
    users::display_name,
};
use moka::future::Cache;
use sea_orm::{EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    Db, Scope, Settings, campaigns,
    choices::{self, Choice, Kind},
    companies,
    entity::{campaign, company, team, user},
    error::unexpected,
    scope::published,
    settings,
};

/// How long a server may believe what it read.
const GOOD_FOR: Duration = Duration::from_secs(10);
/// Companies that a list offers to choose from.
const COMPANIES: u64 = 500;

/// A person, as lists name them.
#[derive(Clone, Debug)]
pub struct Owner {
    pub id: UserId,
    pub name: String,
    pub team: Option<TeamId>,
    pub active: bool,
}

/// A campaign, as lists name it.
#[derive(Clone, Debug)]
pub struct Campaign {
    pub id: CampaignId,
    pub name: String,
    pub active: bool,
    /// Minor units.
    pub target: Option<i64>,
    pub start_on: Option<NaiveDate>,
    pub end_on: Option<NaiveDate>,
    /// In hundredths of a per cent.
    pub rate: Option<i64>,
}

/// The house.
#[derive(Clone, Debug)]
pub struct House {
    pub settings: Arc<Settings>,
    /// By name.
    pub owners: Vec<Owner>,
    pub teams: Vec<(TeamId, String)>,
    pub campaigns: Vec<Campaign>,
    /// What can be chosen on an order, the retired ones too.
    pub choices: Vec<Choice>,
    /// The first of them by name; those of one name carry their numbers.
    pub companies: Vec<(CompanyId, String)>,
}

impl Owner {
    /// How a filter names them: who left is marked.
    pub fn in_filter(&self) -> String {
        if self.active { self.name.clone() } else { format!("{} (left)", self.name) }
    }
}

impl From<campaign::Model> for Campaign {
    fn from(row: campaign::Model) -> Self {
        Self {
            id: CampaignId(row.id),
            name: row.name,
            active: row.active,
            target: row.target,
            start_on: row.start_on,
            end_on: row.end_on,
            rate: row.commission_rate,
        }
    }
}

impl Campaign {
    /// Since when its figures count, until today; of one that begins later its first day.
    pub(crate) fn so_far(&self, today: NaiveDate) -> (NaiveDate, NaiveDate) {
        let from = self.start_on.unwrap_or(NaiveDate::from_ymd_opt(1970, 1, 1).unwrap_or_default());
        (from, today.max(from))
    }
}

impl House {
    /// Whom a filter offers, id and words: oneself, or everybody for who sees all, and whoever `also` says; who left last.
    pub(crate) fn filter_owners(&self, scope: &Scope, also: impl Fn(&Owner) -> bool) -> Vec<(String, String)> {
        let offered = |it: &&Owner| scope.sees_all() || it.id == scope.me.id || also(it);
        let mut owners: Vec<&Owner> = self.owners.iter().filter(offered).collect();
        owners.sort_by_key(|it| !it.active);
        owners.into_iter().map(|it| (it.id.to_string(), it.in_filter())).collect()
    }

    /// The names of a list that are offered, without the retired ones.
    pub fn offered(&self, kind: Kind) -> Vec<String> {
        self.choices.iter().filter(|it| it.kind == kind && !it.retired).map(|it| it.name.clone()).collect()
    }
}

/// What a server remembers of it.
#[derive(Clone, Debug)]
pub(crate) struct Memory(Cache<(), Arc<House>>);

impl Default for Memory {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(1).time_to_live(GOOD_FOR).build())
    }
}

impl Db {
    /// The house as it is, or was at most ten seconds ago.
    pub(crate) async fn house(&self) -> Result<Arc<House>> {
        self.memory.0.try_get_with((), read(self)).await.map_err(|error| (*error).clone())
    }

    /// Something about it was changed here.
    pub(crate) async fn forget_house(&self) {
        self.memory.0.invalidate(&()).await;
        self.remembered.forget();
    }
}

async fn read(db: &Db) -> Result<Arc<House>> {
    let settings = settings::load(db).await?;
    let owners = user::Entity::find()
        .filter(published(user::Column::Batch))
        .order_by_asc(user::Column::FirstName)
        .order_by_asc(user::Column::LastName)
        .all(&db.read)
        .await
        .map_err(unexpected)?;
    let teams = team::Entity::find().order_by_asc(team::Column::NameKey).all(&db.read).await.map_err(unexpected)?;
    let campaigns = campaigns::all(db).await?;
    let offered = company::Entity::find()
        .filter(companies::offered())
        .order_by_asc(company::Column::NameKey)
        .limit(COMPANIES)
        .all(&db.read)
        .await
        .map_err(unexpected)?;
    Ok(Arc::new(House {
        settings: Arc::new(settings),
        choices: choices::all(db).await?,
        owners: owners
            .into_iter()
            .map(|row| Owner {
                id: UserId(row.id),
                name: display_name(&row.first_name, &row.last_name, &row.username),
                team: row.team_id.map(TeamId),
                active: row.active,
            })
            .collect(),
        teams: teams.into_iter().map(|row| (TeamId(row.id), row.name)).collect(),
        campaigns: campaigns.into_iter().map(Campaign::from).collect(),
        companies: companies::told_apart(offered.into_iter().map(|row| (row.id, row.name)).collect())
            .into_iter()
            .map(|(id, name)| (CompanyId(id), name))
            .collect(),
    }))
}
