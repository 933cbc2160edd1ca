//! Whose page a request comes from: another tab of the same browser may have signed in as somebody else since the page was opened.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};

use crate::harness::{TestServer, form, server};

async fn id_of(server: &TestServer, username: &str) -> String {
    server.world.number(&format!("SELECT id FROM users WHERE username = '{username}'")).await.to_string()
}

/// The forms of a page that post, but for those that anybody may post.
fn posting(html: &str) -> Vec<&str> {
    let forms = html.split("<form").skip(1).map(|it| it.split("</form>").next().unwrap_or_default());
    let is_public = |form: &str| ["action=\"/theme/\"", "action=\"/logout/\""].iter().any(|it| form.contains(it));
    forms.filter(|form| form.split('>').next().is_some_and(|tag| tag.contains("method=\"post\"")) && !is_public(form)).collect()
}

#[tokio::test]
async fn every_form_that_posts_says_whose_page_it_is_on() {
    let server = server().await;
    let cookie = server.signed_in("ada").await;
    let mine = format!("name=\"page_user\" value=\"{}\"", id_of(&server, "ada").await);
    let number =
        server.world.text("SELECT number FROM orders WHERE status = 'HD' AND trashed_at IS NULL ORDER BY id LIMIT 1").await.unwrap();
    let mut seen = 0;
    for path in [
        "/orders/",
        "/orders/trash/",
        "/orders/board/",
        "/orders/new/",
        &format!("/orders/{number}/"),
        &format!("/orders/{number}/update/"),
        "/duplicates/",
        "/profile/",
        "/profile/edit/",
        "/profile/password/",
        "/reports/",
        "/targets/",
        "/commission/",
        "/campaigns/new/",
        "/companies/new/",
        "/admin/users/",
        "/admin/users/4/edit/",
        "/admin/settings/",
    ] {
        let page = server.get(path, &cookie).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        for form in posting(&page.body) {
            assert!(form.contains(&mine), "{path}: {form}");
            seen += 1;
        }
        let asking = page.body.split("<form").skip(1).map(|it| it.split("</form>").next().unwrap_or_default());
        assert!(
            asking.filter(|it| it.contains("method=\"get\"")).all(|it| !it.contains("page_user")),
            "{path}: an address says nothing of it"
        );
        assert!(page.body.contains(&format!("data-user=\"{}\"", id_of(&server, "ada").await)), "{path}");
    }
    assert!(seen > 20, "{seen} forms");
}

#[tokio::test]
async fn a_form_of_another_persons_page_is_refused_with_both_names_and_its_text() {
    let server = server().await;
    let xavier = server.signed_in("xavier").await;
    let (laylas, xaviers) = (id_of(&server, "layla").await, id_of(&server, "xavier").await);
    let before = server.world.number("SELECT count(*) FROM orders").await;
    let typed =
        [("uuid", "0190f3c0-7b7a-7000-8000-000000000001"), ("status", "NW"), ("business_name", "Oakley & Sons"), ("page_user", &laylas)];
    let answer = server.post("/orders/new/", &xavier, &typed).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.body.contains("opened by Layla") && answer.body.contains("Xavier"), "{}", answer.body);
    assert!(answer.body.contains("Oakley &amp; Sons"), "what was typed is there: {}", answer.body);
    assert_eq!(server.world.number("SELECT count(*) FROM orders").await, before);
    assert!(
        answer.body.contains(&format!("name=\"page_user\" value=\"{xaviers}\"")),
        "it can be sent as who is signed in: {}",
        answer.body
    );
    let again = [&typed[..3], &[("page_user", xaviers.as_str())][..]].concat();
    assert_eq!(server.post("/orders/new/", &xavier, &again).await.status, StatusCode::SEE_OTHER);
    // A tab that the release before opened says nothing of it.
    let old = [("uuid", "0190f3c0-7b7a-7000-8000-000000000002"), ("status", "NW"), ("business_name", "Old Tab Ltd")];
    assert_eq!(server.post("/orders/new/", &xavier, &old).await.status, StatusCode::SEE_OTHER);
    for path in ["/orders/bulk/", "/views/", "/profile/devices/", "/profile/password/", "/companies/new/"] {
        let answer = server.post(path, &xavier, &[("page_user", &laylas)]).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{path}");
    }
}

#[tokio::test]
async fn a_call_of_another_persons_page_is_refused_with_both_names() {
    let server = server().await;
    let xavier = server.signed_in("xavier").await;
    let body = r#"{"uuid":"0190f3c0-7b7a-7000-8000-000000000003","draft":{"status":"NW","business_name":"Oakley"}}"#;
    let call = |name: &str, user: &str, body: &str| {
        Request::post(format!("/fn/{name}"))
            .header(header::COOKIE, &xavier)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-curlew-user", user)
            .body(Body::from(body.to_owned()))
            .unwrap()
    };
    let laylas = id_of(&server, "layla").await;
    for (name, body) in [("orders/create", body), ("frame", "{}"), ("dashboard", r#"{"address":"/"}"#)] {
        let answer = server.send(call(name, &laylas, body)).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{name}: {}", answer.body);
        assert!(answer.body.contains("Layla") && answer.body.contains("Xavier"), "{}", answer.body);
    }
    assert_eq!(server.world.number("SELECT count(*) FROM orders WHERE business_name = 'Oakley'").await, 0);
    let mine = id_of(&server, "xavier").await;
    assert_eq!(server.send(call("orders/create", &mine, body)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_form_that_was_kept_through_a_sign_in_is_shown_to_the_person_who_typed_it_alone() {
    let server = server().await;
    let laylas = id_of(&server, "layla").await;
    let body = form(&[("status", "NW"), ("business_name", "Laylas Secret Ltd"), ("page_user", &laylas)]);
    let sign_in = async |name: &str| {
        let kept = [("username", name), ("password", db::demo::PASSWORD), ("kept_address", "/orders/new/"), ("kept_body", &body)];
        let answer = server.post("/login/", "", &kept).await;
        let cookie = answer.cookies().into_iter().find(|it| it.starts_with("curlew=")).unwrap();
        server.get("/orders/new/", cookie.split(';').next().unwrap()).await.body
    };
    assert!(!sign_in("xavier").await.contains("Laylas Secret"));
    assert!(sign_in("layla").await.contains("Laylas Secret"));
}
