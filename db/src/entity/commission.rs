//! An entry of the commission ledger, in the month in which it counts. Append-only.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "commissions")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub month: Date,
    pub user_id: i64,
    pub order_id: i64,
    pub amount: i64,
    pub value: i64,
    pub rate: i64,
    pub reason: String,
    pub happened_on: Date,
    pub at: i64,
    pub actor_id: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
