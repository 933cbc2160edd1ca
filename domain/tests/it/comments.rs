//! Comments: 1 to 10,000 characters with their line breaks, and three statuses.

use domain::{
    Error,
    comments::{CommentStatus, LONGEST, body},
};

#[test]
fn line_breaks_of_a_comment_are_kept() {
    assert_eq!(body("Rang Ann.\r\n\r\nShe decides on Monday."), Ok("Rang Ann.\n\nShe decides on Monday.".to_owned()));
}

#[test]
fn a_comment_is_stored_as_typed() {
    for typed in
        ["{{7*7}}", "</script><script>alert(1)</script>", "\"><svg/onload=alert(1)>", "' OR 1=1--", "@ann please ring", "=SUM(A1)", "ok 👍🏽"]
    {
        assert_eq!(body(typed), Ok(typed.to_owned()));
    }
}

#[test]
fn a_comment_has_1_to_10_000_characters() {
    assert_eq!(LONGEST, 10_000);
    for letter in ["a", "語", "🙂"] {
        assert_eq!(body(letter), Ok(letter.to_owned()));
        assert_eq!(body(&letter.repeat(10_000)), Ok(letter.repeat(10_000)));
        assert!(body(&letter.repeat(10_001)).is_err());
    }
    assert!(body(&"x".repeat(1_000_000)).is_err());
}

#[test]
fn a_comment_that_nobody_can_see_is_refused_beside_its_field() {
    for typed in ["", "  ", "\r\n\r\n", "\t", "\u{200b}", "\u{3164}", "\u{202e}", "\u{feff}"] {
        let Err(Error::Invalid(errors)) = body(typed) else { panic!("{typed:?} was taken") };
        assert_eq!(errors.0.len(), 1);
        assert!(errors.get("body").is_some_and(|message| message.contains(' ')), "{typed:?}");
    }
}

#[test]
fn nul_and_turned_text_are_refused_in_a_comment() {
    for typed in ["\0", "a\0b", "a\u{202e}b", "a\u{1b}[31m"] {
        let Err(Error::Invalid(errors)) = body(typed) else { panic!("{typed:?} was taken") };
        assert!(errors.get("body").is_some(), "{typed:?}");
    }
}

#[test]
fn a_comment_is_open_in_progress_or_closed() {
    assert_eq!(CommentStatus::ALL.map(CommentStatus::label), ["Open", "In Progress", "Closed"]);
    for status in CommentStatus::ALL {
        assert_eq!(CommentStatus::find(status.label()), Some(status));
        let sent = serde_json::to_string(&status).unwrap();
        assert_eq!(sent, format!("\"{}\"", status.label()), "stored and sent alike");
    }
}

#[test]
fn another_status_is_none() {
    for text in ["", "Done", "InProgress", "In  Progress", "Open,Closed", "Open\0", "1", "' OR 1=1--"] {
        assert_eq!(CommentStatus::find(text), None, "{text:?}");
    }
}
