//! The user of an operation: every operation takes it first, and every read of orders starts from it, so that forbidden and missing look the same.

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

/// The user, with the settings at that moment.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The user.
    pub user: CurrentUser,
    /// The business's settings.
    pub settings: Arc<Settings>,
    /// The list columns that this user chose.
    pub columns: Vec<Column>,
    /// Rows per page of lists, unless the URL says otherwise.
    pub per_page: u32,
    /// The outbox entry that is being carried out, if any.
    pub entry: Option<Entry>,
    /// The state of the database when the request started ([`crate::dialect::state`]): cached results of the same state are as valid as
    /// a new read. `None` where the cache must not be used.
    pub(crate) state: Option<String>,
}

/// The columns of a user that a scope is made of.
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
    /// The columns that it is read from.
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
    /// The scope of a user; `None` when the user no longer exists or is not active.
    pub async fn of(db: &Db, id: UserId) -> Result<Option<Self>> {
        let found = user::Entity::find_by_id(id.0).filter(user::Column::Active.eq(true)).filter(published(user::Column::Batch));
        let found = found.select_only().columns(Person::COLUMNS).into_model::<Person>();
        let Some(person) = found.one(&db.read).await.map_err(unexpected)? else { return Ok(None) };
        Ok(Some(Self::of_person(person, settings::read(db).await?)))
    }

    /// The scope of a user by username, for the command line.
    pub async fn by_username(db: &Db, username: &str) -> Result<Option<Self>> {
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

    /// The same user, carrying out an outbox entry.
    pub fn for_outbox_entry(&self, entry: Entry) -> Self {
        Self { entry: Some(entry), ..self.clone() }
    }

    /// When the operation happened: now, or earlier on an offline device.
    pub(crate) fn when(&self, now: i64) -> i64 {
        self.entry.as_ref().and_then(|it| it.done_at).map_or(now, |at| at.min(now))
    }

    /// The user, with everything that decides about permissions.
    pub fn authority(&self) -> &Authority {
        &self.user.authority
    }

    /// Requires a permission.
    pub fn require(&self, permission: Permission) -> Result<()> {
        if self.authority().may(permission) { Ok(()) } else { Err(Error::Forbidden("You don't have permission to do this".into())) }
    }

    /// The business's current day.
    pub fn today(&self, db: &Db) -> chrono::NaiveDate {
        self.settings.calendar.day(db.now())
    }

    /// Whether the user can see all orders.
    pub(crate) fn can_see_all_orders(&self) -> bool {
        matches!((self.user.role, self.settings.visibility), (Role::Admin | Role::Manager, _) | (_, Visibility::All))
    }

    /// The condition of orders in the trash, for users who may see it.
    pub(crate) fn trash(&self) -> Condition {
        Condition::all().add(order::Column::TrashedAt.is_not_null()).add(published(order::Column::Batch))
    }

    /// The condition of the orders that the user can see.
    pub(crate) fn visible_by_owner(&self) -> Condition {
        let own = Condition::any().add(order::Column::OwnerId.eq(self.user.id.0));
        match (self.settings.visibility, self.user.team) {
            _ if self.can_see_all_orders() => Condition::all(),
            (Visibility::Team, Some(team)) => own.add(order::Column::TeamId.eq(team.0)),
            _ => own,
        }
    }

    /// Whether an order that was taken from these became invisible to the user.
    pub fn lost_access_to(&self, lost: &[PreviousHolder]) -> bool {
        let (user, team) = (self.user.id.0, self.user.team.map(|team| team.0));
        let by_team = self.settings.visibility == Visibility::Team;
        !self.can_see_all_orders()
            && lost.iter().any(|it| {
                matches!(it, PreviousHolder::Owner(id) if *id == user)
                    || matches!(it, PreviousHolder::Team(id) if by_team && Some(*id) == team)
            })
    }

    /// The condition of the visible orders outside the trash.
    pub(crate) fn visible_orders(&self) -> Condition {
        let visible = Condition::all().add(order::Column::TrashedAt.is_null()).add(published(order::Column::Batch));
        if self.can_see_all_orders() { visible } else { visible.add(self.visible_by_owner()) }
    }

    /// The query that every read of orders starts from.
    pub(crate) fn orders(&self) -> Select<order::Entity> {
        order::Entity::find().filter(self.visible_orders())
    }
}

/// The condition that excludes orders of unpublished imports.
pub(crate) fn published(batch: impl ColumnTrait) -> sea_orm::sea_query::Expr {
    let unpublished =
        Query::select().column(import::Column::Id).from(import::Entity).and_where(import::Column::PublishedAt.is_null()).take();
    batch.not_in_subquery(unpublished)
}
