//! What the door promises, asked over its own router.
#![allow(clippy::unwrap_used)]

mod access;
mod admission;
mod bad_input;
mod device;
mod entry;
mod harness;
mod live;
mod many;
mod orders;
mod page_user;
mod rights;
mod shell;
mod statements;
mod told;
mod two_servers;
mod wire;
