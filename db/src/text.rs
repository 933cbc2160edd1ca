//! Normalisation: the one form in which things are searched, sorted and compared, the same on both databases.

use domain::orders::OrderFields;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Lower case, without diacritics, white space collapsed: `"Café  & Restaurants"` → `"cafe & restaurants"`.
pub fn key(text: &str) -> String {
    let plain = |words: &mut dyn Iterator<Item = char>| {
        let mut key = String::with_capacity(text.len());
        for c in words {
            if c.is_whitespace() {
                if !key.is_empty() && !key.ends_with(' ') {
                    key.push(' ');
                }
            } else if !c.is_control() {
                key.push(c);
            }
        }
        key.truncate(key.trim_end().len());
        key
    };
    if text.is_ascii() {
        plain(&mut text.chars().map(|c| c.to_ascii_lowercase()))
    } else {
        plain(&mut text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).nfkc())
    }
}

/// The E.164 form of a number whose shape is right; the region of numbers without a country is Great Britain.
///
/// Errors, as a sentence: a number that no numbering plan has.
pub fn e164(typed: &str) -> Result<String, String> {
    let wrong = || "No country has such a number: check its digits.".to_owned();
    let plain = typed.replace("(0)", "");
    let number = phonenumber::parse(Some(phonenumber::country::GB), plain).map_err(|_| wrong())?;
    let e164 = number.format().mode(phonenumber::Mode::E164).to_string();
    let length = e164.len();
    // A plan that numbers are still given out of (07700 900…) must pass, so only the possible length is asked for.
    if (8..=16).contains(&length) && (!e164.starts_with("+44") || (12..=13).contains(&length)) { Ok(e164) } else { Err(wrong()) }
}

/// A British number as people search it: with and without the country.
fn spoken(e164: &str) -> String {
    let digits = e164.trim_start_matches('+');
    match digits.strip_prefix("44") {
        Some(national) => format!("0{national} {digits}"),
        None => digits.to_owned(),
    }
}

/// What an order is found by: number, business, name, e-mail, phones, postcode.
pub fn search_text(number: &str, fields: &OrderFields, mobile: Option<&str>, landline: Option<&str>) -> String {
    let name = fields.contact();
    let parts = [
        Some(number.to_owned()),
        fields.business_name.clone(),
        name,
        fields.email.clone(),
        mobile.map(spoken),
        landline.map(spoken),
        fields.billing.postcode.clone(),
    ];
    key(&parts.into_iter().flatten().collect::<Vec<_>>().join("\n").replace('\n', " | "))
}
