//! What surrounds every page: rail, top bar, tabs of the phone, shortcuts.

pub mod api;
mod frame;
mod nav;
mod shortcuts;

pub use frame::Frame;
