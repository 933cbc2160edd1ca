//! The table that the health check of each server writes to.

use sea_orm_migration::prelude::*;

use crate::{dialect, never_back};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (sqlite, _) = dialect(manager);
        let uuid = if sqlite { "BLOB" } else { "UUID" };
        let table = format!("CREATE TABLE health_checks (server {uuid} PRIMARY KEY NOT NULL, token {uuid} NOT NULL, at BIGINT NOT NULL)");
        manager.get_connection().execute_unprepared(&table).await?;
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        never_back()
    }
}
