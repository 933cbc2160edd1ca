//! Orders become those of one company, and their companies become it. Nothing of an order changes but its company.

use domain::{
    Error, Result,
    orders::{
        Field, OrderDraft,
        many::{Kind, MOST},
        same::Same,
    },
    role::Act,
    text,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};

use super::duplicates::of_key;
use crate::{
    Db, Scope,
    entity::{company, order},
    error::unexpected,
    many,
    orders::{find, same_customer},
    scope::published,
    text::key,
};

/// The most companies that become one at once.
const MOST_COMPANIES: usize = 1_000;

/// Which orders.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// Those of a key.
    Of(Same, &'a str),
    /// An order, by its number, and those that look like the same customer.
    Like(&'a str),
}

/// A company that an act would make which has not begun: it points to itself.
pub(crate) fn not_yet() -> Expr {
    Expr::col(company::Column::MergedInto).eq(Expr::col(company::Column::Id))
}

/// Gets them ready to become orders of the company `name`, as an act on many that is looked over before it is done; answers its id.
/// Orders of the companies that they are of now come along, so that these become that company whole.
///
/// Errors: [`Error::Forbidden`] for who is no manager; [`Error::Invalid`] beside `name`; [`Error::NotFound`].
pub async fn merge(db: &Db, scope: &Scope, which: Which<'_>, name: &str) -> Result<i64> {
    scope.must(Act::EditAny)?;
    let name = text::line(name, 255).map_err(|message| Error::invalid("name", message))?;
    let name = name.ok_or_else(|| Error::invalid("name", "Give the company a name."))?;
    let group = match which {
        Which::Of(by, key) => of_key(by, key),
        Which::Like(number) => {
            let row = find(db, scope, number).await?;
            same_customer(&row).add(Condition::all().add(order::Column::TrashedAt.is_null()).add(order::Column::Id.eq(row.id)))
        }
    };
    let companies = scope.orders().filter(group.clone()).filter(order::Column::CompanyId.is_not_null());
    let companies = companies.select_only().column(order::Column::CompanyId).distinct().order_by_asc(order::Column::CompanyId);
    let companies: Vec<i64> = companies.limit(MOST_COMPANIES as u64 + 1).into_tuple().all(&db.read).await.map_err(unexpected)?;
    if companies.len() > MOST_COMPANIES {
        return Err(Error::invalid("name", "These are of more than a thousand companies: this is no one customer."));
    }
    // Each side names the trash, as the indexes do: SQLite judges each side of an OR alone.
    let theirs = Condition::all().add(order::Column::TrashedAt.is_null()).add(order::Column::CompanyId.is_in(companies.iter().copied()));
    let whole = Condition::any().add(group).add(theirs);
    let orders = scope.orders().filter(whole).select_only().column(order::Column::Id).order_by_asc(order::Column::Id);
    let ids: Vec<i64> = orders.limit(MOST + 1).into_tuple().all(&db.read).await.map_err(unexpected)?;
    if ids.is_empty() {
        return Err(Error::NotFound);
    }
    if ids.len() as u64 > MOST {
        return Err(Error::invalid("name", "More than 100,000 orders: this is no one customer."));
    }
    let txn = db.begin().await?;
    let known = company::Entity::find()
        .filter(company::Column::NameKey.eq(key(&name)))
        .filter(Condition::any().add(company::Column::MergedInto.is_null()).add(not_yet()))
        .filter(published(company::Column::Batch))
        .order_by_asc(company::Column::Id);
    let into = match known.one(&txn).await.map_err(unexpected)? {
        Some(row) => row.id,
        None => {
            let now = db.now();
            let row = company::ActiveModel {
                name_key: Set(key(&name)),
                name: Set(name),
                created_at: Set(now),
                updated_at: Set(now),
                batch: Set(0),
                ..Default::default()
            };
            let id = row.insert(&txn).await.map_err(unexpected)?.id;
            // Until the act begins it is no company yet.
            let hidden = company::Entity::update_many().col_expr(company::Column::MergedInto, Expr::value(id));
            hidden.filter(company::Column::Id.eq(id)).exec(&txn).await.map_err(unexpected)?;
            id
        }
    };
    let merges = companies.into_iter().filter(|id| *id != into).collect();
    let id = many::keep(db, &txn, scope, ids, Some(merges)).await?;
    txn.commit().await.map_err(unexpected)?;
    let mut draft = OrderDraft::default();
    draft.set(Field::Company, into.to_string());
    many::say(db, scope, id, Kind::Company, &draft).await?;
    Ok(id)
}
