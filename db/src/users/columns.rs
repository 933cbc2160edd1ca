//! The columns of lists, as each person chooses them.

use domain::{Result, orders::list::Column};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use crate::{Db, Scope, entity::user, error::unexpected};

/// Asked for beside any others, it brings the usual columns back.
const USUAL: &str = "usual";

/// Remembers which columns this person sees, by their codes; none, or `usual` among them, is the usual ones.
pub async fn choose_columns(db: &Db, scope: &Scope, codes: &[&str]) -> Result<()> {
    let chosen = if codes.contains(&USUAL) { Column::DEFAULT.to_vec() } else { Column::read(&codes.join(",")) };
    let kept = (chosen != Column::DEFAULT).then(|| chosen.iter().map(|column| column.code()).collect::<Vec<_>>().join(","));
    let update = user::Entity::update_many().col_expr(user::Column::ListColumns, Expr::value(kept));
    update.filter(user::Column::Id.eq(scope.user.id.0)).exec(&db.write).await.map_err(unexpected)?;
    Ok(())
}
