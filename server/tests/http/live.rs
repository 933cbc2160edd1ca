//! The line to the server: who hears what, and when it ends.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    body::{Body, BodyDataStream},
    http::{Request, StatusCode, header},
};
use db::{orders, settings, testing::on_postgres};
use domain::orders::{Field, OrderDraft, Status};
use futures_util::StreamExt;
use tokio::time::{Instant, timeout};
use tower::ServiceExt;

use crate::harness::{BASE, TestServer, server, server_for};

/// An open line.
struct Line(BodyDataStream);

impl Line {
    async fn open(server: &TestServer, cookie: &str, path: &str) -> Result<Self, StatusCode> {
        let request = Request::get(path).header(header::COOKIE, cookie).header("last-event-id", "-1").body(Body::empty()).unwrap();
        let response = server.router.clone().oneshot(request).await.unwrap();
        match response.status() {
            StatusCode::OK => {
                assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
                let mut line = Self(response.into_body().into_data_stream());
                assert_eq!(line.next().await.as_deref(), Some("hello"));
                Ok(line)
            }
            status => Err(status),
        }
    }

    /// The next topic; `None` when the line has ended.
    async fn next(&mut self) -> Option<String> {
        let bytes = timeout(Duration::from_secs(4), self.0.next()).await.expect("heard in time")?.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Some(text.trim().strip_prefix("data: ").unwrap_or_else(|| panic!("a topic and nothing else: {text:?}")).to_owned())
    }

    /// What is heard within a moment.
    async fn now(&mut self) -> Vec<String> {
        let mut heard = Vec::new();
        while let Ok(Some(Ok(bytes))) = timeout(Duration::from_millis(600), self.0.next()).await {
            heard.push(String::from_utf8(bytes.to_vec()).unwrap().trim().trim_start_matches("data: ").to_owned());
        }
        heard
    }
}

fn draft(business: &str) -> OrderDraft {
    OrderDraft::from_pairs([("business_name", business), ("status", "NW")])
}

async fn write(server: &TestServer, who: &str, business: &str) -> String {
    let scope = server.world.scope(who).await;
    orders::create(&server.world.db, &scope, orders::fresh_uuid(), &draft(business)).await.unwrap()
}

/// A server of a business whose agents see their own orders alone.
async fn narrow() -> TestServer {
    let server = server().await;
    settings::write(&server.world.db, "sight", "own").await.unwrap();
    server.world.follow(&server.world.db).await;
    server
}

/// Gives "His" to somebody; answers what it is now.
async fn give(server: &TestServer, number: &str, to: &str) -> OrderDraft {
    let mut given = draft("His");
    given.set(Field::Owner, server.world.scope(to).await.user.id.to_string());
    orders::edit(&server.world.db, &server.world.scope("layla").await, number, 1, &given).await.unwrap();
    given
}

#[tokio::test]
async fn nobody_hears_anything_without_a_session() {
    let server = server().await;
    assert_eq!(Line::open(&server, "", "/live").await.err(), Some(StatusCode::UNAUTHORIZED));
    assert_eq!(Line::open(&server, "curlew=forged", "/live").await.err(), Some(StatusCode::UNAUTHORIZED));
}

#[tokio::test]
async fn a_topic_and_nothing_else() {
    let server = server().await;
    server.world.follow(&server.world.db).await;
    let layla = server.signed_in("layla").await;
    let number = write(&server, "xavier", "Somebody’s name").await;
    let mut plain = Line::open(&server, &layla, "/live").await.unwrap();
    let mut on_it = Line::open(&server, &layla, &format!("/live?orders={number},9999999,%00,x")).await.unwrap();
    plain.now().await;
    on_it.now().await;
    let scope = server.world.scope("xavier").await;
    orders::change_status(&server.world.db, &scope, &number, 1, Status::ToProcess, &OrderDraft::default()).await.unwrap();
    assert_eq!(plain.now().await, ["orders"]);
    assert_eq!(on_it.now().await, [format!("order {number}"), "orders".to_owned()]);
}

#[tokio::test]
async fn what_is_out_of_sight_is_not_heard_of() {
    let server = narrow().await;
    let foreign = write(&server, "hannah", "Hers").await;
    let xavier = server.signed_in("xavier").await;
    let mut line = Line::open(&server, &xavier, &format!("/live?orders={foreign}")).await.unwrap();
    line.now().await;
    let hannah = server.world.scope("hannah").await;
    orders::change_status(&server.world.db, &hannah, &foreign, 1, Status::ToProcess, &OrderDraft::default()).await.unwrap();
    assert_eq!(line.now().await, Vec::<String>::new(), "neither the order nor that any changed");
    write(&server, "xavier", "His").await;
    assert_eq!(line.now().await, ["orders"]);
}

#[tokio::test]
async fn who_loses_an_order_out_of_sight_hears_of_it() {
    let server = narrow().await;
    let number = write(&server, "xavier", "His").await;
    let mut lines = Vec::new();
    for who in ["xavier", "hannah", "cameron"] {
        let cookie = server.signed_in(who).await;
        let mut line = Line::open(&server, &cookie, "/live").await.unwrap();
        line.now().await;
        lines.push(line);
    }
    give(&server, &number, "hannah").await;
    assert_eq!(lines[0].now().await, ["orders"], "it was his");
    assert_eq!(lines[1].now().await, ["orders"], "it is hers");
    assert_eq!(lines[2].now().await, Vec::<String>::new(), "neither before nor now");
}

#[tokio::test]
async fn who_has_an_order_open_that_goes_out_of_sight_hears_that_and_nothing_more_of_it() {
    let server = narrow().await;
    let number = write(&server, "xavier", "His").await;
    let xavier = server.signed_in("xavier").await;
    let mut line = Line::open(&server, &xavier, &format!("/live?orders={number}")).await.unwrap();
    line.now().await;
    let mut given = give(&server, &number, "hannah").await;
    assert_eq!(line.now().await, [format!("order {number}"), "orders".into()]);
    given.set(Field::Handset, "Pixel 9");
    orders::edit(&server.world.db, &server.world.scope("layla").await, &number, 2, &given).await.unwrap();
    assert_eq!(line.now().await, Vec::<String>::new(), "it is somebody else's");
}

#[tokio::test]
async fn a_line_ends_with_its_session_and_never_keeps_it_alive() {
    let server = server().await;
    server.world.follow(&server.world.db).await;
    let xavier = server.signed_in("xavier").await;
    let used = "SELECT CAST(max(used_at) AS BIGINT) FROM sessions";
    let before = server.world.number(used).await;
    let mut line = Line::open(&server, &xavier, "/live").await.unwrap();
    line.now().await;
    assert_eq!(server.world.number(used).await, before);

    assert_eq!(server.post("/logout/", &xavier, &[]).await.status, StatusCode::SEE_OTHER);
    let signed_out = Instant::now();
    while line.next().await.is_some() {}
    assert!(signed_out.elapsed() < Duration::from_secs(2), "{:?}", signed_out.elapsed());
    assert_eq!(Line::open(&server, &xavier, "/live").await.err(), Some(StatusCode::UNAUTHORIZED));
}

#[tokio::test]
async fn whoever_is_deactivated_hears_no_more() {
    let server = server().await;
    server.world.follow(&server.world.db).await;
    let xavier = server.signed_in("xavier").await;
    let mut line = Line::open(&server, &xavier, "/live").await.unwrap();
    let ada = server.world.scope("ada").await;
    let id = server.world.scope("xavier").await.user.id;
    db::users::admin::deactivate(&server.world.db, &ada, id, None).await.unwrap();
    let then = Instant::now();
    while line.next().await.is_some() {}
    assert!(then.elapsed() < Duration::from_secs(2), "{:?}", then.elapsed());
}

#[tokio::test]
async fn one_person_does_not_take_every_place() {
    let server = server().await;
    let xavier = server.signed_in("xavier").await;
    let mut lines = Vec::new();
    for _ in 0..500 {
        lines.push(Line::open(&server, &xavier, "/live").await.unwrap());
    }
    assert_eq!(Line::open(&server, &xavier, "/live").await.err(), Some(StatusCode::SERVICE_UNAVAILABLE));
    let layla = server.signed_in("layla").await;
    assert!(Line::open(&server, &layla, "/live").await.is_ok());
    lines.pop();
    assert!(Line::open(&server, &xavier, "/live").await.is_ok(), "a place that was left is free");
}

#[tokio::test]
async fn what_a_page_reads_by_itself_keeps_no_session_alive() {
    let server = server().await;
    let xavier = server.signed_in("xavier").await;
    let used = "SELECT CAST(max(used_at) AS BIGINT) FROM sessions";
    server.world.sql("UPDATE sessions SET used_at = 1").await.unwrap();
    let ask = async |idle: &str| {
        let request = Request::post("/fn/frame")
            .header(header::COOKIE, &xavier)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-curlew-idle", idle);
        assert_eq!(server.send(request.body(Body::from("{}")).unwrap()).await.status, StatusCode::OK);
    };
    // The session says itself when it was last used: long ago.
    server.world.sql("UPDATE sessions SET data = replace(data, '\"used\":1795356300000000', '\"used\":1')").await.unwrap();
    ask("3600").await;
    assert_eq!(server.world.number(used).await, 1, "nobody did anything for an hour");
    ask("2").await;
    assert!(server.world.number(used).await > 1, "somebody did");
}

#[tokio::test]
async fn who_could_not_listen_for_a_while_reads_once_what_changed_and_takes_nothing_else_for_changed() {
    let server = narrow().await;
    let mine = write(&server, "xavier", "His").await;
    let foreign = write(&server, "hannah", "Hers").await;
    let xavier = server.signed_in("xavier").await;
    let mut line = Line::open(&server, &xavier, &format!("/live?orders={mine}")).await.unwrap();
    line.now().await;
    let hannah = server.world.scope("hannah").await;
    let moment = async || tokio::time::sleep(Duration::from_millis(400)).await;
    // Much is said meanwhile, and nothing of it concerns him.
    orders::change_status(&server.world.db, &hannah, &foreign, 1, Status::ToProcess, &OrderDraft::default()).await.unwrap();
    moment().await;
    server.world.flood(600);
    // On PostgreSQL the log is read from the oldest transaction of all databases, which other tests have open: what was there before may
    // be told twice.
    let fresh = |mut heard: Vec<String>| {
        heard.retain(|it| !on_postgres() || (*it != format!("order {mine}") && it != "orders"));
        heard
    };
    assert_eq!(fresh(line.now().await), Vec::<String>::new());
    // What does is told although it was pushed out.
    let scope = server.world.scope("xavier").await;
    orders::change_status(&server.world.db, &scope, &mine, 1, Status::ToProcess, &OrderDraft::default()).await.unwrap();
    moment().await;
    server.world.flood(600);
    assert_eq!(line.now().await, [format!("order {mine}"), "orders".to_owned()]);
    // Reference data and a sign-out too.
    server.world.db.events.publish(db::events::Topic::ReferenceData);
    moment().await;
    server.world.flood(600);
    assert_eq!(fresh(line.now().await), ["reference_data"]);
    server.post("/logout/", &xavier, &[]).await;
    moment().await;
    server.world.flood(600);
    while line.next().await.is_some() {
        assert!(on_postgres(), "nothing else is told");
    }
}

#[tokio::test]
async fn a_sign_out_costs_its_own_person_and_what_may_concern_all_is_asked_once_for_all() {
    let mut world = db::testing::world().await;
    let statements = world.record_statements();
    let server = server_for(world, BASE).await;
    server.world.follow(&server.world.db).await;
    let (layla, xavier) = (server.signed_in("layla").await, server.signed_in("xavier").await);
    // A browser reads what comes.
    let heard = Arc::new(AtomicUsize::new(0));
    let mut lines = Vec::new();
    for _ in 0..60 {
        let (mut line, heard) = (Line::open(&server, &layla, "/live").await.unwrap(), heard.clone());
        lines.push(tokio::spawn(async move {
            while let Some(Ok(bytes)) = line.0.next().await {
                heard.fetch_add(usize::from(bytes.starts_with(b"data: reference_data")), Ordering::Relaxed);
            }
        }));
    }
    let mut his = Line::open(&server, &xavier, "/live").await.unwrap();
    his.now().await;
    // What the news themselves ask for in this time.
    let cost = async |server: &TestServer, act: &str| {
        let before = statements.count();
        match act {
            "sign-out" => {
                let answer = server.post("/logout/", &xavier, &[]).await;
                assert_eq!(answer.status, StatusCode::SEE_OTHER);
            }
            "reference_data" => settings::write(&server.world.db, "name", "Another name").await.unwrap(),
            _ => {}
        }
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        statements.count() - before
    };
    let nothing = cost(&server, "nothing").await;
    let sign_out = cost(&server, "sign-out").await;
    assert_eq!(his.next().await, None, "it has ended");
    assert!(sign_out <= nothing + 15, "{sign_out} statements for somebody else’s sign-out, {nothing} without one");
    let world = cost(&server, "reference_data").await;
    assert!(world <= nothing + 15, "{world} statements for a change of reference data, {nothing} without one");
    assert_eq!(heard.load(Ordering::Relaxed), 60, "and they listen on");
    assert!(lines.iter().all(|line| !line.is_finished()));
}

#[tokio::test]
async fn who_else_has_an_order_open_is_told_to_those_who_have_it_open() {
    let server = server().await;
    server.world.follow(&server.world.db).await;
    let (layla, xavier) = (server.signed_in("layla").await, server.signed_in("xavier").await);
    let number = write(&server, "xavier", "Both look").await;
    let path = format!("/live?orders={number}");
    let who = format!("/live/here?orders={number}");
    let mut first = Line::open(&server, &layla, &path).await.unwrap();
    first.now().await;
    assert_eq!(server.get(&who, &layla).await.body, "[]", "oneself is no other");
    let second = Line::open(&server, &xavier, &path).await.unwrap();
    let third = Line::open(&server, &xavier, &path).await.unwrap();
    assert_eq!(first.now().await, [format!("here {number}")], "once, however many windows");
    assert_eq!(server.get(&who, &layla).await.body, r#"["Xavier Taylor"]"#);
    assert_eq!(server.get(&who, &xavier).await.body, r#"["Layla Reyes"]"#);
    drop(third);
    assert_eq!(first.now().await, Vec::<String>::new());
    drop(second);
    assert_eq!(first.now().await, [format!("here {number}")]);
    assert_eq!(server.get(&who, &layla).await.body, "[]");
    assert_eq!(server.get("/live/here?orders=9999999", &layla).await.status, StatusCode::NOT_FOUND);
    assert_eq!(server.get(&who, "").await.status, StatusCode::UNAUTHORIZED);
}
