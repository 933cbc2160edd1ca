//! The dashboard.

#[cfg(feature = "ssr")]
mod chart;
#[cfg(feature = "ssr")]
pub mod page;

#[cfg(feature = "ssr")]
pub use chart::{Bar, chart};
