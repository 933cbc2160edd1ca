//! Request context of pages: database, user, and the input of a refused form.

use axum::http::{StatusCode, request::Parts};
use db::{Db, Scope, sessions::Current};
use domain::{
    Error, FieldErrors,
    orders::{Field, OrderDraft, bulk, conflict::Conflict, pages::Refused},
};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;

/// The database and scope of the current request.
///
/// Errors: [`Error::SignedOut`] without a session.
pub fn access() -> domain::Result<(Db, Scope)> {
    let db = expect_context::<Db>();
    let parts = use_context::<Parts>().ok_or(Error::SignedOut)?;
    let scope = parts.extensions.get::<Scope>().cloned().ok_or(Error::SignedOut)?;
    Ok((db, scope))
}

/// As [`access`], for requests that may be repeated: with the request's key and digest ([`db::sync::recover_stored_result`]).
pub fn access_to(asked: &impl serde::Serialize) -> domain::Result<(Db, Scope)> {
    access().map(|(db, scope)| (db, db::sync::with_digest(scope, asked)))
}

/// The current session, for the list of devices.
pub fn current() -> Current {
    use_context::<Parts>().and_then(|parts| parts.extensions.get::<Current>().cloned()).unwrap_or_default()
}

/// The input and errors of a refused plain form; the page that shows it again reads them.
#[derive(Clone, Debug, Default)]
pub struct Posted {
    pub uuid: Option<uuid::Uuid>,
    pub version: Option<i64>,
    pub draft: Option<OrderDraft>,
    pub errors: FieldErrors,
    pub sentence: Option<String>,
    pub conflict: Option<Conflict>,
    pub refused: Option<Refused>,
    /// The kind of a bulk action, with its fields in `draft`.
    pub bulk_action: Option<bulk::Kind>,
    /// A form whose fields the server describes.
    pub refill: Option<Refill>,
}

impl Posted {
    /// A refused form of the order page.
    pub fn refused(refused: Refused) -> Self {
        Self { refused: Some(refused), ..Self::default() }
    }
}

/// The input and errors of a refused form whose fields the server describes.
#[derive(Clone, Debug, Default)]
pub struct Refill {
    /// The action of the form.
    pub action: String,
    pub typed: crate::forms::Pairs,
    pub errors: FieldErrors,
    /// A notice above the form, where nothing was refused.
    pub notice: &'static str,
}

/// The refused form, if this page responds to one.
pub fn posted() -> Option<Posted> {
    use_context::<Posted>()
}

/// Sets the HTTP status of an error, for a page or a server function.
pub fn status_of<T>(answer: domain::Result<T>) -> domain::Result<T> {
    if let Err(error) = &answer {
        answer_with(status(error));
    }
    answer
}

/// Sets the status of the current response.
pub fn answer_with(status: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
}

/// The HTTP status of an error.
pub fn status(error: &Error) -> StatusCode {
    match error {
        // Forbidden looks like not found.
        Error::NotFound | Error::Forbidden(_) => StatusCode::NOT_FOUND,
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Conflict(_) => StatusCode::CONFLICT,
        Error::SignedOut => StatusCode::UNAUTHORIZED,
        Error::Busy(_) | Error::Unavailable | Error::ReadOnly | Error::DiskFull => StatusCode::SERVICE_UNAVAILABLE,
        Error::Unexpected(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Puts the input of a refused form into the form that is shown again.
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

/// The same for the forms of a bulk action.
pub fn refill_bulk_action(mut shown: bulk::BulkActionView) -> bulk::BulkActionView {
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
