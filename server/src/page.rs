//! Application pages: rendered completely before the response, so that status, cookies and page agree, with or without a refused form.

use app::{
    context::Posted,
    shell::{FlashMessage, Theme, shell},
};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State as Get},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use db::Scope;
use domain::Error;
use leptos::prelude::provide_context;
use tower_sessions::Session;
use uuid::Uuid;

use crate::{
    error_page::error_page,
    handlers::saved_forms,
    state::{State, cookie},
};

/// The handler of all other paths: the page router decides.
pub async fn any(Get(state): Get<State>, session: Session, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = request.uri().path().to_owned();
    if let Some(scope) = request.extensions().get::<Scope>().cloned()
        && let Some(response) = moved(&state, &scope, &path).await
    {
        return response;
    }
    // A prefetch does not consume anything from the session.
    let posted = if request.method() == Method::GET { saved_forms::posted(&session, &path).await } else { None };
    render(&state, request, posted, None).await
}

/// `/orders/<uuid>/` and `/crm/<id>` redirect to the number.
async fn moved(state: &State, scope: &Scope, path: &str) -> Option<Response> {
    let (shelf, name) = path.trim_matches('/').split_once('/')?;
    let by = match shelf {
        "orders" if Uuid::try_parse(name).is_ok() => name,
        "crm" if name.parse::<i64>().is_ok() => name,
        _ => return None,
    };
    let number = db::orders::number_of(&state.db, scope, by).await.ok()?;
    Some(Redirect::permanent(&format!("/orders/{number}/")).into_response())
}

/// Renders the page of a request. `posted` is the refused form to show again; `status` is its status.
pub async fn render(state: &State, request: Request, posted: Option<Posted>, status: Option<StatusCode>) -> Response {
    let theme = Theme::of(&cookie(request.headers(), "theme").unwrap_or_default());
    let flash = cookie(request.headers(), FLASH).and_then(|code| flash_message(&code));
    let (db, assets) = (state.db.clone(), state.assets.clone());
    let frame = match request.extensions().get::<Scope>().cloned() {
        Some(scope) => db::users::frame(&db, &scope).await,
        None => Err(Error::SignedOut),
    };
    let frame = match frame {
        Ok(frame) => frame,
        Err(error) => return error_page(&state.look(request.headers()), &error),
    };
    let path = request.uri().path().to_owned();
    let pairs = domain::page::query_pairs(request.uri().query().unwrap_or_default());
    // The page of a refused form has another address than the request of the form.
    let posted_page = posted.as_ref().and_then(|_| request.uri().path_and_query()).map(ToString::to_string);
    let searched = if path.starts_with("/orders/search") { app::forms::value(&pairs, "query").to_owned() } else { String::new() };
    let (said, word) = (flash.is_some(), FlashMessage(flash));
    let context = move || {
        provide_context(db.clone());
        if let Some(posted) = &posted {
            provide_context(posted.clone());
        }
    };
    let renderer = leptos_axum::render_app_async_with_context(context, move || {
        shell(assets.clone(), theme, word.clone(), &frame, &path, posted_page.clone(), searched.clone())
    });
    let request = request.map(|_| Body::empty());
    let mut response = renderer(request).await;
    if let Some(status) = status {
        *response.status_mut() = status;
    }
    if response.status().is_client_error() || response.status().is_server_error() {
        response = with_reference(response).await;
    }
    if said {
        response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_static("flash=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"));
    }
    response
}

/// An error page shows the reference of its request, in a landmark below the hydrated part.
async fn with_reference(response: Response) -> Response {
    let (parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let html = String::from_utf8_lossy(&bytes);
    let end = "</main>";
    let body = match html.rfind(end) {
        Some(at) => {
            let (before, after) = html.split_at(at + end.len());
            format!("{before}<footer class=\"error-page-reference\">Reference <code>{}</code></footer>{after}", db::request_id::current())
                .into()
        }
        None => bytes,
    };
    Response::from_parts(parts, Body::from(body))
}

const FLASH: &str = "flash";

/// The flash messages: a closed list, so that a cookie cannot inject text.
fn flash_message(code: &str) -> Option<(String, Option<String>)> {
    if let Some((what, number)) = code.split_once('-') {
        // A warning about a saved value (`OrderDraft::question`).
        if let Some((what, field)) = what.split_once('.') {
            let question = match field {
                "follow_up_on" => "The follow-up date is in the past: check it",
                "billing_postcode" | "delivery_postcode" => "The postcode doesn't look valid: check it",
                _ => return None,
            };
            return flash_message(&format!("{what}-{number}")).map(|(said, undo)| (format!("{said}. {question}"), undo));
        }
        let undo = Some(format!("/orders/{number}/undo/"));
        if !number.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-') {
            return None;
        }
        return match what {
            "created" => Some((format!("Order {number} created"), None)),
            "saved" => Some(("Changes saved".into(), undo)),
            "moved" => Some(("Status changed".into(), undo)),
            "followed" => Some(("Follow-up saved".into(), undo)),
            "trashed" => Some((format!("Order {number} moved to trash"), undo)),
            "restored" => Some((format!("Order {number} restored"), None)),
            _ => None,
        };
    }
    let said = match code {
        "undone" => "Change undone",
        "viewed" => "View saved",
        "unviewed" => "View removed",
        "commented" => "Comment added",
        "status" => "Comment updated",
        "revoked" => "Device signed out",
        "saved" => "Changes saved",
        "closed" => "Month closed",
        "unpicked" => "Select at least one order",
        "deactivated" => "Account deactivated. Its orders and history are kept.",
        "deleted" => "Deleted",
        "merged" => "Companies merged",
        "back" => "Company restored",
        "retired" => "Choice retired. Orders that use it keep it, but it's no longer offered.",
        _ => return None,
    };
    Some((said.to_owned(), None))
}

/// An extension of the response to a stored form: the action of the form, if it differs from the request's path.
#[derive(Clone, Default)]
pub struct Stored(pub Option<String>);

/// Tells the browser by a cookie to drop the draft of a form (`drafts.js`): the next page may be left before its
/// scripts run, and a later one must still know.
pub async fn tell_stored(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    if let Some(Stored(of)) = response.extensions_mut().remove::<Stored>()
        && let Ok(cookie) = HeaderValue::from_str(&format!("curlew-stored={}; Path=/; Max-Age=600; SameSite=Lax", of.unwrap_or(path)))
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// 303 to a path, with a flash message (none if empty), after a form was stored.
pub fn redirect_with_flash(to: &str, code: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    response.extensions_mut().insert(Stored::default());
    if code.is_empty() {
        return response;
    }
    if let Ok(cookie) = HeaderValue::from_str(&format!("{FLASH}={code}; Path=/; Max-Age=30; HttpOnly; SameSite=Lax")) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
