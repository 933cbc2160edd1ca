//! The order form: the draft, the options of its selects, and possible duplicates.

use domain::{
    Error, FieldErrors, Result, date,
    orders::{
        Field, OrderDraft, OrderFields, Status,
        list::LONGEST_SEARCH,
        pages::{Choices, OrderForm},
    },
    role::Permission,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{change, fields_of, show};
use crate::{
    Db, Scope,
    choices::Kind,
    companies,
    entity::{campaign, company, order, order_history},
    error::unexpected,
    text,
};

/// The form of a new order, or of a copy.
///
/// Errors: [`Error::Forbidden`] for users who may not create orders; [`Error::NotFound`] for a copy of an invisible order.
pub async fn form_new(db: &Db, scope: &Scope, copy_of: Option<&str>) -> Result<OrderForm> {
    scope.require(Permission::Create)?;
    let mut draft = match copy_of {
        Some(number) => OrderDraft::from(&fields_of(&show::find(db, scope, number).await?)).copied(),
        None => OrderDraft::default(),
    };
    draft.set(Field::Status, Status::New.code());
    draft.set(Field::Owner, scope.user.id.to_string());
    let choices = choices(db, scope, scope.settings.rules.first_for(scope.authority()), &draft).await?;
    Ok(OrderForm {
        number: None,
        uuid: Uuid::now_v7().to_string(),
        version: 0,
        saved_by: String::new(),
        customer: None,
        draft,
        choices,
        errors: FieldErrors::default(),
        sentence: None,
        conflict: None,
        locked: Vec::new(),
        today: date::plain(scope.today(db)),
        currency: scope.settings.currency.clone(),
    })
}

/// The form of an existing order.
///
/// Errors: [`Error::NotFound`]; [`Error::Forbidden`] for another user's order, unless the role may edit all.
pub async fn form_update(db: &Db, scope: &Scope, number: &str) -> Result<OrderForm> {
    let (row, fields) = to_change(db, scope, number).await?;
    let statuses = std::iter::once(fields.status).chain(scope.settings.rules.next_for(fields.status, scope.authority())).collect();
    let draft = OrderDraft::from(&fields);
    let choices = choices(db, scope, statuses, &draft).await?;
    Ok(OrderForm {
        number: Some(row.number),
        uuid: row.uuid.to_string(),
        version: row.version,
        saved_by: last_by(db, row.id).await?,
        customer: Some(fields.customer()),
        draft,
        choices,
        errors: FieldErrors::default(),
        sentence: None,
        conflict: None,
        locked: locked(scope, fields.status),
        today: date::plain(scope.today(db)),
        currency: scope.settings.currency.clone(),
    })
}

/// Finds an order that this user may edit.
async fn to_change(db: &Db, scope: &Scope, number: &str) -> Result<(order::Model, OrderFields)> {
    let row = show::find(db, scope, number).await?;
    let fields = fields_of(&row);
    change::may_edit(scope, &fields)?;
    Ok((row, fields))
}

/// Number, version and draft of an order that this user may edit, by its number or UUID.
///
/// Errors: as [`form_update`].
pub async fn read_draft(db: &Db, scope: &Scope, number: &str) -> Result<(String, i64, OrderDraft)> {
    let (row, fields) = to_change(db, scope, number).await?;
    Ok((row.number, row.version, OrderDraft::from(&fields)))
}

/// The user who last changed an order.
pub(crate) async fn last_by(db: &Db, order: i64) -> Result<String> {
    let last: Option<Option<i64>> = order_history::Entity::find()
        .select_only()
        .column(order_history::Column::ActorId)
        .filter(order_history::Column::OrderId.eq(order))
        .order_by_desc(order_history::Column::Version)
        .into_tuple()
        .one(&db.read)
        .await
        .map_err(unexpected)?;
    let Some(who) = last.flatten() else { return Ok(String::new()) };
    let reference_data = db.reference_data().await?;
    Ok(reference_data.owners.iter().find(|it| it.id.0 == who).map_or(String::new(), |it| it.name.clone()))
}

/// The fields that this user may not edit on an order of this status.
pub(crate) fn locked(scope: &Scope, status: Status) -> Vec<Field> {
    let mut locked = Vec::new();
    if !scope.authority().may(Permission::Assign) {
        locked.push(Field::Owner);
    }
    if status == Status::Connected && !scope.authority().may(Permission::EditConnected) {
        locked.extend([Field::BoxValue, Field::Campaign]);
    }
    locked
}

async fn choices(db: &Db, scope: &Scope, statuses: Vec<Status>, draft: &OrderDraft) -> Result<Choices> {
    let id = |field: Field| draft.get(field).parse::<i64>().unwrap_or(0);
    let reference_data = db.reference_data().await?;
    let owners = if scope.authority().may(Permission::Assign) {
        let chosen = id(Field::Owner);
        let offered = reference_data.owners.iter().filter(|it| it.active || it.id.0 == chosen);
        offered.map(|it| (it.id.to_string(), it.name.clone())).collect()
    } else {
        Vec::new()
    };
    let campaigns = reference_data.campaigns.iter().filter(|it| it.active).map(|it| (it.id.0, it.name.clone()));
    let companies = reference_data.companies.iter().map(|(id, name)| (id.0, name.clone()));
    Ok(Choices {
        statuses,
        owners,
        campaigns: offered(db, Field::Campaign, campaigns, id(Field::Campaign)).await?,
        companies: offered(db, Field::Company, companies, id(Field::Company)).await?,
        requires: scope.settings.rules.required(),
        networks: reference_data.offered(Kind::Network).into_iter().map(|name| (name.clone(), name)).collect(),
    })
}

/// The maximum number of campaigns or companies in a select.
const OFFERED: usize = 100;
/// The maximum number of suggestions.
const SUGGESTED: u64 = 20;

/// The first options, and the current one in any case.
async fn offered(db: &Db, field: Field, all: impl Iterator<Item = (i64, String)>, chosen: i64) -> Result<Vec<(String, String)>> {
    let mut some: Vec<(i64, String)> = all.take(OFFERED).collect();
    if some.iter().all(|(id, _)| *id != chosen) {
        some.extend(find_choice(db, field, chosen).await?);
    }
    Ok(some.into_iter().map(|(id, name)| (id.to_string(), name)).collect())
}

/// Finds a campaign or company by its id.
async fn find_choice(db: &Db, field: Field, id: i64) -> Result<Option<(i64, String)>> {
    if id <= 0 {
        return Ok(None);
    }
    let found = match field {
        Field::Campaign => campaign::Entity::find_by_id(id).one(&db.read).await.map(|row| row.map(|row| (row.id, row.name))),
        _ => company::Entity::find_by_id(id).one(&db.read).await.map(|row| row.map(|row| (row.id, row.name))),
    };
    found.map_err(unexpected)
}

/// Suggests campaigns or companies for typed text, as id and name: those that start with it, then those that contain it. Equal names are
/// distinguished by their ids.
///
/// Errors: [`Error::Forbidden`] for users who may not edit; [`Error::NotFound`] for a field without suggestions.
pub async fn suggest(db: &Db, scope: &Scope, field: Field, typed: &str) -> Result<Vec<(String, String)>> {
    scope.require(Permission::EditOwn)?;
    let key: String = text::key(typed.trim()).chars().take(LONGEST_SEARCH).collect();
    let mut found: Vec<(i64, String)> = match field {
        Field::Campaign => {
            let held = |it: &&crate::reference_data::Campaign| it.active && text::key(&it.name).contains(&key);
            let reference_data = db.reference_data().await?;
            let mut found: Vec<_> = reference_data.campaigns.iter().filter(held).map(|it| (it.id.0, it.name.clone())).collect();
            found.sort_by_key(|(_, name)| !text::key(name).starts_with(&key));
            found
        }
        Field::Company => {
            let some = || {
                company::Entity::find()
                    .select_only()
                    .columns([company::Column::Id, company::Column::Name])
                    .filter(companies::offered())
                    .order_by_asc(company::Column::NameKey)
                    .limit(SUGGESTED)
            };
            let begins = some().filter(company::Column::NameKey.between(key.clone(), format!("{key}\u{10FFFF}")));
            let mut found: Vec<(i64, String)> = begins.into_tuple().all(&db.read).await.map_err(unexpected)?;
            if (found.len() as u64) < SUGGESTED && !key.is_empty() {
                let holds = some().filter(crate::dialect::contains_without_index(company::Column::NameKey, &key, db));
                let more: Vec<(i64, String)> = holds.into_tuple().all(&db.read).await.map_err(unexpected)?;
                found.extend(more.into_iter().filter(|(_, name)| !text::key(name).starts_with(&key)));
            }
            found
        }
        _ => return Err(Error::NotFound),
    };
    found.truncate(SUGGESTED as usize);
    Ok(companies::with_distinct_names(found).into_iter().map(|(id, name)| (id.to_string(), name)).collect())
}
