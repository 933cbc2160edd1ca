//! Sign-in, sign-out, the first admin, invitations.

use axum::http::StatusCode;
use db::testing::{empty, world};

use crate::harness::{form, hidden, server, server_for};

#[tokio::test]
async fn a_sign_in_opens_a_new_session_and_goes_where_one_wanted() {
    let server = server().await;
    let answer = server
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
    let server = server_for(world().await, "https://crm.example.com").await;
    let answer = server.post("/login/", "", &[("username", "layla"), ("password", db::demo::PASSWORD)]).await;
    let cookie = answer.cookies().into_iter().find(|it| it.starts_with("__Host-curlew=")).unwrap();
    assert!(cookie.contains("Secure"), "{cookie}");
    assert!(answer.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn next_stays_on_this_site() {
    let server = server().await;
    for next in ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example", "", "/login/"] {
        let answer = server.post("/login/", "", &[("username", "layla"), ("password", db::demo::PASSWORD), ("next", next)]).await;
        assert_eq!(answer.location(), "/", "{next}");
    }
}

#[tokio::test]
async fn a_wrong_password_keeps_the_name_and_says_one_sentence() {
    let server = server().await;
    let answer = server.post("/login/", "", &[("username", "lay\"la"), ("password", "no"), ("next", "/orders/mine/")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer.body.contains("lay&quot;la") && answer.body.contains("don't match") && answer.body.contains("/orders/mine/"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn sign_out_ends_the_session_and_clears_the_cache() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    assert_eq!(server.get("/orders/", &cookie).await.status, StatusCode::OK);
    let answer = server.post("/logout/", &cookie, &[]).await;
    assert_eq!((answer.location(), answer.headers["clear-site-data"].to_str().unwrap()), ("/login/", "\"cache\""));
    assert_eq!(server.get("/orders/", &cookie).await.status, StatusCode::SEE_OTHER);
    assert_eq!(server.world.number("SELECT count(*) FROM sessions").await, 0);
    assert_eq!(server.world.number("SELECT count(*) FROM activity WHERE kind = 'signed_out'").await, 1);
}

#[tokio::test]
async fn a_deactivated_person_is_out_at_once() {
    let server = server().await;
    let cookie = server.signed_in("gus").await;
    server.world.sql("UPDATE users SET active = FALSE WHERE username = 'gus'").await.unwrap();
    assert_eq!(server.get("/orders/", &cookie).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_was_typed_survives_a_session_that_ran_out() {
    let server = server().await;
    let typed = [("business_name", "Kept & safe Ltd"), ("mobile", "07700 900123"), ("uuid", "019aa0c4-0000-7000-8000-000000000001")];
    let answer = server.post("/orders/new/", "", &typed).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let body = crate::harness::form(&typed);
    assert!(answer.body.contains("is kept") && answer.body.contains(&body.replace('&', "&amp;")), "{}", answer.body);
    let answer = server
        .post(
            "/login/",
            "",
            &[("username", "layla"), ("password", db::demo::PASSWORD), ("kept_address", "/orders/new/"), ("kept_body", &body)],
        )
        .await;
    assert_eq!(answer.location(), "/orders/new/");
    let cookie = answer.cookies().into_iter().find(|it| it.starts_with("curlew=")).unwrap();
    let page = server.get("/orders/new/", cookie.split(';').next().unwrap()).await;
    assert!(page.body.contains("Kept &amp; safe Ltd") && page.body.contains("signed in again"), "{}", page.body);
}

#[tokio::test]
async fn every_form_that_is_sent_after_its_session_ended_comes_back_and_no_password_is_stored_with_it() {
    let server = server().await;
    let marker = "Kept & <safe> 07700 900123";
    let shown = "Kept &amp; &lt;safe";
    let password = ("password", "a secret sentence");
    for (address, page, pairs) in [
        ("/orders/new/", "/orders/new/", vec![("business_name", marker)]),
        ("/orders/1000001/update/", "/orders/1000001/update/", vec![("business_name", marker), ("version", "1")]),
        ("/orders/1000001/move/", "/orders/1000001/move/", vec![("to", "CNL"), ("loss_reason", marker)]),
        ("/orders/1000001/comment/", "/orders/1000001/comment/", vec![("body", marker)]),
        ("/orders/1000001/follow-up/", "/orders/1000001/follow-up/", vec![("act", "on"), ("follow_up_note", marker)]),
        ("/campaigns/new/", "/campaigns/new/", vec![("name", marker)]),
        ("/campaigns/1/edit/", "/campaigns/1/edit/", vec![("target", marker)]),
        ("/companies/new/", "/companies/new/", vec![("note", marker)]),
        ("/companies/1/edit/", "/companies/1/edit/", vec![("monthly_spend", marker)]),
        ("/targets/person/4/", "/targets/?month=2026-11", vec![("month", "2026-11"), ("target", marker)]),
        ("/admin/users/new/", "/admin/users/new/", vec![("username", marker)]),
        ("/admin/users/4/edit/", "/admin/users/4/edit/", vec![("email", marker)]),
        ("/admin/settings/", "/admin/settings/", vec![("name", marker)]),
        ("/profile/edit/", "/profile/edit/", vec![("first_name", marker)]),
        ("/profile/password/", "/profile/password/", vec![("present", "a secret sentence"), password, ("again", "a secret sentence")]),
        (
            "/profile/confirm/",
            "/admin/users/4/edit/",
            vec![("confirm-to", "/admin/users/4/edit/"), ("confirm-password", "a secret sentence"), ("email", marker)],
        ),
        // These stand on no page of their own.
        ("/views/", "/send-again/", vec![("name", marker), ("address", "/orders/")]),
        ("/views/remove/", "/send-again/", vec![("id", "1")]),
        ("/orders/1000002/trash/", "/send-again/", vec![]),
        ("/orders/1000002/undo/", "/send-again/", vec![]),
        ("/orders/bulk/", "/send-again/", vec![("pick", "1000001"), ("pick", "1000002")]),
        ("/orders/bulk/1/", "/send-again/", vec![("kind", "comment"), ("note", marker)]),
        ("/profile/devices/", "/send-again/", vec![("others", "yes")]),
        ("/profile/columns/", "/send-again/", vec![("column", "status")]),
        ("/duplicates/", "/send-again/", vec![("order", "1000001"), ("name", marker)]),
        ("/orders/1000001/comment/update/", "/send-again/", vec![("comment_id", "1"), ("status", "closed")]),
        ("/companies/1/restore/", "/send-again/", vec![]),
        ("/admin/users/4/sign-out/", "/send-again/", vec![]),
        ("/admin/users/4/reset/", "/send-again/", vec![]),
        ("/admin/users/4/reactivate/", "/send-again/", vec![]),
        ("/admin/settings/choices/", "/send-again/", vec![("kind", "network"), ("name", marker)]),
        ("/admin/settings/choices/remove/", "/send-again/", vec![("id", "1")]),
        ("/admin/users/4/deactivate/", "/admin/users/4/edit/", vec![("give", "3")]),
        ("/companies/1/merge/", "/companies/1/merge/", vec![("into", marker)]),
    ] {
        let refused = server.post(address, "", &pairs).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{address}");
        assert!(!refused.body.contains("secret"), "{address}");
        let kept = ["kept_address", "kept_body"].map(|name| hidden(&refused.body, name).unwrap_or_else(|| panic!("{address}: {name}")));
        let [to, body] = &kept;
        let sign_in = [("username", "ada"), ("password", db::demo::PASSWORD), ("kept_address", to), ("kept_body", body)];
        let answer = server.post("/login/", "", &sign_in).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, page), "{address}");
        let data = server.world.texts("SELECT data FROM sessions").await.join("\n");
        assert!(!data.contains("secret"), "{address}: {data}");
        let cookie = answer.cookies().into_iter().find(|it| it.starts_with("curlew=")).unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let again = server.get(page, &cookie).await;
        assert_eq!(again.status, StatusCode::OK, "{address}");
        // In words, and not only in what the page hands to its script.
        let said = ["signed in again</", "signed in again<!", "signed in again and nothing is lost: check the form and send it again<"];
        assert!(said.iter().any(|it| again.body.contains(it)), "{address}: {}", again.body);
        if pairs.iter().any(|(_, value)| *value == marker) {
            assert!(again.body.contains(shown), "{address}: {}", again.body);
        }
        if page == "/send-again/" {
            assert!(again.body.contains(&format!("action=\"{address}\"")) && again.body.contains("Send again"), "{address}");
        }
        let data = server.world.texts("SELECT data FROM sessions").await.join("\n");
        assert!(!data.contains("Kept"), "{address}: once it is shown it waits no more: {data}");
        server.post("/logout/", &cookie, &[]).await;
    }
    // What a page of the release before carried, a password in it.
    let body = form(&[("present", "a secret sentence"), ("first_name", "Ada")]);
    let sign_in = [("username", "ada"), ("password", db::demo::PASSWORD), ("kept_address", "/profile/edit/"), ("kept_body", &body)];
    server.post("/login/", "", &sign_in).await;
    let data = server.world.texts("SELECT data FROM sessions").await.join("\n");
    assert!(data.contains("first_name") && !data.contains("secret"), "{data}");
}

#[tokio::test]
async fn giving_the_password_again_keeps_the_length_of_the_session_and_is_no_sign_in() {
    let server = server().await;
    let sign_in = [("username", "ada"), ("password", db::demo::PASSWORD), ("remember", "yes")];
    let answer = server.post("/login/", "", &sign_in).await;
    let cookie = answer.cookies().into_iter().find(|it| it.starts_with("curlew=")).unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    // Half an hour later an admin's form asks for it.
    server.world.db.clock.set(db::testing::NOW + 30 * db::clock::MINUTE);
    let asked = server.post("/admin/teams/", &cookie, &[("name", "North")]).await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    let before = server.world.number("SELECT count(*) FROM activity WHERE kind = 'signed_in'").await;
    let confirm = [("confirm-to", "/admin/teams/"), ("confirm-password", db::demo::PASSWORD), ("name", "North")];
    assert_eq!(server.post("/profile/confirm/", &cookie, &confirm).await.status, StatusCode::SEE_OTHER);
    assert_eq!(server.world.number("SELECT count(*) FROM teams WHERE name = 'North'").await, 1);
    assert_eq!(server.world.number("SELECT count(*) FROM activity WHERE kind = 'signed_in'").await, before);
    let left = server.world.number("SELECT CAST(max(expires_at) AS BIGINT) FROM sessions").await - server.world.db.now();
    assert!(left > 13 * db::clock::DAY, "it lasts {} hours more", left / db::clock::HOUR);
    // A wrong one is still counted.
    server.world.db.clock.set(db::testing::NOW + 60 * db::clock::MINUTE);
    let wrong = [("confirm-to", "/admin/teams/"), ("confirm-password", "no"), ("name", "South")];
    assert_eq!(server.post("/profile/confirm/", &cookie, &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(server.world.number("SELECT count(*) FROM activity WHERE kind = 'failed_sign_in'").await, 1);
}

#[tokio::test]
async fn an_empty_database_asks_for_the_first_admin_with_the_token_of_the_log() {
    let world = empty().await;
    let (config, _) = server::config::Config::judge(|_| None);
    let state = server::serve::state(world.db.clone(), config.unwrap(), std::time::Duration::from_millis(1));
    let token = state.setup.token.clone();
    let server = crate::harness::TestServer { world, router: server::router::router(state) };
    assert_eq!(server.get("/orders/", "").await.location(), "/setup/");
    assert_eq!(server.get("/login/", "").await.location(), "/setup/");
    let person = [("username", "boss"), ("password", "a fine long one"), ("again", "a fine long one")];
    for wrong in ["", "guess"] {
        let answer = server.post("/setup/", "", &[&person[..], &[("token", wrong)]].concat()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let answer = server.post("/setup/", "", &[&person[..], &[("token", &token)]].concat()).await;
    assert_eq!(answer.location(), "/login/");
    let answer = server
        .post(
            "/setup/",
            "",
            &[&[("username", "second"), ("password", "a fine long one"), ("again", "a fine long one")][..], &[("token", &token)]].concat(),
        )
        .await;
    assert_eq!(answer.location(), "/login/");
    assert_eq!(server.world.number("SELECT count(*) FROM users").await, 1);
}

#[tokio::test]
async fn an_invitation_sets_a_password_once() {
    let server = server().await;
    let token = db::users::reset(&server.world.db, "dawn").await.unwrap();
    let path = format!("/invite/{token}/");
    assert!(server.get(&path, "").await.body.contains("dawn"));
    let words = "another fine sentence";
    assert_eq!(server.post(&path, "", &[("password", words), ("again", "other")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(server.post(&path, "", &[("password", words), ("again", words)]).await.location(), "/login/");
    assert_eq!(server.post(&path, "", &[("password", words), ("again", words)]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(server.get("/invite/made-up/", "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_spoofed_address_does_not_slip_past_the_throttle() {
    let server = server().await;
    for n in 0..10 {
        let request = axum::http::Request::post("/login/")
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-forwarded-for", format!("10.0.0.{n}"));
        // One of them at the account that is asked for: an account at which nobody failed is let through.
        let name = if n == 0 { "layla".to_owned() } else { format!("name{n}") };
        let body = crate::harness::form(&[("username", &name), ("password", "wrong")]);
        server.send(request.body(axum::body::Body::from(body)).unwrap()).await;
    }
    let answer = server.post("/login/", "", &[("username", "layla"), ("password", db::demo::PASSWORD)]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "ten failures of one real address");
}

#[tokio::test]
async fn a_session_of_somebody_who_is_not_active_any_more_does_not_go_round_in_circles() {
    let server = server().await;
    let cookie = server.signed_in("gus").await;
    server.world.sql("UPDATE users SET active = FALSE WHERE username = 'gus'").await.unwrap();
    assert_eq!(server.get("/login/", &cookie).await.status, StatusCode::OK);
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
    let server = server().await;
    let (here, phone, foreign) = (server.signed_in("layla").await, server.signed_in("layla").await, server.signed_in("xavier").await);
    let page = server.get("/profile/", &here).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.body.matches("Signed-in devices").count(), 1);
    assert_eq!(page.body.matches(r#"name="device""#).count(), 1, "the other one of the own two has a form: {}", page.body);
    let somebody_elses =
        server.world.text("SELECT id_hash FROM sessions WHERE user_id = (SELECT id FROM users WHERE username = 'xavier')").await.unwrap();
    assert_eq!(server.post("/profile/devices/", &here, &[("device", &somebody_elses)]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(server.get("/orders/", &foreign).await.status, StatusCode::OK);
    let id = page.body.split(r#"name="device" value=""#).nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(server.post("/profile/devices/", &here, &[("device", &id)]).await.location(), "/profile/");
    assert_eq!(server.get("/orders/", &phone).await.status, StatusCode::SEE_OTHER, "the phone is signed out");
    assert_eq!(server.get("/orders/", &here).await.status, StatusCode::OK);
    let tablet = server.signed_in("layla").await;
    server.post("/profile/devices/", &here, &[("others", "yes")]).await;
    assert_eq!(server.get("/orders/", &tablet).await.status, StatusCode::SEE_OTHER);
    assert_eq!(server.get("/orders/", &here).await.status, StatusCode::OK);
}
