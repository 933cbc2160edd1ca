//! A stop is orderly, from the first moment on.

use std::time::{Duration, Instant};

use crate::harness::{place, sqlite};

#[tokio::test(flavor = "multi_thread")]
async fn after_sigterm_readyz_says_503_before_the_listener_closes() {
    let place = place().await;
    let mut serving = place.serve(&[("CURLEW_STOP_DELAY", "2")]);
    serving.signal("TERM");
    let began = Instant::now();
    std::thread::park_timeout(Duration::from_millis(500));
    let answer = serving.get("/readyz").expect("it still listens");
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("stopping"), "{answer}");
    assert!(serving.get("/livez").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")));
    assert_eq!(serving.ended(Duration::from_secs(20)), Some(0), "{}", serving.log());
    assert!(began.elapsed() >= Duration::from_secs(2));
    assert!(serving.log().contains("stopped"), "{}", serving.log());
}

#[test]
fn a_second_signal_does_not_wait_and_leaves_a_whole_database() {
    let place = sqlite();
    for (first, second) in [("TERM", "TERM"), ("TERM", "INT"), ("HUP", "HUP")] {
        let mut serving = place.serve(&[("CURLEW_STOP_DELAY", "30")]);
        serving.signal(first);
        std::thread::park_timeout(Duration::from_millis(300));
        if first == "TERM" {
            assert!(serving.get("/livez").is_some(), "it waits");
            serving.signal(second);
        }
        let began = Instant::now();
        assert_eq!(serving.ended(Duration::from_secs(20)), Some(0), "{first} {second}: {}", serving.log());
        assert!(began.elapsed() < Duration::from_secs(10));
        // The write-ahead log is back in the file.
        let log = std::fs::metadata(place.folder.join("curlew.db-wal")).map_or(0, |it| it.len());
        assert_eq!(log, 0, "{first} {second}");
    }
}

#[test]
fn a_signal_during_the_start_ends_it_with_success() {
    for millis in [0, 20, 60, 120, 250] {
        let place = sqlite();
        let mut serving = place.start(&[("CURLEW_STOP_DELAY", "0")]);
        std::thread::park_timeout(Duration::from_millis(millis));
        serving.signal("TERM");
        let code = serving.ended(Duration::from_secs(20));
        // Before the process has begun to run, nobody can hear a signal.
        assert!(code == Some(0) || (code.is_none() && millis < 60), "{millis}: {code:?} {}", serving.log());
        assert!(place.run(&["migrate"]).ok);
    }
}
