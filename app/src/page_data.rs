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

use domain::{
    Error,
    activity::ActivityView,
    admin::{AdminPage, GuideChapter},
    campaigns::view::CampaignsPage,
    commission::CommissionPage,
    companies::CompaniesPage,
    dashboard::view::DashboardView,
    orders::{
        bulk::BulkActionView,
        duplicates::DuplicatesView,
        pages::{BoardView, OrderForm, OrderListView, OrderView},
    },
    reports::view::ReportView,
    users::Profile,
};
use leptos::{
    prelude::*,
    server::codee::{Decoder, Encoder},
};
use leptos_router::hooks::{use_location, use_params_map};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    activity, admin, campaigns, commission, companies, dashboard,
    error::{AppError, ServerResult},
    help,
    orders::api,
    people, reports,
    routes::parts_of,
    ui::{Draw, PageKey, error_page::error_view, suspense},
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
    fn new<F>(key: impl Fn() -> String + Send + Sync + 'static, ask: impl Fn(String) -> F + Send + Sync + 'static) -> Self
    where
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

/// Data by the URL of its page, read again after each change.
fn by_address<T, F>(address: Memo<String>, ask: impl Fn(String) -> F + Send + Sync + 'static) -> PageData<T>
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned,
    F: Future<Output = ServerResult<T>> + Send + 'static,
{
    let changes = expect_context::<Changes>();
    PageData::new(move || address.with(|address| changes.key(address)), move |key| ask(asked(&key)))
}

/// The dashboard.
pub fn dashboard(address: Memo<String>) -> PageData<DashboardView> {
    by_address(address, dashboard::api::dashboard)
}

/// A page of campaigns.
pub fn campaigns(address: Memo<String>) -> PageData<CampaignsPage> {
    by_address(address, campaigns::api::campaigns)
}

/// A page of companies.
pub fn companies(address: Memo<String>) -> PageData<CompaniesPage> {
    by_address(address, companies::api::companies)
}

/// A report.
pub fn report(address: Memo<String>) -> PageData<ReportView> {
    by_address(address, reports::api::report)
}

/// A page of the activity log.
pub fn activity(address: Memo<String>) -> PageData<ActivityView> {
    by_address(address, activity::api::activity)
}

/// A page of commission or targets.
pub fn commission(address: Memo<String>) -> PageData<CommissionPage> {
    by_address(address, commission::api::commission)
}

/// An administration page, or a page of the user's own account.
pub fn admin(address: Memo<String>) -> PageData<AdminPage> {
    by_address(address, admin::api::admin)
}

/// A chapter of the user guide. It does not change.
pub fn guide(address: Memo<String>) -> PageData<GuideChapter> {
    let name = move || {
        address.with(|address| parts_of(address.split('?').next().unwrap_or_default()).into_iter().skip(1).collect::<Vec<_>>().join("/"))
    };
    PageData::new(name, help::api::chapter)
}

/// A list.
pub fn orders(address: Memo<String>) -> PageData<OrderListView> {
    by_address(address, api::list)
}

/// The board.
pub fn board(address: Memo<String>) -> PageData<BoardView> {
    by_address(address, api::board)
}

/// A bulk action, by its id.
pub fn bulk_action(id: Memo<String>) -> PageData<BulkActionView> {
    let changes = expect_context::<Changes>();
    PageData::new(move || id.with(|id| changes.key(id)), |key| api::bulk_action(asked(&key)))
}

/// The duplicates.
pub fn duplicates(address: Memo<String>) -> PageData<DuplicatesView> {
    by_address(address, api::duplicates)
}

/// An order, by its number.
pub fn order(number: Memo<String>) -> PageData<OrderView> {
    let changes = expect_context::<Changes>();
    PageData::new(move || number.with(|number| changes.key(number)), |key| api::show(asked(&key)))
}

/// The profile of the user.
pub fn profile() -> PageData<Profile> {
    let changes = expect_context::<Changes>();
    PageData::new(move || changes.key(""), |_| people::api::profile())
}

/// The form of an existing order, a new one (no number), or a copy (`copy=` and a number). It is not read
/// again when something changes, so that typed text is kept.
pub fn order_form(of: String) -> PageData<OrderForm> {
    PageData::new(move || of.clone(), api::form)
}
