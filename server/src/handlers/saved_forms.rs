//! A form that was sent without a session waits while its person signs in again, in the sign-in page and then in the session, and comes
//! back with what was typed: on the page where it stands, or on one of its own where it stands on none. No password waits with it.

use app::{
    auth::{self, is_secret},
    context::{Posted, Refill},
    forms,
    server_pages::parts_of,
    ui::PAGE_USER,
};
use axum::{
    Extension,
    extract::State as Get,
    http::HeaderMap,
    response::{Html, IntoResponse, Redirect, Response},
};
use db::Scope;
use domain::{
    FieldErrors,
    id::UserId,
    orders::{Field, Status, pages::Refused},
};
use tower_sessions::Session;
use uuid::Uuid;

use super::{Pairs, decode, server_pages, value};
use crate::{
    access::within,
    sessions::{self, KEPT},
    state::State,
};

/// Where a form comes back that stands on no page of its own.
pub const SEND_AGAIN: &str = "/send-again/";

const IS_BACK: &str = "You are signed in again and nothing is lost: look it over and send it again.";

/// A form that waits: where it was sent, and its pairs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedForm {
    pub address: String,
    pub pairs: Pairs,
}

impl SavedForm {
    /// From what was sent; nothing when that is no form. A form that waited for the password is kept without that question.
    pub fn of(address: &str, body: &[u8]) -> Option<Self> {
        let mut pairs = decode(body).ok()?;
        let asked = Some(value(&pairs, server_pages::TO).to_owned()).filter(|it| !it.is_empty());
        let address = asked.as_deref().map_or(address, within).to_owned();
        pairs.retain(|(name, _)| name != server_pages::TO && !is_secret(name));
        Some(Self { address, pairs })
    }

    /// Whether it may be shown to this person: whoever typed it, or a page that does not say who.
    pub fn is_of(&self, user: UserId) -> bool {
        let page_owner = value(&self.pairs, PAGE_USER);
        page_owner.is_empty() || page_owner.parse().ok().map(UserId) == Some(user)
    }

    /// Its address and its body, as it would be sent again.
    pub fn into_sent(self) -> (String, String) {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.pairs).finish();
        (self.address, body)
    }

    /// The page on which it comes back.
    pub fn page(&self) -> String {
        let parts = parts_of(&self.address);
        match parts.as_slice() {
            ["orders", "new"] | ["orders", _, "update" | "move" | "follow-up" | "comment"] => self.address.clone(),
            parts if server_pages::has_form(parts) => server_pages::page_of_form(parts, &self.pairs),
            _ => SEND_AGAIN.into(),
        }
    }

    /// What that page shows.
    fn posted(self) -> Posted {
        let parts = parts_of(&self.address);
        if server_pages::has_form(&parts) {
            let action = format!("/{}/", parts.join("/"));
            let refill = Refill { action, typed: self.pairs, notice: IS_BACK, ..Refill::default() };
            return Posted { refill: Some(refill), ..Posted::default() };
        }
        let sentence = IS_BACK.to_owned();
        let (draft, pairs) = (forms::draft(&self.pairs), &self.pairs);
        if matches!(parts.as_slice(), ["orders", "new"] | ["orders", _, "update"]) {
            return Posted {
                uuid: Uuid::try_parse(value(pairs, "uuid")).ok(),
                version: value(pairs, "version").parse().ok(),
                draft: Some(draft),
                sentence: Some(sentence),
                ..Posted::default()
            };
        }
        // Beside the field that was typed into, so that its form is open.
        let mut errors = FieldErrors::default();
        match parts.last() {
            Some(&"comment") => errors.add("body", sentence.as_str()),
            Some(&"follow-up") => errors.add(Field::FollowUpOn.name(), sentence.as_str()),
            _ => {}
        }
        let refused = Refused {
            errors,
            sentence: sentence.clone(),
            body: value(pairs, "body").into(),
            to: Status::from_code(value(pairs, "to")),
            draft,
        };
        Posted { sentence: Some(sentence), refused: Some(refused), ..Posted::default() }
    }
}

/// The form that waits in a session for the page of a path, taken out of it.
async fn taken(session: &Session, path: &str) -> Option<SavedForm> {
    let (address, body) = session.get::<(String, String)>(KEPT).await.ok().flatten()?;
    let saved_form = SavedForm::of(&address, body.as_bytes())?;
    if saved_form.page().split('?').next() != Some(path) {
        return None;
    }
    sessions::keep_length(session).await;
    let _ = session.remove::<(String, String)>(KEPT).await;
    Some(saved_form)
}

/// What the page of a path shows of a form that waited for it.
pub async fn posted(session: &Session, path: &str) -> Option<Posted> {
    taken(session, path).await.map(SavedForm::posted)
}

/// `GET /send-again/`: a form that waited and stands on no page of its own, with what was typed.
pub async fn send_again(Get(state): Get<State>, Extension(scope): Extension<Scope>, session: Session, headers: HeaderMap) -> Response {
    match taken(&session, SEND_AGAIN).await {
        Some(saved_form) => {
            Html(auth::signed_in_again(&state.look(&headers), &scope.user.name, (saved_form.address, saved_form.pairs))).into_response()
        }
        None => Redirect::to("/").into_response(),
    }
}
