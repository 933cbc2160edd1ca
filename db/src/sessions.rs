//! Sessions, stored by the hash of their id. A save is an update and never an insert: a request that was running during sign-out
//! must not bring the session back.

use domain::{Result, id::UserId};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use crate::{
    Db,
    clock::{DAY, HOUR},
    entity::session,
    error::{is_duplicate, unexpected},
    users::digest,
};

/// Idle and whole lifetime of a session, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    pub idle: i64,
    pub whole: i64,
}

/// 12 h idle, 24 h in all; on a device that stays signed in 14 days and 90 days.
pub fn lifetime(remembered: bool) -> Lifetime {
    if remembered { Lifetime { idle: 14 * DAY, whole: 90 * DAY } } else { Lifetime { idle: 12 * HOUR, whole: 24 * HOUR } }
}

/// A session as the server keeps it; `data` is its own affair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub data: String,
    /// Microseconds since 1970.
    pub expires_at: i64,
}

/// What is told apart on the list of devices.
#[derive(Clone, Debug, Default)]
pub struct Device {
    pub user: Option<UserId>,
    pub remembered: bool,
    pub name: String,
    pub address: String,
}

/// Stores a new session. `false`: this id is taken.
pub async fn create(db: &Db, id: &str, stored: &Stored, device: &Device) -> Result<bool> {
    let now = db.now();
    let row = session::ActiveModel {
        id_hash: Set(digest(id)),
        user_id: Set(device.user.map(|id| id.0)),
        data: Set(stored.data.clone()),
        created_at: Set(now),
        used_at: Set(now),
        expires_at: Set(stored.expires_at),
        ends_at: Set(now + lifetime(device.remembered).whole),
        remembered: Set(device.remembered),
        device: Set(device.name.chars().take(200).collect()),
        address: Set(device.address.clone()),
    };
    match row.insert(&db.write).await {
        Ok(_) => Ok(true),
        Err(cause) if is_duplicate(&cause, "sessions") => Ok(false),
        Err(cause) => Err(unexpected(cause)),
    }
}

/// Stores a session that is still there; one that is gone stays gone.
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

/// A session that has neither idled out nor come to its end.
pub async fn load(db: &Db, id: &str) -> Result<Option<Stored>> {
    let now = db.now();
    let row = session::Entity::find_by_id(digest(id)).one(&db.read).await.map_err(unexpected)?;
    Ok(row
        .filter(|row| row.expires_at > now && row.ends_at > now)
        .map(|row| Stored { data: row.data, expires_at: row.expires_at.min(row.ends_at) }))
}

/// Ends a session.
pub async fn delete(db: &Db, id: &str) -> Result<()> {
    session::Entity::delete_by_id(digest(id)).exec(&db.write).await.map_err(unexpected)?;
    Ok(())
}

/// Ends every session of a person.
pub async fn end_all(db: &Db, user: UserId) -> Result<()> {
    session::Entity::delete_many().filter(session::Column::UserId.eq(user.0)).exec(&db.write).await.map_err(unexpected)?;
    Ok(())
}

/// Removes what has run out; called now and then.
pub async fn sweep(db: &Db) -> Result<u64> {
    let now = db.now();
    let over = sea_orm::Condition::any().add(session::Column::ExpiresAt.lt(now)).add(session::Column::EndsAt.lt(now));
    let swept = session::Entity::delete_many().filter(over).exec(&db.write).await.map_err(unexpected)?;
    Ok(swept.rows_affected)
}
