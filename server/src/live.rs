//! `GET /live`: server-sent events that contain only a topic; the page then reads its data again, with its own permissions.
//!
//! Topics: `hello` (subscribed), `orders` (some visible order changed), `order <number>` (this one did, for pages that asked for it by
//! `?orders=<number>,…`), `here <number>` (someone else opened or left it; `GET /live/here` says who), `reference_data` (people, campaigns,
//! settings). A slow client costs little: its pending topics are a set.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    convert::Infallible,
    hash::Hash,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Extension, Json,
    extract::{RawQuery, State as Get},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use db::{
    Db, Publisher, Scope,
    events::{ChangeEvent, Delivered, PreviousHolder},
    sessions::Current,
};
use domain::{Error, id::UserId};
use futures_util::{StreamExt, stream};
use rand::Rng;
use tokio::{
    sync::{
        Mutex as AsyncMutex,
        broadcast::{self, Receiver, error::RecvError, error::TryRecvError},
        watch,
    },
    time::{Instant, sleep, sleep_until},
};

use crate::{handlers::Access, state::State};

/// The maximum number of subscribers per server.
const LISTENERS: usize = 5_000;
/// The maximum number of subscribers per user and server.
const OF_ONE: usize = 500;
/// The maximum number of orders per subscriber.
const ORDERS: usize = 16;
/// The additional spread of an event per subscriber, so that they do not all read again at once.
const SPREAD: Duration = Duration::from_micros(1_200);
/// The maximum spread of an event.
const SPREAD_MOST: Duration = Duration::from_millis(1_400);
/// How often a subscriber's session is checked without a notification.
const CHECK: Duration = Duration::from_secs(30);
/// How often a server announces the orders that are open on it.
const SAID_AGAIN: Duration = Duration::from_secs(30);
/// The keep-alive interval of a silent stream.
const ALIVE: Duration = Duration::from_secs(20);

/// The subscribers of this server.
#[derive(Clone, Debug, Default)]
pub struct Live(Arc<Subscribers>);

#[derive(Debug)]
struct Subscribers {
    count: AtomicUsize,
    people: Mutex<HashMap<UserId, usize>>,
    /// The subscribed sessions, with their numbers of streams.
    sessions: Mutex<HashMap<Current, usize>>,
    /// The valid sessions at the last check.
    standing: AsyncMutex<Option<SessionSnapshot>>,
    /// Who has which order open: the number of streams here, and the latest announcement of other servers.
    open: Mutex<HashMap<i64, HashMap<UserId, ViewerStreams>>>,
    /// A channel of orders for which this changed.
    moved: broadcast::Sender<i64>,
}

impl Default for Subscribers {
    fn default() -> Self {
        Self {
            count: AtomicUsize::default(),
            people: Mutex::default(),
            sessions: Mutex::default(),
            standing: AsyncMutex::default(),
            open: Mutex::default(),
            moved: broadcast::channel(256).0,
        }
    }
}

/// Valid sessions with the scopes of their users.
#[derive(Debug)]
struct SessionSnapshot {
    /// When they were read.
    at: Instant,
    asked: HashSet<Current>,
    /// `None`: the database did not answer.
    found: Option<HashMap<Current, Scope>>,
}

#[derive(Debug, Default)]
struct ViewerStreams {
    here: usize,
    elsewhere: HashMap<String, Instant>,
}

impl ViewerStreams {
    fn is_gone(&self) -> bool {
        self.here == 0 && self.elsewhere.is_empty()
    }
}

impl Live {
    /// Adds a subscriber; `None` when the server or the user has too many.
    fn enter(&self, who: UserId, current: Current, events: Publisher) -> Option<Subscription> {
        let mut people = self.0.people.lock().unwrap_or_else(PoisonError::into_inner);
        let own = people.entry(who).or_default();
        if *own >= OF_ONE || self.0.count.load(Ordering::Relaxed) >= LISTENERS {
            return None;
        }
        *own += 1;
        self.0.count.fetch_add(1, Ordering::Relaxed);
        *self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner).entry(current.clone()).or_default() += 1;
        Some(Subscription { live: self.clone(), who, current, orders: Vec::new(), events })
    }

    /// The scope of a session's user, read after `since`; `None` when the session has ended. The first caller
    /// reads all subscribed sessions in one statement, and the others use its result.
    async fn standing(&self, db: &Db, current: &Current, since: Instant) -> domain::Result<Option<Scope>> {
        let mut latest = self.0.standing.lock().await;
        if let Some(latest) = latest.as_ref().filter(|it| it.at >= since && it.asked.contains(current)) {
            // Callers that waited during an outage do not all ask again.
            return latest.found.as_ref().map(|found| found.get(current).cloned()).ok_or(Error::Unavailable);
        }
        let at = Instant::now();
        let mut asked: Vec<Current> = self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect();
        if !asked.contains(current) {
            asked.push(current.clone());
        }
        let found = db::sessions::read_valid_sessions(db, &asked).await;
        let scope = found.as_ref().map(|found| found.get(current).cloned()).map_err(Error::clone);
        *latest = Some(SessionSnapshot { at, asked: asked.into_iter().collect(), found: found.ok() });
        scope
    }

    /// Updates who has an order open, and publishes a difference.
    fn open(&self, order: i64, who: UserId, change: impl FnOnce(&mut ViewerStreams)) {
        let mut open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        let people = open.entry(order).or_default();
        let before = people.contains_key(&who);
        let present = people.entry(who).or_default();
        change(present);
        if present.is_gone() {
            people.remove(&who);
        }
        let after = people.contains_key(&who);
        if people.is_empty() {
            open.remove(&order);
        }
        if before != after {
            let _ = self.0.moved.send(order);
        }
    }

    /// Who has an order open.
    fn at(&self, order: i64) -> Vec<UserId> {
        let open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(&order).map(|people| people.keys().copied().collect()).unwrap_or_default()
    }

    /// Handles an announcement of another server: `here` or `gone`, an order, a user.
    fn hear(&self, server: String, message: &str) {
        let mut parts = message.split(' ');
        let (what, order, who) = (parts.next(), parts.next().and_then(|it| it.parse().ok()), parts.next().and_then(|it| it.parse().ok()));
        let (Some(what), Some(order), Some(who)) = (what, order, who) else { return };
        self.open(order, UserId(who), |present| {
            match what {
                "here" => present.elsewhere.insert(server, Instant::now()),
                _ => present.elsewhere.remove(&server),
            };
        });
    }

    /// The open orders of this server; drops outdated announcements of others.
    fn again(&self) -> Vec<String> {
        let mut old = Vec::new();
        let mut own = Vec::new();
        for (order, people) in self.0.open.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            for (who, present) in people {
                if present.here > 0 {
                    own.push(format!("here {order} {who}"));
                }
                let stale = present.elsewhere.iter().filter(|(_, at)| at.elapsed() > SAID_AGAIN * 5 / 2);
                old.extend(stale.map(|(server, _)| (*order, *who, server.clone())));
            }
        }
        for (order, who, server) in old {
            self.open(order, who, |present| {
                present.elsewhere.remove(&server);
            });
        }
        own
    }

    /// The spread of an event for the current number of subscribers.
    fn spread(&self) -> Duration {
        let count = u32::try_from(self.0.count.load(Ordering::Relaxed)).unwrap_or(u32::MAX);
        SPREAD.saturating_mul(count).min(SPREAD_MOST)
    }
}

/// Exchanges with other servers who has which order open, as long as the server runs.
pub async fn follow(live: Live, events: Publisher) {
    let mut heard = events.subscribe();
    let mut again = tokio::time::interval(SAID_AGAIN);
    loop {
        tokio::select! {
            event = heard.recv() => match event {
                Ok(ChangeEvent::Presence { server, message }) => message.split(',').for_each(|message| live.hear(server.clone(), message)),
                Err(RecvError::Closed) => return,
                _ => {}
            },
            _ = again.tick() => live.again().chunks(200).for_each(|messages| events.send_presence(messages.join(","))),
        }
    }
}

/// A subscription, removed when it is dropped.
struct Subscription {
    live: Live,
    who: UserId,
    current: Current,
    /// The orders that it has open.
    orders: Vec<i64>,
    events: Publisher,
}

impl Subscription {
    fn sit(&mut self, orders: Vec<i64>) {
        for order in &orders {
            self.live.open(*order, self.who, |present| present.here += 1);
            self.events.send_presence(format!("here {order} {}", self.who));
        }
        self.orders = orders;
    }

    /// Closes an order that it had open.
    fn close(&self, order: i64) {
        let mut left = 0;
        self.live.open(order, self.who, |present| {
            present.here = present.here.saturating_sub(1);
            left = present.here;
        });
        if left == 0 {
            self.events.send_presence(format!("gone {order} {}", self.who));
        }
    }

    /// Closes all orders that are not among these.
    fn keep(&mut self, orders: &[(i64, String)]) {
        let (kept, gone): (Vec<i64>, Vec<i64>) = self.orders.iter().partition(|order| orders.iter().any(|(id, _)| id == *order));
        self.orders = kept;
        gone.into_iter().for_each(|order| self.close(order));
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        for order in &self.orders {
            self.close(*order);
        }
        one_less(&self.live.0.people, &self.who);
        one_less(&self.live.0.sessions, &self.current);
        self.live.0.count.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Removes a stream; sessions without streams are dropped.
fn one_less<K: Eq + Hash>(lines: &Mutex<HashMap<K, usize>>, of: &K) {
    let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(count) = lines.get_mut(of) {
        *count -= 1;
        if *count == 0 {
            lines.remove(of);
        }
    }
}

/// A subscriber.
struct Listener {
    db: Db,
    scope: Scope,
    orders: Vec<(i64, String)>,
    heard: Receiver<ChangeEvent>,
    /// The position up to which it has received all events.
    so_far: Delivered,
    /// The orders for which the list of viewers changed.
    moved: Receiver<i64>,
    leaving: watch::Receiver<bool>,
    ready: VecDeque<String>,
    checked: Instant,
    seat: Subscription,
}

/// Topics that are not sent yet.
#[derive(Default)]
struct Pending {
    orders: Vec<i64>,
    lost: Vec<PreviousHolder>,
    many: bool,
    reference_data: bool,
    rights: Option<Rights>,
    /// Whether there were too many to keep.
    missed: bool,
}

/// A pending check of the session and its permissions.
#[derive(Clone, Copy, Debug)]
enum Rights {
    /// Of this user only.
    Own,
    /// Of any user, at some time before this.
    Anybody(Instant),
}

impl Pending {
    fn add(&mut self, event: ChangeEvent, user: UserId) {
        match event {
            ChangeEvent::Orders(ids) => self.orders.extend_from_slice(&ids),
            ChangeEvent::Reassigned(holders) => self.lost.extend_from_slice(&holders),
            ChangeEvent::Many => self.many = true,
            ChangeEvent::ReferenceData => (self.reference_data, self.rights) = (true, Some(Rights::Anybody(Instant::now()))),
            ChangeEvent::Sessions => self.rights = Some(Rights::Anybody(Instant::now())),
            ChangeEvent::SignedOut(who) if who == user => {
                let anybody = matches!(self.rights, Some(Rights::Anybody(_)));
                self.rights = Some(if anybody { Rights::Anybody(Instant::now()) } else { Rights::Own });
            }
            ChangeEvent::SignedOut(_) | ChangeEvent::Presence { .. } => {}
        }
    }
}

impl Listener {
    /// Waits for the next topic; `None` when the stream ends.
    async fn next(&mut self) -> Option<String> {
        loop {
            if let Some(topic) = self.ready.pop_front() {
                return Some(topic);
            }
            let user = self.scope.user.id;
            let mut pending = Pending::default();
            tokio::select! {
                moved = self.moved.recv() => {
                    let all = matches!(moved, Err(RecvError::Lagged(_)));
                    let named = self.orders.iter().filter(|(id, _)| all || moved == Ok(*id));
                    self.ready.extend(named.map(|(_, number)| format!("here {number}")));
                    continue;
                }
                _ = self.leaving.wait_for(|leaving| *leaving) => return None,
                // Without a notification, a recent result of another subscriber is used.
                () = sleep_until(self.checked + CHECK) => pending.rights = Some(Rights::Anybody(self.checked + CHECK / 2)),
                event = self.heard.recv() => match event {
                    Ok(ChangeEvent::Presence { .. }) => continue,
                    Ok(ChangeEvent::SignedOut(who)) if who != user => continue,
                    Ok(event) => pending.add(event, user),
                    Err(RecvError::Lagged(_)) => pending.missed = true,
                    Err(RecvError::Closed) => return None,
                },
            }
            let wait = rand::rng().random_range(Duration::ZERO..=self.seat.live.spread());
            tokio::select! {
                _ = self.leaving.wait_for(|leaving| *leaving) => return None,
                () = sleep(wait) => {}
            }
            // Set before the pending topics are taken: all of them are covered.
            let delivered = self.db.events.delivered();
            loop {
                match self.heard.try_recv() {
                    Ok(event) => pending.add(event, user),
                    Err(TryRecvError::Lagged(_)) => pending.missed = true,
                    Err(TryRecvError::Empty | TryRecvError::Closed) => break,
                }
            }
            if pending.missed {
                Box::pin(db::change_feed::missed(&self.db, self.so_far)).await.into_iter().for_each(|event| pending.add(event, user));
            }
            self.so_far = delivered;
            // Rare work is boxed, so that waiting subscribers do not reserve memory for it.
            if let Some(rights) = pending.rights
                && !Box::pin(self.may_stay(rights)).await
            {
                return None;
            }
            let (rights, lost) = (pending.rights.is_some(), self.scope.lost_access_to(&pending.lost));
            Box::pin(self.tell(pending, lost)).await;
            // Announced for the last time.
            if (rights || lost) && !self.orders.is_empty() {
                Box::pin(self.drop_invisible_orders()).await;
            }
        }
    }

    /// Whether the session is still valid; reads the scope again. During an outage nobody stays subscribed: the
    /// browser reconnects by itself.
    async fn may_stay(&mut self, rights: Rights) -> bool {
        self.checked = Instant::now();
        let current = &self.seat.current;
        let standing = match rights {
            Rights::Own => {
                db::sessions::read_valid_sessions(&self.db, std::slice::from_ref(current)).await.map(|mut it| it.remove(current))
            }
            Rights::Anybody(since) => self.seat.live.standing(&self.db, current, since).await,
        };
        match standing {
            Ok(Some(scope)) => {
                self.scope = scope;
                true
            }
            _ => false,
        }
    }

    /// Closes orders that are no longer visible.
    async fn drop_invisible_orders(&mut self) {
        for (id, number) in std::mem::take(&mut self.orders) {
            if !matches!(db::orders::id_of(&self.db, &self.scope, &number).await, Err(Error::NotFound)) {
                self.orders.push((id, number));
            }
        }
        self.seat.keep(&self.orders);
    }

    /// `lost`: the user lost access to something.
    async fn tell(&mut self, pending: Pending, lost: bool) {
        if pending.reference_data {
            self.ready.push_back("reference_data".into());
        }
        let named = self.orders.iter().filter(|(id, _)| pending.many || pending.orders.contains(id));
        self.ready.extend(named.map(|(_, number)| format!("order {number}")));
        let seen = pending.many || lost || db::orders::any_visible(&self.db, &self.scope, &pending.orders).await.unwrap_or(true);
        if seen {
            self.ready.push_back("orders".into());
        }
    }
}

/// Responds with a stream of topics.
pub async fn live(
    Get(state): Get<State>,
    Access(scope): Access,
    Extension(current): Extension<Current>,
    RawQuery(query): RawQuery,
) -> Response {
    let leaving = state.leaving.subscribe();
    let Some(mut seat) = state.live.enter(scope.user.id, current, state.db.events.clone()).filter(|_| !*leaving.borrow()) else {
        return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "30")], "Too many live connections are open").into_response();
    };
    // No event is missed from here on.
    let so_far = state.db.events.delivered();
    let heard = state.db.events.subscribe();
    let mut orders = Vec::new();
    for number in parse_order_numbers(query.as_deref().unwrap_or_default()) {
        if let Ok(id) = db::orders::id_of(&state.db, &scope, &number).await {
            orders.push((id, number));
        }
    }
    let moved = state.live.0.moved.subscribe();
    seat.sit(orders.iter().map(|(id, _)| *id).collect());
    let ready = VecDeque::from(["hello".to_owned()]);
    let listener = Listener { db: state.db, scope, orders, heard, so_far, moved, leaving, ready, checked: Instant::now(), seat };
    let topics = stream::unfold(listener, |mut it| async move {
        let topic = it.next().await?;
        Some((Ok::<_, Infallible>(Event::default().data(topic)), it))
    })
    .fuse();
    let mut response = Sse::new(topics).keep_alive(KeepAlive::new().interval(ALIVE)).into_response();
    // nginx buffers responses unless told otherwise.
    response.headers_mut().insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

/// `GET /live/here?orders=<number>`: the names of other users who have an order open, as JSON.
pub async fn other_viewers(Get(state): Get<State>, Access(scope): Access, RawQuery(query): RawQuery) -> Response {
    let number = parse_order_numbers(query.as_deref().unwrap_or_default()).into_iter().next().unwrap_or_default();
    let Ok(order) = db::orders::id_of(&state.db, &scope, &number).await else { return StatusCode::NOT_FOUND.into_response() };
    let others: Vec<UserId> = state.live.at(order).into_iter().filter(|who| *who != scope.user.id).collect();
    match db::users::names(&state.db, &others).await {
        Ok(names) => Json(names).into_response(),
        Err(error) => app::context::status(&error).into_response(),
    }
}

/// Parses the numbers in `orders=`.
fn parse_order_numbers(query: &str) -> Vec<String> {
    let pairs = domain::page::query_pairs(query);
    let numbers = app::forms::value(&pairs, "orders").split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned);
    numbers.take(ORDERS).collect()
}
