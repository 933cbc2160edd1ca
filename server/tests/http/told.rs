//! Pages that tell and post plain forms: who may, what is refused with which words, and that figures are their lists.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::role::{Act, Role, may};

use crate::harness::{Door, Fields, door};

const PEOPLE: [(&str, Role); 4] = [("ada", Role::Admin), ("layla", Role::Manager), ("xavier", Role::Agent), ("ruth", Role::Viewer)];

/// Every told page with the right that it needs.
const PAGES: [(&str, Act); 29] = [
    ("/", Act::Read),
    ("/dashboard/", Act::Read),
    ("/dashboard/?period=year&owner=5", Act::Read),
    ("/reports/", Act::Read),
    ("/reports/?measure=conversion&rows=month&period=year", Act::Read),
    ("/reports/?measure=days&rows=network&period=year", Act::Read),
    ("/reports/?measure=lost&period=year", Act::Read),
    ("/reports/csv/?measure=revenue&rows=person&period=year", Act::Export),
    ("/campaigns/", Act::Read),
    ("/campaigns/1/", Act::Read),
    ("/campaigns/new/", Act::Campaigns),
    ("/campaigns/1/edit/", Act::Campaigns),
    ("/companies/", Act::Read),
    ("/companies/?query=moor", Act::Read),
    ("/companies/1/", Act::Read),
    ("/companies/new/", Act::Campaigns),
    ("/companies/1/edit/", Act::Campaigns),
    ("/commission/", Act::Read),
    ("/targets/", Act::Read),
    ("/activity/", Act::Read),
    ("/rights/", Act::Read),
    ("/profile/edit/", Act::Read),
    ("/profile/password/", Act::Read),
    ("/admin/users/", Act::Administer),
    ("/admin/users/new/", Act::Administer),
    ("/admin/users/4/edit/", Act::Administer),
    ("/admin/users/4/delete/", Act::Administer),
    ("/admin/settings/", Act::Administer),
    ("/admin/settings/rules/", Act::Administer),
];

/// An address, the right that it needs, and what is sent.
type Sent = (&'static str, Act, &'static [(&'static str, &'static str)]);

/// Every form of theirs with the right that it needs, and something that it would take.
const FORMS: [Sent; 22] = [
    ("/campaigns/new/", Act::Campaigns, &[("name", "Winter"), ("target", "1,000"), ("active", "yes")]),
    ("/campaigns/1/edit/", Act::Campaigns, &[("name", "Renamed"), ("active", "yes")]),
    ("/companies/new/", Act::Campaigns, &[("name", "New Ltd")]),
    ("/companies/1/edit/", Act::Campaigns, &[("name", "Other Ltd")]),
    ("/commission/close/", Act::Targets, &[("month", "2026-09")]),
    ("/targets/person/4/", Act::Targets, &[("month", "2026-11"), ("target", "5000")]),
    ("/targets/team/1/", Act::Targets, &[("month", "2026-11"), ("target", "9000")]),
    ("/admin/users/new/", Act::Administer, &[("username", "newbie"), ("role", "agent")]),
    ("/admin/users/6/edit/", Act::Administer, &[("first_name", "Other"), ("role", "viewer")]),
    ("/admin/users/6/deactivate/", Act::Administer, &[("give", "5")]),
    ("/admin/users/6/reactivate/", Act::Administer, &[]),
    ("/admin/users/6/sign-out/", Act::Administer, &[]),
    ("/admin/users/6/reset/", Act::Administer, &[]),
    ("/admin/users/6/delete/", Act::Administer, &[]),
    ("/admin/teams/", Act::Administer, &[("name", "West")]),
    ("/admin/teams/1/", Act::Administer, &[("name", "Far North")]),
    ("/admin/settings/", Act::Administer, &[("name", "Other"), ("time_zone", "Europe/London"), ("currency", "GBP"), ("sight", "all")]),
    ("/admin/settings/rules/", Act::Administer, &[("next_NW", "TP"), ("next_TP", "CN"), ("requires_CNL", "loss_reason")]),
    ("/admin/settings/choices/network/", Act::Administer, &[("name", "Vodafone")]),
    ("/admin/settings/choices/remove/", Act::Administer, &[("id", "1")]),
    ("/profile/edit/", Act::Read, &[("first_name", "Me")]),
    ("/profile/password/", Act::Read, &[("present", "wrong"), ("password", "a b c d e f g h"), ("again", "a b c d e f g h")]),
];

/// Every row of every table that these verbs write.
async fn footprint(door: &Door) -> Vec<Option<String>> {
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
        found.push(door.house.text(&format!("SELECT {whole}(it, ',') FROM (SELECT {row} AS it FROM {table} ORDER BY 1) AS rows")).await);
    }
    found.push(Some(door.house.number("SELECT CAST(sum(version) AS BIGINT) FROM orders").await.to_string()));
    found
}

#[tokio::test]
async fn every_page_is_there_for_whom_it_is_and_missing_for_all_others() {
    let door = door().await;
    for (name, role) in PEOPLE {
        let cookie = door.signed_in(name).await;
        let missing = door.get("/campaigns/999999/", &cookie).await;
        for (path, act) in PAGES {
            let answer = door.get(path, &cookie).await;
            let expected = if may(role, act, false) { StatusCode::OK } else { StatusCode::NOT_FOUND };
            assert_eq!(answer.status, expected, "{name} {path}");
            if expected == StatusCode::NOT_FOUND && !path.contains("csv") {
                assert_eq!(answer.body.contains("Nothing here"), missing.body.contains("Nothing here"), "{name} {path}");
            }
            assert!(!answer.body.contains(" style="), "{path} has a style of its own");
        }
    }
}

#[tokio::test]
async fn what_a_wrong_role_sends_changes_nothing() {
    for (name, role) in PEOPLE {
        for (path, act, pairs) in FORMS {
            let door = door().await;
            let cookie = door.signed_in(name).await;
            let before = footprint(&door).await;
            let answer = door.post(path, &cookie, pairs).await;
            let after = footprint(&door).await;
            if may(role, act, false) {
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
    let door = door().await;
    let before = footprint(&door).await;
    for (path, _) in PAGES {
        let answer = door.get(path, "").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert!(answer.location().starts_with("/login/"), "{path}");
    }
    for (path, _, pairs) in FORMS {
        assert_eq!(door.post(path, "", pairs).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    assert_eq!(footprint(&door).await, before);
}

/// A form that must be refused, beside which field, with which words; what was typed comes back.
async fn refused(door: &Door, cookie: &str, path: &str, pairs: &[(&str, &str)], words: &str) {
    let before = footprint(door).await;
    let answer = door.post(path, cookie, pairs).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {pairs:?}: {}", answer.location());
    assert!(answer.body.contains(words), "{path} {pairs:?}: no “{words}”");
    for (_, value) in pairs.iter().filter(|(name, value)| *name == "name" && !value.is_empty()) {
        assert!(answer.body.contains(value), "{path}: “{value}” is lost");
    }
    assert_eq!(footprint(door).await, before, "{path} {pairs:?}");
}

#[tokio::test]
async fn bad_input_gets_its_sentence_and_changes_nothing() {
    let door = door().await;
    let ada = door.signed_in("ada").await;
    let new = "/campaigns/new/";
    refused(&door, &ada, new, &[("name", "")], "Give the campaign a name.").await;
    refused(&door, &ada, new, &[("name", "Pounds"), ("target", "a lot")], "Type a sum such as").await;
    refused(&door, &ada, new, &[("name", "Below"), ("target", "-1")], "A sum cannot be below zero.").await;
    refused(&door, &ada, new, &[("name", "Back"), ("start_on", "2026-03-01"), ("end_on", "2026-02-01")], "It cannot end before it starts.")
        .await;
    refused(&door, &ada, new, &[("name", "Rich"), ("rate", "101")], "At most 100 per cent.").await;
    let twice = door.house.text("SELECT name FROM campaigns WHERE id = 2").await.unwrap();
    let twice = twice.to_uppercase();
    refused(&door, &ada, new, &[("name", twice.as_str())], "There is a campaign of this name already.").await;
    refused(&door, &ada, "/admin/teams/", &[("name", "moor")], "There is a team of this name already.").await;
    let settings =
        |zone: &'static str, currency: &'static str| [("name", "X"), ("time_zone", zone), ("currency", currency), ("sight", "all")];
    refused(&door, &ada, "/admin/settings/", &settings("Mars/Olympus", "GBP"), "This is no time zone").await;
    refused(&door, &ada, "/admin/settings/", &settings("Europe/London", "EUR"), "The currency is fixed once an order exists.").await;
    refused(&door, &ada, "/targets/person/4/", &[("month", "2026-11"), ("target", "much")], "Type a sum such as").await;
    refused(&door, &ada, "/commission/close/", &[("month", "2026-11")], "November 2026 is not over").await;
    assert_eq!(door.post("/commission/close/", &ada, &[("month", "2026-10")]).await.status, StatusCode::SEE_OTHER);
    refused(&door, &ada, "/commission/close/", &[("month", "2026-10")], "October 2026 is closed already.").await;
    let nowhere = [("next_NW", "TP"), ("next_TP", "HD"), ("next_TP", "NW"), ("next_HD", "TP"), ("next_IS", "CN")];
    refused(&door, &ada, "/admin/settings/rules/", &nowhere, "No new order could ever become Connected").await;
    refused(&door, &ada, "/admin/settings/choices/network/", &[("name", "ee")], "This is in the list already.").await;
    refused(&door, &ada, "/admin/users/new/", &[("username", "layla"), ("role", "agent")], "Somebody has this username already.").await;
    refused(&door, &ada, "/admin/users/new/", &[("username", "fine"), ("role", "king")], "Choose a role.").await;
    // Nonsense in an address is named, and never fails.
    for (path, words) in [
        ("/dashboard/?period=aeon", "is no period"),
        ("/dashboard/?from=1700-01-01&to=2000-01-01", "The year must lie between"),
        ("/dashboard/?from=1900-01-01&to=2199-12-31", "At most ten years at once"),
        ("/dashboard/?owner=999999", "That owner is not known"),
        ("/reports/?measure=love", "is not measured"),
        ("/reports/?rows=%00&from=2026-12-31&to=2026-01-01", "tells nothing apart"),
        ("/activity/?before=now&who=nobody", "That place in the log is not known"),
    ] {
        let answer = door.get(path, &ada).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.body.contains(words), "{path}: no “{words}”");
    }
}

#[tokio::test]
async fn the_last_active_admin_stays() {
    let door = door().await;
    let ada = door.signed_in("ada").await;
    let id = door.house.number("SELECT id FROM users WHERE username = 'ada'").await;
    for (verb, pairs) in [("edit", [("role", "manager")]), ("deactivate", [("give", "")]), ("delete", [("x", "")])] {
        refused(&door, &ada, &format!("/admin/users/{id}/{verb}/"), &pairs, "This is the last active admin").await;
    }
    // With another one, who has a password, it may go.
    door.house.sql("UPDATE users SET role = 'admin' WHERE username = 'layla'").await.unwrap();
    let answer = door.post(&format!("/admin/users/{id}/edit/"), &ada, &[("role", "manager")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(door.get("/admin/users/", &ada).await.status, StatusCode::SEE_OTHER, "another role ends every session");
}

#[tokio::test]
async fn who_leaves_is_signed_out_and_the_open_orders_go_on() {
    let door = door().await;
    let (ada, xavier) = (door.signed_in("ada").await, door.signed_in("xavier").await);
    let id = |name: &str| format!("SELECT id FROM users WHERE username = '{name}'");
    let (from, to) = (door.house.number(&id("xavier")).await, door.house.number(&id("hannah")).await);
    let open =
        |id: i64| format!("SELECT count(*) FROM orders WHERE owner_id = {id} AND status NOT IN ('CN', 'CNL') AND trashed_at IS NULL");
    let (his, hers) = (door.house.number(&open(from)).await, door.house.number(&open(to)).await);
    assert!(his > 0);
    let give = to.to_string();
    let answer = door.post(&format!("/admin/users/{from}/deactivate/"), &ada, &[("give", give.as_str())]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(door.get("/orders/", &xavier).await.status, StatusCode::SEE_OTHER, "signed out at once");
    assert_eq!(door.house.number(&open(from)).await, 0);
    assert_eq!(door.house.number(&open(to)).await, hers + his);
    let mut differences = 0;
    db::figures::check(&door.house.db, |_| differences += 1).await.unwrap();
    assert_eq!(differences, 0);
    // Deleting says what it did instead.
    let answer = door.get(&format!("/admin/users/{from}/delete/"), &ada).await;
    assert!(answer.body.contains("deactivated instead"));
}

#[tokio::test]
async fn an_invitation_is_shown_once_and_leads_in() {
    let door = door().await;
    let ada = door.signed_in("ada").await;
    let answer = door.post("/admin/users/new/", &ada, &[("username", "newbie"), ("first_name", "New"), ("role", "agent")]).await;
    assert_eq!(answer.status, StatusCode::OK);
    let token = answer.body.split("/invite/").nth(1).and_then(|rest| rest.split('/').next()).expect("a link").to_owned();
    let pairs = [("password", "the long way home"), ("again", "the long way home")];
    assert_eq!(door.post(&format!("/invite/{token}/"), "", &pairs).await.status, StatusCode::SEE_OTHER);
    let answer = door.post("/login/", "", &[("username", "newbie"), ("password", "the long way home")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.location(), "/");
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    text.split_once(from)?.1.split_once(to).map(|(it, _)| it)
}

#[tokio::test]
async fn every_figure_leads_to_a_list_that_is_worth_the_same() {
    let door = door().await;
    let layla = door.signed_in("layla").await;
    for address in ["/dashboard/", "/dashboard/?campaign=3", "/dashboard/?owner=5", "/dashboard/?team=1"] {
        let page = door.get(address, &layla).await.body;
        let figures: Vec<&str> =
            page.split("<a ").filter(|it| it.split('>').next().is_some_and(|tag| tag.contains("card figure"))).collect();
        assert_eq!(figures.len(), 4, "{address}");
        for figure in figures {
            let href = between(figure, "href=\"", "\"").unwrap().replace("&amp;", "&");
            let sum = between(figure, "figure-sum\">", "<").unwrap().to_owned();
            let list = door.get(&href, &layla).await.body;
            let foot = between(&list, "list-foot", "</p>").unwrap_or("");
            assert!(foot.contains(&sum) || (sum == "£0.00" && !foot.contains('£')), "{address} {href}: {sum} is not in {foot}");
        }
    }
    let report = door.get("/reports/?measure=revenue&rows=person&period=year", &layla).await.body;
    for row in between(&report, "<tbody>", "</tbody>").unwrap().split("<tr>").skip(1) {
        let (Some(href), Some(sum)) = (between(row, "href=\"", "\""), between(row, "class=\"num\">", "<")) else { continue };
        let list = door.get(&href.replace("&amp;", "&"), &layla).await.body;
        assert!(between(&list, "list-foot", "</p>").unwrap_or("").contains(sum), "{href}: {sum}");
    }
}

#[tokio::test]
async fn a_choice_in_use_is_retired_and_stays_on_its_orders() {
    let door = door().await;
    let ada = door.signed_in("ada").await;
    let id = door.house.number("SELECT id FROM choices WHERE name = 'EE'").await.to_string();
    assert_eq!(door.post("/admin/settings/choices/remove/", &ada, &[("id", id.as_str())]).await.status, StatusCode::SEE_OTHER);
    assert!(door.house.number("SELECT count(*) FROM orders WHERE network = 'EE'").await > 0);
    assert_eq!(door.house.number("SELECT count(*) FROM choices WHERE name = 'EE' AND retired").await, 1);
    assert!(!door.get("/orders/new/", &ada).await.body.contains(">EE<"));
    let number = door.house.text("SELECT number FROM orders WHERE network = 'EE' LIMIT 1").await.unwrap();
    assert!(door.get(&format!("/orders/{number}/update/"), &ada).await.body.contains(">EE<"), "kept where it is in use");
}

#[tokio::test]
async fn the_own_password_ends_every_session() {
    let door = door().await;
    let xavier = door.signed_in("xavier").await;
    let wrong = [("present", "nonsense"), ("password", "a whole new sentence"), ("again", "a whole new sentence")];
    assert_eq!(door.post("/profile/password/", &xavier, &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = [("present", db::demo::PASSWORD), ("password", "a whole new sentence"), ("again", "a whole new sentence")];
    assert_eq!(door.post("/profile/password/", &xavier, &right).await.status, StatusCode::SEE_OTHER);
    assert_eq!(door.get("/orders/", &xavier).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_browser_hears_that_a_form_is_stored_and_which() {
    let door = door().await;
    let ada = door.signed_in("ada").await;
    let number = door.house.text("SELECT number FROM orders WHERE status = 'NW' LIMIT 1").await.unwrap();
    let comment = format!("/orders/{number}/comment/");
    let mut table: Vec<(&str, Fields, Fields)> = vec![
        ("/companies/new/", &[("name", "Kept Kilns Ltd")], &[("name", "")]),
        ("/admin/users/new/", &[("username", "wren"), ("role", "agent")], &[("username", "")]),
        ("/orders/new/", &[("status", "NW"), ("business_name", "Kept Kilns Ltd")], &[("status", "NW"), ("billing_email", "none")]),
    ];
    table.push((&comment, &[("body", "Rang.")], &[("body", "")]));
    for (path, right, wrong) in table {
        let refused = door.post(path, &ada, wrong).await;
        assert_eq!((refused.status, refused.stored()), (StatusCode::UNPROCESSABLE_ENTITY, None), "{path}");
        let stored = door.post(path, &ada, right).await;
        assert!(stored.status.is_redirection() || stored.status.is_success(), "{path}: {}", stored.status);
        assert_eq!(stored.stored().as_deref(), Some(path));
    }
}

#[tokio::test]
async fn what_is_dangerous_asks_for_an_old_password_and_keeps_what_was_typed() {
    let door = door().await;
    let ada = door.signed_in("ada").await;
    door.house.db.clock.set(db::testing::NOW + 11 * 60_000_000);
    let before = footprint(&door).await;
    let answer = door.post("/admin/teams/", &ada, &[("name", "Far & West")]).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.body.contains("Your password, please") && answer.body.contains("Far &amp; West"), "{}", answer.body);
    assert_eq!(footprint(&door).await, before);
    let again = |password: &'static str| [("name", "Far & West"), ("confirm-to", "/admin/teams/"), ("confirm-password", password)];
    let wrong = door.post("/profile/confirm/", &ada, &again("guessed")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("This is not your password") && wrong.body.contains("Far &amp; West") && !wrong.body.contains("guessed"));
    assert_eq!((answer.stored(), wrong.stored()), (None, None));
    let right = door.post("/profile/confirm/", &ada, &again(db::demo::PASSWORD)).await;
    assert_eq!((right.status, right.location()), (StatusCode::SEE_OTHER, "/admin/teams/"));
    assert_eq!(right.stored().as_deref(), Some("/admin/teams/"), "what the browser keeps is kept by the form's own address");
    assert_eq!(door.house.number("SELECT count(*) FROM teams WHERE name = 'Far & West'").await, 1);
    assert_eq!(door.post("/admin/teams/", &ada, &[("name", "Near")]).await.status, StatusCode::SEE_OTHER, "it counts for ten minutes");
    // Nobody gets further than they might.
    let layla = door.signed_in("layla").await;
    let answer = door
        .post("/profile/confirm/", &layla, &[("confirm-to", "/admin/teams/"), ("name", "X"), ("confirm-password", db::demo::PASSWORD)])
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_filtered_list_is_taken_out_as_it_is_on_screen_and_nothing_else() {
    let door = door().await;
    let layla = door.signed_in("layla").await;
    let list = "/orders/?status=HD";
    let of = format!("/orders/export/?{}", crate::harness::form(&[("of", list)]));
    assert!(door.get(list, &layla).await.body.contains(&of.replace('&', "&amp;")), "{of}");
    let file = door.get(&of, &layla).await;
    assert_eq!(file.status, StatusCode::OK);
    let held = door.house.number("SELECT count(*) FROM orders WHERE status = 'HD'").await;
    assert!(held > 0);
    assert_eq!(file.body.lines().skip(1).filter(|line| line.contains(",HD,")).count() as i64, held);
    assert_eq!(file.body.matches("\n").count() as i64, held + 1, "no other line");
    for encoding in ["gzip", "br", "identity"] {
        let request = Request::get(&of).header(header::COOKIE, &layla).header(header::ACCEPT_ENCODING, encoding);
        let same = door.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(same.body, file.body, "{encoding}");
        let sent = same.headers.get(header::CONTENT_ENCODING).map(|it| it.to_str().unwrap());
        assert_eq!(sent, (encoding != "identity").then_some(encoding));
    }
    let searched = format!("/orders/export/?{}", crate::harness::form(&[("of", "/orders/search/?query=moorland")]));
    assert!(door.get(&searched, &layla).await.body.contains("Moorland"));
    for (name, of) in
        [("layla", "/orders/?status=XX"), ("layla", "/orders/trash/"), ("layla", "/nothing/"), ("xavier", list), ("ruth", list)]
    {
        let cookie = door.signed_in(name).await;
        let of = format!("/orders/export/?{}", crate::harness::form(&[("of", of)]));
        assert_eq!(door.get(&of, &cookie).await.status, StatusCode::NOT_FOUND, "{name} {of}");
    }
    assert_eq!(door.house.number("SELECT count(*) FROM activity WHERE kind = 'exported'").await, 5);
}

#[tokio::test]
async fn a_company_is_merged_and_deleted_by_plain_forms_and_only_by_who_may() {
    let door = door().await;
    let (layla, xavier) = (door.signed_in("layla").await, door.signed_in("xavier").await);
    let made = async |name: &str| {
        let answer = door.post("/companies/new/", &layla, &[("name", name)]).await;
        answer.location().trim_matches('/').rsplit('/').next().unwrap_or_default().to_owned()
    };
    let (one, two) = (made("Quokka Ltd").await, made("QUOKKA ltd").await);
    let page = door.get(&format!("/companies/{two}/"), &layla).await.body;
    assert!(page.contains(&format!("Quokka Ltd (no. {one})")) && page.contains("Delete this company"), "{page}");
    assert!(!door.get(&format!("/companies/{two}/"), &xavier).await.body.contains("Merge or delete"));
    for (act, pairs) in [("merge", vec![("into", "Quokka Ltd")]), ("delete", vec![]), ("restore", vec![])] {
        let answer = door.post(&format!("/companies/{two}/{act}/"), &xavier, &pairs).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{act}");
    }
    // By its name alone it is nobody: two have it.
    let refused = door.post(&format!("/companies/{two}/merge/"), &layla, &[("into", "quokka LTD")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Several have this name") && refused.body.contains("value=\"quokka LTD\""), "{}", refused.body);
    let into = format!("Quokka Ltd (no. {one})");
    let done = door.post(&format!("/companies/{two}/merge/"), &layla, &[("into", &into)]).await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/companies/"));
    assert_eq!(door.post(&format!("/companies/{one}/delete/"), &layla, &[]).await.status, StatusCode::SEE_OTHER);
    assert!(door.get(&format!("/companies/{one}/"), &layla).await.body.contains("This company was deleted"));
    let taken = door.house.number("SELECT max(company_id) FROM orders").await;
    let refused = door.post(&format!("/companies/{taken}/delete/"), &layla, &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("merge it into another company instead"), "{}", refused.body);
}
