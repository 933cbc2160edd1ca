//! The only code that distinguishes SQLite and PostgreSQL: connecting, pools, schema, locks, numbers, query plans.

mod connect;
mod limit;
mod pool;
mod schema;

use std::{
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use domain::Result;
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, IsolationLevel, SqliteTransactionMode, Statement, TransactionOptions,
    sea_query::{Asterisk, Expr, ExprTrait, Func, IntoColumnRef, Query, SelectStatement, UnionType},
};

pub use connect::{ConnectError, Options, connect, open, sqlite_path};
pub(crate) use connect::{listener, sqlx_error};
pub(crate) use limit::Limit;
#[cfg(feature = "testing")]
pub(crate) use limit::prepared_again;
pub use schema::migrate;

use crate::{Db, audit::Subject, clock::DAY, error::unexpected, transaction::Transaction};

/// Validates a database URL.
///
/// Errors: what is wrong with it, in one sentence.
pub fn check_url(url: &str) -> std::result::Result<(), String> {
    if url.starts_with("sqlite://") {
        return match sqlite_path(url).is_some_and(|path| !path.as_os_str().is_empty()) {
            true => Ok(()),
            false => Err("DATABASE_URL must name a file after sqlite://, such as sqlite://data/curlew.db".into()),
        };
    }
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err("DATABASE_URL must be sqlite://path or postgres://…".into());
    }
    let parsed = url::Url::parse(url)
        .map_err(|cause| format!("DATABASE_URL is not a valid address ({cause}): use postgres://user:password@host/database"))?;
    // The query may contain a socket folder instead of a host.
    let has_host = parsed.host_str().is_some_and(|host| !host.is_empty()) || parsed.query_pairs().any(|(name, _)| name == "host");
    if !has_host {
        return Err("DATABASE_URL has no host: use postgres://user:password@host/database".into());
    }
    Ok(())
}

pub(crate) fn backend(db: &Db) -> DbBackend {
    db.write.get_database_backend()
}

pub(crate) fn is_sqlite(db: &Db) -> bool {
    backend(db) == DbBackend::Sqlite
}

/// An exclusive lock for work that only one process may do at a time. It is released when this value is dropped, or when the process ends.
#[derive(Debug)]
pub enum ExclusiveLock {
    /// A locked file next to the SQLite file.
    File(File),
    /// A transaction that holds an advisory lock.
    Transaction(Transaction),
}

impl ExclusiveLock {
    /// Releases the lock now: a dropped transaction holds its lock until its connection is used again.
    pub(crate) async fn end(self) {
        if let Self::Transaction(txn) = self
            && let Err(cause) = txn.rollback().await
        {
            tracing::debug!(%cause, "could not release a lock");
        }
    }
}

/// Takes an exclusive lock for some work; `None` when another process holds it.
pub(crate) async fn try_exclusive_lock(db: &Db, work: &str) -> Result<Option<ExclusiveLock>> {
    if let Some(file) = &db.file {
        let locked = lock_beside(file, work).map_err(|cause| crate::error::fault(&format!("could not lock for {work}: {cause}")))?;
        return Ok(locked.map(ExclusiveLock::File));
    }
    let txn = db.begin().await?;
    let sql = "SELECT pg_try_advisory_xact_lock(4015, hashtext($1)) AS got";
    let row = txn.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [work.into()])).await.map_err(unexpected)?;
    let got = row.and_then(|row| row.try_get("", "got").ok()).unwrap_or(false);
    Ok(got.then_some(ExclusiveLock::Transaction(txn)))
}

/// Takes an exclusive lock until the transaction ends: a second process waits here, and then sees what the first one stored.
/// SQLite has a single writer anyway.
pub(crate) async fn lock_until_commit(txn: &impl ConnectionTrait, work: &str) -> Result<()> {
    if txn.get_database_backend() == DbBackend::Postgres {
        let sql = "SELECT pg_advisory_xact_lock(4015, hashtext($1))";
        txn.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [work.into()])).await.map_err(unexpected)?;
    }
    Ok(())
}

/// Locks the file `<database>.<work>.lock` next to a database, however the database is named (through links, `..` and the like); `None`
/// when another process holds it. The lock ends with the process.
pub fn lock_beside(database: &Path, work: &str) -> io::Result<Option<File>> {
    if let Some(folder) = database.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let beside = lock_file(database, work)?;
    let file = File::options().create(true).truncate(false).write(true).open(&beside)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(cause)) => Err(cause),
    }
}

/// The path of the lock file: next to the database file, with its full name, so that `a.db` and `a.sqlite` have two locks.
fn lock_file(database: &Path, work: &str) -> io::Result<PathBuf> {
    let file = match database.canonicalize() {
        Ok(file) => file,
        // The file does not exist yet: resolve its folder.
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
            let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).canonicalize()?;
            folder.join(database.file_name().unwrap_or_default())
        }
        Err(cause) => return Err(cause),
    };
    let mut name = file.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{work}.lock"));
    Ok(file.with_file_name(name))
}

/// The options of a write transaction. On SQLite it takes the write lock immediately, so that it cannot fail half-way because another process writes.
pub(crate) fn write_options() -> TransactionOptions {
    TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..TransactionOptions::default() }
}

/// The options of a read transaction whose statements see one snapshot. On SQLite every transaction does.
pub(crate) fn snapshot_options(db: &Db) -> TransactionOptions {
    let isolation_level = (!is_sqlite(db)).then_some(IsolationLevel::RepeatableRead);
    TransactionOptions { isolation_level, ..TransactionOptions::default() }
}

/// Assigns the next order number: seven digits from 1000001, unique, with possible gaps. Imported numbers are skipped.
pub(crate) async fn next_number(txn: &impl ConnectionTrait) -> Result<String> {
    loop {
        let numbers = reserve_numbers(txn, 1).await?;
        let number = numbers.first().map(i64::to_string).ok_or_else(|| crate::error::fault("the database returned no order number"))?;
        let sql = "SELECT 1 AS taken FROM orders WHERE number = $1";
        let taken = txn.query_one_raw(Statement::from_sql_and_values(txn.get_database_backend(), sql, [number.clone().into()]));
        if taken.await.map_err(unexpected)?.is_none() {
            return Ok(number);
        }
    }
}

/// Assigns several consecutive numbers.
pub(crate) async fn reserve_numbers(txn: &impl ConnectionTrait, how_many: i64) -> Result<Vec<i64>> {
    let backend = txn.get_database_backend();
    if backend == DbBackend::Sqlite {
        let sql = "UPDATE counters SET value = value + $1 WHERE name = 'order_number' RETURNING value";
        let row = txn.query_one_raw(Statement::from_sql_and_values(backend, sql, [how_many.into()])).await.map_err(unexpected)?;
        let last: i64 =
            row.and_then(|row| row.try_get("", "value").ok()).ok_or_else(|| crate::error::fault("the order number counter is missing"))?;
        return Ok((last - how_many + 1..=last).collect());
    }
    let sql = "SELECT nextval('order_number') AS number FROM generate_series(1, $1)";
    let rows = txn.query_all_raw(Statement::from_sql_and_values(backend, sql, [how_many.into()])).await.map_err(unexpected)?;
    rows.iter().map(|row| row.try_get("", "number").map_err(unexpected)).collect()
}

/// The last assigned number.
pub(crate) async fn last_number(txn: &impl ConnectionTrait) -> Result<i64> {
    let backend = txn.get_database_backend();
    let sql = match backend {
        DbBackend::Sqlite => "SELECT value FROM counters WHERE name = 'order_number'",
        _ => "SELECT last_value AS value FROM order_number",
    };
    let row = txn.query_one_raw(Statement::from_string(backend, sql)).await.map_err(unexpected)?;
    row.and_then(|row| row.try_get("", "value").ok()).ok_or_else(|| crate::error::fault("the order number counter is missing"))
}

/// Ensures that the next number is above this one.
pub(crate) async fn raise_numbers(txn: &impl ConnectionTrait, to: i64) -> Result<()> {
    let sql = match txn.get_database_backend() {
        DbBackend::Sqlite => format!("UPDATE counters SET value = max(value, {to}) WHERE name = 'order_number'"),
        _ => format!("SELECT setval('order_number', greatest({to}, (SELECT last_value FROM order_number)))"),
    };
    txn.execute_unprepared(&sql).await.map_err(unexpected)?;
    Ok(())
}

/// The end of a `SELECT` that locks its rows until the transaction ends.
pub(crate) fn for_update(txn: &impl ConnectionTrait) -> Option<sea_orm::sea_query::LockType> {
    (txn.get_database_backend() != DbBackend::Sqlite).then_some(sea_orm::sea_query::LockType::Update)
}

/// A condition: an integer column is one of these values. The SQL text is the same for any number of values, so that it is
/// prepared once.
pub(crate) fn among(db: &impl ConnectionTrait, column: impl IntoColumnRef, ids: &[i64]) -> Expr {
    let (with, values) = match db.get_database_backend() {
        DbBackend::Sqlite => ("? IN (SELECT value FROM json_each(?))", json_of(ids)),
        _ => ("$1 = ANY(CAST($2 AS bigint[]))", array_of(ids)),
    };
    Expr::cust_with_exprs(with, [Expr::col(column), Expr::value(values)])
}

/// The same as text, for a statement whose first parameter is the ids.
pub(crate) fn among_sql(backend: DbBackend, column: &str, ids: &[i64]) -> (String, String) {
    match backend {
        DbBackend::Sqlite => (format!("{column} IN (SELECT value FROM json_each($1))"), json_of(ids)),
        _ => (format!("{column} = ANY(CAST($1 AS bigint[]))"), array_of(ids)),
    }
}

fn joined(ids: &[i64]) -> String {
    ids.iter().map(i64::to_string).collect::<Vec<_>>().join(",")
}

fn json_of(ids: &[i64]) -> String {
    format!("[{}]", joined(ids))
}

fn array_of(ids: &[i64]) -> String {
    format!("{{{}}}", joined(ids))
}

/// A JSON array of objects as rows: the integer column `nth`, and text columns. The SQL text is the same for any number of
/// rows.
pub(crate) fn rows_of_json(db: &Db, json: &str, texts: &[&'static str]) -> SelectStatement {
    let (function, json, text): (_, _, fn(&str) -> String) = match backend(db) {
        DbBackend::Sqlite => ("json_each", Expr::value(json), |name| format!("json_extract(given.value, '$.{name}')")),
        _ => ("jsonb_array_elements", Expr::value(json).cast_as("jsonb"), |name| format!("given.value ->> '{name}'")),
    };
    let mut rows = Query::select();
    rows.expr_as(Expr::cust(text("nth")).cast_as("bigint"), "nth");
    for name in texts {
        rows.expr_as(Expr::cust(text(name)), *name);
    }
    rows.from_function(Func::cust(function).arg(json), "given").take()
}

/// Combines several statements with UNION ALL. Each is a subquery: SQLite allows neither ORDER BY nor LIMIT
/// before the next one.
pub(crate) fn one_after_another(parts: impl IntoIterator<Item = SelectStatement>) -> Option<SelectStatement> {
    let alone = |part: SelectStatement| Query::select().column(Asterisk).from_subquery(part, "part").take();
    parts.into_iter().map(alone).reduce(|mut all, part| all.union(UnionType::All, part).take())
}

/// The maximum number of parameters in one statement.
pub(crate) fn most_values(txn: &impl ConnectionTrait) -> usize {
    if txn.get_database_backend() == DbBackend::Sqlite { 32_000 } else { 65_000 }
}

/// A lock until the transaction ends: either shared by writers of rollups, so that the active version does not change, or exclusive
/// (`alone`). SQLite has a single writer anyway.
pub(crate) async fn rollups_lock(txn: &impl ConnectionTrait, alone: bool) -> Result<()> {
    if txn.get_database_backend() == DbBackend::Postgres {
        let how = if alone { "pg_advisory_xact_lock" } else { "pg_advisory_xact_lock_shared" };
        txn.execute_unprepared(&format!("SELECT {how}(4016)")).await.map_err(unexpected)?;
    }
    Ok(())
}

/// The current position in the change log: everything that commits from now on comes after it, whenever it started.
pub(crate) async fn change_mark(db: &impl ConnectionTrait) -> Result<i64> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => "SELECT COALESCE(MAX(id), 0) AS mark FROM change_log",
        _ => "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint) AS mark",
    };
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.map_err(unexpected)?;
    row.and_then(|row| row.try_get("", "mark").ok())
        .ok_or_else(|| crate::error::fault("the database returned no position in the change log"))
}

/// The state of the database, as an SQL expression: two statements that get the same value see the same orders.
/// On PostgreSQL it is the snapshot, so it also changes with unrelated writes; on SQLite the end of the change log, which
/// contains every change of an order and has a single writer.
pub(crate) fn state(db: &Db) -> Expr {
    Expr::cust(match backend(db) {
        DbBackend::Sqlite => "(SELECT CAST(COALESCE(MAX(change_log.id), 0) AS text) FROM change_log)",
        _ => "CAST(pg_current_snapshot() AS text)",
    })
}

/// An entry of the change log.
pub(crate) struct Changed {
    pub entry: i64,
    pub subject: Subject,
    /// Its position in the order of commits.
    at: i64,
    backend: DbBackend,
}

impl Changed {
    /// Whether it comes after a position.
    pub fn is_behind(&self, mark: i64) -> bool {
        if self.backend == DbBackend::Sqlite { self.at > mark } else { self.at >= mark }
    }
}

/// The entries after a position, oldest first.
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

/// Deletes entries of the change log older than an instant. Checks a limited number of entries from the start, and stops at the first
/// newer one; the newest is kept. Returns the number of deleted entries.
pub(crate) async fn forget_changes(db: &Db, before: i64, most: u64) -> Result<u64> {
    let backend = backend(db);
    let place = if backend == DbBackend::Sqlite { "id" } else { "xact" };
    let sql = format!(
        "WITH first AS (SELECT id, {place} AS place, at FROM change_log ORDER BY {place}, id LIMIT {most}) \
         DELETE FROM change_log WHERE id IN (SELECT id FROM first WHERE place < COALESCE(\
         (SELECT place FROM first WHERE at >= $1 ORDER BY place, id LIMIT 1), \
         (SELECT {place} FROM change_log ORDER BY {place} DESC LIMIT 1)))"
    );
    let done = db.write.execute_raw(Statement::from_sql_and_values(backend, sql, [before.into()])).await.map_err(unexpected)?;
    Ok(done.rows_affected())
}

/// Whether the change log still reaches back to a position: entries are deleted from its start, and an older one still exists.
pub(crate) async fn remembers(db: &impl ConnectionTrait, mark: i64) -> Result<bool> {
    let backend = db.get_database_backend();
    let before = match backend {
        DbBackend::Sqlite => "id <= $1",
        _ => "xact < CAST(CAST($1 AS text) AS xid8)",
    };
    let sql = format!("SELECT 1 FROM change_log WHERE {before} LIMIT 1");
    let found = db.query_one_raw(Statement::from_sql_and_values(backend, sql, [marked(backend, mark)])).await;
    Ok(found.map_err(unexpected)?.is_some())
}

fn marked(backend: DbBackend, mark: i64) -> sea_orm::Value {
    if backend == DbBackend::Sqlite { mark.into() } else { mark.to_string().into() }
}

/// A number that changes when another connection writes to the SQLite file.
pub(crate) async fn data_version(db: &impl ConnectionTrait) -> Result<i64> {
    let row = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, "PRAGMA data_version")).await.map_err(unexpected)?;
    row.and_then(|row| row.try_get_by_index(0).ok()).ok_or_else(|| crate::error::fault("SQLite did not report its data version"))
}

/// The creation times of the orders that changed after a position; may include some that did not.
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

/// Lifts the statement time limit for this write transaction.
pub(crate) async fn lift_statement_limit(db: &Db, txn: &impl ConnectionTrait) -> Result<()> {
    db.limit.lift();
    if txn.get_database_backend() == DbBackend::Postgres {
        txn.execute_unprepared("SET LOCAL statement_timeout = 0").await.map_err(unexpected)?;
    }
    Ok(())
}

/// An SQL expression: the number of days from an order's business day of creation to its connection. It does not use the databases' time zones:
/// the statement contains the UTC offsets ([`crate::calendar::Calendar::offsets`]).
pub(crate) fn days_to_connect(db: &Db, offsets: &[(i64, i64)]) -> String {
    let connected = match backend(db) {
        DbBackend::Sqlite => "CAST(julianday(connected_on) - 2440587.5 AS INTEGER)",
        _ => "(connected_on - DATE '1970-01-01')",
    };
    // From the latest offset on; instants before the first one use the first one.
    let cases: String = offsets.iter().skip(1).rev().map(|(at, offset)| format!("WHEN created_at >= {at} THEN {offset} ")).collect();
    let first = offsets.first().map_or(0, |(_, offset)| *offset);
    let offset = if cases.is_empty() { first.to_string() } else { format!("CASE {cases}ELSE {first} END") };
    // Integer division rounds towards zero; no order is older than 1970.
    format!("({connected} - (created_at + {offset}) / {DAY})")
}

/// Checkpoints SQLite's write-ahead log into the file.
pub(crate) async fn checkpoint(db: &Db) {
    if is_sqlite(db)
        && let Err(cause) = db.write.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await
    {
        tracing::warn!(%cause, "checkpoint");
    }
}

/// Drops the list indexes before a bulk load into an empty table, or builds them afterwards.
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

/// A condition on a text column that is written so that no index is used.
pub(crate) fn contains_without_index(column: impl sea_orm::sea_query::IntoColumnRef, value: &str, db: &Db) -> sea_orm::sea_query::Expr {
    use sea_orm::sea_query::{Expr, ExprTrait, Func};
    let find = if is_sqlite(db) { "instr" } else { "strpos" };
    Expr::expr(Func::cust(find).arg(Expr::col(column)).arg(value)).gt(0)
}

/// Updates statistics after a bulk load, and on PostgreSQL the visibility map, which index-only scans need.
pub(crate) async fn settle(db: &Db) -> Result<()> {
    let sql = if is_sqlite(db) { "ANALYZE" } else { "VACUUM (ANALYZE)" };
    db.write.execute_unprepared(sql).await.map_err(unexpected)?;
    Ok(())
}

/// The query plan of a statement, line by line, for tests.
pub async fn plan(db: &Db, sql: &str, under: Planner) -> std::result::Result<Vec<String>, DbErr> {
    let txn = Transaction::begin(&db.read, TransactionOptions::default()).await?;
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

/// The planner settings of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planner {
    /// Disables sorts and sequential scans on PostgreSQL, because on a few hundred rows they are faster than any
    /// index; the plan then shows which index is available.
    Small,
    /// Default settings.
    AsIs,
    /// The settings of a search.
    Search,
}

/// The planner settings of a search on PostgreSQL: otherwise a word that statistics consider common would be searched with a scan of the table
/// or of another index.
pub(crate) const BY_BITMAP: &str = "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_indexscan', 'off', true), set_config('enable_indexonlyscan', 'off', true)";

/// Reserves ids for rows that are inserted in bulk and referred to by others. They are unique: PostgreSQL's
/// sequence assigns them, and on SQLite this transaction is the only writer.
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
