//! Plain forms of people.

use axum::{
    extract::{Request, State as Get},
    response::Response,
};
use db::{Scope, sessions::Current};
use domain::Error;

use super::{read, value};
use crate::{limits, page::done, state::State};

/// `POST /profile/devices/`: one device, or all the others.
pub async fn revoke(Get(state): Get<State>, request: Request) -> Response {
    let (parts, pairs) = match read(request).await {
        Ok(it) => it,
        Err(response) => return *response,
    };
    let current = parts.extensions.get::<Current>().cloned().unwrap_or_default();
    let device = Some(value(&pairs, "device")).filter(|_| value(&pairs, "others") != "yes");
    let answer = match parts.extensions.get::<Scope>() {
        Some(scope) => db::sessions::revoke(&state.db, scope, &current, device).await,
        None => Err(Error::SignedOut),
    };
    match answer {
        Ok(()) => done("/profile/", "revoked"),
        Err(error) => limits::calm_with(&state.look(&parts.headers), &error, Some((parts.uri.path().to_owned(), pairs))),
    }
}
