//! One order with its timeline, newest first.

use domain::{
    Error, Result,
    comments::{Comment, CommentStatus},
    date,
    id::CommentId,
    orders::{
        FollowUpKind, OrderDraft, Rules, Status,
        history::{Entry, Happened, Payload},
        pages::{Move, OrderShown},
    },
    role::{Act, Actor},
    users::display_name,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait, Statement,
};
use uuid::Uuid;

use super::{fields_of, form, list, story, undo};
use crate::{Db, Scope, dialect, entity::order, error::unexpected};

#[derive(Default, FromQueryResult)]
struct Names {
    first_name: Option<String>,
    last_name: Option<String>,
    username: Option<String>,
    team: Option<String>,
    campaign: Option<String>,
    company: Option<String>,
}

#[derive(FromQueryResult)]
struct Changed {
    happened: String,
    at: i64,
    payload: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    username: Option<String>,
}

#[derive(FromQueryResult)]
struct Commented {
    id: i64,
    body: String,
    created_at: i64,
    status: String,
    status_at: Option<i64>,
    first_name: Option<String>,
    last_name: Option<String>,
    username: Option<String>,
    by_first: Option<String>,
    by_last: Option<String>,
    by_username: Option<String>,
}

fn person(first: Option<String>, last: Option<String>, username: Option<String>) -> Option<String> {
    username.map(|username| display_name(&first.unwrap_or_default(), &last.unwrap_or_default(), &username))
}

/// The row of an order in this person's sight, by number or UUID.
///
/// Errors: [`Error::NotFound`], also when it is out of sight.
pub(crate) async fn find(db: &Db, scope: &Scope, number: &str) -> Result<order::Model> {
    // PostgreSQL cannot even compare with it.
    if number.contains('\0') {
        return Err(Error::NotFound);
    }
    let by = match Uuid::try_parse(number) {
        Ok(uuid) => order::Column::Uuid.eq(uuid),
        Err(_) => order::Column::Number.eq(number),
    };
    scope.orders().filter(by).one(&db.read).await.map_err(unexpected)?.ok_or(Error::NotFound)
}

/// The id of an order in sight, by its number.
///
/// Errors: [`Error::NotFound`].
pub async fn id_of(db: &Db, scope: &Scope, number: &str) -> Result<i64> {
    Ok(find(db, scope, number).await?.id)
}

/// Number and version of an order in sight, by its number or UUID.
///
/// Errors: [`Error::NotFound`].
pub async fn place_of(db: &Db, scope: &Scope, order: &str) -> Result<(String, i64)> {
    let row = find(db, scope, order).await?;
    Ok((row.number, row.version))
}

/// Whether any of these orders is in this person's sight, in the trash or not.
pub async fn any_in_sight(db: &Db, scope: &Scope, ids: &[i64]) -> Result<bool> {
    if ids.is_empty() || scope.sees_all() {
        return Ok(!ids.is_empty());
    }
    let found = order::Entity::find().filter(order::Column::Id.is_in(ids.iter().copied())).filter(scope.own_sight());
    Ok(QuerySelect::limit(found, 1).count(&db.read).await.map_err(unexpected)? > 0)
}

/// The number of an order by its UUID or by the original's id (`/crm/<id>`), for redirects.
pub async fn number_of(db: &Db, scope: &Scope, by: &str) -> Result<String> {
    let condition = match (Uuid::try_parse(by), by.parse::<i64>()) {
        (Ok(uuid), _) => order::Column::Uuid.eq(uuid),
        (_, Ok(id)) => order::Column::LegacyId.eq(id),
        _ => return Err(Error::NotFound),
    };
    let row = scope.orders().filter(condition).one(&db.read).await.map_err(unexpected)?;
    row.map(|row| row.number).ok_or(Error::NotFound)
}

/// An order's page.
///
/// Errors: [`Error::NotFound`], also when it is out of sight or in the trash.
pub async fn show(db: &Db, scope: &Scope, number: &str) -> Result<OrderShown> {
    let now = db.now();
    let row = find(db, scope, number).await?;
    let calendar = scope.settings.calendar;
    let backend = dialect::backend(db);
    let ask = |sql: &str| Statement::from_sql_and_values(backend, sql, [row.id.into()]);
    let names = Names::find_by_statement(ask(
        "SELECT u.first_name, u.last_name, u.username, t.name AS team, c.name AS campaign, m.name AS company FROM orders o \
         LEFT JOIN users u ON u.id = o.owner_id LEFT JOIN teams t ON t.id = o.team_id LEFT JOIN campaigns c ON c.id = o.campaign_id \
         LEFT JOIN companies m ON m.id = o.company_id WHERE o.id = $1",
    ));
    let changes =
        Changed::find_by_statement(ask("SELECT h.happened, h.at, h.payload, u.first_name, u.last_name, u.username FROM order_history h \
         LEFT JOIN users u ON u.id = h.actor_id WHERE h.order_id = $1 ORDER BY h.at DESC, h.id DESC LIMIT 1000"));
    let comments = Commented::find_by_statement(ask(
        "SELECT c.id, c.body, c.created_at, c.status, c.status_at, u.first_name, u.last_name, u.username, \
         b.first_name AS by_first, b.last_name AS by_last, b.username AS by_username FROM comments c \
         LEFT JOIN users u ON u.id = c.author_id LEFT JOIN users b ON b.id = c.status_by \
         WHERE c.order_id = $1 ORDER BY c.created_at DESC, c.id DESC LIMIT 1000",
    ));
    let names = names.one(&db.read).await.map_err(unexpected)?;
    let changes = changes.all(&db.read).await.map_err(unexpected)?;
    let comments = comments.all(&db.read).await.map_err(unexpected)?;

    let mut timeline: Vec<Entry> = Vec::with_capacity(changes.len() + comments.len());
    timeline.extend(comments.into_iter().map(|it| {
        let status_by = person(it.by_first, it.by_last, it.by_username);
        Entry::Comment(Comment {
            id: CommentId(it.id),
            author: person(it.first_name, it.last_name, it.username),
            body: it.body,
            created: calendar.moment(it.created_at, now),
            status: CommentStatus::find(&it.status).unwrap_or(CommentStatus::Open),
            status_by: status_by.zip(it.status_at).map(|(who, at)| format!("by {who}, {}", calendar.moment(at, now).short)),
        })
    }));
    timeline.extend(changes.into_iter().map(|it| Entry::Change {
        happened: Happened::from_code(&it.happened),
        by: person(it.first_name, it.last_name, it.username),
        at: calendar.moment(it.at, now),
        payload: it.payload.and_then(|json| serde_json::from_str::<Payload>(&json).ok()),
    }));
    // Stable: of two entries of one instant, the one read first (the later id) stays first.
    timeline.sort_by_key(|entry| std::cmp::Reverse(entry.at().at));

    let fields = fields_of(&row);
    let actor = scope.actor();
    let may_edit = actor.may_edit(fields.owner);
    let draft = OrderDraft::from(&fields);
    let similar = form::similar_rows(db, scope, &draft, Some(&row.number)).await?;
    let one_company = row.company_id.is_some() && similar.iter().all(|it| it.company_id == row.company_id);
    let may_undo = undo::offered(&db.read, scope, &row, undo::offered_now(now)).await?.is_some();
    let follow_up = fields.follow_up_on.map(|day| {
        let kind = fields.follow_up_kind.map_or("Follow up", FollowUpKind::label);
        let note = fields.follow_up_note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
        format!("{kind}, {}{note}", date::show(day))
    });
    let names = names.unwrap_or_default();
    let show = |sum: Option<domain::money::Money>| sum.map(|sum| sum.show(&scope.settings.currency));
    let box_value = show(fields.box_value);
    let mut story = story::of(&fields, &row, show(fields.spend_cap));
    story.extend([story::deal(
        &fields,
        [person(names.first_name, names.last_name, names.username), names.team, names.campaign],
        &calendar.moment(row.created_at, now),
        (row.version > 1).then(|| calendar.moment(row.updated_at, now)),
    )]);
    if let (Some(company), Some(who)) = (names.company, story.first_mut()) {
        who.facts.push(story::fact("Company record", company));
    }
    Ok(OrderShown {
        status: fields.status,
        customer: fields.customer(),
        box_value,
        connected_on: row.connected_on.map(date::show),
        story,
        timeline,
        merge: (!similar.is_empty() && !one_company && actor.may(Act::EditAny)).then(|| fields.customer()),
        similar: similar.iter().map(form::similar_of).collect(),
        may_edit,
        may_comment: actor.may(Act::Comment),
        may_create: actor.may(Act::Create),
        next: if may_edit { moves(&scope.settings.rules, fields.status, actor) } else { Vec::new() },
        draft,
        refused: None,
        may_trash: actor.may(Act::Trash),
        may_undo,
        follow_up,
        due: list::is_due(&fields, calendar.day(now)),
        number: row.number,
        version: row.version,
    })
}

pub(crate) fn moves(rules: &Rules, from: Status, actor: &Actor) -> Vec<Move> {
    rules.next_for(from, actor).into_iter().map(|to| Move { to, asks: rules.asks(to) }).collect()
}

/// The row again, inside the transaction that changes it, kept from others until it ends.
pub(crate) async fn lock(txn: &impl ConnectionTrait, scope: &Scope, id: i64) -> Result<order::Model> {
    let select = scope.orders().filter(order::Column::Id.eq(id));
    let select = select.apply_if(dialect::for_update(txn), QuerySelect::lock);
    select.one(txn).await.map_err(unexpected)?.ok_or(Error::NotFound)
}
