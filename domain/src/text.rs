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
