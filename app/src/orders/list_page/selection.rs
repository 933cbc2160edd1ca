//! Selecting several rows at once.

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
pub fn select_range(event: MouseEvent) {
    let Some(checkbox) = dom::target::<HtmlInputElement>(&event).filter(|it| it.name() == "pick") else { return };
    let checkboxes = checkboxes();
    let place = |of: &dyn Fn(&HtmlInputElement) -> bool| checkboxes.iter().position(of);
    let last = place(&|it| it.has_attribute("data-last"));
    let here = place(&|it| *it == checkbox);
    if event.shift_key()
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
pub fn toggle_focused(event: KeyboardEvent) {
    let is_alone = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
    let is_x = has_single_keys() && event.key() == "x" && is_alone;
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
