//! Calendar dates as people and browsers write them.

use chrono::{Datelike, NaiveDate};

use crate::text;

/// Reads a date: `2026-11-22` (what a date field sends), `22/11/2026` or `22.11.2026` (what a person types).
///
/// Errors, as a sentence: a day that does not exist, a year outside 1900 to 2199.
///
/// ```
/// use chrono::NaiveDate;
/// assert_eq!(domain::date::parse("22/11/2026"), Ok(NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()));
/// assert!(domain::date::parse("2026-02-31").is_err());
/// ```
pub fn parse(text: &str) -> Result<NaiveDate, String> {
    let wrong = || "Enter a date such as 22/11/2026".to_owned();
    let text = text::figure(text);
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let &[a, b, c] = parts.as_slice() else { return Err(wrong()) };
    let number = |s: &str| -> Result<u32, String> {
        if s.is_empty() || s.len() > 5 || !s.bytes().all(|b| b.is_ascii_digit()) { Err(wrong()) } else { s.parse().map_err(|_| wrong()) }
    };
    let (year, month, day) = if a.len() >= 4 { (number(a)?, number(b)?, number(c)?) } else { (number(c)?, number(b)?, number(a)?) };
    if !(1900..=2199).contains(&year) {
        return Err("Enter a year between 1900 and 2199".into());
    }
    NaiveDate::from_ymd_opt(year as i32, month, day).ok_or_else(|| "This date doesn't exist".to_owned())
}

/// As form fields and the database hold it: `2026-11-22`.
pub fn plain(date: NaiveDate) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// The name of the day of the week.
pub fn weekday(date: NaiveDate) -> &'static str {
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"][date.weekday().num_days_from_monday() as usize]
}

/// As a page shows it: `22 Nov 2026`.
pub fn show(date: NaiveDate) -> String {
    format!("{} {} {}", date.day(), &MONTHS[date.month0() as usize][..3], date.year())
}

/// A month: `November 2026`.
pub fn month(date: NaiveDate) -> String {
    format!("{} {}", MONTHS[date.month0() as usize], date.year())
}

/// In full: `Sunday 22 November 2026`.
pub fn long(date: NaiveDate) -> String {
    format!("{} {} {} {}", weekday(date), date.day(), MONTHS[date.month0() as usize], date.year())
}

/// Serialises a date as `2026-11-22` and reads it with [`parse`]: chrono's own parser would add much code to the browser's download.
pub mod as_plain {
    use chrono::NaiveDate;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Writes the date as [`super::plain`] does.
    pub fn serialize<S: Serializer>(date: &NaiveDate, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&super::plain(*date))
    }

    /// Reads the date as [`super::parse`] does.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
        super::parse(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}
