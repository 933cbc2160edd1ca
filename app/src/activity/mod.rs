//! Who did what.

pub mod page;
