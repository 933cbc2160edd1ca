//! Selects the orders of a bulk action.

use domain::{
    Error, Result,
    orders::{
        bulk::{MOST, Stage},
        list::View,
    },
    page::COUNT_TO,
    role,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect};

use super::WAITS;
use crate::{
    Db, Scope, bulk_insert as rows,
    entity::{bulk_action, bulk_action_item, order},
    error::unexpected,
    orders::{at_address, list, search},
    text,
};

/// Creates a bulk action for orders given by number, or for all orders of a list given by its URL; returns its id.
///
/// Errors: [`Error::Forbidden`] for users who may not edit; [`Error::Invalid`] beside `pick` for no orders, or too many.
pub async fn choose(db: &Db, scope: &Scope, numbers: &[&str], all_of: Option<&str>) -> Result<i64> {
    scope.require(role::Permission::EditOwn)?;
    let ids = match all_of {
        Some(address) => of_list(db, scope, address).await?,
        None => {
            let numbers = numbers.iter().filter(|it| !it.contains('\0')).take(1_000).copied();
            let found = scope.orders().select_only().column(order::Column::Id).filter(order::Column::Number.is_in(numbers));
            found.into_tuple::<i64>().all(&db.read).await.map_err(unexpected)?
        }
    };
    if ids.is_empty() {
        return Err(Error::invalid("pick", "Select at least one order"));
    }
    let txn = db.begin().await?;
    let id = store_selection(db, &txn, scope, ids, None).await?;
    txn.commit().await.map_err(unexpected)?;
    Ok(id)
}

/// All orders of a list, across its pages.
async fn of_list(db: &Db, scope: &Scope, address: &str) -> Result<Vec<i64>> {
    let (mut query, mut ignored) = at_address(scope, address);
    let is_list = View::from_path(address.split('?').next().unwrap_or_default()).is_some();
    if query.view == View::Trash {
        return Err(Error::invalid("pick", "Orders in the trash can only be restored one at a time"));
    }
    list::drop_unknown_ids(db, &mut query, &mut ignored).await?;
    // An invalid filter must not widen the selection.
    if !is_list || !ignored.is_empty() {
        return Err(Error::invalid("pick", "This list can't be read: open it again"));
    }
    let filter = list::filtered(scope, &query, db.now());
    let terms = text::terms(&query.text);
    if query.view == View::Search && terms.is_empty() {
        return Ok(Vec::new());
    }
    let many = |most: &str| Error::invalid("pick", format!("More than {most} orders match: add a filter first"));
    if !terms.is_empty() {
        let found = search::read_page(db, scope, &query, &filter, &terms, 0, COUNT_TO).await?;
        return if found.count > COUNT_TO { Err(many("10,000")) } else { Ok(found.ids) };
    }
    let ids = list::ids(db, list::ordered(query.sorted(), 0, MOST + 1).cond_where(filter)).await?;
    if ids.len() as u64 > MOST { Err(many("100,000")) } else { Ok(ids) }
}

/// Stores the selection. `merges` are the companies that the action merges.
pub(crate) async fn store_selection(
    db: &Db,
    txn: &impl ConnectionTrait,
    scope: &Scope,
    ids: Vec<i64>,
    merges: Option<Vec<i64>>,
) -> Result<i64> {
    let row = bulk_action::ActiveModel {
        actor_id: Set(scope.user.id.0),
        state: Set(Stage::Chosen.code().into()),
        act: Set(None),
        merges: Set(merges.map(|ids| ids.iter().map(i64::to_string).collect::<Vec<_>>().join(","))),
        total: Set(i64::try_from(ids.len()).unwrap_or_default()),
        created_at: Set(db.now()),
        ..Default::default()
    };
    let id = row.insert(txn).await.map_err(unexpected)?.id;
    let items = ids.into_iter().map(|order| bulk_action_item::ActiveModel {
        bulk_action_id: Set(id),
        order_id: Set(order),
        outcome: Set(WAITS.into()),
        why: Set(None),
        version: Set(None),
    });
    rows::insert(txn, items.collect()).await?;
    Ok(id)
}
