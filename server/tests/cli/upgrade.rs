//! Upgrades: the database of the release before, and a schema change that is interrupted at any moment.

use std::time::{Duration, Instant};

use crate::harness::{of_release_1, place};

#[tokio::test]
async fn the_database_of_the_release_before_is_upgraded_whole() {
    let place = of_release_1();
    let before = std::fs::read(place.folder.join("curlew.db")).unwrap();
    let said = place.run(&["backup", "before-upgrade.backup"]);
    assert!(!said.ok && said.err.contains("older Curlew"), "{}", said.err);
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
    let whole = measured(|| assert!(first.run(&["migrate"]).ok));
    let expected = first.number("SELECT count(*) FROM seaql_migrations").await;
    let mut killed = 0;
    for nth in 0..50_u32 {
        let place = place().await;
        let mut child = place.command(&["migrate"]).spawn().unwrap();
        std::thread::park_timeout(whole * nth / 50);
        let _ = child.kill();
        if !child.wait().unwrap().success() {
            killed += 1;
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
            let said: crate::harness::Said = child.wait_with_output().unwrap().into();
            assert!(said.ok, "{}", said.err);
        }
        assert!(place.run(&["check", "--figures"]).ok);
    }
}
