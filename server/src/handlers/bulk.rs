//! Handlers of bulk actions and of merging companies.

use app::{context::Posted, forms};
use axum::{
    extract::{Path, State as Get},
    http::header,
    response::Response,
};
use db::{
    Db, bulk_actions,
    companies::{OrdersToMerge, merge},
};
use domain::{
    Error, Result,
    orders::{bulk::Kind, duplicates::DuplicateKey},
};

use super::{Access, Sent, orders::rerender_form};
use crate::{access::within, page::redirect_with_flash, state::State};

fn address(id: i64) -> String {
    format!("/orders/bulk/{id}/")
}

/// `POST /orders/bulk/`: the selected orders (`pick`), or all orders of the list at `all`.
pub async fn choose(Get(state): Get<State>, Access(scope): Access, sent: Sent) -> Response {
    let numbers: Vec<&str> = sent.pairs.iter().filter(|(name, _)| name == "pick").map(|(_, number)| number.as_str()).collect();
    let all = Some(sent.value("all")).filter(|address| !address.is_empty());
    if numbers.is_empty() && all.is_none() {
        // Back to the list.
        let referer = sent.parts.headers.get(header::REFERER).and_then(|it| it.to_str().ok()).unwrap_or_default();
        let list = referer.strip_prefix(&state.config.base_url).map_or("/orders/", within);
        return redirect_with_flash(list, "unpicked");
    }
    let chosen = bulk_actions::choose(&state.db, &scope, &numbers, all).await;
    open_bulk_action(&state, sent, chosen)
}

/// `POST /duplicates/`: merges the orders with a key (`by`, `key`), or an `order` and its duplicates, into the company `name`.
pub async fn merge_duplicates(Get(state): Get<State>, Access(scope): Access, sent: Sent) -> Response {
    let which = match (DuplicateKey::find(sent.value("by")), sent.value("order")) {
        (Some(by), _) => OrdersToMerge::WithKey(by, sent.value("key")),
        (None, number) => OrdersToMerge::DuplicatesOf(number),
    };
    let chosen = merge(&state.db, &scope, which, sent.value("name")).await;
    open_bulk_action(&state, sent, chosen)
}

fn open_bulk_action(state: &State, sent: Sent, chosen: Result<i64>) -> Response {
    match chosen {
        Ok(id) => sent.pressed(state, Ok(()), &address(id), ""),
        Err(error) => sent.pressed(state, Err(error), "", ""),
    }
}

/// `POST /orders/bulk/<id>/`: sets the action (`kind` and its fields); the page shows the preview.
pub async fn set_action(Get(state): Get<State>, Access(scope): Access, Path(id): Path<i64>, sent: Sent) -> Response {
    let (kind, draft) = (Kind::find(sent.value("kind")), forms::draft(&sent.pairs));
    let said = match kind {
        Some(kind) => bulk_actions::set_action(&state.db, &scope, id, kind, &draft).await,
        None => Err(Error::invalid("kind", "Choose an action")),
    };
    match said {
        Ok(()) => redirect_with_flash(&address(id), ""),
        Err(error) => rerender_form(&state, sent, Posted { draft: Some(draft), bulk_action: kind, ..Posted::default() }, error).await,
    }
}

/// `POST /orders/bulk/<id>/start/`
pub async fn start(Get(state): Get<State>, Access(scope): Access, Path(id): Path<i64>, sent: Sent) -> Response {
    let begun = bulk_actions::start(&state.db, &scope, id).await;
    go_on(&state, id, &begun);
    sent.pressed(&state, begun, &address(id), "")
}

/// `POST /orders/bulk/<id>/stop/`
pub async fn stop(Get(state): Get<State>, Access(scope): Access, Path(id): Path<i64>, sent: Sent) -> Response {
    let stopped = bulk_actions::stop(&state.db, &scope, id).await;
    sent.pressed(&state, stopped, &address(id), "")
}

/// `POST /orders/bulk/<id>/undo/`
pub async fn undo(Get(state): Get<State>, Access(scope): Access, Path(id): Path<i64>, sent: Sent) -> Response {
    let begun = bulk_actions::undo(&state.db, &scope, id).await;
    go_on(&state, id, &begun);
    sent.pressed(&state, begun, &address(id), "")
}

/// The action continues in the background; if this server stops, another one takes over.
fn go_on(state: &State, id: i64, begun: &Result<()>) {
    if begun.is_ok() {
        tokio::spawn(run(state.db.clone(), id));
    }
}

/// Runs an action to its end.
pub(crate) async fn run(db: Db, id: i64) {
    if let Err(cause) = bulk_actions::run(&db, id).await {
        tracing::warn!(%cause, id, "bulk action failed");
    }
}
