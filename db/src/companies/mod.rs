//! Companies: which orders look like the same customer, and companies that become one.

mod duplicates;
mod merge;
mod pages;

pub use duplicates::{duplicates, duplicates_sql};
pub(crate) use merge::not_yet;
pub use merge::{Which, merge};
pub use pages::{CompanyDraft, CompanyPage, draft, list, save, show};
