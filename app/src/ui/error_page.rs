//! What stands where a page cannot: one calm sentence, a reference where there is one, a way on.

use domain::Error;
use leptos::prelude::*;

use super::{
    el::{el, link},
    titled,
};
use crate::error::AppError;

/// An error instead of a page's content.
pub fn error_view(error: AppError) -> AnyView {
    let title = match &error.0 {
        Error::NotFound | Error::Forbidden(_) => "Nothing here",
        Error::SignedOut => "Signed out",
        error if error.is_temporary() => "Not just now",
        _ => "Something went wrong",
    };
    let again = error.0.is_temporary().then(|| link("btn btn-quiet", "").attr("rel", "external").text("Try again"));
    let page = el("section", "nothing")
        .with(el("h1", "").attr("tabindex", "-1").text(title))
        .with(el("p", "").text(error.0.sentence()))
        .with(el("p", "nothing-ways").with(link("btn btn-primary", "/orders/").text("All orders")).all(again));
    titled(title, [page])
}

/// An address that nothing answers.
pub fn missing() -> AnyView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
    error_view(AppError(Error::NotFound))
}
