//! Companies: which orders look like the same customer, and companies that become one.

mod duplicates;
mod merge;

pub use duplicates::duplicates;
pub use merge::{Which, merge};
