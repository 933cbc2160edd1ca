//! The ground of Curlew: the schema, one file a change, the same on SQLite and PostgreSQL.

mod m0001_ground;
mod m0002_find;

pub use m0002_find::{LIST_INDEXES, POSTGRES_SEARCH, SQLITE_SEARCH_TRIGGERS};

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

/// All changes of the schema, the oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m0001_ground::Migration), Box::new(m0002_find::Migration)]
    }
}
