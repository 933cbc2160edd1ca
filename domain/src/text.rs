//! Text as people type it: trimming, forbidden characters, maximum lengths.

/// Invisible characters that `trim` keeps: zero-width characters, joiners, direction marks, the Hangul fillers.
pub fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180E}'
            | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}'
            | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}')
}

/// Whether the text has no visible character.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(is_invisible)
}

/// Normalises a number or code (phone, amount, date, e-mail address, order number): invisible marks, which messengers,
/// spreadsheets and web pages copy along, are removed; every space becomes a plain space, every hyphen and minus `-`; trimmed.
///
/// U+202E (right-to-left override) and the fillers (U+3164) are kept, because they do not get there by
/// accident: validation refuses them.
///
/// ```
/// assert_eq!(domain::text::figure("\u{202A}07700\u{A0}900501\u{202C}"), "07700 900501");
/// assert_eq!(domain::text::figure("12\u{2011}11\u{2011}2026"), "12-11-2026");
/// ```
pub fn figure(text: &str) -> String {
    let typed = |c| match c {
        c if c.is_whitespace() && !c.is_control() => Some(' '),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}' => Some('-'),
        '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202D}' => None,
        '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}' | '\u{FEFF}' => None,
        c => Some(c),
    };
    text.chars().filter_map(typed).collect::<String>().trim().to_owned()
}

/// One line of text: trimmed, `None` when blank.
///
/// Errors, as a sentence: control characters, a line break, direction overrides (U+202A to U+202E, U+2066 to U+2069, which
/// make a text read differently), more than `max` characters.
///
/// ```
/// assert_eq!(domain::text::line("  Oakley Joinery ", 255), Ok(Some("Oakley Joinery".into())));
/// assert_eq!(domain::text::line("\u{3164}", 255), Ok(None));
/// assert!(domain::text::line("a\nb", 255).is_err());
/// ```
pub fn line(text: &str, max: usize) -> Result<Option<String>, String> {
    let text = text.trim();
    if text.contains(['\n', '\r']) {
        return Err("Enter this on one line".into());
    }
    checked(text, max)
}

/// Text of several lines: line ends become `\n`, surrounding white space is removed, `None` when blank. Errors: as [`line`].
pub fn lines(text: &str, max: usize) -> Result<Option<String>, String> {
    checked(text.replace("\r\n", "\n").replace('\r', "\n").trim(), max)
}

fn checked(text: &str, max: usize) -> Result<Option<String>, String> {
    if is_blank(text) && !text.contains('\0') {
        return Ok(None);
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err("This contains a character that can't be stored: type it again".into());
    }
    if text.chars().any(|c| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')) {
        return Err("This contains a hidden character that reverses text: type it again".into());
    }
    let length = text.chars().count();
    if length > max {
        return Err(format!("Enter at most {max} characters; this has {length}"));
    }
    Ok(Some(text.to_owned()))
}

/// The initials for an avatar: of the first and the last word.
///
/// ```
/// assert_eq!(domain::text::initials("Xavier Taylor"), "XT");
/// assert_eq!(domain::text::initials("xtaylor"), "X");
/// ```
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
}
