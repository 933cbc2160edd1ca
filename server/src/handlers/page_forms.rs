//! The forms of pages: each is a route of its own, whose handler saves what was sent. [`respond`] turns its outcome into the next page, or
//! into the page of the form again with what was typed.

use std::{net::SocketAddr, sync::Arc};

use app::{
    context::{Posted, Refill},
    routes::parts_of,
};
use axum::{
    Extension, Router,
    extract::{ConnectInfo, FromRequest, FromRequestParts, RawPathParams, Request, State as Get},
    handler::Handler,
    http::{Method, StatusCode, request::Parts},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Redirect, Response},
    routing::{MethodRouter, get},
};
use db::{Scope, clock::MINUTE};
use domain::{Error, FieldErrors, Result, date, role::Permission};
use tower::ServiceExt;
use tower_sessions::Session;

use super::{Access, Pairs, Sent, admin, campaigns, commission, companies, page_of, people, value};
use crate::{
    access::{self, within},
    page::{self, Stored, redirect_with_flash, render},
    router::slashed,
    sessions::{self, PASSWORD_AT},
    state::State,
};

/// The routes of the forms.
pub fn routes(state: &State) -> Router<State> {
    handlers().layer(from_fn_with_state(state.clone(), respond))
}

/// The handlers of the forms, by their actions.
fn handlers() -> Router<State> {
    slashed([
        ("/campaigns/new", form(campaigns::create)),
        ("/campaigns/{id}/edit", form(campaigns::edit)),
        ("/companies/new", form(companies::create)),
        ("/companies/{id}/edit", form(companies::edit)),
        ("/companies/{id}/merge", form(companies::merge)),
        ("/companies/{id}/delete", form(companies::delete)),
        ("/companies/{id}/restore", form(companies::restore)),
        ("/commission/close", form(commission::close)),
        ("/targets/person/{id}", form(commission::set_target_of_person)),
        ("/targets/team/{id}", form(commission::set_target_of_team)),
        ("/admin/users/new", form(admin::invite)),
        ("/admin/users/{id}/edit", form(admin::save_person)),
        ("/admin/users/{id}/deactivate", form(admin::deactivate)),
        ("/admin/users/{id}/reactivate", form(admin::reactivate)),
        ("/admin/users/{id}/sign-out", form(admin::sign_out)),
        ("/admin/users/{id}/reset", form(admin::reset)),
        ("/admin/users/{id}/delete", form(admin::delete)),
        ("/admin/teams", form(admin::create_team)),
        ("/admin/teams/{id}", form(admin::rename_team)),
        ("/admin/settings", form(admin::save_settings)),
        ("/admin/settings/rules", form(admin::save_rules)),
        ("/admin/settings/choices", form(admin::add_choice)),
        ("/admin/settings/choices/remove", form(admin::remove_choice)),
        ("/admin/settings/choices/{kind}", form(admin::add_choice_of_kind)),
        ("/profile/edit", form(people::save_own)),
        ("/profile/password", form(people::change_password)),
        // [`respond`] leads on to the form that was pending for the password.
        ("/profile/confirm", get(|| async { Redirect::to("/") }).post(StatusCode::NOT_FOUND)),
    ])
}

/// A form on its page: `GET` shows the page.
fn form<H: Handler<T, State>, T: 'static>(operation: H) -> MethodRouter<State> {
    get(page::any).post(operation)
}

/// What a form did.
#[derive(Clone, Debug)]
pub enum Saved {
    /// It was stored: the next page, with the code of a flash message or none.
    At(String, &'static str),
    /// The page again with a new link, shown once.
    Link(String),
}

impl Saved {
    /// The next page, with the code of a flash message or none.
    pub fn at(address: impl Into<String>, flash: &'static str) -> FormResult {
        Ok(Self::At(address.into(), flash))
    }
}

/// Why a form stored nothing.
#[derive(Clone, Debug)]
pub struct Refused(Error);

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

/// The outcome of a form, for [`respond`].
pub type FormResult = std::result::Result<Saved, Refused>;

#[derive(Clone, Debug)]
struct Outcome(FormResult);

impl IntoResponse for Saved {
    fn into_response(self) -> Response {
        Extension(Outcome(Ok(self))).into_response()
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        Extension(Outcome(Err(self))).into_response()
    }
}

/// The fields of a form as a draft. A refusal is the form again with its message.
pub struct Fields<T>(pub T);

/// What can be read from the fields of a form.
pub trait FromFields: Sized {
    /// Errors: [`Error::Invalid`] beside a field, or `form`.
    fn from_fields(fields: &Pairs) -> Result<Self>;
}

impl<T: FromFields> FromRequestParts<State> for Fields<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> std::result::Result<Self, Refused> {
        let fields = parts.extensions.get::<Arc<Pairs>>().cloned().unwrap_or_default();
        Ok(Self(T::from_fields(&fields)?))
    }
}

impl FromFields for Pairs {
    fn from_fields(fields: &Pairs) -> Result<Self> {
        Ok(fields.clone())
    }
}

/// A month of a form, its first day and as it was sent.
pub struct Month(pub chrono::NaiveDate, pub String);

impl FromFields for Month {
    fn from_fields(fields: &Pairs) -> Result<Self> {
        let typed = value(fields, "month");
        let first = date::parse(&format!("{typed}-01")).map_err(|_| Error::invalid("form", "Choose a valid month"))?;
        Ok(Self(first, typed.to_owned()))
    }
}

/// The `{id}` of an address. Another text than a number is an address that does not exist.
pub struct Id(pub i64);

impl FromRequestParts<State> for Id {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> std::result::Result<Self, Refused> {
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| Error::NotFound)?;
        let id = params.iter().find(|(name, _)| *name == "id").and_then(|(_, id)| id.parse().ok());
        Ok(Self(id.ok_or(Error::NotFound)?))
    }
}

/// Reads a form before its handler and turns the handler's outcome into a response.
async fn respond(Get(state): Get<State>, Access(scope): Access, request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let sent = match Sent::from_request(request, &()).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let is_confirmation = sent.parts.uri.path().trim_matches('/') == "profile/confirm";
    let sent = match confirmed(&state, &scope, sent).await {
        Ok(sent) => sent,
        Err(response) => return *response,
    };
    let mut request = page_of(sent.parts.clone());
    request.extensions_mut().insert(Arc::new(sent.pairs.clone()));
    let mut response = if is_confirmation {
        // The form that was pending for the password.
        let Ok(response) = handlers().with_state(state.clone()).oneshot(request).await;
        response
    } else {
        next.run(request).await
    };
    let Some(Outcome(outcome)) = response.extensions_mut().remove::<Outcome>() else { return response };
    let path = sent.parts.uri.path().to_owned();
    let parts = parts_of(&path);
    // A form that was pending for the password has another action than this request.
    let stored = Stored(Some(path.clone()));
    match outcome {
        Ok(Saved::At(address, flash)) => (Extension(stored), redirect_with_flash(&address, flash)).into_response(),
        Ok(Saved::Link(link)) => {
            let refill = Refill { action: String::new(), typed: vec![("link".into(), link)], ..Refill::default() };
            (Extension(stored), rerender_form(&state, sent, &parts, refill, StatusCode::OK).await).into_response()
        }
        // A button has no input to come back with: its message is a page.
        Err(Refused(Error::Invalid(errors))) if has_form(&parts) => {
            let action = format!("/{}/", parts.join("/"));
            let refill = Refill { action, typed: sent.pairs.clone(), errors, ..Refill::default() };
            rerender_form(&state, sent, &parts, refill, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(Refused(error)) => sent.pressed(&state, Err(error), "", ""),
    }
}

/// How long a confirmed password is valid for dangerous actions.
const FRESH: i64 = 10 * MINUTE;
/// The additional fields of a form that is pending for the password.
pub(super) const TO: &str = "confirm-to";
const PASSWORD: &str = "confirm-password";

/// Administration and closing a month ask for the password if it was confirmed more than ten minutes ago. The page keeps the
/// pending form and continues with it.
async fn confirmed(state: &State, scope: &Scope, mut sent: Sent) -> std::result::Result<Sent, Box<Response>> {
    let path = sent.parts.uri.path().to_owned();
    let session = sent.parts.extensions.get::<Session>().cloned();
    let now = state.db.now();
    let asked = path.trim_matches('/') == "profile/confirm";
    let dangerous = path.starts_with("/admin/") || path.starts_with("/commission/close");
    if !asked {
        let given = match &session {
            Some(session) => session.get::<i64>(PASSWORD_AT).await.ok().flatten().unwrap_or_default(),
            None => 0,
        };
        // Users without the permission are refused first.
        if !dangerous || !scope.authority().may(Permission::Targets) || (0..FRESH).contains(&(now - given)) {
            return Ok(sent);
        }
        sent.pairs.push((TO.into(), path));
        return Err(Box::new(ask(state, sent, FieldErrors::default()).await));
    }
    match check_password(state, scope, &sent.parts, PASSWORD, sent.value(PASSWORD)).await {
        Ok(()) => {}
        Err(Error::Invalid(errors)) => return Err(Box::new(ask(state, sent, errors).await)),
        Err(error) => return Err(Box::new(sent.pressed(state, Err(error), "", ""))),
    }
    if let Some(session) = session {
        sessions::keep_length(&session).await;
        let _ = session.insert(PASSWORD_AT, now).await;
    }
    let to = within(sent.value(TO)).to_owned();
    if let Ok(uri) = to.parse() {
        sent.parts.uri = uri;
    }
    sent.pairs.retain(|(name, _)| name != TO && name != PASSWORD);
    Ok(sent)
}

/// Verifies the user's own password in a field, with the same limits as a sign-in.
pub(super) async fn check_password(state: &State, scope: &Scope, parts: &Parts, field: &str, typed: &str) -> Result<()> {
    let client = access::client(state, &parts.headers, parts.extensions.get::<ConnectInfo<SocketAddr>>());
    match db::users::confirm(&state.db, &state.gate, &scope.user.username, typed, &client).await {
        Ok(()) => Ok(()),
        Err(Error::Invalid(_)) => Err(Error::invalid(field, "Wrong password, or too many attempts: wait a minute and try again")),
        Err(error) => Err(error),
    }
}

/// The page that asks for the password, with the pending form.
async fn ask(state: &State, sent: Sent, errors: FieldErrors) -> Response {
    let status = if errors.is_empty() { StatusCode::UNAUTHORIZED } else { StatusCode::UNPROCESSABLE_ENTITY };
    let typed = sent.pairs.iter().filter(|(name, _)| name != PASSWORD).cloned().collect();
    let refill = Refill { action: "/profile/confirm/".into(), typed, errors, ..Refill::default() };
    let mut request = page_of(sent.parts);
    *request.uri_mut() = axum::http::Uri::from_static("/profile/confirm/");
    render(state, request, Some(Posted { refill: Some(refill), ..Posted::default() }), Some(status)).await
}

/// Whether this is the action of one of these forms.
pub(super) fn has_form(parts: &[&str]) -> bool {
    match parts {
        // Buttons, which have no input.
        ["companies", _, "restore"] | ["admin", "users", _, "sign-out" | "reset" | "reactivate"] => false,
        ["admin", "settings", "choices"] | ["admin", "settings", "choices", "remove"] => false,
        ["campaigns" | "companies" | "commission" | "targets" | "admin", ..] | ["profile", "edit" | "password"] => true,
        _ => false,
    }
}

/// The page of a form with this action.
pub(super) fn page_of_form(parts: &[&str], pairs: &Pairs) -> String {
    let page = match parts {
        ["admin", "users", id, _] => format!("/admin/users/{id}/{}/", if parts[3] == "delete" { "delete" } else { "edit" }),
        ["admin", "settings", "rules"] => "/admin/settings/rules/".into(),
        ["admin", "settings", ..] => "/admin/settings/".into(),
        ["admin", "teams", ..] => "/admin/teams/".into(),
        ["targets", ..] => "/targets/".into(),
        ["commission", "close"] => "/commission/".into(),
        _ => format!("/{}/", parts.join("/")),
    };
    let month = app::forms::value(pairs, "month");
    let has_month = ["/targets/", "/commission/"].contains(&page.as_str());
    if has_month && month.bytes().all(|it| it.is_ascii_digit() || it == b'-') { format!("{page}?month={month}") } else { page }
}

/// The page of a form again, with its input.
async fn rerender_form(state: &State, sent: Sent, parts: &[&str], refill: Refill, status: StatusCode) -> Response {
    let mut request = page_of(sent.parts);
    if let Ok(uri) = page_of_form(parts, &refill.typed).parse() {
        *request.uri_mut() = uri;
    }
    render(state, request, Some(Posted { refill: Some(refill), ..Posted::default() }), Some(status)).await
}
