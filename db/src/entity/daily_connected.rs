//! The rollup of orders connected on a business day, as differences to be summed.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "daily_connected")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub day: Date,
    pub owner_id: Option<i64>,
    pub team_id: Option<i64>,
    pub campaign_id: Option<i64>,
    pub batch: i64,
    pub orders: i64,
    pub value: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
