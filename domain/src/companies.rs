//! The view models of the pages of companies: every text and link, ready to show.

use serde::{Deserialize, Serialize};

use crate::{
    dashboard::view::{ChartView, QueryForm},
    forms::{FormPageView, FormView},
    orders::{OrderRow, pages::Link},
};

/// A page of companies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CompaniesPage {
    List(Box<CompanyListView>),
    Company(Box<CompanyView>),
    Form(Box<FormPageView>),
}

/// The list of companies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyListView {
    /// The search by name.
    pub query: QueryForm,
    pub companies: Vec<Link>,
    /// The URL of the next companies.
    pub next: Option<String>,
    pub may_create: bool,
    /// The chapter of the user guide that explains the page.
    pub help: Option<Link>,
}

/// A company with its figures over the visible orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyView {
    pub title: String,
    pub subtitle: String,
    /// The URL of its form, for those who may edit it.
    pub edit: Option<String>,
    /// The URL of the company that this one was merged into.
    pub merged_into: Option<String>,
    pub is_deleted: bool,
    /// Labels and figures with the URL of their orders.
    pub figures: Vec<(String, Link)>,
    /// Whether it has more orders than the figures include.
    pub has_more: bool,
    pub chart: ChartView,
    /// Owner and revenue.
    pub people: Vec<(String, String)>,
    pub note: Option<String>,
    pub newest: Vec<OrderRow>,
    /// The URL of all its orders.
    pub all_href: String,
    pub ending: Option<CompanyEnding>,
    /// The chapter of the user guide that explains the page.
    pub help: Option<Link>,
}

/// How a company is merged, deleted, or restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CompanyEnding {
    /// It was deleted: the action that restores it.
    Restore(String),
    MergeOrDelete {
        /// What the merge does, and its form; `None` where there is no other company.
        merge: Option<Box<(String, FormView)>>,
        /// `None` while it has orders.
        delete: Option<Box<FormView>>,
    },
}
