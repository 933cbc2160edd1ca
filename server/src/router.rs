//! The routes, and the layers that every request passes.

use axum::{
    Router,
    extract::{RawQuery, Request, State as Get},
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state, map_request},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post},
};
use db::health::Status;
use leptos::prelude::provide_context;
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};
use tower_sessions::{SessionManagerLayer, cookie::SameSite};

use crate::{
    access,
    admission::{Admission, admit},
    csrf,
    error_page::panic_response,
    handlers::{admin, api, auth, bulk, commission, orders, page_forms, people, reports, saved_forms, views},
    headers, install, live, page, renamed, request_log,
    sessions::{self, Store},
    site,
    state::State,
};

/// Builds the router.
pub fn router(state: State) -> Router {
    let sessions = SessionManagerLayer::new(Store(state.db.clone()))
        .with_name(state.config.cookie())
        .with_secure(state.config.is_https())
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(sessions::idle(false));
    let pages = slashed([
        ("/login", get(auth::sign_in_page).post(auth::sign_in)),
        ("/logout", post(auth::sign_out)),
        ("/setup", get(auth::setup_page).post(auth::setup)),
        ("/invite/{token}", get(auth::invite_page).post(auth::invite)),
        ("/theme", post(auth::theme)),
        ("/share", get(install::share)),
        ("/send-again", get(saved_forms::send_again)),
        ("/views", post(views::save)),
        ("/views/remove", post(views::remove)),
        ("/profile/devices", post(people::revoke)),
        ("/profile/columns", post(people::columns)),
        ("/duplicates", get(page::any).post(bulk::merge_duplicates)),
        ("/reports/csv", get(reports::report)),
        ("/commission/{user}/csv", get(commission::statement)),
        ("/admin/users/{id}", get(admin::person)),
        ("/orders/bulk", get(page::any).post(bulk::choose)),
        ("/orders/bulk/{id}", get(page::any).post(bulk::set_action)),
        ("/orders/bulk/{id}/start", post(bulk::start)),
        ("/orders/bulk/{id}/stop", post(bulk::stop)),
        ("/orders/bulk/{id}/undo", post(bulk::undo)),
        ("/orders/export", get(orders::export)),
        ("/orders/new", get(page::any).post(orders::create)),
        ("/orders/{number}/update", get(page::any).post(orders::edit)),
        ("/orders/{number}/move", get(page::any).post(orders::change_status)),
        ("/orders/{number}/trash", post(orders::trash)),
        ("/orders/{number}/restore", post(orders::restore)),
        ("/orders/{number}/undo", post(orders::undo)),
        ("/orders/{number}/follow-up", get(page::any).post(orders::follow_up)),
        ("/orders/{number}/comment", get(page::any).post(orders::comment)),
        ("/orders/{number}/comment/update", get(page::any).post(orders::comment_status)),
    ]);
    pages
        .merge(page_forms::routes(&state))
        .layer(from_fn(page::tell_stored))
        .route("/api/v1/offline", get(api::snapshot))
        // Its name in earlier releases.
        .route("/api/v1/pocket", get(api::snapshot))
        .route("/api/v1/sync", post(api::sync))
        .route("/fn/told", post(renamed::reload_page))
        .route("/fn/{*name}", post(server_fn).layer(from_fn(renamed::nest_data)))
        .fallback(page::any)
        // Pages are compressed dynamically; the site's files are precompressed. Event streams are not: an unused encoder
        // would cost each of thousands of streams six kilobytes.
        .layer(CompressionLayer::new())
        .route("/live", get(live::live))
        .route("/live/here", get(live::other_viewers))
        .layer(from_fn_with_state(state.clone(), access::guard))
        .layer(sessions)
        .layer(from_fn_with_state((state.clone(), Admission::default()), admit))
        .layer(from_fn_with_state(state.clone(), csrf::guard))
        // Files and health checks bypass admission: they are served even when all slots are taken.
        .route("/pkg/{*path}", get(site::file))
        .route("/shell", get(install::shell))
        .route("/sw.js", get(install::worker))
        .route("/manifest.webmanifest", get(install::manifest))
        .route("/icons/{name}", get(install::icon))
        .route("/help/pictures/{name}", get(site::guide_picture))
        .route("/livez", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .layer(from_fn(renamed::redirect))
        .layer(CatchPanicLayer::custom(panic_response))
        .layer(from_fn(request_log::log))
        .layer(from_fn_with_state(state.clone(), headers::security_headers))
        .layer(map_request(single_slashes))
        .with_state(state)
}

/// Each path with and without its trailing slash.
pub fn slashed<const N: usize>(table: [(&str, MethodRouter<State>); N]) -> Router<State> {
    table.into_iter().fold(Router::new(), |router, (path, method)| router.route(path, method.clone()).route(&format!("{path}/"), method))
}

async fn server_fn(Get(state): Get<State>, request: Request) -> Response {
    let db = state.db.clone();
    leptos_axum::handle_server_fns_with_context(move || provide_context(db.clone()), request).await.into_response()
}

/// Readiness: the server is not stopping, and a write commits within a second. `?for=reads` checks only whether
/// pages can be read, for load balancers that keep a read-only database in service.
async fn ready(Get(state): Get<State>, RawQuery(query): RawQuery) -> Response {
    let not_ready = |why: &str| (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {why}")).into_response();
    if *state.leaving.borrow() {
        return not_ready("this server is stopping");
    }
    let reads_suffice = query.as_deref() == Some("for=reads");
    match state.db.check_health().await {
        Status::Writable => "ready".into_response(),
        status if reads_suffice && status.can_read() => "ready for reads".into_response(),
        Status::ReadOnly => not_ready("the database is read-only"),
        Status::NotWritable(why) => not_ready(&why),
        Status::Unavailable => not_ready("the database is not responding"),
    }
}

/// `//orders` is the same path as `/orders`, and is never read as a host.
async fn single_slashes(mut request: Request) -> Request {
    let path = request.uri().path();
    if path.contains("//") {
        let mut single = String::with_capacity(path.len());
        for c in path.chars() {
            if !(c == '/' && single.ends_with('/')) {
                single.push(c);
            }
        }
        if let Some(query) = request.uri().query() {
            single.push('?');
            single.push_str(query);
        }
        if let Ok(uri) = single.parse() {
            *request.uri_mut() = uri;
        }
    }
    request
}
