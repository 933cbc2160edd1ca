//! The shared state of handlers.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use app::auth::PageTheme;
use app::shell::{Assets, Theme};
use axum::http::HeaderMap;
use db::{Db, password::Gate};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use crate::{config::Config, live::Live};

/// Shared by all requests of one server; nothing that another server would need.
#[derive(Clone, Debug)]
pub struct State {
    pub db: Db,
    pub gate: Gate,
    pub config: Arc<Config>,
    pub assets: Assets,
    /// The setup token, while there are no users.
    pub setup: Arc<Setup>,
    /// Whether the server is stopping.
    pub leaving: watch::Sender<bool>,
    /// The subscribers of live updates.
    pub live: Live,
    /// Tasks of requests that change data: they continue when the client is gone, and shutdown waits for them.
    pub tasks: TaskTracker,
}

/// The setup state: a token until there are users.
#[derive(Debug, Default)]
pub struct Setup {
    pub token: String,
    done: AtomicBool,
}

impl Setup {
    /// Makes the state with the token that is logged.
    pub fn new(token: String) -> Self {
        Self { token, done: AtomicBool::new(false) }
    }

    /// Whether the first admin still has to be created.
    pub async fn is_open(&self, db: &Db) -> domain::Result<bool> {
        if self.done.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let empty = db::users::is_empty(db).await?;
        self.done.store(!empty, Ordering::Relaxed);
        Ok(empty)
    }
}

impl State {
    /// The theme and assets of plain pages for this request.
    pub fn look(&self, headers: &HeaderMap) -> PageTheme {
        PageTheme { assets: self.assets.clone(), theme: Theme::of(&cookie(headers, "theme").unwrap_or_default()) }
    }
}

/// The value of a cookie.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(http::header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
}
