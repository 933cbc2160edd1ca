//! Which commands create or change what, and what each says when it cannot.

use std::{
    io::Read,
    os::unix::process::ExitStatusExt,
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait, TransactionTrait};

use crate::harness::{TestFolder, place, sqlite};

/// Everything that reads or writes a database and neither creates nor upgrades it.
const OTHERS: [&[&str]; 8] = [
    &["backup", "nightly.backup"],
    &["export", "--as", "layla", "orders.csv"],
    &["export", "--as", "layla"],
    &["check", "--figures"],
    &["user", "add", "ann", "--role", "agent"],
    &["user", "reset", "layla"],
    &["import", "csv", "--as", "layla", "orders.csv"],
    &["import", "dcrm", "--from", "postgres://nobody@127.0.0.1:1/none"],
];

fn files(place: &TestFolder) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(&place.folder).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn only_four_commands_create_a_database() {
    for arguments in OTHERS {
        let place = place().await;
        let said = place.run(arguments);
        assert!(!said.ok, "{arguments:?}: {}", said.out);
        assert!(said.err.contains("curlew migrate"), "{arguments:?}: {}", said.err);
        assert_eq!(said.err.lines().count(), 1, "one sentence: {}", said.err);
        assert_eq!(files(&place), Vec::<String>::new(), "{arguments:?}");
        if place.url.starts_with("postgres") {
            let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
            assert_eq!(place.number(tables).await, 0, "{arguments:?}");
        }
    }
}

#[test]
fn a_backup_in_the_wrong_folder_reports_no_success() {
    let place = sqlite();
    let said: crate::harness::CommandOutput =
        place.command(&["backup", "nightly.backup"]).env_remove("DATABASE_URL").output().unwrap().into();
    assert!(!said.ok && said.out.is_empty(), "{}", said.out);
    assert!(said.err.contains("There is no database at data/curlew.db"), "{}", said.err);
    assert_eq!(files(&place), Vec::<String>::new());
}

#[tokio::test]
async fn another_schema_is_refused_in_one_sentence_and_left_as_it_is() {
    let place = place().await;
    assert!(place.run(&["migrate"]).ok);
    let versions = place.number("SELECT count(*) FROM seaql_migrations").await;
    for (change, word) in [
        ("DELETE FROM seaql_migrations WHERE version = 'm0007_health_checks'", "older version of Curlew"),
        (
            "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m0007_health_checks', 1), ('m9999_future', 1)",
            "newer version of Curlew",
        ),
    ] {
        place.sql(change).await;
        let before = place.number("SELECT count(*) FROM seaql_migrations").await;
        for arguments in OTHERS {
            let said = place.run(arguments);
            assert!(!said.ok && said.err.contains(word), "{arguments:?}: {}{}", said.out, said.err);
            assert_eq!(said.err.lines().count(), 1, "one sentence: {}", said.err);
        }
        assert_eq!(place.number("SELECT count(*) FROM seaql_migrations").await, before);
    }
    assert!(!place.run(&["migrate"]).ok, "a newer schema is not taken back");
    assert_eq!(place.number("SELECT count(*) FROM seaql_migrations").await, versions + 1);
}

#[tokio::test]
async fn a_database_of_something_else_is_not_touched() {
    let place = place().await;
    let url = if place.url.starts_with("sqlite") { format!("{}?mode=rwc", place.url) } else { place.url.clone() };
    let other = TestFolder { folder: place.folder.join("nothing"), url };
    other.sql("CREATE TABLE shopping (item TEXT)").await;
    let before = std::fs::read(place.folder.join("curlew.db")).unwrap_or_default();
    for arguments in [&["migrate"], &["serve"], &["demo"]] {
        let said = place.run(arguments);
        assert!(!said.ok && said.err.contains("another application") && said.err.contains("shopping"), "{arguments:?}: {}", said.err);
    }
    assert!(std::fs::read(place.folder.join("curlew.db")).unwrap_or_default() == before, "not a byte of it changes");
    if place.url.starts_with("postgres") {
        assert_eq!(place.number("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").await, 1);
    }
}

#[cfg(unix)]
#[test]
fn a_second_serve_is_known_by_the_file_and_not_by_its_name() {
    let place = sqlite();
    let _first = place.serve(&[]);
    std::os::unix::fs::symlink(place.folder.join("curlew.db"), place.folder.join("alias.db")).unwrap();
    std::fs::create_dir(place.folder.join("sub")).unwrap();
    for name in ["alias.db", "sub/../curlew.db", "./curlew.db"] {
        let url = format!("sqlite://{}/{name}", place.folder.display());
        let said: crate::harness::CommandOutput = place.command(&["serve"]).env("DATABASE_URL", url).output().unwrap().into();
        assert!(!said.ok && said.err.contains("Another `curlew serve` is using"), "{name}: {}", said.err);
    }
    // A second name of the same file would have a write-ahead log of its own: writes would be lost.
    std::fs::hard_link(place.folder.join("curlew.db"), place.folder.join("twin.db")).unwrap();
    let url = format!("sqlite://{}/twin.db", place.folder.display());
    let said: crate::harness::CommandOutput = place.command(&["serve"]).env("DATABASE_URL", url).output().unwrap().into();
    assert!(!said.ok && said.err.contains("has a second hard link"), "{}", said.err);
}

#[test]
fn two_databases_of_one_stem_are_two() {
    let place = sqlite();
    let _first = place.serve(&[]);
    let url = format!("sqlite://{}/curlew.sqlite", place.folder.display());
    let second = TestFolder { folder: place.folder.join("second"), url };
    std::fs::create_dir(&second.folder).unwrap();
    let _second = second.serve(&[]);
}

#[test]
fn check_judges_every_setting() {
    let place = sqlite();
    let check =
        |name: &str, value: &str| -> crate::harness::CommandOutput { place.command(&["check"]).env(name, value).output().unwrap().into() };
    for (name, value, word) in [
        ("CURLEW_BASE_URL", "https://crm.example.com?x", "CURLEW_BASE_URL must be"),
        ("CURLEW_BASE_URL", "https://crm.example.com#x", "CURLEW_BASE_URL must be"),
        ("CURLEW_BASE_URL", "https://crm example.com", "CURLEW_BASE_URL must be"),
        ("CURLEW_BASE_URL", "https://crm.example.com:99999", "CURLEW_BASE_URL must be"),
        ("DATABASE_URL", "postgres:///curlew", "DATABASE_URL has no host"),
        ("DATABASE_LISTEN_URL", "postgres:///curlew", "DATABASE_LISTEN_URL has no host"),
        ("CURLEW_BASEURL", "https://crm.example.com", "did you mean CURLEW_BASE_URL"),
        ("CURLEW_ADDR", "localhost", "CURLEW_ADDR must be"),
        ("CURLEW_LOG", "xml", "CURLEW_LOG must be"),
    ] {
        let said = check(name, value);
        assert!(!said.ok && said.out.contains(word), "{name}={value}: {}{}", said.out, said.err);
    }
    for (name, value, word) in [
        ("CURLEW_TRUSTED_PROXIES", "0.0.0.0/0", "nearly everyone"),
        ("CURLEW_BASE_URL", "https://crm.example.com", "shares the proxy"),
        ("CURLEW_COLOUR", "red", "CURLEW_COLOUR: ignored"),
    ] {
        let said = check(name, value);
        assert!(said.ok && said.out.contains(word), "{name}={value}: {}{}", said.out, said.err);
    }
    let said = place.run(&["check"]);
    assert!(said.ok && said.out.contains("`curlew serve` creates it"), "{}", said.out);
    assert!(place.run(&["migrate"]).ok);
    let said = place.run(&["check"]);
    assert!(said.ok && said.out.contains("a test write succeeded"), "{}{}", said.out, said.err);
    assert!(!place.folder.join("data").exists());
}

#[test]
fn an_address_that_is_not_this_machines_is_blamed_by_name() {
    let place = sqlite();
    let said: crate::harness::CommandOutput = place.command(&["serve"]).env("CURLEW_ADDR", "192.0.2.1:3000").output().unwrap().into();
    assert!(!said.ok && said.err.contains("CURLEW_ADDR") && !said.err.contains("DATABASE_URL"), "{}", said.err);
}

#[test]
fn a_postgresql_that_refuses_is_told_from_one_that_is_away() {
    let place = sqlite();
    let away: crate::harness::CommandOutput =
        place.command(&["migrate"]).env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none").output().unwrap().into();
    assert!(!away.ok && away.err.contains("Nothing is listening at the address in DATABASE_URL"), "{}", away.err);
    let Ok(server) = std::env::var("CURLEW_TEST_POSTGRES").map(|it| it.trim().to_owned()) else { return };
    if server.is_empty() {
        return;
    }
    let missing: crate::harness::CommandOutput =
        place.command(&["migrate"]).env("DATABASE_URL", format!("{server}/no_such")).output().unwrap().into();
    assert!(!missing.ok && missing.err.contains("no such database"), "{}", missing.err);
    assert!(!missing.err.contains("pool timed out"));
}

#[test]
fn ready_asks_over_tls_too() {
    let place = sqlite();
    let made = rcgen::generate_simple_self_signed(["crm.example.com".to_owned()]).unwrap();
    std::fs::write(place.folder.join("cert.pem"), made.cert.pem()).unwrap();
    std::fs::write(place.folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings = [("CURLEW_ADDR", format!("127.0.0.1:{port}")), ("CURLEW_BASE_URL", format!("https://crm.example.com:{port}"))];
    let ready = || -> crate::harness::CommandOutput { place.command(&["ready"]).envs(settings.clone()).output().unwrap().into() };
    assert!(ready().err.contains("No server is responding"), "{}", ready().err);
    let mut serving = place.command(&["serve", "--tls-cert", "cert.pem", "--tls-key", "key.pem"]).envs(settings.clone()).spawn().unwrap();
    let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
    let mut said = ready();
    while !said.ok && std::time::Instant::now() < until {
        said = ready();
    }
    serving.kill().unwrap();
    serving.wait().unwrap();
    assert!(said.ok, "{}", said.err);
}

#[test]
fn a_command_whose_output_is_closed_early_ends_without_a_message() {
    let place = sqlite();
    assert!(place.run(&["demo"]).ok);
    let mut child = place.command(&["export", "--as", "layla"]).spawn().unwrap();
    // As `| head -c 3` does.
    let mut start = [0; 3];
    child.stdout.take().unwrap().read_exact(&mut start).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.signal(), String::from_utf8_lossy(&ended.stderr).as_ref()), (Some(13), ""), "SIGPIPE");
}

#[tokio::test]
async fn a_server_that_starts_while_another_process_writes_waits_and_says_for_what() {
    let place = sqlite();
    assert!(place.run(&["migrate"]).ok);
    place.sql("DELETE FROM settings WHERE name = 'currency'").await;
    let other = db::testing::look(&place.url).await;
    let writing = other.begin().await.unwrap();
    writing.execute_unprepared("DELETE FROM settings WHERE name = 'none'").await.unwrap();
    let serving = place.start(&[]);
    // SQLite itself waits for ten seconds.
    let until = Instant::now() + Duration::from_secs(30);
    while !serving.log().contains("another process is writing to the database") {
        assert!(Instant::now() < until, "{}", serving.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    writing.rollback().await.unwrap();
    while !serving.get("/readyz").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")) {
        assert!(Instant::now() < until + Duration::from_secs(30), "{}", serving.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
