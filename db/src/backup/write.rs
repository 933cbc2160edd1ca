//! Writes a backup.

use std::{
    io::{self, BufWriter, Write},
    path::Path,
};

use flate2::{Compression, write::GzEncoder};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::{AT_ONCE, FORMAT, ORDER_NUMBER, TABLES, columns, sentence, to_hex};
use crate::{Db, dialect, file::Replacement, transaction::Transaction};

/// A writer that hashes what it writes.
struct Hashed<W: Write> {
    to: W,
    hash: Sha256,
    rows: u64,
}

impl<W: Write> Hashed<W> {
    fn line(&mut self, line: &str) -> io::Result<()> {
        self.hash.update(line.as_bytes());
        self.hash.update(b"\n");
        self.to.write_all(line.as_bytes())?;
        self.to.write_all(b"\n")
    }

    fn row(&mut self, line: &str) -> io::Result<()> {
        self.rows += 1;
        // JSON escapes line ends inside values, and PostgreSQL puts none between them.
        self.line(&line.replace('\n', " "))
    }
}

/// Writes a consistent backup to a file while others keep writing. Returns the number of rows. The file is readable by its owner
/// only, and appears only when it is complete.
///
/// Errors, each one sentence: the file exists (unless `replace`) or can't be written; database errors.
pub async fn backup(db: &Db, path: &Path, replace: bool) -> Result<u64, String> {
    if path.exists() && !replace {
        return Err(format!("{} already exists: choose another name, or use --replace", path.display()));
    }
    let cannot = |cause: io::Error| format!("{} can't be written: {cause}", path.display());
    let file = Replacement::new(path).map_err(cannot)?;
    let mut to = Hashed { to: GzEncoder::new(BufWriter::new(file), Compression::fast()), hash: Sha256::new(), rows: 0 };
    to.line(FORMAT).map_err(cannot)?;
    let txn = db.begin_snapshot().await.map_err(|error| error.sentence())?;
    for table in TABLES {
        write_table(&txn, table, &mut to, cannot).await?;
    }
    if !dialect::is_sqlite(db) {
        write_counter(&txn, &mut to, cannot).await?;
    }
    txn.rollback().await.map_err(sentence)?;
    let hash = to_hex(&to.hash.clone().finalize());
    to.to.write_all(format!("{hash}\n").as_bytes()).map_err(cannot)?;
    let rows = to.rows;
    let file = to.to.finish().map_err(cannot)?.into_inner().map_err(|cause| cannot(cause.into_error()))?;
    file.put(replace).map_err(cannot)?;
    Ok(rows)
}

async fn write_table<W: Write>(
    txn: &Transaction,
    table: &str,
    to: &mut Hashed<W>,
    cannot: impl Fn(io::Error) -> String,
) -> Result<(), String> {
    let backend = txn.get_database_backend();
    let columns = columns(txn, table).await?;
    if columns.is_empty() {
        return Ok(());
    }
    let head: Vec<Json> = columns.iter().map(|(name, kind)| Json::from(vec![name.as_str(), kind.code()])).collect();
    to.line(&serde_json::json!({ "table": table, "columns": head }).to_string()).map_err(&cannot)?;
    let values = columns.iter().map(|(name, kind)| kind.selected(backend, name)).collect::<Vec<_>>().join(", ");
    if backend == DbBackend::Postgres {
        let declare =
            format!("DECLARE rows_{table} NO SCROLL CURSOR FOR SELECT CAST(json_build_array({values}) AS TEXT) AS line FROM {table}");
        txn.execute_unprepared(&declare).await.map_err(sentence)?;
        loop {
            let fetch = format!("FETCH {AT_ONCE} FROM rows_{table}");
            let rows = txn.query_all_raw(Statement::from_string(backend, fetch)).await.map_err(sentence)?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                to.row(&row.try_get::<String>("", "line").map_err(sentence)?).map_err(&cannot)?;
            }
        }
        txn.execute_unprepared(&format!("CLOSE rows_{table}")).await.map_err(sentence)?;
        return Ok(());
    }
    // In the order of the row ids, so that no table has to be sorted.
    let mut after = i64::MIN;
    loop {
        let sql =
            format!("SELECT rowid AS place, json_array({values}) AS line FROM {table} WHERE rowid > $1 ORDER BY rowid LIMIT {AT_ONCE}");
        let rows = txn.query_all_raw(Statement::from_sql_and_values(backend, sql, [after.into()])).await.map_err(sentence)?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            after = row.try_get("", "place").map_err(sentence)?;
            to.row(&row.try_get::<String>("", "line").map_err(sentence)?).map_err(&cannot)?;
        }
    }
}

/// The last order number of PostgreSQL's sequence, as the row that SQLite has for it. A sequence is not part of a snapshot, so the number is
/// at least the highest one in the backup.
async fn write_counter<W: Write>(txn: &Transaction, to: &mut Hashed<W>, cannot: impl Fn(io::Error) -> String) -> Result<(), String> {
    let row = txn.query_one_raw(Statement::from_string(DbBackend::Postgres, "SELECT last_value AS value FROM order_number")).await;
    let row = row.map_err(sentence)?.ok_or("The sequence of order numbers is missing")?;
    let value: i64 = row.try_get("", "value").map_err(sentence)?;
    to.line(&serde_json::json!({ "table": "counters", "columns": [["name", "text"], ["value", "int"]] }).to_string()).map_err(&cannot)?;
    to.row(&serde_json::json!([ORDER_NUMBER, value]).to_string()).map_err(cannot)
}
