//! Plain forms of saved views.

use axum::{
    extract::{Request, State as Get},
    response::Response,
};
use db::Scope;
use domain::{Error, orders::list::View};

use super::{read, value};
use crate::{access::within, limits, page::done, state::State};

/// `POST /views/`: keeps the list of `address` under `name`.
pub async fn save(Get(state): Get<State>, request: Request) -> Response {
    let (parts, pairs) = match read(request).await {
        Ok(it) => it,
        Err(response) => return *response,
    };
    let address = within(value(&pairs, "address"));
    let shared = value(&pairs, "shared") == "yes";
    let answer = match parts.extensions.get::<Scope>() {
        Some(scope) => db::orders::save_view(&state.db, scope, value(&pairs, "name"), address, shared).await,
        None => Err(Error::SignedOut),
    };
    match answer {
        Ok(()) => done(address, "viewed"),
        Err(error) => limits::calm_with(&state.look(&parts.headers), &error, again(&error, &parts, pairs)),
    }
}

/// `POST /views/remove/`: lets go of one's own view.
pub async fn remove(Get(state): Get<State>, request: Request) -> Response {
    let (parts, pairs) = match read(request).await {
        Ok(it) => it,
        Err(response) => return *response,
    };
    let answer = match (parts.extensions.get::<Scope>(), value(&pairs, "id").parse()) {
        (Some(scope), Ok(id)) => db::orders::remove_view(&state.db, scope, id).await,
        (Some(_), Err(_)) => Err(Error::NotFound),
        (None, _) => Err(Error::SignedOut),
    };
    match answer {
        Ok(()) => done(View::All.path(), "unviewed"),
        Err(error) => limits::calm_with(&state.look(&parts.headers), &error, again(&error, &parts, pairs)),
    }
}

/// What could not be taken just now can be sent again; what breaks a rule cannot.
fn again(error: &Error, parts: &axum::http::request::Parts, pairs: super::Pairs) -> Option<(String, super::Pairs)> {
    matches!(error, Error::Unavailable | Error::Busy(_)).then(|| (parts.uri.path().to_owned(), pairs))
}
