//! Queries of order lists: view, filters, sort and page, parsed from a URL and written back to it.

use chrono::NaiveDate;

use super::{OrderRow, Status, choice::choices};
use crate::{
    code::travels_as_code,
    date,
    id::{CampaignId, CompanyId, TeamId, UserId},
    money::{self, Money},
    page::{self, Count, shorten},
    text,
};

/// The built-in lists, each with its own URL.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum View {
    #[default]
    All,
    Today,
    Week,
    Month,
    ConnectedMonth,
    Mine,
    /// Orders whose follow-up is due.
    Due,
    /// Search results.
    Search,
    /// Orders in the trash.
    Trash,
    /// All orders as columns by status.
    Board,
}

impl View {
    /// Every list.
    pub const ALL: [Self; 10] = [
        Self::All,
        Self::Today,
        Self::Week,
        Self::Month,
        Self::ConnectedMonth,
        Self::Mine,
        Self::Due,
        Self::Search,
        Self::Trash,
        Self::Board,
    ];

    /// The lists in the sidebar, in their order.
    pub const SIDEBAR: [Self; 7] = [Self::All, Self::Today, Self::Week, Self::Month, Self::ConnectedMonth, Self::Mine, Self::Due];

    /// The path of its URL.
    pub fn path(self) -> &'static str {
        match self {
            Self::All => "/orders/",
            Self::Today => "/orders/today/",
            Self::Week => "/orders/week/",
            Self::Month => "/orders/month/",
            Self::ConnectedMonth => "/orders/connected/month/",
            Self::Mine => "/orders/mine/",
            Self::Due => "/orders/due/",
            Self::Search => "/orders/search/",
            Self::Trash => "/orders/trash/",
            Self::Board => "/orders/board/",
        }
    }

    /// Finds a view by its path, with or without the trailing slash.
    pub fn from_path(path: &str) -> Option<Self> {
        let path = path.trim_end_matches('/');
        Self::ALL.into_iter().find(|view| view.path().trim_end_matches('/') == path)
    }

    /// The title of the page.
    pub fn title(self) -> &'static str {
        match self {
            Self::All => "Orders",
            Self::Today => "Today",
            Self::Week => "This week",
            Self::Month => "This month",
            Self::ConnectedMonth => "Connected this month",
            Self::Mine => "My orders",
            Self::Due => "Follow-ups due",
            Self::Search => "Search",
            Self::Trash => "Trash",
            Self::Board => "Board",
        }
    }

    /// The short label in the sidebar and on chips.
    pub fn short(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::ConnectedMonth => "Connected",
            Self::Mine => "Mine",
            Self::Due => "Due",
            other => other.title(),
        }
    }
}

choices! {
    /// The columns of a list, in their order. The customer column is in every list.
    Column {
        Number = "number", "Number";
        Status = "status", "Status";
        Customer = "customer", "Customer";
        Mobile = "mobile", "Mobile";
        Landline = "landline", "Landline";
        Email = "email", "E-mail";
        City = "city", "City";
        Postcode = "postcode", "Postcode";
        Network = "network", "Network";
        SaleType = "sale-type", "Sale type";
        Handset = "handset", "Handset";
        Tariff = "tariff", "Tariff";
        Campaign = "campaign", "Campaign";
        Source = "source", "Deal source";
        Team = "team", "Team";
        Owner = "owner", "Owner";
        FollowUp = "follow-up", "Follow-up";
        ConnectedOn = "connected", "Connected on";
        Value = "value", "Box value";
        Created = "created", "Created";
    }
}

impl Column {
    /// The default columns.
    pub const DEFAULT: [Self; 9] =
        [Self::Number, Self::Status, Self::Customer, Self::Mobile, Self::Network, Self::Campaign, Self::Owner, Self::Value, Self::Created];

    /// Parses comma-separated codes, in the order of the list; unknown codes are ignored.
    ///
    /// ```
    /// use domain::orders::list::Column;
    /// assert_eq!(Column::read("value,customer,number"), [Column::Number, Column::Customer, Column::Value]);
    /// assert_eq!(Column::read(""), Column::DEFAULT);
    /// ```
    pub fn read(codes: &str) -> Vec<Self> {
        let chosen: Vec<Self> = codes.split(',').filter_map(Self::find).collect();
        if chosen.is_empty() {
            return Self::DEFAULT.to_vec();
        }
        Self::ALL.iter().copied().filter(|column| *column == Self::Customer || chosen.contains(column)).collect()
    }
}

/// The sort keys of a list; ties are broken by the row id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortBy {
    Created,
    Updated,
    Value,
    Business,
    /// The default of the lists of connected orders.
    Connected,
    /// The default of the list of follow-ups.
    FollowUp,
}

impl SortBy {
    /// The sorts that every list offers, with their labels.
    pub const CHOICES: [(Self, &'static str); 4] =
        [(Self::Created, "created"), (Self::Updated, "updated"), (Self::Value, "value"), (Self::Business, "business")];

    /// The code in a URL; `None` for a list's own default.
    pub fn code(self) -> Option<&'static str> {
        Self::CHOICES.into_iter().find(|(it, _)| *it == self).map(|(_, code)| code)
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::CHOICES.into_iter().find(|(_, it)| *it == code).map(|(it, _)| it)
    }
}

/// A sort key and its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sort {
    pub by: SortBy,
    /// Descending: the latest, largest or alphabetically last first.
    pub down: bool,
}

/// The sort value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortValue {
    /// Microseconds, minor units, or days since 1970.
    Number(i64),
    /// A normalised name.
    Text(String),
}

impl From<i64> for SortValue {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

/// A cursor: the sort value of a row, and its id to break ties. Opaque in URLs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub sort: SortValue,
    pub id: i64,
}

impl Key {
    fn parse(text: &str) -> Option<Self> {
        let (sort, id) = text.split_once('.')?;
        let sort = match sort.strip_prefix('x') {
            Some(hex) if hex.len() <= 4_000 && hex.len().is_multiple_of(2) && hex.is_ascii() => {
                let bytes: Option<Vec<u8>> =
                    hex.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
                SortValue::Text(String::from_utf8(bytes?).ok().filter(|text| !text.contains('\0'))?)
            }
            Some(_) => return None,
            None => SortValue::Number(sort.parse().ok()?),
        };
        Some(Self { sort, id: id.parse().ok()? })
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.sort {
            SortValue::Number(number) => write!(f, "{number}.{}", self.id),
            SortValue::Text(text) => {
                f.write_str("x")?;
                text.bytes().try_for_each(|byte| write!(f, "{byte:02x}"))?;
                write!(f, ".{}", self.id)
            }
        }
    }
}

/// Which part of a list is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PagePosition {
    /// A page by its number, from 1.
    Page(u32),
    /// The rows after a cursor.
    OlderThan(Key),
    /// The rows before a cursor.
    NewerThan(Key),
    /// The rows up to the end of a business day.
    On(NaiveDate),
}

/// A range with optional ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds<T> {
    pub from: Option<T>,
    pub to: Option<T>,
}

impl<T> Default for Bounds<T> {
    fn default() -> Self {
        Self { from: None, to: None }
    }
}

impl<T: PartialOrd + Copy> Bounds<T> {
    /// Whether both ends are open.
    pub fn is_open(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }

    /// The range with its ends in order; `true` when they had to be swapped.
    fn turn(&mut self) -> bool {
        let wrong = self.from.zip(self.to).is_some_and(|(from, to)| from > to);
        if wrong {
            std::mem::swap(&mut self.from, &mut self.to);
        }
        wrong
    }
}

choices! {
    /// The filters for a missing value, by the name of the filter; in a URL the value is `none`: `owner=none`. The labels
    /// are those of the option.
    Missing {
        Owner = "owner", "No owner";
        Team = "team", "No team";
        Campaign = "campaign", "No campaign";
        Company = "company", "No company";
        Network = "network", "No network";
        Value = "value", "No box value";
    }
}

/// The maximum of [`Filter::unmoved`], in days: ten years.
pub const LONGEST_UNMOVED: u32 = 3_650;

/// The filters of a list; all of them apply.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Any of these statuses; empty means all.
    pub statuses: Vec<Status>,
    pub owner: Option<UserId>,
    pub team: Option<TeamId>,
    pub campaign: Option<CampaignId>,
    pub company: Option<CompanyId>,
    pub network: Option<String>,
    /// Business days of creation, inclusive.
    pub created: Bounds<NaiveDate>,
    /// Business days of connection, inclusive.
    pub connected: Bounds<NaiveDate>,
    /// Box values, inclusive.
    pub value: Bounds<Money>,
    /// Only orders whose follow-up is due.
    pub due: bool,
    /// Only orders that are not cancelled: those that count as revenue.
    pub sold: bool,
    /// Only orders without these values, in the order of [`Missing::ALL`].
    pub without: Vec<Missing>,
    /// Only orders whose status has not changed for this many days (at least 1).
    pub unmoved: Option<u32>,
    /// Only orders with an open comment.
    pub open_comment: bool,
}

impl Filter {
    /// Only orders without this value.
    pub fn lacking(missing: Missing) -> Self {
        Self { without: vec![missing], ..Self::default() }
    }

    /// The orders of an owner, or those without one.
    pub fn owned_by(self, owner: Option<UserId>) -> Self {
        Self { owner, without: if owner.is_none() { vec![Missing::Owner] } else { self.without }, ..self }
    }

    /// Whether the filter asks for orders without this value.
    pub fn lacks(&self, missing: Missing) -> bool {
        self.without.contains(&missing)
    }

    /// This filter without the filters for missing values.
    pub fn with_any(&self, missing: Missing) -> Self {
        Self { without: self.without.iter().copied().filter(|it| *it != missing).collect(), ..self.clone() }
    }
}

/// The query of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    pub view: View,
    /// The search text; normalised on the server.
    pub text: String,
    pub filter: Filter,
    /// `None` means the list's default.
    pub sort: Option<Sort>,
    pub place: PagePosition,
    /// Rows per page; `None` means the user's default.
    pub per_page: Option<u32>,
}

/// The maximum number of sentences about ignored values.
const MOST_IGNORED: usize = 20;

/// The maximum length of a search text, in characters.
pub const LONGEST_SEARCH: usize = 200;

impl ListQuery {
    /// The first page of a list.
    pub fn of(view: View) -> Self {
        Self { view, text: String::new(), filter: Filter::default(), sort: None, place: PagePosition::Page(1), per_page: None }
    }

    /// The effective sort.
    pub fn sorted(&self) -> Sort {
        self.sort.unwrap_or_else(|| self.usual_sort())
    }

    /// The default sort: a list with a range of connection days is sorted by the day of connection, which its index supports.
    fn usual_sort(&self) -> Sort {
        match self.view {
            View::Search => Sort { by: SortBy::Created, down: true },
            View::Due => Sort { by: SortBy::FollowUp, down: false },
            view if view == View::ConnectedMonth || !self.filter.connected.is_open() => Sort { by: SortBy::Connected, down: true },
            _ => Sort { by: SortBy::Created, down: true },
        }
    }

    /// The same list with another sort, from its first page. The default sort is left out of the URL. A search is always ranked.
    pub fn sorted_by(&self, sort: Sort) -> Self {
        let sort = Some(sort).filter(|sort| self.view == View::Search || self.usual_sort() != *sort);
        Self { sort, ..self.at(PagePosition::Page(1)) }
    }

    /// Parses the pairs of a URL. Never fails: invalid values fall back to a default, with a sentence for each; amounts are read
    /// in `currency` (ISO 4217 code).
    ///
    /// ```
    /// use domain::orders::list::{ListQuery, PagePosition, View};
    /// let (query, ignored) = ListQuery::from_pairs(View::All, [("page", "-1"), ("status", "HD")], "GBP");
    /// assert_eq!((query.place, ignored.len()), (PagePosition::Page(1), 1));
    /// ```
    pub fn from_pairs<'a>(view: View, pairs: impl IntoIterator<Item = (&'a str, &'a str)>, currency: &str) -> (Self, Vec<String>) {
        let mut query = Self::of(view);
        let mut ignored = Vec::new();
        let (mut by, mut down) = (None, None);
        for (name, value) in pairs {
            if value.is_empty() {
                continue;
            }
            let filter = &mut query.filter;
            match name {
                "query" => {
                    query.text = value.trim().chars().take(LONGEST_SEARCH).filter(|c| *c != '\0').collect();
                    if value.trim().chars().count() > LONGEST_SEARCH {
                        ignored.push(format!("Only the first {LONGEST_SEARCH} characters were searched for"));
                    }
                }
                "status" => match Status::from_code(&value.to_uppercase()) {
                    Some(status) if filter.statuses.contains(&status) => {}
                    Some(status) => filter.statuses.push(status),
                    None => ignored.push(format!("“{}” is not a status: showing all", shorten(value))),
                },
                _ if value == NONE && Missing::ALL.iter().any(|it| it.code() == name) => {
                    filter.without.extend(Missing::find(name).filter(|it| !filter.lacks(*it)));
                }
                "owner" => filter.owner = positive(value, "owner", &mut ignored).map(UserId),
                "team" => filter.team = positive(value, "team", &mut ignored).map(TeamId),
                "campaign" => filter.campaign = positive(value, "campaign", &mut ignored).map(CampaignId),
                "company" => filter.company = positive(value, "company", &mut ignored).map(CompanyId),
                "network" => match text::line(value, 255) {
                    Ok(network) => filter.network = network,
                    Err(_) => ignored.push(format!("“{}” is not a network: showing all", shorten(value))),
                },
                "created_from" => filter.created.from = day(value, &mut ignored),
                "created_to" => filter.created.to = day(value, &mut ignored),
                "connected_from" => filter.connected.from = day(value, &mut ignored),
                "connected_to" => filter.connected.to = day(value, &mut ignored),
                "value_from" => filter.value.from = sum(value, currency, &mut ignored),
                "value_to" => filter.value.to = sum(value, currency, &mut ignored),
                "due" => filter.due = parse_flag("yes", name, value, &mut ignored),
                "sold" => filter.sold = parse_flag("yes", name, value, &mut ignored),
                "value" => _ = parse_flag(NONE, name, value, &mut ignored),
                "comments" => filter.open_comment = parse_flag("open", name, value, &mut ignored),
                "unmoved" => {
                    filter.unmoved = value.trim().parse().ok().filter(|days| (1..=LONGEST_UNMOVED).contains(days));
                    if filter.unmoved.is_none() {
                        ignored.push(format!("“{}” is not a number of days from 1 to {LONGEST_UNMOVED}: showing all", shorten(value)));
                    }
                }
                "per_page" => {
                    let (size, note) = page::size(value);
                    query.per_page = Some(size);
                    ignored.extend(note);
                }
                "page" => {
                    let (number, note) = page::number(value);
                    query.place = PagePosition::Page(number);
                    ignored.extend(note);
                }
                "older" | "newer" => match Key::parse(value) {
                    Some(key) if name == "older" => query.place = PagePosition::OlderThan(key),
                    Some(key) => query.place = PagePosition::NewerThan(key),
                    None => {
                        query.place = PagePosition::Page(1);
                        ignored.push("That place in the list wasn't found: showing the first page".into());
                    }
                },
                "on" => match date::parse(value) {
                    Ok(day) => query.place = PagePosition::On(day),
                    Err(why) => ignored.push(format!("“{}” is not a date. {why}", shorten(value))),
                },
                "sort" => {
                    by = SortBy::from_code(value);
                    if by.is_none() {
                        ignored.push(format!("“{}” is not a sort order: “sort” was ignored", shorten(value)));
                    }
                }
                "dir" => {
                    down = match value {
                        "desc" => Some(true),
                        "asc" => Some(false),
                        _ => {
                            ignored.push(format!("“{}” is not a direction: “dir” was ignored", shorten(value)));
                            None
                        }
                    }
                }
                "timezone" => ignored.push("“timezone” isn't supported and was ignored".into()),
                _ => {}
            }
        }
        if let Some(by) = by {
            query.sort = query.sorted_by(Sort { by, down: down.unwrap_or(by != SortBy::Business) }).sort;
        }
        let filter = &mut query.filter;
        let order = |status: &Status| Status::ALL.iter().position(|it| it == status);
        filter.statuses.sort_by_key(order);
        filter.without.sort_by_key(|it| Missing::ALL.iter().position(|known| known == it));
        if filter.created.turn() | filter.connected.turn() | filter.value.turn() {
            ignored.push("“From” was after “To”, so they have been swapped".into());
        }
        // A cursor of another sort cannot be used.
        let by_name = query.sorted().by == SortBy::Business;
        if let PagePosition::OlderThan(key) | PagePosition::NewerThan(key) = &query.place
            && by_name != matches!(key.sort, SortValue::Text(_))
        {
            query.place = PagePosition::Page(1);
            ignored.push("That place in the list wasn't found: showing the first page".into());
        }
        // Sentences that nobody would read are not kept.
        ignored.truncate(MOST_IGNORED);
        (query, ignored)
    }

    /// The same query at another place.
    pub fn at(&self, place: PagePosition) -> Self {
        Self { place, ..self.clone() }
    }

    /// The same list with other filters, from its first page.
    pub fn with(&self, filter: Filter) -> Self {
        Self { filter, place: PagePosition::Page(1), ..self.clone() }
    }

    /// The pairs of its URL, without the place.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let filter = &self.filter;
        let mut pairs: Vec<(&'static str, String)> = Vec::new();
        let mut add = |name: &'static str, value: Option<String>| pairs.extend(value.map(|value| (name, value)));
        add("query", Some(self.text.clone()).filter(|text| !text.is_empty()));
        for status in &filter.statuses {
            add("status", Some(status.code().to_owned()));
        }
        add("owner", filter.owner.map(|it| it.to_string()));
        add("team", filter.team.map(|it| it.to_string()));
        add("campaign", filter.campaign.map(|it| it.to_string()));
        add("company", filter.company.map(|it| it.to_string()));
        add("network", filter.network.clone());
        add("created_from", filter.created.from.map(date::plain));
        add("created_to", filter.created.to.map(date::plain));
        add("connected_from", filter.connected.from.map(date::plain));
        add("connected_to", filter.connected.to.map(date::plain));
        add("value_from", filter.value.from.map(Money::plain));
        add("value_to", filter.value.to.map(Money::plain));
        add("due", filter.due.then(|| "yes".to_owned()));
        add("sold", filter.sold.then(|| "yes".to_owned()));
        for missing in &filter.without {
            add(missing.code(), Some(NONE.to_owned()));
        }
        add("unmoved", filter.unmoved.map(|days| days.to_string()));
        add("comments", filter.open_comment.then(|| "open".to_owned()));
        if let Some(Sort { by, down }) = self.sort {
            add("sort", by.code().map(str::to_owned));
            add("dir", (down == (by == SortBy::Business)).then(|| if down { "desc" } else { "asc" }.to_owned()));
        }
        add("per_page", self.per_page.map(|it| it.to_string()));
        pairs
    }

    /// The path of its URL.
    pub fn href(&self) -> String {
        let mut pairs = self.pairs();
        match &self.place {
            PagePosition::Page(1) => {}
            PagePosition::Page(n) => pairs.push(("page", n.to_string())),
            PagePosition::OlderThan(key) => pairs.push(("older", key.to_string())),
            PagePosition::NewerThan(key) => pairs.push(("newer", key.to_string())),
            PagePosition::On(day) => pairs.push(("on", date::plain(*day))),
        }
        if pairs.is_empty() {
            return self.view.path().into();
        }
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        format!("{}?{query}", self.view.path())
    }
}

/// The filter value in a URL that asks for orders without a value: `owner=none`.
const NONE: &str = "none";

/// Whether the value of a flag is the only one that is valid.
fn parse_flag(known: &str, name: &str, value: &str, ignored: &mut Vec<String>) -> bool {
    if value != known {
        ignored.push(format!("“{}” is not a valid value for “{name}”: showing all", shorten(value)));
    }
    value == known
}

fn positive(value: &str, what: &str, ignored: &mut Vec<String>) -> Option<i64> {
    let id = value.trim().parse::<i64>().ok().filter(|id| *id > 0);
    if id.is_none() {
        ignored.push(format!("“{}” is not a valid {what}: showing all", shorten(value)));
    }
    id
}

fn day(value: &str, ignored: &mut Vec<String>) -> Option<NaiveDate> {
    date::parse(value).map_err(|why| ignored.push(format!("“{}” is not a date. {why}", shorten(value)))).ok()
}

fn sum(value: &str, currency: &str, ignored: &mut Vec<String>) -> Option<Money> {
    money::parse(value, currency).map_err(|why| ignored.push(format!("“{}” is not an amount. {why}", shorten(value)))).ok()
}

/// The result of a list query: rows, counts and cursors, before they are formatted for a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrdersPage {
    /// The query that was answered.
    pub query: ListQuery,
    /// Rows per page.
    pub per_page: u32,
    pub rows: Vec<OrderRow>,
    pub count: Count,
    /// The page number, if the page has one.
    pub page: Option<u32>,
    /// The number of numbered pages.
    pub pages: u32,
    /// The place of the previous rows.
    pub newer: Option<PagePosition>,
    /// The place of the next rows.
    pub older: Option<PagePosition>,
    /// A sentence for each ignored value of the URL.
    pub ignored: Vec<String>,
}

/// The counts in the sidebar.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ViewCounts(pub Vec<(View, Count)>);

impl ViewCounts {
    /// The count of a list.
    pub fn of(&self, view: View) -> Option<Count> {
        self.0.iter().find(|(it, _)| *it == view).map(|(_, count)| *count)
    }
}
