//! The view model of a list page: every link, chip and control, ready to draw.

use domain::{
    Result, date,
    money::Money,
    orders::{
        OrderRow, Status,
        list::{Bounds, Column, Filter, ListQuery, Missing, OrdersPage, PagePosition, Sort, SortBy, View},
        pages::{Control, Link, OrderListView},
    },
    page::{self, SIZES},
    role::{Permission, Visibility},
};

use sea_orm::EntityTrait;

use super::{list, views};
use crate::{
    Db, Scope,
    choices::Kind,
    entity::company,
    error::unexpected,
    reference_data::{Owner, ReferenceData},
};

/// The maximum number of due follow-ups above the user's own orders.
const DUE_ON_TOP: u32 = 5;

/// Makes the view model of a list page.
pub async fn list_view(db: &Db, scope: &Scope, page: OrdersPage) -> Result<OrderListView> {
    let reference_data = db.reference_data().await?;
    let query = &page.query;
    let company = match query.filter.company {
        Some(id) => match reference_data.companies.iter().find(|(known, _)| *known == id) {
            Some((_, name)) => Some(name.clone()),
            None => company::Entity::find_by_id(id.0).one(&db.read).await.map_err(unexpected)?.map(|row| row.name),
        },
        None => None,
    };
    let mut shown = scope.columns.clone();
    // In the trash, the last column has the restore button.
    if query.view == View::Trash && !shown.contains(&Column::Created) {
        shown.push(Column::Created);
    }
    let (due, due_more) = due(db, scope, query).await?;
    let worth = super::total::total(db, scope, &page).await?;
    let active_filters = active_filters(query, &reference_data, company.clone(), &scope.settings.currency);
    let (empty, empty_action) = if page.rows.is_empty() { nothing(query, scope) } else { (String::new(), None) };
    let title = if query.text.is_empty() { query.view.title().to_owned() } else { format!("Search: {}", query.text) };
    let hidden = ["query", "per_page", "sort", "dir"];
    let href = query.at(PagePosition::Page(1)).href();
    let saved = views::views(db, scope).await?.into_iter().find(|it| it.href == href);
    let narrowed = query.filter != Filter::default() || !query.text.is_empty() || query.sort.is_some();
    Ok(OrderListView {
        save: (narrowed && saved.is_none()).then_some(href),
        title: saved.as_ref().map_or(title, |it| it.name.clone()),
        saved: saved.filter(|it| it.own).map(|it| it.id.to_string()),
        path: query.view.path().to_owned(),
        current_url: query.href(),
        views: view_links(query),
        controls: controls(query, scope, &reference_data, company),
        hidden_fields: query
            .pairs()
            .into_iter()
            .filter(|(name, _)| hidden.contains(name))
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        clear: (!active_filters.is_empty()).then(|| query.with(Filter::default()).href()),
        active_filters,
        columns: columns(query, &shown),
        chooser: chooser(&scope.columns),
        due,
        due_more,
        range: match worth.value.map(|sum| sum.show(&scope.settings.currency)) {
            Some(sum) if worth.left_out > 0 => {
                format!("{} · {sum}, excluding {} cancelled", range(&page, &worth.count), page::grouped(worth.left_out))
            }
            Some(sum) => format!("{} · {sum}", range(&page, &worth.count)),
            None => range(&page, &worth.count),
        },
        count: worth.count,
        sizes: SIZES
            .map(|size| {
                let href = ListQuery { per_page: Some(size), ..query.at(PagePosition::Page(1)) }.href();
                Link::new(size.to_string(), href, size == page.per_page)
            })
            .to_vec(),
        newer: page.newer.clone().map(|place| query.at(place).href()),
        older: page.older.clone().map(|place| query.at(place).href()),
        numbers: numbers(&page),
        jump: page.count.is_capped() && query.text.is_empty() && matches!(query.sorted().by, SortBy::Created | SortBy::Connected),
        export: (query.view != View::Trash && scope.authority().may(Permission::Export) && !page.rows.is_empty()).then(|| {
            let of = query.at(PagePosition::Page(1)).href();
            format!("/orders/export/?{}", form_urlencoded::Serializer::new(String::new()).append_pair("of", &of).finish())
        }),
        pick: (query.view != View::Trash && scope.authority().may(Permission::EditOwn)).then(|| query.at(PagePosition::Page(1)).href()),
        trash: query.view == View::Trash,
        rows: page.rows,
        ignored: page.ignored,
        empty,
        empty_action,
    })
}

/// Links to the views with the same filters; not from a search or the trash.
fn view_links(query: &ListQuery) -> Vec<Link> {
    if matches!(query.view, View::Search | View::Trash | View::Board) {
        return Vec::new();
    }
    let of = |view: View| {
        let there = ListQuery { view, ..query.at(PagePosition::Page(1)) };
        query.sort.map_or(there.clone(), |sort| there.sorted_by(sort))
    };
    View::SIDEBAR.into_iter().map(|view| Link::new(view.short(), of(view).href(), view == query.view)).collect()
}

/// The active filters, each with a link to the list without it.
fn active_filters(query: &ListQuery, reference_data: &ReferenceData, company: Option<String>, currency: &str) -> Vec<Link> {
    let filter = &query.filter;
    let mut active_filters = Vec::new();
    let mut add = |label: String, without: Filter| active_filters.push(Link::new(label, query.with(without).href(), true));
    for status in &filter.statuses {
        let others = filter.statuses.iter().copied().filter(|it| it != status).collect();
        add(status.label().to_owned(), Filter { statuses: others, ..filter.clone() });
    }
    if let Some(id) = filter.owner {
        let name = reference_data.owners.iter().find(|owner| owner.id == id).map_or("Owner".to_owned(), Owner::in_filter);
        add(name, Filter { owner: None, ..filter.clone() });
    }
    if let Some(id) = filter.team {
        let name = reference_data.teams.iter().find(|(it, _)| *it == id).map_or("Team".to_owned(), |(_, name)| name.clone());
        add(name, Filter { team: None, ..filter.clone() });
    }
    if let Some(id) = filter.campaign {
        let name = reference_data.campaigns.iter().find(|it| it.id == id).map_or("Campaign".to_owned(), |it| it.name.clone());
        add(name, Filter { campaign: None, ..filter.clone() });
    }
    if let Some(name) = company {
        add(name, Filter { company: None, ..filter.clone() });
    }
    if let Some(network) = &filter.network {
        add(network.clone(), Filter { network: None, ..filter.clone() });
    }
    if !filter.created.is_open() {
        add(format!("Created {}", between(filter.created, date::show)), Filter { created: Bounds::default(), ..filter.clone() });
    }
    if !filter.connected.is_open() {
        add(format!("Connected {}", between(filter.connected, date::show)), Filter { connected: Bounds::default(), ..filter.clone() });
    }
    if !filter.value.is_open() {
        let text = between(filter.value, |sum: Money| sum.show(currency));
        add(format!("Box value {text}"), Filter { value: Bounds::default(), ..filter.clone() });
    }
    if filter.due {
        add("Follow-up due".to_owned(), Filter { due: false, ..filter.clone() });
    }
    if filter.sold {
        add("Not cancelled".to_owned(), Filter { sold: false, ..filter.clone() });
    }
    for missing in &filter.without {
        let text = if *missing == Missing::Owner { "No owner" } else { missing.label() };
        add(text.to_owned(), filter.with_any(*missing));
    }
    if let Some(days) = filter.unmoved {
        add(unmoved(days), Filter { unmoved: None, ..filter.clone() });
    }
    if filter.open_comment {
        add("Open comments".to_owned(), Filter { open_comment: false, ..filter.clone() });
    }
    active_filters
}

/// `No status change for 3 days`.
fn unmoved(days: u32) -> String {
    format!("No status change for {days} {}", if days == 1 { "day" } else { "days" })
}

fn between<T: Copy>(bounds: Bounds<T>, show: impl Fn(T) -> String) -> String {
    match (bounds.from, bounds.to) {
        (Some(from), Some(to)) => format!("{} to {}", show(from), show(to)),
        (Some(from), None) => format!("from {}", show(from)),
        (None, Some(to)) => format!("to {}", show(to)),
        (None, None) => String::new(),
    }
}

/// The controls of the filter form, without those that the view implies.
fn controls(query: &ListQuery, scope: &Scope, reference_data: &ReferenceData, company: Option<String>) -> Vec<Control> {
    let filter = &query.filter;
    let control = |name: &str, label: &str, kind: &str, value: Option<String>| Control {
        name: name.to_owned(),
        label: label.to_owned(),
        kind: kind.to_owned(),
        value: value.unwrap_or_default(),
        options: Vec::new(),
    };
    let pick = |name: &str, label: &str, value: Option<String>, options: Vec<(String, String)>| Control {
        options,
        ..control(name, label, "select", value)
    };
    let or_none = |missing: Missing, label: &str, value: Option<String>, mut options: Vec<(String, String)>| {
        options.insert(0, ("none".to_owned(), missing.label().to_owned()));
        pick(missing.code(), label, if filter.lacks(missing) { Some("none".to_owned()) } else { value }, options)
    };
    let mut controls = Vec::new();
    if !matches!(query.view, View::ConnectedMonth | View::Board) {
        let chosen = filter.statuses.iter().map(|status| status.code()).collect::<Vec<_>>().join(",");
        let all = Status::ALL.map(|status| (status.code().to_owned(), status.label().to_owned())).to_vec();
        controls.push(Control { options: all, ..control("status", "Status", "many", Some(chosen)) });
    }
    if query.view != View::Mine {
        // The team's orders are visible too, and an owner from the URL stays selected.
        let of_team = |it: &Owner| scope.settings.visibility == Visibility::Team && scope.user.team.is_some() && it.team == scope.user.team;
        let in_sight = |it: &Owner| of_team(it) || Some(it.id) == filter.owner;
        controls.push(or_none(
            Missing::Owner,
            "Owner",
            filter.owner.map(|id| id.to_string()),
            reference_data.filter_owners(scope, in_sight),
        ));
    }
    let teams = reference_data.teams.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    controls.push(or_none(Missing::Team, "Team", filter.team.map(|id| id.to_string()), teams));
    let campaigns = reference_data.campaigns.iter().map(|it| (it.id.to_string(), it.name.clone())).collect();
    controls.push(or_none(Missing::Campaign, "Campaign", filter.campaign.map(|id| id.to_string()), campaigns));
    let mut networks: Vec<(String, String)> = reference_data.offered(Kind::Network).into_iter().map(|name| (name.clone(), name)).collect();
    if let Some(other) = filter.network.as_ref().filter(|name| networks.iter().all(|(it, _)| it != *name)) {
        networks.push((other.clone(), other.clone()));
    }
    controls.push(or_none(Missing::Network, "Network", filter.network.clone(), networks));
    let mut companies: Vec<(String, String)> = reference_data.companies.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    if let Some((id, name)) = filter.company.zip(company).filter(|(id, _)| reference_data.companies.iter().all(|(known, _)| known != id)) {
        companies.push((id.to_string(), name));
    }
    controls.push(or_none(Missing::Company, "Company", filter.company.map(|id| id.to_string()), companies));
    controls.extend([
        control("created_from", "Created from", "date", filter.created.from.map(date::plain)),
        control("created_to", "Created to", "date", filter.created.to.map(date::plain)),
        control("connected_from", "Connected from", "date", filter.connected.from.map(date::plain)),
        control("connected_to", "Connected to", "date", filter.connected.to.map(date::plain)),
        control("value_from", "Box value from", "decimal", filter.value.from.map(Money::plain)),
        control("value_to", "Box value to", "decimal", filter.value.to.map(Money::plain)),
    ]);
    if query.view != View::Due {
        controls.push(control("due", "Follow-up due", "tick", filter.due.then(|| "yes".to_owned())));
    }
    controls.push(control("sold", "Not cancelled", "tick", filter.sold.then(|| "yes".to_owned())));
    controls.push(or_none(Missing::Value, "Box value", None, Vec::new()));
    let open = filter.open_comment.then(|| "open".to_owned());
    controls.push(pick("comments", "Comments", open, vec![("open".to_owned(), "Open comments".to_owned())]));
    controls.push(control("unmoved", "Days without a status change", "decimal", filter.unmoved.map(|days| days.to_string())));
    controls
}

/// The column headers: sortable ones link to the list sorted by them, or in the other direction.
fn columns(query: &ListQuery, shown: &[Column]) -> Vec<(Column, Link)> {
    let sort = query.sorted();
    let plain = |label: &str| Link::new(label, "", false);
    let by = |by: SortBy, label: &str| {
        let on = sort.by == by && (query.view != View::Search || query.sort.is_some());
        let down = if on { !sort.down } else { by != SortBy::Business };
        let href = query.sorted_by(Sort { by, down }).href();
        let arrow = match (on, sort.down) {
            (true, true) => " ↓",
            (true, false) => " ↑",
            (false, _) => "",
        };
        Link::new(format!("{label}{arrow}"), href, on)
    };
    let last = match sort.by {
        SortBy::Updated => by(SortBy::Updated, "Updated"),
        SortBy::FollowUp => plain("Follow-up ↑"),
        SortBy::Connected => plain("Connected ↓"),
        _ => by(SortBy::Created, "Created"),
    };
    let head = |column: Column| match column {
        Column::Customer => by(SortBy::Business, column.label()),
        Column::Value => by(SortBy::Value, column.label()),
        Column::Created => last.clone(),
        _ => plain(column.label()),
    };
    shown.iter().map(|column| (*column, head(*column))).collect()
}

/// The checkboxes of the column chooser; the customer column is always shown.
fn chooser(shown: &[Column]) -> Control {
    let all = Column::ALL.iter().filter(|column| **column != Column::Customer);
    Control {
        name: "column".to_owned(),
        label: "Columns".to_owned(),
        kind: "many".to_owned(),
        value: shown.iter().map(|column| column.code()).collect::<Vec<_>>().join(","),
        options: all.map(|column| (column.code().to_owned(), column.label().to_owned())).collect(),
    }
}

/// The first due follow-ups for the list of one's own orders, and a link to all of them.
async fn due(db: &Db, scope: &Scope, query: &ListQuery) -> Result<(Vec<OrderRow>, Option<Link>)> {
    if *query != (ListQuery { per_page: query.per_page, ..ListQuery::of(View::Mine) }) {
        return Ok((Vec::new(), None));
    }
    let own = Filter { owner: Some(scope.user.id), ..Filter::default() };
    let due = ListQuery { per_page: Some(DUE_ON_TOP), ..ListQuery::of(View::Due).with(own) };
    let page = Box::pin(list(db, scope, due.clone(), Vec::new())).await?;
    let href = ListQuery { per_page: None, ..due }.href();
    let more = (!page.rows.is_empty()).then(|| Link::new(format!("View all due ({})", page.count), href, false));
    Ok((page.rows, more))
}

fn range(page: &OrdersPage, count: &str) -> String {
    let shown = page.rows.len() as u64;
    match page.page {
        Some(_) if shown == 0 => String::new(),
        Some(number) => {
            let first = u64::from(number - 1) * u64::from(page.per_page) + 1;
            format!("{}–{} of {}", page::Count(first), page::Count(first + shown - 1), count)
        }
        None => format!("{shown} of {count}"),
    }
}

fn numbers(page: &OrdersPage) -> Vec<Link> {
    let Some(current) = page.page else { return vec![Link::new("1", page.query.at(PagePosition::Page(1)).href(), false)] };
    page::window(current, page.pages)
        .into_iter()
        .map(|number| match number {
            None => Link::new("…", "", false),
            Some(n) if n == current => Link::new(page::Count(u64::from(n)).to_string(), "", true),
            Some(n) => Link::new(page::Count(u64::from(n)).to_string(), page.query.at(PagePosition::Page(n)).href(), false),
        })
        .collect()
}

/// The text of an empty list, and a link for the next step.
fn nothing(query: &ListQuery, scope: &Scope) -> (String, Option<Link>) {
    let may_create = scope.authority().may(Permission::Create);
    if query.filter != Filter::default() {
        return ("No orders match these filters".into(), Some(Link::new("Clear filters", query.with(Filter::default()).href(), false)));
    }
    let text = match query.view {
        View::Search if query.text.trim().is_empty() => "Enter an order number, name, business, e-mail address or phone number",
        View::Search => "No orders found. Try fewer words; phone numbers work in any format.",
        View::All if may_create => "No orders yet. Create your first order.",
        View::All => "No orders yet",
        View::Today => "No orders today yet",
        View::Week => "No orders this week yet",
        View::Month => "No orders this month yet",
        View::ConnectedMonth => "No orders connected this month yet",
        View::Mine if may_create => "You have no orders yet",
        View::Mine => "You have no orders: your role can view orders but not create them",
        View::Due => "No follow-ups due",
        View::Trash => "The trash is empty",
        View::Board => "No orders yet",
    };
    let empty_action = match query.view {
        View::Due | View::Trash => Some(Link::new("All orders", View::All.path(), false)),
        View::Search => None,
        _ => may_create.then(|| Link::new("New order", "/orders/new/", false)),
    };
    (text.into(), empty_action)
}
