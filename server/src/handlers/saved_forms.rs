//! Saved forms: a form that was sent without a session is kept while the user signs in again, in the sign-in page and then in the session, and comes
//! back with its input: on its page, or on a page for sending it again. Passwords are not kept.

use app::{
    auth::{self, is_secret},
    context::{Posted, Refill},
    forms,
    routes::parts_of,
    ui::PAGE_USER,
};
use axum::{
    extract::State as Get,
    http::HeaderMap,
    response::{Html, IntoResponse, Redirect, Response},
};
use domain::{
    FieldErrors,
    id::UserId,
    orders::{Field, Status, pages::Refused},
};
use tower_sessions::Session;
use uuid::Uuid;

use super::{Access, Pairs, decode, page_forms, value};
use crate::{
    access::within,
    sessions::{self, KEPT},
    state::State,
};

/// The page for forms that have no page of their own.
pub const SEND_AGAIN: &str = "/send-again/";

const IS_BACK: &str = "You're signed in again and nothing is lost: check the form and send it again";

/// A saved form: its action and its pairs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedForm {
    pub address: String,
    pub pairs: Pairs,
}

impl SavedForm {
    /// Parses a saved form; `None` if invalid. A form that was pending for the password is saved without that question.
    pub fn of(address: &str, body: &[u8]) -> Option<Self> {
        let mut pairs = decode(body).ok()?;
        let asked = Some(value(&pairs, page_forms::TO).to_owned()).filter(|it| !it.is_empty());
        let address = asked.as_deref().map_or(address, within).to_owned();
        pairs.retain(|(name, _)| name != page_forms::TO && !is_secret(name));
        Some(Self { address, pairs })
    }

    /// Whether it may be shown to this user: the one who typed it, or any if the page does not say.
    pub fn is_of(&self, user: UserId) -> bool {
        let page_owner = value(&self.pairs, PAGE_USER);
        page_owner.is_empty() || page_owner.parse().ok().map(UserId) == Some(user)
    }

    /// Its action and body, to be sent again.
    pub fn into_sent(self) -> (String, String) {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.pairs).finish();
        (self.address, body)
    }

    /// The page that shows it again.
    pub fn page(&self) -> String {
        let parts = parts_of(&self.address);
        match parts.as_slice() {
            ["orders", "new"] | ["orders", _, "update" | "move" | "follow-up" | "comment"] => self.address.clone(),
            parts if page_forms::has_form(parts) => page_forms::page_of_form(parts, &self.pairs),
            _ => SEND_AGAIN.into(),
        }
    }

    /// The data for that page.
    fn posted(self) -> Posted {
        let parts = parts_of(&self.address);
        if page_forms::has_form(&parts) {
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
        // Beside the filled-in field, so that its form is open.
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

/// Takes the saved form for a path out of the session.
async fn take_saved_form(session: &Session, path: &str) -> Option<SavedForm> {
    let (address, body) = session.get::<(String, String)>(KEPT).await.ok().flatten()?;
    let saved_form = SavedForm::of(&address, body.as_bytes())?;
    if saved_form.page().split('?').next() != Some(path) {
        return None;
    }
    sessions::keep_length(session).await;
    let _ = session.remove::<(String, String)>(KEPT).await;
    Some(saved_form)
}

/// The saved form for the page of a path.
pub async fn posted(session: &Session, path: &str) -> Option<Posted> {
    take_saved_form(session, path).await.map(SavedForm::posted)
}

/// `GET /send-again/`: a saved form without a page of its own, with its input.
pub async fn send_again(Get(state): Get<State>, Access(scope): Access, session: Session, headers: HeaderMap) -> Response {
    match take_saved_form(&session, SEND_AGAIN).await {
        Some(saved_form) => {
            Html(auth::signed_in_again(&state.look(&headers), &scope.user.name, (saved_form.address, saved_form.pairs))).into_response()
        }
        None => Redirect::to("/").into_response(),
    }
}
