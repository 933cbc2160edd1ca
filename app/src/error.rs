//! The error of server functions: the domain error, serialised as JSON.

use domain::Error;
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// [`Error`] in transit between browser and server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AppError(pub Error);

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(cause: ServerFnErrorErr) -> Self {
        Self(match cause {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Error::Unavailable,
            ServerFnErrorErr::Deserialization(why) | ServerFnErrorErr::Args(why) | ServerFnErrorErr::MissingArg(why) => unreadable(&why),
            _ => Error::Unexpected("FN".into()),
        })
    }
}

/// In the browser: the response is not from Curlew, for example from a captive portal.
#[cfg(not(feature = "ssr"))]
fn unreadable(_: &str) -> Error {
    Error::Unavailable
}

/// On the server: the request can't be decoded.
#[cfg(feature = "ssr")]
fn unreadable(why: &str) -> Error {
    crate::context::answer_with(axum::http::StatusCode::BAD_REQUEST);
    Error::invalid(
        "request",
        format!("This request can't be read, so nothing was changed. Reload the page and try again ({}).", why.trim_end_matches('.')),
    )
}

impl From<Error> for AppError {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The result of reading a page's data.
pub type ServerResult<T> = Result<T, AppError>;
