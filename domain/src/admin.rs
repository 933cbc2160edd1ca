//! The view models of the administration pages and of the user guide: every text and link, ready to show.

use serde::{Deserialize, Serialize};

use crate::{
    dashboard::view::QueryForm,
    forms::{FormField, FormPageView, FormView},
    moment::Moment,
    orders::{Status, pages::Link},
};

/// An administration page, or a page of the user's own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AdminPage {
    People(PeopleView),
    Person(Box<PersonView>),
    Teams(TeamsView),
    Settings(Box<SettingsView>),
    Rules(RulesView),
    Permissions(PermissionsView),
    /// An invitation, the deletion of an account, the user's own details and password.
    Form(Box<FormPageView>),
}

/// The list of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleView {
    /// The search by name, username or e-mail.
    pub query: QueryForm,
    pub rows: Vec<PersonRow>,
    /// The chapter of the user guide that explains the page.
    pub help: Option<Link>,
}

/// A person in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    pub person: Link,
    pub username: String,
    /// `invited` or `deactivated`; empty otherwise.
    pub state: String,
    pub role: String,
    pub team: String,
    pub email: String,
    pub seen: Option<Moment>,
}

/// The page of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonView {
    pub title: String,
    pub subtitle: String,
    /// An invitation or reset link that was just made; shown once.
    pub secret_link: Option<String>,
    pub form: FormView,
    /// The action that makes a password reset link, and the one that signs out everywhere.
    pub reset: String,
    pub sign_out: String,
    /// The action that reactivates a deactivated account.
    pub reactivate: Option<String>,
    pub deactivate: Option<FormView>,
    /// The URL of the page that deletes the account.
    pub delete: String,
    /// The chapter of the user guide that explains the page.
    pub help: Option<Link>,
}

/// The page of teams.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamsView {
    /// The form that renames a team, and how many people it has.
    pub teams: Vec<(FormView, String)>,
    pub add: FormView,
    /// The chapter of the user guide that explains the page.
    pub help: Option<Link>,
}

/// The page of settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsView {
    pub form: FormView,
    pub lists: Vec<ChoiceList>,
    /// The chapter of the user guide that explains the page.
    pub help: Option<Link>,
}

/// The choices of a field of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceList {
    pub title: String,
    /// The code of the field.
    pub kind: String,
    pub choices: Vec<ChoiceRow>,
    pub add: FormView,
}

/// A choice. A retired one is in use and no longer offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceRow {
    pub id: String,
    pub name: String,
    pub is_retired: bool,
}

/// The page of the status rules: one form with a card for each status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesView {
    /// The form without its fields.
    pub form: FormView,
    pub rules: Vec<StatusRule>,
    /// The chapter of the user guide that explains the page.
    pub help: Option<Link>,
}

/// What may follow a status, and what it requires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusRule {
    pub status: Status,
    pub fields: Vec<FormField>,
    /// What is always required; may be empty.
    pub note: String,
}

/// Which role may do what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionsView {
    pub roles: Vec<String>,
    /// A permission, and whether each role has it.
    pub rows: Vec<(String, Vec<bool>)>,
    /// The chapter of the user guide that explains the page.
    pub help: Option<Link>,
}

/// A chapter of the user guide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuideChapter {
    pub title: String,
    /// Whether it is a chapter of its own, and not the contents.
    pub has_back: bool,
    /// The text, from files of this release.
    pub html: String,
}
