//! The period of a dashboard and of a report, as an address asks for it.

use chrono::NaiveDate;
use domain::{
    dashboard::{DashboardQuery, Period},
    reports::ReportQuery,
};

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

#[test]
fn dates_that_are_given_win_over_a_period() {
    let quarter = Period::Custom(day(7, 1), day(9, 30));
    let pairs = [("period", "month"), ("from", "2026-07-01"), ("to", "2026-09-30")];
    assert_eq!(DashboardQuery::from_pairs(pairs).0.period, quarter);
    assert_eq!(ReportQuery::from_pairs(pairs).0.filter.period, quarter);
    assert_eq!(ReportQuery::from_pairs(pairs.into_iter().rev().collect::<Vec<_>>()).0.filter.period, quarter);
    let one = [("period", "year"), ("from", "2026-07-01"), ("to", "")];
    assert_eq!(DashboardQuery::from_pairs(one).0.period, Period::Custom(day(7, 1), day(7, 1)));
    assert_eq!(DashboardQuery::from_pairs([("period", "year"), ("from", ""), ("to", "")]).0.period, Period::Year);
    assert_eq!(DashboardQuery::from_pairs([("period", "year"), ("from", "soon")]).0.period, Period::Year, "a date that is none is said");
}
