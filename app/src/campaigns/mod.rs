//! Campaigns: list, page and form.

pub mod page;
