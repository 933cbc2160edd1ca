//! Orders out and in as CSV: round trips, updates by number, and files that are wrong.

use std::path::PathBuf;

use db::{
    csv::{self, ImportResult},
    orders,
    testing::{TestWorld, empty, world},
};
use domain::{
    Error,
    orders::{Field, OrderDraft},
};

use crate::orders::{create, draft};

/// A file that goes when the test ends.
struct Held(PathBuf);

impl Drop for Held {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn file(bytes: impl AsRef<[u8]>) -> Held {
    let path = std::env::temp_dir().join(format!("curlew-csv-{}.csv", orders::fresh_uuid()));
    std::fs::write(&path, bytes).unwrap();
    Held(path)
}

async fn out(world: &TestWorld) -> String {
    let mut text = Vec::new();
    csv::export(&world.db, &world.scope("layla").await, &mut text).await.unwrap();
    String::from_utf8(text).unwrap()
}

async fn take(world: &TestWorld, bytes: impl AsRef<[u8]>) -> Result<ImportResult, Vec<String>> {
    let held = file(bytes);
    let done = csv::import(
        &world.db,
        &world.scope("layla").await,
        &held.0,
        csv::ImportOptions { overwrite: true, ..csv::ImportOptions::default() },
        |_| (),
    )
    .await;
    done.map_err(|faults| faults.faults.iter().map(ToString::to_string).collect())
}

/// People and places of the demo company, without its orders.
async fn without_orders() -> TestWorld {
    let world = empty().await;
    db::settings::seed(&world.db, chrono_tz::Europe::London, "GBP").await.unwrap();
    db::demo::fill(&world.db, db::demo::Plan::of(0), |_| ()).await.unwrap();
    world
}

#[tokio::test]
async fn what_goes_out_comes_back_in_equal() {
    let from = world().await;
    let text = out(&from).await;
    assert_eq!(
        text.lines().next().unwrap().split(',').take(5).collect::<Vec<_>>(),
        ["\u{feff}number", "created_at", "connected_on", "team", "status"]
    );
    let to = without_orders().await;
    assert_eq!(take(&to, &text).await, Ok(ImportResult { written: 400, changed: 0, same: 0, ..ImportResult::default() }));
    assert_eq!(out(&to).await, text);
    // The same file twice, there and where it came from.
    assert_eq!(take(&to, &text).await, Ok(ImportResult { written: 0, changed: 0, same: 400, ..ImportResult::default() }));
    assert_eq!(take(&from, &text).await, Ok(ImportResult { written: 0, changed: 0, same: 400, ..ImportResult::default() }));
    assert_eq!(to.number("SELECT count(*) FROM order_history").await, 400);
    // And they are found.
    let found =
        domain::orders::list::ListQuery { text: "moor".into(), ..domain::orders::list::ListQuery::of(domain::orders::list::View::Search) };
    assert!(!orders::list(&to.db, &to.scope("layla").await, found, Vec::new()).await.unwrap().rows.is_empty());
}

#[tokio::test]
async fn a_known_number_is_changed_and_columns_that_are_not_there_stay() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("By number")).await;
    let done = take(&world, format!("Number,handset,Box value\n{number},Pixel 9,\"£1,000.50\"\n")).await;
    assert_eq!(done, Ok(ImportResult { written: 0, changed: 1, same: 0, ..ImportResult::default() }));
    let shown = orders::show(&world.db, &world.scope("layla").await, &number).await.unwrap();
    assert_eq!((shown.draft.get(Field::Handset), shown.draft.get(Field::BusinessName)), ("Pixel 9", "By number"));
    assert_eq!(shown.box_value.as_deref(), Some("£1,000.50"));
    assert_eq!(shown.version, 2);
    assert!(matches!(&shown.timeline[0], domain::orders::history::Entry::Change { by: Some(by), .. } if by == "Layla Reyes"));
}

#[tokio::test]
async fn rows_without_a_number_are_new_once() {
    let world = world().await;
    let text = "business_name,status\nTwin Ltd,NW\nTwin Ltd,NW\nOther Ltd,New\n";
    assert_eq!(take(&world, text).await, Ok(ImportResult { written: 3, changed: 0, same: 0, ..ImportResult::default() }));
    let again = take(&world, text).await.unwrap();
    assert_eq!((again.written, again.same), (0, 3), "run again after a kill");
    let skipped: Vec<String> = again.lines().map(ToString::to_string).collect();
    assert_eq!(skipped[0], "line 2, order 1000401: it was created by an earlier run of this file");
    assert_eq!(skipped.len(), 3);
    assert_eq!(world.number("SELECT count(*) FROM orders WHERE business_name = 'Twin Ltd'").await, 2);
    assert_eq!(world.text("SELECT number FROM orders WHERE business_name = 'Other Ltd'").await.as_deref(), Some("1000403"));
}

#[tokio::test]
async fn formulas_are_stored_as_typed_and_defused_on_the_way_out() {
    let world = world().await;
    let odd = ["=HYPERLINK(\"http://evil.example\")", "+cmd|' /C calc'!A0", "@SUM(1)", "-2+3", "'=already", "''", "'quoted'"];
    let mut rows = String::from("business_name,handset\n");
    for (n, text) in odd.iter().enumerate() {
        rows.push_str(&format!("Odd {n},\"{}\"\n", text.replace('"', "\"\"")));
    }
    take(&world, &rows).await.unwrap();
    let stored = |n: usize| format!("SELECT handset FROM orders WHERE business_name = 'Odd {n}'");
    assert_eq!(world.text(&stored(0)).await.as_deref(), Some(odd[0]));
    assert_eq!(world.text(&stored(1)).await.as_deref(), Some(odd[1]));
    let text = out(&world).await;
    for cell in
        ::csv::Reader::from_reader(text.as_bytes()).records().flat_map(|it| it.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
    {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
    }
    let to = without_orders().await;
    take(&to, &text).await.unwrap();
    for (n, text) in odd.iter().enumerate() {
        assert_eq!(to.text(&stored(n)).await, world.text(&stored(n)).await, "{text}");
    }
    assert_eq!(out(&to).await, text);
}

#[tokio::test]
async fn spellings_of_files_are_read() {
    let world = world().await;
    let plain = "business_name,mobile\nCafé Bord,07700 900123\n";
    let utf16 = |big: bool| {
        let mut bytes = if big { vec![0xfe, 0xff] } else { vec![0xff, 0xfe] };
        bytes.extend(plain.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }));
        bytes
    };
    let mut marked = vec![0xef, 0xbb, 0xbf];
    marked.extend(plain.as_bytes());
    // One content: after the first all of them are there already.
    let done = |written| Ok((written, 1 - written));
    let take = async |world: &TestWorld, bytes: Vec<u8>| take(world, bytes).await.map(|done| (done.written, done.same));
    assert_eq!(take(&world, plain.as_bytes().to_vec()).await, done(1));
    assert_eq!(take(&world, marked).await, done(0));
    assert_eq!(take(&world, utf16(false)).await, done(0));
    assert_eq!(take(&world, utf16(true)).await, done(0));
    assert_eq!(take(&world, plain.replace('\n', "\r").into()).await, done(0), "CR alone");
    assert_eq!(take(&world, plain.replace('\n', "\r\n").into()).await, done(0));
    assert_eq!(world.text("SELECT business_name FROM orders WHERE number = '1000401'").await.as_deref(), Some("Café Bord"));
}

#[tokio::test]
async fn a_wrong_file_is_refused_by_line_and_column_and_nothing_is_written() {
    let world = world().await;
    let before = world.number("SELECT count(*) FROM orders").await;
    let wide = (0..10_000).map(|n| format!("c{n}")).collect::<Vec<_>>().join(",");
    let long = format!("business_name\n\"{}\n", "x".repeat(3_000_000));
    for (bytes, message) in [
        (b"".to_vec(), "line 1: The file is empty"),
        (b"business_name,password_hash\nA,b\n".to_vec(), "line 1, password_hash: Orders have no such column"),
        (b"number,number\n1,2\n".to_vec(), "line 1, number: This column appears twice"),
        (wide.into_bytes(), "line 1: The file has 10000 columns"),
        (
            b"business_name,handset\nA\n".to_vec(),
            "line 2: The number of cells in this line (1) doesn't match the number of columns (2): check for a missing or extra comma",
        ),
        (b"business_name\nA\n\"B\nC\n".to_vec(), "line 3"),
        (b"business_name\nA\n\"B\nC\n".to_vec(), ""),
        (b"business_name\nCaf\xe9\n".to_vec(), "line 2, business_name: This isn't UTF-8 text"),
        (b"business_name\nA\0B\n".to_vec(), "line 2, business_name: This contains a character that can't be stored"),
        (b"box_value\n12.345\n".to_vec(), "line 2, box_value: Enter at most two digits after the decimal point"),
        (b"box_value\nNaN\n".to_vec(), "line 2, box_value"),
        (b"date_of_birth\n1980-02-31\n".to_vec(), "line 2, date_of_birth: This date doesn't exist"),
        (b"status\nXX\n".to_vec(), "line 2, status: Enter a status code"),
        (b"status\nCNL\n".to_vec(), "line 2, loss_reason: Choose a loss reason"),
        (b"owner,business_name\nnobody,A\n".to_vec(), "line 2, owner: No owner is called"),
        (b"number,handset\n1000001,a\n1000002,b\n1000001,c\n".to_vec(), "line 4, number: This number is also on line 2"),
        (b"number\nnew\n".to_vec(), "line 2, number"),
        (b"mobile\n123\n".to_vec(), "line 2, mobile"),
        (b"business_name,handset\nGood,x\nBad,\"a\nb\"\n".to_vec(), "line 3, handset: Enter this on one line"),
        (long.into_bytes(), "longer than one megabyte"),
    ] {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        if message.is_empty() || message == "line 3" {
            // An unclosed quote at the end of a short file swallows the rest: whatever it is read as, no line end may be in a name.
            let refused = take(&world, &bytes).await.unwrap_err();
            assert!(refused[0].contains("line 3"), "{refused:?}");
            continue;
        }
        let refused = take(&world, &bytes).await.unwrap_err();
        assert!(refused.iter().any(|it| it.contains(message)), "{shown:?}: {refused:?}");
        assert_eq!(world.number("SELECT count(*) FROM orders").await, before, "{shown:?}");
    }
    assert!(take(&world, "business_name,box_value\nGood,1\nBad,x\n").await.is_err());
    assert_eq!(world.number("SELECT count(*) FROM orders").await, before, "the good row of a bad file is not written either");
}

#[tokio::test]
async fn a_dry_run_says_what_would_happen_and_writes_nothing() {
    let world = world().await;
    let held = file("number,handset,business_name\n1000001,Dry 1,Dry Ltd\n,Dry 2,Wet Ltd\n");
    let scope = world.scope("layla").await;
    let log = world.number("SELECT count(*) FROM activity").await;
    let done = csv::import(
        &world.db,
        &scope,
        &held.0,
        csv::ImportOptions { dry_run: true, overwrite: true, ..csv::ImportOptions::default() },
        |_| (),
    )
    .await
    .unwrap();
    assert_eq!(done, ImportResult { written: 1, changed: 1, same: 0, ..ImportResult::default() });
    assert_eq!(world.number("SELECT count(*) FROM orders WHERE handset LIKE 'Dry%'").await, 0);
    assert_eq!(world.number("SELECT count(*) FROM activity").await, log);
}

#[tokio::test]
async fn agents_and_viewers_take_nothing_out_and_bring_nothing_in() {
    let world = world().await;
    let held = file("business_name\nX\n");
    for name in ["xavier", "ruth"] {
        let scope = world.scope(name).await;
        let mut text = Vec::new();
        assert!(csv::export(&world.db, &scope, &mut text).await.is_err());
        assert!(text.is_empty());
        assert!(
            csv::import(&world.db, &scope, &held.0, csv::ImportOptions { overwrite: true, ..csv::ImportOptions::default() }, |_| ())
                .await
                .is_err()
        );
    }
    assert_eq!(world.number("SELECT count(*) FROM activity WHERE kind IN ('exported', 'imported')").await, 0);
}

#[tokio::test]
async fn an_import_that_breaks_off_says_what_it_did_and_the_next_one_continues() {
    let world = without_orders().await;
    let rows: String = (1..=1_800).map(|nth| format!("Row {nth},07700 900123\n")).collect();
    let held = file(format!("business_name,mobile\n{rows}"));
    let layla = world.scope("layla").await;
    // As a disk that is full, or a server that is killed: the third part is refused.
    let (stop, go_on) = match db::testing::on_postgres() {
        true => (
            "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT count(*) FROM orders) >= 1000 THEN \
             RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END IF; RETURN NEW; END $$; \
             CREATE TRIGGER stop BEFORE INSERT ON orders FOR EACH STATEMENT EXECUTE FUNCTION stop()",
            "DROP TRIGGER stop ON orders",
        ),
        false => (
            "CREATE TRIGGER stop BEFORE INSERT ON orders WHEN (SELECT count(*) FROM orders) >= 1000 BEGIN SELECT RAISE(ABORT, 'full'); END",
            "DROP TRIGGER stop",
        ),
    };
    world.sql(stop).await.unwrap();
    let stopped = csv::import(&world.db, &layla, &held.0, csv::ImportOptions::default(), |_| ()).await.unwrap_err();
    assert_eq!(world.number("SELECT count(*) FROM orders").await, 1_000);
    assert_eq!((stopped.done.written, stopped.line), (1_000, 1_001));
    let sentences = stopped.sentences();
    let last = sentences.last().unwrap();
    assert!(last.contains("stopped after line 1001. Created: 1000") && last.contains("to continue"), "{sentences:?}");
    assert!(!sentences.iter().any(|it| it.contains("Nothing was written")), "{sentences:?}");
    assert_eq!(sentences.len(), 2, "why, and what was done: {sentences:?}");
    world.sql(go_on).await.unwrap();
    let done = csv::import(&world.db, &layla, &held.0, csv::ImportOptions::default(), |_| ()).await.unwrap();
    assert_eq!((done.written, done.same), (800, 1_000));
    assert_eq!(world.number("SELECT count(*) FROM orders").await, 1_800);
}

#[tokio::test]
async fn an_order_that_was_edited_since_the_export_is_changed_only_when_asked() {
    let world = world().await;
    let layla = world.scope("layla").await;
    let number = "1000005";
    let text = out(&world).await;
    // Somebody edits it in Curlew, and somebody else its line in the file.
    let (_, version, mut draft) = orders::read_draft(&world.db, &layla, number).await.unwrap();
    draft.set(Field::BoxValue, "999.00");
    orders::edit(&world.db, &layla, number, version, &draft).await.unwrap();
    let edited: String = text
        .lines()
        .map(|line| if line.starts_with(number) { with_value(&text, line, "100.00") } else { line.to_owned() })
        .map(|line| line + "\n")
        .collect();
    let held = file(&edited);
    let value = async || orders::read_draft(&world.db, &layla, number).await.unwrap().2.get(Field::BoxValue).to_owned();
    let done = csv::import(&world.db, &layla, &held.0, csv::ImportOptions::default(), |_| ()).await.unwrap();
    assert_eq!((done.written, done.changed, done.unchanged.len()), (0, 0, 1), "{done:?}");
    assert_eq!(done.unchanged[0].number, number);
    assert!(done.unchanged[0].to_string().contains("edited since this file was exported"), "{}", done.unchanged[0]);
    assert!(done.summary(false).contains("left unchanged: 1"), "{}", done.summary(false));
    assert_eq!(value().await, "999.00");
    // A file that does not say which version it has.
    let bare = file(format!("number,box_value\n{number},100.00\n"));
    let done = csv::import(&world.db, &layla, &bare.0, csv::ImportOptions::default(), |_| ()).await.unwrap();
    assert_eq!((done.changed, done.unchanged.len()), (0, 1), "{done:?}");
    assert_eq!(value().await, "999.00");
    // When it is asked for.
    let how = csv::ImportOptions { overwrite: true, ..csv::ImportOptions::default() };
    let done = csv::import(&world.db, &layla, &held.0, how, |_| ()).await.unwrap();
    assert_eq!((done.changed, done.unchanged.len()), (1, 0), "{done:?}");
    assert_eq!(value().await, "100.00");
    // An order that nobody edited since is changed without a question.
    let again = out(&world).await;
    let line = again.lines().find(|line| line.starts_with(number)).unwrap();
    let held = file(format!("{}\n{}\n", again.lines().next().unwrap(), with_value(&again, line, "120.00")));
    let done = csv::import(&world.db, &layla, &held.0, csv::ImportOptions::default(), |_| ()).await.unwrap();
    assert_eq!((done.changed, done.unchanged.len()), (1, 0), "{done:?}");
    assert_eq!(value().await, "120.00");
}

/// A line of an export with another box value.
fn with_value(text: &str, line: &str, value: &str) -> String {
    let at = text.lines().next().unwrap().split(',').position(|name| name == "box_value").unwrap();
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
    let record = reader.records().next().unwrap().unwrap();
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(record.iter().enumerate().map(|(nth, cell)| if nth == at { value } else { cell })).unwrap();
    String::from_utf8(writer.into_inner().unwrap()).unwrap().trim_end().to_owned()
}

#[tokio::test]
async fn an_export_that_fails_leaves_the_file_that_was_there() {
    let world = world().await;
    let layla = world.scope("layla").await;
    let held = file("what was there");
    world.sql("ALTER TABLE teams RENAME TO hidden").await.unwrap();
    assert!(csv::export_file(&world.db, &layla, &held.0).await.is_err());
    assert_eq!(std::fs::read_to_string(&held.0).unwrap(), "what was there");
    world.sql("ALTER TABLE hidden RENAME TO teams").await.unwrap();
    assert_eq!(csv::export_file(&world.db, &layla, &held.0).await.unwrap(), 400);
}

#[tokio::test]
async fn the_same_line_in_two_files_is_two_sales_and_a_known_customer_is_reported() {
    let world = world().await;
    let march = "business_name,mobile\nHarrison,07700 900111\n";
    let first = take(&world, march).await.unwrap();
    assert_eq!((first.written, first.alike.len()), (1, 0), "{first:?}");
    // The cells are the same, the file is another one: other heads, or one more line.
    let other_heads = take(&world, "last_name,mobile\nHarrison,07700 900111\n").await.unwrap();
    assert_eq!((other_heads.written, other_heads.same), (1, 0), "{other_heads:?}");
    let april = take(&world, "business_name,mobile\nHarrison,07700 900111\nMoor Ltd,07700 900112\n").await.unwrap();
    assert_eq!((april.written, april.same), (2, 0), "{april:?}");
    assert_eq!(
        april.lines().map(ToString::to_string).collect::<Vec<_>>(),
        ["line 2, order 1000402: it has the same phone as this new order, which is still created"]
    );
    assert!(april.summary(false).contains("new orders that look like an existing customer: 1"), "{}", april.summary(false));
    // A space at the end of a cell makes no other file of it.
    let spaced = take(&world, "business_name,mobile \nHarrison ,07700 900111\n").await.unwrap();
    assert_eq!((spaced.written, spaced.same), (0, 1), "{spaced:?}");
    // Nor do empty lines, whichever way they are saved.
    let lines = "business_name,mobile\nBlank One,\nBlank Two,\n";
    assert_eq!(take(&world, lines).await.unwrap().written, 2);
    for again in ["business_name,mobile\n\nBlank One,\nBlank Two,\n", "business_name,mobile\n,\nBlank One,\n,\nBlank Two,\n"] {
        let done = take(&world, again).await.unwrap();
        assert_eq!((done.written, done.same), (0, 2), "{again}");
    }
    for (text, why) in [
        ("business_name,email\nMine Ltd,ann@moor.example\n", ""),
        ("business_name,email\nYours Ltd,Ann@Moor.example\n", "the same e-mail"),
        ("business_name,landline\nHers Ltd,+44 7700 900112\n", "the same phone"),
        ("business_name,billing_postcode\nPlace Ltd,ZE2 9QQ\n", ""),
        ("business_name,billing_postcode\nplace ltd,ze29qq\nOther Ltd,ze29qq\n", "the same business and postcode"),
    ] {
        let done = take(&world, text).await.unwrap();
        let message = done.alike.iter().map(|it| it.reason.clone()).collect::<String>();
        assert_eq!(done.alike.len(), usize::from(!why.is_empty()), "{text}: {done:?}");
        assert!(message.contains(why), "{text}: {message}");
    }
}

#[tokio::test]
async fn a_number_that_lost_its_zeros_writes_no_second_order() {
    let world = world().await;
    take(&world, "number,business_name,box_value\n004512,Zeros Ltd,100\n0077,Seven Ltd,1\nA-12,Letters Ltd,1\n").await.unwrap();
    let revenue = world.number("SELECT CAST(SUM(box_value) AS BIGINT) FROM orders").await;
    for typed in ["4512", "04512", "00004512", "4512.0", "'004512", " 0045 12", "'4512"] {
        let refused = take(&world, format!("number,business_name\n{typed},Zeros Ltd\n")).await;
        if typed == " 0045 12" {
            assert!(refused.is_err(), "{typed}");
            continue;
        }
        let refused = refused.unwrap_err();
        assert!(refused[0].starts_with("line 2, number: ") && refused[0].contains("order number 004512"), "{typed}: {refused:?}");
        assert!(refused[0].contains(typed.trim()), "both are named: {refused:?}");
    }
    let twice = take(&world, "number,business_name\n9001,A\n09001,A\n").await.unwrap_err();
    assert!(twice[0].starts_with("line 3, number: This number is also on line 2"), "{twice:?}");
    assert_eq!(world.number("SELECT CAST(SUM(box_value) AS BIGINT) FROM orders").await, revenue);
    // Two orders that were there before are two orders.
    world.sql("UPDATE orders SET number = '77' WHERE number = 'A-12'").await.unwrap();
    let done = take(&world, "number,handset\n0077,Two\n77,Two\n").await.unwrap();
    assert_eq!(done.changed, 2);
    world.sql("UPDATE orders SET number = 'A-12' WHERE number = '77'").await.unwrap();
    // The same number is the same order, and letters are no zeros.
    let done = take(&world, "number,handset\n004512,Pixel\nA-12,Pixel\n0077,Pixel\n").await.unwrap();
    assert_eq!((done.written, done.changed), (0, 3));
    let only = csv::ImportOptions { only_known: true, overwrite: true, ..csv::ImportOptions::default() };
    for (text, message) in [
        ("number,handset\n004512,Moto\n999999,Moto\n", "line 3, number: Order 999999 doesn't exist"),
        ("business_name\nNew Ltd\n", "line 2, number: The row has no number"),
    ] {
        let held = file(text);
        let stopped = csv::import(&world.db, &world.scope("layla").await, &held.0, only, |_| ()).await.unwrap_err();
        assert!(stopped.faults[0].to_string().starts_with(message), "{stopped:?}");
    }
    assert_eq!(world.number("SELECT count(*) FROM orders WHERE handset = 'Moto'").await, 0);
}

#[tokio::test]
async fn lines_are_counted_as_a_spreadsheet_shows_them_whatever_ends_them() {
    let world = world().await;
    for end in ["\n", "\r\n", "\r"] {
        for (rows, message) in [
            (vec!["business_name,box_value", "A,1", "B,x"], "line 3, box_value"),
            (vec!["business_name,box_value", "A,1", "", "", "B,x"], "line 5, box_value"),
            (vec!["business_name,account_address,box_value", "A,\"one", "two", "", "four\",1", "B,,x"], "line 3, box_value"),
            (vec!["", "business_name,box_value", "B,x"], "line 3, box_value"),
            (vec!["business_name,box_value", "B,x", ""], "line 2, box_value"),
        ] {
            let refused = take(&world, rows.join(end)).await.unwrap_err();
            assert!(refused[0].starts_with(message), "{rows:?} {end:?}: {refused:?}");
        }
    }
}

#[tokio::test]
async fn text_of_another_encoding_is_stopped_before_it_is_stored() {
    let world = world().await;
    for odd in ["CafÃ© Bord", "Smith â€“ Sons", "Â£5 Shop", "MÃ¼ller"] {
        let text = format!("business_name\n{odd}\n");
        let refused = take(&world, &text).await.unwrap_err();
        assert!(
            refused[0].starts_with("line 2, business_name: “") && refused[0].contains(odd) && refused[0].contains("--odd-text"),
            "{refused:?}"
        );
        let held = file(&text);
        let how = csv::ImportOptions { odd_text: true, ..csv::ImportOptions::default() };
        assert_eq!(csv::import(&world.db, &world.scope("layla").await, &held.0, how, |_| ()).await.unwrap().written, 1);
    }
    for fine in ["Café Bord", "SÃO PAULO", "Ânia", "naïve", "Ð", "â", "Château â la carte"] {
        assert_eq!(take(&world, format!("business_name\n{fine}\n")).await.unwrap().written, 1, "{fine}");
    }
}

#[tokio::test]
async fn what_shows_nothing_is_taken_out_of_the_figures_of_a_file() {
    let world = world().await;
    let text = "business_name,mobile,box_value,email,date_of_birth\nUnseen,\u{202A}07700\u{A0}900501\u{202C},\u{200B}1\u{202F}234.50,ann\u{200B}@moor.example,12\u{2011}11\u{2011}1980\n";
    take(&world, text).await.unwrap();
    let stored = "SELECT mobile || ' ' || box_value || ' ' || email || ' ' || date_of_birth FROM orders WHERE business_name = 'Unseen'";
    assert_eq!(world.text(stored).await.as_deref(), Some("07700 900501 123450 ann@moor.example 1980-11-12"));
}

#[tokio::test]
async fn a_business_that_counts_in_euros_takes_euros_wherever_a_sum_is_typed_and_names_any_other_currency() {
    let world = world().await;
    db::settings::write(&world.db, "currency", "EUR").await.unwrap();
    let layla = world.scope("layla").await;
    let other = |currency: &str| format!("Amounts are in EUR: remove “{currency}”");
    let sum = async |number: &str| world.number(&format!("SELECT box_value FROM orders WHERE number = '{number}'")).await;
    // The form, and an edit.
    let typed = |value: &str| OrderDraft::from_pairs([("business_name", "Euro Ltd"), ("status", "NW"), ("box_value", value)]);
    let create = async |value: &str| orders::create(&world.db, &layla, orders::fresh_uuid(), &typed(value)).await;
    let number = create("€ 412").await.unwrap();
    assert_eq!(sum(&number).await, 41_200);
    let Err(Error::Invalid(errors)) = create("£412").await else { panic!("pounds were taken") };
    assert_eq!(errors.get("box_value"), Some(other("£").as_str()));
    let mut form = orders::form_update(&world.db, &layla, &number).await.unwrap();
    assert_eq!(form.currency, "EUR");
    form.draft.set(Field::BoxValue, "500 eur");
    orders::edit(&world.db, &layla, &number, form.version, &form.draft).await.unwrap();
    assert_eq!(sum(&number).await, 50_000);
    // A filter.
    let (query, ignored) = orders::at_address(&layla, "/orders/?value_from=%E2%82%AC500&value_to=500+EUR");
    assert_eq!((query.filter.value.from.map(|it| it.0), ignored), (Some(50_000), vec![]));
    let (query, ignored) = orders::at_address(&layla, "/orders/?value_from=%24500");
    assert!(query.filter.value.from.is_none() && ignored[0].contains(&other("$")), "{ignored:?}");
    // A file.
    let file = |value: &str| format!("number,box_value\n{number},{value}\n");
    take(&world, file("€600.50")).await.unwrap();
    assert_eq!(sum(&number).await, 60_050);
    let faults = take(&world, file("£600.50")).await.unwrap_err();
    assert!(faults[0].contains(&other("£")), "{faults:?}");
    // A target, a campaign's target, what a company spends.
    let month = chrono::NaiveDate::from_ymd_opt(2026, 11, 1).unwrap();
    let of = || db::commission::TargetOf::Person(layla.user.id);
    db::commission::set_target(&world.db, &layla, of(), month, "€8,000").await.unwrap();
    assert_eq!(
        world.number(&format!("SELECT amount FROM targets WHERE user_id = {} AND month = '2026-11-01'", layla.user.id)).await,
        800_000
    );
    let refused = db::commission::set_target(&world.db, &layla, of(), month, "£8,000").await.unwrap_err();
    assert_eq!(refused.sentence(), other("£"));
    let campaign = |target: &str| domain::campaigns::CampaignDraft { name: "Euros".into(), target: target.into(), ..Default::default() };
    assert_eq!(db::campaigns::save(&world.db, &layla, None, &campaign("GBP 5")).await.unwrap_err().sentence(), other("GBP"));
    db::campaigns::save(&world.db, &layla, None, &campaign("EUR 5")).await.unwrap();
    let company = |spend: &str| db::companies::CompanyDraft { name: "Euro Ltd".into(), monthly_spend: spend.into(), ..Default::default() };
    assert_eq!(db::companies::save(&world.db, &layla, None, &company("$9")).await.unwrap_err().sentence(), other("$"));
    db::companies::save(&world.db, &layla, None, &company("9 €")).await.unwrap();
}
