//! The one file that knows which database it is: connecting, locking, numbers, plans.

use std::{
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use domain::Result;
use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, SqliteTransactionMode, Statement, TransactionOptions,
};

use crate::{Announcer, Clock, Db, error::unexpected, journal::Subject};

/// The oldest SQLite that does not lose commits in WAL mode with two connections.
const SQLITE_AT_LEAST: (u32, u32, u32) = (3, 51, 3);

/// How to connect.
#[derive(Clone, Debug)]
pub struct Options {
    /// `sqlite://path` or `postgres://…`.
    pub url: String,
    /// Connections that read (on PostgreSQL all of them).
    pub readers: u32,
    /// The longest statement; `None` for migrations, imports and the demo.
    pub statement: Option<Duration>,
    /// What time it is.
    pub clock: Clock,
}

impl Options {
    /// For a server: 10 s a statement.
    pub fn serve(url: impl Into<String>) -> Self {
        Self { url: url.into(), readers: 8, statement: Some(Duration::from_secs(10)), clock: Clock::System }
    }

    /// For a command that may take its time.
    pub fn patient(url: impl Into<String>) -> Self {
        Self { statement: None, ..Self::serve(url) }
    }
}

/// Why there is no database, in one sentence.
#[derive(Debug)]
pub struct ConnectError(pub String);

impl std::fmt::Display for ConnectError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConnectError {}

/// The file of a `sqlite://` address; `None` for PostgreSQL.
pub fn sqlite_path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite://")?;
    Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
}

/// Whether an address names a database that Curlew knows.
pub fn check_url(url: &str) -> std::result::Result<(), String> {
    if url.starts_with("sqlite://") && url.len() > "sqlite://".len() || url.starts_with("postgres://") || url.starts_with("postgresql://") {
        Ok(())
    } else {
        Err("DATABASE_URL must be sqlite://path or postgres://…".into())
    }
}

/// Connects and brings the schema up to date.
///
/// Errors, each one sentence: an address of neither kind, a file that is no database, a SQLite that can lose commits, a schema from
/// a newer Curlew, a server that does not answer.
pub async fn connect(options: &Options) -> std::result::Result<Db, ConnectError> {
    // A change of the schema, and waiting for another server that makes it, may take longer than any statement of a request.
    let patient = open(&Options { statement: None, readers: 1, ..options.clone() }).await?;
    migrate(&patient).await?;
    crate::orders::respell(&patient).await.map_err(|cause| ConnectError(cause.sentence()))?;
    crate::choices::ensure(&patient).await.map_err(|cause| ConnectError(cause.sentence()))?;
    crate::figures::ensure(&patient).await.map_err(|cause| ConnectError(cause.sentence()))?;
    if options.statement.is_none() && options.readers == 1 {
        return Ok(patient);
    }
    patient.close().await;
    open(options).await
}

/// Connects without touching the schema.
pub async fn open(options: &Options) -> std::result::Result<Db, ConnectError> {
    check_url(&options.url).map_err(ConnectError)?;
    let said = |cause: DbErr| ConnectError(describe(&options.url, &cause));
    let (read, write) = match sqlite_path(&options.url) {
        Some(path) => {
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                std::fs::create_dir_all(folder)
                    .map_err(|cause| ConnectError(format!("The folder {} for the database cannot be made: {cause}.", folder.display())))?;
            }
            let url = format!("sqlite://{}?mode=rwc", path.display());
            let write = sqlite(&url, 1, false).await.map_err(said)?;
            sqlite_version(&write).await?;
            (sqlite(&url, options.readers, true).await.map_err(said)?, write)
        }
        None => {
            let pool = postgres(options).await.map_err(said)?;
            (pool.clone(), pool)
        }
    };
    Ok(Db {
        read,
        write,
        file: sqlite_path(&options.url),
        memory: Default::default(),
        clock: options.clock.clone(),
        announcer: Announcer::default(),
    })
}

async fn sqlite(url: &str, connections: u32, read_only: bool) -> std::result::Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(if read_only { 2 } else { 10 }))
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |it| {
            it.foreign_keys(true)
                .busy_timeout(Duration::from_secs(10))
                .statement_cache_capacity(256)
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
                .pragma("cache_size", "-65536")
                .pragma("temp_store", "MEMORY")
                .pragma("mmap_size", "268435456")
                .pragma("query_only", if read_only { "ON" } else { "OFF" })
        });
    Database::connect(options).await
}

async fn postgres(options: &Options) -> std::result::Result<DatabaseConnection, DbErr> {
    let mut it = ConnectOptions::new(&options.url);
    it.max_connections(options.readers + 8)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(2))
        .connect_timeout(Duration::from_secs(5))
        .sqlx_logging(false)
        // Compiling a plan takes longer than any statement here runs.
        .map_sqlx_postgres_opts(|it| it.options([("jit", "off")]));
    if let Some(longest) = options.statement {
        it.statement_timeout(longest);
    }
    Database::connect(it).await
}

fn describe(url: &str, cause: &DbErr) -> String {
    let text = cause.to_string();
    match sqlite_path(url) {
        Some(path) if text.contains("file is not a database") => format!("{} is not a SQLite database.", path.display()),
        Some(path) => format!("The database {} cannot be opened: {text}.", path.display()),
        None => format!("The PostgreSQL of DATABASE_URL does not answer: {text}."),
    }
}

async fn sqlite_version(db: &DatabaseConnection) -> std::result::Result<(), ConnectError> {
    let row = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, "SELECT sqlite_version() AS version")).await;
    let version: String = row
        .ok()
        .flatten()
        .and_then(|row| row.try_get("", "version").ok())
        .ok_or_else(|| ConnectError("SQLite does not tell its version.".into()))?;
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found < SQLITE_AT_LEAST {
        return Err(ConnectError(format!("This build carries SQLite {version}, which can lose commits; Curlew needs 3.51.3 or newer.")));
    }
    Ok(())
}

/// Brings the schema up to date.
///
/// Errors: a schema that a newer Curlew wrote.
pub async fn migrate(db: &Db) -> std::result::Result<(), ConnectError> {
    let failed = |cause: DbErr| ConnectError(format!("The schema cannot be brought up to date: {cause}."));
    let known: Vec<String> = Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
    if let Ok(rows) = db.write.query_all_raw(Statement::from_string(backend(db), "SELECT version FROM seaql_migrations")).await {
        for row in rows {
            let version: String = row.try_get("", "version").map_err(failed)?;
            if !known.contains(&version) {
                return Err(ConnectError(format!("This database was written by a newer Curlew (it has {version}): start that one.")));
            }
        }
    }
    // Several servers may start at once on one PostgreSQL: the first one migrates, the others wait for it.
    if is_sqlite(db) {
        return Migrator::up(&db.write, None).await.map_err(failed);
    }
    let guard = sea_orm::TransactionTrait::begin(&db.write).await.map_err(failed)?;
    guard.execute_unprepared("SELECT pg_advisory_xact_lock(4015)").await.map_err(failed)?;
    Migrator::up(&db.write, None).await.map_err(failed)?;
    guard.commit().await.map_err(failed)
}

pub(crate) fn backend(db: &Db) -> DbBackend {
    db.write.get_database_backend()
}

pub(crate) fn is_sqlite(db: &Db) -> bool {
    backend(db) == DbBackend::Sqlite
}

/// A piece of work that only one process may do at a time. It ends with this value, however the process ends.
#[derive(Debug)]
pub enum Alone {
    /// A locked file beside SQLite's.
    File(File),
    /// A transaction that holds an advisory lock.
    Transaction(sea_orm::DatabaseTransaction),
}

impl Alone {
    /// Ends it now: a transaction that is only dropped holds its lock until its connection is used again.
    pub(crate) async fn end(self) {
        if let Self::Transaction(txn) = self
            && let Err(cause) = txn.rollback().await
        {
            tracing::debug!(%cause, "ending a lock");
        }
    }
}

/// Begins a piece of work that only one process may do at a time; `None` when another one does it.
pub(crate) async fn alone(db: &Db, work: &str) -> Result<Option<Alone>> {
    if let Some(file) = &db.file {
        let locked = lock_beside(file, work).map_err(|cause| crate::error::fault(&format!("locking for {work}: {cause}")))?;
        return Ok(locked.map(Alone::File));
    }
    let txn = sea_orm::TransactionTrait::begin(&db.write).await.map_err(unexpected)?;
    let sql = "SELECT pg_try_advisory_xact_lock(4015, hashtext($1)) AS got";
    let row = txn.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [work.into()])).await.map_err(unexpected)?;
    let got = row.and_then(|row| row.try_get("", "got").ok()).unwrap_or(false);
    Ok(got.then_some(Alone::Transaction(txn)))
}

/// Locks the file `<database>.<work>.lock`; `None` when somebody else holds it. The lock goes with the process.
pub fn lock_beside(database: &Path, work: &str) -> io::Result<Option<File>> {
    let beside = database.with_extension(format!("{work}.lock"));
    if let Some(folder) = database.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let file = File::options().create(true).truncate(false).write(true).open(&beside)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(cause)) => Err(cause),
    }
}

/// A write transaction takes SQLite's writer at once, so that it never fails half-way because another process writes.
pub(crate) fn write_options() -> TransactionOptions {
    TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..TransactionOptions::default() }
}

/// The next order number: seven digits from 1000001, gaps allowed, no race. A number that an import brought is skipped.
pub(crate) async fn next_number(txn: &impl ConnectionTrait) -> Result<String> {
    loop {
        let numbers = reserve_numbers(txn, 1).await?;
        let number = numbers.first().map(i64::to_string).ok_or_else(|| crate::error::fault("no order number came back"))?;
        let sql = "SELECT 1 AS taken FROM orders WHERE number = $1";
        let taken = txn.query_one_raw(Statement::from_sql_and_values(txn.get_database_backend(), sql, [number.clone().into()]));
        if taken.await.map_err(unexpected)?.is_none() {
            return Ok(number);
        }
    }
}

/// Takes so many numbers, upwards.
pub(crate) async fn reserve_numbers(txn: &impl ConnectionTrait, how_many: i64) -> Result<Vec<i64>> {
    let backend = txn.get_database_backend();
    if backend == DbBackend::Sqlite {
        let sql = "UPDATE counters SET value = value + $1 WHERE name = 'order_number' RETURNING value";
        let row = txn.query_one_raw(Statement::from_sql_and_values(backend, sql, [how_many.into()])).await.map_err(unexpected)?;
        let last: i64 = row.and_then(|row| row.try_get("", "value").ok()).ok_or_else(|| crate::error::fault("the counter is gone"))?;
        return Ok((last - how_many + 1..=last).collect());
    }
    let sql = "SELECT nextval('order_number') AS number FROM generate_series(1, $1)";
    let rows = txn.query_all_raw(Statement::from_sql_and_values(backend, sql, [how_many.into()])).await.map_err(unexpected)?;
    rows.iter().map(|row| row.try_get("", "number").map_err(unexpected)).collect()
}

/// The end of a `SELECT` that keeps others from changing its rows until the transaction ends.
pub(crate) fn for_update(txn: &impl ConnectionTrait) -> Option<sea_orm::sea_query::LockType> {
    (txn.get_database_backend() != DbBackend::Sqlite).then_some(sea_orm::sea_query::LockType::Update)
}

/// The most values that one statement can carry.
pub(crate) fn most_values(txn: &impl ConnectionTrait) -> usize {
    if txn.get_database_backend() == DbBackend::Sqlite { 32_000 } else { 65_000 }
}

/// Until the transaction ends, nobody changes which generation of figures is in force (writers share this), or nobody writes figures
/// (`alone`). SQLite has one writer anyway.
pub(crate) async fn figures_lock(txn: &impl ConnectionTrait, alone: bool) -> Result<()> {
    if txn.get_database_backend() == DbBackend::Postgres {
        let how = if alone { "pg_advisory_xact_lock" } else { "pg_advisory_xact_lock_shared" };
        txn.execute_unprepared(&format!("SELECT {how}(4016)")).await.map_err(unexpected)?;
    }
    Ok(())
}

/// A mark in the change log: what commits from now on is behind it, whenever it began.
pub(crate) async fn change_mark(db: &impl ConnectionTrait) -> Result<i64> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => "SELECT COALESCE(MAX(id), 0) AS mark FROM change_log",
        _ => "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint) AS mark",
    };
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.map_err(unexpected)?;
    row.and_then(|row| row.try_get("", "mark").ok()).ok_or_else(|| crate::error::fault("no mark came back"))
}

/// An entry of the change log.
pub(crate) struct Changed {
    pub entry: i64,
    pub subject: Subject,
    /// Where it stands in the order of commits.
    at: i64,
    backend: DbBackend,
}

impl Changed {
    /// Whether it is behind a mark.
    pub fn is_behind(&self, mark: i64) -> bool {
        if self.backend == DbBackend::Sqlite { self.at > mark } else { self.at >= mark }
    }
}

/// Entries behind a mark, the oldest first.
pub(crate) async fn changed_since(db: &impl ConnectionTrait, mark: i64, most: usize) -> Result<Vec<Changed>> {
    let backend = db.get_database_backend();
    let (at, behind) = match backend {
        DbBackend::Sqlite => ("id", "id > $1"),
        _ => ("CAST(CAST(xact AS text) AS bigint)", "xact >= CAST(CAST($1 AS text) AS xid8)"),
    };
    let order = if backend == DbBackend::Sqlite { "id" } else { "xact, id" };
    let sql = format!(
        "SELECT id, topic, subject_id, {at} AS place FROM change_log \
         WHERE topic IN ('order', 'import', 'lost_owner', 'lost_team') AND {behind} ORDER BY {order} LIMIT {most}"
    );
    let rows = db.query_all_raw(Statement::from_sql_and_values(backend, sql, [marked(backend, mark)])).await.map_err(unexpected)?;
    let get = |row: &sea_orm::QueryResult, name: &str| row.try_get::<i64>("", name).map_err(unexpected);
    rows.iter()
        .map(|row| {
            Ok(Changed {
                entry: get(row, "id")?,
                subject: Subject::read(&row.try_get::<String>("", "topic").map_err(unexpected)?, get(row, "subject_id")?),
                at: get(row, "place")?,
                backend,
            })
        })
        .collect()
}

fn marked(backend: DbBackend, mark: i64) -> sea_orm::Value {
    if backend == DbBackend::Sqlite { mark.into() } else { mark.to_string().into() }
}

/// What differs after another connection to a SQLite file wrote.
pub(crate) async fn data_version(db: &impl ConnectionTrait) -> Result<i64> {
    let row = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, "PRAGMA data_version")).await.map_err(unexpected)?;
    row.and_then(|row| row.try_get_by_index(0).ok()).ok_or_else(|| crate::error::fault("SQLite tells no version of its data"))
}

/// When the orders were created that changed behind a mark; some that did not may be among them.
pub(crate) async fn created_of_changed_since(txn: &impl ConnectionTrait, mark: i64) -> Result<Vec<i64>> {
    let behind = match txn.get_database_backend() {
        DbBackend::Sqlite => "c.id > $1",
        _ => "c.xact >= CAST(CAST($1 AS text) AS xid8)",
    };
    let sql =
        format!("SELECT DISTINCT o.created_at FROM change_log c JOIN orders o ON o.id = c.subject_id WHERE c.topic = 'order' AND {behind}");
    let backend = txn.get_database_backend();
    let rows = txn.query_all_raw(Statement::from_sql_and_values(backend, sql, [marked(backend, mark)])).await.map_err(unexpected)?;
    rows.iter().map(|row| row.try_get("", "created_at").map_err(unexpected)).collect()
}

/// Statements of this transaction may take longer than those of a request.
pub(crate) async fn patient(txn: &impl ConnectionTrait) -> Result<()> {
    if txn.get_database_backend() == DbBackend::Postgres {
        txn.execute_unprepared("SET LOCAL statement_timeout = 0").await.map_err(unexpected)?;
    }
    Ok(())
}

/// The whole days from the business day of an order's creation to its connection; SQLite knows no zones.
pub(crate) fn days_to_connect(db: &Db, zone: chrono_tz::Tz) -> Option<String> {
    let day = format!("CAST(to_timestamp(created_at / 1000000.0) AT TIME ZONE '{}' AS DATE)", zone.name());
    (!is_sqlite(db)).then(|| format!("(connected_on - {day})"))
}

/// Puts SQLite's write-ahead log back into the file.
pub(crate) async fn checkpoint(db: &Db) {
    if is_sqlite(db)
        && let Err(cause) = db.write.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await
    {
        tracing::warn!(%cause, "checkpoint");
    }
}

/// Drops the list indexes before a bulk load into an empty table, or builds them again after it.
pub(crate) async fn list_indexes(txn: &impl ConnectionTrait, build: bool) -> Result<()> {
    for (name, on) in migration::list_indexes() {
        let sql = if build { format!("CREATE INDEX IF NOT EXISTS {name} ON {on}") } else { format!("DROP INDEX IF EXISTS {name}") };
        txn.execute_unprepared(&sql).await.map_err(unexpected)?;
    }
    search_index(txn, build).await
}

/// The same for the trigram index of the search.
async fn search_index(txn: &impl ConnectionTrait, build: bool) -> Result<()> {
    let mut script: Vec<String> = Vec::new();
    match (txn.get_database_backend(), build) {
        (DbBackend::Sqlite, true) => {
            script.push("INSERT INTO orders_search (orders_search) VALUES ('rebuild')".into());
            script.extend(migration::SQLITE_SEARCH_TRIGGERS.map(|(name, rest)| format!("CREATE TRIGGER IF NOT EXISTS {name} {rest}")));
        }
        (DbBackend::Sqlite, false) => {
            script.extend(migration::SQLITE_SEARCH_TRIGGERS.map(|(name, _)| format!("DROP TRIGGER IF EXISTS {name}")));
            script.push("INSERT INTO orders_search (orders_search) VALUES ('delete-all')".into());
        }
        (_, true) => script.push(migration::POSTGRES_SEARCH.into()),
        (_, false) => script.push("DROP INDEX IF EXISTS orders_search".into()),
    }
    for sql in script {
        txn.execute_unprepared(&sql).await.map_err(unexpected)?;
    }
    Ok(())
}

/// Whether a text column holds a value, by looking at the row: no index comes into it.
pub(crate) fn holds(column: impl sea_orm::sea_query::IntoColumnRef, value: &str, db: &Db) -> sea_orm::sea_query::Expr {
    use sea_orm::sea_query::{Expr, ExprTrait, Func};
    let find = if is_sqlite(db) { "instr" } else { "strpos" };
    Expr::expr(Func::cust(find).arg(Expr::col(column)).arg(value)).gt(0)
}

/// After many rows came at once: fresh statistics, and on PostgreSQL the visibility map, without which an index alone cannot answer.
pub(crate) async fn settle(db: &Db) -> Result<()> {
    let sql = if is_sqlite(db) { "ANALYZE" } else { "VACUUM (ANALYZE)" };
    db.write.execute_unprepared(sql).await.map_err(unexpected)?;
    Ok(())
}

/// How the database would run a statement, a line each: for the tests that read plans.
pub async fn plan(db: &Db, sql: &str, under: Planner) -> std::result::Result<Vec<String>, DbErr> {
    let txn = sea_orm::TransactionTrait::begin(&db.read).await?;
    let (prefix, column) = if is_sqlite(db) { ("EXPLAIN QUERY PLAN", "detail") } else { ("EXPLAIN", "QUERY PLAN") };
    match under {
        Planner::Small if !is_sqlite(db) => {
            txn.execute_unprepared("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
                .await?;
        }
        Planner::Search if !is_sqlite(db) => {
            txn.execute_unprepared(BY_BITMAP).await?;
        }
        _ => {}
    }
    let rows = txn.query_all_raw(Statement::from_string(backend(db), format!("{prefix} {sql}"))).await?;
    rows.iter().map(|row| row.try_get("", column)).collect()
}

/// What a plan is made under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planner {
    /// On PostgreSQL sorting and reading the whole table are priced out, because on a few hundred rows they are quicker than any
    /// index; what is left shows which index stands ready.
    Small,
    /// As it is.
    AsIs,
    /// As a search asks.
    Search,
}

/// What a search asks PostgreSQL with: a word that the statistics take for common would be looked for in the whole table, or down
/// another index.
pub(crate) const BY_BITMAP: &str = "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_indexscan', 'off', true), set_config('enable_indexonlyscan', 'off', true)";

/// Takes ids for rows that are inserted in bulk and pointed to by others. Nobody else gets them meanwhile: PostgreSQL's own
/// sequence gives them out, and on SQLite this transaction is the only writer.
pub(crate) async fn reserve_ids(txn: &impl ConnectionTrait, table: &str, how_many: usize) -> Result<Vec<i64>> {
    let backend = txn.get_database_backend();
    let how_many = i64::try_from(how_many).unwrap_or_default();
    if backend == DbBackend::Sqlite {
        let sql = format!("SELECT coalesce(max(id), 0) AS last FROM {table}");
        let row = txn.query_one_raw(Statement::from_string(backend, sql)).await.map_err(unexpected)?;
        let last: i64 = row.and_then(|row| row.try_get("", "last").ok()).unwrap_or_default();
        return Ok((last + 1..=last + how_many).collect());
    }
    let sql = format!("SELECT nextval(pg_get_serial_sequence('{table}', 'id')) AS id FROM generate_series(1, $1)");
    let rows = txn.query_all_raw(Statement::from_sql_and_values(backend, sql, [how_many.into()])).await.map_err(unexpected)?;
    rows.iter().map(|row| row.try_get("", "id").map_err(unexpected)).collect()
}
