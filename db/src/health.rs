//! Whether the database takes writes: proven by committing one and reading it back over another connection.
//!
//! A connection that answers is not enough: a commit that never reached the file, a full disk and a read-only replica all answer reads.

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

/// How long a probe waits for the check that is under way.
const WAIT: Duration = Duration::from_secs(1);
/// How long a result answers further probes, so that nobody can make the database write by asking.
const FRESH: Duration = Duration::from_secs(1);
/// A check may wait this long behind other writers before it counts as failed.
const SLOW: Duration = Duration::from_secs(30);

/// What the latest check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// A write was committed and read back.
    Writable,
    /// Reads are answered, writes are refused.
    ReadOnly,
    /// Reads are answered, and a write was not stored: the sentence says why.
    NotWritable(String),
    /// Nothing answers.
    Unavailable,
}

impl Status {
    /// Whether pages can be read.
    pub fn can_read(&self) -> bool {
        *self != Self::Unavailable
    }
}

/// The latest check, shared by everything that uses one database.
#[derive(Clone, Debug)]
pub(crate) struct Health {
    latest: watch::Sender<Option<(Instant, Status)>>,
    /// When the check that is under way began.
    running: Arc<Mutex<Option<Instant>>>,
    /// The row of this process.
    server: Uuid,
}

impl Default for Health {
    fn default() -> Self {
        Self { latest: watch::Sender::new(None), running: Arc::default(), server: Uuid::new_v4() }
    }
}

impl Db {
    /// Whether writes are refused, as far as the latest check knows. Costs nothing.
    pub fn is_read_only(&self) -> bool {
        matches!(&*self.health.latest.borrow(), Some((_, Status::ReadOnly)))
    }

    /// Whether the database takes writes just now: for what a start does only where it can.
    pub(crate) async fn is_writable(&self) -> bool {
        !matches!(write_and_read_back(self).await, Err(Error::ReadOnly))
    }

    /// Checks that a write commits, within a second. Whoever asks while a check is under way, or just after one, shares its result; a
    /// check that waits behind a long write of somebody else leaves the result before it in force.
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

    /// Begins a check in a task of its own, unless one is under way.
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
                    Status::Writable => tracing::info!("the database takes writes"),
                    Status::ReadOnly => tracing::warn!("the database is read-only: pages can be read, nothing can be saved"),
                    Status::NotWritable(why) => tracing::error!(why, "the database does not store writes"),
                    Status::Unavailable => tracing::error!("the database does not answer"),
                }
            }
            *db.health.running.lock().unwrap_or_else(PoisonError::into_inner) = None;
        });
    }
}

async fn check(db: &Db) -> Status {
    match write_and_read_back(db).await {
        Ok(true) => Status::Writable,
        Ok(false) => Status::NotWritable("A committed write could not be read back.".into()),
        Err(Error::ReadOnly) => Status::ReadOnly,
        Err(error) => match health_check::Entity::find_by_id(db.health.server).one(&db.read).await {
            Ok(_) => Status::NotWritable(error.sentence()),
            Err(_) => Status::Unavailable,
        },
    }
}

/// Commits a value of this process and reads it over a connection that had no part in the commit.
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

/// Checks regularly, so that pages know when nothing can be saved, until the process ends.
pub async fn watch(db: Db) {
    loop {
        let status = db.check_health().await;
        let pause = if status == Status::Writable { Duration::from_secs(10) } else { Duration::from_secs(2) };
        tokio::time::sleep(pause).await;
    }
}

/// Forgets processes that are gone; called now and then.
pub async fn sweep(db: &Db) -> Result<()> {
    let old = health_check::Entity::delete_many().filter(health_check::Column::At.lt(db.now() - DAY));
    old.exec(&db.write).await.map_err(unexpected)?;
    Ok(())
}
