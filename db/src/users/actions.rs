//! What a person can do or go to from anywhere: the palette of the search.

use domain::{
    Result,
    orders::list::{Filter, ListQuery, View},
    role::Act,
    users::Action,
};

use crate::{Db, Scope, orders};

/// Everything that this person may do, the most usual first. Nothing in it is out of their sight.
pub async fn actions(db: &Db, scope: &Scope) -> Result<Vec<Action>> {
    let house = db.house().await?;
    let may = |act: Act| scope.actor().may(act);
    let mut all = Vec::new();
    let mut add = |words: String, under: &str, href: String, press: &str| {
        all.push(Action { words, under: under.to_owned(), href, press: press.to_owned() });
    };
    if may(Act::Create) {
        add("New order".into(), "Write", "/orders/new/".into(), "");
    }
    for view in View::RAIL.into_iter().chain([View::Board]) {
        add(view.title().to_owned(), "Go to", view.path().to_owned(), "");
    }
    for saved in orders::views(db, scope).await? {
        add(saved.name, "Saved view", saved.href, "");
    }
    for (act, words, href) in [
        (Act::Read, "Dashboard", "/"),
        (Act::Read, "Campaigns", "/campaigns/"),
        (Act::Read, "Companies", "/companies/"),
        (Act::Read, "Reports", "/reports/"),
        (Act::Read, "Commission", "/commission/"),
        (Act::Read, "Targets", "/targets/"),
        (Act::Read, "Activity", "/activity/"),
        (Act::Read, "What each role may do", "/rights/"),
        (Act::Campaigns, "New campaign", "/campaigns/new/"),
        (Act::Administer, "People", "/admin/users/"),
        (Act::Administer, "Invite a person", "/admin/users/new/"),
        (Act::Administer, "Teams", "/admin/teams/"),
        (Act::Administer, "Settings", "/admin/settings/"),
    ] {
        if may(act) {
            add(words.to_owned(), "Go to", href.to_owned(), "");
        }
    }
    if may(Act::Trash) {
        add(View::Trash.title().to_owned(), "Go to", View::Trash.path().to_owned(), "");
    }
    if may(Act::EditAny) {
        add("Duplicates".into(), "Go to", "/duplicates/".into(), "");
    }
    add("Profile and devices".into(), "Go to", "/profile/".into(), "");
    for (code, words) in [("light", "Light theme"), ("dark", "Dark theme"), ("system", "Theme of the system")] {
        add(words.to_owned(), "Theme", String::new(), &format!(".menu-theme [value={code}]"));
    }
    let narrowed = |filter: Filter| ListQuery::of(View::All).with(filter).href();
    let mine = scope.me.id;
    for owner in house.owners.iter().filter(|it| it.active && (scope.sees_all() || it.id == mine)) {
        let href = narrowed(Filter { owner: Some(owner.id), ..Filter::default() });
        add(format!("Orders of {}", owner.name), "Person", href, "");
    }
    for crate::house::Campaign { id, name, .. } in &house.campaigns {
        add(name.clone(), "Orders of a campaign", narrowed(Filter { campaign: Some(*id), ..Filter::default() }), "");
    }
    add("Shortcuts".into(), "Help", String::new(), "[data-keys]");
    add("Sign out".into(), "Leave", String::new(), ".menu-out");
    Ok(all)
}
