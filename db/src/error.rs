//! The database's errors, mapped once: away is `Unavailable`, locked is `Busy`, the rest gets a reference that the log knows.

use domain::Error;
use sea_orm::{DbErr, RuntimeErr};

/// Anything the database says that a verb did not expect.
pub(crate) fn unexpected(cause: DbErr) -> Error {
    let text = cause.to_string();
    let away = matches!(cause, DbErr::Conn(_) | DbErr::ConnectionAcquire(_))
        || matches!(&cause, DbErr::Exec(RuntimeErr::SqlxError(e)) | DbErr::Query(RuntimeErr::SqlxError(e)) if is_away(&e.to_string()));
    if away {
        tracing::warn!(%text, "the database does not answer");
        return Error::Unavailable;
    }
    if text.contains("database is locked") || text.contains("canceling statement due to statement timeout") {
        tracing::warn!(%text, "the database is busy");
        return Error::Busy(5);
    }
    fault(&text)
}

/// A fault of ours: logged under a reference, which is all that a page shows.
pub(crate) fn fault(cause: &str) -> Error {
    let reference = format!("{:08X}", rand::random::<u32>());
    tracing::error!(reference, cause, "unexpected");
    Error::Unexpected(reference)
}

fn is_away(text: &str) -> bool {
    ["error communicating with database", "Connection refused", "connection closed", "terminating connection", "the database system is"]
        .iter()
        .any(|sign| text.contains(sign))
}

/// Whether a statement broke a uniqueness rule on this table or column.
pub(crate) fn is_duplicate(cause: &DbErr, of: &str) -> bool {
    matches!(cause.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(text)) if text.contains(of))
}
