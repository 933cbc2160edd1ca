//! Reports: the query (measure, grouping, period and filters), and the view model ([`view`]).

pub mod view;

use crate::{
    code::travels_as_code,
    dashboard::{DashboardQuery, Period},
    date,
    orders::choice::choices,
    page::shorten,
};

choices! {
    /// The measure of a report.
    Measure {
        Orders = "orders", "Orders";
        Revenue = "revenue", "Revenue";
        Connected = "connected", "Connected revenue";
        Conversion = "conversion", "Conversion";
        DaysToConnect = "days", "Days to connect";
        Lost = "lost", "Lost orders";
    }
}

choices! {
    /// The grouping of a report's rows.
    GroupBy {
        Person = "person", "Owner";
        Team = "team", "Team";
        Campaign = "campaign", "Campaign";
        Network = "network", "Network";
        Tariff = "tariff", "Tariff";
        Source = "source", "Deal source";
        Day = "day", "Day";
        Week = "week", "Week";
        Month = "month", "Month";
    }
}

/// The query of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportQuery {
    pub measure: Measure,
    pub by: GroupBy,
    /// Period and filters.
    pub filter: DashboardQuery,
}

impl Default for ReportQuery {
    fn default() -> Self {
        Self { measure: Measure::Revenue, by: GroupBy::Person, filter: DashboardQuery::default() }
    }
}

impl ReportQuery {
    /// Parses the pairs of a URL. Never fails: invalid values fall back to a default, with a sentence for each.
    ///
    /// ```
    /// use domain::reports::{Measure, ReportQuery};
    /// let (query, ignored) = ReportQuery::from_pairs([("measure", "conversion"), ("rows", "moon")]);
    /// assert_eq!((query.measure, ignored.len()), (Measure::Conversion, 1));
    /// ```
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)> + Clone) -> (Self, Vec<String>) {
        let (filter, mut ignored) = DashboardQuery::from_pairs(pairs.clone());
        let mut query = Self { filter, ..Self::default() };
        for (name, value) in pairs {
            match name {
                "measure" if !value.is_empty() => match Measure::find(value) {
                    Some(measure) => query.measure = measure,
                    None => ignored.push(format!("“{}” is not a measure: showing revenue", shorten(value))),
                },
                "rows" if !value.is_empty() => match GroupBy::find(value) {
                    Some(by) => query.by = by,
                    None => ignored.push(format!("Reports can't be grouped by “{}”: grouping by owner", shorten(value))),
                },
                _ => {}
            }
        }
        (query, ignored)
    }

    /// The label of its rows; a report of lost orders is grouped by reason.
    pub fn row_label(&self) -> &'static str {
        if self.measure == Measure::Lost { "Loss reason" } else { self.by.label() }
    }

    /// The pairs of its URL.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = vec![("measure", self.measure.code().to_owned()), ("rows", self.by.code().to_owned())];
        match self.filter.period {
            Period::Custom(from, to) => pairs.extend([("from", date::plain(from)), ("to", date::plain(to))]),
            named => pairs.push(("period", named.code().to_owned())),
        }
        pairs.extend(self.filter.filter_pairs());
        pairs
    }

    /// Its address.
    pub fn href(&self) -> String {
        format!("/reports/?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(self.pairs()).finish())
    }
}
