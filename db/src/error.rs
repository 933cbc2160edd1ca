//! Errors of the database in the domain's terms, told apart by SQLSTATE and SQLite's result codes, never by the text of a message.

use domain::Error;
use sea_orm::{DbErr, sqlx};

use crate::dialect::sqlx_error;

/// What an error of the database means for whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// Nothing answers: the line is cut, the server is starting or stopping, no connection came free in time.
    Away,
    /// It answers, and others are in the way: a lock, a time limit, a deadlock.
    Busy,
    /// It takes no writes.
    ReadOnly,
    /// There is no room for a write.
    Full,
    Other,
}

/// Anything the database says that an operation did not expect.
pub(crate) fn unexpected(cause: DbErr) -> Error {
    let meaning = meaning(&cause);
    let text = cause.to_string();
    match meaning {
        Meaning::Away => {
            tracing::warn!(%text, "the database does not answer");
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
            tracing::error!(%text, "the disk of the database is full");
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

/// By SQLSTATE (five characters; <https://www.postgresql.org/docs/current/errcodes-appendix.html>) or by the number of SQLite's
/// result code (<https://www.sqlite.org/rescode.html>), whose lowest byte is the primary one.
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

/// A fault of ours: logged under a reference, which is all that a page shows.
pub(crate) fn fault(cause: &str) -> Error {
    let reference = crate::request_id::current();
    tracing::error!(reference, cause, "unexpected");
    Error::Unexpected(reference)
}

/// What there is once, and somebody may try to write twice.
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

    /// The constraint or index of PostgreSQL, and the columns as SQLite names them.
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

/// Whether a statement wrote twice what there is once.
pub(crate) fn is_duplicate(cause: &DbErr, of: Unique) -> bool {
    let Some(sqlx::Error::Database(error)) = sqlx_error(cause) else { return false };
    let (constraint, columns) = of.names();
    error.is_unique_violation()
        && match error.constraint() {
            Some(name) => name == constraint,
            // SQLite names the columns at the end of its message, which it says in one language.
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
