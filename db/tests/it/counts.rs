//! Each count and the list that it leads to: the list holds exactly the orders that were counted, and is worth what was said.

use db::{
    bulk_actions, campaigns, companies,
    dashboard::{self, KpiCard},
    orders, reports, rollups,
    testing::{TestWorld, world},
};
use domain::{
    dashboard::DashboardQuery,
    orders::{
        Field, OrderDraft, Status,
        bulk::Kind,
        list::{ListQuery, Missing, View},
    },
    reports::{GroupBy, Measure, ReportQuery},
};

use crate::orders::{change_status, create, draft};

/// How many orders a link leads to, and the sum at the foot of its list.
async fn behind(world: &TestWorld, who: &str, href: &str) -> (i64, String) {
    let scope = world.scope(who).await;
    let (query, ignored) = orders::at_address(&scope, href);
    assert!(ignored.is_empty(), "{href}: {ignored:?}");
    let page = orders::list(&world.db, &scope, query, Vec::new()).await.unwrap();
    assert!(page.ignored.is_empty(), "{href}: {:?}", page.ignored);
    let count = page.count.0 as i64;
    let shown = orders::list_view(&world.db, &scope, page).await.unwrap();
    assert_eq!(shown.count, domain::page::grouped(count.unsigned_abs()), "{href}: its heading and its rows");
    (count, shown.range)
}

async fn set(world: &TestWorld, number: &str, field: Field, value: &str) {
    let scope = world.scope("layla").await;
    let form = orders::form_update(&world.db, &scope, number).await.unwrap();
    let mut draft = form.draft.clone();
    draft.set(field, value);
    orders::edit(&world.db, &scope, number, form.version, &draft).await.unwrap();
}

/// The demo company, with orders of today: sold, cancelled, and some that lack an owner, a campaign, a company, a network and a value.
async fn todays_world() -> TestWorld {
    let world = world().await;
    for nth in 0..6 {
        let mut order = draft(&format!("Today {nth}"));
        order.set(Field::BoxValue, "100");
        create(&world, "xavier", &order).await;
    }
    let numbers = world.texts("SELECT number FROM orders WHERE business_name LIKE 'Today %' ORDER BY business_name").await;
    let mut why = OrderDraft::default();
    why.set(Field::LossReason, "Changed their mind");
    change_status(&world, "layla", &numbers[0], Status::Cancelled, &why).await.unwrap();
    for number in &numbers[1..3] {
        set(&world, number, Field::Owner, "").await;
    }
    set(&world, &numbers[3], Field::BoxValue, "").await;
    rollups::compact(&world.db).await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM orders WHERE owner_id IS NULL AND business_name LIKE 'Today %'").await, 2);
    world
}

#[tokio::test]
async fn each_count_leads_to_a_list_of_exactly_those_rows() {
    let world = todays_world().await;
    let scope = world.scope("layla").await;
    let mut compared = 0;
    let mut same = async |what: String, counted: i64, href: &str| {
        assert_eq!(behind(&world, "layla", href).await.0, counted, "{what}: {href}");
        compared += 1;
    };
    for (view, count) in orders::counts(&world.db, &scope).await.unwrap().0 {
        same(format!("rail {view:?}"), count.0 as i64, view.path()).await;
    }
    let of = dashboard::dashboard(&world.db, &scope, DashboardQuery::default(), Vec::new()).await.unwrap();
    for it in &of.kpi_cards {
        same(it.label.to_owned(), it.orders, &it.href).await;
    }
    for row in campaigns::list(&world.db, &scope).await.unwrap() {
        same(format!("campaign {}", row.name), row.orders, &row.orders_href).await;
        for part in campaigns::show(&world.db, &scope, row.id).await.unwrap().people {
            same(format!("{} in {}", part.name, row.name), part.orders, &part.href).await;
        }
    }
    for (id, name) in companies::list(&world.db, "", None).await.unwrap().0 {
        let page = companies::show(&world.db, &scope, id).await.unwrap();
        same(format!("company {name}"), page.orders, &page.href).await;
    }
    let (mut linked, mut nobody) = (0, 0);
    for measure in Measure::ALL {
        for by in GroupBy::ALL {
            for period in ["today", "month", "quarter", "year"] {
                let pairs = [("measure", measure.code()), ("rows", by.code()), ("period", period)];
                let (query, _) = ReportQuery::from_pairs(pairs);
                for row in reports::report(&world.db, &scope, query, Vec::new()).await.unwrap().rows {
                    if !row.href.is_empty() {
                        same(format!("{} of {pairs:?}", row.label), row.orders, &row.href).await;
                        linked += 1;
                        nobody += usize::from(row.label == "No owner");
                    }
                }
            }
        }
    }
    let board = orders::board(&world.db, &scope, ListQuery::of(View::Board), Vec::new()).await.unwrap();
    for column in board.columns {
        if let Some(href) = &column.more {
            same(format!("board {:?}", column.status), column.count.parse().unwrap(), href).await;
        }
    }
    assert!(compared > 400 && linked > 300 && nobody > 5, "{compared} {linked} {nobody}");
}

#[tokio::test]
async fn today_says_one_number_and_names_the_cancelled_one() {
    let world = todays_world().await;
    let scope = world.scope("layla").await;
    let of = dashboard::dashboard(&world.db, &scope, DashboardQuery::default(), Vec::new()).await.unwrap();
    let KpiCard { orders, cancelled, value, href, .. } = of.kpi_cards[0].clone();
    let sidebar = orders::counts(&world.db, &scope).await.unwrap().of(View::Today).unwrap().0 as i64;
    assert!(cancelled > 0);
    assert_eq!(orders + cancelled, sidebar, "the dashboard says what it left out");
    let sum = dashboard::show(value, &scope.settings.currency);
    let (_, sold) = behind(&world, "layla", &href).await;
    assert!(sold.ends_with(&format!("· {sum}")), "{sold}");
    let (_, all) = behind(&world, "layla", View::Today.path()).await;
    assert!(all.ends_with(&format!("of {sidebar} · {sum}, excluding {cancelled} cancelled")), "{all}");
    // A list that no rollup knows is added up by the same rule.
    let (count, some) = behind(&world, "layla", "/orders/today/?network=none").await;
    let value =
        world.number("SELECT CAST(sum(box_value) AS BIGINT) FROM orders WHERE business_name LIKE 'Today %' AND status <> 'CNL'").await;
    let sum = dashboard::show(value, &scope.settings.currency);
    assert!(some.ends_with(&format!("of {count} · {sum}, excluding 1 cancelled")), "{some}");
}

#[tokio::test]
async fn what_waits_leads_to_what_waits() {
    let world = todays_world().await;
    let scope = world.scope("layla").await;
    let waiting = dashboard::dashboard(&world.db, &scope, DashboardQuery::default(), Vec::new()).await.unwrap().attention;
    let long = db::testing::NOW - 3 * db::clock::DAY;
    for (why, plain) in [
        (
            "Held for over 3 days",
            format!(
                "status = 'HD' AND NOT EXISTS (SELECT 1 FROM order_history h WHERE h.order_id = orders.id AND h.at >= {long} \
                 AND h.happened IN ('created', 'moved', 'undone', 'restored'))"
            ),
        ),
        ("Issues", "status = 'IS'".to_owned()),
        ("Open comments", "EXISTS (SELECT 1 FROM comments c WHERE c.order_id = orders.id AND c.status <> 'Closed')".to_owned()),
    ] {
        let it = waiting.iter().find(|it| it.why == why).unwrap_or_else(|| panic!("{why} waits in the demo company"));
        let expected = world.number(&format!("SELECT count(*) FROM orders WHERE trashed_at IS NULL AND {plain}")).await;
        assert_eq!(behind(&world, "layla", &it.href).await.0, expected, "{why}: {}", it.href);
    }
    let held = world.number("SELECT count(*) FROM orders WHERE status = 'HD'").await;
    let it = waiting.iter().find(|it| it.why == "Held for over 3 days").unwrap();
    assert!(behind(&world, "layla", &it.href).await.0 < held, "not every held order");
}

#[tokio::test]
async fn what_lacks_something_is_listed_counted_and_given_away() {
    let world = todays_world().await;
    let scope = world.scope("layla").await;
    for (missing, plain) in [
        (Missing::Owner, "owner_id IS NULL"),
        (Missing::Team, "team_id IS NULL"),
        (Missing::Campaign, "campaign_id IS NULL"),
        (Missing::Company, "company_id IS NULL"),
        (Missing::Network, "network IS NULL"),
        (Missing::Value, "box_value IS NULL"),
    ] {
        let href = format!("/orders/?{}=none", missing.code());
        let expected = world.number(&format!("SELECT count(*) FROM orders WHERE trashed_at IS NULL AND {plain}")).await;
        assert_eq!(behind(&world, "layla", &href).await.0, expected, "{href}");
        assert!(expected > 0 || missing == Missing::Team, "{href}: the world has some");
    }
    let id = bulk_actions::choose(&world.db, &scope, &[], Some("/orders/?owner=none")).await.unwrap();
    let mut gift = OrderDraft::default();
    gift.set(Field::Owner, world.number("SELECT id FROM users WHERE username = 'mercy'").await.to_string());
    bulk_actions::set_action(&world.db, &scope, id, Kind::Assign, &gift).await.unwrap();
    bulk_actions::start(&world.db, &scope, id).await.unwrap();
    bulk_actions::run(&world.db, id).await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM orders WHERE owner_id IS NULL AND trashed_at IS NULL").await, 0);
}

#[tokio::test]
async fn who_left_stays_in_the_filters_marked() {
    let world = todays_world().await;
    world.sql("UPDATE users SET active = FALSE WHERE username = 'xavier'").await.unwrap();
    let world = world.restarted().await;
    let scope = world.scope("layla").await;
    let xavier = world.number("SELECT id FROM users WHERE username = 'xavier'").await.to_string();
    let left = (xavier.clone(), "Xavier Taylor (deactivated)".to_owned());
    let page = orders::list(&world.db, &scope, ListQuery::of(View::All), Vec::new()).await.unwrap();
    let shown = orders::list_view(&world.db, &scope, page).await.unwrap();
    let owner = shown.controls.iter().find(|it| it.name == "owner").unwrap();
    assert!(owner.options.contains(&left), "{:?}", owner.options);
    assert_eq!(owner.options.first(), Some(&("none".to_owned(), "No owner".to_owned())));
    // The dashboard, the reports and the log offer these.
    assert!(dashboard::choices(&world.db, &scope).await.unwrap()[0].contains(&left));
    let (query, _) = orders::at_address(&scope, &format!("/orders/?owner={xavier}"));
    let page = orders::list(&world.db, &scope, query, Vec::new()).await.unwrap();
    let shown = orders::list_view(&world.db, &scope, page).await.unwrap();
    assert_eq!(shown.active_filters[0].label, left.1);
}

#[tokio::test]
async fn whose_sight_is_their_team_filters_by_a_team_mate() {
    let world = world().await;
    db::settings::write(&world.db, "sight", "team").await.unwrap();
    let scope = world.scope("xavier").await;
    let names =
        world.texts("SELECT CAST(id AS TEXT) FROM users WHERE team_id = (SELECT team_id FROM users WHERE username = 'xavier')").await;
    let page = orders::list(&world.db, &scope, ListQuery::of(View::All), Vec::new()).await.unwrap();
    let shown = orders::list_view(&world.db, &scope, page).await.unwrap();
    let offered = &shown.controls.iter().find(|it| it.name == "owner").unwrap().options;
    let mut ids: Vec<&str> = offered.iter().map(|(id, _)| id.as_str()).filter(|id| *id != "none").collect();
    ids.sort_unstable();
    let mut expected: Vec<&str> = names.iter().map(String::as_str).collect();
    expected.sort_unstable();
    assert_eq!(ids, expected);
}
