//! The view model of a report: every text and link, ready to show.

use serde::{Deserialize, Serialize};

use crate::{
    dashboard::view::{Progress, QueryForm},
    orders::pages::Link,
};

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportView {
    pub title: String,
    /// The days of its period.
    pub subtitle: String,
    /// The URL of its CSV file, for those who may export.
    pub csv: Option<String>,
    /// A sentence for each ignored value of the URL.
    pub ignored: Vec<String>,
    pub query: QueryForm,
    pub saving: Saving,
    /// The head of the first column, and of the values.
    pub heads: [String; 2],
    pub rows: Vec<ReportRow>,
    /// The value and the orders of all rows.
    pub total: [String; 2],
    /// The chapter of the user guide that explains the page.
    pub help: Option<Link>,
}

/// Whether a report is a saved view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Saving {
    /// It is this user's view with this id, and can be removed.
    Saved(String),
    /// It is the view of somebody else.
    Shared,
    /// It can be saved under this address, and shared with a team.
    Unsaved { address: String, has_team: bool },
}

/// A row of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRow {
    /// Without a URL where no list shows exactly its orders.
    pub label: Link,
    pub bar: Progress,
    pub value: String,
    pub orders: String,
}
