//! Imports users, campaigns, companies and the activity log.

use domain::{date, orders::BusinessType, role::Role, users::display_name};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseConnection, EntityTrait, IntoActiveModel, QueryFilter,
};

use super::{Maps, Report, digest, read_imported, record, remember, source};
use crate::{
    Db,
    audit::{self, ActivityKind},
    companies,
    entity::{activity, campaign, company, import_record, session, user},
    error::unexpected,
    settings, text,
};

fn sentence(error: domain::Error) -> String {
    error.sentence()
}

fn db_error_sentence(cause: sea_orm::DbErr) -> String {
    unexpected(cause).sentence()
}

/// A short digest of the values that the import wrote, to detect later edits.
fn mark(of: &impl serde::Serialize) -> i64 {
    i64::from_str_radix(&digest(of)[..15], 16).unwrap_or_default()
}

/// Imports users, campaigns and companies; returns them by the source's ids.
pub async fn bring(db: &Db, source: &DatabaseConnection, run: i64, report: &mut Report) -> Result<Maps, String> {
    let mut maps = Maps::default();
    // Read before writing: SQLite's single writer must not wait for another machine.
    let people = source::people(source).await?;
    let campaigns_there = source::campaigns(source).await?;
    let companies_there = source::companies(source).await?;
    let txn = db.begin().await.map_err(sentence)?;
    users(db, &txn, people, run, report, &mut maps).await?;
    campaigns(db, &txn, campaigns_there, run, report, &mut maps).await?;
    companies(db, &txn, companies_there, run, report, &mut maps).await?;
    txn.commit().await.map_err(db_error_sentence)?;
    Ok(maps)
}

/// The digest of a user in the source. Using the old system does not change it.
fn digest_of(person: &source::Person) -> String {
    digest(&source::Person { last_login: None, ..person.clone() })
}

fn user_mark(row: &user::Model) -> i64 {
    mark(&(&row.username, &row.first_name, &row.last_name, &row.email, &row.role, row.active))
}

async fn users(
    db: &Db,
    txn: &impl ConnectionTrait,
    there: Vec<source::Person>,
    run: i64,
    report: &mut Report,
    maps: &mut Maps,
) -> Result<(), String> {
    let known = read_imported(db, "user").await.map_err(sentence)?;
    for person in there {
        report.users.read += 1;
        let with_sign_in = digest(&person);
        let digest = digest_of(&person);
        let name = display_name(&person.first_name, &person.last_name, &person.username);
        let role = match (person.is_superuser, person.is_staff) {
            (true, _) => Role::Admin,
            (_, true) => Role::Manager,
            _ => Role::Agent,
        };
        if let Some(before) = known.get(&person.id) {
            maps.users.insert(person.id, (before.our_id, name));
            let row = user::Entity::find_by_id(before.our_id).one(txn).await.map_err(db_error_sentence)?;
            // The previous release included the last sign-in.
            let Some(row) = row.filter(|_| before.digest != digest && before.digest != with_sign_in) else {
                report.users.unchanged += 1;
                continue;
            };
            if user_mark(&row) != before.version {
                report.users.unchanged += 1;
                report.add_note(format!("{} has been edited in Curlew since the last import, so it was not updated", row.username));
                continue;
            }
            let has_other_rights = row.role != role.code() || row.active != person.is_active;
            let mut row = row.into_active_model();
            row.first_name = Set(person.first_name);
            row.last_name = Set(person.last_name);
            row.email = Set(person.email);
            row.role = Set(role.code().into());
            row.active = Set(person.is_active);
            let row = row.update(txn).await.map_err(db_error_sentence)?;
            if has_other_rights {
                session::Entity::delete_many().filter(session::Column::UserId.eq(row.id)).exec(txn).await.map_err(db_error_sentence)?;
            }
            remember(txn, record("user", person.id, row.id, digest, user_mark(&row))).await.map_err(sentence)?;
            report.users.changed += 1;
            continue;
        }
        let username = free_username(txn, &person.username, report).await?;
        let usable = person.password.starts_with("pbkdf2_sha256$") || person.password.starts_with("$argon2");
        if !usable && person.is_active {
            report.add_note(format!("{username}: the password is in an unknown format; create a link with `curlew user reset {username}`"));
        }
        let row = user::ActiveModel {
            username_key: Set(text::username_key(&username)),
            username: Set(username),
            first_name: Set(person.first_name),
            last_name: Set(person.last_name),
            email: Set(person.email),
            password_hash: Set(usable.then_some(person.password)),
            role: Set(role.code().into()),
            active: Set(person.is_active),
            created_at: Set(person.joined_at),
            seen_at: Set(person.last_login),
            legacy_id: Set(Some(person.id)),
            batch: Set(run),
            ..Default::default()
        };
        let row = row.insert(txn).await.map_err(db_error_sentence)?;
        remember(txn, record("user", person.id, row.id, digest, user_mark(&row))).await.map_err(sentence)?;
        maps.users.insert(person.id, (row.id, name));
        report.users.written += 1;
    }
    Ok(())
}

/// Finds a free username, with a suffix if necessary.
async fn free_username(txn: &impl ConnectionTrait, wanted: &str, report: &mut Report) -> Result<String, String> {
    for suffix in 1..1_000 {
        let name = if suffix == 1 { wanted.to_owned() } else { format!("{wanted}-{suffix}") };
        let taken = user::Entity::find()
            .filter(user::Column::UsernameKey.eq(text::username_key(&name)))
            .one(txn)
            .await
            .map_err(db_error_sentence)?
            .is_some();
        if !taken {
            if suffix > 1 {
                report.add_note(format!("The username {wanted} is already taken: this person was imported as {name}"));
            }
            return Ok(name);
        }
    }
    Err(format!("No free username for {wanted}"))
}

fn campaign_mark(row: &campaign::Model) -> i64 {
    mark(&(&row.name, row.target, row.active))
}

async fn campaigns(
    db: &Db,
    txn: &impl ConnectionTrait,
    there: Vec<source::Campaign>,
    run: i64,
    report: &mut Report,
    maps: &mut Maps,
) -> Result<(), String> {
    let known = read_imported(db, "campaign").await.map_err(sentence)?;
    for it in there {
        report.campaigns.read += 1;
        let digest = digest(&it);
        let wanted = it.name.clone().filter(|name| !domain::text::is_blank(name)).unwrap_or_else(|| format!("Campaign {}", it.id));
        let wanted: String = wanted.trim().chars().take(115).collect();
        // The targets of the source are whole pounds.
        let target = it.target.filter(|target| *target >= 0).map(|target| target.saturating_mul(100));
        if it.target.is_some_and(|target| target < 0) {
            report.add_note(format!(
                "The campaign {wanted} had a negative target ({}), so its target was left empty",
                it.target.unwrap_or_default()
            ));
        }
        if let Some(before) = known.get(&it.id) {
            maps.campaigns.insert(it.id, (before.our_id, wanted));
            let row = campaign::Entity::find_by_id(before.our_id).one(txn).await.map_err(db_error_sentence)?;
            let Some(row) = row.filter(|row| before.digest != digest && campaign_mark(row) == before.version) else {
                report.campaigns.unchanged += 1;
                continue;
            };
            let mut row = row.into_active_model();
            row.target = Set(target);
            let row = row.update(txn).await.map_err(db_error_sentence)?;
            remember(txn, record("campaign", it.id, row.id, digest, campaign_mark(&row))).await.map_err(sentence)?;
            report.campaigns.changed += 1;
            continue;
        }
        let mut name = wanted.clone();
        let mut suffix = 2;
        while campaign::Entity::find()
            .filter(campaign::Column::NameKey.eq(text::key(&name)))
            .one(txn)
            .await
            .map_err(db_error_sentence)?
            .is_some()
        {
            name = format!("{wanted} {suffix}");
            suffix += 1;
        }
        if name != wanted {
            report.add_note(format!("A campaign called {wanted} already exists: this one was imported as {name}"));
        }
        let row = campaign::ActiveModel {
            name_key: Set(text::key(&name)),
            name: Set(name.clone()),
            target: Set(target),
            active: Set(true),
            created_at: Set(db.now()),
            legacy_id: Set(Some(it.id)),
            batch: Set(run),
            ..Default::default()
        };
        let row = row.insert(txn).await.map_err(db_error_sentence)?;
        remember(txn, record("campaign", it.id, row.id, digest, campaign_mark(&row))).await.map_err(sentence)?;
        maps.campaigns.insert(it.id, (row.id, name));
        report.campaigns.written += 1;
    }
    Ok(())
}

fn company_mark(row: &company::Model) -> i64 {
    mark(&(&row.name, &row.business_type, row.employees, row.monthly_spend))
}

async fn companies(
    db: &Db,
    txn: &impl ConnectionTrait,
    there: Vec<source::Company>,
    run: i64,
    report: &mut Report,
    maps: &mut Maps,
) -> Result<(), String> {
    let known = read_imported(db, "company").await.map_err(sentence)?;
    for it in there {
        report.companies.read += 1;
        let digest = digest(&it);
        let name: String = it.name.trim().chars().filter(|c| !c.is_control()).take(255).collect();
        let name = if domain::text::is_blank(&name) { format!("Company {}", it.id) } else { name };
        let kind = BusinessType::find(&it.kind).map(|kind| kind.code().to_owned());
        let spend = (it.monthly_spend * 100.0).round();
        let spend = (spend.is_finite() && (0.0..1e12).contains(&spend)).then_some(spend as i64);
        let employees = Some(it.employees).filter(|count| *count >= 0);
        if let Some(before) = known.get(&it.id) {
            let row = company::Entity::find_by_id(before.our_id).one(txn).await.map_err(db_error_sentence)?;
            // A company that was merged here means its target.
            let ours = companies::resolve_merged_company(txn, before.our_id).await.map_err(|error| error.sentence())?;
            maps.companies.insert(it.id, (ours, name.clone()));
            let Some(row) = row.filter(|row| before.digest != digest && company_mark(row) == before.version) else {
                report.companies.unchanged += 1;
                continue;
            };
            let mut row = row.into_active_model();
            row.name_key = Set(text::key(&name));
            row.name = Set(name);
            row.business_type = Set(kind);
            row.employees = Set(employees);
            row.monthly_spend = Set(spend);
            row.updated_at = Set(it.updated_at);
            let row = row.update(txn).await.map_err(db_error_sentence)?;
            remember(txn, record("company", it.id, row.id, digest, company_mark(&row))).await.map_err(sentence)?;
            report.companies.changed += 1;
            continue;
        }
        let row = company::ActiveModel {
            name_key: Set(text::key(&name)),
            name: Set(name.clone()),
            business_type: Set(kind),
            employees: Set(employees),
            monthly_spend: Set(spend),
            created_at: Set(it.created_at),
            updated_at: Set(it.updated_at),
            legacy_id: Set(Some(it.id)),
            batch: Set(run),
            ..Default::default()
        };
        let row = row.insert(txn).await.map_err(db_error_sentence)?;
        remember(txn, record("company", it.id, row.id, digest, company_mark(&row))).await.map_err(sentence)?;
        maps.companies.insert(it.id, (row.id, name));
        report.companies.written += 1;
    }
    Ok(())
}

/// Imports new entries of the source's activity log; each has only a date.
pub async fn activity(db: &Db, source: &DatabaseConnection, maps: &Maps, report: &mut Report) -> Result<Log, String> {
    let known = read_imported(db, "activity").await.map_err(sentence)?;
    let calendar = settings::read(db).await.map_err(sentence)?.calendar;
    let mut log = Log::default();
    for it in source::activity(source).await? {
        report.activity += 1;
        if known.contains_key(&it.id) {
            continue;
        }
        let at = date::parse(&it.day).map_or_else(|_| db.now(), |day| calendar.start(day));
        let (by, text) = (maps.user(Some(it.by)), it.text.as_deref().unwrap_or_default());
        log.rows.push(audit::activity_row(&mut rand::rng(), by, ActivityKind::Noted, None, at, text));
        log.records.push(record("activity", it.id, 0, digest(&it), 0));
    }
    Ok(log)
}

/// Entries of the source's activity log, to be written when the run is published.
#[derive(Default)]
pub struct Log {
    pub rows: Vec<activity::ActiveModel>,
    pub records: Vec<import_record::ActiveModel>,
}
