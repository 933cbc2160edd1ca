//! The frame around every page: sidebar, top bar, tab bar, shortcuts. The server renders it as plain HTML, so that
//! the browser needs no code for it; [`Follow`] updates it.

pub mod api;
mod follow;
#[cfg(feature = "ssr")]
pub mod frame;
mod keys;
mod palette;

pub use follow::Follow;
