//! The dashboard: its query (period and filters, parsed from a URL and written back to it), and its view model ([`view`]).

pub mod view;

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::{
    date,
    id::{CampaignId, TeamId, UserId},
    page::shorten,
};

/// The period of the figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Period {
    Today,
    Week,
    #[default]
    Month,
    Quarter,
    Year,
    /// From one business day to another, inclusive.
    Custom(NaiveDate, NaiveDate),
}

/// The longest period, in days: ten years.
pub const LONGEST: i64 = 3_660;

impl Period {
    /// All periods with a name.
    pub const NAMED: [Self; 5] = [Self::Today, Self::Week, Self::Month, Self::Quarter, Self::Year];

    /// The code in a URL.
    pub fn code(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
            Self::Custom(..) => "custom",
        }
    }

    /// The label of its button.
    pub fn label(self) -> &'static str {
        match self {
            Self::Today => "Today",
            Self::Week => "Week",
            Self::Month => "Month",
            Self::Quarter => "Quarter",
            Self::Year => "Year",
            Self::Custom(..) => "Custom",
        }
    }

    /// The first and the last day, inclusive, of the period that contains `today`. Weeks are ISO weeks: they start on Monday.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use domain::dashboard::Period;
    /// let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
    /// assert_eq!(Period::Week.days(day(2026, 12, 31)), (day(2026, 12, 28), day(2027, 1, 3)));
    /// assert_eq!(Period::Quarter.days(day(2028, 2, 29)), (day(2028, 1, 1), day(2028, 3, 31)));
    /// ```
    pub fn days(self, today: NaiveDate) -> (NaiveDate, NaiveDate) {
        let first = |date: NaiveDate| date.with_day(1).unwrap_or(date);
        let until = |from: NaiveDate, months: u32| (from, from + Months::new(months) - Days::new(1));
        match self {
            Self::Today => (today, today),
            Self::Week => {
                let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
                (monday, monday + Days::new(6))
            }
            Self::Month => until(first(today), 1),
            Self::Quarter => until(first(today) - Months::new(today.month0() % 3), 3),
            Self::Year => until(first(today) - Months::new(today.month0()), 12),
            Self::Custom(from, to) => (from, to),
        }
    }

    /// The first day of the previous period, and the day in it that corresponds to `today` (the last day of a shorter month).
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use domain::dashboard::Period;
    /// let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
    /// assert_eq!(Period::Month.before(day(2026, 3, 31)), (day(2026, 2, 1), day(2026, 2, 28)));
    /// assert_eq!(Period::Today.before(day(2027, 1, 1)), (day(2026, 12, 31), day(2026, 12, 31)));
    /// assert_eq!(Period::Week.before(day(2026, 11, 25)), (day(2026, 11, 16), day(2026, 11, 18)));
    /// ```
    pub fn before(self, today: NaiveDate) -> (NaiveDate, NaiveDate) {
        let (from, to) = self.days(today);
        match self {
            Self::Today => (today - Days::new(1), today - Days::new(1)),
            Self::Week => (from - Days::new(7), today - Days::new(7)),
            Self::Month => (from - Months::new(1), today - Months::new(1)),
            Self::Quarter => (from - Months::new(3), today - Months::new(3)),
            Self::Year => (from - Months::new(12), today - Months::new(12)),
            Self::Custom(..) => {
                let long = Days::new((to - from).num_days().unsigned_abs() + 1);
                (from - long, to - long)
            }
        }
    }
}

/// The period and filters of the dashboard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DashboardQuery {
    pub period: Period,
    pub owner: Option<UserId>,
    pub team: Option<TeamId>,
    pub campaign: Option<CampaignId>,
}

/// Parses the period from the pairs of a URL; adds a sentence for each value that was ignored. `from` and `to` take precedence over a
/// named period.
pub fn period_of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>, ignored: &mut Vec<String>) -> Period {
    let (mut named, mut from, mut to) = (None, None, None);
    for (name, value) in pairs {
        if value.is_empty() {
            continue;
        }
        let mut day = || date::parse(value).map_err(|why| ignored.push(format!("“{}” is not a date. {why}", shorten(value)))).ok();
        match name {
            "period" if value == "custom" => {}
            "period" => {
                named = Period::NAMED.into_iter().find(|it| it.code() == value);
                if named.is_none() {
                    ignored.push(format!("“{}” is not a period: showing this month", shorten(value)));
                }
            }
            "from" => from = day(),
            "to" => to = day(),
            _ => {}
        }
    }
    if let Some(named) = named.filter(|_| from.is_some() || to.is_some()) {
        ignored.push(format!("The From and To dates replace “{}”: clear both dates to use it", named.label()));
    }
    match (named, from, to) {
        (Some(named), None, None) => named,
        (_, Some(from), Some(to)) => {
            let (from, to) = if from > to {
                ignored.push("“From” was after “To”, so they have been swapped".into());
                (to, from)
            } else {
                (from, to)
            };
            if (to - from).num_days() >= LONGEST {
                ignored.push("A period can be at most 10 years long: showing the last 10 years".into());
                return Period::Custom(to - Days::new(LONGEST as u64 - 1), to);
            }
            Period::Custom(from, to)
        }
        (_, Some(day), None) | (_, None, Some(day)) => Period::Custom(day, day),
        (None, None, None) => Period::Month,
    }
}

impl DashboardQuery {
    /// Parses the pairs of a URL. Never fails: invalid values fall back to a default, with a sentence for each.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)> + Clone) -> (Self, Vec<String>) {
        let mut ignored = Vec::new();
        let period = period_of(pairs.clone(), &mut ignored);
        let mut query = Self { period, ..Self::default() };
        for (name, value) in pairs {
            let id = value.parse::<i64>().ok().filter(|id| *id > 0);
            if value.is_empty() || !["owner", "team", "campaign"].contains(&name) {
                continue;
            }
            if id.is_none() {
                ignored.push(format!("“{}” is not a valid {name}: showing all", shorten(value)));
            }
            match name {
                "owner" => query.owner = id.map(UserId),
                "team" => query.team = id.map(TeamId),
                _ => query.campaign = id.map(CampaignId),
            }
        }
        (query, ignored)
    }

    /// The pairs of its URL, without the period.
    pub fn filter_pairs(&self) -> Vec<(&'static str, String)> {
        let of = |name, id: Option<String>| id.map(|id| (name, id));
        [
            of("owner", self.owner.map(|it| it.to_string())),
            of("team", self.team.map(|it| it.to_string())),
            of("campaign", self.campaign.map(|it| it.to_string())),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
