//! What the server hands to a page: the database, who asks, and what a refused form had typed.

use axum::http::{StatusCode, request::Parts};
use db::{Db, Scope, sessions::Current};
use domain::{
    Error, FieldErrors,
    orders::{Field, OrderDraft, bulk, conflict::Conflict, pages::Refused},
};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;

/// Database and scope of the request that is being answered.
///
/// Errors: [`Error::SignedOut`] when nobody is signed in.
pub fn access() -> domain::Result<(Db, Scope)> {
    let db = expect_context::<Db>();
    let parts = use_context::<Parts>().ok_or(Error::SignedOut)?;
    let scope = parts.extensions.get::<Scope>().cloned().ok_or(Error::SignedOut)?;
    Ok((db, scope))
}

/// As [`access`], for what may come twice: with what is asked for, so that a repeat is known ([`db::sync::answered`]).
pub fn access_to(asked: &impl serde::Serialize) -> domain::Result<(Db, Scope)> {
    access().map(|(db, scope)| (db, db::sync::asked(scope, asked)))
}

/// The session that asks, for the list of a person's devices.
pub fn current() -> Current {
    use_context::<Parts>().and_then(|parts| parts.extensions.get::<Current>().cloned()).unwrap_or_default()
}

/// What a plain form sent and why it was refused; the page that shows it again reads it.
#[derive(Clone, Debug, Default)]
pub struct Posted {
    pub uuid: Option<uuid::Uuid>,
    pub version: Option<i64>,
    pub draft: Option<OrderDraft>,
    pub errors: FieldErrors,
    pub sentence: Option<String>,
    pub conflict: Option<Conflict>,
    pub refused: Option<Refused>,
    /// What was to be done to many orders, with its fields in `draft`.
    pub bulk_action: Option<bulk::Kind>,
    /// A form of a server page.
    pub refill: Option<Refill>,
}

/// What a plain form of a server page had typed, and why it was refused.
#[derive(Clone, Debug, Default)]
pub struct Refill {
    /// Where the form posts to.
    pub action: String,
    pub typed: crate::forms::Pairs,
    pub errors: FieldErrors,
    /// What is said above it besides, where nothing was refused.
    pub notice: &'static str,
}

/// What was posted, if this page answers a post.
pub fn posted() -> Option<Posted> {
    use_context::<Posted>()
}

/// Gives the page the status that its error means; on a server function the status of its answer.
pub fn status_of<T>(answer: domain::Result<T>) -> domain::Result<T> {
    if let Err(error) = &answer {
        answer_with(status(error));
    }
    answer
}

/// Sets the status of the answer that is being made.
pub fn answer_with(status: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
}

/// The HTTP status of an error.
pub fn status(error: &Error) -> StatusCode {
    match error {
        // Forbidden looks like missing.
        Error::NotFound | Error::Forbidden(_) => StatusCode::NOT_FOUND,
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Conflict(_) => StatusCode::CONFLICT,
        Error::SignedOut => StatusCode::UNAUTHORIZED,
        Error::Busy(_) | Error::Unavailable | Error::ReadOnly | Error::DiskFull => StatusCode::SERVICE_UNAVAILABLE,
        Error::Unexpected(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Lays what a plain form had typed over the form that is shown again.
pub fn as_posted(mut form: domain::orders::pages::OrderForm) -> domain::orders::pages::OrderForm {
    let Some(posted) = posted() else { return form };
    form.uuid = posted.uuid.map_or(form.uuid, |uuid| uuid.to_string());
    form.version = posted.version.unwrap_or(form.version);
    form.draft = posted.draft.unwrap_or(form.draft);
    form.errors = posted.errors;
    form.sentence = posted.sentence;
    form.conflict = posted.conflict;
    form
}

/// The same for the forms of an act on many orders.
pub fn as_said(mut shown: bulk::BulkActionView) -> bulk::BulkActionView {
    let Some(posted) = posted() else { return shown };
    if let Some(draft) = &posted.draft {
        for form in shown.forms.iter_mut().filter(|form| Some(form.kind) == posted.bulk_action) {
            for control in &mut form.controls {
                control.value = Field::find(&control.name).map_or("", |field| draft.get(field)).to_owned();
            }
        }
    }
    shown.errors = posted.errors;
    shown.said = posted.bulk_action;
    shown
}

/// An answer as JSON, with the status that its error means.
pub fn json<T: serde::Serialize>(answer: domain::Result<T>) -> Result<String, crate::error::AppError> {
    let value = status_of(answer)?;
    serde_json::to_string(&value).map_err(|cause| crate::error::AppError(Error::Unexpected(cause.to_string())))
}
