//! An entry of a device's outbox that was carried out.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: Uuid,
    pub user_id: i64,
    /// Of what was asked for; it says where it came by a page's own request.
    pub digest: String,
    /// The order as it was then.
    pub number: String,
    pub version: i64,
    /// The comment that it wrote.
    pub comment_id: Option<i64>,
    /// When it was done, as far as the server believes it; microseconds since 1970.
    pub done_at: Option<i64>,
    pub at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
