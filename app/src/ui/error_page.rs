//! The error page inside the frame: a sentence, a reference if there is one, and a link.

use domain::Error;
use leptos::prelude::*;

use super::{
    el::{el, link},
    titled,
};
use crate::error::AppError;

/// Renders an error instead of the page's content.
pub fn error_view(error: AppError) -> AnyView {
    let title = match &error.0 {
        Error::NotFound | Error::Forbidden(_) => "Page not found",
        Error::SignedOut => "Signed out",
        error if error.is_temporary() => "Temporarily unavailable",
        _ => "Something went wrong",
    };
    let again = error.0.is_temporary().then(|| link("btn btn-quiet", "").attr("rel", "external").text("Try again"));
    let page = el("section", "empty-state")
        .with(el("h1", "").attr("tabindex", "-1").text(title))
        .with(el("p", "").text(error.0.sentence()))
        .with(el("p", "empty-actions").with(link("btn btn-primary", "/orders/").text("All orders")).all(again));
    titled(title, [page])
}

/// The page for unknown URLs.
pub fn not_found() -> AnyView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
    error_view(AppError(Error::NotFound))
}
