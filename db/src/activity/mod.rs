//! The activity log: who did what, paged by cursor, limited to what the user may see.

use chrono::{Days, NaiveDate};
use domain::{Result, date, id::UserId, moment::Moment, page::shorten};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, Order, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};

use crate::{
    Db, Scope,
    audit::ActivityKind,
    dialect,
    entity::{
        activity::{self, Column as C},
        order,
    },
    error::unexpected,
};

/// An entry of the log.
#[derive(Clone, Debug)]
pub struct ActivityEntry {
    pub id: i64,
    pub at: Moment,
    /// The business day, for the heading of its group.
    pub day: NaiveDate,
    /// The name of the user; `None` for the server or an unknown person.
    pub who: Option<String>,
    pub kind: Option<ActivityKind>,
    /// The number of the order it concerns.
    pub number: Option<String>,
    /// Details: the customer, the account, the summary of an import.
    pub detail: String,
}

/// The query of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivityQuery {
    pub who: Option<UserId>,
    pub kind: Option<ActivityKind>,
    /// The number of an order.
    pub order: String,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// A cursor: entries before this instant and id.
    pub before: Option<(i64, i64)>,
}

/// Entries per page.
const PAGE: u64 = 50;

impl ActivityQuery {
    /// Parses the pairs of a URL. Never fails: invalid values are ignored, with a sentence for each.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Self, Vec<String>) {
        let (mut query, mut ignored) = (Self::default(), Vec::new());
        for (name, value) in pairs {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            let mut day = || date::parse(value).map_err(|why| ignored.push(format!("“{}” is not a date. {why}", shorten(value)))).ok();
            match name {
                "who" => match value.parse().ok().filter(|id| *id > 0) {
                    Some(id) => query.who = Some(UserId(id)),
                    None => ignored.push(format!("“{}” is not a person: showing everyone", shorten(value))),
                },
                "kind" => {
                    query.kind = ActivityKind::find(value);
                    if query.kind.is_none() {
                        ignored.push(format!("“{}” is not an activity type: showing all types", shorten(value)));
                    }
                }
                "order" => query.order = value.chars().filter(|c| *c != '\0').take(40).collect(),
                "from" => query.from = day(),
                "to" => query.to = day(),
                "before" => {
                    query.before = value.split_once('.').and_then(|(at, id)| Some((at.parse().ok()?, id.parse().ok()?)));
                    if query.before.is_none() {
                        ignored.push("That page wasn't found: showing the newest activity".into());
                    }
                }
                _ => {}
            }
        }
        (query, ignored)
    }

    /// The pairs of its URL, without the cursor.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        [
            ("who", self.who.map(|it| it.to_string())),
            ("kind", self.kind.map(|it| it.code().to_owned())),
            ("order", Some(self.order.clone()).filter(|it| !it.is_empty())),
            ("from", self.from.map(date::plain)),
            ("to", self.to.map(date::plain)),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }
}

/// The entries that this user may see: all, or their own and those about orders they can see; each part is read
/// from an index of its own.
fn in_sight(scope: &Scope) -> Vec<Condition> {
    if scope.can_see_all_orders() && scope.authority().may(domain::role::Permission::Export) {
        return vec![Condition::all()];
    }
    let user = scope.user.id.0;
    let mine = Condition::all().add(activity::Column::ActorId.eq(user));
    let others = Condition::any().add(activity::Column::ActorId.ne(user)).add(activity::Column::ActorId.is_null());
    if scope.can_see_all_orders() {
        // All orders outside the trash.
        let thrown = Query::select().column(order::Column::Id).from(order::Entity).and_where(order::Column::TrashedAt.is_not_null()).take();
        let seen = Condition::all().add(activity::Column::OrderId.is_not_null()).add(activity::Column::OrderId.not_in_subquery(thrown));
        return vec![mine, seen.add(others)];
    }
    let seen = Query::select().column(order::Column::Id).from(order::Entity).cond_where(scope.visible_orders()).take();
    vec![mine, Condition::all().add(activity::Column::OrderId.in_subquery(seen)).add(others)]
}

/// A page of the log, newest first, and the cursor of the next page.
pub async fn list(db: &Db, scope: &Scope, query: &ActivityQuery) -> Result<(Vec<ActivityEntry>, Option<String>)> {
    let calendar = scope.settings.calendar;
    let mut filter = Condition::all();
    if let Some(who) = query.who {
        filter = filter.add(activity::Column::ActorId.eq(who.0));
    }
    if let Some(kind) = query.kind {
        filter = filter.add(activity::Column::Kind.eq(kind.code()));
    }
    if let Some(day) = query.from {
        filter = filter.add(activity::Column::At.gte(calendar.start(day)));
    }
    if let Some(day) = query.to {
        filter = filter.add(activity::Column::At.lt(calendar.start(day + Days::new(1))));
    }
    if !query.order.is_empty() {
        let found: Option<i64> = order::Entity::find()
            .select_only()
            .column(order::Column::Id)
            .filter(order::Column::Number.eq(query.order.as_str()))
            .into_tuple()
            .one(&db.read)
            .await
            .map_err(unexpected)?;
        filter = filter.add(activity::Column::OrderId.eq(found.unwrap_or_default()));
    }
    if let Some((at, id)) = query.before {
        let earlier = Condition::all().add(activity::Column::At.eq(at)).add(activity::Column::Id.lt(id));
        filter = filter.add(activity::Column::At.lte(at)).add(Condition::any().add(activity::Column::At.lt(at)).add(earlier));
    }
    let mut found = read(db, scope, filter, PAGE + 1).await?;
    let more = found.len() > PAGE as usize;
    found.truncate(PAGE as usize);
    let next = found.last().filter(|_| more).map(|last| format!("{}.{}", last.at.at, last.id));
    Ok((found, next))
}

/// The newest entries about orders.
pub async fn recent(db: &Db, scope: &Scope, most: u64) -> Result<Vec<ActivityEntry>> {
    let filter = Condition::all().add(activity::Column::OrderId.is_not_null());
    read(db, scope, filter, most).await
}

/// The columns of an entry, with the number of its order.
#[derive(FromQueryResult)]
struct Entry {
    id: i64,
    at: i64,
    actor_id: Option<i64>,
    kind: String,
    payload: Option<String>,
    number: Option<String>,
}

async fn read(db: &Db, scope: &Scope, filter: Condition, most: u64) -> Result<Vec<ActivityEntry>> {
    let parts = in_sight(scope).into_iter().map(|part| {
        let columns = [C::Id, C::At, C::ActorId, C::Kind, C::Payload, C::OrderId].map(|column| (activity::Entity, column));
        let mut some = Query::select();
        some.columns(columns).from(activity::Entity).cond_where(part).cond_where(filter.clone());
        some.order_by((activity::Entity, C::At), Order::Desc).order_by((activity::Entity, C::Id), Order::Desc).limit(most);
        some
    });
    let Some(all) = dialect::one_after_another(parts) else { return Ok(Vec::new()) };
    let of = |name: &'static str| ("entries", name);
    let mut select = Query::select();
    select
        .columns(["id", "at", "actor_id", "kind", "payload"].map(of))
        .column((order::Entity, order::Column::Number))
        .from_subquery(all, "entries")
        .left_join(order::Entity, Expr::col((order::Entity, order::Column::Id)).equals(of("order_id")))
        .order_by(of("at"), Order::Desc)
        .order_by(of("id"), Order::Desc)
        .limit(most);
    let rows = Entry::find_by_statement(dialect::backend(db).build(&select)).all(&db.read).await.map_err(unexpected)?;
    let reference_data = db.reference_data().await?;
    let (now, calendar) = (db.now(), scope.settings.calendar);
    Ok(rows
        .into_iter()
        .map(|row| ActivityEntry {
            id: row.id,
            at: calendar.moment(row.at, now),
            day: calendar.day(row.at),
            who: row.actor_id.and_then(|id| reference_data.owners.iter().find(|it| it.id.0 == id)).map(|it| it.name.clone()),
            kind: ActivityKind::find(&row.kind),
            number: row.number,
            detail: row.payload.unwrap_or_default(),
        })
        .collect())
}
