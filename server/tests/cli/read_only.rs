//! A PostgreSQL that takes no writes (a replica, a failover): reads go on, and everything else says why not.

use std::time::{Duration, Instant};

use crate::harness::place;

#[tokio::test(flavor = "multi_thread")]
async fn on_a_read_only_postgresql_reads_go_on_and_everything_says_so() {
    let place = place().await;
    if !place.url.starts_with("postgres") {
        return;
    }
    assert!(place.run(&["demo", "--orders", "20"]).ok);
    let cookie = {
        let mut serving = place.serve(&[("CURLEW_STOP_DELAY", "0")]);
        let cookie = serving.signed_in("layla");
        serving.signal("TERM");
        serving.ended(Duration::from_secs(20));
        cookie
    };
    let name = place.url.rsplit('/').next().unwrap().to_owned();
    let (server, _) = place.url.rsplit_once('/').unwrap();
    let admin = crate::harness::TestFolder { folder: place.folder.join("nothing"), url: format!("{server}/postgres") };
    admin.sql(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await;
    let serving = place.start(&[]);
    let until = Instant::now() + Duration::from_secs(30);
    while !serving.get("/readyz?for=reads").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")) {
        assert!(Instant::now() < until, "{}", serving.log());
        std::thread::park_timeout(Duration::from_millis(50));
    }
    let ready = serving.get("/readyz").unwrap();
    assert!(ready.starts_with("HTTP/1.1 503") && ready.contains("read-only"), "{ready}");
    let ask = |path: &str| {
        serving.send(&format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n")).unwrap()
    };
    for path in ["/orders/", "/orders/1000001/", "/dashboard/", "/campaigns/"] {
        let page = ask(path);
        assert!(page.starts_with("HTTP/1.1 200"), "{path}: {}", page.lines().next().unwrap());
        assert!(page.contains("Curlew is read-only at the moment"), "{path} says so");
    }
    let answer = serving.post("/orders/new/", &cookie, &[("business_name", "Typed Meanwhile Ltd"), ("mobile", "07700 900123")]);
    assert!(answer.starts_with("HTTP/1.1 503"), "{}", answer.lines().next().unwrap());
    assert!(answer.contains("read-only") && answer.contains("Typed Meanwhile Ltd"), "what was typed stays");
    let answer = serving.post("/login/", "", &[("username", "layla"), ("password", db::demo::PASSWORD)]);
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("nobody can sign in"), "{}", answer.lines().next().unwrap());
    let said = place.run(&["backup", "read-only.backup"]);
    assert!(said.ok && said.out.contains("rows written to"), "{}", said.err);
    let said = place.run(&["check", "--figures"]);
    assert!(said.ok, "{}", said.err);
    let said = place.run(&["check"]);
    assert!(said.out.contains("read-only"), "{}", said.out);
    // It recovers by itself.
    admin.sql(&format!("ALTER DATABASE {name} RESET default_transaction_read_only")).await;
    admin
        .sql(&format!("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"))
        .await;
    let until = Instant::now() + Duration::from_secs(30);
    while !serving.get("/readyz").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")) {
        assert!(Instant::now() < until, "{}", serving.log());
        std::thread::park_timeout(Duration::from_millis(50));
    }
}
