//! Sums of money: read as a person means them, or answered with a message.

use domain::money::{MOST, Money};

fn parse(typed: &str) -> Result<Money, String> {
    domain::money::parse(typed, "GBP")
}

#[test]
fn a_sum_is_read_as_a_person_means_it() {
    for (typed, pence) in [
        ("412", 41_200),
        ("0", 0),
        ("0.00", 0),
        ("0.01", 1),
        (".5", 50),
        ("1234.5", 123_450),
        ("1,234.56", 123_456),
        ("£12", 1_200),
        ("£ 12", 1_200),
        ("£1,234.50", 123_450),
        ("1 234.50", 123_450),
        ("1\u{a0}234.50", 123_450),
        ("GBP 12", 1_200),
        ("12 GBP", 1_200),
        ("  7.30  ", 730),
        ("007", 700),
        ("1,000,000", 100_000_000),
    ] {
        assert_eq!(parse(typed), Ok(Money(pence)), "{typed:?}");
    }
}

#[test]
fn the_greatest_sum_is_99_999_999_99() {
    assert_eq!(MOST, Money(9_999_999_999));
    assert_eq!(parse("99,999,999.99"), Ok(MOST));
    assert_eq!(parse("99999999.99"), Ok(MOST));
    for typed in ["100000000", "100,000,000.00", "999999999", "99999999999999999999999999999", &"9".repeat(1_000_000)] {
        assert!(parse(typed).is_err(), "{} digits", typed.len());
    }
}

#[test]
fn what_is_no_sum_gets_a_message() {
    for typed in [
        "NaN",
        "nan",
        "inf",
        "Infinity",
        "1e308",
        "1e3",
        "1E3",
        "0x10",
        "12.345",
        "0.001",
        "1.2.3",
        "1..2",
        ".",
        ",",
        "£",
        "",
        "   ",
        "abc",
        "12p",
        "1,23",
        "1,2345",
        ",234",
        "1,,234",
        "12,34.50",
        "1.234,50",
        "1,234,56",
        "1_000",
        "１２",
        "٣",
        "+12",
        "12-",
        "½",
        "1\u{0}2",
        "12\0",
        "\u{202e}12",
        "' OR 1=1--",
        "{{7*7}}",
        "=1+1",
    ] {
        let message = parse(typed).expect_err(typed);
        assert!(message.starts_with(char::is_uppercase) && message.contains(' '), "{typed:?} is answered with no sentence: {message:?}");
    }
}

#[test]
fn a_sum_below_zero_is_refused_however_it_is_spelt() {
    for typed in ["-0.01", "-1", "- 1", "£-5", "-£5", "−5", "-99999999999", "(5)"] {
        assert!(parse(typed).is_err(), "{typed}");
    }
}

#[test]
fn a_refused_sum_says_why() {
    assert_ne!(parse("-0.01"), parse("NaN"), "below zero and not a number are different mistakes");
    assert_ne!(parse("12.345"), parse("NaN"), "too many decimals and not a number are different mistakes");
    assert!(parse("100000000").unwrap_err().contains("99,999,999.99"), "the limit is named");
}

#[test]
fn a_sum_in_a_form_reads_back_as_itself() {
    for pence in [0, 1, 9, 10, 99, 100, 101, 41_200, 123_450, 99_999_999, MOST.0 - 1, MOST.0] {
        assert_eq!(parse(&Money(pence).plain()), Ok(Money(pence)), "{}", Money(pence).plain());
    }
}

#[test]
fn a_sum_on_a_page_reads_back_as_itself() {
    for pence in [0, 5, 99_900, 100_000, 123_456, 12_345_678, 100_000_000, MOST.0] {
        assert_eq!(parse(&Money(pence).show("GBP")), Ok(Money(pence)), "{}", Money(pence).show("GBP"));
    }
}

#[test]
fn a_page_shows_pounds_with_thousands_and_pence() {
    assert_eq!(Money(0).show("GBP"), "£0.00");
    assert_eq!(Money(5).show("GBP"), "£0.05");
    assert_eq!(Money(99_999).show("GBP"), "£999.99");
    assert_eq!(Money(100_000).show("GBP"), "£1,000.00");
    assert_eq!(MOST.show("GBP"), "£99,999,999.99");
    assert_eq!(Money(100_000_000).show("EUR"), "€1,000,000.00");
    assert!(Money(1_200).show("SEK").contains("SEK"), "a currency without a sign keeps its ISO code");
}

#[test]
fn a_correction_below_zero_can_be_shown() {
    assert_eq!(Money(-5).plain(), "-0.05");
    assert_eq!(Money(-123_450).show("GBP"), "-£1,234.50");
}

#[test]
fn money_travels_as_whole_minor_units() {
    assert_eq!(serde_json::to_string(&Money(41_200)).unwrap(), "41200");
    assert_eq!(serde_json::from_str::<Money>("41200").unwrap(), Money(41_200));
    assert!(serde_json::from_str::<Money>("412.5").is_err(), "no half pennies");
}

#[test]
fn spaces_are_thousands_or_nothing() {
    for typed in ["12 34", "1 2 3", "5 10", "12 .5 0"] {
        assert!(parse(typed).is_err(), "{typed} was read as {:?}", parse(typed));
    }
}

#[test]
fn a_currency_is_named_by_its_own_sign_or_code_before_or_after_the_sum() {
    for (currency, typed) in [
        ("EUR", "€412"),
        ("EUR", "412 €"),
        ("EUR", "eur 412"),
        ("EUR", "412.00EUR"),
        ("USD", "$412"),
        ("USD", "USD 412"),
        ("AUD", "$ 412"),
        ("PLN", "412 zł"),
        ("PLN", "PLN412"),
        ("SEK", "412 kr"),
        ("SEK", "412 kr."),
        ("SEK", "kr. 412"),
        ("CHF", "CHF 412"),
        ("JPY", "¥412"),
        ("INR", "₹412"),
        ("BGN", "412 лв."),
        ("BRL", "R$ 412"),
        ("GBP", "£412"),
        ("GBP", "\u{200b}£\u{a0}412.00"),
        ("SEK", "412"),
        ("PEN", "S/412"),
        ("PEN", "S/.412"),
        ("PEN", "S/. 412"),
        ("PAB", "B/.412"),
        ("SOS", "Sh.So. 412"),
        ("SOS", "412 Sh.So."),
        ("AED", "د.إ 412"),
    ] {
        assert_eq!(domain::money::parse(typed, currency), Ok(Money(41_200)), "{typed} in {currency}");
    }
    assert_eq!(domain::money::parse("£.50", "GBP"), Ok(Money(50)), "the point is the sum's");
    assert_eq!(domain::money::parse("S/.50", "PEN"), Ok(Money(5_000)), "the point is the sign's");
    assert_eq!(domain::money::parse("-€5", "EUR"), domain::money::parse("€-5", "EUR"), "below zero on either side of the sign");
}

#[test]
fn another_currency_is_named_in_the_message() {
    for (currency, typed, named) in [
        ("EUR", "£412", "£"),
        ("EUR", "412 GBP", "GBP"),
        ("EUR", "gbp412", "gbp"),
        ("GBP", "€412", "€"),
        ("GBP", "412 €", "€"),
        ("GBP", "$1,234.50", "$"),
        ("GBP", "412 zł", "zł"),
        ("USD", "kr. 412", "kr"),
        ("CHF", "£412", "£"),
    ] {
        let message = domain::money::parse(typed, currency).expect_err(typed);
        assert!(message.contains(currency) && message.contains(&format!("“{named}”")), "{typed} in {currency}: {message}");
    }
    for typed in ["412 pounds", "£ 412 €", "££412", "¤412", "quid 412"] {
        assert!(domain::money::parse(typed, "GBP").is_err(), "{typed}");
    }
    assert!(domain::money::parse_rate("£7").is_err(), "a rate is no sum");
}
