//! The ground of Curlew: the schema, one file a change, the same on SQLite and PostgreSQL.

mod m0001_ground;
mod m0002_find;
mod m0003_many;

pub use m0002_find::{POSTGRES_SEARCH, SQLITE_SEARCH_TRIGGERS};

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

/// Name and definition of every index that serves lists, as the latest step leaves them: a bulk load builds them last.
pub fn list_indexes() -> impl Iterator<Item = (&'static str, &'static str)> {
    let found = m0002_find::LIST_INDEXES.iter().filter(|(name, _)| !m0003_many::REPLACED.contains(name));
    found.chain(m0003_many::LIST_INDEXES).copied()
}

/// All changes of the schema, the oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m0001_ground::Migration), Box::new(m0002_find::Migration), Box::new(m0003_many::Migration)]
    }
}
