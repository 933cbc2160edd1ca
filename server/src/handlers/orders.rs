//! Handlers of orders and comments, and the CSV export of lists.

use std::io;

use app::{
    context::{self, Posted},
    forms,
};
use axum::{
    body::Body,
    extract::{Path, Query, State as Get},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use db::Scope;
use domain::{
    Error,
    comments::CommentStatus,
    id::CommentId,
    orders::{
        Field, OrderDraft, Status,
        pages::{FollowUpAct, Refused},
    },
    role::Permission,
};
use futures_util::{StreamExt, stream};
use tokio::sync::{Semaphore, mpsc};
use uuid::Uuid;

use super::{Access, Sent, page_of};
use crate::{
    error_page::error_page,
    page::{redirect_with_flash, render},
    state::State,
};

/// The page again with the refused input and its errors.
pub(super) async fn rerender_form(state: &State, sent: Sent, mut posted: Posted, error: Error) -> Response {
    let status = context::status(&error);
    match error {
        error if error.is_temporary() => return sent.pressed(state, Err(error), "", ""),
        Error::Invalid(errors) => {
            posted.sentence = Some(Error::Invalid(errors.clone()).sentence());
            posted.errors = errors;
        }
        Error::Conflict(held) => {
            posted.version = Some(held.version);
            posted.draft = posted.draft.map(|_| held.draft.clone());
            posted.sentence = Some("Someone else saved this order first. Compare both versions below.".into());
            posted.conflict = Some(*held);
        }
        other => posted.sentence = Some(other.sentence()),
    }
    if let Some(refused) = &mut posted.refused {
        refused.errors = posted.errors.clone();
        refused.sentence = posted.sentence.clone().unwrap_or_default();
    }
    render(state, page_of(sent.parts), Some(posted), Some(status)).await
}

/// The stored draft before a form is saved, if a value in the form may need a warning.
async fn stored_draft(state: &State, scope: &Scope, number: &str, typed: &OrderDraft) -> OrderDraft {
    if typed.first_warning(&OrderDraft::default(), scope.today(&state.db)).is_none() {
        return OrderDraft::default();
    }
    db::orders::read_draft(&state.db, scope, number).await.map(|(_, _, draft)| draft).unwrap_or_default()
}

/// The flash message after saving, with a warning about a field, if any.
fn flash_code(state: &State, scope: &Scope, what: &str, number: &str, draft: &OrderDraft, before: &OrderDraft) -> String {
    let today = scope.today(&state.db);
    let field = draft.first_warning(before, today).map_or(String::new(), |(field, _)| format!(".{}", field.name()));
    format!("{what}{field}-{number}")
}

/// `POST /orders/new/`
pub async fn create(Get(state): Get<State>, Access(scope): Access, sent: Sent) -> Response {
    let draft = forms::draft(&sent.pairs);
    let uuid = Uuid::try_parse(sent.value("uuid")).unwrap_or_else(|_| db::orders::fresh_uuid());
    let answer = db::orders::create(&state.db, &scope, uuid, &draft).await;
    match answer {
        Ok(number) => redirect_with_flash(
            &format!("/orders/{number}/"),
            &flash_code(&state, &scope, "created", &number, &draft, &OrderDraft::default()),
        ),
        Err(error) => rerender_form(&state, sent, Posted { uuid: Some(uuid), draft: Some(draft), ..Posted::default() }, error).await,
    }
}

/// `POST /orders/<number>/update/`
pub async fn edit(Get(state): Get<State>, Access(scope): Access, Path(number): Path<String>, sent: Sent) -> Response {
    let draft = forms::draft(&sent.pairs);
    let version: i64 = sent.value("version").parse().unwrap_or(0);
    let before = stored_draft(&state, &scope, &number, &draft).await;
    let answer = db::orders::edit(&state.db, &scope, &number, version, &draft).await;
    match answer {
        Ok(()) => redirect_with_flash(&format!("/orders/{number}/"), &flash_code(&state, &scope, "saved", &number, &draft, &before)),
        Err(error) => rerender_form(&state, sent, Posted { version: Some(version), draft: Some(draft), ..Posted::default() }, error).await,
    }
}

/// `POST /orders/<number>/move/`
pub async fn change_status(Get(state): Get<State>, Access(scope): Access, Path(number): Path<String>, sent: Sent) -> Response {
    let asked = forms::draft(&sent.pairs);
    let version: i64 = sent.value("version").parse().unwrap_or(0);
    let to = Status::from_code(sent.value("to"));
    let answer = match to {
        Some(to) => db::orders::change_status(&state.db, &scope, &number, version, to, &asked).await,
        None => Err(Error::invalid(Field::Status.name(), "Choose a status from the list")),
    };
    match answer {
        Ok(()) => redirect_with_flash(&format!("/orders/{number}/"), &format!("moved-{number}")),
        Err(error) => rerender_form(&state, sent, Posted::refused(Refused { to, draft: asked, ..Refused::default() }), error).await,
    }
}

/// `POST /orders/<number>/trash/`
pub async fn trash(Get(state): Get<State>, Access(scope): Access, Path(number): Path<String>, sent: Sent) -> Response {
    let answer = db::orders::trash(&state.db, &scope, &number).await;
    sent.pressed(&state, answer, "/orders/", &format!("trashed-{number}"))
}

/// `POST /orders/<number>/restore/`
pub async fn restore(Get(state): Get<State>, Access(scope): Access, Path(number): Path<String>, sent: Sent) -> Response {
    let answer = db::orders::restore(&state.db, &scope, &number).await;
    sent.pressed(&state, answer, &format!("/orders/{number}/"), &format!("restored-{number}"))
}

/// `POST /orders/<number>/undo/`
pub async fn undo(Get(state): Get<State>, Access(scope): Access, Path(number): Path<String>, sent: Sent) -> Response {
    let answer = db::orders::undo(&state.db, &scope, &number).await;
    sent.pressed(&state, answer, &format!("/orders/{number}/"), "undone")
}

/// `POST /orders/<number>/follow-up/` with `act`: `on` (and its fields), `done`, `tomorrow` or `week`.
pub async fn follow_up(Get(state): Get<State>, Access(scope): Access, Path(number): Path<String>, sent: Sent) -> Response {
    let typed = forms::draft(&sent.pairs);
    let before = stored_draft(&state, &scope, &number, &typed).await;
    let answer = match FollowUpAct::find(sent.value("act")) {
        Some(act) => db::orders::follow_up(&state.db, &scope, &number, act, &typed).await,
        None => Err(Error::invalid("act", "Choose done, tomorrow or in a week")),
    };
    match answer {
        Ok(()) => redirect_with_flash(&format!("/orders/{number}/"), &flash_code(&state, &scope, "followed", &number, &typed, &before)),
        Err(error) => rerender_form(&state, sent, Posted::refused(Refused { draft: typed, ..Refused::default() }), error).await,
    }
}

/// `POST /orders/<number>/comment/`
pub async fn comment(Get(state): Get<State>, Access(scope): Access, Path(number): Path<String>, sent: Sent) -> Response {
    let body = sent.value("body").to_owned();
    let answer = db::comments::add(&state.db, &scope, &number, &body).await;
    match answer {
        Ok(_) => redirect_with_flash(&format!("/orders/{number}/"), "commented"),
        Err(error) => rerender_form(&state, sent, Posted::refused(Refused { body, ..Refused::default() }), error).await,
    }
}

/// `POST /orders/<number>/comment/update/`
pub async fn comment_status(Get(state): Get<State>, Access(scope): Access, Path(number): Path<String>, sent: Sent) -> Response {
    let status = CommentStatus::find(sent.value("status"));
    let id = sent.value("comment_id").parse::<CommentId>();
    let answer = match (status, id) {
        (Some(status), Ok(id)) => db::comments::set_status(&state.db, &scope, &number, id, status).await,
        (None, _) => Err(Error::invalid("status", "Choose Open, In Progress or Closed")),
        (_, Err(_)) => Err(Error::NotFound),
    };
    match answer {
        Ok(()) => redirect_with_flash(&format!("/orders/{number}/"), "status"),
        Err(error @ Error::Invalid(_)) => rerender_form(&state, sent, Posted::refused(Refused::default()), error).await,
        Err(error) => sent.pressed(&state, Err(error), "", ""),
    }
}

/// The number of concurrent exports.
static EXPORTS: Semaphore = Semaphore::const_new(4);

/// `GET /orders/export/?of=<URL of a list>`: streams its orders as CSV.
pub async fn export(Get(state): Get<State>, Access(scope): Access, headers: HeaderMap, Query(which): Query<ExportQuery>) -> Response {
    // Checked before the response starts.
    if let Err(error) = scope.require(Permission::Export) {
        return error_page(&state.look(&headers), &error);
    }
    let Ok(place) = EXPORTS.try_acquire() else { return error_page(&state.look(&headers), &Error::Busy(30)) };
    let (give, mut taken) = mpsc::channel::<io::Result<Vec<u8>>>(2);
    let (db, of) = (state.db.clone(), which.of);
    let task = tokio::spawn(async move {
        let _place = place;
        let mut begun = false;
        let send = |part| {
            begun = true;
            let give = give.clone();
            // Stop when the client has gone.
            async move { give.send(Ok(part)).await.map_err(|_| Error::Unavailable) }
        };
        let done = db::csv::export_list(&db, &scope, Some(&of), send).await;
        // An interrupted file must not look complete.
        if begun && done.is_err() {
            let _ = give.send(Err(io::Error::other("the export was interrupted"))).await;
        }
        done
    });
    let Some(begun) = taken.recv().await else {
        let error = task.await.ok().and_then(Result::err).unwrap_or(Error::NotFound);
        return error_page(&state.look(&headers), &error);
    };
    // Fused: compression polls again after the end.
    let rest = stream::unfold(taken, |mut taken| async move { taken.recv().await.map(|part| (part, taken)) }).fuse();
    let body = Body::from_stream(stream::once(std::future::ready(begun)).chain(rest));
    let name = HeaderValue::from_static("attachment; filename=\"orders.csv\"");
    ([(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")), (header::CONTENT_DISPOSITION, name)], body)
        .into_response()
}

/// The list.
#[derive(Debug, serde::Deserialize)]
pub struct ExportQuery {
    of: String,
}
