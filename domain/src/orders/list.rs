//! Lists of orders: which, in what part, read from an address and written back to it.

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

/// The lists, each at an address of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum View {
    #[default]
    All,
    Today,
    Week,
    Month,
    ConnectedMonth,
    Mine,
    /// Follow-ups that are due.
    Due,
    /// What a text finds.
    Search,
    /// What a manager threw away.
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

    /// Those of the rail, in its order.
    pub const SIDEBAR: [Self; 7] = [Self::All, Self::Today, Self::Week, Self::Month, Self::ConnectedMonth, Self::Mine, Self::Due];

    /// Its address.
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
            Self::Due => "Follow-ups due",
            Self::Search => "Search",
            Self::Trash => "Trash",
            Self::Board => "Board",
        }
    }

    /// The short word on the rail and on chips.
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
    /// The columns of a list, in their order. Customers stand in every list.
    Column {
        Number = "number", "Number";
        Status = "status", "Status";
        Customer = "customer", "Business";
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
        FollowUp = "follow-up", "Follow up";
        ConnectedOn = "connected", "Connected on";
        Value = "value", "Box value";
        Created = "created", "Created";
    }
}

impl Column {
    /// Those of a person who chose none.
    pub const DEFAULT: [Self; 9] =
        [Self::Number, Self::Status, Self::Customer, Self::Mobile, Self::Network, Self::Campaign, Self::Owner, Self::Value, Self::Created];

    /// From their codes with commas between, in the order of the list; what is not known is left out.
    ///
    /// ```
    /// use domain::orders::list::Column;
    /// assert_eq!(Column::read("value,who,number"), [Column::Number, Column::Customer, Column::Value]);
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

/// What a list can be sorted by; ties go by the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortBy {
    Created,
    Updated,
    Value,
    Business,
    /// The default of the connected lists.
    Connected,
    /// The default of the follow-ups.
    FollowUp,
}

impl SortBy {
    /// Those that an address can ask for on any list, with the words of its choice.
    pub const CHOICES: [(Self, &'static str); 4] =
        [(Self::Created, "created"), (Self::Updated, "updated"), (Self::Value, "value"), (Self::Business, "business")];

    /// In an address; `None` for a list's own default.
    pub fn code(self) -> Option<&'static str> {
        Self::CHOICES.into_iter().find(|(it, _)| *it == self).map(|(_, code)| code)
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::CHOICES.into_iter().find(|(_, it)| *it == code).map(|(it, _)| it)
    }
}

/// A sort with its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sort {
    pub by: SortBy,
    /// The latest, largest or last in the alphabet first.
    pub down: bool,
}

/// The sort key of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sorted {
    /// Microseconds, minor units, or days since 1970.
    Number(i64),
    /// A normalised name.
    Text(String),
}

impl From<i64> for Sorted {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

/// A place in a list: the sort key of a row, and the row where two share it. Opaque in addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub sort: Sorted,
    pub id: i64,
}

impl Key {
    fn parse(text: &str) -> Option<Self> {
        let (sort, id) = text.split_once('.')?;
        let sort = match sort.strip_prefix('x') {
            Some(hex) if hex.len() <= 4_000 && hex.len().is_multiple_of(2) && hex.is_ascii() => {
                let bytes: Option<Vec<u8>> =
                    hex.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
                Sorted::Text(String::from_utf8(bytes?).ok().filter(|text| !text.contains('\0'))?)
            }
            Some(_) => return None,
            None => Sorted::Number(sort.parse().ok()?),
        };
        Some(Self { sort, id: id.parse().ok()? })
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.sort {
            Sorted::Number(number) => write!(f, "{number}.{}", self.id),
            Sorted::Text(text) => {
                f.write_str("x")?;
                text.bytes().try_for_each(|byte| write!(f, "{byte:02x}"))?;
                write!(f, ".{}", self.id)
            }
        }
    }
}

/// Which part of a list is on screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A page by number, from 1.
    Page(u32),
    /// What comes after a row.
    OlderThan(Key),
    /// What comes before a row.
    NewerThan(Key),
    /// From the end of a business day backwards.
    On(NaiveDate),
}

/// From one to another, each side open when it is not there.
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
    /// Whether nothing is asked for.
    pub fn is_open(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }

    /// The two the right way round; `true` when they had to be turned.
    fn turn(&mut self) -> bool {
        let wrong = self.from.zip(self.to).is_some_and(|(from, to)| from > to);
        if wrong {
            std::mem::swap(&mut self.from, &mut self.to);
        }
        wrong
    }
}

choices! {
    /// What an order can be without, by the name of its filter; in an address `none` where a value would stand: `owner=none`. The words
    /// are those of a choice.
    Missing {
        Owner = "owner", "Nobody";
        Team = "team", "No team";
        Campaign = "campaign", "No campaign";
        Company = "company", "No company";
        Network = "network", "No network";
        Value = "value", "No box value";
    }
}

/// The most days that [`Filter::unmoved`] takes: ten years.
pub const LONGEST_UNMOVED: u32 = 3_650;

/// What narrows a list; everything at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Any of these; empty is any status.
    pub statuses: Vec<Status>,
    pub owner: Option<UserId>,
    pub team: Option<TeamId>,
    pub campaign: Option<CampaignId>,
    pub company: Option<CompanyId>,
    pub network: Option<String>,
    /// Business days of creation, both included.
    pub created: Bounds<NaiveDate>,
    /// Business days of connection, both included.
    pub connected: Bounds<NaiveDate>,
    /// Box values, both included.
    pub value: Bounds<Money>,
    /// Only those whose follow-up is due.
    pub due: bool,
    /// Only those that are not cancelled: what revenue is made of.
    pub sold: bool,
    /// Only those that have none of these, in the order of [`Missing::ALL`].
    pub without: Vec<Missing>,
    /// Only those that were not moved to another status in so many days, from 1.
    pub unmoved: Option<u32>,
    /// Only those with a comment that somebody has to see to.
    pub open_comment: bool,
}

impl Filter {
    /// What lacks this alone.
    pub fn lacking(missing: Missing) -> Self {
        Self { without: vec![missing], ..Self::default() }
    }

    /// Those of a person, or of nobody.
    pub fn owned_by(self, owner: Option<UserId>) -> Self {
        Self { owner, without: if owner.is_none() { vec![Missing::Owner] } else { self.without }, ..self }
    }

    /// Whether orders without this are asked for.
    pub fn lacks(&self, missing: Missing) -> bool {
        self.without.contains(&missing)
    }

    /// This filter without asking for what lacks something.
    pub fn with_any(&self, missing: Missing) -> Self {
        Self { without: self.without.iter().copied().filter(|it| *it != missing).collect(), ..self.clone() }
    }
}

/// A list as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    pub view: View,
    /// What is searched for; normalised on the server.
    pub text: String,
    pub filter: Filter,
    /// `None` is the list's own.
    pub sort: Option<Sort>,
    pub place: Place,
    /// Rows a page; `None` is the person's own default.
    pub per_page: Option<u32>,
}

/// The most sentences about what was ignored in an address.
const MOST_IGNORED: usize = 20;

/// The most characters that are searched for.
pub const LONGEST_SEARCH: usize = 200;

impl ListQuery {
    /// The first page of a list.
    pub fn of(view: View) -> Self {
        Self { view, text: String::new(), filter: Filter::default(), sort: None, place: Place::Page(1), per_page: None }
    }

    /// The sort that is in force.
    pub fn sorted(&self) -> Sort {
        self.sort.unwrap_or_else(|| self.usual_sort())
    }

    /// How it is sorted unless somebody asks otherwise: a connected window by the day of connection, as its index is.
    fn usual_sort(&self) -> Sort {
        match self.view {
            View::Search => Sort { by: SortBy::Created, down: true },
            View::Due => Sort { by: SortBy::FollowUp, down: false },
            view if view == View::ConnectedMonth || !self.filter.connected.is_open() => Sort { by: SortBy::Connected, down: true },
            _ => Sort { by: SortBy::Created, down: true },
        }
    }

    /// The same list in another order, from its first page; in its usual order, where that is the one. A search has none: it ranks.
    pub fn sorted_by(&self, sort: Sort) -> Self {
        let sort = Some(sort).filter(|sort| self.view == View::Search || self.usual_sort() != *sort);
        Self { sort, ..self.at(Place::Page(1)) }
    }

    /// From the pairs of an address: the nearest sensible list, and a sentence for each thing that was ignored; sums
    /// in a currency (ISO 4217 code).
    ///
    /// ```
    /// use domain::orders::list::{ListQuery, Place, View};
    /// let (query, ignored) = ListQuery::from_pairs(View::All, [("page", "-1"), ("status", "HD")], "GBP");
    /// assert_eq!((query.place, ignored.len()), (Place::Page(1), 1));
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
                        ignored.push(format!("Only the first {LONGEST_SEARCH} characters were looked for."));
                    }
                }
                "status" => match Status::from_code(&value.to_uppercase()) {
                    Some(status) if filter.statuses.contains(&status) => {}
                    Some(status) => filter.statuses.push(status),
                    None => ignored.push(format!("“{}” is no status: showing all.", shorten(value))),
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
                    Err(_) => ignored.push(format!("“{}” is no network: showing all.", shorten(value))),
                },
                "created_from" => filter.created.from = day(value, &mut ignored),
                "created_to" => filter.created.to = day(value, &mut ignored),
                "connected_from" => filter.connected.from = day(value, &mut ignored),
                "connected_to" => filter.connected.to = day(value, &mut ignored),
                "value_from" => filter.value.from = sum(value, currency, &mut ignored),
                "value_to" => filter.value.to = sum(value, currency, &mut ignored),
                "due" => filter.due = only("yes", name, value, &mut ignored),
                "sold" => filter.sold = only("yes", name, value, &mut ignored),
                "value" => _ = only(NONE, name, value, &mut ignored),
                "comments" => filter.open_comment = only("open", name, value, &mut ignored),
                "unmoved" => {
                    filter.unmoved = value.trim().parse().ok().filter(|days| (1..=LONGEST_UNMOVED).contains(days));
                    if filter.unmoved.is_none() {
                        ignored.push(format!("“{}” is no number of days from 1 to {LONGEST_UNMOVED}: showing all.", shorten(value)));
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
                "sort" => {
                    by = SortBy::from_code(value);
                    if by.is_none() {
                        ignored.push(format!("“{}” is no sort: “sort” was ignored.", shorten(value)));
                    }
                }
                "dir" => {
                    down = match value {
                        "desc" => Some(true),
                        "asc" => Some(false),
                        _ => {
                            ignored.push(format!("“{}” is no direction: “dir” was ignored.", shorten(value)));
                            None
                        }
                    }
                }
                "timezone" => ignored.push("“timezone” is not understood here and was ignored.".into()),
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
            ignored.push("“From” came after “to”: they were turned round.".into());
        }
        // A key of another sort says nothing here.
        let by_name = query.sorted().by == SortBy::Business;
        if let Place::OlderThan(key) | Place::NewerThan(key) = &query.place
            && by_name != matches!(key.sort, Sorted::Text(_))
        {
            query.place = Place::Page(1);
            ignored.push("That place in the list is not known: showing the first page.".into());
        }
        // What nobody reads to its end costs nothing.
        ignored.truncate(MOST_IGNORED);
        (query, ignored)
    }

    /// The same list at another place.
    pub fn at(&self, place: Place) -> Self {
        Self { place, ..self.clone() }
    }

    /// The same list, narrowed otherwise, from its first page.
    pub fn with(&self, filter: Filter) -> Self {
        Self { filter, place: Place::Page(1), ..self.clone() }
    }

    /// Names and values of its address, the place left out.
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

    /// Its address.
    pub fn href(&self) -> String {
        let mut pairs = self.pairs();
        match &self.place {
            Place::Page(1) => {}
            Place::Page(n) => pairs.push(("page", n.to_string())),
            Place::OlderThan(key) => pairs.push(("older", key.to_string())),
            Place::NewerThan(key) => pairs.push(("newer", key.to_string())),
            Place::On(day) => pairs.push(("on", date::plain(*day))),
        }
        if pairs.is_empty() {
            return self.view.path().into();
        }
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        format!("{}?{query}", self.view.path())
    }
}

/// Where an address asks for what has no value.
const NONE: &str = "none";

/// Whether the one value stands there that is understood beside a name.
fn only(known: &str, name: &str, value: &str, ignored: &mut Vec<String>) -> bool {
    if value != known {
        ignored.push(format!("“{}” is not understood beside “{name}”: showing all.", shorten(value)));
    }
    value == known
}

fn positive(value: &str, what: &str, ignored: &mut Vec<String>) -> Option<i64> {
    let id = value.trim().parse::<i64>().ok().filter(|id| *id > 0);
    if id.is_none() {
        ignored.push(format!("“{}” is no {what}: showing all.", shorten(value)));
    }
    id
}

fn day(value: &str, ignored: &mut Vec<String>) -> Option<NaiveDate> {
    date::parse(value).map_err(|why| ignored.push(format!("“{}” is no date: {why}", shorten(value)))).ok()
}

fn sum(value: &str, currency: &str, ignored: &mut Vec<String>) -> Option<Money> {
    money::parse(value, currency).map_err(|why| ignored.push(format!("“{}” is no sum: {why}", shorten(value)))).ok()
}

/// A list as answered: rows, counts and places, before they are worded for a page.
#[derive(Debug, Clone, PartialEq, Eq)]
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
}

/// The counts of the rail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ViewCounts(pub Vec<(View, Count)>);

impl ViewCounts {
    /// The count of one list.
    pub fn of(&self, view: View) -> Option<Count> {
        self.0.iter().find(|(it, _)| *it == view).map(|(_, count)| *count)
    }
}
