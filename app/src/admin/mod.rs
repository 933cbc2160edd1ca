//! Administration: people, teams, settings, permissions; and the user's own details and password.

pub mod api;
pub mod page;
#[cfg(feature = "ssr")]
mod read;

/// Whether a path is one of these pages.
pub fn is_admin(parts: &[&str]) -> bool {
    matches!(parts, ["permissions"] | ["admin", ..] | ["profile", "edit" | "password" | "confirm"])
}
