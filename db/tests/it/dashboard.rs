//! The dashboard against a plain loop over every order, at fifty moments of the past: clock changes, ends of months, the turn of the
//! year, 29 February and week 53 among them.

use chrono::{DateTime, Datelike, Days, Duration, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::{Europe::London, Tz};
use db::{
    clock::{DAY, HOUR},
    dashboard::dashboard,
    orders,
    testing::{NOW, TestWorld, world},
};
use domain::{
    dashboard::DashboardQuery,
    orders::{Field, OrderDraft, Status},
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::orders::{change_status, create, draft};

struct Sale {
    local: NaiveDateTime,
    day: NaiveDate,
    connected_on: Option<NaiveDate>,
    lost: bool,
    value: i64,
}

/// Every order, as text out of the database: nothing of the verbs comes into it.
async fn sales(world: &TestWorld, zone: Tz) -> Vec<Sale> {
    let whole = if db::testing::on_postgres() { "string_agg(line, ';')" } else { "group_concat(line, ';')" };
    let line = "CAST(created_at AS TEXT) || ',' || status || ',' || COALESCE(CAST(box_value AS TEXT), '0') || ',' || COALESCE(CAST(connected_on AS TEXT), '')";
    let text =
        world.text(&format!("SELECT {whole} FROM (SELECT {line} AS line FROM orders WHERE trashed_at IS NULL) AS lines")).await.unwrap();
    text.split(';')
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let local = DateTime::from_timestamp_micros(cells[0].parse().unwrap()).unwrap().with_timezone(&zone).naive_local();
            let connected_on = cells[3].parse().ok().filter(|_| cells[1] == "CN");
            Sale { local, day: local.date(), connected_on, lost: cells[1] == "CNL", value: cells[2].parse().unwrap() }
        })
        .collect()
}

/// A year before, month by month, so that the calendar's corners are reached by orders too.
async fn spread(world: &TestWorld) {
    let mut random = ChaCha8Rng::seed_from_u64(4);
    for day in ["2024-02-29", "2023-12-31", "2024-01-01", "2024-03-31", "2024-10-27", "2020-12-31", "2021-01-03", "2021-01-04"] {
        for _ in 0..6 {
            let day: NaiveDate = day.parse().unwrap();
            let local = day.and_hms_opt(random.random_range(0..24), random.random_range(0..60), 0).unwrap();
            let Some(at) = London.from_local_datetime(&local).earliest() else { continue };
            let number = random.random_range(1_000_001..1_000_380);
            let at = at.timestamp_micros();
            world.sql(&format!("UPDATE orders SET created_at = {at} WHERE number = '{number}'")).await.unwrap();
        }
    }
    // The rollups are built anew from what stands there now.
    world.sql("DELETE FROM daily_sold").await.unwrap();
    world.sql("DELETE FROM daily_connected").await.unwrap();
    world.sql("DELETE FROM settings WHERE name = 'figures_generation'").await.unwrap();
    db::rollups::ensure(&world.db).await.unwrap();
}

#[tokio::test]
async fn fifty_moments_of_the_past_are_right_to_the_penny() {
    let world = world().await;
    spread(&world).await;
    let all = sales(&world, London).await;
    let layla = world.scope("layla").await;
    let mut random = ChaCha8Rng::seed_from_u64(50);
    let mut moments: Vec<NaiveDateTime> = [
        "2024-02-29T12:00:00",
        "2024-03-01T00:00:00",
        "2024-03-31T01:30:00",
        "2024-03-31T12:00:00",
        "2024-10-27T01:30:00",
        "2024-12-31T23:59:00",
        "2025-01-01T00:01:00",
        "2021-01-03T18:00:00",
        "2021-01-04T09:00:00",
        "2025-03-30T03:00:00",
        "2025-10-26T12:00:00",
        "2026-03-29T12:00:00",
        "2026-03-31T12:00:00",
        "2026-10-25T01:30:00",
        "2026-10-31T16:00:00",
    ]
    .map(|it| it.parse().unwrap())
    .to_vec();
    while moments.len() < 50 {
        let day: NaiveDate = "2026-11-21".parse().unwrap();
        moments.push(
            (day - Days::new(random.random_range(0..420))).and_hms_opt(random.random_range(0..24), random.random_range(0..60), 0).unwrap(),
        );
    }
    let (mut compared, mut not_nothing) = (0, 0);
    for now in moments {
        // An hour that a clock change skips is the next one.
        let at = London.from_local_datetime(&now).earliest().unwrap_or_else(|| London.from_utc_datetime(&now));
        world.db.clock.set(at.timestamp_micros());
        let now = at.naive_local();
        let today = now.date();
        let shown = dashboard(&world.db, &layla, DashboardQuery::default(), Vec::new()).await.unwrap();
        let sold = |from: NaiveDate, to: NaiveDate| {
            all.iter().filter(|it| !it.lost && it.day >= from && it.day <= to).map(|it| it.value).sum::<i64>()
        };
        let by = |from: NaiveDate, until: NaiveDateTime| {
            all.iter().filter(|it| !it.lost && it.day >= from && it.local < until).map(|it| it.value).sum::<i64>()
        };
        let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
        let first = today.with_day(1).unwrap();
        let last = first + Months::new(1) - Days::new(1);
        let before = today - Months::new(1);
        let expected = [
            (sold(today, today), by(today - Days::new(1), now - Duration::days(1))),
            (sold(monday, monday + Days::new(6)), by(monday - Days::new(7), now - Duration::days(7))),
            (sold(first, last), by(first - Months::new(1), before.and_time(now.time()))),
        ];
        for (figure, (value, earlier)) in shown.kpi_cards.iter().zip(expected) {
            assert_eq!((figure.value, figure.before), (value, earlier), "{} at {now}", figure.label);
            compared += 2;
            not_nothing += usize::from(value > 0) + usize::from(earlier > 0);
        }
        let connected = |from: NaiveDate, to: NaiveDate| {
            all.iter().filter(|it| it.connected_on.is_some_and(|on| on >= from && on <= to)).map(|it| it.value).sum::<i64>()
        };
        let figure = &shown.kpi_cards[3];
        assert_eq!(
            (figure.value, figure.before),
            (connected(first, last), connected(first - Months::new(1), before)),
            "connected at {now}"
        );
        compared += 2;
        for day in &shown.by_day {
            assert_eq!((day.sold, day.connected), (sold(day.day, day.last), connected(day.day, day.last)), "{} seen at {now}", day.day);
            compared += 2;
        }
    }
    assert!(compared > 1_000 && not_nothing > 100, "{compared} {not_nothing}");
}

#[tokio::test]
async fn an_order_is_held_since_its_move_whatever_was_edited_since() {
    let world = world().await;
    world.sql("UPDATE orders SET status = 'NW' WHERE status = 'HD'").await.unwrap();
    let number = create(&world, "xavier", &draft("Held for days")).await;
    change_status(&world, "xavier", &number, Status::Held, &OrderDraft::default()).await.unwrap();
    let held = async || {
        let scope = world.scope("layla").await;
        let shown = dashboard(&world.db, &scope, Default::default(), Vec::new()).await.unwrap();
        shown.attention.into_iter().filter(|it| it.why == "Held for over 3 days").flat_map(|it| it.rows).any(|row| row.number == number)
    };
    world.db.clock.set(NOW + 2 * DAY);
    assert!(!held().await);
    world.db.clock.set(NOW + 3 * DAY + HOUR);
    assert!(held().await);
    // An edit changes nothing about that; a move does.
    let scope = world.scope("xavier").await;
    let mut form = orders::form_update(&world.db, &scope, &number).await.unwrap();
    form.draft.set(Field::Handset, "Pixel 9");
    orders::edit(&world.db, &scope, &number, form.version, &form.draft).await.unwrap();
    assert!(held().await, "edited");
    change_status(&world, "xavier", &number, Status::Parked, &OrderDraft::default()).await.unwrap();
    change_status(&world, "xavier", &number, Status::Held, &OrderDraft::default()).await.unwrap();
    assert!(!held().await, "held anew");
}

#[tokio::test]
async fn spellings_of_one_name_are_one_row_of_a_report() {
    let world = world().await;
    let scope = world.scope("layla").await;
    for (tariff, source) in
        [("Qplan 5GB", "Qword"), ("qplan 5gb", "qword."), ("Qplan  5GB.", "QWORD"), ("Qplan 5GB", "Qword"), ("Qplan 6GB", "Qwords")]
    {
        let mut order = draft("Spelled");
        order.set(Field::Tariff, tariff);
        order.set(Field::DealSource, source);
        create(&world, "xavier", &order).await;
    }
    for (rows, wanted) in [("tariff", [("Qplan 5GB", 4), ("Qplan 6GB", 1)]), ("source", [("Qword", 4), ("Qwords", 1)])] {
        let (query, _) = domain::reports::ReportQuery::from_pairs([("measure", "orders"), ("rows", rows)]);
        let report = db::reports::report(&world.db, &scope, query, Vec::new()).await.unwrap();
        let found: Vec<_> =
            report.rows.iter().filter(|row| row.label.starts_with('Q')).map(|row| (row.label.as_str(), row.orders)).collect();
        assert_eq!(found, wanted, "{rows}");
        assert_eq!(report.total.orders, report.rows.iter().map(|row| row.orders).sum::<i64>());
    }
    let lost = world.texts("SELECT number FROM orders WHERE business_name = 'Spelled' ORDER BY id").await;
    for (number, reason) in lost.iter().zip(["Too dear", "too dear.", "TOO  DEAR"]) {
        let mut asked = OrderDraft::default();
        asked.set(Field::LossReason, reason);
        change_status(&world, "layla", number, Status::Cancelled, &asked).await.unwrap();
    }
    let (query, _) = domain::reports::ReportQuery::from_pairs([("measure", "lost")]);
    let report = db::reports::report(&world.db, &scope, query, Vec::new()).await.unwrap();
    let dear: Vec<_> = report.rows.iter().filter(|row| row.label.to_lowercase().starts_with("too")).collect();
    assert_eq!((dear.len(), dear[0].orders), (1, 3), "{dear:?}");
    assert!(dear[0].href.is_empty(), "no list is exactly these");
    let file = db::reports::csv(&world.db, &scope, &report).await.unwrap();
    assert!(file.starts_with("\u{feff}Loss reason,Lost orders,Orders\n"), "{file}");
    let (query, _) = domain::reports::ReportQuery::from_pairs([("measure", "revenue"), ("rows", "person"), ("period", "year")]);
    let report = db::reports::report(&world.db, &scope, query, Vec::new()).await.unwrap();
    let file = db::reports::csv(&world.db, &scope, &report).await.unwrap();
    assert!(file.starts_with("\u{feff}Owner,Revenue in GBP,Orders\n"), "{file}");
    let total: f64 = ::csv::Reader::from_reader(file.as_bytes())
        .records()
        .flatten()
        .filter(|row| &row[0] != "Total")
        .map(|row| row[1].parse::<f64>().unwrap())
        .sum();
    assert_eq!((total * 100.0).round() as i64, report.total.value, "a spreadsheet adds them up");
}

#[tokio::test]
async fn days_to_connect_are_business_days_in_every_zone_and_across_every_change_of_the_clock() {
    let world = world().await;
    let rows = world.texts("SELECT number FROM orders WHERE status = 'CN' ORDER BY id").await;
    assert!(rows.len() > 60);
    // Half an hour, three quarters, a day that never was, changes at midnight.
    for name in ["Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "America/Sao_Paulo", "America/St_Johns"] {
        let zone: chrono_tz::Tz = name.parse().unwrap();
        let mut random = ChaCha8Rng::seed_from_u64(7);
        let mut expected = 0_i64;
        for (nth, number) in rows.iter().enumerate() {
            let connected = NaiveDate::from_ymd_opt(2011, 10, 1).unwrap() + Days::new(random.random_range(0..3_000));
            // A third of them within an hour of a midnight of its zone.
            let at = DateTime::<Utc>::from_timestamp(1_310_000_000 + random.random_range(0..300_000_000), 123_456_000).unwrap();
            let at = if nth % 3 == 0 {
                let midnight =
                    at.with_timezone(&zone).date_naive().and_time(NaiveTime::MIN) + Duration::minutes(random.random_range(-60..60));
                zone.from_local_datetime(&midnight).earliest().map_or(at, |it| it.with_timezone(&Utc))
            } else {
                at
            };
            expected += (connected - at.with_timezone(&zone).date_naive()).num_days();
            let sql =
                format!("UPDATE orders SET created_at = {}, connected_on = '{connected}' WHERE number = '{number}'", at.timestamp_micros());
            world.sql(&sql).await.unwrap();
        }
        db::settings::write(&world.db, "time_zone", name).await.unwrap();
        let scope = world.scope("layla").await;
        for by in ["person", "month", "network"] {
            let pairs = [("measure", "days"), ("rows", by), ("period", "custom"), ("from", "2011-10-01"), ("to", "2021-09-29")];
            let (query, ignored) = domain::reports::ReportQuery::from_pairs(pairs);
            assert_eq!((query.measure, ignored), (domain::reports::Measure::DaysToConnect, vec![]));
            let report = db::reports::report(&world.db, &scope, query, Vec::new()).await.unwrap();
            assert_eq!(report.total.orders, rows.len() as i64, "{name} by {by}");
            // In tenths of a day.
            let mean = expected as f64 / rows.len() as f64 * 10.0;
            assert!((report.total.value as f64 - mean).abs() <= 0.5, "{name} by {by}: {} is not {mean}", report.total.value);
        }
    }
}

#[tokio::test]
async fn the_leaderboard_measures_a_target_as_the_settings_say() {
    let world = world().await;
    for by_sold in ["no", "yes"] {
        db::settings::write(&world.db, "targets_by_sold", by_sold).await.unwrap();
        let layla = world.scope("layla").await;
        let shown = dashboard(&world.db, &layla, DashboardQuery::default(), Vec::new()).await.unwrap();
        assert!(shown.leaderboard.iter().any(|it| it.target.is_some() && it.sold != it.connected), "an entry that tells them apart");
        for it in shown.leaderboard {
            assert_eq!(it.reached, if by_sold == "yes" { it.sold } else { it.connected }, "{} with {by_sold}", it.name);
        }
    }
}
