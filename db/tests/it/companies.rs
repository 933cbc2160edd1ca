//! Orders that look like the same customer, and companies that become one.

use db::{
    bulk_actions,
    companies::{self, CompanyDraft, OrdersToMerge, duplicates, merge},
    testing::{TestWorld, world},
};
use domain::{
    Error,
    orders::{
        Field, OrderDraft,
        duplicates::{DuplicateKey, DuplicatesView},
        list::{ListQuery, View},
    },
};

use crate::orders::{create, draft};

async fn candidates(world: &TestWorld, after: &str) -> DuplicatesView {
    duplicates(&world.db, &world.scope("layla").await, DuplicateKey::Mobile, Some(after)).await.unwrap()
}

fn with(name: &str, fields: &[(Field, &str)]) -> OrderDraft {
    let mut draft = draft(name);
    for (field, value) in fields {
        draft.set(*field, *value);
    }
    draft
}

/// Everything of the orders that a figure is made of.
async fn figures(world: &TestWorld) -> Vec<String> {
    let of = "SELECT string_agg(CAST(id AS TEXT) || '/' || status || '/' || coalesce(CAST(owner_id AS TEXT), '-') || '/' || \
              coalesce(CAST(team_id AS TEXT), '-') || '/' || coalesce(CAST(box_value AS TEXT), '-') || '/' || CAST(created_at AS TEXT) || '/' || \
              coalesce(CAST(connected_on AS TEXT), '-'), ',' ORDER BY id) FROM orders";
    world.text(of).await.into_iter().collect()
}

#[tokio::test]
async fn each_way_of_being_the_same_is_found() {
    let world = world().await;
    let twins = [
        (DuplicateKey::Mobile, "Twin mobile", [(Field::Mobile, "07700 900777")], [(Field::Mobile, "+44 7700 900 777")]),
        (DuplicateKey::Landline, "Twin landline", [(Field::Landline, "020 7946 0777")], [(Field::Landline, "(020) 79460777")]),
        (DuplicateKey::Email, "Twin e-mail", [(Field::Email, "Twin@Example.com")], [(Field::Email, "twin@example.com")]),
        (DuplicateKey::BusinessAndPostcode, "Twin Place Ltd", [(Field::BillingPostcode, "ZE2 9TT")], [(Field::BillingPostcode, "ze29tt")]),
    ];
    for (by, name, one, other) in twins {
        let first = create(&world, "xavier", &with(name, &one)).await;
        let second = create(&world, "mercy", &with(name, &other)).await;
        // All pages of it.
        let layla = world.scope("layla").await;
        let (mut after, mut found) = (None::<String>, false);
        for _ in 0..20 {
            let shown = duplicates(&world.db, &layla, by, after.as_deref()).await.unwrap();
            found |= shown.groups.iter().any(|group| {
                let numbers: Vec<&str> = group.orders.iter().map(|order| order.number.as_str()).collect();
                numbers.contains(&first.as_str()) && numbers.contains(&second.as_str())
            });
            after = shown.groups.last().map(|group| group.key.clone());
            if shown.more.is_none() {
                break;
            }
        }
        assert!(found, "{by:?}");
        let shown = db::orders::show(&world.db, &layla, &first).await.unwrap();
        assert!(shown.similar.iter().any(|order| order.number == second), "{by:?} on the order");
        assert_eq!(shown.merge.as_deref(), Some(name));
    }
    let xavier = world.scope("xavier").await;
    assert!(matches!(duplicates(&world.db, &xavier, DuplicateKey::Mobile, None).await, Err(Error::Forbidden(_))));
}

#[tokio::test]
async fn made_one_company_nothing_of_the_orders_changes_but_that_and_it_can_be_taken_back() {
    let world = world().await;
    let layla = world.scope("layla").await;
    // Two companies, and an order of none, by one phone; and another order of the second company by another phone.
    let (one, two) = (world.number("SELECT min(id) FROM companies").await, world.number("SELECT max(id) FROM companies").await);
    world.sql(&format!("UPDATE orders SET company_id = NULL WHERE company_id IN ({one}, {two})")).await.unwrap();
    let phone = (Field::Mobile, "07700 900778");
    let (one_text, two_text) = (one.to_string(), two.to_string());
    create(&world, "xavier", &with("A", &[phone, (Field::Company, &one_text)])).await;
    create(&world, "mercy", &with("B", &[phone, (Field::Company, &two_text)])).await;
    let bare = create(&world, "mercy", &with("C", &[phone])).await;
    create(&world, "mercy", &with("D", &[(Field::Company, &two_text)])).await;
    let before = figures(&world).await;
    let companies = world.number("SELECT count(*) FROM companies").await;

    let key = "+447700900778";
    let group = candidates(&world, "+447700900777").await;
    assert!(group.groups.iter().any(|it| it.key == key && it.count == "3 orders, 2 companies"), "{group:?}");
    assert!(matches!(merge(&world.db, &layla, OrdersToMerge::WithKey(DuplicateKey::Mobile, key), " ").await, Err(Error::Invalid(_))));
    assert!(matches!(
        merge(&world.db, &world.scope("xavier").await, OrdersToMerge::WithKey(DuplicateKey::Mobile, key), "X").await,
        Err(Error::Forbidden(_))
    ));
    assert!(matches!(
        merge(&world.db, &layla, OrdersToMerge::WithKey(DuplicateKey::Mobile, "' OR 1=1--"), "X").await,
        Err(Error::NotFound)
    ));
    let id = merge(&world.db, &layla, OrdersToMerge::DuplicatesOf(&bare), "Alphabet Ltd").await.unwrap();
    // Until it begins there is no such company.
    let offered =
        async || db::orders::form_new(&world.db, &layla, None).await.unwrap().choices.companies.iter().any(|(_, it)| it == "Alphabet Ltd");
    assert!(!offered().await);
    let ready = bulk_actions::show(&world.db, &layla, id).await.unwrap();
    assert_eq!((ready.act.as_str(), ready.sentence.as_str()), ("Set company: Alphabet Ltd", "4 orders will change"));
    bulk_actions::start(&world.db, &layla, id).await.unwrap();
    bulk_actions::run(&world.db, id).await.unwrap();
    let of = "SELECT count(*) FROM orders o JOIN companies c ON c.id = o.company_id WHERE c.name = 'Alphabet Ltd'";
    assert_eq!(world.number(of).await, 4);
    assert_eq!(world.number("SELECT count(*) FROM companies WHERE merged_into IS NOT NULL").await, 2);
    assert_eq!(world.number("SELECT count(*) FROM companies").await, companies + 1);
    assert_eq!(figures(&world).await, before, "the figures of the orders");
    assert!(candidates(&world, "+447700900777").await.groups.iter().all(|it| it.key != key), "no candidate any more");
    assert!(offered().await);
    let stale = with("Late", &[(Field::Company, &two_text)]);
    let refused = db::orders::create(&world.db, &layla, db::orders::fresh_uuid(), &stale).await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "a form that was opened before: {refused:?}");
    // A company that became another is no choice any more.
    let form = db::orders::form_new(&world.db, &layla, None).await.unwrap();
    assert!(form.choices.companies.iter().all(|(id, _)| *id != one_text && *id != two_text));

    bulk_actions::undo(&world.db, &layla, id).await.unwrap();
    bulk_actions::run(&world.db, id).await.unwrap();
    assert_eq!(world.number(of).await, 0);
    assert_eq!(world.number(&format!("SELECT count(*) FROM orders WHERE company_id = {two}")).await, 2);
    assert!(!offered().await, "what the act made is gone with it");
    assert_eq!(world.number("SELECT count(*) FROM companies WHERE merged_into <> id").await, 0);
    assert_eq!(figures(&world).await, before);
    world.db.clock.set(db::testing::NOW + 31 * db::clock::DAY);
    bulk_actions::sweep(&world.db).await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM companies").await, companies);
}

#[tokio::test]
async fn a_name_that_is_there_is_that_company() {
    let world = world().await;
    let layla = world.scope("layla").await;
    let name = world.text("SELECT min(name) FROM companies").await.unwrap();
    let companies = world.number("SELECT count(*) FROM companies").await;
    let number = create(&world, "xavier", &with("Same", &[(Field::Mobile, "07700 900779")])).await;
    create(&world, "xavier", &with("Same", &[(Field::Mobile, "07700 900779")])).await;
    merge(&world.db, &layla, OrdersToMerge::DuplicatesOf(&number), &name.to_uppercase()).await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM companies").await, companies);
}

#[tokio::test]
async fn twins_are_found_by_an_index() {
    let world = world().await;
    let layla = world.scope("layla").await;
    let fields = [
        (Field::Mobile, "07700 900777"),
        (Field::Landline, "020 7946 0777"),
        (Field::Email, "t@example.com"),
        (Field::BillingPostcode, "ZE2 9TT"),
    ];
    let number = create(&world, "xavier", &with("Planned", &fields)).await;
    let sql = db::orders::similar_sql(&world.db, &layla, &number).await.unwrap();
    let plan = db::dialect::plan(&world.db, &sql, db::dialect::Planner::Small).await.unwrap().join("\n");
    // On PostgreSQL the reader of plans prices bitmaps out, which an OR needs.
    if !db::testing::on_postgres() {
        for index in ["orders_same_mobile", "orders_same_landline", "orders_same_email", "orders_same_place"] {
            assert!(plan.contains(index), "{index}\n{plan}");
        }
        assert!(!plan.contains("SCAN orders"), "{plan}");
    }
}

/// Names of companies that can be chosen, in every place that offers them.
async fn offered(world: &TestWorld) -> Vec<String> {
    let layla = world.scope("layla").await;
    let form = db::orders::form_new(&world.db, &layla, None).await.unwrap().choices.companies;
    let typed = db::orders::suggest(&world.db, &layla, Field::Company, "aadok").await.unwrap();
    let listed = companies::list(&world.db, "aadok", None).await.unwrap().0;
    let page = db::orders::list(&world.db, &layla, ListQuery::of(View::All), Vec::new()).await.unwrap();
    let filter = db::orders::list_view(&world.db, &layla, page).await.unwrap().controls;
    let filter = filter.into_iter().find(|it| it.name == "company").unwrap().options;
    let sorted = |mut names: Vec<String>| {
        names.retain(|name| name.to_lowercase().contains("aadok"));
        names.sort();
        names
    };
    let form = sorted(form.into_iter().map(|it| it.1).collect());
    for others in [
        typed.into_iter().map(|it| it.1).collect(),
        listed.into_iter().map(|it| it.1).collect(),
        filter.into_iter().map(|it| it.1).collect(),
    ] {
        assert_eq!(sorted(others), form, "every picker offers the same");
    }
    form
}

async fn company(world: &TestWorld, name: &str) -> i64 {
    let draft = CompanyDraft { name: name.into(), ..CompanyDraft::default() };
    companies::save(&world.db, &world.scope("layla").await, None, &draft).await.unwrap()
}

async fn run(world: &TestWorld, act: i64) {
    bulk_actions::start(&world.db, &world.scope("layla").await, act).await.unwrap();
    bulk_actions::run(&world.db, act).await.unwrap();
}

#[tokio::test]
async fn equal_names_are_told_apart_and_the_number_leads_to_the_one_that_is_meant() {
    let world = world().await;
    let layla = world.scope("layla").await;
    let (one, two) = (company(&world, "Aadokka Ltd").await, company(&world, "AADOKKA ltd").await);
    assert_eq!(offered(&world).await, [format!("AADOKKA ltd (no. {two})"), format!("Aadokka Ltd (no. {one})")]);
    let other = company(&world, "Aadok and Ash").await;
    let absorb = async |into: &str| companies::merge_into(&world.db, &layla, other, into).await;
    for wrong in ["Aadokka Ltd", "", "Nobody Ltd", "Aadok and Ash", "Aadokka Ltd (no. 999999)", &format!("Elm (no. {one})")] {
        assert!(matches!(absorb(wrong).await, Err(Error::Invalid(_))), "{wrong:?}");
    }
    assert_eq!(absorb(&format!("AADOKKA ltd (no. {two})")).await.unwrap(), None, "without orders it is done at once");
    assert_eq!(world.number(&format!("SELECT merged_into FROM companies WHERE id = {other}")).await, two);
    let xavier = world.scope("xavier").await;
    assert!(matches!(companies::merge_into(&world.db, &xavier, one, "Aadokka").await, Err(Error::Forbidden(_))));
    assert!(matches!(companies::merge_into(&world.db, &layla, other, "Aadokka").await, Err(Error::NotFound)), "it is another one by now");
}

#[tokio::test]
async fn merging_leaves_no_empty_company_behind_not_even_of_an_order_in_the_trash() {
    let world = world().await;
    let layla = world.scope("layla").await;
    let (one, two, empty) = (company(&world, "Aadokka").await, company(&world, "Aadok Ka").await, company(&world, "AADOKKA").await);
    let phone = (Field::Mobile, "07700 900781");
    let first = create(&world, "xavier", &with("A", &[phone, (Field::Company, &one.to_string())])).await;
    create(&world, "xavier", &with("B", &[phone, (Field::Company, &two.to_string())])).await;
    let thrown = create(&world, "xavier", &with("C", &[phone, (Field::Company, &two.to_string())])).await;
    db::orders::trash(&world.db, &layla, &thrown).await.unwrap();
    let act = merge(&world.db, &layla, OrdersToMerge::DuplicatesOf(&first), "Aadokka").await.unwrap();
    run(&world, act).await;
    assert_eq!(offered(&world).await, ["Aadokka"]);
    // What comes back out of the trash is of the company that its own became.
    db::orders::restore(&world.db, &layla, &thrown).await.unwrap();
    assert_eq!(world.number(&format!("SELECT company_id FROM orders WHERE number = '{thrown}'")).await, one);
    bulk_actions::undo(&world.db, &layla, act).await.unwrap();
    bulk_actions::run(&world.db, act).await.unwrap();
    assert_eq!(
        world.number(&format!("SELECT count(*) FROM companies WHERE id IN ({one}, {two}, {empty}) AND merged_into IS NULL")).await,
        3
    );
}

#[tokio::test]
async fn a_company_becomes_another_one_with_its_orders_and_is_deleted_when_empty() {
    let world = world().await;
    let layla = world.scope("layla").await;
    let (one, two) = (company(&world, "Aadokka").await, company(&world, "Aadokley").await);
    let number = create(&world, "xavier", &with("A", &[(Field::Company, &one.to_string())])).await;
    let delete = async |id: i64| companies::delete(&world.db, &layla, id).await;
    let refused = delete(one).await;
    assert!(
        matches!(&refused, Err(Error::Invalid(errors)) if errors.get("form").unwrap().starts_with("1 order belongs to this company")),
        "{refused:?}"
    );
    let act = companies::merge_into(&world.db, &layla, one, "aadokley").await.unwrap().expect("an act on its order");
    assert_eq!(bulk_actions::show(&world.db, &layla, act).await.unwrap().sentence, "1 order will change");
    run(&world, act).await;
    assert_eq!(world.number(&format!("SELECT company_id FROM orders WHERE number = '{number}'")).await, two);
    assert_eq!(offered(&world).await, ["Aadokley"]);
    db::orders::trash(&world.db, &layla, &number).await.unwrap();
    assert!(matches!(delete(two).await, Err(Error::Invalid(_))), "an order in the trash is its");
    let page = companies::show(&world.db, &layla, two).await.unwrap();
    assert!(!page.empty && page.orders == 0);
    let three = company(&world, "Aadoken").await;
    assert!(matches!(companies::delete(&world.db, &world.scope("xavier").await, three).await, Err(Error::Forbidden(_))));
    delete(three).await.unwrap();
    assert_eq!(offered(&world).await, ["Aadokley"]);
    let stale =
        db::orders::create(&world.db, &layla, db::orders::fresh_uuid(), &with("Late", &[(Field::Company, &three.to_string())])).await;
    assert!(matches!(stale, Err(Error::Invalid(_))), "a form that was opened before: {stale:?}");
    assert!(companies::show(&world.db, &layla, three).await.unwrap().deleted, "its page is there, and says so");
    companies::restore(&world.db, &layla, three).await.unwrap();
    assert_eq!(offered(&world).await, ["Aadoken", "Aadokley"]);
}

#[tokio::test]
async fn a_deleted_company_is_there_again_when_an_order_comes_back_to_it() {
    let world = world().await;
    let layla = world.scope("layla").await;
    let delete = async |id: i64| companies::delete(&world.db, &layla, id).await;
    // Over a company that became another one: its order in the trash counts as that one's.
    let (one, two) = (company(&world, "Aadokka").await, company(&world, "Aadokley").await);
    let number = create(&world, "xavier", &with("A", &[(Field::Company, &one.to_string())])).await;
    db::orders::trash(&world.db, &layla, &number).await.unwrap();
    assert_eq!(companies::merge_into(&world.db, &layla, one, "aadokley").await.unwrap(), None);
    assert!(matches!(delete(two).await, Err(Error::Invalid(_))));
    // By taking an edit back.
    let three = company(&world, "Aadoken").await;
    let number = create(&world, "layla", &with("B", &[(Field::Company, &three.to_string())])).await;
    let form = db::orders::form_update(&world.db, &layla, &number).await.unwrap();
    let mut draft = form.draft.clone();
    draft.set(Field::Company, "");
    db::orders::edit(&world.db, &layla, &number, form.version, &draft).await.unwrap();
    delete(three).await.unwrap();
    db::orders::undo(&world.db, &layla, &number).await.unwrap();
    assert!(offered(&world).await.contains(&"Aadoken".to_owned()));
}
