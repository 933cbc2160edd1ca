//! The activity log.

pub mod api;
pub mod page;
#[cfg(feature = "ssr")]
mod read;
