//! Comments on an order, and the status of each.

use serde::{Deserialize, Serialize};

use crate::{
    code::travels_as_code,
    error::{Error, Result},
    id::CommentId,
    moment::Moment,
    text,
};

/// The status of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CommentStatus {
    Open,
    InProgress,
    Closed,
}

travels_as_code!(CommentStatus, CommentStatus::label, CommentStatus::find);

impl CommentStatus {
    /// All statuses, in the order of the work.
    pub const ALL: [Self; 3] = [Self::Open, Self::InProgress, Self::Closed];

    /// The label on a page, which is also the stored value.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::InProgress => "In Progress",
            Self::Closed => "Closed",
        }
    }

    /// Parses the stored value or what a form posts, ignoring case.
    pub fn find(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.label().eq_ignore_ascii_case(text.trim()))
    }
}

/// The maximum length of a comment, in characters.
pub const LONGEST: usize = 10_000;

/// A comment as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    pub id: CommentId,
    /// The author; `None` when it was not recorded.
    pub author: Option<String>,
    pub body: String,
    pub created: Moment,
    pub status: CommentStatus,
    /// Who last changed the status, and when.
    pub status_by: Option<String>,
}

/// Validates the text of a comment: 1 to [`LONGEST`] characters, line breaks kept.
pub fn body(typed: &str) -> Result<String> {
    text::lines(typed, LONGEST)
        .and_then(|text| text.ok_or_else(|| "Enter a comment".to_owned()))
        .map_err(|message| Error::invalid("body", message))
}
