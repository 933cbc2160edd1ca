//! The shape of a phone number. E.164 is made on the server, where the numbering plans are.

/// Checks the shape of a number in any spelling: `07700 900123`, `+44 7700 900123`, `(0113) 863-1524`.
///
/// Returns the text as typed, trimmed. Errors: letters, under 7 or over 15 digits, a British number (leading 0, +44 or 0044)
/// without its nine or ten digits.
///
/// ```
/// assert!(domain::phone::shape("+44 (0)7700 900123").is_ok());
/// assert!(domain::phone::shape("+447700900").is_err());
/// ```
pub fn shape(text: &str) -> Result<String, String> {
    let text = text.trim();
    let example = "Type a phone number such as 07700 900123 or +44 7700 900123.";
    if text.chars().any(|c| !(c.is_ascii_digit() || matches!(c, '+' | ' ' | '\u{a0}' | '-' | '–' | '(' | ')' | '.' | '/'))) {
        return Err(example.into());
    }
    if text.chars().skip(1).any(|c| c == '+') {
        return Err(example.into());
    }
    if text.chars().count() > 40 {
        return Err(example.into());
    }
    let digits = digits(text);
    if let Some(national) = british(text) {
        if !(9..=10).contains(&national.len()) {
            return Err(format!("This number has {} digits after the 0 or +44; a British one has ten (a few have nine).", national.len()));
        }
    } else if !(7..=15).contains(&digits.len()) {
        return Err(example.into());
    }
    Ok(text.to_owned())
}

/// Only the digits.
pub fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The national part of a number that is written as a British one, without its trunk 0.
fn british(text: &str) -> Option<String> {
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
