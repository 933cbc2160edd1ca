//! The request log: one line per request, with the reference that an error page shows too. No URLs, queries or forms are logged.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tokio::time::Instant;

/// The response header with the reference of a request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of the user, once it is known; 0 until then.
#[derive(Clone, Debug, Default)]
pub struct RequestUser(Arc<AtomicI64>);

impl RequestUser {
    /// Sets the id of the signed-in user for the log line of this request.
    pub fn is(&self, user: i64) {
        self.0.store(user, Ordering::Relaxed);
    }
}

/// Middleware: gives a request its reference and logs it.
pub async fn log(mut request: Request, next: Next) -> Response {
    let (started, id, asking) = (Instant::now(), db::request_id::generate(), RequestUser::default());
    request.extensions_mut().insert(asking.clone());
    let (method, route) = (request.method().clone(), route(&request));
    let mut response = db::request_id::scope(id.clone(), next.run(request)).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let (status, ms) = (response.status().as_u16(), started.elapsed().as_secs_f64() * 1_000.0);
    let ms = (ms * 10.0).round() / 10.0;
    let user = Some(asking.0.load(Ordering::Relaxed)).filter(|user| *user != 0);
    if ["/livez", "/readyz"].contains(&route.as_str()) {
        tracing::debug!(target: "curlew::request", %method, route, status, ms, id, user);
    } else if status >= 500 {
        tracing::warn!(target: "curlew::request", %method, route, status, ms, id, user);
    } else {
        tracing::info!(target: "curlew::request", %method, route, status, ms, id, user);
    }
    response
}

/// The path without identifying parts: the pattern of the route, or the path with `{}` for each segment that has a digit
/// or is too long for a word.
fn route(request: &Request) -> String {
    if let Some(matched) = request.extensions().get::<MatchedPath>() {
        return matched.as_str().to_owned();
    }
    let part = |it: &str| {
        if it.len() > 24 || it.bytes().any(|byte| byte.is_ascii_digit() || byte == b'%') { "{}".to_owned() } else { it.to_owned() }
    };
    request.uri().path().split('/').map(part).collect::<Vec<_>>().join("/")
}
