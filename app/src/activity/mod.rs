//! The activity log.

pub mod page;
