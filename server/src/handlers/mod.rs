//! Plain forms: each posts to its page's own address, is parsed into the same draft as the server function's, and answers 303, or
//! the same page with the typed values and the messages.

pub mod api;
pub mod auth;
pub mod bulk;
pub mod orders;
pub mod people;
pub mod saved_forms;
pub mod server_pages;
pub mod views;

pub use app::forms::{Pairs, value};
use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::page::MOST_PAIRS;

use crate::{admission, error_page::error_page_with_form, page::done, state::State};

/// A plain form that was sent.
pub struct Sent {
    pub parts: Parts,
    pub pairs: Pairs,
}

/// Why bytes are no form that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormError {
    /// They are no UTF-8.
    NotText,
    /// More than [`MOST_PAIRS`].
    TooMany,
}

impl IntoResponse for FormError {
    fn into_response(self) -> Response {
        match self {
            Self::NotText => (StatusCode::BAD_REQUEST, "This is not UTF-8 text: nothing was saved.").into_response(),
            Self::TooMany => (StatusCode::PAYLOAD_TOO_LARGE, format!("This form has more than {MOST_PAIRS} fields, so nothing was saved."))
                .into_response(),
        }
    }
}

/// Refused with 415 for another type, 413 above two MiB or [`MOST_PAIRS`], 400 for bytes that are no UTF-8.
impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        if !is_form(&parts.headers) {
            return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "This address takes plain forms.").into_response());
        }
        let Ok(bytes) = to_bytes(body, admission::BODY).await else {
            return Err((StatusCode::PAYLOAD_TOO_LARGE, "This is more than two megabytes, so nothing was saved.").into_response());
        };
        decode(&bytes).map(|pairs| Self { parts, pairs }).map_err(IntoResponse::into_response)
    }
}

impl Sent {
    /// The value of a name; empty when it is not there.
    pub fn value(&self, name: &str) -> &str {
        value(&self.pairs, name)
    }

    /// Answers a press that needs no page of its own: 303 to `to` with a word for the page that follows, or a calm page that says
    /// why not. What could not be taken just now can be sent again from there; what breaks a rule cannot.
    pub fn pressed(self, state: &State, answer: domain::Result<()>, to: &str, code: &str) -> Response {
        match answer {
            Ok(()) => done(to, code),
            Err(error) => {
                let again = error.is_temporary().then(|| (self.parts.uri.path().to_owned(), self.pairs));
                error_page_with_form(&state.look(&self.parts.headers), &error, again)
            }
        }
    }
}

/// Whether the body is a plain form.
pub fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|it| it.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

/// Decodes a form. The decoder replaces bytes that are no UTF-8, so a replacement that nobody typed gives them away.
pub fn decode(bytes: &[u8]) -> Result<Pairs, FormError> {
    let pairs: Pairs = form_urlencoded::parse(bytes).into_owned().take(MOST_PAIRS + 1).collect();
    if pairs.len() > MOST_PAIRS {
        return Err(FormError::TooMany);
    }
    let replaced = pairs.iter().flat_map(|(name, value)| [name, value]).map(|it| it.matches('\u{FFFD}').count()).sum::<usize>();
    let text = String::from_utf8_lossy(bytes).to_ascii_uppercase();
    if replaced == text.matches("%EF%BF%BD").count() { Ok(pairs) } else { Err(FormError::NotText) }
}

/// The request again without its body, to render its page.
pub fn page_of(parts: Parts) -> Request {
    Request::from_parts(parts, Body::empty())
}
