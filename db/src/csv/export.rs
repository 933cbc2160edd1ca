//! Orders out.

use std::io::Write;

use chrono::{DateTime, SecondsFormat};
use domain::{
    Error, Result, date,
    orders::{Field, OrderDraft},
    role::Act,
};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Column, Names, defused};
use crate::{
    Db, Scope,
    entity::order,
    error::{fault, unexpected},
    journal::{self, Did},
    orders::fields_of,
};

/// Orders that are read at once.
const AT_ONCE: u64 = 2_000;

/// Writes every order in this person's sight as CSV, the oldest row first; returns how many. Memory stays flat.
///
/// Errors: [`Error::Forbidden`] for who may not export; [`Error::Invalid`] beside `file` when it cannot be written.
pub async fn export(db: &Db, scope: &Scope, to: impl Write) -> Result<u64> {
    scope.must(Act::Export)?;
    let names = Names::read(db).await?;
    let columns = Column::all();
    let mut file = csv::Writer::from_writer(to);
    let failed = |cause: csv::Error| Error::invalid("file", format!("The file cannot be written: {cause}."));
    file.write_record(columns.iter().map(|column| column.name())).map_err(failed)?;
    let (mut after, mut count) = (0, 0);
    loop {
        let rows = scope.orders().filter(order::Column::Id.gt(after)).order_by_asc(order::Column::Id).limit(AT_ONCE);
        let rows = rows.all(&db.read).await.map_err(unexpected)?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        for row in rows {
            let draft = OrderDraft::from(&fields_of(&row));
            file.write_record(columns.iter().map(|column| defused(&cell(*column, &row, &draft, &names)))).map_err(failed)?;
            count += 1;
        }
    }
    file.flush().map_err(|cause| fault(&cause.to_string()))?;
    journal::note(&db.write, Some(scope.me.id.0), Did::Exported, None, db.now(), &format!("{count} orders as CSV")).await?;
    Ok(count)
}

fn cell(column: Column, row: &order::Model, draft: &OrderDraft, names: &Names) -> String {
    match column {
        Column::Number => row.number.clone(),
        Column::CreatedAt => {
            DateTime::from_timestamp_micros(row.created_at).map_or_else(String::new, |at| at.to_rfc3339_opts(SecondsFormat::Micros, true))
        }
        Column::ConnectedOn => row.connected_on.map(date::plain).unwrap_or_default(),
        Column::Team => {
            let team = row.team_id.and_then(|id| names.teams.iter().find(|(it, _)| *it == id));
            team.map(|(_, name)| name.clone()).unwrap_or_default()
        }
        Column::Field(field @ (Field::Owner | Field::Campaign | Field::Company)) => names.name(field, draft.get(field)),
        Column::Field(field) => draft.get(field).to_owned(),
    }
}
