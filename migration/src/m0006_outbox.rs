//! What else is known of an entry of an outbox: the comment that it wrote, since what is done about that before it has an id names the
//! entry; and when it was done, since what was done after it stays after it.

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
