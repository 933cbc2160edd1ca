//! Processes the outbox of a device: changes made offline, carried out one by one, exactly once.
//!
//! Each entry has a key that commits with its effect; a repetition gets the stored result. An entry that cannot be carried out gets a verdict
//! that the user can act on; nothing is dropped, and an entry never blocks those of other orders.

use std::collections::HashSet;

use domain::{
    Error, FieldErrors, Result,
    id::{CommentId, UserId},
    orders::{Field, OrderDraft, Status, conflict::Conflict, field::FieldType},
};
use hmac::{Hmac, Mac};
use rand::RngCore;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::OnConflict};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    Db, Scope,
    clock::DAY,
    comments,
    entity::{order, setting, sync_key},
    error::{Unique, is_duplicate, unexpected},
    orders,
};

/// The maximum number of entries per request.
pub const MOST: usize = 100;
/// How long keys are kept.
const KNOWN: i64 = 180 * DAY;
/// How often an entry is retried when someone else saves the same order at the same time.
const TRIES: usize = 4;

/// The prefix of the digest of a request that a page sent directly: the same change may arrive later as an outbox entry.
const PAGE: &str = "page ";

/// The data of the outbox entry that an operation carries out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    pub key: Uuid,
    /// The digest of the request; starts with [`PAGE`] for a page's direct request.
    pub digest: String,
    /// When it was done, as accepted by the server; microseconds since 1970.
    pub done_at: Option<i64>,
    /// When it was done, by the device's clock.
    pub claimed: Option<i64>,
}

/// An outbox entry as sent by a device.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sent {
    pub key: Uuid,
    /// Its age in seconds, by the device's clock.
    pub age: f64,
    /// The signed time of the device's last contact before it: [`contact`].
    #[serde(default)]
    pub contact: String,
    /// The previous unsent entry of the same order.
    #[serde(default)]
    pub after: Option<Uuid>,
    #[serde(flatten)]
    pub act: OutboxOperation,
}

/// The operation.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OutboxOperation {
    Create {
        uuid: Uuid,
        draft: OrderDraft,
    },
    /// Only the changed fields: before and after. They decide about conflicts, not the version.
    Edit {
        order: String,
        version: i64,
        changes: Vec<(Field, String, String)>,
    },
    Move {
        order: String,
        version: i64,
        from: Status,
        to: Status,
        #[serde(default)]
        asked: OrderDraft,
    },
    Comment {
        order: String,
        text: String,
    },
    /// The status of a comment, by its id, or by the entry that created it.
    CommentStatus {
        order: String,
        id: i64,
        #[serde(default)]
        of: Option<Uuid>,
        status: String,
    },
}

impl OutboxOperation {
    /// The order that it concerns, by UUID or number.
    fn order(&self) -> String {
        match self {
            Self::Create { uuid, .. } => uuid.to_string(),
            Self::Edit { order, .. } | Self::Move { order, .. } | Self::Comment { order, .. } | Self::CommentStatus { order, .. } => {
                order.clone()
            }
        }
    }
}

/// The verdict about an entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Done; the number and version of the order.
    Done { number: String, version: i64 },
    /// Done before; the result of that time.
    Already { number: String, version: i64 },
    /// Someone else changed the same fields: the user has to choose.
    Conflict { conflict: Box<Conflict> },
    /// A permission or rule forbids it; it stays on the device and can be edited.
    Refused { sentence: String, errors: FieldErrors },
    /// An earlier entry of the same order is not done yet.
    Waits,
    /// The server could not do it now; to be sent again.
    Later { sentence: String },
}

impl Verdict {
    fn is_done(&self) -> bool {
        matches!(self, Self::Done { .. } | Self::Already { .. })
    }
}

/// Processes the entries of a device in order.
///
/// Errors: [`Error::Invalid`] for more than [`MOST`] entries.
pub async fn sync(db: &Db, scope: &Scope, entries: Vec<Sent>) -> Result<Vec<(Uuid, Verdict)>> {
    if entries.len() > MOST {
        return Err(Error::invalid("entries", format!("Send at most {MOST} entries at once")));
    }
    let (mut verdicts, mut held) = (Vec::with_capacity(entries.len()), HashSet::new());
    for sent in entries {
        let order = sent.act.order();
        let verdict = if held.contains(&order) { Verdict::Waits } else { process_entry(db, scope, &sent).await };
        if !verdict.is_done() {
            held.insert(order);
        }
        verdicts.push((sent.key, verdict));
    }
    Ok(verdicts)
}

/// Processes one entry.
async fn process_entry(db: &Db, scope: &Scope, sent: &Sent) -> Verdict {
    for _ in 0..TRIES {
        match try_entry(db, scope, sent).await {
            Ok(Some(verdict)) => return verdict,
            // Someone saved the same order, or sent the same entry, at the same time.
            Ok(None) => {}
            Err(error) => return refused(error),
        }
    }
    Verdict::Later { sentence: Error::Busy(1).sentence() }
}

fn refused(error: Error) -> Verdict {
    match error {
        Error::Conflict(conflict) => Verdict::Conflict { conflict },
        Error::Busy(_) | Error::Unavailable | Error::ReadOnly | Error::DiskFull | Error::Unexpected(_) => {
            Verdict::Later { sentence: error.sentence() }
        }
        Error::Invalid(errors) => Verdict::Refused { sentence: Error::Invalid(errors.clone()).sentence(), errors },
        other => Verdict::Refused { sentence: other.sentence(), errors: FieldErrors::default() },
    }
}

/// `None` means: retry.
async fn try_entry(db: &Db, scope: &Scope, sent: &Sent) -> Result<Option<Verdict>> {
    let digest = digest(&sent.act);
    if let Some(verdict) = stored_verdict(db, scope, sent.key, &digest).await? {
        return Ok(Some(verdict));
    }
    let (done_at, claimed) = when(db, scope, sent).await?;
    let for_outbox_entry =
        scope.for_outbox_entry(Entry { key: sent.key, digest: digest.clone(), done_at: Some(done_at), claimed: Some(claimed) });
    match carry_out(db, &for_outbox_entry, &sent.act).await {
        Ok(number) => {
            // After an assignment it may no longer be visible.
            let version = orders::place_of(db, scope, &number).await.map_or(0, |(_, version)| version);
            Ok(Some(Verdict::Done { number, version }))
        }
        Err(CarryOutError::Retry) => Ok(None),
        // A copy of the entry may have arrived first on another connection; then this one conflicts with its effect.
        Err(CarryOutError::Fail(error)) => match stored_verdict(db, scope, sent.key, &digest).await? {
            Some(verdict) => Ok(Some(verdict)),
            None => Err(error),
        },
    }
}

/// The stored result of an entry; `None` when it was not carried out.
async fn stored_verdict(db: &Db, scope: &Scope, key: Uuid, digest: &str) -> Result<Option<Verdict>> {
    Ok(carried_out_under(db, key).await?.map(|known| {
        match known.user_id == scope.user.id.0 && (known.digest.starts_with(PAGE) || known.digest == digest) {
            true => Verdict::Already { number: known.number, version: known.version },
            false => refused(key_reused_error()),
        }
    }))
}

/// The stored entry with a key, of any user.
async fn carried_out_under(db: &Db, key: Uuid) -> Result<Option<sync_key::Model>> {
    sync_key::Entity::find_by_id(key).one(&db.read).await.map_err(unexpected)
}

fn key_reused_error() -> Error {
    Error::invalid("key", "This change was already sent with different content: the first version was kept")
}

/// The scope of a page's direct request, with its key and digest, if it has a key.
pub fn with_digest(scope: Scope, body: &impl Serialize) -> Scope {
    match &scope.entry {
        Some(entry) => scope.for_outbox_entry(Entry { digest: format!("{PAGE}{}", digest(body)), ..entry.clone() }),
        None => scope,
    }
}

/// The result of a page's direct request. If its key was already carried out, the stored result, by the order's number.
///
/// Errors: those of the operation; [`Error::Invalid`] beside `key` when the key was used for something else.
pub async fn recover_stored_result<T>(db: &Db, scope: &Scope, done: Result<T>, again: impl FnOnce(String) -> T) -> Result<T> {
    let (Err(error), Some(entry)) = (&done, &scope.entry) else { return done };
    match carried_out_under(db, entry.key).await? {
        Some(known) if known.user_id == scope.user.id.0 && known.digest == entry.digest => Ok(again(known.number)),
        Some(_) => Err(key_reused_error()),
        None => Err(error.clone()),
    }
}

/// Maps an error to a verdict.
enum CarryOutError {
    Retry,
    Fail(Error),
}

impl From<Error> for CarryOutError {
    fn from(error: Error) -> Self {
        match error {
            Error::Invalid(ref errors) if errors.get(KEY).is_some() => Self::Retry,
            other => Self::Fail(other),
        }
    }
}

/// The field of the error for an entry that another request is carrying out.
const KEY: &str = "key-in-use";

/// Carries out the operation and returns the number of the order.
async fn carry_out(db: &Db, scope: &Scope, act: &OutboxOperation) -> std::result::Result<String, CarryOutError> {
    match act {
        OutboxOperation::Create { uuid, draft } => Ok(orders::create(db, scope, *uuid, draft).await?),
        OutboxOperation::Edit { order, changes, .. } => edit(db, scope, order, changes).await,
        OutboxOperation::Move { order, from, to, asked, .. } => {
            let (number, version, draft) = orders::read_draft(db, scope, order).await?;
            let stored = draft.get(Field::Status);
            if stored == to.code() {
                // The order exists already.
                return Ok(number);
            }
            // Other changes do not matter: the order still has the status that the transition started from.
            if stored != from.code() {
                let disputed = [(Field::Status, from.code().to_owned(), to.code().to_owned())];
                return Err(CarryOutError::Fail(Error::Conflict(Box::new(orders::outbox_conflict(db, scope, &number, &disputed).await?))));
            }
            match orders::change_status(db, scope, &number, version, *to, asked).await {
                Err(Error::Conflict(_)) => Err(CarryOutError::Retry),
                done => Ok(done.map(|()| number)?),
            }
        }
        OutboxOperation::Comment { order, text } => {
            comments::add(db, scope, order, text).await?;
            Ok(orders::place_of(db, scope, order).await?.0)
        }
        OutboxOperation::CommentStatus { order, id, of, status } => {
            let id = match of {
                Some(of) => comment_created_by(db, scope, *of).await?,
                None => *id,
            };
            let status = domain::comments::CommentStatus::find(status)
                .ok_or_else(|| Error::invalid("status", "Choose Open, In Progress or Closed"))?;
            comments::set_status(db, scope, order, CommentId(id), status).await?;
            Ok(orders::place_of(db, scope, order).await?.0)
        }
    }
}

/// The comment that an entry of this user created.
async fn comment_created_by(db: &Db, scope: &Scope, key: Uuid) -> Result<i64> {
    let own = carried_out_under(db, key).await?.filter(|it| it.user_id == scope.user.id.0);
    own.and_then(|it| it.comment_id).ok_or(Error::NotFound)
}

/// Whether two texts are the same value of a field: phone numbers and postcodes are stored with normalised spaces and capitals.
fn is_same(field: Field, one: &str, other: &str) -> bool {
    let plain = |text: &str| text.replace(' ', "").to_lowercase();
    one == other || (matches!(field.shape(), FieldType::Phone | FieldType::Code(_)) && plain(one) == plain(other))
}

/// Merges fields that one side changed; the others are a conflict.
async fn edit(db: &Db, scope: &Scope, order: &str, changes: &[(Field, String, String)]) -> std::result::Result<String, CarryOutError> {
    let (number, version, draft) = orders::read_draft(db, scope, order).await?;
    if changes.len() > Field::ALL.len() {
        return Err(CarryOutError::Fail(Error::invalid("changes", "Change each field of an order only once")));
    }
    let mut mine = draft.clone();
    let mut disputed = Vec::new();
    for (field, from, to) in changes {
        let stored = draft.get(*field);
        if !is_same(*field, stored, from) && !is_same(*field, stored, to) {
            disputed.push((*field, from.clone(), to.clone()));
        }
        mine.set(*field, to.as_str());
    }
    if !disputed.is_empty() {
        return Err(CarryOutError::Fail(Error::Conflict(Box::new(orders::outbox_conflict(db, scope, &number, &disputed).await?))));
    }
    match orders::edit(db, scope, &number, version, &mine).await {
        Err(Error::Conflict(_)) => Err(CarryOutError::Retry),
        done => Ok(done.map(|()| number)?),
    }
}

/// Stores the key of an entry in the transaction of its effect, with the order and the comment that it created.
///
/// Errors: an error beside [`KEY`] when another request is carrying out the same entry.
pub(crate) async fn keep(txn: &impl ConnectionTrait, scope: &Scope, order: &order::Model, comment: Option<i64>, now: i64) -> Result<()> {
    let Some(entry) = &scope.entry else { return Ok(()) };
    let row = sync_key::ActiveModel {
        key: Set(entry.key),
        user_id: Set(scope.user.id.0),
        digest: Set(entry.digest.clone()),
        number: Set(order.number.clone()),
        version: Set(order.version),
        comment_id: Set(comment),
        done_at: Set(Some(scope.when(now))),
        at: Set(now),
    };
    match row.insert(txn).await {
        Ok(_) => Ok(()),
        Err(cause) if is_duplicate(&cause, Unique::SyncKey) => Err(Error::invalid(KEY, "This was already sent")),
        Err(cause) => Err(unexpected(cause)),
    }
}

/// Deletes keys that no device can still have.
pub async fn sweep(db: &Db) -> Result<()> {
    let old = sync_key::Entity::delete_many().filter(sync_key::Column::At.lt(db.now() - KNOWN));
    old.exec(&db.write).await.map_err(unexpected)?;
    Ok(())
}

/// The digest that distinguishes requests with the same key. It does not include the order's name, because a device may use number or UUID.
fn digest(asked: &impl Serialize) -> String {
    let mut json = serde_json::to_value(asked).unwrap_or_default();
    if let Some(fields) = json.as_object_mut() {
        fields.remove("order");
    }
    hex(&Sha256::digest(json.to_string()))
}

/// When an entry was done: the accepted time, and the device's time. Computed from its age, so that a wrong clock does no harm; never
/// before the device's last contact, never later than now (`docs/DEFINITIONS.md`, Time).
async fn when(db: &Db, scope: &Scope, sent: &Sent) -> Result<(i64, i64)> {
    let now = db.now();
    let age = if sent.age.is_finite() { (sent.age.max(0.0) * 1_000_000.0).min(1e17) as i64 } else { 0 };
    let claimed = now - age;
    // Without a signed time, the last contact may have been just now.
    let contact = verify_contact(db, scope.user.id, &sent.contact).await?.unwrap_or(now);
    // The transfer adds to the age: the order of entries is kept.
    let before = match sent.after {
        Some(key) => carried_out_under(db, key).await?,
        None => None,
    };
    let before = before.filter(|it| it.user_id == scope.user.id.0).and_then(|it| it.done_at);
    let earliest = before.map_or(contact, |at| contact.max(at + 1));
    Ok((claimed.clamp(earliest.min(now), now), claimed))
}

const SECRET: &str = "contact_secret";

/// The secret that signs contact times.
async fn secret(db: &Db) -> Result<String> {
    if let Some(row) = setting::Entity::find_by_id(SECRET).one(&db.read).await.map_err(unexpected)? {
        return Ok(row.value);
    }
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    let fresh = setting::ActiveModel { name: Set(SECRET.into()), value: Set(hex(&bytes)) };
    setting::Entity::insert(fresh)
        .on_conflict(OnConflict::column(setting::Column::Name).do_nothing().to_owned())
        .exec_without_returning(&db.write)
        .await
        .map_err(unexpected)?;
    let row = setting::Entity::find_by_id(SECRET).one(&db.write).await.map_err(unexpected)?;
    row.map(|row| row.value).ok_or_else(|| crate::error::fault("the contact secret is missing"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Signs a text (HMAC-SHA256).
async fn seal(db: &Db, text: &str) -> Result<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret(db).await?.as_bytes()).map_err(|cause| crate::error::fault(&cause.to_string()))?;
    mac.update(text.as_bytes());
    Ok(mac)
}

/// The signed time of a contact of this user's device: `<microseconds>.<HMAC-SHA256>`.
pub async fn contact(db: &Db, scope: &Scope) -> Result<String> {
    let now = db.now();
    let mac = seal(db, &format!("{} {now}", scope.user.id)).await?;
    Ok(format!("{now}.{}", hex(&mac.finalize().into_bytes())))
}

/// A recovery key per user, 64 hexadecimal digits: it opens the user's locked copies on a device when the PIN is
/// forgotten, after signing in.
pub async fn recovery_key(db: &Db, scope: &Scope) -> Result<String> {
    Ok(hex(&seal(db, &format!("spare {}", scope.user.id)).await?.finalize().into_bytes()))
}

/// The time of a contact, if the signature is valid and for this user.
async fn verify_contact(db: &Db, user: UserId, word: &str) -> Result<Option<i64>> {
    let Some((at, sum)) = word.split_once('.').and_then(|(at, sum)| Some((at.parse::<i64>().ok()?, sum))) else { return Ok(None) };
    let sum: Option<Vec<u8>> = (0..sum.len()).step_by(2).map(|n| u8::from_str_radix(sum.get(n..n + 2)?, 16).ok()).collect();
    let mac = seal(db, &format!("{user} {at}")).await?;
    Ok(sum.filter(|sum| mac.verify_slice(sum).is_ok()).map(|_| at))
}
