//! The data that a device keeps to work offline: the user's open orders, those with a follow-up due, this week's and the newest visible ones, with their pages; and
//! the changes since then, up to the watermark of commits.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{
    Result,
    orders::{
        Field, OrderDraft, OrderRow, Status,
        list::{ListQuery, SortBy, View},
        pages::{OrderView, StatusTransition},
    },
    role::Permission,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use crate::{
    Db, Scope,
    audit::{StoredPayload, Subject},
    calendar::Calendar,
    clock::DAY,
    dialect,
    entity::{order, order_history},
    error::unexpected,
    events::PreviousHolder,
    orders::{self, fields_of, filtered, locked, show_all},
    settings, sync,
};

/// The maximum number of newest orders, and of each other kind.
const NEWEST: u64 = 200;
/// Orders per response.
const AT_ONCE: usize = 40;
/// With more changes than this a device starts a full sync.
const CHANGED: usize = 500;
/// How long change log entries are kept.
const REMEMBERED: i64 = 30 * DAY;
/// Entries deleted per statement.
const FORGOTTEN_AT_ONCE: u64 = 5_000;
/// Entries checked per call.
const ENTRIES: usize = 2_000;

/// A response to a device.
#[derive(Debug, Serialize, Deserialize)]
pub struct Snapshot {
    /// The user: a device never mixes two users.
    pub user: i64,
    pub username: String,
    pub may_create: bool,
    pub place: DeviceSettings,
    /// The signed time of this contact ([`sync::contact`]).
    pub contact: String,
    /// The recovery key of the device lock ([`sync::recovery_key`]).
    pub spare: String,
    /// The sync token for the next request.
    pub mark: String,
    /// Whether this is a full sync: the device deletes what is not in it.
    #[serde(rename = "whole")]
    pub is_full_sync: bool,
    /// The ids of the remaining orders; empty at the end.
    pub rest: Vec<i64>,
    pub orders: Vec<OfflineOrder>,
    /// Ids of orders that are no longer visible.
    pub gone: Vec<i64>,
}

/// The time zone and currency of the business, for days and amounts that a device formats itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeviceSettings {
    /// The IANA name of the time zone.
    pub zone: String,
    /// The ISO 4217 code of the currency.
    pub currency: String,
    /// By status code, the transitions that this user may make on an order they may edit.
    #[serde(rename = "moves")]
    pub transitions: BTreeMap<String, Vec<StatusTransition>>,
    /// Whether the user may edit all orders.
    pub edits_any: bool,
}

/// An order as kept on a device.
#[derive(Debug, Serialize, Deserialize)]
pub struct OfflineOrder {
    pub id: i64,
    pub uuid: String,
    pub number: String,
    pub version: i64,
    pub row: OrderRow,
    pub shown: OrderView,
    /// All fields as in the form.
    pub draft: OrderDraft,
    pub locked: Vec<Field>,
    /// The business days of creation and connection.
    pub created: String,
    pub connected: String,
    pub owner: Option<i64>,
    pub team: Option<i64>,
    pub campaign: Option<i64>,
    pub company: Option<i64>,
    pub follow_up: String,
    /// The normalised search text.
    pub search: String,
}

/// A sync token: the position in the change log, the identity of the database, and the permissions it is valid for; otherwise a full sync starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncToken {
    at: i64,
    rights: String,
}

/// The version of the format on devices: older copies are still read, and replaced at the next contact.
const FORMAT: u32 = 2;

impl SyncToken {
    /// Parses a token; `None` when it is invalid.
    pub fn read(text: &str) -> Option<Self> {
        let (at, rights) = text.split_once('.').unwrap_or((text, ""));
        Some(Self { at: at.parse().ok()?, rights: rights.to_owned() })
    }

    async fn now(db: &Db, scope: &Scope) -> Result<Self> {
        let team = scope.user.team.map_or(0, |team| team.0);
        let rights = format!(
            "{FORMAT}.{}.{}.{}.{}.{}",
            scope.user.role.code(),
            team,
            scope.settings.visibility.code(),
            scope.authority().agents_may_connect,
            scope.settings.database
        );
        Ok(Self { at: dialect::change_mark(&db.read).await?, rights })
    }
}

impl std::fmt::Display for SyncToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.at, self.rights)
    }
}

/// A full sync, or the changes since a sync token.
pub async fn snapshot(db: &Db, scope: &Scope, mark: Option<&SyncToken>, rest: &[i64]) -> Result<Snapshot> {
    let (contact, spare) = (sync::contact(db, scope).await?, sync::recovery_key(db, scope).await?);
    let next = SyncToken::now(db, scope).await?;
    let answer = async |ids: &[i64], is_full_sync: bool| -> Result<Snapshot> {
        let (now, later) = ids.split_at(ids.len().min(AT_ONCE));
        let orders = read_visible(db, scope, now).await?;
        let there: HashSet<i64> = orders.iter().map(|it| it.id).collect();
        Ok(Snapshot {
            user: scope.user.id.0,
            username: scope.user.username.clone(),
            may_create: scope.authority().may(Permission::Create),
            place: DeviceSettings {
                zone: scope.settings.calendar.zone.name().to_owned(),
                currency: scope.settings.currency.clone(),
                transitions: Status::ALL
                    .map(|status| (status.code().to_owned(), orders::transitions(&scope.settings.rules, status, scope.authority())))
                    .into_iter()
                    .collect(),
                edits_any: scope.authority().may(Permission::EditAny),
            },
            contact: contact.clone(),
            spare: spare.clone(),
            mark: next.to_string(),
            is_full_sync,
            rest: later.to_vec(),
            orders,
            gone: now.iter().copied().filter(|id| !there.contains(id)).collect(),
        })
    };
    if !rest.is_empty() {
        return answer(rest, false).await;
    }
    // A token with other permissions, or from before a restore, is not valid.
    let mark = mark.filter(|mark| mark.rights == next.rights && mark.at <= next.at);
    // Nor is one from before the start of the change log.
    let forgotten = match mark {
        Some(mark) if scope.settings.forgets_changes => !dialect::remembers(&db.read, mark.at).await?,
        _ => false,
    };
    if let Some(mark) = mark.filter(|_| !forgotten) {
        let found = dialect::changed_since(&db.read, mark.at, ENTRIES).await?;
        let (many, whole) = (found.len() == ENTRIES, found.iter().any(|it| matches!(it.subject, Subject::Import(_))));
        let lost: Vec<PreviousHolder> =
            found.iter().filter_map(|it| if let Subject::Reassigned(holder) = it.subject { Some(holder) } else { None }).collect();
        let orders = found.into_iter().filter_map(|it| if let Subject::Order(id) = it.subject { Some(id) } else { None });
        let mut changed: Vec<i64> = orders.collect();
        changed.sort_unstable();
        changed.dedup();
        if !many && !whole && changed.len() <= CHANGED {
            return answer(&known_to(db, scope, changed, scope.lost_access_to(&lost)).await?, false).await;
        }
    }
    answer(&worth_keeping(db, scope).await?, true).await
}

/// Deletes entries of the change log that are older than [`REMEMBERED`]; a device that was away for longer starts a full sync. Called
/// periodically.
pub async fn sweep(db: &Db) -> Result<()> {
    if !settings::read(db).await?.forgets_changes {
        settings::write(db, settings::FORGETS_CHANGES, "yes").await?;
    }
    while dialect::forget_changes(db, db.now() - REMEMBERED, FORGOTTEN_AT_ONCE).await? == FORGOTTEN_AT_ONCE {}
    Ok(())
}

/// Of the changed orders, those that the user can or could see: a device learns nothing of the others, not even that they
/// exist. `lost_access_to`: the user lost access to one of them.
async fn known_to(db: &Db, scope: &Scope, mut changed: Vec<i64>, lost_access_to: bool) -> Result<Vec<i64>> {
    if scope.can_see_all_orders() {
        return Ok(changed);
    }
    // Including the trash.
    let own = order::Entity::find().select_only().column(order::Column::Id).filter(dialect::among(
        &db.read,
        (order::Entity, order::Column::Id),
        &changed,
    ));
    let own: Vec<i64> = own.filter(scope.visible_by_owner()).into_tuple().all(&db.read).await.map_err(unexpected)?;
    let mut known: HashSet<i64> = own.into_iter().collect();
    if lost_access_to {
        let others: Vec<i64> = changed.iter().copied().filter(|id| !known.contains(id)).collect();
        let others = dialect::among(&db.read, (order_history::Entity, order_history::Column::OrderId), &others);
        let entries = order_history::Entity::find().filter(others);
        let entries = entries.all(&db.read).await.map_err(unexpected)?;
        known.extend(entries.iter().filter(|entry| was_in_sight(scope, entry.payload.as_deref())).map(|entry| entry.order_id));
    }
    changed.retain(|id| known.contains(id));
    Ok(changed)
}

/// Whether an order belonged to the user, or to their team if teams see their orders, before a history entry; unknown when the payload was
/// erased.
fn was_in_sight(scope: &Scope, payload: Option<&str>) -> bool {
    let Some(stored) = payload.and_then(|it| serde_json::from_str::<StoredPayload>(it).ok()) else { return true };
    let owners = stored.payload.changes.iter().filter(|change| change.field == Field::Owner).filter_map(|change| change.from.parse().ok());
    let team = stored.before.and_then(|before| before.team);
    scope.lost_access_to(&owners.map(PreviousHolder::Owner).chain(team.map(PreviousHolder::Team)).collect::<Vec<_>>())
}

/// The orders to keep: the newest, this week's, the user's open ones, and those whose follow-up is due, newest first.
async fn worth_keeping(db: &Db, scope: &Scope) -> Result<Vec<i64>> {
    let calendar = scope.settings.calendar;
    let week = calendar.start(Calendar::monday(calendar.day(db.now())));
    let due = filtered(scope, &ListQuery::of(View::Due), db.now());
    let own = order::Column::OwnerId
        .eq(scope.user.id.0)
        .and(order::Column::Status.is_not_in([Status::Connected.code(), Status::Cancelled.code()]));
    let mut ids: Vec<i64> = Vec::new();
    for condition in [Condition::all(), Condition::all().add(order::Column::CreatedAt.gte(week)), Condition::all().add(own), due] {
        let some = scope.orders().select_only().column(order::Column::Id).filter(condition);
        let some = some.order_by_desc(order::Column::CreatedAt).order_by_desc(order::Column::Id);
        let some: Vec<i64> = QuerySelect::limit(some, NEWEST).into_tuple().all(&db.read).await.map_err(unexpected)?;
        ids.extend(some);
    }
    let mut seen = HashSet::new();
    ids.retain(|id| seen.insert(*id));
    Ok(ids)
}

/// Those of the orders that the user can see.
async fn read_visible(db: &Db, scope: &Scope, ids: &[i64]) -> Result<Vec<OfflineOrder>> {
    let all = show_all(db, scope, ids).await?;
    let there: Vec<i64> = all.iter().map(|(row, _)| row.id).collect();
    let mut listed: HashMap<String, OrderRow> = HashMap::with_capacity(all.len());
    for row in orders::rows(db, scope, &there, SortBy::Created, &[], db.now()).await? {
        listed.insert(row.number.clone(), row);
    }
    let calendar = scope.settings.calendar;
    let day = |day: Option<chrono::NaiveDate>| day.map(domain::date::plain).unwrap_or_default();
    let mut kept = Vec::with_capacity(all.len());
    for (row, shown) in all {
        // It became invisible in between.
        let Some(listed) = listed.remove(&row.number) else { continue };
        let fields = fields_of(&row);
        kept.push(OfflineOrder {
            id: row.id,
            uuid: row.uuid.to_string(),
            version: row.version,
            row: listed,
            shown,
            draft: OrderDraft::from(&fields),
            locked: locked(scope, fields.status),
            created: day(Some(calendar.day(row.created_at))),
            connected: day(row.connected_on),
            owner: row.owner_id,
            team: row.team_id,
            campaign: row.campaign_id,
            company: row.company_id,
            follow_up: day(row.follow_up_on),
            search: row.search_text,
            number: row.number,
        });
    }
    Ok(kept)
}
