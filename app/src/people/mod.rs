//! People: so far everybody's own page.

pub mod api;
pub mod profile_page;
