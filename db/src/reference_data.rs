//! A cache of what nearly every page needs and rarely changes: settings, users, teams, campaigns, companies. Each server keeps it with the
//! version of the latest change, which is stored in the settings and read with every session: a page shows what was committed before it
//! started, on any server. It is reread after ten seconds in any case.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use chrono::NaiveDate;
use domain::{
    Result,
    id::{CampaignId, CompanyId, TeamId, UserId},
    users::display_name,
};
use moka::future::Cache;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, OnConflict, SubQueryStatement},
};

use crate::{
    Db, Scope, Settings, campaigns,
    choices::{self, Choice, Kind},
    companies,
    entity::{campaign, company, setting, team, user},
    error::unexpected,
    events::Topic,
    scope::published,
    settings,
    transaction::Transaction,
};

/// The setting with the version.
const VERSION: &str = "house_version";

/// How long the cache is valid.
const GOOD_FOR: Duration = Duration::from_secs(10);
/// The maximum number of companies in a select.
const COMPANIES: u64 = 500;

/// A user, as selects show them.
#[derive(Clone, Debug)]
pub struct Owner {
    pub id: UserId,
    pub name: String,
    pub team: Option<TeamId>,
    pub active: bool,
}

/// A campaign, as selects show it.
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

/// Settings, users, teams, campaigns and companies at one version.
#[derive(Clone, Debug)]
pub struct ReferenceData {
    pub settings: Arc<Settings>,
    /// Sorted by name.
    pub owners: Vec<Owner>,
    pub teams: Vec<(TeamId, String)>,
    pub campaigns: Vec<Campaign>,
    /// The choices on an order, including retired ones.
    pub choices: Vec<Choice>,
    /// The first companies by name; equal names carry their numbers.
    pub companies: Vec<(CompanyId, String)>,
}

impl Owner {
    /// The label in a filter; deactivated users are marked.
    pub fn in_filter(&self) -> String {
        if self.active { self.name.clone() } else { format!("{} (deactivated)", self.name) }
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
    /// The days that its figures cover: from its start until today; a future campaign's first day.
    pub(crate) fn so_far(&self, today: NaiveDate) -> (NaiveDate, NaiveDate) {
        let from = self.start_on.unwrap_or(NaiveDate::from_ymd_opt(1970, 1, 1).unwrap_or_default());
        (from, today.max(from))
    }
}

impl ReferenceData {
    /// The users that a filter offers, as id and label: oneself, or all for users who may see all orders, plus `also`; deactivated ones last.
    pub(crate) fn filter_owners(&self, scope: &Scope, also: impl Fn(&Owner) -> bool) -> Vec<(String, String)> {
        let offered = |it: &&Owner| scope.can_see_all_orders() || it.id == scope.user.id || also(it);
        let mut owners: Vec<&Owner> = self.owners.iter().filter(offered).collect();
        owners.sort_by_key(|it| !it.active);
        owners.into_iter().map(|it| (it.id.to_string(), it.in_filter())).collect()
    }

    /// The names of a kind of choice, without retired ones.
    pub fn offered(&self, kind: Kind) -> Vec<String> {
        self.choices.iter().filter(|it| it.kind == kind && !it.retired).map(|it| it.name.clone()).collect()
    }
}

/// The cache of a server.
#[derive(Clone, Debug)]
pub(crate) struct ReferenceDataCache {
    /// By version; data cached under a version was read after that change.
    kept: Cache<i64, Arc<ReferenceData>>,
    /// The latest version that this server knows.
    version: Arc<AtomicI64>,
}

impl Default for ReferenceDataCache {
    fn default() -> Self {
        Self { kept: Cache::builder().max_capacity(2).time_to_live(GOOD_FOR).build(), version: Arc::default() }
    }
}

/// The version, as an SQL expression: `NULL` before the first change.
pub(crate) fn version() -> Expr {
    let found = setting::Entity::find().select_only().column(setting::Column::Value).filter(setting::Column::Name.eq(VERSION));
    Expr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(found.into_query())))
}

impl Db {
    /// The reference data of the latest known version, never older than ten seconds.
    pub(crate) async fn reference_data(&self) -> Result<Arc<ReferenceData>> {
        let version = self.memory.version.load(Ordering::Acquire);
        self.memory.kept.try_get_with(version, read(self)).await.map_err(|error| (*error).clone())
    }

    /// Reads it without the cache.
    #[cfg(feature = "testing")]
    pub(crate) async fn reload_reference_data(&self) -> Result<Arc<ReferenceData>> {
        self.memory.kept.invalidate_all();
        self.reference_data().await
    }

    /// Records the version that a statement found ([`version`]).
    pub(crate) fn set_reference_version(&self, version: Option<&str>) {
        let version = version.and_then(|it| it.parse().ok()).unwrap_or_default();
        self.memory.version.fetch_max(version, Ordering::AcqRel);
    }

    /// Commits a transaction that changed users, teams, campaigns, companies, choices or settings. It increments the version last, so that two
    /// changes wait for each other only during the commit.
    ///
    /// Errors: database errors; nothing is stored.
    pub(crate) async fn commit_reference_data(&self, txn: Transaction) -> Result<()> {
        let first = setting::ActiveModel { name: Set(VERSION.into()), value: Set("1".into()) };
        let next = Expr::cust("CAST(CAST(settings.value AS bigint) + 1 AS text)");
        let counted = setting::Entity::insert(first)
            .on_conflict(OnConflict::column(setting::Column::Name).value(setting::Column::Value, next).to_owned())
            .exec_with_returning(&txn)
            .await
            .map_err(unexpected)?;
        txn.commit().await.map_err(unexpected)?;
        self.set_reference_version(Some(&counted.value));
        self.forget_reference_data();
        self.events.publish(Topic::ReferenceData);
        Ok(())
    }

    /// Invalidates the cache after a change with an unknown version.
    pub(crate) fn forget_reference_data(&self) {
        self.memory.kept.invalidate_all();
        self.query_cache.forget();
    }
}

async fn read(db: &Db) -> Result<Arc<ReferenceData>> {
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
    Ok(Arc::new(ReferenceData {
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
        companies: companies::with_distinct_names(offered.into_iter().map(|row| (row.id, row.name)).collect())
            .into_iter()
            .map(|(id, name)| (CompanyId(id), name))
            .collect(),
    }))
}
