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

/// A postcode as it is compared: as [`key`], without its space.
pub fn postcode_key(code: &str) -> String {
    key(code).replace(' ', "")
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

/// The words of a text as a search sees them: normalised, split at whatever is neither letter nor digit; apostrophes vanish, so that
/// `O'Brien` is one word.
///
/// ```
/// assert_eq!(db::text::words("Café O’Brien & Sons-Jones"), ["cafe", "obrien", "sons", "jones"]);
/// ```
pub fn words(text: &str) -> Vec<String> {
    let plain = key(&text.replace(char::is_control, " ")).replace(['\'', '’', 'ʼ', '`'], "");
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Two spaces stand before each word of what is searched: with them even one letter at the beginning of a word is three characters, which
/// is what the trigram indexes of both databases know.
pub const BEGINS: &str = "  ";

/// What an order is found by: number, business, name, e-mail, phones, postcode; each word once.
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

/// The most words of one search.
const MOST_TERMS: usize = 10;

/// What a search asks for: each of these must be found. A phone in any spelling is one term of digits.
///
/// ```
/// assert_eq!(db::text::terms("+44 (0)7700 900-123"), ["447700900123"]);
/// assert_eq!(db::text::terms("Smith, Jane"), ["smith", "jane"]);
/// assert_eq!(db::text::terms("SW1A1AA"), ["sw1a", "1aa"]);
/// assert!(db::text::terms("!!! % _ \\ \"").is_empty());
/// ```
pub fn terms(typed: &str) -> Vec<String> {
    let phone = typed.trim().replace("(0)", "");
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let is_phone = digits.len() >= 7 && phone.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '+' | '-' | '(' | ')' | '.' | '/'));
    if is_phone {
        return vec![digits.strip_prefix("00").map_or(digits.clone(), str::to_owned)];
    }
    let mut terms = Vec::new();
    for word in words(typed).into_iter().flat_map(spaced) {
        if !terms.contains(&word) && terms.len() < MOST_TERMS {
            terms.push(word);
        }
    }
    terms
}

/// A British postcode that was typed without its space is two words, as it is stored: `sw1a1aa` → `sw1a`, `1aa`.
fn spaced(word: String) -> Vec<String> {
    let letter = |c: u8| c.is_ascii_alphabetic();
    let is_outward = |out: &[u8]| match out {
        [a, rest @ ..] if letter(*a) => {
            let rest = rest.strip_prefix(rest.first().filter(|b| letter(**b)).map_or(&[][..], std::slice::from_ref)).unwrap_or(rest);
            matches!(rest, [d] | [d, _] if d.is_ascii_digit())
        }
        _ => false,
    };
    match word.as_bytes() {
        [out @ .., d, x, y] if word.is_ascii() && d.is_ascii_digit() && letter(*x) && letter(*y) && is_outward(out) => {
            let (out, inward) = word.split_at(word.len() - 3);
            vec![out.to_owned(), inward.to_owned()]
        }
        _ => vec![word],
    }
}

/// What must stand in the searched text for a term: one or two letters begin a word, three and more stand anywhere in it.
pub fn pattern(term: &str) -> String {
    if term.chars().count() < 3 { format!("{BEGINS}{term}") } else { term.to_owned() }
}

/// The terms as they are looked for in what a row shows: a phone stands there in any spelling, so only what all spellings share counts.
pub fn shared(terms: &[String]) -> Vec<String> {
    let shared = |term: &String| {
        let is_phone = term.len() >= 7 && term.bytes().all(|it| it.is_ascii_digit());
        let core = term.strip_prefix("44").or_else(|| term.strip_prefix('0')).filter(|_| is_phone);
        core.map_or_else(|| term.clone(), str::to_owned)
    };
    terms.iter().map(shared).collect()
}

/// A text in pieces, of which every second one is a hit of some term; `None` when there is none. Spaces and punctuation inside a
/// phone do not hide it.
///
/// ```
/// let terms = vec!["oak".to_owned(), "jo".to_owned()];
/// assert_eq!(db::text::marked("Oakley Joinery", &terms).unwrap(), ["", "Oak", "ley ", "Jo", "inery"]);
/// assert_eq!(db::text::marked("07700 900123", &["7700900".to_owned()]).unwrap(), ["0", "7700 900", "123"]);
/// assert_eq!(db::text::marked("Majority", &["jo".to_owned()]), None);
/// ```
pub fn marked(text: &str, terms: &[String]) -> Option<Vec<String>> {
    // Each folded character with the place in the text from which it comes, and whether a word begins there.
    let mut folded: Vec<(char, usize, usize, bool)> = Vec::new();
    let mut begins = true;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let same: Vec<char> = std::iter::once(c)
            .nfkd()
            .filter(|c| !is_combining_mark(*c))
            .flat_map(char::to_lowercase)
            .filter(|c| c.is_alphanumeric())
            .collect();
        if same.is_empty() {
            begins = begins || !matches!(c, '\'' | '’' | 'ʼ' | '`') && !is_combining_mark(c);
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
