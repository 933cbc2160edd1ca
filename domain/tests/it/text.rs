//! Text as typed: kept to the letter when it can be seen, empty when it cannot, refused when it would break or deceive.

use domain::text::{initials, is_blank, line, lines};

#[test]
fn markup_and_templates_are_stored_as_typed() {
    for typed in [
        "\"><svg/onload=alert(1)>",
        "</script><script>alert(1)</script>",
        "{{7*7}}",
        "javascript:alert(1)",
        "' OR 1=1--",
        "%",
        "_",
        "\\",
        "\"",
        "=HYPERLINK(\"http://x\")",
        "+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "O’Neill & Söhne",
        "株式会社",
        "👩\u{200d}🚀 Rockets",
        "می\u{200c}خواهم",
    ] {
        assert_eq!(line(typed, 255), Ok(Some(typed.to_owned())));
        assert_eq!(lines(typed, 255), Ok(Some(typed.to_owned())));
    }
}

#[test]
fn what_nobody_can_see_is_empty() {
    for typed in [
        "",
        " ",
        "\t",
        "\u{a0}",
        "\u{3000}",
        "\u{200b}",
        "\u{200d}",
        "\u{200e}",
        "\u{200f}",
        "\u{202e}",
        "\u{2060}",
        "\u{2066}\u{2069}",
        "\u{feff}",
        "\u{3164}",
        "\u{115f}",
        "\u{ffa0}",
        "\u{2800}",
        "\u{ad}",
        " \u{3164}\u{200b} \u{202e}",
    ] {
        assert!(is_blank(typed), "{typed:?}");
        assert_eq!(line(typed, 255), Ok(None), "{typed:?}");
        assert_eq!(lines(typed, 255), Ok(None), "{typed:?}");
    }
}

#[test]
fn one_visible_letter_is_not_empty() {
    for typed in ["a", " a ", "\u{200b}a", "\u{3164}a", "0", "."] {
        assert!(!is_blank(typed), "{typed:?}");
        assert!(matches!(line(typed, 255), Ok(Some(_))), "{typed:?}");
    }
}

#[test]
fn nul_is_refused_wherever_it_stands() {
    for typed in ["\0", "a\0", "\0a", "a\0b", " \0 ", "\u{200b}\0"] {
        assert!(line(typed, 255).is_err(), "{typed:?}");
        assert!(lines(typed, 255).is_err(), "{typed:?}");
    }
}

#[test]
fn control_characters_inside_a_text_are_refused() {
    for typed in ["a\u{1}b", "a\u{7}b", "a\u{8}b", "a\u{b}b", "a\u{1b}[31mb", "a\u{7f}b", "a\u{85}b", "a\u{9f}b"] {
        assert!(line(typed, 255).is_err(), "{typed:?}");
        assert!(lines(typed, 255).is_err(), "{typed:?}");
    }
}

#[test]
fn text_that_is_turned_around_is_refused() {
    for sign in ['\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}'] {
        assert!(line(&format!("invoice{sign}fdp.exe"), 255).is_err(), "{sign:?}");
        assert!(lines(&format!("invoice{sign}fdp.exe"), 255).is_err(), "{sign:?}");
    }
}

#[test]
fn a_line_has_no_line_break() {
    for typed in ["a\nb", "a\rb", "a\r\nb", "a\n\nb"] {
        assert!(line(typed, 255).is_err(), "{typed:?}");
    }
    assert_eq!(line(" a \n", 255), Ok(Some("a".to_owned())), "a break at the end is white space");
}

#[test]
fn line_breaks_of_a_longer_text_are_kept_and_made_one_kind() {
    assert_eq!(lines("a\r\nb\rc\nd", 255), Ok(Some("a\nb\nc\nd".to_owned())));
    assert_eq!(lines("a\n\n  b", 255), Ok(Some("a\n\n  b".to_owned())), "empty lines and indents stay");
}

#[test]
fn a_limit_counts_characters_and_not_bytes() {
    for letter in ["a", "é", "語", "🙂"] {
        assert_eq!(line(&letter.repeat(100), 100), Ok(Some(letter.repeat(100))));
        assert!(line(&letter.repeat(101), 100).is_err());
        assert!(lines(&letter.repeat(101), 100).is_err());
    }
    assert_eq!(lines(&"a\r\n".repeat(50), 100).unwrap().unwrap().chars().count(), 99, "a break is one character, the last one goes");
}

#[test]
fn too_long_a_text_is_refused_with_its_limit_and_never_cut() {
    let megabyte = "x".repeat(1_000_000);
    for message in [line(&megabyte, 255).unwrap_err(), lines(&megabyte, 255).unwrap_err()] {
        assert!(message.contains("255"), "{message}");
        assert!(message.len() < 200, "a message does not repeat the megabyte");
    }
}

#[test]
fn an_avatar_has_the_first_letters_of_the_first_and_last_word() {
    for (name, letters) in
        [("Xavier Taylor", "XT"), ("ann marie o’neill", "AO"), ("xtaylor", "X"), ("", ""), ("!!! ???", ""), ("(Ann) [Lee]", "AL")]
    {
        assert_eq!(initials(name), letters, "{name:?}");
    }
}
