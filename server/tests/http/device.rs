//! What makes Curlew an application of a device: the manifest, the shell, the address that takes an outbox.

use axum::http::{StatusCode, header};
use serde_json::{Value, json};

use crate::harness::{JSON, TestResponse, TestServer, server};

async fn sync(server: &TestServer, cookie: &str, body: &str) -> TestResponse {
    server.post_body("/api/v1/sync", cookie, JSON, body.to_owned()).await
}

fn read(answer: &TestResponse) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("JSON: {}", answer.body))
}

#[tokio::test]
async fn the_manifest_and_its_icons_need_no_session() {
    let server = server().await;
    let answer = server.get("/manifest.webmanifest", "").await;
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/manifest+json");
    let manifest = read(&answer);
    for icon in manifest["icons"].as_array().unwrap() {
        let found = server.get(icon["src"].as_str().unwrap(), "").await;
        assert_eq!((found.status, &found.headers[header::CONTENT_TYPE]), (StatusCode::OK, &"image/png".parse().unwrap()));
    }
    assert!(manifest["icons"].as_array().unwrap().iter().any(|icon| icon["purpose"] == "maskable"));
    let layla = server.signed_in("layla").await;
    for shortcut in manifest["shortcuts"].as_array().unwrap() {
        let url = shortcut["url"].as_str().unwrap();
        let status = server.get(url, &layla).await.status;
        // An empty search has nothing to show.
        assert!(status == StatusCode::OK || url.contains("search"), "{url}: {status}");
    }
    assert_eq!(server.get("/icons/none.png", "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_shell_holds_nothing_of_anybody() {
    let server = server().await;
    let layla = server.signed_in("layla").await;
    let (nobody, somebody) = (server.get("/shell", "").await, server.get("/shell", &layla).await);
    assert_eq!(nobody.status, StatusCode::OK);
    assert_eq!(nobody.body, somebody.body);
    assert!(!somebody.body.contains("layla") && !somebody.body.contains("Layla"));
    let policy = nobody.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("'sha256-") && !policy.contains("nonce") && !policy.contains("unsafe-inline"), "{policy}");
    assert!(!nobody.body.contains(" style="));
}

#[tokio::test]
async fn the_outbox_and_the_pocket_need_a_session_and_their_own_person() {
    let server = server().await;
    for path in ["/api/v1/offline", "/api/v1/none"] {
        let answer = server.get(path, "").await;
        assert_eq!((answer.status, read(&answer)["error"].as_str()), (StatusCode::UNAUTHORIZED, Some("You are not signed in")), "{path}");
    }
    assert_eq!(sync(&server, "", "{}").await.status, StatusCode::UNAUTHORIZED);
    let before = server.world.number("SELECT count(*) FROM orders").await;
    let xavier = server.signed_in("xavier").await;
    let (his, hers) = (server.world.scope("xavier").await.user.id.0, server.world.scope("hannah").await.user.id.0);
    let entry = |key: &str| json!({ "key": key, "age": 1.0, "kind": "create", "uuid": "0197f1c0-0000-7000-8000-0000000000aa", "draft": { "status": "NW", "business_name": "Hers" } });
    let key = "0197f1c0-0000-7000-8000-0000000000bb";
    let foreign = sync(&server, &xavier, &json!({ "user": hers, "entries": [entry(key)] }).to_string()).await;
    assert_eq!(foreign.status, StatusCode::CONFLICT, "{}", foreign.body);
    assert_eq!(server.world.number("SELECT count(*) FROM orders").await, before, "nothing is sent as the next person");
    for body in ["", "{}", "[]", "{\"user\":1}", "\u{0}"] {
        assert_eq!(sync(&server, &xavier, body).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{body:?}");
    }
    let many: Vec<Value> = (0..101).map(|_| entry(key)).collect();
    let answer = sync(&server, &xavier, &json!({ "user": his, "entries": many }).to_string()).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);

    let bad = json!({ "key": "0197f1c0-0000-7000-8000-0000000000dd", "age": null, "kind": "drop" });
    let own = json!({ "user": his, "entries": [bad, entry(key)] }).to_string();
    let first = read(&sync(&server, &xavier, &own).await);
    assert_eq!((&first["verdicts"][0]["verdict"], &first["verdicts"][1]["verdict"]), (&json!("refused"), &json!("done")), "{first}");
    assert_eq!(read(&sync(&server, &xavier, &own).await)["verdicts"][1]["verdict"], "already");
    assert_eq!(server.world.number("SELECT count(*) FROM orders").await, before + 1);
    // What stands behind one that cannot be read waits with it.
    let order = "0197f1c0-0000-7000-8000-0000000000aa";
    let unread = json!({ "key": "0197f1c0-0000-7000-8000-0000000000e1", "age": 1.0, "kind": "paint", "order": order });
    let behind = json!({ "key": "0197f1c0-0000-7000-8000-0000000000e2", "age": 1.0, "kind": "comment", "order": order, "text": "Behind" });
    let held = read(&sync(&server, &xavier, &json!({ "user": his, "entries": [unread, behind] }).to_string()).await);
    assert_eq!((&held["verdicts"][0]["verdict"], &held["verdicts"][1]["verdict"]), (&json!("refused"), &json!("waits")), "{held}");
    for query in ["?mark=x", "?mark=1;drop", "?rest=1,x", "?rest=%00"] {
        let answer = server.get(&format!("/api/v1/offline{query}"), &xavier).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
    }
    for query in ["", "?mark=0", "?mark=-1", "?mark=9223372036854775807", "?rest=1,2,99999999"] {
        let answer = server.get(&format!("/api/v1/offline{query}"), &xavier).await;
        assert_eq!((answer.status, read(&answer)["user"].as_i64()), (StatusCode::OK, Some(his)), "{query} {}", answer.body);
    }
}

#[tokio::test]
async fn a_viewer_keeps_copies_and_sends_nothing() {
    let server = server().await;
    let ruth = server.signed_in("ruth").await;
    let snapshot = read(&server.get("/api/v1/offline", &ruth).await);
    assert!(!snapshot["orders"].as_array().unwrap().is_empty());
    let number = snapshot["orders"][0]["number"].as_str().unwrap();
    let acts = [
        json!({ "kind": "create", "uuid": "0197f1c0-0000-7000-8000-0000000000cc", "draft": { "status": "NW", "business_name": "Hers" } }),
        json!({ "kind": "edit", "order": number, "version": 1, "changes": [["handset", "", "X"]] }),
        json!({ "kind": "move", "order": number, "version": 1, "from": "NW", "to": "HD" }),
        json!({ "kind": "follow_up", "order": number, "typed": { "follow_up_on": "2026-12-24" } }),
        json!({ "kind": "comment", "order": number, "text": "Hello" }),
        json!({ "kind": "comment_status", "order": number, "id": 1, "status": "Closed" }),
    ];
    let log = "SELECT (SELECT count(*) FROM change_log) + (SELECT count(*) FROM sync_keys)";
    let before = server.world.number(log).await;
    for (nth, act) in acts.into_iter().enumerate() {
        let mut entry = act;
        entry["key"] = json!(format!("0197f1c0-0000-7000-8000-0000000001{nth:02}"));
        entry["age"] = json!(0);
        let body = json!({ "user": snapshot["user"], "entries": [entry] }).to_string();
        let verdict = read(&sync(&server, &ruth, &body).await);
        assert_eq!(verdict["verdicts"][0]["verdict"], "refused", "{body}: {verdict}");
    }
    assert_eq!(server.world.number(log).await, before);
}

#[tokio::test]
async fn what_another_application_shares_is_looked_for() {
    let server = server().await;
    let layla = server.signed_in("layla").await;
    for (query, wanted) in [
        ("?text=Ring+Ann+(Oakley)%3A+07700+900123%2C+after+two", "/orders/search/?query=07700+900123"),
        ("?title=Oakley+Joinery&text=", "/orders/search/?query=Oakley+Joinery"),
        ("?text=%3Cscript%3E", "/orders/search/?query=%3Cscript%3E"),
        ("", "/orders/search/?query="),
    ] {
        let answer = server.get(&format!("/share{query}"), &layla).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, wanted), "{query}");
    }
}
