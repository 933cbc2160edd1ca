//! One act on many orders: looked over, done, refused, taken back as one.

use db::{
    Scope,
    clock::{DAY, MINUTE, SECOND},
    many,
    testing::{House, NOW, house},
};
use domain::{
    Error,
    orders::{
        Field, OrderDraft, Status,
        history::{Entry, Happened},
        list::ListQuery,
        many::{Kind, ManyShown, Stage},
    },
};

use crate::orders::{advance, create, draft};

/// A draft of one field.
fn of(field: Field, value: impl Into<String>) -> OrderDraft {
    let mut draft = OrderDraft::default();
    draft.set(field, value);
    draft
}

fn to(status: Status) -> OrderDraft {
    of(Field::Status, status.code())
}

async fn chosen(house: &House, scope: &Scope, numbers: &[String]) -> i64 {
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    many::choose(&house.db, scope, &numbers, None).await.unwrap()
}

/// Chosen, and said what is to be done.
async fn said(house: &House, scope: &Scope, numbers: &[String], kind: Kind, draft: &OrderDraft) -> i64 {
    let id = chosen(house, scope, numbers).await;
    many::say(&house.db, scope, id, kind, draft).await.unwrap();
    id
}

async fn done(house: &House, scope: &Scope, id: i64) -> ManyShown {
    many::start(&house.db, scope, id).await.unwrap();
    many::run(&house.db, id).await.unwrap();
    many::show(&house.db, scope, id).await.unwrap()
}

async fn status(house: &House, number: &str) -> Status {
    Status::from_code(&house.text(&format!("SELECT status FROM orders WHERE number = '{number}'")).await.unwrap()).unwrap()
}

async fn id_of(house: &House, username: &str) -> i64 {
    house.number(&format!("SELECT id FROM users WHERE username = '{username}'")).await
}

/// What each server does every half minute.
async fn resume(house: &House) {
    for id in many::left(&house.db).await.unwrap() {
        many::run(&house.db, id).await.unwrap();
    }
}

/// What was refused, in words, with how many.
fn reasons(shown: &ManyShown) -> Vec<(&str, &str)> {
    shown.refused.iter().map(|group| (group.words.as_str(), group.count.as_str())).collect()
}

#[tokio::test]
async fn nothing_happens_before_it_is_looked_over_and_then_all_of_it_does() {
    let house = house().await;
    let layla = house.scope("layla").await;
    let mut numbers = Vec::new();
    for name in ["One", "Two", "Three", "Four"] {
        numbers.push(create(&house, "xavier", &draft(name)).await);
    }
    // One that is so already, and one that may not go there.
    advance(&house, "layla", &numbers[2], Status::Held, &OrderDraft::default()).await.unwrap();
    for status in [Status::ToProcess, Status::Connected] {
        advance(&house, "layla", &numbers[3], status, &OrderDraft::default()).await.unwrap();
    }
    let before = house.number("SELECT count(*) FROM order_history").await;
    let id = chosen(&house, &layla, &numbers).await;
    assert!(matches!(many::start(&house.db, &layla, id).await, Err(Error::Invalid(_))), "nothing was said yet");
    many::say(&house.db, &layla, id, Kind::Move, &to(Status::Held)).await.unwrap();
    let ready = many::show(&house.db, &layla, id).await.unwrap();
    assert_eq!((ready.stage, ready.title.as_str(), ready.act.as_str()), (Stage::Ready, "4 orders", "Move to Held"));
    assert_eq!(ready.sentence, "This is done to 2 orders.");
    let so_already = "It is so already.";
    let never = "An order that is Connected cannot become Held.";
    let told = reasons(&ready);
    assert_eq!(told, [(so_already, "1"), (never, "1")]);
    assert_eq!(house.number("SELECT count(*) FROM order_history").await, before, "looking over writes nothing");

    let ended = done(&house, &layla, id).await;
    assert_eq!((ended.stage, ended.sentence.as_str(), ended.may_undo), (Stage::Done, "Done to 2 orders.", true));
    assert_eq!(house.number("SELECT count(*) FROM order_history").await, before + 2);
    for number in &numbers[..3] {
        assert_eq!(status(&house, number).await, Status::Held);
    }
    assert_eq!(status(&house, &numbers[3]).await, Status::Connected);
    assert!(matches!(many::start(&house.db, &layla, id).await, Err(Error::Invalid(_))), "once");
}

#[tokio::test]
async fn it_is_taken_back_as_one_unless_somebody_changed_an_order_since() {
    let house = house().await;
    let layla = house.scope("layla").await;
    let mut numbers = Vec::new();
    for name in ["One", "Two", "Three"] {
        numbers.push(create(&house, "xavier", &draft(name)).await);
        advance(&house, "layla", numbers.last().unwrap(), Status::ToProcess, &OrderDraft::default()).await.unwrap();
    }
    let id = said(&house, &layla, &numbers, Kind::Move, &to(Status::Connected)).await;
    done(&house, &layla, id).await;
    assert_eq!(
        house.number("SELECT count(*) FROM orders WHERE business_name IN ('One', 'Two', 'Three') AND connected_on IS NOT NULL").await,
        3
    );
    advance(&house, "ada", &numbers[1], Status::Cancelled, &of(Field::LossReason, "Credit")).await.unwrap();
    assert!(many::undo(&house.db, &house.scope("ada").await, id).await.is_err(), "only who did it");
    many::undo(&house.db, &layla, id).await.unwrap();
    many::run(&house.db, id).await.unwrap();
    let back = many::show(&house.db, &layla, id).await.unwrap();
    assert_eq!((back.stage, back.sentence.as_str(), back.may_undo), (Stage::Undone, "Taken back of 2 orders.", false));
    assert_eq!(reasons(&back), [("It was changed since.", "1")]);
    assert_eq!(status(&house, &numbers[0]).await, Status::ToProcess);
    assert_eq!(status(&house, &numbers[1]).await, Status::Cancelled);
    assert_eq!(house.number("SELECT count(*) FROM orders WHERE business_name IN ('One', 'Three') AND connected_on IS NOT NULL").await, 0);
    let shown = db::orders::show(&house.db, &layla, &numbers[0]).await.unwrap();
    let last = shown.timeline.iter().find_map(|entry| if let Entry::Change { happened, .. } = entry { Some(*happened) } else { None });
    assert_eq!(last, Some(Happened::Undone));
}

#[tokio::test]
async fn ten_minutes_later_it_stands() {
    let house = house().await;
    let layla = house.scope("layla").await;
    let numbers = [create(&house, "xavier", &draft("Late")).await];
    let id = said(&house, &layla, &numbers, Kind::Move, &to(Status::ToProcess)).await;
    done(&house, &layla, id).await;
    house.db.clock.set(NOW + 11 * MINUTE);
    assert!(!many::show(&house.db, &layla, id).await.unwrap().may_undo);
    assert!(matches!(many::undo(&house.db, &layla, id).await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn all_that_match_are_those_that_the_list_counts_whatever_its_pages() {
    let house = house().await;
    let layla = house.scope("layla").await;
    for address in
        ["/orders/?status=NW", "/orders/month/?per_page=25&page=2", "/orders/search/?query=ltd", "/orders/mine/", "/orders/?value_from=500"]
    {
        let (query, ignored) = db::orders::at_address(&layla, address);
        let count = db::orders::list(&house.db, &layla, query, ignored).await.unwrap().count.0;
        let found = many::choose(&house.db, &layla, &[], Some(address)).await;
        match found {
            Ok(id) => assert_eq!(
                house.number(&format!("SELECT count(*) FROM bulk_items WHERE bulk_id = {id}")).await.unsigned_abs(),
                count,
                "{address}"
            ),
            Err(error) => assert!(count == 0 && matches!(error, Error::Invalid(_)), "{address} {error:?}"),
        }
    }
    assert!(matches!(many::choose(&house.db, &layla, &[], Some("/orders/trash/")).await, Err(Error::Invalid(_))));
    assert!(matches!(many::choose(&house.db, &layla, &["nothing", "\0", "' OR 1=1--"], None).await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn an_agent_does_it_to_the_own_orders_and_is_told_of_the_others() {
    let house = house().await;
    let xavier = house.scope("xavier").await;
    let numbers = [create(&house, "xavier", &draft("Own")).await, create(&house, "mercy", &draft("Other")).await];
    let id = said(&house, &xavier, &numbers, Kind::Move, &to(Status::ToProcess)).await;
    let ended = done(&house, &xavier, id).await;
    assert_eq!(ended.sentence, "Done to 1 order.");
    assert_eq!(reasons(&ended), [("Only its owner or a manager may change this order.", "1")]);
    assert_eq!(ended.refused[0].first[0].words, numbers[1]);
    assert_eq!(status(&house, &numbers[1]).await, Status::New);
    // Giving and the trash are not for agents, nor is Connected.
    let id = chosen(&house, &xavier, &numbers).await;
    assert!(matches!(many::say(&house.db, &xavier, id, Kind::Trash, &OrderDraft::default()).await, Err(Error::Forbidden(_))));
    let gift = of(Field::Owner, id_of(&house, "mercy").await.to_string());
    assert!(matches!(many::say(&house.db, &xavier, id, Kind::Give, &gift).await, Err(Error::Forbidden(_))));
    many::say(&house.db, &xavier, id, Kind::Move, &to(Status::Connected)).await.unwrap();
    assert_eq!(many::show(&house.db, &xavier, id).await.unwrap().sentence, "This is done to 0 orders.");
}

#[tokio::test]
async fn nobody_else_sees_it_and_who_only_reads_cannot_begin() {
    let house = house().await;
    let number = create(&house, "xavier", &draft("Private")).await;
    let ruth = house.scope("ruth").await;
    assert!(matches!(many::choose(&house.db, &ruth, &[&number], None).await, Err(Error::Forbidden(_))));
    let layla = house.scope("layla").await;
    let id = chosen(&house, &layla, std::slice::from_ref(&number)).await;
    for who in ["ada", "neil", "ruth"] {
        let scope = house.scope(who).await;
        assert!(matches!(many::show(&house.db, &scope, id).await, Err(Error::NotFound)), "{who}");
        assert!(matches!(many::say(&house.db, &scope, id, Kind::Trash, &OrderDraft::default()).await, Err(Error::NotFound)), "{who}");
        assert!(many::start(&house.db, &scope, id).await.is_err() && many::stop(&house.db, &scope, id).await.is_err(), "{who}");
    }
}

#[tokio::test]
async fn orders_that_others_changed_or_threw_away_meanwhile_are_judged_as_they_are() {
    let house = house().await;
    let layla = house.scope("layla").await;
    let numbers = [
        create(&house, "xavier", &draft("Stays")).await,
        create(&house, "xavier", &draft("Connected")).await,
        create(&house, "xavier", &draft("Thrown away")).await,
    ];
    let id = said(&house, &layla, &numbers, Kind::Move, &to(Status::Held)).await;
    assert_eq!(many::show(&house.db, &layla, id).await.unwrap().sentence, "This is done to 3 orders.");
    for status in [Status::ToProcess, Status::Connected] {
        advance(&house, "ada", &numbers[1], status, &OrderDraft::default()).await.unwrap();
    }
    db::orders::trash(&house.db, &house.scope("ada").await, &numbers[2]).await.unwrap();
    let ended = done(&house, &layla, id).await;
    assert_eq!(ended.sentence, "Done to 1 order.");
    let told = reasons(&ended);
    assert!(told.iter().any(|(words, _)| words.contains("in the trash")), "{told:?}");
    assert_eq!(status(&house, &numbers[1]).await, Status::Connected);
}

#[tokio::test]
async fn what_a_server_left_half_done_another_one_finishes_and_never_twice() {
    let house = house().await;
    let layla = house.scope("layla").await;
    let all = many::choose(&house.db, &layla, &[], Some("/orders/?status=NW")).await.unwrap();
    let total = house.number(&format!("SELECT total FROM bulks WHERE id = {all}")).await;
    assert!(total > 10, "{total}");
    let when = of(Field::FollowUpOn, "2026-12-24");
    many::say(&house.db, &layla, all, Kind::FollowUp, &when).await.unwrap();
    many::start(&house.db, &layla, all).await.unwrap();
    // Somebody has it in hand: nobody else touches it.
    house.sql(&format!("UPDATE bulks SET beat_at = {NOW} - 1 WHERE id = {all}")).await.unwrap();
    resume(&house).await;
    assert_eq!(many::show(&house.db, &layla, all).await.unwrap().stage, Stage::Running);
    // Silent for half a minute: it is gone, with some of the orders done.
    let some = house.number(&format!("SELECT min(order_id) FROM bulk_items WHERE bulk_id = {all}")).await;
    let number = house.text(&format!("SELECT number FROM orders WHERE id = {some}")).await.unwrap();
    house.sql(&format!("UPDATE bulk_items SET outcome = 'done', version = 2 WHERE bulk_id = {all} AND order_id = {some}")).await.unwrap();
    let version = format!("SELECT version FROM orders WHERE number = '{number}'");
    let before = house.number(&version).await;
    house.db.clock.set(NOW + 31 * SECOND);
    resume(&house).await;
    let ended = many::show(&house.db, &layla, all).await.unwrap();
    assert_eq!((ended.stage, ended.done, ended.of), (Stage::Done, total.unsigned_abs(), total.unsigned_abs()), "{ended:?}");
    assert_eq!(house.number(&version).await, before, "what was done is not done again");
    assert_eq!(house.number("SELECT count(*) FROM orders WHERE status = 'NW' AND follow_up_on = '2026-12-24'").await, total - 1);
}

#[tokio::test]
async fn a_person_who_may_no_longer_sign_in_does_nothing_more() {
    let house = house().await;
    let layla = house.scope("layla").await;
    let numbers = [create(&house, "xavier", &draft("Never")).await];
    let id = said(&house, &layla, &numbers, Kind::Trash, &OrderDraft::default()).await;
    many::start(&house.db, &layla, id).await.unwrap();
    house.sql("UPDATE users SET active = FALSE WHERE username = 'layla'").await.unwrap();
    many::run(&house.db, id).await.unwrap();
    let ended = many::show(&house.db, &layla, id).await.unwrap();
    assert_eq!(ended.sentence, "Done to 0 orders. Its person may no longer sign in.");
    assert_eq!(house.number("SELECT count(*) FROM orders WHERE trashed_at IS NOT NULL AND business_name = 'Never'").await, 0);
}

#[tokio::test]
async fn many_go_to_another_owner_with_that_team_and_into_the_trash_and_back() {
    let house = house().await;
    let layla = house.scope("layla").await;
    let numbers = [create(&house, "xavier", &draft("Given A")).await, create(&house, "xavier", &draft("Given B")).await];
    let id = chosen(&house, &layla, &numbers).await;
    let mercy = id_of(&house, "mercy").await;
    many::say(&house.db, &layla, id, Kind::Give, &of(Field::Owner, mercy.to_string())).await.unwrap();
    assert!(many::show(&house.db, &layla, id).await.unwrap().act.starts_with("Give to Mercy"));
    done(&house, &layla, id).await;
    let team = "SELECT count(*) FROM orders o JOIN users u ON u.id = o.owner_id WHERE u.username = 'mercy' AND o.team_id = u.team_id AND o.business_name LIKE 'Given %'";
    assert_eq!(house.number(team).await, 2);

    let id = said(&house, &layla, &numbers, Kind::Trash, &OrderDraft::default()).await;
    done(&house, &layla, id).await;
    let trashed = "SELECT count(*) FROM orders WHERE trashed_at IS NOT NULL AND business_name LIKE 'Given %'";
    assert_eq!(house.number(trashed).await, 2);
    many::undo(&house.db, &layla, id).await.unwrap();
    many::run(&house.db, id).await.unwrap();
    assert_eq!(house.number(trashed).await, 0);
}

#[tokio::test]
async fn what_an_act_needs_is_asked_beside_its_field() {
    let house = house().await;
    let layla = house.scope("layla").await;
    let numbers = [create(&house, "xavier", &draft("Asked")).await];
    let id = chosen(&house, &layla, &numbers).await;
    let beside = async |kind, draft: OrderDraft| match many::say(&house.db, &layla, id, kind, &draft).await {
        Err(Error::Invalid(errors)) => errors.0[0].0.clone(),
        other => panic!("{kind:?} {other:?}"),
    };
    assert_eq!(beside(Kind::Move, OrderDraft::default()).await, "status");
    assert_eq!(beside(Kind::Move, of(Field::Status, "XX")).await, "status");
    assert_eq!(beside(Kind::Give, of(Field::Owner, "999999")).await, "owner");
    assert_eq!(beside(Kind::Campaign, OrderDraft::default()).await, "campaign");
    assert_eq!(beside(Kind::Company, of(Field::Company, "-1")).await, "company");
    assert_eq!(beside(Kind::FollowUp, OrderDraft::default()).await, "follow_up_on");
    assert_eq!(beside(Kind::FollowUp, of(Field::FollowUpOn, "2026-02-31")).await, "follow_up_on");
    // A reason that is missing is missing on each order: the look over says so.
    many::say(&house.db, &layla, id, Kind::Move, &to(Status::Cancelled)).await.unwrap();
    assert_eq!(many::show(&house.db, &layla, id).await.unwrap().sentence, "This is done to 0 orders.");
    // Other fields are not obeyed.
    let mut forged = to(Status::ToProcess);
    forged.set(Field::BusinessName, "Forged");
    forged.set(Field::BoxValue, "99999");
    many::say(&house.db, &layla, id, Kind::Move, &forged).await.unwrap();
    done(&house, &layla, id).await;
    assert_eq!(house.number("SELECT count(*) FROM orders WHERE business_name = 'Forged' OR box_value = 9999900").await, 0);
}

#[tokio::test]
async fn two_acts_on_the_same_orders_at_once_both_end() {
    let house = house().await;
    let (layla, neil) = (house.scope("layla").await, house.scope("neil").await);
    let list = "/orders/?status=NW";
    let first = many::choose(&house.db, &layla, &[], Some(list)).await.unwrap();
    let second = many::choose(&house.db, &neil, &[], Some(list)).await.unwrap();
    let campaign = house.number("SELECT max(id) FROM campaigns").await;
    many::say(&house.db, &layla, first, Kind::Campaign, &of(Field::Campaign, campaign.to_string())).await.unwrap();
    many::say(&house.db, &neil, second, Kind::FollowUp, &of(Field::FollowUpOn, "2026-12-24")).await.unwrap();
    many::start(&house.db, &layla, first).await.unwrap();
    many::start(&house.db, &neil, second).await.unwrap();
    let (one, other) = tokio::join!(many::run(&house.db, first), many::run(&house.db, second));
    one.unwrap();
    other.unwrap();
    let query = ListQuery { per_page: Some(100), ..db::orders::at_address(&layla, list).0 };
    let total = db::orders::list(&house.db, &layla, query, Vec::new()).await.unwrap().count.0;
    let both = format!(
        "SELECT count(*) FROM orders WHERE status = 'NW' AND trashed_at IS NULL AND campaign_id = {campaign} AND follow_up_on = '2026-12-24'"
    );
    assert_eq!(house.number(&both).await.unsigned_abs(), total);
}

#[tokio::test]
async fn what_was_done_is_not_forgotten_because_somebody_says_it_again() {
    let house = house().await;
    let layla = house.scope("layla").await;
    let numbers = [create(&house, "xavier", &draft("Again")).await];
    let id = said(&house, &layla, &numbers, Kind::Move, &to(Status::ToProcess)).await;
    done(&house, &layla, id).await;
    assert!(matches!(many::say(&house.db, &layla, id, Kind::Move, &to(Status::Held)).await, Err(Error::Invalid(_))));
    let shown = many::show(&house.db, &layla, id).await.unwrap();
    assert_eq!((shown.stage, shown.sentence.as_str(), shown.act.as_str()), (Stage::Done, "Done to 1 order.", "Move to To Process"));
    many::undo(&house.db, &layla, id).await.unwrap();
    many::run(&house.db, id).await.unwrap();
    assert_eq!(status(&house, &numbers[0]).await, Status::New);
}

#[tokio::test]
async fn what_says_the_same_in_other_words_is_so_already_and_undo_leaves_a_later_change_alone() {
    let house = house().await;
    let layla = house.scope("layla").await;
    let numbers = [create(&house, "layla", &draft("Same words")).await];
    let mut first = of(Field::FollowUpOn, "2026-12-24");
    first.set(Field::FollowUpNote, "Ask for Jo");
    let id = said(&house, &layla, &numbers, Kind::FollowUp, &first).await;
    done(&house, &layla, id).await;
    let mut again = of(Field::FollowUpOn, "24/12/2026");
    again.set(Field::FollowUpNote, " Ask for Jo ");
    let id = said(&house, &layla, &numbers, Kind::FollowUp, &again).await;
    let ended = done(&house, &layla, id).await;
    assert_eq!((ended.sentence.as_str(), ended.may_undo), ("Done to 0 orders.", false));
}

#[tokio::test]
async fn stopped_it_stays_where_it_is_and_what_was_done_can_be_taken_back() {
    let house = house().await;
    let layla = house.scope("layla").await;
    let id = many::choose(&house.db, &layla, &[], Some("/orders/?status=NW")).await.unwrap();
    many::say(&house.db, &layla, id, Kind::FollowUp, &of(Field::FollowUpOn, "2026-12-24")).await.unwrap();
    many::start(&house.db, &layla, id).await.unwrap();
    many::stop(&house.db, &layla, id).await.unwrap();
    many::run(&house.db, id).await.unwrap();
    let ended = many::show(&house.db, &layla, id).await.unwrap();
    assert_eq!((ended.stage, ended.sentence.as_str()), (Stage::Done, "Done to 0 orders. You stopped it here."));
    assert_eq!(house.number("SELECT count(*) FROM orders WHERE follow_up_on = '2026-12-24'").await, 0);
}

#[tokio::test]
async fn two_runners_never_do_one_order_twice() {
    let house = house().await;
    let layla = house.scope("layla").await;
    let id = many::choose(&house.db, &layla, &[], Some("/orders/")).await.unwrap();
    many::say(&house.db, &layla, id, Kind::FollowUp, &of(Field::FollowUpOn, "2026-12-24")).await.unwrap();
    let before = house.number("SELECT count(*) FROM order_history").await;
    many::start(&house.db, &layla, id).await.unwrap();
    // The second finds the first silent, as if their clocks were far apart, and takes it out of its hand.
    let late = house.db.at(db::Clock::fixed(NOW + MINUTE));
    let (one, other) = tokio::join!(many::run(&house.db, id), async {
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        many::run(&late, id).await
    });
    one.unwrap();
    other.unwrap();
    let ended = many::show(&house.db, &layla, id).await.unwrap();
    let done = house.number(&format!("SELECT count(*) FROM bulk_items WHERE bulk_id = {id} AND outcome = 'done'")).await;
    assert_eq!(ended.stage, Stage::Done);
    assert_eq!(house.number("SELECT count(*) FROM order_history").await - before, done);
    assert_eq!(house.number("SELECT count(*) FROM orders WHERE follow_up_on = '2026-12-24'").await, done);
}

#[tokio::test]
async fn undo_needs_the_rights_that_doing_needed() {
    let house = house().await;
    let layla = house.scope("layla").await;
    let numbers = [create(&house, "layla", &draft("Thrown")).await, create(&house, "layla", &draft("Connected")).await];
    advance(&house, "layla", &numbers[1], Status::ToProcess, &OrderDraft::default()).await.unwrap();
    let thrown = chosen(&house, &layla, &numbers[..1]).await;
    many::say(&house.db, &layla, thrown, Kind::Trash, &OrderDraft::default()).await.unwrap();
    done(&house, &layla, thrown).await;
    let connected = chosen(&house, &layla, &numbers[1..]).await;
    many::say(&house.db, &layla, connected, Kind::Move, &to(Status::Connected)).await.unwrap();
    done(&house, &layla, connected).await;
    house.sql("UPDATE users SET role = 'agent' WHERE username = 'layla'").await.unwrap();
    let agent = house.scope("layla").await;
    for id in [thrown, connected] {
        many::undo(&house.db, &agent, id).await.unwrap();
        many::run(&house.db, id).await.unwrap();
        assert_eq!(many::show(&house.db, &agent, id).await.unwrap().sentence, "Taken back of 0 orders.");
    }
    assert_eq!(house.number("SELECT count(*) FROM orders WHERE business_name = 'Thrown' AND trashed_at IS NOT NULL").await, 1);
    assert_eq!(status(&house, &numbers[1]).await, Status::Connected);
}

#[tokio::test]
async fn a_list_that_is_not_understood_never_means_all_orders() {
    let house = house().await;
    let layla = house.scope("layla").await;
    for odd in ["1", "anything", "/orders/?owner=999999", "/orders/?status=XX", "/orders/1000001/", "/orders/?page=-1"] {
        assert!(matches!(many::choose(&house.db, &layla, &[], Some(odd)).await, Err(Error::Invalid(_))), "{odd}");
    }
}

#[tokio::test]
async fn acts_of_long_ago_are_forgotten_and_those_on_their_way_are_not() {
    let house = house().await;
    let layla = house.scope("layla").await;
    let number = create(&house, "xavier", &draft("Old")).await;
    let ids = [chosen(&house, &layla, std::slice::from_ref(&number)).await, chosen(&house, &layla, &[number]).await];
    many::say(&house.db, &layla, ids[1], Kind::Move, &to(Status::Held)).await.unwrap();
    many::start(&house.db, &layla, ids[1]).await.unwrap();
    house.db.clock.set(NOW + 31 * DAY);
    many::sweep(&house.db).await.unwrap();
    assert!(many::show(&house.db, &layla, ids[0]).await.is_err());
    assert!(many::show(&house.db, &layla, ids[1]).await.is_ok());
    assert_eq!(house.number("SELECT count(*) FROM bulk_items").await, 1);
}
