//! `GET /live`: server-sent events, each a topic and nothing else; who hears one reads again what is on screen, under its own rights.
//!
//! Topics: `hello` (it listens now), `orders` (some order in sight changed), `order <number>` (that one did, for pages that asked for
//! it by `?orders=<number>,…`), `house` (people, campaigns, settings). A slow reader costs nothing: what waits for it is a set.

use std::{
    collections::{HashMap, VecDeque},
    convert::Infallible,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Extension,
    extract::{RawQuery, State as Get},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use db::{Scope, announcer::News, sessions::Current};
use domain::id::UserId;
use futures_util::stream;
use rand::Rng;
use tokio::{
    sync::{
        broadcast::{Receiver, error::RecvError, error::TryRecvError},
        watch,
    },
    time::{Instant, sleep, sleep_until},
};

use crate::state::State;

/// Listeners of one server.
const LISTENERS: usize = 5_000;
/// Listeners of one person on one server.
const OF_ONE: usize = 50;
/// Orders that one listener asks for.
const ORDERS: usize = 16;
/// For each listener, how much longer a nudge is spread, so that they do not all read again at once.
const SPREAD: Duration = Duration::from_micros(1_200);
/// The most that a nudge is spread.
const SPREAD_MOST: Duration = Duration::from_millis(1_400);
/// How often a listener's session is looked at when nobody said that it ended.
const CHECK: Duration = Duration::from_secs(30);
/// How often a silent line is kept from being cut.
const ALIVE: Duration = Duration::from_secs(20);

/// Who listens on this server.
#[derive(Clone, Debug, Default)]
pub struct Live(Arc<Room>);

#[derive(Debug, Default)]
struct Room {
    count: AtomicUsize,
    people: Mutex<HashMap<UserId, usize>>,
}

impl Live {
    /// A place for one more; `None` when the room is full, or this person has enough.
    fn enter(&self, who: UserId) -> Option<Seat> {
        let mut people = self.0.people.lock().unwrap_or_else(PoisonError::into_inner);
        let own = people.entry(who).or_default();
        if *own >= OF_ONE || self.0.count.load(Ordering::Relaxed) >= LISTENERS {
            return None;
        }
        *own += 1;
        self.0.count.fetch_add(1, Ordering::Relaxed);
        Some(Seat { live: self.clone(), who })
    }

    /// How long a nudge may wait, by how many there are.
    fn spread(&self) -> Duration {
        let count = u32::try_from(self.0.count.load(Ordering::Relaxed)).unwrap_or(u32::MAX);
        SPREAD.saturating_mul(count).min(SPREAD_MOST)
    }
}

/// A place among the listeners, given back when it is dropped.
struct Seat {
    live: Live,
    who: UserId,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut people = self.live.0.people.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = people.get_mut(&self.who) {
            *own -= 1;
            if *own == 0 {
                people.remove(&self.who);
            }
        }
        self.live.0.count.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One who listens.
struct Listener {
    state: State,
    scope: Scope,
    current: Current,
    orders: Vec<(i64, String)>,
    heard: Receiver<News>,
    leaving: watch::Receiver<bool>,
    ready: VecDeque<String>,
    checked: Instant,
    seat: Seat,
}

/// What was heard and not yet told.
#[derive(Default)]
struct Pending {
    orders: Vec<i64>,
    many: bool,
    house: bool,
    rights: bool,
}

impl Pending {
    fn add(&mut self, news: News) {
        match news {
            News::Orders(ids) => self.orders.extend_from_slice(&ids),
            News::Many => self.many = true,
            News::House => (self.house, self.rights) = (true, true),
            News::Sessions => self.rights = true,
        }
    }

    fn everything() -> Self {
        Self { many: true, house: true, rights: true, ..Self::default() }
    }
}

impl Listener {
    /// The next topic; `None` when there is nothing more to say to this one.
    async fn next(&mut self) -> Option<String> {
        loop {
            if let Some(topic) = self.ready.pop_front() {
                return Some(topic);
            }
            let mut pending = Pending::default();
            tokio::select! {
                _ = self.leaving.wait_for(|leaving| *leaving) => return None,
                () = sleep_until(self.checked + CHECK) => pending.rights = true,
                news = self.heard.recv() => match news {
                    Ok(news) => pending.add(news),
                    Err(RecvError::Lagged(_)) => pending = Pending::everything(),
                    Err(RecvError::Closed) => return None,
                },
            }
            let wait = rand::rng().random_range(Duration::ZERO..=self.seat.live.spread());
            tokio::select! {
                _ = self.leaving.wait_for(|leaving| *leaving) => return None,
                () = sleep(wait) => {}
            }
            loop {
                match self.heard.try_recv() {
                    Ok(news) => pending.add(news),
                    Err(TryRecvError::Lagged(_)) => pending = Pending::everything(),
                    Err(TryRecvError::Empty | TryRecvError::Closed) => break,
                }
            }
            if pending.rights && !self.may_stay().await {
                return None;
            }
            self.tell(pending).await;
        }
    }

    /// Whether the session is still there; what this person may see is looked up again. A database that is away lets nobody stay: the
    /// browser comes back by itself.
    async fn may_stay(&mut self) -> bool {
        self.checked = Instant::now();
        let Ok(Some(user)) = db::sessions::whose(&self.state.db, &self.current).await else { return false };
        match Scope::of(&self.state.db, user).await {
            Ok(Some(scope)) => {
                self.scope = scope;
                true
            }
            _ => false,
        }
    }

    async fn tell(&mut self, pending: Pending) {
        if pending.house {
            self.ready.push_back("house".into());
        }
        let named = self.orders.iter().filter(|(id, _)| pending.many || pending.orders.contains(id));
        self.ready.extend(named.map(|(_, number)| format!("order {number}")));
        let seen = pending.many || db::orders::any_in_sight(&self.state.db, &self.scope, &pending.orders).await.unwrap_or(true);
        if seen {
            self.ready.push_back("orders".into());
        }
    }
}

/// Answers with a stream of topics.
pub async fn live(
    Get(state): Get<State>,
    Extension(scope): Extension<Scope>,
    Extension(current): Extension<Current>,
    RawQuery(query): RawQuery,
) -> Response {
    let leaving = state.leaving.subscribe();
    let Some(seat) = state.live.enter(scope.me.id).filter(|_| !*leaving.borrow()) else {
        return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "30")], "Too many listen already.").into_response();
    };
    // From here on nothing is missed.
    let heard = state.db.announcer.hear();
    let mut orders = Vec::new();
    for number in asked(query.as_deref().unwrap_or_default()) {
        if let Ok(id) = db::orders::id_of(&state.db, &scope, &number).await {
            orders.push((id, number));
        }
    }
    let ready = VecDeque::from(["hello".to_owned()]);
    let listener = Listener { state, scope, current, orders, heard, leaving, ready, checked: Instant::now(), seat };
    let topics = stream::unfold(listener, |mut it| async move {
        let topic = it.next().await?;
        Some((Ok::<_, Infallible>(Event::default().data(topic)), it))
    });
    let mut response = Sse::new(topics).keep_alive(KeepAlive::new().interval(ALIVE)).into_response();
    // nginx holds answers back unless it is told not to.
    response.headers_mut().insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

/// The numbers of `orders=`.
fn asked(query: &str) -> Vec<String> {
    let pairs = app::context::query_pairs(query);
    let numbers = app::forms::value(&pairs, "orders").split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned);
    numbers.take(ORDERS).collect()
}
