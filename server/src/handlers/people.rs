//! Plain forms of people.

use axum::{Extension, extract::State as Get, response::Response};
use db::{Scope, sessions::Current};

use super::Sent;
use crate::{access::within, state::State};

/// `POST /profile/devices/`: one device, or all the others.
pub async fn revoke(
    Get(state): Get<State>,
    Extension(scope): Extension<Scope>,
    Extension(current): Extension<Current>,
    sent: Sent,
) -> Response {
    let device = Some(sent.value("device")).filter(|_| sent.value("others") != "yes");
    let answer = db::sessions::revoke(&state.db, &scope, &current, device).await;
    sent.pressed(&state, answer, "/profile/", "revoked")
}

/// `POST /profile/columns/`: the columns of lists (`column`, each), then back to the list of `address`.
pub async fn columns(Get(state): Get<State>, Extension(scope): Extension<Scope>, sent: Sent) -> Response {
    let codes: Vec<&str> = sent.pairs.iter().filter(|(name, _)| name == "column").map(|(_, code)| code.as_str()).collect();
    let chosen = db::users::choose_columns(&state.db, &scope, &codes).await;
    let back = within(sent.value("address")).to_owned();
    sent.pressed(&state, chosen, &back, "")
}
