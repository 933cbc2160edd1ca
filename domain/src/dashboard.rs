//! The dashboard: which period and whose figures, read from an address and written back to it.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::{
    date,
    id::{CampaignId, TeamId, UserId},
    page::shorten,
};

/// A period that figures are shown for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Period {
    Today,
    Week,
    #[default]
    Month,
    Quarter,
    Year,
    /// From one business day to another, both included.
    Custom(NaiveDate, NaiveDate),
}

/// The longest period that can be asked for, in days: ten years.
pub const LONGEST: i64 = 3_660;

impl Period {
    /// Those with a name.
    pub const NAMED: [Self; 5] = [Self::Today, Self::Week, Self::Month, Self::Quarter, Self::Year];

    /// In an address.
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

    /// The word on its button.
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

    /// Its first and its last day, both included. Weeks are ISO weeks: they begin on Monday.
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

    /// The same moment of the period before: the day that stands where today stands in this one. A month that is shorter ends it.
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

/// Whose figures, for which period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DashboardQuery {
    pub period: Period,
    pub owner: Option<UserId>,
    pub team: Option<TeamId>,
    pub campaign: Option<CampaignId>,
}

/// From the pairs of an address: a period, and a sentence for each thing that was ignored. `from` and `to` win over a
/// named one.
pub fn period_of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>, ignored: &mut Vec<String>) -> Period {
    let (mut named, mut from, mut to) = (None, None, None);
    for (name, value) in pairs {
        if value.is_empty() {
            continue;
        }
        let mut day = || date::parse(value).map_err(|why| ignored.push(format!("“{}” is no date: {why}", shorten(value)))).ok();
        match name {
            "period" if value == "custom" => {}
            "period" => {
                named = Period::NAMED.into_iter().find(|it| it.code() == value);
                if named.is_none() {
                    ignored.push(format!("“{}” is no period: showing the month.", shorten(value)));
                }
            }
            "from" => from = day(),
            "to" => to = day(),
            _ => {}
        }
    }
    if let Some(named) = named.filter(|_| from.is_some() || to.is_some()) {
        ignored.push(format!("The dates that were given count, not “{}”: empty From and To for that.", named.label()));
    }
    match (named, from, to) {
        (Some(named), None, None) => named,
        (_, Some(from), Some(to)) => {
            let (from, to) = if from > to {
                ignored.push("“From” came after “to”: they were turned round.".into());
                (to, from)
            } else {
                (from, to)
            };
            if (to - from).num_days() >= LONGEST {
                ignored.push("At most ten years at once: showing the last ten.".into());
                return Period::Custom(to - Days::new(LONGEST as u64 - 1), to);
            }
            Period::Custom(from, to)
        }
        (_, Some(day), None) | (_, None, Some(day)) => Period::Custom(day, day),
        (None, None, None) => Period::Month,
    }
}

impl DashboardQuery {
    /// From the pairs of an address: the nearest sensible one, and a sentence for each thing that was ignored.
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
                ignored.push(format!("“{}” is no {name}: showing all.", shorten(value)));
            }
            match name {
                "owner" => query.owner = id.map(UserId),
                "team" => query.team = id.map(TeamId),
                _ => query.campaign = id.map(CampaignId),
            }
        }
        (query, ignored)
    }

    /// Names and values of its address, the period left out.
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
