//! Handlers of the profile page.

use axum::{Extension, extract::State as Get, http::request::Parts, response::Response};
use db::{sessions::Current, users::admin};

use super::{
    Access, Pairs, Sent,
    page_forms::{Fields, FormResult, Saved, check_password},
    value,
};
use crate::{access::within, state::State};

/// `POST /profile/devices/`: signs out one device, or all others.
pub async fn revoke(Get(state): Get<State>, Access(scope): Access, Extension(current): Extension<Current>, sent: Sent) -> Response {
    let device = Some(sent.value("device")).filter(|_| sent.value("others") != "yes");
    let answer = db::sessions::revoke(&state.db, &scope, &current, device).await;
    sent.pressed(&state, answer, "/profile/", "revoked")
}

/// `POST /profile/columns/`: saves the list columns (`column`, repeated), then returns to the list at `address`.
pub async fn columns(Get(state): Get<State>, Access(scope): Access, sent: Sent) -> Response {
    let codes: Vec<&str> = sent.pairs.iter().filter(|(name, _)| name == "column").map(|(_, code)| code.as_str()).collect();
    let chosen = db::users::choose_columns(&state.db, &scope, &codes).await;
    let back = within(sent.value("address")).to_owned();
    sent.pressed(&state, chosen, &back, "")
}

/// `POST /profile/edit/`: the user's own name, e-mail and rows per page.
pub async fn save_own(Get(state): Get<State>, Access(scope): Access, Fields(fields): Fields<Pairs>) -> FormResult {
    let [first_name, last_name, email, page_size] = ["first_name", "last_name", "email", "page_size"].map(|name| value(&fields, name));
    admin::save_own(&state.db, &scope, first_name, last_name, email, page_size).await?;
    Saved::at("/profile/", "saved")
}

/// `POST /profile/password/`; ends every session of the account.
pub async fn change_password(Get(state): Get<State>, Access(scope): Access, Fields(fields): Fields<Pairs>, parts: Parts) -> FormResult {
    check_password(&state, &scope, &parts, "present", value(&fields, "present")).await?;
    admin::change_password(&state.db, &scope, &state.gate, value(&fields, "password"), value(&fields, "again")).await?;
    Saved::at("/login/", "")
}
