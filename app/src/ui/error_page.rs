//! What stands where a page cannot: one calm sentence, a reference where there is one, a way on.

use domain::Error;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::error::AppError;

/// An error instead of a page's content.
#[component]
pub fn Failed(error: AppError) -> impl IntoView {
    let title = match &error.0 {
        Error::NotFound | Error::Forbidden(_) => "Nothing here",
        Error::SignedOut => "Signed out",
        Error::Unavailable | Error::Busy(_) => "Not just now",
        _ => "Something went wrong",
    };
    view! {
        <Title text=title/>
        <section class="nothing">
            <h1 tabindex="-1">{title}</h1>
            <p>{error.0.sentence()}</p>
            <p class="nothing-ways">
                <a class="btn btn-primary" href="/orders/">"All orders"</a>
                {matches!(error.0, Error::Unavailable | Error::Busy(_)).then(|| view! { <a class="btn btn-quiet" href="" rel="external">"Try again"</a> })}
            </p>
        </section>
    }
}

/// An address that nothing answers.
#[component]
pub fn Missing() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
    view! { <Failed error=AppError(Error::NotFound)/> }
}
