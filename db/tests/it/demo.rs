//! The demo company is deterministic, plausible and keeps away from real work.

use db::{
    demo,
    testing::{empty, world},
};
use domain::Error;

#[tokio::test]
async fn the_world_has_the_people_and_places_it_promises() {
    let world = world().await;
    for (table, count) in [("users", 12), ("teams", 3), ("campaigns", 8), ("companies", 360), ("orders", 400)] {
        assert_eq!(world.number(&format!("SELECT count(*) FROM {table}")).await, count, "{table}");
    }
    assert!(world.number("SELECT count(*) FROM comments").await > 200);
    assert_eq!(world.number("SELECT count(DISTINCT status) FROM orders").await, 9);
    assert_eq!(world.number("SELECT count(*) FROM orders WHERE (status = 'CN') <> (connected_on IS NOT NULL)").await, 0);
    assert_eq!(world.number("SELECT count(*) FROM orders WHERE status = 'CNL' AND loss_reason IS NULL").await, 0);
}

#[tokio::test]
async fn the_same_clock_makes_the_same_world() {
    let (one, two) = (world().await, empty().await);
    db::settings::seed(&two.db, chrono_tz::Europe::London, "GBP").await.unwrap();
    demo::fill(&two.db, demo::Plan::TESTS, |_| ()).await.unwrap();
    for sql in [
        "SELECT sum(box_value) FROM orders",
        "SELECT sum(created_at % 1000003) FROM orders",
        "SELECT sum(length(search_text)) FROM orders",
        "SELECT count(*) FROM order_history",
    ] {
        assert_eq!(
            one.number(&format!("SELECT CAST(({sql}) AS BIGINT)")).await,
            two.number(&format!("SELECT CAST(({sql}) AS BIGINT)")).await,
            "{sql}"
        );
    }
}

#[tokio::test]
async fn it_grows_and_refuses_real_work() {
    let grown = world().await;
    demo::fill(&grown.db, demo::Plan::of(450), |_| ()).await.unwrap();
    assert_eq!(grown.number("SELECT count(*) FROM orders").await, 450);
    grown.sql("UPDATE settings SET value = 'no' WHERE name = 'demo'").await.unwrap();
    assert!(matches!(demo::fill(&grown.db, demo::Plan::of(500), |_| ()).await, Err(Error::Forbidden(_))));
}

#[tokio::test]
async fn a_large_world_is_as_plausible_as_a_small_one() {
    let large = empty().await;
    db::settings::seed(&large.db, chrono_tz::Europe::London, "GBP").await.unwrap();
    demo::fill(&large.db, demo::Plan::of(2_000), |_| ()).await.unwrap();
    assert_eq!(large.number("SELECT count(*) FROM orders WHERE status = 'CN' AND box_value IS NULL").await, 0);
    assert!(large.number("SELECT count(*) FROM orders WHERE owner_id IS NULL").await <= 1);
    assert!(large.number("SELECT count(DISTINCT business_name) FROM orders").await > 30);
    let most = "SELECT max(n) FROM (SELECT count(*) AS n FROM orders GROUP BY business_name) AS named";
    assert!(large.number(most).await < 200);
}

#[tokio::test]
async fn the_company_that_is_shown_is_believable_and_its_host_has_work() {
    let shown = empty().await;
    db::settings::seed(&shown.db, chrono_tz::Europe::London, "GBP").await.unwrap();
    demo::fill(&shown.db, demo::Plan::of(demo::ORDERS), |_| ()).await.unwrap();
    let count = async |of: &str| shown.number(&format!("SELECT count(*) FROM {of}")).await;
    assert!(shown.number("SELECT count(DISTINCT business_name) FROM orders").await >= 150);
    assert_eq!(shown.number("SELECT count(DISTINCT status) FROM orders").await, 9);
    assert!(shown.number("SELECT max(box_value) FROM orders").await < 500_000, "nothing above £5,000");
    assert_eq!(count("orders WHERE business_name LIKE '%<%' OR additional_details LIKE '%<%' OR owner_id IS NULL").await, 0);
    let weeks_ago = shown.db.now() - 22 * 86_400_000_000;
    assert!(count(&format!("orders WHERE created_at > {weeks_ago}")).await > 130, "three busy weeks");
    let host = shown.number(&format!("SELECT id FROM users WHERE username = '{}'", demo::SIGN_IN)).await;
    let today = domain::date::plain(db::calendar::Calendar { zone: chrono_tz::Europe::London }.day(shown.db.now()));
    for of in [
        format!("orders WHERE owner_id = {host} AND status <> 'CNL'"),
        format!("orders WHERE owner_id = {host} AND follow_up_on <= '{today}'"),
        format!("targets WHERE user_id = {host}"),
        format!("commissions WHERE user_id = {host} AND month = '2026-11-01'"),
    ] {
        assert!(count(&of).await > 0, "{of}");
    }
}
