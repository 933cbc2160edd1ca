//! People: the profile page.

pub mod api;
pub mod profile_page;
