//! The pages of people and teams, and of one's own account.

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
    server_pages::parts::{Form, Options, PageRequest, PageView, ask, asking, empty, head, press},
    ui::avatar,
};

fn roles() -> Options {
    Role::ALL.iter().map(|role| (role.code().to_owned(), role.label().to_owned())).collect()
}

/// The list of people, and the teams below it.
pub async fn list(asked: &PageRequest) -> PageView {
    let query = forms::value(&asked.pairs, "query").to_owned();
    let people = admin::people(&asked.db, &asked.scope, &query).await?;
    let new = view! { <a class="btn btn-quiet" href="/admin/teams/">"Teams"</a><a class="btn btn-primary" href="/admin/users/new/">"Invite a person"</a> };
    let rows = people.iter().map(row);
    let table = if people.is_empty() {
        empty("Nobody of that name.", Some(("Everybody", "/admin/users/")))
    } else {
        view! {
            <div class="table-frame"><table class="plain">
                <thead><tr><th scope="col">"Who"</th><th scope="col">"Role"</th><th scope="col">"Team"</th><th scope="col">"E-mail"</th><th scope="col">"Last seen"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table></div>
        }
        .into_any()
    };
    let form = asking("/admin/users/", ask("query", "Name, username or e-mail", "search", query));
    let under = view! { <p class="under"><a href="/rights/">"What each role may do"</a></p> };
    Ok(("People".into(), view! { {head("People", "", new)} {under} {form} {table} }.into_any()))
}

fn row(it: &Person) -> AnyView {
    let state = match (it.active, it.joined) {
        (false, _) => Some("deactivated"),
        (true, false) => Some("invited"),
        _ => None,
    };
    let state = state.map(|words| view! { <small class="tag">{words}</small> });
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
        {form.input("rate", "Commission in per cent, if it is not the role's", "decimal", &draft.rate)}
    }
    .into_any()
}

/// The form that invites a person.
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

/// A link that was just made: shown once, to be handed on.
fn link() -> AnyView {
    let refill = context::posted().and_then(|posted| posted.refill);
    let made = refill.map(|refill| forms::value(&refill.typed, "link").to_owned()).filter(|it| !it.is_empty());
    let made = made.map(|link| {
        view! { <div class="notice" role="status"><p>"Send this link to them. It works once, expires in 30 minutes and won't be shown again:"</p><p><input class="input" readonly value=link aria-label="The link"/></p></div> }
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
        .then(|| form.tick("bring", &format!("Bring the {} orders without a team along into the team", page.teamless), false));
    let own = fields(&form, &page.draft, page.teams.clone(), false);
    let saved = form.clone().drawn("card", view! { {own} {bring} }, "Save");
    let deactivate = it.active.then(|| {
        let form = Form::at(format!("{at}/deactivate/"));
        let words = format!("Give all {} open orders to", page.open_orders);
        let give = (page.open_orders > 0).then(|| form.select("give", &words, page.others.clone(), Some("Nobody: they stay"), ""));
        let explained = view! { <p>"This person will be signed out and can no longer sign in. Their orders and history are kept."</p> };
        form.clone().drawn("", view! { {explained} {give} }, "Deactivate")
    });
    let reactivate = (!it.active).then(|| press(format!("{at}/reactivate/"), "Let in again", &[]));
    let seen = it.seen.clone().map_or_else(|| "never signed in".to_owned(), |at| format!("last seen {}", at.short));
    let state = if it.active { "" } else { " · deactivated" };
    let under = format!("{} · {seen}{state}", it.username);
    let drawn = view! {
        <p><a class="back" data-back="" href="/admin/users/">"← People"</a></p>
        {head(it.name.clone(), under, ())}
        {link()}
        {saved}
        <section class="card panel"><h2>"Sign-in"</h2>
            <div class="presses">{press(format!("{at}/reset/"), "Make a link for a new password", &[])}{press(format!("{at}/sign-out/"), "Sign out everywhere", &[])}{reactivate}</div>
        </section>
        <section class="card panel"><h2>"Leave"</h2>{deactivate}<p class="form-actions"><a class="btn btn-quiet" href=format!("{at}/delete/")>"Delete this account"</a></p></section>
    };
    Ok((it.name.clone(), drawn.into_any()))
}

/// The page that deletes: where there is history it deactivates, and says so.
pub async fn delete(asked: &PageRequest, id: i64) -> PageView {
    let page = admin::person_page(&asked.db, &asked.scope, UserId(id)).await?;
    let form = Form::at(format!("/admin/users/{id}/delete/"));
    let (words, button) = match page.has_history {
        true => ("This account has orders or history, so it can't be deleted. It will be deactivated instead.", "Deactivate"),
        false => ("Nothing refers to this account. It is deleted for good.", "Delete"),
    };
    let drawn = form.clone().drawn("card", view! { <p>{words}</p> }, button);
    let title = format!("Delete {}", page.it.name);
    let back = format!("/admin/users/{id}/edit/");
    Ok((
        title.clone(),
        view! { <p><a class="back" data-back="" href=back>"← Back"</a></p> {head(title, page.it.username, ())} {drawn} }.into_any(),
    ))
}

/// The teams.
pub async fn teams(asked: &PageRequest) -> PageView {
    let teams = admin::teams(&asked.db, &asked.scope).await?;
    let rows = teams.iter().map(|(id, name, people)| {
        let form = Form::at(format!("/admin/teams/{id}/"));
        let input = form.input("name", "Name", "text", name);
        let words = if *people == 1 { "1 person".to_owned() } else { format!("{people} people") };
        view! { <li>{form.clone().drawn("row-form", input, "Rename")}<small>{words}</small></li> }
    });
    let form = Form::at("/admin/teams/");
    let new = form.clone().drawn("card", form.input("name", "New team", "text", ""), "Add");
    let page = view! { <p><a class="back" data-back="" href="/admin/users/">"← People"</a></p> {head("Teams", "An order keeps the team that its owner was in", ())} <ul class="card row-list">{rows.collect_view()}</ul> {new} };
    Ok(("Teams".into(), page.into_any()))
}

/// One's own name, e-mail and page size.
pub async fn own(asked: &PageRequest) -> PageView {
    let [first, last, email, size] = admin::own(&asked.db, &asked.scope).await?;
    let form = Form::at("/profile/edit/");
    let sizes = SIZES.iter().map(|n| (n.to_string(), format!("{n} a page"))).collect();
    let fields = view! {
        {form.input("first_name", "First name", "text", &first)}
        {form.input("last_name", "Last name", "text", &last)}
        {form.input("email", "E-mail", "email", &email)}
        {form.select("page_size", "Rows of a list", sizes, Some("9 a page"), &size)}
    };
    let drawn = form.clone().drawn("card", fields, "Save");
    Ok((
        "Your name".into(),
        view! { <p><a class="back" data-back="" href="/profile/">"← Your profile"</a></p> {head("Your name", "", ())} {drawn} }.into_any(),
    ))
}

/// One's own password.
pub async fn password(_: &PageRequest) -> PageView {
    let form = Form::at("/profile/password/");
    let fields = view! {
        {form.input("present", "Present password", "password", "")}
        {form.input("password", "New password, at least 12 characters", "password", "")}
        {form.input("again", "The same again", "password", "")}
    };
    let drawn = form.clone().drawn("card", fields, "Change and sign in again");
    let page = view! { <p><a class="back" data-back="" href="/profile/">"← Your profile"</a></p> {head("Your password", "Every device of yours is signed out", ())} {drawn} };
    Ok(("Your password".into(), page.into_any()))
}

/// The page that asks for the password before something dangerous; the form that waits stands in it.
pub async fn confirm(_: &PageRequest) -> PageView {
    let waits = context::posted().and_then(|posted| posted.refill).ok_or(Error::NotFound)?;
    let hidden = waits.typed.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view();
    let form = Form::at("/profile/confirm/");
    let fields = view! { {hidden} {form.input("confirm-password", "Your password", "password", "")} };
    let drawn = form.clone().drawn("card", fields, "Go on");
    let under = "It was given more than ten minutes ago. What you typed waits and goes on from here.";
    Ok(("Your password, please".into(), view! { {head("Your password, please", under, ())} {drawn} }.into_any()))
}
