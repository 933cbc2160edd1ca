//! Duplicates: orders that look like the same customer, and the view model of their page.

use serde::{Deserialize, Serialize};

use super::{
    choice::choices,
    pages::{Link, Similar},
};
use crate::code::travels_as_code;

choices! {
    /// The value that two orders have in common.
    DuplicateKey {
        Mobile = "mobile", "Mobile";
        Landline = "landline", "Landline";
        Email = "email", "E-mail";
        BusinessAndPostcode = "place", "Business and postcode";
    }
}

impl DuplicateKey {
    /// The URL of its candidates.
    pub fn href(self) -> String {
        format!("/duplicates/?by={}", self.code())
    }
}

/// The view model of the duplicates page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DuplicatesView {
    pub by: DuplicateKey,
    /// Links to the four kinds of match.
    pub tabs: Vec<Link>,
    pub groups: Vec<DuplicateGroup>,
    /// The URL of the next candidates.
    pub more: Option<String>,
}

/// Orders that may belong to one customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DuplicateGroup {
    /// The value they share, as a form posts it.
    pub key: String,
    /// The value they share, as pages show it.
    #[serde(rename = "words")]
    pub text: String,
    /// `3 orders, 2 companies`.
    pub count: String,
    /// The newest of the orders.
    pub orders: Vec<Similar>,
    /// A name for the merged company.
    pub name: String,
}
