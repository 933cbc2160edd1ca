//! Choices on an order: networks, sale types, loss reasons, deal sources. Administrators maintain the lists; a choice that is in
//! use is retired instead of deleted, and stays on the orders that have it.

use domain::{Error, Result, orders::choice, role::Permission, text as domain_text};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use crate::{
    Db, Scope,
    audit::{self, ActivityKind},
    bulk_insert, dialect,
    entity::{choice as row, order, setting},
    error::{Unique, is_duplicate, unexpected},
    settings, text,
};

/// A list of choices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Network,
    SaleType,
    LossReason,
    DealSource,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Network, Self::SaleType, Self::LossReason, Self::DealSource];

    /// The stored code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::SaleType => "sale_type",
            Self::LossReason => "loss_reason",
            Self::DealSource => "deal_source",
        }
    }

    /// The heading of its list.
    pub fn label(self) -> &'static str {
        match self {
            Self::Network => "Networks",
            Self::SaleType => "Sale types",
            Self::LossReason => "Loss reasons",
            Self::DealSource => "Deal sources",
        }
    }

    /// Parses the stored code.
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    fn column(self) -> order::Column {
        match self {
            Self::Network => order::Column::Network,
            Self::SaleType => order::Column::SaleType,
            Self::LossReason => order::Column::LossReason,
            Self::DealSource => order::Column::DealSource,
        }
    }

    /// The initial choices of a new business.
    fn first(self) -> &'static [&'static str] {
        match self {
            Self::Network => &choice::NETWORKS,
            Self::SaleType => &choice::SALE_TYPES,
            Self::LossReason => &choice::LOSS_REASONS,
            Self::DealSource => &choice::DEAL_SOURCES,
        }
    }
}

/// A choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub id: i64,
    pub kind: Kind,
    pub name: String,
    pub retired: bool,
}

/// Writes the initial choices if there are none.
pub(crate) async fn ensure(db: &Db) -> Result<()> {
    const SEEDED: &str = "choices_seeded";
    let txn = db.begin().await?;
    // Servers that start at the same time do this one after the other.
    dialect::rollups_lock(&txn, true).await?;
    if setting::Entity::find_by_id(SEEDED).count(&txn).await.map_err(unexpected)? > 0 {
        return txn.rollback().await.map_err(unexpected);
    }
    settings::write_in(&txn, SEEDED, "yes").await?;
    let rows = Kind::ALL.into_iter().flat_map(|kind| {
        kind.first().iter().enumerate().map(move |(nth, name)| row::ActiveModel {
            kind: Set(kind.code().into()),
            name: Set((*name).to_owned()),
            name_key: Set(text::key(name)),
            retired: Set(false),
            place: Set(i64::try_from(nth).unwrap_or_default()),
            ..Default::default()
        })
    });
    bulk_insert::insert(&txn, rows.collect()).await?;
    txn.commit().await.map_err(unexpected)
}

/// All choices, in the order of their kinds.
pub(crate) async fn all(db: &Db) -> Result<Vec<Choice>> {
    let rows =
        row::Entity::find().order_by_asc(row::Column::Place).order_by_asc(row::Column::Id).all(&db.read).await.map_err(unexpected)?;
    Ok(rows
        .into_iter()
        .filter_map(|it| Some(Choice { id: it.id, kind: Kind::find(&it.kind)?, name: it.name, retired: it.retired }))
        .collect())
}

/// All choices, for the settings page.
///
/// Errors: [`Error::Forbidden`].
pub async fn choices(db: &Db, scope: &Scope) -> Result<Vec<Choice>> {
    scope.require(Permission::Administer)?;
    all(db).await
}

async fn log_change(db: &Db, scope: &Scope, txn: &impl ConnectionTrait, detail: &str) -> Result<()> {
    audit::log_activity(txn, Some(scope.user.id.0), ActivityKind::ChangedSettings, None, db.now(), detail).await
}

/// Adds a choice, or restores a retired one.
///
/// Errors: [`Error::Forbidden`]; [`Error::Invalid`] beside `name`.
pub async fn add(db: &Db, scope: &Scope, kind: Kind, name: &str) -> Result<()> {
    scope.require(Permission::Administer)?;
    let name = domain_text::line(name, 80).map_err(|why| Error::invalid("name", why))?.ok_or(Error::invalid("name", "Enter a name"))?;
    let known = row::Entity::find().filter(row::Column::Kind.eq(kind.code())).filter(row::Column::NameKey.eq(text::key(&name)));
    let place = row::Entity::find().filter(row::Column::Kind.eq(kind.code())).count(&db.read).await.map_err(unexpected)?;
    let txn = db.begin().await?;
    let written = match known.one(&txn).await.map_err(unexpected)? {
        Some(known) if !known.retired => {
            txn.rollback().await.map_err(unexpected)?;
            return Err(Error::invalid("name", "This is already in the list"));
        }
        Some(known) => {
            let mut known = known.into_active_model();
            known.retired = Set(false);
            known.update(&txn).await
        }
        None => {
            let row = row::ActiveModel {
                kind: Set(kind.code().into()),
                name_key: Set(text::key(&name)),
                name: Set(name.clone()),
                retired: Set(false),
                place: Set(i64::try_from(place).unwrap_or_default()),
                ..Default::default()
            };
            row.insert(&txn).await
        }
    };
    if let Err(cause) = written {
        txn.rollback().await.map_err(unexpected)?;
        let taken = is_duplicate(&cause, Unique::Choice);
        return Err(if taken { Error::invalid("name", "This is already in the list") } else { unexpected(cause) });
    }
    log_change(db, scope, &txn, &format!("{}: {name}", kind.label())).await?;
    db.commit_reference_data(txn).await
}

/// Removes a choice: retires it if an order has it, deletes it otherwise. Returns whether it was retired.
///
/// Errors: [`Error::Forbidden`]; [`Error::NotFound`].
pub async fn remove(db: &Db, scope: &Scope, id: i64) -> Result<bool> {
    scope.require(Permission::Administer)?;
    let found = row::Entity::find_by_id(id).one(&db.read).await.map_err(unexpected)?.ok_or(Error::NotFound)?;
    let kind = Kind::find(&found.kind).ok_or(Error::NotFound)?;
    let used = order::Entity::find().filter(kind.column().eq(found.name.as_str())).limit(1).count(&db.read).await.map_err(unexpected)? > 0;
    let txn = db.begin().await?;
    let name = found.name.clone();
    if used {
        let mut found = found.into_active_model();
        found.retired = Set(true);
        found.update(&txn).await.map_err(unexpected)?;
    } else {
        row::Entity::delete_by_id(id).exec(&txn).await.map_err(unexpected)?;
    }
    log_change(db, scope, &txn, &format!("{}: removed {name}", kind.label())).await?;
    db.commit_reference_data(txn).await?;
    Ok(used)
}
