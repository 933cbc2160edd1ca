//! How much at once and how long: 256 requests, 20 s each; above that a calm 503. A panic is a 500 with a reference.

use std::{any::Any, sync::Arc, time::Duration};

use app::entry::{Look, Unsent};
use axum::{
    body::Body,
    extract::{Request, State as Get},
    http::{Response as Answer, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use domain::Error;
use tokio::sync::Semaphore;

use crate::state::State;

/// Requests at once.
pub const AT_ONCE: usize = 256;
/// The time of a request.
pub const LONGEST: Duration = Duration::from_secs(20);
/// The largest body, in bytes.
pub const BODY: usize = 2 * 1024 * 1024;

/// Lets a request in when there is room, and ends it when it takes too long.
pub async fn hold(Get((state, room)): Get<(State, Arc<Semaphore>)>, request: Request, next: Next) -> Response {
    let look = state.look(request.headers());
    let Ok(_place) = room.try_acquire() else { return calm(&look, &Error::Busy(2)) };
    match tokio::time::timeout(LONGEST, next.run(request)).await {
        Ok(response) => response,
        Err(_) => calm(&look, &Error::Busy(10)),
    }
}

/// A plain page for an error, with its status.
pub fn calm(look: &Look, error: &Error) -> Response {
    calm_with(look, error, None)
}

/// A plain page for an error, with a form that is to be sent again.
pub fn calm_with(look: &Look, error: &Error, unsent: Option<Unsent>) -> Response {
    let mut response = (app::context::status(error), Html(app::entry::failed(look, error, unsent))).into_response();
    if matches!(error, Error::Busy(_) | Error::Unavailable) {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("5"));
    }
    response
}

/// What a panic becomes.
pub fn panicked(cause: Box<dyn Any + Send + 'static>) -> Answer<Body> {
    let cause = cause.downcast_ref::<String>().cloned().or_else(|| cause.downcast_ref::<&str>().map(|it| (*it).to_owned()));
    tracing::error!(cause = cause.unwrap_or_default(), "a handler panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side. Nothing was half done.").into_response()
}
