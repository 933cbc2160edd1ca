//! The change feed: delivers changes to all servers of one database. A commit is published on its own server immediately, and to the others by
//! `NOTIFY`; the change log says which orders changed, and each server reads it from its last position. After an outage it reads the log too, so
//! that nothing is missed. On SQLite the other writers are commands beside the single server; `data_version` shows their writes.

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
    time::Duration,
};

use domain::Result;
use sea_orm::{ConnectionTrait, DbBackend, Statement, sqlx::postgres::PgListener};
use tokio::{
    sync::{broadcast::error::RecvError, mpsc},
    time::{Instant, sleep, sleep_until},
};
use uuid::Uuid;

use crate::{
    Db,
    audit::Subject,
    dialect,
    error::unexpected,
    events::{ChangeEvent, Delivered, Outgoing, Topic},
};

/// Events within this time are delivered as one.
const TOGETHER: Duration = Duration::from_millis(50);
/// How often the log is read without a notification.
const POLL_INTERVAL: Duration = Duration::from_secs(5);
/// How often a SQLite file is checked for writes of other processes.
const SQLITE_POLL_INTERVAL: Duration = Duration::from_millis(500);
/// The delay before listening again.
const AGAIN: Duration = Duration::from_secs(2);
/// The maximum number of order ids in one event.
const NAMED: usize = 2_000;
/// The maximum number of user ids in one notification: PostgreSQL accepts 8,000 bytes.
const NAMED_PEOPLE: usize = 100;
/// The notification channel of PostgreSQL.
const CHANNEL: &str = "curlew";

/// A notification from another server.
#[derive(Debug)]
enum Message {
    Topics(Vec<Topic>),
    Presence { server: String, message: String },
}

/// The position of a server in the change log.
#[derive(Debug)]
pub struct Position {
    mark: i64,
    /// Entries after the position that were already read: on PostgreSQL the position waits for the oldest transaction.
    read: HashSet<i64>,
}

impl Position {
    /// The current end of the log.
    pub async fn now(db: &Db) -> Result<Self> {
        let mark = dialect::change_mark(&db.read).await?;
        let found = dialect::changed_since(&db.read, mark, NAMED).await?;
        Ok(Self { mark, read: found.into_iter().map(|it| it.entry).collect() })
    }

    /// The changes since the position.
    pub async fn read_changes(&mut self, db: &Db) -> Result<Vec<ChangeEvent>> {
        // The end is determined before reading: what commits in between is read twice, never missed.
        let mark = dialect::change_mark(&db.read).await?;
        let most = NAMED + self.read.len() + 1;
        let found = dialect::changed_since(&db.read, self.mark, most).await?;
        let fresh: Vec<Subject> = found.iter().filter(|it| !self.read.contains(&it.entry)).map(|it| it.subject).collect();
        let more = found.len() == most || fresh.iter().any(|it| matches!(it, Subject::Import(_)));
        let orders = distinct(fresh.iter().filter_map(|it| if let Subject::Order(id) = it { Some(*id) } else { None }));
        let lost = distinct(fresh.iter().filter_map(|it| if let Subject::Reassigned(holder) = it { Some(*holder) } else { None }));
        self.read = found.into_iter().filter(|it| it.is_behind(mark)).map(|it| it.entry).collect();
        self.mark = mark;
        let mut events = Vec::new();
        match orders.len() {
            _ if more => return Ok(vec![ChangeEvent::Many]),
            0 => {}
            _ => events.push(ChangeEvent::Orders(orders)),
        }
        if !lost.is_empty() {
            events.push(ChangeEvent::Reassigned(lost));
        }
        Ok(events)
    }
}

/// The changes that a lagging subscriber missed, read from the change log, instead of telling it that anything may have changed.
pub async fn missed(db: &Db, so_far: Delivered) -> Vec<ChangeEvent> {
    let now = db.events.delivered();
    let position = so_far.mark.map(|mark| Position { mark, read: HashSet::new() });
    let mut events = match position {
        Some(mut position) => position.read_changes(db).await.unwrap_or_else(|_| vec![ChangeEvent::Many]),
        None => vec![ChangeEvent::Many],
    };
    events.extend((now.reference_data != so_far.reference_data).then_some(ChangeEvent::ReferenceData));
    events.extend((now.sessions != so_far.sessions).then_some(ChangeEvent::Sessions));
    events
}

/// Removes duplicates; the result is sorted.
fn distinct<T: Ord>(all: impl Iterator<Item = T>) -> Arc<[T]> {
    all.collect::<BTreeSet<T>>().into_iter().collect()
}

/// Delivers the changes committed by this server, other servers and commands, until the process ends. `listen` is the URL
/// for LISTEN, where it differs from the database's URL because of a pooler.
pub async fn follow(db: Db, listen: String) {
    let server_id = Uuid::new_v4().simple().to_string();
    let mut outgoing = db.events.outgoing();
    let (others, mut from_others) = mpsc::channel::<Message>(64);
    let elsewhere = match db.file {
        Some(_) => tokio::spawn(watch(db.clone(), others)),
        None => tokio::spawn(listen_at(listen, server_id.clone(), others)),
    };
    let mut position = None;
    let (mut delivered, mut to_tell) = (HashSet::<Topic>::new(), HashSet::<Topic>::new());
    let mut messages = Vec::<String>::new();
    let mut due = Instant::now();
    loop {
        let soon = due.min(Instant::now() + TOGETHER);
        tokio::select! {
            topic = outgoing.recv() => {
                match topic {
                    Ok(Outgoing::Presence(message)) => messages.push(message),
                    Ok(Outgoing::Topic(topic)) => { to_tell.insert(topic); delivered.insert(topic); }
                    Err(RecvError::Lagged(_)) => { to_tell.extend(Topic::ALL); delivered.extend(Topic::ALL); }
                    Err(RecvError::Closed) => break,
                }
                due = soon;
                continue;
            }
            Some(heard) = from_others.recv() => {
                match heard {
                    Message::Topics(topics) => delivered.extend(topics),
                    // Delivered unchanged.
                    Message::Presence { server, message } => {
                        db.events.dispatch(ChangeEvent::Presence { server, message });
                        continue;
                    }
                }
                due = soon;
                continue;
            }
            () = sleep_until(due) => {}
        }
        due = Instant::now() + POLL_INTERVAL;
        if !to_tell.is_empty()
            && db.file.is_none()
            && let Err(cause) = notify(&db, &server_id, &to_tell).await
        {
            tracing::warn!(%cause, "could not notify other servers; they will read the change log themselves");
        }
        to_tell.clear();
        // As many per payload as PostgreSQL accepts.
        let outgoing: Vec<&str> = messages.iter().flat_map(|message| message.split(',')).collect();
        for together in outgoing.chunks(200).filter(|_| db.file.is_none()) {
            if let Err(cause) = say_to_others(&db, format!("{server_id} !{}", together.join(","))).await {
                tracing::debug!(%cause, "could not tell other servers who is on which page");
            }
        }
        messages.clear();
        if delivered.remove(&Topic::ReferenceData) {
            db.forget_reference_data();
            db.events.dispatch(ChangeEvent::ReferenceData);
        }
        if delivered.remove(&Topic::Sessions) {
            db.events.dispatch(ChangeEvent::Sessions);
        }
        for topic in delivered.drain() {
            if let Topic::SignedOut(user) = topic {
                db.events.dispatch(ChangeEvent::SignedOut(user));
            }
        }
        let events = match &mut position {
            Some(position) => Position::read_changes(position, &db).await,
            // The first reading, or the first after an outage: subscribers may have missed anything before it.
            None => Position::now(&db).await.map(|now| {
                position = Some(now);
                vec![ChangeEvent::Many]
            }),
        };
        match events {
            Ok(events) => events.into_iter().for_each(|it| db.events.dispatch(it)),
            Err(cause) => {
                tracing::debug!(%cause, "could not read the change log");
                position = None;
            }
        }
        db.events.set_delivered_mark(position.as_ref().map(|position| position.mark));
    }
    elsewhere.abort();
}

async fn notify(db: &Db, server_id: &str, topics: &HashSet<Topic>) -> Result<()> {
    let (people, others): (Vec<Topic>, Vec<Topic>) = topics.iter().partition(|it| matches!(it, Topic::SignedOut(_)));
    let many = people.len() > NAMED_PEOPLE || others.contains(&Topic::Sessions);
    let named: Vec<String> =
        others.iter().filter(|it| **it != Topic::Sessions).chain(people.iter().filter(|_| !many)).map(|it| it.code()).collect();
    // Servers of the previous release don't know the notification with user ids: they get "anyone may be signed out", which this release ignores
    // when ids are given as well.
    let sessions = (many || !people.is_empty()).then(|| Topic::Sessions.code());
    say_to_others(db, format!("{server_id} {}", named.into_iter().chain(sessions).collect::<Vec<_>>().join(" "))).await
}

async fn say_to_others(db: &Db, payload: String) -> Result<()> {
    let sql = "SELECT pg_notify($1, $2)";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [CHANNEL.into(), payload.into()]);
    db.write.query_one_raw(statement).await.map_err(unexpected)?;
    Ok(())
}

/// Delivers the notifications of other servers. After a gap anything may have changed.
async fn listen_at(url: String, server_id: String, tell: mpsc::Sender<Message>) {
    loop {
        match dialect::listener(&url).await {
            Ok(mut listener) => {
                let mut heard = listener.listen(CHANNEL).await;
                while heard.is_ok() {
                    // Notifications from before it listened.
                    if tell.send(Message::Topics(Topic::ALL.to_vec())).await.is_err() {
                        return;
                    }
                    heard = hear(&mut listener, &server_id, &tell).await;
                }
                if let Err(cause) = heard {
                    tracing::warn!(%cause, "could not listen to other servers");
                }
            }
            Err(cause) => tracing::warn!(%cause, "could not listen to other servers"),
        }
        sleep(AGAIN).await;
    }
}

/// Listens until the connection is lost and restored.
async fn hear(listener: &mut PgListener, server_id: &str, tell: &mpsc::Sender<Message>) -> std::result::Result<(), sea_orm::sqlx::Error> {
    while let Some(outgoing) = listener.try_recv().await? {
        let Some((server, messages)) = outgoing.payload().split_once(' ').filter(|(server, _)| *server != server_id) else { continue };
        let heard = match messages.strip_prefix('!') {
            Some(message) => Message::Presence { server: server.to_owned(), message: message.to_owned() },
            None => {
                let mut topics: Vec<Topic> = messages.split(' ').filter_map(Topic::find).collect();
                if topics.iter().any(|topic| matches!(topic, Topic::SignedOut(_))) {
                    topics.retain(|topic| *topic != Topic::Sessions);
                }
                Message::Topics(topics)
            }
        };
        if tell.send(heard).await.is_err() {
            break;
        }
    }
    Ok(())
}

/// Checks whether another process wrote to a SQLite file. The writing connection of this process does not count its own writes.
async fn watch(db: Db, tell: mpsc::Sender<Message>) {
    let mut before = None;
    loop {
        if let Ok(version) = dialect::data_version(&db.write).await {
            if before.is_some_and(|before| before != version) && tell.send(Message::Topics(Topic::ALL.to_vec())).await.is_err() {
                return;
            }
            before = Some(version);
        }
        sleep(SQLITE_POLL_INTERVAL).await;
    }
}
