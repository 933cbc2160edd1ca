//! The six lists: what is in them, their pages and their plans.

use db::{
    clock::{DAY, HOUR},
    dialect, orders,
    testing::{House, NOW, house},
};
use domain::{
    id::UserId,
    orders::{
        OrderDraft, Status,
        list::{ListQuery, OrdersPage, Place, View},
    },
};

use crate::orders::{advance, create, draft};

async fn page(house: &House, who: &str, query: ListQuery) -> OrdersPage {
    orders::list(&house.db, &house.scope(who).await, query, Vec::new()).await.unwrap()
}

fn numbers(page: &OrdersPage) -> Vec<String> {
    page.rows.iter().map(|row| row.number.clone()).collect()
}

#[tokio::test]
async fn the_newest_order_comes_first_nine_a_page() {
    let house = house().await;
    let number = create(&house, "xavier", &draft("Newest")).await;
    let first = page(&house, "layla", ListQuery::of(View::All)).await;
    assert_eq!((first.rows.len(), first.rows[0].number.as_str(), first.count.0, first.pages), (9, number.as_str(), 401, 45));
    assert_eq!((first.newer, first.older), (None, Some(Place::Page(2))));
    let last = page(&house, "layla", ListQuery { place: Place::Page(45), ..ListQuery::of(View::All) }).await;
    assert_eq!((last.rows.len(), last.older), (5, None));
}

#[tokio::test]
async fn every_order_is_on_exactly_one_page_by_number_and_by_key() {
    let house = house().await;
    let mut query = ListQuery { per_page: Some(100), ..ListQuery::of(View::All) };
    let mut by_number = Vec::new();
    for n in 1..=4 {
        query.place = Place::Page(n);
        by_number.extend(numbers(&page(&house, "layla", query.clone()).await));
    }
    assert_eq!(by_number.len(), 400);
    let mut distinct = by_number.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), 400);
    // Downwards by key from the first page, then upwards again.
    query.place = Place::Page(1);
    let mut at = page(&house, "layla", query.clone()).await;
    let mut by_key = numbers(&at);
    let last = by_key.last().unwrap().clone();
    let of = |column: &str| format!("SELECT {column} FROM orders WHERE number = '{last}'");
    let (sort, id) = (house.number(&of("created_at")).await, house.number(&of("id")).await);
    query.place = Place::OlderThan(domain::orders::list::Key { sort, id });
    loop {
        at = page(&house, "layla", query.clone()).await;
        by_key.extend(numbers(&at));
        match at.older {
            Some(older) => query.place = older,
            None => break,
        }
    }
    assert_eq!(by_key, by_number);
    let mut up = numbers(&at);
    while let Some(newer) = at.newer {
        at = page(&house, "layla", ListQuery { place: newer, ..query.clone() }).await;
        up = numbers(&at).into_iter().chain(up).collect();
        if at.page == Some(1) {
            break;
        }
    }
    assert_eq!(up, by_number);
}

#[tokio::test]
async fn a_page_past_the_end_is_the_last_one_and_says_so() {
    let house = house().await;
    let shown = page(&house, "layla", ListQuery { place: Place::Page(1_000), ..ListQuery::of(View::All) }).await;
    assert_eq!((shown.page, shown.ignored.len()), (Some(45), 1));
}

#[tokio::test]
async fn today_begins_at_midnight_in_london() {
    let house = house().await;
    // 00:30 on a summer's day in London is 23:30 UTC the day before.
    let half_past_midnight = 1_784_935_800_000_000; // 2026-07-24T23:30:00Z
    house.db.clock.set(half_past_midnight);
    let number = create(&house, "xavier", &draft("Night owl")).await;
    house.db.clock.set(half_past_midnight + 9 * HOUR);
    let today = page(&house, "layla", ListQuery::of(View::Today)).await;
    assert!(numbers(&today).contains(&number));
    house.db.clock.set(half_past_midnight - HOUR);
    assert!(!numbers(&page(&house, "layla", ListQuery::of(View::Today)).await).contains(&number));
}

#[tokio::test]
async fn this_month_is_of_this_year() {
    let house = house().await;
    house.db.clock.set(NOW - 365 * DAY);
    let number = create(&house, "xavier", &draft("Last year")).await;
    house.db.clock.set(NOW);
    for view in [View::Month, View::Week, View::Today] {
        let all = ListQuery { per_page: Some(100), ..ListQuery::of(view) };
        assert!(!numbers(&page(&house, "layla", all).await).contains(&number), "{view:?}");
    }
}

#[tokio::test]
async fn connected_this_month_goes_by_the_day_of_connection() {
    let house = house().await;
    house.db.clock.set(NOW - 60 * DAY);
    let number = create(&house, "xavier", &draft("Sold in September")).await;
    advance(&house, "layla", &number, Status::ToProcess, &OrderDraft::default()).await.unwrap();
    house.db.clock.set(NOW);
    let all = ListQuery { per_page: Some(100), ..ListQuery::of(View::ConnectedMonth) };
    assert!(!numbers(&page(&house, "layla", all.clone()).await).contains(&number));
    advance(&house, "layla", &number, Status::Connected, &OrderDraft::default()).await.unwrap();
    assert!(numbers(&page(&house, "layla", all).await).contains(&number));
}

#[tokio::test]
async fn filters_narrow_and_counts_agree_with_the_rail() {
    let house = house().await;
    let layla = house.scope("layla").await;
    let counts = orders::counts(&house.db, &layla).await.unwrap();
    for view in View::ALL {
        assert_eq!(counts.of(view).unwrap(), page(&house, "layla", ListQuery::of(view)).await.count, "{view:?}");
    }
    let xavier = house.scope("xavier").await.me.id;
    let query = ListQuery { status: Some(Status::Connected), owner: Some(xavier), per_page: Some(100), ..ListQuery::of(View::All) };
    let shown = page(&house, "layla", query).await;
    assert!(!shown.rows.is_empty());
    assert!(shown.rows.iter().all(|row| row.status == Status::Connected && row.owner.as_deref() == Some("Xavier Taylor")));
    let expected = house.number(&format!("SELECT count(*) FROM orders WHERE status = 'CN' AND owner_id = {xavier}")).await;
    assert_eq!(shown.count.0 as i64, expected);
}

#[tokio::test]
async fn an_unknown_owner_is_ignored_and_said() {
    let house = house().await;
    let shown = page(&house, "layla", ListQuery { owner: Some(UserId(987_654)), ..ListQuery::of(View::All) }).await;
    assert_eq!((shown.query.owner, shown.count.0, shown.ignored.len()), (None, 400, 1));
}

#[tokio::test]
async fn sight_narrows_lists_and_counts() {
    let house = house().await;
    db::settings::write(&house.db, "sight", "own").await.unwrap();
    let shown = page(&house, "xavier", ListQuery { per_page: Some(100), ..ListQuery::of(View::All) }).await;
    assert!(shown.rows.iter().all(|row| row.owner.as_deref() == Some("Xavier Taylor")));
    let counts = orders::counts(&house.db, &house.scope("xavier").await).await.unwrap();
    assert_eq!(counts.of(View::All), counts.of(View::Mine));
    assert_eq!(page(&house, "layla", ListQuery::of(View::All)).await.count.0, 400);
}

#[tokio::test]
async fn every_list_is_read_from_an_index() {
    let house = house().await;
    let scope = house.scope("layla").await;
    let xavier = house.scope("xavier").await.me.id;
    for view in View::ALL {
        for (status, owner) in [(None, None), (Some(Status::Held), None), (None, Some(xavier)), (Some(Status::Held), Some(xavier))] {
            if (view == View::ConnectedMonth && status.is_some()) || (view == View::Mine && owner.is_some()) {
                continue;
            }
            let query = ListQuery { status, owner, ..ListQuery::of(view) };
            for sql in orders::list_keys_sql(&house.db, &scope, &query) {
                let plan = dialect::plan(&house.db, &sql).await.unwrap().join("\n");
                assert!(plan.contains("orders_"), "{view:?} {status:?} {owner:?}: {sql}\n{plan}");
                for bad in ["SCAN orders\n", "Seq Scan on orders", "USE TEMP B-TREE", "Sort "] {
                    assert!(!plan.contains(bad) && !plan.ends_with(bad.trim_end()), "{view:?} {status:?} {owner:?}: {sql}\n{plan}");
                }
            }
        }
    }
}
