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
            ServerFnErrorErr::Request(_) => Error::Unavailable,
            ServerFnErrorErr::Deserialization(_) | ServerFnErrorErr::Response(_) => Error::Unavailable,
            _ => Error::Unexpected("FN".into()),
        })
    }
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
pub type Answer<T> = Result<T, AppError>;
