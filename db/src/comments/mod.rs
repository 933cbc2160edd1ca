//! Comments: add one, set its status.

mod add;
mod set_status;

pub use add::add;
pub use set_status::set_status;
