//! Campaigns: list and page with their figures; create, edit, archive.

mod present;

use chrono::NaiveDate;
use domain::{
    Error, Result,
    campaigns::CampaignDraft,
    date,
    id::UserId,
    money::{Money, plain_rate},
    role::Permission,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::{
    Db, Scope,
    audit::{self, ActivityKind},
    calendar::Calendar,
    dashboard::{self, DayTotals},
    entity::campaign,
    error::{Unique, is_duplicate, unexpected},
    reference_data,
    rollups::{
        Connected, Sold,
        read::{self, RollupFilter, RollupGrouping, Window},
    },
    scope::published,
    text,
};

pub use present::{campaign_view, list_view};

/// A campaign with its figures since its start; amounts in minor units.
#[derive(Clone, Debug)]
pub struct Campaign {
    pub id: i64,
    pub name: String,
    pub target: Option<i64>,
    pub start_on: Option<NaiveDate>,
    pub end_on: Option<NaiveDate>,
    /// In hundredths of a per cent.
    pub rate: Option<i64>,
    pub active: bool,
    pub orders: i64,
    pub revenue: i64,
    pub connected: i64,
    pub pace: Option<i64>,
    pub orders_href: String,
    pub connected_href: String,
}

/// The share of a person.
#[derive(Clone, Debug)]
pub struct Part {
    pub name: String,
    pub orders: i64,
    pub revenue: i64,
    pub connected: i64,
    pub href: String,
}

/// The view model of a campaign page.
#[derive(Clone, Debug)]
pub struct CampaignPage {
    pub it: Campaign,
    pub days: (NaiveDate, NaiveDate),
    pub by_day: Vec<DayTotals>,
    pub people: Vec<Part>,
    pub may_edit: bool,
}

/// A campaign with its revenue and connected revenue since its start.
fn with_figures(it: &reference_data::Campaign, sold: Sold, connected: Connected, today: NaiveDate) -> Campaign {
    let id = it.id.0;
    let rollup_filter = RollupFilter { campaign: Some(id), ..RollupFilter::default() };
    let days = it.so_far(today);
    Campaign {
        orders: sold.orders,
        revenue: sold.value,
        connected: connected.value,
        pace: it.start_on.zip(it.end_on).and_then(|(start, end)| dashboard::pace(sold.value, start, today, end)),
        orders_href: dashboard::sold_href(rollup_filter, days),
        connected_href: dashboard::connected_href(rollup_filter, days),
        id,
        name: it.name.clone(),
        target: it.target,
        start_on: it.start_on,
        end_on: it.end_on,
        rate: it.rate,
        active: it.active,
    }
}

/// All campaigns, by name.
pub(crate) async fn all(db: &Db) -> Result<Vec<campaign::Model>> {
    let all = campaign::Entity::find().filter(published(campaign::Column::Batch)).order_by_asc(campaign::Column::NameKey);
    all.all(&db.read).await.map_err(unexpected)
}

/// All campaigns, active ones first. Not cached: another server may have just written one.
pub async fn list(db: &Db, scope: &Scope) -> Result<Vec<Campaign>> {
    let today = scope.settings.calendar.day(db.now());
    let all: Vec<reference_data::Campaign> = all(db).await?.into_iter().map(reference_data::Campaign::from).collect();
    let since = Window::SinceStart(today);
    let sold = read::sum_sold(db, scope, RollupFilter::default(), since, Some(RollupGrouping::Campaign)).await?;
    let connected = read::connected(db, scope, RollupFilter::default(), since, Some(RollupGrouping::Campaign)).await?;
    let mut found: Vec<Campaign> =
        all.iter().map(|it| with_figures(it, read::of_id(&sold, it.id.0), read::of_id(&connected, it.id.0), today)).collect();
    // The rows are sorted by name.
    found.sort_by_key(|it| !it.active);
    Ok(found)
}

async fn find(db: &Db, id: i64) -> Result<campaign::Model> {
    let found = campaign::Entity::find_by_id(id).filter(published(campaign::Column::Batch));
    found.one(&db.read).await.map_err(unexpected)?.ok_or(Error::NotFound)
}

/// A campaign with its daily figures and people.
///
/// Errors: [`Error::NotFound`].
pub async fn show(db: &Db, scope: &Scope, id: i64) -> Result<CampaignPage> {
    let today = scope.settings.calendar.day(db.now());
    let it = &reference_data::Campaign::from(find(db, id).await?);
    let reference_data = db.reference_data().await?;
    let rollup_filter = RollupFilter { campaign: Some(id), ..RollupFilter::default() };
    let whole = it.so_far(today);
    let (mut all_sold, mut all_connected) = (Sold::default(), Connected::default());
    let mut people: Vec<Part> = Vec::new();
    let connected = read::connected(db, scope, rollup_filter, whole, Some(RollupGrouping::Owner)).await?;
    connected.iter().for_each(|of| all_connected.add(of.it, 1));
    for of in read::sum_sold(db, scope, rollup_filter, whole, Some(RollupGrouping::Owner)).await? {
        all_sold.add(of.it, 1);
        let name = of.id.and_then(|id| reference_data.owners.iter().find(|it| it.id.0 == id)).map(|it| it.name.clone());
        people.push(Part {
            name: name.unwrap_or_else(|| "No owner".into()),
            orders: of.it.orders,
            revenue: of.it.value,
            connected: connected.iter().find(|it| it.id == of.id).map_or(0, |it| it.it.value),
            href: dashboard::sold_of(dashboard::list_filter(rollup_filter).owned_by(of.id.map(UserId)), whole),
        });
    }
    people.sort_by_key(|it| std::cmp::Reverse(it.revenue));
    // The last three months of the campaign, as a chart.
    let last = it.end_on.unwrap_or(today).min(today).max(whole.0);
    let from = Calendar::first(last - chrono::Months::new(2)).max(whole.0);
    Ok(CampaignPage {
        by_day: dashboard::by_day(db, scope, rollup_filter, (from, last)).await?,
        days: (from, last),
        it: with_figures(it, all_sold, all_connected, today),
        people,
        may_edit: scope.authority().may(Permission::Campaigns),
    })
}

/// The draft of a stored campaign.
pub async fn draft(db: &Db, scope: &Scope, id: i64) -> Result<CampaignDraft> {
    scope.require(Permission::Campaigns)?;
    let row = find(db, id).await?;
    Ok(CampaignDraft {
        name: row.name,
        target: row.target.map(|it| Money(it).plain()).unwrap_or_default(),
        start_on: row.start_on.map(date::plain).unwrap_or_default(),
        end_on: row.end_on.map(date::plain).unwrap_or_default(),
        rate: row.commission_rate.map(plain_rate).unwrap_or_default(),
        active: row.active,
    })
}

/// Saves a campaign, or creates one (no id); returns its id. An archived campaign is one that is not active: its orders and figures stay.
///
/// Errors: [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Invalid`] beside the fields, for example for a name that exists.
pub async fn save(db: &Db, scope: &Scope, id: Option<i64>, draft: &CampaignDraft) -> Result<i64> {
    scope.require(Permission::Campaigns)?;
    let it = draft.parse(&scope.settings.currency)?;
    let now = db.now();
    let mut row = match id {
        Some(id) => find(db, id).await?.into_active_model(),
        None => campaign::ActiveModel { created_at: Set(now), batch: Set(0), ..Default::default() },
    };
    let detail = it.name.clone();
    row.name_key = Set(text::key(&it.name));
    row.name = Set(it.name);
    row.target = Set(it.target.map(|sum| sum.0));
    row.start_on = Set(it.start_on);
    row.end_on = Set(it.end_on);
    row.commission_rate = Set(it.rate);
    row.active = Set(it.active);
    let taken = |cause| match is_duplicate(&cause, Unique::CampaignName) {
        true => Error::invalid("name", "A campaign with this name already exists"),
        false => unexpected(cause),
    };
    let txn = db.begin().await?;
    let saved = match id {
        Some(_) => row.update(&txn).await,
        None => row.insert(&txn).await,
    };
    let saved = match saved {
        Ok(saved) => saved,
        Err(cause) => {
            txn.rollback().await.map_err(unexpected)?;
            return Err(taken(cause));
        }
    };
    audit::log_activity(&txn, Some(scope.user.id.0), ActivityKind::ChangedCampaign, None, now, &detail).await?;
    db.commit_reference_data(txn).await?;
    Ok(saved.id)
}
