//! Test support: a fresh copy of the demo company per test, on the database that `CURLEW_TEST_POSTGRES` selects, with a fixed clock.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use domain::role::Role;
use sea_orm::{ColumnTrait, ConnectionTrait, Database, DbErr, EntityTrait, ExecResult, QueryFilter, QuerySelect, Statement};
use tokio::sync::OnceCell;

use crate::{
    Clock, Db, Options, Scope, demo,
    entity::user,
    error::{Unique, is_duplicate},
    events::ChangeEvent,
    scope::Person,
    settings,
    transaction::Transaction,
};

/// Sunday, 22 November 2026, 14:05 in London.
pub const NOW: i64 = 1_795_356_300_000_000;

/// A database of one test; it is deleted when the test ends.
pub struct TestWorld {
    pub db: Db,
    /// The URL of its database.
    pub url: String,
    _folder: Option<Folder>,
}

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn postgres() -> Option<String> {
    std::env::var("CURLEW_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

/// Whether the tests run on PostgreSQL.
pub fn on_postgres() -> bool {
    postgres().is_some()
}

fn name() -> String {
    static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    format!("curlew_test_{}_{}", std::process::id(), COUNT.fetch_add(1, std::sync::atomic::Ordering::SeqCst))
}

fn options(url: String) -> Options {
    Options { readers: 4, clock: Clock::fixed(NOW), ..Options::patient(url) }
}

/// The URL of an empty database: a file that does not exist, or an empty PostgreSQL database.
pub async fn nowhere(folder: &std::path::Path) -> String {
    match postgres() {
        Some(server) => {
            let name = name();
            let admin = Database::connect(format!("{server}/postgres")).await.expect("the PostgreSQL of the tests answers");
            admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a database can be made");
            format!("{server}/{name}")
        }
        None => format!("sqlite://{}", folder.join("curlew.db").display()),
    }
}

/// A raw connection to a database.
pub async fn look(url: &str) -> sea_orm::DatabaseConnection {
    Database::connect(url).await.expect("it connects")
}

/// Runs one long statement that counts to a number: as a reader, or in a write transaction, with or without the time limit.
///
/// Errors: database errors.
pub async fn count_to(db: &Db, number: u64, writing: Option<Patience>) -> domain::Result<()> {
    let sql = format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {number}) SELECT count(*) FROM n");
    let statement = Statement::from_string(crate::dialect::backend(db), sql);
    let Some(patience) = writing else {
        return db.read.query_one_raw(statement).await.map(|_| ()).map_err(crate::error::unexpected);
    };
    let txn = db.begin().await?;
    if patience == Patience::More {
        crate::dialect::lift_statement_limit(db, &txn).await?;
    }
    txn.query_one_raw(statement).await.map_err(crate::error::unexpected)?;
    txn.commit().await.map_err(crate::error::unexpected)
}

/// The unique constraint that a statement violated.
pub async fn written_twice(db: &Db, sql: &str) -> Vec<String> {
    let Err(cause) = db.write.execute_unprepared(sql).await else { return Vec::new() };
    let broken = Unique::ALL.into_iter().filter(|it| is_duplicate(&cause, *it));
    broken.map(|it| format!("{it:?}")).collect()
}

/// The statement time limit of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    Usual,
    More,
}

/// An empty SQLite database with the schema, on any test run: for tests across databases.
pub async fn empty_sqlite() -> TestWorld {
    let folder = std::env::temp_dir().join(name());
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let url = format!("sqlite://{}", folder.join("test.db").display());
    let db = crate::connect(&options(url.clone())).await.expect("it connects");
    TestWorld { db, url, _folder: Some(Folder(folder)) }
}

/// An empty database with the schema.
pub async fn empty() -> TestWorld {
    match postgres() {
        Some(server) => {
            let name = name();
            let admin = Database::connect(format!("{server}/postgres")).await.expect("the PostgreSQL of the tests answers");
            admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a database can be made");
            let url = format!("{server}/{name}");
            let db = crate::connect(&options(url.clone())).await.expect("it connects");
            TestWorld { db, url, _folder: None }
        }
        None => empty_sqlite().await,
    }
}

/// The large demo database at `CURLEW_LARGE`, for tests that read query plans.
pub async fn large() -> TestWorld {
    let url = std::env::var("CURLEW_LARGE").expect("CURLEW_LARGE names a large demo company: `bin/bench plans` makes one");
    TestWorld { db: crate::open(&options(url.clone())).await.expect("it opens"), url, _folder: None }
}

/// The demo company: created once, copied for each test.
pub async fn world() -> TestWorld {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    let template = TEMPLATE
        .get_or_init(|| async {
            let name = format!("{}_template", name());
            let url = match postgres() {
                Some(server) => {
                    let admin = Database::connect(format!("{server}/postgres")).await.expect("the PostgreSQL of the tests answers");
                    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a database can be made");
                    format!("{server}/{name}")
                }
                None => format!("sqlite://{}", std::env::temp_dir().join(&name).join("test.db").display()),
            };
            let db = crate::connect(&options(url)).await.expect("it connects");
            settings::seed(&db, chrono_tz::Europe::London, "GBP").await.expect("seeded");
            demo::fill(&db, demo::Plan::TESTS, |_| ()).await.expect("the demo company fits");
            db.close().await;
            name
        })
        .await;
    static COPYING: OnceLock<tokio::sync::Mutex<()>> = OnceLock::new();
    match postgres() {
        Some(server) => {
            let name = name();
            // PostgreSQL allows one copy of a template at a time.
            let _alone = COPYING.get_or_init(Default::default).lock().await;
            let admin = Database::connect(format!("{server}/postgres")).await.expect("the PostgreSQL of the tests answers");
            admin.execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await.expect("the template can be copied");
            let url = format!("{server}/{name}");
            TestWorld { db: crate::open(&options(url.clone())).await.expect("it connects"), url, _folder: None }
        }
        None => {
            let folder = std::env::temp_dir().join(name());
            std::fs::create_dir_all(&folder).expect("a temporary folder");
            std::fs::copy(std::env::temp_dir().join(template).join("test.db"), folder.join("test.db")).expect("the template can be copied");
            let url = format!("sqlite://{}", folder.join("test.db").display());
            TestWorld { db: crate::open(&options(url.clone())).await.expect("it connects"), url, _folder: Some(Folder(folder)) }
        }
    }
}

/// Runs a statement outside of a transaction that returns one number with `RETURNING`.
pub async fn alone_returning(db: &Db, sql: &str) -> Result<Option<i64>, DbErr> {
    let row = db.write.query_one_raw(Statement::from_string(crate::dialect::backend(db), sql)).await?;
    row.map(|row| row.try_get_by_index(0)).transpose()
}

/// Runs a statement in a transaction that is then dropped.
pub async fn in_transaction(db: &Db, sql: &str) -> Result<(), DbErr> {
    let txn = db.begin().await.expect("it begins");
    txn.execute_unprepared(sql).await?;
    txn.commit().await
}

/// The recorded statements, as text without values, in order.
#[derive(Clone, Debug, Default)]
pub struct Statements(Arc<Mutex<Vec<String>>>);

impl Statements {
    /// The number so far.
    pub fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The statements since the last call.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A transaction with an uncommitted change log entry.
pub async fn half_written(db: &Db, order: i64) -> Transaction {
    let txn = db.begin().await.expect("it begins");
    let sql = format!("INSERT INTO change_log (topic, subject_id, at) VALUES ('order', {order}, 1)");
    txn.execute_unprepared(&sql).await.expect("it is written");
    txn
}

impl TestWorld {
    /// The same database over new connections, as after a restart.
    pub async fn restarted(&self) -> Self {
        Self { db: self.another().await, url: self.url.clone(), _folder: None }
    }

    /// The same database as after an upgrade.
    pub async fn upgraded(&self) -> Self {
        let db = crate::connect(&options(self.url.clone())).await.expect("it connects");
        Self { db, url: self.url.clone(), _folder: None }
    }

    /// The same database as seen by another server or command.
    pub async fn another(&self) -> Db {
        crate::open(&options(self.url.clone())).await.expect("it connects")
    }

    /// The same database with a statement time limit.
    pub async fn hurried(&self, longest: Duration) -> Db {
        crate::open(&Options { statement: Some(longest), ..options(self.url.clone()) }).await.expect("it connects")
    }

    /// Publishes more events than a slow subscriber can queue.
    pub fn flood(&self, messages: usize) {
        for nth in 0..messages {
            self.db.events.dispatch(ChangeEvent::Presence { server: "another".into(), message: format!("here {nth} 1") });
        }
    }

    /// Starts to record the statements of this database.
    pub fn record_statements(&mut self) -> Statements {
        let statements = Statements::default();
        for pool in [&mut self.db.read, self.db.write.pool_mut()] {
            let statements = statements.clone();
            pool.set_metric_callback(move |asked| {
                statements.0.lock().unwrap_or_else(PoisonError::into_inner).push(asked.statement.sql.clone());
            });
        }
        statements
    }

    /// Follows the change feed, as a server does.
    pub async fn follow(&self, db: &Db) -> tokio::sync::broadcast::Receiver<ChangeEvent> {
        let mut heard = db.events.subscribe();
        tokio::spawn(crate::change_feed::follow(db.clone(), self.url.clone()));
        // The first event says that anything may have changed, and another one follows once it listens to other servers.
        for _ in 0..3 {
            let _ = tokio::time::timeout(std::time::Duration::from_millis(700), heard.recv()).await;
        }
        db.events.subscribe()
    }

    /// The scope of a user, by username.
    pub async fn scope(&self, username: &str) -> Scope {
        let found = user::Entity::find().filter(user::Column::UsernameKey.eq(username)).select_only().columns(Person::COLUMNS);
        let person = found.into_model::<Person>().one(&self.db.read).await.expect("it answers").expect("somebody of the demo company");
        Scope::of_person(person, settings::read(&self.db).await.expect("it answers"))
    }

    /// The scope of a user with another role.
    pub async fn scope_as(&self, username: &str, role: Role) -> Scope {
        let mut scope = self.scope(username).await;
        scope.user.role = role;
        scope.user.authority.role = role;
        scope
    }

    /// Runs SQL directly.
    pub async fn sql(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.db.write.execute_unprepared(sql).await
    }

    /// The rows of a statement with one text column.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let rows = self.db.read.query_all_raw(Statement::from_string(crate::dialect::backend(&self.db), sql)).await.expect("it answers");
        rows.iter().map(|row| row.try_get_by_index(0).expect("a text")).collect()
    }

    /// Whether this database is SQLite.
    pub fn is_sqlite(&self) -> bool {
        crate::dialect::is_sqlite(&self.db)
    }

    /// Warms the reference data cache.
    pub async fn warm(&self) {
        self.db.reload_reference_data().await.expect("it answers");
    }

    /// How often SQLite had to prepare a cached statement of the reading connections again.
    pub async fn prepared_again(&self) -> i32 {
        let (pool, mut all, mut sum) = (self.db.read.get_sqlite_connection_pool(), Vec::new(), 0);
        for _ in 0..pool.size() {
            let mut connection = pool.acquire().await.expect("one that is open");
            sum += crate::dialect::prepared_again(&mut connection).await.expect("it is open");
            all.push(connection);
        }
        sum
    }

    /// Reads one number.
    pub async fn number(&self, sql: &str) -> i64 {
        let row = self.db.read.query_one_raw(Statement::from_string(crate::dialect::backend(&self.db), sql)).await.expect("it answers");
        row.expect("a row").try_get_by_index(0).expect("a whole number")
    }

    /// Reads one text.
    pub async fn text(&self, sql: &str) -> Option<String> {
        let row = self.db.read.query_one_raw(Statement::from_string(crate::dialect::backend(&self.db), sql)).await.expect("it answers");
        row.and_then(|row| row.try_get_by_index(0).ok())
    }
}
