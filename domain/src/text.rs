//! Text as people type it: what counts as empty, what is refused, how long it may be.

/// Characters that show nothing, though `trim` keeps them: zero-width, joiners, direction marks, the Hangul fillers.
pub fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180E}'
            | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}'
            | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}')
}

/// Nothing in it that anybody could see.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(is_invisible)
}

/// A figure (a phone, a sum, a date, an e-mail address, an order number) as a keyboard types it: marks that show nothing, as messengers,
/// spreadsheets and web pages copy along, go; every space becomes a plain one, every hyphen and minus `-`; trimmed.
///
/// U+202E stays: it shows a text in another order than it is stored in. So do the fillers (U+3164), which no such text carries along by
/// accident. Both are refused where they stand.
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
/// Errors: NUL and other control characters, a line break, direction overrides (U+202A to U+202E, U+2066 to U+2069, which
/// make a text read as another), more than `max` characters.
///
/// ```
/// assert_eq!(domain::text::line("  Oakley Joinery ", 255), Ok(Some("Oakley Joinery".into())));
/// assert_eq!(domain::text::line("\u{3164}", 255), Ok(None));
/// assert!(domain::text::line("a\nb", 255).is_err());
/// ```
pub fn line(text: &str, max: usize) -> Result<Option<String>, String> {
    let text = text.trim();
    if text.contains(['\n', '\r']) {
        return Err("Keep this on one line.".into());
    }
    checked(text, max)
}

/// Text of several lines: line ends become `\n`, outer white space goes, `None` when blank. Errors as [`line`].
pub fn lines(text: &str, max: usize) -> Result<Option<String>, String> {
    checked(text.replace("\r\n", "\n").replace('\r', "\n").trim(), max)
}

fn checked(text: &str, max: usize) -> Result<Option<String>, String> {
    if is_blank(text) && !text.contains('\0') {
        return Ok(None);
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err("There is a character in here that cannot be kept; type it again.".into());
    }
    if text.chars().any(|c| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')) {
        return Err("There is a hidden character in here that turns text around; type it again.".into());
    }
    let length = text.chars().count();
    if length > max {
        return Err(format!("At most {max} characters, please; this has {length}."));
    }
    Ok(Some(text.to_owned()))
}

/// Two letters for an avatar: of the first and the last word.
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
