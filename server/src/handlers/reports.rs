//! Handlers of reports.

use axum::{
    extract::{RawQuery, State as Get},
    http::HeaderMap,
    response::Response,
};
use db::reports;
use domain::{Result, reports::ReportQuery};

use super::{Access, csv_file};
use crate::state::State;

/// `GET /reports/csv` with the query of the report.
pub async fn report(Get(state): Get<State>, Access(scope): Access, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let pairs = domain::page::query_pairs(query.as_deref().unwrap_or_default());
    let (query, _) = ReportQuery::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let file = async {
        let report = reports::report(&state.db, &scope, query, Vec::new()).await?;
        let text = reports::csv(&state.db, &scope, &report).await?;
        Result::Ok((format!("{}-by-{}", query.measure.code(), query.by.code()), text))
    };
    csv_file(&state, &headers, file.await)
}
