//! Everything but sign-in needs a session; nothing from another site changes anything.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};

use crate::harness::{BASE, form, server};

const PAGES: [&str; 28] = [
    "/",
    "/dashboard/",
    "/dashboard",
    "/orders/",
    "/orders",
    "/orders/today/",
    "/orders/today",
    "/orders/week/",
    "/orders/month/",
    "/orders/connected/month/",
    "/orders/mine/",
    "/orders/new/",
    "/orders/new",
    "/orders/1000001/",
    "/orders/1000001",
    "/orders/1000001/update/",
    "/orders/1000001/comment/",
    "/orders/1000001/move/",
    "/crm/1",
    "/orders/search/?query=moor",
    "/orders/due/",
    "/orders/trash/",
    "/orders/board/",
    "/views/",
    "/campaigns/",
    "/profile/",
    "/admin/users/",
    "/anything/else",
];

#[tokio::test]
async fn every_page_sends_a_stranger_to_sign_in_and_back() {
    let server = server().await;
    for path in PAGES {
        let answer = server.get(path, "").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert!(answer.location().starts_with("/login/"), "{path}: {}", answer.location());
        assert!(!answer.body.contains("Moorland"), "{path}");
    }
    assert_eq!(server.get("/orders/?page=2&status=HD", "").await.location(), "/login/?next=%2Forders%2F%3Fpage%3D2%26status%3DHD");
}

#[tokio::test]
async fn every_server_function_refuses_a_stranger() {
    let server = server().await;
    let paths: Vec<&str> = leptos_axum_paths();
    assert!(paths.len() >= 10, "{paths:?}");
    for path in paths {
        assert!(path.starts_with("/fn/"), "{path}");
        let request = Request::post(path).header("sec-fetch-site", "same-origin").header(header::CONTENT_TYPE, "application/json");
        let answer = server.send(request.body(Body::from("{}")).unwrap()).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::UNAUTHORIZED, "\"SignedOut\""), "{path}");
    }
}

fn leptos_axum_paths() -> Vec<&'static str> {
    leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).collect()
}

#[tokio::test]
async fn a_stranger_changes_nothing_by_posting() {
    let server = server().await;
    let before = server
        .world
        .number("SELECT (SELECT count(*) FROM orders) + (SELECT count(*) FROM comments) + (SELECT count(*) FROM order_history)")
        .await;
    for path in
        ["/orders/new/", "/orders/1000001/update/", "/orders/1000001/move/", "/orders/1000001/comment/", "/orders/1000001/comment/update/"]
    {
        let answer = server.post(path, "", &[("business_name", "Stranger"), ("body", "hello"), ("to", "HD"), ("version", "1")]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let after = server
        .world
        .number("SELECT (SELECT count(*) FROM orders) + (SELECT count(*) FROM comments) + (SELECT count(*) FROM order_history)")
        .await;
    assert_eq!(before, after);
}

#[tokio::test]
async fn posts_must_come_from_this_site() {
    let server = server().await;
    let cookie = server.signed_in("xavier").await;
    let cases: [(&[(&str, &str)], bool); 10] = [
        (&[("sec-fetch-site", "same-origin")], true),
        (&[("sec-fetch-site", "same-site")], false),
        (&[("sec-fetch-site", "cross-site")], false),
        (&[("sec-fetch-site", "none")], false),
        (&[("sec-fetch-site", "cross-site"), ("origin", BASE)], false),
        (&[("origin", BASE)], true),
        (&[("origin", "null")], false),
        (&[("origin", "http://127.0.0.1:3000.evil.example")], false),
        (&[("referer", "http://127.0.0.1:3000/orders/")], true),
        (&[], false),
    ];
    for (headers, passes) in cases {
        let mut request =
            Request::post("/theme/").header(header::COOKIE, &cookie).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = server.send(request.body(Body::from(form(&[("theme", "dark")]))).unwrap()).await;
        assert_eq!(answer.status == StatusCode::SEE_OTHER, passes, "{headers:?}: {}", answer.status);
    }
}

#[tokio::test]
async fn nothing_that_changes_data_answers_to_get() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    let before = server.world.number("SELECT count(*) FROM order_history").await;
    for path in ["/logout/", "/theme/", "/fn/orders/create", "/orders/1000001/move/?to=HD&version=1", "/orders/1000001/comment/?body=x"] {
        server.get(path, &cookie).await;
    }
    assert_eq!(server.world.number("SELECT count(*) FROM order_history").await, before);
    assert_eq!(server.get("/orders/", &cookie).await.status, StatusCode::OK, "still signed in");
}

#[tokio::test]
async fn headers_stand_on_every_answer() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    for (path, cookie) in
        [("/orders/", cookie.as_str()), ("/login/", ""), ("/pkg/none.js", ""), ("/orders/none/", &cookie), ("/livez", ""), ("/readyz", "")]
    {
        let answer = server.get(path, cookie).await;
        for name in [
            "content-security-policy",
            "x-content-type-options",
            "referrer-policy",
            "cross-origin-opener-policy",
            "cross-origin-resource-policy",
            "permissions-policy",
            "cache-control",
        ] {
            assert!(answer.headers.contains_key(name), "{path}: {name}");
        }
        assert!(answer.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"), "{path}");
        assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
    }
}
