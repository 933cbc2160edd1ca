//! The view model of a bulk action.

use domain::{
    FieldErrors, Result,
    orders::{
        Field, FollowUpKind, OrderDraft, Status,
        bulk::{BulkAction, BulkActionForm, BulkActionView, Group, Kind, Stage},
        pages::{Control, Link},
    },
    page::Count,
    role,
};
use sea_orm::{ColumnTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};

use super::{DONE, NOT_UNDONE, REFUSED, SAME, UNDONE, WAITS, act, find, run::is_undoable, stage};
use crate::{
    Db, Scope,
    entity::{bulk_action_item, order},
    error::unexpected,
    orders::ValueLabels,
};

/// The maximum number of groups by reason.
const REASONS: usize = 12;
/// Orders named per reason.
const NAMED: u64 = 5;

/// The view model of a bulk action of this user.
///
/// Errors: [`domain::Error::NotFound`], also for another user's action.
pub async fn show(db: &Db, scope: &Scope, id: i64) -> Result<BulkActionView> {
    let row = find(db, scope, id).await?;
    let (stage, act) = (stage(&row), act(&row));
    let counted: Vec<(String, Option<String>, i64)> = bulk_action_item::Entity::find()
        .select_only()
        .columns([bulk_action_item::Column::Outcome, bulk_action_item::Column::Why])
        .column_as(bulk_action_item::Column::OrderId.count(), "n")
        .filter(bulk_action_item::Column::BulkActionId.eq(id))
        .group_by(bulk_action_item::Column::Outcome)
        .group_by(bulk_action_item::Column::Why)
        .into_tuple()
        .all(&db.read)
        .await
        .map_err(unexpected)?;
    let n_of = |outcome: &str| counted.iter().filter(|(it, ..)| it == outcome).map(|(.., n)| n.unsigned_abs()).sum::<u64>();
    let mut against: Vec<&(String, Option<String>, i64)> =
        counted.iter().filter(|(outcome, ..)| matches!(outcome.as_str(), REFUSED | SAME | NOT_UNDONE)).collect();
    against.sort_by_key(|(_, why, n)| (std::cmp::Reverse(*n), why.clone()));
    let mut refused = Vec::new();
    for (outcome, why, n) in against.into_iter().take(REASONS) {
        refused.push(Group {
            reason: why.clone().unwrap_or_else(|| "No change needed".into()),
            count: Count(n.unsigned_abs()).to_string(),
            first: first(db, scope, id, outcome, why.as_deref()).await?,
        });
    }
    let (waits, done, back) = (n_of(WAITS), n_of(DONE), n_of(UNDONE));
    let total = row.total.unsigned_abs();
    let (progress, whole) = match stage {
        Stage::Undoing | Stage::Undone => (back, back + done + n_of(NOT_UNDONE)),
        _ => (total - waits, total),
    };
    let does = in_words(
        stage,
        match stage {
            Stage::Chosen | Stage::Ready => waits,
            Stage::Running | Stage::Done => done,
            Stage::Undoing | Stage::Undone => back,
        },
    );
    let sentence = match &row.why {
        Some(why) => format!("{does}. {why}"),
        None => does,
    };
    let summary = match &act {
        Some(act) => describe(db, scope, act).await?,
        None => String::new(),
    };
    let forms = if matches!(stage, Stage::Chosen | Stage::Ready) { forms(db, scope, act.as_ref()).await? } else { Vec::new() };
    Ok(BulkActionView {
        id: id.to_string(),
        title: orders(total),
        stage,
        act: summary,
        forms,
        done: progress,
        of: whole,
        sentence,
        refused,
        may_undo: is_undoable(&row, db.now()) && done > 0,
        said: None,
        errors: FieldErrors::default(),
    })
}

/// `1 order`, `12 orders`.
fn orders(n: u64) -> String {
    let number = if n > 10_000 { format!("{},{:03}", n / 1_000, n % 1_000) } else { Count(n).to_string() };
    format!("{number} {}", if n == 1 { "order" } else { "orders" })
}

/// The sentence at the top of the page.
fn in_words(stage: Stage, n: u64) -> String {
    let orders = orders(n);
    match stage {
        Stage::Chosen => "Choose an action. You'll see a preview before anything changes.".to_owned(),
        Stage::Ready => format!("{orders} will change"),
        Stage::Running => format!("{orders} changed so far"),
        Stage::Done => format!("{orders} changed"),
        Stage::Undoing => format!("Change undone for {orders} so far"),
        Stage::Undone => format!("Change undone for {orders}"),
    }
}

/// The first visible orders with an outcome and reason.
async fn first(db: &Db, scope: &Scope, id: i64, outcome: &str, why: Option<&str>) -> Result<Vec<Link>> {
    let why = why.map_or(bulk_action_item::Column::Why.is_null(), |why| bulk_action_item::Column::Why.eq(why));
    let numbers: Vec<String> = bulk_action_item::Entity::find()
        .select_only()
        .column(order::Column::Number)
        .join(
            JoinType::InnerJoin,
            bulk_action_item::Entity::belongs_to(order::Entity).from(bulk_action_item::Column::OrderId).to(order::Column::Id).into(),
        )
        .filter(scope.visible_orders())
        .filter(bulk_action_item::Column::BulkActionId.eq(id))
        .filter(bulk_action_item::Column::Outcome.eq(outcome))
        .filter(why)
        .order_by_asc(bulk_action_item::Column::OrderId)
        .limit(NAMED)
        .into_tuple()
        .all(&db.read)
        .await
        .map_err(unexpected)?;
    Ok(numbers.into_iter().map(|number| Link::new(number.clone(), format!("/orders/{number}/"), false)).collect())
}

/// The action in words: `Change status to Held`.
async fn describe(db: &Db, scope: &Scope, act: &BulkAction) -> Result<String> {
    let labels = ValueLabels::of(&db.read, &scope.settings.currency, &[&act.draft]).await?;
    let value = |field: Field| labels.show(field, act.draft.get(field));
    let label = act.kind.label();
    Ok(match act.kind {
        Kind::Move => format!("{label} to {}", value(Field::Status)),
        Kind::Assign => format!("{label} {}", value(Field::Owner)),
        Kind::Campaign => format!("{label}: {}", value(Field::Campaign)),
        Kind::Company => format!("{label}: {}", value(Field::Company)),
        Kind::FollowUp => format!("{label}: {}, {}", value(Field::FollowUpKind), value(Field::FollowUpOn)),
        Kind::Trash => label.to_owned(),
    })
}

/// A field of a form: its type of control and its options.
type ControlSpec = (Field, &'static str, Vec<(String, String)>);

/// The actions that this user may choose, each as a form; the form of the current action is filled in.
async fn forms(db: &Db, scope: &Scope, said: Option<&BulkAction>) -> Result<Vec<BulkActionForm>> {
    let reference_data = db.reference_data().await?;
    let may = |act: role::Permission| scope.authority().may(act);
    let owners = reference_data.owners.iter().filter(|it| it.active).map(|it| (it.id.to_string(), it.name.clone())).collect::<Vec<_>>();
    let campaigns = reference_data.campaigns.iter().map(|it| (it.id.to_string(), it.name.clone())).collect::<Vec<_>>();
    let companies = reference_data.companies.iter().map(|(id, name)| (id.to_string(), name.clone())).collect::<Vec<_>>();
    let statuses = Status::ALL.map(|it| (it.code().to_owned(), it.label().to_owned())).to_vec();
    let form = |kind: Kind, controls: Vec<ControlSpec>| {
        let empty = OrderDraft::default();
        let draft = said.filter(|act| act.kind == kind).map_or(&empty, |act| &act.draft);
        let control = |(field, shape, options): ControlSpec| Control {
            name: field.name().to_owned(),
            label: field.full_label().to_owned(),
            kind: shape.to_owned(),
            value: draft.get(field).to_owned(),
            options,
        };
        BulkActionForm { kind, controls: controls.into_iter().map(control).collect() }
    };
    let follow_up = || {
        vec![
            (Field::FollowUpOn, "date", Vec::new()),
            (Field::FollowUpKind, "select", FollowUpKind::options()),
            (Field::FollowUpNote, "line", Vec::new()),
        ]
    };
    let mut moved = vec![(Field::Status, "select", statuses), (Field::LossReason, "line", Vec::new())];
    moved.extend(follow_up());
    let mut forms = vec![form(Kind::Move, moved)];
    if may(role::Permission::Assign) {
        forms.push(form(Kind::Assign, vec![(Field::Owner, "select", owners)]));
    }
    forms.push(form(Kind::Campaign, vec![(Field::Campaign, "select", campaigns)]));
    forms.push(form(Kind::Company, vec![(Field::Company, "select", companies)]));
    forms.push(form(Kind::FollowUp, follow_up()));
    if may(role::Permission::Trash) {
        forms.push(form(Kind::Trash, Vec::new()));
    }
    Ok(forms)
}
