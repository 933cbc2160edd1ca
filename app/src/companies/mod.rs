//! Companies: the list, a company, its form.

pub mod api;
pub mod page;
#[cfg(feature = "ssr")]
mod read;
