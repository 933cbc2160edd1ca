//! Settings of the business. The environment seeds them at the first start; then the database rules.

use std::collections::HashMap;

use chrono_tz::Tz;
use domain::{Result, role::{Role, Sight}};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, sea_query::OnConflict};

use crate::{Db, calendar::Calendar, entity::setting, error::unexpected};

/// What nearly every verb asks.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Its days are the business's days.
    pub calendar: Calendar,
    /// ISO 4217 code.
    pub currency: String,
    /// Which orders agents and viewers see.
    pub sight: Sight,
    /// Whether agents may move orders into and out of Connected.
    pub agents_may_connect: bool,
    /// What a connection earns by role, in hundredths of a per cent, where neither campaign nor person says otherwise.
    pub rates: [(Role, i64); 4],
    /// Filled by `curlew demo`.
    pub demo: bool,
}

impl Settings {
    /// The rate of a role, in hundredths of a per cent.
    pub fn rate_of(&self, role: Role) -> i64 {
        self.rates.iter().find(|(it, _)| *it == role).map_or(0, |(_, rate)| *rate)
    }
}

/// The settings, as this server knows them.
pub async fn read(db: &Db) -> Result<Settings> {
    Ok(db.house().await?.settings.clone())
}

/// Reads them from the database.
pub(crate) async fn load(db: &Db) -> Result<Settings> {
    let rows = setting::Entity::find().all(&db.read).await.map_err(unexpected)?;
    let of: HashMap<String, String> = rows.into_iter().map(|row| (row.name, row.value)).collect();
    let get = |name: &str| of.get(name).map_or("", String::as_str);
    Ok(Settings {
        calendar: Calendar { zone: get("time_zone").parse().unwrap_or(Tz::Europe__London) },
        currency: if get("currency").is_empty() { "GBP".into() } else { get("currency").into() },
        sight: if get("sight").is_empty() { Sight::All } else { Sight::from_code(get("sight")) },
        agents_may_connect: get("agents_may_connect") == "yes",
        rates: Role::ALL.map(|role| (role, get(&format!("rate_{}", role.code())).parse().unwrap_or_default())),
        demo: get("demo") == "yes",
    })
}

/// Seeds zone and currency where the database has none yet.
pub async fn seed(db: &Db, zone: Tz, currency: &str) -> Result<()> {
    let rows = [("time_zone", zone.name()), ("currency", currency)]
        .map(|(name, value)| setting::ActiveModel { name: Set(name.into()), value: Set(value.into()) });
    setting::Entity::insert_many(rows)
        .on_conflict(OnConflict::column(setting::Column::Name).do_nothing().to_owned())
        .exec_without_returning(&db.write)
        .await
        .map_err(unexpected)?;
    db.forget_house().await;
    Ok(())
}

/// Writes one setting.
pub async fn write(db: &Db, name: &str, value: &str) -> Result<()> {
    write_in(&db.write, name, value).await?;
    db.forget_house().await;
    Ok(())
}

pub(crate) async fn write_in(txn: &impl ConnectionTrait, name: &str, value: &str) -> Result<()> {
    setting::Entity::insert(setting::ActiveModel { name: Set(name.into()), value: Set(value.into()) })
        .on_conflict(OnConflict::column(setting::Column::Name).update_column(setting::Column::Value).to_owned())
        .exec_without_returning(txn)
        .await
        .map_err(unexpected)?;
    Ok(())
}
