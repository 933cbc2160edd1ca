//! Campaigns: their list, the page of one, its form.

pub mod page;
