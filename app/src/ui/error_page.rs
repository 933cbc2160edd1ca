//! The error page inside the frame: a sentence, a reference if there is one, and a link.

use domain::{Error, orders::pages::Link};
use leptos::prelude::*;

use super::{EmptyState, Erase, LinkButton, Page};
use crate::error::AppError;

/// Renders an error instead of the page's content.
pub fn error_view(error: AppError) -> AnyView {
    let title = match &error.0 {
        Error::NotFound | Error::Forbidden(_) => "Page not found",
        Error::SignedOut => "Signed out",
        error if error.is_temporary() => "Temporarily unavailable",
        _ => "Something went wrong",
    };
    let again = error.0.is_temporary().then(|| view! { <LinkButton href="" attr:rel="external">"Try again"</LinkButton> });
    view! {
        <Page title=title>
            <EmptyState title=title text=error.0.sentence() action=Some(Link::new("All orders", "/orders/", false))>{again}</EmptyState>
        </Page>
    }
    .erase()
}

/// The page for unknown URLs.
pub fn not_found() -> AnyView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
    error_view(AppError(Error::NotFound))
}
