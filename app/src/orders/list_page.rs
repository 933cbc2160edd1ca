//! The list page: active filters, filter form, table (cards on a phone), pager. The view model has all texts and links.

mod live_rows;
mod row;
mod selection;

use domain::orders::{
    OrderRow,
    list::Column,
    pages::{Link, OrderListView},
};
use leptos::{prelude::*, tachys::view::keyed::keyed};
use leptos_router::{LazyRoute, lazy_route};

use self::{live_rows::LiveRows, row::Row};
use super::{StatusBadge, api};
use crate::{
    forms,
    page_data::{self, Changes},
    routes,
    ui::{
        Button, ButtonKind, Chip, ChipList, ClearChip, ControlFields, Disclosure, EmptyState, Erase, FilterChip, HiddenFields,
        IgnoredValues, KeyedRow, Page, PageHead, Pager, PostForm, RemoveView, SaveView, list_skeleton, navigate_by_form,
    },
};

/// The route of all lists.
#[derive(Debug)]
pub struct ListRoute {
    address: Memo<String>,
}

#[lazy_route]
impl LazyRoute for ListRoute {
    fn data() -> Self {
        Self { address: page_data::address(routes::lists) }
    }

    fn view(this: Self) -> AnyView {
        let (page, live) = (page_data::by_address(this.address, api::list), LiveRows::new());
        page_data::page(page, || list_skeleton(9), move |list| view! { <List list=list live=live/> }.erase())
    }
}

/// The page.
#[component]
fn List(list: OrderListView, live: LiveRows) -> impl IntoView {
    let (title, selectable) = (list.title.clone(), list.pick.is_some() && !list.rows.is_empty());
    let rows = live.show(&list);
    view! {
        <Page title=title.clone()>
            <div class="order-list" data-live="own">
                <PageHead title=title/>
                <ListChips list=&list/>
                <div class="toolbar">
                    <Filters list=&list/>
                    <SavedView list=&list/>
                    <ColumnChooser list=&list/>
                    {selectable.then(|| view! { <SelectSwitch/> })}
                    {list.export.clone().map(|href| view! { <Chip href=href attr:rel="external" attr:download="">"CSV"</Chip> })}
                </div>
                <IgnoredValues sentences=list.ignored.clone()/>
                <Due list=&list/>
                {list.pick.clone().filter(|_| selectable).map(|address| view! { <BulkBar address=address count=list.count.clone()/> })}
                <WaitingChanges live=live/>
                {if list.rows.is_empty() {
                    view! { <EmptyList list=&list/> }.erase()
                } else {
                    view! { <Table list=&list rows=rows/> <Foot list=&list/> }.erase()
                }}
            </div>
        </Page>
    }
}

/// A new or removed row waits until the user asks for it, so that nothing moves under a finger.
#[component]
fn WaitingChanges(live: LiveRows) -> impl IntoView {
    let changes = expect_context::<Changes>();
    move || {
        Some(live.waiting()).filter(|sentence| !sentence.is_empty()).map(|sentence| {
            view! {
                <p class="live-notice" role="status">
                    {format!("{sentence}. ")}
                    <Button submits=false on:click=move |_| changes.notify()>"Refresh"</Button>
                </p>
            }
        })
    }
}

/// The view links, and the active filters: each chip links to the list without it.
#[component]
pub(super) fn ListChips<'a>(list: &'a OrderListView) -> impl IntoView + use<> {
    let views = list
        .views
        .iter()
        .cloned()
        .map(|Link { label, href, on }| {
            let count = on.then(|| view! { <b>{list.count.clone()}</b> });
            view! { <Chip href=href is_current=on>{label}{count}</Chip> }
        })
        .collect::<Vec<_>>();
    let filters = list
        .active_filters
        .iter()
        .cloned()
        .map(|Link { label, href, .. }| view! { <FilterChip label=label href=href/> })
        .collect::<Vec<_>>();
    let clear = list.clear.clone().map(|href| view! { <ClearChip href=href/> });
    view! { <ChipList>{views}{filters}{clear}</ChipList> }
}

/// The filters as a plain GET form.
#[component]
pub(super) fn Filters<'a>(list: &'a OrderListView) -> impl IntoView + use<> {
    let navigate = navigate_by_form();
    let apply = move |event: web_sys::SubmitEvent| {
        if let Ok(Some(disclosure)) = forms::form_of(&event).map_or(Ok(None), |form| form.closest("details")) {
            let _ = disclosure.remove_attribute("open");
        }
        navigate(event);
    };
    let controls = list.controls.clone();
    let (path, hidden) = (list.path.clone(), list.hidden_fields.clone());
    view! {
        <Disclosure label="Filters">
            <form class="order-list-filters card" method="get" action=path on:submit=apply>
                <HiddenFields fields=hidden/>
                <div class="field-grid"><ControlFields controls=controls form="filter"/></div>
                <Button kind=ButtonKind::Primary>"Apply"</Button>
            </form>
        </Disclosure>
    }
}

/// Plain forms that save this list as a view, or remove the view.
#[component]
fn SavedView<'a>(list: &'a OrderListView) -> impl IntoView + use<> {
    match (list.saved.clone(), list.save.clone()) {
        (Some(id), _) => view! { <RemoveView id=id/> }.erase(),
        (None, Some(address)) => view! { <SaveView label="Save view" address=address has_team=true/> }.erase(),
        (None, None) => ().erase(),
    }
}

/// The column chooser, a plain form.
#[component]
fn ColumnChooser<'a>(list: &'a OrderListView) -> impl IntoView + use<> {
    let (current_url, columns) = (list.current_url.clone(), list.chooser.clone());
    view! {
        <Disclosure class="order-list-columns" label="Columns">
            <PostForm class="order-list-filters card" action="/profile/columns/">
                <input type="hidden" name="address" value=current_url/>
                <ControlFields controls=vec![columns] form="columns"/>
                <div class="button-row">
                    <Button kind=ButtonKind::Primary>"Apply"</Button>
                    <Button attr:name="column" attr:value="usual">"Reset to default"</Button>
                </div>
            </PostForm>
        </Disclosure>
    }
}

/// The switch that shows the checkboxes of the rows; works without JavaScript.
#[component]
fn SelectSwitch() -> impl IntoView {
    view! {
        <label class="chip chip-checkbox"><input type="checkbox" id="selecting" autocomplete="off" aria-keyshortcuts="x"/>"Select"</label>
    }
}

/// The bar of the bulk selection, a plain form; `address` is the list that can be selected as a whole.
#[component]
fn BulkBar(address: String, count: String) -> impl IntoView {
    // By list: the tick never stands for another one.
    let whole_list = keyed([address], String::clone, |_, address| {
        (|_| (), view! { <input type="checkbox" autocomplete="off" name="all" value=address/> })
    });
    view! {
        <PostForm class="bulk-bar card" id="bulk" action="/orders/bulk/">
            <label class="checkbox">{whole_list}<span>{format!("Select the whole list ({count})")}</span></label>
            <span class="bulk-hint">"Shift-click selects a range; X selects the current row"</span>
            <Button kind=ButtonKind::Primary>"Continue"</Button>
        </PostForm>
    }
}

/// The due follow-ups, above the user's own orders.
#[component]
fn Due<'a>(list: &'a OrderListView) -> impl IntoView + use<> {
    list.due_more.clone().map(|more| {
        let orders = list
            .due
            .iter()
            .map(|row| {
                view! {
                    <li>
                        <a href=format!("/orders/{}/", row.number)>{row.customer.clone()}</a>
                        <StatusBadge status=row.status/>
                        <time class="numeric">{row.at.short.clone()}</time>
                    </li>
                }
            })
            .collect::<Vec<_>>();
        view! {
            <section class="card due" aria-label="Follow-ups due">
                <div class="due-head"><h2>"Due"</h2><a href=more.href>{more.label}</a></div>
                <ul>{orders}</ul>
            </section>
        }
    })
}

/// A list without orders: why, and the next step.
#[component]
fn EmptyList<'a>(list: &'a OrderListView) -> impl IntoView + use<> {
    view! { <EmptyState text=list.empty.clone() action=list.empty_action.clone()/> }
}

/// The class of a column; those with `wide` are shown where there is room.
fn class(column: Column) -> &'static str {
    match column {
        Column::Number => "orders-number",
        Column::Status => "orders-status",
        Column::Customer => "orders-customer",
        Column::Mobile => "orders-mobile",
        Column::Network => "orders-desktop orders-network",
        Column::Campaign => "orders-desktop orders-campaign",
        Column::Owner => "orders-owner",
        Column::Value => "numeric orders-value",
        Column::Created => "numeric orders-created",
        _ => "orders-desktop orders-more",
    }
}

/// The table of the orders.
#[component]
fn Table<'a>(list: &'a OrderListView, rows: Vec<KeyedRow<OrderRow>>) -> impl IntoView + use<> {
    let (is_trash, is_selectable) = (list.trash, list.pick.is_some());
    let columns: Vec<Column> = list.columns.iter().map(|(column, _)| *column).collect();
    let head = list.columns.iter().cloned().map(|(column, link)| view! { <HeadCell column=column link=link/> }).collect::<Vec<_>>();
    // By page: a tick never stands for the rows of another one.
    let pick = keyed(is_selectable.then(|| list.current_url.clone()), String::clone, |_, _| {
        let head = view! {
            <th class="orders-pick" scope="col">
                <input class="bulk-pick-all" type="checkbox" autocomplete="off" aria-label="Select all on this page" on:change=selection::select_all/>
            </th>
        };
        (|_| (), head)
    });
    let class = if columns.len() > Column::DEFAULT.len() { "orders orders-wide" } else { "orders" };
    // A row is drawn anew when what it consists of changes; what it shows is its own signal.
    let shape_key = format!("{columns:?} {is_trash} {is_selectable}");
    let shape = (columns, is_trash, is_selectable);
    let rows = keyed(
        rows,
        move |(number, _)| format!("{number} {shape_key}"),
        move |_, (number, row)| {
            let (columns, is_trash, is_selectable) = shape.clone();
            (|_| (), view! { <Row number=number state=row columns=columns is_trash=is_trash is_selectable=is_selectable/> })
        },
    );
    view! {
        <div class="table-frame">
            <table class=class on:click=selection::select_range on:keydown=selection::toggle_focused>
                <thead><tr>{pick}{head}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// The head of a column; sortable ones have a link.
#[component]
fn HeadCell(column: Column, link: Link) -> impl IntoView {
    let Link { label, href, on } = link;
    let sort = on.then(|| if label.ends_with('↑') { "ascending" } else { "descending" });
    let text = if href.is_empty() { label.erase() } else { view! { <a class="orders-sort" href=href>{label}</a> }.erase() };
    view! { <th class=class(column) scope="col" aria-sort=sort>{text}</th> }
}

/// Below the table: the range, the sizes of a page, the pager.
#[component]
fn Foot<'a>(list: &'a OrderListView) -> impl IntoView + use<> {
    let sizes = list
        .sizes
        .iter()
        .cloned()
        .map(|Link { label, href, on }| {
            view! { <a class="order-list-size" href=href aria-current=on.then_some("true") aria-label=format!("{label} per page")>{label.clone()}</a> }
        })
        .collect::<Vec<_>>();
    view! {
        <footer class="order-list-foot">
            <p>{format!("{} · ", list.range)}{sizes}" per page"</p>
            {list.jump.then(|| view! { <Jump list=list/> })}
            <Pager previous=list.newer.clone() next=list.older.clone() numbers=list.numbers.clone()/>
        </footer>
    }
}

/// Beyond the last page number: a plain form that jumps to a date.
#[component]
fn Jump<'a>(list: &'a OrderListView) -> impl IntoView + use<> {
    let mut fields = list.hidden_fields.clone();
    for it in &list.controls {
        if it.kind == "many" {
            fields.extend(it.value.split(',').filter(|code| !code.is_empty()).map(|code| ("status".to_owned(), code.to_owned())));
        } else if !it.value.is_empty() {
            fields.push((it.name.clone(), it.value.clone()));
        }
    }
    view! {
        <form class="order-list-jump" method="get" action=list.path.clone() on:submit=navigate_by_form()>
            <HiddenFields fields=fields/>
            <label>"Jump to " <input type="date" name="on" required/></label>
            <Button>"Go"</Button>
        </form>
    }
}
