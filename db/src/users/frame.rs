//! What surrounds every page: who, the counts of the rail, the currency.

use domain::{Result, users::Frame};

use crate::{Db, Scope, orders};

/// The frame of this person's pages.
pub async fn frame(db: &Db, scope: &Scope) -> Result<Frame> {
    Ok(Frame { me: scope.me.clone(), counts: orders::counts(db, scope).await?, currency: scope.settings.currency.clone() })
}
