//! Administration: people, teams, settings, permissions; and the user's own details and password.

pub mod api;
pub mod page;
#[cfg(feature = "ssr")]
mod read;
