//! Two servers on one database: a page of one shows what the other has written, whether or not it heard of it.

use axum::http::StatusCode;

use crate::harness::{BASE, Fields, TestServer, server, server_for};

/// An address, and the form that is sent to it.
type Write<'a> = (&'a str, Fields<'a>);

/// Writes on one server, and reads at once on the other.
async fn written_and_read(one: &TestServer, other: &TestServer, cookie: &str, write: Write<'_>, read: (&str, &str)) {
    let ((path, pairs), (page, words)) = (write, read);
    assert!(!other.get(page, cookie).await.body.contains(words), "{page} before {path}");
    let answer = one.post(path, cookie, pairs).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", answer.body);
    for server in [one, other] {
        assert!(server.get(page, cookie).await.body.contains(words), "{page} after {path}");
    }
}

#[tokio::test]
async fn what_one_server_has_written_another_shows_at_once() {
    let one = server().await;
    // Neither follows the news.
    let other = server_for(one.world.restarted().await, BASE).await;
    let ada = one.signed_in("ada").await;
    let settings = [
        ("targets_by_sold", "yes"),
        ("name", "Twin Peaks Ltd"),
        ("time_zone", "Europe/London"),
        ("currency", "GBP"),
        ("visibility", "all"),
        ("rate_admin", ""),
        ("rate_manager", ""),
        ("rate_agent", ""),
        ("rate_viewer", ""),
    ];
    let writes: [(Write, (&str, &str)); 7] = [
        (("/campaigns/new/", &[("name", "Both Sides"), ("active", "yes")]), ("/orders/", "Both Sides")),
        (("/companies/new/", &[("name", "AAA Both Ltd")]), ("/orders/", "AAA Both Ltd")),
        (("/admin/teams/", &[("name", "Both Team")]), ("/admin/users/2/edit/", "Both Team")),
        (("/profile/edit/", &[("first_name", "Adabeth"), ("last_name", "Stone")]), ("/orders/", "Adabeth Stone")),
        (("/admin/settings/", &settings), ("/targets/", "in revenue")),
        (("/admin/settings/choices/", &[("kind", "network"), ("name", "Both Network")]), ("/orders/new/", "Both Network")),
        (
            ("/orders/new/", &[("uuid", "0190f3c0-7b7a-7000-8000-000000000077"), ("status", "NW"), ("business_name", "Both Bakers")]),
            ("/orders/", "Both Bakers"),
        ),
    ];
    for (write, read) in writes {
        written_and_read(&one, &other, &ada, write, read).await;
        // The other way round it is the same: what was read there stays no longer.
        written_and_read(
            &other,
            &one,
            &ada,
            ("/campaigns/new/", &[("name", &format!("After {}", write.0)), ("active", "yes")]),
            ("/campaigns/", &format!("After {}", write.0)),
        )
        .await;
    }
}
