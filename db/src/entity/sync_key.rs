//! The key of an outbox entry that was carried out.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: Uuid,
    pub user_id: i64,
    /// The digest of the request; marks requests that a page sent itself.
    pub digest: String,
    /// The number of the order, and its version after the entry was carried out.
    pub number: String,
    pub version: i64,
    /// The comment that it created.
    pub comment_id: Option<i64>,
    /// When it was done, as accepted by the server; microseconds since 1970.
    pub done_at: Option<i64>,
    pub at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
