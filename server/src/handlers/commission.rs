//! Handlers of commission and targets.

use axum::{
    extract::{Path, Query, State as Get},
    http::HeaderMap,
    response::Response,
};
use db::commission::{self, TargetOf};
use domain::{
    Error, Result, date,
    id::{TeamId, UserId},
};
use serde::Deserialize;

use super::{
    Access, Pairs, csv_file,
    page_forms::{Fields, FormResult, Id, Month, Saved},
    value,
};
use crate::state::State;

/// `POST /commission/close/` with a `month`.
pub async fn close(Get(state): Get<State>, Access(scope): Access, Fields(Month(month, typed)): Fields<Month>) -> FormResult {
    commission::close(&state.db, &scope, month).await?;
    Saved::at(format!("/commission/?month={typed}"), "closed")
}

/// `POST /targets/person/<id>/` with a `month` and a `target`.
pub async fn set_target_of_person(
    Get(state): Get<State>,
    Access(scope): Access,
    Id(of): Id,
    Fields(month): Fields<Month>,
    Fields(fields): Fields<Pairs>,
) -> FormResult {
    set_target(&state, &scope, TargetOf::Person(UserId(of)), month, &fields).await
}

/// `POST /targets/team/<id>/` with a `month` and a `target`.
pub async fn set_target_of_team(
    Get(state): Get<State>,
    Access(scope): Access,
    Id(of): Id,
    Fields(month): Fields<Month>,
    Fields(fields): Fields<Pairs>,
) -> FormResult {
    set_target(&state, &scope, TargetOf::Team(TeamId(of)), month, &fields).await
}

async fn set_target(state: &State, scope: &db::Scope, of: TargetOf, Month(month, typed): Month, fields: &Pairs) -> FormResult {
    commission::set_target(&state.db, scope, of, month, value(fields, "target")).await?;
    Saved::at(format!("/targets/?month={typed}"), "saved")
}

/// The query of a statement.
#[derive(Deserialize)]
pub struct OfMonth {
    #[serde(default)]
    month: String,
}

/// `GET /commission/<user>/csv` of a `month`.
pub async fn statement(
    Get(state): Get<State>,
    Access(scope): Access,
    Path(user): Path<String>,
    Query(OfMonth { month }): Query<OfMonth>,
    headers: HeaderMap,
) -> Response {
    let file = async {
        let first = date::parse(&format!("{month}-01")).map_err(|_| Error::NotFound)?;
        let user = user.parse().map(UserId).map_err(|_| Error::NotFound)?;
        let it = commission::statement(&state.db, &scope, user, first).await?;
        Result::Ok((format!("commission-{}-{month}", it.user), commission::csv(&state.db, &scope, &it).await?))
    };
    csv_file(&state, &headers, file.await)
}
