//! Rows that stay while a list is read again: each has a signal of its own, so that a change touches what its row shows, and neither the
//! row's place, its focus nor the rows beside it.

use std::collections::{HashMap, HashSet};

use leptos::prelude::*;

/// What a row shows, and whether it has just changed while it was on screen.
#[derive(Clone, Debug, PartialEq)]
pub struct RowState<T> {
    pub value: T,
    pub has_changed: bool,
}

/// A row's key and the signal of what it shows.
pub type KeyedRow<T> = (String, ArcRwSignal<RowState<T>>);

/// The rows of a list. Made once beside the route: they outlive every redraw.
#[derive(Debug)]
pub struct Rows<T: 'static>(StoredValue<HashMap<String, ArcRwSignal<RowState<T>>>>);

impl<T> Clone for Rows<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Rows<T> {}

/// A list without rows.
impl<T: Send + Sync> Default for Rows<T> {
    fn default() -> Self {
        Self(StoredValue::new(HashMap::new()))
    }
}

impl<T: Clone + PartialEq + Send + Sync> Rows<T> {
    /// Takes what the rows show now, by key, and returns them in this order. A row that stays keeps its signal, which is set only if it
    /// shows something else. Of rows with the same key the later ones get a key of their own.
    pub fn update(self, values: impl IntoIterator<Item = (String, T)>) -> Vec<KeyedRow<T>> {
        let mut before = self.0.try_update_value(std::mem::take).unwrap_or_default();
        let mut keys = HashSet::new();
        let rows: Vec<KeyedRow<T>> = values
            .into_iter()
            .map(|(mut key, value)| {
                while !keys.insert(key.clone()) {
                    key.push('+');
                }
                let state = RowState { value, has_changed: false };
                let signal = match before.remove(&key) {
                    Some(signal) => {
                        if signal.with_untracked(|it| *it != state) {
                            signal.set(state);
                        }
                        signal
                    }
                    None => ArcRwSignal::new(state),
                };
                (key, signal)
            })
            .collect();
        self.0.set_value(rows.iter().cloned().collect());
        rows
    }

    /// What a row shows.
    pub fn value(self, key: &str) -> Option<T> {
        self.0.try_with_value(|rows| rows.get(key).map(|row| row.with_untracked(|it| it.value.clone()))).flatten()
    }

    /// Changes what a row on screen shows. It is marked as changed a frame later, so that a row which was marked before is marked anew.
    pub fn change(self, key: &str, value: T) {
        let Some(row) = self.0.try_with_value(|rows| rows.get(key).cloned()).flatten() else { return };
        row.set(RowState { value: value.clone(), has_changed: false });
        request_animation_frame(move || {
            // Unless the list was loaded meanwhile.
            if row.with_untracked(|it| it.value == value) {
                row.update(|it| it.has_changed = true);
            }
        });
    }
}
