//! Addresses that earlier releases had: bookmarks, open tabs and forms that were saved go on working.

use axum::{
    extract::Request,
    http::{Uri, uri::PathAndQuery},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};

/// Pages and the forms on them: the start of the path in an earlier release, and what stands there now.
const PAGES: [(&str, &str); 1] = [("/orders/many/", "/orders/bulk/")];

/// Server functions: an open tab calls them by the name that they had when it was loaded.
const FUNCTIONS: [(&str, &str); 3] =
    [("/fn/orders/advance", "/fn/orders/change_status"), ("/fn/orders/many", "/fn/orders/bulk"), ("/fn/comments/say", "/fn/comments/save")];

/// Answers a page's earlier address with a redirect that keeps method and body (308), and calls a server function by its name of now.
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
