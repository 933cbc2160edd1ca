//! The error type of every operation, worded for the user.

use serde::{Deserialize, Serialize};

use crate::orders::conflict::Conflict;

/// The result of an operation.
pub type Result<T> = std::result::Result<T, Error>;

/// Why an operation failed. `db` returns it, handlers and pages show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Error {
    /// It does not exist, or this user may not see it: the two are indistinguishable on purpose.
    NotFound,
    /// The user may see it but not do this; the text says who may.
    Forbidden(String),
    /// The input is invalid; each message belongs to a field.
    Invalid(FieldErrors),
    /// Someone else saved the record first.
    Conflict(Box<Conflict>),
    /// There is no session, or it has ended.
    SignedOut,
    /// Too many attempts or too much load: retry after this many seconds.
    Busy(u32),
    /// The database does not answer.
    Unavailable,
    /// The database is read-only for now.
    ReadOnly,
    /// The disk of the database is full.
    DiskFull,
    /// An internal error; the log has the cause under the same reference.
    Unexpected(String),
}

impl Error {
    /// An error with one message for one field.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        let mut errors = FieldErrors::default();
        errors.add(field, message);
        Self::Invalid(errors)
    }

    /// Whether the same request may succeed later; the input is then kept to be sent again.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Busy(_) | Self::Unavailable | Self::ReadOnly | Self::DiskFull)
    }

    /// A sentence for the user.
    pub fn sentence(&self) -> String {
        match self {
            Self::NotFound => "Page not found. It may not exist, or you may not have access.".into(),
            Self::Forbidden(why) => why.clone(),
            Self::Invalid(errors) => match errors.0.as_slice() {
                [(_, only)] => only.clone(),
                many => format!("Check {} fields below", many.len()),
            },
            Self::Conflict(_) => "Someone else saved this order while you were editing it".into(),
            Self::SignedOut => "You're signed out. Sign in to continue; what you typed is kept.".into(),
            Self::Busy(1) => "Curlew is busy. Try again in a second.".into(),
            Self::Busy(seconds) => format!("Curlew is busy. Try again in {seconds} seconds."),
            Self::Unavailable => "The database isn't responding. Nothing is lost; try again in a moment.".into(),
            Self::ReadOnly => {
                "Curlew is read-only at the moment: you can view everything, but nothing can be saved. Try again later.".into()
            }
            Self::DiskFull => "The server's disk is full, so nothing was saved. Tell your admin, then try again.".into(),
            Self::Unexpected(reference) => {
                format!("Something went wrong on our side. If it happens again, tell your admin and quote reference {reference}.")
            }
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.sentence())
    }
}

impl std::error::Error for Error {}

/// Error messages by field name, in the order of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldErrors(pub Vec<(String, String)>);

impl FieldErrors {
    /// Adds a message for a field; the first message of a field is kept.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        let field = field.into();
        if self.get(&field).is_none() {
            self.0.push((field, message.into()));
        }
    }

    /// The message of a field.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == field).map(|(_, message)| message.as_str())
    }

    /// Whether there are no messages.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Ok` when there are no messages, otherwise [`Error::Invalid`].
    pub fn or<T>(self, value: T) -> Result<T> {
        if self.is_empty() { Ok(value) } else { Err(Error::Invalid(self)) }
    }
}
