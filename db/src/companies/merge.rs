//! Merges companies: moves their orders to one company. Nothing else in an order changes.

use domain::{
    Error, Result,
    orders::{
        Field, OrderDraft,
        bulk::{Kind, MOST},
        duplicates::DuplicateKey,
    },
    role::Permission,
    text,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use super::{commit_company_change, duplicates::of_key, offered, offered_or_hidden, parse_name_and_number, with_distinct_names};
use crate::{
    Db, Scope, bulk_actions,
    entity::{company, order},
    error::unexpected,
    orders::{find, same_customer},
    text::key,
};

/// The maximum number of companies in one merge.
const MOST_COMPANIES: usize = 1_000;

/// The orders to merge.
#[derive(Clone, Copy, Debug)]
pub enum OrdersToMerge<'a> {
    /// The orders with a key.
    WithKey(DuplicateKey, &'a str),
    /// An order, by its number, and its possible duplicates.
    DuplicatesOf(&'a str),
}

/// A hidden company of a bulk action that has not started: it refers to itself.
pub(crate) fn is_hidden_expr() -> Expr {
    Expr::col(company::Column::MergedInto).eq(Expr::col(company::Column::Id))
}

/// Prepares a bulk action that moves the orders to the company `name`, to be previewed before it runs; returns its id.
/// All orders of the current companies are included, so that these companies are merged completely.
///
/// Errors: [`Error::Forbidden`] for users who are not managers; [`Error::Invalid`] beside `name`; [`Error::NotFound`].
pub async fn merge(db: &Db, scope: &Scope, which: OrdersToMerge<'_>, name: &str) -> Result<i64> {
    scope.require(Permission::EditAny)?;
    let name = text::line(name, 255).map_err(|message| Error::invalid("name", message))?;
    let name = name.ok_or_else(|| Error::invalid("name", "Enter a company name"))?;
    let group = match which {
        OrdersToMerge::WithKey(by, key) => of_key(by, key),
        OrdersToMerge::DuplicatesOf(number) => {
            let row = find(db, scope, number).await?;
            same_customer(&row).add(Condition::all().add(order::Column::TrashedAt.is_null()).add(order::Column::Id.eq(row.id)))
        }
    };
    let companies = scope.orders().filter(group.clone()).filter(order::Column::CompanyId.is_not_null());
    let companies = companies.select_only().column(order::Column::CompanyId).distinct().order_by_asc(order::Column::CompanyId);
    let companies: Vec<i64> = companies.limit(MOST_COMPANIES as u64 + 1).into_tuple().all(&db.read).await.map_err(unexpected)?;
    if companies.len() > MOST_COMPANIES {
        return Err(Error::invalid("name", "These orders belong to more than 1,000 companies, so they can't be merged as one customer"));
    }
    // Each side of the OR repeats the trash condition of the indexes, because SQLite plans each side separately.
    let theirs = Condition::all().add(order::Column::TrashedAt.is_null()).add(order::Column::CompanyId.is_in(companies.iter().copied()));
    let whole = Condition::any().add(group).add(theirs);
    let orders = scope.orders().filter(whole).select_only().column(order::Column::Id).order_by_asc(order::Column::Id);
    let ids: Vec<i64> = orders.limit(MOST + 1).into_tuple().all(&db.read).await.map_err(unexpected)?;
    if ids.is_empty() {
        return Err(Error::NotFound);
    }
    if ids.len() as u64 > MOST {
        return Err(Error::invalid("name", "More than 100,000 orders match, so they can't be merged as one customer"));
    }
    let name_key = key(&name);
    let txn = db.begin().await?;
    let known = company::Entity::find()
        .filter(company::Column::NameKey.eq(name_key.as_str()))
        .filter(offered_or_hidden())
        .order_by_asc(company::Column::Id);
    let into = match known.one(&txn).await.map_err(unexpected)? {
        Some(row) => row.id,
        None => {
            let now = db.now();
            let row = company::ActiveModel {
                name_key: Set(name_key.clone()),
                name: Set(name),
                created_at: Set(now),
                updated_at: Set(now),
                batch: Set(0),
                ..Default::default()
            };
            let id = row.insert(&txn).await.map_err(unexpected)?.id;
            // The company is hidden until the action starts.
            let hidden = company::Entity::update_many().col_expr(company::Column::MergedInto, Expr::value(id));
            hidden.filter(company::Column::Id.eq(id)).exec(&txn).await.map_err(unexpected)?;
            id
        }
    };
    // Companies of this name without orders are merged too; otherwise they would remain as duplicates.
    let empty = company::Entity::find().filter(offered()).filter(company::Column::NameKey.eq(name_key.as_str()));
    let own = Expr::col((order::Entity, order::Column::CompanyId)).equals((company::Entity, company::Column::Id));
    let empty = empty.filter(Expr::exists(having_orders().and_where(own).to_owned()).not()).select_only().column(company::Column::Id);
    let empty: Vec<i64> = empty.limit(MOST_COMPANIES as u64).into_tuple().all(&txn).await.map_err(unexpected)?;
    let mut merges: Vec<i64> = companies.into_iter().chain(empty).filter(|id| *id != into).collect();
    merges.sort_unstable();
    merges.dedup();
    let id = bulk_actions::store_selection(db, &txn, scope, ids, Some(merges)).await?;
    txn.commit().await.map_err(unexpected)?;
    set_action(db, scope, id, into).await?;
    Ok(id)
}

async fn set_action(db: &Db, scope: &Scope, act: i64, into: i64) -> Result<()> {
    let mut draft = OrderDraft::default();
    draft.set(Field::Company, into.to_string());
    bulk_actions::set_action(db, scope, act, Kind::Company, &draft).await
}

/// The companies of the orders outside the trash.
pub(crate) fn having_orders() -> SelectStatement {
    Query::select()
        .column(order::Column::CompanyId)
        .from(order::Entity)
        .and_where(order::Column::CompanyId.is_not_null())
        .and_where(order::Column::TrashedAt.is_null())
        .to_owned()
}

/// Follows merges: the company that a company was merged into, or itself.
pub(crate) async fn resolve_merged_company(db: &impl ConnectionTrait, id: i64) -> Result<i64> {
    let mut at = id;
    // Merges form a chain; the limit prevents an endless loop on corrupt data.
    for _ in 0..100 {
        let row = company::Entity::find_by_id(at).one(db).await.map_err(unexpected)?;
        match row.and_then(|row| row.merged_into).filter(|into| *into != at) {
            Some(into) => at = into,
            None => break,
        }
    }
    Ok(at)
}

/// The company for a restored order: the one its own was merged into, which is restored too.
pub(crate) async fn company_for_restored_order(txn: &impl ConnectionTrait, id: i64) -> Result<i64> {
    let id = resolve_merged_company(txn, id).await?;
    restore_deleted_company(txn, id).await?;
    Ok(id)
}

/// Restores a deleted company that has orders again.
pub(crate) async fn restore_deleted_company(txn: &impl ConnectionTrait, id: i64) -> Result<()> {
    let back = company::Entity::update_many().col_expr(company::Column::DeletedAt, Expr::value(None::<i64>));
    let back = back.filter(company::Column::Id.eq(id)).filter(company::Column::DeletedAt.is_not_null());
    back.exec(txn).await.map_err(unexpected)?;
    Ok(())
}

/// Merges a company into another, named as in a select. Without orders it is merged immediately; otherwise the result is a bulk action
/// to preview, whose id is returned.
///
/// Errors: [`Error::Forbidden`] for users who are not managers; [`Error::NotFound`]; [`Error::Invalid`] beside `into`.
pub async fn merge_into(db: &Db, scope: &Scope, id: i64, into: &str) -> Result<Option<i64>> {
    scope.require(Permission::EditAny)?;
    let row = company::Entity::find_by_id(id).filter(offered()).one(&db.read).await.map_err(unexpected)?.ok_or(Error::NotFound)?;
    let into = find_by_name(db, into).await?;
    if into.id == id {
        return Err(Error::invalid("into", "This is the same company: choose another one"));
    }
    let orders = scope.orders().filter(order::Column::CompanyId.eq(id)).select_only().column(order::Column::Id);
    let ids: Vec<i64> = orders.order_by_asc(order::Column::Id).limit(MOST + 1).into_tuple().all(&db.read).await.map_err(unexpected)?;
    if ids.len() as u64 > MOST {
        return Err(Error::invalid("into", "This company has more than 100,000 orders, so it can't be merged"));
    }
    let txn = db.begin().await?;
    if !ids.is_empty() {
        let act = bulk_actions::store_selection(db, &txn, scope, ids, Some(vec![id])).await?;
        txn.commit().await.map_err(unexpected)?;
        set_action(db, scope, act, into.id).await?;
        return Ok(Some(act));
    }
    let detail = format!("{} merged into {}", row.name, into.name);
    let mut row = row.into_active_model();
    row.merged_into = Set(Some(into.id));
    row.updated_at = Set(db.now());
    row.update(&txn).await.map_err(unexpected)?;
    commit_company_change(db, scope, txn, &detail).await?;
    Ok(None)
}

/// Finds a company by its name, or by name and number.
async fn find_by_name(db: &Db, text: &str) -> Result<company::Model> {
    let (name, number) = parse_name_and_number(text);
    let Some(name) = name else { return Err(Error::invalid("into", "Choose the company to merge into")) };
    let found = company::Entity::find().filter(offered()).filter(company::Column::NameKey.eq(key(&name)));
    let found = found.order_by_asc(company::Column::Id).limit(20).all(&db.read).await.map_err(unexpected)?;
    let numbered = match number {
        Some(number) if found.is_empty() => {
            company::Entity::find_by_id(number).filter(offered()).one(&db.read).await.map_err(unexpected)?
        }
        _ => None,
    };
    match (numbered, found.len()) {
        (Some(row), _) if name.starts_with(&row.name) => Ok(row),
        (_, 1) => found.into_iter().next().ok_or(Error::NotFound),
        (_, 0) => Err(Error::invalid("into", format!("No company is called “{name}”: enter its full name"))),
        _ => {
            let several = with_distinct_names(found.into_iter().map(|row| (row.id, row.name)).collect());
            let several: Vec<String> = several.into_iter().map(|(_, name)| name).collect();
            Err(Error::invalid("into", format!("Several companies have this name. Enter one of these: {}", several.join(", "))))
        }
    }
}
