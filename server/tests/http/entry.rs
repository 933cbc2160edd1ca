//! Sign-in, sign-out, the first admin, invitations.

use axum::http::StatusCode;
use db::testing::{empty, house};

use crate::harness::{door, door_of};

#[tokio::test]
async fn a_sign_in_opens_a_new_session_and_goes_where_one_wanted() {
    let door = door().await;
    let answer = door
        .post(
            "/login/",
            "curlew=AAAAAAAAAAAAAAAAAAAAAA",
            &[("username", "layla"), ("password", db::demo::PASSWORD), ("next", "/orders/mine/?page=1")],
        )
        .await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/orders/mine/?page=1"));
    let cookie = answer.cookies().into_iter().find(|it| it.starts_with("curlew=")).unwrap();
    assert!(!cookie.starts_with("curlew=AAAA"), "an id that was fixed beforehand is not taken");
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "plain http on loopback");
}

#[tokio::test]
async fn over_tls_the_cookie_is_host_bound_and_secure() {
    let door = door_of(house().await, "https://crm.example.com").await;
    let answer = door.post("/login/", "", &[("username", "layla"), ("password", db::demo::PASSWORD)]).await;
    let cookie = answer.cookies().into_iter().find(|it| it.starts_with("__Host-curlew=")).unwrap();
    assert!(cookie.contains("Secure"), "{cookie}");
    assert!(answer.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn next_stays_on_this_site() {
    let door = door().await;
    for next in ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example", "", "/login/"] {
        let answer = door.post("/login/", "", &[("username", "layla"), ("password", db::demo::PASSWORD), ("next", next)]).await;
        assert_eq!(answer.location(), "/", "{next}");
    }
}

#[tokio::test]
async fn a_wrong_password_keeps_the_name_and_says_one_sentence() {
    let door = door().await;
    let answer = door.post("/login/", "", &[("username", "lay\"la"), ("password", "no"), ("next", "/orders/mine/")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer.body.contains("lay&quot;la") && answer.body.contains("do not match") && answer.body.contains("/orders/mine/"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn sign_out_ends_the_session_and_clears_the_cache() {
    let door = door().await;
    let cookie = door.signed_in("layla").await;
    assert_eq!(door.get("/orders/", &cookie).await.status, StatusCode::OK);
    let answer = door.post("/logout/", &cookie, &[]).await;
    assert_eq!((answer.location(), answer.headers["clear-site-data"].to_str().unwrap()), ("/login/", "\"cache\""));
    assert_eq!(door.get("/orders/", &cookie).await.status, StatusCode::SEE_OTHER);
    assert_eq!(door.house.number("SELECT count(*) FROM sessions").await, 0);
    assert_eq!(door.house.number("SELECT count(*) FROM activity WHERE kind = 'signed_out'").await, 1);
}

#[tokio::test]
async fn a_deactivated_person_is_out_at_once() {
    let door = door().await;
    let cookie = door.signed_in("gus").await;
    door.house.sql("UPDATE users SET active = FALSE WHERE username = 'gus'").await.unwrap();
    assert_eq!(door.get("/orders/", &cookie).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_was_typed_survives_a_session_that_ran_out() {
    let door = door().await;
    let typed = [("business_name", "Kept & safe Ltd"), ("mobile", "07700 900123"), ("uuid", "019aa0c4-0000-7000-8000-000000000001")];
    let answer = door.post("/orders/new/", "", &typed).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let body = crate::harness::form(&typed);
    assert!(answer.body.contains("is kept") && answer.body.contains(&body.replace('&', "&amp;")), "{}", answer.body);
    let answer = door
        .post(
            "/login/",
            "",
            &[("username", "layla"), ("password", db::demo::PASSWORD), ("kept_address", "/orders/new/"), ("kept_body", &body)],
        )
        .await;
    assert_eq!(answer.location(), "/orders/new/");
    let cookie = answer.cookies().into_iter().find(|it| it.starts_with("curlew=")).unwrap();
    let page = door.get("/orders/new/", cookie.split(';').next().unwrap()).await;
    assert!(page.body.contains("Kept &amp; safe Ltd") && page.body.contains("signed in again"), "{}", page.body);
}

#[tokio::test]
async fn an_empty_database_asks_for_the_first_admin_with_the_token_of_the_log() {
    let house = empty().await;
    let (config, _) = server::config::Config::judge(|_| None);
    let state = server::serve::state(house.db.clone(), config.unwrap(), std::time::Duration::from_millis(1));
    let token = state.setup.token.clone();
    let door = crate::harness::Door { house, router: server::router::router(state) };
    assert_eq!(door.get("/orders/", "").await.location(), "/setup/");
    assert_eq!(door.get("/login/", "").await.location(), "/setup/");
    let person = [("username", "boss"), ("password", "a fine long one"), ("again", "a fine long one")];
    for wrong in ["", "guess"] {
        let answer = door.post("/setup/", "", &[&person[..], &[("token", wrong)]].concat()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let answer = door.post("/setup/", "", &[&person[..], &[("token", &token)]].concat()).await;
    assert_eq!(answer.location(), "/login/");
    let answer = door
        .post(
            "/setup/",
            "",
            &[&[("username", "second"), ("password", "a fine long one"), ("again", "a fine long one")][..], &[("token", &token)]].concat(),
        )
        .await;
    assert_eq!(answer.location(), "/login/");
    assert_eq!(door.house.number("SELECT count(*) FROM users").await, 1);
}

#[tokio::test]
async fn an_invitation_sets_a_password_once() {
    let door = door().await;
    let token = db::users::reset(&door.house.db, "dawn").await.unwrap();
    let path = format!("/invite/{token}/");
    assert!(door.get(&path, "").await.body.contains("dawn"));
    let words = "another fine sentence";
    assert_eq!(door.post(&path, "", &[("password", words), ("again", "other")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(door.post(&path, "", &[("password", words), ("again", words)]).await.location(), "/login/");
    assert_eq!(door.post(&path, "", &[("password", words), ("again", words)]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(door.get("/invite/made-up/", "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_spoofed_address_does_not_slip_past_the_throttle() {
    let door = door().await;
    for n in 0..10 {
        let request = axum::http::Request::post("/login/")
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-forwarded-for", format!("10.0.0.{n}"));
        // One of them at the account that is asked for: an account at which nobody failed is let through.
        let name = if n == 0 { "layla".to_owned() } else { format!("name{n}") };
        let body = crate::harness::form(&[("username", &name), ("password", "wrong")]);
        door.send(request.body(axum::body::Body::from(body)).unwrap()).await;
    }
    let answer = door.post("/login/", "", &[("username", "layla"), ("password", db::demo::PASSWORD)]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "ten failures of one real address");
}

#[tokio::test]
async fn a_session_of_somebody_who_is_not_active_any_more_does_not_go_round_in_circles() {
    let door = door().await;
    let cookie = door.signed_in("gus").await;
    door.house.sql("UPDATE users SET active = FALSE WHERE username = 'gus'").await.unwrap();
    assert_eq!(door.get("/login/", &cookie).await.status, StatusCode::OK);
}

#[test]
fn a_base_address_needs_its_scheme() {
    for url in ["crm.example.com", "http://crm.example.com", "ftp://x", "https://", "https://x/path"] {
        let (config, _) = server::config::Config::judge(|name| (name == "CURLEW_BASE_URL").then(|| url.to_owned()));
        assert!(config.is_none(), "{url}");
    }
}

#[tokio::test]
async fn a_person_sees_and_signs_out_the_own_devices_and_nobody_elses() {
    let door = door().await;
    let (here, phone, foreign) = (door.signed_in("layla").await, door.signed_in("layla").await, door.signed_in("xavier").await);
    let page = door.get("/profile/", &here).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.body.matches("Signed in on").count(), 1);
    assert_eq!(page.body.matches(r#"name="device""#).count(), 1, "the other one of the own two has a form: {}", page.body);
    let somebody_elses =
        door.house.text("SELECT id_hash FROM sessions WHERE user_id = (SELECT id FROM users WHERE username = 'xavier')").await.unwrap();
    assert_eq!(door.post("/profile/devices/", &here, &[("device", &somebody_elses)]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(door.get("/orders/", &foreign).await.status, StatusCode::OK);
    let id = page.body.split(r#"name="device" value=""#).nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(door.post("/profile/devices/", &here, &[("device", &id)]).await.location(), "/profile/");
    assert_eq!(door.get("/orders/", &phone).await.status, StatusCode::SEE_OTHER, "the phone is signed out");
    assert_eq!(door.get("/orders/", &here).await.status, StatusCode::OK);
    let tablet = door.signed_in("layla").await;
    door.post("/profile/devices/", &here, &[("others", "yes")]).await;
    assert_eq!(door.get("/orders/", &tablet).await.status, StatusCode::SEE_OTHER);
    assert_eq!(door.get("/orders/", &here).await.status, StatusCode::OK);
}
