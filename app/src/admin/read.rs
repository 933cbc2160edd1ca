//! Reads administration pages, and the pages of the user's own account.

use db::{
    Db, Scope,
    choices::{self, Kind},
    settings::SettingsDraft,
    users::admin::{self, Person, PersonDraft},
};
use domain::{
    Error, Result,
    admin::{
        AdminPage, ChoiceList, ChoiceRow, PeopleView, PermissionsView, PersonRow, PersonView, RulesView, SettingsView, StatusRule,
        TeamsView,
    },
    dashboard::view::QueryForm,
    forms::{FieldKind, FormField, FormPageView},
    id::UserId,
    orders::{Field, Rules, Status, pages::Link},
    page::SIZES,
    role::{Permission, Role, Visibility, may},
};

use crate::{
    context,
    form_builder::{FormBuilder, Options},
    forms, help,
};

/// A page by its URL (path and query).
///
/// Errors: [`Error::NotFound`] for a page that does not exist or that the user may not see.
pub async fn page(db: &Db, scope: &Scope, address: &str) -> Result<AdminPage> {
    let id = |text: &str| text.parse::<i64>().map(UserId).map_err(|_| Error::NotFound);
    let (path, search) = address.split_once('?').unwrap_or((address, ""));
    let form = |page: FormPageView| AdminPage::Form(Box::new(page));
    Ok(match crate::routes::parts_of(path).as_slice() {
        ["admin"] | ["admin", "users"] => AdminPage::People(people(db, scope, search).await?),
        ["admin", "users", "new"] => form(invitation(db, scope).await?),
        ["admin", "users", of, "edit" | "deactivate"] => AdminPage::Person(Box::new(person(db, scope, id(of)?).await?)),
        ["admin", "users", of, "delete"] => form(deletion(db, scope, id(of)?).await?),
        ["admin", "teams"] | ["admin", "teams", _] => AdminPage::Teams(teams(db, scope).await?),
        ["admin", "settings"] | ["admin", "settings", "choices", _] => AdminPage::Settings(Box::new(settings(db, scope).await?)),
        ["admin", "settings", "rules"] => AdminPage::Rules(rules(db, scope).await?),
        ["permissions"] => AdminPage::Permissions(permissions(scope)),
        ["profile", "edit"] => form(own_details(db, scope).await?),
        ["profile", "password"] => form(password()),
        ["profile", "confirm"] => form(confirmation()?),
        _ => return Err(Error::NotFound),
    })
}

async fn people(db: &Db, scope: &Scope, search: &str) -> Result<PeopleView> {
    let query = forms::value(&domain::page::query_pairs(search), "query").to_owned();
    let people = admin::people(db, scope, &query).await?;
    let query = QueryForm::search("/admin/users/", "Name, username or e-mail", &query);
    Ok(PeopleView { query, rows: people.into_iter().map(person_row).collect(), help: help::link(&["admin"]) })
}

fn person_row(it: Person) -> PersonRow {
    let state = match (it.active, it.joined) {
        (false, _) => "deactivated",
        (true, false) => "invited",
        _ => "",
    };
    PersonRow {
        person: Link::new(it.name, format!("/admin/users/{}/edit/", it.id), false),
        username: it.username,
        state: state.into(),
        role: it.role.label().into(),
        team: it.team.unwrap_or_default(),
        email: it.email,
        seen: it.seen,
    }
}

fn person_fields(form: FormBuilder, draft: &PersonDraft, teams: Options) -> FormBuilder {
    let roles = Role::ALL.iter().map(|role| (role.code().to_owned(), role.label().to_owned())).collect();
    form.line("first_name", "First name", &draft.first_name)
        .line("last_name", "Last name", &draft.last_name)
        .field("email", "E-mail", FieldKind::Email, &draft.email)
        .select("role", "Role", roles, None, &draft.role)
        .select("team", "Team", teams, Some("None"), &draft.team)
        .decimal("rate", "Commission (%), if different from the role's rate", &draft.rate)
}

/// An invitation or reset link that was just made.
fn secret_link() -> Option<String> {
    let refill = context::posted().and_then(|posted| posted.refill)?;
    Some(forms::value(&refill.typed, "link").to_owned()).filter(|link| !link.is_empty())
}

async fn invitation(db: &Db, scope: &Scope) -> Result<FormPageView> {
    scope.require(Permission::Administer)?;
    let [_, teams, _] = db::dashboard::choices(db, scope).await?;
    let draft = PersonDraft { role: Role::Agent.code().into(), ..PersonDraft::default() };
    let form = FormBuilder::new("/admin/users/new/").line("username", "Username", &draft.username);
    Ok(FormPageView {
        title: "Invite a person".into(),
        back: Some(Link::new("People", "/admin/users/", false)),
        secret_link: secret_link(),
        form: person_fields(form, &draft, teams).build("Invite"),
        help: help::link(&["admin"]),
        ..FormPageView::default()
    })
}

async fn person(db: &Db, scope: &Scope, id: UserId) -> Result<PersonView> {
    let page = admin::person_page(db, scope, id).await?;
    let it = &page.it;
    let at = format!("/admin/users/{id}");
    let mut form = person_fields(FormBuilder::new(format!("{at}/edit/")), &page.draft, page.teams.clone());
    if page.teamless > 0 {
        form = form.checkbox("bring", &format!("Move this person's orders without a team to this team ({})", page.teamless), false);
    }
    let deactivate = it.active.then(|| {
        let mut form = FormBuilder::new(format!("{at}/deactivate/"))
            .text("This person will be signed out and can no longer sign in. Their orders and history are kept.");
        if page.open_orders > 0 {
            let label = format!("Assign open orders ({}) to", page.open_orders);
            form = form.select("give", &label, page.others.clone(), Some("Keep the current owner"), "");
        }
        form.build("Deactivate")
    });
    let seen = it.seen.clone().map_or_else(|| "never signed in".to_owned(), |seen| format!("last seen {}", seen.short));
    let state = if it.active { "" } else { " · deactivated" };
    Ok(PersonView {
        title: it.name.clone(),
        subtitle: format!("{} · {seen}{state}", it.username),
        secret_link: secret_link(),
        form: form.build("Save"),
        reset: format!("{at}/reset/"),
        sign_out: format!("{at}/sign-out/"),
        reactivate: (!it.active).then(|| format!("{at}/reactivate/")),
        deactivate,
        delete: format!("{at}/delete/"),
        help: help::link(&["admin"]),
    })
}

/// An account with history is deactivated instead.
async fn deletion(db: &Db, scope: &Scope, id: UserId) -> Result<FormPageView> {
    let page = admin::person_page(db, scope, id).await?;
    let (text, button) = match page.has_history {
        true => ("This account has orders or history, so it can't be deleted. It will be deactivated instead.", "Deactivate"),
        false => ("This account has no orders or history. Deleting it can't be undone.", "Delete"),
    };
    Ok(FormPageView {
        title: format!("Delete {}", page.it.name),
        subtitle: page.it.username,
        back: Some(Link::new("Back", format!("/admin/users/{id}/edit/"), false)),
        form: FormBuilder::new(format!("/admin/users/{id}/delete/")).text(text).build(button),
        help: help::link(&["admin"]),
        ..FormPageView::default()
    })
}

async fn teams(db: &Db, scope: &Scope) -> Result<TeamsView> {
    let teams = admin::teams(db, scope).await?.into_iter().map(|(id, name, people)| {
        let form = FormBuilder::new(format!("/admin/teams/{id}/")).line("name", "Name", &name).build("Rename");
        (form, if people == 1 { "1 person".to_owned() } else { format!("{people} people") })
    });
    Ok(TeamsView {
        teams: teams.collect(),
        add: FormBuilder::new("/admin/teams/").line("name", "New team", "").build("Add"),
        help: help::link(&["admin"]),
    })
}

async fn settings(db: &Db, scope: &Scope) -> Result<SettingsView> {
    scope.require(Permission::Administer)?;
    let draft = SettingsDraft::from(&*db::settings::read(db).await?);
    let all = choices::choices(db, scope).await?;
    let visibilities: Options =
        [(Visibility::All, "All orders"), (Visibility::Team, "Own and team orders"), (Visibility::Own, "Own orders")]
            .iter()
            .map(|(it, label)| (it.code().to_owned(), (*label).to_owned()))
            .collect();
    let rate = |role: Role| draft.rates.iter().find(|(it, _)| *it == role).map(|(_, rate)| rate.clone()).unwrap_or_default();
    let form = FormBuilder::new("/admin/settings/")
        .line("name", "Business name", &draft.name)
        .line("time_zone", "Time zone (sets when each day starts in all figures)", &draft.time_zone)
        .line("currency", "Currency (can't be changed once an order exists)", &draft.currency)
        .select("visibility", "Agents and viewers can see", visibilities, None, &draft.visibility)
        .decimal("rate_agent", "Agent commission (%)", &rate(Role::Agent))
        .decimal("rate_manager", "Manager commission (%)", &rate(Role::Manager))
        .checkbox("agents_may_connect", "Agents can change orders to and from Connected", draft.agents_may_connect)
        .checkbox("targets_by_sold", "Measure targets by revenue instead of connected revenue", draft.targets_by_sold)
        .build("Save");
    let lists = Kind::ALL.map(|kind| ChoiceList {
        title: kind.label().into(),
        kind: kind.code().into(),
        choices: all
            .iter()
            .filter(|it| it.kind == kind)
            .map(|it| ChoiceRow { id: it.id.to_string(), name: it.name.clone(), is_retired: it.retired })
            .collect(),
        add: FormBuilder::new(format!("/admin/settings/choices/{}/", kind.code())).line("name", "New choice", "").build("Add"),
    });
    Ok(SettingsView { form, lists: lists.into_iter().collect(), help: help::link(&["admin"]) })
}

async fn rules(db: &Db, scope: &Scope) -> Result<RulesView> {
    scope.require(Permission::Administer)?;
    let rules = db::settings::read(db).await?.rules.clone();
    let codes = |codes: Vec<&str>| codes.join(",");
    let cards = Status::ALL.map(|of| {
        let following = Status::ALL.into_iter().filter(|to| *to != of && *to != Status::New);
        let next = following.map(|to| (to.code().to_owned(), to.label().to_owned())).collect();
        let is_given = |field: &Field| of == Status::Connected && *field == Field::BoxValue;
        let required = Rules::REQUIRABLE.iter().filter(|field| !is_given(field));
        let required = required.map(|field| (field.name().to_owned(), field.full_label())).collect();
        let form = FormBuilder::new("/admin/settings/rules/")
            .field(
                format!("next_{}", of.code()),
                "Can change to",
                FieldKind::Checkboxes(next),
                &codes(rules.next(of).iter().map(|it| it.code()).collect()),
            )
            .field(
                format!("requires_{}", of.code()),
                "Requires",
                FieldKind::Checkboxes(required),
                &codes(rules.requires(of).iter().map(|it| it.name()).collect()),
            );
        let note = if of == Status::Connected { "The box value is always required: connected orders count towards revenue" } else { "" };
        let fields: Vec<FormField> = form.build("").fields;
        StatusRule { status: of, fields, note: note.into() }
    });
    Ok(RulesView {
        form: FormBuilder::new("/admin/settings/rules/").build("Save"),
        rules: cards.into_iter().collect(),
        help: help::link(&["admin"]),
    })
}

/// The table of [`domain::role`], cell by cell.
fn permissions(scope: &Scope) -> PermissionsView {
    let connect = scope.settings.agents_may_connect;
    PermissionsView {
        roles: Role::ALL.iter().map(|role| role.label().to_owned()).collect(),
        rows: Permission::ALL
            .iter()
            .map(|permission| (permission.label().to_owned(), Role::ALL.iter().map(|role| may(*role, *permission, connect)).collect()))
            .collect(),
        help: help::link(&["permissions"]),
    }
}

async fn own_details(db: &Db, scope: &Scope) -> Result<FormPageView> {
    let [first, last, email, size] = admin::own(db, scope).await?;
    let sizes = SIZES.iter().map(|n| (n.to_string(), format!("{n} per page"))).collect();
    let form = FormBuilder::new("/profile/edit/")
        .line("first_name", "First name", &first)
        .line("last_name", "Last name", &last)
        .field("email", "E-mail", FieldKind::Email, &email)
        .select("page_size", "Rows per page", sizes, Some("9 per page"), &size)
        .build("Save");
    let back = Some(Link::new("Your profile", "/profile/", false));
    Ok(FormPageView { title: "Your details".into(), back, form, help: help::link(&["profile"]), ..FormPageView::default() })
}

fn password() -> FormPageView {
    let new = || FieldKind::Password("new-password".into());
    FormPageView {
        title: "Change password".into(),
        subtitle: "All your devices will be signed out, including this one".into(),
        back: Some(Link::new("Your profile", "/profile/", false)),
        form: FormBuilder::new("/profile/password/")
            .field("present", "Current password", FieldKind::Password("current-password".into()), "")
            .field("password", "New password, at least 12 characters", new(), "")
            .field("again", "Confirm new password", new(), "")
            .build("Change password"),
        help: help::link(&["profile"]),
        ..FormPageView::default()
    }
}

/// Asks for the password before a dangerous action; carries the pending form.
fn confirmation() -> Result<FormPageView> {
    let pending = context::posted().and_then(|posted| posted.refill).ok_or(Error::NotFound)?;
    let form = pending.typed.into_iter().fold(FormBuilder::new("/profile/confirm/"), |form, (name, value)| form.hidden(name, value));
    Ok(FormPageView {
        title: "Confirm your password".into(),
        subtitle: "You last entered your password more than 10 minutes ago. Your changes are kept and will be saved once you confirm."
            .into(),
        form: form.field("confirm-password", "Your password", FieldKind::Password("current-password".into()), "").build("Continue"),
        help: help::link(&["profile"]),
        ..FormPageView::default()
    })
}
