//! A campaign that orders belong to.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "campaigns")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub name_key: String,
    pub target: Option<i64>,
    pub start_on: Option<Date>,
    pub end_on: Option<Date>,
    pub active: bool,
    pub created_at: i64,
    pub legacy_id: Option<i64>,
    pub batch: i64,
    /// In hundredths of a per cent; `None`: the rate of the owner.
    pub commission_rate: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
