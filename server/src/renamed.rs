//! Paths and answers of earlier releases: bookmarks, open tabs and saved forms keep working.

use axum::{
    Json,
    body::{Body, to_bytes},
    extract::Request,
    http::{StatusCode, Uri, header::CONTENT_LENGTH, uri::PathAndQuery},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};

/// Pages and their forms: the path prefix in an earlier release, and the current one.
const PAGES: [(&str, &str); 2] = [("/orders/many/", "/orders/bulk/"), ("/rights/", "/permissions/")];

/// Server functions: an open tab calls them by their earlier names.
const FUNCTIONS: [(&str, &str); 3] =
    [("/fn/orders/advance", "/fn/orders/change_status"), ("/fn/orders/many", "/fn/orders/bulk"), ("/fn/comments/say", "/fn/comments/save")];

/// Middleware: redirects earlier page paths, keeping method and body (308), and maps earlier names of server functions.
pub async fn redirect(mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if let Some((start, now)) = PAGES.into_iter().find(|(start, _)| path.starts_with(start)) {
        let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
        return Redirect::permanent(&format!("{now}{}{query}", &path[start.len()..])).into_response();
    }
    if let Some((_, now)) = FUNCTIONS.into_iter().find(|(before, _)| *before == path.trim_end_matches('/')) {
        let mut parts = request.uri().clone().into_parts();
        parts.path_and_query = Some(PathAndQuery::from_static(now));
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    next.run(request).await
}

/// A page that reads data as JSON says so with this header.
const DATA: &str = "x-curlew-data";

/// Server functions that answer data.
const READS: [&str; 9] = [
    "/fn/frame",
    "/fn/profile",
    "/fn/actions",
    "/fn/orders/list",
    "/fn/orders/board",
    "/fn/orders/show",
    "/fn/orders/form",
    "/fn/orders/bulk",
    "/fn/duplicates",
];

/// Middleware: a page of an earlier release reads the data of a server function as JSON within a JSON string.
pub async fn nest_data(request: Request, next: Next) -> Response {
    let path = request.uri().path().trim_end_matches('/');
    let is_earlier = READS.contains(&path) && !request.headers().contains_key(DATA);
    let response = next.run(request).await;
    if !is_earlier || !response.status().is_success() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let nested = match to_bytes(body, usize::MAX).await {
        Ok(data) => serde_json::to_string(&String::from_utf8_lossy(&data)),
        Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    };
    parts.headers.remove(CONTENT_LENGTH);
    match nested {
        Ok(nested) => Response::from_parts(parts, Body::from(nested)),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// A page that a tab of the release before asks for as HTML (`/fn/told`): it is one of this release, and reloading leads to it.
pub async fn reload_page() -> Json<String> {
    let html = "<section class=\"empty-state\"><h1 tabindex=\"-1\">Curlew has been updated</h1><p>Reload the page to continue.</p>\
        <p class=\"empty-state-actions\"><a class=\"button button-primary\" href=\"\" rel=\"external\">Reload</a></p></section>";
    Json(serde_json::json!({ "title": "Curlew has been updated", "html": html }).to_string())
}
