//! An order with all its fields.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "orders")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub uuid: Uuid,
    pub number: String,
    pub legacy_id: Option<i64>,
    pub version: i64,
    pub status: String,
    pub owner_id: Option<i64>,
    pub team_id: Option<i64>,
    pub campaign_id: Option<i64>,
    pub company_id: Option<i64>,
    pub created_at: i64,
    pub device_created_at: Option<i64>,
    pub updated_at: i64,
    pub connected_on: Option<Date>,
    pub follow_up_on: Option<Date>,
    pub follow_up_kind: Option<String>,
    pub follow_up_note: Option<String>,
    pub trashed_at: Option<i64>,
    pub title: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub mobile: Option<String>,
    pub mobile_e164: Option<String>,
    pub landline: Option<String>,
    pub landline_e164: Option<String>,
    pub email: Option<String>,
    pub email_key: Option<String>,
    pub business_name: Option<String>,
    pub business_type: Option<String>,
    pub business_key: String,
    pub postcode_key: Option<String>,
    pub billing_house: Option<String>,
    pub billing_street: Option<String>,
    pub billing_city: Option<String>,
    pub billing_county: Option<String>,
    pub billing_postcode: Option<String>,
    pub deliver_to_billing: bool,
    pub delivery_house: Option<String>,
    pub delivery_street: Option<String>,
    pub delivery_city: Option<String>,
    pub delivery_county: Option<String>,
    pub delivery_postcode: Option<String>,
    pub date_of_birth: Option<Date>,
    pub eligibility_date: Option<Date>,
    pub network: Option<String>,
    pub sale_type: Option<String>,
    pub handset: Option<String>,
    pub tariff: Option<String>,
    pub tariff_code: Option<String>,
    pub sim_required: Option<bool>,
    pub spend_cap: Option<i64>,
    pub network_account_number: Option<String>,
    pub account_address: Option<String>,
    pub deal_source: Option<String>,
    pub box_value: Option<i64>,
    pub loss_reason: Option<String>,
    pub commission_details: Option<String>,
    pub additional_details: Option<String>,
    pub search_text: String,
    pub batch: i64,
    /// Its commission, in minor units; the rate, in hundredths of a per cent; the user.
    pub commission: Option<i64>,
    pub commission_rate: Option<i64>,
    pub commission_to: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
