//! What is on the page now, asked for by selector, and what an event came from; each as the kind of element that is meant.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Event;

/// The first that a selector finds, if it is of this kind.
pub fn find<T: JsCast>(selector: &str) -> Option<T> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// All of this kind that a selector finds, in the order of the page.
pub fn all<T: JsCast>(selector: &str) -> Vec<T> {
    let Ok(found) = document().query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|nth| found.get(nth)?.dyn_into().ok()).collect()
}

/// What an event came from, if it is of this kind.
pub fn target<T: JsCast>(event: &Event) -> Option<T> {
    event.target()?.dyn_into().ok()
}
