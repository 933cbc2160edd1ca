//! A statement time limit for SQLite, like `statement_timeout` on PostgreSQL.
//!
//! SQLite has no such limit. It calls a progress handler while a statement runs, and interrupts the statement when the handler says so
//! (<https://www.sqlite.org/c3ref/progress_handler.html>); its trace reports when a statement starts
//! (<https://www.sqlite.org/c3ref/c_trace.html>). sqlx offers only the progress handler.

use std::{
    ffi::{CStr, c_int, c_uint, c_void},
    ptr::NonNull,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

#[cfg(feature = "testing")]
use libsqlite3_sys::{SQLITE_STMTSTATUS_REPREPARE, sqlite3_next_stmt, sqlite3_stmt_status};
use libsqlite3_sys::{SQLITE_TRACE_STMT, sqlite3, sqlite3_trace_v2};
use sea_orm::sqlx::{self, SqliteConnection, sqlite::SqlitePoolOptions};

/// SQLite instructions between two checks of the clock: about a millisecond.
const EVERY: i32 = 50_000;

/// Whether the limit of the writing connection is lifted until its transaction ends.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limit(Arc<AtomicBool>);

impl Limit {
    /// Lifts the limit until the connection is used for something else.
    pub(super) fn lift(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn restore(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    fn is_lifted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Interrupts statements that run longer than `longest`.
pub(super) fn limited(options: SqlitePoolOptions, longest: Duration, limit: Limit) -> SqlitePoolOptions {
    let again = limit.clone();
    options.after_connect(move |connection, _| Box::pin(set(connection, longest, limit.clone()))).before_acquire(move |_, _| {
        again.restore();
        Box::pin(async { Ok(true) })
    })
}

async fn set(connection: &mut SqliteConnection, longest: Duration, limit: Limit) -> Result<(), sqlx::Error> {
    limit.restore();
    // Eight leaked bytes per opened connection, so that they outlive it in any case.
    let began: &'static AtomicU64 = Box::leak(Box::default());
    let mut handle = connection.lock_handle().await?;
    track_statement_starts(handle.as_raw_handle(), began);
    let longest = u64::try_from(longest.as_millis()).unwrap_or(u64::MAX);
    handle.set_progress_handler(EVERY, move || limit.is_lifted() || now().saturating_sub(began.load(Ordering::Relaxed)) < longest);
    Ok(())
}

/// Milliseconds since the first call.
fn now() -> u64 {
    static FIRST: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(FIRST.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// How often SQLite had to prepare a cached statement of this connection again.
#[cfg(feature = "testing")]
#[allow(unsafe_code)]
pub(crate) async fn prepared_again(connection: &mut SqliteConnection) -> Result<i32, sqlx::Error> {
    let mut handle = connection.lock_handle().await?;
    let connection = handle.as_raw_handle();
    let (mut sum, mut statement) = (0, std::ptr::null_mut());
    loop {
        // SAFETY: the connection is open and locked while the handle is used, so none of its statements is finalised meanwhile.
        statement = unsafe { sqlite3_next_stmt(connection.as_ptr(), statement) };
        if statement.is_null() {
            return Ok(sum);
        }
        // SAFETY: as above; the statement belongs to that connection.
        sum += unsafe { sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_REPREPARE, 0) };
    }
}

/// Stores when the latest statement of a connection started.
#[allow(unsafe_code)]
fn track_statement_starts(connection: NonNull<sqlite3>, began: &'static AtomicU64) {
    unsafe extern "C" fn statement_begins(_: c_uint, began: *mut c_void, _: *mut c_void, sql: *mut c_void) -> c_int {
        // SAFETY: it is the reference that was registered with this function, which lives as long as the process; and the text of the
        // statement, which SQLite terminates with a zero and keeps during this call.
        let (began, sql) = unsafe { (&*began.cast::<AtomicU64>(), CStr::from_ptr(sql.cast())) };
        // Comments start like this for triggers and nested statements: the outer statement continues.
        if sql.to_bytes().starts_with(b"--") {
            return 0;
        }
        began.store(now(), Ordering::Relaxed);
        0
    }
    let context = std::ptr::from_ref(began).cast_mut().cast::<c_void>();
    // SAFETY: the connection is open and locked for this call. SQLite gets a function that accesses only the atomic
    // number behind the context, which lives as long as the process and is only accessed as an atomic.
    unsafe { sqlite3_trace_v2(connection.as_ptr(), SQLITE_TRACE_STMT, Some(statement_begins), context) };
}
