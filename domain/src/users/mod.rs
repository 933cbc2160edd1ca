//! People: how they are called, and the rule for passwords.

use serde::{Deserialize, Serialize};

use crate::{
    error::FieldErrors,
    id::{TeamId, UserId},
    moment::Moment,
    role::{Authority, Role},
    text,
};

/// The person who asks, on the server.
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

/// What every signed-in page shows around its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Whose pages these are; 0 where that is not known.
    #[serde(default)]
    pub user: i64,
    pub name: String,
    pub username: String,
    pub role: Role,
    pub may_create: bool,
    pub may_trash: bool,
    pub may_merge: bool,
    /// The lists of the rail, each with its count: address and words.
    pub counts: Vec<(String, String)>,
    /// The saved views: name and address.
    pub saved: Vec<(String, String)>,
    /// What fields of free text suggest: the id of a list, and its words.
    pub suggestions: Vec<(String, Vec<String>)>,
    /// Whether nothing can be saved at the moment.
    #[serde(default)]
    pub read_only: bool,
}

/// Something that this person can do or go to from anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    pub words: String,
    /// What kind of thing it is.
    pub under: String,
    /// Where it leads.
    pub href: String,
    /// What it presses instead, as a selector of the frame.
    pub press: String,
}

/// A browser in which this person is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// What names it when it is signed out; nothing that could sign anybody in.
    pub id: String,
    /// Browser and system, as far as they can be told.
    pub name: String,
    /// Where it signed in from.
    pub address: String,
    pub signed_in: Moment,
    pub used: Moment,
    /// Whether it stays signed in.
    pub remembered: bool,
    /// Whether it is the one that asks.
    pub here: bool,
}

/// A person's own page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub name: String,
    pub username: String,
    pub role: Role,
    pub devices: Vec<Device>,
}

/// Browser and system in a user agent's own words: `Firefox on Windows`. What it does not know it calls a browser.
///
/// ```
/// let agent = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36";
/// assert_eq!(domain::users::device_name(agent), "Chrome on Android");
/// assert_eq!(domain::users::device_name("curl/8.5"), "A browser");
/// ```
pub fn device_name(agent: &str) -> String {
    let first = |signs: &[(&str, &'static str)]| signs.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name);
    // The order matters: most browsers claim to be others too.
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
        (None, None) => "A browser".to_owned(),
    }
}

/// The fewest characters of a password.
pub const SHORTEST_PASSWORD: usize = 12;
/// The most bytes of a password; never truncated.
pub const LONGEST_PASSWORD: usize = 1_024;

/// Judges a new password: 12 characters to 1,024 bytes, not the username or e-mail. The server also knows the most common ones.
pub fn password(typed: &str, username: &str, email: Option<&str>, field: &str, errors: &mut FieldErrors) {
    let same = |other: &str| !other.is_empty() && typed.to_lowercase() == other.to_lowercase();
    if typed.chars().count() < SHORTEST_PASSWORD {
        errors.add(field, format!("At least {SHORTEST_PASSWORD} characters; a sentence is easy to remember."));
    } else if typed.len() > LONGEST_PASSWORD {
        errors.add(field, "At most 1,024 bytes.");
    } else if same(username) || email.is_some_and(same) {
        errors.add(field, "Not your username or e-mail, please.");
    }
}

/// Judges a username: 1 to 150 letters, digits and `@ . + - _`, as the original allowed.
pub fn username(typed: &str) -> Result<String, String> {
    let name = text::line(typed, 150)?.ok_or("Give a username.")?;
    if name.chars().all(|c| (c.is_alphanumeric() && !text::is_invisible(c)) || matches!(c, '@' | '.' | '+' | '-' | '_')) {
        Ok(name)
    } else {
        Err("Letters, digits and @ . + - _ only.".into())
    }
}

/// First and last name, else the username.
pub fn display_name(first: &str, last: &str, username: &str) -> String {
    let name = format!("{first} {last}");
    if text::is_blank(&name) { username.to_owned() } else { name.trim().to_owned() }
}
