//! Connects to a database: its URL, the pools, and readable connection errors.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use backon::{ConstantBuilder, Retryable};
use log::LevelFilter;

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, RuntimeErr, Statement,
    sqlx::{
        self, Connection, Executor, PgConnection, Row,
        postgres::{PgConnectOptions, PgListener, PgPoolOptions},
    },
};

use super::{
    limit::{self, Limit},
    pool, schema,
};
use crate::{Clock, Db, retry_while_busy};

/// The time limit for a new connection to PostgreSQL.
const CONNECT: Duration = Duration::from_secs(5);
/// The oldest SQLite version that does not lose commits in WAL mode with two connections.
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);
/// How long opening a SQLite file waits for another process that is opening or closing it.
pub(super) const OPENING: Duration = Duration::from_secs(10);
/// The delay between attempts on a locked file.
const PAUSE: Duration = Duration::from_millis(20);
/// Statements of a server that take longer are logged.
const SLOW: Duration = Duration::from_millis(250);

/// Connection options.
#[derive(Clone, Debug)]
pub struct Options {
    /// `sqlite://path` or `postgres://…`.
    pub url: String,
    /// The number of reading connections (on PostgreSQL: of all connections).
    pub readers: u32,
    /// The time limit of a statement; `None` for migrations, imports and the demo data.
    pub statement: Option<Duration>,
    /// The clock.
    pub clock: Clock,
}

impl Options {
    /// The options of a server: 10 s per statement.
    pub fn serve(url: impl Into<String>) -> Self {
        Self { url: url.into(), readers: 8, statement: Some(Duration::from_secs(10)), clock: Clock::System }
    }

    /// The options of a command: no time limit.
    pub fn patient(url: impl Into<String>) -> Self {
        Self { statement: None, ..Self::serve(url) }
    }
}

/// Why connecting failed, in one sentence.
#[derive(Debug)]
pub struct ConnectError(pub String);

impl std::fmt::Display for ConnectError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConnectError {}

impl From<domain::Error> for ConnectError {
    fn from(error: domain::Error) -> Self {
        Self(error.sentence())
    }
}

/// The file of a `sqlite://` URL; `None` for PostgreSQL.
pub fn sqlite_path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite://")?;
    Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
}

/// Creates the database if there is none, upgrades its schema, then connects. Only `serve`, `migrate`, `demo` and
/// `restore` do this; every other command uses [`open`].
///
/// Errors, each one sentence: an invalid URL, a file or PostgreSQL database of another application, a SQLite version
/// that can lose commits, a schema from a newer Curlew, a server that does not answer.
pub async fn connect(options: &Options) -> Result<Db, ConnectError> {
    super::check_url(&options.url).map_err(ConnectError)?;
    if let Some(path) = sqlite_path(&options.url) {
        create_folder(&path)?;
        schema::inspect_file(&path, false).await?;
    }
    // Upgrading the schema, and waiting for another server that does, may take longer than any statement of a request.
    let patient = pools(&Options { statement: None, readers: 1, ..options.clone() }, true).await?;
    schema::migrate(&patient).await?;
    if patient.is_writable().await {
        retry_while_busy(|| crate::identity::ensure(&patient)).await?;
        retry_while_busy(|| crate::orders::renormalise(&patient)).await?;
        retry_while_busy(|| crate::choices::ensure(&patient)).await?;
        retry_while_busy(|| crate::rollups::ensure(&patient)).await?;
    }
    if options.statement.is_none() && options.readers == 1 {
        return Ok(patient);
    }
    patient.close().await;
    pools(options, false).await
}

/// Connects to an existing database with exactly the schema of this release. Nothing is created or changed.
///
/// Errors, each one sentence: those of [`connect`], no database at this URL, and an older or newer schema.
pub async fn open(options: &Options) -> Result<Db, ConnectError> {
    super::check_url(&options.url).map_err(ConnectError)?;
    if let Some(path) = sqlite_path(&options.url) {
        if !path.exists() {
            let sentence = format!("There is no database at {}: check DATABASE_URL, or create one with `curlew migrate`", path.display());
            return Err(ConnectError(sentence));
        }
        schema::inspect_file(&path, true).await?;
        return pools(options, false).await;
    }
    let db = pools(options, false).await?;
    schema::require_current(&db).await?;
    Ok(db)
}

/// Creates the folder of a database file, readable by its owner only.
fn create_folder(path: &Path) -> Result<(), ConnectError> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) else { return Ok(()) };
    std::fs::create_dir_all(folder)
        .map_err(|cause| ConnectError(format!("The folder {} for the database can't be created: {cause}", folder.display())))
}

async fn pools(options: &Options, create: bool) -> Result<Db, ConnectError> {
    let failed = |cause: DbErr| ConnectError(describe(&options.url, &cause));
    let file = sqlite_path(&options.url);
    let writing = Limit::default();
    let (read, write) = match &file {
        Some(path) => {
            let write = sqlite(path, Access::Write { create }, 1, options.statement, writing.clone()).await.map_err(failed)?;
            check_sqlite_version(&write).await?;
            (sqlite(path, Access::Read, options.readers, options.statement, Limit::default()).await.map_err(failed)?, write)
        }
        None => {
            let pool = postgres(options).await.map_err(failed)?;
            (pool.clone(), pool)
        }
    };
    Ok(Db::new(read, write, file, options.clock.clone(), writing))
}

/// The settings of a SQLite pool.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write { create: bool },
}

/// Only slow statements are logged, without their values.
fn log_slow(options: &mut ConnectOptions, serving: bool) {
    options.sqlx_logging(serving).sqlx_logging_level(LevelFilter::Off).sqlx_slow_statements_logging_settings(LevelFilter::Warn, SLOW);
}

async fn sqlite(
    path: &Path,
    access: Access,
    connections: u32,
    longest: Option<Duration>,
    limit: Limit,
) -> Result<DatabaseConnection, DbErr> {
    let create = access == Access::Write { create: true };
    let mut options = ConnectOptions::new(format!("sqlite://{}?mode={}", path.display(), if create { "rwc" } else { "rw" }));
    log_slow(&mut options, longest.is_some());
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(if access == Access::Read { 2 } else { 10 }))
        // SQLite runs in this process, so an idle connection cannot be lost.
        .test_before_acquire(false)
        .map_sqlx_sqlite_pool_opts(move |it| {
            let it = if access == Access::Read { pool::only_reusable_to_read(it) } else { pool::only_reusable(it) };
            match longest {
                Some(longest) => limit::limited(it, longest, limit.clone()),
                None => it,
            }
        })
        .map_sqlx_sqlite_opts(move |it| {
            it.foreign_keys(true)
                .busy_timeout(Duration::from_secs(10))
                .statement_cache_capacity(256)
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
                .pragma("cache_size", "-65536")
                .pragma("temp_store", "MEMORY")
                .pragma("mmap_size", "268435456")
                .pragma("query_only", if access == Access::Read { "ON" } else { "OFF" })
        });
    // SQLite's busy timeout does not apply to switching a new file to WAL, or to opening one that its last user is closing.
    while_locked(OPENING, || Database::connect(options.clone())).await
}

/// Retries while another process holds the SQLite file, for at most `longest`.
///
/// Errors: those of `act`; the last one when the file stays locked.
pub(super) async fn while_locked<T, F: Future<Output = Result<T, DbErr>>>(longest: Duration, act: impl FnMut() -> F) -> Result<T, DbErr> {
    let times = usize::try_from(longest.as_millis() / PAUSE.as_millis()).unwrap_or(usize::MAX);
    let pause = ConstantBuilder::default().with_delay(PAUSE).with_max_times(times);
    act.retry(pause).when(is_locked).notify(|_, _| tracing::info!("another process is using the database; waiting for it")).await
}

/// Whether the error means that another process holds the SQLite file.
fn is_locked(cause: &DbErr) -> bool {
    has_code(cause, &["5", "517"])
}

/// Whether the database error has one of these codes.
pub(super) fn has_code(cause: &DbErr, codes: &[&str]) -> bool {
    sqlx_error(cause).and_then(|it| it.as_database_error()).and_then(|it| it.code()).is_some_and(|code| codes.contains(&&*code))
}

async fn postgres(options: &Options) -> Result<DatabaseConnection, DbErr> {
    let longest = options.statement;
    let mut it = ConnectOptions::new(&options.url);
    log_slow(&mut it, options.statement.is_some());
    it.max_connections(options.readers + 8)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(2))
        .connect_timeout(CONNECT)
        // Connections are checked when they are returned; one that was idle for longer may have been cut since.
        .test_before_acquire_if_idle_for(Duration::from_millis(500))
        // A pooler would reject these two as startup parameters: they are set after connecting.
        .map_sqlx_postgres_opts(|it| it.extra_float_digits(None))
        .map_sqlx_postgres_pool_opts(move |it| pool::with_settings(pool::only_reusable(it), longest));
    // A pool reports only a timeout: a single connection gives the cause.
    let failed = |cause: sqlx::Error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(cause)));
    let direct = options.url.parse::<PgConnectOptions>().map_err(failed)?.extra_float_digits(None);
    let connect =
        async || tokio::time::timeout(CONNECT, PgConnection::connect_with(&direct)).await.unwrap_or(Err(sqlx::Error::PoolTimedOut));
    let (mut one, mut other) = (connect().await.map_err(failed)?, connect().await.map_err(failed)?);
    let shared = shares_sessions(&mut one, &mut other).await;
    for connection in [one, other] {
        connection.close().await.map_err(failed)?;
    }
    if shared.map_err(failed)? {
        return Err(DbErr::Custom(SHARED_SESSIONS.into()));
    }
    Database::connect(it).await
}

/// Opens a connection that listens to PostgreSQL's notifications.
///
/// Errors: connection errors.
pub(crate) async fn listener(url: &str) -> Result<PgListener, sqlx::Error> {
    let options = url.parse::<PgConnectOptions>()?.extra_float_digits(None);
    let alone = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None).connect_with(options).await?;
    let mut listener = PgListener::connect_with(&alone).await?;
    // Its one connection is never returned, so the pool may be dropped.
    listener.ignore_pool_close_event(true);
    Ok(listener)
}

const SHARED_SESSIONS: &str = "DATABASE_URL points to a connection pooler in transaction mode: Curlew needs session mode (pool_mode = session) or a direct connection to PostgreSQL";

/// Whether two connections share one session of PostgreSQL, as behind a pooler in transaction mode.
async fn shares_sessions(one: &mut PgConnection, other: &mut PgConnection) -> Result<bool, sqlx::Error> {
    async fn session(connection: &mut PgConnection) -> Result<i32, sqlx::Error> {
        // As plain text: such a pooler loses prepared statements.
        connection.fetch_one("SELECT pg_backend_pid()").await?.try_get(0)
    }
    let before = session(one).await?;
    // While this one holds its session, the first one gets another if sessions are shared.
    let mut held = other.begin().await?;
    let between = session(&mut held).await?;
    let after = session(one).await?;
    held.rollback().await?;
    Ok(before == between || before != after)
}

/// Explains why connecting failed, in one sentence that says what to check.
fn describe(url: &str, cause: &DbErr) -> String {
    let text = cause.to_string();
    if let Some(path) = sqlite_path(url) {
        let path = path.display();
        return match text.contains("file is not a database") {
            true => format!("{path} is not a SQLite database"),
            false => format!("The database {path} can't be opened: {text}"),
        };
    }
    if let DbErr::Custom(sentence) = cause {
        return format!("{sentence}.");
    }
    match sqlx_error(cause) {
        Some(sqlx::Error::Io(cause)) => match cause.kind() {
            io::ErrorKind::ConnectionRefused => {
                "Nothing is listening at the address in DATABASE_URL: start PostgreSQL, or correct the address".into()
            }
            _ => format!("PostgreSQL at DATABASE_URL isn't responding: {cause}"),
        },
        Some(sqlx::Error::PoolTimedOut) => {
            "PostgreSQL at DATABASE_URL didn't respond within 5 seconds: check the address, and that PostgreSQL is running".into()
        }
        Some(sqlx::Error::Database(cause)) => match cause.code().as_deref() {
            Some("53300") => {
                format!("PostgreSQL accepts no more connections: {}. Raise max_connections, or stop other clients.", cause.message())
            }
            Some("57P03") => format!("PostgreSQL is starting or stopping: {}. Try again in a moment.", cause.message()),
            Some("28P01" | "28000") => format!("PostgreSQL rejected the user or the password in DATABASE_URL: {}", cause.message()),
            Some("3D000") => format!("PostgreSQL has no such database: {}. Create it with createdb.", cause.message()),
            _ => format!("PostgreSQL refused the connection: {}", cause.message()),
        },
        _ => format!("PostgreSQL at DATABASE_URL isn't responding: {text}"),
    }
}

/// The driver's error inside SeaORM's.
pub(crate) fn sqlx_error(cause: &DbErr) -> Option<&sqlx::Error> {
    match cause {
        DbErr::Conn(RuntimeErr::SqlxError(it)) | DbErr::Exec(RuntimeErr::SqlxError(it)) | DbErr::Query(RuntimeErr::SqlxError(it)) => {
            Some(it)
        }
        _ => None,
    }
}

async fn check_sqlite_version(db: &DatabaseConnection) -> Result<(), ConnectError> {
    let row = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, "SELECT sqlite_version() AS version")).await;
    let version: String = row
        .ok()
        .flatten()
        .and_then(|row| row.try_get("", "version").ok())
        .ok_or_else(|| ConnectError("SQLite doesn't report its version".into()))?;
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found < OLDEST_SQLITE {
        return Err(ConnectError(format!("This build contains SQLite {version}, which can lose commits; Curlew needs 3.51.3 or newer")));
    }
    Ok(())
}
