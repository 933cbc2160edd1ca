//! Keeps connections with an open transaction out of the pools.
//!
//! A connection that is reused inside a forgotten transaction acknowledges writes that are never committed. It can happen in two ways:
//! - SQLite rolls back by itself when COMMIT fails (for example on a full disk). sqlx then fails to roll back, still counts one open transaction, and
//!   turns each later one into a savepoint that is never committed.
//! - A request to PostgreSQL is cancelled after BEGIN was sent and before it was answered. sqlx counts no open transaction, although the
//!   server has one, and later statements run in it.

use std::time::Duration;

use sea_orm::sqlx::{self, Connection, Database, Executor, Postgres, Sqlite, pool::PoolOptions};

/// Closes each connection that is returned with an open transaction.
pub(super) fn only_reusable<DB: Database>(options: PoolOptions<DB>) -> PoolOptions<DB> {
    options.after_release(|connection, _| Box::pin(is_outside(connection)))
}

/// The same for reading connections to SQLite, checking sqlx's count only: no write can be acknowledged on them, and asking the
/// database would cost a thread switch per statement.
pub(super) fn only_reusable_to_read(options: PoolOptions<Sqlite>) -> PoolOptions<Sqlite> {
    options.after_release(|connection, _| Box::pin(has_no_counted_transaction(connection)))
}

/// Sets the statement time limit on each new connection to PostgreSQL, and disables JIT, which takes longer than any statement
/// here.
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
/// Errors: a broken connection, which the pool closes.
async fn has_no_counted_transaction<C: Connection>(connection: &mut C) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // A rollback that was queued when a transaction was dropped may not have run yet.
        connection.ping().await?;
        if connection.is_in_transaction() {
            tracing::warn!("a connection was returned with a transaction that could not be rolled back; it is closed");
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether the driver counts no open transaction and the database confirms it.
///
/// Errors: a broken connection, which the pool closes.
async fn is_outside<C: Connection>(connection: &mut C) -> Result<bool, sqlx::Error> {
    if !has_no_counted_transaction(connection).await? {
        return Ok(false);
    }
    // sqlx returns `BeginFailed` when the database reports that no transaction is open after this statement.
    let is_outside = match connection.begin_with("SELECT 1").await {
        Err(sqlx::Error::BeginFailed) => true,
        Err(cause) => return Err(cause),
        Ok(_) => false,
    };
    if !is_outside {
        tracing::warn!("a connection was returned with an open transaction; it is closed");
    }
    Ok(is_outside)
}
