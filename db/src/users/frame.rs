//! What surrounds every page: who, and the counts of the rail.

use domain::{Result, role::Act, users::Frame};

use crate::{Db, Scope, orders};

/// The frame of this person's pages.
pub async fn frame(db: &Db, scope: &Scope) -> Result<Frame> {
    let me = &scope.me;
    let counts = orders::counts(db, scope).await?;
    Ok(Frame {
        name: me.name.clone(),
        username: me.username.clone(),
        role: me.role,
        may_create: scope.actor().may(Act::Create),
        counts: counts.0.into_iter().map(|(view, count)| (view.path().to_owned(), count.to_string())).collect(),
    })
}
