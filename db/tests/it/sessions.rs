//! Sessions end when they should and never come back.

use db::{
    clock::{DAY, HOUR},
    sessions::{self, Device, Stored},
    testing::{NOW, TestWorld, world},
};

async fn open(world: &TestWorld, id: &str, remembered: bool) -> Stored {
    let stored = Stored { data: "{}".into(), expires_at: NOW + sessions::lifetime(remembered).idle };
    let device = Device { user: Some(world.scope("xavier").await.user.id), remembered, ..Device::default() };
    assert!(sessions::create(&world.db, id, &stored, &device).await.unwrap());
    stored
}

#[tokio::test]
async fn a_session_is_stored_by_its_hash() {
    let world = world().await;
    open(&world, "secret-id", false).await;
    assert!(sessions::load(&world.db, "secret-id").await.unwrap().is_some());
    assert_eq!(world.number("SELECT count(*) FROM sessions WHERE id_hash LIKE '%secret%'").await, 0);
    assert!(
        !sessions::create(&world.db, "secret-id", &Stored { data: "{}".into(), expires_at: NOW + HOUR }, &Device::default()).await.unwrap()
    );
}

#[tokio::test]
async fn a_slow_request_does_not_bring_a_session_back() {
    let world = world().await;
    let stored = open(&world, "gone", false).await;
    sessions::delete(&world.db, "gone").await.unwrap();
    sessions::save(&world.db, "gone", &stored).await.unwrap();
    assert!(sessions::load(&world.db, "gone").await.unwrap().is_none());
}

#[tokio::test]
async fn a_session_ends_after_its_whole_life_however_busy() {
    let world = world().await;
    for (id, remembered, days) in [("short", false, 1), ("long", true, 90)] {
        open(&world, id, remembered).await;
        let late = NOW + days * DAY;
        sessions::save(&world.db, id, &Stored { data: "{}".into(), expires_at: late + 30 * DAY }).await.unwrap();
        world.db.clock.set(late - HOUR);
        assert!(sessions::load(&world.db, id).await.unwrap().is_some(), "{id}");
        world.db.clock.set(late + 1);
        assert!(sessions::load(&world.db, id).await.unwrap().is_none(), "{id}");
        world.db.clock.set(NOW);
    }
}

#[tokio::test]
async fn idle_sessions_end_and_are_swept() {
    let world = world().await;
    open(&world, "idle", false).await;
    world.db.clock.set(NOW + 12 * HOUR + 1);
    assert!(sessions::load(&world.db, "idle").await.unwrap().is_none());
    assert_eq!(sessions::sweep(&world.db).await.unwrap(), 1);
}

#[tokio::test]
async fn all_sessions_of_a_person_end_at_once() {
    let world = world().await;
    open(&world, "one", false).await;
    open(&world, "two", true).await;
    sessions::end_all(&world.db, world.scope("xavier").await.user.id).await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM sessions").await, 0);
}
