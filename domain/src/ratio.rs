//! Percentages and averages for display: rounded, also below zero.

/// Divides and rounds half away from zero. A denominator of zero gives zero.
///
/// ```
/// assert_eq!(domain::ratio::rounded(2, 3), 1);
/// assert_eq!(domain::ratio::rounded(-3, 2), -2);
/// assert_eq!(domain::ratio::rounded(1, 3), 0);
/// ```
pub fn rounded(numerator: i128, denominator: i128) -> i128 {
    if denominator == 0 {
        return 0;
    }
    let twice = (2 * numerator.abs() + denominator.abs()) / (2 * denominator.abs());
    if (numerator < 0) == (denominator < 0) { twice } else { -twice }
}

/// The share of a part in a whole, in units of `scale` (100: per cent, 10,000: hundredths of a per cent), rounded. A share below the whole is never
/// rounded up to it.
///
/// ```
/// assert_eq!(domain::ratio::share(2, 3, 10_000), 6_667);
/// assert_eq!(domain::ratio::share(99_999, 100_000, 100), 99);
/// assert_eq!(domain::ratio::share(150, 100, 100), 150);
/// ```
pub fn share(part: i64, whole: i64, scale: i64) -> i64 {
    let share = rounded(i128::from(part) * i128::from(scale), i128::from(whole)) as i64;
    if part < whole { share.min(scale - 1) } else { share }
}

/// Formats a fixed-point number: `decimal(-14, 1)` is `-1.4`.
///
/// ```
/// assert_eq!(domain::ratio::decimal(-4, 1), "-0.4");
/// assert_eq!(domain::ratio::decimal(6_667, 2), "66.67");
/// ```
pub fn decimal(value: i64, places: usize) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let unit = 10_u64.pow(places as u32);
    format!("{sign}{}.{:0places$}", value.unsigned_abs() / unit, value.unsigned_abs() % unit)
}

/// Formats a change: `▲ 12%`, `▼ <1%`, `= 0%` only for no change, `▲ ×12` from tenfold. `None` when the value before was zero.
///
/// ```
/// use domain::ratio::change;
/// assert_eq!(change(1_009, 1_000).unwrap(), "▲ 1%");
/// assert_eq!(change(1_001, 1_000).unwrap(), "▲ <1%");
/// assert_eq!(change(1_000, 1_000).unwrap(), "= 0%");
/// assert_eq!(change(500, 1_000).unwrap(), "▼ 50%");
/// assert_eq!(change(12_000, 1_000).unwrap(), "▲ ×12");
/// assert_eq!(change(5, 0), None);
/// ```
pub fn change(now: i64, before: i64) -> Option<String> {
    if before <= 0 {
        return None;
    }
    let by = i128::from(now) - i128::from(before);
    let percent = rounded(by * 100, i128::from(before));
    Some(match (by, percent) {
        (0, _) => "= 0%".to_owned(),
        (1.., 1_000..) => format!("▲ ×{}", rounded(i128::from(now), i128::from(before))),
        (1.., 0) => "▲ <1%".to_owned(),
        (1.., _) => format!("▲ {percent}%"),
        (_, 0) => "▼ <1%".to_owned(),
        // A value above zero has not fallen by 100%.
        (_, _) => format!("▼ {}%", if now > 0 { Ord::min(-percent, 99) } else { -percent }),
    })
}
