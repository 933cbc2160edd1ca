//! Users: names, devices, and the rules for usernames and passwords.

use serde::{Deserialize, Serialize};

use crate::{
    error::FieldErrors,
    id::{TeamId, UserId},
    moment::Moment,
    role::{Authority, Role},
    text,
};

/// The signed-in user, on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentUser {
    pub id: UserId,
    pub username: String,
    /// First and last name, else the username.
    pub name: String,
    pub role: Role,
    pub team: Option<TeamId>,
    pub authority: Authority,
}

/// The view model of the frame around every page: sidebar, top bar, menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The id of the user; 0 when it is not known.
    #[serde(default)]
    pub user: i64,
    pub name: String,
    pub username: String,
    pub role: Role,
    pub may_create: bool,
    pub may_trash: bool,
    pub may_merge: bool,
    /// The lists of the sidebar with their counts: path and count.
    pub counts: Vec<(String, String)>,
    /// The saved views: name and URL.
    pub saved: Vec<(String, String)>,
    /// Suggestions for text fields: the id of a `datalist`, and its options.
    pub suggestions: Vec<(String, Vec<String>)>,
    /// Whether the database is read-only at the moment.
    #[serde(default)]
    pub read_only: bool,
}

/// An entry of the command palette.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// Tabs of the release before read it as `words`.
    #[serde(rename = "words")]
    pub label: String,
    /// The group of the entry.
    pub under: String,
    /// The URL it opens.
    pub href: String,
    /// The element it presses instead, as a CSS selector.
    pub press: String,
}

/// A device (browser) on which the user is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its id, for signing it out; it cannot be used to sign in.
    pub id: String,
    /// Browser and operating system, as far as known.
    pub name: String,
    /// The IP address it signed in from.
    pub address: String,
    pub signed_in: Moment,
    pub used: Moment,
    /// Whether the user chose to stay signed in.
    pub remembered: bool,
    /// Whether it is the current device.
    #[serde(rename = "here")]
    pub is_current: bool,
}

/// The view model of the profile page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub name: String,
    pub username: String,
    pub role: Role,
    pub devices: Vec<Device>,
}

/// Names browser and operating system from a user agent: `Firefox on Windows`; `Unknown browser` when unknown.
///
/// ```
/// let agent = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36";
/// assert_eq!(domain::users::device_name(agent), "Chrome on Android");
/// assert_eq!(domain::users::device_name("curl/8.5"), "Unknown browser");
/// ```
pub fn device_name(agent: &str) -> String {
    let first = |signs: &[(&str, &'static str)]| signs.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name);
    // The order matters: most browsers also name others.
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "Unknown browser".to_owned(),
    }
}

/// The minimum length of a password, in characters.
pub const SHORTEST_PASSWORD: usize = 12;
/// The maximum length of a password, in bytes; it is never truncated.
pub const LONGEST_PASSWORD: usize = 1_024;

/// Validates a new password: 12 characters to 1,024 bytes, not the username or e-mail address. The server also refuses the most common ones.
pub fn password(typed: &str, username: &str, email: Option<&str>, field: &str, errors: &mut FieldErrors) {
    let same = |other: &str| !other.is_empty() && typed.to_lowercase() == other.to_lowercase();
    if typed.chars().count() < SHORTEST_PASSWORD {
        errors.add(field, format!("Enter at least {SHORTEST_PASSWORD} characters; a sentence is easy to remember"));
    } else if typed.len() > LONGEST_PASSWORD {
        errors.add(field, "This password is too long: enter a shorter one");
    } else if same(username) || email.is_some_and(same) {
        errors.add(field, "Choose a password that isn't your username or e-mail address");
    }
}

/// Validates a username: 1 to 150 letters, digits and `@ . + - _`, as the Django system allowed.
pub fn username(typed: &str) -> Result<String, String> {
    let name = text::line(typed, 150)?.ok_or("Enter a username")?;
    if name.chars().all(|c| (c.is_alphanumeric() && !text::is_invisible(c)) || matches!(c, '@' | '.' | '+' | '-' | '_')) {
        Ok(name)
    } else {
        Err("Use only letters, digits and @ . + - _".into())
    }
}

/// First and last name, else the username.
pub fn display_name(first: &str, last: &str, username: &str) -> String {
    let name = format!("{first} {last}");
    if text::is_blank(&name) { username.to_owned() } else { name.trim().to_owned() }
}
