//! Plain forms: 303 on success, the same page with values and messages otherwise.

use axum::http::StatusCode;

use crate::harness::server;

#[tokio::test]
async fn an_order_is_written_moved_and_talked_about_by_plain_forms() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    let page = server.get("/orders/new/", &cookie).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("name=\"business_name\"") && page.body.contains("method=\"post\""));
    let answer = server.post("/orders/new/", &cookie, &[("business_name", "Plain & simple"), ("box_value", "£1,234.50")]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/orders/1000401/"));
    let page = server.get("/orders/1000401/", &cookie).await;
    assert!(page.body.contains("Plain &amp; simple") && page.body.contains("£1,234.50"), "{}", page.body);
    for (to, version) in [("TP", "1"), ("CN", "2")] {
        let answer = server.post("/orders/1000401/move/", &cookie, &[("to", to), ("version", version)]).await;
        assert_eq!(answer.location(), "/orders/1000401/", "{}", answer.body);
    }
    assert_eq!(server.post("/orders/1000401/comment/", &cookie, &[("body", "one\ntwo")]).await.status, StatusCode::SEE_OTHER);
    let id = server.world.number("SELECT max(id) FROM comments").await.to_string();
    let answer = server.post("/orders/1000401/comment/update/", &cookie, &[("comment_id", &id), ("status", "Closed")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let page = server.get("/orders/1000401", &cookie).await;
    assert!(
        page.body.contains("one\ntwo") && page.body.contains("Closed by Layla Reyes") && page.body.contains("22 Nov 2026"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn a_refused_form_keeps_every_typed_word_beside_its_messages() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    let typed = [
        ("business_name", "Typed <b>once</b>"),
        ("box_value", "-5"),
        ("mobile", "nonsense"),
        ("additional_details", "line one\nline two"),
        ("date_of_birth", "2026-02-31"),
    ];
    let answer = server.post("/orders/new/", &cookie, &typed).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for text in [
        "Typed &lt;b&gt;once&lt;/b&gt;",
        "value=\"-5\"",
        "value=\"nonsense\"",
        "line one\nline two",
        "2026-02-31",
        "Enter an amount of 0 or more",
        "This date doesn't exist",
        "Check 3 fields below",
    ] {
        assert!(answer.body.contains(text), "{text}");
    }
    assert_eq!(server.world.number("SELECT count(*) FROM orders").await, 400);
}

#[tokio::test]
async fn a_second_save_shows_both_and_a_choice_settles_it() {
    let server = server().await;
    let (layla, neil) = (server.signed_in("layla").await, server.signed_in("neil").await);
    server.post("/orders/new/", &layla, &[("business_name", "Ours"), ("handset", "Nokia")]).await;
    server
        .post("/orders/1000401/update/", &layla, &[("version", "1"), ("business_name", "Ours"), ("handset", "Pixel"), ("tariff", "new")])
        .await;
    let mine = [("version", "1"), ("business_name", "Ours"), ("handset", "iPhone"), ("sale_type", "Port")];
    let answer = server.post("/orders/1000401/update/", &neil, &mine).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    for text in ["Layla Reyes", "Nokia", "Pixel", "iPhone", "pick.handset", "value=\"Port\""] {
        assert!(answer.body.contains(text), "{text}: {}", answer.body);
    }
    let choice = [
        ("version", "2"),
        ("business_name", "Ours"),
        ("handset", "iPhone"),
        ("tariff", "new"),
        ("sale_type", "Port"),
        ("pick.handset", "theirs"),
        ("theirs.handset", "Pixel"),
    ];
    assert_eq!(server.post("/orders/1000401/update/", &neil, &choice).await.status, StatusCode::SEE_OTHER);
    let stored = server.world.text("SELECT handset || '/' || tariff || '/' || sale_type FROM orders WHERE number = '1000401'").await;
    assert_eq!(stored.as_deref(), Some("Pixel/new/Port"));
}

#[tokio::test]
async fn a_refused_move_and_an_empty_comment_show_the_order_again() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    server.post("/orders/new/", &cookie, &[("business_name", "Again")]).await;
    let answer = server.post("/orders/1000401/move/", &cookie, &[("to", "CNL"), ("version", "1")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("Choose a loss reason"), "{}", answer.body);
    let answer = server.post("/orders/1000401/comment/", &cookie, &[("body", " ")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("Enter a comment"), "{}", answer.body);
}

#[tokio::test]
async fn a_status_change_that_the_order_no_longer_allows_keeps_what_was_typed() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    server.post("/orders/new/", &cookie, &[("business_name", "Again")]).await;
    // The form of a second tab: the order was cancelled in the first one.
    let first = [("to", "CNL"), ("version", "1"), ("loss_reason", "Price")];
    assert_eq!(server.post("/orders/1000401/move/", &cookie, &first).await.status, StatusCode::SEE_OTHER);
    for version in ["1", "2"] {
        let second = [("to", "CNL"), ("version", version), ("loss_reason", "Moved to a rival")];
        let answer = server.post("/orders/1000401/move/", &cookie, &second).await;
        assert!(answer.status.is_client_error(), "{version}: {}", answer.status);
        assert!(
            answer.body.contains("value=\"Moved to a rival\"") && answer.body.contains("<details open class=\"transitions-details\">"),
            "{version}: {}",
            answer.body
        );
    }
}

#[tokio::test]
async fn fields_that_are_no_fields_are_not_obeyed() {
    let server = server().await;
    let cookie = server.signed_in("xavier").await;
    server
        .post(
            "/orders/new/",
            &cookie,
            &[
                ("business_name", "Sly"),
                ("number", "7"),
                ("created_at", "1"),
                ("connected_on", "2020-01-01"),
                ("version", "9"),
                ("owner_id", "1"),
                ("role", "admin"),
            ],
        )
        .await;
    let row = server.world.text("SELECT number || '/' || CAST(version AS TEXT) || '/' || coalesce(CAST(connected_on AS TEXT), 'none') FROM orders WHERE business_name = 'Sly'").await;
    assert_eq!(row.as_deref(), Some("1000401/1/none"));
}

#[tokio::test]
async fn old_addresses_lead_to_the_number() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    server.world.sql("UPDATE orders SET legacy_id = 55 WHERE number = '1000005'").await.unwrap();
    assert_eq!(server.get("/crm/55", &cookie).await.location(), "/orders/1000005/");
    assert_eq!(server.get("/crm/56", &cookie).await.status, StatusCode::NOT_FOUND);
    let uuid = "019aa0c4-0000-7000-8000-000000000001";
    server.post("/orders/new/", &cookie, &[("business_name", "By uuid"), ("uuid", uuid)]).await;
    assert_eq!(server.get(&format!("/orders/{uuid}/"), &cookie).await.location(), "/orders/1000401/");
}

#[tokio::test]
async fn missing_and_forbidden_look_the_same() {
    let server = server().await;
    db::settings::write(&server.world.db, "sight", "own").await.unwrap();
    let xavier = server.signed_in("xavier").await;
    let other = server
        .world
        .text("SELECT number FROM orders WHERE owner_id = (SELECT id FROM users WHERE username = 'mercy') LIMIT 1")
        .await
        .unwrap();
    let (forbidden, missing) = (server.get(&format!("/orders/{other}/"), &xavier).await, server.get("/orders/9999999/", &xavier).await);
    assert_eq!((forbidden.status, missing.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert!(forbidden.body.contains("Page not found. It may not exist, or you may not have access"));
}

#[tokio::test]
async fn a_form_that_meets_a_database_that_is_away_is_kept_to_be_sent_again() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    server.world.db.clone().close().await;
    let answer = server.post("/orders/new/", &cookie, &[("business_name", "Typed & kept"), ("additional_details", "every word")]).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    for text in ["Typed &amp; kept", "every word", "action=\"/orders/new/\"", "Send again"] {
        assert!(answer.body.contains(text), "{text}: {}", answer.body);
    }
    assert_eq!(server.get("/orders/", &cookie).await.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn what_is_allowed_and_odd_is_questioned_once_it_is_saved() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    let said = async |answer: crate::harness::TestResponse| {
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let flash = answer.cookies().into_iter().find(|it| it.starts_with("flash=")).unwrap_or_default();
        let flash = flash.split(';').next().unwrap_or_default().to_owned();
        let page = server.get(answer.location(), &format!("{cookie}; {flash}")).await.body;
        let (_, said) = page.split_once("class=\"flash\"").unwrap_or_else(|| panic!("{flash} says nothing"));
        said.split("</span>").next().unwrap_or_default().split("<span>").last().unwrap_or_default().replace("<!>", "")
    };
    let new = [("business_name", "Odd"), ("billing_postcode", "???")];
    assert_eq!(
        said(server.post("/orders/new/", &cookie, &new).await).await,
        "Order 1000401 created. The postcode doesn't look valid: check it"
    );
    let follow = [("act", "on"), ("follow_up_on", "2026-11-21"), ("follow_up_kind", "call_back")];
    assert_eq!(
        said(server.post("/orders/1000401/follow-up/", &cookie, &follow).await).await,
        "Follow-up saved. The follow-up date is in the past: check it"
    );
    // What stands there already is asked about no more.
    let edit = [
        ("version", "2"),
        ("status", "NW"),
        ("business_name", "Odd one"),
        ("billing_postcode", "???"),
        ("follow_up_on", "2026-11-21"),
        ("follow_up_kind", "call_back"),
    ];
    assert_eq!(said(server.post("/orders/1000401/update/", &cookie, &edit).await).await, "Changes saved");
}
