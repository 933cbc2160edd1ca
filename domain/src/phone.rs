//! Validates the form of a phone number. The server makes E.164 numbers, as it has the numbering plans.

use crate::text;

const EXAMPLE: &str = "Enter a phone number such as 07700 900123 or +44 7700 900123";
/// The maximum length of a number with its extension, in characters.
const LONGEST: usize = 40;

/// Validates a number in any spelling: `07700 900123`, `+44 7700 900123`, `(0113) 863-1524`, `0113 496 0518 ext 45`.
///
/// Returns the text as typed, without invisible characters ([`text::figure`]). Errors, as a sentence: letters other than an extension,
/// under 7 or over 15 digits, a UK number (leading 0, +44 or 0044) with a wrong number of digits.
///
/// ```
/// assert!(domain::phone::shape("+44 (0)7700 900123").is_ok());
/// assert!(domain::phone::shape("+447700900").is_err());
/// ```
pub fn shape(typed: &str) -> Result<String, String> {
    let typed = text::figure(typed);
    let (number, _) = split(&typed);
    let dialled = |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '.' | '/');
    if !number.chars().all(dialled) || number.chars().skip(1).any(|c| c == '+') || typed.chars().count() > LONGEST {
        return Err(EXAMPLE.into());
    }
    if let Some(national) = british(number) {
        // Ofcom's National Telephone Numbering Plan: ten digits, but for some geographic numbers of 01 and freephone numbers of 0800.
        let nine_will_do = national.starts_with(['1', '8']);
        if national.len() != 10 && !(nine_will_do && national.len() == 9) {
            let expected = if nine_will_do { "a UK number has ten (a few have nine)" } else { "a UK number has ten" };
            return Err(format!("Check the digits after the 0 or +44: this number has {}; {expected}", national.len()));
        }
    } else if !(7..=15).contains(&digits(number).len()) {
        return Err(EXAMPLE.into());
    }
    Ok(typed)
}

/// Splits a number from its extension: `0113 496 0518 ext 45`, `… x45`, `… extension: 45`, `… #45`.
///
/// ```
/// assert_eq!(domain::phone::split("0113 496 0518 ext. 45"), ("0113 496 0518", Some("45")));
/// assert_eq!(domain::phone::split("0113 496 0518"), ("0113 496 0518", None));
/// ```
pub fn split(typed: &str) -> (&str, Option<&str>) {
    let typed = typed.trim();
    let before = typed.trim_end_matches(|c: char| c.is_ascii_digit());
    let extension = &typed[before.len()..];
    let before = before.trim_end_matches([' ', '.', ':']);
    let without = |sign: &str| {
        let at = before.len().checked_sub(sign.len())?;
        before.get(at..).filter(|it| it.eq_ignore_ascii_case(sign)).map(|_| before[..at].trim_end_matches([' ', ',', ';']))
    };
    match ["extension", "extn", "ext", "x", "#"].into_iter().find_map(without) {
        Some(number) if !number.is_empty() && (1..=7).contains(&extension.len()) => (number, Some(extension)),
        _ => (typed, None),
    }
}

/// The digits of a text.
pub fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The national part of a UK number, without the leading 0; `None` for other numbers.
///
/// ```
/// assert_eq!(domain::phone::british("+44 07700 900511").as_deref(), Some("7700900511"));
/// assert_eq!(domain::phone::british("+33 1 23 45 67 89"), None);
/// ```
pub fn british(text: &str) -> Option<String> {
    let digits = digits(text);
    let national = if text.starts_with('+') {
        digits.strip_prefix("44")?
    } else if let Some(rest) = digits.strip_prefix("0044") {
        rest
    } else if digits.starts_with("00") {
        return None;
    } else {
        digits.strip_prefix('0')?
    };
    Some(national.strip_prefix('0').unwrap_or(national).to_owned())
}
