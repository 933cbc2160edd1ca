//! Settings of the business. The environment provides initial values at the first start; afterwards the database decides.

use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono_tz::Tz;
use domain::{
    Error, FieldErrors, Result,
    campaigns::optional,
    money::{parse_rate, plain_rate},
    orders::{Field, Rules, Status},
    role::{Permission, Role, Visibility},
    text as domain_text,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, sea_query::OnConflict,
};

use crate::{
    Db, Scope,
    audit::{self, ActivityKind},
    calendar::Calendar,
    entity::{order, setting},
    error::{fault, unexpected},
    rollups,
};

pub(crate) const FORGETS_CHANGES: &str = "forgets_changes";

/// The settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The calendar of the business days.
    pub calendar: Calendar,
    /// The name of the business.
    pub name: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Whether targets are measured in revenue instead of connected revenue.
    pub targets_by_sold: bool,
    /// Which orders agents and viewers can see.
    pub visibility: Visibility,
    /// Whether agents may change orders to and from Connected.
    pub agents_may_connect: bool,
    /// The status rules.
    pub rules: Rules,
    /// The commission rates by role, in hundredths of a per cent, used when neither campaign nor user has a rate.
    pub rates: [(Role, i64); 4],
    /// Whether the data is from `curlew demo`.
    pub demo: bool,
    /// Whether old entries of the change log were deleted ([`crate::offline::sweep`]).
    pub forgets_changes: bool,
    /// The identity of the database ([`crate::identity`]).
    pub database: String,
}

impl Settings {
    /// The rate of a role, in hundredths of a per cent.
    pub fn rate_of(&self, role: Role) -> i64 {
        self.rates.iter().find(|(it, _)| *it == role).map_or(0, |(_, rate)| *rate)
    }
}

/// The settings, from the cache.
pub async fn read(db: &Db) -> Result<Arc<Settings>> {
    Ok(db.reference_data().await?.settings.clone())
}

/// Reads them from the database.
pub(crate) async fn load(db: &Db) -> Result<Settings> {
    let rows = setting::Entity::find().all(&db.read).await.map_err(unexpected)?;
    let of: HashMap<String, String> = rows.into_iter().map(|row| (row.name, row.value)).collect();
    let get = |name: &str| of.get(name).map_or("", String::as_str);
    Ok(Settings {
        calendar: Calendar { zone: get("time_zone").parse().unwrap_or(Tz::Europe__London) },
        name: get("name").to_owned(),
        targets_by_sold: get("targets_by_sold") == "yes",
        currency: if get("currency").is_empty() { "GBP".into() } else { get("currency").into() },
        visibility: if get("sight").is_empty() { Visibility::All } else { Visibility::from_code(get("sight")) },
        agents_may_connect: get("agents_may_connect") == "yes",
        rules: rules_of(|name| of.get(name).map(String::as_str)),
        rates: Role::ALL.map(|role| (role, get(&format!("rate_{}", role.code())).parse().unwrap_or_default())),
        demo: get("demo") == "yes",
        forgets_changes: get(FORGETS_CHANGES) == "yes",
        database: get("database_id").to_owned(),
    })
}

/// Parses the stored rules: comma-separated codes by status; defaults for what is not stored.
fn rules_of<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Rules {
    fn codes<T>(stored: &str, find: impl Fn(&str) -> Option<T>) -> Vec<T> {
        stored.split(',').filter_map(find).collect()
    }
    let usual = Rules::default();
    Rules::of(
        |of| get(&next_of(of)).map_or_else(|| usual.next(of).to_vec(), |stored| codes(stored, Status::from_code)),
        |of| get(&requires_of(of)).map_or_else(|| usual.requires(of).to_vec(), |stored| codes(stored, Field::find)),
    )
}

fn next_of(status: Status) -> String {
    format!("next_{}", status.code())
}

fn requires_of(status: Status) -> String {
    format!("requires_{}", status.code())
}

/// Changes the status rules. Orders keep their current status.
///
/// Errors: [`Error::Forbidden`]; [`Error::Invalid`] when no new order could become Connected.
pub async fn change_rules(db: &Db, scope: &Scope, rules: &Rules) -> Result<()> {
    scope.require(Permission::Administer)?;
    if !rules.reaches(Status::New, Status::Connected) {
        return Err(Error::invalid("form", "With these rules no new order could become Connected: allow a path from New to Connected"));
    }
    let txn = db.begin().await?;
    for status in Status::ALL {
        let next: Vec<&str> = rules.next(status).iter().map(|it| it.code()).collect();
        let requires: Vec<&str> = rules.requires(status).iter().map(|it| it.name()).collect();
        write_in(&txn, &next_of(status), &next.join(",")).await?;
        write_in(&txn, &requires_of(status), &requires.join(",")).await?;
    }
    audit::log_activity(&txn, Some(scope.user.id.0), ActivityKind::ChangedSettings, None, db.now(), "Status rules").await?;
    db.commit_reference_data(txn).await
}

/// Stores the time zone and currency if the database has none. Writes nothing if it has both.
pub async fn seed(db: &Db, zone: Tz, currency: &str) -> Result<()> {
    let initial = [("time_zone", zone.name()), ("currency", currency)];
    let stored = setting::Entity::find().filter(setting::Column::Name.is_in(initial.map(|(name, _)| name)));
    if stored.count(&db.read).await.map_err(unexpected)? == initial.len() as u64 {
        return Ok(());
    }
    let rows = initial.map(|(name, value)| setting::ActiveModel { name: Set(name.into()), value: Set(value.into()) });
    let txn = db.begin().await?;
    setting::Entity::insert_many(rows)
        .on_conflict(OnConflict::column(setting::Column::Name).do_nothing().to_owned())
        .exec_without_returning(&txn)
        .await
        .map_err(unexpected)?;
    db.commit_reference_data(txn).await
}

/// Writes one setting.
pub async fn write(db: &Db, name: &str, value: &str) -> Result<()> {
    let txn = db.begin().await?;
    write_in(&txn, name, value).await?;
    db.commit_reference_data(txn).await
}

pub(crate) async fn write_in(txn: &impl ConnectionTrait, name: &str, value: &str) -> Result<()> {
    setting::Entity::insert(setting::ActiveModel { name: Set(name.into()), value: Set(value.into()) })
        .on_conflict(OnConflict::column(setting::Column::Name).update_column(setting::Column::Value).to_owned())
        .exec_without_returning(txn)
        .await
        .map_err(unexpected)?;
    Ok(())
}

/// The settings form as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsDraft {
    pub name: String,
    pub time_zone: String,
    pub currency: String,
    pub visibility: String,
    pub agents_may_connect: bool,
    pub targets_by_sold: bool,
    /// In per cent, by role.
    pub rates: [(Role, String); 4],
}

impl From<&Settings> for SettingsDraft {
    fn from(it: &Settings) -> Self {
        Self {
            name: it.name.clone(),
            time_zone: it.calendar.zone.name().to_owned(),
            currency: it.currency.clone(),
            visibility: it.visibility.code().to_owned(),
            agents_may_connect: it.agents_may_connect,
            targets_by_sold: it.targets_by_sold,
            rates: it.rates.map(|(role, rate)| (role, if rate == 0 { String::new() } else { plain_rate(rate) })),
        }
    }
}

/// Changes the settings. A new time zone becomes active after its rollups are built ([`rollups::change_zone`]).
///
/// Errors: [`Error::Forbidden`]; [`Error::Invalid`] beside the fields, for example for another currency once an order exists;
/// [`Error::Busy`] while another change of the time zone is running.
pub async fn change(db: &Db, scope: &Scope, draft: &SettingsDraft) -> Result<()> {
    scope.require(Permission::Administer)?;
    let mut errors = FieldErrors::default();
    let before = load(db).await?;
    let name = domain_text::line(&draft.name, 120).map_err(|why| errors.add("name", why)).unwrap_or_default().unwrap_or_default();
    let zone = draft.time_zone.trim().parse::<Tz>().map_err(|_| errors.add("time_zone", "Enter a time zone such as Europe/London")).ok();
    let currency = draft.currency.trim().to_uppercase();
    if currency.len() != 3 || !currency.bytes().all(|it| it.is_ascii_uppercase()) {
        errors.add("currency", "Enter a currency code such as GBP");
    } else if currency != before.currency && order::Entity::find().limit(1).count(&db.read).await.map_err(unexpected)? > 0 {
        errors.add("currency", "The currency can't be changed once an order exists");
    }
    if ![Visibility::All, Visibility::Team, Visibility::Own].iter().any(|it| it.code() == draft.visibility) {
        errors.add("visibility", "Choose from the list");
    }
    let mut rates = Vec::new();
    for (role, typed) in &draft.rates {
        let field = format!("rate_{}", role.code());
        rates.push((field.clone(), optional(typed, parse_rate, &field, &mut errors).unwrap_or_default()));
    }
    errors.or(())?;
    let yes = |on: bool| if on { "yes" } else { "no" }.to_owned();
    let txn = db.begin().await?;
    let mut rows = vec![
        ("name".to_owned(), name),
        ("currency".to_owned(), currency),
        ("sight".to_owned(), draft.visibility.clone()),
        ("agents_may_connect".to_owned(), yes(draft.agents_may_connect)),
        ("targets_by_sold".to_owned(), yes(draft.targets_by_sold)),
    ];
    rows.extend(rates.into_iter().map(|(field, rate)| (field, rate.to_string())));
    for (name, value) in rows {
        write_in(&txn, &name, &value).await?;
    }
    audit::log_activity(&txn, Some(scope.user.id.0), ActivityKind::ChangedSettings, None, db.now(), "").await?;
    db.commit_reference_data(txn).await?;
    match zone.filter(|zone| *zone != before.calendar.zone) {
        Some(zone) => {
            let db = db.clone();
            wait_or_detach(async move { rollups::change_zone(&db, zone).await }).await
        }
        None => Ok(()),
    }
}

/// How long a request waits for work that continues in the background.
const A_WHILE: Duration = Duration::from_secs(8);

/// Runs work that may take longer than a request: waits for a while, then lets it continue in the background.
pub(crate) async fn wait_or_detach(work: impl Future<Output = Result<()>> + Send + 'static) -> Result<()> {
    let mut task = tokio::spawn(work);
    match tokio::time::timeout(A_WHILE, &mut task).await {
        Ok(Ok(done)) => done,
        Ok(Err(cause)) => Err(fault(&cause.to_string())),
        Err(_) => {
            tokio::spawn(async move {
                if let Ok(Err(cause)) = task.await {
                    tracing::warn!(%cause, "background work failed after its request had ended");
                }
            });
            Ok(())
        }
    }
}
