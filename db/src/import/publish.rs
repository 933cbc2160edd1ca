//! Publishes staged orders: new ones in batches, invisible until the run is complete; then the changed ones.

use std::collections::{HashMap, HashSet};

use domain::{
    Result,
    orders::history::{HistoryKind, Payload},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use uuid::{NoContext, Timestamp, Uuid};

use super::{Report, SOURCE, Staged, entry_row, people::Log, read_imported, record, remember};
use crate::{
    Db,
    audit::{self, ActivityKind, Subject},
    bulk_insert, dialect,
    entity::{change_log, comment, import, import_record, import_staged, order, user},
    error::{fault, unexpected},
    events::Topic,
    orders::set_fields,
    rollups,
};

/// Orders per transaction.
const AT_ONCE: u64 = 1_000;

/// Publishes the staged orders.
pub async fn orders(db: &Db, run: i64, report: &mut Report, tell: &impl Fn(&str)) -> Result<()> {
    let known = read_imported(db, "order").await?;
    let teams: HashMap<i64, Option<i64>> = user::Entity::find()
        .select_only()
        .columns([user::Column::Id, user::Column::TeamId])
        .into_tuple::<(i64, Option<i64>)>()
        .all(&db.read)
        .await
        .map_err(unexpected)?
        .into_iter()
        .collect();
    // Changed orders come last, just before the run is published, because they are visible immediately.
    for changed in [false, true] {
        let mut after = 0;
        loop {
            let rows = import_staged::Entity::find()
                .filter(import_staged::Column::ImportId.eq(run))
                .filter(import_staged::Column::Id.gt(after))
                .order_by_asc(import_staged::Column::Id)
                .limit(AT_ONCE)
                .all(&db.read)
                .await
                .map_err(unexpected)?;
            let Some(last) = rows.last().map(|row| row.id) else { break };
            after = last;
            let mut part = Vec::with_capacity(rows.len());
            for row in rows {
                if known.contains_key(&row.legacy_id) == changed {
                    part.push(serde_json::from_str::<Staged>(&row.payload).map_err(|cause| fault(&cause.to_string()))?);
                }
            }
            if changed {
                for staged in part {
                    update(db, staged, &known, &teams, report).await?;
                }
            } else if !part.is_empty() {
                insert(db, run, part, &teams, report).await?;
                if report.written.is_multiple_of(20_000) {
                    tell(&format!("{} orders published", report.written));
                }
            }
        }
    }
    Ok(())
}

async fn insert(db: &Db, run: i64, part: Vec<Staged>, teams: &HashMap<i64, Option<i64>>, report: &mut Report) -> Result<()> {
    let now = db.now();
    let txn = db.begin().await?;
    let mut taken = taken_numbers(&txn, part.iter().map(|it| it.number.clone())).await?;
    let ids = dialect::reserve_ids(&txn, "orders", part.len()).await?;
    let (mut rows, mut history, mut comments, mut changes, mut records) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (staged, id) in part.into_iter().zip(ids) {
        let wanted = if is_sayable(&staged.number) { staged.number.clone() } else { format!("old-{}", staged.legacy_id) };
        let mut number = wanted.clone();
        let mut suffix = 2;
        while taken.contains(&number) || (number != staged.number && !taken_numbers(&txn, [number.clone()]).await?.is_empty()) {
            number = format!("{wanted}-{suffix}");
            suffix += 1;
        }
        taken.insert(number.clone());
        let mut kept = staged.kept;
        if number != staged.number {
            report.add_note(format!("The number “{}” is already taken or is empty: this order was imported as {number}", staged.number));
            kept.push(format!("Number: “{}”", staged.number));
        }
        for entry in &staged.entries {
            history.push(entry_row(id, 1, entry)?);
        }
        if !kept.is_empty() {
            let payload = Payload { changes: Vec::new(), note: Some(kept.join("\n")) };
            history.push(audit::history_row(&mut rand::rng(), id, 1, HistoryKind::Kept, None, now, &payload)?);
        }
        comments.extend(staged.comments.into_iter().map(|it| comment_row(id, it)));
        changes.push(audit::change_row(Subject::Order(id), now));
        records.push(record("order", staged.legacy_id, id, staged.digest, 1));
        records.push(record("history", staged.legacy_id, staged.last_history, String::new(), 0));
        let team = staged.fields.owner.and_then(|owner| teams.get(&owner.0).copied().flatten());
        let seconds = u64::try_from(staged.created_at / 1_000_000).unwrap_or_default();
        let nanos = u32::try_from(staged.created_at % 1_000_000 * 1_000).unwrap_or_default();
        let mut row = order::ActiveModel {
            id: Set(id),
            uuid: Set(Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, nanos))),
            number: Set(number.clone()),
            legacy_id: Set(Some(staged.legacy_id)),
            version: Set(1),
            team_id: Set(team),
            created_at: Set(staged.created_at),
            device_created_at: Set(None),
            updated_at: Set(staged.updated_at),
            connected_on: Set(staged.connected_on),
            trashed_at: Set(None),
            batch: Set(run),
            ..Default::default()
        };
        set_fields(&mut row, &number, staged.fields, staged.phones);
        rows.push(row);
        report.written += 1;
    }
    rollups::add_orders(&txn, &rows).await?;
    bulk_insert::insert(&txn, rows).await?;
    bulk_insert::insert(&txn, history).await?;
    bulk_insert::insert(&txn, comments).await?;
    bulk_insert::insert(&txn, changes).await?;
    bulk_insert::insert(&txn, records).await?;
    txn.commit().await.map_err(unexpected)
}

/// Whether a number can be part of a URL: letters, digits and hyphens, and not a reserved path.
pub fn is_sayable(number: &str) -> bool {
    let reserved =
        ["new", "today", "week", "month", "mine", "search", "connected", "due", "trash", "board", "duplicates", "many", "bulk", "export"];
    !number.is_empty()
        && number.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-')
        && !reserved.contains(&number.to_lowercase().as_str())
}

async fn taken_numbers(txn: &impl sea_orm::ConnectionTrait, numbers: impl IntoIterator<Item = String>) -> Result<HashSet<String>> {
    let rows: Vec<String> = order::Entity::find()
        .select_only()
        .column(order::Column::Number)
        .filter(order::Column::Number.is_in(numbers))
        .into_tuple()
        .all(txn)
        .await
        .map_err(unexpected)?;
    Ok(rows.into_iter().collect())
}

fn comment_row(order_id: i64, it: super::StagedComment) -> comment::ActiveModel {
    comment::ActiveModel {
        order_id: Set(order_id),
        author_id: Set(it.author),
        body: Set(it.body),
        created_at: Set(it.created_at),
        status: Set(it.status),
        status_by: Set(None),
        status_at: Set(None),
        legacy_id: Set(Some(it.legacy_id)),
        ..Default::default()
    }
}

/// Updates an order that changed in the source, unless it was edited here.
async fn update(
    db: &Db,
    staged: Staged,
    known: &HashMap<i64, import_record::Model>,
    teams: &HashMap<i64, Option<i64>>,
    report: &mut Report,
) -> Result<()> {
    let Some(before) = known.get(&staged.legacy_id) else { return Ok(()) };
    let now = db.now();
    let txn = db.begin().await?;
    let found = order::Entity::find_by_id(before.our_id).apply_if(dialect::for_update(&txn), QuerySelect::lock);
    let Some(row) = found.one(&txn).await.map_err(unexpected)? else { return Ok(()) };
    if row.version != before.version {
        report.unchanged.push(row.number);
        return Ok(());
    }
    let (id, number, version) = (row.id, row.number.clone(), row.version + 1);
    let seen = import_record::Entity::find_by_id((SOURCE.to_owned(), "history".to_owned(), staged.legacy_id))
        .one(&txn)
        .await
        .map_err(unexpected)?;
    let seen = seen.map_or(0, |it| it.our_id);
    let mut history = Vec::new();
    for entry in staged.entries.iter().filter(|entry| entry.history_id > seen) {
        history.push(entry_row(id, version, entry)?);
    }
    if !staged.kept.is_empty() {
        let payload = Payload { changes: Vec::new(), note: Some(staged.kept.join("\n")) };
        history.push(audit::history_row(&mut rand::rng(), id, version, HistoryKind::Kept, None, now, &payload)?);
    }
    bulk_insert::insert(&txn, history).await?;
    let there = comment::Entity::find().filter(comment::Column::OrderId.eq(id)).all(&txn).await.map_err(unexpected)?;
    let mut fresh = Vec::new();
    for it in staged.comments {
        match there.iter().find(|row| row.legacy_id == Some(it.legacy_id)) {
            None => fresh.push(comment_row(id, it)),
            // A status that was set here is kept.
            Some(row) if row.status == it.status || row.status_by.is_some() => {}
            Some(row) => {
                let mut row = row.clone().into_active_model();
                row.status = Set(it.status);
                row.update(&txn).await.map_err(unexpected)?;
            }
        }
    }
    bulk_insert::insert(&txn, fresh).await?;
    let given = row.owner_id != staged.fields.owner.map(|owner| owner.0);
    let stored = row.clone();
    let mut row = row.into_active_model();
    if given {
        row.team_id = Set(staged.fields.owner.and_then(|owner| teams.get(&owner.0).copied().flatten()));
    }
    row.version = Set(version);
    row.updated_at = Set(staged.updated_at);
    row.connected_on = Set(staged.connected_on);
    set_fields(&mut row, &number, staged.fields, staged.phones);
    let row = row.update(&txn).await.map_err(unexpected)?;
    rollups::write_order_change(&txn, Some(&stored), &row).await?;
    for record in [
        record("order", staged.legacy_id, id, staged.digest, version),
        record("history", staged.legacy_id, staged.last_history, String::new(), 0),
    ] {
        remember(&txn, record).await?;
    }
    audit::log_order_change(&txn, id, now).await?;
    txn.commit().await.map_err(unexpected)?;
    report.changed += 1;
    Ok(())
}

/// The last transaction, which makes the whole run visible.
pub async fn finish(db: &Db, run: i64, report: &str, log: Log) -> Result<()> {
    let now = db.now();
    let txn = db.begin().await?;
    bulk_insert::insert(&txn, log.rows).await?;
    bulk_insert::insert(&txn, log.records).await?;
    import_staged::Entity::delete_many().filter(import_staged::Column::ImportId.eq(run)).exec(&txn).await.map_err(unexpected)?;
    let found = import::Entity::find_by_id(run).one(&txn).await.map_err(unexpected)?;
    let mut row = found.ok_or_else(|| fault("the import no longer exists"))?.into_active_model();
    row.published_at = Set(Some(now));
    row.report = Set(Some(report.to_owned()));
    row.update(&txn).await.map_err(unexpected)?;
    audit::log_activity(&txn, None, ActivityKind::Imported, None, now, report.lines().next().unwrap_or_default()).await?;
    change_log::Entity::insert(audit::change_row(Subject::Import(run), now)).exec_without_returning(&txn).await.map_err(unexpected)?;
    db.commit_reference_data(txn).await?;
    db.events.publish(Topic::Orders);
    Ok(())
}
