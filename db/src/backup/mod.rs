//! Backups: all data in one file, taken while others write. The format is the same for both databases, so that a backup of one restores into
//! the other.
//!
//! The file is gzip. The first line names the format; each table starts with a line with its name, columns and column types, followed by one
//! line of JSON values per row; the last line is the SHA-256 of everything before it, so that damage is found before anything is
//! written.

mod read;
mod write;

use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use uuid::Uuid;

pub use read::restore;
pub use write::backup;

const FORMAT: &str = "curlew backup 1";
/// Rows per read or write.
const AT_ONCE: usize = 1_000;

/// All tables of a backup, ordered so that foreign keys refer to earlier tables.
pub const TABLES: [&str; 28] = [
    "settings",
    "choices",
    "teams",
    "users",
    "known_devices",
    "campaigns",
    "companies",
    "orders",
    "order_history",
    "comments",
    "activity",
    "imports",
    "import_staged",
    "import_records",
    "saved_views",
    "bulk_actions",
    "bulk_action_items",
    "daily_sold",
    "daily_connected",
    "commissions",
    "closed_months",
    "targets",
    "counters",
    "change_log",
    "sign_in_failures",
    "user_tokens",
    "sync_keys",
    "seaql_migrations",
];

/// Tables that are not backed up: sessions, the files of the running release, running servers.
pub const LEFT_OUT: [&str; 5] = ["sessions", "releases", "release_assets", "release_files", "health_checks"];

/// The row of `counters` with the last assigned order number; a sequence on PostgreSQL.
const ORDER_NUMBER: &str = "order_number";

/// The type of a column in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Int,
    Bool,
    Text,
    Date,
    Bytes,
    Uuid,
}

impl Kind {
    fn code(self) -> &'static str {
        match self {
            Self::Int => "int",
            Self::Bool => "bool",
            Self::Text => "text",
            Self::Date => "date",
            Self::Bytes => "bytes",
            Self::Uuid => "uuid",
        }
    }

    fn find(code: &str) -> Option<Self> {
        [Self::Int, Self::Bool, Self::Text, Self::Date, Self::Bytes, Self::Uuid].into_iter().find(|it| it.code() == code)
    }

    /// The SQL expression that reads a column as a JSON-compatible value: numbers or text; bytes and UUIDs in hex.
    fn selected(self, backend: DbBackend, column: &str) -> String {
        match (self, backend) {
            (Self::Bool, _) => format!("CAST({column} AS INTEGER)"),
            (Self::Bytes | Self::Uuid, DbBackend::Sqlite) => format!("CASE WHEN {column} IS NULL THEN NULL ELSE lower(hex({column})) END"),
            (Self::Bytes, _) => format!("encode({column}, 'hex')"),
            (Self::Uuid, _) => format!("replace(CAST({column} AS TEXT), '-', '')"),
            (Self::Date, DbBackend::Postgres) => format!("CAST({column} AS TEXT)"),
            _ => column.to_owned(),
        }
    }

    /// Converts a value for a column of this type. Bytes and UUIDs look alike in the file; the target column decides.
    fn value(self, backend: DbBackend, scalar: Scalar) -> Result<Value, String> {
        let wrong = |scalar: &Scalar| format!("{scalar:?} is not a {}", self.code());
        let on_sqlite = backend == DbBackend::Sqlite;
        Ok(match (self, scalar) {
            (Self::Int, Scalar::Null) => Value::BigInt(None),
            (Self::Bool, Scalar::Null) => Value::Bool(None),
            (Self::Date, Scalar::Null) if !on_sqlite => Value::ChronoDate(None),
            (Self::Text | Self::Date, Scalar::Null) => Value::String(None),
            (Self::Uuid, Scalar::Null) if !on_sqlite => Value::Uuid(None),
            (Self::Bytes | Self::Uuid, Scalar::Null) => Value::Bytes(None),
            (Self::Int, Scalar::Int(it)) => it.into(),
            (Self::Bool, Scalar::Int(it)) => (it != 0).into(),
            (Self::Text, Scalar::Text(text)) => text.into(),
            (Self::Date, Scalar::Text(text)) if on_sqlite => text.into(),
            (Self::Date, Scalar::Text(text)) => text.parse::<NaiveDate>().map_err(|_| wrong(&Scalar::Text(text)))?.into(),
            (Self::Uuid, Scalar::Text(text)) if !on_sqlite => Uuid::try_parse(&text).map_err(|_| wrong(&Scalar::Text(text)))?.into(),
            (Self::Bytes | Self::Uuid, Scalar::Text(text)) => from_hex(&text).ok_or_else(|| wrong(&Scalar::Text(text)))?.into(),
            (_, other) => return Err(wrong(&other)),
        })
    }
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Scalar {
    Null,
    Int(i64),
    Text(String),
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

fn sentence(cause: impl std::fmt::Display) -> String {
    format!("{cause}.")
}

/// The columns of a table with their types; empty when this database has no such table.
async fn columns(txn: &impl ConnectionTrait, table: &str) -> Result<Vec<(String, Kind)>, String> {
    let backend = txn.get_database_backend();
    let sql = match backend {
        DbBackend::Sqlite => format!("SELECT name, lower(type) AS kind FROM pragma_table_info('{table}') ORDER BY cid"),
        _ => format!(
            "SELECT CAST(column_name AS TEXT) AS name, CAST(udt_name AS TEXT) AS kind FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = '{table}' ORDER BY ordinal_position"
        ),
    };
    let rows = txn.query_all_raw(Statement::from_string(backend, sql)).await.map_err(sentence)?;
    let mut found = Vec::new();
    for row in rows {
        let name: String = row.try_get("", "name").map_err(sentence)?;
        let kind: String = row.try_get("", "kind").map_err(sentence)?;
        let kind = match kind.as_str() {
            "bigint" | "integer" | "int" | "int4" | "int8" => Kind::Int,
            "boolean" | "bool" => Kind::Bool,
            "date" | "date_text" => Kind::Date,
            "bytea" | "blob" => Kind::Bytes,
            "uuid" => Kind::Uuid,
            // The id of the writing transaction is meaningless in another database.
            "xid8" => continue,
            _ => Kind::Text,
        };
        found.push((name, kind));
    }
    Ok(found)
}
