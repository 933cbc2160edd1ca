//! The parts that pages are made of. No nouns in here.

pub mod avatar;
pub mod el;
pub mod error_page;
pub mod flash;
pub mod icon;
pub mod pager;

pub use avatar::avatar;
pub use flash::{Flash, Toast};
pub use icon::Icon;
pub use pager::pager;

/// Text inside `<title>` and `<textarea>`. On the server Leptos writes it there as it is, so it is escaped here; in the browser it
/// is set as text.
pub fn unmarked(text: String) -> String {
    if cfg!(feature = "ssr") { text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;") } else { text }
}
