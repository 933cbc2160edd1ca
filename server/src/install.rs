//! The installable application: manifest, icons, service worker, and the offline shell. None of it
//! contains user data.

use axum::{
    extract::{Path, RawQuery, State as Get},
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{site, state::State};

/// The icons by name.
const ICONS: [(&str, &[u8]); 4] = [
    ("180.png", include_bytes!("../icons/180.png")),
    ("192.png", include_bytes!("../icons/192.png")),
    ("512.png", include_bytes!("../icons/512.png")),
    ("maskable.png", include_bytes!("../icons/maskable.png")),
];

/// The web app manifest.
pub async fn manifest() -> Response {
    let icon = |name: &str, size: &str, purpose: &str| json!({ "src": format!("/icons/{name}"), "sizes": size, "type": "image/png", "purpose": purpose });
    let shortcut = |name: &str, url: &str| json!({ "name": name, "url": url });
    let manifest = json!({
        "id": "/",
        "name": "Curlew",
        "short_name": "Curlew",
        "description": "Orders, online and offline",
        "start_url": "/orders/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f7f6f1",
        "theme_color": "#0b6a63",
        "lang": "en-GB",
        "categories": ["business", "productivity"],
        "icons": [icon("192.png", "192x192", "any"), icon("512.png", "512x512", "any"), icon("maskable.png", "512x512", "maskable")],
        "shortcuts": [shortcut("New order", "/orders/new/"), shortcut("Today", "/orders/today/"), shortcut("Search", "/orders/search/")],
        // Shared text opens as a search.
        "share_target": { "action": "/share", "method": "GET", "params": { "title": "title", "text": "text", "url": "url" } },
    });
    let mut response = manifest.to_string().into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/manifest+json"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// An icon.
pub async fn icon(Path(name): Path<String>) -> Response {
    match ICONS.iter().find(|(it, _)| *it == name) {
        Some((_, bytes)) => {
            ([(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "public, max-age=604800")], *bytes).into_response()
        }
        None => (StatusCode::NOT_FOUND, "not found").into_response(),
    }
}

/// The policy of the service worker: it may connect to this site only.
const WORKER: &str = "default-src 'none'; connect-src 'self'";

/// The service worker, with the list of this release's files.
pub async fn worker() -> Response {
    let Some(script) = site::worker() else { return (StatusCode::NOT_FOUND, "not found").into_response() };
    let (release, files) = site::release();
    let script = format!("self.RELEASE = {};\n{script}", json!({ "id": release, "files": files }));
    let mut response = script.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(WORKER));
    response
}

/// The offline shell.
pub async fn shell(Get(state): Get<State>) -> Response {
    let (html, script) = app::shell::offline(&state.assets);
    let policy = app::shell::kept_policy(&BASE64_STANDARD.encode(Sha256::digest(script)));
    let mut response = Html(html).into_response();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Redirects text that another application shares to a search: for the phone number in it, else for the text.
pub async fn share(RawQuery(query): RawQuery) -> Response {
    let pairs = domain::page::query_pairs(query.as_deref().unwrap_or_default());
    let text = ["text", "title"].iter().map(|name| app::forms::value(&pairs, name)).collect::<Vec<_>>().join(" ");
    let query_text = phone_in(&text).unwrap_or_else(|| text.trim().chars().take(200).collect());
    let query: String = form_urlencoded::byte_serialize(query_text.as_bytes()).collect();
    Redirect::to(&format!("/orders/search/?query={query}")).into_response()
}

/// The first phone number in a text: seven digits or more, with the usual separators.
///
/// ```
/// assert_eq!(server::install::phone_in("Call Ann (Oakley): 07700 900123, after two").as_deref(), Some("07700 900123"));
/// assert_eq!(server::install::phone_in("42 Dock Road"), None);
/// ```
pub fn phone_in(text: &str) -> Option<String> {
    let runs = text.split(|c: char| !(c.is_ascii_digit() || " +().-".contains(c)));
    let digits = |run: &str| run.chars().filter(char::is_ascii_digit).count();
    let found = runs.map(str::trim).find(|run| digits(run) >= 7)?;
    Some(found.trim_matches(|c: char| !(c.is_ascii_digit() || c == '+')).to_owned())
}
