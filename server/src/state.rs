//! What every handler can reach.

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

/// Shared by all requests of one server; nothing in it that another server would miss.
#[derive(Clone, Debug)]
pub struct State {
    pub db: Db,
    pub gate: Gate,
    pub config: Arc<Config>,
    pub assets: Assets,
    /// The token of the first start, while nobody is there.
    pub setup: Arc<Setup>,
    /// Whether the server is on its way out.
    pub leaving: watch::Sender<bool>,
    /// Who listens to what changes.
    pub live: Live,
    /// Requests that change data: they go on when their caller is gone, and a stop waits for them.
    pub tasks: TaskTracker,
}

/// The first start: a token until somebody is there.
#[derive(Debug, Default)]
pub struct Setup {
    pub token: String,
    done: AtomicBool,
}

impl Setup {
    /// With the token that the log shows.
    pub fn new(token: String) -> Self {
        Self { token, done: AtomicBool::new(false) }
    }

    /// Whether the first admin is still to be made.
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
    /// How plain pages look for this reader.
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
