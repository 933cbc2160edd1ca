//! Comments: add one, say how far it is.

mod add;
mod set_status;

pub use add::add;
pub use set_status::set_status;
