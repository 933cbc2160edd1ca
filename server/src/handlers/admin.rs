//! Handlers of people, teams and settings.

use axum::{
    extract::{Path, Request, State as Get},
    response::{IntoResponse, Redirect, Response},
};
use db::{
    choices,
    settings::{self, SettingsDraft},
    users::{
        Invitation,
        admin::{self, PersonDraft},
    },
};
use domain::{
    Error, Result,
    id::{TeamId, UserId},
    orders::{Field, Rules, Status},
    role::Role,
};
use tower_sessions::Session;

use super::{
    Access, Pairs,
    page_forms::{Fields, FormResult, FromFields, Id, Saved},
    value,
};
use crate::{page, state::State};

impl FromFields for PersonDraft {
    fn from_fields(fields: &Pairs) -> Result<Self> {
        let text = |name: &str| value(fields, name).to_owned();
        Ok(Self {
            username: text("username"),
            first_name: text("first_name"),
            last_name: text("last_name"),
            email: text("email"),
            role: text("role"),
            team: text("team"),
            rate: text("rate"),
            bring: value(fields, "bring") == "yes",
        })
    }
}

impl FromFields for Rules {
    fn from_fields(fields: &Pairs) -> Result<Self> {
        let all = |name: String| fields.iter().filter(move |(it, _)| *it == name).map(|(_, value)| value.as_str());
        Ok(Self::of(
            |of| all(format!("next_{}", of.code())).filter_map(Status::from_code).collect(),
            |of| all(format!("requires_{}", of.code())).filter_map(Field::find).collect(),
        ))
    }
}

fn page_of(id: i64) -> String {
    format!("/admin/users/{id}/edit/")
}

/// The link with which a person sets a password.
fn link(state: &State, token: &str) -> FormResult {
    Ok(Saved::Link(format!("{}/invite/{token}/", state.config.base_url)))
}

/// `GET /admin/users/<id>`: bookmarks of earlier releases.
pub async fn person(state: Get<State>, Path(id): Path<String>, session: Session, request: Request) -> Response {
    match id.parse::<i64>() {
        Ok(id) => Redirect::to(&page_of(id)).into_response(),
        Err(_) => page::any(state, session, request).await,
    }
}

/// `POST /admin/users/new/`
pub async fn invite(Get(state): Get<State>, Access(scope): Access, Fields(draft): Fields<PersonDraft>) -> FormResult {
    match admin::invite(&state.db, &scope, &draft).await?.1 {
        Invitation::Link(token) => link(&state, &token),
        Invitation::Ready => Saved::at("/admin/users/", "saved"),
    }
}

/// `POST /admin/users/<id>/edit/`
pub async fn save_person(Get(state): Get<State>, Access(scope): Access, Id(id): Id, Fields(draft): Fields<PersonDraft>) -> FormResult {
    admin::save_person(&state.db, &scope, UserId(id), &draft).await?;
    Saved::at(page_of(id), "saved")
}

/// `POST /admin/users/<id>/deactivate/`; `give` is who takes over the open orders.
pub async fn deactivate(Get(state): Get<State>, Access(scope): Access, Id(id): Id, Fields(fields): Fields<Pairs>) -> FormResult {
    let give = Some(value(&fields, "give")).filter(|it| !it.is_empty());
    let give = give.map(|it| it.parse().map(UserId).map_err(|_| Error::invalid("give", "Choose from the list"))).transpose()?;
    admin::deactivate(&state.db, &scope, UserId(id), give).await?;
    Saved::at(page_of(id), "deactivated")
}

/// `POST /admin/users/<id>/reactivate/`
pub async fn reactivate(Get(state): Get<State>, Access(scope): Access, Id(id): Id) -> FormResult {
    admin::reactivate(&state.db, &scope, UserId(id)).await?;
    Saved::at(page_of(id), "saved")
}

/// `POST /admin/users/<id>/sign-out/`
pub async fn sign_out(Get(state): Get<State>, Access(scope): Access, Id(id): Id) -> FormResult {
    admin::sign_out_everywhere(&state.db, &scope, UserId(id)).await?;
    Saved::at(page_of(id), "revoked")
}

/// `POST /admin/users/<id>/reset/`
pub async fn reset(Get(state): Get<State>, Access(scope): Access, Id(id): Id) -> FormResult {
    let token = admin::reset_link(&state.db, &scope, UserId(id)).await?;
    link(&state, &token)
}

/// `POST /admin/users/<id>/delete/`. An account with history is deactivated instead.
pub async fn delete(Get(state): Get<State>, Access(scope): Access, Id(id): Id) -> FormResult {
    match admin::delete(&state.db, &scope, UserId(id)).await? {
        true => Saved::at("/admin/users/", "deleted"),
        false => Saved::at(page_of(id), "deactivated"),
    }
}

/// `POST /admin/teams/` with a `name`.
pub async fn create_team(Get(state): Get<State>, Access(scope): Access, Fields(fields): Fields<Pairs>) -> FormResult {
    admin::save_team(&state.db, &scope, None, value(&fields, "name")).await?;
    Saved::at("/admin/teams/", "saved")
}

/// `POST /admin/teams/<id>/` with a `name`.
pub async fn rename_team(Get(state): Get<State>, Access(scope): Access, Id(id): Id, Fields(fields): Fields<Pairs>) -> FormResult {
    admin::save_team(&state.db, &scope, Some(TeamId(id)), value(&fields, "name")).await?;
    Saved::at("/admin/teams/", "saved")
}

/// `POST /admin/settings/`
pub async fn save_settings(Get(state): Get<State>, Access(scope): Access, Fields(fields): Fields<Pairs>) -> FormResult {
    let before = settings::read(&state.db).await?;
    let (text, yes) = (|name: &str| value(&fields, name).to_owned(), |name: &str| value(&fields, name) == "yes");
    let draft = SettingsDraft {
        name: text("name"),
        time_zone: text("time_zone"),
        currency: text("currency"),
        visibility: text("visibility"),
        agents_may_connect: yes("agents_may_connect"),
        targets_by_sold: yes("targets_by_sold"),
        rates: SettingsDraft::from(&*before).rates.map(|(role, stored)| match role {
            Role::Agent | Role::Manager => (role, text(&format!("rate_{}", role.code()))),
            other => (other, stored),
        }),
    };
    settings::change(&state.db, &scope, &draft).await?;
    Saved::at("/admin/settings/", "saved")
}

/// `POST /admin/settings/rules/`
pub async fn save_rules(Get(state): Get<State>, Access(scope): Access, Fields(rules): Fields<Rules>) -> FormResult {
    settings::change_rules(&state.db, &scope, &rules).await?;
    Saved::at("/admin/settings/rules/", "saved")
}

/// `POST /admin/settings/choices/` with the `kind` of a list and a `name`.
pub async fn add_choice(Get(state): Get<State>, Access(scope): Access, Fields(fields): Fields<Pairs>) -> FormResult {
    add(&state, &scope, value(&fields, "kind"), &fields).await
}

/// `POST /admin/settings/choices/<kind>/` with a `name`.
pub async fn add_choice_of_kind(
    Get(state): Get<State>,
    Access(scope): Access,
    Path(kind): Path<String>,
    Fields(fields): Fields<Pairs>,
) -> FormResult {
    add(&state, &scope, &kind, &fields).await
}

async fn add(state: &State, scope: &db::Scope, kind: &str, fields: &Pairs) -> FormResult {
    let kind = choices::Kind::find(kind).ok_or(Error::NotFound)?;
    choices::add(&state.db, scope, kind, value(fields, "name")).await?;
    Saved::at("/admin/settings/", "saved")
}

/// `POST /admin/settings/choices/remove/` with the `id` of a choice. One that orders have is retired.
pub async fn remove_choice(Get(state): Get<State>, Access(scope): Access, Fields(fields): Fields<Pairs>) -> FormResult {
    let id = value(&fields, "id").parse().map_err(|_| Error::NotFound)?;
    let is_retired = choices::remove(&state.db, &scope, id).await?;
    Saved::at("/admin/settings/", if is_retired { "retired" } else { "saved" })
}
