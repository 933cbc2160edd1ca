//! What the wire itself promises, over a real socket.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::{Duration, Instant},
};

use axum_server::{Handle, tls_rustls::RustlsConfig};
use db::testing::{TestWorld, world};
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::pki_types::{CertificateDer, ServerName};
use server::{
    config::Config,
    connections::{Limits, Peer},
    serve::{listen, state},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinHandle,
};

struct Serving {
    address: SocketAddr,
    handle: Handle<Peer>,
    task: JoinHandle<std::io::Result<()>>,
    _world: TestWorld,
}

impl Serving {
    async fn stop(self) {
        self.handle.shutdown();
        self.task.await.unwrap().unwrap();
    }
}

async fn serving(limits: Limits, tls: Option<RustlsConfig>) -> Serving {
    let world = world().await;
    let (config, _) = Config::judge(|name| (name == "CURLEW_BASE_URL").then(|| crate::harness::BASE.to_owned()));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let handle = Handle::new();
    let task = tokio::spawn(listen(state(world.db.clone(), config.unwrap(), Duration::ZERO), listener, limits, handle.clone(), tls));
    Serving { address, handle, task, _world: world }
}

async fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn who_does_not_finish_the_headers_is_let_go_after_ten_seconds_and_others_are_answered_meanwhile() {
    let serving = serving(Limits::below(1_024), None).await;
    let started = Instant::now();
    let mut slow = TcpStream::connect(serving.address).await.unwrap();
    slow.write_all(b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ").await.unwrap();
    let answer = get(serving.address, "/livez").await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok"), "{answer}");
    assert!(started.elapsed() < Duration::from_secs(5));
    let mut left = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(20), slow.read_to_end(&mut left)).await;
    assert!(ended.is_ok(), "it is still waited for after twenty seconds");
    assert!(started.elapsed() >= Duration::from_secs(9), "{:?}", started.elapsed());
    serving.stop().await;
}

#[tokio::test]
async fn hundreds_of_bodies_that_do_not_arrive_keep_nobody_out() {
    let serving = serving(Limits::below(4_096), None).await;
    let mut slow = Vec::new();
    for _ in 0..300 {
        let mut stream = TcpStream::connect(serving.address).await.unwrap();
        let head = "POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nu";
        stream.write_all(head.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    for path in ["/livez", "/readyz", "/login/", "/manifest.webmanifest"] {
        let answer = tokio::time::timeout(Duration::from_secs(5), get(serving.address, path)).await.expect(path);
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {}", answer.lines().next().unwrap_or_default());
    }
    drop(slow);
    serving.stop().await;
}

#[tokio::test]
async fn a_server_without_room_for_a_connection_says_so_and_goes_on() {
    let serving = serving(Limits { connections: 4, ..Limits::below(1_024) }, None).await;
    let mut held = Vec::new();
    for _ in 0..4 {
        let mut stream = TcpStream::connect(serving.address).await.unwrap();
        stream.write_all(b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
        held.push(stream);
    }
    let mut refused = TcpStream::connect(serving.address).await.unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(5), refused.read(&mut [0; 1])).await;
    assert!(matches!(ended, Ok(Ok(0) | Err(_))), "it is closed, not left hanging");
    drop(held);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(get(serving.address, "/livez").await.starts_with("HTTP/1.1 200"));
    serving.stop().await;
}

/// A certificate of this test, and a client that trusts it and speaks HTTP/2.
async fn certificate() -> (RustlsConfig, Arc<rustls::ClientConfig>) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let server = RustlsConfig::from_pem(made.cert.pem().into_bytes(), made.signing_key.serialize_pem().into_bytes()).await.unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from(made.cert.der().to_vec())).unwrap();
    let mut client = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    client.alpn_protocols = vec![b"h2".to_vec()];
    (server, Arc::new(client))
}

#[tokio::test]
async fn an_idle_connection_of_http_2_is_closed_and_one_that_listens_is_not() {
    let (server, client) = certificate().await;
    let idle = Duration::from_millis(700);
    let serving = serving(Limits { idle, ..Limits::below(1_024) }, Some(server)).await;
    let stream = TcpStream::connect(serving.address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = tokio_rustls::TlsConnector::from(client).connect(name, stream).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .handshake(TokioIo::new(stream))
        .await
        .unwrap();
    let connection = tokio::spawn(connection);
    let ask = || http::Request::get("https://localhost/livez").body(Empty::<Bytes>::new()).unwrap();
    let started = Instant::now();
    // As long as something is asked now and then it stays.
    for _ in 0..4 {
        let answer = sender.send_request(ask()).await.unwrap();
        assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "ok");
        tokio::time::sleep(idle / 2).await;
    }
    assert!(started.elapsed() > idle);
    let ended = tokio::time::timeout(Duration::from_secs(5), connection).await;
    assert!(ended.is_ok(), "an idle connection is closed");
    serving.stop().await;
}
