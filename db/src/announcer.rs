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
    House,
    /// This person was signed out somewhere.
    SignedOut(UserId),
    /// Anybody may have been signed out, or may do something else than before.
    Sessions,
}

impl Topic {
    /// That anything may have changed.
    pub const ALL: [Self; 3] = [Self::Orders, Self::House, Self::Sessions];

    /// What it is called between servers.
    pub(crate) fn code(self) -> String {
        match self {
            Self::Orders => "orders".into(),
            Self::House => "house".into(),
            Self::SignedOut(user) => format!("{SIGNED_OUT}{user}"),
            Self::Sessions => "sessions".into(),
        }
    }

    /// From what it is called; what another release says besides is nothing here.
    pub(crate) fn find(code: &str) -> Option<Self> {
        match code {
            "orders" => Some(Self::Orders),
            "house" => Some(Self::House),
            "sessions" => Some(Self::Sessions),
            other => other.strip_prefix(SIGNED_OUT)?.parse().ok().map(UserId).map(Self::SignedOut),
        }
    }
}

const SIGNED_OUT: &str = "signed-out:";

/// What this server heard, from its own commits and from others ([`crate::news`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// These orders changed.
    Orders(Arc<[i64]>),
    /// An order went from these.
    Lost(Arc<[Lost]>),
    /// More orders changed than are named.
    Many,
    House,
    /// This person was signed out somewhere.
    SignedOut(UserId),
    /// Anybody may have been.
    Sessions,
    /// Another server says who has what open.
    Word {
        server: String,
        word: String,
    },
}

/// Whose an order was that was given to somebody else, or went to another team: out of whose sight it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lost {
    Owner(i64),
    Team(i64),
}

/// What is said on this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Topic(Topic),
    Word(String),
}

/// Tells this server's listeners.
#[derive(Clone, Debug)]
pub struct Announcer {
    said: broadcast::Sender<Said>,
    heard: broadcast::Sender<News>,
    told: Arc<Mutex<Told>>,
}

/// How far the news were told: who missed some of them reads what changed since ([`crate::news::missed`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Of the change log; `None` before it was read for the first time, and after it could not be read.
    pub(crate) mark: Option<i64>,
    /// How often people, campaigns, companies or settings changed.
    pub(crate) house: u64,
    /// How often somebody was signed out.
    pub(crate) sessions: u64,
}

impl Default for Announcer {
    fn default() -> Self {
        Self { said: broadcast::channel(256).0, heard: broadcast::channel(256).0, told: Arc::default() }
    }
}

impl Announcer {
    /// Says what was committed here; nobody listening is fine.
    pub fn say(&self, topic: Topic) {
        let _ = self.said.send(Said::Topic(topic));
    }

    /// Says a word to the other servers; on SQLite there are none.
    pub fn shout(&self, word: String) {
        let _ = self.said.send(Said::Word(word));
    }

    /// What is said here, from now on.
    pub(crate) fn said(&self) -> broadcast::Receiver<Said> {
        self.said.subscribe()
    }

    /// Passes on what was heard.
    pub(crate) fn tell(&self, news: News) {
        let (house, sessions) = match news {
            News::House => (1, 0),
            News::SignedOut(_) | News::Sessions => (0, 1),
            _ => (0, 0),
        };
        let _ = self.heard.send(news);
        // After it: whoever sees this number has the news before them.
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.house += house;
        told.sessions += sessions;
    }

    /// Says how far the change log was told, after it was.
    pub(crate) fn told_to(&self, mark: Option<i64>) {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).mark = mark;
    }

    /// How far the news were told by now.
    pub fn told(&self) -> Told {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What changed anywhere, from now on, as long as somebody follows the news ([`crate::news::follow`]).
    pub fn hear(&self) -> broadcast::Receiver<News> {
        self.heard.subscribe()
    }
}
