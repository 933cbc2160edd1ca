//! Connecting to a database: its address, the pools, and the errors of a connection in words.

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

/// How long PostgreSQL may take to answer a new connection.
const CONNECT: Duration = Duration::from_secs(5);
/// The oldest SQLite that does not lose commits in WAL mode with two connections.
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);
/// How long opening a SQLite file waits for another process that opens or closes it.
pub(super) const OPENING: Duration = Duration::from_secs(10);
/// Between two attempts at a locked file.
const PAUSE: Duration = Duration::from_millis(20);
/// A statement of a server that takes longer than this is logged.
const SLOW: Duration = Duration::from_millis(250);

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

impl From<domain::Error> for ConnectError {
    fn from(error: domain::Error) -> Self {
        Self(error.sentence())
    }
}

/// The file of a `sqlite://` address; `None` for PostgreSQL.
pub fn sqlite_path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite://")?;
    Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
}

/// Creates the database where there is none and brings its schema up to date, then connects. Only `serve`, `migrate`, `demo` and
/// `restore` do this; every other command uses [`open`].
///
/// Errors, each one sentence: an address of neither kind, a file or a PostgreSQL database that belongs to something else, a SQLite
/// that can lose commits, a schema from a newer Curlew, a server that does not answer.
pub async fn connect(options: &Options) -> Result<Db, ConnectError> {
    super::check_url(&options.url).map_err(ConnectError)?;
    if let Some(path) = sqlite_path(&options.url) {
        create_folder(&path)?;
        schema::inspect_file(&path, false).await?;
    }
    // A change of the schema, and waiting for another server that makes it, may take longer than any statement of a request.
    let patient = pools(&Options { statement: None, readers: 1, ..options.clone() }, true).await?;
    schema::migrate(&patient).await?;
    if patient.is_writable().await {
        retry_while_busy(|| crate::identity::ensure(&patient)).await?;
        retry_while_busy(|| crate::orders::respell(&patient)).await?;
        retry_while_busy(|| crate::choices::ensure(&patient)).await?;
        retry_while_busy(|| crate::rollups::ensure(&patient)).await?;
    }
    if options.statement.is_none() && options.readers == 1 {
        return Ok(patient);
    }
    patient.close().await;
    pools(options, false).await
}

/// Connects to a database that exists and has exactly the schema of this Curlew. Nothing is created or changed.
///
/// Errors, each one sentence: those of [`connect`], no database at this address, and a schema that is older or newer than this Curlew's.
pub async fn open(options: &Options) -> Result<Db, ConnectError> {
    super::check_url(&options.url).map_err(ConnectError)?;
    if let Some(path) = sqlite_path(&options.url) {
        if !path.exists() {
            let sentence = format!("There is no database at {}: check DATABASE_URL, or create one with `curlew migrate`.", path.display());
            return Err(ConnectError(sentence));
        }
        schema::inspect_file(&path, true).await?;
        return pools(options, false).await;
    }
    let db = pools(options, false).await?;
    schema::require_current(&db).await?;
    Ok(db)
}

/// The folder of a database file, readable by its owner alone when it is made here.
fn create_folder(path: &Path) -> Result<(), ConnectError> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) else { return Ok(()) };
    std::fs::create_dir_all(folder)
        .map_err(|cause| ConnectError(format!("The folder {} for the database cannot be created: {cause}.", folder.display())))
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

/// What a pool of SQLite may do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write { create: bool },
}

/// No statement is logged but one that takes long; its values are not.
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
        // The database is in this process: there is no line that could be lost while a connection is idle.
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
    // Switching a new file to WAL, or opening one that its last user is closing, is refused at once: SQLite's busy timeout does not hold.
    while_locked(OPENING, || Database::connect(options.clone())).await
}

/// Tries again while another process holds SQLite's file, for at most `longest`.
///
/// Errors: those of `act`; the last one when the file was held all the time.
pub(super) async fn while_locked<T, F: Future<Output = Result<T, DbErr>>>(longest: Duration, act: impl FnMut() -> F) -> Result<T, DbErr> {
    let times = usize::try_from(longest.as_millis() / PAUSE.as_millis()).unwrap_or(usize::MAX);
    let pause = ConstantBuilder::default().with_delay(PAUSE).with_max_times(times);
    act.retry(pause).when(is_locked).notify(|_, _| tracing::info!("another process holds the database; waiting for it")).await
}

/// Whether another process holds SQLite's file.
fn is_locked(cause: &DbErr) -> bool {
    has_code(cause, &["5", "517"])
}

/// Whether the database refused with one of these codes.
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
        // Each connection is checked when it is returned; one that was idle for longer may have been cut off since.
        .test_before_acquire_if_idle_for(Duration::from_millis(500))
        // A pooler in between knows neither of these two at the start of a connection: they are set once it is there.
        .map_sqlx_postgres_opts(|it| it.extra_float_digits(None))
        .map_sqlx_postgres_pool_opts(move |it| pool::with_settings(pool::only_reusable(it), longest));
    // A pool hides why it cannot connect behind the time that it waited: one connection says it.
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

/// A connection that listens to PostgreSQL's notifications.
///
/// Errors: those of connecting.
pub(crate) async fn listener(url: &str) -> Result<PgListener, sqlx::Error> {
    let options = url.parse::<PgConnectOptions>()?.extra_float_digits(None);
    let alone = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None).connect_with(options).await?;
    let mut listener = PgListener::connect_with(&alone).await?;
    // Its one connection is never given back, so the pool may end with it.
    listener.ignore_pool_close_event(true);
    Ok(listener)
}

const SHARED_SESSIONS: &str = "DATABASE_URL leads to a pooler that gives one connection of PostgreSQL to several clients (transaction \
     mode): Curlew needs session mode (pool_mode = session), or PostgreSQL itself";

/// Whether two connections are one session of PostgreSQL: a pooler between them gives it to whoever asks next.
async fn shares_sessions(one: &mut PgConnection, other: &mut PgConnection) -> Result<bool, sqlx::Error> {
    async fn session(connection: &mut PgConnection) -> Result<i32, sqlx::Error> {
        // As plain text: a prepared statement is just what such a pooler loses.
        connection.fetch_one("SELECT pg_backend_pid()").await?.try_get(0)
    }
    let before = session(one).await?;
    // While this one holds its session, the first one gets another, where they share.
    let mut held = other.begin().await?;
    let between = session(&mut held).await?;
    let after = session(one).await?;
    held.rollback().await?;
    Ok(before == between || before != after)
}

/// Why connecting failed, in one sentence that says what to look at.
fn describe(url: &str, cause: &DbErr) -> String {
    let text = cause.to_string();
    if let Some(path) = sqlite_path(url) {
        let path = path.display();
        return match text.contains("file is not a database") {
            true => format!("{path} is not a SQLite database."),
            false => format!("The database {path} cannot be opened: {text}."),
        };
    }
    if let DbErr::Custom(sentence) = cause {
        return format!("{sentence}.");
    }
    match sqlx_error(cause) {
        Some(sqlx::Error::Io(cause)) => match cause.kind() {
            io::ErrorKind::ConnectionRefused => {
                "Nothing listens at the address of DATABASE_URL: start PostgreSQL, or correct the address.".into()
            }
            _ => format!("The PostgreSQL of DATABASE_URL does not answer: {cause}."),
        },
        Some(sqlx::Error::PoolTimedOut) => {
            "The PostgreSQL of DATABASE_URL did not answer within 5 s: check its address, and that it is running.".into()
        }
        Some(sqlx::Error::Database(cause)) => match cause.code().as_deref() {
            Some("53300") => {
                format!("PostgreSQL takes no more connections: {}. Raise max_connections, or stop other clients.", cause.message())
            }
            Some("57P03") => format!("PostgreSQL is starting or stopping: {}. Try again in a moment.", cause.message()),
            Some("28P01" | "28000") => format!("PostgreSQL refuses the user or the password of DATABASE_URL: {}.", cause.message()),
            Some("3D000") => format!("PostgreSQL has no such database: {}. Create it with createdb.", cause.message()),
            _ => format!("PostgreSQL refuses the connection: {}.", cause.message()),
        },
        _ => format!("The PostgreSQL of DATABASE_URL does not answer: {text}."),
    }
}

/// The driver's own error behind SeaORM's.
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
        .ok_or_else(|| ConnectError("SQLite does not say which version it is.".into()))?;
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found < OLDEST_SQLITE {
        return Err(ConnectError(format!("This build contains SQLite {version}, which can lose commits; Curlew needs 3.51.3 or newer.")));
    }
    Ok(())
}
