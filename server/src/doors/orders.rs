//! Plain forms of orders and comments.

use app::{
    context::{self, Posted},
    forms,
};
use axum::{
    extract::{Path, Request, State as Get},
    http::request::Parts,
    response::Response,
};
use db::Scope;
use domain::{
    Error, Result,
    comments::CommentStatus,
    id::CommentId,
    orders::{
        Field, Status,
        pages::{Refused, Snooze},
    },
};
use uuid::Uuid;

use super::{Pairs, page_of, read, value};
use crate::{
    limits,
    page::{done, render},
    state::State,
};

fn scope_of(parts: &Parts) -> Result<Scope> {
    parts.extensions.get::<Scope>().cloned().ok_or(Error::SignedOut)
}

/// The page again with what was typed and why it was refused.
async fn again(state: &State, parts: Parts, pairs: Pairs, mut posted: Posted, error: Error) -> Response {
    let status = context::status(&error);
    match error {
        Error::Unavailable | Error::Busy(_) => {
            return limits::calm_with(&state.look(&parts.headers), &error, Some((parts.uri.path().to_owned(), pairs)));
        }
        Error::Invalid(errors) => {
            posted.sentence = Some(Error::Invalid(errors.clone()).sentence());
            posted.errors = errors;
        }
        Error::Conflict(held) => {
            posted.version = Some(held.version);
            posted.draft = posted.draft.map(|_| held.draft.clone());
            posted.sentence = Some("Somebody else saved this order first. Look at both below.".into());
            posted.conflict = Some(*held);
        }
        other => posted.sentence = Some(other.sentence()),
    }
    if let Some(refused) = &mut posted.refused {
        refused.errors = posted.errors.clone();
        refused.sentence = posted.sentence.clone().unwrap_or_default();
    }
    render(state, page_of(parts), Some(posted), Some(status)).await
}

/// `POST /orders/new/`
pub async fn create(Get(state): Get<State>, request: Request) -> Response {
    let (parts, pairs) = match read(request).await {
        Ok(it) => it,
        Err(response) => return *response,
    };
    let draft = forms::draft(&pairs);
    let uuid = Uuid::try_parse(value(&pairs, "uuid")).unwrap_or_else(|_| db::orders::fresh_uuid());
    let answer = match scope_of(&parts) {
        Ok(scope) => db::orders::create(&state.db, &scope, uuid, &draft).await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(number) => done(&format!("/orders/{number}/"), &format!("created-{number}")),
        Err(error) => again(&state, parts, pairs, Posted { uuid: Some(uuid), draft: Some(draft), ..Posted::default() }, error).await,
    }
}

/// `POST /orders/<number>/update/`
pub async fn edit(Get(state): Get<State>, Path(number): Path<String>, request: Request) -> Response {
    let (parts, pairs) = match read(request).await {
        Ok(it) => it,
        Err(response) => return *response,
    };
    let draft = forms::draft(&pairs);
    let version: i64 = value(&pairs, "version").parse().unwrap_or(0);
    let answer = match scope_of(&parts) {
        Ok(scope) => db::orders::edit(&state.db, &scope, &number, version, &draft).await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(()) => done(&format!("/orders/{number}/"), &format!("saved-{number}")),
        Err(error) => again(&state, parts, pairs, Posted { version: Some(version), draft: Some(draft), ..Posted::default() }, error).await,
    }
}

/// `POST /orders/<number>/move/`
pub async fn advance(Get(state): Get<State>, Path(number): Path<String>, request: Request) -> Response {
    let (parts, pairs) = match read(request).await {
        Ok(it) => it,
        Err(response) => return *response,
    };
    let asked = forms::draft(&pairs);
    let version: i64 = value(&pairs, "version").parse().unwrap_or(0);
    let to = Status::from_code(value(&pairs, "to"));
    let answer = match (scope_of(&parts), to) {
        (Ok(scope), Some(to)) => db::orders::advance(&state.db, &scope, &number, version, to, &asked).await,
        (Ok(_), None) => Err(Error::invalid(Field::Status.name(), "Choose a status of the list.")),
        (Err(error), _) => Err(error),
    };
    match answer {
        Ok(()) => done(&format!("/orders/{number}/"), &format!("moved-{number}")),
        Err(error) => {
            again(
                &state,
                parts,
                pairs,
                Posted { refused: Some(Refused { to, draft: asked, ..Refused::default() }), ..Posted::default() },
                error,
            )
            .await
        }
    }
}

/// One press that needs no form of its own: the page again says why it was refused.
async fn pressed(state: State, parts: Parts, pairs: Pairs, answer: Result<()>, to: &str, code: &str) -> Response {
    match answer {
        Ok(()) => done(to, code),
        Err(error @ (Error::Unavailable | Error::Busy(_))) => {
            limits::calm_with(&state.look(&parts.headers), &error, Some((parts.uri.path().to_owned(), pairs)))
        }
        Err(error) => limits::calm(&state.look(&parts.headers), &error),
    }
}

/// `POST /orders/<number>/trash/`
pub async fn trash(Get(state): Get<State>, Path(number): Path<String>, request: Request) -> Response {
    let (parts, pairs) = match read(request).await {
        Ok(it) => it,
        Err(response) => return *response,
    };
    let answer = match scope_of(&parts) {
        Ok(scope) => db::orders::trash(&state.db, &scope, &number).await,
        Err(error) => Err(error),
    };
    pressed(state, parts, pairs, answer, "/orders/", &format!("trashed-{number}")).await
}

/// `POST /orders/<number>/restore/`
pub async fn restore(Get(state): Get<State>, Path(number): Path<String>, request: Request) -> Response {
    let (parts, pairs) = match read(request).await {
        Ok(it) => it,
        Err(response) => return *response,
    };
    let answer = match scope_of(&parts) {
        Ok(scope) => db::orders::restore(&state.db, &scope, &number).await,
        Err(error) => Err(error),
    };
    pressed(state, parts, pairs, answer, &format!("/orders/{number}/"), &format!("restored-{number}")).await
}

/// `POST /orders/<number>/undo/`
pub async fn undo(Get(state): Get<State>, Path(number): Path<String>, request: Request) -> Response {
    let (parts, pairs) = match read(request).await {
        Ok(it) => it,
        Err(response) => return *response,
    };
    let answer = match scope_of(&parts) {
        Ok(scope) => db::orders::undo(&state.db, &scope, &number).await,
        Err(error) => Err(error),
    };
    pressed(state, parts, pairs, answer, &format!("/orders/{number}/"), "undone").await
}

/// `POST /orders/<number>/follow-up/` with `act`: `done`, `tomorrow` or `week`.
pub async fn follow_up(Get(state): Get<State>, Path(number): Path<String>, request: Request) -> Response {
    let (parts, pairs) = match read(request).await {
        Ok(it) => it,
        Err(response) => return *response,
    };
    let act = value(&pairs, "act");
    let answer = match (scope_of(&parts), Snooze::find(act)) {
        (Ok(scope), off) if off.is_some() || act == "done" => db::orders::follow_up(&state.db, &scope, &number, off).await,
        (Ok(_), _) => Err(Error::invalid("act", "Choose done, tomorrow or next week.")),
        (Err(error), _) => Err(error),
    };
    pressed(state, parts, pairs, answer, &format!("/orders/{number}/"), "followed").await
}

/// `POST /orders/<number>/comment/`
pub async fn comment(Get(state): Get<State>, Path(number): Path<String>, request: Request) -> Response {
    let (parts, pairs) = match read(request).await {
        Ok(it) => it,
        Err(response) => return *response,
    };
    let body = value(&pairs, "body").to_owned();
    let answer = match scope_of(&parts) {
        Ok(scope) => db::comments::add(&state.db, &scope, &number, &body).await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(_) => done(&format!("/orders/{number}/"), "commented"),
        Err(error) => {
            again(&state, parts, pairs, Posted { refused: Some(Refused { body, ..Refused::default() }), ..Posted::default() }, error).await
        }
    }
}

/// `POST /orders/<number>/comment/update/`
pub async fn comment_status(Get(state): Get<State>, Path(number): Path<String>, request: Request) -> Response {
    let (parts, pairs) = match read(request).await {
        Ok(it) => it,
        Err(response) => return *response,
    };
    let status = CommentStatus::find(value(&pairs, "status"));
    let id = value(&pairs, "comment_id").parse::<CommentId>();
    let answer = match (scope_of(&parts), status, id) {
        (Ok(scope), Some(status), Ok(id)) => db::comments::set_status(&state.db, &scope, &number, id, status).await,
        (Ok(_), None, _) => Err(Error::invalid("status", "Choose Open, In Progress or Closed.")),
        (Ok(_), ..) => Err(Error::NotFound),
        (Err(error), ..) => Err(error),
    };
    match answer {
        Ok(()) => done(&format!("/orders/{number}/"), "status"),
        Err(error @ Error::Invalid(_)) => {
            again(&state, parts, pairs, Posted { refused: Some(Refused::default()), ..Posted::default() }, error).await
        }
        Err(error) => limits::calm(&state.look(&parts.headers), &error),
    }
}

/// What a form had typed that was sent without a session, now that its person is signed in again.
pub fn kept(address: &str, body: &str) -> Option<Posted> {
    let pairs = super::decode(body.as_bytes())?;
    let sentence = Some("You are signed in again and nothing is lost: look it over and save.".to_owned());
    let (draft, version) = (forms::draft(&pairs), value(&pairs, "version").parse().ok());
    let address = address.trim_end_matches('/');
    if address.ends_with("/new") || address.ends_with("/update") && !address.ends_with("/comment/update") {
        return Some(Posted {
            uuid: Uuid::try_parse(value(&pairs, "uuid")).ok(),
            version,
            draft: Some(draft),
            sentence,
            ..Posted::default()
        });
    }
    let refused = Refused {
        sentence: sentence.clone().unwrap_or_default(),
        body: value(&pairs, "body").into(),
        to: Status::from_code(value(&pairs, "to")),
        draft,
        ..Refused::default()
    };
    Some(Posted { sentence, refused: Some(refused), ..Posted::default() })
}
