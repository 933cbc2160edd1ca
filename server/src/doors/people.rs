//! Plain forms of people.

use axum::{Extension, extract::State as Get, response::Response};
use db::{Scope, sessions::Current};

use super::Sent;
use crate::state::State;

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
