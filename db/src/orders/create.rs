//! Creates an order with its history, activity and change log entries, in one transaction.

use domain::{
    Error, FieldErrors, Result,
    id::CompanyId,
    orders::{
        Field, OrderDraft, OrderFields, Status,
        history::{HistoryKind, Payload},
    },
    role::Permission,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::{change, e164_of, fields_of, set_fields};
use crate::{
    Db, Scope,
    audit::{self, ActivityKind},
    commission, companies, dialect,
    entity::{campaign, company, order, user},
    error::{Unique, is_duplicate, unexpected},
    events::Topic,
    scope::published,
    text,
};

/// Creates an order and returns its number. The caller generates `uuid`: the same one again returns the same number.
///
/// Errors: [`Error::Forbidden`] for users who may not create orders, or not in that status or for that owner;
/// [`Error::Invalid`] beside the fields.
pub async fn create(db: &Db, scope: &Scope, uuid: Uuid, draft: &OrderDraft) -> Result<String> {
    scope.require(Permission::Create)?;
    let rules = &scope.settings.rules;
    let mut fields = rules.parse(draft, &scope.settings.currency)?.into_fields();
    text::space_figures(&mut fields, None);
    let phones = e164_of(&fields)?;
    let authority = scope.authority();
    fields.owner = fields.owner.or(Some(scope.user.id));
    if let Some(known) = find_by_uuid(db, scope, uuid).await? {
        return existing_number(&known, &fields);
    }
    if fields.owner != Some(scope.user.id) && !authority.may(Permission::Assign) {
        return Err(Error::invalid(Field::Owner.name(), "Only a manager can create an order for someone else"));
    }
    if let Some(why) = rules.refusal(Status::New, fields.status, authority) {
        return Err(Error::invalid(Field::Status.name(), why));
    }
    let now = db.now();
    let txn = db.begin().await?;
    let team = owner_team(&txn, &fields, None).await?;
    links_exist(&txn, &fields, None).await?;
    let number = dialect::next_number(&txn).await?;
    let customer = fields.customer();
    // An order created offline counts on the day on which it was created.
    let done_at = scope.when(now);
    let connected_on = (fields.status == Status::Connected).then(|| scope.settings.calendar.day(done_at));
    let mut row = order::ActiveModel {
        uuid: Set(uuid),
        number: Set(number.clone()),
        version: Set(1),
        team_id: Set(team),
        created_at: Set(done_at),
        device_created_at: Set(scope.entry.as_ref().and_then(|it| it.claimed)),
        updated_at: Set(now),
        connected_on: Set(connected_on),
        batch: Set(0),
        ..Default::default()
    };
    let sent = fields.clone();
    set_fields(&mut row, &number, fields, phones);
    let earned = commission::compute_entry(&txn, scope, None, &mut row, false, now).await?;
    let row = match row.insert(&txn).await {
        Ok(row) => row,
        // The same form was sent twice at the same time: the other request won.
        Err(cause) if is_duplicate(&cause, Unique::Order) => {
            drop(txn);
            return match find_by_uuid(db, scope, uuid).await? {
                Some(known) => existing_number(&known, &sent),
                None => Err(Error::NotFound),
            };
        }
        Err(cause) => return Err(unexpected(cause)),
    };
    let user = Some(scope.user.id.0);
    change::apply_effects(&txn, scope, None, &row, earned, now).await?;
    let history = audit::history_row(&mut rand::rng(), row.id, 1, HistoryKind::Created, user, done_at, &Payload::default())?;
    let activity = audit::activity_row(&mut rand::rng(), user, ActivityKind::Created, Some(row.id), now, &customer);
    audit::record_order_change(&txn, history, activity, row.id, now).await?;
    txn.commit().await.map_err(unexpected)?;
    db.events.publish(Topic::Orders);
    Ok(number)
}

async fn find_by_uuid(db: &Db, scope: &Scope, uuid: Uuid) -> Result<Option<order::Model>> {
    scope.orders().filter(order::Column::Uuid.eq(uuid)).one(&db.read).await.map_err(unexpected)
}

/// The number of the order that has this UUID already; fails if its content differs, so that nothing is dropped silently.
fn existing_number(known: &order::Model, sent: &OrderFields) -> Result<String> {
    if fields_of(known) == *sent {
        return Ok(known.number.clone());
    }
    Err(Error::invalid("uuid", format!("This was already saved as order {}: open that order to change it", known.number)))
}

/// The owner's current team, which is stored on the order.
///
/// Errors: [`Error::Invalid`] when there is no such user, or (unless the owner stays the same) the account is not active.
pub(crate) async fn owner_team(txn: &impl ConnectionTrait, fields: &OrderFields, before: Option<i64>) -> Result<Option<i64>> {
    let Some(owner) = fields.owner else { return Ok(None) };
    let row = user::Entity::find_by_id(owner.0).filter(published(user::Column::Batch)).one(txn).await.map_err(unexpected)?;
    match row {
        Some(row) if row.active || before == Some(row.id) => Ok(row.team_id),
        _ => Err(Error::invalid(Field::Owner.name(), "Choose from the list")),
    }
}

/// Checks that campaign and company exist; a merged company is accepted only if the order had it `before`.
pub(crate) async fn links_exist(txn: &impl ConnectionTrait, fields: &OrderFields, before: Option<CompanyId>) -> Result<()> {
    let mut errors = FieldErrors::default();
    if let Some(id) = fields.campaign {
        let found = campaign::Entity::find_by_id(id.0).filter(published(campaign::Column::Batch));
        if found.count(txn).await.map_err(unexpected)? == 0 {
            errors.add(Field::Campaign.name(), "Choose from the list");
        }
    }
    if let Some(id) = fields.company {
        let stays = Condition::all().add(published(company::Column::Batch)).add(company::Column::Id.eq(id.0));
        let allowed = Condition::any().add(companies::offered()).add_option((before == Some(id)).then_some(stays));
        let found = company::Entity::find_by_id(id.0).filter(allowed);
        if found.count(txn).await.map_err(unexpected)? == 0 {
            errors.add(Field::Company.name(), "Choose from the list");
        }
    }
    errors.or(())
}
