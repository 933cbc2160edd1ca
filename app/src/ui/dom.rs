//! What is on the page now, asked for by selector, and what an event came from; each as the kind of element that is meant.

use std::{future::poll_fn, task::Poll};

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

/// Whether a hand holds something of the page, pressed or typed: `frontend/js/pointer.js` marks the document while it does. What is held
/// is neither drawn anew nor moved. A page that is being taken over is drawn as it stands, and waits for nothing.
pub fn is_held() -> bool {
    super::is_hydrated() && document().document_element().is_some_and(|root| root.has_attribute("data-held"))
}

/// Waits until nothing is held.
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

/// What an event came from, if it is of this kind.
pub fn target<T: JsCast>(event: &Event) -> Option<T> {
    event.target()?.dyn_into().ok()
}
