//! In-process events after a commit, such as "orders changed", without data: subscribers read the database.

use std::sync::{Arc, Mutex, PoisonError};

use domain::id::UserId;
use tokio::sync::broadcast;

/// A change event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// An order, its history or its comments changed.
    Orders,
    /// Users, campaigns, companies or settings changed.
    ReferenceData,
    /// A user was signed out somewhere.
    SignedOut(UserId),
    /// Any user may have been signed out or have other permissions now.
    Sessions,
}

impl Topic {
    /// Anything may have changed.
    pub const ALL: [Self; 3] = [Self::Orders, Self::ReferenceData, Self::Sessions];

    /// Its name in notifications between servers.
    pub(crate) fn code(self) -> String {
        match self {
            Self::Orders => "orders".into(),
            Self::ReferenceData => "reference_data".into(),
            Self::SignedOut(user) => format!("{SIGNED_OUT}{user}"),
            Self::Sessions => "sessions".into(),
        }
    }

    /// Parses a name; unknown names of other releases are ignored.
    pub(crate) fn find(code: &str) -> Option<Self> {
        match code {
            "orders" => Some(Self::Orders),
            "reference_data" | "house" => Some(Self::ReferenceData),
            "sessions" => Some(Self::Sessions),
            other => other.strip_prefix(SIGNED_OUT)?.parse().ok().map(UserId).map(Self::SignedOut),
        }
    }
}

const SIGNED_OUT: &str = "signed-out:";

/// An event as subscribers receive it, from this server's commits and from others ([`crate::change_feed`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeEvent {
    /// These orders changed.
    Orders(Arc<[i64]>),
    /// An order was taken from these owners and teams.
    Reassigned(Arc<[PreviousHolder]>),
    /// More orders changed than are listed.
    Many,
    ReferenceData,
    /// A user was signed out somewhere.
    SignedOut(UserId),
    /// Any user may have been signed out.
    Sessions,
    /// Another server announces who has which order open.
    Presence {
        server: String,
        message: String,
    },
}

/// The previous owner and team of an order that was reassigned: it may no longer be visible to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PreviousHolder {
    Owner(i64),
    Team(i64),
}

/// A message of this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outgoing {
    Topic(Topic),
    Presence(String),
}

/// Sends to the subscribers of this server.
#[derive(Clone, Debug)]
pub struct Publisher {
    outgoing: broadcast::Sender<Outgoing>,
    heard: broadcast::Sender<ChangeEvent>,
    delivered: Arc<Mutex<Delivered>>,
}

/// How far events were delivered: a subscriber that missed some reads what changed since ([`crate::change_feed::missed`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// The position in the change log; `None` before it was read, and after it could not be read.
    pub(crate) mark: Option<i64>,
    /// The number of changes of users, campaigns, companies or settings.
    pub(crate) reference_data: u64,
    /// The number of sign-outs.
    pub(crate) sessions: u64,
}

impl Default for Publisher {
    fn default() -> Self {
        Self { outgoing: broadcast::channel(256).0, heard: broadcast::channel(256).0, delivered: Arc::default() }
    }
}

impl Publisher {
    /// Publishes a committed change; it is fine if nobody subscribes.
    pub fn publish(&self, topic: Topic) {
        let _ = self.outgoing.send(Outgoing::Topic(topic));
    }

    /// Queues a notification to other servers; on SQLite there are none.
    pub fn send_presence(&self, message: String) {
        let _ = self.outgoing.send(Outgoing::Presence(message));
    }

    /// Subscribes to what this server publishes.
    pub(crate) fn outgoing(&self) -> broadcast::Receiver<Outgoing> {
        self.outgoing.subscribe()
    }

    /// Delivers an event to the subscribers.
    pub(crate) fn dispatch(&self, event: ChangeEvent) {
        let (reference_data, sessions) = match event {
            ChangeEvent::ReferenceData => (1, 0),
            ChangeEvent::SignedOut(_) | ChangeEvent::Sessions => (0, 1),
            _ => (0, 0),
        };
        let _ = self.heard.send(event);
        // Afterwards: a subscriber that sees this number already has the event.
        let mut delivered = self.delivered.lock().unwrap_or_else(PoisonError::into_inner);
        delivered.reference_data += reference_data;
        delivered.sessions += sessions;
    }

    /// Sets how far the change log has been delivered.
    pub(crate) fn set_delivered_mark(&self, mark: Option<i64>) {
        self.delivered.lock().unwrap_or_else(PoisonError::into_inner).mark = mark;
    }

    /// How far events have been delivered.
    pub fn delivered(&self) -> Delivered {
        *self.delivered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Subscribes to changes on all servers, as long as the change feed runs ([`crate::change_feed::follow`]).
    pub fn subscribe(&self) -> broadcast::Receiver<ChangeEvent> {
        self.heard.subscribe()
    }
}
