//! Parts of a page that wait for data.

use std::{future::Future, pin::Pin};

use leptos::{either::Either, prelude::*};

use super::{Erase, dom};

/// Draws a view.
pub type Draw = Box<dyn FnOnce() -> AnyView + Send>;

/// A future view. It is drawn while nobody presses or types: drawing may change what is on screen.
pub type PendingView = Pin<Box<dyn Future<Output = Draw> + Send>>;

/// Renders a future view; meanwhile the previous view stays, or a skeleton at first.
pub fn suspense(skeleton: fn() -> AnyView, part: impl Fn() -> PendingView + Send + Sync + 'static) -> AnyView {
    fn one(skeleton: fn() -> AnyView, part: Box<dyn Fn() -> PendingView + Send + Sync>) -> AnyView {
        let part = move || {
            let pending = part();
            Suspend::new(async move {
                let draw = pending.await;
                dom::released().await;
                draw()
            })
        };
        view! { <Transition fallback=skeleton>{part}</Transition> }.erase()
    }
    one(skeleton, Box::new(part))
}

/// Draws a page in place while its key stays the same, and anew when it changes, so that text typed on one order never moves to another.
/// Made once beside the route.
#[derive(Clone, Copy)]
pub struct PageKey(StoredValue<(String, bool)>);

/// Without a page.
impl Default for PageKey {
    fn default() -> Self {
        Self(StoredValue::new((String::new(), false)))
    }
}

impl PageKey {
    /// Draws the page of a key.
    pub fn draw(self, key: &str, page: AnyView) -> AnyView {
        let is_odd = self.0.try_update_value(|(last, is_odd)| {
            if *last != key {
                (*last, *is_odd) = (key.to_owned(), !*is_odd);
            }
            *is_odd
        });
        // Another branch is another view: the one before is removed.
        let page: Either<AnyView, AnyView> = if is_odd.unwrap_or_default() { Either::Left(page) } else { Either::Right(page) };
        page.erase()
    }
}
