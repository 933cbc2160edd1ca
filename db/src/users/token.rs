//! Invitation and reset links: 256 random bits, stored hashed, single use, valid for thirty minutes.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{Error, FieldErrors, Result, id::UserId};
use rand::RngCore;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::Expr,
};

use super::sign_in::{digest, forgive};
use crate::{
    Db,
    audit::{self, ActivityKind},
    clock::{HOUR, MINUTE},
    entity::{session, user, user_token},
    error::unexpected,
    events::Topic,
    password::{self, Gate},
    text,
};

const GOOD_FOR: i64 = 30 * MINUTE;

/// Generates 256 random bits for a URL or a cookie.
pub(crate) fn random() -> String {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// Creates a token for a user, replacing earlier ones.
pub async fn invite(txn: &impl ConnectionTrait, user: i64, now: i64) -> Result<String> {
    let token = random();
    user_token::Entity::delete_many().filter(user_token::Column::UserId.eq(user)).exec(txn).await.map_err(unexpected)?;
    let row = user_token::ActiveModel {
        token_hash: Set(digest(&token)),
        user_id: Set(user),
        purpose: Set("password".into()),
        expires_at: Set(now + GOOD_FOR),
        used_at: Set(None),
    };
    user_token::Entity::insert(row).exec_without_returning(txn).await.map_err(unexpected)?;
    Ok(token)
}

/// Creates the token of a reset link for a username. Errors: [`Error::NotFound`].
pub async fn reset(db: &Db, username: &str) -> Result<String> {
    let found = user::Entity::find().filter(user::Column::UsernameKey.eq(text::username_key(username)));
    let row = found.one(&db.read).await.map_err(unexpected)?.ok_or(Error::NotFound)?;
    let txn = db.begin().await?;
    let token = invite(&txn, row.id, db.now()).await?;
    forgive(&txn, &row.username_key).await?;
    audit::log_activity(&txn, None, ActivityKind::ResetPassword, None, db.now(), &row.username).await?;
    txn.commit().await.map_err(unexpected)?;
    Ok(token)
}

async fn find(db: &Db, token: &str) -> Result<(user_token::Model, user::Model)> {
    let row = user_token::Entity::find_by_id(digest(token)).one(&db.read).await.map_err(unexpected)?;
    let row = row
        .filter(|row| row.used_at.is_none() && row.expires_at > db.now() && row.expires_at <= db.now() + GOOD_FOR + HOUR)
        .ok_or(Error::NotFound)?;
    let user =
        user::Entity::find_by_id(row.user_id).one(&db.read).await.map_err(unexpected)?.filter(|user| user.active).ok_or(Error::NotFound)?;
    Ok((row, user))
}

/// The user of a link. Errors: [`Error::NotFound`] when it is unknown, used or expired.
pub async fn token_owner(db: &Db, token: &str) -> Result<String> {
    find(db, token).await.map(|(_, user)| user.username)
}

/// Sets the password of the link's user; the link becomes invalid and all sessions of the user end.
///
/// Errors: [`Error::NotFound`] when the link is unknown, used or expired; [`Error::Invalid`] beside `password` or `again`.
pub async fn set_password(db: &Db, gate: &Gate, token: &str, password: &str, again: &str) -> Result<UserId> {
    let (row, user) = find(db, token).await?;
    let mut errors = FieldErrors::default();
    password::check_new(password, &user.username, Some(&user.email), "password", &mut errors);
    if password != again {
        errors.add("again", "The passwords don't match");
    }
    errors.or(())?;
    let hash = gate.hash(password).await?;
    let txn = db.begin().await?;
    let used = user_token::Entity::update_many()
        .col_expr(user_token::Column::UsedAt, Expr::value(db.now()))
        .filter(user_token::Column::TokenHash.eq(row.token_hash))
        .filter(user_token::Column::UsedAt.is_null())
        .exec(&txn)
        .await
        .map_err(unexpected)?;
    if used.rows_affected == 0 {
        return Err(Error::NotFound);
    }
    forgive(&txn, &user.username_key).await?;
    let id = user.id;
    let mut user = user.into_active_model();
    user.password_hash = Set(Some(hash));
    user.update(&txn).await.map_err(unexpected)?;
    session::Entity::delete_many().filter(session::Column::UserId.eq(id)).exec(&txn).await.map_err(unexpected)?;
    audit::log_activity(&txn, Some(id), ActivityKind::ResetPassword, None, db.now(), "").await?;
    txn.commit().await.map_err(unexpected)?;
    db.events.publish(Topic::SignedOut(UserId(id)));
    Ok(UserId(id))
}
