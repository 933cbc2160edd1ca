//! Which comment an entry of an outbox wrote: what is done about it before it has an id names the entry.

use sea_orm_migration::prelude::*;

use crate::never_back;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("ALTER TABLE sync_keys ADD COLUMN comment_id BIGINT").await?;
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        never_back()
    }
}
