//! Sessions end when they should and never come back.

use db::{
    clock::{DAY, HOUR},
    sessions::{self, Device, Stored},
    testing::{House, NOW, house},
};

async fn open(house: &House, id: &str, remembered: bool) -> Stored {
    let stored = Stored { data: "{}".into(), expires_at: NOW + sessions::lifetime(remembered).idle };
    let device = Device { user: Some(house.scope("xavier").await.me.id), remembered, ..Device::default() };
    assert!(sessions::create(&house.db, id, &stored, &device).await.unwrap());
    stored
}

#[tokio::test]
async fn a_session_is_stored_by_its_hash() {
    let house = house().await;
    open(&house, "secret-id", false).await;
    assert!(sessions::load(&house.db, "secret-id").await.unwrap().is_some());
    assert_eq!(house.number("SELECT count(*) FROM sessions WHERE id_hash LIKE '%secret%'").await, 0);
    assert!(
        !sessions::create(&house.db, "secret-id", &Stored { data: "{}".into(), expires_at: NOW + HOUR }, &Device::default()).await.unwrap()
    );
}

#[tokio::test]
async fn a_slow_request_does_not_bring_a_session_back() {
    let house = house().await;
    let stored = open(&house, "gone", false).await;
    sessions::delete(&house.db, "gone").await.unwrap();
    sessions::save(&house.db, "gone", &stored).await.unwrap();
    assert!(sessions::load(&house.db, "gone").await.unwrap().is_none());
}

#[tokio::test]
async fn a_session_ends_after_its_whole_life_however_busy() {
    let house = house().await;
    for (id, remembered, days) in [("short", false, 1), ("long", true, 90)] {
        open(&house, id, remembered).await;
        let late = NOW + days * DAY;
        sessions::save(&house.db, id, &Stored { data: "{}".into(), expires_at: late + 30 * DAY }).await.unwrap();
        house.db.clock.set(late - HOUR);
        assert!(sessions::load(&house.db, id).await.unwrap().is_some(), "{id}");
        house.db.clock.set(late + 1);
        assert!(sessions::load(&house.db, id).await.unwrap().is_none(), "{id}");
        house.db.clock.set(NOW);
    }
}

#[tokio::test]
async fn idle_sessions_end_and_are_swept() {
    let house = house().await;
    open(&house, "idle", false).await;
    house.db.clock.set(NOW + 12 * HOUR + 1);
    assert!(sessions::load(&house.db, "idle").await.unwrap().is_none());
    assert_eq!(sessions::sweep(&house.db).await.unwrap(), 1);
}

#[tokio::test]
async fn all_sessions_of_a_person_end_at_once() {
    let house = house().await;
    open(&house, "one", false).await;
    open(&house, "two", true).await;
    sessions::end_all(&house.db, house.scope("xavier").await.me.id).await.unwrap();
    assert_eq!(house.number("SELECT count(*) FROM sessions").await, 0);
}
