//! Error pages outside of the application, with the reference that is in the log.

use std::any::Any;

use app::auth::{PageTheme, Unsent};
use axum::{
    body::Body,
    http::{Response as HttpResponse, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use domain::Error;

/// A plain error page with its status.
pub fn error_page(look: &PageTheme, error: &Error) -> Response {
    error_page_with_form(look, error, None)
}

/// A plain error page with a form that can be sent again.
pub fn error_page_with_form(look: &PageTheme, error: &Error, unsent: Option<Unsent>) -> Response {
    let page = app::auth::error_page(look, error, unsent, &db::request_id::current());
    let mut response = (app::context::status(error), Html(page)).into_response();
    if error.is_temporary() {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("5"));
    }
    response
}

/// The response to a form whose work continues after the time limit of the request.
pub fn still_running(look: &PageTheme, unsent: Option<Unsent>) -> Response {
    let page = app::auth::still_running(look, unsent, &db::request_id::current());
    (StatusCode::GATEWAY_TIMEOUT, Html(page)).into_response()
}

/// The response to a panic.
pub fn panic_response(cause: Box<dyn Any + Send + 'static>) -> HttpResponse<Body> {
    let cause = cause.downcast_ref::<String>().cloned().or_else(|| cause.downcast_ref::<&str>().map(|it| (*it).to_owned()));
    let reference = db::request_id::current();
    tracing::error!(cause = cause.unwrap_or_default(), reference, "a handler panicked");
    let text = format!("Something went wrong on our side. If it happens again, tell your admin and quote reference {reference}.");
    (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
}
