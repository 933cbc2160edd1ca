//! What surrounds every page: rail, top bar, tabs of the phone, shortcuts. The server draws it as plain HTML around the page, so
//! the browser carries no code for it; what must move is moved by [`Follow`].

pub mod api;
mod follow;
#[cfg(feature = "ssr")]
pub mod frame;
mod keys;
mod palette;

pub use follow::Follow;
