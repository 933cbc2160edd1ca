//! What the acts promise, on SQLite or (with `CURLEW_TEST_POSTGRES`) on PostgreSQL.
#![allow(clippy::unwrap_used)]

mod backup;
mod bulk_actions;
mod change_feed;
mod comments;
mod companies;
mod counts;
mod csv;
mod dashboard;
mod demo;
mod durability;
mod ground;
mod import;
mod lists;
mod orders;
mod rollups;
mod search;
mod sessions;
mod sync;
mod undo;
mod users;
