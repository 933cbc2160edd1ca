//! What is heard of what changes: here, from other servers, and by whom nobody listened to for a while.

use std::{sync::Arc, time::Duration};

use db::{
    change_feed::Position,
    events::{ChangeEvent, PreviousHolder},
    settings,
    testing::world,
};
use domain::orders::{Field, OrderDraft, Status};
use tokio::{sync::broadcast::Receiver, time::timeout};

use crate::orders::{change_status, create, draft};

const SOON: Duration = Duration::from_secs(3);

async fn next(heard: &mut Receiver<ChangeEvent>) -> ChangeEvent {
    timeout(SOON, heard.recv()).await.expect("heard in time").expect("it goes on")
}

/// Until one of this kind; what comes before it is let pass.
async fn until(heard: &mut Receiver<ChangeEvent>, wanted: impl Fn(&ChangeEvent) -> bool) {
    timeout(SOON, async { while !wanted(&heard.recv().await.expect("it goes on")) {} }).await.expect("heard in time");
}

#[tokio::test]
async fn what_is_committed_here_is_told_with_the_orders_that_it_was() {
    let world = world().await;
    let mut heard = world.follow(&world.db).await;
    let number = create(&world, "xavier", &draft("Heard at once")).await;
    let id = world.number(&format!("SELECT id FROM orders WHERE number = '{number}'")).await;
    assert_eq!(next(&mut heard).await, ChangeEvent::Orders(Arc::from([id])));
    change_status(&world, "xavier", &number, Status::ToProcess, &OrderDraft::default()).await.unwrap();
    assert_eq!(next(&mut heard).await, ChangeEvent::Orders(Arc::from([id])), "once for each change");
    let quiet = timeout(Duration::from_millis(400), heard.recv()).await;
    assert!(quiet.is_err(), "nothing else changed: {quiet:?}");
}

#[tokio::test]
async fn another_server_hears_it_and_lets_go_of_what_it_kept() {
    let world = world().await;
    let other = world.another().await;
    let mut heard = world.follow(&other).await;
    // The one that writes is a server too: it says it to the others.
    let _ = world.follow(&world.db).await;
    assert!(!settings::read(&other).await.unwrap().agents_may_connect);

    let number = create(&world, "xavier", &draft("Written elsewhere")).await;
    let id = world.number(&format!("SELECT id FROM orders WHERE number = '{number}'")).await;
    until(&mut heard, |event| *event == ChangeEvent::Orders(Arc::from([id]))).await;

    let mut draft = settings::SettingsDraft::from(&*settings::read(&world.db).await.unwrap());
    draft.agents_may_connect = true;
    settings::change(&world.db, &world.scope("ada").await, &draft).await.unwrap();
    until(&mut heard, |event| *event == ChangeEvent::ReferenceData).await;
    assert!(settings::read(&other).await.unwrap().agents_may_connect, "long before the ten seconds");
}

#[tokio::test]
async fn from_whom_an_order_went_is_told() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Given away")).await;
    let id = world.number(&format!("SELECT id FROM orders WHERE number = '{number}'")).await;
    let team = world.number(&format!("SELECT team_id FROM orders WHERE number = '{number}'")).await;
    let (xavier, gus) = (world.scope("xavier").await.user, world.scope("gus").await.user);
    assert_ne!(xavier.team, gus.team);
    let mut place = Position::now(&world.db).await.unwrap();
    let mut given = draft("Given away");
    given.set(Field::Owner, gus.id.to_string());
    db::orders::edit(&world.db, &world.scope("layla").await, &number, 1, &given).await.unwrap();
    let lost = Arc::from([PreviousHolder::Owner(xavier.id.0), PreviousHolder::Team(team)]);
    assert_eq!(place.read_changes(&world.db).await.unwrap(), vec![ChangeEvent::Orders(Arc::from([id])), ChangeEvent::Reassigned(lost)]);
}

#[tokio::test]
async fn who_was_away_reads_what_was_missed_once() {
    let world = world().await;
    let mut place = Position::now(&world.db).await.unwrap();
    assert_eq!(place.read_changes(&world.db).await.unwrap(), vec![]);
    let first = create(&world, "xavier", &draft("While away")).await;
    let second = create(&world, "layla", &draft("While away too")).await;
    let id = async |number: &str| world.number(&format!("SELECT id FROM orders WHERE number = '{number}'")).await;
    let both = [id(&first).await, id(&second).await];
    assert_eq!(place.read_changes(&world.db).await.unwrap(), vec![ChangeEvent::Orders(Arc::from(both))]);
    assert_eq!(place.read_changes(&world.db).await.unwrap(), vec![]);
}

#[tokio::test]
async fn what_began_before_and_commits_after_is_not_missed() {
    let world = world().await;
    // PostgreSQL gives numbers when a transaction begins: one that is slow to commit has a low one.
    if !db::testing::on_postgres() {
        return;
    }
    let slow = world.another().await;
    let mut place = Position::now(&world.db).await.unwrap();
    let late = db::testing::half_written(&slow, 7).await;
    let number = create(&world, "xavier", &draft("Quick")).await;
    let id = world.number(&format!("SELECT id FROM orders WHERE number = '{number}'")).await;
    assert_eq!(place.read_changes(&world.db).await.unwrap(), vec![ChangeEvent::Orders(Arc::from([id]))]);
    assert_eq!(place.read_changes(&world.db).await.unwrap(), vec![], "read once, although the mark waits");
    late.commit().await.unwrap();
    assert_eq!(place.read_changes(&world.db).await.unwrap(), vec![ChangeEvent::Orders(Arc::from([7]))]);
    assert_eq!(place.read_changes(&world.db).await.unwrap(), vec![]);
}

#[tokio::test]
async fn many_at_once_are_not_named() {
    let world = world().await;
    let mut place = Position::now(&world.db).await.unwrap();
    let numbers = if db::testing::on_postgres() { "generate_series(1, 2500)" } else { "orders a, orders b LIMIT 2500" };
    world.sql(&format!("INSERT INTO change_log (topic, subject_id, at) SELECT 'order', 1, 1 FROM {numbers}")).await.unwrap();
    // More entries than are read at once: whatever stands beyond them is not skipped in silence.
    assert_eq!(place.read_changes(&world.db).await.unwrap(), vec![ChangeEvent::Many]);
    // While anything older is on its way, in any database of this PostgreSQL, the rest is told once more.
    let rest = place.read_changes(&world.db).await.unwrap();
    assert!(rest.is_empty() || rest == [ChangeEvent::Orders(Arc::from([1]))], "{rest:?}");
    assert_eq!(place.read_changes(&world.db).await.unwrap(), vec![]);
}
