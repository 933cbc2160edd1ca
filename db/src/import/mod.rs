//! Imports the database of the Django CRM: read and normalised ([`source`], [`normalise`]), staged, then published in transactions of bounded size.
//! Until the last one nothing of it is visible. A repeated import changes only records that it wrote and that were not edited since.

mod normalise;
mod people;
mod publish;
mod report;
mod source;

use std::collections::HashMap;

use domain::orders::{Field, OrderDraft, history};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    sea_query::OnConflict,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    Db, audit, bulk_insert,
    entity::{import, import_record, import_staged},
    error::unexpected,
    settings,
};
pub(crate) use publish::is_sayable;
pub use report::Report;

/// The name of the source in the import records.
const SOURCE: &str = "dcrm";
/// Orders per batch of reading and staging.
const READ_AT_ONCE: i64 = 2_000;

/// A normalised order, staged to be published.
#[derive(Debug, Serialize, Deserialize)]
struct Staged {
    legacy_id: i64,
    number: String,
    created_at: i64,
    updated_at: i64,
    connected_on: Option<chrono::NaiveDate>,
    fields: domain::orders::OrderFields,
    phones: [Option<String>; 2],
    entries: Vec<StagedEntry>,
    comments: Vec<StagedComment>,
    /// Sentences about the values that the order cannot store.
    kept: Vec<String>,
    digest: String,
    last_history: i64,
}

#[derive(Debug, Serialize, Deserialize)]
struct StagedEntry {
    history_id: i64,
    happened: history::HistoryKind,
    by: Option<i64>,
    at: i64,
    payload: history::Payload,
}

#[derive(Debug, Serialize, Deserialize)]
struct StagedComment {
    legacy_id: i64,
    author: Option<i64>,
    body: String,
    created_at: i64,
    status: String,
}

/// Imports the database of the Django CRM; `tell` receives progress messages.
///
/// Errors, each one sentence: the source does not answer or is not such a database. An interrupted run leaves nothing visible;
/// the next one continues it.
pub async fn dcrm(db: &Db, from: &str, tell: impl Fn(&str)) -> Result<String, String> {
    let source = source::open(from).await?;
    let alone = crate::dialect::try_exclusive_lock(db, "import").await.map_err(|error| error.sentence())?;
    let Some(alone) = alone else { return Err("Another import into this database is running: wait until it has finished".into()) };
    let result = run_import(db, &source, tell).await;
    alone.end().await;
    result
}

/// A whole run, up to its publication.
async fn run_import(db: &Db, source: &sea_orm::DatabaseConnection, tell: impl Fn(&str)) -> Result<String, String> {
    let started = std::time::Instant::now();
    let sentence = |error: domain::Error| error.sentence();
    let run = begin(db).await.map_err(sentence)?;
    let mut report = Report::default();
    let maps = people::bring(db, source, run, &mut report).await?;
    tell(&format!("People: {}, campaigns: {}, companies: {}", maps.users.len(), maps.campaigns.len(), maps.companies.len()));
    stage(db, source, run, &maps, &mut report, &tell).await?;
    publish::orders(db, run, &mut report, &tell).await.map_err(sentence)?;
    let log = people::activity(db, source, &maps, &mut report).await?;
    let text = report.text(started.elapsed());
    publish::finish(db, run, &text, log).await.map_err(sentence)?;
    crate::dialect::settle(db).await.map_err(sentence)?;
    Ok(text)
}

/// Continues an interrupted run; its staged rows are read again.
async fn begin(db: &Db) -> domain::Result<i64> {
    let open = import::Entity::find().filter(import::Column::PublishedAt.is_null()).filter(import::Column::Source.eq(SOURCE));
    if let Some(run) = open.one(&db.read).await.map_err(unexpected)? {
        import_staged::Entity::delete_many()
            .filter(import_staged::Column::ImportId.eq(run.id))
            .exec(&db.write)
            .await
            .map_err(unexpected)?;
        let id = run.id;
        let mut run = run.into_active_model();
        run.started_at = Set(db.now());
        run.update(&db.write).await.map_err(unexpected)?;
        return Ok(id);
    }
    let run = import::ActiveModel { source: Set(SOURCE.into()), started_at: Set(db.now()), ..Default::default() };
    Ok(run.insert(&db.write).await.map_err(unexpected)?.id)
}

/// The records that an earlier run wrote, by their ids in the source.
async fn read_imported(db: &Db, kind: &str) -> domain::Result<HashMap<i64, import_record::Model>> {
    let rows = import_record::Entity::find()
        .filter(import_record::Column::Source.eq(SOURCE))
        .filter(import_record::Column::Kind.eq(kind))
        .order_by_asc(import_record::Column::LegacyId)
        .all(&db.read)
        .await
        .map_err(unexpected)?;
    Ok(rows.into_iter().map(|row| (row.legacy_id, row)).collect())
}

fn digest(of: &impl Serialize) -> String {
    let json = serde_json::to_vec(of).unwrap_or_default();
    Sha256::digest(&json).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn record(kind: &str, legacy_id: i64, our_id: i64, digest: String, version: i64) -> import_record::ActiveModel {
    import_record::ActiveModel {
        source: Set(SOURCE.into()),
        kind: Set(kind.into()),
        legacy_id: Set(legacy_id),
        our_id: Set(our_id),
        digest: Set(digest),
        version: Set(version),
    }
}

/// Stores the import records, replacing those of an earlier run.
async fn remember(txn: &impl ConnectionTrait, row: import_record::ActiveModel) -> domain::Result<()> {
    use import_record::Column;
    let again = OnConflict::columns([Column::Source, Column::Kind, Column::LegacyId])
        .update_columns([Column::OurId, Column::Digest, Column::Version])
        .to_owned();
    import_record::Entity::insert(row).on_conflict(again).exec_without_returning(txn).await.map_err(unexpected)?;
    Ok(())
}

/// The users, campaigns and companies of the source, by their ids there.
#[derive(Default)]
struct Maps {
    users: HashMap<i64, (i64, String)>,
    campaigns: HashMap<i64, (i64, String)>,
    companies: HashMap<i64, (i64, String)>,
}

impl Maps {
    fn user(&self, legacy: Option<i64>) -> Option<i64> {
        legacy.and_then(|id| self.users.get(&id)).map(|(id, _)| *id)
    }

    /// The names behind Curlew's ids.
    fn value_labels(&self, currency: &str) -> crate::orders::ValueLabels {
        let named =
            |field: Field, of: &HashMap<i64, (i64, String)>| of.values().map(|(id, name)| ((field, *id), name.clone())).collect::<Vec<_>>();
        let names = [named(Field::Owner, &self.users), named(Field::Campaign, &self.campaigns), named(Field::Company, &self.companies)];
        crate::orders::ValueLabels { names: names.into_iter().flatten().collect(), currency: currency.to_owned() }
    }
}

/// Reads and normalises the orders, with their histories and comments.
async fn stage(
    db: &Db,
    source: &sea_orm::DatabaseConnection,
    run: i64,
    maps: &Maps,
    report: &mut Report,
    tell: &impl Fn(&str),
) -> Result<(), String> {
    let sentence = |error: domain::Error| error.sentence();
    let known = read_imported(db, "order").await.map_err(sentence)?;
    let settings = settings::read(db).await.map_err(sentence)?;
    let labels = maps.value_labels(&settings.currency);
    let mut after = i64::MIN;
    loop {
        let orders = source::orders(source, after, READ_AT_ONCE).await?;
        let (Some(first), Some(last)) = (orders.first().map(|it| it.order_id), orders.last().map(|it| it.order_id)) else { break };
        let mut histories = source::histories(source, first, last).await?;
        let mut comments = source::comments(source, first, last).await?;
        let mut staged = Vec::with_capacity(orders.len());
        for order in orders {
            report.read += 1;
            let history = histories.remove(&order.order_id).unwrap_or_default();
            let comments = comments.remove(&order.order_id).unwrap_or_default();
            let digest = digest(&(&order, &history, &comments));
            let connected_last = normalise::last_connected(&history, settings.calendar);
            let unchanged = known.get(&order.order_id).is_some_and(|it| it.digest == digest);
            let (waiting, warnings) = normalise::order(order, history, comments, digest, maps, &labels, connected_last);
            report.note(&waiting, connected_last, warnings);
            if unchanged {
                report.same += 1;
                continue;
            }
            let payload = serde_json::to_string(&waiting).map_err(|cause| cause.to_string())?;
            staged.push(import_staged::ActiveModel {
                import_id: Set(run),
                legacy_id: Set(waiting.legacy_id),
                payload: Set(payload),
                ..Default::default()
            });
        }
        let txn = db.begin().await.map_err(sentence)?;
        bulk_insert::insert(&txn, staged).await.map_err(sentence)?;
        txn.commit().await.map_err(|cause| unexpected(cause).sentence())?;
        after = last;
        if report.read.is_multiple_of(20_000) {
            tell(&format!("{} orders read", report.read));
        }
    }
    Ok(())
}

/// The differences between two normalised snapshots.
fn changes(before: &OrderDraft, after: &OrderDraft, labels: &crate::orders::ValueLabels) -> Vec<history::FieldChange> {
    history::diff(before, after, |field, value| labels.label(field, value))
}

/// Makes a history entry, ready to insert; all entries of one run have one version of the order.
fn entry_row(order_id: i64, version: i64, entry: &StagedEntry) -> domain::Result<crate::entity::order_history::ActiveModel> {
    audit::history_row(&mut rand::rng(), order_id, version, entry.happened, entry.by, entry.at, &entry.payload)
}
