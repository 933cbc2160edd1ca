//! The demo world is deterministic, plausible and keeps away from real work.

use db::{
    demo,
    testing::{empty, world},
};
use domain::Error;

#[tokio::test]
async fn the_world_has_the_people_and_places_it_promises() {
    let world = world().await;
    for (table, count) in [("users", 12), ("teams", 3), ("campaigns", 8), ("companies", 60), ("orders", 400)] {
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
    demo::fill(&two.db, demo::ORDERS, |_| ()).await.unwrap();
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
    demo::fill(&grown.db, 450, |_| ()).await.unwrap();
    assert_eq!(grown.number("SELECT count(*) FROM orders").await, 450);
    grown.sql("UPDATE settings SET value = 'no' WHERE name = 'demo'").await.unwrap();
    assert!(matches!(demo::fill(&grown.db, 500, |_| ()).await, Err(Error::Forbidden(_))));
}

#[tokio::test]
async fn a_large_world_is_as_plausible_as_a_small_one() {
    let large = empty().await;
    db::settings::seed(&large.db, chrono_tz::Europe::London, "GBP").await.unwrap();
    demo::fill(&large.db, 2_000, |_| ()).await.unwrap();
    assert_eq!(large.number("SELECT count(*) FROM orders WHERE status = 'CN' AND box_value IS NULL").await, 0);
    assert!(large.number("SELECT count(*) FROM orders WHERE owner_id IS NULL").await <= 1);
    assert!(large.number("SELECT count(DISTINCT business_name) FROM orders").await > 30);
    let most = "SELECT max(n) FROM (SELECT count(*) AS n FROM orders GROUP BY business_name) AS named";
    assert!(large.number(most).await < 200);
}
