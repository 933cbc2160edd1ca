//! The lists: what is in them, their pages and their plans.

use db::{
    clock::{DAY, HOUR},
    dialect::{self, Planner},
    orders,
    testing::{NOW, TestWorld, world},
};
use domain::{
    id::{CampaignId, CompanyId, TeamId, UserId},
    money::Money,
    orders::{
        OrderDraft, Status,
        duplicates::DuplicateKey,
        list::{Bounds, Filter, Key, ListQuery, OrdersPage, PagePosition, Sort, SortBy, SortValue, View},
    },
};

use crate::orders::{change_status, create, draft};

async fn page(world: &TestWorld, who: &str, query: ListQuery) -> OrdersPage {
    orders::list(&world.db, &world.scope(who).await, query, Vec::new()).await.unwrap()
}

fn numbers(page: &OrdersPage) -> Vec<String> {
    page.rows.iter().map(|row| row.number.clone()).collect()
}

#[tokio::test]
async fn the_newest_order_comes_first_nine_a_page() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Newest")).await;
    let first = page(&world, "layla", ListQuery::of(View::All)).await;
    assert_eq!((first.rows.len(), first.rows[0].number.as_str(), first.count.0, first.pages), (9, number.as_str(), 401, 45));
    assert_eq!((first.newer, first.older), (None, Some(PagePosition::Page(2))));
    let last = page(&world, "layla", ListQuery { place: PagePosition::Page(45), ..ListQuery::of(View::All) }).await;
    assert_eq!((last.rows.len(), last.older), (5, None));
}

#[tokio::test]
async fn every_order_is_on_exactly_one_page_by_number_and_by_key() {
    let world = world().await;
    let mut query = ListQuery { per_page: Some(100), ..ListQuery::of(View::All) };
    let mut by_number = Vec::new();
    for n in 1..=4 {
        query.place = PagePosition::Page(n);
        by_number.extend(numbers(&page(&world, "layla", query.clone()).await));
    }
    assert_eq!(by_number.len(), 400);
    let mut distinct = by_number.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), 400);
    // Downwards by key from the first page, then upwards again.
    query.place = PagePosition::Page(1);
    let mut at = page(&world, "layla", query.clone()).await;
    let mut by_key = numbers(&at);
    let last = by_key.last().unwrap().clone();
    let of = |column: &str| format!("SELECT {column} FROM orders WHERE number = '{last}'");
    let (sort, id) = (world.number(&of("created_at")).await, world.number(&of("id")).await);
    query.place = PagePosition::OlderThan(domain::orders::list::Key { sort: sort.into(), id });
    loop {
        at = page(&world, "layla", query.clone()).await;
        by_key.extend(numbers(&at));
        match at.older {
            Some(older) => query.place = older,
            None => break,
        }
    }
    assert_eq!(by_key, by_number);
    let mut up = numbers(&at);
    while let Some(newer) = at.newer {
        at = page(&world, "layla", ListQuery { place: newer, ..query.clone() }).await;
        up = numbers(&at).into_iter().chain(up).collect();
        if at.page == Some(1) {
            break;
        }
    }
    assert_eq!(up, by_number);
}

#[tokio::test]
async fn a_page_past_the_end_is_the_last_one_and_says_so() {
    let world = world().await;
    let shown = page(&world, "layla", ListQuery { place: PagePosition::Page(1_000), ..ListQuery::of(View::All) }).await;
    assert_eq!((shown.page, shown.ignored.len()), (Some(45), 1));
}

#[tokio::test]
async fn today_begins_at_midnight_in_london() {
    let world = world().await;
    // 00:30 on a summer's day in London is 23:30 UTC the day before.
    let half_past_midnight = 1_784_935_800_000_000; // 2026-07-24T23:30:00Z
    world.db.clock.set(half_past_midnight);
    let number = create(&world, "xavier", &draft("Night owl")).await;
    world.db.clock.set(half_past_midnight + 9 * HOUR);
    let today = page(&world, "layla", ListQuery::of(View::Today)).await;
    assert!(numbers(&today).contains(&number));
    world.db.clock.set(half_past_midnight - HOUR);
    assert!(!numbers(&page(&world, "layla", ListQuery::of(View::Today)).await).contains(&number));
}

#[tokio::test]
async fn this_month_is_of_this_year() {
    let world = world().await;
    world.db.clock.set(NOW - 365 * DAY);
    let number = create(&world, "xavier", &draft("Last year")).await;
    world.db.clock.set(NOW);
    for view in [View::Month, View::Week, View::Today] {
        let all = ListQuery { per_page: Some(100), ..ListQuery::of(view) };
        assert!(!numbers(&page(&world, "layla", all).await).contains(&number), "{view:?}");
    }
}

#[tokio::test]
async fn connected_this_month_goes_by_the_day_of_connection() {
    let world = world().await;
    world.db.clock.set(NOW - 60 * DAY);
    let number = create(&world, "xavier", &draft("Sold in September")).await;
    change_status(&world, "layla", &number, Status::ToProcess, &OrderDraft::default()).await.unwrap();
    world.db.clock.set(NOW);
    let all = ListQuery { per_page: Some(100), ..ListQuery::of(View::ConnectedMonth) };
    assert!(!numbers(&page(&world, "layla", all.clone()).await).contains(&number));
    change_status(&world, "layla", &number, Status::Connected, &OrderDraft::default()).await.unwrap();
    assert!(numbers(&page(&world, "layla", all).await).contains(&number));
}

#[tokio::test]
async fn filters_narrow_and_counts_agree_with_the_rail() {
    let world = world().await;
    let layla = world.scope("layla").await;
    let counts = orders::counts(&world.db, &layla).await.unwrap();
    for view in View::SIDEBAR {
        assert_eq!(counts.of(view).unwrap(), page(&world, "layla", ListQuery::of(view)).await.count, "{view:?}");
    }
    let xavier = world.scope("xavier").await.user.id;
    let filter = Filter { statuses: vec![Status::Connected], owner: Some(xavier), ..Filter::default() };
    let query = ListQuery { filter, per_page: Some(100), ..ListQuery::of(View::All) };
    let shown = page(&world, "layla", query).await;
    assert!(!shown.rows.is_empty());
    assert!(shown.rows.iter().all(|row| row.status == Status::Connected && row.owner.as_deref() == Some("Xavier Taylor")));
    let expected = world.number(&format!("SELECT count(*) FROM orders WHERE status = 'CN' AND owner_id = {xavier}")).await;
    assert_eq!(shown.count.0 as i64, expected);
}

#[tokio::test]
async fn an_unknown_owner_is_ignored_and_said() {
    let world = world().await;
    let shown = page(
        &world,
        "layla",
        ListQuery { filter: Filter { owner: Some(UserId(987_654)), ..Filter::default() }, ..ListQuery::of(View::All) },
    )
    .await;
    assert_eq!((shown.query.filter.owner, shown.count.0, shown.ignored.len()), (None, 400, 1));
}

#[tokio::test]
async fn sight_narrows_lists_and_counts() {
    let world = world().await;
    db::settings::write(&world.db, "sight", "own").await.unwrap();
    let shown = page(&world, "xavier", ListQuery { per_page: Some(100), ..ListQuery::of(View::All) }).await;
    assert!(shown.rows.iter().all(|row| row.owner.as_deref() == Some("Xavier Taylor")));
    let counts = orders::counts(&world.db, &world.scope("xavier").await).await.unwrap();
    assert_eq!(counts.of(View::All), counts.of(View::Mine));
    assert_eq!(page(&world, "layla", ListQuery::of(View::All)).await.count.0, 400);
}

/// Every list that is promised an index.
async fn promised(world: &TestWorld) -> Vec<ListQuery> {
    let first = |table: &'static str| format!("SELECT min(id) FROM {table}");
    let owner = Some(world.scope("xavier").await.user.id);
    let team = Some(TeamId(world.number(&first("teams")).await));
    let campaign = Some(CampaignId(world.number(&first("campaigns")).await));
    let company = Some(CompanyId(world.number(&first("companies")).await));
    let none = Filter::default();
    let narrowed = [
        none.clone(),
        Filter { owner, ..none.clone() },
        Filter { team, ..none.clone() },
        Filter { campaign, ..none.clone() },
        Filter { company, ..none.clone() },
        Filter { network: Some("EE".into()), ..none.clone() },
    ];
    let sorts = [SortBy::Created, SortBy::Updated, SortBy::Value, SortBy::Business];
    let mut queries = Vec::new();
    for filter in narrowed {
        for statuses in [vec![], vec![Status::Held]] {
            let filter = Filter { statuses, ..filter.clone() };
            for view in View::ALL {
                let twice = view == View::Mine && filter.owner.is_some() || view == View::ConnectedMonth && !filter.statuses.is_empty();
                let plain = filter == none || matches!(view, View::All | View::Today | View::Week | View::Month | View::ConnectedMonth);
                if !twice && plain && view != View::Search {
                    queries.push(ListQuery { filter: filter.clone(), ..ListQuery::of(view) });
                }
            }
            for by in sorts {
                for down in [true, false] {
                    queries.push(ListQuery { filter: filter.clone(), sort: Some(Sort { by, down }), ..ListQuery::of(View::All) });
                }
            }
        }
    }
    assert!(queries.len() > 120);
    queries
}

#[tokio::test]
#[ignore = "reads the plans of a large world: bin/bench plans"]
async fn lists_and_searches_of_a_large_world_never_read_it_whole() {
    let world = db::testing::large().await;
    let scope = world.scope("layla").await;
    let whole = |plan: &[String]| plan.iter().any(|line| line.contains("Seq Scan on orders") || line.trim() == "SCAN orders");
    let (mut lists, mut sorted) = (0, 0);
    for query in promised(&world).await {
        for sql in orders::list_sql(&world.db, &scope, &query) {
            let plan = dialect::plan(&world.db, &sql, Planner::AsIs).await.unwrap();
            assert!(!whole(&plan), "{}: {sql}\n{}", query.href(), plan.join("\n"));
            lists += 1;
            sorted += usize::from(plan.iter().any(|line| line.contains("TEMP B-TREE") || line.contains("Sort ")));
        }
    }
    let texts = ["m", "q", "mo", "zy", "ltd", "oor", "moorland", "llanfair", "moorland plumbing", "07700 900123", "1000123", "xyzzyqq"];
    for text in texts {
        for filter in [Filter::default(), Filter { statuses: vec![Status::Held], ..Filter::default() }] {
            let query = ListQuery { text: text.into(), filter, ..ListQuery::of(View::Search) };
            for sql in orders::search_sql(&world.db, &scope, &query) {
                let plan = dialect::plan(&world.db, &sql, Planner::Search).await.unwrap();
                assert!(!whole(&plan), "{text}: {sql}\n{}", plan.join("\n"));
            }
        }
    }
    for by in DuplicateKey::ALL {
        let sql = db::companies::duplicates_sql(&world.db, &scope, *by);
        let plan = dialect::plan(&world.db, &sql, Planner::AsIs).await.unwrap();
        assert!(!whole(&plan) && plan.iter().any(|line| line.contains("orders_same")), "{sql}\n{}", plan.join("\n"));
    }
    let orders = world.number("SELECT count(*) FROM orders").await;
    println!(
        "{orders} orders: {lists} statements of lists ({sorted} sort what is narrow), {} of searches, none reads the whole table",
        texts.len() * 4
    );
}

#[tokio::test]
async fn every_list_that_is_promised_an_index_is_read_from_one() {
    let world = world().await;
    let scope = world.scope("layla").await;
    for query in promised(&world).await {
        for sql in orders::list_sql(&world.db, &scope, &query) {
            let plan = dialect::plan(&world.db, &sql, Planner::Small).await.unwrap().join("\n");
            assert!(plan.contains("orders_"), "{}: {sql}\n{plan}", query.href());
            for bad in ["SCAN orders\n", "Seq Scan on orders", "USE TEMP B-TREE", "Sort "] {
                assert!(!plan.contains(bad) && !plan.ends_with(bad.trim_end()), "{}: {sql}\n{plan}", query.href());
            }
        }
    }
}

#[tokio::test]
async fn every_sort_goes_through_all_pages_by_number_and_by_key() {
    let world = world().await;
    for by in [SortBy::Created, SortBy::Updated, SortBy::Value, SortBy::Business] {
        for down in [true, false] {
            let mut query = ListQuery { sort: Some(Sort { by, down }), per_page: Some(50), ..ListQuery::of(View::All) };
            let mut by_number = Vec::new();
            for n in 1..=8 {
                query.place = PagePosition::Page(n);
                by_number.extend(numbers(&page(&world, "layla", query.clone()).await));
            }
            let expression = ["created_at", "updated_at", "coalesce(box_value, -1)", "business_key"]
                [[SortBy::Created, SortBy::Updated, SortBy::Value, SortBy::Business].iter().position(|it| *it == by).unwrap()];
            let way = if down { "DESC" } else { "ASC" };
            let mut expected = Vec::new();
            for n in [0, 1, 49, 50, 200, 399] {
                let sql = format!("SELECT number FROM orders ORDER BY {expression} {way}, id {way} LIMIT 1 OFFSET {n}");
                expected.push((n, world.text(&sql).await.unwrap()));
            }
            for (n, number) in expected {
                assert_eq!(by_number[n], number, "{by:?} {down} {n}");
            }
            // The same by key, from the row that ends the first page.
            let last = &by_number[49];
            let id = world.number(&format!("SELECT id FROM orders WHERE number = '{last}'")).await;
            let of = format!("SELECT {expression} FROM orders WHERE id = {id}");
            let sort =
                if by == SortBy::Business { SortValue::Text(world.text(&of).await.unwrap()) } else { world.number(&of).await.into() };
            query.place = PagePosition::OlderThan(Key { sort, id });
            let mut by_key = by_number[..50].to_vec();
            loop {
                let at = page(&world, "layla", query.clone()).await;
                by_key.extend(numbers(&at));
                match at.older {
                    Some(older) => query.place = older,
                    None => break,
                }
            }
            assert_eq!(by_key, by_number, "{by:?} {down}");
        }
    }
}

#[tokio::test]
async fn every_filter_agrees_with_plain_sql() {
    let world = world().await;
    let day = |text| domain::date::parse(text).unwrap();
    let id = |sql: &str| sql.to_owned();
    let team = world.number(&id("SELECT min(id) FROM teams")).await;
    let campaign = world.number(&id("SELECT min(id) FROM campaigns")).await;
    let company = world.number(&id("SELECT min(company_id) FROM orders")).await;
    let none = Filter::default();
    // London is at UTC in winter: 1 November 2026 begins at 1793491200 s.
    let november = 1_793_491_200_000_000_i64;
    for (filter, plain) in [
        (Filter { statuses: vec![Status::New, Status::Held], ..none.clone() }, "status IN ('NW', 'HD')".to_owned()),
        (Filter { team: Some(TeamId(team)), ..none.clone() }, format!("team_id = {team}")),
        (Filter { campaign: Some(CampaignId(campaign)), ..none.clone() }, format!("campaign_id = {campaign}")),
        (Filter { company: Some(CompanyId(company)), ..none.clone() }, format!("company_id = {company}")),
        (Filter { network: Some("EE".into()), ..none.clone() }, "network = 'EE'".into()),
        (
            Filter { created: Bounds { from: Some(day("2026-11-01")), to: Some(day("2026-11-10")) }, ..none.clone() },
            format!("created_at >= {november} AND created_at < {}", november + 10 * DAY),
        ),
        (
            Filter { connected: Bounds { from: Some(day("2026-11-01")), to: None }, ..none.clone() },
            "status = 'CN' AND connected_on >= '2026-11-01'".into(),
        ),
        (
            Filter { value: Bounds { from: Some(Money(10_000)), to: Some(Money(50_000)) }, ..none.clone() },
            "box_value BETWEEN 10000 AND 50000".into(),
        ),
        (
            Filter { due: true, ..none.clone() },
            "follow_up_on <= '2026-11-22' AND status <> 'CNL' AND (status <> 'CN' OR follow_up_kind = 'renewal')".into(),
        ),
        (
            Filter { network: Some("EE".into()), statuses: vec![Status::Connected], campaign: Some(CampaignId(campaign)), ..none.clone() },
            format!("network = 'EE' AND status = 'CN' AND campaign_id = {campaign}"),
        ),
    ] {
        let shown = page(&world, "layla", ListQuery { filter, per_page: Some(100), ..ListQuery::of(View::All) }).await;
        let expected = world.number(&format!("SELECT count(*) FROM orders WHERE {plain}")).await;
        assert_eq!(shown.count.0 as i64, expected, "{plain}");
        assert_eq!(shown.rows.len() as i64, expected.min(100), "{plain}");
        assert!(expected > 0, "the demo company has some: {plain}");
    }
}

#[tokio::test]
async fn a_view_is_kept_shared_with_the_team_and_removed_by_its_owner_alone() {
    let world = world().await;
    let (xavier, layla) = (world.scope("xavier").await, world.scope("layla").await);
    let mate = world.text("SELECT username FROM users WHERE team_id = (SELECT team_id FROM users WHERE username = 'xavier') AND username <> 'xavier' AND active LIMIT 1").await.unwrap();
    let stranger = world
        .text("SELECT username FROM users WHERE team_id <> (SELECT team_id FROM users WHERE username = 'xavier') LIMIT 1")
        .await
        .unwrap();
    orders::save_view(&world.db, &xavier, " Held here ", "/orders/?status=HD&page=3", true).await.unwrap();
    orders::save_view(&world.db, &xavier, "Mine alone", "/orders/mine/?status=NW", false).await.unwrap();
    let names = async |who: &str| {
        let views = orders::views(&world.db, &world.scope(who).await).await.unwrap();
        views.into_iter().map(|it| (it.name, it.href, it.own)).collect::<Vec<_>>()
    };
    let held = ("Held here".to_owned(), "/orders/?status=HD".to_owned());
    assert_eq!(
        names("xavier").await,
        [(held.0.clone(), held.1.clone(), true), ("Mine alone".into(), "/orders/mine/?status=NW".into(), true)]
    );
    assert_eq!(names(&mate).await, [(held.0.clone(), held.1.clone(), false)]);
    assert_eq!(names(&stranger).await, []);
    // On the rail, with its count.
    let frame = db::users::frame(&world.db, &xavier).await.unwrap();
    let expected = world.number("SELECT count(*) FROM orders WHERE status = 'HD'").await.to_string();
    assert!(frame.counts.contains(&(held.1.clone(), expected)), "{:?}", frame.counts);
    let id = orders::views(&world.db, &xavier).await.unwrap()[0].id;
    assert_eq!(orders::remove_view(&world.db, &layla, id).await, Err(domain::Error::NotFound));
    orders::remove_view(&world.db, &xavier, id).await.unwrap();
    assert_eq!(names("xavier").await.len(), 1);
    for name in ["", "\u{3164}", "a\nb", &"x".repeat(61)] {
        assert!(orders::save_view(&world.db, &xavier, name, "/orders/", false).await.is_err(), "{name:?}");
    }
}

#[tokio::test]
async fn every_view_of_ones_own_is_shown_and_can_be_removed() {
    let world = world().await;
    let xavier = world.scope("xavier").await;
    let beside = format!("SELECT id FROM users WHERE team_id = {} AND id <> {} LIMIT 1", xavier.user.team.unwrap(), xavier.user.id);
    let beside = world.number(&beside).await;
    world.sql("DELETE FROM saved_views").await.unwrap();
    // As many as one keeps; and a team that shares a lot, with names that come first.
    for (owner, name, count) in [(xavier.user.id.0, "own", 50), (beside, "a shared", 30)] {
        for nth in 0..count {
            let insert = "INSERT INTO saved_views (owner_id, name, address, shared, team_id, created_at)";
            let values = format!("({owner}, '{name} {nth:02}', '/orders/?status=HD', TRUE, {}, 1)", xavier.user.team.unwrap());
            world.sql(&format!("{insert} VALUES {values}")).await.unwrap();
        }
    }
    let views = orders::views(&world.db, &xavier).await.unwrap();
    let own: Vec<i64> = views.iter().filter(|it| it.own).map(|it| it.id).collect();
    assert_eq!((own.len(), views.len()), (50, 70));
    assert!(views.is_sorted_by_key(|it| it.name.clone()));
    let full = orders::save_view(&world.db, &xavier, "One more", "/orders/mine/", false).await.unwrap_err();
    assert!(full.sentence().contains("up to 50 views"), "{full}");
    orders::remove_view(&world.db, &xavier, own[0]).await.unwrap();
    orders::save_view(&world.db, &xavier, "One more", "/orders/mine/", false).await.unwrap();
    assert!(orders::views(&world.db, &xavier).await.unwrap().iter().any(|it| it.name == "One more"));
    assert!(orders::save_view(&world.db, &xavier, "Too many", "/orders/mine/", false).await.is_err());
}

#[tokio::test]
async fn a_view_of_a_campaign_that_is_gone_shows_all_and_says_so() {
    let world = world().await;
    let (query, _) = orders::at_address(&world.scope("layla").await, "/orders/?campaign=987654&status=HD");
    let shown = page(&world, "layla", query).await;
    assert_eq!((shown.query.filter.campaign, shown.ignored.len()), (None, 1));
    assert_eq!(shown.query.filter.statuses, [Status::Held]);
}

/// A search is sorted by how well it fits.
fn query_ranks(address: &str) -> bool {
    address.starts_with("/orders/search/")
}

#[tokio::test]
async fn the_head_of_the_dates_names_the_sort_that_is_in_force() {
    let world = world().await;
    let layla = world.scope("layla").await;
    for (address, head, connected) in [
        ("/orders/", "Created ↓", false),
        ("/orders/?connected_from=2026-11-01", "Connected ↓", true),
        ("/orders/connected/month/", "Connected ↓", true),
        ("/orders/month/?connected_to=2026-11-30", "Connected ↓", true),
        ("/orders/?connected_from=2026-11-01&sort=created", "Created ↓", false),
        ("/orders/?connected_from=2026-11-01&sort=created&dir=asc", "Created ↑", false),
        ("/orders/connected/month/?sort=updated", "Updated ↓", false),
        ("/orders/due/", "Follow-up ↑", false),
        ("/orders/search/?query=ltd&connected_from=2026-10-01", "Created", false),
    ] {
        let (query, ignored) = orders::at_address(&layla, address);
        assert_eq!((query.href().as_str(), ignored.len()), (address, 0));
        let page = orders::list(&world.db, &layla, query, ignored).await.unwrap();
        let shown = orders::list_view(&world.db, &layla, page).await.unwrap();
        let heads: Vec<&str> = shown.columns.iter().map(|(_, head)| head.label.as_str()).collect();
        assert!(heads.contains(&head), "{address}: {heads:?}");
        assert!(shown.rows.len() > 1, "{address}");
        let days: Vec<i64> = shown.rows.iter().map(|row| row.at.at).collect();
        if query_ranks(address) {
            let created =
                world.texts(&format!("SELECT CAST(created_at AS TEXT) FROM orders WHERE number = '{}'", shown.rows[0].number)).await;
            assert_eq!(created[0], shown.rows[0].at.at.to_string(), "{address}");
        } else if head.ends_with('↓') {
            assert!(days.is_sorted_by(|a, b| a >= b), "{address}: {days:?}");
        } else {
            assert!(days.is_sorted(), "{address}: {days:?}");
        }
        for row in shown.rows.iter().filter(|_| connected) {
            let on = world.texts(&format!("SELECT CAST(connected_on AS TEXT) FROM orders WHERE number = '{}'", row.number)).await;
            let on: chrono::NaiveDate = on[0].parse().unwrap();
            assert_eq!(row.at.short, domain::date::show(on), "{address}: {}", row.number);
        }
    }
}

#[tokio::test]
async fn the_board_has_a_column_for_each_status_with_its_count_sum_and_newest() {
    let world = world().await;
    let board = orders::board(&world.db, &world.scope("layla").await, ListQuery::of(View::Board), Vec::new()).await.unwrap();
    assert_eq!(board.columns.iter().map(|it| it.status).collect::<Vec<_>>(), Status::ALL);
    for column in &board.columns {
        let code = column.status.code();
        let plain = |what: &str| format!("SELECT CAST({what} AS BIGINT) FROM orders WHERE status = '{code}'");
        assert_eq!(column.count, world.number(&plain("count(*)")).await.to_string(), "{code}");
        assert_eq!(column.sum, Money(world.number(&plain("coalesce(sum(box_value), 0)")).await).show("GBP"), "{code}");
        assert!(column.cards.len() <= 20 && column.cards.iter().all(|card| card.row.status == column.status));
        assert_eq!(column.more.is_some(), column.cards.len() == 20 && column.count != "20", "{code}");
    }
    // An agent moves the own ones alone, and none to Connected.
    let board = orders::board(&world.db, &world.scope("xavier").await, ListQuery::of(View::Board), Vec::new()).await.unwrap();
    for card in board.columns.iter().flat_map(|it| &it.cards) {
        assert!(card.next.is_empty() || card.row.owner.as_deref() == Some("Xavier Taylor"));
        assert!(!card.next.contains(&Status::Connected));
    }
    // The filter narrows every column.
    let xavier = world.scope("xavier").await.user.id;
    let mine = ListQuery { filter: Filter { owner: Some(xavier), ..Filter::default() }, ..ListQuery::of(View::Board) };
    let board = orders::board(&world.db, &world.scope("layla").await, mine, Vec::new()).await.unwrap();
    assert!(board.columns.iter().flat_map(|it| &it.cards).all(|card| card.row.owner.as_deref() == Some("Xavier Taylor")));
}

#[tokio::test]
async fn a_view_whose_campaign_is_gone_says_so_and_a_shared_one_shows_each_reader_their_own_sight() {
    let world = world().await;
    let xavier = world.scope("xavier").await;
    let campaign = world.number("SELECT max(id) FROM campaigns").await + 1;
    orders::save_view(&world.db, &xavier, "Gone", &format!("/orders/?campaign={campaign}&status=NW"), true).await.unwrap();
    let views = orders::views(&world.db, &xavier).await.unwrap();
    let shown = orders::list(&world.db, &xavier, views[0].query.clone().unwrap(), Vec::new()).await.unwrap();
    assert!(shown.ignored.iter().any(|it| it.contains("campaign wasn't found")), "{:?}", shown.ignored);
    assert!(!shown.rows.is_empty());
    assert!(db::users::frame(&world.db, &xavier).await.unwrap().saved.iter().any(|(name, _)| name == "Gone"), "it stays on the rail");
    // The same view, read by somebody who sees the own orders alone.
    db::settings::write(&world.db, "sight", "own").await.unwrap();
    let team = world.number("SELECT team_id FROM users WHERE username = 'xavier'").await;
    world.sql(&format!("UPDATE users SET team_id = {team} WHERE username = 'mercy'")).await.unwrap();
    let mercy = world.scope("mercy").await;
    let theirs = orders::views(&world.db, &mercy).await.unwrap();
    assert!(!theirs[0].own);
    let query = ListQuery { per_page: Some(100), ..theirs[0].query.clone().unwrap() };
    let shown = orders::list(&world.db, &mercy, query, Vec::new()).await.unwrap();
    assert!(shown.rows.iter().all(|row| row.owner.as_deref() == Some(mercy.user.name.as_str())));
}

#[tokio::test]
async fn a_range_of_values_holds_what_it_says_by_every_sort() {
    let world = world().await;
    let value = Bounds { from: Some(Money(40_000)), to: Some(Money(60_000)) };
    let expected = world.number("SELECT count(*) FROM orders WHERE box_value BETWEEN 40000 AND 60000").await.unsigned_abs();
    assert!(expected > 20);
    let asked = ListQuery { filter: Filter { value, ..Filter::default() }, ..ListQuery::of(View::All) };
    let [_, counted] = orders::list_sql(&world.db, &world.scope("layla").await, &asked);
    let plan = dialect::plan(&world.db, &counted, Planner::Small).await.unwrap().join("\n");
    assert!(plan.contains("orders_by_value"), "{plan}");
    assert!(!plan.contains("SCAN orders"), "a part of it alone: {plan}");
    for by in [SortBy::Created, SortBy::Updated, SortBy::Value, SortBy::Business] {
        let filter = Filter { value, ..Filter::default() };
        let mut query = ListQuery { filter, sort: Some(Sort { by, down: true }), per_page: Some(25), ..ListQuery::of(View::All) };
        let (mut seen, mut n) = (Vec::new(), 1);
        loop {
            query.place = PagePosition::Page(n);
            let found = page(&world, "layla", query.clone()).await;
            assert_eq!(found.count.0, expected, "{by:?}");
            seen.extend(numbers(&found));
            if found.older.is_none() {
                break;
            }
            n += 1;
        }
        assert_eq!(seen.len() as u64, expected, "{by:?}");
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len() as u64, expected, "{by:?}: each once");
    }
}

#[tokio::test]
async fn sqlite_keeps_a_plan_whatever_the_list_is_asked_for() {
    let world = world().await;
    if !world.is_sqlite() {
        return;
    }
    // With statistics at hand, SQLite would look at the values, and prepare the statement again for others.
    world.sql("ANALYZE").await.unwrap();
    let world = world.restarted().await;
    for _ in 0..2 {
        for pounds in [1, 100, 400] {
            let value = Bounds { from: Some(Money(pounds * 100)), to: None };
            page(&world, "layla", ListQuery { filter: Filter { value, ..Filter::default() }, ..ListQuery::of(View::All) }).await;
            page(&world, "layla", ListQuery { text: format!("moor {pounds}"), ..ListQuery::of(View::Search) }).await;
        }
    }
    assert_eq!(world.prepared_again().await, 0);
}
