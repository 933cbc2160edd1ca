//! Paths of earlier releases: bookmarks, open tabs and saved forms keep working.

use axum::{
    extract::Request,
    http::{Uri, uri::PathAndQuery},
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
