//! What the `curlew` binary promises to whoever runs it: commands, upgrades, signals, logs. On SQLite, or with `CURLEW_TEST_POSTGRES` on
//! PostgreSQL.
#![allow(clippy::unwrap_used)]

mod backup;
mod commands;
mod harness;
mod log;
mod read_only;
mod signals;
mod upgrade;
