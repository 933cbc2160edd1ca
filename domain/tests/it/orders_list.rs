//! Lists of orders: addresses as the original had them, and the nearest sensible list for every forged one.

use domain::{
    id::{CampaignId, CompanyId, UserId},
    money::Money,
    orders::{
        Status,
        list::{Bounds, Filter, Key, ListQuery, Missing, PagePosition, Sort, SortBy, SortValue, View, ViewCounts},
    },
    page::{Count, SIZES},
};

fn ask<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> (ListQuery, Vec<String>) {
    ListQuery::from_pairs(View::All, pairs, "GBP")
}

#[test]
fn the_lists_stand_at_the_originals_addresses() {
    for (view, path) in [
        (View::All, "/orders/"),
        (View::Today, "/orders/today/"),
        (View::Week, "/orders/week/"),
        (View::Month, "/orders/month/"),
        (View::ConnectedMonth, "/orders/connected/month/"),
        (View::Mine, "/orders/mine/"),
        (View::Due, "/orders/due/"),
        (View::Search, "/orders/search/"),
        (View::Trash, "/orders/trash/"),
        (View::Board, "/orders/board/"),
    ] {
        assert_eq!(view.path(), path);
        assert_eq!(View::from_path(path), Some(view));
        assert_eq!(View::from_path(path.trim_end_matches('/')), Some(view), "without the closing slash");
    }
    assert_eq!((View::ALL.len(), View::SIDEBAR.len()), (10, 7));
}

#[test]
fn another_address_is_no_list() {
    for path in [
        "",
        "/",
        "/orders/new/",
        "/orders/1000001/",
        "/orders/connected/",
        "/orders/TODAY",
        "orders",
        "/campaigns/",
        "//evil.example/orders",
    ] {
        assert_eq!(View::from_path(path), None, "{path}");
    }
}

#[test]
fn a_bare_address_is_the_first_page_of_everything() {
    let (query, ignored) = ask([]);
    assert_eq!(query, ListQuery::of(View::All));
    assert_eq!((query.filter, query.sort, query.place, query.per_page), (Filter::default(), None, PagePosition::Page(1), None));
    assert!(ignored.is_empty());
    assert_eq!(ListQuery::of(View::Mine).href(), "/orders/mine/");
}

#[test]
fn a_sensible_address_is_obeyed_without_a_word() {
    let (query, ignored) = ask([("status", "CNL"), ("owner", "7"), ("per_page", "25"), ("page", "3")]);
    assert_eq!(query.filter.statuses, [Status::Cancelled]);
    assert_eq!(query.filter.owner, Some(UserId(7)));
    assert_eq!(query.per_page, Some(25));
    assert_eq!(query.place, PagePosition::Page(3));
    assert!(ignored.is_empty(), "{ignored:?}");
}

fn reads_back(query: ListQuery) {
    let href = query.href();
    let (path, search) = href.split_once('?').unwrap_or((&href, ""));
    let pairs: Vec<(String, String)> = form_urlencoded::parse(search.as_bytes()).into_owned().collect();
    let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    assert_eq!(ListQuery::from_pairs(View::from_path(path).unwrap(), pairs, "GBP"), (query, Vec::new()), "{href}");
}

#[test]
fn every_filter_and_sort_reads_back_from_its_own_address() {
    let day = |d| chrono::NaiveDate::from_ymd_opt(2026, 2, d).unwrap();
    let all = Filter {
        statuses: vec![Status::New, Status::Held],
        owner: Some(UserId(3)),
        team: None,
        campaign: Some(CampaignId(2)),
        company: Some(CompanyId(4)),
        network: Some("O2 & friends = 50%".into()),
        sold: true,
        created: Bounds { from: Some(day(3)), to: Some(day(5)) },
        connected: Bounds { from: None, to: Some(day(5)) },
        value: Bounds { from: Some(Money(41_250)), to: None },
        due: true,
        without: vec![Missing::Team, Missing::Value],
        unmoved: Some(3),
        open_comment: true,
    };
    for by in [SortBy::Created, SortBy::Updated, SortBy::Value, SortBy::Business] {
        for down in [true, false] {
            let sort = Some(Sort { by, down }).filter(|sort| *sort != (Sort { by: SortBy::Created, down: true }));
            let text = "O'Brien & Söhne + \"50%\"".to_owned();
            reads_back(ListQuery { text, filter: all.clone(), sort, ..ListQuery::of(View::All) });
        }
    }
    let newest = Some(Sort { by: SortBy::Created, down: true });
    reads_back(ListQuery { text: "will".into(), sort: newest, ..ListQuery::of(View::Search) });
    let named = Key { sort: SortValue::Text("bäcker & sohn.".into()), id: 7 };
    let by_name = Some(Sort { by: SortBy::Business, down: false });
    reads_back(ListQuery { sort: by_name, place: PagePosition::OlderThan(named), ..ListQuery::of(View::All) });
}

#[test]
fn none_asks_for_what_lacks_something() {
    for &missing in Missing::ALL {
        let (query, ignored) = ask([(missing.code(), "none"), (missing.code(), "none")]);
        assert_eq!((query.filter.clone(), ignored.len()), (Filter::lacking(missing), 0), "{missing:?}");
        assert_eq!(query.href(), format!("/orders/?{}=none", missing.code()));
    }
    assert!(ask([("status", "none")]).0.filter.without.is_empty());
}

#[test]
fn a_place_of_another_sort_is_the_first_page_and_said() {
    let (query, ignored) = ask([("sort", "business"), ("older", "17.4")]);
    assert_eq!((query.place, ignored.len()), (PagePosition::Page(1), 1));
    let (query, ignored) = ask([("older", "x6162.4")]);
    assert_eq!((query.place, ignored.len()), (PagePosition::Page(1), 1));
}

#[test]
fn a_window_that_is_upside_down_is_turned_round_and_said() {
    let (query, ignored) = ask([("created_from", "2026-02-05"), ("created_to", "2026-02-03"), ("value_from", "10"), ("value_to", "5")]);
    assert_eq!(query.filter.created.from, chrono::NaiveDate::from_ymd_opt(2026, 2, 3));
    assert_eq!(query.filter.value, Bounds { from: Some(Money(500)), to: Some(Money(1_000)) });
    assert_eq!(ignored.len(), 1);
}

#[test]
fn several_statuses_are_one_filter_in_the_order_of_the_work() {
    let (query, ignored) = ask([("status", "HD"), ("status", "nw"), ("status", "HD")]);
    assert_eq!(query.filter.statuses, [Status::New, Status::Held]);
    assert!(ignored.is_empty());
}

#[test]
fn sums_and_days_that_are_none_are_ignored_and_said() {
    for (name, value) in [
        ("value_from", "NaN"),
        ("value_to", "-1"),
        ("created_from", "31/02/2026"),
        ("connected_to", "soon"),
        ("due", "maybe"),
        ("team", "x"),
        ("value", "some"),
        ("comments", "closed"),
        ("unmoved", "0"),
        ("unmoved", "-3"),
        ("unmoved", "3651"),
    ] {
        let (query, ignored) = ask([(name, value)]);
        assert_eq!((query, ignored.len()), (ListQuery::of(View::All), 1), "{name}");
    }
}

#[test]
fn every_list_reads_back_from_its_own_address() {
    let key = Key { sort: 1_795_000_000_000_000.into(), id: 42 };
    let day = chrono::NaiveDate::from_ymd_opt(2026, 2, 3).unwrap();
    let places = [
        PagePosition::Page(1),
        PagePosition::Page(2),
        PagePosition::Page(1_000),
        PagePosition::OlderThan(key.clone()),
        PagePosition::NewerThan(key),
        PagePosition::On(day),
    ];
    for view in View::ALL {
        for status in Status::ALL.map(Some).into_iter().chain([None]) {
            for owner in [None, Some(UserId(1)), Some(UserId(i64::MAX))] {
                for per_page in SIZES.map(Some).into_iter().chain([None]) {
                    for place in places.clone() {
                        let filter = Filter { statuses: status.into_iter().collect(), owner, ..Filter::default() };
                        reads_back(ListQuery { filter, place, per_page, ..ListQuery::of(view) });
                    }
                }
            }
        }
    }
}

#[test]
fn another_place_keeps_the_filters() {
    let (query, _) = ask([("status", "HD"), ("owner", "7"), ("per_page", "50"), ("page", "3")]);
    assert_eq!(query.at(PagePosition::Page(4)), ListQuery { place: PagePosition::Page(4), ..query });
}

#[test]
fn a_page_below_one_or_no_number_is_the_first_page_and_said() {
    for page in ["-1", "0", "1e18", "1.5", "NaN", "abc", "' OR 1=1--", "\0", "%00", "１"] {
        let (query, ignored) = ask([("page", page)]);
        assert_eq!(query.place, PagePosition::Page(1), "{page:?}");
        assert_eq!(ignored.len(), 1, "{page:?}");
    }
}

#[test]
fn a_page_beyond_the_numbered_ones_is_the_last_of_them_and_said() {
    for page in ["1001", "1000000000000000000", "99999999999999999999"] {
        let (query, ignored) = ask([("page", page)]);
        assert_eq!(query.place, PagePosition::Page(1_000), "{page}");
        assert_eq!(ignored.len(), 1, "{page}");
    }
}

#[test]
fn a_page_size_that_nobody_offers_is_never_obeyed() {
    for size in ["1e9", "1000000000", "0", "-9", "10", "101", "9.0", "all", "18446744073709551616"] {
        let (query, ignored) = ask([("per_page", size)]);
        assert!(query.per_page.is_none_or(|n| SIZES.contains(&n)), "{size}: {:?}", query.per_page);
        assert_eq!(ignored.len(), 1, "{size}");
    }
}

#[test]
fn sorting_by_a_secret_is_ignored_and_said() {
    for (name, value) in [("sort", "password_hash"), ("dir", ";drop table orders"), ("timezone", "UTC'||pg_sleep(5)--")] {
        let (query, ignored) = ask([(name, value)]);
        assert_eq!(query, ListQuery::of(View::All), "{name}");
        assert_eq!(ignored.len(), 1, "{name} was ignored in silence");
        assert!(ignored[0].contains(name), "{}", ignored[0]);
    }
}

#[test]
fn a_forged_key_is_the_first_page_and_said() {
    for key in [
        "abc",
        ".",
        "1",
        "1.",
        ".1",
        "1.2.3",
        "1,2",
        "1e18.1",
        "1.1e18",
        "9223372036854775808.1",
        "1.9223372036854775808",
        "99999999999999999999999.1",
        "NaN.1",
        "' OR 1=1--.1",
        "1.1;drop table orders",
        "1.1\0",
        "１.１",
        "-.-",
        "0x1.0x1",
    ] {
        for name in ["older", "newer"] {
            let (query, ignored) = ask([(name, key)]);
            assert_eq!(query.place, PagePosition::Page(1), "{name}={key:?}");
            assert_eq!(ignored.len(), 1, "{name}={key:?}");
        }
    }
}

#[test]
fn a_key_out_of_this_world_is_still_only_a_key() {
    for key in ["-9223372036854775808.-9223372036854775808", "9223372036854775807.9223372036854775807", "0.0"] {
        let (query, _) = ask([("older", key)]);
        assert!(matches!(query.place, PagePosition::OlderThan(_) | PagePosition::Page(1)), "{key}: {:?}", query.place);
    }
}

#[test]
fn what_the_note_about_a_forged_key_says_is_what_is_shown() {
    for name in ["older", "newer"] {
        let (query, ignored) = ask([("page", "5"), (name, "forged")]);
        assert!(ignored[0].contains("first page"), "{ignored:?}");
        assert_eq!(query.place, PagePosition::Page(1), "{ignored:?}");
    }
}

#[test]
fn a_status_that_is_none_shows_all_and_says_so() {
    for status in ["XX", "NEW", "CN;drop", "NW,CN", "-1", "\u{202e}", "' OR 1=1--", "%", "_", "CN\0"] {
        let (query, ignored) = ask([("status", status)]);
        assert!(query.filter.statuses.is_empty(), "{status:?}");
        assert_eq!(ignored.len(), 1, "{status:?}");
    }
}

#[test]
fn an_owner_that_is_none_shows_all_and_says_so() {
    for owner in ["0", "-1", "abc", "1.5", "1e9", "9223372036854775808", "1 OR 1=1", "1\0", "me'--"] {
        let (query, ignored) = ask([("owner", owner)]);
        assert_eq!(query.filter.owner, None, "{owner:?}");
        assert_eq!(ignored.len(), 1, "{owner:?}");
    }
}

#[test]
fn a_day_that_is_none_is_ignored_and_said() {
    for day in ["2026-02-31", "31/02/2026", "10000-01-01", "today", "-1", "1e9", "2026-11-22\0"] {
        let (query, ignored) = ask([("on", day)]);
        assert_eq!(query.place, PagePosition::Page(1), "{day:?}");
        assert_eq!(ignored.len(), 1, "{day:?}");
    }
}

#[test]
fn an_empty_value_is_no_filter_and_no_mistake() {
    let (query, ignored) = ask([("status", ""), ("owner", ""), ("page", ""), ("per_page", ""), ("older", ""), ("on", ""), ("sort", "")]);
    assert_eq!(query, ListQuery::of(View::All));
    assert!(ignored.is_empty(), "{ignored:?}");
}

#[test]
fn names_that_no_list_knows_change_nothing() {
    let (query, _) = ask([
        ("role", "admin"),
        ("password", "1"),
        ("view", "Mine"),
        ("trashed", "1"),
        ("limit", "1000000"),
        ("", "x"),
        ("__proto__", "x"),
    ]);
    assert_eq!(query, ListQuery::of(View::All));
}

#[test]
fn a_good_filter_survives_the_bad_ones_beside_it() {
    let (query, ignored) = ask([("status", "HD"), ("owner", "x"), ("per_page", "1e9"), ("page", "-1"), ("sort", "password_hash")]);
    assert_eq!(query.filter.statuses, [Status::Held]);
    assert_eq!(ignored.len(), 4, "{ignored:?}");
}

#[test]
fn notes_stay_short_whatever_the_address_holds() {
    let long = "x".repeat(64_000);
    for name in ["status", "owner", "per_page", "page", "older", "newer", "on", "sort", "dir", "timezone"] {
        let (_, ignored) = ask([(name, long.as_str())]);
        assert_eq!(ignored.len(), 1, "{name}");
        assert!(ignored[0].chars().count() < 200, "{name}: {}", ignored[0].len());
    }
}

#[test]
fn the_rail_knows_the_count_of_each_list_it_was_given() {
    let counts = ViewCounts(vec![(View::Today, Count(3)), (View::All, Count(12))]);
    assert_eq!(counts.of(View::All), Some(Count(12)));
    assert_eq!(counts.of(View::Today), Some(Count(3)));
    assert_eq!(counts.of(View::Mine), None, "not counted is not zero");
}
