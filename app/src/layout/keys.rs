//! Single-key shortcuts.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement, HtmlElement, HtmlInputElement};

use crate::ui::{SINGLE_KEYS, dom, has_single_keys, storage};

/// Handles a shortcut: `/` search, `n` new order, `j` and `k` along a list, `?` the list of shortcuts, `Escape` back, and the keys that a
/// page defines. Returns whether it did anything.
pub fn pressed(key: &str) -> bool {
    match key {
        "/" => dom::find::<HtmlInputElement>("#search").map(|it| it.select()).is_some(),
        "Escape" if typing() => document().active_element().and_then(|it| it.dyn_into::<HtmlElement>().ok()).map(|it| it.blur()).is_some(),
        "Escape" => click("[data-back]"),
        // Navigates like a link, so that unsaved text is asked about.
        "n" => click("a[href='/orders/new/']"),
        "j" => focus_row(1),
        "k" => focus_row(-1),
        "?" => show(),
        letter => letter.as_bytes()[0].is_ascii_lowercase() && press_page_key(letter),
    }
}

/// Switches single-key shortcuts on or off in this browser.
pub fn set_single_keys(on: bool) {
    if let Some(kept) = storage() {
        let _ = if on { kept.remove_item(SINGLE_KEYS) } else { kept.set_item(SINGLE_KEYS, "off") };
    }
    if let Some(root) = document().document_element() {
        let _ = if on { root.remove_attribute("data-keys-off") } else { root.set_attribute("data-keys-off", "") };
    }
}

/// Whether letters are typed into a field. A checkbox takes none; and until the next frame the focus stays in a dialog that was just closed.
pub fn typing() -> bool {
    let takes_letters = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select";
    document().active_element().is_some_and(|it| it.matches(takes_letters).unwrap_or_default())
}

fn click(selector: &str) -> bool {
    dom::find::<HtmlElement>(selector).map(|it| it.click()).is_some()
}

/// Opens the list of shortcuts, with the switch for single keys.
fn show() -> bool {
    if let Some(tick) = dom::find::<HtmlInputElement>("#single-keys") {
        tick.set_checked(has_single_keys());
    }
    dom::find::<HtmlDialogElement>("#keys").is_some_and(|it| it.show_modal().is_ok())
}

/// Moves the focus along the rows of a list.
fn focus_row(step: isize) -> bool {
    let rows = dom::all::<HtmlElement>("[data-row]");
    let focused = document().active_element();
    let at = rows.iter().position(|row| focused.as_ref() == Some(row));
    let next = at.map_or(0, |at| at.saturating_add_signed(step).min(rows.len() - 1));
    rows.get(next).map(|row| row.focus()).is_some()
}

/// Presses the element with a key; if it opens a form, focuses its first field.
fn press_page_key(key: &str) -> bool {
    let Some(found) = dom::find::<HtmlElement>(&format!("[data-key='{key}']")) else { return false };
    found.click();
    let form = found.parent_element().filter(|_| found.tag_name() == "SUMMARY");
    if let Some(input) = form.and_then(|it: Element| it.query_selector("input:not([type=hidden])").ok().flatten()) {
        let _ = input.dyn_into::<HtmlElement>().map(|it| it.focus());
    }
    true
}
