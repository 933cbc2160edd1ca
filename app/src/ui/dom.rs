//! Typed DOM queries: elements by selector, and event targets.

use std::{future::poll_fn, task::Poll};

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Event;

/// The first match of a selector, if it has this type.
pub fn find<T: JsCast>(selector: &str) -> Option<T> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// All matches of a selector with this type, in document order.
pub fn all<T: JsCast>(selector: &str) -> Vec<T> {
    let Ok(found) = document().query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|nth| found.get(nth)?.dyn_into().ok()).collect()
}

/// Whether the user is pressing or typing: `frontend/js/hold.js` marks the document meanwhile. Nothing is
/// re-rendered or moved in that time. Hydration does not wait.
pub fn is_held() -> bool {
    super::is_hydrated() && document().document_element().is_some_and(|root| root.has_attribute("data-held"))
}

/// Waits until the user neither presses nor types.
pub async fn released() {
    poll_fn(|context| {
        if !is_held() {
            return Poll::Ready(());
        }
        let waker = context.waker().clone();
        request_animation_frame(move || waker.wake());
        Poll::Pending
    })
    .await;
}

/// The target of an event, if it has this type.
pub fn target<T: JsCast>(event: &Event) -> Option<T> {
    event.target()?.dyn_into().ok()
}
