//! Handlers of saved views.

use axum::{extract::State as Get, response::Response};
use domain::{Error, orders::list::View};

use super::{Access, Sent};
use crate::{access::within, state::State};

/// `POST /views/`: saves the list at `address` as `name`.
pub async fn save(Get(state): Get<State>, Access(scope): Access, sent: Sent) -> Response {
    let address = within(sent.value("address")).to_owned();
    let shared = sent.value("shared") == "yes";
    let answer = db::orders::save_view(&state.db, &scope, sent.value("name"), &address, shared).await;
    sent.pressed(&state, answer, &address, "viewed")
}

/// `POST /views/remove/`: removes the user's own view.
pub async fn remove(Get(state): Get<State>, Access(scope): Access, sent: Sent) -> Response {
    let answer = match sent.value("id").parse() {
        Ok(id) => db::orders::remove_view(&state.db, &scope, id).await,
        Err(_) => Err(Error::NotFound),
    };
    sent.pressed(&state, answer, View::All.path(), "unviewed")
}
