//! The entries of the command palette.

use domain::{
    Result,
    orders::list::{Filter, ListQuery, View},
    role::Permission,
    users::Action,
};

use crate::{Db, Scope, orders};

/// All entries that this user may use, the most usual first.
pub async fn actions(db: &Db, scope: &Scope) -> Result<Vec<Action>> {
    let reference_data = db.reference_data().await?;
    let may = |permission: Permission| scope.authority().may(permission);
    let mut all = Vec::new();
    let mut add = |label: String, under: &str, href: String, press: &str| {
        all.push(Action { label, under: under.to_owned(), href, press: press.to_owned() });
    };
    if may(Permission::Create) {
        add("New order".into(), "Create", "/orders/new/".into(), "");
    }
    for view in View::SIDEBAR.into_iter().chain([View::Board]) {
        add(view.title().to_owned(), "Go to", view.path().to_owned(), "");
    }
    for saved in orders::views(db, scope).await? {
        add(saved.name, "Saved view", saved.href, "");
    }
    for (permission, label, href) in [
        (Permission::Read, "Dashboard", "/"),
        (Permission::Read, "Campaigns", "/campaigns/"),
        (Permission::Read, "Companies", "/companies/"),
        (Permission::Read, "Reports", "/reports/"),
        (Permission::Read, "Commission", "/commission/"),
        (Permission::Read, "Targets", "/targets/"),
        (Permission::Read, "Activity", "/activity/"),
        (Permission::Read, "What each role can do", "/permissions/"),
        (Permission::Campaigns, "New campaign", "/campaigns/new/"),
        (Permission::Administer, "People", "/admin/users/"),
        (Permission::Administer, "Invite a person", "/admin/users/new/"),
        (Permission::Administer, "Teams", "/admin/teams/"),
        (Permission::Administer, "Settings", "/admin/settings/"),
    ] {
        if may(permission) {
            add(label.to_owned(), "Go to", href.to_owned(), "");
        }
    }
    if may(Permission::Trash) {
        add(View::Trash.title().to_owned(), "Go to", View::Trash.path().to_owned(), "");
    }
    if may(Permission::EditAny) {
        add("Duplicates".into(), "Go to", "/duplicates/".into(), "");
    }
    add("Your profile and devices".into(), "Go to", "/profile/".into(), "");
    for (code, label) in [("light", "Light theme"), ("dark", "Dark theme"), ("system", "System theme")] {
        add(label.to_owned(), "Theme", String::new(), &format!(".menu-theme [value={code}]"));
    }
    let narrowed = |filter: Filter| ListQuery::of(View::All).with(filter).href();
    let mine = scope.user.id;
    for owner in reference_data.owners.iter().filter(|it| it.active && (scope.can_see_all_orders() || it.id == mine)) {
        let href = narrowed(Filter { owner: Some(owner.id), ..Filter::default() });
        add(format!("Orders owned by {}", owner.name), "Person", href, "");
    }
    for crate::reference_data::Campaign { id, name, .. } in &reference_data.campaigns {
        add(name.clone(), "Orders in this campaign", narrowed(Filter { campaign: Some(*id), ..Filter::default() }), "");
    }
    add("User guide".into(), "Help", "/help/".into(), "");
    add("Shortcuts".into(), "Help", String::new(), "[data-keys]");
    add("Sign out".into(), "Account", String::new(), ".menu-out");
    Ok(all)
}
