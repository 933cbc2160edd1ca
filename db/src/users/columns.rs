//! The list columns that each user chooses.

use domain::{Result, orders::list::Column};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use crate::{Db, Scope, entity::user, error::unexpected};

/// The code that restores the default columns.
const USUAL: &str = "usual";

/// Saves the columns of this user, by their codes; none, or `usual` among them, restores the default.
pub async fn choose_columns(db: &Db, scope: &Scope, codes: &[&str]) -> Result<()> {
    let chosen = if codes.contains(&USUAL) { Column::DEFAULT.to_vec() } else { Column::read(&codes.join(",")) };
    let kept = (chosen != Column::DEFAULT).then(|| chosen.iter().map(|column| column.code()).collect::<Vec<_>>().join(","));
    let update = user::Entity::update_many().col_expr(user::Column::ListColumns, Expr::value(kept));
    update.filter(user::Column::Id.eq(scope.user.id.0)).exec(&db.write).await.map_err(unexpected)?;
    Ok(())
}
