//! A company: a customer.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "companies")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub name_key: String,
    pub business_type: Option<String>,
    pub employees: Option<i64>,
    pub monthly_spend: Option<i64>,
    pub note: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
    pub legacy_id: Option<i64>,
    pub batch: i64,
    /// The company that it was merged into; itself for a hidden company of a bulk action that has not started.
    pub merged_into: Option<i64>,
    /// When it was deleted: it is no longer offered, and histories keep its name.
    pub deleted_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
