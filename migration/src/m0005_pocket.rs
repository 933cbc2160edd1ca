//! The outbox of devices: the keys of entries that were carried out, with their results. A key commits with its effect.

use sea_orm_migration::prelude::*;

use crate::{dialect, never_back};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: [&str; 2] = [
    "CREATE TABLE sync_keys (key {uuid} PRIMARY KEY, user_id BIGINT NOT NULL REFERENCES users (id), digest TEXT NOT NULL, number TEXT NOT NULL, \
     version BIGINT NOT NULL, at BIGINT NOT NULL)",
    "CREATE INDEX sync_keys_at ON sync_keys (at)",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let (sqlite, _) = dialect(manager);
        let uuid = if sqlite { "BLOB NOT NULL" } else { "UUID" };
        for statement in TABLES {
            db.execute_unprepared(&statement.replace("{uuid}", uuid)).await?;
        }
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        never_back()
    }
}
