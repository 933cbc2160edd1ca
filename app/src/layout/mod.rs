//! The frame around every page: sidebar, top bar, tab bar, shortcuts. The server renders it as plain HTML, so that
//! the browser needs no code for it; [`Follow`] updates it.

pub mod api;
mod follow;
#[cfg(feature = "ssr")]
pub mod frame;
mod keys;
mod palette;

pub use follow::Follow;

/// Whether a link of the frame leads to the page with this path. The dashboard has two addresses.
fn is_place(path: &str, href: &str) -> bool {
    let path = path.trim_end_matches('/');
    href.trim_end_matches('/') == if path == "/dashboard" { "" } else { path }
}
