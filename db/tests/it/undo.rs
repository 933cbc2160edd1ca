//! The trash, taking back, and follow-ups.

use db::{
    clock::{DAY, MINUTE},
    orders,
    testing::{NOW, TestWorld, world},
};
use domain::{
    Error,
    orders::{
        Field, OrderDraft, Status,
        history::{Entry, HistoryKind},
        list::{ListQuery, View},
        pages::{FollowUpAct, OrderView},
    },
};

use crate::orders::{change_status, create, draft};

async fn shown(world: &TestWorld, who: &str, number: &str) -> domain::Result<OrderView> {
    orders::show(&world.db, &world.scope(who).await, number).await
}

async fn undo(world: &TestWorld, who: &str, number: &str) -> domain::Result<()> {
    orders::undo(&world.db, &world.scope(who).await, number).await
}

fn last(shown: &OrderView) -> HistoryKind {
    let found = shown.timeline.iter().find_map(|entry| if let Entry::Change { happened, .. } = entry { Some(*happened) } else { None });
    found.unwrap()
}

#[tokio::test]
async fn a_move_taken_back_is_as_if_it_had_not_happened_and_the_timeline_says_so() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Back")).await;
    change_status(&world, "xavier", &number, Status::ToProcess, &OrderDraft::default()).await.unwrap();
    assert!(shown(&world, "xavier", &number).await.unwrap().may_undo);
    assert!(!shown(&world, "layla", &number).await.unwrap().may_undo, "only who moved it");
    assert!(undo(&world, "layla", &number).await.is_err());
    // New is no status that anything may become again: taking back still leads there.
    undo(&world, "xavier", &number).await.unwrap();
    let back = shown(&world, "xavier", &number).await.unwrap();
    assert_eq!((back.status, last(&back), back.may_undo), (Status::New, HistoryKind::Undone, false));
    assert!(matches!(undo(&world, "xavier", &number).await, Err(Error::Invalid(_))), "once");
}

#[tokio::test]
async fn the_day_of_connection_comes_and_goes_with_the_move() {
    let world = world().await;
    world.db.clock.set(NOW - 40 * DAY);
    let number = create(&world, "layla", &draft("Dated")).await;
    change_status(&world, "layla", &number, Status::ToProcess, &OrderDraft::default()).await.unwrap();
    change_status(&world, "layla", &number, Status::Connected, &OrderDraft::default()).await.unwrap();
    let then = shown(&world, "layla", &number).await.unwrap().connected_on;
    assert!(then.is_some());
    world.db.clock.set(NOW);
    let mut reason = OrderDraft::default();
    reason.set(Field::LossReason, "Price");
    change_status(&world, "layla", &number, Status::Cancelled, &reason).await.unwrap();
    assert_eq!(shown(&world, "layla", &number).await.unwrap().connected_on, None);
    undo(&world, "layla", &number).await.unwrap();
    let back = shown(&world, "layla", &number).await.unwrap();
    assert_eq!((back.status, back.connected_on), (Status::Connected, then), "the old day, not today");
    assert_eq!(back.draft.get(Field::LossReason), "");
}

#[tokio::test]
async fn it_is_offered_for_ten_minutes_and_until_the_next_change() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Late")).await;
    change_status(&world, "xavier", &number, Status::Held, &OrderDraft::default()).await.unwrap();
    world.db.clock.set(NOW + 10 * MINUTE);
    assert!(!shown(&world, "xavier", &number).await.unwrap().may_undo);
    assert!(undo(&world, "xavier", &number).await.is_err());
    change_status(&world, "xavier", &number, Status::Parked, &OrderDraft::default()).await.unwrap();
    change_status(&world, "layla", &number, Status::Held, &OrderDraft::default()).await.unwrap();
    assert!(undo(&world, "xavier", &number).await.is_err(), "somebody else changed it since");
}

#[tokio::test]
async fn an_edit_taken_back_gives_owner_and_team_back_too() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Given")).await;
    let layla = world.scope("layla").await;
    let before = orders::show(&world.db, &layla, &number).await.unwrap();
    let mut given = before.draft.clone();
    given.set(Field::Owner, world.scope("mercy").await.user.id.to_string());
    given.set(Field::Handset, "Pixel 9");
    orders::edit(&world.db, &layla, &number, before.version, &given).await.unwrap();
    undo(&world, "layla", &number).await.unwrap();
    let after = orders::show(&world.db, &layla, &number).await.unwrap();
    assert_eq!((&after.draft, after.detail("Team")), (&before.draft, before.detail("Team")));
}

#[tokio::test]
async fn the_trash_is_for_managers_and_takes_an_order_out_of_everything() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Mistaken Quux")).await;
    let (layla, xavier) = (world.scope("layla").await, world.scope("xavier").await);
    assert!(matches!(orders::trash(&world.db, &xavier, &number).await, Err(Error::Forbidden(_))));
    orders::trash(&world.db, &layla, &number).await.unwrap();
    assert_eq!(shown(&world, "layla", &number).await.unwrap_err(), Error::NotFound);
    let found = ListQuery { text: "quux".into(), ..ListQuery::of(View::Search) };
    assert_eq!(orders::list(&world.db, &layla, found.clone(), Vec::new()).await.unwrap().rows, []);
    let trash = orders::list(&world.db, &layla, ListQuery::of(View::Trash), Vec::new()).await.unwrap();
    assert_eq!(trash.rows.iter().map(|row| row.number.as_str()).collect::<Vec<_>>(), [number.as_str()]);
    assert_eq!(orders::list(&world.db, &xavier, ListQuery::of(View::Trash), Vec::new()).await.unwrap_err(), Error::NotFound);
    assert_eq!(orders::restore(&world.db, &xavier, &number).await, Err(Error::NotFound));
    orders::restore(&world.db, &layla, &number).await.unwrap();
    assert_eq!(last(&shown(&world, "layla", &number).await.unwrap()), HistoryKind::Restored);
    assert_eq!(orders::list(&world.db, &layla, found, Vec::new()).await.unwrap().rows.len(), 1);
    // And from the toast.
    orders::trash(&world.db, &layla, &number).await.unwrap();
    undo(&world, "layla", &number).await.unwrap();
    assert_eq!(last(&shown(&world, "layla", &number).await.unwrap()), HistoryKind::Undone);
}

#[tokio::test]
async fn a_follow_up_is_due_until_it_is_done_or_put_off() {
    let world = world().await;
    let mut call = draft("Call me");
    call.set(Field::FollowUpOn, "2026-11-22");
    call.set(Field::FollowUpKind, "call_back");
    let number = create(&world, "xavier", &call).await;
    let due = async || {
        let scope = world.scope("xavier").await;
        let all = ListQuery { per_page: Some(100), ..ListQuery::of(View::Due) };
        orders::list(&world.db, &scope, all, Vec::new()).await.unwrap().rows.iter().any(|row| row.number == number)
    };
    let message = async || {
        let shown = shown(&world, "xavier", &number).await.unwrap();
        (shown.follow_up, shown.due)
    };
    assert!(due().await);
    assert_eq!(message().await, (Some("Call back, 22 Nov 2026".into()), true));
    let xavier = world.scope("xavier").await;
    orders::follow_up(&world.db, &xavier, &number, FollowUpAct::Tomorrow, &OrderDraft::default()).await.unwrap();
    assert!(!due().await);
    assert_eq!(message().await, (Some("Call back, 23 Nov 2026".into()), false));
    orders::follow_up(&world.db, &xavier, &number, FollowUpAct::Week, &OrderDraft::default()).await.unwrap();
    assert_eq!(message().await, (Some("Call back, 29 Nov 2026".into()), false));
    orders::follow_up(&world.db, &xavier, &number, FollowUpAct::Done, &OrderDraft::default()).await.unwrap();
    assert_eq!(shown(&world, "xavier", &number).await.unwrap().follow_up, None);
    assert!(
        orders::follow_up(&world.db, &world.scope("mercy").await, &number, FollowUpAct::Done, &OrderDraft::default()).await.is_err(),
        "not the owner"
    );
}

#[tokio::test]
async fn what_waits_for_stock_keeps_its_date() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Stock")).await;
    let mut asked = OrderDraft::default();
    asked.set(Field::FollowUpOn, "2026-12-01");
    change_status(&world, "xavier", &number, Status::AwaitingStock, &asked).await.unwrap();
    let refused = orders::follow_up(&world.db, &world.scope("xavier").await, &number, FollowUpAct::Done, &OrderDraft::default()).await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
}
