//! Exports orders as CSV.

use std::{
    io::{BufWriter, Write},
    path::Path,
};

use chrono::{DateTime, SecondsFormat};
use domain::{
    Error, Result, date,
    orders::{Field, OrderDraft, field::FieldType},
    role::Permission,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Cell, Column, MARK, Names};
use crate::{
    Db, Scope,
    audit::{self, ActivityKind},
    entity::order,
    error::{fault, unexpected},
    file::Replacement,
    orders::{self, fields_of},
};

/// Orders per read.
const AT_ONCE: u64 = 2_000;

/// Writes all orders that the user can see as CSV, oldest first; returns their number. Memory use is constant.
///
/// Errors: [`Error::Forbidden`] for users who may not export; [`Error::Invalid`] beside `file` when it can't be written.
pub async fn export(db: &Db, scope: &Scope, mut to: impl Write) -> Result<u64> {
    let failed = |cause: std::io::Error| Error::invalid("file", format!("The file can't be written: {cause}"));
    let count = export_list(db, scope, None, |part| std::future::ready(to.write_all(&part).map_err(failed))).await?;
    to.flush().map_err(failed)?;
    Ok(count)
}

/// The same to a file, which is replaced only when the export is complete.
///
/// Errors, each one sentence: as [`export`]; an existing file is kept.
pub async fn export_file(db: &Db, scope: &Scope, path: &Path) -> std::result::Result<u64, String> {
    let cannot = |cause: std::io::Error| format!("{} can't be written: {cause}", path.display());
    let mut file = BufWriter::new(Replacement::new(path).map_err(cannot)?);
    let count = export(db, scope, &mut file).await.map_err(|error| error.sentence())?;
    file.into_inner().map_err(|cause| cannot(cause.into_error()))?.put(true).map_err(cannot)?;
    Ok(count)
}

/// The orders of a list, given by its URL (`None`: all visible orders), as CSV in parts as they are read.
///
/// Errors: [`Error::Forbidden`] for users who may not export; [`Error::NotFound`] for the trash and for a URL with invalid filters,
/// so that no unrequested data is exported; those of `take`.
pub async fn export_list<F>(db: &Db, scope: &Scope, of: Option<&str>, mut take: impl FnMut(Vec<u8>) -> F) -> Result<u64>
where
    F: Future<Output = Result<()>>,
{
    scope.require(Permission::Export)?;
    let which = match of {
        Some(address) => orders::all_of(db, scope, address).await?,
        None => scope.visible_orders(),
    };
    // Logged before the first part is sent, so that an interrupted export is logged too.
    let detail = of.map_or("orders as CSV".to_owned(), |address| format!("orders as CSV, {address}"));
    audit::log_activity(&db.write, Some(scope.user.id.0), ActivityKind::Exported, None, db.now(), &detail).await?;
    let names = Names::read(db).await?;
    let columns = Column::all();
    let failed = |cause: csv::Error| Error::invalid("file", format!("The file can't be written: {cause}"));
    let mut file = csv::Writer::from_writer(MARK.as_bytes().to_vec());
    file.write_record(columns.iter().map(|column| column.name())).map_err(failed)?;
    let (mut after, mut count) = (0, 0);
    loop {
        let rows =
            order::Entity::find().filter(which.clone()).filter(order::Column::Id.gt(after)).order_by_asc(order::Column::Id).limit(AT_ONCE);
        let rows = rows.all(&db.read).await.map_err(unexpected)?;
        let last = rows.last().map(|row| row.id);
        for row in rows {
            let draft = OrderDraft::from(&fields_of(&row));
            file.write_record(columns.iter().map(|column| cell(*column, &row, &draft, &names).into_written())).map_err(failed)?;
            count += 1;
        }
        take(file.into_inner().map_err(|cause| fault(&cause.to_string()))?).await?;
        let Some(last) = last else { break };
        after = last;
        file = csv::Writer::from_writer(Vec::new());
    }
    Ok(count)
}

fn cell(column: Column, row: &order::Model, draft: &OrderDraft, names: &Names) -> Cell {
    let text = match column {
        Column::Version => return Cell::Number(row.version.to_string()),
        Column::Field(field) if field.shape() == FieldType::Money => return Cell::Number(draft.get(field).to_owned()),
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
    };
    Cell::Text(text)
}
