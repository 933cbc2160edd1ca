//! Reads the tables of the Django CRM, with its column names ("compapy_Created" included).

use std::collections::HashMap;

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, FromQueryResult, Statement};
use serde::Serialize;

/// An order, or a snapshot of one in its history.
#[derive(Clone, Debug, Default, FromQueryResult, Serialize)]
pub struct Snapshot {
    pub order_id: i64,
    pub number: String,
    pub created_at: i64,
    pub updated_at: Option<i64>,
    pub title: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub mobile: Option<String>,
    pub landline: Option<String>,
    pub email: Option<String>,
    pub house: Option<String>,
    pub street: Option<String>,
    pub city: Option<String>,
    pub county: Option<String>,
    pub postcode: Option<String>,
    pub delivery_house: Option<String>,
    pub delivery_street: Option<String>,
    pub delivery_city: Option<String>,
    pub delivery_county: Option<String>,
    pub delivery_postcode: Option<String>,
    pub status: String,
    pub box_value: Option<String>,
    pub deal_source: Option<String>,
    pub connected_date: Option<String>,
    pub loss_reason: Option<String>,
    pub date_of_birth: Option<String>,
    pub account_address: Option<String>,
    pub network: Option<String>,
    pub connection_type: Option<String>,
    pub eligibility_date: Option<String>,
    pub handset: Option<String>,
    pub tariff: Option<String>,
    pub sim_required: Option<String>,
    pub tariff_code: Option<String>,
    pub spend_cap: Option<String>,
    pub network_account_number: Option<String>,
    pub additional_details: Option<String>,
    pub commission_details: Option<String>,
    pub is_open: bool,
    pub company_type: Option<String>,
    pub company_name: Option<String>,
    pub campaign_id: Option<i64>,
    pub company_id: Option<i64>,
    pub owner_id: Option<i64>,
}

/// A history entry.
#[derive(Clone, Debug, Serialize)]
pub struct Version {
    pub history_id: i64,
    pub at: i64,
    pub kind: String,
    pub by: Option<i64>,
    pub snapshot: Snapshot,
}

/// A comment.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct ImportNote {
    pub id: i64,
    pub order_id: i64,
    pub body: Option<String>,
    pub created_at: i64,
    pub owner_id: Option<i64>,
    pub status: Option<String>,
}

/// A user.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct Person {
    pub id: i64,
    pub username: String,
    pub password: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub is_superuser: bool,
    pub is_staff: bool,
    pub is_active: bool,
    pub joined_at: i64,
    pub last_login: Option<i64>,
}

/// A campaign.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct Campaign {
    pub id: i64,
    pub name: Option<String>,
    pub target: Option<i64>,
}

/// A company.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct Company {
    pub id: i64,
    pub name: String,
    pub employees: i64,
    pub monthly_spend: f64,
    pub kind: String,
    pub created_at: i64,
    pub updated_at: i64,
}

/// An activity entry.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct Noted {
    pub id: i64,
    pub text: Option<String>,
    pub day: String,
    pub by: i64,
}

/// The SQL expression of a timestamp in microseconds since 1970.
macro_rules! micros {
    ($column:literal) => {
        concat!("(extract(epoch from ", $column, ") * 1000000)::bigint")
    };
}

/// The columns that orders and snapshots share.
const COLUMNS: &str = concat!(
    r#""order_Id"::bigint AS order_id, "order_Number" AS number, "#,
    micros!(r#""order_Created""#),
    " AS created_at, ",
    micros!(r#""order_Updated""#),
    " AS updated_at, ",
    r#""order_Title" AS title, "order_First_Name" AS first_name, "order_Last_Name" AS last_name, "order_Mobile" AS mobile,
    "order_Landline" AS landline, "order_Email" AS email, "order_House_Number" AS house, "order_Street" AS street, "order_City" AS city,
    "order_County" AS county, "order_Postcode" AS postcode, "order_Delivery_House_Number" AS delivery_house,
    "order_Delivery_Street" AS delivery_street, "order_Delivery_City" AS delivery_city, "order_Delivery_County" AS delivery_county,
    "order_Delivery_Postcode" AS delivery_postcode, status, order_box_value::text AS box_value, order_deal_source AS deal_source,
    order_connected_date::text AS connected_date, order_loss_reason AS loss_reason, order_date_of_birth::text AS date_of_birth,
    order_account_address AS account_address, order_network AS network, order_connection_type AS connection_type,
    order_eligibility_date::text AS eligibility_date, order_handset AS handset, order_tariff AS tariff, order_sim_required AS sim_required,
    order_tariff_code AS tariff_code, order_spend_cap::text AS spend_cap, order_network_account_number AS network_account_number,
    order_additional_details AS additional_details, order_commission_details AS commission_details, "order_Open" AS is_open,
    order_company_type AS company_type, order_company_name AS company_name, campaign_id::bigint AS campaign_id,
    company_id::bigint AS company_id, owner_id::bigint AS owner_id"#
);

/// Connects to the source.
///
/// Errors: it does not answer, or has no table `api_order`.
pub async fn open(url: &str) -> Result<DatabaseConnection, String> {
    if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
        return Err("--from must be the PostgreSQL database of the old system, such as postgres://user:password@host/database".into());
    }
    let mut options = ConnectOptions::new(url);
    options.max_connections(2).sqlx_logging(false);
    let source = Database::connect(options).await.map_err(|cause| format!("The database of the old system isn't responding: {cause}"))?;
    source
        .execute_unprepared(r#"SELECT 1 FROM api_order LIMIT 1"#)
        .await
        .map_err(|_| "This database has no table api_order, so it isn't the database of the old system".to_owned())?;
    Ok(source)
}

async fn all<T: FromQueryResult>(source: &DatabaseConnection, sql: &str, values: Vec<sea_orm::Value>) -> Result<Vec<T>, String> {
    T::find_by_statement(Statement::from_sql_and_values(DbBackend::Postgres, sql, values))
        .all(source)
        .await
        .map_err(|cause| format!("The database of the old system can't be read: {cause}"))
}

/// The orders after an id, by id.
pub async fn orders(source: &DatabaseConnection, after: i64, at_most: i64) -> Result<Vec<Snapshot>, String> {
    let sql = format!(r#"SELECT {COLUMNS} FROM api_order WHERE "order_Id" > $1 ORDER BY "order_Id" LIMIT $2"#);
    all(source, &sql, vec![after.max(i64::from(i32::MIN)).into(), at_most.into()]).await
}

/// The histories of a range of orders, each in the order of `history_id`.
pub async fn histories(source: &DatabaseConnection, first: i64, last: i64) -> Result<HashMap<i64, Vec<Version>>, String> {
    let sql = format!(
        r#"SELECT {COLUMNS}, history_id::bigint AS history_id, {} AS at, history_type AS kind, history_user_id::bigint AS by
        FROM api_historicalorder WHERE "order_Id" BETWEEN $1 AND $2 ORDER BY "order_Id", history_id"#,
        micros!("history_date")
    );
    let rows = source
        .query_all_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [first.into(), last.into()]))
        .await
        .map_err(|cause| format!("The database of the old system can't be read: {cause}"))?;
    let mut histories: HashMap<i64, Vec<Version>> = HashMap::new();
    for row in rows {
        let read = || -> Result<Version, sea_orm::DbErr> {
            Ok(Version {
                history_id: row.try_get("", "history_id")?,
                at: row.try_get("", "at")?,
                kind: row.try_get("", "kind")?,
                by: row.try_get("", "by")?,
                snapshot: Snapshot::from_query_result(&row, "")?,
            })
        };
        let version = read().map_err(|cause| format!("The database of the old system can't be read: {cause}"))?;
        histories.entry(version.snapshot.order_id).or_default().push(version);
    }
    Ok(histories)
}

/// The comments of a range of orders.
pub async fn comments(source: &DatabaseConnection, first: i64, last: i64) -> Result<HashMap<i64, Vec<ImportNote>>, String> {
    let sql = concat!(
        "SELECT id::bigint AS id, order_id::bigint AS order_id, body, ",
        micros!("created"),
        " AS created_at, owner_id::bigint AS owner_id, status FROM api_comment WHERE order_id BETWEEN $1 AND $2 ORDER BY order_id, id"
    );
    let rows: Vec<ImportNote> = all(source, sql, vec![first.into(), last.into()]).await?;
    let mut comments: HashMap<i64, Vec<ImportNote>> = HashMap::new();
    for row in rows {
        comments.entry(row.order_id).or_default().push(row);
    }
    Ok(comments)
}

/// All users.
pub async fn people(source: &DatabaseConnection) -> Result<Vec<Person>, String> {
    let sql = concat!(
        "SELECT id::bigint AS id, username, password, first_name, last_name, email, is_superuser, is_staff, is_active, ",
        micros!("date_joined"),
        " AS joined_at, ",
        micros!("last_login"),
        " AS last_login FROM auth_user ORDER BY id"
    );
    all(source, sql, vec![]).await
}

/// All campaigns.
pub async fn campaigns(source: &DatabaseConnection) -> Result<Vec<Campaign>, String> {
    all(source, "SELECT id::bigint AS id, name, target::bigint AS target FROM api_campaign ORDER BY id", vec![]).await
}

/// All companies.
pub async fn companies(source: &DatabaseConnection) -> Result<Vec<Company>, String> {
    let sql = concat!(
        r#"SELECT id::bigint AS id, "company_Name" AS name, "company_Employees"::bigint AS employees, "company_Monthly_Spend" AS monthly_spend, "#,
        r#""company_Type" AS kind, "#,
        micros!(r#""compapy_Created""#),
        " AS created_at, ",
        micros!(r#""company_Updated""#),
        " AS updated_at FROM api_company ORDER BY id"
    );
    all(source, sql, vec![]).await
}

/// The activity log.
pub async fn activity(source: &DatabaseConnection) -> Result<Vec<Noted>, String> {
    let sql = "SELECT id::bigint AS id, text, changed_date::text AS day, changed_by_id::bigint AS by FROM api_activity ORDER BY id";
    all(source, sql, vec![]).await
}
