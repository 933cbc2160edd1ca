//! The view models of the pages of commission and targets: every text and link, ready to show.

use serde::{Deserialize, Serialize};

use crate::{dashboard::view::Progress, forms::FormView, orders::pages::Link};

/// A page of commission or targets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CommissionPage {
    Summary(CommissionView),
    Statement(StatementView),
    Targets(TargetsView),
}

/// The month that a page shows, with the URLs of the months around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthLinks {
    pub previous: Link,
    pub current: Link,
    pub next: Link,
}

/// The totals of a month, for all users or only for the user's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommissionView {
    pub title: String,
    /// Whether the month is closed, in words.
    pub subtitle: String,
    pub months: MonthLinks,
    /// The URL of the targets of the month.
    pub targets: String,
    /// The statement of each person, its entries and its amount.
    pub rows: Vec<(Link, String, String)>,
    pub total: String,
    /// The form that closes the month.
    pub close: Option<FormView>,
    /// The chapter of the user guide that explains the page.
    pub help: Option<Link>,
}

/// The statement of a person and month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementView {
    pub title: String,
    /// The person.
    pub heading: String,
    pub subtitle: String,
    pub back: Link,
    pub months: MonthLinks,
    /// The URL of its CSV file.
    pub csv: String,
    pub lines: Vec<StatementLine>,
    pub total: String,
    /// The chapter of the user guide that explains the page.
    pub help: Option<Link>,
}

/// A line of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementLine {
    pub day: String,
    pub order: Link,
    pub customer: String,
    pub reason: String,
    pub value: String,
    pub rate: String,
    pub amount: String,
}

/// The targets of a month with their progress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetsView {
    pub title: String,
    pub subtitle: String,
    pub months: MonthLinks,
    pub groups: Vec<TargetGroup>,
    /// The chapter of the user guide that explains the page.
    pub help: Option<Link>,
}

/// The targets of people, or of teams.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetGroup {
    pub title: String,
    /// The head of the first column.
    pub of: String,
    pub rows: Vec<TargetRow>,
}

/// The target of a person or a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetRow {
    pub name: String,
    /// The amount so far.
    pub reached: String,
    /// `None` without a target.
    pub progress: Option<Progress>,
    /// The share of the target and the projection; empty without a target.
    pub text: String,
    /// The form that sets the target, for those who may.
    pub form: Option<FormView>,
    /// The target; empty without one.
    pub target: String,
}
