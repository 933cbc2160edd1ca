//! The one seam by which pages get their data. It asks the server function; when a device keeps copies, it will ask those here,
//! and nothing else will know.

use codee::{Decoder, Encoder};
use domain::{
    Error,
    orders::{
        list::OrdersPage,
        pages::{OrderForm, OrderShown, Similar},
    },
    users::Frame,
};
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::{Answer, AppError},
    layout::api as house,
    orders::api,
};

/// Data of a page on its way from the server's render into the browser: JSON, read by the same code as the answers of server
/// functions, so that the browser carries one reader for each type and not two.
#[derive(Clone, Copy, Debug)]
pub struct Wire;

impl<T: Serialize> Encoder<T> for Wire {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, serde_json::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Wire {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, serde_json::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}

/// A page's data.
pub type Reading<T> = Resource<Answer<T>, Wire>;

/// Reads a page's data; the server waits for it before it answers, so that status and page agree.
pub fn reading<S, T, F>(source: impl Fn() -> S + Send + Sync + 'static, fetch: impl Fn(S) -> F + Send + Sync + 'static) -> Reading<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = Answer<T>> + Send + 'static,
{
    Resource::new_with_options(source, fetch, true)
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
    pub fn say(self) {
        self.0.update(|n| *n += 1);
    }

    /// Subscribes to changes.
    pub fn track(self) -> u32 {
        self.0.get()
    }
}

impl Default for Changes {
    fn default() -> Self {
        Self::new()
    }
}

/// A session that ran out sends the browser to sign in and back to this page.
fn seen<T>(answer: Answer<T>) -> Answer<T> {
    #[cfg(feature = "hydrate")]
    if matches!(answer, Err(AppError(Error::SignedOut))) {
        let location = window().location();
        let here = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
        let _ = location.assign(&format!("/login/?next={}", js_sys::encode_uri_component(&here)));
    }
    #[cfg(not(feature = "hydrate"))]
    let _: fn(Error) -> AppError = AppError;
    answer
}

/// What surrounds every page.
pub async fn frame() -> Answer<(Frame, Option<String>)> {
    seen(house::frame().await)
}

/// A list, by the address of its page.
pub async fn orders(path: String, search: String) -> Answer<OrdersPage> {
    seen(api::list(path, search).await)
}

/// An order.
pub async fn order(number: String) -> Answer<OrderShown> {
    seen(api::show(number).await)
}

/// The form of a new order, or of a copy.
pub async fn new_order(copy_of: Option<String>) -> Answer<OrderForm> {
    seen(api::form_new(copy_of).await)
}

/// The form of a stored order.
pub async fn order_form(number: String) -> Answer<OrderForm> {
    seen(api::form_update(number).await)
}

/// Orders with the same phone or e-mail.
pub async fn similar(draft: domain::orders::OrderDraft, except: Option<String>) -> Answer<Vec<Similar>> {
    api::similar(draft, except).await
}
