//! Admission control: limits on concurrent requests, in total and per address, and on reading their bodies.
//!
//! A body is read before the request takes a slot, so that a slow sender holds a little memory and no slot. A form that
//! finds no slot comes back filled in. Requests that change data run in their own task: a caller who disconnects, or whose time is over,
//! never interrupts it.

use std::{
    collections::HashMap,
    net::SocketAddr,
    num::NonZero,
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
    thread::available_parallelism,
    time::Duration,
};

use app::{
    auth::{PageTheme, Unsent},
    error::AppError,
    shell::Theme,
};
use axum::{
    Json,
    body::{Body, Bytes, HttpBody},
    extract::{ConnectInfo, Request, State as Get},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use domain::Error;
use http_body_util::BodyExt;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep_until, timeout, timeout_at},
};

use crate::{
    access,
    error_page::{error_page, error_page_with_form, still_running},
    handlers::{decode, is_form},
    state::State,
};

/// Concurrent requests per address and core: more would slow down all of them.
const PLACES_OF_ONE: usize = 16;
/// The number of addresses that can use all of their slots at once.
const ADDRESSES: usize = 8;
/// How long a request waits for a slot: then it is served within a second, if a page takes less than the rest.
/// It is refused only then, and not immediately: a client would only return immediately.
const WAIT: Duration = Duration::from_millis(700);
/// The interval between refusals, so that refusing many requests costs little: refused clients return immediately.
const BETWEEN: Duration = Duration::from_millis(2);
/// The maximum delay of a refusal.
const HELD: Duration = Duration::from_secs(4);
/// The time limit of a request, from the moment it has a slot.
pub const LONGEST: Duration = Duration::from_secs(20);
/// The maximum size of a body, in bytes.
pub const BODY: usize = 2 * 1024 * 1024;
/// The maximum length of a URL, in bytes: a device requests eight hundred orders by id.
const ADDRESS: usize = 32 * 1024;
/// The time limit for a body to arrive.
const BODY_TIME: Duration = Duration::from_secs(20);
/// Concurrent bodies per address.
const BODIES_OF_ONE: usize = 64;
/// 256 MiB.
const MEMORY: usize = 256 * 1024;
/// The number of known addresses from which unused ones are removed.
const KNOWN: usize = 4_096;

/// The limits.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    pub places: usize,
    pub places_of_one: usize,
    pub bodies_of_one: usize,
    /// The memory of all pending bodies, in KiB.
    pub memory: usize,
}

impl Default for Sizes {
    /// Limits for the cores of this machine; at least for two.
    fn default() -> Self {
        let places_of_one = PLACES_OF_ONE * available_parallelism().map_or(2, NonZero::get).max(2);
        Self { places: ADDRESSES * places_of_one, places_of_one, bodies_of_one: BODIES_OF_ONE, memory: MEMORY }
    }
}

/// The state shared by all requests of a server.
#[derive(Clone, Debug)]
pub struct Admission {
    sizes: Sizes,
    places: Arc<Semaphore>,
    memory: Arc<Semaphore>,
    addresses: Arc<Mutex<HashMap<String, Weak<Address>>>>,
    busy: Arc<OnceLock<Vec<BusyPage>>>,
    /// When the next refusal may be sent.
    next_refusal: Arc<Mutex<Instant>>,
}

/// The refusal page, rendered once per theme, because a refusal must cost less than a page.
#[derive(Debug)]
struct BusyPage {
    theme: Theme,
    /// The HTML before and after the reference of the request.
    parts: [String; 2],
}

/// The slots of an address.
#[derive(Debug)]
struct Address {
    places: Arc<Semaphore>,
    bodies: Arc<Semaphore>,
}

impl Default for Admission {
    fn default() -> Self {
        Self::new(Sizes::default())
    }
}

/// The permits of a request while it is served.
struct Permit {
    _place: OwnedSemaphorePermit,
    _of_address: OwnedSemaphorePermit,
    _address: Arc<Address>,
}

/// A request with its body in memory.
struct Arrived {
    request: Request,
    body: Bytes,
    memory: Option<OwnedSemaphorePermit>,
}

/// Why a body was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BodyError {
    TooLarge,
    TooSlow,
    Broken,
    /// Too many bodies are being read.
    NoRoom,
}

impl Admission {
    /// Makes the state for some limits.
    pub fn new(sizes: Sizes) -> Self {
        Self {
            sizes,
            places: Arc::new(Semaphore::new(sizes.places)),
            memory: Arc::new(Semaphore::new(sizes.memory)),
            addresses: Arc::default(),
            busy: Arc::default(),
            next_refusal: Arc::new(Mutex::new(Instant::now())),
        }
    }

    /// The refusal of a request without input.
    fn busy(&self, state: &State, headers: &HeaderMap) -> Response {
        const REFERENCE: &str = "{reference}";
        let error = Error::Busy(2);
        let pages = self.busy.get_or_init(|| {
            let page = |theme| {
                let look = PageTheme { assets: state.assets.clone(), theme };
                let page = app::auth::error_page(&look, &error, None, REFERENCE);
                let (before, after) = page.split_once(REFERENCE).unwrap_or((&page, ""));
                BusyPage { theme, parts: [before.to_owned(), after.to_owned()] }
            };
            Theme::ALL.map(page).into()
        });
        let theme = state.look(headers).theme;
        let Some(page) = pages.iter().find(|it| it.theme == theme) else { return error_page(&state.look(headers), &error) };
        let [before, after] = &page.parts;
        let body = [before, &db::request_id::current(), after].map(String::as_str).concat();
        (app::context::status(&error), [(header::RETRY_AFTER, "5")], Html(body)).into_response()
    }

    fn address(&self, key: String) -> Arc<Address> {
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        if addresses.len() > KNOWN {
            addresses.retain(|_, address| address.strong_count() > 0);
        }
        if let Some(known) = addresses.get(&key).and_then(Weak::upgrade) {
            return known;
        }
        let address = Arc::new(Address {
            places: Arc::new(Semaphore::new(self.sizes.places_of_one)),
            bodies: Arc::new(Semaphore::new(self.sizes.bodies_of_one)),
        });
        addresses.insert(key, Arc::downgrade(&address));
        address
    }

    /// Waits for the turn of the next refusal, at most `HELD`.
    async fn refusal(&self) {
        let latest = Instant::now() + HELD;
        let turn = {
            let mut next = self.next_refusal.lock().unwrap_or_else(PoisonError::into_inner);
            let turn = (*next).max(Instant::now());
            *next = latest.min(turn + BETWEEN);
            turn
        };
        sleep_until(turn).await;
    }

    /// Waits for a slot for this address.
    async fn place(&self, address: Arc<Address>) -> Option<Permit> {
        let until = Instant::now() + WAIT;
        let of_address = timeout_at(until, address.places.clone().acquire_owned()).await.ok()?.ok()?;
        let place = timeout_at(until, self.places.clone().acquire_owned()).await.ok()?.ok()?;
        Some(Permit { _place: place, _of_address: of_address, _address: address })
    }

    /// Reads the body of a request that may change data.
    async fn read(&self, address: &Address, request: Request) -> Result<Arrived, (Request, BodyError)> {
        let (parts, body) = request.into_parts();
        if body.is_end_stream() {
            return Ok(Arrived { request: Request::from_parts(parts, Body::empty()), body: Bytes::new(), memory: None });
        }
        let declared = parts.headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse::<usize>().ok());
        let read = match declared {
            Some(length) if length > BODY => Err(BodyError::TooLarge),
            _ => match address.bodies.try_acquire() {
                Ok(_reading) => timeout(BODY_TIME, self.collect(body)).await.unwrap_or(Err(BodyError::TooSlow)),
                Err(_) => Err(BodyError::NoRoom),
            },
        };
        match read {
            Ok((body, memory)) => Ok(Arrived { request: Request::from_parts(parts, Body::from(body.clone())), body, memory }),
            Err(why) => Err((Request::from_parts(parts, Body::empty()), why)),
        }
    }

    async fn collect(&self, mut body: Body) -> Result<(Bytes, Option<OwnedSemaphorePermit>), BodyError> {
        let mut collected = Vec::new();
        let mut memory: Option<OwnedSemaphorePermit> = None;
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(|_| BodyError::Broken)?.into_data() else { continue };
            if collected.len() + data.len() > BODY {
                return Err(BodyError::TooLarge);
            }
            collected.extend_from_slice(&data);
            let held = memory.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
            let needed = collected.len().div_ceil(1_024).saturating_sub(held);
            if needed > 0 {
                let more = u32::try_from(needed).map_err(|_| BodyError::TooLarge)?;
                let more = self.memory.clone().try_acquire_many_owned(more).map_err(|_| BodyError::NoRoom)?;
                match &mut memory {
                    Some(memory) => memory.merge(more),
                    None => memory = Some(more),
                }
            }
        }
        Ok((Bytes::from(collected), memory))
    }
}

/// Middleware: reads the body, waits for a slot, and serves the request within its time limit.
pub async fn admit(Get((state, admission)): Get<(State, Admission)>, request: Request, next: Next) -> Response {
    if request.uri().path_and_query().is_some_and(|it| it.as_str().len() > ADDRESS) {
        return (StatusCode::URI_TOO_LONG, "This address is too long").into_response();
    }
    let client = access::client(&state, request.headers(), request.extensions().get::<ConnectInfo<SocketAddr>>());
    let address = admission.address(client.address_key());
    if request.method().is_safe() {
        let Some(place) = admission.place(address).await else {
            admission.refusal().await;
            return match is_program(&request) {
                true => refused(&state, &request, None, &Error::Busy(2)),
                false => admission.busy(&state, request.headers()),
            };
        };
        let headers = request.headers().clone();
        let served = timeout(LONGEST, next.run(request)).await;
        drop(place);
        return served.unwrap_or_else(|_| error_page_with_form(&state.look(&headers), &Error::Busy(10), None));
    }
    let Arrived { request, body, memory } = match admission.read(&address, request).await {
        Ok(arrived) => arrived,
        Err((request, why)) => {
            if why == BodyError::NoRoom {
                admission.refusal().await;
            }
            return unread(&state, &request, why);
        }
    };
    let unsent = form_in(&request, &body);
    let Some(place) = admission.place(address).await else {
        admission.refusal().await;
        return refused(&state, &request, unsent, &Error::Busy(2));
    };
    let headers = request.headers().clone();
    let work = async move {
        let _held = (place, memory);
        next.run(request).await
    };
    let mut running = state.tasks.spawn(db::request_id::scope(db::request_id::current(), work));
    match timeout(LONGEST, &mut running).await {
        Ok(Ok(response)) => response,
        Ok(Err(cause)) => match cause.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => error_page_with_form(&state.look(&headers), &Error::Unavailable, unsent),
        },
        Err(_) => still_running(&state.look(&headers), unsent),
    }
}

/// The plain form in a body, to be returned filled in.
fn form_in(request: &Request, body: &Bytes) -> Option<Unsent> {
    (is_form(request.headers()) && !is_program(request)).then(|| Some((request.uri().path().to_owned(), decode(body).ok()?))).flatten()
}

/// Whether the client expects JSON: a page's script, or a device.
fn is_program(request: &Request) -> bool {
    ["/fn/", "/api/"].iter().any(|start| request.uri().path().starts_with(start))
}

/// Responds when no slot became free.
fn refused(state: &State, request: &Request, unsent: Option<Unsent>, error: &Error) -> Response {
    if is_program(request) {
        let mut response = program_error_response(request, StatusCode::SERVICE_UNAVAILABLE, error);
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("5"));
        return response;
    }
    error_page_with_form(&state.look(request.headers()), error, unsent)
}

/// Responds with an error in the format of the client.
fn program_error_response(request: &Request, status: StatusCode, error: &Error) -> Response {
    match request.uri().path().starts_with("/fn/") {
        true => (status, Json(AppError(error.clone()))).into_response(),
        false => (status, Json(serde_json::json!({ "error": error.sentence() }))).into_response(),
    }
}

/// Responds when the body did not arrive.
fn unread(state: &State, request: &Request, why: BodyError) -> Response {
    let (status, sentence) = match why {
        BodyError::TooLarge => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "This form is larger than two megabytes, so nothing was saved. Go back, shorten the text and send it again.",
        ),
        BodyError::TooSlow => {
            (StatusCode::REQUEST_TIMEOUT, "The form took too long to arrive, so nothing was saved. Go back and send it again.")
        }
        BodyError::Broken => (StatusCode::BAD_REQUEST, "The form arrived incomplete, so nothing was saved. Go back and send it again."),
        BodyError::NoRoom => return refused(state, request, None, &Error::Busy(5)),
    };
    let mut response = match is_program(request) {
        true => program_error_response(request, status, &Error::invalid("request", sentence)),
        false => (status, sentence).into_response(),
    };
    // The rest of the body is not read.
    response.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
    response
}
