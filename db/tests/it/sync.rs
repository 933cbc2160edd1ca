//! The outbox: each entry once, on the right day, under the right name; and what a device keeps.

use db::{
    Scope,
    clock::{DAY, HOUR},
    comments,
    offline::{SyncToken, snapshot},
    orders,
    sync::{Entry, OutboxOperation, Sent, Verdict, contact, recover_stored_result, sync, with_digest},
    testing::{NOW, TestWorld, world},
};
use domain::{
    Error,
    orders::{
        Field, OrderDraft, Status,
        list::{ListQuery, View},
    },
};
use uuid::Uuid;

use crate::orders::{change_status, create, draft};

fn sent(act: OutboxOperation) -> Sent {
    Sent { key: Uuid::now_v7(), age: 0.0, contact: String::new(), after: None, act }
}

async fn send(world: &TestWorld, who: &str, entries: Vec<Sent>) -> Vec<Verdict> {
    let scope = world.scope(who).await;
    sync(&world.db, &scope, entries).await.unwrap().into_iter().map(|(_, verdict)| verdict).collect()
}

async fn send_one(world: &TestWorld, who: &str, entry: &Sent) -> Verdict {
    send(world, who, vec![entry.clone()]).await.remove(0)
}

fn number_of(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Done { number, .. } | Verdict::Already { number, .. } => number.clone(),
        other => panic!("not done: {other:?}"),
    }
}

fn sentence_of(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Refused { sentence, .. } => sentence.clone(),
        other => panic!("not refused: {other:?}"),
    }
}

fn changed(order: &str, version: i64, field: Field, from: &str, to: &str) -> Sent {
    sent(OutboxOperation::Edit { order: order.into(), version, changes: vec![(field, from.into(), to.into())] })
}

fn new(business: &str) -> Sent {
    sent(OutboxOperation::Create { uuid: Uuid::now_v7(), draft: draft(business) })
}

#[tokio::test]
async fn a_sunday_order_that_arrives_on_monday_counts_on_sunday() {
    let world = world().await;
    let word = contact(&world.db, &world.scope("xavier").await).await.unwrap();
    // Written an hour after the last contact, on Sunday at three; sent on Monday at five.
    world.db.clock.set(NOW + 26 * HOUR);
    let entry = Sent { age: 25.0 * 3_600.0, contact: word, ..new("From the van") };
    let number = number_of(&send_one(&world, "xavier", &entry).await);
    let of = async |column: &str| world.number(&format!("SELECT {column} FROM orders WHERE number = '{number}'")).await;
    assert_eq!(of("created_at").await, NOW + HOUR);
    assert_eq!(of("device_created_at").await, NOW + HOUR, "both are kept");
    assert_eq!(of("updated_at").await, NOW + 26 * HOUR);
    let shown = orders::show(&world.db, &world.scope("xavier").await, &number).await.unwrap();
    assert_eq!(shown.detail("Owner"), Some("Xavier Taylor"));

    // A move into Connected is dated by the same rule.
    let layla = world.scope("layla").await;
    let word = contact(&world.db.at(db::Clock::fixed(NOW)), &layla).await.unwrap();
    let form = orders::form_update(&world.db, &layla, &number).await.unwrap();
    let to_process = OutboxOperation::Move {
        order: number.clone(),
        version: form.version,
        from: Status::New,
        to: Status::ToProcess,
        asked: OrderDraft::default(),
    };
    let connect = OutboxOperation::Move {
        order: number.clone(),
        version: form.version + 1,
        from: Status::ToProcess,
        to: Status::Connected,
        asked: OrderDraft::default(),
    };
    let late = |act: OutboxOperation| Sent { age: 24.0 * 3_600.0, contact: word.clone(), ..sent(act) };
    let done = send(&world, "layla", vec![late(to_process), late(connect)]).await;
    assert!(done.iter().all(|it| matches!(it, Verdict::Done { .. })), "{done:?}");
    let on = world.text(&format!("SELECT CAST(connected_on AS TEXT) FROM orders WHERE number = '{number}'")).await;
    assert_eq!(on.as_deref(), Some("2026-11-22"));
}

#[tokio::test]
async fn no_device_dates_an_order_before_its_last_contact_or_after_now() {
    let world = world().await;
    let xavier = world.scope("xavier").await;
    let word = contact(&world.db, &xavier).await.unwrap();
    let foreign = contact(&world.db, &world.scope("layla").await).await.unwrap();
    world.db.clock.set(NOW + DAY);
    let now = NOW + DAY;
    let forged = word.replace(&NOW.to_string(), &(NOW - 30 * DAY).to_string());
    let ten_years = 3_650.0 * 86_400.0;
    for (age, word, wanted) in [
        (ten_years, word.as_str(), NOW),
        (-ten_years, word.as_str(), now),
        (f64::NAN, word.as_str(), now),
        (f64::INFINITY, word.as_str(), now),
        (ten_years, "", now),
        (ten_years, forged.as_str(), now),
        (ten_years, foreign.as_str(), now),
        (ten_years, "1.zz", now),
        (3_600.0, word.as_str(), now - HOUR),
    ] {
        let entry = Sent { age, contact: word.into(), ..new("Dated") };
        let number = number_of(&send_one(&world, "xavier", &entry).await);
        let at = world.number(&format!("SELECT created_at FROM orders WHERE number = '{number}'")).await;
        assert_eq!(at, wanted, "{age} {word}");
    }
}

#[tokio::test]
async fn a_repeat_gets_the_stored_answer_and_another_body_under_its_key_does_not() {
    let world = world().await;
    let entry = new("Once");
    let first = send_one(&world, "xavier", &entry).await;
    let number = number_of(&first);
    assert_eq!(send_one(&world, "xavier", &entry).await, Verdict::Already { number: number.clone(), version: 1 });
    let said = sent(OutboxOperation::Comment { order: number.clone(), text: "By hand".into() });
    assert!(matches!(send_one(&world, "xavier", &said).await, Verdict::Done { .. }));
    assert!(matches!(send_one(&world, "xavier", &said).await, Verdict::Already { .. }));
    assert_eq!(world.number("SELECT count(*) FROM comments WHERE body = 'By hand'").await, 1);

    let other = Sent { act: OutboxOperation::Comment { order: number.clone(), text: "Another".into() }, ..said.clone() };
    assert!(sentence_of(&send_one(&world, "xavier", &other).await).contains("with different content"));
    assert!(sentence_of(&send_one(&world, "hannah", &said).await).contains("with different content"), "somebody else’s key");
    assert_eq!(world.number("SELECT count(*) FROM orders").await, 401);
    assert_eq!(world.number("SELECT count(*) FROM comments WHERE body = 'Another'").await, 0);
}

#[tokio::test]
async fn the_same_entry_many_times_at_once_is_done_once() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Everybody at once")).await;
    let said = sent(OutboxOperation::Comment { order: number.clone(), text: "Only once".into() });
    let moved = sent(OutboxOperation::Move {
        order: number.clone(),
        version: 1,
        from: Status::New,
        to: Status::Held,
        asked: OrderDraft::default(),
    });
    let edited = changed(&number, 1, Field::Handset, "", "Pixel 9");
    let scope = world.scope("xavier").await;
    let tasks: Vec<_> = (0..24)
        .map(|nth| {
            let entry = [&said, &moved, &edited][nth % 3].clone();
            let (db, scope, said) = (world.db.clone(), scope.clone(), entry);
            tokio::spawn(async move { sync(&db, &scope, vec![said]).await.unwrap().remove(0).1 })
        })
        .collect();
    for task in tasks {
        // A copy that finds it done may say either.
        let verdict = task.await.unwrap();
        assert!(matches!(verdict, Verdict::Done { .. } | Verdict::Already { .. }), "{verdict:?}");
    }
    assert_eq!(world.number("SELECT count(*) FROM comments WHERE body = 'Only once'").await, 1);
    let version = world.number(&format!("SELECT version FROM orders WHERE number = '{number}'")).await;
    assert_eq!(version, 3, "moved once, edited once");
}

#[tokio::test]
async fn an_answer_that_was_lost_after_the_commit_is_known_again() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Lost answer")).await;
    let said = sent(OutboxOperation::Comment { order: number.clone(), text: "Sent by the page".into() });
    // The page asked under this key; the answer never came back.
    let scope = with_digest(world.scope("xavier").await.for_outbox_entry(Entry { key: said.key, ..Entry::default() }), &"Sent by the page");
    comments::add(&world.db, &scope, &number, "Sent by the page").await.unwrap();
    assert!(matches!(send_one(&world, "xavier", &said).await, Verdict::Already { .. }));
    assert_eq!(world.number("SELECT count(*) FROM comments WHERE body = 'Sent by the page'").await, 1);
}

#[tokio::test]
async fn what_one_side_touched_merges_and_the_rest_is_asked() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Both of us")).await;
    let layla = world.scope("layla").await;
    let mut form = orders::form_update(&world.db, &layla, &number).await.unwrap();
    form.draft.set(Field::Handset, "Pixel 9");
    form.draft.set(Field::Tariff, "Layla's");
    orders::edit(&world.db, &layla, &number, 1, &form.draft).await.unwrap();

    let merged = send_one(&world, "xavier", &changed(&number, 1, Field::Network, "", "EE")).await;
    assert!(matches!(merged, Verdict::Done { .. }), "{merged:?}");
    let same = send_one(&world, "xavier", &changed(&number, 1, Field::Handset, "", "Pixel 9")).await;
    assert!(matches!(same, Verdict::Done { .. }), "both typed the same: {same:?}");
    let shown = orders::form_update(&world.db, &layla, &number).await.unwrap().draft;
    assert_eq!((shown.get(Field::Handset), shown.get(Field::Network), shown.get(Field::Tariff)), ("Pixel 9", "EE", "Layla's"));

    let before = world.number("SELECT count(*) FROM order_history").await;
    let disputed = send_one(&world, "xavier", &changed(&number, 1, Field::Tariff, "", "Xavier's")).await;
    let Verdict::Conflict { conflict } = disputed else { panic!("{disputed:?}") };
    assert_eq!(conflict.fields.len(), 1);
    assert_eq!(
        (conflict.fields[0].field, conflict.fields[0].theirs.as_str(), conflict.fields[0].mine.as_str()),
        (Field::Tariff, "Layla's", "Xavier's")
    );
    assert_eq!(world.number("SELECT count(*) FROM order_history").await, before, "nothing was written");
}

#[tokio::test]
async fn an_edit_names_each_field_once() {
    let world = world().await;
    let number = number_of(&send_one(&world, "xavier", &new("Often Ltd")).await);
    let changes = vec![(Field::Handset, String::new(), "iPhone".to_owned()); 5_000];
    let verdict = send_one(&world, "xavier", &sent(OutboxOperation::Edit { order: number, version: 1, changes })).await;
    assert_eq!(sentence_of(&verdict), "Change each field of an order only once");
}

#[tokio::test]
async fn a_move_is_done_from_where_it_was_meant_or_asked() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Moved twice")).await;
    let to = |version, from, to| sent(OutboxOperation::Move { order: number.clone(), version, from, to, asked: OrderDraft::default() });
    let layla = world.scope("layla").await;
    let mut form = orders::form_update(&world.db, &layla, &number).await.unwrap();
    form.draft.set(Field::Handset, "Pixel 9");
    orders::edit(&world.db, &layla, &number, 1, &form.draft).await.unwrap();
    let done = send_one(&world, "xavier", &to(1, Status::New, Status::ToProcess)).await;
    assert!(matches!(done, Verdict::Done { .. }), "another field changed: {done:?}");
    let again = send_one(&world, "xavier", &to(1, Status::New, Status::ToProcess)).await;
    assert!(matches!(again, Verdict::Done { .. }), "it is there: {again:?}");
    change_status(&world, "layla", &number, Status::Parked, &OrderDraft::default()).await.unwrap();
    let disputed = send_one(&world, "xavier", &to(3, Status::ToProcess, Status::Held)).await;
    assert!(matches!(disputed, Verdict::Conflict { .. }), "{disputed:?}");
    let stays = orders::show(&world.db, &layla, &number).await.unwrap();
    assert_eq!(stays.status, Status::Parked);
}

#[tokio::test]
async fn one_bad_entry_blocks_only_its_own_order() {
    let world = world().await;
    let (fine, bad) = (create(&world, "xavier", &draft("Fine")).await, create(&world, "xavier", &draft("Bad")).await);
    let verdicts = send(
        &world,
        "xavier",
        vec![
            changed(&bad, 1, Field::BoxValue, "1234.50", "-5"),
            changed(&fine, 1, Field::Handset, "", "Pixel 9"),
            sent(OutboxOperation::Comment { order: bad.clone(), text: "After the bad one".into() }),
            new("And a new one"),
            sent(OutboxOperation::Comment { order: "9999999".into(), text: "Nowhere".into() }),
        ],
    )
    .await;
    let Verdict::Refused { errors, .. } = &verdicts[0] else { panic!("{verdicts:?}") };
    assert_eq!(errors.get("box_value"), Some("Enter an amount of 0 or more"));
    assert!(matches!(verdicts[1], Verdict::Done { .. }), "{verdicts:?}");
    assert_eq!(verdicts[2], Verdict::Waits);
    assert!(matches!(verdicts[3], Verdict::Done { .. }), "{verdicts:?}");
    assert!(matches!(verdicts[4], Verdict::Refused { .. }), "{verdicts:?}");
}

#[tokio::test]
async fn a_right_that_was_taken_meanwhile_and_an_order_that_is_gone_are_verdicts() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Given away")).await;
    let layla = world.scope("layla").await;
    let mut form = orders::form_update(&world.db, &layla, &number).await.unwrap();
    form.draft.set(Field::Owner, world.scope("hannah").await.user.id.to_string());
    orders::edit(&world.db, &layla, &number, 1, &form.draft).await.unwrap();
    let edit = changed(&number, 1, Field::Handset, "", "Pixel 9");
    assert_eq!(sentence_of(&send_one(&world, "xavier", &edit).await), "Only the owner or a manager can change this order");
    orders::trash(&world.db, &layla, &number).await.unwrap();
    assert!(matches!(send_one(&world, "hannah", &changed(&number, 2, Field::Handset, "", "X")).await, Verdict::Refused { .. }));
    let forged = sent(OutboxOperation::Create {
        uuid: Uuid::now_v7(),
        draft: {
            let mut it = draft("Not mine");
            it.set(Field::Owner, "1");
            it
        },
    });
    assert_eq!(sentence_of(&send_one(&world, "xavier", &forged).await), "Only a manager can create an order for someone else");
    let connected = sent(OutboxOperation::Create {
        uuid: Uuid::now_v7(),
        draft: {
            let mut it = draft("Paid");
            it.set(Field::Status, "CN");
            it
        },
    });
    assert!(matches!(send_one(&world, "xavier", &connected).await, Verdict::Refused { .. }));
    assert_eq!(world.number("SELECT count(*) FROM orders WHERE business_name IN ('Not mine', 'Paid')").await, 0);
}

#[tokio::test]
async fn what_was_written_offline_is_edited_moved_and_commented_under_its_uuid() {
    let world = world().await;
    let uuid = Uuid::now_v7();
    let order = uuid.to_string();
    let verdicts = send(
        &world,
        "xavier",
        vec![
            sent(OutboxOperation::Create { uuid, draft: draft("Whole story") }),
            changed(&order, 1, Field::Handset, "", "Pixel 9"),
            sent(OutboxOperation::Comment { order: order.clone(), text: "At the door".into() }),
            sent(OutboxOperation::Move {
                order: order.clone(),
                version: 2,
                from: Status::New,
                to: Status::ToProcess,
                asked: OrderDraft::default(),
            }),
            changed(&order, 3, Field::FollowUpOn, "", "2026-12-24"),
        ],
    )
    .await;
    assert!(verdicts.iter().all(|it| matches!(it, Verdict::Done { .. })), "{verdicts:?}");
    let numbers: std::collections::HashSet<String> = verdicts.iter().map(number_of).collect();
    assert_eq!(numbers.len(), 1, "one order");
    let shown = orders::show(&world.db, &world.scope("xavier").await, &order).await.unwrap();
    assert_eq!((shown.status, shown.detail("Handset")), (Status::ToProcess, Some("Pixel 9")));
    assert!(shown.follow_up.is_some());
}

#[tokio::test]
async fn what_was_done_after_something_stays_after_it_however_long_the_line_took() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Slow line")).await;
    let scope = world.scope("xavier").await;
    let word = contact(&world.db, &scope).await.unwrap();
    let said = |text: &str| sent(OutboxOperation::Comment { order: number.clone(), text: text.into() });
    let later = |seconds: i64| world.db.at(db::Clock::fixed(NOW + seconds * 1_000_000));
    // Done 1 s after the contact; the line took 8 s to deliver it, by which it looks as if done 9 s after.
    let first = Sent { age: 1.0, contact: word.clone(), ..said("First") };
    sync(&later(10), &scope, vec![first.clone()]).await.unwrap();
    // Done half a second after the first, delivered at once.
    let second = Sent { age: 9.5, contact: word, after: Some(first.key), ..said("Second") };
    sync(&later(11), &scope, vec![second]).await.unwrap();
    let order = "SELECT count(*) FROM comments a JOIN comments b ON a.order_id = b.order_id AND a.created_at < b.created_at \
                 WHERE a.body = 'First' AND b.body = 'Second'";
    assert_eq!(world.number(order).await, 1);
}

#[tokio::test]
async fn an_order_is_the_same_by_its_number_and_by_its_uuid() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("By any name")).await;
    let uuid = orders::form_update(&world.db, &world.scope("xavier").await, &number).await.unwrap().uuid;
    let by = |order: &str| OutboxOperation::Comment { order: order.into(), text: "Once".into() };
    let said = sent(by(&number));
    assert!(matches!(send_one(&world, "xavier", &said).await, Verdict::Done { .. }));
    // The answer was lost; the device has learnt the order's UUID meanwhile.
    let renamed = Sent { act: by(&uuid), ..said };
    assert!(matches!(send_one(&world, "xavier", &renamed).await, Verdict::Already { .. }));
    assert_eq!(world.number("SELECT count(*) FROM comments WHERE body = 'Once'").await, 1);
}

#[tokio::test]
async fn what_a_page_asked_twice_under_one_key_is_done_once_and_answered_alike() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Twice")).await;
    let plain = world.scope("xavier").await;
    let keyed = |key: Uuid, body: &str| with_digest(plain.for_outbox_entry(Entry { key, ..Entry::default() }), &body);
    let comment = async |scope: &Scope, text: &str| {
        let said = comments::add(&world.db, scope, &number, text).await.map(|_| ());
        recover_stored_result(&world.db, scope, said, |_| ()).await
    };
    let key = Uuid::now_v7();
    for _ in 0..3 {
        comment(&keyed(key, "Hello"), "Hello").await.unwrap();
    }
    assert_eq!(world.number("SELECT count(*) FROM comments WHERE body = 'Hello'").await, 1);
    // An edit that was done is no conflict with itself.
    let mut typed = orders::form_update(&world.db, &plain, &number).await.unwrap().draft;
    typed.set(Field::Handset, "Pixel 9");
    let scope = keyed(Uuid::now_v7(), "edit");
    for _ in 0..2 {
        let saved = orders::edit(&world.db, &scope, &number, 1, &typed).await;
        recover_stored_result(&world.db, &scope, saved, |_| ()).await.unwrap();
    }
    // Something else under the same key is neither done nor called done.
    let other = comment(&keyed(key, "Other"), "Other").await;
    assert!(matches!(&other, Err(Error::Invalid(errors)) if errors.get("key").is_some()), "{other:?}");
    assert_eq!(world.number("SELECT count(*) FROM comments WHERE body = 'Other'").await, 0);
    // What was refused for a reason of its own stays refused.
    let empty = comment(&keyed(Uuid::now_v7(), ""), "").await;
    assert!(matches!(&empty, Err(Error::Invalid(errors)) if errors.get("body").is_some()), "{empty:?}");
}

#[tokio::test]
async fn a_comment_that_has_no_id_yet_is_closed_by_the_entry_that_writes_it() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Said and done")).await;
    let said = sent(OutboxOperation::Comment { order: number.clone(), text: "Call the depot".into() });
    let closed = |of: Uuid| sent(OutboxOperation::CommentStatus { order: number.clone(), id: -1, of: Some(of), status: "Closed".into() });
    let verdicts = send(&world, "xavier", vec![said.clone(), closed(said.key)]).await;
    assert!(verdicts.iter().all(|it| matches!(it, Verdict::Done { .. })), "{verdicts:?}");
    let status = "SELECT count(*) FROM comments WHERE body = 'Call the depot' AND status = 'Closed'";
    assert_eq!(world.number(status).await, 1);

    // Neither an entry that wrote none, nor one of somebody else.
    let created = new("Not a comment");
    send_one(&world, "xavier", &created).await;
    for (who, of) in [("xavier", created.key), ("layla", said.key), ("xavier", Uuid::now_v7())] {
        assert!(matches!(send_one(&world, who, &closed(of)).await, Verdict::Refused { .. }), "{who}");
    }
}

#[tokio::test]
async fn a_device_gets_what_is_worth_keeping_then_what_changed() {
    let world = world().await;
    let scope = world.scope("xavier").await;
    let oldest = format!("SELECT number FROM orders WHERE owner_id = {} AND status = 'CN' ORDER BY created_at LIMIT 1", scope.user.id);
    let renewal = world.text(&oldest).await.unwrap();
    let due = "UPDATE orders SET follow_up_on = '2026-11-20', follow_up_kind = 'renewal' WHERE number = ";
    world.sql(&format!("{due}'{renewal}'")).await.unwrap();
    let mut all = Vec::new();
    let first = snapshot(&world.db, &scope, None, &[]).await.unwrap();
    assert!(first.is_full_sync);
    // The names that the device's script reads, of this release and of those in open tabs.
    let sent = serde_json::to_value(&first).unwrap();
    assert!(sent["whole"] == true && sent["place"]["moves"]["NW"].is_array(), "{sent}");
    assert_eq!(first.user, scope.user.id.0);
    assert_eq!((first.place.zone.as_str(), first.place.currency.as_str(), first.may_create), ("Europe/London", "GBP", true));
    let mark = SyncToken::read(&first.mark).unwrap();
    all.extend(first.orders);
    let mut rest = first.rest;
    while !rest.is_empty() {
        let next = snapshot(&world.db, &scope, None, &rest).await.unwrap();
        assert!(next.rest.len() < rest.len());
        all.extend(next.orders);
        rest = next.rest;
    }
    assert!(all.len() >= 200, "{}", all.len());
    // What is due for this person, the renewal of an old connected order too; and the moves from each status.
    let due =
        orders::list(&world.db, &scope, ListQuery { per_page: Some(100), ..ListQuery::of(View::Due) }, Vec::new()).await.unwrap().rows;
    assert!(due.iter().any(|row| row.number == renewal));
    assert!(due.iter().all(|row| all.iter().any(|it| it.number == row.number)));
    let fresh = all.iter().find(|it| it.row.status == Status::New && it.owner == Some(scope.user.id.0)).unwrap();
    assert_eq!(first.place.transitions["NW"], fresh.shown.next);
    assert!(!first.place.edits_any && first.place.transitions.len() == Status::ALL.len());
    let own =
        world.number(&format!("SELECT count(*) FROM orders WHERE owner_id = {} AND status NOT IN ('CN', 'CNL')", scope.user.id)).await;
    assert_eq!(
        all.iter().filter(|it| it.owner == Some(scope.user.id.0) && !["CN", "CNL"].contains(&it.row.status.code())).count() as i64,
        own
    );
    let whole = &all[0];
    assert_eq!(
        (whole.row.number.as_str(), whole.shown.number.as_str(), whole.draft.get(Field::Status)),
        (whole.number.as_str(), whole.number.as_str(), whole.row.status.code())
    );

    let number = create(&world, "hannah", &draft("Since then")).await;
    let since = snapshot(&world.db, &scope, Some(&mark), &[]).await.unwrap();
    assert!(!since.is_full_sync);
    assert!(since.orders.iter().any(|it| it.number == number));
    let later = SyncToken::read(&since.mark).unwrap();
    orders::trash(&world.db, &world.scope("layla").await, &number).await.unwrap();
    let gone = snapshot(&world.db, &scope, Some(&later), &[]).await.unwrap();
    let id = since.orders.iter().find(|it| it.number == number).unwrap().id;
    assert!(gone.gone.contains(&id) && gone.orders.iter().all(|it| it.number != number));
}

#[tokio::test]
async fn a_device_keeps_nothing_that_is_out_of_sight() {
    let world = world().await;
    db::settings::write(&world.db, "sight", "own").await.unwrap();
    let scope = world.scope("xavier").await;
    let mut found = snapshot(&world.db, &scope, None, &[]).await.unwrap();
    let foreign: Vec<i64> = vec![world.number(&format!("SELECT min(id) FROM orders WHERE owner_id <> {}", scope.user.id)).await];
    found.orders.extend(snapshot(&world.db, &scope, None, &foreign).await.unwrap().orders);
    assert!(!found.orders.is_empty());
    assert!(found.orders.iter().all(|it| it.owner == Some(scope.user.id.0)), "asked for by its id it is not there either");
}

#[tokio::test]
async fn a_device_hears_of_what_went_from_its_person_and_nothing_of_what_never_was_theirs() {
    for (visible, hers) in [("own", false), ("team", true)] {
        let world = world().await;
        db::settings::write(&world.db, "sight", visible).await.unwrap();
        let id = async |number: &str| world.number(&format!("SELECT id FROM orders WHERE number = '{number}'")).await;
        let (layla, xavier) = (world.scope("layla").await, world.scope("xavier").await);
        // One of the same team, and one of another.
        let people = "SELECT username FROM users WHERE role = 'agent' AND active AND username <> 'xavier' AND team_id";
        let beside = world.text(&format!("{people} = {} ORDER BY id LIMIT 1", xavier.user.team.unwrap())).await.unwrap();
        let far = world.text(&format!("{people} <> {} ORDER BY id LIMIT 1", xavier.user.team.unwrap())).await.unwrap();
        let (own, thrown) = (create(&world, "xavier", &draft("Mine Ltd")).await, create(&world, "xavier", &draft("Thrown Ltd")).await);
        let (team, other) = (create(&world, &beside, &draft("Team Ltd")).await, create(&world, &far, &draft("Far Ltd")).await);
        let mark = SyncToken::read(&snapshot(&world.db, &xavier, None, &[]).await.unwrap().mark).unwrap();
        for number in [&team, &other] {
            comments::add(&world.db, &layla, number, "Changed").await.unwrap();
        }
        let found = snapshot(&world.db, &xavier, Some(&mark), &[]).await.unwrap();
        let shown: Vec<&str> = found.orders.iter().map(|it| it.number.as_str()).filter(|it| *it != own && *it != thrown).collect();
        assert_eq!(
            (found.is_full_sync, shown, found.gone, found.rest),
            (false, if hers { vec![team.as_str()] } else { vec![] }, vec![], vec![]),
            "{visible}"
        );
        // What goes from them is gone, and the others are still not spoken of.
        orders::trash(&world.db, &layla, &thrown).await.unwrap();
        let mut form = orders::form_update(&world.db, &layla, &own).await.unwrap();
        form.draft.set(Field::Owner, world.scope(&far).await.user.id.to_string());
        orders::edit(&world.db, &layla, &own, form.version, &form.draft).await.unwrap();
        comments::add(&world.db, &layla, &other, "Again").await.unwrap();
        let mut gone = snapshot(&world.db, &xavier, Some(&mark), &[]).await.unwrap().gone;
        gone.sort_unstable();
        let mut expected = vec![id(&own).await, id(&thrown).await];
        expected.sort_unstable();
        assert_eq!(gone, expected, "{visible}");
    }
}

#[tokio::test]
async fn the_change_log_is_forgotten_by_age_and_a_device_from_before_begins_anew() {
    let world = world().await;
    let scope = world.scope("xavier").await;
    let since = async |mark: &SyncToken| snapshot(&world.db, &world.scope("xavier").await, Some(mark), &[]).await.unwrap();
    let now = async || SyncToken::read(&snapshot(&world.db, &scope, None, &[]).await.unwrap().mark).unwrap();
    create(&world, "xavier", &draft("Long ago")).await;
    let old = now().await;
    let unseen = create(&world, "xavier", &draft("Never seen")).await;
    world.db.clock.set(NOW + 31 * DAY);
    let recent = create(&world, "xavier", &draft("Lately")).await;
    // On PostgreSQL a mark waits for the oldest transaction of all databases, which other tests have open.
    let mut mark = now().await;
    for _ in 0..200 {
        if since(&mark).await.orders.is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        mark = now().await;
    }
    assert!(!since(&old).await.is_full_sync);
    db::offline::sweep(&world.db).await.unwrap();
    let left = world.number(&format!("SELECT count(*) FROM change_log WHERE at < {}", NOW + DAY)).await;
    assert_eq!(left, 0, "all but what is younger than thirty days is gone");
    let found = since(&old).await;
    assert!(found.is_full_sync && found.orders.iter().any(|it| it.number == unseen), "nothing is missed");
    assert!(found.orders.iter().any(|it| it.number == recent));
    // Who was there since then goes on as before.
    let later = create(&world, "xavier", &draft("Later")).await;
    let found = since(&mark).await;
    assert!(!found.is_full_sync && found.orders.iter().any(|it| it.number == later));
    // The newest entry stays: without it nobody could tell that nothing changed.
    world.db.clock.set(NOW + 300 * DAY);
    db::offline::sweep(&world.db).await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM change_log").await, 1);
    // On PostgreSQL a mark waits for the oldest transaction of all databases, which other tests have open.
    let mut tries = 0;
    while since(&now().await).await.is_full_sync {
        tries += 1;
        assert!(tries < 100);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_hiccup_of_the_database_takes_nothing_from_a_device() {
    let world = world().await;
    let scope = world.scope("xavier").await;
    let number = create(&world, "xavier", &draft("Still there")).await;
    let id = world.number(&format!("SELECT id FROM orders WHERE number = '{number}'")).await;
    world.sql("ALTER TABLE comments RENAME TO comments_away").await.unwrap();
    // The order can be listed, and its page cannot be read.
    assert!(matches!(snapshot(&world.db, &scope, None, &[id]).await, Err(Error::Unexpected(_))));
    world.sql("ALTER TABLE comments_away RENAME TO comments").await.unwrap();
    let found = snapshot(&world.db, &scope, None, &[id]).await.unwrap();
    assert_eq!((found.orders.len(), found.gone), (1, vec![]));
}

#[tokio::test]
async fn other_rights_an_import_or_a_restored_backup_begin_anew() {
    let world = world().await;
    let scope = world.scope("xavier").await;
    let mark = SyncToken::read(&snapshot(&world.db, &scope, None, &[]).await.unwrap().mark).unwrap();
    assert!(!snapshot(&world.db, &scope, Some(&mark), &[]).await.unwrap().is_full_sync);
    db::settings::write(&world.db, "sight", "own").await.unwrap();
    let narrow = world.scope("xavier").await;
    assert!(snapshot(&world.db, &narrow, Some(&mark), &[]).await.unwrap().is_full_sync, "what was in sight is not any more");
    let narrow_mark = SyncToken::read(&snapshot(&world.db, &narrow, None, &[]).await.unwrap().mark).unwrap();
    world.sql("INSERT INTO change_log (topic, subject_id, at) VALUES ('import', 1, 1)").await.unwrap();
    assert!(snapshot(&world.db, &narrow, Some(&narrow_mark), &[]).await.unwrap().is_full_sync);
    let ahead = SyncToken::read(&narrow_mark.to_string().replacen('.', "0000000.", 1)).unwrap();
    assert!(snapshot(&world.db, &narrow, Some(&ahead), &[]).await.unwrap().is_full_sync, "a mark of a future that never was");
}

#[tokio::test]
async fn versions_that_a_device_guessed_hide_no_conflict() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Guessed")).await;
    let layla = world.scope("layla").await;
    let mut form = orders::form_update(&world.db, &layla, &number).await.unwrap();
    form.draft.set(Field::Tariff, "Layla's");
    orders::edit(&world.db, &layla, &number, 1, &form.draft).await.unwrap();
    // The device had version 1, did something that came to nothing, and calls this version 2: the one that is stored by now.
    let disputed = send_one(&world, "xavier", &changed(&number, 2, Field::Tariff, "", "Xavier's")).await;
    let Verdict::Conflict { conflict } = disputed else { panic!("{disputed:?}") };
    assert_eq!(
        (conflict.by.as_str(), conflict.fields[0].before.as_str(), conflict.fields[0].theirs.as_str()),
        ("Layla Reyes", "", "Layla's")
    );
    change_status(&world, "layla", &number, Status::Held, &OrderDraft::default()).await.unwrap();
    let moved = sent(OutboxOperation::Move {
        order: number.clone(),
        version: 3,
        from: Status::New,
        to: Status::ToProcess,
        asked: OrderDraft::default(),
    });
    let Verdict::Conflict { conflict } = send_one(&world, "xavier", &moved).await else { panic!("moved") };
    assert_eq!((conflict.fields[0].theirs.as_str(), conflict.fields[0].mine.as_str()), ("HD", "TP"));
}

#[tokio::test]
async fn what_is_stored_with_a_space_that_nobody_typed_is_no_conflict_with_oneself() {
    let world = world().await;
    let uuid = Uuid::now_v7();
    let order = uuid.to_string();
    let mut typed = draft("Spaced on the way");
    typed.set(Field::Mobile, "07700900555");
    typed.set(Field::BillingPostcode, "yo211qh");
    let entries = vec![
        sent(OutboxOperation::Create { uuid, draft: typed }),
        changed(&order, 1, Field::Mobile, "07700900555", "07700900556"),
        changed(&order, 2, Field::Mobile, "07700900556", "07700900557"),
        changed(&order, 3, Field::BillingPostcode, "yo211qh", "yo212qh"),
    ];
    let verdicts = send(&world, "xavier", entries).await;
    assert!(verdicts.iter().all(|it| matches!(it, Verdict::Done { .. })), "{verdicts:?}");
    let shown = orders::show(&world.db, &world.scope("xavier").await, &order).await.unwrap();
    assert_eq!((shown.draft.get(Field::Mobile), shown.draft.get(Field::BillingPostcode)), ("07700 900557", "YO21 2QH"));
}

#[tokio::test]
async fn what_was_done_with_no_signal_stands_in_the_story_in_its_order() {
    let world = world().await;
    let scope = world.scope("xavier").await;
    let word = contact(&world.db, &scope).await.unwrap();
    world.db.clock.set(NOW + 2 * HOUR);
    let entry = |minutes: f64, after: Option<Uuid>, act: OutboxOperation| Sent {
        key: Uuid::now_v7(),
        age: minutes * 60.0,
        contact: word.clone(),
        after,
        act,
    };
    let uuid = Uuid::now_v7();
    let order = uuid.to_string();
    let write = entry(90.0, None, OutboxOperation::Create { uuid, draft: draft("Told in order") });
    let said = |text: &str| OutboxOperation::Comment { order: order.clone(), text: text.to_owned() };
    let first = entry(80.0, Some(write.key), said("Before the move."));
    let moved = entry(
        70.0,
        Some(first.key),
        OutboxOperation::Move { order: order.clone(), version: 1, from: Status::New, to: Status::ToProcess, asked: OrderDraft::default() },
    );
    let second = entry(60.0, Some(moved.key), said("After the move."));
    let verdicts = send(&world, "xavier", vec![write, first, moved, second]).await;
    assert!(verdicts.iter().all(|it| matches!(it, Verdict::Done { .. })), "{verdicts:?}");
    let sections = async || {
        let shown = orders::show(&world.db, &scope, &order).await.unwrap();
        shown.timeline.iter().map(|entry| (entry.at().at, matches!(entry, domain::orders::history::Entry::Comment(_)))).collect::<Vec<_>>()
    };
    let minute = 60_000_000;
    let at = |minutes: i64| NOW + 2 * HOUR - minutes * minute;
    assert_eq!(sections().await, [(at(60), true), (at(70), false), (at(80), true), (at(90), false)]);
    // What somebody did meanwhile comes before a change that arrives later, as its version says.
    let layla = world.scope("layla").await;
    let word = contact(&world.db, &layla).await.unwrap();
    world.db.clock.set(NOW + 3 * HOUR);
    let number = orders::number_of(&world.db, &layla, &order).await.unwrap();
    change_status(&world, "mercy", &number, Status::Held, &OrderDraft::default()).await.unwrap_err();
    change_status(&world, "layla", &number, Status::Held, &OrderDraft::default()).await.unwrap();
    world.db.clock.set(NOW + 4 * HOUR);
    let version = orders::show(&world.db, &layla, &order).await.unwrap().version;
    let move_on =
        OutboxOperation::Move { order: order.clone(), version, from: Status::Held, to: Status::ToProcess, asked: OrderDraft::default() };
    let late = Sent { key: Uuid::now_v7(), age: 90.0 * 60.0, contact: word, after: None, act: move_on };
    assert!(matches!(send_one(&world, "layla", &late).await, Verdict::Done { .. }));
    let turned =
        "SELECT count(*) FROM order_history a JOIN order_history b ON a.order_id = b.order_id WHERE a.version < b.version AND a.at >= b.at";
    assert_eq!(world.number(turned).await, 0);
    let last = world
        .number(&format!("SELECT max(at) FROM order_history WHERE order_id = (SELECT id FROM orders WHERE number = '{number}')"))
        .await;
    assert_eq!(last, NOW + 3 * HOUR + 1);
}
