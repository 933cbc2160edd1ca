//! The view model of the activity log.

use serde::{Deserialize, Serialize};

use crate::{
    dashboard::view::{ActivityRow, QueryForm},
    orders::pages::Link,
};

/// A page of the log, newest entries first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityView {
    /// A sentence for each ignored value of the URL.
    pub ignored: Vec<String>,
    pub query: QueryForm,
    /// The entries of each day, under its date.
    pub days: Vec<(String, Vec<ActivityRow>)>,
    /// The URL of older entries.
    pub older: Option<String>,
    /// The chapter of the user guide that explains the page.
    pub help: Option<Link>,
}
