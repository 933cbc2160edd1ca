//! Orders that look like the same customer: by what, and the page of candidates.

use serde::{Deserialize, Serialize};

use super::{
    choice::choices,
    pages::{Link, Similar},
};
use crate::code::travels_as_code;

choices! {
    /// What two orders have in common.
    Same {
        Mobile = "mobile", "Mobile";
        Landline = "landline", "Landline";
        Email = "email", "E-mail";
        Place = "place", "Business and postcode";
    }
}

impl Same {
    /// The address of its candidates.
    pub fn href(self) -> String {
        format!("/duplicates/?by={}", self.code())
    }
}

/// The candidates by one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DuplicatesView {
    pub by: Same,
    /// The four ways.
    pub tabs: Vec<Link>,
    pub groups: Vec<Candidates>,
    /// The candidates after these.
    pub more: Option<String>,
}

/// Orders of what may be one customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidates {
    /// What they share, as a form posts it.
    pub key: String,
    /// The same for people.
    pub words: String,
    /// `3 orders, 2 companies`.
    pub count: String,
    /// The newest of them.
    pub orders: Vec<Similar>,
    /// What the company could be called.
    pub name: String,
}
