//! How pages get their data: by server functions. On a device with copies, `frontend/js/fetch.js` answers them
//! offline.
//!
//! Data is transferred as JSON and deserialised where it is shown: the deserialisers of a page's types are part of that page's WASM chunk, and
//! the suspense code exists once.

use std::{cell::Cell, marker::PhantomData, pin::Pin, rc::Rc};

use domain::{
    Error,
    orders::{
        bulk::BulkActionView,
        duplicates::DuplicatesView,
        pages::{BoardView, OrderForm, OrderListView, OrderView, Similar},
    },
    users::Profile,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map};
use serde::de::DeserializeOwned;

use crate::{
    error::{AppError, ServerResult},
    orders::api,
    people,
    server_pages::{self, RenderedPage},
    ui::{el::suspense, error_page::error_view},
};

/// A resource of JSON.
type JsonFuture = Pin<Box<dyn Future<Output = ServerResult<String>> + Send>>;

/// The data of a page, pending or loaded.
#[derive(Debug)]
pub struct PageData<T> {
    json: Resource<ServerResult<String>>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for PageData<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for PageData<T> {}

impl<T: DeserializeOwned> PageData<T> {
    fn new(key: impl Fn() -> String + Send + Sync + 'static, ask: fn(String) -> JsonFuture) -> Self {
        let key: Box<dyn Fn() -> String + Send + Sync> = Box::new(key);
        // Blocking: the server waits for it before responding, so that status and page agree.
        Self { json: Resource::new_blocking(key, ask), of: PhantomData }
    }

    /// Awaits the data.
    pub async fn get(self) -> ServerResult<T> {
        let json = self.json.await;
        if matches!(json, Err(AppError(Error::SignedOut))) {
            to_sign_in();
        }
        serde_json::from_slice(json?.as_bytes()).map_err(|_| AppError(Error::Unavailable))
    }
}

/// Renders a page from its data, or an error page. `draw` runs again whenever the data was read again: what a page holds beyond that (an
/// answer under way, a dialog) is made outside of it.
pub fn page<T: DeserializeOwned + 'static>(
    read: PageData<T>,
    skeleton: fn() -> AnyView,
    draw: impl Fn(T) -> AnyView + Clone + Send + Sync + 'static,
) -> AnyView {
    suspense(skeleton, move || {
        let draw = draw.clone();
        Box::pin(async move {
            match read.get().await {
                Ok(it) => draw(it),
                Err(error) => error_view(error),
            }
        })
    })
}

/// The order number in the URL. While the router leaves the page, it keeps its value.
pub fn number() -> Memo<String> {
    let params = use_params_map();
    Memo::new(move |before: Option<&String>| params.with(|params| params.get("number")).or_else(|| before.cloned()).unwrap_or_default())
}

/// The URL of a page, path and query; `mine` tells which paths belong to it. While the router leaves the page, it keeps
/// its value.
pub fn address(mine: fn(&str) -> bool) -> Memo<String> {
    let location = use_location();
    Memo::new(move |before: Option<&String>| {
        let path = location.pathname.get();
        match before {
            Some(before) if !mine(&path) => before.clone(),
            _ => format!("{path}?{}", location.search.get()),
        }
    })
}

/// After the session has ended, goes to sign-in and back to this page.
fn to_sign_in() {
    if cfg!(feature = "hydrate") {
        // During sign-out the browser is already on its way there.
        if document().document_element().is_some_and(|it| it.has_attribute("data-leaving")) {
            return;
        }
        let location = window().location();
        let here = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
        let _ = location.assign(&format!("/login/?next={}", crate::forms::encode(&here)));
    }
}

/// Distinguishes the response to the newest request from older ones, which may arrive later.
#[derive(Clone, Debug, Default)]
pub struct Newest(Rc<Cell<u32>>);

impl Newest {
    /// Starts a request; returns a function that tells whether it is still the newest.
    pub fn ask(&self) -> impl Fn() -> bool + use<> {
        let (it, turn) = (self.0.clone(), self.0.get() + 1);
        it.set(turn);
        move || it.get() == turn
    }
}

/// A counter of changes: the page on screen reads its data again when it increases.
#[derive(Clone, Copy)]
pub struct Changes(RwSignal<u32>);

impl Changes {
    /// Starts at zero.
    pub fn new() -> Self {
        Self(RwSignal::new(0))
    }

    /// Reports a change.
    pub fn notify(self) {
        self.0.update(|n| *n += 1);
    }

    /// Subscribes to changes.
    pub fn track(self) {
        self.0.track();
    }

    /// A resource key that differs after each change.
    fn key(self, what: &str) -> String {
        format!("{}\n{what}", self.0.get())
    }
}

impl Default for Changes {
    fn default() -> Self {
        Self::new()
    }
}

/// The value in a resource key.
fn asked(key: &str) -> String {
    key.split_once('\n').map_or("", |(_, what)| what).to_owned()
}

/// A server page, by its URL.
pub fn server_page(address: Memo<String>) -> PageData<RenderedPage> {
    let changes = expect_context::<Changes>();
    PageData::new(move || address.with(|address| changes.key(address)), |key| Box::pin(server_pages::api::render(asked(&key))))
}

/// A list, by its URL (path and query).
pub fn orders(address: Memo<String>) -> PageData<OrderListView> {
    let changes = expect_context::<Changes>();
    PageData::new(move || address.with(|address| changes.key(address)), |key| Box::pin(api::list(asked(&key))))
}

/// Reads a list again, outside of the page's resource.
pub async fn list_again(address: String) -> ServerResult<OrderListView> {
    serde_json::from_slice(api::list(address).await?.as_bytes()).map_err(|_| AppError(Error::Unavailable))
}

/// The board, by its URL.
pub fn board(address: Memo<String>) -> PageData<BoardView> {
    let changes = expect_context::<Changes>();
    PageData::new(move || address.with(|address| changes.key(address)), |key| Box::pin(api::board(asked(&key))))
}

/// A bulk action, by its id.
pub fn bulk_action(id: Memo<String>) -> PageData<BulkActionView> {
    let changes = expect_context::<Changes>();
    PageData::new(move || id.with(|id| changes.key(id)), |key| Box::pin(api::bulk_action(asked(&key))))
}

/// The duplicates, by the URL of their page.
pub fn duplicates(address: Memo<String>) -> PageData<DuplicatesView> {
    let changes = expect_context::<Changes>();
    PageData::new(move || address.with(|address| changes.key(address)), |key| Box::pin(api::duplicates(asked(&key))))
}

/// An order, by its number.
pub fn order(number: Memo<String>) -> PageData<OrderView> {
    let changes = expect_context::<Changes>();
    PageData::new(move || number.with(|number| changes.key(number)), |key| Box::pin(api::show(asked(&key))))
}

/// The profile of the user.
pub fn profile() -> PageData<Profile> {
    let changes = expect_context::<Changes>();
    PageData::new(move || changes.key(""), |_| Box::pin(people::api::profile()))
}

/// The form of an existing order, a new one (no number), or a copy (`copy=` and a number). It is not read
/// again when something changes, so that typed text is kept.
pub fn order_form(of: String) -> PageData<OrderForm> {
    PageData::new(move || of.clone(), |of| Box::pin(api::form(of)))
}

/// Orders with the same phone or e-mail.
pub async fn similar(draft: domain::orders::OrderDraft, except: Option<String>) -> ServerResult<Vec<Similar>> {
    api::similar(draft, except).await
}
