//! After a commit, and only then: "orders changed", without data. The truth stays in the database.

use std::sync::{Arc, Mutex, PoisonError};

use domain::id::UserId;
use tokio::sync::broadcast;

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Some order, its history or its comments.
    Orders,
    /// People, campaigns, companies or settings.
    ReferenceData,
    /// This person was signed out somewhere.
    SignedOut(UserId),
    /// Anybody may have been signed out, or may do something else than before.
    Sessions,
}

impl Topic {
    /// That anything may have changed.
    pub const ALL: [Self; 3] = [Self::Orders, Self::ReferenceData, Self::Sessions];

    /// What it is called between servers.
    pub(crate) fn code(self) -> String {
        match self {
            Self::Orders => "orders".into(),
            Self::ReferenceData => "reference_data".into(),
            Self::SignedOut(user) => format!("{SIGNED_OUT}{user}"),
            Self::Sessions => "sessions".into(),
        }
    }

    /// From what it is called; what another release says besides is nothing here.
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

/// What this server heard, from its own commits and from others ([`crate::change_feed`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeEvent {
    /// These orders changed.
    Orders(Arc<[i64]>),
    /// An order went from these.
    Reassigned(Arc<[PreviousHolder]>),
    /// More orders changed than are named.
    Many,
    ReferenceData,
    /// This person was signed out somewhere.
    SignedOut(UserId),
    /// Anybody may have been.
    Sessions,
    /// Another server says who has what open.
    Presence {
        server: String,
        message: String,
    },
}

/// Whose an order was that was given to somebody else, or went to another team: out of whose sight it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PreviousHolder {
    Owner(i64),
    Team(i64),
}

/// What is said on this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outgoing {
    Topic(Topic),
    Presence(String),
}

/// Tells this server's listeners.
#[derive(Clone, Debug)]
pub struct Publisher {
    outgoing: broadcast::Sender<Outgoing>,
    heard: broadcast::Sender<ChangeEvent>,
    delivered: Arc<Mutex<Delivered>>,
}

/// How far events were delivered: whoever missed some of them reads what changed since ([`crate::change_feed::missed`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Of the change log; `None` before it was read for the first time, and after it could not be read.
    pub(crate) mark: Option<i64>,
    /// How often people, campaigns, companies or settings changed.
    pub(crate) reference_data: u64,
    /// How often somebody was signed out.
    pub(crate) sessions: u64,
}

impl Default for Publisher {
    fn default() -> Self {
        Self { outgoing: broadcast::channel(256).0, heard: broadcast::channel(256).0, delivered: Arc::default() }
    }
}

impl Publisher {
    /// Says what was committed here; nobody listening is fine.
    pub fn publish(&self, topic: Topic) {
        let _ = self.outgoing.send(Outgoing::Topic(topic));
    }

    /// Says a word to the other servers; on SQLite there are none.
    pub fn send_presence(&self, message: String) {
        let _ = self.outgoing.send(Outgoing::Presence(message));
    }

    /// What is said here, from now on.
    pub(crate) fn outgoing(&self) -> broadcast::Receiver<Outgoing> {
        self.outgoing.subscribe()
    }

    /// Passes on what was heard.
    pub(crate) fn dispatch(&self, event: ChangeEvent) {
        let (reference_data, sessions) = match event {
            ChangeEvent::ReferenceData => (1, 0),
            ChangeEvent::SignedOut(_) | ChangeEvent::Sessions => (0, 1),
            _ => (0, 0),
        };
        let _ = self.heard.send(event);
        // After it: whoever sees this number has the event already.
        let mut delivered = self.delivered.lock().unwrap_or_else(PoisonError::into_inner);
        delivered.reference_data += reference_data;
        delivered.sessions += sessions;
    }

    /// Records how far the change log has been delivered.
    pub(crate) fn set_delivered_mark(&self, mark: Option<i64>) {
        self.delivered.lock().unwrap_or_else(PoisonError::into_inner).mark = mark;
    }

    /// How far events have been delivered.
    pub fn delivered(&self) -> Delivered {
        *self.delivered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What changed anywhere, from now on, as long as somebody follows the change feed ([`crate::change_feed::follow`]).
    pub fn subscribe(&self) -> broadcast::Receiver<ChangeEvent> {
        self.heard.subscribe()
    }
}
