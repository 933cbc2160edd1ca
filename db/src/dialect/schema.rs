//! The schema of a database: whose it is, which version it has, and how it is brought up to date.

use std::{path::Path, time::Duration};

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, Statement, TransactionTrait};

use super::{ConnectError, connect, is_sqlite, write_options};
use crate::Db;

/// The first name in the list of migrations that tells a database of Curlew from any other.
const FIRST: &str = "m0001_ground";
/// SQLITE_READONLY_RECOVERY and SQLITE_READONLY_ROLLBACK: a write-ahead log or a journal must be worked off first.
const NEEDS_RECOVERY: [&str; 2] = ["264", "776"];
/// How long one process waits for another one that changes the schema.
const PATIENCE: Duration = Duration::from_secs(600);

/// What a database has, compared with this Curlew.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Found {
    /// No tables at all.
    Empty,
    /// Tables of something else.
    Foreign(String),
    /// Tables of a first start that was interrupted by a release whose migrations were not atomic. There is no data in it.
    HalfMade,
    /// The migrations that ran.
    Curlew(Vec<String>),
}

fn failed(cause: DbErr) -> ConnectError {
    ConnectError(format!("The schema of the database cannot be read: {cause}."))
}

/// The names of this Curlew's migrations, the oldest first.
fn known() -> Vec<String> {
    Migrator::migrations().iter().map(|step| step.name().to_owned()).collect()
}

/// Looks at a SQLite file without changing it: a file of another application, or of another schema than is asked for, is refused before
/// anything is written to it. `current`: it must have exactly the schema of this Curlew; otherwise an older one, and none, will do.
///
/// Errors: a file that is no database, belongs to something else, has a second name, or another schema.
pub(super) async fn inspect_file(path: &Path, current: bool) -> Result<(), ConnectError> {
    let Ok(metadata) = std::fs::metadata(path) else { return Ok(()) };
    if metadata.is_dir() {
        return Err(ConnectError(format!("{} is a folder: DATABASE_URL must name a file.", path.display())));
    }
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::nlink(&metadata) > 1 {
        let sentence = format!(
            "{} is also linked under another name. SQLite loses writes when a file is opened under two names: remove the second one.",
            path.display()
        );
        return Err(ConnectError(sentence));
    }
    if metadata.len() == 0 {
        return if current { require(&Found::Empty) } else { Ok(()) };
    }
    let refused = |cause: DbErr| match cause.to_string() {
        text if text.contains("file is not a database") => ConnectError(format!("{} is not a SQLite database.", path.display())),
        text => ConnectError(format!("The database {} cannot be opened: {text}.", path.display())),
    };
    let found = match find_in_file(path, "ro").await {
        // A process was killed in the middle of a transaction: whoever opens the file next takes back what it had begun, and may write.
        Err(cause) if connect::has_code(&cause, &NEEDS_RECOVERY) => find_in_file(path, "rw").await,
        found => found,
    };
    match found.map_err(refused)? {
        Found::Foreign(table) => Err(foreign(&path.display().to_string(), &table)),
        Found::HalfMade => {
            let sentence = format!(
                "The first start of Curlew was interrupted and left {} half made. There is no data in it: delete the file and start again.",
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
    ConnectError(format!("{database} belongs to another application (it has a table “{table}”): give Curlew a database of its own."))
}

/// What stands in a SQLite file, opened in a mode of its address.
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

/// What stands in a database.
async fn find(db: &impl ConnectionTrait) -> Result<Found, DbErr> {
    let backend = db.get_database_backend();
    let sql = match backend {
        DbBackend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
        // Tables that an extension brought are nobody's.
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

/// The migrations that a database records, in no order.
async fn versions(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), "SELECT version FROM seaql_migrations")).await?;
    rows.iter().map(|row| row.try_get("", "version")).collect()
}

/// How a database compares with this Curlew.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Age {
    Current,
    /// Migrations are missing.
    Older,
    /// It has a migration that this Curlew does not know.
    Newer(String),
}

fn age(versions: &[String]) -> Age {
    let known = known();
    match versions.iter().find(|version| !known.contains(version)) {
        Some(newer) => Age::Newer(newer.clone()),
        None if known.iter().all(|step| versions.contains(step)) => Age::Current,
        None => Age::Older,
    }
}

fn newer(version: &str) -> ConnectError {
    ConnectError(format!(
        "This database was written by a newer Curlew (it has {version}): use that one, or restore a backup of this release into an empty database."
    ))
}

/// Whether a connected database has exactly the schema of this Curlew.
///
/// Errors, each one sentence: an empty one, one of something else, an older or a newer schema.
pub(super) async fn require_current(db: &Db) -> Result<(), ConnectError> {
    require(&find(&db.read).await.map_err(failed)?)
}

fn require(found: &Found) -> Result<(), ConnectError> {
    match found {
        Found::Empty | Found::HalfMade => {
            Err(ConnectError("The database of DATABASE_URL is empty: `curlew migrate` or `curlew serve` sets it up.".into()))
        }
        Found::Foreign(table) => Err(foreign("The database of DATABASE_URL", table)),
        Found::Curlew(versions) => match age(versions) {
            Age::Current => Ok(()),
            Age::Older => Err(ConnectError(
                "This database has the schema of an older Curlew: use that release for this command, or upgrade the database with `curlew migrate`.".into(),
            )),
            Age::Newer(version) => Err(newer(&version)),
        },
    }
}

/// Brings the schema up to date, in one transaction: all of it, or nothing. Of several processes one does it and the others wait.
///
/// Errors: a database of something else, a schema that a newer Curlew wrote, and what the database says.
pub async fn migrate(db: &Db) -> Result<(), ConnectError> {
    let failed = |cause: DbErr| ConnectError(format!("The schema cannot be brought up to date, nothing was changed: {cause}."));
    // Most starts change nothing, and need no right to write.
    if is_current(db.write.pool()).await? {
        return Ok(());
    }
    let txn = exclusive(db).await?;
    if !is_current(&txn).await? {
        Migrator::up(&txn, None).await.map_err(failed)?;
    }
    txn.commit().await.map_err(failed)
}

/// `false`: migrations are to be run.
async fn is_current(db: &impl ConnectionTrait) -> Result<bool, ConnectError> {
    match find(db).await.map_err(failed)? {
        Found::Empty => Ok(false),
        Found::HalfMade => Err(ConnectError(
            "The first start of Curlew was interrupted and left this database half made. There is no data in it: create an empty one."
                .into(),
        )),
        Found::Foreign(table) => Err(foreign("The database of DATABASE_URL", &table)),
        Found::Curlew(versions) => match age(&versions) {
            Age::Current => Ok(true),
            Age::Older => Ok(false),
            Age::Newer(version) => Err(newer(&version)),
        },
    }
}

/// A transaction beside which nobody else changes the schema.
async fn exclusive(db: &Db) -> Result<DatabaseTransaction, ConnectError> {
    connect::while_locked(PATIENCE, || begin_exclusive(db.write.pool(), is_sqlite(db))).await.map_err(failed)
}

async fn begin_exclusive(write: &DatabaseConnection, sqlite: bool) -> Result<DatabaseTransaction, DbErr> {
    let txn = write.begin_with_options(write_options()).await?;
    if !sqlite {
        txn.execute_unprepared("SELECT pg_advisory_xact_lock(4015)").await?;
    }
    Ok(txn)
}
