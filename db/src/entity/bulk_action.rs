//! A bulk action.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bulk_actions")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub actor_id: i64,
    /// [`domain::orders::bulk::Stage`].
    pub state: String,
    /// [`domain::orders::bulk::BulkAction`] as JSON, once it is set.
    pub act: Option<String>,
    /// Comma-separated ids of the companies to merge into the one that it sets.
    pub merges: Option<String>,
    /// The number of selected orders.
    pub total: i64,
    /// Why it ended early.
    pub why: Option<String>,
    pub created_at: i64,
    pub ended_at: Option<i64>,
    /// The claim of the process that works on it; another value means that the claim is lost.
    pub claim: Option<String>,
    /// The latest heartbeat of the server that works on it.
    pub heartbeat_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
