//! A backup is whole, taken under load, and comes back equal, into either database.

use std::io::{Read, Write};

use db::{
    backup::{LEFT_OUT, TABLES, backup, restore},
    orders, settings,
    testing::{House, empty, house, on_postgres},
};
use domain::orders::{Field, OrderDraft};
use uuid::Uuid;

fn path() -> std::path::PathBuf {
    std::env::temp_dir().join(format!("curlew-{}.backup", Uuid::now_v7()))
}

async fn counts(house: &House) -> Vec<(String, i64)> {
    let mut found = Vec::new();
    // The schema's own record differs where it was made, and the counter is a sequence elsewhere.
    for table in TABLES.iter().filter(|it| !["seaql_migrations", "counters"].contains(it)) {
        found.push(((*table).to_owned(), house.number(&format!("SELECT count(*) FROM {table}")).await));
    }
    for sums in [
        "SELECT CAST(COALESCE(SUM(box_value), 0) AS BIGINT) FROM orders",
        "SELECT CAST(SUM(version) AS BIGINT) FROM orders",
        "SELECT CAST(SUM(length(commitment)) AS BIGINT) FROM order_history",
        "SELECT CAST(SUM(length(search_text)) AS BIGINT) FROM orders",
        "SELECT CAST(SUM(value) AS BIGINT) FROM figures_sold",
        "SELECT CAST(SUM(amount) AS BIGINT) FROM commissions",
    ] {
        found.push((sums.to_owned(), house.number(sums).await));
    }
    found
}

#[tokio::test]
async fn every_table_is_in_a_backup_or_left_out_on_purpose() {
    let house = empty().await;
    let sql = match on_postgres() {
        true => "SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = 'public'",
        false => {
            "SELECT group_concat(name, ',') FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'orders_search%'"
        }
    };
    let known: Vec<&str> = TABLES.iter().chain(&LEFT_OUT).copied().collect();
    for table in house.text(sql).await.unwrap().split(',') {
        assert!(known.contains(&table), "{table} is neither in a backup nor left out");
    }
}

#[tokio::test]
async fn what_comes_back_is_what_was_there() {
    let house = house().await;
    let file = path();
    let rows = backup(&house.db, &file, false).await.unwrap();
    assert!(rows > 1_000);
    assert!(backup(&house.db, &file, false).await.unwrap_err().contains("exists already"));
    let other = empty().await;
    assert_eq!(restore(&other.db, &file).await.unwrap(), rows);
    assert_eq!(counts(&house).await, counts(&other).await);
    let mut differences = 0;
    db::figures::check(&other.db, |_| differences += 1).await.unwrap();
    assert_eq!(differences, 0);
    // It goes on: a search finds, and new orders get new numbers.
    let layla = other.scope("layla").await;
    let mut draft = OrderDraft::default();
    draft.set(Field::BusinessName, "After The Flood");
    draft.set(Field::Mobile, "07700 900123");
    let number = orders::create(&other.db, &layla, Uuid::now_v7(), &draft).await.unwrap();
    assert_eq!(number, "1010401");
    let (query, _) = orders::at_address("/orders/search/?query=flood");
    assert_eq!(orders::list(&other.db, &layla, query, Vec::new()).await.unwrap().rows.len(), 1);
    assert!(restore(&other.db, &file).await.unwrap_err().contains("has people in it"));
    std::fs::remove_file(file).unwrap();
}

#[tokio::test]
async fn a_backup_under_load_is_one_moment() {
    let house = std::sync::Arc::new(house().await);
    let writer = {
        let house = house.clone();
        tokio::spawn(async move {
            let layla = house.scope("layla").await;
            for nth in 0..60 {
                let mut draft = OrderDraft::default();
                draft.set(Field::BusinessName, format!("Load {nth}"));
                draft.set(Field::BoxValue, "10");
                draft.set(Field::Mobile, "07700 900123");
                orders::create(&house.db, &layla, Uuid::now_v7(), &draft).await.unwrap();
            }
        })
    };
    let file = path();
    backup(&house.db, &file, false).await.unwrap();
    writer.await.unwrap();
    let other = empty().await;
    restore(&other.db, &file).await.unwrap();
    // An order, its history, its figures: all of it, or nothing.
    assert_eq!(
        other.number("SELECT count(*) FROM orders WHERE business_name LIKE 'Load %'").await,
        other.number("SELECT count(*) FROM order_history h JOIN orders o ON o.id = h.order_id WHERE o.business_name LIKE 'Load %'").await
    );
    let mut differences = 0;
    db::figures::check(&other.db, |_| differences += 1).await.unwrap();
    assert_eq!(differences, 0);
    std::fs::remove_file(file).unwrap();
}

#[tokio::test]
async fn a_wrong_byte_is_found_and_nothing_is_written() {
    let house = house().await;
    let file = path();
    backup(&house.db, &file, false).await.unwrap();
    let bytes = std::fs::read(&file).unwrap();
    // A byte of the compressed file, and a byte of what is in it.
    let mut damaged = bytes.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
    let mut changed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    changed.write_all(text.replacen("Moorland", "Moorlund", 1).as_bytes()).unwrap();
    let mut cut = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    cut.write_all(text.rsplit_once("\n[").unwrap().0.as_bytes()).unwrap();
    for bad in [damaged, changed.finish().unwrap(), cut.finish().unwrap(), bytes[..bytes.len() / 3].to_vec(), b"hello".to_vec()] {
        let other = empty().await;
        std::fs::write(&file, bad).unwrap();
        let said = restore(&other.db, &file).await.unwrap_err();
        assert!(said.contains("nothing was written"), "{said}");
        assert_eq!(other.number("SELECT count(*) FROM orders").await, 0);
    }
    settings::read(&house.db).await.unwrap();
    std::fs::remove_file(file).unwrap();
}
