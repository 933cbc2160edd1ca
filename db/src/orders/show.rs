//! Reads an order with its timeline, newest first.

use std::collections::HashMap;

use domain::{
    Error, Result,
    comments::{Comment, CommentStatus},
    date,
    id::CommentId,
    orders::{
        FollowUpKind, OrderDraft, Rules, Status,
        history::{Entry, HistoryKind, Payload},
        pages::{OrderView, StatusTransition},
    },
    role::{Authority, Permission},
    users::display_name,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait, Select,
    Statement,
};
use uuid::Uuid;

use super::{
    fields_of, list, sections,
    similar::{self, DuplicateCriteria, DuplicateRow, similar_of},
    undo::{self, Last},
};
use crate::{
    Db, Scope, dialect,
    entity::{campaign, company, order, team, user},
    error::unexpected,
};

/// The maximum number of timeline entries, of changes and of comments each.
const ENTRIES: u32 = 1_000;

/// An order with the names of its owner, team, campaign and company.
#[derive(FromQueryResult)]
struct Named {
    #[sea_orm(nested)]
    row: order::Model,
    owner_first: Option<String>,
    owner_last: Option<String>,
    owner_username: Option<String>,
    team: Option<String>,
    campaign: Option<String>,
    company: Option<String>,
}

#[derive(FromQueryResult)]
struct Changed {
    order_id: i64,
    id: i64,
    version: i64,
    actor_id: Option<i64>,
    happened: String,
    at: i64,
    payload: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    username: Option<String>,
}

#[derive(FromQueryResult)]
struct Commented {
    order_id: i64,
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

/// The condition of a visible order, by number or UUID.
///
/// Errors: [`Error::NotFound`] for a text that can be neither.
fn by(scope: &Scope, number: &str) -> Result<Select<order::Entity>> {
    // PostgreSQL rejects NUL in a comparison.
    if number.contains('\0') {
        return Err(Error::NotFound);
    }
    Ok(scope.orders().filter(match Uuid::try_parse(number) {
        Ok(uuid) => order::Column::Uuid.eq(uuid),
        Err(_) => order::Column::Number.eq(number),
    }))
}

/// The row of a visible order, by number or UUID.
///
/// Errors: [`Error::NotFound`], also when the user can't see it.
pub(crate) async fn find(db: &Db, scope: &Scope, number: &str) -> Result<order::Model> {
    by(scope, number)?.one(&db.read).await.map_err(unexpected)?.ok_or(Error::NotFound)
}

/// The id of a visible order, by its number.
///
/// Errors: [`Error::NotFound`].
pub async fn id_of(db: &Db, scope: &Scope, number: &str) -> Result<i64> {
    let id = by(scope, number)?.select_only().column(order::Column::Id).into_tuple().one(&db.read);
    id.await.map_err(unexpected)?.ok_or(Error::NotFound)
}

/// Number and version of a visible order, by its number or UUID.
///
/// Errors: [`Error::NotFound`].
pub async fn place_of(db: &Db, scope: &Scope, order: &str) -> Result<(String, i64)> {
    let place = by(scope, order)?.select_only().columns([order::Column::Number, order::Column::Version]).into_tuple().one(&db.read);
    place.await.map_err(unexpected)?.ok_or(Error::NotFound)
}

/// Orders with the names on them, in one statement.
async fn read_with_names(db: &Db, select: Select<order::Entity>) -> Result<Vec<Named>> {
    let owner = order::Entity::belongs_to(user::Entity).from(order::Column::OwnerId).to(user::Column::Id);
    let team = order::Entity::belongs_to(team::Entity).from(order::Column::TeamId).to(team::Column::Id);
    let campaign = order::Entity::belongs_to(campaign::Entity).from(order::Column::CampaignId).to(campaign::Column::Id);
    let company = order::Entity::belongs_to(company::Entity).from(order::Column::CompanyId).to(company::Column::Id);
    select
        .join(JoinType::LeftJoin, owner.into())
        .join(JoinType::LeftJoin, team.into())
        .join(JoinType::LeftJoin, campaign.into())
        .join(JoinType::LeftJoin, company.into())
        .column_as(user::Column::FirstName, "owner_first")
        .column_as(user::Column::LastName, "owner_last")
        .column_as(user::Column::Username, "owner_username")
        .column_as(team::Column::Name, "team")
        .column_as(campaign::Column::Name, "campaign")
        .column_as(company::Column::Name, "company")
        .into_model()
        .all(&db.read)
        .await
        .map_err(unexpected)
}

/// Whether the user can see any of these orders, including the trash.
pub async fn any_visible(db: &Db, scope: &Scope, ids: &[i64]) -> Result<bool> {
    if ids.is_empty() || scope.can_see_all_orders() {
        return Ok(!ids.is_empty());
    }
    let found =
        order::Entity::find().filter(dialect::among(&db.read, (order::Entity, order::Column::Id), ids)).filter(scope.visible_by_owner());
    Ok(QuerySelect::limit(found, 1).count(&db.read).await.map_err(unexpected)? > 0)
}

/// The number of an order by its UUID or by its id in the Django CRM (`/crm/<id>`), for redirects.
pub async fn number_of(db: &Db, scope: &Scope, by: &str) -> Result<String> {
    let condition = match (Uuid::try_parse(by), by.parse::<i64>()) {
        (Ok(uuid), _) => order::Column::Uuid.eq(uuid),
        (_, Ok(id)) => order::Column::LegacyId.eq(id),
        _ => return Err(Error::NotFound),
    };
    let number = scope.orders().filter(condition).select_only().column(order::Column::Number).into_tuple().one(&db.read);
    number.await.map_err(unexpected)?.ok_or(Error::NotFound)
}

/// Reads the view model of an order page.
///
/// Errors: [`Error::NotFound`], also when the user can't see it or it is in the trash.
pub async fn show(db: &Db, scope: &Scope, number: &str) -> Result<OrderView> {
    let found = build_views(db, scope, read_with_names(db, by(scope, number)?).await?).await?;
    found.into_iter().next().map(|(_, shown)| shown).ok_or(Error::NotFound)
}

/// The view models of several orders by their ids, each with its row; without invisible orders and the trash. As many statements as for
/// one.
pub(crate) async fn show_all(db: &Db, scope: &Scope, ids: &[i64]) -> Result<Vec<(order::Model, OrderView)>> {
    let among = dialect::among(&db.read, (order::Entity, order::Column::Id), ids);
    build_views(db, scope, read_with_names(db, scope.orders().filter(among)).await?).await
}

async fn build_views(db: &Db, scope: &Scope, all: Vec<Named>) -> Result<Vec<(order::Model, OrderView)>> {
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let backend = dialect::backend(db);
    let ids: Vec<i64> = all.iter().map(|it| it.row.id).collect();
    let (among, ids) = dialect::among_sql(backend, "e.order_id", &ids);
    let newest = |columns: &str, from: &str, at: &str| {
        let sql = format!(
            "SELECT * FROM (SELECT e.order_id, e.id, {columns}, row_number() OVER (PARTITION BY e.order_id ORDER BY e.{at} DESC, e.id DESC) \
             AS place FROM {from} WHERE {among}) newest WHERE place <= {ENTRIES} ORDER BY order_id, place"
        );
        Statement::from_sql_and_values(backend, sql, [ids.clone().into()])
    };
    let changes = Changed::find_by_statement(newest(
        "e.version, e.actor_id, e.happened, e.at, e.payload, u.first_name, u.last_name, u.username",
        "order_history e LEFT JOIN users u ON u.id = e.actor_id",
        "at",
    ));
    let comments = Commented::find_by_statement(newest(
        "e.body, e.created_at, e.status, e.status_at, u.first_name, u.last_name, u.username, \
         b.first_name AS by_first, b.last_name AS by_last, b.username AS by_username",
        "comments e LEFT JOIN users u ON u.id = e.author_id LEFT JOIN users b ON b.id = e.status_by",
        "created_at",
    ));
    let mut entries: HashMap<i64, (Vec<Changed>, Vec<Commented>)> = HashMap::new();
    for change in changes.all(&db.read).await.map_err(unexpected)? {
        entries.entry(change.order_id).or_default().0.push(change);
    }
    for comment in comments.all(&db.read).await.map_err(unexpected)? {
        entries.entry(comment.order_id).or_default().1.push(comment);
    }
    let alike = |it: &Named| DuplicateCriteria::of_draft(scope, &OrderDraft::from(&fields_of(&it.row)), it.row.number.clone());
    let alike: Vec<DuplicateCriteria> = all.iter().map(alike).collect();
    let mut twins = similar::twins(db, scope, &alike).await?;
    let shown = (0..).zip(all).map(|(nth, it)| {
        let (changes, comments) = entries.remove(&it.row.id).unwrap_or_default();
        (it.row.clone(), build_view(scope, it, changes, comments, twins.remove(&nth).unwrap_or_default(), db.now()))
    });
    Ok(shown.collect())
}

/// Makes the view model of an order from what was read.
fn build_view(
    scope: &Scope,
    it: Named,
    changes: Vec<Changed>,
    comments: Vec<Commented>,
    similar: Vec<DuplicateRow>,
    now: i64,
) -> OrderView {
    let Named { row, owner_first, owner_last, owner_username, team, campaign, company } = it;
    let calendar = scope.settings.calendar;
    let last = changes.iter().max_by_key(|it| it.id).map(|it| Last {
        version: it.version,
        actor: it.actor_id,
        at: it.at,
        happened: HistoryKind::from_code(&it.happened),
        has_payload: it.payload.is_some(),
    });

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
        happened: HistoryKind::from_code(&it.happened),
        by: person(it.first_name, it.last_name, it.username),
        at: calendar.moment(it.at, now),
        payload: it.payload.and_then(|json| serde_json::from_str::<Payload>(&json).ok()),
    }));
    // A stable sort: of two entries at one instant, the one read first (with the later id) stays first.
    timeline.sort_by_key(|entry| std::cmp::Reverse(entry.at().at));

    let fields = fields_of(&row);
    let authority = scope.authority();
    let may_edit = authority.may_edit(fields.owner);
    let draft = OrderDraft::from(&fields);
    let one_company = row.company_id.is_some() && similar.iter().all(|it| it.company_id == row.company_id);
    let may_undo = last.is_some_and(|last| undo::is_offered(scope, row.version, &last, undo::offered_now(now)));
    let follow_up = fields.follow_up_on.map(|day| {
        let kind = fields.follow_up_kind.map_or("Follow-up", FollowUpKind::label);
        let note = fields.follow_up_note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
        format!("{kind}, {}{note}", date::show(day))
    });
    let show = |sum: Option<domain::money::Money>| sum.map(|sum| sum.show(&scope.settings.currency));
    let box_value = show(fields.box_value);
    let mut sections = sections::detail_sections(&fields, &row, show(fields.spend_cap));
    sections.extend([sections::deal(
        &fields,
        [person(owner_first, owner_last, owner_username), team, campaign],
        &calendar.moment(row.created_at, now),
        (row.version > 1).then(|| calendar.moment(row.updated_at, now)),
    )]);
    if let (Some(company), Some(who)) = (company, sections.first_mut()) {
        who.fields.push(sections::detail("Company", company));
    }
    OrderView {
        status: fields.status,
        customer: fields.customer(),
        box_value,
        connected_on: row.connected_on.map(date::show),
        sections,
        timeline,
        merge: (!similar.is_empty() && !one_company && authority.may(Permission::EditAny)).then(|| fields.customer()),
        similar: similar.into_iter().map(similar_of).collect(),
        may_edit,
        may_comment: authority.may(Permission::Comment),
        may_create: authority.may(Permission::Create),
        next: if may_edit { transitions(&scope.settings.rules, fields.status, authority) } else { Vec::new() },
        draft,
        refused: None,
        may_trash: authority.may(Permission::Trash),
        may_undo,
        follow_up,
        due: list::is_due(&fields, calendar.day(now)),
        number: row.number,
        version: row.version,
    }
}

pub(crate) fn transitions(rules: &Rules, from: Status, authority: &Authority) -> Vec<StatusTransition> {
    rules.next_for(from, authority).into_iter().map(|to| StatusTransition { to, asks: rules.asks(to) }).collect()
}

/// Reads and locks the row of a visible order, by number or UUID, until the transaction ends.
///
/// Errors: [`Error::NotFound`], also when the user can't see it.
pub(crate) async fn lock(txn: &impl ConnectionTrait, scope: &Scope, number: &str) -> Result<order::Model> {
    let select = by(scope, number)?.apply_if(dialect::for_update(txn), QuerySelect::lock);
    select.one(txn).await.map_err(unexpected)?.ok_or(Error::NotFound)
}
