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
