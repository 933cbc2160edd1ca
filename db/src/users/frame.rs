//! What surrounds every page: who, and the counts of the rail.

use domain::{Result, role::Act, users::Frame};

use crate::{Db, Scope, orders};

/// The frame of this person's pages.
pub async fn frame(db: &Db, scope: &Scope) -> Result<Frame> {
    let me = &scope.me;
    Ok(Frame {
        name: me.name.clone(),
        username: me.username.clone(),
        role: me.role,
        may_create: scope.actor().may(Act::Create),
        counts: orders::counts(db, scope).await?,
    })
}
