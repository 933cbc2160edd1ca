//! Sets the status of a comment.

use domain::{Error, Result, comments::CommentStatus, id::CommentId, role::Permission};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::{
    Db, Scope,
    audit::{self, ActivityKind},
    entity::comment,
    error::unexpected,
    events::Topic,
    orders::find,
    sync,
};

/// Sets the status of a comment **of this order**.
///
/// Errors: [`Error::NotFound`] when the user can't see the order or the comment belongs to another order; [`Error::Forbidden`].
pub async fn set_status(db: &Db, scope: &Scope, number: &str, id: CommentId, to: CommentStatus) -> Result<()> {
    let order = find(db, scope, number).await?;
    scope.require(Permission::Comment)?;
    let now = db.now();
    let user = Some(scope.user.id.0);
    let txn = db.begin().await?;
    let found = comment::Entity::find_by_id(id.0).filter(comment::Column::OrderId.eq(order.id)).one(&txn).await.map_err(unexpected)?;
    let row = found.ok_or(Error::NotFound)?;
    if row.status == to.label() {
        return Ok(());
    }
    let mut row = row.into_active_model();
    row.status = Set(to.label().into());
    row.status_by = Set(user);
    row.status_at = Set(Some(now));
    row.update(&txn).await.map_err(unexpected)?;
    audit::log_activity(&txn, user, ActivityKind::SetCommentStatus, Some(order.id), now, to.label()).await?;
    audit::log_order_change(&txn, order.id, now).await?;
    sync::keep(&txn, scope, &order, None, now).await?;
    txn.commit().await.map_err(unexpected)?;
    db.events.publish(Topic::Orders);
    Ok(())
}
