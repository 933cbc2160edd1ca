//! The named world of demo, tests and browser tests: twelve people in three teams, eight campaigns, sixty companies, and orders
//! over fourteen months that end now. Deterministic: the same world from the same clock.

mod generate;
mod names;

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

/// Everybody's password in the demo world, which refuses to be loaded in production.
pub const PASSWORD: &str = "every call counts";

/// A manager of the demo world, whose sign-in is printed.
pub const SIGN_IN: &str = "layla";

/// How many orders the named world has; more of them grow it.
pub const ORDERS: u32 = 400;

/// What agents earn of each connection, in hundredths of a per cent.
pub(crate) const RATE: i64 = 500;

const AT_ONCE: usize = 2_000;
/// From here on the list indexes are built after the rows.
const LARGE: usize = 50_000;

/// What the stories are told about.
pub(crate) struct World {
    pub people: Vec<Person>,
    pub campaigns: Vec<i64>,
    pub companies: Vec<(i64, String)>,
    pub calendar: Calendar,
    pub now: i64,
}

/// Somebody of the world.
pub(crate) struct Person {
    pub id: i64,
    pub team: Option<i64>,
    pub role: Role,
}

/// Fills an empty or a demo database up to so many orders; `progress` gets a line now and then.
///
/// Errors: [`Error::Forbidden`] for any other database: nothing is mixed into real work.
pub async fn fill(db: &Db, orders: u32, progress: impl Fn(&str)) -> Result<String> {
    let demo = settings::load(db).await?.demo;
    if !demo && !users::is_empty(db).await? {
        return Err(Error::Forbidden("This database has real people in it: the demo world goes into an empty one only.".into()));
    }
    if !demo {
        people_and_places(db).await?;
    }
    let world = world(db).await?;
    let there = order::Entity::find().count(&db.read).await.map_err(unexpected)?;
    let missing = usize::try_from(u64::from(orders).saturating_sub(there)).unwrap_or_default();
    if missing > 0 {
        write(db, &world, missing, there, &progress).await?;
    }
    Ok(format!("The demo world has {} orders. Sign in as {SIGN_IN} with the password: {PASSWORD}", there + missing as u64))
}

async fn write(db: &Db, world: &World, missing: usize, there: u64, progress: &impl Fn(&str)) -> Result<()> {
    let started = std::time::Instant::now();
    let mut random = ChaCha8Rng::seed_from_u64(0x4355_524C_4557 + there);
    let times = generate::times(&mut random, world, missing);
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
            // The newest five.
            let ugly = there == 0 && nth + generate::UGLY >= missing;
            generate::generate(&mut random, world, id, number, at, ugly.then_some(nth % generate::UGLY), &mut generated)?;
        }
        rollups::added(&txn, &generated.orders).await?;
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
    settings::write_in(&txn, "rate_agent", &RATE.to_string()).await?;
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
        if role == Role::Agent {
            let amount = Set(250_000 + 50_000 * (row.id % 5));
            let of = target::ActiveModel { month: Set(month), user_id: Set(Some(row.id)), amount, ..Default::default() };
            target::Entity::insert(of).exec_without_returning(&txn).await.map_err(unexpected)?;
        }
    }
    let calendar = settings::read(db).await?.calendar;
    for (nth, &(name, target)) in names::CAMPAIGNS.iter().enumerate() {
        let row = campaign::ActiveModel {
            name: Set(name.into()),
            name_key: Set(text::key(name)),
            target: Set((target > 0).then_some(target * 100)),
            start_on: Set(Some(calendar.day(now - (400 - 30 * nth as i64) * DAY))),
            end_on: Set(None),
            active: Set(nth != 1),
            created_at: Set(now - 430 * DAY),
            batch: Set(0),
            ..Default::default()
        };
        row.insert(&txn).await.map_err(unexpected)?;
    }
    for name in names::companies() {
        let row = company::ActiveModel {
            name_key: Set(text::key(&name)),
            name: Set(name),
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
    Ok(World {
        people: people
            .into_iter()
            .map(|row| Person { id: row.id, team: row.team_id, role: row.role.parse().unwrap_or(Role::Viewer) })
            .collect(),
        campaigns: campaigns.into_iter().map(|row| row.id).collect(),
        companies: companies.into_iter().map(|row| (row.id, row.name)).collect(),
        calendar: settings::read(db).await?.calendar,
        now: db.now(),
    })
}
