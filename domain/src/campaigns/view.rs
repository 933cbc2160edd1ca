//! The view models of the pages of campaigns: every text and link, ready to show.

use serde::{Deserialize, Serialize};

use crate::{
    dashboard::view::{ChartView, Progress},
    forms::FormPageView,
    orders::pages::Link,
};

/// A page of campaigns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CampaignsPage {
    List(CampaignListView),
    Campaign(Box<CampaignView>),
    Form(Box<FormPageView>),
}

/// The list of campaigns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignListView {
    pub rows: Vec<CampaignListRow>,
    pub may_create: bool,
    /// The chapter of the user guide that explains the page.
    pub help: Option<Link>,
}

/// A campaign in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignListRow {
    pub campaign: Link,
    pub is_active: bool,
    /// `from 1 Apr 2026`; may be empty.
    pub days: String,
    pub orders: Link,
    pub revenue: String,
    pub connected: Link,
    /// Empty without a target.
    pub target: String,
    /// The share of the target as text, and as a bar.
    pub progress: Option<(String, Progress)>,
}

/// A campaign with its figures since its start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignView {
    pub title: String,
    pub subtitle: String,
    /// The URL of its form, for those who may edit it.
    pub edit: Option<String>,
    /// Labels and figures with the URL of their orders.
    pub figures: Vec<(String, Link)>,
    /// The progress towards its target, and in words.
    pub target: Option<(Progress, String)>,
    pub days: String,
    pub chart: ChartView,
    pub people: Vec<PersonShare>,
    /// The chapter of the user guide that explains the page.
    pub help: Option<Link>,
}

/// The share of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonShare {
    pub person: Link,
    pub orders: String,
    pub revenue: String,
    pub connected: String,
}
