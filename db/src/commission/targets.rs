//! Monthly targets of users and teams.

use chrono::NaiveDate;
use domain::{
    Error, Result,
    id::{TeamId, UserId},
    money,
    role::Permission,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    Db, Scope,
    audit::{self, ActivityKind},
    calendar::Calendar,
    entity::{target, team, user},
    error::unexpected,
};

/// The owner of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetOf {
    Person(UserId),
    Team(TeamId),
}

/// A monthly target, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    pub of: TargetOf,
    pub month: NaiveDate,
    pub amount: i64,
}

/// The targets of the months from `first` to `last` (their first days, inclusive).
pub async fn targets(db: &Db, first: NaiveDate, last: NaiveDate) -> Result<Vec<Target>> {
    let rows = target::Entity::find().filter(target::Column::Month.between(first, last)).all(&db.read).await.map_err(unexpected)?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let of = row.user_id.map(|id| TargetOf::Person(UserId(id))).or(row.team_id.map(|id| TargetOf::Team(TeamId(id))))?;
            Some(Target { of, month: row.month, amount: row.amount })
        })
        .collect())
}

/// Sets the target of a user or team for a month; blank text removes it.
///
/// Errors: [`Error::Forbidden`]; [`Error::Invalid`] beside `target`; [`Error::NotFound`] for an unknown user or team.
pub async fn set_target(db: &Db, scope: &Scope, of: TargetOf, month: NaiveDate, typed: &str) -> Result<()> {
    scope.require(Permission::Targets)?;
    let month = Calendar::first(month);
    let amount = match typed.trim() {
        "" => None,
        typed => Some(money::parse(typed, &scope.settings.currency).map_err(|message| Error::invalid("target", message))?.0),
    };
    let (of_user, of_team) = match of {
        TargetOf::Person(id) => (Some(id.0), None),
        TargetOf::Team(id) => (None, Some(id.0)),
    };
    let txn = db.begin().await?;
    let name = match of {
        TargetOf::Person(id) => user::Entity::find_by_id(id.0).one(&txn).await.map_err(unexpected)?.map(|row| row.username),
        TargetOf::Team(id) => team::Entity::find_by_id(id.0).one(&txn).await.map_err(unexpected)?.map(|row| row.name),
    };
    let Some(name) = name else {
        txn.rollback().await.map_err(unexpected)?;
        return Err(Error::NotFound);
    };
    let there = target::Entity::delete_many().filter(target::Column::Month.eq(month));
    let there = match of {
        TargetOf::Person(id) => there.filter(target::Column::UserId.eq(id.0)),
        TargetOf::Team(id) => there.filter(target::Column::TeamId.eq(id.0)),
    };
    there.exec(&txn).await.map_err(unexpected)?;
    if let Some(amount) = amount {
        let row = target::ActiveModel {
            month: Set(month),
            user_id: Set(of_user),
            team_id: Set(of_team),
            amount: Set(amount),
            ..Default::default()
        };
        target::Entity::insert(row).exec_without_returning(&txn).await.map_err(unexpected)?;
    }
    let sum = amount.map_or_else(|| "none".to_owned(), |it| money::Money(it).plain());
    let detail = format!("{name}, {}: {sum}", domain::date::month(month));
    audit::log_activity(&txn, Some(scope.user.id.0), ActivityKind::SetTarget, None, db.now(), &detail).await?;
    txn.commit().await.map_err(unexpected)
}
