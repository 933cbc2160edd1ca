//! The schema of a database: recognises it, checks its version, and upgrades it.

use std::{path::Path, time::Duration};

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, Statement, TransactionTrait};

use super::{ConnectError, connect, is_sqlite, write_options};
use crate::Db;

/// The name of the first migration, by which a Curlew database is recognised.
const FIRST: &str = "m0001_ground";
/// SQLITE_READONLY_RECOVERY and SQLITE_READONLY_ROLLBACK: a write-ahead log or journal has to be recovered first.
const NEEDS_RECOVERY: [&str; 2] = ["264", "776"];
/// How long a process waits for another one that upgrades the schema.
const PATIENCE: Duration = Duration::from_secs(600);

/// The content of a database, as far as it decides about the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Found {
    /// No tables at all.
    Empty,
    /// Tables of another application.
    Foreign(String),
    /// Tables of an interrupted first start of a release whose migrations were not atomic. It has no data.
    HalfMade,
    /// The migrations that were applied.
    Curlew(Vec<String>),
}

fn read_error(cause: DbErr) -> ConnectError {
    ConnectError(format!("The database schema can't be read: {cause}"))
}

/// The names of this release's migrations, oldest first.
fn migration_names() -> Vec<String> {
    Migrator::migrations().iter().map(|step| step.name().to_owned()).collect()
}

/// Checks a SQLite file without changing it: a file of another application or with an unexpected schema is refused before
/// anything is written to it. `current`: it must have exactly the schema of this release; otherwise an older one, or none, is accepted.
///
/// Errors: not a database, another application's, a second hard link, an unexpected schema.
pub(super) async fn inspect_file(path: &Path, current: bool) -> Result<(), ConnectError> {
    let Ok(metadata) = std::fs::metadata(path) else { return Ok(()) };
    if metadata.is_dir() {
        return Err(ConnectError(format!("{} is a folder: DATABASE_URL must name a file", path.display())));
    }
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::nlink(&metadata) > 1 {
        let sentence = format!(
            "{} has a second hard link. SQLite can lose writes when a file is opened under two names: remove the other link.",
            path.display()
        );
        return Err(ConnectError(sentence));
    }
    if metadata.len() == 0 {
        return if current { require(&Found::Empty) } else { Ok(()) };
    }
    let refused = |cause: DbErr| match cause.to_string() {
        text if text.contains("file is not a database") => ConnectError(format!("{} is not a SQLite database", path.display())),
        text => ConnectError(format!("The database {} can't be opened: {text}", path.display())),
    };
    let found = match find_in_file(path, "ro").await {
        // A process was killed in the middle of a transaction: the next process to open the file rolls it back, which needs write access.
        Err(cause) if connect::has_code(&cause, &NEEDS_RECOVERY) => find_in_file(path, "rw").await,
        found => found,
    };
    match found.map_err(refused)? {
        Found::Foreign(table) => Err(foreign(&path.display().to_string(), &table)),
        Found::HalfMade => {
            let sentence = format!(
                "The first start of Curlew was interrupted and left {} incomplete. There is no data in it: delete the file and start again.",
                path.display()
            );
            Err(ConnectError(sentence))
        }
        found if current => require(&found),
        Found::Curlew(versions) => match age(&versions) {
            Age::Newer(version) => Err(newer(&version)),
            Age::Current | Age::Older => Ok(()),
        },
        Found::Empty => Ok(()),
    }
}

fn foreign(database: &str, table: &str) -> ConnectError {
    ConnectError(format!("{database} belongs to another application (it has a table “{table}”): give Curlew a database of its own"))
}

/// Reads the content of a SQLite file, opened with the mode of its URL.
async fn find_in_file(path: &Path, mode: &str) -> Result<Found, DbErr> {
    let url = format!("sqlite://{}?mode={mode}", path.display());
    connect::while_locked(connect::OPENING, || async {
        let db = Database::connect(&url).await?;
        let found = find(&db).await;
        let _ = db.close().await;
        found
    })
    .await
}

/// Reads the content of a database.
async fn find(db: &impl ConnectionTrait) -> Result<Found, DbErr> {
    let backend = db.get_database_backend();
    let sql = match backend {
        DbBackend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
        // Tables that belong to an extension are ignored.
        _ => {
            "SELECT CAST(c.relname AS TEXT) AS name FROM pg_class c WHERE c.relnamespace = CAST(current_schema() AS regnamespace) \
             AND c.relkind IN ('r', 'p') AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 1"
        }
    };
    let rows = db.query_all_raw(Statement::from_string(backend, sql)).await?;
    let tables = rows.iter().map(|row| row.try_get::<String>("", "name")).collect::<Result<Vec<_>, _>>()?;
    let versions = match tables.iter().any(|table| table == "seaql_migrations") {
        true => versions(db).await?,
        false => Vec::new(),
    };
    let others = tables.iter().find(|table| *table != "seaql_migrations");
    Ok(match (versions.iter().any(|it| it == FIRST), others) {
        (true, _) => Found::Curlew(versions),
        (false, None) if versions.is_empty() => Found::Empty,
        (false, Some(_)) if versions.is_empty() && ["settings", "teams"].iter().all(|it| tables.iter().any(|table| table == it)) => {
            Found::HalfMade
        }
        (false, Some(table)) => Found::Foreign(table.clone()),
        (false, None) => Found::Foreign("seaql_migrations".into()),
    })
}

/// The migrations that a database records, unordered.
async fn versions(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), "SELECT version FROM seaql_migrations")).await?;
    rows.iter().map(|row| row.try_get("", "version")).collect()
}

/// The schema version, compared with this release.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Age {
    Current,
    /// Migrations are missing.
    Older,
    /// It has a migration that this release does not know.
    Newer(String),
}

fn age(versions: &[String]) -> Age {
    let known = migration_names();
    match versions.iter().find(|version| !known.contains(version)) {
        Some(newer) => Age::Newer(newer.clone()),
        None if known.iter().all(|step| versions.contains(step)) => Age::Current,
        None => Age::Older,
    }
}

fn newer(version: &str) -> ConnectError {
    ConnectError(format!(
        "This database was written by a newer version of Curlew (it has {version}). Use that version, or restore a backup made with this version into an empty database."
    ))
}

/// Checks that a connected database has exactly the schema of this release.
///
/// Errors, each one sentence: empty, another application's, an older or newer schema.
pub(super) async fn require_current(db: &Db) -> Result<(), ConnectError> {
    require(&find(&db.read).await.map_err(read_error)?)
}

fn require(found: &Found) -> Result<(), ConnectError> {
    match found {
        Found::Empty | Found::HalfMade => {
            Err(ConnectError("The database at DATABASE_URL is empty: set it up with `curlew migrate` or `curlew serve`".into()))
        }
        Found::Foreign(table) => Err(foreign("The database at DATABASE_URL", table)),
        Found::Curlew(versions) => match age(versions) {
            Age::Current => Ok(()),
            Age::Older => Err(ConnectError(
                "This database has the schema of an older version of Curlew: run this command with that version, or upgrade the database with `curlew migrate`".into(),
            )),
            Age::Newer(version) => Err(newer(&version)),
        },
    }
}

/// Upgrades the schema in one transaction. Of several processes one does it and the others wait.
///
/// Errors: another application's database, a schema of a newer release, database errors.
pub async fn migrate(db: &Db) -> Result<(), ConnectError> {
    let failed = |cause: DbErr| ConnectError(format!("The schema can't be upgraded, so nothing was changed: {cause}"));
    // Most starts change nothing and need no write access.
    if is_current(db.write.pool()).await? {
        return Ok(());
    }
    let txn = exclusive(db).await?;
    if !is_current(&txn).await? {
        Migrator::up(&txn, None).await.map_err(failed)?;
    }
    txn.commit().await.map_err(failed)
}

/// `false` when migrations have to run.
async fn is_current(db: &impl ConnectionTrait) -> Result<bool, ConnectError> {
    match find(db).await.map_err(read_error)? {
        Found::Empty => Ok(false),
        Found::HalfMade => Err(ConnectError(
            "The first start of Curlew was interrupted and left this database incomplete. There is no data in it: create an empty one."
                .into(),
        )),
        Found::Foreign(table) => Err(foreign("The database at DATABASE_URL", &table)),
        Found::Curlew(versions) => match age(&versions) {
            Age::Current => Ok(true),
            Age::Older => Ok(false),
            Age::Newer(version) => Err(newer(&version)),
        },
    }
}

/// Starts a transaction that holds the schema lock.
async fn exclusive(db: &Db) -> Result<DatabaseTransaction, ConnectError> {
    connect::while_locked(PATIENCE, || begin_exclusive(db.write.pool(), is_sqlite(db))).await.map_err(read_error)
}

async fn begin_exclusive(write: &DatabaseConnection, sqlite: bool) -> Result<DatabaseTransaction, DbErr> {
    let txn = write.begin_with_options(write_options()).await?;
    if !sqlite {
        txn.execute_unprepared("SELECT pg_advisory_xact_lock(4015)").await?;
    }
    Ok(txn)
}
