//! A row of the list.

use domain::orders::{OrderRow, list::Column, shown_number};
use leptos::prelude::*;

use super::{super::StatusBadge, class};
use crate::ui::{Avatar, Button, Erase, PostForm, RowState};

/// A row: what it shows is a signal, so that a change touches its cells and neither its checkbox nor the focus.
#[component]
pub fn Row(
    number: String,
    state: ArcRwSignal<RowState<OrderRow>>,
    columns: Vec<Column>,
    is_trash: bool,
    is_selectable: bool,
) -> impl IntoView {
    let pick = is_selectable.then(|| {
        view! {
            <td class="orders-pick">
                <input type="checkbox" autocomplete="off" name="pick" form="bulk" value=number.clone() aria-label=format!("Select order {number}")/>
            </td>
        }
    });
    let shown = state.clone();
    let cells = move || shown.with(|it| columns.iter().map(|column| cell(&it.value, *column, is_trash)).collect::<Vec<_>>());
    view! { <tr class:orders-changed=move || state.with(|it| it.has_changed)>{pick}{cells}</tr> }
}

fn cell(row: &OrderRow, column: Column, is_trash: bool) -> impl IntoView + use<> {
    let text =
        |value: Option<&str>| value.map_or_else(|| view! { <span class="orders-empty">"–"</span> }.erase(), |it| it.to_owned().erase());
    let content = match column {
        Column::Number => marked(row, "number", shown_number(&row.number)),
        Column::Status => view! { <StatusBadge status=row.status/> }.erase(),
        Column::Customer => customer(row, is_trash),
        Column::Mobile => match (&row.mobile_e164, &row.mobile) {
            (Some(e164), Some(typed)) => view! {
                <a class="link-phone" href=format!("tel:{e164}") rel="external"><span class="orders-card-only">"Call "</span>{marked(row, "mobile", typed)}</a>
            }
            .erase(),
            _ => text(None),
        },
        Column::Network => text(row.network.as_deref()),
        Column::Campaign => text(row.campaign.as_deref()),
        Column::Owner => row.owner.as_deref().map_or_else(|| text(None), |name| view! { <Avatar name=name/> }.erase()),
        Column::Value => row.box_value.clone().map_or_else(|| text(None), |value| view! { <b>{value}</b> }.erase()),
        Column::Created => created(row, is_trash),
        other => text(row.cells.iter().find(|(it, _)| *it == other).map(|(_, value)| value.as_str())),
    };
    view! { <td class=class(column)>{content}</td> }
}

/// When it was created; an order in the trash has no page, only a button that restores it.
fn created(row: &OrderRow, is_trash: bool) -> AnyView {
    let number = row.number.clone();
    let restore = is_trash.then(|| {
        view! {
            <PostForm action=format!("/orders/{number}/restore/")>
                <Button attr:aria-label=format!("Restore order {number}")>"Restore"</Button>
            </PostForm>
        }
    });
    view! { <time title=row.at.full.clone()>{row.at.short.clone()}</time>{restore} }.erase()
}

fn customer(row: &OrderRow, is_trash: bool) -> AnyView {
    let name = marked(row, "customer", &row.customer);
    let customer = if is_trash {
        view! { <strong class="orders-trashed">{name}</strong> }.erase()
    } else {
        let label = format!("{}, order {}", row.customer, row.number);
        view! { <a class="orders-link" href=format!("/orders/{}/", row.number) data-row="" aria-label=label>{name}</a> }.erase()
    };
    let contact = row.contact.as_ref().map(|contact| view! { <span class="orders-contact">{marked(row, "contact", contact)}</span> });
    // Matches in fields that are no columns.
    let found = row
        .marks
        .iter()
        .filter(|(part, _)| part.starts_with(|c: char| c.is_ascii_uppercase()))
        .map(|(part, pieces)| view! { <span class="orders-found">{format!("{part}: ")}{highlighted(pieces)}</span> })
        .collect::<Vec<_>>();
    let number = shown_number(&row.number).to_owned();
    view! { {customer}<small>{contact}{found}<span class="orders-card-only">{number}</span></small> }.erase()
}

/// Text with its search matches highlighted.
fn marked(row: &OrderRow, part: &str, text: &str) -> AnyView {
    match row.marks.iter().find(|(it, _)| it == part) {
        Some((_, pieces)) => highlighted(pieces),
        None => text.to_owned().erase(),
    }
}

/// Pieces of a text: every second one is a match.
fn highlighted(pieces: &[String]) -> AnyView {
    let piece = |(n, piece): (usize, &String)| {
        let piece = piece.clone();
        if n % 2 == 1 { view! { <mark>{piece}</mark> }.erase() } else { piece.erase() }
    };
    pieces.iter().enumerate().filter(|(_, piece)| !piece.is_empty()).map(piece).collect::<Vec<_>>().erase()
}
