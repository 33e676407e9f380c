//! Tables of any subject: read and written as plain CSV.

use std::io::Write;
use std::path::Path;

use ctdata_table::csv::{CsvReader, Separator, WriteOptions, write_csv};
use ctdata_table::{Control, Missing, Table, TableError};

use crate::{InputPlan, Plan, PublishError, Role};

/// Reads a table of an unknown subject as its plan says.
pub(crate) fn read(path: &Path, plan: &Plan, control: &Control) -> Result<Table, PublishError> {
    let InputPlan { separator, missing, .. } = &plan.input;
    let mut reader = CsvReader::new();
    if let Some(separator) = separator.and_then(|wanted| Separator::ALL.into_iter().find(|known| char::from(known.byte()) == wanted)) {
        reader = reader.separator(separator);
    }
    if let Some(missing) = missing {
        reader = reader.missing(missing.iter().map(|text| (text.clone(), Missing::NotRecorded)));
    }
    let mut identifiers = plan.names(Role::Identifier);
    if let Some(identifier) = identifiers.next() {
        reader = reader.id_column(identifier);
    }
    if identifiers.next().is_some() {
        return Err(PublishError::Plan { plan: "plan".into(), message: "one attribute at most is an identifier".into() });
    }
    Ok(reader.read_path(path, control)?.into_table()?)
}

/// Writes a table with its attribute names as header.
pub(crate) fn write(table: &Table, output: impl Write, control: &Control) -> Result<(), PublishError> {
    control.check()?;
    write_csv(table, &WriteOptions::default(), output)
        .map_err(|error| TableError::io(crate::folder::DATA_FILE, error).into())
}
