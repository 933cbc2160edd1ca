//! Handlers of the profile page.

use axum::{Extension, extract::State as Get, response::Response};
use db::{Scope, sessions::Current};

use super::Sent;
use crate::{access::within, state::State};

/// `POST /profile/devices/`: signs out one device, or all others.
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

/// `POST /profile/columns/`: saves the list columns (`column`, repeated), then returns to the list at `address`.
pub async fn columns(Get(state): Get<State>, Extension(scope): Extension<Scope>, sent: Sent) -> Response {
    let codes: Vec<&str> = sent.pairs.iter().filter(|(name, _)| name == "column").map(|(_, code)| code.as_str()).collect();
    let chosen = db::users::choose_columns(&state.db, &scope, &codes).await;
    let back = within(sent.value("address")).to_owned();
    sent.pressed(&state, chosen, &back, "")
}
