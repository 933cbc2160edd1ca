//! Handlers: sign-in, sign-out, first admin, invitations, theme.

use std::net::SocketAddr;

use app::{auth, shell::Theme};
use axum::{
    extract::{ConnectInfo, Path, Query, State as Get},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use db::Scope;
use domain::{Error, FieldErrors, id::UserId};
use serde::Deserialize;
use subtle::ConstantTimeEq;
use tower_sessions::Session;

use super::{Sent, saved_forms::SavedForm};
use crate::{
    access::{self, within},
    error_page::error_page,
    sessions::{self, ADDRESS, DEVICE, KEPT, PASSWORD_AT, REMEMBERED, USED, USER},
    state::State,
};

/// The query of the sign-in pages.
#[derive(Debug, Default, Deserialize)]
pub struct SignInQuery {
    #[serde(default)]
    next: String,
    #[serde(default)]
    token: String,
}

/// `GET /login/`
pub async fn sign_in_page(Get(state): Get<State>, Query(wants): Query<SignInQuery>, session: Session, headers: HeaderMap) -> Response {
    match state.setup.is_open(&state.db).await {
        Ok(true) => return Redirect::to("/setup/").into_response(),
        Ok(false) => {}
        Err(error) => return error_page(&state.look(&headers), &error),
    }
    if let Ok(Some(user)) = session.get::<i64>(USER).await {
        match Scope::of(&state.db, UserId(user)).await {
            Ok(Some(_)) => return Redirect::to(within(&wants.next)).into_response(),
            // The user is gone or not active: start a new session.
            Ok(None) => {
                let _ = session.flush().await;
            }
            Err(error) => return error_page(&state.look(&headers), &error),
        }
    }
    let demo = db::settings::read(&state.db).await.is_ok_and(|settings| settings.demo);
    let hint =
        demo.then(|| format!("This is the demo company: sign in as {} with the password “{}”", db::demo::SIGN_IN, db::demo::PASSWORD));
    let page = auth::SignIn { next: wants.next, hint, ..auth::SignIn::default() };
    Html(auth::sign_in(&state.look(&headers), page)).into_response()
}

/// `POST /login/`
pub async fn sign_in(Get(state): Get<State>, session: Session, sent: Sent) -> Response {
    let headers = &sent.parts.headers;
    let client = access::client(&state, headers, sent.parts.extensions.get::<ConnectInfo<SocketAddr>>());
    let remember = sent.value("remember") == "yes";
    let saved_form =
        Some((sent.value("kept_address").to_owned(), sent.value("kept_body").to_owned())).filter(|(address, _)| !address.is_empty());
    let username = sent.value("username");
    match db::users::sign_in(&state.db, &state.gate, username, sent.value("password"), &client).await {
        Ok(person) => {
            let agent = headers.get(header::USER_AGENT).and_then(|it| it.to_str().ok()).unwrap_or_default();
            let opened = open(&state, &session, person.user, remember, agent, &client.address.to_string()).await;
            if let Err(error) = opened {
                return error_page(&state.look(headers), &error);
            }
            let next = match saved_form.and_then(|(address, body)| SavedForm::of(&address, body.as_bytes())) {
                // Another user's input must not be shown.
                Some(saved_form) if within(&saved_form.address) == saved_form.address && saved_form.is_of(person.user) => {
                    let page = saved_form.page();
                    let _ = session.insert(KEPT, saved_form.into_sent()).await;
                    page
                }
                _ => within(sent.value("next")).to_owned(),
            };
            let mut response = Redirect::to(&next).into_response();
            let secure = if state.config.is_https() { "; Secure" } else { "" };
            let age = db::sessions::KNOWN_DEVICE / db::clock::SECOND;
            let device = format!("{}={}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}", access::DEVICE_COOKIE, person.device);
            if let Ok(device) = HeaderValue::from_str(&device) {
                response.headers_mut().append(header::SET_COOKIE, device);
            }
            if let Some(who) = access::user_cookie(&state, person.user) {
                response.headers_mut().append(header::SET_COOKIE, who);
            }
            response
        }
        Err(Error::Invalid(errors)) => {
            let page = auth::SignIn {
                username: username.to_owned(),
                remember,
                next: sent.value("next").to_owned(),
                error: errors.0.first().map(|(_, message)| message.clone()),
                saved_form,
                hint: None,
            };
            (StatusCode::UNPROCESSABLE_ENTITY, Html(auth::sign_in(&state.look(headers), page))).into_response()
        }
        Err(Error::ReadOnly) => {
            let page = auth::SignIn {
                username: username.to_owned(),
                remember,
                next: sent.value("next").to_owned(),
                error: Some("Curlew is read-only at the moment, so nobody can sign in. Try again later.".into()),
                saved_form,
                hint: None,
            };
            (StatusCode::SERVICE_UNAVAILABLE, Html(auth::sign_in(&state.look(headers), page))).into_response()
        }
        Err(error) => error_page(&state.look(headers), &error),
    }
}

/// A new session under a new id.
async fn open(state: &State, session: &Session, user: UserId, remember: bool, agent: &str, address: &str) -> domain::Result<()> {
    let now = state.db.now();
    let failed = |cause: tower_sessions::session::Error| {
        tracing::warn!(%cause, "could not open a session");
        Error::Unavailable
    };
    if session.id().is_some() {
        session.flush().await.map_err(failed)?;
    }
    session.cycle_id().await.map_err(failed)?;
    session.set_expiry(Some(sessions::idle(remember)));
    session.insert(USER, user.0).await.map_err(failed)?;
    session.insert(REMEMBERED, remember).await.map_err(failed)?;
    session.insert(DEVICE, agent).await.map_err(failed)?;
    session.insert(ADDRESS, address).await.map_err(failed)?;
    session.insert(PASSWORD_AT, now).await.map_err(failed)?;
    session.insert(USED, now).await.map_err(failed)
}

/// `POST /logout/`
pub async fn sign_out(Get(state): Get<State>, session: Session, headers: HeaderMap) -> Response {
    if let Ok(Some(user)) = session.get::<i64>(USER).await
        && let Err(error) = db::users::sign_out(&state.db, UserId(user)).await
    {
        return error_page(&state.look(&headers), &error);
    }
    if let Err(cause) = session.flush().await {
        tracing::warn!(%cause, "could not close a session");
        return error_page(&state.look(&headers), &Error::Unavailable);
    }
    let mut response = Redirect::to("/login/").into_response();
    response.headers_mut().insert(HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\""));
    response
}

/// `GET /setup/`
pub async fn setup_page(Get(state): Get<State>, Query(wants): Query<SignInQuery>, headers: HeaderMap) -> Response {
    match state.setup.is_open(&state.db).await {
        Ok(true) => Html(auth::setup(&state.look(&headers), wants.token, String::new(), &FieldErrors::default())).into_response(),
        Ok(false) => Redirect::to("/login/").into_response(),
        Err(error) => error_page(&state.look(&headers), &error),
    }
}

/// `POST /setup/`
pub async fn setup(Get(state): Get<State>, sent: Sent) -> Response {
    let (token, username) = (sent.value("token"), sent.value("username"));
    let known = !state.setup.token.is_empty() && bool::from(token.as_bytes().ct_eq(state.setup.token.as_bytes()));
    let answer = match state.setup.is_open(&state.db).await {
        Ok(false) => return Redirect::to("/login/").into_response(),
        Ok(true) if !known => {
            Err(Error::invalid("token", "This isn't the setup token. Copy the token from the server log; Curlew prints it when it starts."))
        }
        Ok(true) => db::users::first_admin(&state.db, &state.gate, username, sent.value("password"), sent.value("again")).await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(_) | Err(Error::NotFound) => Redirect::to("/login/").into_response(),
        Err(Error::Invalid(errors)) => {
            let page = auth::setup(&state.look(&sent.parts.headers), token.to_owned(), username.to_owned(), &errors);
            (StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response()
        }
        Err(error) => error_page(&state.look(&sent.parts.headers), &error),
    }
}

/// `GET /invite/<token>/`
pub async fn invite_page(Get(state): Get<State>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    invited(&state, &token, &headers, &FieldErrors::default(), StatusCode::OK).await
}

/// `POST /invite/<token>/`
pub async fn invite(Get(state): Get<State>, Path(token): Path<String>, sent: Sent) -> Response {
    match db::users::set_password(&state.db, &state.gate, &token, sent.value("password"), sent.value("again")).await {
        Ok(_) => Redirect::to("/login/").into_response(),
        Err(Error::Invalid(errors)) => invited(&state, &token, &sent.parts.headers, &errors, StatusCode::UNPROCESSABLE_ENTITY).await,
        Err(Error::NotFound) => invited(&state, &token, &sent.parts.headers, &FieldErrors::default(), StatusCode::OK).await,
        Err(error) => error_page(&state.look(&sent.parts.headers), &error),
    }
}

async fn invited(state: &State, token: &str, headers: &HeaderMap, errors: &FieldErrors, status: StatusCode) -> Response {
    let look = state.look(headers);
    match db::users::token_owner(&state.db, token).await {
        Ok(username) => (status, Html(auth::invite(&look, Some(username), format!("/invite/{token}/"), errors))).into_response(),
        Err(Error::NotFound) => (StatusCode::NOT_FOUND, Html(auth::invite(&look, None, String::new(), errors))).into_response(),
        Err(error) => error_page(&look, &error),
    }
}

/// `POST /theme/`: stores the theme in a cookie and returns to the page of the form.
pub async fn theme(Get(state): Get<State>, sent: Sent) -> Response {
    let theme = Theme::of(sent.value("theme")).code();
    let referer = sent.parts.headers.get(header::REFERER).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let back = within(referer.strip_prefix(&state.config.base_url).unwrap_or_default());
    let mut response = Redirect::to(back).into_response();
    if let Ok(cookie) = HeaderValue::from_str(&format!("theme={theme}; Path=/; Max-Age=31536000; SameSite=Lax")) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
