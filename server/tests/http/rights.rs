//! The table of rights, walked: each role asks each server function, and what is refused writes nothing.

use axum::http::StatusCode;
use domain::role::{Act, Role, may};

use crate::harness::{Door, JSON, door};

/// Every server function with what it takes to ask it. One that is missing here fails the test below.
const ASKED: [(&str, Act, &str); 17] = [
    ("/fn/told", Act::Read, r#"{"address":"/dashboard/"}"#),
    ("/fn/frame", Act::Read, "{}"),
    ("/fn/profile", Act::Read, "{}"),
    ("/fn/actions", Act::Read, "{}"),
    ("/fn/orders/list", Act::Read, r#"{"address":"/orders/"}"#),
    ("/fn/orders/board", Act::Read, r#"{"address":"/orders/board/"}"#),
    ("/fn/orders/many", Act::EditOwn, r#"{"id":"MANY"}"#),
    ("/fn/duplicates", Act::EditAny, r#"{"address":"/duplicates/?by=place"}"#),
    ("/fn/orders/show", Act::Read, r#"{"number":"NUMBER"}"#),
    ("/fn/orders/suggest", Act::EditOwn, r#"{"field":"company","typed":"moor"}"#),
    ("/fn/orders/similar", Act::Read, r#"{"draft":{"mobile":"07700 900123"},"except":null}"#),
    ("/fn/orders/form", Act::EditAny, r#"{"of":"NUMBER"}"#),
    (
        "/fn/orders/create",
        Act::Create,
        r#"{"uuid":"0197f1c0-0000-7000-8000-000000000001","draft":{"status":"NW","business_name":"Matrix"}}"#,
    ),
    ("/fn/orders/edit", Act::EditAny, r#"{"number":"NUMBER","version":VERSION,"draft":{"status":"NW","business_name":"Matrix"}}"#),
    ("/fn/orders/advance", Act::EditAny, r#"{"number":"NUMBER","version":VERSION,"to":"TP","asked":{}}"#),
    ("/fn/comments/say", Act::Comment, r#"{"number":"NUMBER","id":null,"text":"Matrix"}"#),
    ("/fn/comments/say", Act::Comment, r#"{"number":"NUMBER","id":COMMENT,"text":"Closed"}"#),
];

const PEOPLE: [(&str, Role); 4] = [("ada", Role::Admin), ("layla", Role::Manager), ("xavier", Role::Agent), ("ruth", Role::Viewer)];

/// What any write leaves behind: every table that a verb writes, its rows and its versions.
async fn footprint(door: &Door) -> Vec<i64> {
    let mut counted = Vec::new();
    for sql in [
        "SELECT count(*) FROM orders",
        "SELECT CAST(sum(version) AS BIGINT) FROM orders",
        "SELECT count(*) FROM order_history",
        "SELECT count(*) FROM comments",
        "SELECT count(*) FROM comments WHERE status = 'Closed'",
        "SELECT count(*) FROM activity",
        "SELECT count(*) FROM change_log",
        "SELECT count(*) FROM users",
        "SELECT count(*) FROM settings",
        "SELECT count(*) FROM companies",
        "SELECT count(*) FROM bulk_items",
    ] {
        counted.push(door.house.number(sql).await);
    }
    counted
}

#[tokio::test]
async fn every_role_may_ask_what_the_table_says_and_a_refusal_writes_nothing() {
    let mut known: Vec<&str> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
    known.sort_unstable();
    let mut asked = ASKED.map(|(path, ..)| path).to_vec();
    asked.sort_unstable();
    asked.dedup();
    assert_eq!(known, asked, "a server function is missing in the table of this test");

    for (name, role) in PEOPLE {
        for (path, act, body) in ASKED {
            let door = door().await;
            let cookie = door.signed_in(name).await;
            // Somebody else's new order, with an open comment.
            let id = door
                .house
                .number(
                    "SELECT min(o.id) FROM orders o JOIN users u ON u.id = o.owner_id JOIN comments c ON c.order_id = o.id \
                     WHERE o.status = 'NW' AND c.status <> 'Closed' AND u.username NOT IN ('ada', 'layla', 'xavier', 'ruth')",
                )
                .await;
            let number = door.house.text(&format!("SELECT number FROM orders WHERE id = {id}")).await.unwrap();
            let version = door.house.number(&format!("SELECT version FROM orders WHERE id = {id}")).await;
            let comment = door.house.number(&format!("SELECT min(id) FROM comments WHERE order_id = {id} AND status <> 'Closed'")).await;
            let body = body.replace("NUMBER", &number).replace("VERSION", &version.to_string()).replace("COMMENT", &comment.to_string());
            // An act of one's own; who only reads has none.
            let many = door.post("/orders/many/", &cookie, &[("pick", &number)]).await;
            let many = many.location().split('/').nth(3).unwrap_or("1").to_owned();
            let body = body.replace("MANY", &many);
            let before = footprint(&door).await;
            let answer = door.post_body(path, &cookie, JSON, body).await;
            let after = footprint(&door).await;
            let reads = ["/fn/orders/form", "/fn/orders/suggest", "/fn/orders/many", "/fn/duplicates"];
            let writes = !reads.contains(&path) && !matches!(act, Act::Read);
            if may(role, act, false) {
                assert_eq!(answer.status, StatusCode::OK, "{name} {path}: {}", answer.body);
                assert_eq!(before != after, writes, "{name} {path} {before:?} {after:?}");
            } else {
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{name} {path}: {}", answer.body);
                assert_eq!(before, after, "{name} {path} wrote something");
            }
        }
    }
}
