//! Signing in, throttling, links, the first admin.

use std::{net::IpAddr, time::Duration};

use db::{
    clock::{MINUTE, SECOND},
    demo,
    dialect::{self, Planner},
    password::Gate,
    testing::{NOW, TestWorld, empty, world},
    users::{self, Client, Invitation},
};
use domain::{Error, role::Role};
use sea_orm::{ConnectionTrait, Database, DbBackend, TransactionTrait};

fn gate() -> Gate {
    Gate::new(Duration::from_millis(1))
}

fn from(address: &str) -> Client {
    Client { address: address.parse::<IpAddr>().unwrap(), device: None }
}

async fn attempt(world: &TestWorld, name: &str, password: &str, client: &Client) -> domain::Result<users::SignedIn> {
    users::sign_in(&world.db, &gate(), name, password, client).await
}

#[tokio::test]
async fn the_right_password_signs_in_whatever_the_case_of_the_name() {
    let world = world().await;
    let person = attempt(&world, "LAYLA", demo::PASSWORD, &from("10.0.0.1")).await.unwrap();
    assert_eq!(person.username, "layla");
    assert_eq!(world.number("SELECT count(*) FROM activity WHERE kind = 'signed_in'").await, 1);
}

#[tokio::test]
async fn unknown_wrong_disabled_and_throttled_get_one_and_the_same_answer() {
    let world = world().await;
    world.sql("UPDATE users SET active = FALSE WHERE username = 'gus'").await.unwrap();
    let unknown = attempt(&world, "nobody", demo::PASSWORD, &from("10.0.0.1")).await.unwrap_err();
    let wrong = attempt(&world, "layla", "wrong", &from("10.0.0.2")).await.unwrap_err();
    let disabled = attempt(&world, "gus", demo::PASSWORD, &from("10.0.0.3")).await.unwrap_err();
    for n in 0..5 {
        attempt(&world, "xavier", &format!("wrong {n}"), &from("10.0.0.4")).await.unwrap_err();
    }
    let throttled = attempt(&world, "xavier", demo::PASSWORD, &from("10.0.0.4")).await.unwrap_err();
    assert_eq!(unknown, wrong);
    assert_eq!(unknown, disabled);
    assert_eq!(unknown, throttled);
}

#[tokio::test]
async fn five_tries_are_free_then_the_wait_doubles() {
    let world = world().await;
    let here = from("10.0.0.1");
    for _ in 0..5 {
        attempt(&world, "layla", "wrong", &here).await.unwrap_err();
    }
    assert!(attempt(&world, "layla", demo::PASSWORD, &here).await.is_err(), "within a second");
    world.db.clock.set(NOW + SECOND);
    attempt(&world, "layla", "wrong", &here).await.unwrap_err();
    world.db.clock.set(NOW + 2 * SECOND);
    assert!(attempt(&world, "layla", demo::PASSWORD, &here).await.is_err(), "two seconds now");
    world.db.clock.set(NOW + 4 * SECOND);
    assert!(attempt(&world, "layla", demo::PASSWORD, &here).await.is_ok());
    // A success takes the count back.
    attempt(&world, "layla", "wrong", &here).await.unwrap_err();
    assert!(attempt(&world, "layla", demo::PASSWORD, &here).await.is_ok());
}

#[tokio::test]
async fn another_address_is_not_locked_out_by_the_first() {
    let world = world().await;
    for _ in 0..6 {
        attempt(&world, "layla", "wrong", &from("10.0.0.1")).await.unwrap_err();
    }
    assert!(attempt(&world, "layla", demo::PASSWORD, &from("10.0.0.2")).await.is_ok());
}

#[tokio::test]
async fn an_address_has_ten_failures_in_three_minutes_an_ipv6_one_by_its_64() {
    let world = world().await;
    for n in 0..10 {
        attempt(&world, &format!("name{n}"), "wrong", &from(&format!("2001:db8:1:2::{n}"))).await.unwrap_err();
    }
    // An account at which somebody failed before waits; from another network it does not.
    strangers_fail(&world, "layla", 1, NOW).await;
    assert!(attempt(&world, "layla", demo::PASSWORD, &from("2001:db8:1:2::ffff")).await.is_err());
    assert!(attempt(&world, "layla", demo::PASSWORD, &from("2001:db8:1:3::1")).await.is_ok());
    world.sql("DELETE FROM sign_in_failures WHERE account_key = 'layla'").await.unwrap();
    strangers_fail(&world, "layla", 1, NOW).await;
    world.db.clock.set(NOW + 3 * MINUTE + 1);
    assert!(attempt(&world, "layla", demo::PASSWORD, &from("2001:db8:1:2::ffff")).await.is_ok());
}

#[tokio::test]
async fn wrong_passwords_of_one_colleague_keep_no_office_out() {
    let world = world().await;
    let office = from("10.0.0.9");
    let device = attempt(&world, "xavier", demo::PASSWORD, &office).await.unwrap().device;
    for n in 0..10 {
        attempt(&world, &format!("typo{n}"), "wrong", &office).await.unwrap_err();
    }
    strangers_fail(&world, "xavier", 1, NOW).await;
    let known = Client { device: Some(device), ..office.clone() };
    assert!(attempt(&world, "layla", demo::PASSWORD, &office).await.is_ok(), "no failures of her own");
    assert!(attempt(&world, "xavier", demo::PASSWORD, &office).await.is_err(), "a browser that nobody knows");
    // The browser that knows him gets in, and is told which of the two it was.
    let wrong = attempt(&world, "xavier", "wrong", &known).await.unwrap_err().sentence();
    assert_eq!(wrong, "The username and password don't match. Check both and try again.");
    assert!(attempt(&world, "xavier", demo::PASSWORD, &known).await.is_ok());
    for _ in 0..5 {
        attempt(&world, "xavier", "wrong", &known).await.unwrap_err();
    }
    let throttled = attempt(&world, "xavier", demo::PASSWORD, &known).await.unwrap_err().sentence();
    assert!(throttled.contains("Too many wrong passwords"), "{throttled}");
    // One guess at each of many accounts has its limit too.
    for n in 0..90 {
        let sql = format!("INSERT INTO sign_in_failures (account_key, address_key, at) VALUES ('guess{n}', '10.0.0.9', {NOW})");
        world.sql(&sql).await.unwrap();
    }
    assert!(attempt(&world, "neil", demo::PASSWORD, &office).await.is_err());
}

#[tokio::test]
async fn a_whole_office_behind_one_address_signs_in_within_the_same_second() {
    let world = world().await;
    let names = ["ada", "layla", "neil", "xavier", "hannah", "cameron", "dawn", "freya", "priya", "gus", "mercy", "ruth"];
    let gate = gate();
    let office = names.map(|name| {
        let (db, gate) = (world.db.clone(), gate.clone());
        tokio::spawn(async move { users::sign_in(&db, &gate, name, demo::PASSWORD, &from("10.0.0.9")).await.is_ok() })
    });
    for (task, name) in office.into_iter().zip(names) {
        assert!(task.await.unwrap(), "{name}");
    }
    assert_eq!(world.number("SELECT count(*) FROM sign_in_failures").await, 0);
}

#[tokio::test]
async fn a_hundred_failures_a_day_lock_an_account_except_from_a_known_device() {
    let world = world().await;
    let known = attempt(&world, "layla", demo::PASSWORD, &from("10.9.9.9")).await.unwrap().device;
    for n in 0..100 {
        world
            .sql(&format!("INSERT INTO sign_in_failures (account_key, address_key, at) VALUES ('layla', '10.1.{n}.1', {NOW})"))
            .await
            .unwrap();
    }
    assert!(attempt(&world, "layla", demo::PASSWORD, &from("10.8.8.8")).await.is_err());
    let client = Client { device: Some(known), ..from("10.8.8.8") };
    assert!(attempt(&world, "layla", demo::PASSWORD, &client).await.is_ok());
}

#[tokio::test]
async fn a_hash_of_the_original_signs_in_once_and_is_argon2id_then() {
    let world = world().await;
    // Django 5, 1,000 iterations: "old password of 2019", salt "salty".
    let mut hash = [0u8; 32];
    pbkdf2::pbkdf2_hmac::<sha2::Sha256>(b"old password of 2019", b"salty", 1_000, &mut hash);
    let encoded = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, hash);
    world.sql(&format!("UPDATE users SET password_hash = 'pbkdf2_sha256$1000$salty${encoded}' WHERE username = 'dawn'")).await.unwrap();
    assert!(attempt(&world, "dawn", "old password of 2018", &from("10.0.0.1")).await.is_err());
    attempt(&world, "dawn", "old password of 2019", &from("10.0.0.1")).await.unwrap();
    let stored = world.text("SELECT password_hash FROM users WHERE username = 'dawn'").await.unwrap();
    assert!(stored.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"), "{stored}");
    attempt(&world, "dawn", "old password of 2019", &from("10.0.0.1")).await.unwrap();
}

#[tokio::test]
async fn passwords_that_differ_after_byte_72_differ() {
    let world = world().await;
    let (right, wrong) = (format!("{}a", "x".repeat(72)), format!("{}b", "x".repeat(72)));
    users::add(&world.db, &gate(), "long", Role::Agent, Some(&right)).await.unwrap();
    assert!(attempt(&world, "long", &wrong, &from("10.0.0.1")).await.is_err());
    assert!(attempt(&world, "long", &right, &from("10.0.0.1")).await.is_ok());
}

#[tokio::test]
async fn ten_megabytes_are_no_password_and_cost_no_hash() {
    let world = world().await;
    let gate = Gate::new(Duration::from_millis(1));
    let answer = users::sign_in(&world.db, &gate, "layla", &"x".repeat(10_000_000), &from("10.0.0.1")).await;
    assert!(matches!(answer, Err(Error::Invalid(_))));
    assert_eq!(world.number("SELECT count(*) FROM sign_in_failures").await, 0);
}

#[tokio::test]
async fn right_and_wrong_take_one_deadline() {
    let world = world().await;
    let gate = Gate::new(Duration::from_millis(1_500));
    let mut took = Vec::new();
    for (name, password) in [("layla", demo::PASSWORD), ("nobody", "x")] {
        let started = std::time::Instant::now();
        let _ = users::sign_in(&world.db, &gate, name, password, &from("10.0.0.1")).await;
        took.push(started.elapsed().as_millis() / 1_500);
    }
    assert!(took.iter().all(|steps| *steps >= 1), "{took:?}");
}

#[tokio::test]
async fn an_invitation_works_once_and_for_thirty_minutes() {
    let world = world().await;
    let (_, invitation) = users::add(&world.db, &gate(), "newcomer", Role::Agent, None).await.unwrap();
    let Invitation::Link(token) = invitation else { panic!("no password, so a link") };
    assert_eq!(world.number("SELECT count(*) FROM user_tokens").await, 1);
    let words = "three fine words";
    let short = users::set_password(&world.db, &gate(), &token, "short", "short").await.unwrap_err();
    assert!(matches!(&short, Error::Invalid(errors) if errors.get("password").is_some()));
    let differ = users::set_password(&world.db, &gate(), &token, words, "").await.unwrap_err();
    assert!(matches!(&differ, Error::Invalid(errors) if errors.get("again").is_some()));
    users::set_password(&world.db, &gate(), &token, words, words).await.unwrap();
    assert_eq!(users::set_password(&world.db, &gate(), &token, words, words).await.unwrap_err(), Error::NotFound);
    assert!(attempt(&world, "newcomer", words, &from("10.0.0.1")).await.is_ok());
    let token = users::reset(&world.db, "newcomer").await.unwrap();
    world.db.clock.set(NOW + 30 * MINUTE);
    assert_eq!(users::token_owner(&world.db, &token).await.unwrap_err(), Error::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_are_set_up_at_the_same_moment_make_one_first_admin() {
    let world = empty().await;
    // On PostgreSQL nobody can write a person until each of them has looked whether somebody is there.
    let others = Database::connect(&world.url).await.unwrap();
    let held = others.begin().await.unwrap();
    let is_postgres = others.get_database_backend() == DbBackend::Postgres;
    if is_postgres {
        held.execute_unprepared("LOCK TABLE users IN SHARE MODE").await.unwrap();
    }
    let mut made = Vec::new();
    for nth in 0..8 {
        let (db, name) = (world.another().await, format!("boss{nth}"));
        made.push(tokio::spawn(async move {
            let made = users::first_admin(&db, &gate(), &name, "a good long one", "a good long one").await;
            db.close().await;
            made
        }));
    }
    if is_postgres {
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while world.number(waiting).await < 8 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }
    held.rollback().await.unwrap();
    let mut answers = Vec::new();
    for it in made {
        answers.push(it.await.unwrap());
    }
    assert_eq!(answers.iter().filter(|it| it.is_ok()).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|it| it.is_ok() || *it == Err(Error::NotFound)), "{answers:?}");
    assert_eq!(world.number("SELECT count(*) FROM users").await, 1);
}

#[tokio::test]
async fn the_first_admin_is_made_once() {
    let world = empty().await;
    assert!(users::is_empty(&world.db).await.unwrap());
    users::first_admin(&world.db, &gate(), "boss", "a good long one", "a good long one").await.unwrap();
    assert_eq!(users::first_admin(&world.db, &gate(), "second", "a good long one", "a good long one").await.unwrap_err(), Error::NotFound);
    assert_eq!(world.text("SELECT role FROM users").await.as_deref(), Some("admin"));
}

#[tokio::test]
async fn common_passwords_and_ones_own_name_are_refused() {
    let world = world().await;
    for password in ["password1234", "qwertyuiop123", "averylongname", "ünïcode"] {
        let answer = users::add(&world.db, &gate(), "averylongname", Role::Agent, Some(password)).await;
        assert!(matches!(answer, Err(Error::Invalid(_))), "{password}");
    }
}

#[tokio::test]
async fn a_name_is_taken_in_any_case() {
    let world = world().await;
    let answer = users::add(&world.db, &gate(), "Layla", Role::Agent, None).await;
    assert!(matches!(&answer, Err(Error::Invalid(errors)) if errors.get("username").is_some()), "{answer:?}");
}

/// So many failures of strangers, each from another address.
async fn strangers_fail(world: &TestWorld, name: &str, times: u32, at: i64) {
    for n in 0..times {
        world
            .sql(&format!(
                "INSERT INTO sign_in_failures (account_key, address_key, at) VALUES ('{name}', '10.{}.{}.1', {at})",
                n / 200,
                n % 200
            ))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_reset_link_lets_an_owner_in_whom_strangers_locked_out_and_the_sentence_says_so() {
    let world = world().await;
    strangers_fail(&world, "layla", 101, NOW).await;
    let refused = attempt(&world, "layla", demo::PASSWORD, &from("10.250.8.8")).await.unwrap_err();
    assert!(refused.sentence().contains("up to a day") && refused.sentence().contains("reset link"), "{refused}");
    let token = users::reset(&world.db, "layla").await.unwrap();
    assert!(attempt(&world, "layla", demo::PASSWORD, &from("10.250.8.8")).await.is_ok(), "at once");
    // And again after what strangers did meanwhile.
    strangers_fail(&world, "layla", 101, NOW).await;
    let words = "three fine words";
    users::set_password(&world.db, &gate(), &token, words, words).await.unwrap();
    assert!(attempt(&world, "layla", words, &from("10.250.9.9")).await.is_ok());
}

#[tokio::test]
async fn what_a_clock_that_was_ahead_wrote_down_binds_nobody() {
    let world = world().await;
    let ahead = NOW + 400 * db::clock::DAY;
    strangers_fail(&world, "layla", 150, ahead).await;
    world.sql(&format!("UPDATE sign_in_failures SET address_key = '10.0.0.1' WHERE at = {ahead}")).await.unwrap();
    assert!(attempt(&world, "layla", demo::PASSWORD, &from("10.0.0.1")).await.is_ok());
    assert_eq!(world.number("SELECT count(*) FROM sign_in_failures").await, 0, "they are forgotten");
    // A session and a link of that time end with it.
    world.db.clock.set(ahead);
    let token = users::reset(&world.db, "layla").await.unwrap();
    let layla = world.scope("layla").await.user.id;
    let device = db::sessions::Device { user: Some(layla), ..Default::default() };
    let stored = db::sessions::Stored { data: "{}".into(), expires_at: ahead + db::clock::HOUR };
    assert!(db::sessions::create(&world.db, "ahead", &stored, &device).await.unwrap());
    world.db.clock.set(NOW);
    assert!(db::sessions::load(&world.db, "ahead").await.unwrap().is_none());
    assert_eq!(users::token_owner(&world.db, &token).await.unwrap_err(), Error::NotFound);
}

#[tokio::test]
async fn a_browser_is_known_for_a_year() {
    let world = world().await;
    attempt(&world, "layla", demo::PASSWORD, &from("10.0.0.1")).await.unwrap();
    world.db.clock.set(NOW + 200 * db::clock::DAY);
    attempt(&world, "xavier", demo::PASSWORD, &from("10.0.0.1")).await.unwrap();
    world.db.clock.set(NOW + 366 * db::clock::DAY);
    db::sessions::sweep(&world.db).await.unwrap();
    let known = "SELECT username FROM known_devices d JOIN users u ON u.id = d.user_id";
    assert_eq!(world.texts(known).await, ["xavier"]);
}

#[tokio::test]
async fn what_an_account_wrote_is_found_by_an_index() {
    let mut world = world().await;
    let statements = world.record_statements();
    let scope = world.scope("ada").await;
    users::admin::person_page(&world.db, &scope, scope.user.id).await.unwrap();
    let asked = statements.take().into_iter().find(|sql| sql.contains("order_history")).unwrap();
    // The values make no difference to the plan.
    let asked = asked.replace('?', "'1'");
    let asked = (1..=99).rev().fold(asked, |sql, nth| sql.replace(&format!("${nth}"), "'1'"));
    let plan = dialect::plan(&world.db, &asked, Planner::Small).await.unwrap();
    for index in ["order_history_actor", "comments_author", "comments_status_by"] {
        assert!(plan.iter().any(|line| line.contains(index)), "{index}: {}", plan.join("\n"));
    }
}
