//! Figures are what the orders say, whatever happens to the orders.

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use db::{
    Db, Scope, commission, orders, rollups, settings,
    testing::{NOW, TestWorld, world},
};
use domain::{
    Error,
    orders::{Field, OrderDraft, Status},
};
use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

const HOUR: i64 = 3_600_000_000;

async fn differences(db: &Db) -> Vec<String> {
    let mut found = Vec::new();
    rollups::check(db, |it| found.push(it.to_string())).await.unwrap();
    found
}

fn draft(of: &[(Field, &str)]) -> OrderDraft {
    let mut draft = OrderDraft::default();
    for (field, value) in of {
        draft.set(*field, *value);
    }
    draft
}

/// One step of random work; what is refused is refused, and changes nothing.
async fn work(db: &Db, world: &TestWorld, random: &mut ChaCha8Rng) -> &'static str {
    let managers = [world.scope("layla").await, world.scope("ada").await];
    let scope: &Scope = managers.choose(random).unwrap();
    let nth = random.random_range(1_000_001..1_000_061).to_string();
    let people = world.number("SELECT max(id) FROM users").await;
    let campaigns = world.number("SELECT max(id) FROM campaigns").await;
    let value = format!("{}.{:02}", random.random_range(0..900), random.random_range(0..100));
    let version = |number: &str| {
        let sql = format!("SELECT version FROM orders WHERE number = '{number}'");
        async move { world.number(&sql).await }
    };
    let owner = random.random_range(1..=people).to_string();
    let campaign = random.random_range(1..=campaigns).to_string();
    match random.random_range(0..100) {
        0..15 => {
            let of = draft(&[
                (Field::BusinessName, "Random & Sons"),
                (Field::Status, "NW"),
                (Field::BoxValue, &value),
                (Field::Owner, &owner),
                (Field::Campaign, &campaign),
                (Field::Mobile, "07700 900123"),
                (Field::FirstName, "Rae"),
            ]);
            let made = orders::create(db, scope, Uuid::from_u128(random.random()), &of).await;
            if made.is_ok() { "created" } else { "refused" }
        }
        15..40 => {
            let Ok(mut form) = orders::form_update(db, scope, &nth).await else { return "refused" };
            match random.random_range(0..3) {
                0 => form.draft.set(Field::BoxValue, value.as_str()),
                1 => form.draft.set(Field::Owner, owner.as_str()),
                _ => form.draft.set(Field::Campaign, campaign.as_str()),
            }
            let done = orders::edit(db, scope, &nth, form.version, &form.draft).await;
            if done.is_ok() { "edited" } else { "refused" }
        }
        40..75 => {
            let to = *Status::ALL.choose(random).unwrap();
            let asked = draft(&[
                (Field::LossReason, "Price"),
                (Field::BoxValue, &value),
                (Field::FollowUpOn, "2026-12-24"),
                (Field::FollowUpKind, "other"),
                (Field::Mobile, "07700 900123"),
            ]);
            let done = orders::change_status(db, scope, &nth, version(&nth).await, to, &asked).await;
            if done.is_ok() { "moved" } else { "refused" }
        }
        75..82 => match orders::trash(db, scope, &nth).await {
            Ok(()) => "trashed",
            Err(_) => "refused",
        },
        82..88 => {
            let Some(number) = world.text("SELECT number FROM orders WHERE trashed_at IS NOT NULL ORDER BY updated_at LIMIT 1").await
            else {
                return "refused";
            };
            match orders::restore(db, scope, &number).await {
                Ok(()) => "restored",
                Err(_) => "refused",
            }
        }
        88..97 => {
            let last = "SELECT number FROM orders o JOIN order_history h ON h.order_id = o.id WHERE h.actor_id = ";
            let sql = format!("{last}{} ORDER BY h.id DESC LIMIT 1", scope.user.id.0);
            match orders::undo(db, scope, &world.text(&sql).await.unwrap_or_default()).await {
                Ok(()) => "undone",
                Err(_) => "refused",
            }
        }
        _ => {
            rollups::compact(db).await.unwrap();
            "folded"
        }
    }
}

/// The ledger says of every order what stands on it.
async fn ledger_agrees(world: &TestWorld) {
    let odd = world
        .number(
            "SELECT count(*) FROM orders WHERE \
             COALESCE((SELECT SUM(amount) FROM commissions WHERE order_id = orders.id), 0) <> \
             CASE WHEN status = 'CN' AND trashed_at IS NULL THEN COALESCE(commission, 0) ELSE 0 END",
        )
        .await;
    assert_eq!(odd, 0, "orders whose commission is not the sum of their lines");
}

#[tokio::test]
async fn the_demo_world_agrees_with_its_figures() {
    let world = world().await;
    assert_eq!(differences(&world.db).await, Vec::<String>::new());
    let revenue = world.number("SELECT CAST(SUM(value) AS BIGINT) FROM daily_sold").await;
    assert_eq!(revenue, world.number("SELECT CAST(SUM(box_value) AS BIGINT) FROM orders WHERE status <> 'CNL'").await);
    assert!(revenue > 0);
}

#[tokio::test]
async fn a_difference_is_named() {
    let world = world().await;
    world
        .sql("UPDATE orders SET box_value = box_value + 100 WHERE number = (SELECT min(number) FROM orders WHERE status = 'CN')")
        .await
        .unwrap();
    let found = differences(&world.db).await;
    assert!(!found.is_empty() && found.iter().all(|it| it.contains("the total is stored as")), "{found:?}");
}

#[tokio::test]
async fn random_work_leaves_every_figure_right() {
    let world = world().await;
    settings::write(&world.db, "rate_agent", "725").await.unwrap();
    settings::write(&world.db, "rate_manager", "333").await.unwrap();
    // One that pays nothing, and one of its own.
    world.sql("UPDATE campaigns SET commission_rate = 0 WHERE id % 3 = 0").await.unwrap();
    world.sql("UPDATE campaigns SET commission_rate = 1250 WHERE id % 3 = 1").await.unwrap();
    let steps: usize = std::env::var("CURLEW_STEPS").ok().and_then(|it| it.parse().ok()).unwrap_or(1_500);
    let mut random = ChaCha8Rng::seed_from_u64(20_261_122);
    let mut done = std::collections::BTreeMap::<&str, usize>::new();
    for step in 0..steps {
        // Through both clock changes, 31 December, week 53 and 29 February.
        world.db.clock.set(NOW + step as i64 / 4 * 11 * HOUR);
        *done.entry(work(&world.db, &world, &mut random).await).or_default() += 1;
        if step % 400 == 399 {
            let zone: Tz = *[Tz::Europe__London, Tz::America__New_York, Tz::Pacific__Auckland].choose(&mut random).unwrap();
            rollups::change_zone(&world.db, zone).await.unwrap();
            assert_eq!(differences(&world.db).await, Vec::<String>::new(), "after {step} steps");
            ledger_agrees(&world).await;
        }
    }
    for kind in ["created", "edited", "moved", "trashed", "restored", "undone", "folded"] {
        assert!(done.get(kind).copied().unwrap_or_default() > 5, "{done:?}");
    }
    assert_eq!(differences(&world.db).await, Vec::<String>::new(), "{done:?}");
    ledger_agrees(&world).await;
    assert!(world.number("SELECT count(*) FROM commissions WHERE amount < 0").await > 10);
    assert!(world.number("SELECT count(*) FROM commissions WHERE amount > 0").await > 10);
}

#[tokio::test]
async fn writers_at_once_leave_every_figure_right() {
    let world = std::sync::Arc::new(world().await);
    let mut writers = Vec::new();
    for nth in 0..6 {
        let world = world.clone();
        writers.push(tokio::spawn(async move {
            let mut random = ChaCha8Rng::seed_from_u64(nth);
            let mut refused = 0;
            for _ in 0..60 {
                refused += usize::from(work(&world.db, &world, &mut random).await == "refused");
            }
            refused
        }));
    }
    rollups::change_zone(&world.db, Tz::Asia__Kolkata).await.unwrap();
    let mut refused = 0;
    for writer in writers {
        refused += writer.await.unwrap();
    }
    assert!(refused < 300, "{refused}");
    rollups::change_zone(&world.db, Tz::America__Los_Angeles).await.unwrap();
    assert_eq!(differences(&world.db).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_change_of_zone_moves_the_orders_near_midnight() {
    let world = world().await;
    let by_day = "SELECT CAST(SUM(orders) AS BIGINT) FROM daily_sold WHERE version = \
        (SELECT CAST(value AS BIGINT) FROM settings WHERE name = 'figures_generation')";
    let all = world.number(by_day).await;
    let days = |zone: &'static str| format!("{by_day} AND day = '{zone}'");
    let scope = world.scope("xavier").await;
    // 23:30 in London is the next day in Paris.
    world.db.clock.set(NOW + 9 * HOUR + HOUR / 2);
    let of = draft(&[(Field::BusinessName, "Night Shift"), (Field::BoxValue, "10"), (Field::Mobile, "07700 900123")]);
    orders::create(&world.db, &scope, Uuid::now_v7(), &of).await.unwrap();
    let before = world.number(&days("2026-11-22")).await;
    rollups::change_zone(&world.db, Tz::Europe__Paris).await.unwrap();
    assert_eq!(world.number(&days("2026-11-22")).await, before - 1);
    assert_eq!(world.number(&days("2026-11-23")).await, 1);
    assert_eq!(world.number(by_day).await, all + 1);
    assert_eq!(differences(&world.db).await, Vec::<String>::new());
}

#[tokio::test]
async fn folding_changes_no_sum() {
    let world = world().await;
    let mut random = ChaCha8Rng::seed_from_u64(7);
    for _ in 0..80 {
        work(&world.db, &world, &mut random).await;
    }
    let sum = "SELECT CAST(SUM(value) AS BIGINT) FROM daily_sold";
    let (rows, before) = (world.number("SELECT count(*) FROM daily_sold").await, world.number(sum).await);
    rollups::compact(&world.db).await.unwrap();
    assert!(world.number("SELECT count(*) FROM daily_sold").await < rows);
    assert_eq!(world.number(sum).await, before);
    assert_eq!(differences(&world.db).await, Vec::<String>::new());
}

/// An order of Xavier's that is To Process, at £100.00.
async fn sold(world: &TestWorld) -> String {
    let of = draft(&[
        (Field::BusinessName, "Paid Well"),
        (Field::FirstName, "Pat"),
        (Field::Mobile, "07700 900123"),
        (Field::BoxValue, "100.00"),
        (Field::Status, "TP"),
    ]);
    let scope = world.scope("xavier").await;
    orders::create(&world.db, &scope, Uuid::now_v7(), &of).await.unwrap()
}

async fn moved(world: &TestWorld, number: &str, to: Status) {
    let version = world.number(&format!("SELECT version FROM orders WHERE number = '{number}'")).await;
    let scope = world.scope("layla").await;
    orders::change_status(&world.db, &scope, number, version, to, &draft(&[(Field::LossReason, "Price")])).await.unwrap();
}

async fn lines(world: &TestWorld, number: &str) -> i64 {
    world.number(&format!("SELECT COALESCE(CAST(SUM(amount) AS BIGINT), 0) FROM commissions c JOIN orders o ON o.id = c.order_id WHERE o.number = '{number}'")).await
}

#[tokio::test]
async fn the_rate_is_the_campaigns_else_the_persons_else_the_roles() {
    let world = world().await;
    settings::write(&world.db, "rate_agent", "100").await.unwrap();
    let number = sold(&world).await;
    moved(&world, &number, Status::Connected).await;
    assert_eq!(lines(&world, &number).await, 100, "one per cent of £100.00");
    world.sql("UPDATE users SET commission_rate = 250 WHERE username = 'xavier'").await.unwrap();
    let number = sold(&world).await;
    moved(&world, &number, Status::Connected).await;
    assert_eq!(lines(&world, &number).await, 250);
    world.sql("UPDATE campaigns SET commission_rate = 0 WHERE id = 1").await.unwrap();
    let number = sold(&world).await;
    world.sql(&format!("UPDATE orders SET campaign_id = 1 WHERE number = '{number}'")).await.unwrap();
    moved(&world, &number, Status::Connected).await;
    assert_eq!(lines(&world, &number).await, 0, "a campaign that pays nothing");
}

#[tokio::test]
async fn what_changes_after_the_connection_is_a_correction_of_its_own_month() {
    let world = world().await;
    settings::write(&world.db, "rate_agent", "1000").await.unwrap();
    let (layla, xavier) = (world.scope("layla").await, world.scope("xavier").await);
    let number = sold(&world).await;
    moved(&world, &number, Status::Connected).await;
    // Given to somebody else: whoever owned it on that day keeps it.
    let mut form = orders::form_update(&world.db, &layla, &number).await.unwrap();
    form.draft.set(Field::Owner, world.scope("hannah").await.user.id.0.to_string());
    orders::edit(&world.db, &layla, &number, form.version, &form.draft).await.unwrap();
    // In December the box value is put right, and the order falls through.
    world.db.clock.set(NOW + 15 * 24 * HOUR);
    let mut form = orders::form_update(&world.db, &layla, &number).await.unwrap();
    form.draft.set(Field::BoxValue, "80.05");
    orders::edit(&world.db, &layla, &number, form.version, &form.draft).await.unwrap();
    let day = |month| NaiveDate::from_ymd_opt(2026, month, 1).unwrap();
    let of = async |month| {
        let it = commission::statement(&world.db, &xavier, xavier.user.id, day(month)).await.unwrap();
        assert_eq!(it.total, it.lines.iter().map(|line| line.amount).sum::<i64>());
        it.lines.iter().filter(|line| line.number == number).map(|line| line.amount).collect::<Vec<_>>()
    };
    assert_eq!(of(11).await, [1_000]);
    assert_eq!(of(12).await, [800 - 1_000], "£80.05 at ten per cent is 800.5, to the even side");
    moved(&world, &number, Status::Issues).await;
    assert_eq!(of(12).await, [-200, -800]);
    orders::undo(&world.db, &layla, &number).await.unwrap();
    orders::trash(&world.db, &layla, &number).await.unwrap();
    orders::restore(&world.db, &layla, &number).await.unwrap();
    assert_eq!(of(12).await, [-200, -800, 800, -800, 800]);
    // A sum below zero is a number in the file too: an apostrophe before it would make it text that no spreadsheet adds up.
    let it = commission::statement(&world.db, &xavier, xavier.user.id, day(12)).await.unwrap();
    let text = commission::csv(&world.db, &xavier, &it).await.unwrap();
    let sums = text.lines().filter(|line| line.contains(&number)).map(|line| line.rsplit(',').next().unwrap().to_owned());
    assert_eq!(sums.collect::<Vec<_>>(), ["-2.00", "-8.00", "8.00", "-8.00", "8.00"]);
    assert_eq!(lines(&world, &number).await, 800);
    let hannah = world.scope("hannah").await;
    assert!(matches!(commission::statement(&world.db, &hannah, xavier.user.id, day(12)).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_closed_month_never_changes() {
    let world = world().await;
    settings::write(&world.db, "rate_agent", "1000").await.unwrap();
    let layla = world.scope("layla").await;
    let number = sold(&world).await;
    moved(&world, &number, Status::Connected).await;
    let november = NaiveDate::from_ymd_opt(2026, 11, 1).unwrap();
    assert!(matches!(commission::close(&world.db, &layla, november).await, Err(Error::Invalid(_))), "it is not over");
    world.db.clock.set(NOW + 15 * 24 * HOUR);
    commission::close(&world.db, &layla, november).await.unwrap();
    let again = commission::close(&world.db, &layla, november).await;
    assert_eq!(again.unwrap_err().sentence(), "November 2026 is already closed");
    let before = world.number("SELECT CAST(SUM(amount) AS BIGINT) FROM commissions WHERE month = '2026-11-01'").await;
    moved(&world, &number, Status::Issues).await;
    // Somebody whose clock is still in November.
    let late = world.db.at(db::Clock::fixed(NOW + HOUR));
    let form = orders::form_update(&late, &layla, &number).await.unwrap();
    orders::change_status(&late, &layla, &number, form.version, Status::Connected, &OrderDraft::default()).await.unwrap();
    assert_eq!(world.number("SELECT CAST(SUM(amount) AS BIGINT) FROM commissions WHERE month = '2026-11-01'").await, before);
    let reason = world.text("SELECT reason FROM commissions ORDER BY id DESC LIMIT 1").await.unwrap();
    assert_eq!(reason, "Connected, recorded after its month was closed");
    assert!(world.sql("UPDATE commissions SET amount = 0").await.is_err());
    assert!(world.sql("DELETE FROM commissions").await.is_err());
    let agent = world.scope("xavier").await;
    assert!(matches!(commission::close(&world.db, &agent, november + Days::new(40)).await, Err(Error::Forbidden(_))));
}

/// `CURLEW_MINUTES=60 bin/postgres cargo test -p db --test it -- --ignored --nocapture ten_writers`
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes as long as CURLEW_MINUTES says"]
async fn ten_writers_for_as_long_as_asked_leave_every_figure_right() {
    // An error that nobody expected names its cause in the log alone.
    let _ = tracing_subscriber::fmt().with_max_level(tracing_subscriber::filter::LevelFilter::ERROR).try_init();
    let minutes: u64 = std::env::var("CURLEW_MINUTES").ok().and_then(|it| it.parse().ok()).unwrap_or(1);
    let world = std::sync::Arc::new(world().await);
    settings::write(&world.db, "rate_agent", "725").await.unwrap();
    let until = tokio::time::Instant::now() + std::time::Duration::from_secs(minutes * 60);
    let mut writers = Vec::new();
    for nth in 0..10 {
        let world = world.clone();
        writers.push(tokio::spawn(async move {
            let mut random = ChaCha8Rng::seed_from_u64(1_000 + nth);
            let mut done = std::collections::BTreeMap::<&str, usize>::new();
            while tokio::time::Instant::now() < until {
                *done.entry(work(&world.db, &world, &mut random).await).or_default() += 1;
            }
            done
        }));
    }
    let (mut looked, mut zones) = (0, [Tz::America__New_York, Tz::Europe__London, Tz::Pacific__Auckland].into_iter().cycle());
    while tokio::time::Instant::now() < until {
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        world.db.clock.set(world.db.now() + HOUR);
        rollups::change_zone(&world.db, zones.next().unwrap()).await.unwrap();
        assert_eq!(differences(&world.db).await, Vec::<String>::new(), "while they work");
        looked += 1;
    }
    let mut all = std::collections::BTreeMap::<&str, usize>::new();
    for writer in writers {
        for (kind, n) in writer.await.unwrap() {
            *all.entry(kind).or_default() += n;
        }
    }
    assert_eq!(differences(&world.db).await, Vec::<String>::new());
    ledger_agrees(&world).await;
    println!("{all:?}, looked {looked} times while they worked, each after a change of zone");
}

#[tokio::test]
async fn nobody_is_paid_for_what_another_connection_earned() {
    let world = world().await;
    settings::write(&world.db, "rate_agent", "1000").await.unwrap();
    let (layla, xavier) = (world.scope("layla").await, world.scope("xavier").await);
    let number = sold(&world).await;
    moved(&world, &number, Status::Connected).await;
    assert_eq!(lines(&world, &number).await, 1_000);
    // Worth nothing any more, thrown away and taken back: nothing.
    let mut form = orders::form_update(&world.db, &layla, &number).await.unwrap();
    form.draft.set(Field::BoxValue, "0");
    orders::edit(&world.db, &layla, &number, form.version, &form.draft).await.unwrap();
    orders::trash(&world.db, &layla, &number).await.unwrap();
    orders::restore(&world.db, &layla, &number).await.unwrap();
    assert_eq!(lines(&world, &number).await, 0);
    // Somebody else connects it under a campaign that pays nothing: the first seller gets nothing of that.
    let number = sold(&world).await;
    moved(&world, &number, Status::Connected).await;
    moved(&world, &number, Status::Issues).await;
    world.sql("UPDATE campaigns SET commission_rate = 0 WHERE id = 1").await.unwrap();
    let mut form = orders::form_update(&world.db, &layla, &number).await.unwrap();
    form.draft.set(Field::Owner, world.scope("hannah").await.user.id.0.to_string());
    form.draft.set(Field::Campaign, "1");
    orders::edit(&world.db, &layla, &number, form.version, &form.draft).await.unwrap();
    moved(&world, &number, Status::Connected).await;
    orders::trash(&world.db, &layla, &number).await.unwrap();
    orders::restore(&world.db, &layla, &number).await.unwrap();
    assert_eq!(lines(&world, &number).await, 0);
    let his = format!(
        "SELECT COALESCE(CAST(SUM(amount) AS BIGINT), 0) FROM commissions WHERE user_id = {} AND order_id = (SELECT id FROM orders WHERE number = '{number}')",
        xavier.user.id.0
    );
    assert_eq!(world.number(&his).await, 0);
    ledger_agrees(&world).await;
}
