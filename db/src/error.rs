//! Maps database errors to domain errors, by SQLSTATE and SQLite's result codes, never by the text of a message.

use domain::Error;
use sea_orm::{DbErr, sqlx};

use crate::dialect::sqlx_error;

/// The category of a database error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// Unavailable: the connection is lost, the server is starting or stopping, no connection was free in time.
    Away,
    /// Busy: a lock, a time limit, a deadlock.
    Busy,
    /// Read-only.
    ReadOnly,
    /// The disk is full.
    Full,
    Other,
}

/// Maps any unexpected database error.
pub(crate) fn unexpected(cause: DbErr) -> Error {
    let meaning = meaning(&cause);
    let text = cause.to_string();
    match meaning {
        Meaning::Away => {
            tracing::warn!(%text, "the database is not responding");
            Error::Unavailable
        }
        Meaning::Busy => {
            tracing::warn!(%text, "the database is busy");
            Error::Busy(5)
        }
        Meaning::ReadOnly => {
            tracing::warn!(%text, "the database is read-only");
            Error::ReadOnly
        }
        Meaning::Full => {
            tracing::error!(%text, "the database disk is full");
            Error::DiskFull
        }
        Meaning::Other => fault(&text),
    }
}

fn meaning(cause: &DbErr) -> Meaning {
    match sqlx_error(cause) {
        Some(sqlx::Error::Database(error)) => error.code().map_or(Meaning::Other, |code| meaning_of(&code)),
        Some(sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::PoolTimedOut) => Meaning::Away,
        Some(sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed | sqlx::Error::BeginFailed) => Meaning::Away,
        Some(_) => Meaning::Other,
        None if matches!(cause, DbErr::Conn(_) | DbErr::ConnectionAcquire(_)) => Meaning::Away,
        None => Meaning::Other,
    }
}

/// Categorises by SQLSTATE (five characters; <https://www.postgresql.org/docs/current/errcodes-appendix.html>) or by the number of SQLite's
/// result code (<https://www.sqlite.org/rescode.html>), whose lowest byte is the primary code.
fn meaning_of(code: &str) -> Meaning {
    match (code.len(), code) {
        (5, "25006") => return Meaning::ReadOnly,
        (5, "53100") => return Meaning::Full,
        (5, "57014" | "55P03" | "40001" | "40P01" | "53300") => return Meaning::Busy,
        (5, _) if code.starts_with("08") || code.starts_with("57P") => return Meaning::Away,
        _ => {}
    }
    match code.parse::<u32>().map(|code| code & 0xff) {
        Ok(5 | 6 | 9) => Meaning::Busy,
        Ok(8) => Meaning::ReadOnly,
        Ok(10 | 14) => Meaning::Away,
        Ok(13) => Meaning::Full,
        _ => Meaning::Other,
    }
}

/// Logs an internal error under a reference, which is all that a page shows.
pub(crate) fn fault(cause: &str) -> Error {
    let reference = crate::request_id::current();
    tracing::error!(reference, cause, "unexpected");
    Error::Unexpected(reference)
}

/// Unique constraints that a user can violate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unique {
    Username,
    TeamName,
    CampaignName,
    Choice,
    Order,
    Session,
    SyncKey,
}

impl Unique {
    #[cfg(feature = "testing")]
    pub(crate) const ALL: [Self; 7] =
        [Self::Username, Self::TeamName, Self::CampaignName, Self::Choice, Self::Order, Self::Session, Self::SyncKey];

    /// The name of the constraint or index on PostgreSQL, and the columns as SQLite names them.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Username => ("users_username_key_key", "users.username_key"),
            Self::TeamName => ("teams_name_key_key", "teams.name_key"),
            Self::CampaignName => ("campaigns_name_key_key", "campaigns.name_key"),
            Self::Choice => ("choices_name", "choices.kind, choices.name_key"),
            Self::Order => ("orders_uuid_key", "orders.uuid"),
            Self::Session => ("sessions_pkey", "sessions.id_hash"),
            Self::SyncKey => ("sync_keys_pkey", "sync_keys.key"),
        }
    }
}

/// Whether a statement violated this unique constraint.
pub(crate) fn is_duplicate(cause: &DbErr, of: Unique) -> bool {
    let Some(sqlx::Error::Database(error)) = sqlx_error(cause) else { return false };
    let (constraint, columns) = of.names();
    error.is_unique_violation()
        && match error.constraint() {
            Some(name) => name == constraint,
            // SQLite names the columns at the end of its message, which is not localised.
            None => error.message().rsplit_once(": ").is_some_and(|(_, named)| named == columns),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_databases_mean_the_same() {
        for (code, expected) in [
            ("25006", Meaning::ReadOnly),
            ("8", Meaning::ReadOnly),
            ("1032", Meaning::ReadOnly),
            ("53100", Meaning::Full),
            ("13", Meaning::Full),
            ("57014", Meaning::Busy),
            ("40P01", Meaning::Busy),
            ("5", Meaning::Busy),
            ("517", Meaning::Busy),
            ("57P01", Meaning::Away),
            ("08006", Meaning::Away),
            ("778", Meaning::Away),
            ("23505", Meaning::Other),
            ("2067", Meaning::Other),
        ] {
            assert_eq!(meaning_of(code), expected, "{code}");
        }
    }
}
