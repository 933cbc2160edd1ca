//! `/api/v1`: what a device keeps, and what it did while nobody answered. JSON both ways.

use std::collections::HashSet;

use axum::{
    Extension, Json,
    body::Bytes,
    extract::{RawQuery, State as Get},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use db::{
    Scope, offline,
    sync::{self, Sent, Verdict},
};
use domain::Error;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::state::State;

/// What an outbox sends: whose it is, and its entries in their order.
#[derive(Deserialize)]
struct Outbox {
    user: i64,
    /// Each is read by itself: one that cannot be read is refused alone.
    entries: Vec<serde_json::Value>,
}

/// The verdict on one entry.
#[derive(Serialize)]
struct Judged {
    key: Uuid,
    #[serde(flatten)]
    verdict: Verdict,
}

/// An error with its sentence.
fn failed(error: &Error) -> Response {
    (app::context::status(error), Json(serde_json::json!({ "error": error.sentence() }))).into_response()
}

/// `GET /api/v1/snapshot?mark=…&rest=1,2`: what a device keeps. 422 for a mark that is none of ours.
pub async fn snapshot(Get(state): Get<State>, Extension(scope): Extension<Scope>, RawQuery(query): RawQuery) -> Response {
    let pairs = domain::page::query_pairs(query.as_deref().unwrap_or_default());
    let value = |name: &str| Some(app::forms::value(&pairs, name)).filter(|it| !it.is_empty());
    let mark = value("mark").map(|mark| offline::Mark::read(mark).ok_or(())).transpose();
    let rest = value("rest").map_or(Ok(Vec::new()), |rest| rest.split(',').map(str::parse::<i64>).collect());
    let (Ok(mark), Ok(rest)) = (mark, rest) else {
        return failed(&Error::invalid("mark", "This sync token is not valid. Start a full sync"));
    };
    match offline::snapshot(&state.db, &scope, mark.as_ref(), &rest).await {
        Ok(snapshot) => Json(snapshot).into_response(),
        Err(error) => failed(&error),
    }
}

/// `POST /api/v1/sync`: carries out the entries of an outbox; a verdict for each, in their order.
///
/// 409 when the outbox is somebody else's than who is signed in: nothing is ever sent as the next person. 422 for what is no outbox.
pub async fn sync(Get(state): Get<State>, Extension(scope): Extension<Scope>, body: Bytes) -> Response {
    let outbox: Outbox = match serde_json::from_slice(&body) {
        Ok(outbox) => outbox,
        Err(cause) => {
            let sentence = format!("This is no outbox: {cause}.");
            return (StatusCode::UNPROCESSABLE_ENTITY, Json(serde_json::json!({ "error": sentence }))).into_response();
        }
    };
    if outbox.user != scope.user.id.0 {
        let sentence = "These entries are somebody else’s: they wait until that person signs in here.";
        return (StatusCode::CONFLICT, Json(serde_json::json!({ "error": sentence }))).into_response();
    }
    let (mut entries, mut judged, mut held) = (Vec::<Sent>::new(), Vec::<Judged>::new(), HashSet::<String>::new());
    for value in outbox.entries {
        let text = |name: &str| value.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
        let key = text("key").and_then(|key| Uuid::try_parse(&key).ok());
        let order = text("order").or_else(|| text("uuid"));
        match (serde_json::from_value::<Sent>(value), key) {
            // What stands behind one that cannot be read waits with it.
            (Ok(entry), _) if order.as_ref().is_some_and(|it| held.contains(it)) => {
                judged.push(Judged { key: entry.key, verdict: Verdict::Waits })
            }
            (Ok(entry), _) => entries.push(entry),
            (Err(cause), Some(key)) => {
                held.extend(order);
                let errors = domain::FieldErrors::default();
                judged.push(Judged { key, verdict: Verdict::Refused { sentence: format!("This cannot be read: {cause}."), errors } });
            }
            (Err(cause), None) => {
                let sentence = format!("This is no outbox: {cause}.");
                return (StatusCode::UNPROCESSABLE_ENTITY, Json(serde_json::json!({ "error": sentence }))).into_response();
            }
        }
    }
    match sync::sync(&state.db, &scope, entries).await {
        Ok(verdicts) => {
            judged.extend(verdicts.into_iter().map(|(key, verdict)| Judged { key, verdict }));
            Json(serde_json::json!({ "verdicts": judged })).into_response()
        }
        Err(error) => failed(&error),
    }
}
