//! Paging: page sizes, page numbers and counts, parsed leniently from a URL.

use std::num::IntErrorKind;

use serde::{Deserialize, Serialize};

/// The rows per page on offer; the first is the default.
pub const SIZES: [u32; 4] = [9, 25, 50, 100];

/// The highest page number; beyond it a list is paged by cursor or by a date.
pub const LAST_NUMBERED: u32 = 1_000;

/// Counts are exact up to this number.
pub const COUNT_TO: u64 = 10_000;

/// A count: exact up to [`COUNT_TO`], "10,000+" above.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Count(pub u64);

/// Formats a number with commas between thousands.
pub fn grouped(n: u64) -> String {
    match n {
        0..1_000 => n.to_string(),
        _ => format!("{},{:03}", grouped(n / 1_000), n % 1_000),
    }
}

impl Count {
    /// Whether there are more than are counted.
    pub fn is_capped(self) -> bool {
        self.0 > COUNT_TO
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            n if n > COUNT_TO => f.write_str("10,000+"),
            n if n >= 1_000 => write!(f, "{},{:03}", n / 1_000, n % 1_000),
            n => write!(f, "{n}"),
        }
    }
}

/// Parses a page size; falls back to the default, with a sentence.
pub fn size(text: &str) -> (u32, Option<String>) {
    match text.trim().parse::<u32>() {
        Ok(n) if SIZES.contains(&n) => (n, None),
        _ => (SIZES[0], Some(format!("“{}” is not a page size: showing {} per page", shorten(text), SIZES[0]))),
    }
}

/// Parses a page number (from 1); falls back to the nearest valid one, with a sentence.
pub fn number(text: &str) -> (u32, Option<String>) {
    match text.trim().parse::<u32>() {
        Ok(n) if (1..=LAST_NUMBERED).contains(&n) => (n, None),
        Ok(n) if n > LAST_NUMBERED => (LAST_NUMBERED, Some(beyond())),
        Err(why) if *why.kind() == IntErrorKind::PosOverflow && text.trim().bytes().all(|b| b.is_ascii_digit()) => {
            (LAST_NUMBERED, Some(beyond()))
        }
        _ => (1, Some(format!("“{}” is not a page number: showing the first page", shorten(text)))),
    }
}

fn beyond() -> String {
    "Page numbers end at 1,000: showing that page. Continue with “Next”, or jump to a date.".into()
}

/// The numbers that a pager shows around the current page; `None` is a gap.
///
/// ```
/// assert_eq!(domain::page::window(1, 1387), vec![Some(1), Some(2), Some(3), None, Some(1387)]);
/// ```
pub fn window(page: u32, pages: u32) -> Vec<Option<u32>> {
    let mut shown: Vec<u32> = [1, page.saturating_sub(1), page, page + 1, pages].into_iter().chain((page == 1).then_some(3)).collect();
    shown.retain(|n| (1..=pages).contains(n));
    shown.sort_unstable();
    shown.dedup();
    let mut window = Vec::new();
    for n in shown {
        match window.last() {
            Some(&Some(last)) if n == last + 2 => window.push(Some(last + 1)),
            Some(&Some(last)) if n > last + 1 => window.push(None),
            _ => {}
        }
        window.push(Some(n));
    }
    window
}

/// The maximum number of pairs in a form or URL: the largest form, the status rules, has under five hundred.
pub const MOST_PAIRS: usize = 2_000;

/// Decodes the pairs of a URL's query, at most [`MOST_PAIRS`]; invalid UTF-8 becomes replacement characters.
pub fn query_pairs(search: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(search.trim_start_matches('?').as_bytes()).into_owned().take(MOST_PAIRS).collect()
}

/// Shortens an invalid value for a message.
pub fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(30).filter(|c| !c.is_control()).collect();
    if text.chars().count() > 30 {
        short.push('…');
    }
    short
}
