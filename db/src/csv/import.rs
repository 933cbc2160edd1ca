//! Imports orders from CSV. The whole file is checked before anything is written; then it is written in transactions of bounded size.
//! Importing a file again changes nothing, so an interrupted run is simply repeated.

use std::{collections::HashMap, path::Path};

use chrono::{DateTime, NaiveDate};
use domain::{
    Error, Result, date,
    orders::{
        Field, OrderDraft, OrderFields, Status,
        history::{HistoryKind, Payload},
    },
    role::Permission,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Column, Names, read::Records};
use crate::{
    Db, Scope,
    audit::{self, ActivityKind, Subject},
    bulk_insert, dialect,
    entity::order,
    error::unexpected,
    events::Topic,
    orders::{e164_of, fields_of, save, set_fields},
    rollups,
    settings::Settings,
    text,
};

/// Rows per transaction.
const AT_ONCE: usize = 500;
/// The maximum number of reported errors.
const TOLD: usize = 100;

/// An error in the file, and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The row as a spreadsheet counts it, from 1; the header is line 1.
    pub line: u64,
    /// The column name; empty for the whole line.
    pub column: String,
    pub message: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.column.as_str() {
            "" => write!(f, "line {}: {}", self.line, self.message),
            column => write!(f, "line {}, {column}: {}", self.line, self.message),
        }
    }
}

/// Options of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// Check the file and write nothing.
    pub dry_run: bool,
    /// Also change orders that were edited since the file was exported.
    pub overwrite: bool,
    /// Update existing orders only: any other row is an error.
    pub only_known: bool,
    /// Accept text that looks wrongly decoded (`CafÃ©`).
    pub odd_text: bool,
}

/// A row to report, and its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowReport {
    pub line: u64,
    pub number: String,
    pub reason: String,
}

impl std::fmt::Display for RowReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}, order {}: {}", self.line, self.number, self.reason)
    }
}

/// The result of an import, or of a dry run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportResult {
    pub written: u64,
    pub changed: u64,
    /// Rows that change nothing.
    pub same: u64,
    /// Rows that would have overwritten newer changes.
    pub unchanged: Vec<RowReport>,
    /// Rows without a number that an earlier run of this file created; they count as `same` too.
    pub before: Vec<RowReport>,
    /// New orders that look like an existing customer; they are created all the same.
    pub alike: Vec<RowReport>,
}

impl ImportResult {
    /// A summary in one sentence.
    pub fn summary(&self, dry_run: bool) -> String {
        let created = if dry_run { "Would be created" } else { "Created" };
        let mut text = format!("{created}: {}, changed: {}, already up to date: {}", self.written, self.changed, self.same);
        match self.unchanged.len() {
            0 => {}
            n => text.push_str(&format!(", left unchanged: {n} (see above; --overwrite changes them)")),
        }
        match self.alike.len() {
            0 => {}
            n => text.push_str(&format!("; new orders that look like an existing customer: {n} (see above)")),
        }
        text
    }

    /// The reports about single rows, a line each.
    pub fn lines(&self) -> impl Iterator<Item = &RowReport> {
        self.before.iter().chain(&self.unchanged).chain(&self.alike)
    }

    fn add(&mut self, part: Self) {
        self.written += part.written;
        self.changed += part.changed;
        self.same += part.same;
        self.unchanged.extend(part.unchanged);
        self.before.extend(part.before);
        self.alike.extend(part.alike);
    }
}

/// Why an import stopped, and what it had done by then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stopped {
    pub faults: Vec<Fault>,
    /// What was committed.
    pub done: ImportResult,
    /// The last committed line; 0 when nothing was committed.
    pub line: u64,
}

impl Stopped {
    /// The errors, what was done, and how to continue, a line each.
    pub fn sentences(&self) -> Vec<String> {
        let mut sentences: Vec<String> = self.faults.iter().map(ToString::to_string).collect();
        sentences.push(match self.line {
            0 => "Nothing was written".into(),
            line => format!(
                "The import stopped after line {line}. Created: {}, changed: {}. Run the same command again to continue; \
                 rows that were already imported are recognised.",
                self.done.written, self.done.changed
            ),
        });
        sentences
    }
}

impl From<Vec<Fault>> for Stopped {
    fn from(faults: Vec<Fault>) -> Self {
        Self { faults, ..Self::default() }
    }
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        vec![Fault { line: 0, column: String::new(), message: error.sentence() }].into()
    }
}

/// A checked row.
struct Row {
    line: u64,
    number: Option<String>,
    created_at: Option<i64>,
    connected_on: Option<NaiveDate>,
    team: Option<i64>,
    /// The version of the order when the file was exported.
    version: Option<i64>,
    /// The values of its cells; fields without a column are missing.
    draft: OrderDraft,
    /// The identity of a row without a number: the file hash and the row's position.
    identity: Uuid,
}

/// The state of reading a file.
struct ImportPass<'a> {
    names: &'a Names,
    how: ImportOptions,
    /// The hash of the file's content, independent of encoding, line ends and surrounding spaces.
    file: [u8; 32],
    /// Whether this is the check, in which nothing is written.
    first: bool,
}

/// Imports a file. `tell` receives progress messages.
///
/// Errors: the errors of the file, by line and column, before anything was written; or, as line 0, the database error that stopped
/// the import, with what had been committed.
pub async fn import(
    db: &Db,
    scope: &Scope,
    path: &Path,
    how: ImportOptions,
    tell: impl Fn(&str),
) -> std::result::Result<ImportResult, Stopped> {
    scope.require(Permission::Export)?;
    let alone = dialect::try_exclusive_lock(db, "import").await?;
    let Some(alone) = alone else {
        return Err(Error::invalid("file", "Another import into this database is running: wait until it has finished").into());
    };
    let done = check_and_import(db, scope, path, how, &tell).await;
    alone.end().await;
    done
}

/// Checks the file, then imports it.
async fn check_and_import(
    db: &Db,
    scope: &Scope,
    path: &Path,
    how: ImportOptions,
    tell: &impl Fn(&str),
) -> std::result::Result<ImportResult, Stopped> {
    let names = Names::read(db).await?;
    // Two passes, one to check and one to write; neither holds more than a part of the file.
    let file = digest(path)?;
    let judged = process_file(db, scope, path, &ImportPass { names: &names, how, file, first: true }, tell).await?;
    if how.dry_run {
        return Ok(judged);
    }
    let mut written = process_file(db, scope, path, &ImportPass { names: &names, how, file, first: false }, tell).await;
    let (Ok(done) | Err(Stopped { done, .. })) = &mut written;
    // Existing customers only: by now the rows of this file exist too.
    done.alike = judged.alike;
    if done.written + done.changed > 0 {
        let detail = format!("CSV: {} created, {} changed, {} already up to date", done.written, done.changed, done.same);
        // Logged whether or not the import was complete.
        audit::log_activity(&db.write, Some(scope.user.id.0), ActivityKind::Imported, None, db.now(), &detail).await?;
        db.events.publish(Topic::Orders);
    }
    let done = written?;
    dialect::settle(db).await?;
    Ok(done)
}

/// Hashes the cells of a file.
fn digest(path: &Path) -> std::result::Result<[u8; 32], Vec<Fault>> {
    let mut records = Records::open(path)?;
    let mut hash = Sha256::new();
    for column in &records.columns {
        hash.update(column.name());
        hash.update([0x1f]);
    }
    // Errors of rows are reported by the check.
    while let Some((line, cells)) = records.next() {
        if line == 0 {
            break;
        }
        let cells = cells.unwrap_or_default();
        if cells.iter().all(String::is_empty) {
            continue;
        }
        for cell in cells {
            hash.update(cell.trim());
            hash.update([0x1f]);
        }
        hash.update([0x1e]);
    }
    Ok(hash.finalize().into())
}

/// Processes the file in parts.
async fn process_file(
    db: &Db,
    scope: &Scope,
    path: &Path,
    passage: &ImportPass<'_>,
    tell: &impl Fn(&str),
) -> std::result::Result<ImportResult, Stopped> {
    let mut records = Records::open(path)?;
    let columns = records.columns.clone();
    let (mut done, mut faults, mut written_to) = (ImportResult::default(), Vec::new(), 0);
    let stopped = |faults: Vec<Fault>, done: &ImportResult, line: u64| match passage.first {
        true => Stopped::from(faults),
        false => Stopped { faults, done: done.clone(), line },
    };
    let mut seen: HashMap<String, u64> = HashMap::new();
    let mut part: Vec<Row> = Vec::with_capacity(AT_ONCE);
    let mut count = 0_u64;
    let mut fresh_numbers = HashMap::new();
    loop {
        let next = records.next();
        let over = next.is_none();
        match next {
            Some((0, Err(fault))) => {
                faults.push(fault);
                return Err(stopped(faults, &done, written_to));
            }
            Some((_, Err(fault))) => faults.push(fault),
            Some((line, Ok(cells))) if cells.iter().any(|cell| !cell.is_empty()) => {
                count += 1;
                match judge(line, count, &columns, cells, passage) {
                    Ok(row) => {
                        let before = row.number.as_ref().and_then(|number| seen.insert(number.clone(), line));
                        match before {
                            Some(before) => faults.push(Fault {
                                line,
                                column: "number".into(),
                                message: format!("This number is also on line {before}"),
                            }),
                            None => part.push(row),
                        }
                    }
                    Err(found) => faults.extend(found),
                }
            }
            Some(_) => {}
            None => {}
        }
        if faults.len() >= TOLD {
            faults.truncate(TOLD);
            return Err(stopped(faults, &done, written_to));
        }
        if part.len() >= AT_ONCE || over {
            let taken = std::mem::take(&mut part);
            let last = taken.last().map(|row| row.line);
            match write(db, scope, passage, &columns, taken, &mut fresh_numbers, &mut faults).await {
                Ok(part) => done.add(part),
                Err(error) => {
                    let mut broke = stopped(Vec::new(), &done, written_to);
                    broke.faults = Stopped::from(error).faults;
                    return Err(broke);
                }
            }
            written_to = last.unwrap_or(written_to);
            if count > 0 && count.is_multiple_of(20_000) {
                tell(&format!("{count} rows {}", if passage.first { "checked" } else { "written" }));
            }
        }
        if over {
            return if faults.is_empty() { Ok(done) } else { Err(stopped(faults, &done, written_to)) };
        }
    }
}

/// Normalises a number as spreadsheets save it: removes a leading apostrophe, leading zeros and a trailing `.0`.
///
/// ```text
/// '004512 → 4512      4512.0 → 4512      A-12 → A-12
/// ```
fn significant(number: &str) -> &str {
    let bare = number.trim_start_matches(['\'', ' ']);
    let bare = bare.strip_suffix(".0").unwrap_or(bare);
    let digits = bare.trim_start_matches('0');
    if !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit()) { digits } else { number }
}

/// The maximum number of leading zeros that a number may have lost.
const ZEROS: usize = 12;

/// The numbers that differ from one only in leading zeros.
fn padded(number: &str) -> impl Iterator<Item = String> {
    let is_number = number.bytes().all(|it| it.is_ascii_digit());
    (0..=if is_number { ZEROS } else { 0 }).map(move |zeros| "0".repeat(zeros) + number)
}

/// Whether a text looks like UTF-8 decoded as Windows-1252: `CafÃ©`, `Smith â€“ Sons`.
fn is_odd(text: &str) -> bool {
    if !text.contains(['Ã', 'Â', 'â', 'ï', 'ð']) {
        return false;
    }
    let (bytes, _, unknown) = encoding_rs::WINDOWS_1252.encode(text);
    !unknown && std::str::from_utf8(&bytes).is_ok_and(|read| read.chars().count() < text.chars().count())
}

/// Reads the cells of a row, without looking at the database.
fn judge(line: u64, nth: u64, columns: &[Column], cells: Vec<String>, passage: &ImportPass<'_>) -> std::result::Result<Row, Vec<Fault>> {
    let names = passage.names;
    let identity = Sha256::new().chain_update(passage.file).chain_update(nth.to_le_bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&identity[..16]);
    let mut row = Row {
        line,
        number: None,
        created_at: None,
        connected_on: None,
        team: None,
        version: None,
        draft: OrderDraft::default(),
        identity: uuid::Builder::from_custom_bytes(bytes).into_uuid(),
    };
    let mut faults = Vec::new();
    for (&column, cell) in columns.iter().zip(cells) {
        let mut wrong = |message: String| faults.push(Fault { line, column: column.name().to_owned(), message });
        if cell.is_empty() {
            continue;
        }
        if !passage.how.odd_text && is_odd(&cell) {
            let cell = domain::page::shorten(&cell);
            wrong(format!(
                "“{cell}” looks as if the file was saved in another encoding. Save it as UTF-8, or keep the text as it is with --odd-text."
            ));
            continue;
        }
        match column {
            Column::Number => match domain::text::figure(&cell) {
                number if number.len() <= 40 && (crate::import::is_sayable(&number) || significant(&number) != number) => {
                    row.number = Some(number)
                }
                _ => wrong(NUMBER.into()),
            },
            Column::CreatedAt => match DateTime::parse_from_rfc3339(&cell) {
                Ok(at) if at.timestamp_micros() < 0 => wrong("Enter a time after 1 January 1970".into()),
                Ok(at) => row.created_at = Some(at.timestamp_micros()),
                Err(_) => wrong("Enter a time such as 2026-11-22T14:05:00Z".into()),
            },
            Column::ConnectedOn => match date::parse(&cell) {
                Ok(day) => row.connected_on = Some(day),
                Err(why) => wrong(why),
            },
            Column::Version => match cell.parse() {
                Ok(version) => row.version = Some(version),
                Err(_) => wrong("Enter the version from the export, a whole number".into()),
            },
            Column::Team => match names.team(&cell) {
                Some(id) => row.team = Some(id),
                None => wrong(format!("No team is called “{}”", domain::page::shorten(&cell))),
            },
            Column::Field(field @ (Field::Owner | Field::Campaign | Field::Company)) => match names.id(field, &cell) {
                Some(id) => row.draft.set(field, id.to_string()),
                None => wrong(format!("No {} is called “{}”", field.label().to_lowercase(), domain::page::shorten(&cell))),
            },
            Column::Field(Field::Status) => match Status::ALL.into_iter().find(|it| it.code() == cell || it.label() == cell) {
                Some(status) => row.draft.set(Field::Status, status.code()),
                None => wrong("Enter a status code such as NW, TP, CN or CNL".into()),
            },
            Column::Field(field) => row.draft.set(field, cell),
        }
    }
    if faults.is_empty() { Ok(row) } else { Err(faults) }
}

const NUMBER: &str = "Use only letters, digits and hyphens in the order number";

/// A row for a new or changed order, with its fields and E.164 phone numbers.
type Fresh = (Row, Box<OrderFields>, [Option<String>; 2]);

/// The effect of a row.
enum RowEffect {
    New(Box<OrderFields>, [Option<String>; 2]),
    Changed(Box<order::Model>, Box<OrderFields>, [Option<String>; 2]),
    Same,
}

async fn write(
    db: &Db,
    scope: &Scope,
    passage: &ImportPass<'_>,
    columns: &[Column],
    part: Vec<Row>,
    // Normalised numbers that no order has yet, and their lines.
    fresh_numbers: &mut HashMap<String, u64>,
    faults: &mut Vec<Fault>,
) -> Result<ImportResult> {
    let ImportPass { names, how, .. } = *passage;
    let mut done = ImportResult::default();
    if part.is_empty() {
        return Ok(done);
    }
    let txn = db.begin().await?;
    let numbers: Vec<&str> = part.iter().filter_map(|row| row.number.as_deref()).collect();
    let identities: Vec<Uuid> = part.iter().filter(|row| row.number.is_none()).map(|row| row.identity).collect();
    // Locked in a fixed order, so that two transactions on the same orders never deadlock.
    let known = order::Entity::find().filter(order::Column::Number.is_in(numbers)).order_by_asc(order::Column::Id);
    let mut there: HashMap<String, order::Model> = known
        .apply_if(dialect::for_update(&txn), QuerySelect::lock)
        .all(&txn)
        .await
        .map_err(unexpected)?
        .into_iter()
        .map(|row| (row.number.clone(), row))
        .collect();
    let written: Vec<(Uuid, String)> = order::Entity::find()
        .select_only()
        .columns([order::Column::Uuid, order::Column::Number])
        .filter(order::Column::Uuid.is_in(identities))
        .into_tuple()
        .all(&txn)
        .await
        .map_err(unexpected)?;
    let written: HashMap<Uuid, String> = written.into_iter().collect();
    let other_spellings =
        other_spellings(&txn, part.iter().filter_map(|row| row.number.as_deref()).filter(|it| !there.contains_key(*it))).await?;
    let mut fresh = Vec::new();
    for row in part {
        let mut wrong = |message: String| faults.push(Fault { line: row.line, column: "number".into(), message });
        let known = row.number.as_ref().and_then(|number| there.remove(number));
        if known.is_none()
            && let Some(number) = &row.number
        {
            if let Some(other) = other_spellings.get(significant(number)) {
                wrong(format!(
                    "“{number}” is another form of order number {other}: enter {other} to change that order, or give a new order a different number"
                ));
                continue;
            }
            if !crate::import::is_sayable(number) {
                wrong(NUMBER.into());
                continue;
            }
            if let Some(before) = fresh_numbers.insert(significant(number).to_owned(), row.line) {
                wrong(format!("This number is also on line {before}"));
                continue;
            }
        }
        if known.is_none() && how.only_known {
            wrong(match &row.number {
                Some(number) => format!("Order {number} doesn't exist, and --only-known was given"),
                None => "The row has no number, and --only-known was given".into(),
            });
            continue;
        }
        if let Some(number) = written.get(&row.identity).filter(|_| row.number.is_none()) {
            done.same += 1;
            done.before.push(RowReport {
                line: row.line,
                number: number.clone(),
                reason: "it was created by an earlier run of this file".into(),
            });
            continue;
        }
        match fate(&scope.settings, columns, names, &row, known) {
            Ok(RowEffect::Same) => done.same += 1,
            Ok(RowEffect::Changed(stored, ..)) if !how.overwrite && row.version != Some(stored.version) => {
                let reason = match row.version {
                    Some(_) => "it has been edited since this file was exported, so it stays unchanged",
                    None => {
                        "the file has no version column, so Curlew can't tell whether the order has been edited since the export; it stays unchanged"
                    }
                };
                done.unchanged.push(RowReport { line: row.line, number: stored.number, reason: reason.into() });
            }
            Ok(RowEffect::Changed(stored, fields, phones)) => {
                done.changed += 1;
                if !passage.first && faults.is_empty() {
                    save(db, scope, &txn, *stored, *fields, phones).await?;
                }
            }
            Ok(RowEffect::New(fields, phones)) => {
                done.written += 1;
                fresh.push((row, fields, phones));
            }
            Err(Error::Invalid(errors)) => {
                faults.extend(errors.0.into_iter().map(|(column, message)| Fault { line: row.line, column, message }))
            }
            Err(error) => return Err(error),
        }
    }
    if passage.first || !faults.is_empty() {
        done.alike = alike(scope, &txn, &fresh).await?;
        return Ok(done);
    }
    let unnumbered = fresh.iter().filter(|(row, ..)| row.number.is_none()).count();
    let mut free = Vec::with_capacity(unnumbered);
    for _ in 0..unnumbered {
        free.push(dialect::next_number(&txn).await?);
    }
    let ids = dialect::reserve_ids(&txn, "orders", fresh.len()).await?;
    let (now, user) = (db.now(), Some(scope.user.id.0));
    let (mut rows, mut history, mut activity, mut changes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut free = free.into_iter();
    for ((row, fields, phones), id) in fresh.into_iter().zip(ids) {
        let Some(number) = row.number.or_else(|| free.next()) else { continue };
        let created_at = row.created_at.map_or(now, |at| Ord::min(at, now));
        let connected = fields.status == Status::Connected;
        let at = created_at;
        // Compared as the file has them, so that an edited export is recognised as such.
        let version = row.version.unwrap_or(1).clamp(1, 1_000_000);
        history.push(audit::history_row(&mut rand::rng(), id, version, HistoryKind::Created, user, at, &Payload::default())?);
        activity.push(audit::activity_row(&mut rand::rng(), user, ActivityKind::Created, Some(id), now, &fields.customer()));
        changes.push(audit::change_row(Subject::Order(id), now));
        let owners_team = || fields.owner.and_then(|owner| names.team_of.get(&owner.0).copied());
        let mut model = order::ActiveModel {
            id: Set(id),
            uuid: Set(row.identity),
            number: Set(number.clone()),
            legacy_id: Set(None),
            version: Set(version),
            team_id: Set(row.team.or_else(owners_team)),
            created_at: Set(created_at),
            device_created_at: Set(None),
            updated_at: Set(created_at),
            connected_on: Set(connected.then(|| row.connected_on.unwrap_or_else(|| scope.settings.calendar.day(now)))),
            trashed_at: Set(None),
            batch: Set(0),
            ..Default::default()
        };
        set_fields(&mut model, &number, *fields, phones);
        rows.push(model);
    }
    rollups::add_orders(&txn, &rows).await?;
    bulk_insert::insert(&txn, rows).await?;
    bulk_insert::insert(&txn, history).await?;
    bulk_insert::insert(&txn, activity).await?;
    bulk_insert::insert(&txn, changes).await?;
    txn.commit().await.map_err(unexpected)?;
    Ok(done)
}

/// Existing orders whose numbers differ from these only in leading zeros, by normalised number.
async fn other_spellings<'a>(txn: &impl ConnectionTrait, unknown: impl Iterator<Item = &'a str>) -> Result<HashMap<String, String>> {
    let variants: Vec<String> = unknown.flat_map(|number| padded(significant(number))).collect();
    if variants.is_empty() {
        return Ok(HashMap::new());
    }
    let found = order::Entity::find().select_only().column(order::Column::Number).filter(order::Column::Number.is_in(variants));
    let found: Vec<String> = found.into_tuple().all(txn).await.map_err(unexpected)?;
    Ok(found.into_iter().map(|number| (significant(&number).to_owned(), number)).collect())
}

/// New orders that look like an existing customer: the same phone, the same e-mail, or the same business and
/// postcode.
async fn alike(scope: &Scope, txn: &impl ConnectionTrait, fresh: &[Fresh]) -> Result<Vec<RowReport>> {
    let keys = |row: &OrderFields, phones: &[Option<String>; 2]| {
        let place = row.business_name.as_deref().map(text::key).zip(row.billing.postcode.as_deref().map(text::postcode_key));
        let phones = phones.iter().flatten().map(|it| ("the same phone", it.clone()));
        let email = row.email.as_deref().map(|it| ("the same e-mail", text::key(it)));
        phones
            .chain(email)
            .chain(place.map(|(name, code)| ("the same business and postcode", format!("{name}\u{1f}{code}"))))
            .collect::<Vec<_>>()
    };
    let wanted: Vec<_> = fresh.iter().map(|(row, fields, phones)| (row.line, keys(fields, phones))).collect();
    let of =
        |why: &str| wanted.iter().flat_map(|(_, keys)| keys).filter(|(it, _)| *it == why).map(|(_, key)| key.clone()).collect::<Vec<_>>();
    let (phones, emails, places) = (of("the same phone"), of("the same e-mail"), of("the same business and postcode"));
    let businesses = places.iter().filter_map(|it| it.split('\u{1f}').next()).map(str::to_owned).collect::<Vec<_>>();
    let conditions = [
        (!phones.is_empty(), order::Column::MobileE164.is_in(phones.clone())),
        (!phones.is_empty(), order::Column::LandlineE164.is_in(phones)),
        (!emails.is_empty(), order::Column::EmailKey.is_in(emails)),
        (!businesses.is_empty(), order::Column::PostcodeKey.is_not_null().and(order::Column::BusinessKey.is_in(businesses))),
    ];
    let mut known: HashMap<(&str, String), String> = HashMap::new();
    for (_, condition) in conditions.into_iter().filter(|(is_asked, _)| *is_asked) {
        let rows = scope.orders().filter(order::Column::TrashedAt.is_null()).filter(condition).order_by_asc(order::Column::Id);
        for row in rows.all(txn).await.map_err(unexpected)? {
            for key in keys(&fields_of(&row), &[row.mobile_e164.clone(), row.landline_e164.clone()]) {
                known.insert(key, row.number.clone());
            }
        }
    }
    let line = |(line, keys): (u64, Vec<(&'static str, String)>)| {
        let (why, number) = keys.into_iter().find_map(|key| Some((key.0, known.get(&key)?.clone())))?;
        Some(RowReport { line, number, reason: format!("it has {why} as this new order, which is still created") })
    };
    Ok(wanted.into_iter().filter_map(line).collect())
}

/// Merges a row with the stored order: fields without a column keep their values.
fn fate(settings: &Settings, columns: &[Column], names: &Names, row: &Row, known: Option<order::Model>) -> Result<RowEffect> {
    let Some(stored) = known else {
        let mut fields = settings.rules.parse(&row.draft, &settings.currency)?.into_fields();
        text::space_figures(&mut fields, None);
        let phones = e164_of(&fields)?;
        return Ok(RowEffect::New(Box::new(fields), phones));
    };
    if stored.trashed_at.is_some() {
        return Err(Error::invalid("number", "This order is in the trash: restore it first"));
    }
    let before = OrderDraft::from(&fields_of(&stored));
    let mut after = before.clone();
    for column in columns {
        if let Column::Field(field) = column {
            let (stored, named) = (before.get(*field), row.draft.get(*field));
            // Of several with one name, the order's current one is meant.
            let is_link = matches!(field, Field::Owner | Field::Campaign | Field::Company);
            let same = is_link && !named.is_empty() && names.name(*field, stored) == names.name(*field, named);
            after.set(*field, if same { stored } else { named });
        }
    }
    if after.get(Field::Status).is_empty() {
        after.set(Field::Status, before.get(Field::Status));
    }
    // The stored value is accepted, even if it breaks a rule.
    if after == before {
        return Ok(RowEffect::Same);
    }
    let mut fields = settings.rules.parse(&after, &settings.currency)?.into_fields();
    text::space_figures(&mut fields, Some(&fields_of(&stored)));
    if OrderDraft::from(&fields) == before {
        return Ok(RowEffect::Same);
    }
    let phones = e164_of(&fields)?;
    Ok(RowEffect::Changed(Box::new(stored), Box::new(fields), phones))
}
