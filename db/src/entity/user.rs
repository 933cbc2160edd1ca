//! A user.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub username: String,
    pub username_key: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub password_hash: Option<String>,
    pub role: String,
    pub team_id: Option<i64>,
    pub active: bool,
    pub page_size: Option<i32>,
    pub created_at: i64,
    pub seen_at: Option<i64>,
    pub legacy_id: Option<i64>,
    pub batch: i64,
    /// The list columns that this user chose, comma-separated.
    pub list_columns: Option<String>,
    /// In hundredths of a per cent; `None`: the rate of the role.
    pub commission_rate: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
