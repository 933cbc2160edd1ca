//! Who asks: each verb takes it first, and each read of orders starts from it, so that forbidden and missing are one answer.

use std::sync::Arc;

use domain::{
    Error, Result,
    id::{TeamId, UserId},
    orders::list::Column,
    page::SIZES,
    role::{Authority, Permission, Role, Visibility},
    users::CurrentUser,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Select, sea_query::Query};

use crate::{
    Db, Settings,
    entity::{import, order, user},
    error::unexpected,
    events::PreviousHolder,
    settings,
    sync::Entry,
    text,
};

/// The person who asks, and the settings at that moment.
#[derive(Clone, Debug)]
pub struct Scope {
    /// Who.
    pub user: CurrentUser,
    /// The business's settings.
    pub settings: Arc<Settings>,
    /// The columns that this person chose to see in lists.
    pub columns: Vec<Column>,
    /// Rows a page of lists, unless an address says otherwise.
    pub per_page: u32,
    /// The entry of an outbox that is carried out, where it is one.
    pub entry: Option<Entry>,
    /// What the database held when the request began ([`crate::dialect::state`]): what this server remembers of just that is as true as
    /// what it would read. `None` where nothing that is remembered will do.
    pub(crate) state: Option<String>,
}

/// What a scope is made of, as it is read from the row of a person.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Person {
    id: i64,
    username: String,
    first_name: String,
    last_name: String,
    role: String,
    team_id: Option<i64>,
    page_size: Option<i32>,
    list_columns: Option<String>,
}

impl Person {
    /// The columns of a person's row that it is read from.
    pub const COLUMNS: [user::Column; 8] = [
        user::Column::Id,
        user::Column::Username,
        user::Column::FirstName,
        user::Column::LastName,
        user::Column::Role,
        user::Column::TeamId,
        user::Column::PageSize,
        user::Column::ListColumns,
    ];
}

impl Scope {
    /// The scope of a signed-in person; `None` when there is no such person any more or the account is not active.
    pub async fn of(db: &Db, id: UserId) -> Result<Option<Self>> {
        let found = user::Entity::find_by_id(id.0).filter(user::Column::Active.eq(true)).filter(published(user::Column::Batch));
        let found = found.select_only().columns(Person::COLUMNS).into_model::<Person>();
        let Some(person) = found.one(&db.read).await.map_err(unexpected)? else { return Ok(None) };
        Ok(Some(Self::of_person(person, settings::read(db).await?)))
    }

    /// The scope of a person by username, for the command line.
    pub async fn named(db: &Db, username: &str) -> Result<Option<Self>> {
        let found = user::Entity::find().filter(user::Column::UsernameKey.eq(text::username_key(username)));
        match found.one(&db.read).await.map_err(unexpected)? {
            Some(row) => Self::of(db, UserId(row.id)).await,
            None => Ok(None),
        }
    }

    pub(crate) fn of_person(it: Person, settings: Arc<Settings>) -> Self {
        let role = it.role.parse().unwrap_or(Role::Viewer);
        let team = it.team_id.map(TeamId);
        let authority = Authority { id: UserId(it.id), role, team, agents_may_connect: settings.agents_may_connect };
        let name = domain::users::display_name(&it.first_name, &it.last_name, &it.username);
        Self {
            user: CurrentUser { id: authority.id, username: it.username, name, role, team, authority },
            settings,
            entry: None,
            state: None,
            per_page: it.page_size.and_then(|n| u32::try_from(n).ok()).filter(|n| SIZES.contains(n)).unwrap_or(SIZES[0]),
            columns: Column::read(it.list_columns.as_deref().unwrap_or_default()),
        }
    }

    /// The same person, carrying out an entry of an outbox.
    pub fn for_outbox_entry(&self, entry: Entry) -> Self {
        Self { entry: Some(entry), ..self.clone() }
    }

    /// When what is asked for was done: now, or when it was done on a device that could not send it.
    pub(crate) fn when(&self, now: i64) -> i64 {
        self.entry.as_ref().and_then(|it| it.done_at).map_or(now, |at| at.min(now))
    }

    /// Who, with what decides about rights.
    pub fn authority(&self) -> &Authority {
        &self.user.authority
    }

    /// Refuses what the role does not allow at all.
    pub fn require(&self, permission: Permission) -> Result<()> {
        if self.authority().may(permission) { Ok(()) } else { Err(Error::Forbidden("You don't have permission to do this".into())) }
    }

    /// The business's day.
    pub fn today(&self, db: &Db) -> chrono::NaiveDate {
        self.settings.calendar.day(db.now())
    }

    /// Whether every order is in this person's sight.
    pub(crate) fn can_see_all_orders(&self) -> bool {
        matches!((self.user.role, self.settings.visibility), (Role::Admin | Role::Manager, _) | (_, Visibility::All))
    }

    /// The orders in the trash; who may look there sees all of them.
    pub(crate) fn trash(&self) -> Condition {
        Condition::all().add(order::Column::TrashedAt.is_not_null()).add(published(order::Column::Batch))
    }

    /// Whose orders are in this person's sight.
    pub(crate) fn visible_by_owner(&self) -> Condition {
        let own = Condition::any().add(order::Column::OwnerId.eq(self.user.id.0));
        match (self.settings.visibility, self.user.team) {
            _ if self.can_see_all_orders() => Condition::all(),
            (Visibility::Team, Some(team)) => own.add(order::Column::TeamId.eq(team.0)),
            _ => own,
        }
    }

    /// Whether an order that went from these went out of this person's sight.
    pub fn lost_access_to(&self, lost: &[PreviousHolder]) -> bool {
        let (user, team) = (self.user.id.0, self.user.team.map(|team| team.0));
        let by_team = self.settings.visibility == Visibility::Team;
        !self.can_see_all_orders()
            && lost.iter().any(|it| {
                matches!(it, PreviousHolder::Owner(id) if *id == user)
                    || matches!(it, PreviousHolder::Team(id) if by_team && Some(*id) == team)
            })
    }

    /// The orders in this person's sight, outside the trash.
    pub(crate) fn visible_orders(&self) -> Condition {
        let visible = Condition::all().add(order::Column::TrashedAt.is_null()).add(published(order::Column::Batch));
        if self.can_see_all_orders() { visible } else { visible.add(self.visible_by_owner()) }
    }

    /// Where every read of orders starts.
    pub(crate) fn orders(&self) -> Select<order::Entity> {
        order::Entity::find().filter(self.visible_orders())
    }
}

/// Rows of an import that is not published yet are in nobody's sight.
pub(crate) fn published(batch: impl ColumnTrait) -> sea_orm::sea_query::Expr {
    let unpublished =
        Query::select().column(import::Column::Id).from(import::Entity).and_where(import::Column::PublishedAt.is_null()).take();
    batch.not_in_subquery(unpublished)
}
