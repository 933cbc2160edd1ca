//! Fills a database with a believable company to look at: twelve people in three teams, eight campaigns, 360 customers, and orders over
//! fourteen months that end now, with three busy weeks behind them. Deterministic: the same clock makes the same rows. The tests run on the
//! same company with [`Plan::edge_cases`].

mod generate;
mod names;

use chrono::Months;
use domain::{Error, Result, role::Role};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, PaginatorTrait, QueryOrder};

use crate::{
    Db, bulk_insert,
    calendar::Calendar,
    clock::DAY,
    dialect,
    entity::{campaign, company, order, target, team, user},
    error::unexpected,
    password::Gate,
    rollups, settings, text, users,
};

/// Everybody's password in the demo company, which cannot be loaded in production.
pub const PASSWORD: &str = "every call counts";

/// The manager whose sign-in is printed: she has orders, targets and commission of her own.
pub const SIGN_IN: &str = "layla";

/// How many orders the demo company has unless more are asked for.
pub const ORDERS: u32 = 400;

/// What to fill a database with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How many orders there are in the end.
    pub orders: u32,
    /// The five newest orders of a new database are awkward: the longest names, the largest amount, no contact, markup in every text.
    pub edge_cases: bool,
}

impl Plan {
    /// The world of the tests.
    pub const TESTS: Self = Self { orders: ORDERS, edge_cases: true };

    /// So many orders, believable ones alone.
    pub const fn of(orders: u32) -> Self {
        Self { orders, edge_cases: false }
    }
}

/// What a role earns of each connection, in hundredths of a per cent.
pub(crate) const fn rate(role: Role) -> i64 {
    if matches!(role, Role::Manager) { 200 } else { 500 }
}

const AT_ONCE: usize = 2_000;
/// From here on the list indexes are built after the rows.
const LARGE: usize = 50_000;

/// What the orders refer to.
pub(crate) struct World {
    pub people: Vec<Person>,
    /// Id and first moment of each, active ones alone.
    pub campaigns: Vec<(i64, i64)>,
    pub companies: Vec<(i64, String)>,
    pub calendar: Calendar,
    pub now: i64,
}

/// Somebody who works in the demo company.
pub(crate) struct Person {
    pub id: i64,
    pub team: Option<i64>,
    pub role: Role,
    /// Whether this is the person whose sign-in is printed.
    pub is_host: bool,
}

/// Fills an empty or a demo database as planned; `progress` gets a line now and then.
///
/// Errors: [`Error::Forbidden`] for any other database: nothing is mixed into real work.
pub async fn fill(db: &Db, plan: Plan, progress: impl Fn(&str)) -> Result<String> {
    let demo = settings::load(db).await?.demo;
    if !demo && !users::is_empty(db).await? {
        return Err(Error::Forbidden("This database has real people in it. Load the demo data into an empty database.".into()));
    }
    if !demo {
        people_and_places(db).await?;
    }
    let world = world(db).await?;
    let there = order::Entity::find().count(&db.read).await.map_err(unexpected)?;
    let missing = usize::try_from(u64::from(plan.orders).saturating_sub(there)).unwrap_or_default();
    if missing > 0 {
        write(db, &world, missing, there, plan.edge_cases && there == 0, &progress).await?;
    }
    Ok(format!("The demo company has {} orders. Sign in as {SIGN_IN} with the password: {PASSWORD}", there + missing as u64))
}

async fn write(db: &Db, world: &World, missing: usize, there: u64, edge_cases: bool, progress: &impl Fn(&str)) -> Result<()> {
    let started = std::time::Instant::now();
    let mut random = ChaCha8Rng::seed_from_u64(0x4355_524C_4557 + there);
    let times = generate::times(&mut random, world, missing, there == 0);
    let large = missing >= LARGE;
    if large {
        dialect::list_indexes(&db.write, false).await?;
    }
    for (part, times) in times.chunks(AT_ONCE).enumerate() {
        let txn = db.begin().await?;
        let numbers = dialect::reserve_numbers(&txn, i64::try_from(times.len()).unwrap_or_default()).await?;
        let ids = dialect::reserve_ids(&txn, "orders", times.len()).await?;
        let mut generated = generate::Generated::default();
        for ((&at, number), id) in times.iter().zip(numbers).zip(ids) {
            let nth = part * AT_ONCE + generated.orders.len();
            let awkward = (edge_cases && nth + generate::EDGE_CASES >= missing).then_some(nth % generate::EDGE_CASES);
            let nth = usize::try_from(there).unwrap_or_default() + nth;
            generate::generate(&mut random, world, generate::Key { id, number, nth, at }, awkward, &mut generated)?;
        }
        rollups::add_orders(&txn, &generated.orders).await?;
        bulk_insert::insert(&txn, generated.orders).await?;
        bulk_insert::insert(&txn, generated.history).await?;
        bulk_insert::insert(&txn, generated.comments).await?;
        bulk_insert::insert(&txn, generated.activity).await?;
        bulk_insert::insert(&txn, generated.changes).await?;
        bulk_insert::insert(&txn, generated.commissions.into_iter().filter(|it| *it.amount.as_ref() != 0).collect()).await?;
        txn.commit().await.map_err(unexpected)?;
        let done = (part * AT_ONCE + times.len()) as f64;
        if large && part % 10 == 9 {
            progress(&format!("{done} of {missing} orders, {:.0}/s", done / started.elapsed().as_secs_f64()));
        }
    }
    dialect::list_indexes(&db.write, true).await?;
    dialect::settle(db).await?;
    if large {
        progress(&format!(
            "{missing} orders in {:.1} s, {:.0}/s, indexes included",
            started.elapsed().as_secs_f64(),
            missing as f64 / started.elapsed().as_secs_f64()
        ));
    }
    Ok(())
}

async fn people_and_places(db: &Db) -> Result<()> {
    let now = db.now();
    let hash = Gate::new(std::time::Duration::ZERO).hash(PASSWORD).await?;
    let txn = db.begin().await?;
    settings::write_in(&txn, "demo", "yes").await?;
    settings::write_in(&txn, "name", "Moorland Telecom").await?;
    for role in [Role::Agent, Role::Manager] {
        settings::write_in(&txn, &format!("rate_{}", role.code()), &rate(role).to_string()).await?;
    }
    let month = Calendar::first(settings::read(db).await?.calendar.day(now));
    let mut teams = Vec::new();
    for name in names::TEAMS {
        let row = team::ActiveModel { name: Set(name.into()), name_key: Set(text::key(name)), ..Default::default() };
        teams.push(row.insert(&txn).await.map_err(unexpected)?.id);
    }
    for &(username, first, last, role, team) in names::PEOPLE {
        let mut row = users::new_row(username, role, Some(hash.clone()), now - 430 * DAY);
        row.first_name = Set(first.into());
        row.last_name = Set(last.into());
        row.email = Set(format!("{username}@curlew.example"));
        row.team_id = Set(team.map(|at| teams[at]));
        let row = row.insert(&txn).await.map_err(unexpected)?;
        if role == Role::Agent || username == SIGN_IN {
            for month in [month, month - Months::new(1)] {
                let amount = Set(800_000 + 150_000 * (row.id % 5));
                let of = target::ActiveModel { month: Set(month), user_id: Set(Some(row.id)), amount, ..Default::default() };
                target::Entity::insert(of).exec_without_returning(&txn).await.map_err(unexpected)?;
            }
        }
    }
    let calendar = settings::read(db).await?.calendar;
    for it in &names::CAMPAIGNS {
        let row = campaign::ActiveModel {
            name: Set(it.name.into()),
            name_key: Set(text::key(it.name)),
            target: Set((it.target > 0).then_some(it.target * 100)),
            start_on: Set(Some(calendar.day(now - it.started * DAY))),
            end_on: Set(it.ends.map(|days| calendar.day(now + days * DAY))),
            active: Set(it.active),
            created_at: Set(now - 430 * DAY),
            batch: Set(0),
            ..Default::default()
        };
        row.insert(&txn).await.map_err(unexpected)?;
    }
    for it in (0..names::BUSINESSES).map(names::business) {
        let row = company::ActiveModel {
            name_key: Set(text::key(&it.name)),
            name: Set(it.name),
            business_type: Set(Some(it.kind.code().into())),
            employees: Set(Some(it.employees)),
            monthly_spend: Set(Some(it.monthly_spend)),
            created_at: Set(now - 430 * DAY),
            updated_at: Set(now - 430 * DAY),
            batch: Set(0),
            ..Default::default()
        };
        row.insert(&txn).await.map_err(unexpected)?;
    }
    db.commit_reference_data(txn).await
}

async fn world(db: &Db) -> Result<World> {
    let people = user::Entity::find().order_by_asc(user::Column::Id).all(&db.read).await.map_err(unexpected)?;
    let campaigns = campaign::Entity::find().order_by_asc(campaign::Column::Id).all(&db.read).await.map_err(unexpected)?;
    let companies = company::Entity::find().order_by_asc(company::Column::Id).all(&db.read).await.map_err(unexpected)?;
    let calendar = settings::read(db).await?.calendar;
    Ok(World {
        people: people
            .into_iter()
            .map(|row| Person {
                is_host: row.username == SIGN_IN,
                id: row.id,
                team: row.team_id,
                role: row.role.parse().unwrap_or(Role::Viewer),
            })
            .collect(),
        campaigns: campaigns
            .into_iter()
            .filter(|row| row.active)
            .map(|row| (row.id, row.start_on.map_or(row.created_at, |day| calendar.start(day))))
            .collect(),
        companies: companies.into_iter().map(|row| (row.id, row.name)).collect(),
        calendar,
        now: db.now(),
    })
}
