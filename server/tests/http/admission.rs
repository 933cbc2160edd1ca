//! Nobody shuts out everybody: bodies are read before a place is taken, places are shared by address, and what was typed comes back.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode, header},
    middleware::from_fn_with_state,
    response::Response,
    routing::{get, post},
};
use db::testing::world;
use http_body_util::BodyExt;
use server::{
    admission::{Admission, Sizes, admit},
    config::Config,
    serve::state,
    state::State,
};
use tokio::sync::Notify;
use tower::ServiceExt;

use crate::harness::{BASE, form};

/// A server of two places, one for each address, whose `/slow` ends when it is told to, and counts what it did.
struct Small {
    router: Router,
    state: State,
    end: Arc<Notify>,
    ended: Arc<AtomicUsize>,
}

async fn small() -> Small {
    let world = world().await;
    let (config, _) = Config::judge(|name| (name == "CURLEW_BASE_URL").then(|| BASE.to_owned()));
    let state = state(world.db.clone(), config.unwrap(), Duration::ZERO);
    let (end, ended) = (Arc::new(Notify::new()), Arc::new(AtomicUsize::new(0)));
    let slow = {
        let (end, ended) = (end.clone(), ended.clone());
        move || {
            let (end, ended) = (end.clone(), ended.clone());
            async move {
                end.notified().await;
                ended.fetch_add(1, Ordering::SeqCst);
                "done"
            }
        }
    };
    let sizes = Sizes { places: 2, places_of_one: 1, bodies_of_one: 2, memory: 64 };
    let router = Router::new()
        .route("/slow/", get(slow.clone()).post(slow))
        .route("/quick/", get(|| async { "quick" }).post(|| async { "quick" }))
        .route("/fn/quick", post(|| async { "quick" }))
        .layer(from_fn_with_state((state.clone(), Admission::new(sizes)), admit));
    Small { router, state, end, ended }
}

/// One whose place for 192.0.2.1 is taken; the clock stands.
async fn taken() -> Small {
    let small = small().await;
    tokio::time::pause();
    small.send(from("192.0.2.1", Request::get("/slow/")).body(Body::empty()).unwrap());
    tokio::task::yield_now().await;
    small
}

fn from(address: &str, request: axum::http::request::Builder) -> axum::http::request::Builder {
    let peer: std::net::SocketAddr = format!("{address}:4000").parse().unwrap();
    request.extension(ConnectInfo(peer)).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
}

async fn text(response: Response) -> (StatusCode, String) {
    let status = response.status();
    (status, String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap())
}

impl Small {
    fn send(&self, request: Request<Body>) -> tokio::task::JoinHandle<Response> {
        let router = self.router.clone();
        tokio::spawn(async move { router.oneshot(request).await.unwrap() })
    }

    async fn ask(&self, request: Request<Body>) -> (StatusCode, String) {
        text(self.send(request).await.unwrap()).await
    }
}

/// A body that never arrives.
fn endless() -> Body {
    Body::from_stream(futures_util::stream::pending::<std::io::Result<axum::body::Bytes>>())
}

#[tokio::test]
async fn whoever_sends_slowly_takes_no_place() {
    let small = small().await;
    for nth in 0..4 {
        small.send(from(&format!("192.0.2.{nth}"), Request::post("/quick/")).body(endless()).unwrap());
    }
    tokio::task::yield_now().await;
    let (status, body) = small.ask(from("192.0.2.1", Request::get("/quick/")).body(Body::empty()).unwrap()).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, "quick"));
    let typed = form(&[("body", "as always")]);
    let (status, _) = small.ask(from("198.51.100.1", Request::post("/quick/")).body(Body::from(typed)).unwrap()).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_given_up() {
    let small = small().await;
    tokio::time::pause();
    let (status, body) = small.ask(from("192.0.2.1", Request::post("/quick/")).body(endless()).unwrap()).await;
    assert_eq!(status, StatusCode::REQUEST_TIMEOUT);
    assert!(body.contains("took too long"), "{body}");
}

#[tokio::test]
async fn one_address_takes_its_own_share_and_no_more() {
    let small = taken().await;
    let asked = from("192.0.2.1", Request::get("/quick/")).header(header::COOKIE, "theme=dark");
    let (status, body) = small.ask(asked.body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(body.contains("Temporarily unavailable") && body.contains("data-theme=\"dark\""), "{body}");
    let reference = body.split_once("Reference <code>").unwrap().1;
    assert!(reference[..16].bytes().all(|it| it.is_ascii_hexdigit()), "{body}");
    // In IPv6 a whole network is one caller.
    let (status, _) = small.ask(from("198.51.100.1", Request::get("/quick/")).body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn a_form_that_finds_no_place_comes_back_filled_in() {
    let small = small().await;
    tokio::time::pause();
    for nth in 1..=2 {
        small.send(from(&format!("192.0.2.{nth}"), Request::get("/slow/")).body(Body::empty()).unwrap());
    }
    tokio::task::yield_now().await;
    let typed = form(&[("business_name", "Typed <in> a minute"), ("password", "every call counts")]);
    let (status, body) = small.ask(from("198.51.100.1", Request::post("/quick/")).body(Body::from(typed.clone())).unwrap()).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(body.contains("Typed &lt;in&gt; a minute") && body.contains("action=\"/quick/\""), "{body}");
    assert!(!body.contains("every call counts") && body.contains("type=\"password\""), "a password is typed again: {body}");
    assert!(body.contains("Reference"), "{body}");
    // A page's own script reads JSON.
    let (status, body) = small.ask(from("198.51.100.1", Request::post("/fn/quick")).body(Body::from(typed)).unwrap()).await;
    assert_eq!((status, body.as_str()), (StatusCode::SERVICE_UNAVAILABLE, "{\"Busy\":2}"));
    // When there is room again it is taken.
    small.end.notify_waiters();
    tokio::task::yield_now().await;
    let (status, _) = small.ask(from("198.51.100.1", Request::post("/quick/")).body(Body::from("a=b")).unwrap()).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn a_write_goes_on_when_its_caller_hangs_up_and_a_stop_waits_for_it() {
    let small = small().await;
    tokio::time::pause();
    let client = small.send(from("192.0.2.1", Request::post("/slow/")).body(Body::from("a=b")).unwrap());
    tokio::task::yield_now().await;
    client.abort();
    assert!(client.await.is_err());
    small.state.tasks.close();
    assert_eq!(small.state.tasks.len(), 1);
    small.end.notify_waiters();
    small.state.tasks.wait().await;
    assert_eq!(small.ended.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_write_that_takes_too_long_says_that_it_goes_on() {
    let small = small().await;
    tokio::time::pause();
    let typed = form(&[("body", "a long story")]);
    let (status, body) = small.ask(from("192.0.2.1", Request::post("/slow/")).body(Body::from(typed)).unwrap()).await;
    assert_eq!(status, StatusCode::GATEWAY_TIMEOUT);
    assert!(body.contains("continues in the background") && body.contains("a long story"), "{body}");
    assert_eq!(small.state.tasks.len(), 1);
    small.end.notify_waiters();
    tokio::task::yield_now().await;
    assert_eq!(small.ended.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn bodies_in_memory_have_a_limit() {
    let small = small().await;
    let (status, body) = small.ask(from("192.0.2.1", Request::post("/quick/")).body(Body::from(vec![b'a'; 65 * 1024])).unwrap()).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{body}");
    let (status, _) = small.ask(from("192.0.2.1", Request::post("/quick/")).body(Body::from(vec![b'a'; 60 * 1024])).unwrap()).await;
    assert_eq!(status, StatusCode::OK);
    let large = from("192.0.2.1", Request::post("/quick/")).header(header::CONTENT_LENGTH, 3 << 20).body(endless()).unwrap();
    assert_eq!(small.ask(large).await.0, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn many_refusals_wait_for_their_turn_and_a_few_do_not() {
    let small = taken().await;
    let refused = async |many: usize| {
        let started = tokio::time::Instant::now();
        let asked = (0..many).map(|_| small.send(from("192.0.2.1", Request::get("/quick/")).body(Body::empty()).unwrap()));
        let mut last = Duration::ZERO;
        for response in asked.collect::<Vec<_>>() {
            assert_eq!(response.await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
            last = started.elapsed();
        }
        last
    };
    let (few, many, all) = (refused(5).await, refused(1_000).await, refused(6_000).await);
    assert!(few < Duration::from_millis(750), "a few are told once no place came: {few:?}");
    assert!(
        many > Duration::from_millis(2_600) && many < Duration::from_millis(2_900),
        "a thousand are told within two seconds more: {many:?}"
    );
    assert!(all > Duration::from_millis(4_600) && all < Duration::from_millis(4_900), "nobody is held longer than four seconds: {all:?}");
    // While they are held, others are served.
    small.send(from("192.0.2.1", Request::get("/quick/")).body(Body::empty()).unwrap());
    let (status, _) = small.ask(from("198.51.100.1", Request::get("/quick/")).body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::OK);
}
