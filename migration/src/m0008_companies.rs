//! A company without orders can be deleted and restored: histories keep its name.

use sea_orm_migration::prelude::*;

use crate::never_back;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("ALTER TABLE companies ADD COLUMN deleted_at BIGINT").await?;
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        never_back()
    }
}
