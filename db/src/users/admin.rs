//! User administration: find, invite, edit, deactivate, reactivate, delete; teams.

use domain::{
    Error, FieldErrors, Result,
    campaigns::optional,
    id::{TeamId, UserId},
    moment::Moment,
    money::{parse_rate, plain_rate},
    orders::{Field, OrderDraft, Status},
    role::{Permission, Role},
    text as domain_text,
    users::display_name,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, Query},
};

use super::{Invitation, add::new_row, token};
use crate::{
    Db, Scope,
    audit::{self, ActivityKind},
    dialect,
    entity::{activity, bulk_action, closed_month, comment, commission, order, order_history, session, team, user},
    error::{Unique, fault, is_duplicate, unexpected},
    events::Topic,
    orders::{change, fields_of},
    password::Gate,
    rollups,
    scope::published,
    settings, text,
};

/// A row of the list of users.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: UserId,
    pub username: String,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub team: Option<String>,
    pub active: bool,
    /// Whether a password was ever set.
    pub joined: bool,
    pub seen: Option<Moment>,
}

/// The form of a user as typed.
#[derive(Clone, Debug, Default)]
pub struct PersonDraft {
    /// For a new user only; it cannot be changed.
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub role: String,
    pub team: String,
    /// In per cent.
    pub rate: String,
    /// Whether the user's orders without a team are moved to the team.
    pub bring: bool,
}

/// The view model of the page of a user.
#[derive(Clone, Debug)]
pub struct PersonPage {
    pub it: Person,
    pub draft: PersonDraft,
    /// The number of orders that are neither Connected nor Cancelled.
    pub open_orders: u64,
    /// The number of orders without a team.
    pub teamless: u64,
    /// Whether anything refers to this user, so that the account can only be deactivated.
    pub has_history: bool,
    /// The users who could take over the open orders.
    pub others: Vec<(String, String)>,
    pub teams: Vec<(String, String)>,
}

fn person(scope: &Scope, row: &user::Model, teams: &[(TeamId, String)], now: i64) -> Person {
    Person {
        id: UserId(row.id),
        username: row.username.clone(),
        name: display_name(&row.first_name, &row.last_name, &row.username),
        email: row.email.clone(),
        role: row.role.parse().unwrap_or(Role::Viewer),
        team: row.team_id.and_then(|id| teams.iter().find(|(it, _)| it.0 == id)).map(|(_, name)| name.clone()),
        active: row.active,
        joined: row.password_hash.is_some(),
        seen: row.seen_at.map(|at| scope.settings.calendar.moment(at, now)),
    }
}

/// Users whose name, username or e-mail contains a text; active ones first.
///
/// Errors: [`Error::Forbidden`] for users who are not admins.
pub async fn people(db: &Db, scope: &Scope, text_: &str) -> Result<Vec<Person>> {
    scope.require(Permission::Administer)?;
    let reference_data = db.reference_data().await?;
    let rows = user::Entity::find()
        .filter(published(user::Column::Batch))
        .order_by_desc(user::Column::Active)
        .order_by_asc(user::Column::FirstName)
        .order_by_asc(user::Column::LastName)
        .all(&db.read)
        .await
        .map_err(unexpected)?;
    let key = text::key(text_.trim());
    let now = db.now();
    Ok(rows
        .iter()
        .map(|row| person(scope, row, &reference_data.teams, now))
        .filter(|it| key.is_empty() || text::key(&format!("{} {} {}", it.name, it.username, it.email)).contains(&key))
        .collect())
}

async fn find(db: &impl ConnectionTrait, id: UserId) -> Result<user::Model> {
    let found = user::Entity::find_by_id(id.0).filter(published(user::Column::Batch));
    found.one(db).await.map_err(unexpected)?.ok_or(Error::NotFound)
}

fn open_orders(id: UserId) -> sea_orm::Select<order::Entity> {
    order::Entity::find()
        .filter(order::Column::OwnerId.eq(id.0))
        .filter(order::Column::TrashedAt.is_null())
        .filter(order::Column::Status.is_not_in([Status::Connected.code(), Status::Cancelled.code()]))
}

fn teamless(id: UserId) -> sea_orm::Select<order::Entity> {
    order::Entity::find().filter(order::Column::OwnerId.eq(id.0)).filter(order::Column::TeamId.is_null())
}

/// Whether anything refers to a user. Each table is checked by index until something is found.
fn history(id: UserId) -> Expr {
    fn any<E: EntityTrait>(condition: impl Into<Condition>) -> Expr {
        Expr::exists(E::find().select_only().expr(Expr::value(1)).filter(condition.into()).into_query())
    }
    let of = |condition: Expr| Condition::all().add(condition);
    any::<order::Entity>(of(order::Column::OwnerId.eq(id.0)))
        .or(any::<order_history::Entity>(of(order_history::Column::ActorId.eq(id.0))))
        .or(any::<activity::Entity>(of(activity::Column::ActorId.eq(id.0))))
        .or(any::<commission::Entity>(of(commission::Column::UserId.eq(id.0))))
        .or(any::<comment::Entity>(of(comment::Column::AuthorId.eq(id.0))))
        .or(any::<comment::Entity>(of(comment::Column::StatusBy.eq(id.0))))
        .or(any::<order::Entity>(of(order::Column::CommissionTo.eq(id.0))))
        .or(any::<closed_month::Entity>(of(closed_month::Column::ClosedBy.eq(id.0))))
        .or(any::<bulk_action::Entity>(of(bulk_action::Column::ActorId.eq(id.0))))
}

async fn has_history(db: &impl ConnectionTrait, id: UserId) -> Result<bool> {
    let row = db.query_one(Query::select().expr_as(history(id), "history")).await.map_err(unexpected)?;
    row.map_or(Ok(false), |row| row.try_get("", "history").map_err(unexpected))
}

/// The counts on the page of a user.
#[derive(FromQueryResult)]
struct Counted {
    open_orders: i64,
    teamless: i64,
    history: bool,
}

async fn count_of_account(db: &Db, id: UserId) -> Result<Counted> {
    let count = |select: sea_orm::Select<order::Entity>| {
        Expr::SubQuery(None, Box::new(select.select_only().expr(Expr::cust("count(*)")).into_query().into()))
    };
    let mut all = Query::select();
    all.expr_as(count(open_orders(id)), "open_orders").expr_as(count(teamless(id)), "teamless").expr_as(history(id), "history");
    let statement = dialect::backend(db).build(&all);
    Counted::find_by_statement(statement).one(&db.read).await.map_err(unexpected)?.ok_or_else(|| fault("no counts came back"))
}

/// The view model of the page of a user.
///
/// Errors: [`Error::Forbidden`]; [`Error::NotFound`].
pub async fn person_page(db: &Db, scope: &Scope, id: UserId) -> Result<PersonPage> {
    scope.require(Permission::Administer)?;
    let row = find(&db.read, id).await?;
    let reference_data = db.reference_data().await?;
    let counted = count_of_account(db, id).await?;
    Ok(PersonPage {
        it: person(scope, &row, &reference_data.teams, db.now()),
        open_orders: counted.open_orders.unsigned_abs(),
        teamless: counted.teamless.unsigned_abs(),
        has_history: counted.history,
        others: reference_data.owners.iter().filter(|it| it.active && it.id != id).map(|it| (it.id.to_string(), it.name.clone())).collect(),
        teams: reference_data.teams.iter().map(|(id, name)| (id.to_string(), name.clone())).collect(),
        draft: PersonDraft {
            username: row.username,
            first_name: row.first_name,
            last_name: row.last_name,
            email: row.email,
            role: row.role,
            team: row.team_id.map(|id| id.to_string()).unwrap_or_default(),
            rate: row.commission_rate.map(plain_rate).unwrap_or_default(),
            bring: false,
        },
    })
}

/// The values of a validated draft.
struct Valid {
    first_name: String,
    last_name: String,
    email: String,
    role: Role,
    team: Option<i64>,
    rate: Option<i64>,
}

async fn valid(txn: &impl ConnectionTrait, draft: &PersonDraft, errors: &mut FieldErrors) -> Result<Valid> {
    let mut line = |typed: &str, field: &str| {
        domain_text::line(typed, 150).map_err(|why| errors.add(field, why)).unwrap_or_default().unwrap_or_default()
    };
    let (first_name, last_name, email) =
        (line(&draft.first_name, "first_name"), line(&draft.last_name, "last_name"), line(&draft.email, "email"));
    if !email.is_empty() && !domain::orders::is_email(&email) {
        errors.add("email", "Enter a valid e-mail address");
    }
    let role = draft.role.parse().map_err(|_| errors.add("role", "Choose a role")).unwrap_or(Role::Viewer);
    let team = optional(&draft.team, |it| it.parse::<i64>().map_err(|_| "Choose from the list".to_owned()), "team", errors);
    let team = match team {
        Some(id) if team::Entity::find_by_id(id).count(txn).await.map_err(unexpected)? == 0 => {
            errors.add("team", "Choose from the list");
            None
        }
        other => other,
    };
    let rate = optional(&draft.rate, parse_rate, "rate", errors);
    Ok(Valid { first_name, last_name, email, role, team, rate })
}

/// Invites a user: returns the token of the invitation link.
///
/// Errors: [`Error::Forbidden`]; [`Error::Invalid`] beside the fields.
pub async fn invite(db: &Db, scope: &Scope, draft: &PersonDraft) -> Result<(UserId, Invitation)> {
    scope.require(Permission::Administer)?;
    let mut errors = FieldErrors::default();
    let username = domain::users::username(&draft.username).map_err(|why| errors.add("username", why)).unwrap_or_default();
    let valid = valid(&db.read, draft, &mut errors).await?;
    errors.or(())?;
    let now = db.now();
    let txn = db.begin().await?;
    let mut row = new_row(&username, valid.role, None, now);
    row.first_name = Set(valid.first_name);
    row.last_name = Set(valid.last_name);
    row.email = Set(valid.email);
    row.team_id = Set(valid.team);
    row.commission_rate = Set(valid.rate);
    let row = match row.insert(&txn).await {
        Ok(row) => row,
        Err(cause) => {
            txn.rollback().await.map_err(unexpected)?;
            let taken = is_duplicate(&cause, Unique::Username);
            return Err(if taken { Error::invalid("username", "This username is already taken") } else { unexpected(cause) });
        }
    };
    let token = token::invite(&txn, row.id, now).await?;
    audit::log_activity(&txn, Some(scope.user.id.0), ActivityKind::CreatedUser, None, now, &format!("{username}, {}", valid.role.label()))
        .await?;
    db.commit_reference_data(txn).await?;
    Ok((UserId(row.id), Invitation::Link(token)))
}

/// Refuses to remove the last admin. The admins are locked, so that two admins cannot demote each other at the same time.
async fn another_admin(txn: &impl ConnectionTrait, but: i64, field: &str) -> Result<()> {
    let admins = user::Entity::find()
        .filter(published(user::Column::Batch))
        .filter(user::Column::Role.eq(Role::Admin.code()))
        .filter(user::Column::Active.eq(true))
        .order_by_asc(user::Column::Id);
    let admins = admins.apply_if(dialect::for_update(txn), QuerySelect::lock).all(txn).await.map_err(unexpected)?;
    match admins.iter().any(|row| row.id != but && row.password_hash.is_some()) {
        true => Ok(()),
        false => Err(Error::invalid(field, "This is the last active admin: make someone else an admin first")),
    }
}

/// Saves a user. Another role or team ends all their sessions; orders keep their team.
///
/// Errors: [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Invalid`] beside the fields; for the last admin beside `role`.
pub async fn save_person(db: &Db, scope: &Scope, id: UserId, draft: &PersonDraft) -> Result<()> {
    scope.require(Permission::Administer)?;
    let now = db.now();
    let txn = db.begin().await?;
    let saved = saved(db, scope, &txn, id, draft, now).await;
    match saved {
        Ok(()) => db.commit_reference_data(txn).await?,
        Err(error) => {
            txn.rollback().await.map_err(unexpected)?;
            return Err(error);
        }
    }
    if draft.bring {
        let db = db.clone();
        settings::wait_or_detach(async move { bring(&db, id).await }).await?;
    }
    Ok(())
}

async fn saved(_: &Db, scope: &Scope, txn: &impl ConnectionTrait, id: UserId, draft: &PersonDraft, now: i64) -> Result<()> {
    let row = find(txn, id).await?;
    let mut errors = FieldErrors::default();
    let valid = valid(txn, draft, &mut errors).await?;
    errors.or(())?;
    let demoted = row.role == Role::Admin.code() && valid.role != Role::Admin;
    if demoted && row.active {
        another_admin(txn, row.id, "role").await?;
    }
    let moved = row.role != valid.role.code() || row.team_id != valid.team;
    let detail = format!("{}, {}", row.username, valid.role.label());
    let mut row = row.into_active_model();
    row.first_name = Set(valid.first_name);
    row.last_name = Set(valid.last_name);
    row.email = Set(valid.email);
    row.role = Set(valid.role.code().into());
    row.team_id = Set(valid.team);
    row.commission_rate = Set(valid.rate);
    row.update(txn).await.map_err(unexpected)?;
    if moved {
        session::Entity::delete_many().filter(session::Column::UserId.eq(id.0)).exec(txn).await.map_err(unexpected)?;
    }
    audit::log_activity(txn, Some(scope.user.id.0), ActivityKind::ChangedUser, None, now, &detail).await
}

/// Orders per transaction.
const AT_ONCE: u64 = 200;

/// Moves a user's orders without a team to the user's team.
async fn bring(db: &Db, id: UserId) -> Result<()> {
    let team = find(&db.read, id).await?.team_id;
    let Some(team) = team else { return Ok(()) };
    loop {
        let txn = db.begin().await?;
        let rows = teamless(id).order_by_asc(order::Column::Id).limit(AT_ONCE);
        let rows = rows.apply_if(dialect::for_update(&txn), QuerySelect::lock).all(&txn).await.map_err(unexpected)?;
        if rows.is_empty() {
            return txn.rollback().await.map_err(unexpected);
        }
        for row in rows {
            let before = row.clone();
            let mut row = row.into_active_model();
            row.team_id = Set(Some(team));
            let row = row.update(&txn).await.map_err(unexpected)?;
            rollups::write_order_change(&txn, Some(&before), &row).await?;
            audit::log_order_change(&txn, row.id, db.now()).await?;
        }
        txn.commit().await.map_err(unexpected)?;
        db.events.publish(Topic::Orders);
    }
}

/// Deactivates an account and ends its sessions; with `give`, all its open orders are assigned to another user.
///
/// Errors: [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Invalid`] for the last admin, and for an unknown successor.
pub async fn deactivate(db: &Db, scope: &Scope, id: UserId, give: Option<UserId>) -> Result<()> {
    scope.require(Permission::Administer)?;
    if let Some(to) = give {
        let there = find(&db.read, to).await.is_ok_and(|row| row.active) && to != id;
        if !there {
            return Err(Error::invalid("give", "Choose an active person"));
        }
    }
    let txn = db.begin().await?;
    let done = async {
        let row = find(&txn, id).await?;
        if row.role == Role::Admin.code() && row.active {
            another_admin(&txn, row.id, "form").await?;
        }
        let detail = format!("{} deactivated", row.username);
        let mut row = row.into_active_model();
        row.active = Set(false);
        row.update(&txn).await.map_err(unexpected)?;
        session::Entity::delete_many().filter(session::Column::UserId.eq(id.0)).exec(&txn).await.map_err(unexpected)?;
        audit::log_activity(&txn, Some(scope.user.id.0), ActivityKind::ChangedUser, None, db.now(), &detail).await
    };
    if let Err(error) = done.await {
        txn.rollback().await.map_err(unexpected)?;
        return Err(error);
    }
    db.commit_reference_data(txn).await?;
    match give {
        Some(to) => {
            let (db, scope) = (db.clone(), scope.clone());
            settings::wait_or_detach(async move { hand_over(&db, &scope, id, to).await }).await
        }
        None => Ok(()),
    }
}

/// Assigns all open orders of a user to another, in batches.
async fn hand_over(db: &Db, scope: &Scope, from: UserId, to: UserId) -> Result<()> {
    let mut after = 0;
    loop {
        let txn = db.begin().await?;
        let rows = open_orders(from).filter(order::Column::Id.gt(after)).order_by_asc(order::Column::Id).limit(AT_ONCE);
        let rows = rows.apply_if(dialect::for_update(&txn), QuerySelect::lock).all(&txn).await.map_err(unexpected)?;
        let Some(last) = rows.last().map(|row| row.id) else { return txn.rollback().await.map_err(unexpected) };
        after = last;
        for row in rows {
            let mut draft = OrderDraft::from(&fields_of(&row));
            draft.set(Field::Owner, to.to_string());
            // An order that an import left in an invalid state keeps its owner.
            match change::set(db, scope, &txn, row, &draft, &[Field::Owner]).await {
                Ok(()) | Err(Error::Invalid(_)) => {}
                Err(other) => return Err(other),
            }
        }
        change::commit(db, txn).await?;
    }
}

/// Reactivates an account.
pub async fn reactivate(db: &Db, scope: &Scope, id: UserId) -> Result<()> {
    scope.require(Permission::Administer)?;
    let txn = db.begin().await?;
    let row = find(&txn, id).await?;
    let detail = format!("{} reactivated", row.username);
    let mut row = row.into_active_model();
    row.active = Set(true);
    row.update(&txn).await.map_err(unexpected)?;
    audit::log_activity(&txn, Some(scope.user.id.0), ActivityKind::ChangedUser, None, db.now(), &detail).await?;
    db.commit_reference_data(txn).await
}

/// Signs a user out everywhere.
pub async fn sign_out_everywhere(db: &Db, scope: &Scope, id: UserId) -> Result<()> {
    scope.require(Permission::Administer)?;
    let txn = db.begin().await?;
    let row = find(&txn, id).await?;
    session::Entity::delete_many().filter(session::Column::UserId.eq(id.0)).exec(&txn).await.map_err(unexpected)?;
    audit::log_activity(&txn, Some(scope.user.id.0), ActivityKind::SignedOut, None, db.now(), &format!("{}, everywhere", row.username))
        .await?;
    txn.commit().await.map_err(unexpected)?;
    db.events.publish(Topic::SignedOut(id));
    Ok(())
}

/// Creates a password reset link; returns its token.
pub async fn reset_link(db: &Db, scope: &Scope, id: UserId) -> Result<String> {
    scope.require(Permission::Administer)?;
    let row = find(&db.read, id).await?;
    if !row.active {
        return Err(Error::invalid("form", "Reactivate this person first"));
    }
    let txn = db.begin().await?;
    let token = token::invite(&txn, row.id, db.now()).await?;
    super::sign_in::forgive(&txn, &row.username_key).await?;
    audit::log_activity(
        &txn,
        Some(scope.user.id.0),
        ActivityKind::ResetPassword,
        None,
        db.now(),
        &format!("password link for {}", row.username),
    )
    .await?;
    txn.commit().await.map_err(unexpected)?;
    Ok(token)
}

/// Deletes an account that nothing refers to; deactivates any other. Returns whether it was deleted.
///
/// Errors: as [`deactivate`].
pub async fn delete(db: &Db, scope: &Scope, id: UserId) -> Result<bool> {
    scope.require(Permission::Administer)?;
    let row = find(&db.read, id).await?;
    if has_history(&db.read, id).await? {
        deactivate(db, scope, id, None).await?;
        return Ok(false);
    }
    let txn = db.begin().await?;
    if row.role == Role::Admin.code()
        && row.active
        && let Err(error) = another_admin(&txn, row.id, "form").await
    {
        txn.rollback().await.map_err(unexpected)?;
        return Err(error);
    }
    // Delete the rows that belong only to the user.
    for sql in ["sessions", "user_tokens", "known_devices", "targets"] {
        let column = "user_id";
        txn.execute_unprepared(&format!("DELETE FROM {sql} WHERE {column} = {}", id.0)).await.map_err(unexpected)?;
    }
    txn.execute_unprepared(&format!("DELETE FROM saved_views WHERE owner_id = {}", id.0)).await.map_err(unexpected)?;
    audit::views_changed(&txn, id, db.now()).await?;
    user::Entity::delete_by_id(id.0).exec(&txn).await.map_err(unexpected)?;
    audit::log_activity(&txn, Some(scope.user.id.0), ActivityKind::ChangedUser, None, db.now(), &format!("{} deleted", row.username))
        .await?;
    db.commit_reference_data(txn).await?;
    Ok(true)
}

/// The teams with their numbers of members.
pub async fn teams(db: &Db, scope: &Scope) -> Result<Vec<(TeamId, String, usize)>> {
    scope.require(Permission::Administer)?;
    let reference_data = db.reference_data().await?;
    let rows: Vec<Option<i64>> = user::Entity::find()
        .select_only()
        .column(user::Column::TeamId)
        .filter(Condition::all().add(user::Column::Active.eq(true)))
        .into_tuple()
        .all(&db.read)
        .await
        .map_err(unexpected)?;
    Ok(reference_data.teams.iter().map(|(id, name)| (*id, name.clone(), rows.iter().filter(|it| **it == Some(id.0)).count())).collect())
}

/// Renames a team, or creates one (no id).
///
/// Errors: [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Invalid`] beside `name`.
pub async fn save_team(db: &Db, scope: &Scope, id: Option<TeamId>, name: &str) -> Result<()> {
    scope.require(Permission::Administer)?;
    let name =
        domain_text::line(name, 80).map_err(|why| Error::invalid("name", why))?.ok_or(Error::invalid("name", "Enter a team name"))?;
    let txn = db.begin().await?;
    let key = text::key(&name);
    let saved = match id {
        Some(id) => {
            let row = team::Entity::find_by_id(id.0).one(&txn).await.map_err(unexpected)?;
            let Some(row) = row else {
                txn.rollback().await.map_err(unexpected)?;
                return Err(Error::NotFound);
            };
            let mut row = row.into_active_model();
            row.name = Set(name.clone());
            row.name_key = Set(key);
            row.update(&txn).await
        }
        None => team::ActiveModel { name: Set(name.clone()), name_key: Set(key), ..Default::default() }.insert(&txn).await,
    };
    if let Err(cause) = saved {
        txn.rollback().await.map_err(unexpected)?;
        let taken = is_duplicate(&cause, Unique::TeamName);
        return Err(if taken { Error::invalid("name", "A team with this name already exists") } else { unexpected(cause) });
    }
    audit::log_activity(&txn, Some(scope.user.id.0), ActivityKind::ChangedTeam, None, db.now(), &name).await?;
    db.commit_reference_data(txn).await
}

/// Saves a user's own name and e-mail.
///
/// Errors: [`Error::Invalid`] beside the fields.
pub async fn save_own(db: &Db, scope: &Scope, first_name: &str, last_name: &str, email: &str, page_size: &str) -> Result<()> {
    let mut errors = FieldErrors::default();
    let mut line = |typed: &str, field: &str| {
        domain_text::line(typed, 150).map_err(|why| errors.add(field, why)).unwrap_or_default().unwrap_or_default()
    };
    let (first_name, last_name, email) = (line(first_name, "first_name"), line(last_name, "last_name"), line(email, "email"));
    if !email.is_empty() && !domain::orders::is_email(&email) {
        errors.add("email", "Enter a valid e-mail address");
    }
    let size = optional(
        page_size,
        |it| it.parse::<u32>().ok().filter(|n| domain::page::SIZES.contains(n)).ok_or("Choose from the list".to_owned()),
        "page_size",
        &mut errors,
    );
    errors.or(())?;
    let mut row = find(&db.read, scope.user.id).await?.into_active_model();
    row.first_name = Set(first_name);
    row.last_name = Set(last_name);
    row.email = Set(email);
    row.page_size = Set(size.and_then(|n| i32::try_from(n).ok()));
    let txn = db.begin().await?;
    row.update(&txn).await.map_err(unexpected)?;
    db.commit_reference_data(txn).await
}

/// The values that users can change themselves: first name, last name, e-mail, rows per page.
pub async fn own(db: &Db, scope: &Scope) -> Result<[String; 4]> {
    let row = find(&db.read, scope.user.id).await?;
    Ok([row.first_name, row.last_name, row.email, row.page_size.map(|n| n.to_string()).unwrap_or_default()])
}

/// Sets a user's own new password, after the current one was verified; ends all their sessions.
///
/// Errors: [`Error::Invalid`] beside `password` or `again`; [`Error::Busy`].
pub async fn change_password(db: &Db, scope: &Scope, gate: &Gate, password: &str, again: &str) -> Result<()> {
    let row = find(&db.read, scope.user.id).await?;
    let mut errors = FieldErrors::default();
    crate::password::check_new(password, &row.username, Some(&row.email), "password", &mut errors);
    if password != again {
        errors.add("again", "The passwords don't match");
    }
    errors.or(())?;
    let hash = gate.hash(password).await?;
    let txn = db.begin().await?;
    let mut row = row.into_active_model();
    row.password_hash = Set(Some(hash));
    row.update(&txn).await.map_err(unexpected)?;
    session::Entity::delete_many().filter(session::Column::UserId.eq(scope.user.id.0)).exec(&txn).await.map_err(unexpected)?;
    audit::log_activity(&txn, Some(scope.user.id.0), ActivityKind::ResetPassword, None, db.now(), "").await?;
    txn.commit().await.map_err(unexpected)?;
    db.events.publish(Topic::SignedOut(scope.user.id));
    Ok(())
}
