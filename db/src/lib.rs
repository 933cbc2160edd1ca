//! The operations of Curlew. Each takes the database, the user ([`Scope`]) and its input, and returns [`domain::Result`]. SeaORM does
//! not leave this crate; what differs between the databases is in [`dialect`], apart from a few statements that ask it which one it is.
//!
//! | module | contents |
//! |---|---|
//! | [`orders`] | list, show, create, edit, change_status |
//! | [`bulk_actions`] | one change to many orders |
//! | [`companies`] | companies, duplicates, merging |
//! | [`comments`] | add, set status |
//! | [`rollups`], [`dashboard`], [`reports`], [`commission`] | daily totals, and the figures made from them |
//! | [`activity`] | the activity log |
//! | [`campaigns`] | campaigns with their figures |
//! | [`choices`] | networks, sale types, loss reasons, deal sources |
//! | [`users`] | sign-in, invitations, the first admin, the frame of a page |
//! | [`offline`], [`sync`] | the copy of orders on a device, and its outbox |
//! | [`change_feed`], [`events`] | notifications of changes, across servers |
//! | [`sessions`], [`releases`], [`settings`] | sessions, files of releases, settings of the business |
//! | [`health`] | checks that writes are stored |
//! | [`demo`] | the demo company, which the tests use too |
//! | [`csv`] | export and import of orders |
//! | [`backup`] | backup and restore |
//! | [`import`] | import from the Django CRM |
//! | [`transaction`], `bulk_insert`, [`audit`] | write transactions, inserts of many rows, and the history that every change writes |
//! | [`scope`], [`calendar`], [`clock`], [`text`] | the user, the business's days, the time, and the normalised text of searches |
//! | `query_cache`, `reference_data` | caches of query results and of settings, valid for one state of the database |
//! | [`password`], `identity`, [`request_id`], `file` | password hashes, the UUID of a database, the id of a request, files that appear complete |
//! | `testing` | support of the tests |

pub mod activity;
pub mod audit;
pub mod backup;
pub mod bulk_actions;
pub mod bulk_insert;
pub mod calendar;
pub mod campaigns;
pub mod change_feed;
pub mod choices;
pub mod clock;
pub mod comments;
pub mod commission;
pub mod companies;
pub mod csv;
pub mod dashboard;
pub mod demo;
pub mod dialect;
mod entity;
mod error;
pub mod events;
mod file;
pub mod health;
mod identity;
pub mod import;
pub mod offline;
pub mod orders;
pub mod password;
mod query_cache;
mod reference_data;
pub mod releases;
pub mod reports;
pub mod request_id;
pub mod rollups;
pub mod scope;
pub mod sessions;
pub mod settings;
pub mod sync;
#[cfg(feature = "testing")]
pub mod testing;
pub mod text;
pub mod transaction;
pub mod users;

use std::path::PathBuf;

use sea_orm::DatabaseConnection;

pub use clock::Clock;
pub use dialect::{ConnectError, Options, connect, open};
pub use events::Publisher;
pub use scope::Scope;
pub use settings::Settings;

pub use transaction::retry_while_busy;
use transaction::{Transaction, Writer};

/// The database: a pool of readers and a writer (a single one on SQLite). Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    read: DatabaseConnection,
    write: Writer,
    /// The SQLite file; `None` on PostgreSQL.
    file: Option<PathBuf>,
    memory: reference_data::ReferenceDataCache,
    query_cache: query_cache::QueryCache,
    /// The time limit of SQLite's writer.
    limit: dialect::Limit,
    health: health::Health,
    /// The clock; tests set it.
    pub clock: Clock,
    /// The publisher of changes.
    pub events: Publisher,
}

impl Db {
    fn new(read: DatabaseConnection, write: DatabaseConnection, file: Option<PathBuf>, clock: Clock, limit: dialect::Limit) -> Self {
        Self {
            read,
            write: Writer::new(write),
            file,
            memory: Default::default(),
            query_cache: Default::default(),
            limit,
            clock,
            events: Publisher::default(),
            health: Default::default(),
        }
    }

    /// The same database with another clock.
    pub fn at(&self, clock: Clock) -> Self {
        Self { clock, ..self.clone() }
    }

    /// The current time, in microseconds since 1970.
    pub fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Starts a write transaction; on SQLite it holds the single writer from the start.
    pub(crate) async fn begin(&self) -> domain::Result<Transaction> {
        Transaction::begin(self.write.pool(), dialect::write_options()).await.map_err(error::unexpected)
    }

    /// Starts a read transaction that sees one snapshot.
    pub(crate) async fn begin_snapshot(&self) -> domain::Result<Transaction> {
        Transaction::begin(&self.read, dialect::snapshot_options(self)).await.map_err(error::unexpected)
    }

    /// Closes the database; on SQLite the write-ahead log is checkpointed into the file.
    pub async fn close(self) {
        dialect::checkpoint(&self).await;
        let Self { read, write, .. } = self;
        for pool in [read, write.pool().clone()] {
            if let Err(cause) = pool.close().await {
                tracing::debug!(%cause, "closing the database");
            }
        }
    }
}
