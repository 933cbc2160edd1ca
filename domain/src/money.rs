//! Amounts of money in minor units (pence), parsed as people type them.

use crate::text;
use iso_currency::{Currency, IntoEnumIterator};
use serde::{Deserialize, Serialize};

/// An amount in minor units of the business's one currency: 41200 is £412.00.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(pub i64);

/// The largest amount: 99,999,999.99.
pub const MOST: Money = Money(9_999_999_999);

/// Parses an amount in the business's currency (ISO 4217 code): `412`, `1234.5`, `£1,234.50`, `1 234.50`, `GBP 12`.
/// The currency's sign or code may come before or after the digits.
///
/// Errors, as a sentence: letters, another currency, a minus sign, more than two decimals, misplaced commas, more than [`MOST`].
///
/// ```
/// use domain::money::{Money, parse};
/// assert_eq!(parse("£1,234.50", "GBP"), Ok(Money(123_450)));
/// assert_eq!(parse("1234.5", "EUR"), Ok(Money(123_450)));
/// assert!(parse("£412", "EUR").is_err());
/// assert!(parse("-0.01", "GBP").is_err());
/// assert!(parse("12.345", "GBP").is_err());
/// ```
pub fn parse(text: &str, currency: &str) -> Result<Money, String> {
    let text = text::figure(text);
    let rest = without_name(&text, currency);
    parse_figures(rest).map_err(|message| {
        let digit = |c: char| c.is_ascii_digit();
        let before = &rest[..rest.find(digit).unwrap_or(rest.len())];
        let after = &rest[rest.rfind(digit).map_or(rest.len(), |at| at + 1)..];
        let names = [before, after].map(|it| it.trim_matches(|c: char| " .,'+-".contains(c)));
        match names.into_iter().find(|name| !name.is_empty()) {
            None => message,
            Some(name) if Currency::from_code(currency).is_some_and(|own| is_name(name, own)) => message,
            Some(name) if Currency::iter().any(|it| is_name(name, it)) => {
                format!("Amounts are in {currency}: remove “{name}”")
            }
            Some(_) => NO_SUM.into(),
        }
    })
}

const NO_SUM: &str = "Enter an amount such as 412 or 1,234.50";

/// Strips the currency's own code or sign from the start and the end.
fn without_name<'a>(text: &'a str, currency: &str) -> &'a str {
    let sign = Currency::from_code(currency).and_then(sign).unwrap_or_default();
    // A point may belong to an abbreviated sign (`kr.`, `S/.`) or start the digits (`£.50`).
    let cut_short = sign.ends_with(|c: char| c.is_alphabetic() || c == '/').then(|| format!("{sign}."));
    let names = [cut_short.as_deref().unwrap_or_default(), sign.as_str(), sign.trim_matches('.'), currency];
    for name in names.into_iter().filter(|name| !name.is_empty()) {
        let (at_start, at_end) = (text.get(..name.len()), text.len().checked_sub(name.len()).and_then(|at| text.get(at..)));
        if at_start.is_some_and(|it| it.eq_ignore_ascii_case(name)) {
            return text[name.len()..].trim_start();
        }
        if at_end.is_some_and(|it| it.eq_ignore_ascii_case(name)) {
            return text[..text.len() - name.len()].trim_end();
        }
    }
    text
}

/// The sign of a currency, if it has one.
fn sign(currency: Currency) -> Option<String> {
    Some(currency.symbol().symbol).filter(|sign| sign != "¤")
}

/// Whether this text is the code or the sign of a currency.
fn is_name(name: &str, currency: Currency) -> bool {
    name.eq_ignore_ascii_case(currency.code()) || sign(currency).is_some_and(|sign| name == sign.trim_matches('.'))
}

/// Parses an amount without a currency, as forms hold it: `1234.50`.
///
/// Errors: as [`parse`].
pub fn parse_figures(text: &str) -> Result<Money, String> {
    let sum = || NO_SUM.to_owned();
    let text = text::figure(text);
    let rest = text.as_str();
    if rest.starts_with('-') {
        return Err("Enter an amount of 0 or more".into());
    }
    let (whole, decimals) = rest.split_once('.').unwrap_or((rest, ""));
    let groups: Vec<&str> = whole.split([',', ' ', '\'']).collect();
    if groups.len() > 1 && (groups[0].is_empty() || groups[0].len() > 3 || groups[1..].iter().any(|g| g.len() != 3)) {
        return Err("Use a decimal point, and commas or spaces only between thousands: 1,234.50".into());
    }
    let digits = groups.concat();
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if (digits.is_empty() && decimals.is_empty()) || !all_digits(&digits) || !all_digits(decimals) {
        return Err(sum());
    }
    if decimals.len() > 2 {
        return Err("Enter at most two digits after the decimal point".into());
    }
    let digits = digits.trim_start_matches('0');
    if digits.len() > 8 {
        return Err("Enter an amount up to 99,999,999.99".into());
    }
    let whole: i64 = if digits.is_empty() { 0 } else { digits.parse().map_err(|_| sum())? };
    let minor: i64 = if decimals.is_empty() { 0 } else { format!("{decimals:0<2}").parse().map_err(|_| sum())? };
    Ok(Money(whole * 100 + minor))
}

/// Parses a rate (`7`, `7.25`, `7.25 %`) into hundredths of a per cent.
///
/// Errors, as a sentence: letters, a sign, more than two decimals, more than 100.
///
/// ```
/// assert_eq!(domain::money::parse_rate("7.25 %"), Ok(725));
/// assert!(domain::money::parse_rate("101").is_err());
/// ```
pub fn parse_rate(text: &str) -> Result<i64, String> {
    let wrong = || "Enter a percentage such as 7.5".to_owned();
    let Money(rate) = parse_figures(text.trim().trim_end_matches('%')).map_err(|_| wrong())?;
    if rate > 10_000 { Err("Enter a percentage up to 100".into()) } else { Ok(rate) }
}

/// Formats a rate given in hundredths of a per cent: `7.25`.
pub fn plain_rate(rate: i64) -> String {
    let text = Money(rate).plain();
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl Money {
    /// This amount times a rate in hundredths of a per cent, rounded half to even to the minor unit (`docs/DEFINITIONS.md`, Money).
    ///
    /// ```
    /// use domain::money::Money;
    /// assert_eq!(Money(1_000).share(1_250), Money(125));
    /// assert_eq!(Money(50).share(100), Money(0), "half a penny, to the even side");
    /// assert_eq!(Money(150).share(100), Money(2));
    /// ```
    pub fn share(self, rate: i64) -> Self {
        let exact = i128::from(self.0) * i128::from(rate);
        let (whole, rest) = (exact.div_euclid(10_000), exact.rem_euclid(10_000));
        let up = rest > 5_000 || (rest == 5_000 && whole % 2 != 0);
        Self(i64::try_from(whole + i128::from(up)).unwrap_or(i64::MAX))
    }

    /// As a form holds it: `1234.50`.
    pub fn plain(self) -> String {
        format!("{}{}.{:02}", if self.0 < 0 { "-" } else { "" }, self.0.abs() / 100, self.0.abs() % 100)
    }

    /// As pages show it: `£1,234.50`; with the ISO code for a currency without a sign here.
    ///
    /// ```
    /// assert_eq!(domain::money::Money(999_999_999).show("GBP"), "£9,999,999.99");
    /// assert_eq!(domain::money::Money(-50).show("CHF"), "-CHF 0.50");
    /// ```
    pub fn show(self, currency: &str) -> String {
        let sign = match currency {
            "GBP" => "£".to_owned(),
            "EUR" => "€".to_owned(),
            "USD" => "$".to_owned(),
            code => format!("{code} "),
        };
        let whole = (self.0.abs() / 100).to_string();
        let mut grouped = String::new();
        for (i, digit) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        format!("{}{sign}{grouped}.{:02}", if self.0 < 0 { "-" } else { "" }, self.0.abs() % 100)
    }
}
