//! Normalises text for search, sort and comparison, the same on both databases.

use domain::{
    orders::OrderFields,
    phone, postcode,
    text::{figure, is_invisible},
};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Lower case, without diacritics and invisible marks, Latin letters as the nearest of the English alphabet (`ł` → `l`, `æ` → `ae`), white
/// space collapsed: `"Café  & Łukasz"` → `"cafe & lukasz"`.
pub fn key(text: &str) -> String {
    if text.is_ascii() {
        return collapsed(text.chars().map(|c| c.to_ascii_lowercase()));
    }
    let seen = text.nfkd().filter(|c| c.is_whitespace() || !is_invisible(*c));
    collapsed(seen.flat_map(folded).nfkc())
}

/// The key of a username: as [`key`], but letters stay themselves, so that `łukasz` and `lukasz` are two accounts.
pub fn username_key(username: &str) -> String {
    collapsed(username.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).nfkc())
}

/// Collapses and trims white space, and removes control characters.
fn collapsed(text: impl Iterator<Item = char>) -> String {
    let mut key = String::new();
    for c in text {
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
}

/// Normalises a decomposed character: nothing for a combining mark, English letters for a Latin one, lower case.
fn folded(c: char) -> impl Iterator<Item = char> {
    let english = if is_latin(c) { deunicode::deunicode_char(c).filter(|it| it.bytes().all(|b| b.is_ascii_alphabetic())) } else { None };
    let own = (english.is_none() && !is_combining_mark(c)).then_some(c);
    english.unwrap_or_default().chars().chain(own).flat_map(char::to_lowercase)
}

/// Whether it is a Latin letter beyond ASCII (Unicode 16.0, Blocks.txt).
fn is_latin(c: char) -> bool {
    let is_of_a_block = matches!(c, '\u{C0}'..='\u{2AF}' | '\u{1D00}'..='\u{1D7F}' | '\u{1E00}'..='\u{1EFF}' | '\u{2C60}'..='\u{2C7F}'
        | '\u{A720}'..='\u{A7FF}' | '\u{AB30}'..='\u{AB6F}');
    is_of_a_block && c.is_alphabetic()
}

/// The key of a postcode: as [`key`], without the space.
pub fn postcode_key(code: &str) -> String {
    key(code).replace(' ', "")
}

/// Adds the usual spaces to phone numbers and postcodes that were typed without: `07700900555` → `07700 900555`, `YO211QH` →
/// `YO21 1QH`. Values that equal those in `before` are kept.
pub fn space_figures(fields: &mut OrderFields, before: Option<&OrderFields>) {
    let spaced_phone = |typed: &mut Option<String>, before: Option<&Option<String>>| {
        if let Some(phone) = typed.as_ref().filter(|_| before != Some(typed)).and_then(|it| format_phone(it)) {
            *typed = Some(phone);
        }
    };
    let spaced_postcode = |typed: &mut Option<String>, before: Option<&Option<String>>| {
        if let Some(code) = typed.as_ref().filter(|_| before != Some(typed)).and_then(|it| postcode::spaced(it)) {
            *typed = Some(code);
        }
    };
    spaced_phone(&mut fields.mobile, before.map(|it| &it.mobile));
    spaced_phone(&mut fields.landline, before.map(|it| &it.landline));
    spaced_postcode(&mut fields.billing.postcode, before.map(|it| &it.billing.postcode));
    spaced_postcode(&mut fields.delivery.postcode, before.map(|it| &it.delivery.postcode));
}

/// Formats a number that was typed as digits only; `None` for any other.
fn format_phone(typed: &str) -> Option<String> {
    let is_bare = typed.strip_prefix('+').unwrap_or(typed).bytes().all(|b| b.is_ascii_digit());
    let number = phonenumber::parse(Some(phonenumber::country::GB), typed).ok().filter(|_| is_bare)?;
    let mode = if typed.starts_with('0') && number.country().code() == 44 {
        phonenumber::Mode::National
    } else {
        phonenumber::Mode::International
    };
    let text = number.format().mode(mode).to_string();
    // Only spaces may differ: a number that the plan does not know stays as typed.
    (phone::digits(&text) == phone::digits(typed)).then_some(text)
}

/// The E.164 form of a number; numbers without a country code are British.
///
/// Errors, as a sentence: a number that is in no numbering plan.
pub fn e164(typed: &str) -> Result<String, String> {
    let wrong = || "This isn't a valid phone number in any country: check the digits".to_owned();
    let number = figure(typed);
    let (number, _extension) = phone::split(&number);
    let plain = phone::british(number).map_or_else(|| number.replace("(0)", ""), |national| format!("+44{national}"));
    let number = phonenumber::parse(Some(phonenumber::country::GB), plain).map_err(|_| wrong())?;
    let e164 = number.format().mode(phonenumber::Mode::E164).to_string();
    let length = e164.len();
    // Unassigned ranges (07700 900…) must pass, so only the possible length is checked.
    if (8..=16).contains(&length) && (!e164.starts_with("+44") || (12..=13).contains(&length)) { Ok(e164) } else { Err(wrong()) }
}

/// The search forms of a British number: with and without the country code.
fn phone_search_forms(e164: &str) -> String {
    let digits = e164.trim_start_matches('+');
    match digits.strip_prefix("44") {
        Some(national) => format!("0{national} {digits}"),
        None => digits.to_owned(),
    }
}

/// Splits a text into normalised words at everything that is neither letter nor digit; apostrophes are removed, so that
/// `O'Brien` is one word.
///
/// ```
/// assert_eq!(db::text::words("Café O’Brien & Sons-Jones"), ["cafe", "obrien", "sons", "jones"]);
/// ```
pub fn words(text: &str) -> Vec<String> {
    let plain = key(&text.replace(char::is_control, " ")).replace(['\'', '’', 'ʼ', '`'], "");
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Two spaces precede each word of the search text: so even one letter at the start of a word makes three characters, which
/// the trigram indexes of both databases need.
pub const BEGINS: &str = "  ";

/// The search text of an order: number, business, name, e-mail, phones, postcode; each word once.
pub fn search_text(number: &str, fields: &OrderFields, mobile: Option<&str>, landline: Option<&str>) -> String {
    let name = fields.contact();
    let parts = [
        Some(number.to_owned()),
        // A number such as 123456-2 is searched without its hyphen too.
        Some(number.replace('-', "")),
        fields.business_name.clone(),
        name,
        fields.email.clone(),
        mobile.map(phone_search_forms),
        landline.map(phone_search_forms),
        fields.billing.postcode.clone(),
    ];
    let mut text = String::new();
    let mut seen = std::collections::HashSet::new();
    for word in parts.into_iter().flatten().flat_map(|part| words(&part)) {
        if seen.insert(word.clone()) {
            text.push_str(BEGINS);
            text.push_str(&word);
        }
    }
    text
}

/// The maximum number of words in a search.
const MOST_TERMS: usize = 10;

/// The terms of a search, all of which must match. A phone number in any spelling, or its beginning, is one term of digits.
///
/// ```
/// assert_eq!(db::text::terms("+44 (0)7700 900-123"), ["447700900123"]);
/// assert_eq!(db::text::terms("0113 49"), ["011349"]);
/// assert_eq!(db::text::terms("Smith, Jane"), ["smith", "jane"]);
/// assert_eq!(db::text::terms("SW1A1AA"), ["sw1a", "1aa"]);
/// assert!(db::text::terms("!!! % _ \\ \"").is_empty());
/// ```
pub fn terms(typed: &str) -> Vec<String> {
    if let Some(digits) = phone_term(typed) {
        return vec![digits];
    }
    let mut terms = Vec::new();
    for word in words(typed).into_iter().flat_map(spaced) {
        if !terms.contains(&word) && terms.len() < MOST_TERMS {
            terms.push(word);
        }
    }
    terms
}

/// The digits of a text that is a phone number, or the beginning of one: at least three digits if it starts like a phone number (`0`, `+`),
/// seven otherwise. The trunk zero after a country code is removed: `+44 07700` and `0044 (0)7700` are `447700`. Extensions are not searched.
fn phone_term(typed: &str) -> Option<String> {
    let typed = figure(typed);
    let phone = phone::split(&typed).0.replace("(0)", "");
    if !phone.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '+' | '-' | '(' | ')' | '.' | '/')) {
        return None;
    }
    let digits = phone::digits(&phone);
    let abroad = match phone.trim_start_matches('(').strip_prefix('+') {
        Some(_) => Some(digits.as_str()),
        None => digits.strip_prefix("00").filter(|rest| rest.len() >= 3),
    };
    match abroad {
        Some(number) if number.len() >= 3 => Some(number.strip_prefix("440").map_or_else(|| number.to_owned(), |rest| format!("44{rest}"))),
        _ => (digits.len() >= if digits.starts_with('0') { 3 } else { 7 }).then_some(digits),
    }
}

/// A British postcode without its space becomes two words, as stored: `sw1a1aa` → `sw1a`, `1aa`.
fn spaced(word: String) -> Vec<String> {
    match postcode::parts(&word) {
        Some((outward, inward)) => vec![outward.to_owned(), inward.to_owned()],
        None => vec![word],
    }
}

/// The pattern of a term in the search text: one or two letters match the start of a word, three or more match anywhere.
pub fn pattern(term: &str) -> String {
    if term.chars().count() < 3 { format!("{BEGINS}{term}") } else { term.to_owned() }
}

/// The terms of a search for highlighting: a phone number is shown in any spelling, so only the digits that all spellings share
/// count.
///
/// ```
/// assert_eq!(db::text::shown_terms("+44 7700 9"), ["77009"]);
/// assert_eq!(db::text::shown_terms("07700 9"), ["77009"]);
/// ```
pub fn shown_terms(typed: &str) -> Vec<String> {
    let national = |digits: String| {
        let national = digits.strip_prefix("44").or_else(|| digits.strip_prefix('0')).filter(|it| !it.is_empty());
        national.map_or_else(|| digits.clone(), str::to_owned)
    };
    phone_term(typed).map_or_else(|| terms(typed), |digits| vec![national(digits)])
}

/// Splits a text into pieces of which every second one is a match; `None` when nothing matches. Spaces and punctuation inside a
/// phone number are ignored.
///
/// ```
/// let terms = vec!["oak".to_owned(), "jo".to_owned()];
/// assert_eq!(db::text::marked("Oakley Joinery", &terms).unwrap(), ["", "Oak", "ley ", "Jo", "inery"]);
/// assert_eq!(db::text::marked("07700 900123", &["7700900".to_owned()]).unwrap(), ["0", "7700 900", "123"]);
/// assert_eq!(db::text::marked("Majority", &["jo".to_owned()]), None);
/// ```
pub fn marked(text: &str, terms: &[String]) -> Option<Vec<String>> {
    // Each normalised character with its offset in the text, and whether a word starts there.
    let mut folded: Vec<(char, usize, usize, bool)> = Vec::new();
    let mut begins = true;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let same: Vec<char> = std::iter::once(c).nfkd().flat_map(self::folded).filter(|c| c.is_alphanumeric()).collect();
        if same.is_empty() {
            let is_inside = matches!(c, '\'' | '’' | 'ʼ' | '`') || is_combining_mark(c) || (is_invisible(c) && !c.is_whitespace());
            begins = begins || !is_inside;
            continue;
        }
        for c in same {
            folded.push((c, at, end, begins));
            begins = false;
        }
    }
    let mut hits: Vec<(usize, usize)> = Vec::new();
    for term in terms {
        let term: Vec<char> = term.chars().collect();
        let digits = term.len() >= 5 && term.iter().all(char::is_ascii_digit);
        for (start, window) in folded.windows(term.len().max(1)).enumerate() {
            let same = window.iter().zip(&term).all(|((c, ..), wanted)| c == wanted);
            let whole = digits || window.iter().skip(1).all(|(_, _, _, begins)| !begins);
            if same
                && whole
                && (term.len() > 2 || folded[start].3)
                && let (Some(first), Some(last)) = (window.first(), window.last())
            {
                hits.push((first.1, last.2));
            }
        }
    }
    if hits.is_empty() {
        return None;
    }
    hits.sort_unstable();
    let mut pieces = Vec::new();
    let mut at = 0;
    let mut hits = hits.into_iter().peekable();
    while let Some((start, mut end)) = hits.next() {
        while let Some((_, further)) = hits.next_if(|(start, _)| *start <= end) {
            end = end.max(further);
        }
        pieces.push(text[at..start].to_owned());
        pieces.push(text[start..end].to_owned());
        at = end;
    }
    if at < text.len() {
        pieces.push(text[at..].to_owned());
    }
    Some(pieces)
}
