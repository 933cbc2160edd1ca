//! Error pages: what a person sees where no page of the application can stand, with the reference that the log knows.

use std::any::Any;

use app::auth::{PageTheme, Unsent};
use axum::{
    body::Body,
    http::{Response as HttpResponse, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use domain::Error;

/// A plain page for an error, with its status.
pub fn error_page(look: &PageTheme, error: &Error) -> Response {
    error_page_with_form(look, error, None)
}

/// A plain page for an error, with a form that can be sent again from it.
pub fn error_page_with_form(look: &PageTheme, error: &Error, unsent: Option<Unsent>) -> Response {
    let page = app::auth::failed(look, error, unsent, &db::request_id::current());
    let mut response = (app::context::status(error), Html(page)).into_response();
    if error.is_temporary() {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("5"));
    }
    response
}

/// The answer to a form whose work goes on after the time of its request: it may be done by the time that it is looked for.
pub fn still_running(look: &PageTheme, unsent: Option<Unsent>) -> Response {
    let page = app::auth::still_running(look, unsent, &db::request_id::current());
    (StatusCode::GATEWAY_TIMEOUT, Html(page)).into_response()
}

/// What a panic becomes.
pub fn panic_response(cause: Box<dyn Any + Send + 'static>) -> HttpResponse<Body> {
    let cause = cause.downcast_ref::<String>().cloned().or_else(|| cause.downcast_ref::<&str>().map(|it| (*it).to_owned()));
    let reference = db::request_id::current();
    tracing::error!(cause = cause.unwrap_or_default(), reference, "a handler panicked");
    let text = format!("Something went wrong on our side. If it happens again, quote reference {reference}.");
    (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
}
