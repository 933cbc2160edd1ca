//! Administration pages: people, teams, settings, permissions.

pub mod people;
pub mod permissions;
pub mod settings;
