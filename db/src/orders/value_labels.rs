//! Labels of field values, for history, conflicts and messages.

use std::collections::HashMap;

use domain::{
    Result, date, money,
    orders::{BusinessType, Field, FollowUpKind, OrderDraft, Status, Title, field::FieldType},
    users::display_name,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::{
    entity::{campaign, company, user},
    error::unexpected,
};

/// The names behind the ids in some drafts.
#[derive(Default)]
pub(crate) struct ValueLabels {
    pub names: HashMap<(Field, i64), String>,
    pub currency: String,
}

impl ValueLabels {
    /// Looks up the users, campaigns and companies of these drafts.
    pub async fn of(db: &impl ConnectionTrait, currency: &str, drafts: &[&OrderDraft]) -> Result<Self> {
        let ids = |field: Field| -> Vec<i64> { drafts.iter().filter_map(|draft| draft.get(field).parse().ok()).collect() };
        let mut names = HashMap::new();
        let owners = ids(Field::Owner);
        if !owners.is_empty() {
            let rows = user::Entity::find().filter(user::Column::Id.is_in(owners)).all(db).await.map_err(unexpected)?;
            names
                .extend(rows.into_iter().map(|row| ((Field::Owner, row.id), display_name(&row.first_name, &row.last_name, &row.username))));
        }
        let campaigns = ids(Field::Campaign);
        if !campaigns.is_empty() {
            let rows = campaign::Entity::find().filter(campaign::Column::Id.is_in(campaigns)).all(db).await.map_err(unexpected)?;
            names.extend(rows.into_iter().map(|row| ((Field::Campaign, row.id), row.name)));
        }
        let companies = ids(Field::Company);
        if !companies.is_empty() {
            let rows = company::Entity::find().filter(company::Column::Id.is_in(companies)).all(db).await.map_err(unexpected)?;
            names.extend(rows.into_iter().map(|row| ((Field::Company, row.id), row.name)));
        }
        Ok(Self { names, currency: currency.to_owned() })
    }

    /// The label of a value, where it differs from the value.
    pub fn label(&self, field: Field, value: &str) -> Option<String> {
        if value.is_empty() {
            return None;
        }
        let label = match (field, field.shape()) {
            (Field::Status, _) => Status::from_code(value)?.label().to_owned(),
            (Field::Title, _) => Title::find(value)?.label().to_owned(),
            (Field::BusinessType, _) => BusinessType::find(value)?.label().to_owned(),
            (Field::FollowUpKind, _) => FollowUpKind::find(value)?.label().to_owned(),
            (Field::Owner | Field::Campaign | Field::Company, _) => self.names.get(&(field, value.parse().ok()?))?.clone(),
            (_, FieldType::Money) => money::parse_figures(value).ok()?.show(&self.currency),
            (_, FieldType::Date) => date::show(date::parse(value).ok()?),
            (_, FieldType::YesNo | FieldType::Tick) => if value == "yes" { "Yes" } else { "No" }.to_owned(),
            _ => return None,
        };
        (label != value).then_some(label)
    }

    /// The label of a value, or the value.
    pub fn show(&self, field: Field, value: &str) -> String {
        self.label(field, value).unwrap_or_else(|| value.to_owned())
    }
}
