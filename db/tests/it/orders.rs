//! Writing orders: create, edit, move, and what stands beside each of them.

use db::{
    orders, settings,
    testing::{House, NOW, house},
};
use domain::{
    Error,
    orders::{
        Field, OrderDraft, Rules, Status,
        history::{Entry, Happened},
        pages::Move,
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

pub async fn create(house: &House, who: &str, draft: &OrderDraft) -> String {
    orders::create(&house.db, &house.scope(who).await, orders::fresh_uuid(), draft).await.unwrap()
}

pub async fn advance(house: &House, who: &str, number: &str, to: Status, asked: &OrderDraft) -> domain::Result<()> {
    let scope = house.scope(who).await;
    let version = orders::show(&house.db, &scope, number).await?.version;
    orders::advance(&house.db, &scope, number, version, to, asked).await
}

#[tokio::test]
async fn a_new_order_has_a_seven_digit_number_its_owner_and_the_owners_team() {
    let house = house().await;
    let number = create(&house, "xavier", &draft("Oakley Joinery")).await;
    assert_eq!(number, "1000401");
    let shown = orders::show(&house.db, &house.scope("xavier").await, &number).await.unwrap();
    assert_eq!(shown.fact("Owner"), Some("Xavier Taylor"));
    assert_eq!(shown.fact("Team"), Some("Harbour"));
    assert_eq!(shown.box_value.as_deref(), Some("£1,234.50"));
    assert_eq!(shown.fact("Mobile"), Some("07700 900123"));
    assert_eq!(shown.version, 1);
}

#[tokio::test]
async fn creating_twice_is_creating_once() {
    let house = house().await;
    let (scope, uuid) = (house.scope("xavier").await, orders::fresh_uuid());
    let first = orders::create(&house.db, &scope, uuid, &draft("Once")).await.unwrap();
    let again = orders::create(&house.db, &scope, uuid, &draft("Once")).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(house.number("SELECT count(*) FROM orders").await, 401);
}

#[tokio::test]
async fn numbers_do_not_race() {
    let house = house().await;
    let scope = house.scope("xavier").await;
    let tasks: Vec<_> = (0..24)
        .map(|n| {
            let (db, scope) = (house.db.clone(), scope.clone());
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
    let house = house().await;
    let before =
        house.number("SELECT (SELECT count(*) FROM orders) + (SELECT count(*) FROM order_history) + (SELECT count(*) FROM activity)").await;
    house.sql("DROP TABLE change_log").await.unwrap();
    let scope = house.scope("xavier").await;
    assert!(matches!(orders::create(&house.db, &scope, orders::fresh_uuid(), &draft("Half")).await, Err(Error::Unexpected(_))));
    let after =
        house.number("SELECT (SELECT count(*) FROM orders) + (SELECT count(*) FROM order_history) + (SELECT count(*) FROM activity)").await;
    assert_eq!(before, after);
}

#[tokio::test]
async fn an_agent_writes_for_nobody_else_and_a_viewer_not_at_all() {
    let house = house().await;
    let hannah = house.scope("hannah").await.me.id;
    let mut given = draft("Given");
    given.set(Field::Owner, hannah.to_string());
    let refused = orders::create(&house.db, &house.scope("xavier").await, orders::fresh_uuid(), &given).await.unwrap_err();
    assert!(matches!(&refused, Error::Invalid(errors) if errors.get("owner").is_some()), "{refused:?}");
    let number = orders::create(&house.db, &house.scope("layla").await, orders::fresh_uuid(), &given).await.unwrap();
    let shown = orders::show(&house.db, &house.scope("layla").await, &number).await.unwrap();
    assert_eq!(shown.fact("Owner"), Some("Hannah Wright"));
    assert!(matches!(
        orders::create(&house.db, &house.scope("ruth").await, orders::fresh_uuid(), &draft("No")).await,
        Err(Error::Forbidden(_))
    ));
}

#[tokio::test]
async fn a_phone_that_no_plan_has_is_refused_beside_its_field() {
    let house = house().await;
    let mut odd = draft("Odd phone");
    odd.set(Field::Mobile, "+99912345678");
    let refused = orders::create(&house.db, &house.scope("xavier").await, orders::fresh_uuid(), &odd).await.unwrap_err();
    assert!(matches!(&refused, Error::Invalid(errors) if errors.get("mobile").is_some()), "{refused:?}");
}

#[tokio::test]
async fn an_edit_tells_old_and_new_in_words_with_the_right_author() {
    let house = house().await;
    let number = create(&house, "xavier", &draft("Before")).await;
    let mut changed = draft("After");
    changed.set(Field::BoxValue, "99");
    changed.set(Field::BusinessType, "LTD");
    orders::edit(&house.db, &house.scope("layla").await, &number, 1, &{
        changed.set(Field::Owner, house.scope("xavier").await.me.id.to_string());
        changed.clone()
    })
    .await
    .unwrap();
    let shown = orders::show(&house.db, &house.scope("xavier").await, &number).await.unwrap();
    assert_eq!(shown.version, 2);
    let Entry::Change { by, payload: Some(payload), happened: Happened::Edited, .. } = &shown.timeline[0] else {
        panic!("{:?}", shown.timeline)
    };
    assert_eq!(by.as_deref(), Some("Layla Reyes"));
    let told: Vec<(&str, &str, &str)> = payload.changes.iter().map(|it| (it.field.name(), it.before(), it.after())).collect();
    assert_eq!(
        told,
        [("box_value", "£1,234.50", "£99.00"), ("business_name", "Before", "After"), ("business_type", "", "Limited Company")]
    );
    let Entry::Change { by, happened: Happened::Created, .. } = &shown.timeline[1] else { panic!() };
    assert_eq!(by.as_deref(), Some("Xavier Taylor"));
}

#[tokio::test]
async fn a_save_that_changes_nothing_writes_nothing() {
    let house = house().await;
    let number = create(&house, "xavier", &draft("Same")).await;
    let scope = house.scope("xavier").await;
    let form = orders::form_update(&house.db, &scope, &number).await.unwrap();
    let before = house.number("SELECT count(*) FROM order_history").await;
    orders::edit(&house.db, &scope, &number, form.version, &form.draft).await.unwrap();
    assert_eq!(house.number("SELECT count(*) FROM order_history").await, before);
    assert_eq!(orders::show(&house.db, &scope, &number).await.unwrap().version, 1);
}

#[tokio::test]
async fn only_the_owner_and_managers_edit() {
    let house = house().await;
    let number = create(&house, "xavier", &draft("Mine")).await;
    for (who, may) in [("hannah", false), ("ruth", false), ("xavier", true), ("layla", true), ("ada", true)] {
        let scope = house.scope(who).await;
        let version = orders::show(&house.db, &scope, &number).await.unwrap().version;
        let mut typed = orders::show(&house.db, &scope, &number).await.unwrap().draft;
        typed.set(Field::Handset, format!("by {who}"));
        let answer = orders::edit(&house.db, &scope, &number, version, &typed).await;
        assert_eq!(answer.is_ok(), may, "{who}: {answer:?}");
    }
}

#[tokio::test]
async fn the_second_save_is_held_back_with_all_three_values() {
    let house = house().await;
    let number = create(&house, "xavier", &draft("Shared")).await;
    let (xavier, layla) = (house.scope("xavier").await, house.scope("layla").await);
    let read = orders::form_update(&house.db, &xavier, &number).await.unwrap();
    let mut theirs = read.draft.clone();
    theirs.set(Field::BoxValue, "500");
    theirs.set(Field::Tariff, "Unlimited");
    orders::edit(&house.db, &layla, &number, read.version, &theirs).await.unwrap();
    let mut mine = read.draft.clone();
    mine.set(Field::BoxValue, "600");
    mine.set(Field::Handset, "Pixel 9");
    let Err(Error::Conflict(held)) = orders::edit(&house.db, &xavier, &number, read.version, &mine).await else {
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
    assert_eq!(orders::show(&house.db, &xavier, &number).await.unwrap().version, 2);
    orders::edit(&house.db, &xavier, &number, held.version, &held.draft).await.unwrap();
    let shown = orders::show(&house.db, &xavier, &number).await.unwrap();
    assert_eq!(shown.box_value.as_deref(), Some("£600.00"));
    assert_eq!(shown.fact("Tariff"), Some("Unlimited"));
}

#[tokio::test]
async fn a_move_into_connected_dates_the_order_and_an_edit_leaves_that_date_alone() {
    let house = house().await;
    let number = create(&house, "xavier", &draft("Road to connected")).await;
    advance(&house, "xavier", &number, Status::ToProcess, &OrderDraft::default()).await.unwrap();
    let refused = advance(&house, "xavier", &number, Status::Connected, &OrderDraft::default()).await.unwrap_err();
    assert!(refused.sentence().contains("managers"), "{refused:?}");
    advance(&house, "layla", &number, Status::Connected, &OrderDraft::default()).await.unwrap();
    let today = Some("22 Nov 2026".to_owned());
    let layla = house.scope("layla").await;
    let shown = orders::show(&house.db, &layla, &number).await.unwrap();
    assert_eq!(shown.connected_on, today);
    // Ten days later somebody edits it.
    house.db.clock.set(NOW + 10 * db::clock::DAY);
    let mut typed = shown.draft.clone();
    typed.set(Field::Tariff, "Another");
    orders::edit(&house.db, &layla, &number, shown.version, &typed).await.unwrap();
    assert_eq!(orders::show(&house.db, &layla, &number).await.unwrap().connected_on, today);
    // Leaving Connected clears it; coming back is a new day.
    advance(&house, "layla", &number, Status::Issues, &OrderDraft::default()).await.unwrap();
    assert_eq!(orders::show(&house.db, &layla, &number).await.unwrap().connected_on, None);
    advance(&house, "layla", &number, Status::Connected, &OrderDraft::default()).await.unwrap();
    assert_eq!(orders::show(&house.db, &layla, &number).await.unwrap().connected_on, Some("2 Dec 2026".to_owned()));
}

#[tokio::test]
async fn a_cancelled_order_needs_a_reason() {
    let house = house().await;
    let number = create(&house, "xavier", &draft("Lost")).await;
    let refused = advance(&house, "xavier", &number, Status::Cancelled, &OrderDraft::default()).await.unwrap_err();
    assert!(
        matches!(&refused, Error::Invalid(errors) if errors.get("loss_reason") == Some("Give the reason the order was lost.")),
        "{refused:?}"
    );
    let mut asked = OrderDraft::default();
    asked.set(Field::LossReason, "Price");
    advance(&house, "xavier", &number, Status::Cancelled, &asked).await.unwrap();
}

#[tokio::test]
async fn the_table_holds_for_moves_through_the_form_too() {
    let house = house().await;
    let number = create(&house, "layla", &draft("Jump")).await;
    let layla = house.scope("layla").await;
    let mut typed = orders::form_update(&house.db, &layla, &number).await.unwrap().draft;
    typed.set(Field::Status, "CN");
    let refused = orders::edit(&house.db, &layla, &number, 1, &typed).await.unwrap_err();
    assert!(matches!(&refused, Error::Invalid(errors) if errors.get("status").is_some()), "{refused:?}");
}

#[tokio::test]
async fn an_agent_does_not_change_what_a_connected_order_counts_by() {
    let house = house().await;
    let number = create(&house, "xavier", &draft("Counted")).await;
    advance(&house, "layla", &number, Status::ToProcess, &OrderDraft::default()).await.unwrap();
    advance(&house, "layla", &number, Status::Connected, &OrderDraft::default()).await.unwrap();
    let xavier = house.scope("xavier").await;
    let shown = orders::show(&house.db, &xavier, &number).await.unwrap();
    let mut typed = shown.draft.clone();
    typed.set(Field::BoxValue, "9999");
    let refused = orders::edit(&house.db, &xavier, &number, shown.version, &typed).await.unwrap_err();
    assert!(matches!(&refused, Error::Invalid(errors) if errors.get("box_value").is_some()), "{refused:?}");
    typed.set(Field::BoxValue, "");
    typed.set(Field::Handset, "Nokia");
    orders::edit(&house.db, &xavier, &number, shown.version, &typed).await.unwrap();
    let after = orders::show(&house.db, &xavier, &number).await.unwrap();
    assert_eq!(after.box_value.as_deref(), Some("£1,234.50"));
    assert_eq!(after.fact("Handset"), Some("Nokia"));
}

#[tokio::test]
async fn an_order_that_is_given_away_takes_the_new_owners_team_and_keeps_it() {
    let house = house().await;
    let number = create(&house, "xavier", &draft("Gift")).await;
    let layla = house.scope("layla").await;
    let mut typed = orders::form_update(&house.db, &layla, &number).await.unwrap().draft;
    typed.set(Field::Owner, house.scope("gus").await.me.id.to_string());
    orders::edit(&house.db, &layla, &number, 1, &typed).await.unwrap();
    house.sql("UPDATE users SET team_id = 1 WHERE username = 'gus'").await.unwrap();
    let shown = orders::show(&house.db, &layla, &number).await.unwrap();
    assert_eq!(shown.fact("Team"), Some("Estuary"));
}

#[tokio::test]
async fn forbidden_looks_like_missing() {
    let house = house().await;
    let number = create(&house, "xavier", &draft("Secret")).await;
    db::settings::write(&house.db, "sight", "own").await.unwrap();
    let hannah = house.scope("hannah").await;
    assert_eq!(orders::show(&house.db, &hannah, &number).await.unwrap_err(), Error::NotFound);
    assert_eq!(orders::show(&house.db, &hannah, "9999999").await.unwrap_err(), Error::NotFound);
    assert_eq!(orders::edit(&house.db, &hannah, &number, 1, &draft("x")).await.unwrap_err(), Error::NotFound);
    assert_eq!(db::comments::add(&house.db, &hannah, &number, "hello").await.unwrap_err(), Error::NotFound);
    db::settings::write(&house.db, "sight", "team").await.unwrap();
    assert!(orders::show(&house.db, &house.scope("hannah").await, &number).await.is_ok(), "the same team");
    assert_eq!(orders::show(&house.db, &house.scope("gus").await, &number).await.unwrap_err(), Error::NotFound);
}

#[tokio::test]
async fn an_order_is_found_by_uuid_and_legacy_id_for_redirects() {
    let house = house().await;
    let (xavier, uuid) = (house.scope("xavier").await, orders::fresh_uuid());
    let number = orders::create(&house.db, &xavier, uuid, &draft("By id")).await.unwrap();
    assert_eq!(orders::number_of(&house.db, &xavier, &uuid.to_string()).await.unwrap(), number);
    house.sql(&format!("UPDATE orders SET legacy_id = 77 WHERE number = '{number}'")).await.unwrap();
    assert_eq!(orders::number_of(&house.db, &xavier, "77").await.unwrap(), number);
    assert_eq!(orders::number_of(&house.db, &xavier, "78").await.unwrap_err(), Error::NotFound);
}

#[tokio::test]
async fn the_same_phone_in_another_spelling_is_a_warning() {
    let house = house().await;
    let mut first = draft("First");
    first.set(Field::Mobile, "+44 20 7946 0018");
    let number = create(&house, "xavier", &first).await;
    let mut second = draft("Second");
    second.set(Field::Mobile, "020 7946 0018");
    let found = orders::similar(&house.db, &house.scope("hannah").await, &second, None).await.unwrap();
    assert_eq!(found.iter().map(|it| it.number.as_str()).collect::<Vec<_>>(), [number.as_str()]);
    create(&house, "hannah", &second).await;
}

#[tokio::test]
async fn the_trash_is_out_of_sight() {
    let house = house().await;
    let number = create(&house, "xavier", &draft("Binned")).await;
    house.sql(&format!("UPDATE orders SET trashed_at = 1 WHERE number = '{number}'")).await.unwrap();
    let ada = house.scope_as("ada", Role::Admin).await;
    assert_eq!(orders::show(&house.db, &ada, &number).await.unwrap_err(), Error::NotFound);
}

#[tokio::test]
async fn a_move_to_the_same_status_is_no_way_around_what_is_locked() {
    let house = house().await;
    let number = create(&house, "xavier", &draft("Sly move")).await;
    advance(&house, "layla", &number, Status::ToProcess, &OrderDraft::default()).await.unwrap();
    advance(&house, "layla", &number, Status::Connected, &OrderDraft::default()).await.unwrap();
    let mut asked = OrderDraft::default();
    asked.set(Field::BoxValue, "9999");
    assert!(advance(&house, "xavier", &number, Status::Connected, &asked).await.is_err());
    assert!(advance(&house, "layla", &number, Status::Connected, &asked).await.is_err());
    let shown = orders::show(&house.db, &house.scope("layla").await, &number).await.unwrap();
    assert_eq!(shown.box_value.as_deref(), Some("£1,234.50"));
}

#[tokio::test]
async fn the_same_identity_with_other_words_is_told_and_nothing_is_dropped_in_silence() {
    let house = house().await;
    let (scope, uuid) = (house.scope("xavier").await, orders::fresh_uuid());
    let number = orders::create(&house.db, &scope, uuid, &draft("First words")).await.unwrap();
    let told = orders::create(&house.db, &scope, uuid, &draft("Other words")).await.unwrap_err();
    assert!(told.sentence().contains(&number), "{told:?}");
    assert_eq!(house.number("SELECT count(*) FROM orders").await, 401);
}

#[tokio::test]
async fn a_number_that_an_import_brought_is_skipped() {
    let house = house().await;
    house.sql("UPDATE orders SET number = '1000401' WHERE number = '1000001'").await.unwrap();
    assert_eq!(create(&house, "xavier", &draft("Next")).await, "1000402");
}

#[tokio::test]
async fn nul_in_an_address_finds_nothing() {
    let house = house().await;
    assert_eq!(orders::show(&house.db, &house.scope("layla").await, "\0").await.unwrap_err(), Error::NotFound);
}

#[tokio::test]
async fn the_rules_of_the_business_bind_every_verb() {
    let house = house().await;
    let ada = house.scope("ada").await;
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
    settings::change_rules(&house.db, &ada, &Rules::of(next, requires)).await.unwrap();
    let layla = house.scope("layla").await;
    assert_eq!(layla.settings.rules, Rules::of(next, requires), "as stored");

    let form = orders::form_new(&house.db, &layla, None).await.unwrap();
    assert_eq!(form.choices.statuses, [Status::New, Status::Parked]);
    let mut held = draft("Held at once");
    held.set(Field::Status, Status::Held.code());
    let refused = orders::create(&house.db, &layla, orders::fresh_uuid(), &held).await.unwrap_err();
    assert_eq!(refused.sentence(), "An order that is New cannot become Held.");

    let number = create(&house, "layla", &draft("By the rules")).await;
    let none = OrderDraft::default();
    assert!(matches!(advance(&house, "layla", &number, Status::ToProcess, &none).await, Err(Error::Invalid(_))));
    advance(&house, "layla", &number, Status::Parked, &none).await.unwrap();
    let shown = orders::show(&house.db, &layla, &number).await.unwrap();
    // The e-mail can be typed beside the move; the network is chosen on the form.
    assert_eq!(shown.next, [Move { to: Status::ToProcess, asks: vec![Field::Email] }]);

    let mut asked = OrderDraft::default();
    let Err(Error::Invalid(errors)) = advance(&house, "layla", &number, Status::ToProcess, &asked).await else { panic!("moved") };
    assert_eq!(errors.get("email"), Some("E-mail: an order that is To Process needs this."));
    asked.set(Field::Email, "ann@oakley.co.uk");
    let Err(Error::Invalid(errors)) = advance(&house, "layla", &number, Status::ToProcess, &asked).await else { panic!("moved") };
    assert_eq!(errors.get("status"), Some("Edit the order first: Network: an order that is To Process needs this."));

    let form = orders::form_update(&house.db, &layla, &number).await.unwrap();
    let mut whole = form.draft.clone();
    whole.set(Field::Status, Status::ToProcess.code());
    let Err(Error::Invalid(errors)) = orders::edit(&house.db, &layla, &number, form.version, &whole).await else { panic!("saved") };
    assert_eq!(errors.0.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["email", "network"]);
    whole.set(Field::Network, "EE");
    whole.set(Field::Email, "ann@oakley.co.uk");
    orders::edit(&house.db, &layla, &number, form.version, &whole).await.unwrap();
    // What is no longer asked for is no longer needed.
    advance(&house, "layla", &number, Status::Cancelled, &none).await.unwrap();

    let stuck = Rules::of(|of| if of == Status::New { vec![Status::Held] } else { Vec::new() }, requires);
    let why = settings::change_rules(&house.db, &ada, &stuck).await.unwrap_err();
    assert_eq!(why.sentence(), "No new order could ever become Connected: leave a way from New to Connected.");
    assert!(matches!(settings::change_rules(&house.db, &layla, &usual).await, Err(Error::Forbidden(_))));
}

#[tokio::test]
async fn figures_that_were_typed_without_a_space_are_written_with_it() {
    let house = house().await;
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
        let number = create(&house, "xavier", &draft(phone, code)).await;
        let sql = format!("SELECT mobile || ' ' || billing_postcode || ' ' || delivery_postcode FROM orders WHERE number = '{number}'");
        assert_eq!(house.text(&sql).await.as_deref(), Some(kept), "{phone} {code}");
    }
    // What a release before wrote stays as it is while something else is changed.
    let number = create(&house, "xavier", &draft("07700 900556", "YO21 1QH")).await;
    house.sql(&format!("UPDATE orders SET mobile = '07700900556', billing_postcode = 'YO211QH' WHERE number = '{number}'")).await.unwrap();
    let scope = house.scope("xavier").await;
    let mut form = db::orders::form_update(&house.db, &scope, &number).await.unwrap();
    form.draft.set(Field::BusinessName, "Spaced anew");
    db::orders::edit(&house.db, &scope, &number, form.version, &form.draft).await.unwrap();
    let sql = format!("SELECT mobile || ' ' || billing_postcode FROM orders WHERE number = '{number}'");
    assert_eq!(house.text(&sql).await.as_deref(), Some("07700900556 YO211QH"));
}

#[tokio::test]
async fn a_phone_that_an_earlier_release_took_keeps_its_order_movable() {
    let house = house().await;
    let number = create(&house, "xavier", &draft("Short Phone")).await;
    house.sql(&format!("UPDATE orders SET mobile = '07700 90012', mobile_e164 = '+44770090012' WHERE number = '{number}'")).await.unwrap();
    advance(&house, "xavier", &number, Status::Held, &OrderDraft::default()).await.unwrap();
    let stored = house.text(&format!("SELECT mobile || ' ' || mobile_e164 || ' ' || status FROM orders WHERE number = '{number}'")).await;
    assert_eq!(stored.as_deref(), Some("07700 90012 +44770090012 HD"));
}
