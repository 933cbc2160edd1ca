//! An act on many orders at once.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bulks")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub actor_id: i64,
    /// [`domain::orders::bulk::Stage`].
    pub state: String,
    /// [`domain::orders::bulk::BulkAction`] as JSON, once it is said.
    pub act: Option<String>,
    /// Ids of the companies, with commas between, that become the one that it sets.
    pub merges: Option<String>,
    /// Orders chosen.
    pub total: i64,
    /// Why it ended before its end.
    pub why: Option<String>,
    pub created_at: i64,
    pub ended_at: Option<i64>,
    /// Whoever looks it over or works on it has it by this; who does not has lost it.
    pub claim: Option<String>,
    /// When the server that works on it last said so.
    pub beat_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
