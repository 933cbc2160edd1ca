//! The view model of the dashboard: every text and link, ready to show.

use serde::{Deserialize, Serialize};

use crate::{
    moment::Moment,
    orders::{
        OrderRow,
        pages::{Control, Link},
    },
};

/// The dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DashboardView {
    /// The first name of the user.
    pub heading: String,
    pub subtitle: String,
    /// A sentence for each ignored value of the URL.
    pub ignored: Vec<String>,
    /// Links to the named periods.
    pub periods: Vec<Link>,
    pub filters: QueryForm,
    pub kpi_cards: Vec<KpiCardView>,
    /// The days of the period.
    pub days: String,
    pub chart: ChartView,
    pub leaderboard: Vec<LeaderboardRow>,
    pub campaigns: Vec<CampaignRow>,
    pub attention: Vec<AttentionView>,
    pub recent: Vec<ActivityRow>,
    /// The chapter of the user guide that explains the page.
    pub help: Option<Link>,
}

/// A form that sets the query of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryForm {
    /// `Filters · 2`.
    pub label: String,
    pub action: String,
    pub controls: Vec<Control>,
    /// What the form keeps of the query: name and value.
    pub hidden_fields: Vec<(String, String)>,
    /// The URL without filters, where there are any.
    pub clear: Option<String>,
}

impl QueryForm {
    /// A form of one search field, `query`.
    pub fn search(action: &str, label: &str, typed: &str) -> Self {
        Self {
            label: String::new(),
            action: action.into(),
            controls: vec![Control::input("query", label, "search", typed)],
            hidden_fields: Vec::new(),
            clear: None,
        }
    }
}

/// A KPI card: a figure and how it compares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KpiCardView {
    pub label: String,
    pub value: String,
    /// `12 orders, excluding 1 cancelled`.
    pub orders: String,
    pub trend: Trend,
    /// `▲ 12%`; empty when the value before was zero.
    pub change: String,
    /// ` vs last month to the 27th (£1,000.00)`.
    pub comparison: String,
    /// The URL of its orders.
    pub href: String,
}

/// How a figure compares with the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trend {
    Up,
    Same,
    Down,
}

/// A chart of two amounts by period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartView {
    /// The names of the outer and the inner bars.
    pub names: [String; 2],
    pub bars: Vec<ChartBar>,
    /// The sums of both, as a sentence.
    pub summary: String,
}

/// A period of a chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartBar {
    /// The label on the axis.
    pub short: String,
    pub full: String,
    /// The URL of its orders.
    pub href: String,
    /// The period and both amounts, as it is read out.
    pub text: String,
    /// The amounts of the outer and the inner bar: in minor units, and as text.
    pub values: [i64; 2],
    pub texts: [String; 2],
}

/// A share of a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// 0 to 1000.
    pub permille: i64,
    /// `31% of target £11,000`.
    pub label: String,
}

impl Progress {
    /// The share of `value` in `of`; full above it.
    pub fn new(value: i64, of: i64, label: impl Into<String>) -> Self {
        let permille = if of <= 0 { 0 } else { (i128::from(value.max(0)) * 1_000 / i128::from(of)).min(1_000) as i64 };
        Self { permille, label: label.into() }
    }
}

/// A user on the leaderboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaderboardRow {
    pub name: String,
    /// `None` without a target.
    pub progress: Option<Progress>,
    pub revenue: Link,
    pub connected: Link,
}

/// The progress of a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignRow {
    pub campaign: Link,
    /// `31%`.
    pub percent: String,
    pub progress: Progress,
    /// Revenue since its start.
    pub revenue: Link,
    /// ` of £40,000 · on track for £52,000`.
    pub target: String,
}

/// Orders that need attention for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttentionView {
    pub why: String,
    pub rows: Vec<OrderRow>,
    /// The URL of all of them.
    pub all: Option<String>,
}

/// An entry of the activity log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityRow {
    pub id: i64,
    pub who: String,
    pub what: String,
    /// The order it concerns.
    pub number: Option<String>,
    /// The customer, the account, the summary of an import; may be empty.
    pub detail: String,
    pub at: Moment,
}
