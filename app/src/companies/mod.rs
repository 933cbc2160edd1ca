//! Companies: found by name, the page of one, its form.

pub mod page;
