//! Indexes that tell whether an account has any history or comments.

use sea_orm_migration::prelude::*;

use crate::never_back;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for index in [
            "CREATE INDEX order_history_actor ON order_history (actor_id)",
            "CREATE INDEX comments_author ON comments (author_id)",
            "CREATE INDEX comments_status_by ON comments (status_by) WHERE status_by IS NOT NULL",
        ] {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        never_back()
    }
}
