//! What is heard of what changes: here, from other servers, and by whom nobody listened to for a while.

use std::{sync::Arc, time::Duration};

use db::{
    announcer::{Lost, News},
    news::Place,
    settings,
    testing::house,
};
use domain::orders::{Field, OrderDraft, Status};
use tokio::{sync::broadcast::Receiver, time::timeout};

use crate::orders::{advance, create, draft};

const SOON: Duration = Duration::from_secs(3);

async fn next(heard: &mut Receiver<News>) -> News {
    timeout(SOON, heard.recv()).await.expect("heard in time").expect("it goes on")
}

/// Until one of this kind; what comes before it is let pass.
async fn until(heard: &mut Receiver<News>, wanted: impl Fn(&News) -> bool) {
    timeout(SOON, async { while !wanted(&heard.recv().await.expect("it goes on")) {} }).await.expect("heard in time");
}

#[tokio::test]
async fn what_is_committed_here_is_told_with_the_orders_that_it_was() {
    let house = house().await;
    let mut heard = house.follow(&house.db).await;
    let number = create(&house, "xavier", &draft("Heard at once")).await;
    let id = house.number(&format!("SELECT id FROM orders WHERE number = '{number}'")).await;
    assert_eq!(next(&mut heard).await, News::Orders(Arc::from([id])));
    advance(&house, "xavier", &number, Status::ToProcess, &OrderDraft::default()).await.unwrap();
    assert_eq!(next(&mut heard).await, News::Orders(Arc::from([id])), "once for each change");
    let quiet = timeout(Duration::from_millis(400), heard.recv()).await;
    assert!(quiet.is_err(), "nothing else changed: {quiet:?}");
}

#[tokio::test]
async fn another_server_hears_it_and_lets_go_of_what_it_kept() {
    let house = house().await;
    let other = house.another().await;
    let mut heard = house.follow(&other).await;
    // The one that writes is a server too: it says it to the others.
    let _ = house.follow(&house.db).await;
    assert!(!settings::read(&other).await.unwrap().agents_may_connect);

    let number = create(&house, "xavier", &draft("Written elsewhere")).await;
    let id = house.number(&format!("SELECT id FROM orders WHERE number = '{number}'")).await;
    until(&mut heard, |news| *news == News::Orders(Arc::from([id]))).await;

    let mut draft = settings::SettingsDraft::from(&*settings::read(&house.db).await.unwrap());
    draft.agents_may_connect = true;
    settings::change(&house.db, &house.scope("ada").await, &draft).await.unwrap();
    until(&mut heard, |news| *news == News::House).await;
    assert!(settings::read(&other).await.unwrap().agents_may_connect, "long before the ten seconds");
}

#[tokio::test]
async fn from_whom_an_order_went_is_told() {
    let house = house().await;
    let number = create(&house, "xavier", &draft("Given away")).await;
    let id = house.number(&format!("SELECT id FROM orders WHERE number = '{number}'")).await;
    let team = house.number(&format!("SELECT team_id FROM orders WHERE number = '{number}'")).await;
    let (xavier, gus) = (house.scope("xavier").await.me, house.scope("gus").await.me);
    assert_ne!(xavier.team, gus.team);
    let mut place = Place::now(&house.db).await.unwrap();
    let mut given = draft("Given away");
    given.set(Field::Owner, gus.id.to_string());
    db::orders::edit(&house.db, &house.scope("layla").await, &number, 1, &given).await.unwrap();
    let lost = Arc::from([Lost::Owner(xavier.id.0), Lost::Team(team)]);
    assert_eq!(place.on(&house.db).await.unwrap(), vec![News::Orders(Arc::from([id])), News::Lost(lost)]);
}

#[tokio::test]
async fn who_was_away_reads_what_was_missed_once() {
    let house = house().await;
    let mut place = Place::now(&house.db).await.unwrap();
    assert_eq!(place.on(&house.db).await.unwrap(), vec![]);
    let first = create(&house, "xavier", &draft("While away")).await;
    let second = create(&house, "layla", &draft("While away too")).await;
    let id = async |number: &str| house.number(&format!("SELECT id FROM orders WHERE number = '{number}'")).await;
    let both = [id(&first).await, id(&second).await];
    assert_eq!(place.on(&house.db).await.unwrap(), vec![News::Orders(Arc::from(both))]);
    assert_eq!(place.on(&house.db).await.unwrap(), vec![]);
}

#[tokio::test]
async fn what_began_before_and_commits_after_is_not_missed() {
    let house = house().await;
    // PostgreSQL gives numbers when a transaction begins: one that is slow to commit has a low one.
    if !db::testing::on_postgres() {
        return;
    }
    let slow = house.another().await;
    let mut place = Place::now(&house.db).await.unwrap();
    let late = db::testing::half_written(&slow, 7).await;
    let number = create(&house, "xavier", &draft("Quick")).await;
    let id = house.number(&format!("SELECT id FROM orders WHERE number = '{number}'")).await;
    assert_eq!(place.on(&house.db).await.unwrap(), vec![News::Orders(Arc::from([id]))]);
    assert_eq!(place.on(&house.db).await.unwrap(), vec![], "read once, although the mark waits");
    late.commit().await.unwrap();
    assert_eq!(place.on(&house.db).await.unwrap(), vec![News::Orders(Arc::from([7]))]);
    assert_eq!(place.on(&house.db).await.unwrap(), vec![]);
}

#[tokio::test]
async fn many_at_once_are_not_named() {
    let house = house().await;
    let mut place = Place::now(&house.db).await.unwrap();
    let numbers = if db::testing::on_postgres() { "generate_series(1, 2500)" } else { "orders a, orders b LIMIT 2500" };
    house.sql(&format!("INSERT INTO change_log (topic, subject_id, at) SELECT 'order', 1, 1 FROM {numbers}")).await.unwrap();
    // More entries than are read at once: whatever stands beyond them is not skipped in silence.
    assert_eq!(place.on(&house.db).await.unwrap(), vec![News::Many]);
    // While anything older is on its way, in any database of this PostgreSQL, the rest is told once more.
    let rest = place.on(&house.db).await.unwrap();
    assert!(rest.is_empty() || rest == [News::Orders(Arc::from([1]))], "{rest:?}");
    assert_eq!(place.on(&house.db).await.unwrap(), vec![]);
}
