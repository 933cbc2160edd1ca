//! Live rows: a changed row changes in place; new and removed rows wait until the user asks for them, so that nothing moves under a finger.

use std::collections::HashMap;

use domain::orders::{OrderRow, pages::OrderListView};
use leptos::{ev, prelude::*, task::spawn_local};
use web_sys::Event;

use super::super::api;
use crate::{
    page_data::Newest,
    ui::{KeyedRow, Rows, dom},
};

/// The state of the list page, made once: it outlives every redraw.
#[derive(Clone, Copy)]
pub struct LiveRows {
    loaded: StoredValue<Option<OrderListView>>,
    rows: Rows<OrderRow>,
    /// What waits, as a sentence; empty when nothing does.
    waiting: RwSignal<String>,
    /// Tells the newest answer from older ones.
    newest: StoredValue<Newest>,
}

impl LiveRows {
    /// Subscribes to changes.
    pub fn new() -> Self {
        let it = Self {
            loaded: StoredValue::new(None),
            rows: Rows::default(),
            waiting: RwSignal::default(),
            newest: StoredValue::new(Newest::default()),
        };
        Effect::new(move |_| {
            let changed = window_event_listener(ev::Custom::<Event>::new("curlew:changed"), move |_| {
                let address = it.loaded.with_value(|list| list.as_ref().map(|list| list.current_url.clone()));
                let Some(address) = address else { return };
                let is_newest = it.newest.with_value(Newest::ask);
                spawn_local(async move {
                    let next = api::list(address).await;
                    dom::released().await;
                    if let Ok(next) = next
                        && is_newest()
                    {
                        it.take(next);
                    }
                });
            });
            on_cleanup(move || changed.remove());
        });
        it
    }

    /// Shows a list that was loaded: its rows with the signal of each. Answers that are on their way for another list come too late.
    pub fn show(self, list: &OrderListView) -> Vec<KeyedRow<OrderRow>> {
        let is_other = self.loaded.with_value(|before| before.as_ref().is_none_or(|before| before.current_url != list.current_url));
        if is_other {
            let _ = self.newest.with_value(Newest::ask);
        }
        self.loaded.set_value(Some(list.clone()));
        if !self.waiting.with_untracked(String::is_empty) {
            self.waiting.set(String::new());
        }
        self.rows.update(list.rows.iter().map(|row| (row.number.clone(), row.clone())))
    }

    /// What waits, as a sentence; tracked.
    pub fn waiting(self) -> String {
        self.waiting.get()
    }

    /// Takes the list that was read again.
    fn take(self, next: OrderListView) {
        let Some(Some(numbers)) =
            self.loaded.try_with_value(|list| list.as_ref().map(|list| list.rows.iter().map(|row| row.number.clone()).collect::<Vec<_>>()))
        else {
            return;
        };
        let mut coming: HashMap<String, OrderRow> = next.rows.into_iter().map(|row| (row.number.clone(), row)).collect();
        let mut gone = 0;
        for number in numbers {
            match (coming.remove(&number), self.rows.value(&number)) {
                // Relative times alone have changed: they stay.
                (Some(fresh), Some(before)) if fresh != (OrderRow { at: fresh.at.clone(), ..before.clone() }) => {
                    self.rows.change(&number, fresh)
                }
                (Some(_), _) => {}
                (None, _) => gone += 1,
            }
        }
        let waiting = match coming.len() {
            0 if gone == 0 => String::new(),
            0 => "This list has changed".to_owned(),
            1 => "1 new order".to_owned(),
            n => format!("{n} new orders"),
        };
        self.waiting.set(waiting);
    }
}
