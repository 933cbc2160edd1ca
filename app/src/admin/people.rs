//! The pages of people and teams, and of the user's own account.

use db::users::admin::{self, Person, PersonDraft};
use domain::{
    Error,
    id::UserId,
    page::SIZES,
    role::{Permission, Role},
};
use leptos::prelude::*;

use crate::{
    context, forms,
    server_pages::parts::{Form, Options, PageRequest, PageView, button_form, empty, head, query_form, query_input},
    ui::avatar,
};

fn roles() -> Options {
    Role::ALL.iter().map(|role| (role.code().to_owned(), role.label().to_owned())).collect()
}

/// The list of people.
pub async fn list(asked: &PageRequest) -> PageView {
    let query = forms::value(&asked.pairs, "query").to_owned();
    let people = admin::people(&asked.db, &asked.scope, &query).await?;
    let new = view! { <a class="btn btn-quiet" href="/admin/teams/">"Teams"</a><a class="btn btn-primary" href="/admin/users/new/">"Invite a person"</a> };
    let rows = people.iter().map(row);
    let table = if people.is_empty() {
        empty("No people found", Some(("Show everyone", "/admin/users/")))
    } else {
        view! {
            <div class="table-frame"><table class="data-table">
                <thead><tr><th scope="col">"Person"</th><th scope="col">"Role"</th><th scope="col">"Team"</th><th scope="col">"E-mail"</th><th scope="col">"Last seen"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table></div>
        }
        .into_any()
    };
    let form = query_form("/admin/users/", query_input("query", "Name, username or e-mail", "search", query));
    let under = view! { <p class="muted"><a href="/permissions/">"What each role can do"</a></p> };
    Ok(("People".into(), view! { {head("People", "", new)} {under} {form} {table} }.into_any()))
}

fn row(it: &Person) -> AnyView {
    let state = match (it.active, it.joined) {
        (false, _) => Some("deactivated"),
        (true, false) => Some("invited"),
        _ => None,
    };
    let state = state.map(|label| view! { <small class="tag">{label}</small> });
    let seen = it.seen.clone().map(|at| view! { <span title=at.full>{at.short}</span> });
    view! {
        <tr>
            <th scope="row"><span class="who">{avatar(&it.name).view()}<span><a data-row="" href=format!("/admin/users/{}/edit/", it.id)>{it.name.clone()}</a>" "{state}<small>{it.username.clone()}</small></span></span></th>
            <td>{it.role.label()}</td><td>{it.team.clone()}</td><td>{it.email.clone()}</td><td>{seen}</td>
        </tr>
    }
    .into_any()
}

fn fields(form: &Form, draft: &PersonDraft, teams: Options, new: bool) -> AnyView {
    let username = new.then(|| form.input("username", "Username", "text", &draft.username));
    view! {
        {username}
        {form.input("first_name", "First name", "text", &draft.first_name)}
        {form.input("last_name", "Last name", "text", &draft.last_name)}
        {form.input("email", "E-mail", "email", &draft.email)}
        {form.select("role", "Role", roles(), None, &draft.role)}
        {form.select("team", "Team", teams, Some("None"), &draft.team)}
        {form.input("rate", "Commission (%), if different from the role's rate", "decimal", &draft.rate)}
    }
    .into_any()
}

/// The invitation form.
pub async fn new(asked: &PageRequest) -> PageView {
    asked.scope.require(Permission::Administer)?;
    let [_, teams, _] = db::dashboard::choices(&asked.db, &asked.scope).await?;
    let form = Form::at("/admin/users/new/");
    let draft = PersonDraft { role: Role::Agent.code().into(), ..PersonDraft::default() };
    let fields = fields(&form, &draft, teams, true);
    let drawn = form.clone().drawn("card", fields, "Invite");
    let page = view! { <p><a class="back" data-back="" href="/admin/users/">"← People"</a></p> {head("Invite a person", "", ())} {link()} {drawn} };
    Ok(("Invite a person".into(), page.into_any()))
}

/// An invitation or reset link that was just created; shown once.
fn link() -> AnyView {
    let refill = context::posted().and_then(|posted| posted.refill);
    let made = refill.map(|refill| forms::value(&refill.typed, "link").to_owned()).filter(|it| !it.is_empty());
    let made = made.map(|link| {
        view! { <div class="notice" role="status"><p>"Send this link to them. It works once, expires in 30 minutes and won't be shown again:"</p><p><input class="input" readonly value=link aria-label="Link"/></p></div> }
    });
    made.into_any()
}

/// The page of a person.
pub async fn edit(asked: &PageRequest, id: i64) -> PageView {
    let page = admin::person_page(&asked.db, &asked.scope, UserId(id)).await?;
    let it = &page.it;
    let at = format!("/admin/users/{id}");
    let form = Form::at(format!("{at}/edit/"));
    let bring = (page.teamless > 0)
        .then(|| form.tick("bring", &format!("Move this person's orders without a team to this team ({})", page.teamless), false));
    let own = fields(&form, &page.draft, page.teams.clone(), false);
    let saved = form.clone().drawn("card", view! { {own} {bring} }, "Save");
    let deactivate = it.active.then(|| {
        let form = Form::at(format!("{at}/deactivate/"));
        let label = format!("Assign open orders ({}) to", page.open_orders);
        let give = (page.open_orders > 0).then(|| form.select("give", &label, page.others.clone(), Some("Keep the current owner"), ""));
        let explained = view! { <p>"This person will be signed out and can no longer sign in. Their orders and history are kept."</p> };
        form.clone().drawn("", view! { {explained} {give} }, "Deactivate")
    });
    let reactivate = (!it.active).then(|| button_form(format!("{at}/reactivate/"), "Reactivate", &[]));
    let seen = it.seen.clone().map_or_else(|| "never signed in".to_owned(), |at| format!("last seen {}", at.short));
    let state = if it.active { "" } else { " · deactivated" };
    let under = format!("{} · {seen}{state}", it.username);
    let drawn = view! {
        <p><a class="back" data-back="" href="/admin/users/">"← People"</a></p>
        {head(it.name.clone(), under, ())}
        {link()}
        {saved}
        <section class="card panel"><h2>"Access"</h2>
            <div class="button-row">{button_form(format!("{at}/reset/"), "Create password reset link", &[])}{button_form(format!("{at}/sign-out/"), "Sign out everywhere", &[])}{reactivate}</div>
        </section>
        <section class="card panel"><h2>"Deactivate or delete"</h2>{deactivate}<p class="form-actions"><a class="btn btn-quiet" href=format!("{at}/delete/")>"Delete this account"</a></p></section>
    };
    Ok((it.name.clone(), drawn.into_any()))
}

/// The page for deleting an account; one with history is deactivated instead.
pub async fn delete(asked: &PageRequest, id: i64) -> PageView {
    let page = admin::person_page(&asked.db, &asked.scope, UserId(id)).await?;
    let form = Form::at(format!("/admin/users/{id}/delete/"));
    let (label, button) = match page.has_history {
        true => ("This account has orders or history, so it can't be deleted. It will be deactivated instead.", "Deactivate"),
        false => ("This account has no orders or history. Deleting it can't be undone.", "Delete"),
    };
    let drawn = form.clone().drawn("card", view! { <p>{label}</p> }, button);
    let title = format!("Delete {}", page.it.name);
    let back = format!("/admin/users/{id}/edit/");
    Ok((
        title.clone(),
        view! { <p><a class="back" data-back="" href=back>"← Back"</a></p> {head(title, page.it.username, ())} {drawn} }.into_any(),
    ))
}

/// The page of teams.
pub async fn teams(asked: &PageRequest) -> PageView {
    let teams = admin::teams(&asked.db, &asked.scope).await?;
    let rows = teams.iter().map(|(id, name, people)| {
        let form = Form::at(format!("/admin/teams/{id}/"));
        let input = form.input("name", "Name", "text", name);
        let label = if *people == 1 { "1 person".to_owned() } else { format!("{people} people") };
        view! { <li>{form.clone().drawn("row-form", input, "Rename")}<small>{label}</small></li> }
    });
    let form = Form::at("/admin/teams/");
    let new = form.clone().drawn("card", form.input("name", "New team", "text", ""), "Add");
    let page = view! { <p><a class="back" data-back="" href="/admin/users/">"← People"</a></p> {head("Teams", "Orders keep their team when people change teams", ())} <ul class="card row-list">{rows.collect_view()}</ul> {new} };
    Ok(("Teams".into(), page.into_any()))
}

/// The user's own name, e-mail and page size.
pub async fn own(asked: &PageRequest) -> PageView {
    let [first, last, email, size] = admin::own(&asked.db, &asked.scope).await?;
    let form = Form::at("/profile/edit/");
    let sizes = SIZES.iter().map(|n| (n.to_string(), format!("{n} per page"))).collect();
    let fields = view! {
        {form.input("first_name", "First name", "text", &first)}
        {form.input("last_name", "Last name", "text", &last)}
        {form.input("email", "E-mail", "email", &email)}
        {form.select("page_size", "Rows per page", sizes, Some("9 per page"), &size)}
    };
    let drawn = form.clone().drawn("card", fields, "Save");
    Ok((
        "Your details".into(),
        view! { <p><a class="back" data-back="" href="/profile/">"← Your profile"</a></p> {head("Your details", "", ())} {drawn} }
            .into_any(),
    ))
}

/// The user's own password.
pub async fn password(_: &PageRequest) -> PageView {
    let form = Form::at("/profile/password/");
    let fields = view! {
        {form.input("present", "Current password", "password", "")}
        {form.input("password", "New password, at least 12 characters", "password", "")}
        {form.input("again", "Confirm new password", "password", "")}
    };
    let drawn = form.clone().drawn("card", fields, "Change password");
    let page = view! { <p><a class="back" data-back="" href="/profile/">"← Your profile"</a></p> {head("Change password", "All your devices will be signed out, including this one", ())} {drawn} };
    Ok(("Change password".into(), page.into_any()))
}

/// The page that asks for the password before a dangerous action; it carries the pending form.
pub async fn confirm(_: &PageRequest) -> PageView {
    let waits = context::posted().and_then(|posted| posted.refill).ok_or(Error::NotFound)?;
    let hidden = waits.typed.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view();
    let form = Form::at("/profile/confirm/");
    let fields = view! { {hidden} {form.input("confirm-password", "Your password", "password", "")} };
    let drawn = form.clone().drawn("card", fields, "Continue");
    let under = "You last entered your password more than 10 minutes ago. Your changes are kept and will be saved once you confirm.";
    Ok(("Confirm your password".into(), view! { {head("Confirm your password", under, ())} {drawn} }.into_any()))
}
