//! What the server promises, asked over its own router.
#![allow(clippy::unwrap_used)]

mod access;
mod admission;
mod auth;
mod bad_input;
mod bulk;
mod device;
mod harness;
mod live;
mod orders;
mod page_user;
mod rights;
mod server_pages;
mod shell;
mod statements;
mod two_servers;
mod wire;
