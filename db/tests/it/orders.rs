//! Writing orders: create, edit, move, and what stands beside each of them.

use db::{
    orders, settings,
    testing::{NOW, TestWorld, world},
};
use domain::{
    Error,
    orders::{
        Field, OrderDraft, Rules, Status,
        history::{Entry, HistoryKind},
        pages::StatusTransition,
    },
    role::Role,
};

pub fn draft(business: &str) -> OrderDraft {
    let mut draft = OrderDraft::default();
    draft.set(Field::BusinessName, business);
    draft.set(Field::Mobile, "07700 900123");
    draft.set(Field::BoxValue, "£1,234.50");
    draft
}

pub async fn create(world: &TestWorld, who: &str, draft: &OrderDraft) -> String {
    orders::create(&world.db, &world.scope(who).await, orders::fresh_uuid(), draft).await.unwrap()
}

pub async fn change_status(world: &TestWorld, who: &str, number: &str, to: Status, asked: &OrderDraft) -> domain::Result<()> {
    let scope = world.scope(who).await;
    let version = orders::show(&world.db, &scope, number).await?.version;
    orders::change_status(&world.db, &scope, number, version, to, asked).await
}

#[tokio::test]
async fn a_new_order_has_a_seven_digit_number_its_owner_and_the_owners_team() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Oakley Joinery")).await;
    assert_eq!(number, "1000401");
    let shown = orders::show(&world.db, &world.scope("xavier").await, &number).await.unwrap();
    assert_eq!(shown.detail("Owner"), Some("Xavier Taylor"));
    assert_eq!(shown.detail("Team"), Some("Harbour"));
    assert_eq!(shown.box_value.as_deref(), Some("£1,234.50"));
    assert_eq!(shown.detail("Mobile"), Some("07700 900123"));
    assert_eq!(shown.version, 1);
}

#[tokio::test]
async fn creating_twice_is_creating_once() {
    let world = world().await;
    let (scope, uuid) = (world.scope("xavier").await, orders::fresh_uuid());
    let first = orders::create(&world.db, &scope, uuid, &draft("Once")).await.unwrap();
    let again = orders::create(&world.db, &scope, uuid, &draft("Once")).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(world.number("SELECT count(*) FROM orders").await, 401);
}

#[tokio::test]
async fn numbers_do_not_race() {
    let world = world().await;
    let scope = world.scope("xavier").await;
    let tasks: Vec<_> = (0..24)
        .map(|n| {
            let (db, scope) = (world.db.clone(), scope.clone());
            tokio::spawn(async move { orders::create(&db, &scope, orders::fresh_uuid(), &draft(&format!("Racer {n}"))).await.unwrap() })
        })
        .collect();
    let mut numbers = std::collections::BTreeSet::new();
    for task in tasks {
        numbers.insert(task.await.unwrap());
    }
    assert_eq!(numbers.len(), 24);
}

#[tokio::test]
async fn an_order_and_all_that_stands_beside_it_commit_together_or_not_at_all() {
    let world = world().await;
    let before =
        world.number("SELECT (SELECT count(*) FROM orders) + (SELECT count(*) FROM order_history) + (SELECT count(*) FROM activity)").await;
    world.sql("DROP TABLE change_log").await.unwrap();
    let scope = world.scope("xavier").await;
    assert!(matches!(orders::create(&world.db, &scope, orders::fresh_uuid(), &draft("Half")).await, Err(Error::Unexpected(_))));
    let after =
        world.number("SELECT (SELECT count(*) FROM orders) + (SELECT count(*) FROM order_history) + (SELECT count(*) FROM activity)").await;
    assert_eq!(before, after);
}

#[tokio::test]
async fn an_agent_writes_for_nobody_else_and_a_viewer_not_at_all() {
    let world = world().await;
    let hannah = world.scope("hannah").await.user.id;
    let mut given = draft("Given");
    given.set(Field::Owner, hannah.to_string());
    let refused = orders::create(&world.db, &world.scope("xavier").await, orders::fresh_uuid(), &given).await.unwrap_err();
    assert!(matches!(&refused, Error::Invalid(errors) if errors.get("owner").is_some()), "{refused:?}");
    let number = orders::create(&world.db, &world.scope("layla").await, orders::fresh_uuid(), &given).await.unwrap();
    let shown = orders::show(&world.db, &world.scope("layla").await, &number).await.unwrap();
    assert_eq!(shown.detail("Owner"), Some("Hannah Wright"));
    assert!(matches!(
        orders::create(&world.db, &world.scope("ruth").await, orders::fresh_uuid(), &draft("No")).await,
        Err(Error::Forbidden(_))
    ));
}

#[tokio::test]
async fn a_phone_that_no_plan_has_is_refused_beside_its_field() {
    let world = world().await;
    let mut odd = draft("Odd phone");
    odd.set(Field::Mobile, "+99912345678");
    let refused = orders::create(&world.db, &world.scope("xavier").await, orders::fresh_uuid(), &odd).await.unwrap_err();
    assert!(matches!(&refused, Error::Invalid(errors) if errors.get("mobile").is_some()), "{refused:?}");
}

#[tokio::test]
async fn an_edit_tells_old_and_new_in_words_with_the_right_author() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Before")).await;
    let mut changed = draft("After");
    changed.set(Field::BoxValue, "99");
    changed.set(Field::BusinessType, "LTD");
    orders::edit(&world.db, &world.scope("layla").await, &number, 1, &{
        changed.set(Field::Owner, world.scope("xavier").await.user.id.to_string());
        changed.clone()
    })
    .await
    .unwrap();
    let shown = orders::show(&world.db, &world.scope("xavier").await, &number).await.unwrap();
    assert_eq!(shown.version, 2);
    let Entry::Change { by, payload: Some(payload), happened: HistoryKind::Edited, .. } = &shown.timeline[0] else {
        panic!("{:?}", shown.timeline)
    };
    assert_eq!(by.as_deref(), Some("Layla Reyes"));
    let message: Vec<(&str, &str, &str)> = payload.changes.iter().map(|it| (it.field.name(), it.before(), it.after())).collect();
    assert_eq!(
        message,
        [("box_value", "£1,234.50", "£99.00"), ("business_name", "Before", "After"), ("business_type", "", "Limited Company")]
    );
    let Entry::Change { by, happened: HistoryKind::Created, .. } = &shown.timeline[1] else { panic!() };
    assert_eq!(by.as_deref(), Some("Xavier Taylor"));
}

#[tokio::test]
async fn a_save_that_changes_nothing_writes_nothing() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Same")).await;
    let scope = world.scope("xavier").await;
    let form = orders::form_update(&world.db, &scope, &number).await.unwrap();
    let before = world.number("SELECT count(*) FROM order_history").await;
    orders::edit(&world.db, &scope, &number, form.version, &form.draft).await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM order_history").await, before);
    assert_eq!(orders::show(&world.db, &scope, &number).await.unwrap().version, 1);
}

#[tokio::test]
async fn only_the_owner_and_managers_edit() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Mine")).await;
    for (who, may) in [("hannah", false), ("ruth", false), ("xavier", true), ("layla", true), ("ada", true)] {
        let scope = world.scope(who).await;
        let version = orders::show(&world.db, &scope, &number).await.unwrap().version;
        let mut typed = orders::show(&world.db, &scope, &number).await.unwrap().draft;
        typed.set(Field::Handset, format!("by {who}"));
        let answer = orders::edit(&world.db, &scope, &number, version, &typed).await;
        assert_eq!(answer.is_ok(), may, "{who}: {answer:?}");
    }
}

#[tokio::test]
async fn the_second_save_is_held_back_with_all_three_values() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Shared")).await;
    let (xavier, layla) = (world.scope("xavier").await, world.scope("layla").await);
    let read = orders::form_update(&world.db, &xavier, &number).await.unwrap();
    let mut theirs = read.draft.clone();
    theirs.set(Field::BoxValue, "500");
    theirs.set(Field::Tariff, "Unlimited");
    orders::edit(&world.db, &layla, &number, read.version, &theirs).await.unwrap();
    let mut mine = read.draft.clone();
    mine.set(Field::BoxValue, "600");
    mine.set(Field::Handset, "Pixel 9");
    let Err(Error::Conflict(held)) = orders::edit(&world.db, &xavier, &number, read.version, &mine).await else {
        panic!("it must be held back")
    };
    assert_eq!((held.by.as_str(), held.version), ("Layla Reyes", 2));
    assert_eq!(held.fields.len(), 1);
    let dispute = &held.fields[0];
    assert_eq!((dispute.field, dispute.before_label.as_str()), (Field::BoxValue, "£1,234.50"));
    assert_eq!((dispute.theirs_label.as_str(), dispute.mine_label.as_str()), ("£500.00", "£600.00"));
    assert_eq!(held.merged.iter().map(|(field, ..)| *field).collect::<Vec<_>>(), [Field::Tariff]);
    assert_eq!(held.draft.get(Field::Handset), "Pixel 9");
    assert_eq!(held.draft.get(Field::Tariff), "Unlimited");
    // Nothing was written, and the choice goes through.
    assert_eq!(orders::show(&world.db, &xavier, &number).await.unwrap().version, 2);
    orders::edit(&world.db, &xavier, &number, held.version, &held.draft).await.unwrap();
    let shown = orders::show(&world.db, &xavier, &number).await.unwrap();
    assert_eq!(shown.box_value.as_deref(), Some("£600.00"));
    assert_eq!(shown.detail("Tariff"), Some("Unlimited"));
}

#[tokio::test]
async fn a_move_into_connected_dates_the_order_and_an_edit_leaves_that_date_alone() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Road to connected")).await;
    change_status(&world, "xavier", &number, Status::ToProcess, &OrderDraft::default()).await.unwrap();
    let refused = change_status(&world, "xavier", &number, Status::Connected, &OrderDraft::default()).await.unwrap_err();
    assert!(refused.sentence().contains("Only a manager can"), "{refused:?}");
    change_status(&world, "layla", &number, Status::Connected, &OrderDraft::default()).await.unwrap();
    let today = Some("22 Nov 2026".to_owned());
    let layla = world.scope("layla").await;
    let shown = orders::show(&world.db, &layla, &number).await.unwrap();
    assert_eq!(shown.connected_on, today);
    // Ten days later somebody edits it.
    world.db.clock.set(NOW + 10 * db::clock::DAY);
    let mut typed = shown.draft.clone();
    typed.set(Field::Tariff, "Another");
    orders::edit(&world.db, &layla, &number, shown.version, &typed).await.unwrap();
    assert_eq!(orders::show(&world.db, &layla, &number).await.unwrap().connected_on, today);
    // Leaving Connected clears it; coming back is a new day.
    change_status(&world, "layla", &number, Status::Issues, &OrderDraft::default()).await.unwrap();
    assert_eq!(orders::show(&world.db, &layla, &number).await.unwrap().connected_on, None);
    change_status(&world, "layla", &number, Status::Connected, &OrderDraft::default()).await.unwrap();
    assert_eq!(orders::show(&world.db, &layla, &number).await.unwrap().connected_on, Some("2 Dec 2026".to_owned()));
}

#[tokio::test]
async fn a_cancelled_order_needs_a_reason() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Lost")).await;
    let refused = change_status(&world, "xavier", &number, Status::Cancelled, &OrderDraft::default()).await.unwrap_err();
    assert!(matches!(&refused, Error::Invalid(errors) if errors.get("loss_reason") == Some("Choose a loss reason")), "{refused:?}");
    let mut asked = OrderDraft::default();
    asked.set(Field::LossReason, "Price");
    change_status(&world, "xavier", &number, Status::Cancelled, &asked).await.unwrap();
}

#[tokio::test]
async fn the_table_holds_for_moves_through_the_form_too() {
    let world = world().await;
    let number = create(&world, "layla", &draft("Jump")).await;
    let layla = world.scope("layla").await;
    let mut typed = orders::form_update(&world.db, &layla, &number).await.unwrap().draft;
    typed.set(Field::Status, "CN");
    let refused = orders::edit(&world.db, &layla, &number, 1, &typed).await.unwrap_err();
    assert!(matches!(&refused, Error::Invalid(errors) if errors.get("status").is_some()), "{refused:?}");
}

#[tokio::test]
async fn an_agent_does_not_change_what_a_connected_order_counts_by() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Counted")).await;
    change_status(&world, "layla", &number, Status::ToProcess, &OrderDraft::default()).await.unwrap();
    change_status(&world, "layla", &number, Status::Connected, &OrderDraft::default()).await.unwrap();
    let xavier = world.scope("xavier").await;
    let shown = orders::show(&world.db, &xavier, &number).await.unwrap();
    let mut typed = shown.draft.clone();
    typed.set(Field::BoxValue, "9999");
    let refused = orders::edit(&world.db, &xavier, &number, shown.version, &typed).await.unwrap_err();
    assert!(matches!(&refused, Error::Invalid(errors) if errors.get("box_value").is_some()), "{refused:?}");
    typed.set(Field::BoxValue, "");
    typed.set(Field::Handset, "Nokia");
    orders::edit(&world.db, &xavier, &number, shown.version, &typed).await.unwrap();
    let after = orders::show(&world.db, &xavier, &number).await.unwrap();
    assert_eq!(after.box_value.as_deref(), Some("£1,234.50"));
    assert_eq!(after.detail("Handset"), Some("Nokia"));
}

#[tokio::test]
async fn an_order_that_is_given_away_takes_the_new_owners_team_and_keeps_it() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Gift")).await;
    let layla = world.scope("layla").await;
    let mut typed = orders::form_update(&world.db, &layla, &number).await.unwrap().draft;
    typed.set(Field::Owner, world.scope("gus").await.user.id.to_string());
    orders::edit(&world.db, &layla, &number, 1, &typed).await.unwrap();
    world.sql("UPDATE users SET team_id = 1 WHERE username = 'gus'").await.unwrap();
    let shown = orders::show(&world.db, &layla, &number).await.unwrap();
    assert_eq!(shown.detail("Team"), Some("Estuary"));
}

#[tokio::test]
async fn forbidden_looks_like_missing() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Secret")).await;
    db::settings::write(&world.db, "sight", "own").await.unwrap();
    let hannah = world.scope("hannah").await;
    assert_eq!(orders::show(&world.db, &hannah, &number).await.unwrap_err(), Error::NotFound);
    assert_eq!(orders::show(&world.db, &hannah, "9999999").await.unwrap_err(), Error::NotFound);
    assert_eq!(orders::edit(&world.db, &hannah, &number, 1, &draft("x")).await.unwrap_err(), Error::NotFound);
    assert_eq!(db::comments::add(&world.db, &hannah, &number, "hello").await.unwrap_err(), Error::NotFound);
    db::settings::write(&world.db, "sight", "team").await.unwrap();
    assert!(orders::show(&world.db, &world.scope("hannah").await, &number).await.is_ok(), "the same team");
    assert_eq!(orders::show(&world.db, &world.scope("gus").await, &number).await.unwrap_err(), Error::NotFound);
}

#[tokio::test]
async fn an_order_is_found_by_uuid_and_legacy_id_for_redirects() {
    let world = world().await;
    let (xavier, uuid) = (world.scope("xavier").await, orders::fresh_uuid());
    let number = orders::create(&world.db, &xavier, uuid, &draft("By id")).await.unwrap();
    assert_eq!(orders::number_of(&world.db, &xavier, &uuid.to_string()).await.unwrap(), number);
    world.sql(&format!("UPDATE orders SET legacy_id = 77 WHERE number = '{number}'")).await.unwrap();
    assert_eq!(orders::number_of(&world.db, &xavier, "77").await.unwrap(), number);
    assert_eq!(orders::number_of(&world.db, &xavier, "78").await.unwrap_err(), Error::NotFound);
}

#[tokio::test]
async fn the_same_phone_in_another_spelling_is_a_warning() {
    let world = world().await;
    let mut first = draft("First");
    first.set(Field::Mobile, "+44 20 7946 0018");
    let number = create(&world, "xavier", &first).await;
    let mut second = draft("Second");
    second.set(Field::Mobile, "020 7946 0018");
    let found = orders::similar(&world.db, &world.scope("hannah").await, &second, None).await.unwrap();
    assert_eq!(found.iter().map(|it| it.number.as_str()).collect::<Vec<_>>(), [number.as_str()]);
    create(&world, "hannah", &second).await;
}

#[tokio::test]
async fn the_trash_is_out_of_sight() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Binned")).await;
    world.sql(&format!("UPDATE orders SET trashed_at = 1 WHERE number = '{number}'")).await.unwrap();
    let ada = world.scope_as("ada", Role::Admin).await;
    assert_eq!(orders::show(&world.db, &ada, &number).await.unwrap_err(), Error::NotFound);
}

#[tokio::test]
async fn a_move_to_the_same_status_is_no_way_around_what_is_locked() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Sly move")).await;
    change_status(&world, "layla", &number, Status::ToProcess, &OrderDraft::default()).await.unwrap();
    change_status(&world, "layla", &number, Status::Connected, &OrderDraft::default()).await.unwrap();
    let mut asked = OrderDraft::default();
    asked.set(Field::BoxValue, "9999");
    assert!(change_status(&world, "xavier", &number, Status::Connected, &asked).await.is_err());
    assert!(change_status(&world, "layla", &number, Status::Connected, &asked).await.is_err());
    let shown = orders::show(&world.db, &world.scope("layla").await, &number).await.unwrap();
    assert_eq!(shown.box_value.as_deref(), Some("£1,234.50"));
}

#[tokio::test]
async fn the_same_identity_with_other_words_is_told_and_nothing_is_dropped_in_silence() {
    let world = world().await;
    let (scope, uuid) = (world.scope("xavier").await, orders::fresh_uuid());
    let number = orders::create(&world.db, &scope, uuid, &draft("First words")).await.unwrap();
    let message = orders::create(&world.db, &scope, uuid, &draft("Other words")).await.unwrap_err();
    assert!(message.sentence().contains(&number), "{message:?}");
    assert_eq!(world.number("SELECT count(*) FROM orders").await, 401);
}

#[tokio::test]
async fn a_number_that_an_import_brought_is_skipped() {
    let world = world().await;
    world.sql("UPDATE orders SET number = '1000401' WHERE number = '1000001'").await.unwrap();
    assert_eq!(create(&world, "xavier", &draft("Next")).await, "1000402");
}

#[tokio::test]
async fn nul_in_an_address_finds_nothing() {
    let world = world().await;
    assert_eq!(orders::show(&world.db, &world.scope("layla").await, "\0").await.unwrap_err(), Error::NotFound);
}

#[tokio::test]
async fn the_rules_of_the_business_bind_every_verb() {
    let world = world().await;
    let ada = world.scope("ada").await;
    let usual = Rules::default();
    let next = |of: Status| match of {
        Status::New => vec![Status::Parked, Status::New],
        Status::Parked => vec![Status::ToProcess],
        other => usual.next(other).to_vec(),
    };
    let requires = |of: Status| match of {
        Status::ToProcess => vec![Field::Network, Field::Email],
        Status::Cancelled => Vec::new(),
        other => usual.requires(other).to_vec(),
    };
    settings::change_rules(&world.db, &ada, &Rules::of(next, requires)).await.unwrap();
    let layla = world.scope("layla").await;
    assert_eq!(layla.settings.rules, Rules::of(next, requires), "as stored");

    let form = orders::form_new(&world.db, &layla, None).await.unwrap();
    assert_eq!(form.choices.statuses, [Status::New, Status::Parked]);
    let mut held = draft("Held at once");
    held.set(Field::Status, Status::Held.code());
    let refused = orders::create(&world.db, &layla, orders::fresh_uuid(), &held).await.unwrap_err();
    assert_eq!(refused.sentence(), "An order can't change from New to Held");

    let number = create(&world, "layla", &draft("By the rules")).await;
    let none = OrderDraft::default();
    assert!(matches!(change_status(&world, "layla", &number, Status::ToProcess, &none).await, Err(Error::Invalid(_))));
    change_status(&world, "layla", &number, Status::Parked, &none).await.unwrap();
    let shown = orders::show(&world.db, &layla, &number).await.unwrap();
    // The e-mail can be typed beside the move; the network is chosen on the form.
    assert_eq!(shown.next, [StatusTransition { to: Status::ToProcess, asks: vec![Field::Email] }]);

    let mut asked = OrderDraft::default();
    let Err(Error::Invalid(errors)) = change_status(&world, "layla", &number, Status::ToProcess, &asked).await else { panic!("moved") };
    assert_eq!(errors.get("email"), Some("E-mail is required when the status is To Process"));
    asked.set(Field::Email, "ann@oakley.co.uk");
    let Err(Error::Invalid(errors)) = change_status(&world, "layla", &number, Status::ToProcess, &asked).await else { panic!("moved") };
    assert_eq!(errors.get("status"), Some("Edit the order first. Network is required when the status is To Process"));

    let form = orders::form_update(&world.db, &layla, &number).await.unwrap();
    let mut whole = form.draft.clone();
    whole.set(Field::Status, Status::ToProcess.code());
    let Err(Error::Invalid(errors)) = orders::edit(&world.db, &layla, &number, form.version, &whole).await else { panic!("saved") };
    assert_eq!(errors.0.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["email", "network"]);
    whole.set(Field::Network, "EE");
    whole.set(Field::Email, "ann@oakley.co.uk");
    orders::edit(&world.db, &layla, &number, form.version, &whole).await.unwrap();
    // What is no longer asked for is no longer needed.
    change_status(&world, "layla", &number, Status::Cancelled, &none).await.unwrap();

    let stuck = Rules::of(|of| if of == Status::New { vec![Status::Held] } else { Vec::new() }, requires);
    let why = settings::change_rules(&world.db, &ada, &stuck).await.unwrap_err();
    assert_eq!(why.sentence(), "With these rules no new order could become Connected: allow a path from New to Connected");
    assert!(matches!(settings::change_rules(&world.db, &layla, &usual).await, Err(Error::Forbidden(_))));
}

#[tokio::test]
async fn figures_that_were_typed_without_a_space_are_written_with_it() {
    let world = world().await;
    let draft = |phone: &str, code: &str| {
        let mut draft = draft("Spaced");
        draft.set(Field::Mobile, phone);
        draft.set(Field::BillingPostcode, code);
        draft.set(Field::DeliveryPostcode, code);
        draft
    };
    for (phone, code, kept) in [
        ("07700900555", "yo211qh", "07700 900555 YO21 1QH YO21 1QH"),
        ("+447700900555", "SW1A1AA", "+44 7700 900555 SW1A 1AA SW1A 1AA"),
        ("07700-900555", "yo21 1qh", "07700-900555 YO21 1QH YO21 1QH"),
        ("+33123456789", "d-10115", "+33 1 23 45 67 89 D-10115 D-10115"),
    ] {
        let number = create(&world, "xavier", &draft(phone, code)).await;
        let sql = format!("SELECT mobile || ' ' || billing_postcode || ' ' || delivery_postcode FROM orders WHERE number = '{number}'");
        assert_eq!(world.text(&sql).await.as_deref(), Some(kept), "{phone} {code}");
    }
    // What a release before wrote stays as it is while something else is changed.
    let number = create(&world, "xavier", &draft("07700 900556", "YO21 1QH")).await;
    world.sql(&format!("UPDATE orders SET mobile = '07700900556', billing_postcode = 'YO211QH' WHERE number = '{number}'")).await.unwrap();
    let scope = world.scope("xavier").await;
    let mut form = db::orders::form_update(&world.db, &scope, &number).await.unwrap();
    form.draft.set(Field::BusinessName, "Spaced anew");
    db::orders::edit(&world.db, &scope, &number, form.version, &form.draft).await.unwrap();
    let sql = format!("SELECT mobile || ' ' || billing_postcode FROM orders WHERE number = '{number}'");
    assert_eq!(world.text(&sql).await.as_deref(), Some("07700900556 YO211QH"));
}

#[tokio::test]
async fn a_phone_that_an_earlier_release_took_keeps_its_order_movable() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Short Phone")).await;
    world.sql(&format!("UPDATE orders SET mobile = '07700 90012', mobile_e164 = '+44770090012' WHERE number = '{number}'")).await.unwrap();
    change_status(&world, "xavier", &number, Status::Held, &OrderDraft::default()).await.unwrap();
    let stored = world.text(&format!("SELECT mobile || ' ' || mobile_e164 || ' ' || status FROM orders WHERE number = '{number}'")).await;
    assert_eq!(stored.as_deref(), Some("07700 90012 +44770090012 HD"));
}
