//! Checks whether the database stores writes, by committing one and reading it back over another connection.
//!
//! A successful read proves nothing: it also works after a lost commit, on a full disk and on a read-only replica.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{Error, Result};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::OnConflict};
use tokio::{
    sync::watch,
    time::{Instant, timeout},
};
use uuid::Uuid;

use crate::{Db, clock::DAY, entity::health_check, error::unexpected};

/// How long a probe waits for the running check.
const WAIT: Duration = Duration::from_secs(1);
/// How long a result is reused, so that probes cannot cause many writes.
const FRESH: Duration = Duration::from_secs(1);
/// How long a check may wait for other writers before it counts as failed.
const SLOW: Duration = Duration::from_secs(30);

/// The result of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// A write was committed and read back.
    Writable,
    /// Reads work, writes are refused.
    ReadOnly,
    /// Reads work, but a write was not stored; the sentence says why.
    NotWritable(String),
    /// The database does not answer.
    Unavailable,
}

impl Status {
    /// Whether reads work.
    pub fn can_read(&self) -> bool {
        *self != Self::Unavailable
    }
}

/// The state of the checks, shared by all users of one database.
#[derive(Clone, Debug)]
pub(crate) struct Health {
    latest: watch::Sender<Option<(Instant, Status)>>,
    /// When the running check started.
    running: Arc<Mutex<Option<Instant>>>,
    /// The id of this process's row.
    server: Uuid,
}

impl Default for Health {
    fn default() -> Self {
        Self { latest: watch::Sender::new(None), running: Arc::default(), server: Uuid::new_v4() }
    }
}

impl Db {
    /// Whether writes are refused, by the latest check. Does not access the database.
    pub fn is_read_only(&self) -> bool {
        matches!(&*self.health.latest.borrow(), Some((_, Status::ReadOnly)))
    }

    /// Whether the database is writable now, for optional work at start.
    pub(crate) async fn is_writable(&self) -> bool {
        !matches!(write_and_read_back(self).await, Err(Error::ReadOnly))
    }

    /// Checks within a second that a write commits. Callers during a check, or just after one, share its result; a
    /// check that has to wait for a long write of another process keeps the previous result.
    pub async fn check_health(&self) -> Status {
        let mut latest = self.health.latest.subscribe();
        if let Some((at, status)) = &*latest.borrow_and_update()
            && at.elapsed() < FRESH
        {
            return status.clone();
        }
        self.start_check();
        let _ = timeout(WAIT, latest.changed()).await;
        match &*latest.borrow() {
            Some((at, status)) if at.elapsed() < SLOW => status.clone(),
            _ => Status::Unavailable,
        }
    }

    /// Starts a check in its own task, unless one is running.
    fn start_check(&self) {
        let mut running = self.health.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.is_some_and(|began| began.elapsed() < SLOW) {
            return;
        }
        *running = Some(Instant::now());
        let db = self.clone();
        tokio::spawn(async move {
            let status = check(&db).await;
            let before = db.health.latest.send_replace(Some((Instant::now(), status.clone())));
            if before.as_ref().map(|(_, it)| it) != Some(&status) {
                match &status {
                    Status::Writable => tracing::info!("the database accepts writes"),
                    Status::ReadOnly => tracing::warn!("the database is read-only: pages can be read, nothing can be saved"),
                    Status::NotWritable(why) => tracing::error!(why, "the database doesn't store writes"),
                    Status::Unavailable => tracing::error!("the database is not responding"),
                }
            }
            *db.health.running.lock().unwrap_or_else(PoisonError::into_inner) = None;
        });
    }
}

async fn check(db: &Db) -> Status {
    match write_and_read_back(db).await {
        Ok(true) => Status::Writable,
        Ok(false) => Status::NotWritable("A committed write could not be read back".into()),
        Err(Error::ReadOnly) => Status::ReadOnly,
        Err(error) => match health_check::Entity::find_by_id(db.health.server).one(&db.read).await {
            Ok(_) => Status::NotWritable(error.sentence()),
            Err(_) => Status::Unavailable,
        },
    }
}

/// Commits a value of this process and reads it back over another connection.
async fn write_and_read_back(db: &Db) -> Result<bool> {
    let (server, token) = (db.health.server, Uuid::new_v4());
    let row = health_check::ActiveModel { server: Set(server), token: Set(token), at: Set(db.now()) };
    let txn = db.begin().await?;
    health_check::Entity::insert(row)
        .on_conflict(
            OnConflict::column(health_check::Column::Server)
                .update_columns([health_check::Column::Token, health_check::Column::At])
                .to_owned(),
        )
        .exec_without_returning(&txn)
        .await
        .map_err(unexpected)?;
    txn.commit().await.map_err(unexpected)?;
    let stored = health_check::Entity::find_by_id(server).one(&db.read).await.map_err(unexpected)?;
    Ok(stored.is_some_and(|row| row.token == token))
}

/// Checks regularly until the process ends, so that pages know when nothing can be saved.
pub async fn watch(db: Db) {
    loop {
        let status = db.check_health().await;
        let pause = if status == Status::Writable { Duration::from_secs(10) } else { Duration::from_secs(2) };
        tokio::time::sleep(pause).await;
    }
}

/// Deletes the rows of processes that are gone; called periodically.
pub async fn sweep(db: &Db) -> Result<()> {
    let old = health_check::Entity::delete_many().filter(health_check::Column::At.lt(db.now() - DAY));
    old.exec(&db.write).await.map_err(unexpected)?;
    Ok(())
}
