//! Which connections return to their pool: only those on which no transaction is open.
//!
//! A connection that is reused inside a forgotten transaction acknowledges writes that are never committed. It happens in two ways:
//! - SQLite rolls back by itself when COMMIT fails (a full disk). sqlx then fails to roll back, still counts one open transaction, and
//!   turns each later one into a savepoint that nothing commits.
//! - A request to PostgreSQL is dropped after BEGIN was sent and before it was answered. sqlx counts no open transaction, although the
//!   server has one, and single statements land in it.

use std::time::Duration;

use sea_orm::sqlx::{self, Connection, Database, Executor, Postgres, Sqlite, pool::PoolOptions};

/// Closes each connection that comes back with a transaction open, instead of keeping it.
pub(super) fn only_reusable<DB: Database>(options: PoolOptions<DB>) -> PoolOptions<DB> {
    options.after_release(|connection, _| Box::pin(is_outside(connection)))
}

/// The same for connections to SQLite that only read, and as far as sqlx counts: nothing can be acknowledged on them, and to ask the
/// database would be one more switch between threads for each statement.
pub(super) fn only_reusable_to_read(options: PoolOptions<Sqlite>) -> PoolOptions<Sqlite> {
    options.after_release(|connection, _| Box::pin(counts_none(connection)))
}

/// Tells each new connection to PostgreSQL how long a statement may run, and not to compile plans: that takes longer than any statement
/// here runs.
pub(super) fn with_settings(options: PoolOptions<Postgres>, longest: Option<Duration>) -> PoolOptions<Postgres> {
    let settings = format!("SET jit = off; SET statement_timeout = {}", longest.map_or(0, |it| it.as_millis()));
    options.after_connect(move |connection, _| {
        let settings = settings.clone();
        Box::pin(async move {
            connection.execute(sqlx::AssertSqlSafe(settings)).await?;
            Ok(())
        })
    })
}

/// Whether the driver counts no open transaction.
///
/// Errors: the connection is broken; the pool closes it.
async fn counts_none<C: Connection>(connection: &mut C) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // A rollback that was queued when its transaction was dropped may not have run yet.
        connection.ping().await?;
        if connection.is_in_transaction() {
            tracing::warn!("a connection came back with a transaction that could not be rolled back; it is closed");
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether the driver counts no open transaction, and the database itself says that none is open.
///
/// Errors: the connection is broken; the pool closes it.
async fn is_outside<C: Connection>(connection: &mut C) -> Result<bool, sqlx::Error> {
    if !counts_none(connection).await? {
        return Ok(false);
    }
    // sqlx answers `BeginFailed` when the database itself says that it is outside of a transaction after this statement.
    let is_outside = match connection.begin_with("SELECT 1").await {
        Err(sqlx::Error::BeginFailed) => true,
        Err(cause) => return Err(cause),
        Ok(_) => false,
    };
    if !is_outside {
        tracing::warn!("a connection came back with a transaction that nobody ended; it is closed");
    }
    Ok(is_outside)
}
