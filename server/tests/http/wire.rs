//! What the wire itself promises, over a real socket.

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use axum_server::Handle;
use db::testing::house;
use server::{
    config::Config,
    serve::{listen, state},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

#[tokio::test]
async fn who_does_not_finish_the_headers_is_let_go_after_ten_seconds_and_others_are_answered_meanwhile() {
    let house = house().await;
    let (config, _) = Config::judge(|name| (name == "CURLEW_BASE_URL").then(|| crate::harness::BASE.to_owned()));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let handle = Handle::new();
    let serving = tokio::spawn(listen(state(house.db.clone(), config.unwrap(), Duration::ZERO), listener, 1_024, handle.clone(), None));
    let started = Instant::now();
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ").await.unwrap();
    let mut quick = TcpStream::connect(address).await.unwrap();
    quick.write_all(b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    quick.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok"), "{answer}");
    assert!(started.elapsed() < Duration::from_secs(5));
    let mut left = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(20), slow.read_to_end(&mut left)).await;
    assert!(ended.is_ok(), "it is still waited for after twenty seconds");
    assert!(started.elapsed() >= Duration::from_secs(9), "{:?}", started.elapsed());
    handle.shutdown();
    serving.await.unwrap().unwrap();
}
