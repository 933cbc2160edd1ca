//! Acts on many orders, duplicates and columns, by plain forms alone.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};

use crate::harness::{JSON, TestServer, hidden, server};

/// Waits until an act stands at a stage.
async fn ends(server: &TestServer, id: &str, state: &str) {
    for _ in 0..200 {
        if server.world.text(&format!("SELECT state FROM bulk_actions WHERE id = {id}")).await.as_deref() == Some(state) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("it never came to {state}");
}

#[tokio::test]
async fn orders_are_ticked_looked_over_moved_and_taken_back() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    let list = server.get("/orders/?status=NW&per_page=25", &cookie).await;
    assert!(list.body.contains("name=\"pick\"") && list.body.contains("action=\"/orders/bulk/\""));
    let numbers: Vec<String> = (0..2)
        .map(|nth| list.body.split("name=\"pick\"").nth(nth + 1).unwrap().split("value=\"").nth(1).unwrap()[..7].to_owned())
        .collect();
    let picks = [("pick", numbers[0].as_str()), ("pick", numbers[1].as_str())];
    let chosen = server.post("/orders/bulk/", &cookie, &picks).await;
    assert_eq!(chosen.status, StatusCode::SEE_OTHER, "{}", chosen.body);
    let page = chosen.location().to_owned();
    let id = page.split('/').nth(3).unwrap().to_owned();
    let shown = server.get(&page, &cookie).await;
    assert!(shown.body.contains("2 orders") && shown.body.contains("Assign to") && shown.body.contains("Move to trash"), "{}", shown.body);
    // Refused: the same page, with the message and what was typed.
    let refused = server.post(&page, &cookie, &[("kind", "follow-up"), ("follow_up_on", "2026-02-31"), ("follow_up_note", "kept")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("This date doesn't exist") && refused.body.contains("value=\"kept\""), "{}", refused.body);
    let said = server.post(&page, &cookie, &[("kind", "move"), ("status", "HD")]).await;
    assert_eq!((said.status, said.location()), (StatusCode::SEE_OTHER, page.as_str()));
    let ready = server.get(&page, &cookie).await;
    assert!(ready.body.contains("2 orders will change") && ready.body.contains("Apply: change status to Held"), "{}", ready.body);
    assert_eq!(server.world.number("SELECT count(*) FROM order_history WHERE happened = 'moved' AND at = 1795356300000000").await, 0);
    assert_eq!(server.post(&format!("{page}start/"), &cookie, &[]).await.status, StatusCode::SEE_OTHER);
    ends(&server, &id, "done").await;
    let done = server.get(&page, &cookie).await;
    assert!(done.body.contains("2 orders changed") && done.body.contains(&format!("{page}undo/")), "{}", done.body);
    server.post(&format!("{page}undo/"), &cookie, &[]).await;
    ends(&server, &id, "undone").await;
    let both = format!("SELECT count(*) FROM orders WHERE status = 'NW' AND number IN ('{}', '{}')", numbers[0], numbers[1]);
    assert_eq!(server.world.number(&both).await, 2);
    // Somebody else's looks like nothing.
    let ada = server.signed_in("ada").await;
    assert_eq!(server.get(&page, &ada).await.status, StatusCode::NOT_FOUND);
    for odd in ["/orders/bulk/0/", "/orders/bulk/x/", "/orders/bulk/99999999999999999999/", "/orders/bulk/"] {
        assert_eq!(server.get(odd, &cookie).await.status, StatusCode::NOT_FOUND, "{odd}");
    }
    assert_eq!(server.post("/orders/bulk/", &cookie, &[]).await.location(), "/orders/", "nothing is opened");
    assert!(server.post("/orders/bulk/x/", &cookie, &[("kind", "trash")]).await.status.is_client_error());
}

#[tokio::test]
async fn who_only_reads_is_offered_nothing_to_tick() {
    let server = server().await;
    let cookie = server.signed_in("ruth").await;
    let list = server.get("/orders/", &cookie).await;
    assert!(!list.body.contains("name=\"pick\"") && !list.body.contains("/orders/bulk/") && !list.body.contains("/duplicates/"));
    assert_eq!(server.get("/duplicates/", &cookie).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        server.post("/duplicates/", &cookie, &[("by", "mobile"), ("key", "+447700900024"), ("name", "X")]).await.status,
        StatusCode::NOT_FOUND
    );
    let refused = server.post("/orders/bulk/", &cookie, &[("all", "/orders/")]).await;
    assert_eq!((refused.status, server.world.number("SELECT count(*) FROM bulk_actions").await), (StatusCode::NOT_FOUND, 0));
}

#[tokio::test]
async fn candidates_become_one_company() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    let page = server.get("/duplicates/?by=place", &cookie).await;
    assert_eq!(page.status, StatusCode::OK);
    let (by, key) = (hidden(&page.body, "by").unwrap(), hidden(&page.body, "key").unwrap());
    let refused = server.post("/duplicates/", &cookie, &[("by", &by), ("key", &key), ("name", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let chosen = server.post("/duplicates/", &cookie, &[("by", &by), ("key", &key), ("name", "One & only")]).await;
    let ready = server.get(chosen.location(), &cookie).await;
    assert!(ready.body.contains("Set company: One &amp; only"), "{}", ready.body);
    for odd in [
        "/duplicates/?by=password_hash",
        "/duplicates/?by=place&after=%1f%00",
        "/duplicates/?after=' OR 1=1--",
        "/duplicates?by=email&after=a%1fb%1fc",
    ] {
        assert_eq!(server.get(&odd.replace(' ', "%20"), &cookie).await.status, StatusCode::OK, "{odd}");
    }
}

#[tokio::test]
async fn columns_are_chosen_and_remembered_by_each_person() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    let before = server.get("/orders/", &cookie).await.body;
    assert!(before.contains(">Network</th>") && !before.contains(">Postcode</th>"), "{before}");
    let address = "/orders/?status=NW&page=2";
    let chosen = server
        .post(
            "/profile/columns/",
            &cookie,
            &[("address", address), ("column", "number"), ("column", "postcode"), ("column", "team"), ("column", "password_hash")],
        )
        .await;
    assert_eq!(chosen.location(), address);
    let again = server.signed_in("layla").await;
    let after = server.get("/orders/", &again).await.body;
    assert!(after.contains(">Postcode</th>") && after.contains(">Team</th>") && !after.contains(">Network</th>"), "{after}");
    assert!(after.contains("orders-link"), "the customer always stands there");
    assert!(!server.get("/orders/", &server.signed_in("neil").await).await.body.contains(">Postcode</th>"));
    server.post("/profile/columns/", &cookie, &[("address", "//evil.example"), ("column", "postcode"), ("column", "usual")]).await;
    assert!(server.get("/orders/", &cookie).await.body.contains(">Network</th>"));
}

#[tokio::test]
async fn what_is_due_stands_on_top_of_ones_own_orders_alone() {
    let server = server().await;
    server.world.sql("UPDATE orders SET follow_up_on = NULL").await.unwrap();
    server.world.sql("UPDATE orders SET follow_up_on = '2026-11-20', status = 'HD' WHERE id IN (SELECT o.id FROM orders o JOIN users u ON u.id = o.owner_id WHERE u.username = 'xavier' ORDER BY o.id LIMIT 7)").await.unwrap();
    let cookie = server.signed_in("xavier").await;
    let mine = server.get("/orders/mine/", &cookie).await.body;
    assert!(mine.contains("aria-label=\"Follow-ups due\"") && mine.contains(">View all due (7)<"), "{mine}");
    for other in ["/orders/", "/orders/mine/?page=2", "/orders/mine/?status=NW", "/orders/due/"] {
        assert!(!server.get(other, &cookie).await.body.contains("aria-label=\"Follow-ups due\""), "{other}");
    }
}

#[tokio::test]
async fn a_follow_up_is_set_and_what_is_wrong_is_said_beside_it() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    let at = "/orders/1000001/follow-up/";
    let refused = server.post(at, &cookie, &[("act", "on"), ("follow_up_on", "31/02/2026"), ("follow_up_note", "ask for Jo")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("This date doesn't exist") && refused.body.contains("ask for Jo"), "{}", refused.body);
    let set = server.post(at, &cookie, &[("act", "on"), ("follow_up_on", "2026-12-03"), ("follow_up_note", "ask for Jo")]).await;
    assert_eq!(set.location(), "/orders/1000001/", "{}", set.body);
    assert!(server.get("/orders/1000001/", &cookie).await.body.contains("Call back, 3 Dec 2026: ask for Jo"));
    assert_eq!(server.post(at, &cookie, &[("act", "never")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn nothing_selected_leads_back_to_the_list_with_a_sentence() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    let request = Request::post("/orders/bulk/")
        .header(header::COOKIE, &cookie)
        .header("sec-fetch-site", "same-origin")
        .header(header::REFERER, format!("{}/orders/?status=HD", crate::harness::BASE))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = server.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/orders/?status=HD"));
    let page = server.get("/orders/?status=HD", &format!("{cookie}; flash=unpicked")).await;
    assert!(page.body.contains("Select at least one order"), "{}", page.body);
    let foreign = Request::post("/orders/bulk/")
        .header(header::COOKIE, &cookie)
        .header("sec-fetch-site", "same-origin")
        .header(header::REFERER, "https://evil.example/orders/")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    assert_eq!(server.send(foreign.body(Body::empty()).unwrap()).await.location(), "/orders/");
    // Every error page leads on.
    let page = server.post("/orders/bulk/", &cookie, &[("pick", "nothing")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("href=\"/orders/\"") && page.body.contains("href=\"/\""), "{}", page.body);
}

#[tokio::test]
async fn addresses_of_earlier_releases_lead_to_those_of_now() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    let moved = server.get("/orders/many/17/?a=b", &cookie).await;
    assert_eq!((moved.status, moved.location()), (StatusCode::PERMANENT_REDIRECT, "/orders/bulk/17/?a=b"));
    // A form in an open tab keeps its method and its body.
    let posted = server.post("/orders/many/", &cookie, &[("pick", "1000001")]).await;
    assert_eq!((posted.status, posted.location()), (StatusCode::PERMANENT_REDIRECT, "/orders/bulk/"));
    // A page that was loaded from an earlier release calls by the names of then.
    let number = server.world.text("SELECT number FROM orders WHERE status = 'NW' AND trashed_at IS NULL LIMIT 1").await.unwrap();
    let version = server.world.number(&format!("SELECT version FROM orders WHERE number = '{number}'")).await;
    let body = format!(r#"{{"number":"{number}","version":{version},"to":"HD","asked":{{}}}}"#);
    assert_eq!(server.post_body("/fn/orders/advance", &cookie, JSON, body.clone()).await.status, StatusCode::OK);
    let body = format!(r#"{{"number":"{number}","id":null,"text":"From an open tab"}}"#);
    assert_eq!(server.post_body("/fn/comments/say", &cookie, JSON, body.clone()).await.status, StatusCode::OK);
    assert_eq!(server.world.number("SELECT count(*) FROM comments WHERE body = 'From an open tab'").await, 1);
}

#[tokio::test]
async fn a_page_of_an_earlier_release_reads_data_as_json_within_a_string() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    for (name, body, field) in [
        ("orders/list", r#"{"address":"/orders/"}"#, "rows"),
        ("orders/board", r#"{"address":"/orders/board/"}"#, "columns"),
        ("orders/show", r#"{"number":"1000001"}"#, "timeline"),
        ("orders/form", r#"{"of":""}"#, "draft"),
        ("duplicates", r#"{"address":"/duplicates/"}"#, "groups"),
        ("frame", "{}", "counts"),
        ("profile", "{}", "devices"),
    ] {
        let earlier = server.post_body(&format!("/fn/{name}"), &cookie, JSON, body).await;
        let text: String = serde_json::from_str(&earlier.body).unwrap();
        let nested: serde_json::Value = serde_json::from_str(&text).unwrap();
        let request = Request::post(format!("/fn/{name}"))
            .header(header::COOKIE, &cookie)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, JSON)
            .header("x-curlew-data", "json")
            .body(Body::from(body))
            .unwrap();
        let now = server.send(request).await;
        let data: serde_json::Value = serde_json::from_str(&now.body).unwrap();
        assert!(!data[field].is_null() && !nested[field].is_null(), "{name}: {}", now.body);
        // The form of a new order has another id each time, and times pass.
        let names = |it: &serde_json::Value| it.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&data), names(&nested), "{name}");
    }
    // A page that was HTML in the release before asks to be reloaded.
    let told = server.post_body("/fn/told", &cookie, JSON, r#"{"address":"/campaigns/"}"#).await;
    let text: String = serde_json::from_str(&told.body).unwrap();
    let page: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(page["html"].as_str().unwrap().contains("Reload the page"), "{text}");
}
