//! Backups: everything that matters as one file, taken while others write, the same for both databases, so that one restores into the
//! other.
//!
//! The file is gzip. Its first line says what it is; a line with a table's name, columns and kinds opens each table, a line of JSON
//! values follows for each row; the last line is the SHA-256 of everything before it, so that a wrong byte is found before anything is
//! written.

use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Read, Write},
    path::Path,
};

use chrono::NaiveDate;
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, IsolationLevel, Statement, TransactionTrait, Value};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{Db, dialect};

const FORMAT: &str = "curlew backup 1";
/// Rows that are read or written at once.
const AT_ONCE: i64 = 1_000;

/// Every table of a backup, in the order in which its rows can refer to each other.
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
    "bulks",
    "bulk_items",
    "figures_sold",
    "figures_connected",
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

/// What stays out of a backup: who is signed in now, and the files of the release that runs.
pub const LEFT_OUT: [&str; 4] = ["sessions", "releases", "release_assets", "release_files"];

/// How a column is written down.
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

    /// As JSON text can hold it: numbers, or text; bytes and UUIDs in hex.
    fn out(self, backend: DbBackend, column: &str) -> String {
        match (self, backend) {
            (Self::Bool, _) => format!("CAST({column} AS INTEGER)"),
            (Self::Bytes | Self::Uuid, DbBackend::Sqlite) => format!("CASE WHEN {column} IS NULL THEN NULL ELSE lower(hex({column})) END"),
            (Self::Bytes, _) => format!("encode({column}, 'hex')"),
            (Self::Uuid, _) => format!("replace(CAST({column} AS TEXT), '-', '')"),
            (Self::Date, DbBackend::Postgres) => format!("CAST({column} AS TEXT)"),
            _ => column.to_owned(),
        }
    }

    fn value(self, backend: DbBackend, json: &Json) -> Result<Value, String> {
        let wrong = || format!("{json} is no {}", self.code());
        let text = || json.as_str().ok_or_else(wrong);
        if json.is_null() {
            return Ok(match self {
                Self::Int => Value::BigInt(None),
                Self::Bool => Value::Bool(None),
                Self::Text => Value::String(None),
                Self::Date if backend == DbBackend::Sqlite => Value::String(None),
                Self::Date => Value::ChronoDate(None),
                Self::Uuid if backend == DbBackend::Postgres => Value::Uuid(None),
                Self::Bytes | Self::Uuid => Value::Bytes(None),
            });
        }
        Ok(match self {
            Self::Int => json.as_i64().ok_or_else(wrong)?.into(),
            Self::Bool => (json.as_i64().ok_or_else(wrong)? != 0).into(),
            Self::Text => text()?.into(),
            Self::Date if backend == DbBackend::Sqlite => text()?.into(),
            Self::Date => text()?.parse::<NaiveDate>().map_err(|_| wrong())?.into(),
            Self::Bytes => unhex(text()?).ok_or_else(wrong)?.into(),
            Self::Uuid => {
                let uuid = Uuid::try_parse(text()?).map_err(|_| wrong())?;
                if backend == DbBackend::Postgres { uuid.into() } else { uuid.as_bytes().to_vec().into() }
            }
        })
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

fn sentence(cause: impl std::fmt::Display) -> String {
    format!("{cause}.")
}

/// The columns of a table, with their kinds; none where this database has no such table.
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
            "bytea" => Kind::Bytes,
            "uuid" => Kind::Uuid,
            "blob" if name == "uuid" => Kind::Uuid,
            "blob" => Kind::Bytes,
            // Which transaction wrote a row means nothing elsewhere.
            "xid8" => continue,
            _ => Kind::Text,
        };
        found.push((name, kind));
    }
    Ok(found)
}

/// Writes, and remembers the hash of what was written.
struct Hashed<W: Write> {
    to: W,
    hash: Sha256,
    rows: u64,
}

impl<W: Write> Hashed<W> {
    fn line(&mut self, line: &str) -> Result<(), String> {
        self.hash.update(line.as_bytes());
        self.hash.update(b"\n");
        self.to.write_all(line.as_bytes()).and_then(|()| self.to.write_all(b"\n")).map_err(sentence)
    }
}

/// Takes a backup as of one moment into a file; others go on writing. Answers how many rows are in it.
///
/// Errors, each one sentence: a file that is there already or cannot be written, and the database's.
pub async fn backup(db: &Db, path: &Path, replace: bool) -> Result<u64, String> {
    if path.exists() && !replace {
        return Err(format!("{} is there already: choose another name.", path.display()));
    }
    let part = path.with_extension("part");
    let file = File::create(&part).map_err(|cause| format!("{} cannot be written: {cause}.", part.display()))?;
    let mut to = Hashed { to: GzEncoder::new(BufWriter::new(file), Compression::fast()), hash: Sha256::new(), rows: 0 };
    to.line(FORMAT)?;
    let isolation = (!dialect::is_sqlite(db)).then_some(IsolationLevel::RepeatableRead);
    let txn = db.read.begin_with_config(isolation, None).await.map_err(sentence)?;
    for table in TABLES {
        table_out(&txn, table, &mut to).await?;
    }
    txn.rollback().await.map_err(sentence)?;
    let hash = hex(&to.hash.clone().finalize());
    to.to.write_all(format!("{hash}\n").as_bytes()).map_err(sentence)?;
    let rows = to.rows;
    let file = to.to.finish().map_err(sentence)?.into_inner().map_err(sentence)?;
    file.sync_all().map_err(sentence)?;
    std::fs::rename(&part, path).map_err(sentence)?;
    Ok(rows)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn table_out<W: Write>(txn: &DatabaseTransaction, table: &str, to: &mut Hashed<W>) -> Result<(), String> {
    let backend = txn.get_database_backend();
    let columns = columns(txn, table).await?;
    if columns.is_empty() {
        return Ok(());
    }
    let head: Vec<Json> = columns.iter().map(|(name, kind)| Json::from(vec![name.as_str(), kind.code()])).collect();
    to.line(&serde_json::json!({ "table": table, "columns": head }).to_string())?;
    let values = columns.iter().map(|(name, kind)| kind.out(backend, name)).collect::<Vec<_>>().join(", ");
    let array = if backend == DbBackend::Sqlite { "json_array" } else { "json_build_array" };
    // By the row's own place: no table is sorted for a backup.
    let (place, start) = if backend == DbBackend::Sqlite { ("rowid", "-9223372036854775808") } else { ("", "") };
    if place.is_empty() {
        txn.execute_unprepared(&format!(
            "DECLARE rows_{table} NO SCROLL CURSOR FOR SELECT CAST({array}({values}) AS TEXT) AS line FROM {table}"
        ))
        .await
        .map_err(sentence)?;
        loop {
            let fetch = format!("FETCH {AT_ONCE} FROM rows_{table}");
            let rows = txn.query_all_raw(Statement::from_string(backend, fetch)).await.map_err(sentence)?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                line_out(&row.try_get::<String>("", "line").map_err(sentence)?, to)?;
            }
        }
        txn.execute_unprepared(&format!("CLOSE rows_{table}")).await.map_err(sentence)?;
        return Ok(());
    }
    let mut after: i64 = start.parse().map_err(sentence)?;
    loop {
        let sql = format!("SELECT rowid AS place, {array}({values}) AS line FROM {table} WHERE rowid > $1 ORDER BY rowid LIMIT {AT_ONCE}");
        let rows = txn.query_all_raw(Statement::from_sql_and_values(backend, sql, [after.into()])).await.map_err(sentence)?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            after = row.try_get("", "place").map_err(sentence)?;
            line_out(&row.try_get::<String>("", "line").map_err(sentence)?, to)?;
        }
    }
}

fn line_out<W: Write>(line: &str, to: &mut Hashed<W>) -> Result<(), String> {
    to.rows += 1;
    // A line end inside a value is escaped by JSON; PostgreSQL puts none between values.
    to.line(&line.replace('\n', " "))
}

fn lines(path: &Path) -> Result<BufReader<GzDecoder<BufReader<File>>>, String> {
    let file = File::open(path).map_err(|cause| format!("{} cannot be read: {cause}.", path.display()))?;
    Ok(BufReader::new(GzDecoder::new(BufReader::new(file))))
}

/// Reads the whole file and its hash.
fn verify(path: &Path) -> Result<(), String> {
    let broken = || format!("{} is damaged, or is no backup of Curlew: nothing was written.", path.display());
    let mut hash = Sha256::new();
    let mut from = lines(path)?;
    let mut held: Option<Vec<u8>> = None;
    let mut line = Vec::new();
    let mut first = true;
    loop {
        line.clear();
        if from.read_until(b'\n', &mut line).map_err(|_| broken())? == 0 {
            break;
        }
        if first && line != format!("{FORMAT}\n").as_bytes() {
            return Err(broken());
        }
        first = false;
        if let Some(before) = held.replace(line.clone()) {
            hash.update(&before);
        }
    }
    let mut rest = Vec::new();
    from.read_to_end(&mut rest).map_err(|_| broken())?;
    let said = held.ok_or_else(broken)?;
    if said != format!("{}\n", hex(&hash.finalize())).as_bytes() {
        return Err(broken());
    }
    Ok(())
}

/// Brings a backup into an empty database; a wrong byte in it is found before anything is written. Answers how many rows came.
///
/// Errors, each one sentence: a database with people in it, a damaged file, a backup of a newer Curlew, and the database's. Nothing is
/// written then: it is one transaction.
pub async fn restore(db: &Db, path: &Path) -> Result<u64, String> {
    verify(path)?;
    if !crate::users::is_empty(db).await.map_err(|error| error.sentence())? {
        return Err("This database has people in it: a backup goes into an empty one.".into());
    }
    let backend = dialect::backend(db);
    let txn = db.begin().await.map_err(|error| error.sentence())?;
    // What a fresh database starts with makes room.
    for table in ["settings", "choices", "figures_sold", "figures_connected", "change_log"] {
        txn.execute_unprepared(&format!("DELETE FROM {table}")).await.map_err(sentence)?;
    }
    let mut from = lines(path)?;
    let mut text = String::new();
    from.read_line(&mut text).map_err(sentence)?;
    let mut rows = 0;
    let mut open: Option<Table> = None;
    loop {
        text.clear();
        if from.read_line(&mut text).map_err(sentence)? == 0 {
            break;
        }
        let line = text.trim_end_matches('\n');
        if line.starts_with('[') {
            rows += 1;
            if let Some(table) = &mut open {
                table.take(&txn, backend, line).await?;
            }
            continue;
        }
        if let Some(mut table) = open.take() {
            table.write(&txn, backend).await?;
        }
        if line.starts_with('{') {
            open = Some(Table::read(&txn, line).await?);
        }
    }
    if let Some(mut table) = open.take() {
        table.write(&txn, backend).await?;
    }
    numbers(&txn, backend).await?;
    txn.commit().await.map_err(sentence)?;
    db.forget_house().await;
    Ok(rows)
}

/// A table that is being restored.
struct Table {
    name: String,
    columns: Vec<(String, Kind)>,
    /// Whether rows of it are only looked at.
    skipped: bool,
    waiting: Vec<Value>,
    /// Companies that became others are told so when all are there.
    later: Vec<(i64, i64)>,
}

impl Table {
    async fn read(txn: &impl ConnectionTrait, line: &str) -> Result<Self, String> {
        let head: Json = serde_json::from_str(line).map_err(sentence)?;
        let name = head["table"].as_str().unwrap_or_default().to_owned();
        if !TABLES.contains(&name.as_str()) {
            return Err(format!("The backup has a table “{name}” that this Curlew does not know: restore with the newer one."));
        }
        let known = columns(txn, &name).await?;
        let skipped = name == "seaql_migrations" || name == "counters" || known.is_empty();
        let mut found = Vec::new();
        for column in head["columns"].as_array().into_iter().flatten() {
            let (column, kind) = (column[0].as_str().unwrap_or_default(), Kind::find(column[1].as_str().unwrap_or_default()));
            let kind = kind.ok_or_else(|| format!("The backup has a kind of column in {name} that this Curlew does not know."))?;
            if !skipped && known.iter().all(|(it, _)| it != column) {
                return Err(format!("The backup has a column {name}.{column} that this Curlew does not know: restore with the newer one."));
            }
            found.push((column.to_owned(), kind));
        }
        Ok(Self { name, columns: found, skipped, waiting: Vec::new(), later: Vec::new() })
    }

    async fn take(&mut self, txn: &impl ConnectionTrait, backend: DbBackend, line: &str) -> Result<(), String> {
        let mut values: Vec<Json> = serde_json::from_str(line).map_err(sentence)?;
        if values.len() != self.columns.len() {
            return Err(format!("A row of {} has {} values instead of {}.", self.name, values.len(), self.columns.len()));
        }
        let at = |name: &str| self.columns.iter().position(|(it, _)| it == name);
        if self.name == "counters" && backend == DbBackend::Sqlite {
            let value = at("value").and_then(|at| values[at].as_i64()).unwrap_or_default();
            txn.execute_unprepared(&format!("UPDATE counters SET value = max(value, {value}) WHERE name = 'order_number'"))
                .await
                .map_err(sentence)?;
        }
        if self.skipped {
            return Ok(());
        }
        if self.name == "companies"
            && let (Some(id), Some(into)) = (at("id"), at("merged_into"))
            && let (Some(id), Some(other)) = (values[id].as_i64(), values[into].as_i64())
        {
            self.later.push((id, other));
            values[into] = Json::Null;
        }
        for ((_, kind), json) in self.columns.iter().zip(&values) {
            self.waiting.push(kind.value(backend, json)?);
        }
        if self.waiting.len() + self.columns.len() > dialect::most_values(txn).min(self.columns.len() * AT_ONCE as usize) {
            self.flush(txn, backend).await?;
        }
        Ok(())
    }

    async fn flush(&mut self, txn: &impl ConnectionTrait, backend: DbBackend) -> Result<(), String> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let wide = self.columns.len();
        let names = self.columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
        // SQLite looks a numbered place up among all others: of thousands that takes longer than the rows themselves.
        let place = |nth: usize| if backend == DbBackend::Sqlite { "?".to_owned() } else { format!("${nth}") };
        let rows = (0..self.waiting.len() / wide)
            .map(|row| format!("({})", (0..wide).map(|nth| place(row * wide + nth + 1)).collect::<Vec<_>>().join(", ")))
            .collect::<Vec<_>>()
            .join(", ");
        let sql = format!("INSERT INTO {} ({names}) VALUES {rows}", self.name);
        txn.execute_raw(Statement::from_sql_and_values(backend, sql, std::mem::take(&mut self.waiting))).await.map_err(sentence)?;
        Ok(())
    }

    async fn write(&mut self, txn: &impl ConnectionTrait, backend: DbBackend) -> Result<(), String> {
        self.flush(txn, backend).await?;
        for (id, other) in std::mem::take(&mut self.later) {
            txn.execute_unprepared(&format!("UPDATE companies SET merged_into = {other} WHERE id = {id}")).await.map_err(sentence)?;
        }
        Ok(())
    }
}

/// New rows and new order numbers begin behind what came.
async fn numbers(txn: &impl ConnectionTrait, backend: DbBackend) -> Result<(), String> {
    let newest = "SELECT COALESCE(MAX(CAST(number AS BIGINT)), 0) FROM orders WHERE length(number) = 7";
    if backend == DbBackend::Sqlite {
        let digits = format!("{newest} AND number NOT GLOB '*[^0-9]*'");
        let sql = format!("UPDATE counters SET value = max(value, ({digits})) WHERE name = 'order_number'");
        txn.execute_unprepared(&sql).await.map_err(sentence)?;
        return Ok(());
    }
    let digits = format!("{newest} AND number ~ '^[0-9]+$'");
    txn.execute_unprepared(&format!("SELECT setval('order_number', greatest(({digits}), 1000000))")).await.map_err(sentence)?;
    for table in TABLES {
        if columns(txn, table).await?.iter().all(|(name, _)| name != "id") {
            continue;
        }
        let has = "SELECT pg_get_serial_sequence($1, 'id') AS sequence";
        let found = txn.query_one_raw(Statement::from_sql_and_values(backend, has, [table.into()])).await;
        let Ok(Some(row)) = found else { continue };
        let Some(sequence) = row.try_get::<Option<String>>("", "sequence").ok().flatten() else { continue };
        let sql = format!("SELECT setval('{sequence}', greatest((SELECT COALESCE(MAX(id), 0) FROM {table}), 1))");
        txn.execute_unprepared(&sql).await.map_err(sentence)?;
    }
    Ok(())
}
