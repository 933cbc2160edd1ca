//! Upgrades: the database of the release before, and a schema change that is interrupted at any moment.

use std::time::{Duration, Instant};

use sea_orm::ConnectionTrait;

use crate::harness::{of_release_1, place, sqlite};

#[tokio::test]
async fn the_database_of_the_release_before_is_upgraded_whole() {
    let place = of_release_1();
    let before = std::fs::read(place.folder.join("curlew.db")).unwrap();
    let said = place.run(&["backup", "before-upgrade.backup"]);
    assert!(!said.ok && said.err.contains("older version of Curlew"), "{}", said.err);
    assert!(std::fs::read(place.folder.join("curlew.db")).unwrap() == before, "looking at it changes nothing");
    let said = place.run(&["migrate"]);
    assert!(said.ok, "{}", said.err);
    for (sql, expected) in [
        ("SELECT count(*) FROM orders", 41),
        ("SELECT count(*) FROM order_history", 124),
        ("SELECT count(*) FROM sync_keys", 2),
        ("SELECT count(*) FROM settings WHERE name = 'database_id'", 1),
    ] {
        assert_eq!(place.number(sql).await, expected, "{sql}");
    }
    let said = place.run(&["check", "--figures"]);
    assert!(said.ok, "{}{}", said.out, said.err);
    assert!(place.run(&["backup", "after.backup"]).ok);
}

/// How long the whole takes here.
fn measured(work: impl FnOnce()) -> Duration {
    let began = Instant::now();
    work();
    began.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_is_killed_at_any_moment_can_be_run_again() {
    let first = place().await;
    let mut whole = measured(|| assert!(first.run(&["migrate"]).ok));
    let expected = first.number("SELECT count(*) FROM seaql_migrations").await;
    let mut killed = 0;
    for nth in 0..50_u32 {
        let place = place().await;
        let mut child = place.command(&["migrate"]).spawn().unwrap();
        std::thread::park_timeout(whole * nth / 50);
        let _ = child.kill();
        match child.wait().unwrap().success() {
            // The first one was slow for some reason of the machine's.
            true => whole = whole * 9 / 10,
            false => killed += 1,
        }
        let said = place.run(&["migrate"]);
        assert!(said.ok, "killed after {:?}: {}", whole * nth / 50, said.err);
        assert_eq!(place.number("SELECT count(*) FROM seaql_migrations").await, expected);
        let said = place.run(&["check", "--figures"]);
        assert!(said.ok, "{}", said.err);
    }
    assert!(killed >= 25, "only {killed} of 50 were interrupted");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_that_migrate_at_once_make_one_schema() {
    for _ in 0..10 {
        let place = place().await;
        let children: Vec<_> = (0..6).map(|_| place.command(&["migrate"]).spawn().unwrap()).collect();
        for child in children {
            let said: crate::harness::CommandOutput = child.wait_with_output().unwrap().into();
            assert!(said.ok, "{}", said.err);
        }
        assert!(place.run(&["check", "--figures"]).ok);
    }
}

/// Copies a database as a process that was killed in the middle of a transaction leaves it: half of the transaction in the file, and
/// the journal beside it that takes it back.
async fn killed_in_a_transaction(from: &std::path::Path, to: &std::path::Path) {
    let db = db::testing::look(&format!("sqlite://{}", from.display())).await;
    let begun = "PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN; UPDATE orders SET additional_details = hex(randomblob(9000))";
    db.execute_unprepared(begun).await.unwrap();
    let beside = |path: &std::path::Path| path.with_extension("db-journal");
    for (from, to) in [(from.to_owned(), to.to_owned()), (beside(from), beside(to))] {
        std::fs::copy(from, to).unwrap();
    }
    db.close().await.unwrap();
}

#[tokio::test]
async fn what_a_killed_process_left_half_written_is_taken_back_by_the_next() {
    let (before, after) = (of_release_1(), sqlite());
    assert!(before.run(&["migrate"]).ok);
    killed_in_a_transaction(&before.folder.join("curlew.db"), &after.folder.join("curlew.db")).await;
    let said = after.run(&["check", "--figures"]);
    assert!(said.ok, "{}", said.err);
    assert_eq!(after.number("SELECT count(*) FROM orders WHERE length(additional_details) > 9000").await, 0);
    assert_eq!(after.number("SELECT count(*) FROM orders").await, 41);
}
