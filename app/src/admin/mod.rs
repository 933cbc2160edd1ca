//! What an admin keeps: people, teams, settings; and the page that explains rights.

pub mod people;
pub mod rights;
pub mod settings;
