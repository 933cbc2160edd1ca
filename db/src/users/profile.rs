//! A person's own page.

use domain::{Result, users::Profile};

use crate::{
    Db, Scope,
    sessions::{self, Current},
};

/// Who asks, as what, and where they are signed in.
pub async fn profile(db: &Db, scope: &Scope, current: &Current) -> Result<Profile> {
    let user = &scope.user;
    Ok(Profile {
        name: user.name.clone(),
        username: user.username.clone(),
        role: user.role,
        devices: sessions::devices(db, scope, current).await?,
    })
}
