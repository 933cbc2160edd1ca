//! Comments on an order and how far each of them is.

use serde::{Deserialize, Serialize};

use crate::{
    code::travels_as_code,
    error::{Error, Result},
    id::CommentId,
    moment::Moment,
    text,
};

/// How far a comment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CommentStatus {
    Open,
    InProgress,
    Closed,
}

travels_as_code!(CommentStatus, CommentStatus::label, CommentStatus::find);

impl CommentStatus {
    /// All, in the order of the work.
    pub const ALL: [Self; 3] = [Self::Open, Self::InProgress, Self::Closed];

    /// The words on a page, and the stored form.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::InProgress => "In Progress",
            Self::Closed => "Closed",
        }
    }

    /// From the stored form or what a form posts.
    pub fn find(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.label().eq_ignore_ascii_case(text.trim()))
    }
}

/// The most characters of a comment.
pub const LONGEST: usize = 10_000;

/// A comment as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    pub id: CommentId,
    /// Who wrote it; `None` is "not recorded".
    pub author: Option<String>,
    pub body: String,
    pub created: Moment,
    pub status: CommentStatus,
    /// Who changed the status last, and when.
    pub status_by: Option<String>,
}

/// Judges the text of a comment: 1 to [`LONGEST`] characters, line breaks kept.
pub fn body(typed: &str) -> Result<String> {
    text::lines(typed, LONGEST)
        .and_then(|text| text.ok_or_else(|| "Write the comment first.".to_owned()))
        .map_err(|message| Error::invalid("body", message))
}
