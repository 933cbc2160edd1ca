//! Business days: converts between instants and days of the business time zone.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;
use domain::moment::Moment;

use crate::clock::{DAY, SECOND};

/// The calendar of the business.
#[derive(Clone, Copy, Debug)]
pub struct Calendar {
    /// The business time zone.
    pub zone: Tz,
}

impl Calendar {
    fn local(self, at: i64) -> DateTime<Tz> {
        DateTime::from_timestamp_micros(at).unwrap_or_default().with_timezone(&self.zone)
    }

    /// The business day of an instant (microseconds since 1970, UTC).
    pub fn day(self, at: i64) -> NaiveDate {
        self.local(at).date_naive()
    }

    /// The start of a business day, in microseconds since 1970 (UTC). Where a clock change skips midnight, the day starts with
    /// the first minute that exists.
    pub fn start(self, day: NaiveDate) -> i64 {
        let midnight = day.and_time(NaiveTime::MIN);
        (0..=180)
            .find_map(|minutes| self.zone.from_local_datetime(&(midnight + TimeDelta::minutes(minutes))).earliest())
            .map_or_else(|| midnight.and_utc().timestamp_micros(), |at| at.timestamp_micros())
    }

    /// The UTC offsets of local time, in microseconds, each with the instant from which it applies, for a range of instants.
    pub fn offsets(self, from: i64, to: i64) -> Vec<(i64, i64)> {
        // Nothing relevant here is older than 1970.
        let (from, to) = (from.max(0), to.max(0));
        let offset = |at: i64| i64::from(self.local(at).offset().fix().local_minus_utc()) * SECOND;
        let mut offsets = vec![(from, offset(from))];
        let mut at = from;
        while at < to {
            let next = at.saturating_add(DAY).min(to);
            let (mut before, mut after) = (at, next);
            // No zone changes twice in a day; a binary search finds the change.
            if offset(before) != offset(after) {
                while after - before > 1 {
                    let middle = before + (after - before) / 2;
                    if offset(middle) == offset(at) {
                        before = middle;
                    } else {
                        after = middle;
                    }
                }
                offsets.push((after, offset(after)));
            }
            at = next;
        }
        offsets
    }

    /// The Monday of the week of a day.
    pub fn monday(day: NaiveDate) -> NaiveDate {
        day - Days::new(u64::from(day.weekday().num_days_from_monday()))
    }

    /// The first day of the month of a day.
    pub fn first(day: NaiveDate) -> NaiveDate {
        day.with_day(1).unwrap_or(day)
    }

    /// Formats an instant, relative to now.
    pub fn moment(self, at: i64, now: i64) -> Moment {
        Moment::new(at, now, self.local(at).naive_local(), self.day(now))
    }
}
