//! How pages get their data: by server functions. On a device with copies, `frontend/js/fetch.js` answers them
//! offline.
//!
//! The data is made in a page's own part, not in [`leptos_router::LazyRoute::data`], which belongs to the main part: the code that reads its
//! type is loaded with the page.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use domain::Error;
use leptos::{
    prelude::*,
    server::codee::{Decoder, Encoder},
};
use leptos_router::hooks::{use_location, use_params_map};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::{AppError, ServerResult},
    routes::{ID, Match, parts_of},
    ui::{Draw, PageKey, error_page::error_view, forget_posted, suspense},
};

/// JSON that is read as bytes, as answers of server functions are: the browser loads one reader of each type instead of two.
#[derive(Debug)]
pub struct JsonBytes;

impl<T: Serialize> Encoder<T> for JsonBytes {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, Self::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for JsonBytes {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(json: &str) -> Result<T, Self::Error> {
        serde_json::from_slice(json.as_bytes())
    }
}

/// The data of a page, pending or loaded.
#[derive(Debug)]
pub struct PageData<T: Send + Sync + 'static>(Resource<ServerResult<T>, JsonBytes>);

impl<T: Send + Sync> Clone for PageData<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync> Copy for PageData<T> {}

impl<T: Clone + Send + Sync + Serialize + DeserializeOwned> PageData<T> {
    /// Reads the data with `ask`, and again whenever the key changes.
    pub fn new<K, F>(key: impl Fn() -> K + Send + Sync + 'static, ask: impl Fn(K) -> F + Send + Sync + 'static) -> Self
    where
        K: Clone + PartialEq + Send + Sync + 'static,
        F: Future<Output = ServerResult<T>> + Send + 'static,
    {
        // Blocking: the server waits for it before responding, so that status and page agree.
        Self(Resource::new_with_options(key, ask, true))
    }

    /// Awaits the data.
    pub async fn get(self) -> ServerResult<T> {
        let data = self.0.await;
        if matches!(data, Err(AppError(Error::SignedOut))) {
            to_sign_in();
        }
        data
    }
}

/// Renders a page from its data, or an error page. `draw` runs again whenever the data was read again: what a page holds beyond that (an
/// answer under way, a dialog) is made outside of it.
pub fn page<T: Clone + Send + Sync + Serialize + DeserializeOwned>(
    read: PageData<T>,
    skeleton: fn() -> AnyView,
    draw: impl Fn(T) -> AnyView + Clone + Send + Sync + 'static,
) -> AnyView {
    suspense(skeleton, move || {
        let draw = draw.clone();
        Box::pin(async move {
            match read.get().await {
                Ok(it) => Box::new(move || draw(it)) as Draw,
                Err(error) => Box::new(move || error_view(error)),
            }
        })
    })
}

/// As [`page`], for a route of several pages: data with another key is another page and is drawn anew, so that what was typed on one never
/// moves to another.
pub fn page_by_key<T: Clone + Send + Sync + Serialize + DeserializeOwned>(
    read: PageData<T>,
    skeleton: fn() -> AnyView,
    key_of: impl Fn(&T) -> String + Clone + Send + Sync + 'static,
    draw: impl Fn(T) -> AnyView + Clone + Send + Sync + 'static,
) -> AnyView {
    let key = PageKey::default();
    page(read, skeleton, move |it| key.draw(&key_of(&it), draw(it)))
}

/// The path of a URL, as a key for [`page_by_key`].
pub fn path_of(address: Memo<String>) -> String {
    address.with_untracked(|address| address.split('?').next().unwrap_or_default().to_owned())
}

/// What the URL names: the number of an order, the id of a bulk action. While the router leaves the page, it keeps its value.
pub fn id() -> Memo<String> {
    let params = use_params_map();
    Memo::new(move |before: Option<&String>| params.with(|params| params.get(ID)).or_else(|| before.cloned()).unwrap_or_default())
}

/// The URL of a page, path and query; `mine` tells which paths belong to it. While the router leaves the page, it keeps
/// its value.
pub fn address(mine: fn(&[&str]) -> Match) -> Memo<String> {
    let location = use_location();
    Memo::new(move |before: Option<&String>| {
        let path = location.pathname.get();
        match before {
            Some(before) if mine(&parts_of(&path)).is_none() => before.clone(),
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
pub struct Newest(Arc<AtomicU32>);

impl Newest {
    /// Starts a request; returns a function that tells whether it is still the newest.
    pub fn ask(&self) -> impl Fn() -> bool + use<> {
        let it = self.0.clone();
        let turn = it.fetch_add(1, Ordering::Relaxed) + 1;
        move || it.load(Ordering::Relaxed) == turn
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

    /// Reports a change. What the answer to a form showed is read anew.
    pub fn notify(self) {
        forget_posted();
        self.0.update(|n| *n += 1);
    }

    /// Subscribes to changes.
    pub fn track(self) {
        self.0.track();
    }

    /// How many there were; tracked.
    pub fn count(self) -> u32 {
        self.0.get()
    }
}

impl Default for Changes {
    fn default() -> Self {
        Self::new()
    }
}

/// The data of an address, or of a number or an id, read again after each change.
pub fn by_address<T, F>(address: Memo<String>, ask: impl Fn(String) -> F + Send + Sync + 'static) -> PageData<T>
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned,
    F: Future<Output = ServerResult<T>> + Send + 'static,
{
    let changes = expect_context::<Changes>();
    PageData::new(move || (changes.count(), address.get()), move |(_, address)| ask(address))
}
