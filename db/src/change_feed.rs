//! What changed, on every server of one database. A commit is said on its own server at once, and to the others by `NOTIFY`; which
//! orders it was stands in the change log, which each server reads up to where it has read before. Who was away reads the log, so
//! that nothing is missed. On SQLite other writers are commands beside the one server, and show by `data_version`.

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

/// What is said within this time is told once.
const TOGETHER: Duration = Duration::from_millis(50);
/// How often the log is read when nobody said anything.
const ANYHOW: Duration = Duration::from_secs(5);
/// How often a SQLite file is asked whether somebody else wrote.
const OTHERS: Duration = Duration::from_millis(500);
/// How long to wait before listening again.
const AGAIN: Duration = Duration::from_secs(2);
/// The most orders that are named at once.
const NAMED: usize = 2_000;
/// The most people that are named at once: PostgreSQL takes 8,000 bytes.
const NAMED_PEOPLE: usize = 100;
/// The channel of PostgreSQL.
const CHANNEL: &str = "curlew";

/// What another server says.
#[derive(Debug)]
enum Message {
    Topics(Vec<Topic>),
    Presence { server: String, message: String },
}

/// Where a server is in the change log.
#[derive(Debug)]
pub struct Position {
    mark: i64,
    /// Entries behind the mark that were read already: on PostgreSQL the mark waits for the oldest transaction.
    read: HashSet<i64>,
}

impl Position {
    /// At the end, as it is now.
    pub async fn now(db: &Db) -> Result<Self> {
        let mark = dialect::change_mark(&db.read).await?;
        let found = dialect::changed_since(&db.read, mark, NAMED).await?;
        Ok(Self { mark, read: found.into_iter().map(|it| it.entry).collect() })
    }

    /// What changed since.
    pub async fn on(&mut self, db: &Db) -> Result<Vec<ChangeEvent>> {
        // First how far it will have been read, then what there is: what commits in between is read twice, never missed.
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

/// What somebody missed who had heard everything so far: read from the change log once, where otherwise everything might have changed.
pub async fn missed(db: &Db, so_far: Delivered) -> Vec<ChangeEvent> {
    let now = db.events.delivered();
    let position = so_far.mark.map(|mark| Position { mark, read: HashSet::new() });
    let mut events = match position {
        Some(mut position) => position.on(db).await.unwrap_or_else(|_| vec![ChangeEvent::Many]),
        None => vec![ChangeEvent::Many],
    };
    events.extend((now.reference_data != so_far.reference_data).then_some(ChangeEvent::ReferenceData));
    events.extend((now.sessions != so_far.sessions).then_some(ChangeEvent::Sessions));
    events
}

/// Each once, in their order.
fn distinct<T: Ord>(all: impl Iterator<Item = T>) -> Arc<[T]> {
    all.collect::<BTreeSet<T>>().into_iter().collect()
}

/// Hears what is committed here, by other servers and by commands, and passes it on, until the process ends. `listen` is the address
/// to LISTEN at, where it is not the database's own because a pooler stands in between.
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
                    // It is passed on as it is.
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
        due = Instant::now() + ANYHOW;
        if !to_tell.is_empty()
            && db.file.is_none()
            && let Err(cause) = notify(&db, &server_id, &to_tell).await
        {
            tracing::warn!(%cause, "telling other servers; they read the change log by themselves");
        }
        to_tell.clear();
        // As many in one payload as PostgreSQL takes.
        let outgoing: Vec<&str> = messages.iter().flat_map(|message| message.split(',')).collect();
        for together in outgoing.chunks(200).filter(|_| db.file.is_none()) {
            if let Err(cause) = say_to_others(&db, format!("{server_id} !{}", together.join(","))).await {
                tracing::debug!(%cause, "telling other servers who is here");
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
            Some(position) => Position::on(position, &db).await,
            // The first reading, or the one after the database was away: whatever changed before, somebody may not know it.
            None => Position::now(&db).await.map(|now| {
                position = Some(now);
                vec![ChangeEvent::Many]
            }),
        };
        match events {
            Ok(events) => events.into_iter().for_each(|it| db.events.dispatch(it)),
            Err(cause) => {
                tracing::debug!(%cause, "reading the change log");
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
    // A server of the release before knows nobody by name: it hears that anybody may be signed out, which this release leaves out
    // where somebody is named beside it.
    let sessions = (many || !people.is_empty()).then(|| Topic::Sessions.code());
    say_to_others(db, format!("{server_id} {}", named.into_iter().chain(sessions).collect::<Vec<_>>().join(" "))).await
}

async fn say_to_others(db: &Db, payload: String) -> Result<()> {
    let sql = "SELECT pg_notify($1, $2)";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [CHANNEL.into(), payload.into()]);
    db.write.query_one_raw(statement).await.map_err(unexpected)?;
    Ok(())
}

/// Passes on what other servers say. After a gap everything may have changed.
async fn listen_at(url: String, server_id: String, tell: mpsc::Sender<Message>) {
    loop {
        match dialect::listener(&url).await {
            Ok(mut listener) => {
                let mut heard = listener.listen(CHANNEL).await;
                while heard.is_ok() {
                    // What was said before it listened.
                    if tell.send(Message::Topics(Topic::ALL.to_vec())).await.is_err() {
                        return;
                    }
                    heard = hear(&mut listener, &server_id, &tell).await;
                }
                if let Err(cause) = heard {
                    tracing::warn!(%cause, "listening to other servers");
                }
            }
            Err(cause) => tracing::warn!(%cause, "listening to other servers"),
        }
        sleep(AGAIN).await;
    }
}

/// Until the connection is lost and there again.
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

/// Asks a SQLite file whether another process wrote. The connection that writes here does not count its own.
async fn watch(db: Db, tell: mpsc::Sender<Message>) {
    let mut before = None;
    loop {
        if let Ok(version) = dialect::data_version(&db.write).await {
            if before.is_some_and(|before| before != version) && tell.send(Message::Topics(Topic::ALL.to_vec())).await.is_err() {
                return;
            }
            before = Some(version);
        }
        sleep(OTHERS).await;
    }
}
