//! The profile page.

use domain::{Result, users::Profile};

use crate::{
    Db, Scope,
    sessions::{self, Current},
};

/// The user, their role, and their devices.
pub async fn profile(db: &Db, scope: &Scope, current: &Current) -> Result<Profile> {
    let user = &scope.user;
    Ok(Profile {
        name: user.name.clone(),
        username: user.username.clone(),
        role: user.role,
        devices: sessions::devices(db, scope, current).await?,
    })
}
