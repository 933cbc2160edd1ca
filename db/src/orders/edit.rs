//! Edits an order: only different values are changes; a write with an old version may be a conflict.

use domain::{
    Error, FieldErrors, Result,
    orders::{
        Field, OrderDraft, OrderFields, Status,
        conflict::{self, Conflict, ConflictField},
        history::{FieldChange, HistoryKind, Payload, diff},
    },
    users::display_name,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use super::{
    ValueLabels,
    change::{self, Change},
    create, e164_of, fields_of, form, set_fields, show,
};
use crate::{
    Db, Scope,
    audit::{self, ActivityKind},
    entity::{order, order_history, user},
    error::unexpected,
    text,
};

/// Saves a draft that was read at a version.
///
/// Errors: [`Error::NotFound`]; [`Error::Forbidden`]; [`Error::Invalid`]; [`Error::Conflict`] when someone saved since and changed the
/// same fields, with the three values of each.
pub async fn edit(db: &Db, scope: &Scope, number: &str, version: i64, draft: &OrderDraft) -> Result<()> {
    let Change { txn, row, before } = change::open(db, scope, number).await?;
    let stored = OrderDraft::from(&before);
    let mut draft = draft.clone();
    if draft.get(Field::Status).is_empty() {
        draft.set(Field::Status, before.status.code());
    }
    // A field that this user may not edit arrives empty or forged: the stored value is kept, a different one is refused.
    let mut errors = FieldErrors::default();
    for field in form::locked(scope, before.status) {
        let typed = draft.get(field);
        if !typed.is_empty() && typed != stored.get(field) {
            errors.add(field.name(), "Only a manager can change this");
        }
        draft.set(field, stored.get(field));
    }
    errors.or(())?;
    if row.version != version {
        // Forms format line ends and amounts in their own way: compare the parsed values where possible.
        let mine = draft.parse(&scope.settings.currency).map_or(draft, |valid| OrderDraft::from(&*valid));
        let conflict = conflict(&txn, db, scope, &row, version, &stored, &mine).await?;
        return Err(Error::Conflict(Box::new(conflict)));
    }
    let rules = &scope.settings.rules;
    let mut fields = rules.parse(&draft, &scope.settings.currency)?.into_fields();
    text::space_figures(&mut fields, Some(&before));
    let phones = e164_of(&fields)?;
    if let Some(why) = rules.refusal(before.status, fields.status, scope.authority()) {
        return Err(Error::invalid(Field::Status.name(), why));
    }
    save(db, scope, &txn, row, fields, phones).await?;
    change::commit(db, txn).await
}

/// Writes validated fields to a locked row, with history, activity and change log entries. Writes nothing when nothing differs.
pub(crate) async fn save(
    db: &Db,
    scope: &Scope,
    txn: &impl ConnectionTrait,
    row: order::Model,
    fields: OrderFields,
    phones: [Option<String>; 2],
) -> Result<()> {
    let now = db.now();
    let before = fields_of(&row);
    let (old, new) = (OrderDraft::from(&before), OrderDraft::from(&fields));
    let labels = ValueLabels::of(txn, &scope.settings.currency, &[&old, &new]).await?;
    let changes = diff(&old, &new, |field, value| labels.label(field, value));
    if changes.is_empty() {
        return Ok(());
    }
    create::links_exist(txn, &fields, before.company).await?;
    let moved = before.status != fields.status;
    let given = before.owner != fields.owner;
    let team = if given { create::owner_team(txn, &fields, row.owner_id).await? } else { row.team_id };
    let connected_on = match (before.status, fields.status) {
        (from, to) if from == to => row.connected_on,
        (_, Status::Connected) => Some(scope.settings.calendar.day(scope.when(now))),
        (Status::Connected, _) => None,
        _ => row.connected_on,
    };
    let (id, number, version) = (row.id, row.number.clone(), row.version + 1);
    let customer = fields.customer();
    let user = Some(scope.user.id.0);
    let (happened, kind) = if moved { (HistoryKind::Moved, ActivityKind::Moved) } else { (HistoryKind::Edited, ActivityKind::Edited) };
    let at = history_time(txn, scope, row.id, now).await?;
    let history = audit::history_with(happened, &row, version, user, at, Payload { changes, note: None })?;
    let stored = row.clone();
    let mut row = row.into_active_model();
    set_fields(&mut row, &number, fields, phones);
    row.version = Set(version);
    row.updated_at = Set(now);
    row.team_id = Set(team);
    row.connected_on = Set(connected_on);
    change::store(txn, scope, &stored, row, false, now).await?;
    let activity = audit::activity_row(&mut rand::rng(), user, kind, Some(id), now, &customer);
    audit::record_order_change(txn, history, activity, id, now).await
}

/// A field in conflict: its value before, theirs, and the typed one.
fn conflict_field(labels: &ValueLabels, field: Field, before: &OrderDraft, stored: &OrderDraft, mine: &OrderDraft) -> ConflictField {
    let [before, theirs, mine] = [before, stored, mine].map(|draft| draft.get(field));
    ConflictField {
        field,
        before: before.into(),
        theirs: theirs.into(),
        mine: mine.into(),
        before_label: labels.show(field, before),
        theirs_label: labels.show(field, theirs),
        mine_label: labels.show(field, mine),
    }
}

/// Compares the changes since `version` with the input.
pub(crate) async fn conflict(
    txn: &impl ConnectionTrait,
    db: &Db,
    scope: &Scope,
    row: &order::Model,
    version: i64,
    stored: &OrderDraft,
    mine: &OrderDraft,
) -> Result<Conflict> {
    let since = order_history::Entity::find()
        .filter(order_history::Column::OrderId.eq(row.id))
        .filter(order_history::Column::Version.gt(version))
        .order_by_desc(order_history::Column::Version)
        .all(txn)
        .await
        .map_err(unexpected)?;
    // The draft as it was read: the stored one with the later changes reverted, latest first.
    let mut before = stored.clone();
    for entry in &since {
        let payload: Payload = entry.payload.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
        for FieldChange { field, from, .. } in payload.changes {
            before.set(field, from);
        }
    }
    let (draft, disputed) = conflict::merge(&before, stored, mine);
    let labels = ValueLabels::of(txn, &scope.settings.currency, &[&before, stored, mine]).await?;
    let fields = disputed.into_iter().map(|field| conflict_field(&labels, field, &before, stored, mine)).collect();
    let merged = Field::ALL
        .iter()
        .filter(|field| before.get(**field) != stored.get(**field) && mine.get(**field) == before.get(**field))
        .map(|&field| (field, labels.show(field, before.get(field)), labels.show(field, stored.get(field))))
        .collect();
    let last = since.first();
    let by = match last.and_then(|entry| entry.actor_id) {
        Some(id) => user::Entity::find_by_id(id).one(txn).await.map_err(unexpected)?,
        None => None,
    };
    Ok(Conflict {
        version: row.version,
        by: by.map_or_else(|| "Someone".into(), |row| display_name(&row.first_name, &row.last_name, &row.username)),
        at: scope.settings.calendar.moment(last.map_or(row.updated_at, |entry| entry.at), db.now()),
        fields,
        merged,
        draft,
    })
}

/// A conflict of an outbox entry: fields that someone else changed since (field, before, mine), with their current values.
pub async fn outbox_conflict(db: &Db, scope: &Scope, number: &str, disputed: &[(Field, String, String)]) -> Result<Conflict> {
    let row = show::find(db, scope, number).await?;
    let stored = OrderDraft::from(&fields_of(&row));
    let (mut before, mut mine) = (stored.clone(), stored.clone());
    for (field, from, to) in disputed {
        before.set(*field, from.as_str());
        mine.set(*field, to.as_str());
    }
    let labels = ValueLabels::of(&db.read, &scope.settings.currency, &[&before, &stored, &mine]).await?;
    let fields = disputed.iter().map(|(field, ..)| conflict_field(&labels, *field, &before, &stored, &mine)).collect();
    let by = form::last_by(db, row.id).await?;
    Ok(Conflict {
        version: row.version,
        by: if by.is_empty() { "Someone".into() } else { by },
        at: scope.settings.calendar.moment(row.updated_at, db.now()),
        fields,
        merged: Vec::new(),
        draft: mine,
    })
}

/// The time of a change in the history: now, or when it was made on an offline device, but after the existing
/// entries, so that the history is in the order of the versions.
async fn history_time(txn: &impl ConnectionTrait, scope: &Scope, order: i64, now: i64) -> Result<i64> {
    let done_at = scope.when(now);
    if done_at == now {
        return Ok(now);
    }
    let last = order_history::Entity::find()
        .select_only()
        .column(order_history::Column::At)
        .filter(order_history::Column::OrderId.eq(order))
        .order_by_desc(order_history::Column::At);
    let last: Option<i64> = QuerySelect::limit(last, 1).into_tuple().one(txn).await.map_err(unexpected)?;
    Ok(last.map_or(done_at, |last| done_at.max(last + 1)).min(now))
}
