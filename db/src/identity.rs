//! The identity of a database: a UUID that changes with a restore. The sync tokens of devices are valid for one identity.

use domain::Result;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, sea_query::OnConflict};
use uuid::Uuid;

use crate::{Db, entity::setting, error::unexpected, settings};

const NAME: &str = "database_id";

/// Creates the identity if there is none.
pub(crate) async fn ensure(db: &Db) -> Result<()> {
    if setting::Entity::find_by_id(NAME).one(&db.read).await.map_err(unexpected)?.is_some() {
        return Ok(());
    }
    let row = setting::ActiveModel { name: Set(NAME.into()), value: Set(Uuid::new_v4().to_string()) };
    setting::Entity::insert(row)
        .on_conflict(OnConflict::column(setting::Column::Name).do_nothing().to_owned())
        .exec_without_returning(&db.write)
        .await
        .map_err(unexpected)?;
    Ok(())
}

/// Replaces the identity, so that tokens from before are not valid.
pub(crate) async fn renew(txn: &impl ConnectionTrait) -> Result<()> {
    settings::write_in(txn, NAME, &Uuid::new_v4().to_string()).await
}
