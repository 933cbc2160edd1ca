//! The trash, taking back, and follow-ups.

use db::{
    clock::{DAY, MINUTE},
    orders,
    testing::{House, NOW, house},
};
use domain::{
    Error,
    orders::{
        Field, OrderDraft, Status,
        history::{Entry, Happened},
        list::{ListQuery, View},
        pages::{FollowUpAct, OrderShown},
    },
};

use crate::orders::{advance, create, draft};

async fn shown(house: &House, who: &str, number: &str) -> domain::Result<OrderShown> {
    orders::show(&house.db, &house.scope(who).await, number).await
}

async fn undo(house: &House, who: &str, number: &str) -> domain::Result<()> {
    orders::undo(&house.db, &house.scope(who).await, number).await
}

fn last(shown: &OrderShown) -> Happened {
    let found = shown.timeline.iter().find_map(|entry| if let Entry::Change { happened, .. } = entry { Some(*happened) } else { None });
    found.unwrap()
}

#[tokio::test]
async fn a_move_taken_back_is_as_if_it_had_not_happened_and_the_timeline_says_so() {
    let house = house().await;
    let number = create(&house, "xavier", &draft("Back")).await;
    advance(&house, "xavier", &number, Status::ToProcess, &OrderDraft::default()).await.unwrap();
    assert!(shown(&house, "xavier", &number).await.unwrap().may_undo);
    assert!(!shown(&house, "layla", &number).await.unwrap().may_undo, "only who moved it");
    assert!(undo(&house, "layla", &number).await.is_err());
    // New is no status that anything may become again: taking back still leads there.
    undo(&house, "xavier", &number).await.unwrap();
    let back = shown(&house, "xavier", &number).await.unwrap();
    assert_eq!((back.status, last(&back), back.may_undo), (Status::New, Happened::Undone, false));
    assert!(matches!(undo(&house, "xavier", &number).await, Err(Error::Invalid(_))), "once");
}

#[tokio::test]
async fn the_day_of_connection_comes_and_goes_with_the_move() {
    let house = house().await;
    house.db.clock.set(NOW - 40 * DAY);
    let number = create(&house, "layla", &draft("Dated")).await;
    advance(&house, "layla", &number, Status::ToProcess, &OrderDraft::default()).await.unwrap();
    advance(&house, "layla", &number, Status::Connected, &OrderDraft::default()).await.unwrap();
    let then = shown(&house, "layla", &number).await.unwrap().connected_on;
    assert!(then.is_some());
    house.db.clock.set(NOW);
    let mut reason = OrderDraft::default();
    reason.set(Field::LossReason, "Price");
    advance(&house, "layla", &number, Status::Cancelled, &reason).await.unwrap();
    assert_eq!(shown(&house, "layla", &number).await.unwrap().connected_on, None);
    undo(&house, "layla", &number).await.unwrap();
    let back = shown(&house, "layla", &number).await.unwrap();
    assert_eq!((back.status, back.connected_on), (Status::Connected, then), "the old day, not today");
    assert_eq!(back.draft.get(Field::LossReason), "");
}

#[tokio::test]
async fn it_is_offered_for_ten_minutes_and_until_the_next_change() {
    let house = house().await;
    let number = create(&house, "xavier", &draft("Late")).await;
    advance(&house, "xavier", &number, Status::Held, &OrderDraft::default()).await.unwrap();
    house.db.clock.set(NOW + 10 * MINUTE);
    assert!(!shown(&house, "xavier", &number).await.unwrap().may_undo);
    assert!(undo(&house, "xavier", &number).await.is_err());
    advance(&house, "xavier", &number, Status::Parked, &OrderDraft::default()).await.unwrap();
    advance(&house, "layla", &number, Status::Held, &OrderDraft::default()).await.unwrap();
    assert!(undo(&house, "xavier", &number).await.is_err(), "somebody else changed it since");
}

#[tokio::test]
async fn an_edit_taken_back_gives_owner_and_team_back_too() {
    let house = house().await;
    let number = create(&house, "xavier", &draft("Given")).await;
    let layla = house.scope("layla").await;
    let before = orders::show(&house.db, &layla, &number).await.unwrap();
    let mut given = before.draft.clone();
    given.set(Field::Owner, house.scope("mercy").await.me.id.to_string());
    given.set(Field::Handset, "Pixel 9");
    orders::edit(&house.db, &layla, &number, before.version, &given).await.unwrap();
    undo(&house, "layla", &number).await.unwrap();
    let after = orders::show(&house.db, &layla, &number).await.unwrap();
    assert_eq!((&after.draft, after.fact("Team")), (&before.draft, before.fact("Team")));
}

#[tokio::test]
async fn the_trash_is_for_managers_and_takes_an_order_out_of_everything() {
    let house = house().await;
    let number = create(&house, "xavier", &draft("Mistaken Quux")).await;
    let (layla, xavier) = (house.scope("layla").await, house.scope("xavier").await);
    assert!(matches!(orders::trash(&house.db, &xavier, &number).await, Err(Error::Forbidden(_))));
    orders::trash(&house.db, &layla, &number).await.unwrap();
    assert_eq!(shown(&house, "layla", &number).await.unwrap_err(), Error::NotFound);
    let found = ListQuery { text: "quux".into(), ..ListQuery::of(View::Search) };
    assert_eq!(orders::list(&house.db, &layla, found.clone(), Vec::new()).await.unwrap().rows, []);
    let trash = orders::list(&house.db, &layla, ListQuery::of(View::Trash), Vec::new()).await.unwrap();
    assert_eq!(trash.rows.iter().map(|row| row.number.as_str()).collect::<Vec<_>>(), [number.as_str()]);
    assert_eq!(orders::list(&house.db, &xavier, ListQuery::of(View::Trash), Vec::new()).await.unwrap_err(), Error::NotFound);
    assert_eq!(orders::restore(&house.db, &xavier, &number).await, Err(Error::NotFound));
    orders::restore(&house.db, &layla, &number).await.unwrap();
    assert_eq!(last(&shown(&house, "layla", &number).await.unwrap()), Happened::Restored);
    assert_eq!(orders::list(&house.db, &layla, found, Vec::new()).await.unwrap().rows.len(), 1);
    // And from the toast.
    orders::trash(&house.db, &layla, &number).await.unwrap();
    undo(&house, "layla", &number).await.unwrap();
    assert_eq!(last(&shown(&house, "layla", &number).await.unwrap()), Happened::Undone);
}

#[tokio::test]
async fn a_follow_up_is_due_until_it_is_done_or_put_off() {
    let house = house().await;
    let mut call = draft("Call me");
    call.set(Field::FollowUpOn, "2026-11-22");
    call.set(Field::FollowUpKind, "call_back");
    let number = create(&house, "xavier", &call).await;
    let due = async || {
        let scope = house.scope("xavier").await;
        let all = ListQuery { per_page: Some(100), ..ListQuery::of(View::Due) };
        orders::list(&house.db, &scope, all, Vec::new()).await.unwrap().rows.iter().any(|row| row.number == number)
    };
    let told = async || {
        let shown = shown(&house, "xavier", &number).await.unwrap();
        (shown.follow_up, shown.due)
    };
    assert!(due().await);
    assert_eq!(told().await, (Some("Call back, 22 Nov 2026".into()), true));
    let xavier = house.scope("xavier").await;
    orders::follow_up(&house.db, &xavier, &number, FollowUpAct::Tomorrow, &OrderDraft::default()).await.unwrap();
    assert!(!due().await);
    assert_eq!(told().await, (Some("Call back, 23 Nov 2026".into()), false));
    orders::follow_up(&house.db, &xavier, &number, FollowUpAct::Week, &OrderDraft::default()).await.unwrap();
    assert_eq!(told().await, (Some("Call back, 29 Nov 2026".into()), false));
    orders::follow_up(&house.db, &xavier, &number, FollowUpAct::Done, &OrderDraft::default()).await.unwrap();
    assert_eq!(shown(&house, "xavier", &number).await.unwrap().follow_up, None);
    assert!(
        orders::follow_up(&house.db, &house.scope("mercy").await, &number, FollowUpAct::Done, &OrderDraft::default()).await.is_err(),
        "not the owner"
    );
}

#[tokio::test]
async fn what_waits_for_stock_keeps_its_date() {
    let house = house().await;
    let number = create(&house, "xavier", &draft("Stock")).await;
    let mut asked = OrderDraft::default();
    asked.set(Field::FollowUpOn, "2026-12-01");
    advance(&house, "xavier", &number, Status::AwaitingStock, &asked).await.unwrap();
    let refused = orders::follow_up(&house.db, &house.scope("xavier").await, &number, FollowUpAct::Done, &OrderDraft::default()).await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
}
