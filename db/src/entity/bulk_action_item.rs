//! One order of a bulk action.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bulk_action_items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub bulk_action_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub order_id: i64,
    /// `waits`, `done`, `same`, `refused`; after undo `back` or `kept`.
    pub outcome: String,
    /// Why it was refused, or not undone.
    pub why: Option<String>,
    /// The version of the order after the change.
    pub version: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
