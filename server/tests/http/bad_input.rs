//! Nonsense in addresses and bodies: the nearest sensible page, or a clear refusal; never a 500.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};

use crate::harness::{FORM, JSON, form, server};

#[tokio::test]
async fn nonsense_in_an_address_is_ignored_and_named() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    for query in [
        "page=-1",
        "page=0",
        "page=1e18",
        "page=99999999999999999999",
        "per_page=1e9",
        "per_page=0",
        "status=%27%20OR%201%3D1--",
        "owner=%25",
        "owner=-1",
        "older=forged",
        "newer=1.x",
        "on=2026-02-31",
        "sort=password_hash",
        "dir=;drop",
        "timezone=UTC'||pg_sleep(5)--",
    ] {
        let answer = server.get(&format!("/orders/?{query}"), &cookie).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}");
        assert!(answer.body.contains("class=\"notice notice-ignored\""), "{query}: nothing was said");
    }
    for query in [
        "older=9223372036854775807.9223372036854775807",
        "newer=-9223372036854775808.1",
        "status=%00",
        "page=%FF",
        "a=b&&=&%",
        "on=2199-12-31",
    ] {
        for list in ["/orders/", "/orders/connected/month/"] {
            let answer = server.get(&format!("{list}?{query}"), &cookie).await;
            assert_eq!(answer.status, StatusCode::OK, "{list} {query}");
        }
    }
    assert_eq!(server.get(&format!("/orders/?status={}", "x".repeat(30_000)), &cookie).await.status, StatusCode::OK);
}

#[tokio::test]
async fn odd_paths_are_missing_pages_with_a_way_on() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    for path in [
        "/orders/none/",
        "/orders/%27/",
        "/orders/..%2f..%2fetc/",
        "/%2e%2e/x",
        "/nothing",
        "/orders/1000001/nothing/",
        "/crm/x",
        "/orders/%00/",
    ] {
        let answer = server.get(path, &cookie).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.body.contains("href=\"/orders/\""), "{path}");
    }
    assert_eq!(server.get("//orders//", &cookie).await.status, StatusCode::OK);
}

#[tokio::test]
async fn bodies_of_the_wrong_kind_are_refused_before_anything_is_read() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    let send = async |path: &str, kind: &str, body: Vec<u8>| server.post_body(path, &cookie, kind, body).await.status;
    let plain = FORM;
    assert_eq!(send("/orders/new/", "multipart/form-data", b"x".to_vec()).await, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(send("/orders/new/", "text/plain", b"{}".to_vec()).await, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(send("/orders/new/", plain, b"business_name=%FF%FE".to_vec()).await, StatusCode::BAD_REQUEST);
    assert_eq!(send("/orders/new/", plain, form(&[("business_name", "nul\0")]).into_bytes()).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        send("/orders/new/", plain, form(&[("business_name", &"x".repeat(1_000_000))]).into_bytes()).await,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(send("/orders/new/", plain, vec![b'x'; 3 * 1024 * 1024]).await, StatusCode::PAYLOAD_TOO_LARGE);
    for (kind, body) in [
        ("text/plain", "{}"),
        ("application/json", "{"),
        ("application/json", "[]"),
        ("multipart/form-data", "x"),
        ("application/json", "{\"number\": 5}"),
    ] {
        let status = send("/fn/orders/show", kind, body.into()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{kind} {body}");
    }
    assert_eq!(server.world.number("SELECT count(*) FROM orders").await, 400);
}

#[tokio::test]
async fn a_request_of_a_page_that_cannot_be_read_says_so() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    for (path, body) in [
        ("/fn/orders/show", "{"),
        ("/fn/orders/show", "{\"number\": 5}"),
        ("/fn/orders/create", "{}"),
        ("/fn/orders/change_status", "{\"number\": \"1000001\", \"version\": 1, \"to\": \"XX\", \"asked\": {}}"),
        ("/fn/orders/suggest", "{\"field\": \"moon\", \"typed\": \"\"}"),
        ("/fn/comments/save", "\u{0}"),
    ] {
        let answer = server.post_body(path, &cookie, JSON, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path} {body}");
        let error: app::error::AppError = serde_json::from_str(&answer.body).unwrap();
        assert!(
            error.0.sentence().starts_with("This request can't be read, so nothing was changed. Reload the page and try again ("),
            "{path} {body}: {error}"
        );
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_called_incomplete_and_one_that_is_too_large_is_called_that() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    for (path, kind) in [("/login/", FORM), ("/orders/new/", FORM), ("/fn/orders/show", JSON), ("/api/v1/sync", JSON)] {
        let parts = [Ok("{\"a"), Err(std::io::Error::other("cut"))];
        let broken = server.post_body(path, &cookie, kind, Body::from_stream(futures_util::stream::iter(parts))).await;
        let large = server.post_body(path, &cookie, kind, vec![b' '; 3 << 20]).await;
        for (answer, status, sentence) in [
            (broken, StatusCode::BAD_REQUEST, "The form arrived incomplete, so nothing was saved. Go back and send it again."),
            (
                large,
                StatusCode::PAYLOAD_TOO_LARGE,
                "This form is larger than two megabytes, so nothing was saved. Go back, shorten the text and send it again.",
            ),
        ] {
            assert_eq!(answer.status, status, "{path}");
            let said = match path.split('/').nth(1) {
                Some("fn") => serde_json::from_str::<app::error::AppError>(&answer.body).unwrap().0.sentence(),
                Some("api") => serde_json::from_str::<serde_json::Value>(&answer.body).unwrap()["error"].as_str().unwrap().to_owned(),
                _ => answer.body,
            };
            assert_eq!(said, sentence, "{path}");
        }
    }
}

#[tokio::test]
async fn no_form_has_more_than_two_thousand_fields_and_no_address_more_than_32_kib() {
    let server = server().await;
    let (layla, ruth) = (server.signed_in("layla").await, server.signed_in("ruth").await);
    let send = async |path: &str, cookie: &str, body: String| server.post_body(path, cookie, FORM, body).await;
    // The largest body that is taken, of the names that are looked up in pairs.
    let many = "pick.handset=theirs&".repeat(90_000);
    for path in ["/orders/1000001/update/", "/orders/9999999/update/", "/orders/new/", "/orders/bulk/", "/theme/", "/admin/settings/rules/"]
    {
        for cookie in [&layla, &ruth] {
            let answer = send(path, cookie, many.clone()).await;
            assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
            assert_eq!(answer.body, "This form has more than 2000 fields, so nothing was saved", "{path}");
        }
    }
    // As many as there may be are read, the first of each name.
    let most = format!("business_name=Oakley&version=1&{}", "pick.handset=theirs&theirs.handset=iPhone&".repeat(999));
    assert_eq!(send("/orders/9999999/update/", &layla, most).await.status, StatusCode::NOT_FOUND);
    assert_eq!(server.get(&format!("/orders/?status={}", "x".repeat(33_000)), &layla).await.status, StatusCode::URI_TOO_LONG);
}

#[tokio::test]
async fn the_wrong_method_is_told_so() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    for method in ["PUT", "DELETE", "PATCH"] {
        let request = Request::builder()
            .method(method)
            .uri("/orders/1000001/")
            .header(header::COOKIE, &cookie)
            .header("sec-fetch-site", "same-origin");
        assert_eq!(server.send(request.body(Body::empty()).unwrap()).await.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
    }
}

#[tokio::test]
async fn what_was_typed_as_markup_is_shown_as_text() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    let number = server.world.text("SELECT number FROM orders WHERE business_name LIKE '%svg/onload%'").await.unwrap();
    for path in [format!("/orders/{number}/"), format!("/orders/{number}/update/"), "/orders/".to_owned()] {
        let answer = server.get(&path, &cookie).await;
        assert_eq!(answer.status, StatusCode::OK);
        for (at, _) in answer.body.match_indices("<svg/onload") {
            // Inside a quoted attribute it is text; a quote in there is escaped.
            let before = &answer.body[..at];
            let opened = before.rfind("=\"").map_or(0, |it| it + 2);
            assert!(opened > 0 && !before[opened..].contains('"'), "{path}: {}", &answer.body[at.saturating_sub(200)..at + 20]);
        }
        assert!(!answer.body.contains("<script>alert(2)"), "{path}");
    }
}
