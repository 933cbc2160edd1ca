//! What was acknowledged is stored: whatever happens to a transaction, to its connection, or to whoever waits for it.

use std::{
    collections::{HashMap, HashSet},
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use db::{
    Db, comments,
    health::Status,
    orders,
    sessions::{self, Device, Stored},
    settings,
    testing::{NOW, Patience, TestWorld, count_to, in_transaction, on_postgres, world},
    users,
};
use domain::{
    Error,
    orders::{Field, OrderDraft, list::Column},
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use uuid::Uuid;

/// A caller who goes away after so many polls: `None`, and nobody waits for the answer.
struct HangsUp<F> {
    work: Pin<Box<F>>,
    polls: u32,
}

impl<F: Future> Future for HangsUp<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        self.work.as_mut().poll(cx).map(Some)
    }
}

async fn hangs_up<F: Future>(polls: u32, work: F) -> Option<F::Output> {
    HangsUp { work: Box::pin(work), polls }.await
}

fn order(name: &str) -> OrderDraft {
    let mut draft = OrderDraft::default();
    draft.set(Field::BusinessName, name);
    draft.set(Field::Mobile, "07700 900123");
    draft
}

fn stored() -> Stored {
    Stored { data: "{}".into(), expires_at: NOW + 3_600_000_000 }
}

/// Writes one order and looks for it over connections that had no part in it.
async fn an_order_is_stored(world: &TestWorld, name: &str) {
    let layla = world.scope("layla").await;
    orders::create(&world.db, &layla, Uuid::now_v7(), &order(name)).await.unwrap();
    let other = world.another().await;
    let (query, _) = orders::at_address(&layla, &format!("/orders/search/?query={name}"));
    let found = orders::list(&other, &layla, query, Vec::new()).await.unwrap();
    other.close().await;
    assert_eq!(found.rows.len(), 1, "{name} was acknowledged and is not stored");
}

#[tokio::test]
async fn a_transaction_that_the_database_ended_by_itself_swallows_nothing_that_comes_later() {
    let world = world().await;
    for round in 0..3 {
        // As when a disk is full at COMMIT: SQLite rolls back by itself, and the driver does not know. PostgreSQL waits for a ROLLBACK.
        let broken = match on_postgres() {
            true => "INSERT INTO settings (name, value) VALUES ('currency', 'again')",
            false => "INSERT OR ROLLBACK INTO settings (name, value) VALUES ('currency', 'again')",
        };
        assert!(in_transaction(&world.db, broken).await.is_err());
        // Somebody's change that is refused, and rolled back.
        assert!(in_transaction(&world.db, "INSERT INTO settings (name, value) VALUES ('currency', 'again')").await.is_err());
        an_order_is_stored(&world, &format!("swallow{round}")).await;
        assert_eq!(world.db.check_health().await, Status::Writable);
    }
}

#[tokio::test]
async fn a_connection_that_comes_back_inside_a_transaction_is_not_used_again() {
    let world = world().await;
    for round in 0..3 {
        // The statement is alone, so the driver does not know that a transaction is open after it.
        world.sql("BEGIN").await.unwrap();
        let keys: Vec<String> = (0..8).map(|nth| format!("forgotten{round}-{nth}")).collect();
        for key in &keys {
            settings::write(&world.db, key, "stored").await.unwrap();
        }
        let other = world.restarted().await;
        for key in &keys {
            let found = other.text(&format!("SELECT value FROM settings WHERE name = '{key}'")).await;
            assert_eq!(found.as_deref(), Some("stored"), "{key}: a write of one statement");
        }
        other.db.close().await;
        an_order_is_stored(&world, &format!("forgotten{round}")).await;
    }
}

#[tokio::test]
async fn a_statement_that_is_refused_when_it_commits_is_not_acknowledged() {
    let world = world().await;
    // As when a disk is full: SQLite gives out the row of RETURNING first, and commits the statement at its last step.
    world.sql("CREATE TABLE parents (id BIGINT PRIMARY KEY)").await.unwrap();
    let child = "CREATE TABLE children (id BIGINT PRIMARY KEY, parent BIGINT REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)";
    world.sql(child).await.unwrap();
    let orphan = "INSERT INTO children (id, parent) VALUES (1, 7) RETURNING id";
    assert!(db::testing::alone_returning(&world.db, orphan).await.is_err());
    assert_eq!(world.number("SELECT count(*) FROM children").await, 0);
    world.sql("INSERT INTO parents (id) VALUES (7)").await.unwrap();
    assert_eq!(db::testing::alone_returning(&world.db, orphan).await.unwrap(), Some(1));
}

#[tokio::test]
async fn a_health_check_sees_that_writes_are_refused() {
    let world = world().await;
    assert_eq!(world.db.check_health().await, Status::Writable);
    assert!(!world.db.is_read_only());
    let refuse = match on_postgres() {
        true => {
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '25006'; END $$; \
             CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON health_checks FOR EACH ROW EXECUTE FUNCTION refuse()"
        }
        false => "CREATE TRIGGER refuse BEFORE UPDATE ON health_checks BEGIN SELECT RAISE(FAIL, 'no'); END",
    };
    world.sql(refuse).await.unwrap();
    // A result holds for a second, so that nobody makes the database write by asking.
    assert_eq!(world.db.check_health().await, Status::Writable);
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    match on_postgres() {
        true => {
            assert_eq!(world.db.check_health().await, Status::ReadOnly);
            assert!(world.db.is_read_only());
        }
        false => assert!(matches!(world.db.check_health().await, Status::NotWritable(_))),
    }
}

/// What was acknowledged in the course of a test.
#[derive(Default)]
struct Acknowledged {
    orders: Vec<String>,
    comments: Vec<String>,
    views: Vec<String>,
    /// There may be only so many, whether or not they were acknowledged.
    views_tried: u32,
    settings: HashMap<String, String>,
    sessions: HashSet<String>,
    ended: HashSet<String>,
    columns: Option<Column>,
    hung_up: u32,
    done: u32,
}

impl Acknowledged {
    /// One write of a kind, whose caller goes away after some polls.
    async fn write(&mut self, db: &Db, world: &TestWorld, nth: u32, random: &mut StdRng) {
        let layla = world.scope("layla").await;
        let polls = random.random_range(1..if nth.is_multiple_of(3) { 30 } else { 4 });
        let name = format!("hang{nth}");
        let done = match nth % 7 {
            0 => {
                let done = hangs_up(polls, orders::create(db, &layla, Uuid::now_v7(), &order(&name))).await;
                done.map(|number| self.orders.push(number.unwrap())).is_some()
            }
            1 => {
                let done = hangs_up(polls, comments::add(db, &layla, "1000001", &name)).await;
                done.map(|id| id.unwrap()).map(|_| self.comments.push(name)).is_some()
            }
            2 => {
                self.views_tried += 1;
                let done = hangs_up(polls, orders::save_view(db, &layla, &name, "/orders/?status=NW", false)).await;
                if done.map(|saved| saved.unwrap()).is_some() {
                    self.views.push(name);
                    true
                } else {
                    false
                }
            }
            3 => {
                let key = format!("test_{nth}");
                let done = hangs_up(polls, settings::write(db, &key, &name)).await;
                match done.map(|written| written.unwrap()) {
                    Some(()) => {
                        self.settings.insert(key, name);
                        true
                    }
                    None => false,
                }
            }
            4 => {
                let device = Device { user: Some(layla.user.id), ..Device::default() };
                let done = hangs_up(polls, sessions::create(db, &name, &stored(), &device)).await;
                done.map(|made| assert!(made.unwrap())).map(|()| self.sessions.insert(name)).is_some()
            }
            5 => {
                let Some(id) = self.sessions.iter().next().cloned() else { return };
                self.sessions.remove(&id);
                let done = hangs_up(polls, sessions::delete(db, &id)).await;
                done.map(|ended| ended.unwrap()).map(|()| self.ended.insert(id)).is_some()
            }
            _ => {
                let column = [Column::Network, Column::Owner, Column::Campaign][nth as usize % 3];
                let done = hangs_up(polls, users::choose_columns(db, &layla, &[column.code()])).await;
                self.columns = done.as_ref().map(|_| column);
                if done.is_none() {
                    // What nobody waits for may still be done: not after what comes next.
                    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                }
                done.map(|chosen| chosen.unwrap()).is_some()
            }
        };
        if done { self.done += 1 } else { self.hung_up += 1 }
    }

    /// What of it is not there. Views are asked by name, since there may be only so many.
    async fn lost(&self, world: &TestWorld) -> Vec<String> {
        let mut lost = Vec::new();
        let count = async |sql: String| world.number(&sql).await;
        for number in &self.orders {
            if count(format!("SELECT count(*) FROM orders WHERE number = '{number}'")).await != 1 {
                lost.push(format!("order {number}"));
            }
        }
        for body in &self.comments {
            if count(format!("SELECT count(*) FROM comments WHERE body = '{body}'")).await != 1 {
                lost.push(format!("comment {body}"));
            }
        }
        for name in &self.views {
            if count(format!("SELECT count(*) FROM saved_views WHERE name = '{name}'")).await != 1 {
                lost.push(format!("view {name}"));
            }
        }
        for (name, value) in &self.settings {
            if count(format!("SELECT count(*) FROM settings WHERE name = '{name}' AND value = '{value}'")).await != 1 {
                lost.push(format!("setting {name}"));
            }
        }
        for id in &self.sessions {
            if sessions::load(&world.db, id).await.unwrap().is_none() {
                lost.push(format!("session {id}"));
            }
        }
        for id in &self.ended {
            if sessions::load(&world.db, id).await.unwrap().is_some() {
                lost.push(format!("sign-out {id}"));
            }
        }
        if let Some(column) = self.columns {
            let stored = world.text("SELECT list_columns FROM users WHERE username = 'layla'").await.unwrap_or_default();
            if !stored.split(',').any(|it| it == column.code()) {
                lost.push(format!("column {}", column.code()));
            }
        }
        lost
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_callers_who_hang_up_at_every_await_lose_nothing_that_was_acknowledged() {
    let world = world().await;
    let mut random = StdRng::seed_from_u64(19);
    let mut known = Acknowledged::default();
    for nth in 0..3_500 {
        known.write(&world.db, &world, nth, &mut random).await;
        if known.views_tried >= 40 {
            // Room for more; what was acknowledged is looked at before it goes.
            assert_eq!(known.lost(&world).await, Vec::<String>::new(), "after {nth}");
            world.sql("DELETE FROM saved_views").await.unwrap();
            known.views.clear();
            known.views_tried = 0;
        }
    }
    assert!(known.hung_up > 1_000 && known.done > 500, "{} hung up, {} done", known.hung_up, known.done);
    // A restart: whatever is in no commit is gone.
    world.db.clone().close().await;
    let restarted = world.restarted().await;
    assert_eq!(known.lost(&restarted).await, Vec::<String>::new());
    restarted.db.close().await;
}

#[tokio::test]
async fn a_caller_who_hangs_up_leaves_no_order_half_written() {
    let world = world().await;
    let layla = world.scope("layla").await;
    for polls in 1..60 {
        let _ = hangs_up(polls, orders::create(&world.db, &layla, Uuid::now_v7(), &order(&format!("half{polls}")))).await;
    }
    an_order_is_stored(&world, "afterwards").await;
    let orders = world.number("SELECT count(*) FROM orders WHERE business_name LIKE 'half%'").await;
    let histories =
        world.number("SELECT count(*) FROM order_history h JOIN orders o ON o.id = h.order_id WHERE o.business_name LIKE 'half%'").await;
    assert_eq!(orders, histories);
    let mut differences = 0;
    db::rollups::check(&world.db, |_| differences += 1).await.unwrap();
    assert_eq!(differences, 0);
    assert_eq!(
        orders::create(&world.db, &layla, Uuid::now_v7(), &OrderDraft::default()).await.map_err(|it| matches!(it, Error::Invalid(_))),
        Err(true)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_has_a_time_limit_and_many_short_ones_have_none() {
    let world = world().await;
    let db = world.hurried(Duration::from_millis(150)).await;
    let endless = 1_000_000_000_000;
    for writing in [None, Some(Patience::Usual)] {
        let began = Instant::now();
        assert_eq!(count_to(&db, endless, writing).await, Err(Error::Busy(5)), "{writing:?}");
        assert!(began.elapsed() > Duration::from_millis(140), "{writing:?}");
        // Together they take much longer than one may.
        let began = Instant::now();
        while began.elapsed() < Duration::from_millis(700) {
            count_to(&db, 20_000, writing).await.unwrap();
        }
    }
    // What is known to take long has its time, and the next transaction has not.
    let began = Instant::now();
    count_to(&db, 4_000_000, Some(Patience::More)).await.unwrap();
    assert!(began.elapsed() > Duration::from_millis(150));
    assert_eq!(count_to(&db, endless, Some(Patience::Usual)).await, Err(Error::Busy(5)));
    an_order_is_stored(&world, "After all of it").await;
    db.close().await;
}
