//! Pages of a list: sizes and numbers out of an address, however forged, become the nearest sensible ones.

use domain::page::{COUNT_TO, Count, LAST_NUMBERED, SIZES, number, shorten, size, window};

const NONSENSE: [&str; 18] = [
    "-1",
    "-0",
    "0",
    "1.5",
    "1e18",
    "1e9",
    "0x10",
    "NaN",
    "abc",
    "' OR 1=1--",
    "%",
    "１０",
    "9 9",
    "9;drop table orders",
    "\0",
    "\u{202e}9",
    "--9",
    "99999999999999999999999999e9",
];

#[test]
fn a_list_shows_9_and_lets_the_user_choose_9_25_50_or_100() {
    assert_eq!(SIZES, [9, 25, 50, 100]);
    for n in SIZES {
        assert_eq!(size(&n.to_string()), (n, None), "a size of the list is taken without a word");
    }
}

#[test]
fn any_other_size_becomes_one_of_the_list_and_is_said() {
    for typed in NONSENSE.into_iter().chain(["1", "10", "101", "1000000000", "4294967296", "18446744073709551616", "", &"9".repeat(64_000)])
    {
        let (n, note) = size(typed);
        assert!(SIZES.contains(&n), "{n}");
        assert!(note.is_some(), "{typed:?} was ignored in silence");
    }
}

#[test]
fn a_page_number_from_1_to_1_000_is_taken_without_a_word() {
    assert_eq!(LAST_NUMBERED, 1_000);
    for n in [1, 2, 9, 10, 999, 1_000] {
        assert_eq!(number(&n.to_string()), (n, None));
    }
}

#[test]
fn a_page_number_that_is_none_shows_the_first_page_and_says_so() {
    for typed in NONSENSE {
        let (n, note) = number(typed);
        assert_eq!(n, 1, "{typed:?}");
        assert!(note.is_some(), "{typed:?} was ignored in silence");
    }
}

#[test]
fn a_page_number_beyond_the_last_shows_the_last_and_says_so() {
    for typed in ["1001", "4294967295", "4294967296", "1000000000000000000", "18446744073709551616", &"9".repeat(64_000)] {
        let (n, note) = number(typed);
        assert_eq!(n, 1_000, "{} digits", typed.len());
        assert!(note.unwrap().contains("1,000"));
    }
}

#[test]
fn zero_is_the_first_page_however_often_it_is_written() {
    for typed in ["0", "00", "000", "0000", "000000"] {
        assert_eq!(number(typed).0, 1, "{typed}");
    }
}

#[test]
fn a_note_never_repeats_64_kb_or_control_characters() {
    let (_, note) = number(&format!("\u{1b}[31m\0{}", "x".repeat(64_000)));
    let note = note.unwrap();
    assert!(note.chars().count() < 150, "{}", note.len());
    assert!(!note.contains(['\0', '\u{1b}']));
    assert_eq!(shorten("HD"), "HD", "what is short stays whole");
    assert_eq!(shorten(&"é".repeat(31)).chars().filter(|c| *c == 'é').count(), 30, "cut between letters, not inside one");
}

#[test]
fn a_count_is_exact_to_10_000_and_then_says_more() {
    assert_eq!(COUNT_TO, 10_000);
    for (n, words) in [
        (0, "0"),
        (9, "9"),
        (999, "999"),
        (1_000, "1,000"),
        (1_009, "1,009"),
        (9_999, "9,999"),
        (10_000, "10,000"),
        (10_001, "10,000+"),
        (u64::MAX, "10,000+"),
    ] {
        assert_eq!(Count(n).to_string(), words);
        assert_eq!(Count(n).is_capped(), n > 10_000, "{n}");
    }
}

#[test]
fn a_pager_shows_the_first_the_last_and_the_page_itself_with_its_neighbours() {
    for pages in 1..=30 {
        for page in 1..=pages {
            let shown = window(page, pages);
            for wanted in [1, page.saturating_sub(1).max(1), page, (page + 1).min(pages), pages] {
                assert!(shown.contains(&Some(wanted)), "{wanted} is missing on {page} of {pages}: {shown:?}");
            }
        }
    }
}

#[test]
fn a_pager_goes_upwards_stays_inside_and_leaves_out_more_than_one_page_at_a_gap() {
    for pages in 1..=30 {
        for page in 1..=pages {
            let shown = window(page, pages);
            let numbers: Vec<u32> = shown.iter().flatten().copied().collect();
            assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{shown:?}");
            assert!(numbers.iter().all(|n| (1..=pages).contains(n)), "{shown:?}");
            for at in shown.windows(2) {
                if let [Some(a), Some(b)] = at {
                    assert_eq!(a + 1, *b, "a gap goes unsaid: {shown:?}");
                }
            }
            for at in shown.windows(3) {
                if let [Some(a), None, Some(b)] = at {
                    assert!(b - a > 2, "a gap hides one page or none: {shown:?}");
                }
            }
            assert!(shown.len() <= 7, "{shown:?}");
        }
    }
}

#[test]
fn a_pager_of_nothing_is_empty() {
    assert!(window(1, 0).is_empty());
}
