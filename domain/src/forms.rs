//! Forms as data: the server fills them, and a page shows them on both sides.

use serde::{Deserialize, Serialize};

use crate::orders::pages::Link;

/// A form that is posted to its action. A refused form comes back with its input and messages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormView {
    pub action: String,
    /// What it does, above the fields; may be empty.
    pub text: String,
    /// A notice above it, where nothing was refused; may be empty.
    pub notice: String,
    /// The messages that belong to no field; may be empty.
    pub sentence: String,
    /// Name and value.
    pub hidden_fields: Vec<(String, String)>,
    pub fields: Vec<FormField>,
    /// The label of its button.
    pub button: String,
    /// Whether it comes back with what was typed.
    pub is_back: bool,
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormField {
    /// Unique on the page.
    pub id: String,
    pub name: String,
    pub label: String,
    pub kind: FieldKind,
    /// The value; comma-separated for checkboxes.
    pub value: String,
    /// Why it was refused; may be empty.
    pub error: String,
}

/// The control of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FieldKind {
    Text,
    Email,
    Decimal,
    Date,
    /// A password, with the value of its `autocomplete`.
    Password(String),
    Lines,
    /// Values and labels.
    Select(Vec<(String, String)>),
    /// Text with suggestions.
    Suggested(Vec<String>),
    Checkbox,
    /// Values and labels.
    Checkboxes(Vec<(String, String)>),
}

/// A page that consists of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormPageView {
    pub title: String,
    /// May be empty.
    pub subtitle: String,
    pub back: Option<Link>,
    /// An invitation link that was just made; shown once.
    pub secret_link: Option<String>,
    pub form: FormView,
    /// The chapter of the user guide that explains the page.
    pub help: Option<Link>,
}
