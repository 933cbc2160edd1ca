//! Acts on many orders, duplicates and columns, by plain forms alone.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};

use crate::harness::{Door, door};

/// Waits until an act stands at a stage.
async fn ends(door: &Door, id: &str, state: &str) {
    for _ in 0..200 {
        if door.house.text(&format!("SELECT state FROM bulks WHERE id = {id}")).await.as_deref() == Some(state) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("it never came to {state}");
}

#[tokio::test]
async fn orders_are_ticked_looked_over_moved_and_taken_back() {
    let door = door().await;
    let cookie = door.signed_in("layla").await;
    let list = door.get("/orders/?status=NW&per_page=25", &cookie).await;
    assert!(list.body.contains("name=\"pick\"") && list.body.contains("action=\"/orders/many/\""));
    let numbers: Vec<String> = (0..2)
        .map(|nth| list.body.split("name=\"pick\"").nth(nth + 1).unwrap().split("value=\"").nth(1).unwrap()[..7].to_owned())
        .collect();
    let picks = [("pick", numbers[0].as_str()), ("pick", numbers[1].as_str())];
    let chosen = door.post("/orders/many/", &cookie, &picks).await;
    assert_eq!(chosen.status, StatusCode::SEE_OTHER, "{}", chosen.body);
    let page = chosen.location().to_owned();
    let id = page.split('/').nth(3).unwrap().to_owned();
    let shown = door.get(&page, &cookie).await;
    assert!(
        shown.body.contains("2 orders") && shown.body.contains("Give to") && shown.body.contains("Put into the trash"),
        "{}",
        shown.body
    );
    // Refused: the same page, with the message and what was typed.
    let refused = door.post(&page, &cookie, &[("kind", "follow-up"), ("follow_up_on", "2026-02-31"), ("follow_up_note", "kept")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("That day is not in the calendar.") && refused.body.contains("value=\"kept\""), "{}", refused.body);
    let said = door.post(&page, &cookie, &[("kind", "move"), ("status", "HD")]).await;
    assert_eq!((said.status, said.location()), (StatusCode::SEE_OTHER, page.as_str()));
    let ready = door.get(&page, &cookie).await;
    assert!(ready.body.contains("This is done to 2 orders.") && ready.body.contains("Do it: move to Held"), "{}", ready.body);
    assert_eq!(door.house.number("SELECT count(*) FROM order_history WHERE happened = 'moved' AND at = 1795356300000000").await, 0);
    assert_eq!(door.post(&format!("{page}start/"), &cookie, &[]).await.status, StatusCode::SEE_OTHER);
    ends(&door, &id, "done").await;
    let done = door.get(&page, &cookie).await;
    assert!(done.body.contains("Done to 2 orders.") && done.body.contains(&format!("{page}undo/")), "{}", done.body);
    door.post(&format!("{page}undo/"), &cookie, &[]).await;
    ends(&door, &id, "undone").await;
    let both = format!("SELECT count(*) FROM orders WHERE status = 'NW' AND number IN ('{}', '{}')", numbers[0], numbers[1]);
    assert_eq!(door.house.number(&both).await, 2);
    // Somebody else's looks like nothing.
    let ada = door.signed_in("ada").await;
    assert_eq!(door.get(&page, &ada).await.status, StatusCode::NOT_FOUND);
    for odd in ["/orders/many/0/", "/orders/many/x/", "/orders/many/99999999999999999999/", "/orders/many/"] {
        assert_eq!(door.get(odd, &cookie).await.status, StatusCode::NOT_FOUND, "{odd}");
    }
    assert_eq!(door.post("/orders/many/", &cookie, &[]).await.location(), "/orders/", "nothing is opened");
    assert!(door.post("/orders/many/x/", &cookie, &[("kind", "trash")]).await.status.is_client_error());
}

#[tokio::test]
async fn who_only_reads_is_offered_nothing_to_tick() {
    let door = door().await;
    let cookie = door.signed_in("ruth").await;
    let list = door.get("/orders/", &cookie).await;
    assert!(!list.body.contains("name=\"pick\"") && !list.body.contains("/orders/many/") && !list.body.contains("/duplicates/"));
    assert_eq!(door.get("/duplicates/", &cookie).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        door.post("/duplicates/", &cookie, &[("by", "mobile"), ("key", "+447700900024"), ("name", "X")]).await.status,
        StatusCode::NOT_FOUND
    );
    let refused = door.post("/orders/many/", &cookie, &[("all", "/orders/")]).await;
    assert_eq!((refused.status, door.house.number("SELECT count(*) FROM bulks").await), (StatusCode::NOT_FOUND, 0));
}

#[tokio::test]
async fn candidates_become_one_company() {
    let door = door().await;
    let cookie = door.signed_in("layla").await;
    let page = door.get("/duplicates/", &cookie).await;
    assert_eq!(page.status, StatusCode::OK);
    let key = page.body.split("name=\"key\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let refused = door.post("/duplicates/", &cookie, &[("by", "mobile"), ("key", &key), ("name", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let chosen = door.post("/duplicates/", &cookie, &[("by", "mobile"), ("key", &key), ("name", "One & only")]).await;
    let ready = door.get(chosen.location(), &cookie).await;
    assert!(ready.body.contains("Set company: One &amp; only"), "{}", ready.body);
    for odd in [
        "/duplicates/?by=password_hash",
        "/duplicates/?by=place&after=%1f%00",
        "/duplicates/?after=' OR 1=1--",
        "/duplicates?by=email&after=a%1fb%1fc",
    ] {
        assert_eq!(door.get(&odd.replace(' ', "%20"), &cookie).await.status, StatusCode::OK, "{odd}");
    }
}

#[tokio::test]
async fn columns_are_chosen_and_remembered_by_each_person() {
    let door = door().await;
    let cookie = door.signed_in("layla").await;
    let before = door.get("/orders/", &cookie).await.body;
    assert!(before.contains("scope=\"col\">Network") && !before.contains("scope=\"col\">Postcode"), "{before}");
    let address = "/orders/?status=NW&page=2";
    let chosen = door
        .post(
            "/profile/columns/",
            &cookie,
            &[("address", address), ("column", "number"), ("column", "postcode"), ("column", "team"), ("column", "password_hash")],
        )
        .await;
    assert_eq!(chosen.location(), address);
    let again = door.signed_in("layla").await;
    let after = door.get("/orders/", &again).await.body;
    assert!(
        after.contains("scope=\"col\">Postcode") && after.contains("scope=\"col\">Team") && !after.contains("scope=\"col\">Network"),
        "{after}"
    );
    assert!(after.contains("row-link"), "the customer always stands there");
    assert!(!door.get("/orders/", &door.signed_in("neil").await).await.body.contains("scope=\"col\">Postcode"));
    door.post("/profile/columns/", &cookie, &[("address", "//evil.example"), ("column", "postcode"), ("column", "usual")]).await;
    assert!(door.get("/orders/", &cookie).await.body.contains("scope=\"col\">Network"));
}

#[tokio::test]
async fn what_is_due_stands_on_top_of_ones_own_orders_alone() {
    let door = door().await;
    door.house.sql("UPDATE orders SET follow_up_on = '2026-11-20', status = 'HD' WHERE id IN (SELECT o.id FROM orders o JOIN users u ON u.id = o.owner_id WHERE u.username = 'xavier' ORDER BY o.id LIMIT 7)").await.unwrap();
    let cookie = door.signed_in("xavier").await;
    let mine = door.get("/orders/mine/", &cookie).await.body;
    assert!(mine.contains("due-top") && mine.contains(">All 7 due<"), "{mine}");
    for other in ["/orders/", "/orders/mine/?page=2", "/orders/mine/?status=NW", "/orders/due/"] {
        assert!(!door.get(other, &cookie).await.body.contains("due-top"), "{other}");
    }
}

#[tokio::test]
async fn a_follow_up_is_set_and_what_is_wrong_is_said_beside_it() {
    let door = door().await;
    let cookie = door.signed_in("layla").await;
    let at = "/orders/1000001/follow-up/";
    let refused = door.post(at, &cookie, &[("act", "on"), ("follow_up_on", "31/02/2026"), ("follow_up_note", "ask for Jo")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("That day is not in the calendar.") && refused.body.contains("ask for Jo"), "{}", refused.body);
    let set = door.post(at, &cookie, &[("act", "on"), ("follow_up_on", "2026-12-03"), ("follow_up_note", "ask for Jo")]).await;
    assert_eq!(set.location(), "/orders/1000001/", "{}", set.body);
    assert!(door.get("/orders/1000001/", &cookie).await.body.contains("Call back, 3 Dec 2026: ask for Jo"));
    assert_eq!(door.post(at, &cookie, &[("act", "never")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn nothing_selected_leads_back_to_the_list_with_a_sentence() {
    let door = door().await;
    let cookie = door.signed_in("layla").await;
    let request = Request::post("/orders/many/")
        .header(header::COOKIE, &cookie)
        .header("sec-fetch-site", "same-origin")
        .header(header::REFERER, format!("{}/orders/?status=HD", crate::harness::BASE))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = door.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/orders/?status=HD"));
    let page = door.get("/orders/?status=HD", &format!("{cookie}; flash=unpicked")).await;
    assert!(page.body.contains("Select at least one order first."), "{}", page.body);
    let foreign = Request::post("/orders/many/")
        .header(header::COOKIE, &cookie)
        .header("sec-fetch-site", "same-origin")
        .header(header::REFERER, "https://evil.example/orders/")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    assert_eq!(door.send(foreign.body(Body::empty()).unwrap()).await.location(), "/orders/");
    // Every error page leads on.
    let page = door.post("/orders/many/", &cookie, &[("pick", "nothing")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("href=\"/orders/\"") && page.body.contains("href=\"/\""), "{}", page.body);
}
