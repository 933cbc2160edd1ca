//! Adds a comment to an order.

use domain::{
    Result,
    comments::{self, CommentStatus},
    id::CommentId,
    role::Permission,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use crate::{
    Db, Scope,
    audit::{self, ActivityKind},
    entity::comment,
    error::unexpected,
    events::Topic,
    orders::find,
    sync,
};

/// Adds a comment to an order that the user can see.
///
/// Errors: [`domain::Error::NotFound`]; [`domain::Error::Forbidden`] for users who may not comment; [`domain::Error::Invalid`] beside `body`.
pub async fn add(db: &Db, scope: &Scope, number: &str, body: &str) -> Result<CommentId> {
    let order = find(db, scope, number).await?;
    scope.require(Permission::Comment)?;
    let body = comments::body(body)?;
    let now = db.now();
    let user = Some(scope.user.id.0);
    let txn = db.begin().await?;
    let row = comment::ActiveModel {
        order_id: Set(order.id),
        author_id: Set(user),
        body: Set(body),
        created_at: Set(scope.when(now)),
        status: Set(CommentStatus::Open.label().into()),
        ..Default::default()
    };
    let row = row.insert(&txn).await.map_err(unexpected)?;
    audit::log_activity(&txn, user, ActivityKind::Commented, Some(order.id), now, &order.number).await?;
    audit::log_order_change(&txn, order.id, now).await?;
    sync::keep(&txn, scope, &order, Some(row.id), now).await?;
    txn.commit().await.map_err(unexpected)?;
    db.events.publish(Topic::Orders);
    Ok(CommentId(row.id))
}
