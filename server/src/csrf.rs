//! CSRF protection: requests with unsafe methods must come from this site.

use axum::{
    extract::{Request, State as Get},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::state::State;

/// Middleware: safe methods pass. Others need `Sec-Fetch-Site: same-origin`; where it is absent, an Origin, then a Referer equal to the
/// base URL; with none of the three and a cookie they are refused.
pub async fn guard(Get(state): Get<State>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_ours(request.headers(), &state.config.base_url) {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, "This request didn't come from a Curlew page, so nothing was changed. Open Curlew and try again.")
        .into_response()
}

fn is_ours(headers: &HeaderMap, base: &str) -> bool {
    let text = |name: header::HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    if let Some(origin) = text(header::ORIGIN) {
        return origin == base;
    }
    if let Some(referer) = text(header::REFERER) {
        return referer.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    }
    !headers.contains_key(header::COOKIE)
}
