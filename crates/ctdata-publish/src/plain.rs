//! Tables of any subject: read and written as plain CSV.

use std::io::Write;

use ctdata_table::csv::{CsvReader, WriteOptions, write_csv};
use ctdata_table::{Control, Missing, Table, TableError};

use crate::{Plan, PublishError, Role};

/// A reader of tables of an unknown subject, as their plan says.
pub(crate) fn reader(plan: &Plan) -> Result<CsvReader, PublishError> {
    let mut reader = CsvReader::new();
    if let Some(missing) = &plan.input.missing {
        reader = reader.missing(missing.iter().map(|text| (text.clone(), Missing::NotRecorded)));
    }
    let mut identifiers = plan.names(Role::Identifier);
    if let Some(identifier) = identifiers.next() {
        reader = reader.id_column(identifier);
    }
    match identifiers.next() {
        None => Ok(reader),
        Some(_) => Err(PublishError::plan("two attributes have the role identifier, and one at most is")),
    }
}

/// Writes a table with its attribute names as header.
pub(crate) fn write(table: &Table, output: impl Write, control: &Control) -> Result<(), PublishError> {
    control.check()?;
    write_csv(table, &WriteOptions::default(), output)
        .map_err(|error| TableError::io(crate::folder::DATA_FILE, error).into())
}
