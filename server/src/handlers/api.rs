//! `/api/v1`: the snapshot of a device, and its outbox. JSON in both directions.

use std::collections::HashSet;

use axum::{
    Json,
    body::Bytes,
    extract::{RawQuery, State as Get},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use db::{
    offline,
    sync::{self, Sent, Verdict},
};
use domain::Error;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Access;
use crate::state::State;

/// The request of an outbox: its user, and its entries in order.
#[derive(Deserialize)]
struct Outbox {
    user: i64,
    /// Each entry is parsed separately: an invalid one is refused alone.
    entries: Vec<serde_json::Value>,
}

/// The verdict about one entry.
#[derive(Serialize)]
struct Judged {
    key: Uuid,
    #[serde(flatten)]
    verdict: Verdict,
}

/// An error response with its sentence.
fn error_response(error: &Error) -> Response {
    (app::context::status(error), Json(serde_json::json!({ "error": error.sentence() }))).into_response()
}

/// `GET /api/v1/offline?mark=…&rest=1,2`: the data of a device. 422 for an invalid sync token.
pub async fn snapshot(Get(state): Get<State>, Access(scope): Access, RawQuery(query): RawQuery) -> Response {
    let pairs = domain::page::query_pairs(query.as_deref().unwrap_or_default());
    let value = |name: &str| Some(app::forms::value(&pairs, name)).filter(|it| !it.is_empty());
    let mark = value("mark").map(|mark| offline::SyncToken::read(mark).ok_or(())).transpose();
    let rest = value("rest").map_or(Ok(Vec::new()), |rest| rest.split(',').map(str::parse::<i64>).collect());
    let (Ok(mark), Ok(rest)) = (mark, rest) else {
        return error_response(&Error::invalid("mark", "This sync token is not valid. Start a full sync."));
    };
    match offline::snapshot(&state.db, &scope, mark.as_ref(), &rest).await {
        Ok(snapshot) => Json(snapshot).into_response(),
        Err(error) => error_response(&error),
    }
}

/// `POST /api/v1/sync`: processes the entries of an outbox; returns a verdict for each, in order.
///
/// 409 when the outbox belongs to another user than the signed-in one, so that nothing is sent in another name. 422 for an invalid outbox.
pub async fn sync(Get(state): Get<State>, Access(scope): Access, body: Bytes) -> Response {
    let outbox: Outbox = match serde_json::from_slice(&body) {
        Ok(outbox) => outbox,
        Err(cause) => {
            let sentence = format!("This isn't a valid outbox: {cause}");
            return (StatusCode::UNPROCESSABLE_ENTITY, Json(serde_json::json!({ "error": sentence }))).into_response();
        }
    };
    if outbox.user != scope.user.id.0 {
        let sentence = "These changes belong to someone else: they will be sent when that person signs in here";
        return (StatusCode::CONFLICT, Json(serde_json::json!({ "error": sentence }))).into_response();
    }
    let (mut entries, mut judged, mut held) = (Vec::<Sent>::new(), Vec::<Judged>::new(), HashSet::<String>::new());
    for value in outbox.entries {
        let text = |name: &str| value.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
        let key = text("key").and_then(|key| Uuid::try_parse(&key).ok());
        let order = text("order").or_else(|| text("uuid"));
        match (serde_json::from_value::<Sent>(value), key) {
            // Later entries wait for one that cannot be parsed.
            (Ok(entry), _) if order.as_ref().is_some_and(|it| held.contains(it)) => {
                judged.push(Judged { key: entry.key, verdict: Verdict::Waits })
            }
            (Ok(entry), _) => entries.push(entry),
            (Err(cause), Some(key)) => {
                held.extend(order);
                let errors = domain::FieldErrors::default();
                judged.push(Judged { key, verdict: Verdict::Refused { sentence: format!("This change can't be read: {cause}"), errors } });
            }
            (Err(cause), None) => {
                let sentence = format!("This isn't a valid outbox: {cause}");
                return (StatusCode::UNPROCESSABLE_ENTITY, Json(serde_json::json!({ "error": sentence }))).into_response();
            }
        }
    }
    match sync::sync(&state.db, &scope, entries).await {
        Ok(verdicts) => {
            judged.extend(verdicts.into_iter().map(|(key, verdict)| Judged { key, verdict }));
            Json(serde_json::json!({ "verdicts": judged })).into_response()
        }
        Err(error) => error_response(&error),
    }
}
