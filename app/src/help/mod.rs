//! The user guide at `/help/`.

pub mod api;
pub mod page;
#[cfg(feature = "ssr")]
mod read;

#[cfg(feature = "ssr")]
pub use read::link;
