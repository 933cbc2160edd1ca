//! The acts of Curlew: one verb, one file. Each takes the database, who asks ([`Scope`]) and what, and answers
//! [`domain::Result`]. SeaORM stops here, and only [`dialect`] asks which database it is.
//!
//! | where | what |
//! |---|---|
//! | [`orders`] | list, show, create, edit, change_status |
//! | [`many`] | one act on many orders |
//! | [`companies`] | duplicates, and companies that become one |
//! | [`comments`] | add, set status |
//! | [`figures`], [`dashboard`], [`reports`], [`commission`] | rollups, what they say, and what people earn by them |
//! | [`activity`] | who did what |
//! | [`campaigns`] | lists and pages with their figures |
//! | [`choices`] | what can be chosen on an order |
//! | [`users`] | sign-in, invitations, the first admin, the frame of a page |
//! | [`offline`], [`sync`] | what a device keeps, and what it did while nobody answered |
//! | [`change_feed`] | what changed, here and on other servers |
//! | [`sessions`], [`releases`], [`settings`] | what the server keeps for itself |
//! | [`health`] | whether a write commits |
//! | [`demo`] | the named world of demo, tests and browser tests |
//! | [`csv`] | orders out and in |
//! | [`backup`] | everything as one file, and back |
//! | [`import`] | the original's database |

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
mod reference_data;
pub mod releases;
mod remembered;
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

/// The database: many readers, and a writer that is alone on SQLite. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    read: DatabaseConnection,
    write: Writer,
    /// The file of SQLite; `None` on PostgreSQL.
    file: Option<PathBuf>,
    memory: reference_data::Memory,
    remembered: remembered::Remembered,
    /// Of the one writer of SQLite.
    limit: dialect::Limit,
    health: health::Health,
    /// What time it is; tests set it.
    pub clock: Clock,
    /// Who wants to know that something changed.
    pub events: Publisher,
}

impl Db {
    fn new(read: DatabaseConnection, write: DatabaseConnection, file: Option<PathBuf>, clock: Clock, limit: dialect::Limit) -> Self {
        Self {
            read,
            write: Writer::new(write),
            file,
            memory: Default::default(),
            remembered: Default::default(),
            limit,
            clock,
            events: Publisher::default(),
            health: Default::default(),
        }
    }

    /// The same database at another time.
    pub fn at(&self, clock: Clock) -> Self {
        Self { clock, ..self.clone() }
    }

    /// Now, in microseconds since 1970.
    pub fn now(&self) -> i64 {
        self.clock.now()
    }

    /// A transaction that may write; on SQLite it holds the one writer from its first moment.
    pub(crate) async fn begin(&self) -> domain::Result<Transaction> {
        Transaction::begin(self.write.pool(), dialect::write_options()).await.map_err(error::unexpected)
    }

    /// A transaction whose reads all see the same moment.
    pub(crate) async fn begin_snapshot(&self) -> domain::Result<Transaction> {
        Transaction::begin(&self.read, dialect::snapshot_options(self)).await.map_err(error::unexpected)
    }

    /// Lets go of the database: on SQLite the write-ahead log goes back into the file.
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
