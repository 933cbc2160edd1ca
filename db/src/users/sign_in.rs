//! Signing in: one answer for unknown, wrong, disabled and throttled, padded to one deadline.

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

/// Tries that cost nothing, by account and address.
const FREE: u64 = 5;
/// Failures of one address in [`ADDRESS_WINDOW`].
const PER_ADDRESS: u64 = 10;
const ADDRESS_WINDOW: i64 = 3 * MINUTE;
/// The same, counting accounts that nobody failed at before: one guess at each of many.
const PER_ADDRESS_IN_ALL: u64 = 100;
/// Failures of one account in a day, except from a known device.
const PER_ACCOUNT: u64 = 100;

/// Where a sign-in comes from.
#[derive(Clone, Debug)]
pub struct Client {
    /// The real address, behind trusted proxies.
    pub address: IpAddr,
    /// The token of a browser in which somebody signed in before.
    pub device: Option<String>,
}

impl Client {
    /// What is limited together: an IPv4 address, or the /64 of an IPv6 one.
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

/// Somebody is who they say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    pub user: UserId,
    pub username: String,
    /// For the cookie that knows this browser.
    pub device: String,
}

/// Checks a username and a password.
///
/// Errors: [`Error::Invalid`] with one and the same sentence beside `password` for unknown, wrong, disabled and throttled, but for a browser
/// in which this person signed in before: that one is told which it was; [`Error::Busy`] when the queue is full.
pub async fn sign_in(db: &Db, gate: &Gate, username: &str, password: &str, client: &Client) -> Result<SignedIn> {
    slowed(gate, attempt(db, gate, username, password, client, Purpose::SignIn)).await
}

/// Whether a password is this person's, who is signed in already: judged, counted and slowed down as a sign-in is, and no sign-in in the
/// activity.
///
/// Errors: as [`sign_in`].
pub async fn confirm(db: &Db, gate: &Gate, username: &str, password: &str, client: &Client) -> Result<()> {
    slowed(gate, attempt(db, gate, username, password, client, Purpose::Confirm)).await.map(|_| ())
}

/// What the right password opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    SignIn,
    Confirm,
}

/// Answers at a multiple of the gate's deadline, so that how long it took tells nothing.
async fn slowed<T>(gate: &Gate, work: impl Future<Output = T>) -> T {
    let started = tokio::time::Instant::now();
    let answer = work.await;
    // To the next multiple: a slow answer tells no more than "slow".
    let deadline = gate.deadline.max(std::time::Duration::from_millis(1));
    let steps = started.elapsed().as_nanos() / deadline.as_nanos() + 1;
    tokio::time::sleep_until(started + deadline * u32::try_from(steps).unwrap_or(1)).await;
    answer
}

fn refused() -> Error {
    Error::invalid(
        "password",
        "Username and password do not match, or there were too many tries. Check both and try again in a minute. On a new device it can take \
         up to a day after many failed tries; a reset link from your administrator works at once.",
    )
}

/// As [`refused`], to a browser that is known: it tells nothing that its person may not know.
fn refused_known(throttled: bool) -> Error {
    Error::invalid(
        "password",
        match throttled {
            true => "There were too many wrong passwords for this account. Wait a minute, then try again.",
            false => "Username and password do not match. Check both and try again.",
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
    // Counted before it is judged, so that many tries at once cannot slip past the count of the account; a success takes it back.
    // For the address it is no failure before it failed: ten people behind one may come to work in the same second.
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
            // Nobody failed: there was no room.
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
        audit::note(&txn, None, ActivityKind::FailedSignIn, None, now, &account).await?;
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
    // Only over the hash that was judged: a reset that came meanwhile stands, and this sign-in does not.
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
    audit::note(&txn, Some(id), ActivityKind::SignedIn, None, now, &address).await?;
    txn.commit().await.map_err(unexpected)?;
    Ok(SignedIn { user: UserId(id), username, device })
}

/// The address of a try that is still being judged.
fn pending(address: &str) -> String {
    format!("?{address}")
}

/// Whether this person signed in before in the browser that asks.
async fn is_known(db: &Db, user: Option<i64>, client: &Client) -> Result<bool> {
    let (Some(user), Some(device)) = (user, &client.device) else { return Ok(false) };
    let found = known_device::Entity::find_by_id((digest(device), user)).one(&db.read).await.map_err(unexpected)?;
    Ok(found.is_some())
}

/// The limits of an address keep strangers out, not the office behind it: a browser that is known, and an account without failures of its
/// own, are let through to the account's own limits.
async fn is_throttled(db: &Db, account: &str, address: &str, known: bool, now: i64) -> Result<bool> {
    // What a wrong clock dated later than now counts for nothing.
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

/// Forgets the failures of an account: its owner proved who they are, or an administrator vouched for them.
pub(crate) async fn forgive(txn: &impl ConnectionTrait, username_key: &str) -> Result<()> {
    let failures = sign_in_failure::Entity::delete_many().filter(sign_in_failure::Column::AccountKey.eq(username_key));
    failures.exec(txn).await.map_err(unexpected)?;
    Ok(())
}

/// Notes that somebody signed out; the session itself goes with [`crate::sessions::delete`].
pub async fn sign_out(db: &Db, user: UserId) -> Result<()> {
    audit::note(&db.write, Some(user.0), ActivityKind::SignedOut, None, db.now(), "").await
}

/// The stored form of a token that only a browser or a link holds.
pub(crate) fn digest(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
