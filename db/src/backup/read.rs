//! Restores a backup.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
};

use flate2::read::GzDecoder;
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use serde::de::{self, DeserializeSeed, Deserializer, SeqAccess, Visitor};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::{AT_ONCE, FORMAT, Kind, ORDER_NUMBER, Scalar, TABLES, columns, from_hex, sentence, to_hex};
use crate::{Db, dialect, identity, transaction::Transaction};

/// The maximum length of a line, in bytes. The longest row that Curlew writes, a change of two texts of 10,000 characters, is less
/// than one megabyte.
const LONGEST_LINE: usize = 8 * 1024 * 1024;
/// The size of a batch of values that is written together, in bytes.
const WAITING: usize = 8 * 1024 * 1024;
/// The gap between the highest number in the backup and new order numbers: numbers assigned after the backup was taken are never reused.
const NUMBERS_APART: i64 = 10_000;

type Lines = BufReader<GzDecoder<BufReader<File>>>;

fn open(path: &Path) -> Result<Lines, String> {
    let file = File::open(path).map_err(|cause| format!("{} can't be read: {cause}", path.display()))?;
    Ok(BufReader::new(GzDecoder::new(BufReader::new(file))))
}

/// Reads the next line without its line end into `line`; `false` at the end of the file. A line that is too long or not UTF-8 means
/// that the file is damaged.
fn next_line(from: &mut Lines, line: &mut Vec<u8>) -> Result<bool, ()> {
    line.clear();
    let read = from.take(LONGEST_LINE as u64 + 1).read_until(b'\n', line).map_err(|_| ())?;
    if read == 0 {
        return Ok(false);
    }
    if line.pop() != Some(b'\n') {
        return Err(());
    }
    Ok(true)
}

/// Reads the whole file and verifies its hash.
fn verify(path: &Path) -> Result<(), String> {
    let broken = || format!("{} is damaged or is not a Curlew backup. Nothing was written.", path.display());
    let mut from = open(path)?;
    let (mut hash, mut line, mut held) = (Sha256::new(), Vec::new(), None::<Vec<u8>>);
    if !next_line(&mut from, &mut line).map_err(|()| broken())? || line != FORMAT.as_bytes() {
        return Err(broken());
    }
    loop {
        // The last line is the hash of everything before it.
        if let Some(before) = held.replace(line.clone()) {
            hash.update(&before);
            hash.update(b"\n");
        }
        if !next_line(&mut from, &mut line).map_err(|()| broken())? {
            break;
        }
    }
    let said = held.and_then(|said| from_hex(std::str::from_utf8(&said).ok()?)).ok_or_else(broken)?;
    if to_hex(&said) != to_hex(&hash.finalize()) {
        return Err(broken());
    }
    Ok(())
}

/// Restores a backup into an empty database, after verifying the whole file. Returns the number of rows. The
/// database gets a new identity, and new order numbers start far above those of the backup.
///
/// Errors, each one sentence: a database with users in it, a damaged file, a backup of a newer Curlew, database errors. Nothing is
/// written in that case: the restore is one transaction.
pub async fn restore(db: &Db, path: &Path) -> Result<u64, String> {
    let held = path.to_owned();
    tokio::task::spawn_blocking(move || verify(&held)).await.map_err(sentence)??;
    if !crate::users::is_empty(db).await.map_err(|error| error.sentence())? {
        return Err("This database already has people in it. Restore a backup into an empty database.".into());
    }
    let backend = dialect::backend(db);
    let txn = db.begin().await.map_err(|error| error.sentence())?;
    // The rows that a new database starts with are deleted first.
    for table in ["settings", "choices", "daily_sold", "daily_connected", "change_log"] {
        txn.execute_unprepared(&format!("DELETE FROM {table}")).await.map_err(sentence)?;
    }
    let rows = read_rows(&txn, path).await?;
    continue_numbers(&txn, backend).await?;
    identity::renew(&txn).await.map_err(|error| error.sentence())?;
    db.commit_reference_data(txn).await.map_err(|error| error.sentence())?;
    Ok(rows)
}

async fn read_rows(txn: &Transaction, path: &Path) -> Result<u64, String> {
    let broken = || format!("{} changed while it was being read. Nothing was written.", path.display());
    let mut from = open(path)?;
    let (mut rows, mut line, mut table) = (0, Vec::new(), None::<Table>);
    while next_line(&mut from, &mut line).map_err(|()| broken())? {
        let text = std::str::from_utf8(&line).map_err(|_| broken())?;
        if text.starts_with('[') {
            rows += 1;
            if let Some(table) = &mut table {
                table.take(txn, text).await?;
            }
            continue;
        }
        if let Some(mut table) = table.take() {
            table.finish(txn).await?;
        }
        if text.starts_with('{') {
            table = Some(Table::read(txn, text).await?);
        }
    }
    if let Some(mut table) = table.take() {
        table.finish(txn).await?;
    }
    Ok(rows)
}

/// A table that is being restored.
struct Table {
    name: String,
    /// The columns of the file, with the types of this database.
    columns: Vec<(String, Kind)>,
    /// Whether its rows are only checked.
    skipped: bool,
    waiting: Vec<Value>,
    /// The size of the pending lines, in bytes.
    bytes: usize,
    /// References between companies are set when all companies are restored.
    merged: Vec<(i64, i64)>,
}

/// Tables that earlier releases wrote under another name.
const RENAMED_TABLES: [(&str, &str); 4] = [
    ("bulks", "bulk_actions"),
    ("bulk_items", "bulk_action_items"),
    ("figures_sold", "daily_sold"),
    ("figures_connected", "daily_connected"),
];

/// Columns that earlier releases wrote under another name, by their tables' names of now.
const RENAMED_COLUMNS: [(&str, &str, &str); 3] = [
    ("bulk_actions", "beat_at", "heartbeat_at"),
    ("bulk_action_items", "bulk_id", "bulk_action_id"),
    ("daily_sold", "generation", "version"),
];

impl Table {
    async fn read(txn: &impl ConnectionTrait, line: &str) -> Result<Self, String> {
        let head: Json = serde_json::from_str(line).map_err(sentence)?;
        let written = head["table"].as_str().unwrap_or_default();
        let name = RENAMED_TABLES.iter().find(|(before, _)| *before == written).map_or(written, |(_, now)| now).to_owned();
        if !TABLES.contains(&name.as_str()) {
            return Err(format!(
                "The backup has a table “{name}” that this version of Curlew doesn't know. Restore it with a newer version."
            ));
        }
        let known = columns(txn, &name).await?;
        let skipped = name == "seaql_migrations" || name == "counters" || known.is_empty();
        let mut found = Vec::new();
        for column in head["columns"].as_array().into_iter().flatten() {
            let (column, written) = (column[0].as_str().unwrap_or_default(), Kind::find(column[1].as_str().unwrap_or_default()));
            let renamed = RENAMED_COLUMNS.iter().find(|(table, before, _)| *table == name && *before == column);
            let column = renamed.map_or(column, |(_, _, now)| now);
            let written = written.ok_or_else(|| {
                format!("The backup has a column type in {name} that this version of Curlew doesn't know. Restore it with a newer version.")
            })?;
            let kind = known.iter().find(|(it, _)| it == column).map(|(_, kind)| *kind);
            if !skipped && kind.is_none() {
                return Err(format!(
                    "The backup has a column {name}.{column} that this version of Curlew doesn't know. Restore it with a newer version."
                ));
            }
            found.push((column.to_owned(), kind.unwrap_or(written)));
        }
        Ok(Self { name, columns: found, skipped, waiting: Vec::new(), bytes: 0, merged: Vec::new() })
    }

    async fn take(&mut self, txn: &impl ConnectionTrait, line: &str) -> Result<(), String> {
        let wide = self.columns.len();
        let mut reader = serde_json::Deserializer::from_str(line);
        let mut values = Row { wide }.deserialize(&mut reader).map_err(|cause| format!("A row of {} can't be read: {cause}", self.name))?;
        let at = |name: &str| self.columns.iter().position(|(it, _)| it == name);
        if self.name == "counters"
            && let (Some(name), Some(value)) = (at("name"), at("value"))
            && let (Scalar::Text(name), Scalar::Int(value)) = (&values[name], &values[value])
            && name == ORDER_NUMBER
        {
            dialect::raise_numbers(txn, *value).await.map_err(|error| error.sentence())?;
        }
        if self.skipped {
            return Ok(());
        }
        if self.name == "companies"
            && let (Some(id), Some(into)) = (at("id"), at("merged_into"))
            && let (Scalar::Int(id), Scalar::Int(other)) = (&values[id], &values[into])
        {
            self.merged.push((*id, *other));
            values[into] = Scalar::Null;
        }
        for ((_, kind), scalar) in self.columns.iter().zip(values) {
            self.waiting.push(kind.value(txn.get_database_backend(), scalar)?);
        }
        self.bytes += line.len();
        let full = self.waiting.len() + wide > dialect::most_values(txn).min(wide * AT_ONCE);
        if full || self.bytes > WAITING { self.flush(txn).await } else { Ok(()) }
    }

    async fn flush(&mut self, txn: &impl ConnectionTrait) -> Result<(), String> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let (wide, backend) = (self.columns.len(), txn.get_database_backend());
        let names = self.columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
        // SQLite looks up each numbered parameter among all others, which is slow for thousands of them.
        let place = |nth: usize| if backend == DbBackend::Sqlite { "?".to_owned() } else { format!("${nth}") };
        let rows = (0..self.waiting.len() / wide)
            .map(|row| format!("({})", (0..wide).map(|nth| place(row * wide + nth + 1)).collect::<Vec<_>>().join(", ")))
            .collect::<Vec<_>>()
            .join(", ");
        let sql = format!("INSERT INTO {} ({names}) VALUES {rows}", self.name);
        self.bytes = 0;
        txn.execute_raw(Statement::from_sql_and_values(backend, sql, std::mem::take(&mut self.waiting)))
            .await
            .map_err(|cause| format!("Rows of {} were rejected: {cause}", self.name))?;
        Ok(())
    }

    async fn finish(&mut self, txn: &impl ConnectionTrait) -> Result<(), String> {
        self.flush(txn).await?;
        for (id, other) in std::mem::take(&mut self.merged) {
            txn.execute_unprepared(&format!("UPDATE companies SET merged_into = {other} WHERE id = {id}")).await.map_err(sentence)?;
        }
        Ok(())
    }
}

/// Reads a row of exactly this many values.
struct Row {
    wide: usize,
}

impl<'de> DeserializeSeed<'de> for Row {
    type Value = Vec<Scalar>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Row {
    type Value = Vec<Scalar>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} values", self.wide)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut row: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::with_capacity(self.wide);
        while let Some(value) = row.next_element_seed(Cell)? {
            if values.len() == self.wide {
                return Err(de::Error::invalid_length(self.wide + 1, &self));
            }
            values.push(value);
        }
        if values.len() < self.wide {
            return Err(de::Error::invalid_length(values.len(), &self));
        }
        Ok(values)
    }
}

struct Cell;

impl<'de> DeserializeSeed<'de> for Cell {
    type Value = Scalar;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Scalar, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for Cell {
    type Value = Scalar;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("text, a whole number or null")
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Null)
    }

    fn visit_bool<E>(self, it: bool) -> Result<Scalar, E> {
        Ok(Scalar::Int(i64::from(it)))
    }

    fn visit_i64<E>(self, it: i64) -> Result<Scalar, E> {
        Ok(Scalar::Int(it))
    }

    fn visit_u64<E: de::Error>(self, it: u64) -> Result<Scalar, E> {
        i64::try_from(it).map(Scalar::Int).map_err(|_| E::invalid_value(de::Unexpected::Unsigned(it), &self))
    }

    fn visit_str<E>(self, it: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(it.to_owned()))
    }
}

/// Sets the id sequences behind the restored rows, and the order numbers far above them.
async fn continue_numbers(txn: &Transaction, backend: DbBackend) -> Result<(), String> {
    let is_number = if backend == DbBackend::Sqlite { "number NOT GLOB '*[^0-9]*'" } else { "number ~ '^[0-9]+$'" };
    let newest = format!(
        "SELECT CAST(COALESCE(MAX(CAST(number AS BIGINT)), 0) AS BIGINT) AS newest FROM orders WHERE length(number) = 7 AND {is_number}"
    );
    let row = txn.query_one_raw(Statement::from_string(backend, newest)).await.map_err(sentence)?;
    let newest: i64 = row.map(|row| row.try_get("", "newest")).transpose().map_err(sentence)?.unwrap_or_default();
    let given_out = dialect::last_number(txn).await.map_err(|error| error.sentence())?;
    dialect::raise_numbers(txn, newest.max(given_out) + NUMBERS_APART).await.map_err(|error| error.sentence())?;
    if backend == DbBackend::Sqlite {
        return Ok(());
    }
    for table in TABLES {
        if columns(txn, table).await?.iter().all(|(name, _)| name != "id") {
            continue;
        }
        let has = "SELECT pg_get_serial_sequence($1, 'id') AS sequence";
        let found = txn.query_one_raw(Statement::from_sql_and_values(backend, has, [table.into()])).await.map_err(sentence)?;
        let Some(sequence) = found.and_then(|row| row.try_get::<Option<String>>("", "sequence").ok().flatten()) else { continue };
        let sql = format!("SELECT setval('{sequence}', greatest((SELECT COALESCE(MAX(id), 0) FROM {table}), 1))");
        txn.execute_unprepared(&sql).await.map_err(sentence)?;
    }
    Ok(())
}
