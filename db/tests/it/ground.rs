//! The ground: what only grows, what the database refuses by itself, what does not start.

use db::{
    Options, audit,
    testing::{on_postgres, world, written_twice},
};

#[tokio::test]
async fn history_and_activity_only_grow() {
    let world = world().await;
    for table in ["order_history", "activity"] {
        assert!(world.sql(&format!("DELETE FROM {table}")).await.is_err(), "{table}");
        assert!(world.sql(&format!("UPDATE {table} SET at = 1")).await.is_err(), "{table}");
        assert!(world.sql(&format!("UPDATE {table} SET payload = 'another'")).await.is_err(), "{table}");
    }
}

#[tokio::test]
async fn a_payload_can_be_erased_and_its_commitment_stays() {
    let world = world().await;
    let before = world.number("SELECT count(*) FROM order_history WHERE commitment IS NOT NULL").await;
    world.sql("UPDATE order_history SET payload = NULL, salt = NULL WHERE id <= 10").await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM order_history WHERE payload IS NULL").await, 10);
    assert_eq!(world.number("SELECT count(*) FROM order_history WHERE commitment IS NOT NULL").await, before);
}

#[tokio::test]
async fn a_commitment_is_the_hash_of_salt_and_payload() {
    let first = audit::commitment(b"salt", "{}");
    assert_eq!(first.len(), 32);
    assert_ne!(first, audit::commitment(b"tlas", "{}"));
    assert_ne!(first, audit::commitment(b"salt", "{ }"));
}

#[tokio::test]
async fn foreign_keys_hold() {
    let world = world().await;
    assert!(world.sql("UPDATE orders SET owner_id = 999999 WHERE id = 1").await.is_err());
    assert!(world.sql("DELETE FROM users WHERE username = 'xavier'").await.is_err());
}

#[tokio::test]
async fn the_database_itself_refuses_impossible_orders() {
    let world = world().await;
    assert!(world.sql("UPDATE orders SET box_value = -1 WHERE id = 1").await.is_err());
    assert!(world.sql("UPDATE orders SET status = 'XX' WHERE id = 1").await.is_err());
    assert!(world.sql("UPDATE orders SET number = '1000001' WHERE number = '1000002'").await.is_err());
}

#[tokio::test]
async fn sqlite_keeps_what_it_acknowledged() {
    if on_postgres() {
        return;
    }
    let world = world().await;
    assert_eq!(world.text("PRAGMA journal_mode").await.as_deref(), Some("wal"));
    assert_eq!(world.number("PRAGMA synchronous").await, 2);
    assert_eq!(world.number("PRAGMA foreign_keys").await, 1);
    let version = world.text("SELECT sqlite_version()").await.unwrap();
    let parts: Vec<u32> = version.split('.').map(|part| part.parse().unwrap()).collect();
    assert!(parts >= vec![3, 51, 3], "{version}");
}

#[tokio::test]
async fn a_newer_schema_does_not_start() {
    let world = world().await;
    world.sql("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_future', 1)").await.unwrap();
    let refused = db::dialect::migrate(&world.db).await.unwrap_err().to_string();
    assert!(refused.contains("newer version of Curlew") && refused.contains("m9999_future"), "{refused}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named() {
    let path = std::env::temp_dir().join(format!("curlew-not-a-database-{}", std::process::id()));
    std::fs::write(&path, "this is a shopping list, and a long one, so that it fills a page of SQLite's header easily and more").unwrap();
    let refused = db::connect(&Options::serve(format!("sqlite://{}", path.display()))).await.unwrap_err().to_string();
    std::fs::remove_file(&path).unwrap();
    assert!(refused.contains("is not a SQLite database"), "{refused}");
}

#[tokio::test]
async fn a_database_that_is_away_is_one_sentence() {
    let refused = db::connect(&Options::serve("postgres://nobody@127.0.0.1:1/none")).await.unwrap_err().to_string();
    assert!(refused.starts_with("Nothing is listening at the address in DATABASE_URL"), "{refused}");
    assert!(db::connect(&Options::serve("mysql://x")).await.is_err());
}

#[tokio::test]
async fn what_there_is_once_is_told_apart_by_the_name_of_its_constraint() {
    let world = world().await;
    let key = "'0193a1f0-5c7e-7bb1-8000-6a3d1c2b4e5f'";
    let session = "('a', '', 1, 1, 1, 1, FALSE, '', '')";
    let sync = format!("({key}, 1, '', '1', 1, 1)");
    for (sql, name) in [
        ("UPDATE users SET username_key = 'same'".to_owned(), "Username"),
        ("UPDATE teams SET name_key = 'same'".to_owned(), "TeamName"),
        ("UPDATE campaigns SET name_key = 'same'".to_owned(), "CampaignName"),
        ("UPDATE choices SET kind = 'network', name_key = 'same'".to_owned(), "Choice"),
        (format!("UPDATE orders SET uuid = {key}"), "Order"),
        (
            format!(
                "INSERT INTO sessions (id_hash, data, created_at, used_at, expires_at, ends_at, remembered, device, address) \
                 VALUES {session}, {session}"
            ),
            "Session",
        ),
        (format!("INSERT INTO sync_keys (key, user_id, digest, number, version, at) VALUES {sync}, {sync}"), "SyncKey"),
    ] {
        assert_eq!(written_twice(&world.db, &sql).await, [name], "{sql}");
    }
    // What is nobody's to try is a fault, whatever its message says.
    for sql in
        ["UPDATE orders SET number = '1000001'", "UPDATE targets SET user_id = 1, team_id = NULL, month = '2026-11-01'", "SELECT nothing"]
    {
        assert_eq!(written_twice(&world.db, sql).await, Vec::<String>::new(), "{sql}");
    }
}
