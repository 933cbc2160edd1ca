//! Reports.

pub mod page;
