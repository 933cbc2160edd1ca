//! Authentication of requests: everything but sign-in needs a session; public paths are in one list.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use app::{auth::SignIn, error::AppError, ui::PAGE_USER};
use axum::{
    body::to_bytes,
    extract::{ConnectInfo, FromRequest, Request, State as Get},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{Html, IntoResponse, Redirect, Response},
};
use db::{Scope, clock::MINUTE, sessions::Current, sync::Entry, users::Client};
use domain::{Error, id::UserId};
use tower_sessions::Session;
use uuid::Uuid;

use crate::{
    admission,
    error_page::{error_page, error_page_with_form},
    handlers::{Sent, is_form, saved_forms::SavedForm},
    request_log::RequestUser,
    sessions::{self, USED},
    state::{State, cookie},
};

/// Public paths, by prefix (with a trailing `*`) or exactly.
pub const PUBLIC: [&str; 12] = [
    "/login",
    "/logout",
    "/setup",
    "/invite/*",
    "/theme",
    "/pkg/*",
    "/livez",
    "/readyz",
    "/shell",
    "/sw.js",
    "/manifest.webmanifest",
    "/icons/*",
];

/// The name of the cookie of a known browser.
pub const DEVICE_COOKIE: &str = "curlew-device";

/// The cookie that tells the device's script which user's copies to open: an id, not a secret.
const WHO_COOKIE: &str = "curlew-user";

/// Sets that cookie.
pub fn user_cookie(state: &State, user: UserId) -> Option<HeaderValue> {
    let secure = if state.config.is_https() { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{WHO_COOKIE}={user}; Path=/; Max-Age=31536000; SameSite=Lax{secure}")).ok()
}

fn is_public(path: &str) -> bool {
    let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
    PUBLIC.iter().any(|it| it.strip_suffix('*').map_or(*it == path, |start| path.starts_with(start)))
}

/// Middleware: finds the user of the session and adds the scope to the request, or responds in its place.
pub async fn guard(Get(state): Get<State>, session: Session, mut request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    if is_public(&path) {
        return next.run(request).await;
    }
    match scope(&state, &session, is_user_initiated(&request)).await {
        Ok(Some(scope)) => {
            let scope = match idempotency_key(&request) {
                Some(key) => scope.for_outbox_entry(Entry { key, ..Entry::default() }),
                None => scope,
            };
            let user = scope.user.id;
            let page_owner = match page_user(&mut request).await {
                Ok(page_owner) => page_owner,
                Err(response) => return response,
            };
            if let Some(page_owner) = page_owner.filter(|page_owner| *page_owner != user) {
                return refuse_other_user(&state, &scope, page_owner, request).await;
            }
            if let Some(asking) = request.extensions().get::<RequestUser>() {
                asking.is(user.0);
            }
            request.extensions_mut().insert(scope);
            let current = session.id().map(|id| Current::of(&id.to_string())).unwrap_or_default();
            request.extensions_mut().insert(current);
            let known = cookie(request.headers(), WHO_COOKIE);
            let mut response = next.run(request).await;
            if known.as_deref() != Some(&user.to_string())
                && let Some(who) = user_cookie(&state, user)
            {
                response.headers_mut().append(header::SET_COOKIE, who);
            }
            response
        }
        Ok(None) => refused(&state, request).await,
        Err(error) if path.starts_with("/fn/") => server_fn_error(error),
        Err(error) => unsent(&state, request, &error).await,
    }
}

/// The database does not answer: the page keeps the form, to be sent again.
async fn unsent(state: &State, request: Request, error: &Error) -> Response {
    let look = state.look(request.headers());
    if request.method() != Method::POST {
        return error_page(&look, error);
    }
    match Sent::from_request(request, &()).await {
        Ok(sent) => error_page_with_form(&look, error, Some((sent.parts.uri.path().to_owned(), sent.pairs))),
        Err(response) => response,
    }
}

/// The header with the user of the page that sent a request; plain forms have the field [`PAGE_USER`].
const PAGE_USER_HEADER: &str = "x-curlew-user";

/// The user of the page that sent a request; `None` if missing, for example from a tab of an earlier release or a program.
async fn page_user(request: &mut Request) -> Result<Option<UserId>, Response> {
    let id = |text: &str| text.parse().ok().map(UserId);
    if let Some(header) = request.headers().get(PAGE_USER_HEADER) {
        return Ok(header.to_str().ok().and_then(id));
    }
    if request.method() != Method::POST || !is_form(request.headers()) {
        return Ok(None);
    }
    // The body is in memory: admission has read it.
    let body = std::mem::take(request.body_mut());
    let Ok(bytes) = to_bytes(body, admission::BODY).await else { return Err(StatusCode::PAYLOAD_TOO_LARGE.into_response()) };
    let page_owner = form_user(&bytes);
    *request.body_mut() = bytes.into();
    Ok(page_owner)
}

/// The user of the page of a plain form.
fn form_user(body: &[u8]) -> Option<UserId> {
    let (_, id) = form_urlencoded::parse(body).find(|(name, _)| name == PAGE_USER)?;
    id.parse().ok().map(UserId)
}

/// Responds when the page belongs to another user than the signed-in one, who signed in in another tab of the browser.
/// Nothing is done, and the input is kept.
async fn refuse_other_user(state: &State, scope: &Scope, page_owner: UserId, request: Request) -> Response {
    let theirs = match db::users::names(&state.db, &[page_owner]).await.ok().and_then(|names| names.into_iter().next()) {
        Some(name) => format!("This page was opened by {name}"),
        None => "This page was opened by someone else".into(),
    };
    let user = &scope.user.name;
    let said = format!("{theirs}, but {user} is now signed in here. Nothing was saved.");
    if request.uri().path().starts_with("/fn/") {
        let error = Error::Forbidden(format!(
            "{said} Sign in with the original account in another tab and try again, or reload the page to continue as {user}."
        ));
        return (StatusCode::CONFLICT, server_fn_error(error)).into_response();
    }
    let look = state.look(request.headers());
    let address = request.uri().path().to_owned();
    let mut pairs = match Sent::from_request(request, &()).await {
        Ok(sent) => sent.pairs,
        Err(response) => return response,
    };
    for (name, value) in &mut pairs {
        if name == PAGE_USER {
            *value = scope.user.id.to_string();
        }
    }
    let page = app::auth::other_user(&look, said, user, (address, pairs), &db::request_id::current());
    (StatusCode::CONFLICT, Html(page)).into_response()
}

/// The header with the key of a request: if the response is lost, the device sends it again with the same key.
fn idempotency_key(request: &Request) -> Option<Uuid> {
    let key = request.headers().get("x-curlew-key")?.to_str().ok()?;
    request.uri().path().starts_with("/fn/").then(|| Uuid::try_parse(key).ok()).flatten()
}

/// The header of automatic requests: the seconds since the user last did something.
const IDLE: &str = "x-curlew-idle";

/// Whether the user made this request, and not the page automatically.
fn is_user_initiated(request: &Request) -> bool {
    let idle = request.headers().get(IDLE).and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
    !request.uri().path().starts_with("/live") && idle.is_none_or(|seconds| seconds < 60)
}

async fn scope(state: &State, session: &Session, by_hand: bool) -> domain::Result<Option<Scope>> {
    let scope = sessions::scope(session).await.map_err(|cause| {
        tracing::warn!(%cause, "could not read a session");
        Error::Unavailable
    })?;
    let Some(scope) = scope else { return Ok(None) };
    if !by_hand {
        return Ok(Some(scope));
    }
    // Only requests of the user renew the session, at most every five minutes.
    let now = state.db.now();
    let used = session.get::<i64>(USED).await.ok().flatten().unwrap_or_default();
    // A time in the future was written by a wrong clock.
    if !(0..=5 * MINUTE).contains(&(now - used)) {
        sessions::keep_length(session).await;
        let _ = session.insert(USED, now).await;
    }
    Ok(Some(scope))
}

fn server_fn_error(error: Error) -> Response {
    let status = app::context::status(&error);
    let body = serde_json::to_string(&AppError(error)).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

async fn refused(state: &State, request: Request) -> Response {
    let path = request.uri().path();
    if path.starts_with("/fn/") {
        return server_fn_error(Error::SignedOut);
    }
    if path.starts_with("/api/") {
        let body = r#"{"error":"You are not signed in"}"#;
        return (StatusCode::UNAUTHORIZED, [(header::CONTENT_TYPE, "application/json")], body).into_response();
    }
    if path.starts_with("/live") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    match state.setup.is_open(&state.db).await {
        Ok(true) => return Redirect::to("/setup/").into_response(),
        Ok(false) => {}
        Err(error) => return error_page(&state.look(request.headers()), &error),
    }
    if request.method() != Method::POST {
        let path = request.uri().path_and_query().map_or("/", |it| it.as_str());
        let next: String = form_urlencoded::byte_serialize(path.as_bytes()).collect();
        let to = if path == "/" { "/login/".to_owned() } else { format!("/login/?next={next}") };
        return Redirect::to(&to).into_response();
    }
    // A form sent after the session ended: the sign-in page keeps its input.
    let look = state.look(request.headers());
    let address = path.to_owned();
    let Ok(body) = to_bytes(request.into_body(), admission::BODY).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let saved_form = SavedForm::of(&address, &body).map(SavedForm::into_sent);
    let page = SignIn { next: address, saved_form, ..SignIn::default() };
    (StatusCode::UNAUTHORIZED, Html(app::auth::sign_in(&look, page))).into_response()
}

/// The client address: the peer, or what a trusted proxy reports.
pub fn client(state: &State, headers: &HeaderMap, peer: Option<&ConnectInfo<SocketAddr>>) -> Client {
    let mut address = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |it| it.0.ip()).to_canonical();
    let forwarded: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().flat_map(|it| it.to_str().unwrap_or("?").split(',')).map(str::trim).collect();
    // From the nearest hop outwards while the reporting hop is trusted; an unreadable hop ends it.
    if !forwarded.is_empty() && !state.config.trusted_proxies.iter().any(|network| network.contains(&address)) {
        static SAID: std::sync::Once = std::sync::Once::new();
        SAID.call_once(|| {
            tracing::warn!(
                peer = %address,
                "a request has X-Forwarded-For from an address that is not in CURLEW_TRUSTED_PROXIES: if that is your proxy, everyone behind it shares one rate limit"
            );
        });
    }
    for hop in forwarded.into_iter().rev() {
        if !state.config.trusted_proxies.iter().any(|network| network.contains(&address)) {
            break;
        }
        let read = hop.parse::<IpAddr>().or_else(|_| hop.parse::<SocketAddr>().map(|it| it.ip()));
        let Ok(hop) = read else { break };
        address = hop.to_canonical();
    }
    Client { address, device: cookie(headers, DEVICE_COOKIE) }
}

/// A path within this site, or `/`: `//evil.example`, `/\evil`, schemes and control characters are not followed.
///
/// ```
/// assert_eq!(server::access::within("/orders/?page=2"), "/orders/?page=2");
/// assert_eq!(server::access::within("//evil.example"), "/");
/// ```
pub fn within(next: &str) -> &str {
    let odd = |c: char| c.is_control() || c == '\\' || c.is_whitespace();
    let fine = next.starts_with('/')
        && !next.starts_with("//")
        && !next.chars().any(odd)
        && next.parse::<Uri>().is_ok_and(|it| it.host().is_none());
    if fine && !is_public(next.split('?').next().unwrap_or_default()) { next } else { "/" }
}
