//! What a device keeps, so that it works with no signal: the newest orders in sight with their pages, one's own, this week's; and what
//! changed since, up to the watermark of commits.

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
    audit::{Stored, Subject},
    calendar::Calendar,
    clock::DAY,
    dialect,
    entity::{order, order_history},
    error::unexpected,
    events::PreviousHolder,
    orders::{self, fields_of, filtered, locked, show_all},
    settings, sync,
};

/// The newest orders of a device, and as many of each kind besides.
const NEWEST: u64 = 200;
/// Orders of one answer.
const AT_ONCE: usize = 40;
/// More changes than this, and a device begins anew.
const CHANGED: usize = 500;
/// How long the change log is kept.
const REMEMBERED: i64 = 30 * DAY;
/// Entries of it that go in one statement.
const FORGOTTEN_AT_ONCE: u64 = 5_000;
/// Entries of the change log that are looked through for them.
const ENTRIES: usize = 2_000;

/// An answer to a device.
#[derive(Debug, Serialize, Deserialize)]
pub struct Snapshot {
    /// Whose: a device never mixes two people.
    pub user: i64,
    pub username: String,
    pub may_create: bool,
    pub place: Place,
    /// The server's word that there was contact ([`sync::contact`]).
    pub contact: String,
    /// What opens a lock on the device besides its PIN ([`sync::spare`]).
    pub spare: String,
    /// Where to go on from, next time.
    pub mark: String,
    /// Whether this is the beginning of everything: what the device has and is not in it goes.
    pub whole: bool,
    /// The ids of what is to come; empty at the end.
    pub rest: Vec<i64>,
    pub orders: Vec<OfflineOrder>,
    /// What was asked for, or changed after it was in sight, and is not in sight now: by id.
    pub gone: Vec<i64>,
}

/// Where the business is, for days and sums that a device shows by itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Place {
    /// IANA name of its time zone.
    pub zone: String,
    /// ISO 4217 code of its currency.
    pub currency: String,
    /// By the code of each status, the moves that this person may make from it on an order that they may edit.
    pub moves: BTreeMap<String, Vec<StatusTransition>>,
    /// Whether they may edit everybody's.
    pub edits_any: bool,
}

/// An order as a device keeps it.
#[derive(Debug, Serialize, Deserialize)]
pub struct OfflineOrder {
    pub id: i64,
    pub uuid: String,
    pub number: String,
    pub version: i64,
    pub row: OrderRow,
    pub shown: OrderView,
    /// Every field as its form has it.
    pub draft: OrderDraft,
    pub locked: Vec<Field>,
    /// The business day on which it was created, and on which it was connected.
    pub created: String,
    pub connected: String,
    pub owner: Option<i64>,
    pub team: Option<i64>,
    pub campaign: Option<i64>,
    pub company: Option<i64>,
    pub follow_up: String,
    /// What a search looks into, normalised.
    pub search: String,
}

/// Where a device is in the change log, of which database, and with which rights it got there: with others it begins anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    at: i64,
    rights: String,
}

/// Counts the changes of how an order is saved on a device: a copy from before is read, and replaced at the next contact.
const FORMAT: u32 = 2;

impl Mark {
    /// From its text; nothing when it is none.
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

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.at, self.rights)
    }
}

/// Everything for a device that has nothing, or what changed since a mark.
pub async fn snapshot(db: &Db, scope: &Scope, mark: Option<&Mark>, rest: &[i64]) -> Result<Snapshot> {
    let (contact, spare) = (sync::contact(db, scope).await?, sync::spare(db, scope).await?);
    let next = Mark::now(db, scope).await?;
    let answer = async |ids: &[i64], whole: bool| -> Result<Snapshot> {
        let (now, later) = ids.split_at(ids.len().min(AT_ONCE));
        let orders = kept(db, scope, now).await?;
        let there: HashSet<i64> = orders.iter().map(|it| it.id).collect();
        Ok(Snapshot {
            user: scope.user.id.0,
            username: scope.user.username.clone(),
            may_create: scope.authority().may(Permission::Create),
            place: Place {
                zone: scope.settings.calendar.zone.name().to_owned(),
                currency: scope.settings.currency.clone(),
                moves: Status::ALL
                    .map(|status| (status.code().to_owned(), orders::transitions(&scope.settings.rules, status, scope.authority())))
                    .into_iter()
                    .collect(),
                edits_any: scope.authority().may(Permission::EditAny),
            },
            contact: contact.clone(),
            spare: spare.clone(),
            mark: next.to_string(),
            whole,
            rest: later.to_vec(),
            orders,
            gone: now.iter().copied().filter(|id| !there.contains(id)).collect(),
        })
    };
    if !rest.is_empty() {
        return answer(rest, false).await;
    }
    // A mark of other rights, or from a database that went back to a backup, is none.
    let mark = mark.filter(|mark| mark.rights == next.rights && mark.at <= next.at);
    // Nor is one of a time that the change log does not reach back to.
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

/// Removes entries of the change log that are older than [`REMEMBERED`]; a device that was away for longer begins anew. Called now and
/// then.
pub async fn sweep(db: &Db) -> Result<()> {
    if !settings::read(db).await?.forgets_changes {
        settings::write(db, settings::FORGETS_CHANGES, "yes").await?;
    }
    while dialect::forget_changes(db, db.now() - REMEMBERED, FORGOTTEN_AT_ONCE).await? == FORGOTTEN_AT_ONCE {}
    Ok(())
}

/// Of orders that changed, those that are in this person's sight or were: of the others a device hears nothing, not even that they
/// exist. `lost_access_to`: one of them went out of it.
async fn known_to(db: &Db, scope: &Scope, mut changed: Vec<i64>, lost_access_to: bool) -> Result<Vec<i64>> {
    if scope.can_see_all_orders() {
        return Ok(changed);
    }
    // In the trash too.
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

/// Whether an order was this person's, or their team's where the team sees it, before an entry of its history; of one whose payload was
/// erased nobody knows.
fn was_in_sight(scope: &Scope, payload: Option<&str>) -> bool {
    let Some(stored) = payload.and_then(|it| serde_json::from_str::<Stored>(it).ok()) else { return true };
    let owners = stored.payload.changes.iter().filter(|change| change.field == Field::Owner).filter_map(|change| change.from.parse().ok());
    let team = stored.before.and_then(|before| before.team);
    scope.lost_access_to(&owners.map(PreviousHolder::Owner).chain(team.map(PreviousHolder::Team)).collect::<Vec<_>>())
}

/// The newest, this week's, one's own that are open, and those whose follow-up is due: the newest first.
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

/// Those of these orders that are in sight.
async fn kept(db: &Db, scope: &Scope, ids: &[i64]) -> Result<Vec<OfflineOrder>> {
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
        // It went out of sight in between.
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
