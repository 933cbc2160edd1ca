//! How many statements each page asks the database, and that no number grows with what the page shows. The table of them is printed:
//! `cargo test -p server --test http statements -- --nocapture`.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use db::testing::{Statements, TestWorld, on_postgres, world};

use crate::harness::{BASE, Fields, JSON, TestServer, server_for};

/// A page, and the most statements that it may ask when nothing has changed since it was asked for last.
const PAGES: [(&str, usize); 33] = [
    ("/orders/", 4),
    ("/orders/today/", 4),
    ("/orders/month/", 4),
    ("/orders/connected/month/", 4),
    ("/orders/mine/", 4),
    ("/orders/due/", 4),
    ("/orders/trash/", 4),
    ("/orders/?company=1&owner=2&value_from=10", 4),
    ("/orders/search/?query=moor", 4),
    ("/orders/1000001/", 6),
    ("/orders/1000001/update/", 6),
    ("/orders/new/", 4),
    ("/orders/board/", 8),
    ("/", 12),
    ("/reports/", 8),
    ("/campaigns/", 6),
    ("/campaigns/1/", 6),
    ("/companies/", 4),
    ("/companies/1/", 6),
    ("/activity/", 4),
    ("/commission/", 5),
    ("/commission/2/", 6),
    ("/targets/", 6),
    ("/duplicates/", 5),
    ("/profile/", 5),
    ("/permissions/", 2),
    ("/help/", 2),
    ("/help/agents/", 2),
    ("/admin/users/", 5),
    ("/admin/users/2/edit/", 5),
    ("/admin/teams/", 4),
    ("/admin/settings/", 4),
    ("/admin/settings/rules/", 4),
];

/// A question of a page's script, and the most statements that it may ask.
const CALLS: [(&str, &str, usize); 11] = [
    ("/fn/orders/list", r#"{"address":"/orders/"}"#, 3),
    ("/fn/orders/show", r#"{"number":"1000001"}"#, 5),
    ("/fn/orders/form", r#"{"of":"1000001"}"#, 5),
    ("/fn/orders/board", r#"{"address":"/orders/board/"}"#, 6),
    ("/fn/dashboard", r#"{"address":"/"}"#, 12),
    ("/fn/frame", "{}", 2),
    ("/fn/actions", "{}", 2),
    ("/fn/profile", "{}", 4),
    ("/fn/duplicates", r#"{"address":"/duplicates/"}"#, 5),
    ("/fn/orders/suggest", r#"{"field":"company","typed":"a"}"#, 3),
    ("/fn/orders/similar", r#"{"draft":{"status":"NW","business_name":"Moor Mills","mobile":"07700 900024"},"except":null}"#, 4),
];

/// Other addresses that a browser asks by itself.
const BESIDE: [(&str, usize); 2] = [("/live/here?orders=1000001", 2), ("/api/v1/offline", 20)];

/// So many of everything that a page lists, beside the demo company.
async fn grow(world: &TestWorld, rows: i64) {
    let now = db::testing::NOW;
    let order = world.number("SELECT id FROM orders WHERE number = '1000001'").await;
    let ada = world.number("SELECT id FROM users WHERE username = 'ada'").await;
    for nth in 1..=rows {
        for sql in [
            format!("INSERT INTO teams (name, name_key) VALUES ('Team {nth}', 'team {nth}')"),
            format!(
                "INSERT INTO campaigns (name, name_key, target, start_on, active, created_at, batch) \
                 VALUES ('Campaign {nth}', 'campaign {nth}', 100000, '2026-01-01', TRUE, {now}, 0)"
            ),
            format!(
                "INSERT INTO companies (name, name_key, created_at, updated_at, batch) VALUES ('Company {nth}', 'company {nth}', {now}, {now}, 0)"
            ),
            format!(
                "INSERT INTO users (username, username_key, first_name, last_name, email, role, active, created_at, batch) \
                 VALUES ('person{nth}', 'person{nth}', 'Person', '{nth}', '', 'agent', TRUE, {now}, 0)"
            ),
            format!(
                "INSERT INTO comments (order_id, author_id, body, created_at, status) VALUES ({order}, {ada}, 'Said {nth}', {now}, 'Open')"
            ),
            format!(
                "INSERT INTO saved_views (owner_id, name, address, shared, created_at) \
                 VALUES ({ada}, 'View {nth}', '/orders/?value_from={nth}', FALSE, {now})"
            ),
            format!("UPDATE orders SET mobile_e164 = '+44770090{:04}' WHERE id IN ({}, {})", nth, 2 * nth + 10, 2 * nth + 11),
        ] {
            world.sql(&sql).await.unwrap();
        }
    }
}

struct Scenario {
    server: TestServer,
    statements: Statements,
    ada: String,
}

impl Scenario {
    async fn of(rows: i64) -> Self {
        let mut world = world().await;
        grow(&world, rows).await;
        let statements = world.record_statements();
        let server = server_for(world, BASE).await;
        let ada = server.signed_in("ada").await;
        Self { server, statements, ada }
    }

    /// Begins to count. What every page reads is just read: it is read again every ten seconds, and the test may take longer.
    async fn begin(&self) {
        self.server.world.warm().await;
        self.statements.take();
    }

    /// The statements of an address: when an order has changed since it was asked for, and when it is asked for again until they are
    /// no more than `most`. On PostgreSQL another write in the cluster, of which the tests beside this one make many, is another state
    /// of the database.
    async fn asked(&self, path: &str, body: Option<&str>, most: usize) -> [Vec<String>; 2] {
        let ask = async || {
            self.begin().await;
            let answer = match body {
                Some(body) => self.server.post_body(path, &self.ada, JSON, body.to_owned()).await,
                None => self.server.get(path, &self.ada).await,
            };
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            self.statements.take()
        };
        ask().await;
        self.server.world.sql("INSERT INTO change_log (topic, subject_id, at) VALUES ('order', 1, 1)").await.unwrap();
        let (changed, mut again) = (ask().await, ask().await);
        let mut tries = if on_postgres() { 200 } else { 0 };
        while again.len() > most && tries > 0 {
            again = ask().await;
            tries -= 1;
        }
        [changed, again]
    }
}

#[tokio::test]
async fn a_page_asks_for_what_it_shows_once_however_much_that_is() {
    let (small, large) = (Scenario::of(1).await, Scenario::of(50).await);
    let all = PAGES.map(|(path, most)| (path, None, most)).into_iter();
    let all = all.chain(CALLS.map(|(path, body, most)| (path, Some(body), most))).chain(BESIDE.map(|(path, most)| (path, None, most)));
    let mut faults = Vec::new();
    println!("{:<44}{:>8}{:>8}{:>9}", "address", "changed", "again", "at most");
    for (path, body, most) in all {
        let [few, again] = small.asked(path, body, most).await;
        let [many, _] = large.asked(path, body, usize::MAX).await;
        println!("{path:<44}{:>8}{:>8}{most:>9}", few.len(), again.len());
        if std::env::var_os("STATEMENTS").is_some() {
            again.iter().for_each(|sql| println!("    {}", sql.split_whitespace().collect::<Vec<_>>().join(" ")));
        }
        if again.len() > most {
            faults.push(format!("{path}: {} statements, at most {most}", again.len()));
        }
        if many.len() > few.len() {
            faults.push(format!("{path}: {} statements for one row, {} for fifty", few.len(), many.len()));
        }
        let (few, many): (BTreeSet<String>, BTreeSet<String>) = (few.into_iter().collect(), many.into_iter().collect());
        // The saved views of a person are counted in the sidebar, each by its own conditions.
        if let Some(other) = many.difference(&few).find(|sql| !sql.contains("n7")) {
            faults.push(format!("{path}: another statement for fifty rows than for one: {other}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What a person sends, one after another, by forms or (with no name) as a page's script does, and the most statements that it may ask.
/// `{order}` is the order that was written last, `{version}` its version, `{comment}` the latest comment, `{act}` the latest act on many
/// orders, and `{nth}` another number each time.
const FORMS: [(&str, Fields, usize); 29] = [
    ("/orders/new/", &[("business_name", "Form {nth}"), ("box_value", "120"), ("campaign", "1"), ("company", "1")], 13),
    (
        "/orders/{order}/update/",
        &[("version", "{version}"), ("business_name", "Form {nth}, edited"), ("box_value", "130"), ("campaign", "2"), ("company", "2")],
        14,
    ),
    ("/orders/{order}/follow-up/", &[("act", "tomorrow")], 11),
    ("/orders/{order}/move/", &[("to", "TP"), ("version", "{version}")], 11),
    ("/orders/{order}/move/", &[("to", "CN"), ("version", "{version}")], 13),
    ("/orders/{order}/undo/", &[], 10),
    ("/orders/{order}/comment/", &[("body", "Said {nth}")], 5),
    ("/orders/{order}/comment/update/", &[("comment_id", "{comment}"), ("status", "Closed")], 6),
    ("/orders/{order}/trash/", &[], 8),
    ("/orders/{order}/restore/", &[], 10),
    (
        "/fn/orders/create",
        &[("", r#"{"uuid":"0190f3c0-7b7a-7000-8000-0000000000{nth}7","draft":{"status":"NW","business_name":"Called {nth}"}}"#)],
        11,
    ),
    ("/fn/orders/edit", &[("", r#"{"number":"{order}","version":{version},"draft":{"status":"NW","business_name":"Again {nth}"}}"#)], 10),
    ("/fn/orders/change_status", &[("", r#"{"number":"{order}","version":{version},"to":"HD","asked":{}}"#)], 7),
    ("/fn/comments/save", &[("", r#"{"number":"{order}","id":null,"text":"Said {nth}"}"#)], 5),
    ("/orders/bulk/", &[("pick", "1000001"), ("pick", "1000002")], 4),
    ("/fn/orders/bulk", &[("", r#"{"id":"{act}"}"#)], 3),
    ("/views/", &[("name", "Kept {nth}"), ("address", "/orders/?value_from=7{nth}")], 4),
    ("/profile/columns/", &[("address", "/orders/"), ("column", "postcode")], 2),
    ("/profile/edit/", &[("first_name", "Ada"), ("last_name", "Of {nth}")], 4),
    ("/campaigns/new/", &[("name", "Sent {nth}"), ("active", "yes")], 4),
    ("/campaigns/1/edit/", &[("name", "First {nth}"), ("active", "yes")], 5),
    ("/companies/new/", &[("name", "Sent {nth} Ltd")], 4),
    ("/companies/1/edit/", &[("name", "First {nth} Ltd")], 5),
    ("/targets/person/4/", &[("month", "2026-11"), ("target", "9{nth}")], 5),
    ("/admin/users/new/", &[("username", "sent{nth}"), ("role", "agent")], 14),
    ("/admin/users/4/edit/", &[("first_name", "Xavier"), ("last_name", "Of {nth}"), ("role", "agent")], 5),
    ("/admin/teams/", &[("name", "Sent {nth}")], 4),
    ("/admin/settings/choices/", &[("kind", "network"), ("name", "Sent {nth}")], 6),
    ("/theme/", &[("theme", "dark")], 0),
];

impl Scenario {
    /// The statements of a form, once more than it was sent to warm up.
    async fn sent(&self, path: &str, pairs: Fields<'_>, nth: i64) -> Vec<String> {
        let world = &self.server.world;
        let order = world.text("SELECT max(number) FROM orders").await.unwrap_or_default();
        let version = world.number(&format!("SELECT version FROM orders WHERE number = '{order}'")).await;
        let comment = world.number("SELECT coalesce(max(id), 0) FROM comments").await;
        let act = world.number("SELECT coalesce(max(id), 0) FROM bulk_actions").await;
        let filled = |text: &str| {
            let text = text.replace("{order}", &order).replace("{version}", &version.to_string());
            text.replace("{comment}", &comment.to_string()).replace("{act}", &act.to_string()).replace("{nth}", &nth.to_string())
        };
        let pairs: Vec<(&str, String)> = pairs.iter().map(|(name, value)| (*name, filled(value))).collect();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let path = filled(path);
        self.begin().await;
        let answer = match pairs[..] {
            [("", body)] => self.server.post_body(&path, &self.ada, JSON, body.to_owned()).await,
            _ => self.server.post(&path, &self.ada, &pairs).await,
        };
        assert!(answer.status.is_redirection() || answer.status.is_success(), "{path}: {} {}", answer.status, answer.body);
        self.statements.take()
    }

    /// The statements of each form, sent for the second time.
    async fn all_sent(&self, rows: i64) -> Vec<Vec<String>> {
        // A person has fifty views at most.
        self.server.world.sql("DELETE FROM saved_views WHERE name IN ('View 1', 'View 2')").await.unwrap();
        let mut all = Vec::new();
        for nth in 1..=2 {
            all.clear();
            for (at, (path, pairs, _)) in FORMS.iter().enumerate() {
                all.push(self.sent(path, pairs, nth).await);
                // The order is as long as the world is large.
                for said in 0..if at == 0 { rows } else { 0 } {
                    let sql = format!(
                        "INSERT INTO comments (order_id, author_id, body, created_at, status) \
                         SELECT max(id), 1, 'Beside {said}', {}, 'Open' FROM orders",
                        db::testing::NOW
                    );
                    self.server.world.sql(&sql).await.unwrap();
                }
            }
        }
        all
    }
}

#[tokio::test]
async fn a_form_asks_no_more_however_much_there_is() {
    let (few, many) = (Scenario::of(1).await.all_sent(1).await, Scenario::of(50).await.all_sent(50).await);
    let mut faults = Vec::new();
    println!("{:<44}{:>8}{:>9}", "form", "asks", "at most");
    for ((path, _, most), (few, many)) in FORMS.iter().zip(few.iter().zip(&many)) {
        println!("{path:<44}{:>8}{most:>9}", few.len());
        if std::env::var_os("STATEMENTS").is_some() {
            few.iter().for_each(|sql| println!("    {}", sql.split_whitespace().collect::<Vec<_>>().join(" ")));
        }
        if few.len() > *most || many.len() > few.len() {
            faults.push(format!("{path}: {} statements for one row, {} for fifty, at most {most}", few.len(), many.len()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
