//! The list page: active filters, filter form, table (cards on a phone), pager. The view model has all texts and links.

use domain::orders::{
    OrderRow,
    list::{Column, View},
    pages::{Control, OrderListView},
    shown_number,
};
use leptos::prelude::*;
use leptos_router::{LazyRoute, hooks::use_navigate, lazy_route};

use super::badge;
use crate::{
    forms,
    page_data::{self, PageData},
    ui::{
        avatar,
        el::{El, button, el, folded, form as plain_form, hidden, link},
        pager, titled,
    },
};

/// The route of all lists.
#[derive(Debug)]
pub struct ListRoute {
    page: PageData<OrderListView>,
}

#[lazy_route]
impl LazyRoute for ListRoute {
    fn data() -> Self {
        let mine = |path: &str| View::from_path(path).is_some_and(|view| view != View::Board);
        Self { page: page_data::orders(page_data::address(mine)) }
    }

    fn view(this: Self) -> AnyView {
        page_data::page(this.page, skeleton_list, list)
    }
}

/// A skeleton as high as nine rows, to avoid layout shifts.
fn skeleton_list() -> AnyView {
    el("div", "skeleton")
        .attr("aria-busy", "true")
        .attr("aria-label", "Loading")
        .with(el("span", "skeleton-title"))
        .all((0..9).map(|_| el("span", "skeleton-row")))
        .view()
}

fn list(shown: OrderListView) -> AnyView {
    let ignored = ignored(&shown);
    let older = live_rows::follow(&shown);
    let body = if shown.rows.is_empty() {
        let action = shown.empty_action.clone().map(|it| link("btn btn-primary", it.href).text(it.label));
        vec![el("section", "empty-state").with(el("p", "").text(shown.empty.as_str())).all(action)]
    } else {
        vec![table(&shown), foot(&shown)]
    };
    let page = el("div", "list")
        .attr("data-live", "own")
        .with(el("header", "page-head").with(el("h1", "").attr("tabindex", "-1").text(shown.title.as_str())))
        .with(views(&shown))
        .with(el("div", "tools").with(filters(&shown)).all(keep(&shown)).with(chooser(&shown)).all(select(&shown)).all(file(&shown)))
        .all(ignored)
        .all(due(&shown))
        .all(bulk(&shown))
        .with(older)
        .all(body);
    titled(shown.title, [page])
}

/// The CSV link.
fn file(shown: &OrderListView) -> Option<El> {
    let href = shown.export.as_deref()?;
    Some(link("chip", href).attr("rel", "external").attr("download", "").text("CSV"))
}

/// The sentences about ignored parts of the URL.
pub(super) fn ignored(shown: &OrderListView) -> Option<El> {
    let lines = || shown.ignored.iter().map(|it| el("p", "").text(it.as_str()));
    (!shown.ignored.is_empty()).then(|| el("div", "ignored").attr("role", "status").all(lines()))
}

fn chosen(on: bool) -> Option<&'static str> {
    on.then_some("true")
}

/// The view links, and the active filters: each chip links to the list without it.
pub(super) fn views(shown: &OrderListView) -> El {
    let views = shown.views.iter().map(|view| {
        let chip = link("chip", view.href.as_str()).maybe("aria-current", view.on.then_some("page")).text(view.label.as_str());
        if view.on { chip.with(el("b", "").text(shown.count.as_str())) } else { chip }
    });
    let chips = shown.active_filters.iter().map(|chip| {
        link("chip chip-on", chip.href.as_str())
            .attr("aria-label", format!("Remove filter {}", chip.label))
            .text(chip.label.as_str())
            .with(el("span", "chip-x").attr("aria-hidden", "true").text("×"))
    });
    let clear = shown.clear.as_deref().map(|href| link("chip chip-clear", href).text("Clear filters"));
    el("div", "chips").all(views).all(chips).all(clear)
}

/// The filters as a plain GET form.
pub(super) fn filters(shown: &OrderListView) -> El {
    let (hidden_fields, path, controls) = (shown.hidden_fields.clone(), shown.path.clone(), shown.controls.clone());
    let navigate = use_navigate();
    folded("filters", "Filters", move || {
        let navigate = navigate.clone();
        let go = move |event: web_sys::Event| {
            let Some(element) = forms::form_of(&event) else { return };
            event.prevent_default();
            navigate(&forms::address(&element), Default::default());
        };
        el("form", "filter-form card")
            .attr("method", "get")
            .attr("action", path.as_str())
            .on("submit", go)
            .all(hidden_fields.iter().map(|(name, value)| hidden(name.as_str(), value.as_str())))
            .with(el("div", "fields").all(controls.iter().map(|it| control(it, "filter"))))
            .with(button("btn btn-primary", "Apply"))
    })
}

/// Plain forms that save this list as a view, or remove the view.
fn keep(shown: &OrderListView) -> Option<El> {
    if let Some(id) = &shown.saved {
        let form = plain_form("view-form", "/views/remove/").with(hidden("id", id.as_str()));
        return Some(form.with(button("btn btn-quiet", "Remove saved view")));
    }
    let address = shown.save.clone()?;
    Some(folded("filters", "Save view", move || save(&address)))
}

fn save(address: &str) -> El {
    let name = el("input", "input").attr("id", "view-name").attr("name", "name").attr("maxlength", "60").attr("required", "");
    let checkbox = el("input", "").attr("type", "checkbox").attr("name", "shared").attr("value", "yes");
    plain_form("view-form card", "/views/")
        .with(hidden("address", address))
        .with(el("div", "field").with(el("label", "").attr("for", "view-name").text("Name")).with(name))
        .with(el("label", "checkbox").with(checkbox).with(el("span", "").text("Share with my team")))
        .with(button("btn btn-primary", "Save view"))
}

/// The column chooser, a plain form.
fn chooser(shown: &OrderListView) -> El {
    let (current_url, columns) = (shown.current_url.clone(), shown.chooser.clone());
    folded("filters columns", "Columns", move || {
        let usual = button("btn btn-quiet", "Reset to default").attr("name", "column").attr("value", "usual");
        plain_form("filter-form card", "/profile/columns/")
            .with(hidden("address", current_url.as_str()))
            .with(control(&columns, "columns"))
            .with(el("div", "bulk-acts").with(button("btn btn-primary", "Apply")).with(usual))
    })
}

/// The switch that shows the checkboxes of the rows; works without JavaScript.
fn select(shown: &OrderListView) -> Option<El> {
    let checkbox =
        || el("input", "").attr("type", "checkbox").attr("id", "selecting").attr("autocomplete", "off").attr("aria-keyshortcuts", "x");
    (shown.pick.is_some() && !shown.rows.is_empty()).then(|| el("label", "chip chip-checkbox").with(checkbox()).text("Select"))
}

/// The bar of the bulk selection, a plain form.
fn bulk(shown: &OrderListView) -> Option<El> {
    let address = shown.pick.as_deref().filter(|_| !shown.rows.is_empty())?;
    let all = el("input", "").attr("type", "checkbox").attr("autocomplete", "off").attr("name", "all").attr("value", address);
    let form = plain_form("bulk-bar card", "/orders/bulk/")
        .attr("id", "bulk")
        .with(el("label", "checkbox").with(all).with(el("span", "").text(format!("Select the whole list ({})", shown.count))))
        .with(el("span", "bulk-hint").text("Shift-click selects a range; X selects the current row"))
        .with(button("btn btn-primary", "Continue"));
    Some(form)
}

/// The due follow-ups, above the user's own orders.
fn due(shown: &OrderListView) -> Option<El> {
    let more = shown.due_more.as_ref()?;
    let each = shown.due.iter().map(|row| {
        let customer = link("", format!("/orders/{}/", row.number)).text(row.customer.as_str());
        el("li", "").with(customer).with(badge(row.status)).with(el("time", "num").text(row.at.short.as_str()))
    });
    let head = el("div", "due-head").with(el("h2", "").text("Due")).with(link("", more.href.as_str()).text(more.label.as_str()));
    Some(el("section", "card due-top").attr("aria-label", "Follow-ups due").with(head).with(el("ul", "").all(each)))
}

/// A control of a form; `of_form` makes its id unique among several forms.
pub(super) fn control(of: &Control, of_form: &str) -> El {
    let id = format!("{of_form}-{}", of.name);
    let input = |kind: &str| el("input", "input").attr("id", id.as_str()).attr("name", of.name.as_str()).attr("type", kind);
    match of.kind.as_str() {
        "many" => {
            let each = of.options.iter().map(|(value, caption)| {
                let on = of.value.split(',').any(|it| it == value);
                let checkbox = el("input", "").attr("type", "checkbox").attr("name", of.name.as_str()).attr("value", value.as_str());
                el("label", "checkbox").with(checkbox.state("checked", on)).with(el("span", "").text(caption.as_str()))
            });
            el("fieldset", "field field-wide checkboxes").with(el("legend", "").text(of.label.as_str())).all(each)
        }
        "tick" => {
            let checkbox = el("input", "").attr("type", "checkbox").attr("name", of.name.as_str()).attr("value", "yes");
            el("label", "checkbox").with(checkbox.state("checked", of.value == "yes")).with(el("span", "").text(of.label.as_str()))
        }
        kind => {
            let label = el("label", "").attr("for", id.as_str()).text(of.label.as_str());
            let field = match kind {
                "select" => {
                    let any = el("option", "").attr("value", "").text(if of_form == "filter" { "Any" } else { "Choose" });
                    let each = of.options.iter().map(|(value, caption)| {
                        el("option", "").attr("value", value.as_str()).state("selected", *value == of.value).text(caption.as_str())
                    });
                    el("select", "input").attr("id", id.as_str()).attr("name", of.name.as_str()).with(any).all(each)
                }
                "date" => input("date").filled(of.value.as_str()),
                "line" => input("text").filled(of.value.as_str()),
                _ => input("text").attr("inputmode", "decimal").attr("autocomplete", "off").filled(of.value.as_str()),
            };
            el("div", "field").with(label).with(field)
        }
    }
}

/// The class of a column; those with `wide` are shown where there is room.
fn class(column: Column) -> &'static str {
    match column {
        Column::Number => "c-number",
        Column::Status => "c-status",
        Column::Customer => "c-customer",
        Column::Mobile => "c-mobile",
        Column::Network => "wide c-network",
        Column::Campaign => "wide c-campaign",
        Column::Owner => "c-owner",
        Column::Value => "num c-value",
        Column::Created => "num c-created",
        _ => "wide c-more",
    }
}

fn table(shown: &OrderListView) -> El {
    let head = shown.columns.iter().map(|(column, text)| {
        let head = el("th", class(*column)).attr("scope", "col");
        if text.href.is_empty() {
            return head.text(text.label.as_str());
        }
        let sort = if text.label.ends_with('↑') { "ascending" } else { "descending" };
        head.maybe("aria-sort", text.on.then_some(sort)).with(link("sort", text.href.as_str()).text(text.label.as_str()))
    });
    let picks = shown.pick.is_some();
    let pick = picks.then(|| {
        let all =
            el("input", "pick-all").attr("type", "checkbox").attr("autocomplete", "off").attr("aria-label", "Select all on this page");
        el("th", "c-pick").attr("scope", "col").with(all.on("change", selection::select_all))
    });
    let columns: Vec<Column> = shown.columns.iter().map(|(column, _)| *column).collect();
    let rows = shown.rows.iter().map(|it| row(it, &columns, shown.trash, picks));
    let table = el("table", if columns.len() > Column::DEFAULT.len() { "orders orders-wide" } else { "orders" })
        .on("click", selection::select_range)
        .on("keydown", selection::toggle_focused)
        .with(el("thead", "").with(el("tr", "").all(pick).all(head)))
        .with(el("tbody", "").all(rows));
    el("div", "table-frame").with(table)
}

/// Selecting several rows at once.
mod selection {
    use wasm_bindgen::JsCast;
    use web_sys::{Element, Event, HtmlInputElement, KeyboardEvent, MouseEvent};

    use crate::ui::{dom, has_single_keys};

    /// All row checkboxes of the page.
    fn checkboxes() -> Vec<HtmlInputElement> {
        dom::all("input[name=pick]")
    }

    /// The checkbox in the header selects all.
    pub fn select_all(event: Event) {
        let on = dom::target::<HtmlInputElement>(&event).is_some_and(|it| it.checked());
        checkboxes().iter().for_each(|checkbox| checkbox.set_checked(on));
    }

    /// With Shift, selects from the last selected row.
    pub fn select_range(event: Event) {
        let Some(checkbox) = dom::target::<HtmlInputElement>(&event).filter(|it| it.name() == "pick") else { return };
        let checkboxes = checkboxes();
        let place = |of: &dyn Fn(&HtmlInputElement) -> bool| checkboxes.iter().position(of);
        let last = place(&|it| it.has_attribute("data-last"));
        let here = place(&|it| *it == checkbox);
        if event.dyn_ref::<MouseEvent>().is_some_and(MouseEvent::shift_key)
            && let (Some(last), Some(here)) = (last, here)
        {
            checkboxes[last.min(here)..=last.max(here)].iter().for_each(|it| it.set_checked(checkbox.checked()));
        }
        for it in &checkboxes {
            let _ = it.remove_attribute("data-last");
        }
        let _ = checkbox.set_attribute("data-last", "");
    }

    /// X selects the row with the focus.
    pub fn toggle_focused(event: Event) {
        let alone = |it: &KeyboardEvent| !it.ctrl_key() && !it.meta_key() && !it.alt_key();
        let is_x = has_single_keys() && event.dyn_ref::<KeyboardEvent>().is_some_and(|it| it.key() == "x" && alone(it));
        let row = dom::target::<Element>(&event).and_then(|it| it.closest("tr").ok().flatten());
        let checkbox = row.and_then(|row| row.query_selector("input[name=pick]").ok().flatten());
        if let Some(checkbox) = checkbox.and_then(|it| it.dyn_into::<HtmlInputElement>().ok()).filter(|_| is_x) {
            event.prevent_default();
            if let Some(selecting) = dom::find::<HtmlInputElement>("#selecting") {
                selecting.set_checked(true);
            }
            checkbox.click();
        }
    }
}

/// Live rows: a changed row is rendered again in place; new and removed rows wait until the user asks for them, so
/// that nothing moves under a finger.
mod live_rows {
    use std::{cell::RefCell, collections::HashMap, rc::Rc};

    use domain::orders::{OrderRow, list::Column, pages::OrderListView};
    use leptos::{ev, mount::mount_to, prelude::*, task::spawn_local};
    use web_sys::{Event, HtmlElement};

    use super::row_cells;
    use crate::{
        page_data::{self, Changes, Newest},
        ui::{
            dom,
            el::{El, el, live, none},
        },
    };

    /// The re-rendered cells by order number; dropped with the page.
    type PageView = Vec<(String, Box<dyn std::any::Any>)>;

    /// Subscribes, and returns the element that announces waiting changes.
    pub fn follow(shown: &OrderListView) -> El {
        let waiting = RwSignal::new(String::new());
        let changes = expect_context::<Changes>();
        let now = StoredValue::new(shown.clone());
        Effect::new(move |_| {
            let (drawn, asked) = (Rc::new(RefCell::new(PageView::new())), Newest::default());
            let changed = window_event_listener(ev::Custom::<Event>::new("curlew:changed"), move |_| {
                let (drawn, is_newest) = (drawn.clone(), asked.ask());
                spawn_local(async move {
                    let Some(address) = now.try_with_value(|it| it.current_url.clone()) else { return };
                    let next = page_data::list_again(address).await;
                    dom::released().await;
                    if let Ok(next) = next
                        && is_newest()
                    {
                        let said = now.try_update_value(|now| take(now, next, &mut drawn.borrow_mut()));
                        let _ = waiting.try_set(said.unwrap_or_default());
                    }
                });
            });
            on_cleanup(move || changed.remove());
        });
        let said = live(move || match waiting.get() {
            label if label.is_empty() => none(),
            label => {
                let show = el("button", "btn btn-quiet").attr("type", "button").on("click", move |_| changes.notify()).text("Refresh");
                el("p", "changed").attr("role", "status").text(format!("{label}. ")).with(show).view()
            }
        });
        el("div", "").any(said)
    }

    /// Renders the changed rows; returns a sentence about what waits.
    fn take(now: &mut OrderListView, next: OrderListView, again: &mut PageView) -> String {
        let drawn = dom::all::<HtmlElement>("table.orders tbody tr");
        let mut coming: HashMap<String, _> = next.rows.into_iter().map(|row| (row.number.clone(), row)).collect();
        let mut gone = 0;
        for (nth, row) in now.rows.iter_mut().enumerate() {
            match coming.remove(&row.number) {
                // Relative times have changed.
                Some(fresh) if fresh != (OrderRow { at: fresh.at.clone(), ..row.clone() }) => {
                    *row = fresh;
                    if let Some(place) = drawn.get(nth) {
                        // The previous cells are dropped first.
                        again.retain(|(number, _)| *number != row.number);
                        let cells = draw(place, row, now.columns.iter().map(|(column, _)| *column).collect(), now.trash);
                        again.push((row.number.clone(), cells));
                    }
                }
                Some(_) => {}
                None => gone += 1,
            }
        }
        match coming.len() {
            0 if gone == 0 => String::new(),
            0 => "This list has changed".to_owned(),
            1 => "1 new order".to_owned(),
            n => format!("{n} new orders"),
        }
    }

    /// Renders a row again in place, keeping its checkbox. Returns the handle that keeps its cells.
    fn draw(place: &HtmlElement, row: &OrderRow, columns: Vec<Column>, trash: bool) -> Box<dyn std::any::Any> {
        let cells = place.children();
        for nth in (0..cells.length()).rev() {
            if let Some(cell) = cells.item(nth).filter(|cell| cell.class_name() != "c-pick") {
                cell.remove();
            }
        }
        let row = row.clone();
        let cells = mount_to(place.clone(), move || row_cells(&row, &columns, trash).into_iter().map(El::view).collect_view());
        let glowing = place.clone();
        let _ = place.set_attribute("class", "");
        request_animation_frame(move || {
            let _ = glowing.set_attribute("class", "row-moved");
        });
        Box::new(cells)
    }
}

/// Text with its search matches highlighted.
fn marked(of: El, row: &OrderRow, part: &str, text: &str) -> El {
    match row.marks.iter().find(|(it, _)| it == part) {
        Some((_, pieces)) => pieced(of, pieces),
        None => of.text(text),
    }
}

fn pieced(of: El, pieces: &[String]) -> El {
    pieces
        .iter()
        .enumerate()
        .filter(|(_, piece)| !piece.is_empty())
        .fold(of, |of, (n, piece)| if n % 2 == 1 { of.with(el("mark", "").text(piece.as_str())) } else { of.text(piece.as_str()) })
}

fn row(row: &OrderRow, columns: &[Column], trash: bool, picks: bool) -> El {
    let pick = picks.then(|| {
        let checkbox = el("input", "")
            .attr("type", "checkbox")
            .attr("autocomplete", "off")
            .attr("name", "pick")
            .attr("form", "bulk")
            .attr("value", row.number.as_str());
        el("td", "c-pick").with(checkbox.attr("aria-label", format!("Select order {}", row.number)))
    });
    el("tr", "").all(pick).all(row_cells(row, columns, trash))
}

fn row_cells(row: &OrderRow, columns: &[Column], trash: bool) -> Vec<El> {
    columns.iter().map(|column| cell(row, *column, trash)).collect()
}

fn cell(row: &OrderRow, column: Column, trash: bool) -> El {
    let dash = || el("span", "none").text("–");
    let cell = el("td", class(column));
    let plain = |cell: El, value: Option<&str>| match value {
        Some(value) => cell.text(value),
        None => cell.with(dash()),
    };
    match column {
        Column::Number => marked(cell, row, "number", shown_number(&row.number)),
        Column::Status => cell.with(badge(row.status)),
        Column::Customer => customer(cell, row, trash),
        Column::Mobile => cell.with(match (&row.mobile_e164, &row.mobile) {
            (Some(e164), Some(typed)) => {
                let call = link("call", format!("tel:{e164}")).attr("rel", "external").with(el("span", "card-only").text("Call "));
                marked(call, row, "mobile", typed)
            }
            _ => dash(),
        }),
        Column::Network => plain(cell, row.network.as_deref()),
        Column::Campaign => plain(cell, row.campaign.as_deref()),
        Column::Owner => cell.with(row.owner.as_deref().map_or_else(dash, avatar)),
        Column::Value => cell.with(row.box_value.as_deref().map_or_else(dash, |it| el("b", "").text(it))),
        Column::Created => {
            // An order in the trash has no page, only a restore button.
            let back = trash.then(|| {
                plain_form("", format!("/orders/{}/restore/", row.number))
                    .with(button("btn btn-quiet", "Restore").attr("aria-label", format!("Restore order {}", row.number)))
            });
            cell.with(el("time", "").attr("title", row.at.full.as_str()).text(row.at.short.as_str())).all(back)
        }
        other => plain(cell, row.cells.iter().find(|(it, _)| *it == other).map(|(_, value)| value.as_str())),
    }
}

fn customer(cell: El, row: &OrderRow, trash: bool) -> El {
    let customer = match trash {
        true => el("strong", "row-trashed"),
        false => link("row-link", format!("/orders/{}/", row.number))
            .attr("data-row", "")
            .attr("aria-label", format!("{}, order {}", row.customer, row.number)),
    };
    let beside = row.marks.iter().filter(|(part, _)| part.starts_with(|c: char| c.is_ascii_uppercase()));
    let contact = el("small", "")
        .all(row.contact.as_ref().map(|name| marked(el("span", "c-contact"), row, "contact", name)))
        .all(beside.map(|(part, pieces)| pieced(el("span", "c-found").text(format!("{part}: ")), pieces)))
        .with(el("span", "card-only").text(shown_number(&row.number)));
    cell.with(marked(customer, row, "customer", &row.customer)).with(contact)
}

fn foot(shown: &OrderListView) -> El {
    let sizes = shown.sizes.iter().map(|size| {
        link("size", size.href.as_str())
            .maybe("aria-current", chosen(size.on))
            .attr("aria-label", format!("{} per page", size.label))
            .text(size.label.as_str())
    });
    el("footer", "list-foot")
        .with(el("p", "").text(format!("{} · ", shown.range)).all(sizes).text(" per page"))
        .all(shown.jump.then(|| jump(shown)))
        .with(pager(shown.newer.as_deref(), shown.older.as_deref(), &shown.numbers))
}

/// Beyond the last page number: a plain form that jumps to a date.
fn jump(shown: &OrderListView) -> El {
    let day = el("input", "").attr("type", "date").attr("name", "on").attr("required", "");
    let filtered = shown.controls.iter().filter(|it| it.kind != "many" && !it.value.is_empty());
    let statuses = shown.controls.iter().filter(|it| it.kind == "many").flat_map(|it| it.value.split(',')).filter(|it| !it.is_empty());
    el("form", "jump")
        .attr("method", "get")
        .attr("action", shown.path.as_str())
        .all(shown.hidden_fields.iter().map(|(name, value)| hidden(name.as_str(), value.as_str())))
        .all(filtered.map(|it| hidden(it.name.as_str(), it.value.as_str())))
        .all(statuses.map(|code| hidden("status", code)))
        .with(el("label", "").text("Jump to ").with(day))
        .with(button("btn btn-quiet", "Go"))
}
