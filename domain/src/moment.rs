//! An instant as pages show it. The server formats it, so that server rendering and hydration agree.

use chrono::{NaiveDate, NaiveDateTime, Timelike};
use serde::{Deserialize, Serialize};

use crate::date;

/// A stored instant, formatted in the business time zone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Microseconds since 1970 (UTC).
    pub at: i64,
    /// Relative to now: `9 min ago`, `3 h ago`, `yesterday`, `Sunday`, `12 Oct`, `12 Oct 2025`.
    pub short: String,
    /// In full: `Sunday 22 November 2026, 14:05`.
    pub full: String,
}

impl Moment {
    /// Formats `at` (microseconds since 1970, UTC), given the local times of `at` and of now.
    pub fn new(at: i64, now: i64, local: NaiveDateTime, today: NaiveDate) -> Self {
        let minutes = (now - at) / 60_000_000;
        let days = (today - local.date()).num_days();
        let short = match (minutes, days) {
            (m, _) if m < -1 => date::show(local.date()),
            (m, _) if m < 1 => "just now".into(),
            (m, _) if m < 60 => format!("{m} min ago"),
            (m, 0) => format!("{} h ago", m / 60),
            (_, 1) => "yesterday".into(),
            (_, d) if (2..7).contains(&d) => date::weekday(local.date()).into(),
            _ => date::show(local.date()),
        };
        let full = format!("{}, {:02}:{:02}", date::long(local.date()), local.hour(), local.minute());
        Self { at, short, full }
    }
}
