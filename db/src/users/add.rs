//! Adds users: by the command line, or the first admin of an empty database.

use domain::{Error, FieldErrors, Result, id::UserId, role::Role};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, PaginatorTrait};

use super::token;
use crate::{
    Db,
    audit::{self, ActivityKind},
    dialect,
    entity::user,
    error::{Unique, is_duplicate, unexpected},
    password::{self, Gate},
    text,
};

/// The result of adding a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invitation {
    /// The password was given.
    Ready,
    /// The token of an invitation link, valid for thirty minutes.
    Link(String),
}

/// Whether there are no users yet.
pub async fn is_empty(db: &Db) -> Result<bool> {
    Ok(user::Entity::find().count(&db.read).await.map_err(unexpected)? == 0)
}

/// Adds a user. Without a password the result has an invitation token.
///
/// Errors: [`Error::Invalid`] beside `username` or `password`.
pub async fn add(db: &Db, gate: &Gate, username: &str, role: Role, password: Option<&str>) -> Result<(UserId, Invitation)> {
    let mut errors = FieldErrors::default();
    let username = domain::users::username(username).map_err(|message| Error::invalid("username", message))?;
    if let Some(password) = password {
        password::check_new(password, &username, None, "password", &mut errors);
    }
    errors.or(())?;
    let hash = match password {
        Some(password) => Some(gate.hash(password).await?),
        None => None,
    };
    let txn = db.begin().await?;
    let now = db.now();
    let row = new_row(&username, role, hash, now).insert(&txn).await.map_err(username_error)?;
    let invitation = if password.is_some() { Invitation::Ready } else { Invitation::Link(token::invite(&txn, row.id, now).await?) };
    audit::log_activity(&txn, None, ActivityKind::CreatedUser, None, now, &format!("{username}, {}", role.label())).await?;
    db.commit_reference_data(txn).await?;
    Ok((UserId(row.id), invitation))
}

/// Adds the first admin of an empty database.
///
/// Errors: [`Error::NotFound`] when there are users; [`Error::Invalid`] beside `username`, `password` or `again`.
pub async fn first_admin(db: &Db, gate: &Gate, username: &str, password: &str, again: &str) -> Result<UserId> {
    let mut errors = FieldErrors::default();
    let name = domain::users::username(username);
    if let Err(message) = &name {
        errors.add("username", message);
    }
    password::check_new(password, username, None, "password", &mut errors);
    if password != again {
        errors.add("again", "The passwords don't match");
    }
    errors.or(())?;
    let hash = gate.hash(password).await?;
    let txn = db.begin().await?;
    dialect::lock_until_commit(&txn, "first admin").await?;
    if user::Entity::find().count(&txn).await.map_err(unexpected)? > 0 {
        return Err(Error::NotFound);
    }
    let now = db.now();
    let row = new_row(&name.unwrap_or_default(), Role::Admin, Some(hash), now).insert(&txn).await.map_err(username_error)?;
    audit::log_activity(&txn, Some(row.id), ActivityKind::CreatedUser, None, now, "the first admin").await?;
    db.commit_reference_data(txn).await?;
    Ok(UserId(row.id))
}

fn username_error(cause: sea_orm::DbErr) -> Error {
    if is_duplicate(&cause, Unique::Username) { Error::invalid("username", "This username is already taken") } else { unexpected(cause) }
}

pub(crate) fn new_row(username: &str, role: Role, password_hash: Option<String>, now: i64) -> user::ActiveModel {
    user::ActiveModel {
        username: Set(username.to_owned()),
        username_key: Set(text::username_key(username)),
        first_name: Set(String::new()),
        last_name: Set(String::new()),
        email: Set(String::new()),
        password_hash: Set(password_hash),
        role: Set(role.code().into()),
        active: Set(true),
        created_at: Set(now),
        batch: Set(0),
        ..Default::default()
    }
}
