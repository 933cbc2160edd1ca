//! Handlers of plain forms: each form posts to the URL of its page, is parsed into the same draft as in server functions, and responds with 303, or
//! the page again with its input and messages.

pub mod admin;
pub mod api;
pub mod auth;
pub mod bulk;
pub mod campaigns;
pub mod commission;
pub mod companies;
pub mod orders;
pub mod page_forms;
pub mod people;
pub mod reports;
pub mod saved_forms;
pub mod views;

pub use app::forms::{Pairs, value};
use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use db::Scope;
use domain::{Error, page::MOST_PAIRS};

use crate::{
    admission,
    error_page::{error_page, error_page_with_form},
    page::redirect_with_flash,
    state::State,
};

/// The signed-in user of a request, with what the user may see and do.
pub struct Access(pub Scope);

impl FromRequestParts<State> for Access {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Response> {
        let scope = parts.extensions.get::<Scope>().cloned();
        scope.map(Self).ok_or_else(|| error_page(&state.look(&parts.headers), &Error::SignedOut))
    }
}

/// A CSV file by its name without the ending, or why there is none.
fn csv_file(state: &State, headers: &HeaderMap, file: domain::Result<(String, String)>) -> Response {
    let (name, text) = match file {
        Ok(file) => file,
        Err(error) => return error_page(&state.look(headers), &error),
    };
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}.csv\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// The pairs of a plain form.
pub struct Sent {
    pub parts: Parts,
    pub pairs: Pairs,
}

/// Why a form could not be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormError {
    /// Not UTF-8.
    NotText,
    /// More than [`MOST_PAIRS`].
    TooMany,
}

impl IntoResponse for FormError {
    fn into_response(self) -> Response {
        match self {
            Self::NotText => (StatusCode::BAD_REQUEST, "This isn't UTF-8 text, so nothing was saved").into_response(),
            Self::TooMany => (StatusCode::PAYLOAD_TOO_LARGE, format!("This form has more than {MOST_PAIRS} fields, so nothing was saved"))
                .into_response(),
        }
    }
}

/// Rejections: 415 for another content type, 413 above two MiB or [`MOST_PAIRS`], 400 for invalid UTF-8.
impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        if !is_form(&parts.headers) {
            return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "This address accepts only HTML forms").into_response());
        }
        let Ok(bytes) = to_bytes(body, admission::BODY).await else {
            return Err((
                StatusCode::PAYLOAD_TOO_LARGE,
                "This form is larger than two megabytes, so nothing was saved. Go back, shorten the text and send it again.",
            )
                .into_response());
        };
        decode(&bytes).map(|pairs| Self { parts, pairs }).map_err(IntoResponse::into_response)
    }
}

impl Sent {
    /// The value of a name; empty when missing.
    pub fn value(&self, name: &str) -> &str {
        value(&self.pairs, name)
    }

    /// Responds to a form without a page of its own: 303 to `to` with a flash message, or an error page that says
    /// why not. A temporary failure can be sent again from there; invalid input cannot.
    pub fn pressed(self, state: &State, answer: domain::Result<()>, to: &str, code: &str) -> Response {
        match answer {
            Ok(()) => redirect_with_flash(to, code),
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

/// Decodes a form. The decoder replaces invalid UTF-8, so a replacement character that was not in the input reveals it.
pub fn decode(bytes: &[u8]) -> Result<Pairs, FormError> {
    let pairs: Pairs = form_urlencoded::parse(bytes).into_owned().take(MOST_PAIRS + 1).collect();
    if pairs.len() > MOST_PAIRS {
        return Err(FormError::TooMany);
    }
    let replaced = pairs.iter().flat_map(|(name, value)| [name, value]).map(|it| it.matches('\u{FFFD}').count()).sum::<usize>();
    let text = String::from_utf8_lossy(bytes).to_ascii_uppercase();
    if replaced == text.matches("%EF%BF%BD").count() { Ok(pairs) } else { Err(FormError::NotText) }
}

/// The request without its body, to render its page.
pub fn page_of(parts: Parts) -> Request {
    Request::from_parts(parts, Body::empty())
}
