//! An instant as pages show it. The server words it, so that first paint and hydration say the same.

use chrono::{NaiveDate, NaiveDateTime, Timelike};
use serde::{Deserialize, Serialize};

use crate::date;

/// A stored instant with its two wordings in the business time zone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Microseconds since 1970 in UTC.
    pub at: i64,
    /// Short, against now: `9 min`, `3 h`, `yesterday`, `Sunday`, `12 Oct`, `12 Oct 2025`.
    pub short: String,
    /// In full: `Sunday 22 November 2026, 14:05`.
    pub full: String,
}

impl Moment {
    /// Words `at` (UTC microseconds), given the local times of it and of now.
    pub fn new(at: i64, now: i64, local: NaiveDateTime, today: NaiveDate) -> Self {
        let minutes = (now - at) / 60_000_000;
        let days = (today - local.date()).num_days();
        let short = match (minutes, days) {
            (m, _) if m < -1 => date::show(local.date()),
            (m, _) if m < 1 => "just now".into(),
            (m, _) if m < 60 => format!("{m} min"),
            (m, 0) => format!("{} h", m / 60),
            (_, 1) => "yesterday".into(),
            (_, d) if (2..7).contains(&d) => date::weekday(local.date()).into(),
            _ => date::show(local.date()),
        };
        let full = format!("{}, {:02}:{:02}", date::long(local.date()), local.hour(), local.minute());
        Self { at, short, full }
    }
}
