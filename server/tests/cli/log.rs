//! The log: a line for each request, without anything of anybody in it.

use crate::harness::place;

#[tokio::test(flavor = "multi_thread")]
async fn each_request_has_one_line_and_its_error_page_the_same_reference() {
    let place = place().await;
    assert!(place.run(&["demo", "--orders", "10"]).ok);
    let serving = place.serve(&[]);
    let cookie = serving.signed_in("layla");
    let ask = |path: &str| {
        serving.send(&format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n")).unwrap()
    };
    assert!(ask("/orders/search/?query=harrison%2007700").starts_with("HTTP/1.1 200"));
    let missing = ask("/orders/9999999/");
    assert!(missing.starts_with("HTTP/1.1 404"));
    let id = missing.lines().find_map(|line| line.strip_prefix("x-request-id: ")).unwrap().to_owned();
    assert!(missing.contains(&format!("Reference <code>{id}</code>")), "{missing}");
    std::thread::park_timeout(std::time::Duration::from_millis(200));
    let log = serving.log();
    let line = |route: &str| {
        log.lines()
            .find(|line| line.contains("curlew::request") && line.contains(&format!("route=\"{route}\"")))
            .unwrap_or_else(|| panic!("no line for {route}: {log}"))
    };
    for word in ["method=POST", "status=303", "ms=", "id=\""] {
        assert!(line("/login/").contains(word), "{word}: {}", line("/login/"));
    }
    assert!(line("/orders/{}/").contains(&format!("id=\"{id}\"")) && line("/orders/{}/").contains("user="), "{log}");
    for secret in ["harrison", "07700", "layla", "every", "9999999"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
    assert!(!log.contains('\u{1b}'), "no colours where nobody looks");
}

#[tokio::test(flavor = "multi_thread")]
async fn json_lines_can_be_read_by_a_program() {
    let place = place().await;
    let serving = place.serve(&[("CURLEW_LOG", "json")]);
    assert!(serving.get("/login/").is_some());
    std::thread::park_timeout(std::time::Duration::from_millis(200));
    let log = serving.log();
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect();
    let request = lines.iter().find(|line| line["target"] == "curlew::request").unwrap_or_else(|| panic!("{log}"));
    assert_eq!(request["method"], "GET");
    assert_eq!(request["route"], "/login/");
    assert!(request["ms"].is_number() && request["status"].is_number(), "{request}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_is_not_trusted_is_warned_of_once() {
    let place = place().await;
    let serving = place.serve(&[]);
    for _ in 0..3 {
        serving.send("GET /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: 203.0.113.9\r\nConnection: close\r\n\r\n").unwrap();
    }
    std::thread::park_timeout(std::time::Duration::from_millis(200));
    assert_eq!(serving.log().matches("CURLEW_TRUSTED_PROXIES").count(), 1, "{}", serving.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_takes_long_is_warned_of() {
    let place = place().await;
    assert!(place.run(&["demo", "--orders", "10"]).ok);
    // A view that counts for a while stands where a table was.
    place.sql("ALTER TABLE saved_views RENAME TO views_kept").await;
    let slow = match place.url.starts_with("postgres") {
        true => {
            "CREATE FUNCTION slow() RETURNS SETOF views_kept LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.4); RETURN; END $$; \
             CREATE VIEW saved_views AS SELECT * FROM slow()"
        }
        false => {
            "CREATE VIEW saved_views AS SELECT * FROM views_kept UNION ALL SELECT v.* FROM views_kept v, (WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3000000) SELECT count(*) FROM c)"
        }
    };
    place.sql(slow).await;
    let serving = place.serve(&[]);
    let cookie = serving.signed_in("layla");
    serving.send(&format!("GET /orders/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n")).unwrap();
    std::thread::park_timeout(std::time::Duration::from_millis(300));
    let log = serving.log();
    assert!(log.lines().any(|line| line.contains("WARN") && line.contains("slow") && line.contains("saved_views")), "{log}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_short_limit_of_open_files_is_said_at_the_start_and_by_check() {
    let place = crate::harness::sqlite();
    let run = |command: &str| {
        let binary = env!("CARGO_BIN_EXE_curlew");
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &format!("ulimit -n 600; exec {binary} {command}")]).current_dir(&place.folder).env_clear();
        shell.env("DATABASE_URL", &place.url).env("PATH", "/usr/bin:/bin").env("RUST_LOG", "info").env("CURLEW_ADDR", "192.0.2.1:1");
        let said: crate::harness::CommandOutput = shell.output().unwrap().into();
        said
    };
    let said = run("check");
    assert!(said.ok && said.out.contains("too low: 5,000 browsers need"), "{}{}", said.out, said.err);
    assert!(run("serve").err.contains("open file limit allows 344 connections"), "{}", run("serve").err);
}
