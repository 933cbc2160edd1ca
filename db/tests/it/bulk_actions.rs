//! One act on many orders: looked over, done, refused, taken back as one.

use db::{
    Scope, bulk_actions,
    clock::{DAY, MINUTE, SECOND},
    testing::{NOW, TestWorld, world},
};
use domain::{
    Error,
    orders::{
        Field, OrderDraft, Status,
        bulk::{BulkActionView, Kind, Stage},
        history::{Entry, HistoryKind},
        list::ListQuery,
    },
};

use crate::orders::{change_status, create, draft};

/// A draft of one field.
fn of(field: Field, value: impl Into<String>) -> OrderDraft {
    let mut draft = OrderDraft::default();
    draft.set(field, value);
    draft
}

fn to(status: Status) -> OrderDraft {
    of(Field::Status, status.code())
}

async fn chosen(world: &TestWorld, scope: &Scope, numbers: &[String]) -> i64 {
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    bulk_actions::choose(&world.db, scope, &numbers, None).await.unwrap()
}

/// Chosen, and said what is to be done.
async fn said(world: &TestWorld, scope: &Scope, numbers: &[String], kind: Kind, draft: &OrderDraft) -> i64 {
    let id = chosen(world, scope, numbers).await;
    bulk_actions::set_action(&world.db, scope, id, kind, draft).await.unwrap();
    id
}

async fn done(world: &TestWorld, scope: &Scope, id: i64) -> BulkActionView {
    bulk_actions::start(&world.db, scope, id).await.unwrap();
    bulk_actions::run(&world.db, id).await.unwrap();
    bulk_actions::show(&world.db, scope, id).await.unwrap()
}

async fn status(world: &TestWorld, number: &str) -> Status {
    Status::from_code(&world.text(&format!("SELECT status FROM orders WHERE number = '{number}'")).await.unwrap()).unwrap()
}

async fn id_of(world: &TestWorld, username: &str) -> i64 {
    world.number(&format!("SELECT id FROM users WHERE username = '{username}'")).await
}

/// What each server does every half minute.
async fn resume(world: &TestWorld) {
    for id in bulk_actions::unfinished_actions(&world.db).await.unwrap() {
        bulk_actions::run(&world.db, id).await.unwrap();
    }
}

/// What was refused, in words, with how many.
fn reasons(shown: &BulkActionView) -> Vec<(&str, &str)> {
    shown.refused.iter().map(|group| (group.reason.as_str(), group.count.as_str())).collect()
}

#[tokio::test]
async fn nothing_happens_before_it_is_looked_over_and_then_all_of_it_does() {
    let world = world().await;
    let layla = world.scope("layla").await;
    let mut numbers = Vec::new();
    for name in ["One", "Two", "Three", "Four"] {
        numbers.push(create(&world, "xavier", &draft(name)).await);
    }
    // One that is so already, and one that may not go there.
    change_status(&world, "layla", &numbers[2], Status::Held, &OrderDraft::default()).await.unwrap();
    for status in [Status::ToProcess, Status::Connected] {
        change_status(&world, "layla", &numbers[3], status, &OrderDraft::default()).await.unwrap();
    }
    let before = world.number("SELECT count(*) FROM order_history").await;
    let id = chosen(&world, &layla, &numbers).await;
    assert!(matches!(bulk_actions::start(&world.db, &layla, id).await, Err(Error::Invalid(_))), "nothing was said yet");
    bulk_actions::set_action(&world.db, &layla, id, Kind::Move, &to(Status::Held)).await.unwrap();
    let ready = bulk_actions::show(&world.db, &layla, id).await.unwrap();
    assert_eq!((ready.stage, ready.title.as_str(), ready.act.as_str()), (Stage::Ready, "4 orders", "Change status to Held"));
    assert_eq!(ready.sentence, "2 orders will change");
    let so_already = "No change needed";
    let never = "An order can't change from Connected to Held";
    let message = reasons(&ready);
    assert_eq!(message, [(so_already, "1"), (never, "1")]);
    assert_eq!(world.number("SELECT count(*) FROM order_history").await, before, "looking over writes nothing");

    let ended = done(&world, &layla, id).await;
    assert_eq!((ended.stage, ended.sentence.as_str(), ended.may_undo), (Stage::Done, "2 orders changed", true));
    assert_eq!(world.number("SELECT count(*) FROM order_history").await, before + 2);
    for number in &numbers[..3] {
        assert_eq!(status(&world, number).await, Status::Held);
    }
    assert_eq!(status(&world, &numbers[3]).await, Status::Connected);
    assert!(matches!(bulk_actions::start(&world.db, &layla, id).await, Err(Error::Invalid(_))), "once");
}

#[tokio::test]
async fn it_is_taken_back_as_one_unless_somebody_changed_an_order_since() {
    let world = world().await;
    let layla = world.scope("layla").await;
    let mut numbers = Vec::new();
    for name in ["One", "Two", "Three"] {
        numbers.push(create(&world, "xavier", &draft(name)).await);
        change_status(&world, "layla", numbers.last().unwrap(), Status::ToProcess, &OrderDraft::default()).await.unwrap();
    }
    let id = said(&world, &layla, &numbers, Kind::Move, &to(Status::Connected)).await;
    done(&world, &layla, id).await;
    assert_eq!(
        world.number("SELECT count(*) FROM orders WHERE business_name IN ('One', 'Two', 'Three') AND connected_on IS NOT NULL").await,
        3
    );
    change_status(&world, "ada", &numbers[1], Status::Cancelled, &of(Field::LossReason, "Credit")).await.unwrap();
    assert!(bulk_actions::undo(&world.db, &world.scope("ada").await, id).await.is_err(), "only who did it");
    bulk_actions::undo(&world.db, &layla, id).await.unwrap();
    bulk_actions::run(&world.db, id).await.unwrap();
    let back = bulk_actions::show(&world.db, &layla, id).await.unwrap();
    assert_eq!((back.stage, back.sentence.as_str(), back.may_undo), (Stage::Undone, "Change undone for 2 orders", false));
    assert_eq!(reasons(&back), [("Changed again since then", "1")]);
    assert_eq!(status(&world, &numbers[0]).await, Status::ToProcess);
    assert_eq!(status(&world, &numbers[1]).await, Status::Cancelled);
    assert_eq!(world.number("SELECT count(*) FROM orders WHERE business_name IN ('One', 'Three') AND connected_on IS NOT NULL").await, 0);
    let shown = db::orders::show(&world.db, &layla, &numbers[0]).await.unwrap();
    let last = shown.timeline.iter().find_map(|entry| if let Entry::Change { happened, .. } = entry { Some(*happened) } else { None });
    assert_eq!(last, Some(HistoryKind::Undone));
}

#[tokio::test]
async fn ten_minutes_later_it_stands() {
    let world = world().await;
    let layla = world.scope("layla").await;
    let numbers = [create(&world, "xavier", &draft("Late")).await];
    let id = said(&world, &layla, &numbers, Kind::Move, &to(Status::ToProcess)).await;
    done(&world, &layla, id).await;
    world.db.clock.set(NOW + 11 * MINUTE);
    assert!(!bulk_actions::show(&world.db, &layla, id).await.unwrap().may_undo);
    assert!(matches!(bulk_actions::undo(&world.db, &layla, id).await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn all_that_match_are_those_that_the_list_counts_whatever_its_pages() {
    let world = world().await;
    let layla = world.scope("layla").await;
    for address in
        ["/orders/?status=NW", "/orders/month/?per_page=25&page=2", "/orders/search/?query=ltd", "/orders/mine/", "/orders/?value_from=500"]
    {
        let (query, ignored) = db::orders::at_address(&layla, address);
        let count = db::orders::list(&world.db, &layla, query, ignored).await.unwrap().count.0;
        let found = bulk_actions::choose(&world.db, &layla, &[], Some(address)).await;
        match found {
            Ok(id) => assert_eq!(
                world.number(&format!("SELECT count(*) FROM bulk_action_items WHERE bulk_action_id = {id}")).await.unsigned_abs(),
                count,
                "{address}"
            ),
            Err(error) => assert!(count == 0 && matches!(error, Error::Invalid(_)), "{address} {error:?}"),
        }
    }
    assert!(matches!(bulk_actions::choose(&world.db, &layla, &[], Some("/orders/trash/")).await, Err(Error::Invalid(_))));
    assert!(matches!(bulk_actions::choose(&world.db, &layla, &["nothing", "\0", "' OR 1=1--"], None).await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn an_agent_does_it_to_the_own_orders_and_is_told_of_the_others() {
    let world = world().await;
    let xavier = world.scope("xavier").await;
    let numbers = [create(&world, "xavier", &draft("Own")).await, create(&world, "mercy", &draft("Other")).await];
    let id = said(&world, &xavier, &numbers, Kind::Move, &to(Status::ToProcess)).await;
    let ended = done(&world, &xavier, id).await;
    assert_eq!(ended.sentence, "1 order changed");
    assert_eq!(reasons(&ended), [("Only the owner or a manager can change this order", "1")]);
    assert_eq!(ended.refused[0].first[0].label, numbers[1]);
    assert_eq!(status(&world, &numbers[1]).await, Status::New);
    // Giving and the trash are not for agents, nor is Connected.
    let id = chosen(&world, &xavier, &numbers).await;
    assert!(matches!(
        bulk_actions::set_action(&world.db, &xavier, id, Kind::Trash, &OrderDraft::default()).await,
        Err(Error::Forbidden(_))
    ));
    let gift = of(Field::Owner, id_of(&world, "mercy").await.to_string());
    assert!(matches!(bulk_actions::set_action(&world.db, &xavier, id, Kind::Assign, &gift).await, Err(Error::Forbidden(_))));
    bulk_actions::set_action(&world.db, &xavier, id, Kind::Move, &to(Status::Connected)).await.unwrap();
    assert_eq!(bulk_actions::show(&world.db, &xavier, id).await.unwrap().sentence, "0 orders will change");
}

#[tokio::test]
async fn nobody_else_sees_it_and_who_only_reads_cannot_begin() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Private")).await;
    let ruth = world.scope("ruth").await;
    assert!(matches!(bulk_actions::choose(&world.db, &ruth, &[&number], None).await, Err(Error::Forbidden(_))));
    let layla = world.scope("layla").await;
    let id = chosen(&world, &layla, std::slice::from_ref(&number)).await;
    for who in ["ada", "neil", "ruth"] {
        let scope = world.scope(who).await;
        assert!(matches!(bulk_actions::show(&world.db, &scope, id).await, Err(Error::NotFound)), "{who}");
        assert!(
            matches!(bulk_actions::set_action(&world.db, &scope, id, Kind::Trash, &OrderDraft::default()).await, Err(Error::NotFound)),
            "{who}"
        );
        assert!(
            bulk_actions::start(&world.db, &scope, id).await.is_err() && bulk_actions::stop(&world.db, &scope, id).await.is_err(),
            "{who}"
        );
    }
}

#[tokio::test]
async fn orders_that_others_changed_or_threw_away_meanwhile_are_judged_as_they_are() {
    let world = world().await;
    let layla = world.scope("layla").await;
    let numbers = [
        create(&world, "xavier", &draft("Stays")).await,
        create(&world, "xavier", &draft("Connected")).await,
        create(&world, "xavier", &draft("Thrown away")).await,
    ];
    let id = said(&world, &layla, &numbers, Kind::Move, &to(Status::Held)).await;
    assert_eq!(bulk_actions::show(&world.db, &layla, id).await.unwrap().sentence, "3 orders will change");
    for status in [Status::ToProcess, Status::Connected] {
        change_status(&world, "ada", &numbers[1], status, &OrderDraft::default()).await.unwrap();
    }
    db::orders::trash(&world.db, &world.scope("ada").await, &numbers[2]).await.unwrap();
    let ended = done(&world, &layla, id).await;
    assert_eq!(ended.sentence, "1 order changed");
    let message = reasons(&ended);
    assert!(message.iter().any(|(words, _)| words.contains("Moved to trash")), "{message:?}");
    assert_eq!(status(&world, &numbers[1]).await, Status::Connected);
}

#[tokio::test]
async fn what_a_server_left_half_done_another_one_finishes_and_never_twice() {
    let world = world().await;
    let layla = world.scope("layla").await;
    let all = bulk_actions::choose(&world.db, &layla, &[], Some("/orders/?status=NW")).await.unwrap();
    let total = world.number(&format!("SELECT total FROM bulk_actions WHERE id = {all}")).await;
    assert!(total > 10, "{total}");
    let when = of(Field::FollowUpOn, "2026-12-24");
    bulk_actions::set_action(&world.db, &layla, all, Kind::FollowUp, &when).await.unwrap();
    bulk_actions::start(&world.db, &layla, all).await.unwrap();
    // Somebody has it in hand: nobody else touches it.
    world.sql(&format!("UPDATE bulk_actions SET heartbeat_at = {NOW} - 1 WHERE id = {all}")).await.unwrap();
    resume(&world).await;
    assert_eq!(bulk_actions::show(&world.db, &layla, all).await.unwrap().stage, Stage::Running);
    // Silent for half a minute: it is gone, with some of the orders done.
    let some = world.number(&format!("SELECT min(order_id) FROM bulk_action_items WHERE bulk_action_id = {all}")).await;
    let number = world.text(&format!("SELECT number FROM orders WHERE id = {some}")).await.unwrap();
    world
        .sql(&format!("UPDATE bulk_action_items SET outcome = 'done', version = 2 WHERE bulk_action_id = {all} AND order_id = {some}"))
        .await
        .unwrap();
    let version = format!("SELECT version FROM orders WHERE number = '{number}'");
    let before = world.number(&version).await;
    world.db.clock.set(NOW + 31 * SECOND);
    resume(&world).await;
    let ended = bulk_actions::show(&world.db, &layla, all).await.unwrap();
    assert_eq!((ended.stage, ended.done, ended.of), (Stage::Done, total.unsigned_abs(), total.unsigned_abs()), "{ended:?}");
    assert_eq!(world.number(&version).await, before, "what was done is not done again");
    assert_eq!(world.number("SELECT count(*) FROM orders WHERE status = 'NW' AND follow_up_on = '2026-12-24'").await, total - 1);
}

#[tokio::test]
async fn a_person_who_may_no_longer_sign_in_does_nothing_more() {
    let world = world().await;
    let layla = world.scope("layla").await;
    let numbers = [create(&world, "xavier", &draft("Never")).await];
    let id = said(&world, &layla, &numbers, Kind::Trash, &OrderDraft::default()).await;
    bulk_actions::start(&world.db, &layla, id).await.unwrap();
    world.sql("UPDATE users SET active = FALSE WHERE username = 'layla'").await.unwrap();
    bulk_actions::run(&world.db, id).await.unwrap();
    let ended = bulk_actions::show(&world.db, &layla, id).await.unwrap();
    assert_eq!(ended.sentence, "0 orders changed. This account is deactivated");
    assert_eq!(world.number("SELECT count(*) FROM orders WHERE trashed_at IS NOT NULL AND business_name = 'Never'").await, 0);
}

#[tokio::test]
async fn many_go_to_another_owner_with_that_team_and_into_the_trash_and_back() {
    let world = world().await;
    let layla = world.scope("layla").await;
    let numbers = [create(&world, "xavier", &draft("Given A")).await, create(&world, "xavier", &draft("Given B")).await];
    let id = chosen(&world, &layla, &numbers).await;
    let mercy = id_of(&world, "mercy").await;
    bulk_actions::set_action(&world.db, &layla, id, Kind::Assign, &of(Field::Owner, mercy.to_string())).await.unwrap();
    assert!(bulk_actions::show(&world.db, &layla, id).await.unwrap().act.starts_with("Assign to Mercy"));
    done(&world, &layla, id).await;
    let team = "SELECT count(*) FROM orders o JOIN users u ON u.id = o.owner_id WHERE u.username = 'mercy' AND o.team_id = u.team_id AND o.business_name LIKE 'Given %'";
    assert_eq!(world.number(team).await, 2);

    let id = said(&world, &layla, &numbers, Kind::Trash, &OrderDraft::default()).await;
    done(&world, &layla, id).await;
    let trashed = "SELECT count(*) FROM orders WHERE trashed_at IS NOT NULL AND business_name LIKE 'Given %'";
    assert_eq!(world.number(trashed).await, 2);
    bulk_actions::undo(&world.db, &layla, id).await.unwrap();
    bulk_actions::run(&world.db, id).await.unwrap();
    assert_eq!(world.number(trashed).await, 0);
}

#[tokio::test]
async fn what_an_act_needs_is_asked_beside_its_field() {
    let world = world().await;
    let layla = world.scope("layla").await;
    let numbers = [create(&world, "xavier", &draft("Asked")).await];
    let id = chosen(&world, &layla, &numbers).await;
    let beside = async |kind, draft: OrderDraft| match bulk_actions::set_action(&world.db, &layla, id, kind, &draft).await {
        Err(Error::Invalid(errors)) => errors.0[0].0.clone(),
        other => panic!("{kind:?} {other:?}"),
    };
    assert_eq!(beside(Kind::Move, OrderDraft::default()).await, "status");
    assert_eq!(beside(Kind::Move, of(Field::Status, "XX")).await, "status");
    assert_eq!(beside(Kind::Assign, of(Field::Owner, "999999")).await, "owner");
    assert_eq!(beside(Kind::Campaign, OrderDraft::default()).await, "campaign");
    assert_eq!(beside(Kind::Company, of(Field::Company, "-1")).await, "company");
    assert_eq!(beside(Kind::FollowUp, OrderDraft::default()).await, "follow_up_on");
    assert_eq!(beside(Kind::FollowUp, of(Field::FollowUpOn, "2026-02-31")).await, "follow_up_on");
    // A reason that is missing is missing on each order: the look over says so.
    bulk_actions::set_action(&world.db, &layla, id, Kind::Move, &to(Status::Cancelled)).await.unwrap();
    assert_eq!(bulk_actions::show(&world.db, &layla, id).await.unwrap().sentence, "0 orders will change");
    // Other fields are not obeyed.
    let mut forged = to(Status::ToProcess);
    forged.set(Field::BusinessName, "Forged");
    forged.set(Field::BoxValue, "99999");
    bulk_actions::set_action(&world.db, &layla, id, Kind::Move, &forged).await.unwrap();
    done(&world, &layla, id).await;
    assert_eq!(world.number("SELECT count(*) FROM orders WHERE business_name = 'Forged' OR box_value = 9999900").await, 0);
}

#[tokio::test]
async fn two_acts_on_the_same_orders_at_once_both_end() {
    let world = world().await;
    let (layla, neil) = (world.scope("layla").await, world.scope("neil").await);
    let list = "/orders/?status=NW";
    let first = bulk_actions::choose(&world.db, &layla, &[], Some(list)).await.unwrap();
    let second = bulk_actions::choose(&world.db, &neil, &[], Some(list)).await.unwrap();
    let campaign = world.number("SELECT max(id) FROM campaigns").await;
    bulk_actions::set_action(&world.db, &layla, first, Kind::Campaign, &of(Field::Campaign, campaign.to_string())).await.unwrap();
    bulk_actions::set_action(&world.db, &neil, second, Kind::FollowUp, &of(Field::FollowUpOn, "2026-12-24")).await.unwrap();
    bulk_actions::start(&world.db, &layla, first).await.unwrap();
    bulk_actions::start(&world.db, &neil, second).await.unwrap();
    let (one, other) = tokio::join!(bulk_actions::run(&world.db, first), bulk_actions::run(&world.db, second));
    one.unwrap();
    other.unwrap();
    let query = ListQuery { per_page: Some(100), ..db::orders::at_address(&layla, list).0 };
    let total = db::orders::list(&world.db, &layla, query, Vec::new()).await.unwrap().count.0;
    let both = format!(
        "SELECT count(*) FROM orders WHERE status = 'NW' AND trashed_at IS NULL AND campaign_id = {campaign} AND follow_up_on = '2026-12-24'"
    );
    assert_eq!(world.number(&both).await.unsigned_abs(), total);
}

#[tokio::test]
async fn what_was_done_is_not_forgotten_because_somebody_says_it_again() {
    let world = world().await;
    let layla = world.scope("layla").await;
    let numbers = [create(&world, "xavier", &draft("Again")).await];
    let id = said(&world, &layla, &numbers, Kind::Move, &to(Status::ToProcess)).await;
    done(&world, &layla, id).await;
    assert!(matches!(bulk_actions::set_action(&world.db, &layla, id, Kind::Move, &to(Status::Held)).await, Err(Error::Invalid(_))));
    let shown = bulk_actions::show(&world.db, &layla, id).await.unwrap();
    assert_eq!((shown.stage, shown.sentence.as_str(), shown.act.as_str()), (Stage::Done, "1 order changed", "Change status to To Process"));
    bulk_actions::undo(&world.db, &layla, id).await.unwrap();
    bulk_actions::run(&world.db, id).await.unwrap();
    assert_eq!(status(&world, &numbers[0]).await, Status::New);
}

#[tokio::test]
async fn what_says_the_same_in_other_words_is_so_already_and_undo_leaves_a_later_change_alone() {
    let world = world().await;
    let layla = world.scope("layla").await;
    let numbers = [create(&world, "layla", &draft("Same words")).await];
    let mut first = of(Field::FollowUpOn, "2026-12-24");
    first.set(Field::FollowUpNote, "Ask for Jo");
    let id = said(&world, &layla, &numbers, Kind::FollowUp, &first).await;
    done(&world, &layla, id).await;
    let mut again = of(Field::FollowUpOn, "24/12/2026");
    again.set(Field::FollowUpNote, " Ask for Jo ");
    let id = said(&world, &layla, &numbers, Kind::FollowUp, &again).await;
    let ended = done(&world, &layla, id).await;
    assert_eq!((ended.sentence.as_str(), ended.may_undo), ("0 orders changed", false));
}

#[tokio::test]
async fn stopped_it_stays_where_it_is_and_what_was_done_can_be_taken_back() {
    let world = world().await;
    let layla = world.scope("layla").await;
    let id = bulk_actions::choose(&world.db, &layla, &[], Some("/orders/?status=NW")).await.unwrap();
    bulk_actions::set_action(&world.db, &layla, id, Kind::FollowUp, &of(Field::FollowUpOn, "2026-12-24")).await.unwrap();
    bulk_actions::start(&world.db, &layla, id).await.unwrap();
    bulk_actions::stop(&world.db, &layla, id).await.unwrap();
    bulk_actions::run(&world.db, id).await.unwrap();
    let ended = bulk_actions::show(&world.db, &layla, id).await.unwrap();
    assert_eq!((ended.stage, ended.sentence.as_str()), (Stage::Done, "0 orders changed. You stopped the action here"));
    assert_eq!(world.number("SELECT count(*) FROM orders WHERE follow_up_on = '2026-12-24'").await, 0);
}

#[tokio::test]
async fn two_runners_never_do_one_order_twice() {
    let world = world().await;
    let layla = world.scope("layla").await;
    let id = bulk_actions::choose(&world.db, &layla, &[], Some("/orders/")).await.unwrap();
    bulk_actions::set_action(&world.db, &layla, id, Kind::FollowUp, &of(Field::FollowUpOn, "2026-12-24")).await.unwrap();
    let before = world.number("SELECT count(*) FROM order_history").await;
    bulk_actions::start(&world.db, &layla, id).await.unwrap();
    // The second finds the first silent, as if their clocks were far apart, and takes it out of its hand.
    let late = world.db.at(db::Clock::fixed(NOW + MINUTE));
    let (one, other) = tokio::join!(bulk_actions::run(&world.db, id), async {
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        bulk_actions::run(&late, id).await
    });
    one.unwrap();
    other.unwrap();
    let ended = bulk_actions::show(&world.db, &layla, id).await.unwrap();
    let done = world.number(&format!("SELECT count(*) FROM bulk_action_items WHERE bulk_action_id = {id} AND outcome = 'done'")).await;
    assert_eq!(ended.stage, Stage::Done);
    assert_eq!(world.number("SELECT count(*) FROM order_history").await - before, done);
    assert_eq!(world.number("SELECT count(*) FROM orders WHERE follow_up_on = '2026-12-24'").await, done);
}

#[tokio::test]
async fn undo_needs_the_rights_that_doing_needed() {
    let world = world().await;
    let layla = world.scope("layla").await;
    let numbers = [create(&world, "layla", &draft("Thrown")).await, create(&world, "layla", &draft("Connected")).await];
    change_status(&world, "layla", &numbers[1], Status::ToProcess, &OrderDraft::default()).await.unwrap();
    let thrown = chosen(&world, &layla, &numbers[..1]).await;
    bulk_actions::set_action(&world.db, &layla, thrown, Kind::Trash, &OrderDraft::default()).await.unwrap();
    done(&world, &layla, thrown).await;
    let connected = chosen(&world, &layla, &numbers[1..]).await;
    bulk_actions::set_action(&world.db, &layla, connected, Kind::Move, &to(Status::Connected)).await.unwrap();
    done(&world, &layla, connected).await;
    world.sql("UPDATE users SET role = 'agent' WHERE username = 'layla'").await.unwrap();
    let agent = world.scope("layla").await;
    for id in [thrown, connected] {
        bulk_actions::undo(&world.db, &agent, id).await.unwrap();
        bulk_actions::run(&world.db, id).await.unwrap();
        assert_eq!(bulk_actions::show(&world.db, &agent, id).await.unwrap().sentence, "Change undone for 0 orders");
    }
    assert_eq!(world.number("SELECT count(*) FROM orders WHERE business_name = 'Thrown' AND trashed_at IS NOT NULL").await, 1);
    assert_eq!(status(&world, &numbers[1]).await, Status::Connected);
}

#[tokio::test]
async fn a_list_that_is_not_understood_never_means_all_orders() {
    let world = world().await;
    let layla = world.scope("layla").await;
    for odd in ["1", "anything", "/orders/?owner=999999", "/orders/?status=XX", "/orders/1000001/", "/orders/?page=-1"] {
        assert!(matches!(bulk_actions::choose(&world.db, &layla, &[], Some(odd)).await, Err(Error::Invalid(_))), "{odd}");
    }
}

#[tokio::test]
async fn acts_of_long_ago_are_forgotten_and_those_on_their_way_are_not() {
    let world = world().await;
    let layla = world.scope("layla").await;
    let number = create(&world, "xavier", &draft("Old")).await;
    let ids = [chosen(&world, &layla, std::slice::from_ref(&number)).await, chosen(&world, &layla, &[number]).await];
    bulk_actions::set_action(&world.db, &layla, ids[1], Kind::Move, &to(Status::Held)).await.unwrap();
    bulk_actions::start(&world.db, &layla, ids[1]).await.unwrap();
    world.db.clock.set(NOW + 31 * DAY);
    bulk_actions::sweep(&world.db).await.unwrap();
    assert!(bulk_actions::show(&world.db, &layla, ids[0]).await.is_err());
    assert!(bulk_actions::show(&world.db, &layla, ids[1]).await.is_ok());
    assert_eq!(world.number("SELECT count(*) FROM bulk_action_items").await, 1);
}
