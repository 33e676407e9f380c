//! Reading what risk is measured of: cases, or a table of any subject.

use std::path::Path;

use ctdata::model::{CaseReader, Dataset, LAYOUTS, ModelError, PLAIN_LAYOUT};
use ctdata::table::csv::CsvReader;
use ctdata::table::{Attribute, Missing, Schema, Table};

use super::args::RiskOptions;
use crate::failure::Failure;
use crate::session::Session;

/// The file: of a layout, or plain where it is said to be or its header belongs to no layout.
pub(super) fn read(options: &RiskOptions, session: &Session) -> Result<Dataset, Failure> {
    let (file, format) = (&options.input.file, options.input.format.as_deref());
    if options.id.is_none() && options.weight.is_none() {
        return any(file, format, session);
    }
    if let Some(format) = format.filter(|format| !format.trim().eq_ignore_ascii_case(PLAIN_LAYOUT)) {
        return Err(Failure::usage(format!(
            "--id and --weight are of plain tables, and `{format}` is a layout of cases"
        )));
    }
    let mut reader = CsvReader::new();
    if let Some(id) = &options.id {
        reader = reader.id_column(id);
    }
    if let Some(weight) = &options.weight {
        reader = reader.weight_column(weight);
    }
    plain(file, reader, session)
}

/// A file of a layout; where the header belongs to none, a plain table, with a remark.
pub(super) fn any(file: &Path, format: Option<&str>, session: &Session) -> Result<Dataset, Failure> {
    let read = CaseReader::default().read_as(file, format, &session.control);
    session.finish();
    match read {
        Err(ModelError::UnknownLayout { .. }) if format.is_none() => {}
        read => {
            let outcome = read?;
            crate::commands::tell_of_records(&outcome, session);
            return Ok(outcome.into_dataset()?);
        }
    }
    let mut dataset = plain(file, CsvReader::new(), session)?;
    let blanks = blanks(&dataset);
    if !blanks.is_empty() {
        let tokens = [""].into_iter().chain(blanks.iter().copied()).map(|text| (text, Missing::NotRecorded));
        dataset = plain(file, CsvReader::new().missing(tokens), session)?;
    }
    let also: String = blanks.iter().flat_map(|text| [" and `", text, "`"]).collect();
    session.remark(format!(
        "note: {}: the header is of no known layout (`ctdata validate` tells how it differs); read as a plain table, as \
         with `--format {PLAIN_LAYOUT}`, empty cells{also} as not recorded",
        file.display()
    ));
    Ok(dataset)
}

fn plain(file: &Path, reader: CsvReader, session: &Session) -> Result<Dataset, Failure> {
    let read = CaseReader::default().read_plain(file, reader, &session.control);
    session.finish();
    Ok(read?.into_dataset()?)
}

/// The texts besides the empty one by which layouts with all of the columns say that nothing is recorded: such
/// a file is a protected part of one.
fn blanks(dataset: &Dataset) -> Vec<&'static str> {
    let names: Vec<&str> = dataset.table().schema().attributes().iter().map(Attribute::name).collect();
    let mut texts: Vec<&str> = LAYOUTS
        .iter()
        .filter(|layout| names.iter().all(|name| layout.column(name).is_some()))
        .map(|layout| layout.missing)
        .filter(|text| !text.is_empty())
        .collect();
    texts.sort_unstable();
    texts.dedup();
    texts
}

/// Columns of another file, named as those of the input.
pub(super) fn columns_of(other: &Dataset, file: &Path, dataset: &Dataset, names: &[String]) -> Result<Table, Failure> {
    let table = other.table();
    let mut attributes = Vec::with_capacity(names.len());
    let mut columns = Vec::with_capacity(names.len());
    for name in names {
        let same =
            |found: &Attribute| found.name() == name || dataset.resolve(found.name()).is_ok_and(|found| found == *name);
        let position = table.schema().attributes().iter().position(same);
        let found = position.and_then(|at| Some((table.schema().get(at)?, table.column(at)?)));
        let Some((attribute, column)) = found else {
            return Err(Failure::usage(format!("{}: there is no column `{name}`", file.display())));
        };
        attributes.push(attribute.renamed(name.as_str()));
        columns.push(column.clone());
    }
    Ok(Table::try_new(Schema::try_new(attributes)?, columns)?)
}
