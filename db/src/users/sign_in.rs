//! Sign-in: one response for unknown, wrong, deactivated and throttled, padded to one deadline.

use std::net::IpAddr;

use domain::{Error, Result, id::UserId};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, OnConflict},
};
use sha2::{Digest, Sha256};

use crate::{
    Db,
    audit::{self, ActivityKind},
    clock::{DAY, MINUTE, SECOND},
    entity::{known_device, sign_in_failure, user},
    error::unexpected,
    password::{self, Gate},
    scope::published,
    text,
};

/// Attempts without delay, per account and address.
const FREE: u64 = 5;
/// Allowed failures per address within [`ADDRESS_WINDOW`].
const PER_ADDRESS: u64 = 10;
const ADDRESS_WINDOW: i64 = 3 * MINUTE;
/// The same for different accounts: one guess at each of many.
const PER_ADDRESS_IN_ALL: u64 = 100;
/// Allowed failures per account and day, except from a known device.
const PER_ACCOUNT: u64 = 100;

/// The origin of a sign-in.
#[derive(Clone, Debug)]
pub struct Client {
    /// The client address, behind trusted proxies.
    pub address: IpAddr,
    /// The token of a known browser.
    pub device: Option<String>,
}

impl Client {
    /// The key of a rate limit: an IPv4 address, or the /64 of an IPv6 address.
    pub fn address_key(&self) -> String {
        match self.address.to_canonical() {
            IpAddr::V4(four) => four.to_string(),
            IpAddr::V6(six) => {
                let [a, b, c, d, ..] = six.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        }
    }
}

/// A successful sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    pub user: UserId,
    pub username: String,
    /// The token for the cookie of this browser.
    pub device: String,
}

/// Verifies a username and a password.
///
/// Errors: [`Error::Invalid`] with the same sentence beside `password` for unknown, wrong, deactivated and throttled, except for a known browser,
/// which is told the cause; [`Error::Busy`] when the queue is full.
pub async fn sign_in(db: &Db, gate: &Gate, username: &str, password: &str, client: &Client) -> Result<SignedIn> {
    respond_at_deadline(gate, attempt(db, gate, username, password, client, Purpose::SignIn)).await
}

/// Verifies the password of a signed-in user, with the same limits and delays as a sign-in, but without a sign-in entry in the
/// activity log.
///
/// Errors: as [`sign_in`].
pub async fn confirm(db: &Db, gate: &Gate, username: &str, password: &str, client: &Client) -> Result<()> {
    respond_at_deadline(gate, attempt(db, gate, username, password, client, Purpose::Confirm)).await.map(|_| ())
}

/// The purpose of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    SignIn,
    Confirm,
}

/// Responds at a multiple of the gate's deadline, so that the duration reveals nothing.
async fn respond_at_deadline<T>(gate: &Gate, work: impl Future<Output = T>) -> T {
    let started = tokio::time::Instant::now();
    let answer = work.await;
    // To the next multiple: a slow response reveals nothing more.
    let deadline = gate.deadline.max(std::time::Duration::from_millis(1));
    let steps = started.elapsed().as_nanos() / deadline.as_nanos() + 1;
    tokio::time::sleep_until(started + deadline * u32::try_from(steps).unwrap_or(1)).await;
    answer
}

fn refused() -> Error {
    Error::invalid(
        "password",
        "The username and password don't match, or there were too many attempts. Check both and try again in a minute. After many failed attempts on a new device you may have to wait up to a day; a password reset link from your admin works immediately.",
    )
}

/// As [`refused`], for a known browser: it reveals nothing that its user may not know.
fn refused_known(throttled: bool) -> Error {
    Error::invalid(
        "password",
        match throttled {
            true => "Too many wrong passwords for this account. Wait a minute, then try again.",
            false => "The username and password don't match. Check both and try again.",
        },
    )
}

async fn attempt(db: &Db, gate: &Gate, username: &str, password: &str, client: &Client, purpose: Purpose) -> Result<SignedIn> {
    let now = db.now();
    if password.len() > domain::users::LONGEST_PASSWORD || username.chars().count() > 150 {
        return Err(refused());
    }
    let account = text::username_key(username);
    let address = client.address_key();
    let found = user::Entity::find().filter(user::Column::UsernameKey.eq(&account)).filter(published(user::Column::Batch));
    let found = found.one(&db.read).await.map_err(unexpected)?;
    let known = is_known(db, found.as_ref().map(|row| row.id), client).await?;
    if is_throttled(db, &account, &address, known, now).await? {
        return Err(if known { refused_known(true) } else { refused() });
    }
    // Counted before it is verified, so that parallel attempts cannot bypass the limit; a success removes the count.
    // For the address it counts only once it fails: ten people behind one address may sign in at the same second.
    let counted = sign_in_failure::ActiveModel {
        account_key: Set(account.clone()),
        address_key: Set(pending(&address)),
        at: Set(now),
        ..Default::default()
    };
    let counted = counted.insert(&db.write).await.map_err(unexpected)?;
    let stored = found.as_ref().filter(|row| row.active).and_then(|row| row.password_hash.as_deref());
    let fits = match gate.verify(password, stored).await {
        Ok(fits) => fits,
        Err(error) => {
            // Not a failure: the queue was full.
            sign_in_failure::Entity::delete_by_id(counted.id).exec(&db.write).await.map_err(unexpected)?;
            return Err(error);
        }
    };
    let Some(row) = found.filter(|row| fits && row.active) else {
        let txn = db.begin().await?;
        sign_in_failure::ActiveModel { id: Set(counted.id), address_key: Set(address), ..Default::default() }
            .update(&txn)
            .await
            .map_err(unexpected)?;
        audit::log_activity(&txn, None, ActivityKind::FailedSignIn, None, now, &account).await?;
        txn.commit().await.map_err(unexpected)?;
        return Err(if known { refused_known(false) } else { refused() });
    };
    let rehashed = match row.password_hash.as_deref() {
        Some(stored) if password::is_outdated(stored) => Some(gate.hash(password).await?),
        _ => None,
    };
    let device = client.device.clone().unwrap_or_else(super::token::random);
    let (id, username) = (row.id, row.username.clone());
    let txn = db.begin().await?;
    sign_in_failure::Entity::delete_many()
        .filter(sign_in_failure::Column::AccountKey.eq(&account))
        .filter(sign_in_failure::Column::AddressKey.is_in([address.clone(), pending(&address)]))
        .exec(&txn)
        .await
        .map_err(unexpected)?;
    sign_in_failure::Entity::delete_many()
        .filter(sign_in_failure::Column::At.not_between(now - 2 * DAY, now + DAY))
        .exec(&txn)
        .await
        .map_err(unexpected)?;
    let mut change = user::Entity::update_many().col_expr(user::Column::SeenAt, Expr::value(now));
    if let Some(hash) = rehashed {
        change = change.col_expr(user::Column::PasswordHash, Expr::value(hash));
    }
    // Only over the verified hash: if the password was reset meanwhile, the reset wins and this sign-in fails.
    let change = change
        .filter(user::Column::Id.eq(id))
        .filter(user::Column::Active.eq(true))
        .filter(user::Column::PasswordHash.eq(row.password_hash));
    if change.exec(&txn).await.map_err(unexpected)?.rows_affected == 0 {
        return Err(refused());
    }
    if purpose == Purpose::Confirm {
        txn.commit().await.map_err(unexpected)?;
        return Ok(SignedIn { user: UserId(id), username, device });
    }
    known_device::Entity::insert(known_device::ActiveModel { token_hash: Set(digest(&device)), user_id: Set(id), seen_at: Set(now) })
        .on_conflict(
            OnConflict::columns([known_device::Column::TokenHash, known_device::Column::UserId])
                .update_column(known_device::Column::SeenAt)
                .to_owned(),
        )
        .exec_without_returning(&txn)
        .await
        .map_err(unexpected)?;
    audit::log_activity(&txn, Some(id), ActivityKind::SignedIn, None, now, &address).await?;
    txn.commit().await.map_err(unexpected)?;
    Ok(SignedIn { user: UserId(id), username, device })
}

/// The marker of an attempt that is still being verified.
fn pending(address: &str) -> String {
    format!("?{address}")
}

/// Whether this browser is known for this user.
async fn is_known(db: &Db, user: Option<i64>, client: &Client) -> Result<bool> {
    let (Some(user), Some(device)) = (user, &client.device) else { return Ok(false) };
    let found = known_device::Entity::find_by_id((digest(device), user)).one(&db.read).await.map_err(unexpected)?;
    Ok(found.is_some())
}

/// Address limits must not lock out an office: known browsers, and accounts without failures of their
/// own, are subject only to the account's limits.
async fn is_throttled(db: &Db, account: &str, address: &str, known: bool, now: i64) -> Result<bool> {
    // Failures dated in the future by a wrong clock do not count.
    let failures = || sign_in_failure::Entity::find().filter(sign_in_failure::Column::At.between(now - DAY + 1, now));
    let of_address =
        failures().filter(sign_in_failure::Column::AddressKey.eq(address)).filter(sign_in_failure::Column::At.gt(now - ADDRESS_WINDOW));
    let of_account = failures().filter(sign_in_failure::Column::AccountKey.eq(account));
    let at_address = if known { 0 } else { of_address.count(&db.read).await.map_err(unexpected)? };
    if at_address >= PER_ADDRESS {
        let is_untried = of_account.clone().count(&db.read).await.map_err(unexpected)? == 0;
        if !is_untried || at_address >= PER_ADDRESS_IN_ALL {
            return Ok(true);
        }
    }
    let both = of_account.clone().filter(sign_in_failure::Column::AddressKey.is_in([address.to_owned(), pending(address)]));
    let count = both.clone().count(&db.read).await.map_err(unexpected)?;
    if count >= FREE {
        let last = both.order_by_desc(sign_in_failure::Column::At).one(&db.read).await.map_err(unexpected)?;
        let wait = (SECOND << (count - FREE).min(6)).min(60 * SECOND);
        if last.is_some_and(|last| now < last.at + wait) {
            return Ok(true);
        }
    }
    if of_account.count(&db.read).await.map_err(unexpected)? >= PER_ACCOUNT {
        return Ok(!known);
    }
    Ok(false)
}

/// Deletes the failures of an account, after a success or a reset by an administrator.
pub(crate) async fn forgive(txn: &impl ConnectionTrait, username_key: &str) -> Result<()> {
    let failures = sign_in_failure::Entity::delete_many().filter(sign_in_failure::Column::AccountKey.eq(username_key));
    failures.exec(txn).await.map_err(unexpected)?;
    Ok(())
}

/// Logs a sign-out; [`crate::sessions::delete`] deletes the session.
pub async fn sign_out(db: &Db, user: UserId) -> Result<()> {
    audit::log_activity(&db.write, Some(user.0), ActivityKind::SignedOut, None, db.now(), "").await
}

/// The stored hash of a token.
pub(crate) fn digest(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
