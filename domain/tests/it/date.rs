//! Calendar dates: what a date field sends and what a person types mean the same day, and no day is invented.

use chrono::{Days, NaiveDate};
use domain::date::{long, parse, plain, show, weekday};

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

#[test]
fn a_date_is_read_day_first_as_in_britain() {
    for typed in ["2026-11-02", "02/11/2026", "2/11/2026", "02.11.2026", "2-11-2026", " 2026-11-02 "] {
        assert_eq!(parse(typed), Ok(day(2026, 11, 2)), "{typed}");
    }
}

#[test]
fn a_day_that_is_not_in_the_calendar_is_refused() {
    for typed in [
        "2026-02-31",
        "31/02/2026",
        "30/02/2024",
        "29/02/2026",
        "29/02/1900",
        "29/02/2100",
        "31/04/2026",
        "2026-13-01",
        "2026-00-10",
        "2026-01-00",
        "2026-01-32",
        "00/00/2026",
        "11/22/2026",
    ] {
        assert!(parse(typed).is_err(), "{typed} was read as {:?}", parse(typed));
    }
}

#[test]
fn a_leap_day_is_a_day() {
    assert_eq!(parse("29/02/2024"), Ok(day(2024, 2, 29)));
    assert_eq!(parse("2000-02-29"), Ok(day(2000, 2, 29)));
}

#[test]
fn a_year_far_away_is_refused() {
    for typed in [
        "10000-01-01",
        "01/01/10000",
        "+10000-01-01",
        "99999-01-01",
        "0000-01-01",
        "0001-01-01",
        "-2026-01-01",
        "1/1/0",
        "2/11/26",
        "26-11-02",
        "999999999999-01-01",
    ] {
        assert!(parse(typed).is_err(), "{typed} was read as {:?}", parse(typed));
    }
}

#[test]
fn what_is_no_date_gets_a_sentence() {
    for typed in [
        "",
        "  ",
        "today",
        "2026",
        "2026-11",
        "20261102",
        "1700000000",
        "2026-11-02T00:00:00Z",
        "2026-11-02 14:05",
        "2026-11-02-03",
        "--",
        "//",
        "NaN",
        "1e9",
        "２０２６-11-02",
        "2026-1１-02",
        "2026-11-02\0",
        "2026-11- 02",
        "2026-+1-02",
        "' OR 1=1--",
    ] {
        let message = parse(typed).expect_err(typed);
        assert!(message.starts_with(char::is_uppercase) && message.contains(' '), "{typed:?}: {message:?}");
    }
    assert!(parse(&"1".repeat(1_000_000)).is_err());
}

#[test]
fn every_day_of_ten_years_reads_back_from_a_form() {
    let first = day(2020, 1, 1);
    for n in 0..3_653 {
        let date = first + Days::new(n);
        assert_eq!(parse(&plain(date)), Ok(date));
    }
}

#[test]
fn a_form_holds_a_date_as_a_date_field_wants_it() {
    assert_eq!(plain(day(2026, 1, 2)), "2026-01-02");
}

#[test]
fn a_page_words_a_date_without_doubt_about_day_and_month() {
    assert_eq!(show(day(2026, 2, 1)), "1 Feb 2026");
    assert_eq!(long(day(2026, 11, 22)), "Sunday 22 November 2026");
    assert_eq!(weekday(day(2026, 11, 23)), "Monday");
}

#[test]
fn the_seven_days_of_a_week_have_seven_names_monday_first() {
    let names: Vec<&str> = (0..7).map(|n| weekday(day(2026, 11, 23) + Days::new(n))).collect();
    assert_eq!(names, ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]);
}
