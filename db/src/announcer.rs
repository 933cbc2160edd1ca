//! After a commit, and only then: "orders changed", without data. The truth stays in the database.

use tokio::sync::broadcast;

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Some order, its history or its comments.
    Orders,
    /// People, campaigns, companies or settings.
    House,
}

/// Tells this server's listeners.
#[derive(Clone, Debug)]
pub struct Announcer(broadcast::Sender<Topic>);

impl Default for Announcer {
    fn default() -> Self {
        Self(broadcast::channel(64).0)
    }
}

impl Announcer {
    /// Says it to whoever listens; nobody listening is fine.
    pub fn say(&self, topic: Topic) {
        let _ = self.0.send(topic);
    }

    /// Hears what is said from now on.
    pub fn listen(&self) -> broadcast::Receiver<Topic> {
        self.0.subscribe()
    }
}
