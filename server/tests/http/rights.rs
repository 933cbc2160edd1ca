//! The table of rights, walked: each role asks each server function, and what is refused writes nothing.

use axum::http::StatusCode;
use domain::role::{Permission, Role, may};

use crate::harness::{JSON, TestServer, server};

/// Every server function with what it takes to ask it. One that is missing here fails the test below.
const ASKED: [(&str, Permission, &str); 24] = [
    ("/fn/dashboard", Permission::Read, r#"{"address":"/dashboard/"}"#),
    ("/fn/campaigns", Permission::Read, r#"{"address":"/campaigns/"}"#),
    ("/fn/companies", Permission::Read, r#"{"address":"/companies/"}"#),
    ("/fn/reports", Permission::Read, r#"{"address":"/reports/"}"#),
    ("/fn/commission", Permission::Read, r#"{"address":"/commission/"}"#),
    ("/fn/activity", Permission::Read, r#"{"address":"/activity/"}"#),
    ("/fn/admin", Permission::Administer, r#"{"address":"/admin/users/"}"#),
    ("/fn/help", Permission::Read, r#"{"name":"agents"}"#),
    ("/fn/frame", Permission::Read, "{}"),
    ("/fn/profile", Permission::Read, "{}"),
    ("/fn/actions", Permission::Read, "{}"),
    ("/fn/orders/list", Permission::Read, r#"{"address":"/orders/"}"#),
    ("/fn/orders/board", Permission::Read, r#"{"address":"/orders/board/"}"#),
    ("/fn/orders/bulk", Permission::EditOwn, r#"{"id":"MANY"}"#),
    ("/fn/duplicates", Permission::EditAny, r#"{"address":"/duplicates/?by=place"}"#),
    ("/fn/orders/show", Permission::Read, r#"{"number":"NUMBER"}"#),
    ("/fn/orders/suggest", Permission::EditOwn, r#"{"field":"company","typed":"moor"}"#),
    ("/fn/orders/similar", Permission::Read, r#"{"draft":{"mobile":"07700 900123"},"except":null}"#),
    ("/fn/orders/form", Permission::EditAny, r#"{"of":"NUMBER"}"#),
    (
        "/fn/orders/create",
        Permission::Create,
        r#"{"uuid":"0197f1c0-0000-7000-8000-000000000001","draft":{"status":"NW","business_name":"Matrix"}}"#,
    ),
    ("/fn/orders/edit", Permission::EditAny, r#"{"number":"NUMBER","version":VERSION,"draft":{"status":"NW","business_name":"Matrix"}}"#),
    ("/fn/orders/change_status", Permission::EditAny, r#"{"number":"NUMBER","version":VERSION,"to":"TP","asked":{}}"#),
    ("/fn/comments/save", Permission::Comment, r#"{"number":"NUMBER","id":null,"text":"Matrix"}"#),
    ("/fn/comments/save", Permission::Comment, r#"{"number":"NUMBER","id":COMMENT,"text":"Closed"}"#),
];

const PEOPLE: [(&str, Role); 4] = [("ada", Role::Admin), ("layla", Role::Manager), ("xavier", Role::Agent), ("ruth", Role::Viewer)];

/// What any write leaves behind: every table that a verb writes, its rows and its versions.
async fn footprint(server: &TestServer) -> Vec<i64> {
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
        "SELECT count(*) FROM bulk_action_items",
    ] {
        counted.push(server.world.number(sql).await);
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
        for (path, permission, body) in ASKED {
            let server = server().await;
            let cookie = server.signed_in(name).await;
            // Somebody else's new order, with an open comment.
            let id = server
                .world
                .number(
                    "SELECT min(o.id) FROM orders o JOIN users u ON u.id = o.owner_id JOIN comments c ON c.order_id = o.id \
                     WHERE o.status = 'NW' AND c.status <> 'Closed' AND u.username NOT IN ('ada', 'layla', 'xavier', 'ruth')",
                )
                .await;
            let number = server.world.text(&format!("SELECT number FROM orders WHERE id = {id}")).await.unwrap();
            let version = server.world.number(&format!("SELECT version FROM orders WHERE id = {id}")).await;
            let comment = server.world.number(&format!("SELECT min(id) FROM comments WHERE order_id = {id} AND status <> 'Closed'")).await;
            let body = body.replace("NUMBER", &number).replace("VERSION", &version.to_string()).replace("COMMENT", &comment.to_string());
            // An act of one's own; who only reads has none.
            let many = server.post("/orders/bulk/", &cookie, &[("pick", &number)]).await;
            let many = many.location().split('/').nth(3).unwrap_or("1").to_owned();
            let body = body.replace("MANY", &many);
            let before = footprint(&server).await;
            let answer = server.post_body(path, &cookie, JSON, body).await;
            let after = footprint(&server).await;
            let reads = ["/fn/orders/form", "/fn/orders/suggest", "/fn/orders/bulk", "/fn/duplicates", "/fn/admin"];
            let writes = !reads.contains(&path) && !matches!(permission, Permission::Read);
            if may(role, permission, false) {
                assert_eq!(answer.status, StatusCode::OK, "{name} {path}: {}", answer.body);
                assert_eq!(before != after, writes, "{name} {path} {before:?} {after:?}");
            } else {
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{name} {path}: {}", answer.body);
                assert_eq!(before, after, "{name} {path} wrote something");
            }
        }
    }
}
