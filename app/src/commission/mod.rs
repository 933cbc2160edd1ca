//! Commission and targets.

pub mod api;
pub mod page;
#[cfg(feature = "ssr")]
mod read;
