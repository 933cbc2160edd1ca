//! Phone numbers: any spelling a person uses is taken and kept as typed; what cannot be dialled is answered with a message.

use domain::phone::{digits, shape, split};

#[test]
fn the_three_spellings_of_one_number_are_all_taken() {
    for typed in ["07700 900123", "+447700900123", "7700900123"] {
        assert_eq!(shape(typed), Ok(typed.to_owned()));
    }
}

#[test]
fn a_number_is_taken_in_any_spelling_and_kept_as_typed() {
    for typed in [
        "07700900123",
        "07700-900-123",
        "(0113) 863-1524",
        "0113 863 1524",
        "020 7946 0123",
        "+44 (0)7700 900123",
        "0044 7700 900123",
        "+44.7700.900123",
        "01204 52345",
        "+33 1 23 45 67 89",
        "+1 (212) 555-0123",
        "0033 1 23 45 67 89",
    ] {
        assert_eq!(shape(typed), Ok(typed.to_owned()), "{typed}");
    }
    assert_eq!(shape("  07700 900123 "), Ok("07700 900123".to_owned()), "outer white space is nobody's spelling");
}

#[test]
fn what_cannot_be_dialled_gets_a_message() {
    for typed in [
        "",
        "+",
        "----",
        "()",
        "12345",
        "+44",
        "+447700",
        "07700 9001",
        "0770090012345",
        "+4477009001234",
        "+1234567890123456",
        "1234567890123456",
        "phone",
        "07700 900123 ext",
        "07700 900123 ext 5 or 6",
        "ext 5",
        "07700 900123 extra 5",
        "0 7700 90052",
        "+44 7700 90052",
        "+44 20 7946 012",
        "0330 123 456",
        "07700 9OO123",
        "07700+900123",
        "++447700900123",
        "07700900123+",
        "07700900123\n07700900124",
        "07700900123\0",
        "\u{202e}07700900123",
        "٠٧٧٠٠٩٠٠١٢٣",
        "０７７００９００１２３",
        "tel:07700900123",
        "javascript:alert(1)",
        "\"><svg/onload=alert(1)>",
        "' OR 1=1--",
        "*#06#",
    ] {
        let message = shape(typed).expect_err(typed);
        assert!(message.contains(' ') && message.contains(|c: char| c.is_ascii_digit() || c == '.'), "{typed:?}: {message:?}");
    }
    assert!(shape(&"7".repeat(1_000_000)).is_err());
}

#[test]
fn what_a_copied_number_carries_along_unseen_is_taken_out() {
    for (typed, kept) in [
        ("\u{202A}07700 900501\u{202C}", "07700 900501"),
        ("\u{202D}+44 7700 900501\u{202C}", "+44 7700 900501"),
        ("07700\u{200B}900501", "07700900501"),
        ("\u{FEFF}07700\u{2009}900501\u{2060}", "07700 900501"),
        ("0113\u{2011}496\u{2013}0704", "0113-496-0704"),
        ("\u{2066}07700\u{202F}900501\u{2069}", "07700 900501"),
    ] {
        assert_eq!(shape(typed), Ok(kept.to_owned()), "{typed:?}");
    }
}

#[test]
fn an_extension_is_kept_and_told_apart_from_the_number() {
    for typed in ["0113 496 0518 ext 45", "0113 496 0518 x45", "0113 496 0518, Ext. 45", "0113 496 0518 extension: 45", "0113 496 0518 #45"]
    {
        assert_eq!(shape(typed), Ok(typed.to_owned()));
        assert_eq!(split(typed), ("0113 496 0518", Some("45")), "{typed}");
    }
}

#[test]
fn a_number_of_nine_digits_is_one_only_where_such_numbers_exist() {
    assert!(shape("01204 52345").is_ok());
    assert!(shape("0800 123 456").is_ok());
    let message = shape("+44 7700 90052").unwrap_err();
    assert!(message.contains("this number has 9") && message.contains("has ten") && !message.contains("nine"), "{message}");
}

#[test]
fn a_british_number_that_is_too_short_says_how_many_digits_it_has() {
    assert_ne!(shape("07700 9001"), shape("phone"), "a missing digit and a word are different mistakes");
}

#[test]
fn the_digits_of_every_spelling_of_a_national_number_are_the_same() {
    for typed in ["07700 900123", "07700-900123", "(07700) 900.123", "07700\u{a0}900/123"] {
        assert_eq!(digits(typed), "07700900123", "{typed}");
    }
    assert_eq!(digits("+44 7700 900123"), "447700900123");
    assert_eq!(digits("none"), "");
}
