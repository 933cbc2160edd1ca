//! Pages that tell and post plain forms: who may, what is refused with which words, and that figures are their lists.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::role::{Permission, Role, may};

use crate::harness::{Fields, TestServer, server};

const PEOPLE: [(&str, Role); 4] = [("ada", Role::Admin), ("layla", Role::Manager), ("xavier", Role::Agent), ("ruth", Role::Viewer)];

/// Every server page with the right that it needs.
const PAGES: [(&str, Permission); 31] = [
    ("/", Permission::Read),
    ("/dashboard/", Permission::Read),
    ("/dashboard/?period=year&owner=5", Permission::Read),
    ("/reports/", Permission::Read),
    ("/reports/?measure=conversion&rows=month&period=year", Permission::Read),
    ("/reports/?measure=days&rows=network&period=year", Permission::Read),
    ("/reports/?measure=lost&period=year", Permission::Read),
    ("/reports/csv/?measure=revenue&rows=person&period=year", Permission::Export),
    ("/campaigns/", Permission::Read),
    ("/campaigns/1/", Permission::Read),
    ("/campaigns/new/", Permission::Campaigns),
    ("/campaigns/1/edit/", Permission::Campaigns),
    ("/companies/", Permission::Read),
    ("/companies/?query=moor", Permission::Read),
    ("/companies/1/", Permission::Read),
    ("/companies/new/", Permission::Campaigns),
    ("/companies/1/edit/", Permission::Campaigns),
    ("/commission/", Permission::Read),
    ("/targets/", Permission::Read),
    ("/activity/", Permission::Read),
    ("/permissions/", Permission::Read),
    ("/help/", Permission::Read),
    ("/help/agents/", Permission::Read),
    ("/profile/edit/", Permission::Read),
    ("/profile/password/", Permission::Read),
    ("/admin/users/", Permission::Administer),
    ("/admin/users/new/", Permission::Administer),
    ("/admin/users/4/edit/", Permission::Administer),
    ("/admin/users/4/delete/", Permission::Administer),
    ("/admin/settings/", Permission::Administer),
    ("/admin/settings/rules/", Permission::Administer),
];

/// An address, the right that it needs, and what is sent.
type Sent = (&'static str, Permission, &'static [(&'static str, &'static str)]);

/// Every form of theirs with the right that it needs, and something that it would take.
const FORMS: [Sent; 22] = [
    ("/campaigns/new/", Permission::Campaigns, &[("name", "Winter"), ("target", "1,000"), ("active", "yes")]),
    ("/campaigns/1/edit/", Permission::Campaigns, &[("name", "Renamed"), ("active", "yes")]),
    ("/companies/new/", Permission::Campaigns, &[("name", "New Ltd")]),
    ("/companies/1/edit/", Permission::Campaigns, &[("name", "Other Ltd")]),
    ("/commission/close/", Permission::Targets, &[("month", "2026-09")]),
    ("/targets/person/4/", Permission::Targets, &[("month", "2026-11"), ("target", "5000")]),
    ("/targets/team/1/", Permission::Targets, &[("month", "2026-11"), ("target", "9000")]),
    ("/admin/users/new/", Permission::Administer, &[("username", "newbie"), ("role", "agent")]),
    ("/admin/users/6/edit/", Permission::Administer, &[("first_name", "Other"), ("role", "viewer")]),
    ("/admin/users/6/deactivate/", Permission::Administer, &[("give", "5")]),
    ("/admin/users/6/reactivate/", Permission::Administer, &[]),
    ("/admin/users/6/sign-out/", Permission::Administer, &[]),
    ("/admin/users/6/reset/", Permission::Administer, &[]),
    ("/admin/users/6/delete/", Permission::Administer, &[]),
    ("/admin/teams/", Permission::Administer, &[("name", "West")]),
    ("/admin/teams/1/", Permission::Administer, &[("name", "Far North")]),
    (
        "/admin/settings/",
        Permission::Administer,
        &[("name", "Other"), ("time_zone", "Europe/London"), ("currency", "GBP"), ("visibility", "all")],
    ),
    ("/admin/settings/rules/", Permission::Administer, &[("next_NW", "TP"), ("next_TP", "CN"), ("requires_CNL", "loss_reason")]),
    ("/admin/settings/choices/network/", Permission::Administer, &[("name", "Vodafone")]),
    ("/admin/settings/choices/remove/", Permission::Administer, &[("id", "1")]),
    ("/profile/edit/", Permission::Read, &[("first_name", "Me")]),
    ("/profile/password/", Permission::Read, &[("present", "wrong"), ("password", "a b c d e f g h"), ("again", "a b c d e f g h")]),
];

/// Every row of every table that these verbs write.
async fn footprint(server: &TestServer) -> Vec<Option<String>> {
    let mut found = Vec::new();
    let whole = if db::testing::on_postgres() { "string_agg" } else { "group_concat" };
    for (table, row) in [
        ("users", "username || first_name || role || CAST(active AS TEXT) || COALESCE(CAST(team_id AS TEXT), '')"),
        ("teams", "name"),
        ("campaigns", "name || COALESCE(CAST(target AS TEXT), '')"),
        ("companies", "name"),
        ("settings", "name || value"),
        ("choices", "name || CAST(retired AS TEXT)"),
        ("targets", "CAST(amount AS TEXT)"),
        ("closed_months", "CAST(month AS TEXT)"),
        ("user_tokens", "token_hash"),
        ("sessions", "CAST(user_id AS TEXT)"),
        ("activity", "kind"),
    ] {
        found.push(server.world.text(&format!("SELECT {whole}(it, ',') FROM (SELECT {row} AS it FROM {table} ORDER BY 1) AS rows")).await);
    }
    found.push(Some(server.world.number("SELECT CAST(sum(version) AS BIGINT) FROM orders").await.to_string()));
    found
}

#[tokio::test]
async fn every_page_is_there_for_whom_it_is_and_missing_for_all_others() {
    let server = server().await;
    for (name, role) in PEOPLE {
        let cookie = server.signed_in(name).await;
        let missing = server.get("/campaigns/999999/", &cookie).await;
        for (path, permission) in PAGES {
            let answer = server.get(path, &cookie).await;
            let expected = if may(role, permission, false) { StatusCode::OK } else { StatusCode::NOT_FOUND };
            assert_eq!(answer.status, expected, "{name} {path}");
            if expected == StatusCode::NOT_FOUND && !path.contains("csv") {
                assert_eq!(answer.body.contains("Page not found"), missing.body.contains("Page not found"), "{name} {path}");
            }
            assert!(!answer.body.contains(" style="), "{path} has a style of its own");
        }
    }
}

#[tokio::test]
async fn what_a_wrong_role_sends_changes_nothing() {
    for (name, role) in PEOPLE {
        for (path, permission, pairs) in FORMS {
            let server = server().await;
            let cookie = server.signed_in(name).await;
            let before = footprint(&server).await;
            let answer = server.post(path, &cookie, pairs).await;
            let after = footprint(&server).await;
            if may(role, permission, false) {
                let fine = [StatusCode::SEE_OTHER, StatusCode::OK, StatusCode::UNPROCESSABLE_ENTITY];
                assert!(fine.contains(&answer.status), "{name} {path}: {}", answer.status);
                let refused = answer.status == StatusCode::UNPROCESSABLE_ENTITY;
                // A wrong password is a failure that the log knows of.
                if path == "/profile/password/" {
                    assert!(refused, "{name} {path}");
                } else {
                    assert_eq!(before == after, refused, "{name} {path}");
                }
            } else {
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{name} {path}");
                assert_eq!(before, after, "{name} {path} wrote something");
            }
        }
    }
}

#[tokio::test]
async fn a_stranger_reaches_none_of_them() {
    let server = server().await;
    let before = footprint(&server).await;
    for (path, _) in PAGES {
        let answer = server.get(path, "").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert!(answer.location().starts_with("/login/"), "{path}");
    }
    for (path, _, pairs) in FORMS {
        assert_eq!(server.post(path, "", pairs).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    assert_eq!(footprint(&server).await, before);
}

/// A form that must be refused, beside which field, with which words; what was typed comes back.
async fn refused(server: &TestServer, cookie: &str, path: &str, pairs: &[(&str, &str)], words: &str) {
    let before = footprint(server).await;
    let answer = server.post(path, cookie, pairs).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {pairs:?}: {}", answer.location());
    assert!(answer.body.contains(words), "{path} {pairs:?}: no “{words}”");
    for (_, value) in pairs.iter().filter(|(name, value)| *name == "name" && !value.is_empty()) {
        assert!(answer.body.contains(value), "{path}: “{value}” is lost");
    }
    assert_eq!(footprint(server).await, before, "{path} {pairs:?}");
}

#[tokio::test]
async fn bad_input_gets_its_sentence_and_changes_nothing() {
    let server = server().await;
    let ada = server.signed_in("ada").await;
    let new = "/campaigns/new/";
    refused(&server, &ada, new, &[("name", "")], "Enter a campaign name").await;
    refused(&server, &ada, new, &[("name", "Pounds"), ("target", "a lot")], "Enter an amount such as").await;
    refused(&server, &ada, new, &[("name", "Below"), ("target", "-1")], "Enter an amount of 0 or more").await;
    refused(
        &server,
        &ada,
        new,
        &[("name", "Back"), ("start_on", "2026-03-01"), ("end_on", "2026-02-01")],
        "The end date must be on or after the start date",
    )
    .await;
    refused(&server, &ada, new, &[("name", "Rich"), ("rate", "101")], "Enter a percentage up to 100").await;
    let twice = server.world.text("SELECT name FROM campaigns WHERE id = 2").await.unwrap();
    let twice = twice.to_uppercase();
    refused(&server, &ada, new, &[("name", twice.as_str())], "A campaign with this name already exists").await;
    refused(&server, &ada, "/admin/teams/", &[("name", "moor")], "A team with this name already exists").await;
    let settings =
        |zone: &'static str, currency: &'static str| [("name", "X"), ("time_zone", zone), ("currency", currency), ("visibility", "all")];
    refused(&server, &ada, "/admin/settings/", &settings("Mars/Olympus", "GBP"), "Enter a time zone such as").await;
    refused(&server, &ada, "/admin/settings/", &settings("Europe/London", "EUR"), "The currency can't be changed once an order exists")
        .await;
    refused(&server, &ada, "/targets/person/4/", &[("month", "2026-11"), ("target", "much")], "Enter an amount such as").await;
    refused(&server, &ada, "/commission/close/", &[("month", "2026-11")], "November 2026 isn't over").await;
    assert_eq!(server.post("/commission/close/", &ada, &[("month", "2026-10")]).await.status, StatusCode::SEE_OTHER);
    refused(&server, &ada, "/commission/close/", &[("month", "2026-10")], "October 2026 is already closed").await;
    let nowhere = [("next_NW", "TP"), ("next_TP", "HD"), ("next_TP", "NW"), ("next_HD", "TP"), ("next_IS", "CN")];
    refused(&server, &ada, "/admin/settings/rules/", &nowhere, "no new order could become Connected").await;
    refused(&server, &ada, "/admin/settings/choices/network/", &[("name", "ee")], "This is already in the list").await;
    refused(&server, &ada, "/admin/users/new/", &[("username", "layla"), ("role", "agent")], "This username is already taken").await;
    refused(&server, &ada, "/admin/users/new/", &[("username", "fine"), ("role", "king")], "Choose a role").await;
    // Nonsense in an address is named, and never fails.
    for (path, words) in [
        ("/dashboard/?period=aeon", "is not a period"),
        ("/dashboard/?from=1700-01-01&to=2000-01-01", "Enter a year between"),
        ("/dashboard/?from=1900-01-01&to=2199-12-31", "A period can be at most 10 years long"),
        ("/dashboard/?owner=999999", "That owner wasn't found"),
        ("/reports/?measure=love", "is not a measure"),
        ("/reports/?rows=%00&from=2026-12-31&to=2026-01-01", "Reports can't be grouped by"),
        ("/activity/?before=now&who=nobody", "That page wasn't found"),
    ] {
        let answer = server.get(path, &ada).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.body.contains(words), "{path}: no “{words}”");
    }
}

#[tokio::test]
async fn the_last_active_admin_stays() {
    let server = server().await;
    let ada = server.signed_in("ada").await;
    let id = server.world.number("SELECT id FROM users WHERE username = 'ada'").await;
    for (verb, pairs) in [("edit", [("role", "manager")]), ("deactivate", [("give", "")]), ("delete", [("x", "")])] {
        refused(&server, &ada, &format!("/admin/users/{id}/{verb}/"), &pairs, "This is the last active admin").await;
    }
    // With another one, who has a password, it may go.
    server.world.sql("UPDATE users SET role = 'admin' WHERE username = 'layla'").await.unwrap();
    let answer = server.post(&format!("/admin/users/{id}/edit/"), &ada, &[("role", "manager")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(server.get("/admin/users/", &ada).await.status, StatusCode::SEE_OTHER, "another role ends every session");
}

#[tokio::test]
async fn who_leaves_is_signed_out_and_the_open_orders_go_on() {
    let server = server().await;
    let (ada, xavier) = (server.signed_in("ada").await, server.signed_in("xavier").await);
    let id = |name: &str| format!("SELECT id FROM users WHERE username = '{name}'");
    let (from, to) = (server.world.number(&id("xavier")).await, server.world.number(&id("hannah")).await);
    let open =
        |id: i64| format!("SELECT count(*) FROM orders WHERE owner_id = {id} AND status NOT IN ('CN', 'CNL') AND trashed_at IS NULL");
    let (his, hers) = (server.world.number(&open(from)).await, server.world.number(&open(to)).await);
    assert!(his > 0);
    let give = to.to_string();
    let answer = server.post(&format!("/admin/users/{from}/deactivate/"), &ada, &[("give", give.as_str())]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(server.get("/orders/", &xavier).await.status, StatusCode::SEE_OTHER, "signed out at once");
    assert_eq!(server.world.number(&open(from)).await, 0);
    assert_eq!(server.world.number(&open(to)).await, hers + his);
    let mut differences = 0;
    db::rollups::check(&server.world.db, |_| differences += 1).await.unwrap();
    assert_eq!(differences, 0);
    // Deleting says what it did instead.
    let answer = server.get(&format!("/admin/users/{from}/delete/"), &ada).await;
    assert!(answer.body.contains("deactivated instead"));
}

#[tokio::test]
async fn an_invitation_is_shown_once_and_leads_in() {
    let server = server().await;
    let ada = server.signed_in("ada").await;
    let answer = server.post("/admin/users/new/", &ada, &[("username", "newbie"), ("first_name", "New"), ("role", "agent")]).await;
    assert_eq!(answer.status, StatusCode::OK);
    let token = answer.body.split("/invite/").nth(1).and_then(|rest| rest.split('/').next()).expect("a link").to_owned();
    let pairs = [("password", "the long way home"), ("again", "the long way home")];
    assert_eq!(server.post(&format!("/invite/{token}/"), "", &pairs).await.status, StatusCode::SEE_OTHER);
    let answer = server.post("/login/", "", &[("username", "newbie"), ("password", "the long way home")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.location(), "/");
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    text.split_once(from)?.1.split_once(to).map(|(it, _)| it)
}

#[tokio::test]
async fn every_figure_leads_to_a_list_that_is_worth_the_same() {
    let server = server().await;
    let layla = server.signed_in("layla").await;
    for address in ["/dashboard/", "/dashboard/?campaign=3", "/dashboard/?owner=5", "/dashboard/?team=1"] {
        let page = server.get(address, &layla).await.body;
        let figures: Vec<&str> = page.split("<a ").filter(|it| it.split('>').next().is_some_and(|tag| tag.contains("card kpi"))).collect();
        assert_eq!(figures.len(), 4, "{address}");
        for figure in figures {
            let href = between(figure, "href=\"", "\"").unwrap().replace("&amp;", "&");
            let sum = between(figure, "kpi-value\">", "<").unwrap().to_owned();
            let list = server.get(&href, &layla).await.body;
            let foot = between(&list, "list-foot", "</p>").unwrap_or("");
            assert!(foot.contains(&sum) || (sum == "£0.00" && !foot.contains('£')), "{address} {href}: {sum} is not in {foot}");
        }
    }
    let report = server.get("/reports/?measure=revenue&rows=person&period=year", &layla).await.body;
    for row in between(&report, "<tbody>", "</tbody>").unwrap().split("<tr>").skip(1) {
        let (Some(href), Some(sum)) = (between(row, "href=\"", "\""), between(row, "class=\"numeric\">", "<")) else { continue };
        let list = server.get(&href.replace("&amp;", "&"), &layla).await.body;
        assert!(between(&list, "list-foot", "</p>").unwrap_or("").contains(sum), "{href}: {sum}");
    }
}

#[tokio::test]
async fn a_choice_in_use_is_retired_and_stays_on_its_orders() {
    let server = server().await;
    let ada = server.signed_in("ada").await;
    let id = server.world.number("SELECT id FROM choices WHERE name = 'EE'").await.to_string();
    assert_eq!(server.post("/admin/settings/choices/remove/", &ada, &[("id", id.as_str())]).await.status, StatusCode::SEE_OTHER);
    assert!(server.world.number("SELECT count(*) FROM orders WHERE network = 'EE'").await > 0);
    assert_eq!(server.world.number("SELECT count(*) FROM choices WHERE name = 'EE' AND retired").await, 1);
    assert!(!server.get("/orders/new/", &ada).await.body.contains(">EE<"));
    let number = server.world.text("SELECT number FROM orders WHERE network = 'EE' LIMIT 1").await.unwrap();
    assert!(server.get(&format!("/orders/{number}/update/"), &ada).await.body.contains(">EE<"), "kept where it is in use");
}

#[tokio::test]
async fn the_own_password_ends_every_session() {
    let server = server().await;
    let xavier = server.signed_in("xavier").await;
    let wrong = [("present", "nonsense"), ("password", "a whole new sentence"), ("again", "a whole new sentence")];
    assert_eq!(server.post("/profile/password/", &xavier, &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = [("present", db::demo::PASSWORD), ("password", "a whole new sentence"), ("again", "a whole new sentence")];
    assert_eq!(server.post("/profile/password/", &xavier, &right).await.status, StatusCode::SEE_OTHER);
    assert_eq!(server.get("/orders/", &xavier).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_browser_hears_that_a_form_is_stored_and_which() {
    let server = server().await;
    let ada = server.signed_in("ada").await;
    let number = server.world.text("SELECT number FROM orders WHERE status = 'NW' LIMIT 1").await.unwrap();
    let comment = format!("/orders/{number}/comment/");
    let mut table: Vec<(&str, Fields, Fields)> = vec![
        ("/companies/new/", &[("name", "Kept Kilns Ltd")], &[("name", "")]),
        ("/admin/users/new/", &[("username", "wren"), ("role", "agent")], &[("username", "")]),
        ("/orders/new/", &[("status", "NW"), ("business_name", "Kept Kilns Ltd")], &[("status", "NW"), ("billing_email", "none")]),
    ];
    table.push((&comment, &[("body", "Rang.")], &[("body", "")]));
    for (path, right, wrong) in table {
        let refused = server.post(path, &ada, wrong).await;
        assert_eq!((refused.status, refused.stored()), (StatusCode::UNPROCESSABLE_ENTITY, None), "{path}");
        let stored = server.post(path, &ada, right).await;
        assert!(stored.status.is_redirection() || stored.status.is_success(), "{path}: {}", stored.status);
        assert_eq!(stored.stored().as_deref(), Some(path));
    }
}

#[tokio::test]
async fn what_is_dangerous_asks_for_an_old_password_and_keeps_what_was_typed() {
    let server = server().await;
    let ada = server.signed_in("ada").await;
    server.world.db.clock.set(db::testing::NOW + 11 * 60_000_000);
    let before = footprint(&server).await;
    let answer = server.post("/admin/teams/", &ada, &[("name", "Far & West")]).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.body.contains("Confirm your password") && answer.body.contains("Far &amp; West"), "{}", answer.body);
    assert_eq!(footprint(&server).await, before);
    let again = |password: &'static str| [("name", "Far & West"), ("confirm-to", "/admin/teams/"), ("confirm-password", password)];
    let wrong = server.post("/profile/confirm/", &ada, &again("guessed")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.body.contains("Wrong password, or too many attempts")
            && wrong.body.contains("Far &amp; West")
            && !wrong.body.contains("guessed")
    );
    assert_eq!((answer.stored(), wrong.stored()), (None, None));
    let right = server.post("/profile/confirm/", &ada, &again(db::demo::PASSWORD)).await;
    assert_eq!((right.status, right.location()), (StatusCode::SEE_OTHER, "/admin/teams/"));
    assert_eq!(right.stored().as_deref(), Some("/admin/teams/"), "what the browser keeps is kept by the form's own address");
    assert_eq!(server.world.number("SELECT count(*) FROM teams WHERE name = 'Far & West'").await, 1);
    assert_eq!(server.post("/admin/teams/", &ada, &[("name", "Near")]).await.status, StatusCode::SEE_OTHER, "it counts for ten minutes");
    // Nobody gets further than they might.
    let layla = server.signed_in("layla").await;
    let answer = server
        .post("/profile/confirm/", &layla, &[("confirm-to", "/admin/teams/"), ("name", "X"), ("confirm-password", db::demo::PASSWORD)])
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_filtered_list_is_taken_out_as_it_is_on_screen_and_nothing_else() {
    let server = server().await;
    let layla = server.signed_in("layla").await;
    let list = "/orders/?status=HD";
    let of = format!("/orders/export/?{}", crate::harness::form(&[("of", list)]));
    assert!(server.get(list, &layla).await.body.contains(&of.replace('&', "&amp;")), "{of}");
    let file = server.get(&of, &layla).await;
    assert_eq!(file.status, StatusCode::OK);
    let held = server.world.number("SELECT count(*) FROM orders WHERE status = 'HD'").await;
    assert!(held > 0);
    assert_eq!(file.body.lines().skip(1).filter(|line| line.contains(",HD,")).count() as i64, held);
    assert_eq!(file.body.matches("\n").count() as i64, held + 1, "no other line");
    for encoding in ["gzip", "br", "identity"] {
        let request = Request::get(&of).header(header::COOKIE, &layla).header(header::ACCEPT_ENCODING, encoding);
        let same = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(same.body, file.body, "{encoding}");
        let sent = same.headers.get(header::CONTENT_ENCODING).map(|it| it.to_str().unwrap());
        assert_eq!(sent, (encoding != "identity").then_some(encoding));
    }
    let searched = format!("/orders/export/?{}", crate::harness::form(&[("of", "/orders/search/?query=moorland")]));
    assert!(server.get(&searched, &layla).await.body.contains("Moorland"));
    for (name, of) in
        [("layla", "/orders/?status=XX"), ("layla", "/orders/trash/"), ("layla", "/nothing/"), ("xavier", list), ("ruth", list)]
    {
        let cookie = server.signed_in(name).await;
        let of = format!("/orders/export/?{}", crate::harness::form(&[("of", of)]));
        assert_eq!(server.get(&of, &cookie).await.status, StatusCode::NOT_FOUND, "{name} {of}");
    }
    assert_eq!(server.world.number("SELECT count(*) FROM activity WHERE kind = 'exported'").await, 5);
}

#[tokio::test]
async fn a_company_is_merged_and_deleted_by_plain_forms_and_only_by_who_may() {
    let server = server().await;
    let (layla, xavier) = (server.signed_in("layla").await, server.signed_in("xavier").await);
    let made = async |name: &str| {
        let answer = server.post("/companies/new/", &layla, &[("name", name)]).await;
        answer.location().trim_matches('/').rsplit('/').next().unwrap_or_default().to_owned()
    };
    let (one, two) = (made("Quokka Ltd").await, made("QUOKKA ltd").await);
    let page = server.get(&format!("/companies/{two}/"), &layla).await.body;
    assert!(page.contains(&format!("Quokka Ltd (no. {one})")) && page.contains("Delete this company"), "{page}");
    assert!(!server.get(&format!("/companies/{two}/"), &xavier).await.body.contains("Merge or delete"));
    for (act, pairs) in [("merge", vec![("into", "Quokka Ltd")]), ("delete", vec![]), ("restore", vec![])] {
        let answer = server.post(&format!("/companies/{two}/{act}/"), &xavier, &pairs).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{act}");
    }
    // By its name alone it is nobody: two have it.
    let refused = server.post(&format!("/companies/{two}/merge/"), &layla, &[("into", "quokka LTD")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Several companies have this name") && refused.body.contains("value=\"quokka LTD\""), "{}", refused.body);
    let into = format!("Quokka Ltd (no. {one})");
    let done = server.post(&format!("/companies/{two}/merge/"), &layla, &[("into", &into)]).await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/companies/"));
    assert_eq!(server.post(&format!("/companies/{one}/delete/"), &layla, &[]).await.status, StatusCode::SEE_OTHER);
    assert!(server.get(&format!("/companies/{one}/"), &layla).await.body.contains("This company was deleted"));
    let taken = server.world.number("SELECT max(company_id) FROM orders").await;
    let refused = server.post(&format!("/companies/{taken}/delete/"), &layla, &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("merge it into another company instead"), "{}", refused.body);
}

#[tokio::test]
async fn the_axis_of_a_chart_without_orders_has_a_different_number_at_each_line() {
    let server = server().await;
    let page = server.get("/dashboard/?from=2001-01-01&to=2001-01-07", &server.signed_in("layla").await).await;
    let ends = page.body.match_indices("text-anchor=\"end\"").map(|(at, _)| &page.body[at..]);
    let labels: Vec<&str> = ends.filter_map(|it| Some(it.split_once('>')?.1.split_once('<')?.0)).collect();
    assert_eq!(labels, ["0", "1", "2", "3", "4"]);
}

#[tokio::test]
async fn pages_that_are_asked_for_at_once_are_whole_and_have_their_own_titles() {
    let server = server().await;
    let cookie = server.signed_in("ada").await;
    let title = |page: &str| between(page, "<title>", "</title>").map(str::to_owned);
    let paths = ["/orders/", "/targets/", "/campaigns/1/", "/companies/1/", "/reports/", "/activity/", "/help/", "/admin/settings/"];
    let mut titles = Vec::new();
    for path in paths {
        titles.push(title(&server.get(path, &cookie).await.body).expect(path));
    }
    for _ in 0..20 {
        let answers = futures_util::future::join_all(paths.map(|path| server.get(path, &cookie))).await;
        for ((path, expected), answer) in paths.iter().zip(&titles).zip(answers) {
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            assert_eq!(title(&answer.body).as_ref(), Some(expected), "{path}");
        }
    }
}
