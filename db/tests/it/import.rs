//! The original's own database, as the original application filled it. Runs where `CURLEW_TEST_DCRM` names one (bin/test restores
//! `fixtures/dcrm-sample.sql.gz` into its PostgreSQL).

use std::{net::IpAddr, time::Duration};

use db::{
    import, orders,
    password::Gate,
    testing::{TestWorld, empty},
    users::{self, Client},
};
use domain::orders::history::Entry;

fn sample() -> Option<String> {
    std::env::var("CURLEW_TEST_DCRM").ok().filter(|url| !url.is_empty())
}

async fn imported(from: &str) -> (TestWorld, String) {
    let world = empty().await;
    db::settings::seed(&world.db, chrono_tz::Europe::London, "GBP").await.unwrap();
    let report = import::dcrm(&world.db, from, |_| ()).await.unwrap();
    (world, report)
}

#[tokio::test]
async fn the_sample_arrives_whole_and_a_second_run_changes_nothing() {
    let Some(from) = sample() else { return };
    let (world, report) = imported(&from).await;
    for (table, count) in [("users", 12), ("campaigns", 8), ("companies", 60), ("orders", 2_500), ("comments", 2_763)] {
        assert_eq!(world.number(&format!("SELECT count(*) FROM {table}")).await, count, "{table}\n{report}");
    }
    assert_eq!(
        world.number("SELECT count(*) FROM order_history WHERE happened IN ('edited', 'moved') AND actor_id IS NOT NULL").await,
        3_810
    );
    assert_eq!(world.number("SELECT count(*) FROM order_history WHERE happened = 'created' AND actor_id IS NULL").await, 2_500);
    for (status, sum) in [
        ("NW", 24_492_966),
        ("HD", 3_181_172),
        ("TP", 5_754_897),
        ("CNL", 3_136_519),
        ("CN", 14_045_419),
        ("AW", 3_352_911),
        ("PK", 3_115_423),
        ("FD", 3_515_730),
        ("IS", 3_565_505),
    ] {
        assert_eq!(
            world.number(&format!("SELECT CAST(sum(box_value) AS BIGINT) FROM orders WHERE status = '{status}'")).await,
            sum,
            "{status}"
        );
    }
    assert!(report.contains("keep the date from the old system: 533") && report.contains("differs from their history: 113"), "{report}");
    assert!(report.contains("only the time changed: 310"), "{report}");
    assert_eq!(world.number("SELECT count(*) FROM orders WHERE date_of_birth = '1970-01-01' OR eligibility_date = '1970-01-01'").await, 0);
    let before = world.number("SELECT count(*) FROM order_history").await;
    let again = import::dcrm(&world.db, &from, |_| ()).await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM orders").await, 2_500);
    assert_eq!(world.number("SELECT count(*) FROM order_history").await, before);
    assert!(again.lines().any(|line| line.split_whitespace().eq(["orders", "2500", "0", "0", "2500"])), "{again}");
}

#[tokio::test]
async fn a_password_of_the_original_signs_in_and_is_argon2id_then() {
    let Some(from) = sample() else { return };
    let (world, _) = imported(&from).await;
    let client = Client { address: IpAddr::from([10, 0, 0, 1]), device: None };
    users::sign_in(&world.db, &Gate::new(Duration::from_millis(1)), "xtaylor", "xtaylor-Passw0rd!", &client).await.unwrap();
    let stored = world.text("SELECT password_hash FROM users WHERE username = 'xtaylor'").await.unwrap();
    assert!(stored.starts_with("$argon2id$"), "{stored}");
    let disabled =
        users::sign_in(&world.db, &Gate::new(Duration::from_millis(1)), "matthewsgregory", "matthewsgregory-Passw0rd!", &client).await;
    assert!(disabled.is_err());
}

#[tokio::test]
async fn dirt_stays_out_of_the_order_and_in_its_timeline() {
    let Some(from) = sample() else { return };
    let (world, report) = imported(&from).await;
    assert!(report.contains("invalid phone number (2)"), "{report}");
    let number =
        world.text("SELECT number FROM orders WHERE mobile IS NULL AND landline IS NULL AND search_text <> '' LIMIT 1").await.unwrap();
    let admin = world.scope("admin").await;
    let shown = orders::show(&world.db, &admin, &number).await.unwrap();
    assert!(
        shown.timeline.iter().any(|entry| matches!(entry, Entry::Change { payload: Some(payload), .. } if payload.note.is_some())),
        "{number}"
    );
}

#[tokio::test]
async fn what_was_changed_in_curlew_is_left_alone() {
    let Some(from) = sample() else { return };
    let (world, _) = imported(&from).await;
    // As if the source had said something else at the first run.
    world.sql("UPDATE import_records SET digest = 'another' WHERE kind = 'order' AND legacy_id IN (1, 2)").await.unwrap();
    world.sql("UPDATE orders SET version = 2, handset = 'mine' WHERE legacy_id = 1").await.unwrap();
    let report = import::dcrm(&world.db, &from, |_| ()).await.unwrap();
    assert!(report.contains("not updated: 326716"), "{report}");
    assert!(report.lines().any(|line| line.split_whitespace().eq(["orders", "2500", "0", "1", "2499"])), "{report}");
    assert_eq!(world.text("SELECT handset FROM orders WHERE legacy_id = 1").await.as_deref(), Some("mine"));
}

#[tokio::test]
async fn nothing_of_a_run_that_broke_off_is_visible_and_the_next_one_finishes_it() {
    let Some(from) = sample() else { return };
    let (world, _) = imported(&from).await;
    world.sql("UPDATE imports SET published_at = NULL").await.unwrap();
    let admin = world.scope("admin").await;
    let counts = orders::counts(&world.db, &admin).await.unwrap();
    assert_eq!(counts.of(domain::orders::list::View::All).unwrap().0, 0);
    assert!(db::Scope::of(&world.db, admin.user.id).await.unwrap().is_none(), "its people cannot sign in yet");
    import::dcrm(&world.db, &from, |_| ()).await.unwrap();
    let counts = orders::counts(&world.db, &admin).await.unwrap();
    assert_eq!(counts.of(domain::orders::list::View::All).unwrap().0, 2_500);
}

#[tokio::test]
async fn two_imports_at_once_do_not_mix() {
    let Some(from) = sample() else { return };
    let world = empty().await;
    db::settings::seed(&world.db, chrono_tz::Europe::London, "GBP").await.unwrap();
    let (one, other) = tokio::join!(import::dcrm(&world.db, &from, |_| ()), import::dcrm(&world.db, &from, |_| ()));
    let refused = [one, other].into_iter().filter_map(Result::err).collect::<Vec<_>>();
    assert_eq!(refused, ["Another import into this database is running: wait until it has finished"]);
    assert_eq!(world.number("SELECT count(*) FROM orders").await, 2_500);
    // The lock went with the first: the next run is let in.
    import::dcrm(&world.db, &from, |_| ()).await.unwrap();
}

#[tokio::test]
async fn who_used_the_old_system_meanwhile_stays_signed_in() {
    let Some(from) = sample() else { return };
    let (world, _) = imported(&from).await;
    let everybody = world.texts("SELECT CAST(id AS TEXT) FROM users").await;
    for id in &everybody {
        let device = db::sessions::Device { user: Some(domain::id::UserId(id.parse().unwrap())), ..Default::default() };
        let stored = db::sessions::Stored { data: "{}".into(), expires_at: db::testing::NOW + db::clock::HOUR };
        assert!(db::sessions::create(&world.db, &format!("session {id}"), &stored, &device).await.unwrap());
    }
    let source = db::testing::look(&from).await;
    sea_orm::ConnectionTrait::execute_unprepared(&source, "UPDATE auth_user SET last_login = now()").await.unwrap();
    let report = import::dcrm(&world.db, &from, |_| ()).await.unwrap();
    assert!(report.lines().any(|line| line.split_whitespace().eq(["people", "12", "0", "0", "12"])), "{report}");
    let sessions = async || world.number("SELECT count(*) FROM sessions").await;
    assert_eq!(sessions().await, 12);
    // Somebody's name changed there, or it was imported by a release that counted sign-ins: no reason either.
    world.sql("UPDATE import_records SET digest = 'another' WHERE kind = 'user'").await.unwrap();
    import::dcrm(&world.db, &from, |_| ()).await.unwrap();
    assert_eq!(sessions().await, 12);
}
