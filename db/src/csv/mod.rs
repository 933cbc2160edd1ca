//! Orders as CSV: [`export`] and [`import`], with the same columns. People, campaigns, companies and teams are given
//! by name, statuses by code, amounts and dates as forms hold them.

mod export;
mod import;
mod read;

use std::collections::{HashMap, HashSet};

use domain::{Result, orders::Field};
use sea_orm::EntityTrait;

use crate::{
    Db,
    entity::{campaign, company, team, user},
    error::unexpected,
    text,
};
pub use export::{export, export_file, export_list};
pub use import::{Fault, ImportOptions, ImportResult, RowReport, Stopped, import};

/// A column of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Number,
    /// RFC 3339, UTC, microseconds. Imported for new orders only.
    CreatedAt,
    /// The business day on which it last became Connected. Imported for new orders only.
    ConnectedOn,
    /// The team of the order. Imported for new orders only.
    Team,
    Field(Field),
    /// The version of the order. On import it shows whether the order was edited since the export.
    Version,
}

impl Column {
    fn all() -> Vec<Self> {
        let own = [Self::Number, Self::CreatedAt, Self::ConnectedOn, Self::Team];
        own.into_iter().chain(Field::ALL.iter().map(|field| Self::Field(*field))).chain([Self::Version]).collect()
    }

    fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::CreatedAt => "created_at",
            Self::ConnectedOn => "connected_on",
            Self::Team => "team",
            Self::Field(field) => field.name(),
            Self::Version => "version",
        }
    }

    fn find(name: &str) -> Option<Self> {
        let name = name.trim().to_lowercase().replace([' ', '-'], "_");
        Self::all().into_iter().find(|column| column.name() == name)
    }
}

/// First characters that a spreadsheet takes for a formula.
fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// A cell of a file. Text that looks like a formula gets an apostrophe in front (OWASP, CSV injection). A number of
/// ours stays a number, also below zero, so that spreadsheets can add it up.
pub enum Cell {
    Text(String),
    Number(String),
}

impl Cell {
    fn into_written(self) -> String {
        match self {
            Self::Text(text) if is_formula(&text) => format!("'{text}"),
            Self::Text(text) | Self::Number(text) => text,
        }
    }
}

/// The text of a cell, without the apostrophe of [`Cell::Text`].
fn plain(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest,
        _ => cell,
    }
}

/// Names and ids of people, campaigns, companies and teams.
struct Names {
    by_id: HashMap<(Field, i64), String>,
    by_name: HashMap<(Field, String), i64>,
    teams: Vec<(i64, String)>,
    /// The current team of each user.
    team_of: HashMap<i64, i64>,
}

impl Names {
    async fn read(db: &Db) -> Result<Self> {
        let mut rows: Vec<(Field, i64, String)> = Vec::new();
        let people = user::Entity::find().all(&db.read).await.map_err(unexpected)?;
        let team_of = people.iter().filter_map(|row| Some((row.id, row.team_id?))).collect();
        rows.extend(people.into_iter().map(|row| (Field::Owner, row.id, row.username)));
        let campaigns = campaign::Entity::find().all(&db.read).await.map_err(unexpected)?;
        rows.extend(campaigns.into_iter().map(|row| (Field::Campaign, row.id, row.name)));
        let companies = company::Entity::find().all(&db.read).await.map_err(unexpected)?;
        // The name of a merged company means its target.
        let became: HashMap<i64, i64> = companies.iter().filter_map(|row| Some((row.id, row.merged_into?))).collect();
        let deleted: HashSet<i64> = companies.iter().filter(|row| row.deleted_at.is_some()).map(|row| row.id).collect();
        // Merges are followed to the end.
        let last = |id: i64| std::iter::successors(Some(id), |id| became.get(id).copied()).take(100).last().unwrap_or(id);
        rows.extend(companies.into_iter().filter(|row| row.merged_into != Some(row.id)).map(|row| (Field::Company, row.id, row.name)));
        rows.sort_by_key(|(field, id, _)| *field == Field::Company && became.contains_key(id));
        let teams = team::Entity::find().all(&db.read).await.map_err(unexpected)?;
        // Of two companies with one name the older one is meant.
        let mut by_name = HashMap::new();
        for (field, id, name) in &rows {
            let id = if *field == Field::Company { last(*id) } else { *id };
            if *field == Field::Company && deleted.contains(&id) {
                continue;
            }
            by_name.entry((*field, text::key(name))).or_insert(id);
        }
        Ok(Self {
            by_name,
            team_of,
            by_id: rows.into_iter().map(|(field, id, name)| ((field, id), name)).collect(),
            teams: teams.into_iter().map(|row| (row.id, row.name)).collect(),
        })
    }

    fn name(&self, field: Field, id: &str) -> String {
        id.parse().ok().and_then(|id| self.by_id.get(&(field, id))).cloned().unwrap_or_default()
    }

    fn id(&self, field: Field, name: &str) -> Option<i64> {
        self.by_name.get(&(field, text::key(name))).copied()
    }

    fn team(&self, name: &str) -> Option<i64> {
        self.teams.iter().find(|(_, it)| text::key(it) == text::key(name)).map(|(id, _)| *id)
    }
}

/// The byte-order mark: without it spreadsheets assume another encoding.
pub(crate) const MARK: &str = "\u{feff}";

/// A small table as CSV with a byte-order mark.
///
/// Errors: [`domain::Error::Unexpected`] when it can't be written.
pub fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<Cell>>) -> Result<String> {
    let failed = |cause: csv::Error| crate::error::fault(&cause.to_string());
    let mut file = csv::Writer::from_writer(MARK.as_bytes().to_vec());
    file.write_record(head).map_err(failed)?;
    for row in rows {
        file.write_record(row.into_iter().map(Cell::into_written)).map_err(failed)?;
    }
    let bytes = file.into_inner().map_err(|cause| crate::error::fault(&cause.to_string()))?;
    String::from_utf8(bytes).map_err(|cause| crate::error::fault(&cause.to_string()))
}
