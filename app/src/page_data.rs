//! The one seam by which pages get their data. It asks the server function; when a device keeps copies, it will ask those here,
//! and nothing else will know.
//!
//! Data travels as JSON and is read where it is shown: the readers of a page's types come with that page's piece of WASM, and
//! the machinery of waiting exists once.

use std::{cell::Cell, marker::PhantomData, pin::Pin, rc::Rc};

use domain::{
    Error,
    orders::{
        bulk::BulkActionView,
        pages::{BoardView, OrderForm, OrderListView, OrderView, Similar},
        same::DuplicatesView,
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

/// JSON on its way.
type PageRequest = Pin<Box<dyn Future<Output = ServerResult<String>> + Send>>;

/// A page's data, on its way or there.
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
    fn new(key: impl Fn() -> String + Send + Sync + 'static, ask: fn(String) -> PageRequest) -> Self {
        let key: Box<dyn Fn() -> String + Send + Sync> = Box::new(key);
        // Blocking: the server waits for it before it answers, so that status and page agree.
        Self { json: Resource::new_blocking(key, ask), of: PhantomData }
    }

    /// Waits for it.
    pub async fn get(self) -> ServerResult<T> {
        let json = self.json.await;
        if matches!(json, Err(AppError(Error::SignedOut))) {
            to_sign_in();
        }
        serde_json::from_slice(json?.as_bytes()).map_err(|_| AppError(Error::Unavailable))
    }
}

/// Draws a page from what it reads: waited for, then drawn, or the calm page that says why not.
pub fn page<T: DeserializeOwned + 'static>(read: PageData<T>, skeleton: fn() -> AnyView, draw: fn(T) -> AnyView) -> AnyView {
    suspense(skeleton, move || {
        Box::pin(async move {
            match read.get().await {
                Ok(it) => draw(it),
                Err(error) => error_view(error),
            }
        })
    })
}

/// The number in the address of a page. While the router leaves for another page, it stays what it was.
pub fn number() -> Memo<String> {
    let params = use_params_map();
    Memo::new(move |before: Option<&String>| params.with(|params| params.get("number")).or_else(|| before.cloned()).unwrap_or_default())
}

/// The address of a page, path and query; `mine` says which paths are its own. While the router leaves for another page, it stays
/// what it was.
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

/// A session that ran out sends the browser to sign in and back to this page.
fn to_sign_in() {
    if cfg!(feature = "hydrate") {
        // Whoever signs out is on the way there already: a second way would cut the first one off.
        if document().document_element().is_some_and(|it| it.has_attribute("data-leaving")) {
            return;
        }
        let location = window().location();
        let here = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
        let _ = location.assign(&format!("/login/?next={}", crate::forms::encode(&here)));
    }
}

/// Tells the answer to the newest of several questions from the older ones, which may come later.
#[derive(Clone, Debug, Default)]
pub struct Newest(Rc<Cell<u32>>);

impl Newest {
    /// A question is asked; the answer asks whether it is still the newest one.
    pub fn ask(&self) -> impl Fn() -> bool + use<> {
        let (it, turn) = (self.0.clone(), self.0.get() + 1);
        it.set(turn);
        move || it.get() == turn
    }
}

/// Counts what changed, so that whatever is on screen reads again.
#[derive(Clone, Copy)]
pub struct Changes(RwSignal<u32>);

impl Changes {
    /// Nothing changed yet.
    pub fn new() -> Self {
        Self(RwSignal::new(0))
    }

    /// Something was written.
    pub fn notify(self) {
        self.0.update(|n| *n += 1);
    }

    /// Subscribes to changes.
    pub fn track(self) {
        self.0.track();
    }

    /// A key of what is asked for that differs after each change.
    fn key(self, what: &str) -> String {
        format!("{}\n{what}", self.0.get())
    }
}

impl Default for Changes {
    fn default() -> Self {
        Self::new()
    }
}

/// What a key asks for.
fn asked(key: &str) -> String {
    key.split_once('\n').map_or("", |(_, what)| what).to_owned()
}

/// A server page, by its address.
pub fn server_page(address: Memo<String>) -> PageData<RenderedPage> {
    let changes = expect_context::<Changes>();
    PageData::new(move || address.with(|address| changes.key(address)), |key| Box::pin(server_pages::api::render(asked(&key))))
}

/// A list, by the address of its page (path and query).
pub fn orders(address: Memo<String>) -> PageData<OrderListView> {
    let changes = expect_context::<Changes>();
    PageData::new(move || address.with(|address| changes.key(address)), |key| Box::pin(api::list(asked(&key))))
}

/// A list again, beside the page that shows it.
pub async fn list_again(address: String) -> ServerResult<OrderListView> {
    serde_json::from_slice(api::list(address).await?.as_bytes()).map_err(|_| AppError(Error::Unavailable))
}

/// The board, by the address of its page.
pub fn board(address: Memo<String>) -> PageData<BoardView> {
    let changes = expect_context::<Changes>();
    PageData::new(move || address.with(|address| changes.key(address)), |key| Box::pin(api::board(asked(&key))))
}

/// An act on many orders, by its id.
pub fn bulk_action(id: Memo<String>) -> PageData<BulkActionView> {
    let changes = expect_context::<Changes>();
    PageData::new(move || id.with(|id| changes.key(id)), |key| Box::pin(api::bulk_action(asked(&key))))
}

/// Orders that look like the same customer, by the address of their page.
pub fn duplicates(address: Memo<String>) -> PageData<DuplicatesView> {
    let changes = expect_context::<Changes>();
    PageData::new(move || address.with(|address| changes.key(address)), |key| Box::pin(api::duplicates(asked(&key))))
}

/// An order, by its number.
pub fn order(number: Memo<String>) -> PageData<OrderView> {
    let changes = expect_context::<Changes>();
    PageData::new(move || number.with(|number| changes.key(number)), |key| Box::pin(api::show(asked(&key))))
}

/// The own page of whoever asks.
pub fn profile() -> PageData<Profile> {
    let changes = expect_context::<Changes>();
    PageData::new(move || changes.key(""), |_| Box::pin(people::api::profile()))
}

/// The form of a stored order, or of a new one (no number), or of a copy (`copy=` and a number). What is being typed is not read
/// again when something else changes.
pub fn order_form(of: String) -> PageData<OrderForm> {
    PageData::new(move || of.clone(), |of| Box::pin(api::form(of)))
}

/// Orders with the same phone or e-mail.
pub async fn similar(draft: domain::orders::OrderDraft, except: Option<String>) -> ServerResult<Vec<Similar>> {
    api::similar(draft, except).await
}
