//! The one error of every verb, in words that a person can act on.

use serde::{Deserialize, Serialize};

use crate::orders::conflict::Conflict;

/// What a verb answers.
pub type Result<T> = std::result::Result<T, Error>;

/// Why something was not done. `db` makes it, the doors and pages show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Error {
    /// There is no such thing, or it is not in this person's sight: the two look the same on purpose.
    NotFound,
    /// This person may see the thing but not do this to it; the text says who may.
    Forbidden(String),
    /// What was typed breaks a rule; the messages stand beside their fields.
    Invalid(FieldErrors),
    /// Somebody else saved first.
    Conflict(Box<Conflict>),
    /// Nobody is signed in (any more).
    SignedOut,
    /// Too many tries or too much at once: try again after so many seconds.
    Busy(u32),
    /// The database does not answer.
    Unavailable,
    /// The database takes no writes for now.
    ReadOnly,
    /// There is no room for a write.
    DiskFull,
    /// A fault of ours; the reference stands in the log beside the cause.
    Unexpected(String),
}

impl Error {
    /// One message beside one field.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        let mut errors = FieldErrors::default();
        errors.add(field, message);
        Self::Invalid(errors)
    }

    /// Whether the same request may succeed later: what was typed is kept, to be sent again.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Busy(_) | Self::Unavailable | Self::ReadOnly | Self::DiskFull)
    }

    /// One calm sentence for the person in front of the screen.
    pub fn sentence(&self) -> String {
        match self {
            Self::NotFound => "Page not found. It may not exist, or you may not have access".into(),
            Self::Forbidden(why) => why.clone(),
            Self::Invalid(errors) => match errors.0.as_slice() {
                [(_, only)] => only.clone(),
                many => format!("{} fields need another look.", many.len()),
            },
            Self::Conflict(_) => "Somebody else saved this order while you were editing it.".into(),
            Self::SignedOut => "You are signed out. Sign in to go on; what you typed is kept.".into(),
            Self::Busy(seconds) => format!("Too much at once. Try again in {seconds} s."),
            Self::Unavailable => "The database does not answer just now. Nothing is lost; try again in a moment.".into(),
            Self::ReadOnly => {
                "Curlew is read-only at the moment: you can look things up, but nothing can be saved. Try again later.".into()
            }
            Self::DiskFull => "The server’s disk is full, so nothing was saved. Tell your administrator, then try again.".into(),
            Self::Unexpected(reference) => {
                format!("Something went wrong on our side. If it happens again, quote reference {reference}.")
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

/// Messages by the name of the field they belong to, in the order of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldErrors(pub Vec<(String, String)>);

impl FieldErrors {
    /// Adds a message; the first one of a field stays.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        let field = field.into();
        if self.get(&field).is_none() {
            self.0.push((field, message.into()));
        }
    }

    /// The message beside a field.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == field).map(|(_, message)| message.as_str())
    }

    /// Nothing to complain about.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Ok` when empty.
    pub fn or<T>(self, value: T) -> Result<T> {
        if self.is_empty() { Ok(value) } else { Err(Error::Invalid(self)) }
    }
}
