//! Sessions, stored by the hash of their id. Saving updates and never inserts: a request that was running during sign-out
//! must not recreate the session.

use std::collections::HashMap;

use domain::{Result, id::UserId, users};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Expr,
};

use crate::{
    Db, Scope,
    audit::{self, ActivityKind},
    clock::{DAY, HOUR},
    dialect,
    entity::{known_device, session, user},
    error::{Unique, is_duplicate, unexpected},
    events::Topic,
    reference_data,
    scope::{Person, published},
    settings,
    users::digest,
};

/// The idle and total lifetime of a session, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    pub idle: i64,
    pub total: i64,
}

/// How long a browser is known after a sign-in, in microseconds.
pub const KNOWN_DEVICE: i64 = 365 * DAY;

/// 12 h idle, 24 h in total; on a device that stays signed in 14 days and 90 days.
pub fn lifetime(remembered: bool) -> Lifetime {
    if remembered { Lifetime { idle: 14 * DAY, total: 90 * DAY } } else { Lifetime { idle: 12 * HOUR, total: 24 * HOUR } }
}

/// A session as stored; `data` is opaque.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub data: String,
    /// Microseconds since 1970.
    pub expires_at: i64,
}

/// The data for the list of devices.
#[derive(Clone, Debug, Default)]
pub struct Device {
    pub user: Option<UserId>,
    pub remembered: bool,
    pub name: String,
    pub address: String,
}

/// Stores a new session; `false` when the id is taken.
pub async fn create(db: &Db, id: &str, stored: &Stored, device: &Device) -> Result<bool> {
    let now = db.now();
    let row = session::ActiveModel {
        id_hash: Set(digest(id)),
        user_id: Set(device.user.map(|id| id.0)),
        data: Set(stored.data.clone()),
        created_at: Set(now),
        used_at: Set(now),
        expires_at: Set(stored.expires_at),
        ends_at: Set(now + lifetime(device.remembered).total),
        remembered: Set(device.remembered),
        device: Set(device.name.chars().take(200).collect()),
        address: Set(device.address.clone()),
    };
    match row.insert(&db.write).await {
        Ok(_) => Ok(true),
        Err(cause) if is_duplicate(&cause, Unique::Session) => Ok(false),
        Err(cause) => Err(unexpected(cause)),
    }
}

/// Updates an existing session; a deleted one stays deleted.
pub async fn save(db: &Db, id: &str, stored: &Stored) -> Result<()> {
    session::Entity::update_many()
        .col_expr(session::Column::Data, Expr::value(stored.data.clone()))
        .col_expr(session::Column::ExpiresAt, Expr::value(stored.expires_at))
        .col_expr(session::Column::UsedAt, Expr::value(db.now()))
        .filter(session::Column::IdHash.eq(digest(id)))
        .exec(&db.write)
        .await
        .map_err(unexpected)?;
    Ok(())
}

/// Whether a session is valid. One that was created by a clock running ahead is not, because it would last too long.
fn is_alive(now: i64, created_at: i64, expires_at: i64, ends_at: i64) -> bool {
    expires_at > now && ends_at > now && created_at <= now + HOUR
}

/// Deletes a session.
pub async fn delete(db: &Db, id: &str) -> Result<()> {
    let gone = session::Entity::delete_by_id(digest(id)).exec_with_returning(&db.write).await.map_err(unexpected)?;
    if let Some(user) = gone.and_then(|row| row.user_id) {
        db.events.publish(Topic::SignedOut(UserId(user)));
    }
    Ok(())
}

/// Deletes all sessions of a user.
pub async fn end_all(db: &Db, user: UserId) -> Result<()> {
    session::Entity::delete_many().filter(session::Column::UserId.eq(user.0)).exec(&db.write).await.map_err(unexpected)?;
    db.events.publish(Topic::SignedOut(user));
    Ok(())
}

/// The stored id of the session of the current request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Current(pub String);

impl Current {
    /// Hashes the id that the browser has.
    pub fn of(id: &str) -> Self {
        Self(digest(id))
    }
}

/// The devices of this user, most recently used first.
pub async fn devices(db: &Db, scope: &Scope, current: &Current) -> Result<Vec<users::Device>> {
    let now = db.now();
    let rows = session::Entity::find()
        .filter(session::Column::UserId.eq(scope.user.id.0))
        .filter(session::Column::ExpiresAt.gt(now))
        .filter(session::Column::EndsAt.gt(now))
        .order_by_desc(session::Column::UsedAt)
        .limit(200)
        .all(&db.read)
        .await
        .map_err(unexpected)?;
    let calendar = scope.settings.calendar;
    Ok(rows
        .into_iter()
        .map(|row| users::Device {
            name: users::device_name(&row.device),
            address: row.address,
            signed_in: calendar.moment(row.created_at, now),
            used: calendar.moment(row.used_at, now),
            remembered: row.remembered,
            is_current: row.id_hash == current.0,
            id: row.id_hash,
        })
        .collect())
}

/// Signs out one device of this user, or (`None`) all but the current one. Other users' devices are not affected.
pub async fn revoke(db: &Db, scope: &Scope, current: &Current, device: Option<&str>) -> Result<()> {
    let txn = db.begin().await?;
    let own = session::Entity::delete_many().filter(session::Column::UserId.eq(scope.user.id.0));
    let own = match device {
        Some(device) => own.filter(session::Column::IdHash.eq(device)),
        None => own.filter(session::Column::IdHash.ne(current.0.as_str())),
    };
    let gone = own.exec(&txn).await.map_err(unexpected)?.rows_affected;
    if gone > 0 {
        let detail = format!("{gone} of their own devices");
        audit::log_activity(&txn, Some(scope.user.id.0), ActivityKind::SignedOut, None, db.now(), &detail).await?;
    }
    txn.commit().await.map_err(unexpected)?;
    db.events.publish(Topic::SignedOut(scope.user.id));
    Ok(())
}

/// A session with its user.
#[derive(FromQueryResult)]
struct Found {
    id_hash: String,
    data: String,
    created_at: i64,
    expires_at: i64,
    ends_at: i64,
    /// The state of the database when it was read ([`dialect::state`]).
    state: String,
    /// The version of the reference data ([`reference_data::version`]).
    reference_data: Option<String>,
    /// `None` when the user no longer exists or is not active.
    #[sea_orm(nested)]
    person: Option<Person>,
}

/// The valid sessions with a condition, each with its user; `data` is the column to read.
async fn find_sessions(db: &Db, which: Condition, data: Expr) -> Result<Vec<Found>> {
    let now = db.now();
    let person = session::Entity::belongs_to(user::Entity)
        .from(session::Column::UserId)
        .to(user::Column::Id)
        .on_condition(|_, _| Condition::all().add(user::Column::Active.eq(true)).add(published(user::Column::Batch)));
    let columns = [session::Column::IdHash, session::Column::CreatedAt, session::Column::ExpiresAt, session::Column::EndsAt];
    let found = session::Entity::find()
        .select_only()
        .columns(columns)
        .expr_as(data, "data")
        .expr_as(dialect::state(db), "state")
        .expr_as(reference_data::version(), "reference_data");
    let found = found.columns(Person::COLUMNS).join(JoinType::LeftJoin, person.into()).filter(which);
    let found: Vec<Found> = found.into_model().all(&db.read).await.map_err(unexpected)?;
    if let Some(any) = found.first() {
        db.set_reference_version(any.reference_data.as_deref());
    }
    Ok(found.into_iter().filter(|it| is_alive(now, it.created_at, it.expires_at, it.ends_at)).collect())
}

/// Reads a valid session and the scope of its user, in one statement that also reads the state of the
/// database. No scope when the user is not active.
pub async fn load(db: &Db, id: &str) -> Result<Option<(Stored, Option<Scope>)>> {
    let which = Condition::all().add(session::Column::IdHash.eq(digest(id)));
    let Some(found) = find_sessions(db, which, session::Column::Data.into_expr()).await?.into_iter().next() else { return Ok(None) };
    let settings = settings::read(db).await?;
    let state = format!("{} {}", found.state, found.reference_data.unwrap_or_default());
    let scope = found.person.map(|person| Scope { state: Some(state), ..Scope::of_person(person, settings) });
    Ok(Some((Stored { data: found.data, expires_at: found.expires_at.min(found.ends_at) }, scope)))
}

/// Of several sessions, the valid ones with the current scopes of their users, in one statement.
pub async fn read_valid_sessions(db: &Db, asked: &[Current]) -> Result<HashMap<Current, Scope>> {
    let settings = settings::read(db).await?;
    let mut standing = HashMap::with_capacity(asked.len());
    for some in asked.chunks(dialect::most_values(&db.read)) {
        let among = Condition::all().add(session::Column::IdHash.is_in(some.iter().map(|it| it.0.as_str())));
        let found = find_sessions(db, among, Expr::value("")).await?.into_iter();
        standing.extend(found.filter_map(|it| Some((Current(it.id_hash), Scope::of_person(it.person?, settings.clone())))));
    }
    Ok(standing)
}

/// Deletes expired sessions; called periodically.
pub async fn sweep(db: &Db) -> Result<u64> {
    let now = db.now();
    let over = Condition::any().add(session::Column::ExpiresAt.lt(now)).add(session::Column::EndsAt.lt(now));
    let swept = session::Entity::delete_many().filter(over).exec(&db.write).await.map_err(unexpected)?;
    // The cookie of a known browser lasts a year.
    let unseen = known_device::Entity::delete_many().filter(known_device::Column::SeenAt.lt(now - KNOWN_DEVICE));
    unseen.exec(&db.write).await.map_err(unexpected)?;
    Ok(swept.rows_affected)
}
