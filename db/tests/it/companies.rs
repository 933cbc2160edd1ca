//! Orders that look like the same customer, and companies that become one.

use db::{
    companies::{Which, duplicates, merge},
    many,
    testing::{House, house},
};
use domain::{
    Error,
    orders::{
        Field, OrderDraft,
        same::{DuplicatesShown, Same},
    },
};

use crate::orders::{create, draft};

async fn candidates(house: &House, after: &str) -> DuplicatesShown {
    duplicates(&house.db, &house.scope("layla").await, Same::Mobile, Some(after)).await.unwrap()
}

fn with(name: &str, fields: &[(Field, &str)]) -> OrderDraft {
    let mut draft = draft(name);
    for (field, value) in fields {
        draft.set(*field, *value);
    }
    draft
}

/// Everything of the orders that a figure is made of.
async fn figures(house: &House) -> Vec<String> {
    let of = "SELECT string_agg(CAST(id AS TEXT) || '/' || status || '/' || coalesce(CAST(owner_id AS TEXT), '-') || '/' || \
              coalesce(CAST(team_id AS TEXT), '-') || '/' || coalesce(CAST(box_value AS TEXT), '-') || '/' || CAST(created_at AS TEXT) || '/' || \
              coalesce(CAST(connected_on AS TEXT), '-'), ',' ORDER BY id) FROM orders";
    house.text(of).await.into_iter().collect()
}

#[tokio::test]
async fn each_way_of_being_the_same_is_found() {
    let house = house().await;
    let twins = [
        (Same::Mobile, "Twin mobile", [(Field::Mobile, "07700 900777")], [(Field::Mobile, "+44 7700 900 777")]),
        (Same::Landline, "Twin landline", [(Field::Landline, "020 7946 0777")], [(Field::Landline, "(020) 79460777")]),
        (Same::Email, "Twin e-mail", [(Field::Email, "Twin@Example.com")], [(Field::Email, "twin@example.com")]),
        (Same::Place, "Twin Place Ltd", [(Field::BillingPostcode, "ZE2 9TT")], [(Field::BillingPostcode, "ze29tt")]),
    ];
    for (by, name, one, other) in twins {
        let first = create(&house, "xavier", &with(name, &one)).await;
        let second = create(&house, "mercy", &with(name, &other)).await;
        // All pages of it.
        let layla = house.scope("layla").await;
        let (mut after, mut found) = (None::<String>, false);
        for _ in 0..20 {
            let shown = duplicates(&house.db, &layla, by, after.as_deref()).await.unwrap();
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
        let shown = db::orders::show(&house.db, &layla, &first).await.unwrap();
        assert!(shown.similar.iter().any(|order| order.number == second), "{by:?} on the order");
        assert_eq!(shown.merge.as_deref(), Some(name));
    }
    let xavier = house.scope("xavier").await;
    assert!(matches!(duplicates(&house.db, &xavier, Same::Mobile, None).await, Err(Error::Forbidden(_))));
}

#[tokio::test]
async fn made_one_company_nothing_of_the_orders_changes_but_that_and_it_can_be_taken_back() {
    let house = house().await;
    let layla = house.scope("layla").await;
    // Two companies, and an order of none, by one phone; and another order of the second company by another phone.
    let (one, two) = (house.number("SELECT min(id) FROM companies").await, house.number("SELECT max(id) FROM companies").await);
    house.sql(&format!("UPDATE orders SET company_id = NULL WHERE company_id IN ({one}, {two})")).await.unwrap();
    let phone = (Field::Mobile, "07700 900778");
    let (one_text, two_text) = (one.to_string(), two.to_string());
    create(&house, "xavier", &with("A", &[phone, (Field::Company, &one_text)])).await;
    create(&house, "mercy", &with("B", &[phone, (Field::Company, &two_text)])).await;
    let bare = create(&house, "mercy", &with("C", &[phone])).await;
    create(&house, "mercy", &with("D", &[(Field::Company, &two_text)])).await;
    let before = figures(&house).await;
    let companies = house.number("SELECT count(*) FROM companies").await;

    let key = "+447700900778";
    let group = candidates(&house, "+447700900777").await;
    assert!(group.groups.iter().any(|it| it.key == key && it.count == "3 orders, 2 companies"), "{group:?}");
    assert!(matches!(merge(&house.db, &layla, Which::Of(Same::Mobile, key), " ").await, Err(Error::Invalid(_))));
    assert!(matches!(merge(&house.db, &house.scope("xavier").await, Which::Of(Same::Mobile, key), "X").await, Err(Error::Forbidden(_))));
    assert!(matches!(merge(&house.db, &layla, Which::Of(Same::Mobile, "' OR 1=1--"), "X").await, Err(Error::NotFound)));
    let id = merge(&house.db, &layla, Which::Like(&bare), "Alphabet Ltd").await.unwrap();
    // Until it begins there is no such company.
    let offered =
        async || db::orders::form_new(&house.db, &layla, None).await.unwrap().choices.companies.iter().any(|(_, it)| it == "Alphabet Ltd");
    assert!(!offered().await);
    let ready = many::show(&house.db, &layla, id).await.unwrap();
    assert_eq!((ready.act.as_str(), ready.sentence.as_str()), ("Set company: Alphabet Ltd", "This is done to 4 orders."));
    many::start(&house.db, &layla, id).await.unwrap();
    many::run(&house.db, id).await.unwrap();
    let of = "SELECT count(*) FROM orders o JOIN companies c ON c.id = o.company_id WHERE c.name = 'Alphabet Ltd'";
    assert_eq!(house.number(of).await, 4);
    assert_eq!(house.number("SELECT count(*) FROM companies WHERE merged_into IS NOT NULL").await, 2);
    assert_eq!(house.number("SELECT count(*) FROM companies").await, companies + 1);
    assert_eq!(figures(&house).await, before, "the figures of the orders");
    assert!(candidates(&house, "+447700900777").await.groups.iter().all(|it| it.key != key), "no candidate any more");
    assert!(offered().await);
    let stale = with("Late", &[(Field::Company, &two_text)]);
    let refused = db::orders::create(&house.db, &layla, db::orders::fresh_uuid(), &stale).await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "a form that was opened before: {refused:?}");
    // A company that became another is no choice any more.
    let form = db::orders::form_new(&house.db, &layla, None).await.unwrap();
    assert!(form.choices.companies.iter().all(|(id, _)| *id != one_text && *id != two_text));

    many::undo(&house.db, &layla, id).await.unwrap();
    many::run(&house.db, id).await.unwrap();
    assert_eq!(house.number(of).await, 0);
    assert_eq!(house.number(&format!("SELECT count(*) FROM orders WHERE company_id = {two}")).await, 2);
    assert!(!offered().await, "what the act made is gone with it");
    assert_eq!(house.number("SELECT count(*) FROM companies WHERE merged_into <> id").await, 0);
    assert_eq!(figures(&house).await, before);
    house.db.clock.set(db::testing::NOW + 31 * db::clock::DAY);
    many::sweep(&house.db).await.unwrap();
    assert_eq!(house.number("SELECT count(*) FROM companies").await, companies);
}

#[tokio::test]
async fn a_name_that_is_there_is_that_company() {
    let house = house().await;
    let layla = house.scope("layla").await;
    let name = house.text("SELECT min(name) FROM companies").await.unwrap();
    let companies = house.number("SELECT count(*) FROM companies").await;
    let number = create(&house, "xavier", &with("Same", &[(Field::Mobile, "07700 900779")])).await;
    create(&house, "xavier", &with("Same", &[(Field::Mobile, "07700 900779")])).await;
    merge(&house.db, &layla, Which::Like(&number), &name.to_uppercase()).await.unwrap();
    assert_eq!(house.number("SELECT count(*) FROM companies").await, companies);
}

#[tokio::test]
async fn twins_are_found_by_an_index() {
    let house = house().await;
    let layla = house.scope("layla").await;
    let fields = [
        (Field::Mobile, "07700 900777"),
        (Field::Landline, "020 7946 0777"),
        (Field::Email, "t@example.com"),
        (Field::BillingPostcode, "ZE2 9TT"),
    ];
    let number = create(&house, "xavier", &with("Planned", &fields)).await;
    let sql = db::orders::similar_sql(&house.db, &layla, &number).await.unwrap();
    let plan = db::dialect::plan(&house.db, &sql, db::dialect::Planner::Small).await.unwrap().join("\n");
    // On PostgreSQL the reader of plans prices bitmaps out, which an OR needs.
    if !db::testing::on_postgres() {
        for index in ["orders_same_mobile", "orders_same_landline", "orders_same_email", "orders_same_place"] {
            assert!(plan.contains(index), "{index}\n{plan}");
        }
        assert!(!plan.contains("SCAN orders"), "{plan}");
    }
}
