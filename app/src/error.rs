//! The error of server functions: the domain's, carried as JSON.

use domain::Error;
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// [`Error`] on its way between browser and server.
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

/// In the browser: what came is no answer of the server's, as from a captive portal.
#[cfg(not(feature = "ssr"))]
fn unreadable(_: &str) -> Error {
    Error::Unavailable
}

/// On the server: what came is no request of a page's.
#[cfg(feature = "ssr")]
fn unreadable(why: &str) -> Error {
    crate::context::answer_with(axum::http::StatusCode::BAD_REQUEST);
    Error::invalid("request", format!("This request cannot be read, so nothing was done: {}.", why.trim_end_matches('.')))
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

/// What a page's data is.
pub type ServerResult<T> = Result<T, AppError>;
