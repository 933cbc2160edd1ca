//! Lists of orders: which, in what part, read from an address and written back to it.

use serde::{Deserialize, Serialize};

use super::{OrderRow, Status};
use crate::{
    date,
    id::UserId,
    page::{self, Count, shorten},
};

/// The lists of the rail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum View {
    #[default]
    All,
    Today,
    Week,
    Month,
    ConnectedMonth,
    Mine,
}

impl View {
    /// In the order of the rail.
    pub const ALL: [Self; 6] = [Self::All, Self::Today, Self::Week, Self::Month, Self::ConnectedMonth, Self::Mine];

    /// Its address.
    pub fn path(self) -> &'static str {
        match self {
            Self::All => "/orders/",
            Self::Today => "/orders/today/",
            Self::Week => "/orders/week/",
            Self::Month => "/orders/month/",
            Self::ConnectedMonth => "/orders/connected/month/",
            Self::Mine => "/orders/mine/",
        }
    }

    /// From an address, with or without the closing slash.
    pub fn from_path(path: &str) -> Option<Self> {
        let path = path.trim_end_matches('/');
        Self::ALL.into_iter().find(|view| view.path().trim_end_matches('/') == path)
    }

    /// The heading of the page.
    pub fn title(self) -> &'static str {
        match self {
            Self::All => "Orders",
            Self::Today => "Today",
            Self::Week => "This week",
            Self::Month => "This month",
            Self::ConnectedMonth => "Connected this month",
            Self::Mine => "My orders",
        }
    }

    /// The short word on the rail and on chips.
    pub fn short(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::ConnectedMonth => "Connected",
            Self::Mine => "Mine",
            other => other.title(),
        }
    }
}

/// A place in a list that is newest first: the sort key of a row. Opaque in addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Created at, in microseconds, or connected on, in days since 1970.
    pub sort: i64,
    /// The row, where two share it.
    pub id: i64,
}

impl Key {
    fn parse(text: &str) -> Option<Self> {
        let (sort, id) = text.split_once('.')?;
        Some(Self { sort: sort.parse().ok()?, id: id.parse().ok()? })
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.sort, self.id)
    }
}

/// Which part of a list is on screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// A page by number, from 1.
    Page(u32),
    /// What is older than a row.
    OlderThan(Key),
    /// What is newer than a row.
    NewerThan(Key),
    /// From the end of a business day backwards.
    On(#[serde(with = "date::as_plain")] chrono::NaiveDate),
}

/// A list as asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListQuery {
    pub view: View,
    pub status: Option<Status>,
    pub owner: Option<UserId>,
    pub place: Place,
    /// Rows a page; `None` is the person's own default.
    pub per_page: Option<u32>,
}

impl ListQuery {
    /// The first page of a list.
    pub fn of(view: View) -> Self {
        Self { view, status: None, owner: None, place: Place::Page(1), per_page: None }
    }

    /// From the pairs of an address: the nearest sensible list, and a sentence for each thing that was ignored.
    ///
    /// ```
    /// use domain::orders::list::{ListQuery, Place, View};
    /// let (query, ignored) = ListQuery::from_pairs(View::All, [("page", "-1"), ("status", "HD")]);
    /// assert_eq!((query.place, ignored.len()), (Place::Page(1), 1));
    /// ```
    pub fn from_pairs<'a>(view: View, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Self, Vec<String>) {
        let mut query = Self::of(view);
        let mut ignored = Vec::new();
        for (name, value) in pairs {
            if value.is_empty() {
                continue;
            }
            match name {
                "status" => {
                    query.status = Status::from_code(&value.to_uppercase());
                    if query.status.is_none() {
                        ignored.push(format!("“{}” is no status: showing all.", shorten(value)));
                    }
                }
                "owner" => {
                    query.owner = value.parse().ok().filter(|id: &UserId| id.0 > 0);
                    if query.owner.is_none() {
                        ignored.push(format!("“{}” is no owner: showing all.", shorten(value)));
                    }
                }
                "per_page" => {
                    let (size, note) = page::size(value);
                    query.per_page = Some(size);
                    ignored.extend(note);
                }
                "page" => {
                    let (number, note) = page::number(value);
                    query.place = Place::Page(number);
                    ignored.extend(note);
                }
                "older" | "newer" => match Key::parse(value) {
                    Some(key) if name == "older" => query.place = Place::OlderThan(key),
                    Some(key) => query.place = Place::NewerThan(key),
                    None => {
                        query.place = Place::Page(1);
                        ignored.push("That place in the list is not known: showing the first page.".into());
                    }
                },
                "on" => match date::parse(value) {
                    Ok(day) => query.place = Place::On(day),
                    Err(why) => ignored.push(format!("“{}” is no date: {why}", shorten(value))),
                },
                "sort" | "dir" | "timezone" => ignored.push(format!("“{name}” is not understood here and was ignored.")),
                _ => {}
            }
        }
        (query, ignored)
    }

    /// The same list at another place.
    pub fn at(&self, place: Place) -> Self {
        Self { place, ..self.clone() }
    }

    /// Its address.
    pub fn href(&self) -> String {
        let mut pairs: Vec<String> = Vec::new();
        if let Some(status) = self.status {
            pairs.push(format!("status={}", status.code()));
        }
        if let Some(owner) = self.owner {
            pairs.push(format!("owner={owner}"));
        }
        if let Some(size) = self.per_page {
            pairs.push(format!("per_page={size}"));
        }
        match self.place {
            Place::Page(1) => {}
            Place::Page(n) => pairs.push(format!("page={n}")),
            Place::OlderThan(key) => pairs.push(format!("older={key}")),
            Place::NewerThan(key) => pairs.push(format!("newer={key}")),
            Place::On(day) => pairs.push(format!("on={}", date::plain(day))),
        }
        if pairs.is_empty() { self.view.path().into() } else { format!("{}?{}", self.view.path(), pairs.join("&")) }
    }
}

/// A list as answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrdersPage {
    /// What was asked for, with what was nearest to it.
    pub query: ListQuery,
    /// Rows a page.
    pub per_page: u32,
    pub rows: Vec<OrderRow>,
    pub count: Count,
    /// The page's number, when it has one.
    pub page: Option<u32>,
    /// How many numbered pages there are.
    pub pages: u32,
    /// Where the rows before these are.
    pub newer: Option<Place>,
    /// Where the rows after these are.
    pub older: Option<Place>,
    /// What was ignored in the address, in words.
    pub ignored: Vec<String>,
    /// Whether this person may write an order.
    pub may_create: bool,
    /// People by whom the list can be narrowed.
    pub owners: Vec<(UserId, String)>,
}

/// The counts of the rail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewCounts(pub Vec<(View, Count)>);

impl ViewCounts {
    /// The count of one list.
    pub fn of(&self, view: View) -> Option<Count> {
        self.0.iter().find(|(it, _)| *it == view).map(|(_, count)| *count)
    }
}
