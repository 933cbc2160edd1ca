//! More data of outbox entries: the comment that an entry created, because later entries refer to it by the
//! entry; and when it was done, to keep the order of entries.

use sea_orm_migration::prelude::*;

use crate::never_back;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["comment_id", "done_at"] {
            manager.get_connection().execute_unprepared(&format!("ALTER TABLE sync_keys ADD COLUMN {column} BIGINT")).await?;
        }
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        never_back()
    }
}
