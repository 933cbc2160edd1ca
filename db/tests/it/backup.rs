//! A backup is whole, taken under load, and comes back equal, into either database.

use std::io::{Read, Write};

use db::{
    backup::{LEFT_OUT, TABLES, backup, restore},
    orders, settings,
    testing::{TestWorld, empty, on_postgres, world},
};
use domain::orders::{Field, OrderDraft};
use uuid::Uuid;

fn path() -> std::path::PathBuf {
    std::env::temp_dir().join(format!("curlew-{}.backup", Uuid::now_v7()))
}

async fn counts(world: &TestWorld) -> Vec<(String, i64)> {
    let mut found = Vec::new();
    // The schema's own record differs where it was made, and the counter is a sequence elsewhere.
    for table in TABLES.iter().filter(|it| !["seaql_migrations", "counters"].contains(it)) {
        found.push(((*table).to_owned(), world.number(&format!("SELECT count(*) FROM {table}")).await));
    }
    for sums in [
        "SELECT CAST(COALESCE(SUM(box_value), 0) AS BIGINT) FROM orders",
        "SELECT CAST(SUM(version) AS BIGINT) FROM orders",
        "SELECT CAST(SUM(length(commitment)) AS BIGINT) FROM order_history",
        "SELECT CAST(SUM(length(search_text)) AS BIGINT) FROM orders",
        "SELECT CAST(SUM(value) AS BIGINT) FROM daily_sold",
        "SELECT CAST(SUM(amount) AS BIGINT) FROM commissions",
    ] {
        found.push((sums.to_owned(), world.number(sums).await));
    }
    found
}

#[tokio::test]
async fn every_table_is_in_a_backup_or_left_out_on_purpose() {
    let world = empty().await;
    let sql = match on_postgres() {
        true => "SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = 'public'",
        false => {
            "SELECT group_concat(name, ',') FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'orders_search%'"
        }
    };
    let known: Vec<&str> = TABLES.iter().chain(&LEFT_OUT).copied().collect();
    for table in world.text(sql).await.unwrap().split(',') {
        assert!(known.contains(&table), "{table} is neither in a backup nor left out");
    }
}

#[tokio::test]
async fn what_comes_back_is_what_was_there() {
    let world = world().await;
    let file = path();
    let rows = backup(&world.db, &file, false).await.unwrap();
    assert!(rows > 1_000);
    assert!(backup(&world.db, &file, false).await.unwrap_err().contains("already exists"));
    let other = empty().await;
    assert_eq!(restore(&other.db, &file).await.unwrap(), rows);
    assert_eq!(counts(&world).await, counts(&other).await);
    let mut differences = 0;
    db::rollups::check(&other.db, |_| differences += 1).await.unwrap();
    assert_eq!(differences, 0);
    // It goes on: a search finds, and new orders get new numbers.
    let layla = other.scope("layla").await;
    let mut draft = OrderDraft::default();
    draft.set(Field::BusinessName, "After The Flood");
    draft.set(Field::Mobile, "07700 900123");
    let number = orders::create(&other.db, &layla, Uuid::now_v7(), &draft).await.unwrap();
    assert_eq!(number, "1010401");
    let (query, _) = orders::at_address(&layla, "/orders/search/?query=flood");
    assert_eq!(orders::list(&other.db, &layla, query, Vec::new()).await.unwrap().rows.len(), 1);
    assert!(restore(&other.db, &file).await.unwrap_err().contains("has people in it"));
    std::fs::remove_file(file).unwrap();
}

#[tokio::test]
async fn a_backup_under_load_is_one_moment() {
    let world = std::sync::Arc::new(world().await);
    let writer = {
        let world = world.clone();
        tokio::spawn(async move {
            let layla = world.scope("layla").await;
            for nth in 0..60 {
                let mut draft = OrderDraft::default();
                draft.set(Field::BusinessName, format!("Load {nth}"));
                draft.set(Field::BoxValue, "10");
                draft.set(Field::Mobile, "07700 900123");
                orders::create(&world.db, &layla, Uuid::now_v7(), &draft).await.unwrap();
            }
        })
    };
    let file = path();
    backup(&world.db, &file, false).await.unwrap();
    writer.await.unwrap();
    let other = empty().await;
    restore(&other.db, &file).await.unwrap();
    // An order, its history, its figures: all of it, or nothing.
    assert_eq!(
        other.number("SELECT count(*) FROM orders WHERE business_name LIKE 'Load %'").await,
        other.number("SELECT count(*) FROM order_history h JOIN orders o ON o.id = h.order_id WHERE o.business_name LIKE 'Load %'").await
    );
    let mut differences = 0;
    db::rollups::check(&other.db, |_| differences += 1).await.unwrap();
    assert_eq!(differences, 0);
    std::fs::remove_file(file).unwrap();
}

#[tokio::test]
async fn a_wrong_byte_is_found_and_nothing_is_written() {
    let world = world().await;
    let file = path();
    backup(&world.db, &file, false).await.unwrap();
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
        assert!(said.contains("othing was written"), "{said}");
        assert_eq!(other.number("SELECT count(*) FROM orders").await, 0);
    }
    settings::read(&world.db).await.unwrap();
    std::fs::remove_file(file).unwrap();
}

/// A column as the schema of SQLite has it; PostgreSQL has the same ones.
#[derive(Clone, Debug)]
struct Column {
    name: String,
    kind: String,
    required: bool,
    /// The table whose ids it holds.
    parent: Option<String>,
}

async fn schema(sqlite: &TestWorld, table: &str) -> Vec<Column> {
    let parents = sqlite.texts(&format!("SELECT \"from\" || '=' || \"table\" FROM pragma_foreign_key_list('{table}')")).await;
    let sql = format!("SELECT name || '=' || lower(type) || '=' || (\"notnull\" OR pk > 0) FROM pragma_table_info('{table}') ORDER BY cid");
    let columns = sqlite.texts(&sql).await;
    columns
        .iter()
        .map(|column| {
            let parts: Vec<&str> = column.split('=').collect();
            let parent = parents.iter().filter_map(|it| it.split_once('=')).find(|(from, _)| *from == parts[0]);
            Column { name: parts[0].into(), kind: parts[1].into(), required: parts[2] == "1", parent: parent.map(|(_, to)| to.into()) }
        })
        .collect()
}

/// What a column must hold because of a check, or a rule that no type tells. A table or column that is added later and has such a rule
/// fails here, with the database's own words.
fn bound(table: &str, column: &str, nth: i64) -> Option<String> {
    let quoted = |text: &str| Some(format!("'{text}'"));
    match (table, column) {
        ("users", "role") => quoted(["admin", "manager", "agent"][nth as usize % 3]),
        ("orders", "status") => quoted(["NW", "CN", "CNL"][nth as usize % 3]),
        ("orders", "number") => quoted(&format!("200000{nth}")),
        ("orders", "spend_cap" | "box_value") | ("campaigns", "target") | ("targets", "amount") => Some((nth * 100).to_string()),
        ("comments", "status") => quoted(["Open", "In Progress", "Closed"][nth as usize % 3]),
        ("bulk_actions", "state") => quoted("done"),
        ("bulk_action_items", "outcome") => quoted(["done", "same", "kept"][nth as usize % 3]),
        // Of a person or of a team, never of both.
        ("targets", "user_id") if nth % 2 == 0 => Some("NULL".into()),
        ("targets", "team_id") if nth % 2 == 1 => Some("NULL".into()),
        ("targets", "user_id" | "team_id") => Some((900_000 + nth).to_string()),
        // The first one becomes the last when that is there.
        ("companies", "merged_into") => Some("NULL".into()),
        _ => None,
    }
}

/// Three rows into every table of a backup: texts that need quoting, negative sums, dates, empty cells, ids of things that are gone.
async fn fill(world: &TestWorld, sqlite: &TestWorld) {
    for table in TABLES.iter().filter(|it| !["seaql_migrations", "counters"].contains(it)) {
        let columns = schema(sqlite, table).await;
        for nth in 1..=3_i64 {
            let value = |column: &Column| -> String {
                if let Some(bound) = bound(table, &column.name, nth) {
                    return bound;
                }
                if nth == 2 && !column.required {
                    return "NULL".into();
                }
                match (column.kind.as_str(), &column.parent) {
                    (_, Some(_)) => (900_000 + nth).to_string(),
                    ("blob", _) => {
                        let hex = format!("{:030}{nth:02x}", 7);
                        let is_uuid = ["uuid", "key"].contains(&column.name.as_str());
                        match (world.is_sqlite(), is_uuid) {
                            (true, _) => format!("x'{hex}'"),
                            (false, true) => format!("'{hex}'"),
                            (false, false) => format!("'\\x{hex}'"),
                        }
                    }
                    ("boolean", _) => if nth % 2 == 0 { "TRUE" } else { "FALSE" }.into(),
                    ("date", _) => format!("'2026-0{nth}-28'"),
                    ("bigint" | "integer", _) if column.name == "id" => (900_000 + nth).to_string(),
                    ("bigint" | "integer", _) => (-7_000_000_000 * i64::from(column.kind == "bigint") - nth).to_string(),
                    _ => format!("'{nth} “{}” O''Brien\n\\ \u{1F600} {{\"a\":[1]}}'", column.name),
                }
            };
            let (names, values): (Vec<&str>, Vec<String>) = columns.iter().map(|it| (it.name.as_str(), value(it))).unzip();
            let sql = format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), values.join(", "));
            world.sql(&sql).await.unwrap_or_else(|cause| panic!("{table} cannot be filled: {cause}\n{sql}"));
        }
        if *table == "companies" {
            world.sql("UPDATE companies SET merged_into = 900003 WHERE id = 900001").await.unwrap();
        }
    }
}

/// Every row of a table as text, the same from both databases.
async fn rows(world: &TestWorld, sqlite: &TestWorld, table: &str) -> Vec<String> {
    let text = |column: &Column| {
        let name = &column.name;
        match (world.is_sqlite(), column.kind.as_str()) {
            (true, "blob") => format!("CASE WHEN {name} IS NULL THEN NULL ELSE lower(hex({name})) END"),
            (true, _) => format!("CAST({name} AS TEXT)"),
            (false, "blob") if ["uuid", "key"].contains(&name.as_str()) => format!("replace({name}::text, '-', '')"),
            (false, "blob") => format!("encode({name}, 'hex')"),
            (false, "boolean") => format!("{name}::int::text"),
            (false, _) => format!("{name}::text"),
        }
    };
    let columns = schema(sqlite, table).await;
    let row = columns.iter().map(|it| format!("'|' || COALESCE({}, '∅')", text(it))).collect::<Vec<_>>().join(" || ");
    let mut found = world.texts(&format!("SELECT {row} FROM {table}")).await;
    found.sort();
    found
}

/// Where a backup goes: into the database that the tests run on, or into SQLite.
async fn fresh(sqlite: bool) -> TestWorld {
    if sqlite { db::testing::empty_sqlite().await } else { empty().await }
}

#[tokio::test]
async fn every_row_of_every_table_comes_back_in_every_direction() {
    let schema_of = db::testing::empty_sqlite().await;
    let directions = if on_postgres() { vec![(true, true), (true, false), (false, true), (false, false)] } else { vec![(true, true)] };
    for (from, to) in directions {
        let (world, file) = (fresh(from).await, path());
        fill(&world, &schema_of).await;
        let written = backup(&world.db, &file, false).await.unwrap();
        let other = fresh(to).await;
        assert_eq!(restore(&other.db, &file).await.unwrap(), written, "{from} {to}");
        let mut count = 0;
        for table in TABLES.iter().filter(|it| !["seaql_migrations", "counters"].contains(it)) {
            let (mut before, mut after) = (rows(&world, &schema_of, table).await, rows(&other, &schema_of, table).await);
            if *table == "settings" {
                // Another identity, and one more change of what servers keep.
                for own in ["|database_id|", "|house_version|"] {
                    let is_own = |row: &String| row.starts_with(own);
                    assert!(after.iter().any(is_own), "{own}");
                    assert_ne!(before.iter().find(|row| is_own(row)), after.iter().find(|row| is_own(row)), "{own}");
                    before.retain(|row| !is_own(row));
                    after.retain(|row| !is_own(row));
                }
            }
            assert!(before.len() >= 3, "{table}");
            assert_eq!(before, after, "{table}");
            count += before.len();
        }
        let name = |world: &TestWorld| if world.is_sqlite() { "SQLite" } else { "PostgreSQL" };
        println!("{} into {}: {} tables, {count} rows equal", name(&world), name(&other), TABLES.len() - 2);
        std::fs::remove_file(&file).unwrap();
    }
}

#[tokio::test]
async fn a_backup_of_the_release_before_comes_back_into_both() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/release-1.backup");
    for sqlite in [true, false] {
        let world = fresh(sqlite).await;
        assert_eq!(restore(&world.db, &file).await.unwrap(), 669);
        assert_eq!(world.number("SELECT count(*) FROM orders").await, 41);
        assert_eq!(world.number("SELECT count(*) FROM sync_keys WHERE number = '1000041'").await, 1);
        assert_eq!(world.number("SELECT count(*) FROM comments WHERE body = 'Said from the van'").await, 1);
        let mut differences = 0;
        db::rollups::check(&world.db, |_| differences += 1).await.unwrap();
        assert_eq!(differences, 0);
    }
}

#[tokio::test]
async fn after_a_restore_no_number_is_given_out_twice_and_a_device_begins_anew() {
    let world = world().await;
    let layla = world.scope("layla").await;
    let create = async |world: &TestWorld| {
        let mut draft = OrderDraft::default();
        draft.set(Field::BusinessName, "Given Out Ltd");
        draft.set(Field::Mobile, "07700 900123");
        orders::create(&world.db, &layla, Uuid::now_v7(), &draft).await.unwrap()
    };
    let file = path();
    backup(&world.db, &file, false).await.unwrap();
    // Acknowledged after the backup was taken, and known to a device.
    let later = create(&world).await;
    let known = db::offline::snapshot(&world.db, &layla, None, &[]).await.unwrap();
    let other = empty().await;
    restore(&other.db, &file).await.unwrap();
    let number = create(&other).await;
    assert!(number.parse::<i64>().unwrap() >= 1_000_400 + 10_000, "{number}");
    assert_ne!(number, later);
    for _ in 0..5 {
        create(&other).await;
    }
    let mark = db::offline::SyncToken::read(&known.mark).unwrap();
    let layla = other.scope("layla").await;
    let answer = db::offline::snapshot(&other.db, &layla, Some(&mark), &[]).await.unwrap();
    assert!(answer.is_full_sync, "what a device knows of the other database does not hold");
    let mark = db::offline::SyncToken::read(&answer.mark).unwrap();
    assert!(!db::offline::snapshot(&other.db, &layla, Some(&mark), &[]).await.unwrap().is_full_sync);
    std::fs::remove_file(&file).unwrap();
}

#[tokio::test]
async fn a_backup_is_its_owners_alone_and_one_that_fails_leaves_nothing_behind() {
    let world = world().await;
    let folder = std::env::temp_dir().join(format!("curlew-backup-{}", Uuid::now_v7()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("nightly.backup");
    // Somebody else's, by a name that an older release would have taken.
    std::fs::write(folder.join("nightly.part"), "not ours").unwrap();
    backup(&world.db, &file, false).await.unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let before = std::fs::read(&file).unwrap();
    world.sql("ALTER TABLE choices RENAME TO hidden").await.unwrap();
    world
        .sql(if on_postgres() {
            "CREATE VIEW choices AS SELECT 1 / 0 AS id"
        } else {
            "CREATE VIEW choices AS SELECT abs(-9223372036854775808) AS id"
        })
        .await
        .unwrap();
    assert!(backup(&world.db, &file, true).await.is_err());
    assert!(backup(&world.db, &folder.join("another.backup"), true).await.is_err());
    let mut left: Vec<String> = std::fs::read_dir(&folder).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    left.sort();
    assert_eq!(left, ["nightly.backup", "nightly.part"]);
    assert_eq!(std::fs::read(&file).unwrap(), before);
    assert_eq!(std::fs::read_to_string(folder.join("nightly.part")).unwrap(), "not ours");
    let missing = folder.join("no/such/folder.backup");
    let said = backup(&world.db, &missing, false).await.unwrap_err();
    assert!(said.contains("no/such/folder.backup"), "{said}");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A backup whose hash fits, whatever is in it.
fn crafted(lines: impl Iterator<Item = String>) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    let (mut file, mut hash) = (flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best()), Sha256::new());
    for line in lines {
        hash.update(line.as_bytes());
        file.write_all(line.as_bytes()).unwrap();
    }
    let sum: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    file.write_all(format!("{sum}\n").as_bytes()).unwrap();
    file.finish().unwrap()
}

#[tokio::test]
async fn a_crafted_backup_is_refused_whatever_is_in_it() {
    let head = || {
        [
            "curlew backup 1\n".to_owned(),
            "{\"table\":\"teams\",\"columns\":[[\"id\",\"int\"],[\"name\",\"text\"],[\"name_key\",\"text\"]]}\n".to_owned(),
        ]
    };
    let world = empty().await;
    let file = path();
    let long_line =
        std::iter::once("[1,\"".to_owned()).chain(std::iter::repeat_n("a".repeat(1 << 20), 64)).chain(["\",\"a\"]\n".to_owned()]);
    let wide_row = format!("[{}]\n", vec!["1"; 3_000_000].join(","));
    for (name, bytes) in [
        ("a line of 64 MiB", crafted(head().into_iter().chain(long_line))),
        ("a row of three million values", crafted(head().into_iter().chain([wide_row]))),
        ("a row that is no row", crafted(head().into_iter().chain(["[{\"a\":1},2,3]\n".to_owned()]))),
        ("a number that is none", crafted(head().into_iter().chain(["[1e400,\"a\",\"a\"]\n".into()]))),
        ("an unknown table", crafted(["curlew backup 1\n".into(), "{\"table\":\"pg_authid\",\"columns\":[]}\n".into()].into_iter())),
    ] {
        std::fs::write(&file, bytes).unwrap();
        assert!(restore(&world.db, &file).await.is_err(), "{name}");
        assert_eq!(world.number("SELECT count(*) FROM teams").await, 0, "{name}");
    }
    std::fs::remove_file(&file).unwrap();
}

#[tokio::test]
async fn a_backup_with_the_earlier_names_of_tables_and_columns_comes_back() {
    let world = world().await;
    let (layla, number) = (world.scope("layla").await, world.text("SELECT min(number) FROM orders").await.unwrap());
    let id = db::bulk_actions::choose(&world.db, &layla, &[&number], None).await.unwrap();
    assert!(id > 0);
    let file = path();
    let rows = backup(&world.db, &file, false).await.unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(&file).unwrap()).read_to_string(&mut text).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let earlier = |line: &str| {
        if !line.starts_with('{') {
            return line.to_owned();
        }
        let names = [
            ("\"bulk_actions\"", "\"bulks\""),
            ("\"bulk_action_items\"", "\"bulk_items\""),
            ("\"daily_sold\"", "\"figures_sold\""),
            ("\"daily_connected\"", "\"figures_connected\""),
            ("\"heartbeat_at\"", "\"beat_at\""),
            ("\"bulk_action_id\"", "\"bulk_id\""),
        ];
        let renamed = names.iter().fold(line.to_owned(), |line, (now, before)| line.replace(now, before));
        if renamed.contains("\"figures_sold\"") { renamed.replace("\"version\"", "\"generation\"") } else { renamed }
    };
    std::fs::write(&file, crafted(lines[..lines.len() - 1].iter().map(|line| earlier(line) + "\n"))).unwrap();
    let other = empty().await;
    assert_eq!(restore(&other.db, &file).await.unwrap(), rows);
    assert_eq!(counts(&world).await, counts(&other).await);
    assert_eq!(other.number("SELECT count(*) FROM bulk_action_items").await, 1);
    std::fs::remove_file(file).unwrap();
}
