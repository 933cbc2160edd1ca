//! People: usernames as the original allowed them, passwords long enough and never truncated.

use domain::{
    FieldErrors,
    users::{display_name, password, username},
};

fn judged(typed: &str) -> Option<String> {
    let mut errors = FieldErrors::default();
    password(typed, "xavier.taylor", Some("xavier@oakley.co.uk"), "new_password", &mut errors);
    assert!(errors.0.len() <= 1 && errors.0.iter().all(|(field, _)| field == "new_password"), "{errors:?}");
    errors.get("new_password").map(str::to_owned)
}

#[test]
fn a_password_has_at_least_12_characters() {
    for typed in ["", "a", "elevenchars", "ééééééééééé", "🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂"] {
        assert!(judged(typed).is_some_and(|message| message.contains("12")), "{typed}");
    }
    for typed in ["twelve chars", "aaaaaaaaaaaa", "éééééééééééé", "🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂"] {
        assert_eq!(judged(typed), None, "{typed}");
    }
}

#[test]
fn a_password_needs_no_mixture() {
    for typed in ["correct horse battery staple", "lowercaseonly", "492837465019", " spaces around it ", "'; drop table users;--"] {
        assert_eq!(judged(typed), None, "{typed}");
    }
}

#[test]
fn a_password_has_at_most_1_024_bytes() {
    assert_eq!(judged(&"x".repeat(1_024)), None);
    assert!(judged(&"x".repeat(1_025)).is_some());
    assert_eq!(judged(&"é".repeat(512)), None);
    assert!(judged(&"é".repeat(513)).is_some(), "bytes are counted, since bytes are hashed");
    assert!(judged(&"x".repeat(10_000_000)).is_some());
}

#[test]
fn a_password_is_not_the_username_or_the_email() {
    for typed in ["xavier.taylor", "XAVIER.Taylor", "xavier@oakley.co.uk", "Xavier@Oakley.co.uk"] {
        assert!(judged(typed).is_some(), "{typed}");
    }
    assert_eq!(judged("xavier.taylor and more"), None);
}

#[test]
fn a_person_without_an_email_can_have_a_password() {
    let mut errors = FieldErrors::default();
    password("correct horse battery", "ann", None, "password", &mut errors);
    password("correct horse battery", "ann", Some(""), "password", &mut errors);
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn a_username_of_the_original_is_taken() {
    for typed in ["ann", "xavier.taylor", "ann@oakley.co.uk", "ann+test", "ann_lee-2", "Zoë", "A"] {
        assert_eq!(username(typed), Ok(typed.to_owned()));
    }
    assert_eq!(username(" ann "), Ok("ann".to_owned()));
    assert_eq!(username(&"a".repeat(150)), Ok("a".repeat(150)));
}

#[test]
fn a_username_that_is_none_gets_a_message() {
    for typed in [
        "",
        "  ",
        "\u{3164}",
        "\u{200b}",
        "\u{202e}",
        "ann lee",
        "ann\nlee",
        "ann\0",
        "ann\u{202e}",
        "ann\u{200b}lee",
        "<script>",
        "ann'--",
        "a/b",
        "a\\b",
        "a%b",
        "a:b",
        &"a".repeat(151),
        &"a".repeat(1_000_000),
    ] {
        assert!(username(typed).is_err(), "{:?}", typed.chars().take(30).collect::<String>());
    }
}

#[test]
fn a_username_holds_no_letter_that_nobody_sees() {
    for filler in ['\u{3164}', '\u{115f}', '\u{1160}', '\u{ffa0}'] {
        assert!(username(&format!("ann{filler}")).is_err(), "{filler:?}");
    }
}

#[test]
fn a_person_is_called_by_the_names_else_by_the_username() {
    for (first, last, wanted) in
        [("Ann", "Lee", "Ann Lee"), ("Ann", "", "Ann"), ("", "Lee", "Lee"), ("", "", "alee"), (" ", "\u{3164}", "alee")]
    {
        assert_eq!(display_name(first, last, "alee"), wanted);
    }
}
