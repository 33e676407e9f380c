//! Workbooks through a mapping.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use ctdata_table::{Control, Location, TableError};

use super::cells::text_of;
use super::draft::SAMPLE;
use super::{MapDraft, MappedRows, Mapping};
use crate::ModelError;
use crate::htcds::excel::{HeaderRow, SheetChoice, SheetVisitor, visit_sheet};
use crate::htcds::read::CellInput;
use crate::htcds::{HtcdsOutcome, ReadOptions};

/// The name of the format of workbooks that were mapped.
const FORMAT: &str = "excel";

impl SheetVisitor for MappedRows {
    fn row(&mut self, place: &Location, cells: &[Option<CellInput<'_>>]) -> Result<(), ModelError> {
        MappedRows::row(self, place, cells.iter().copied())
    }
}

/// Reads a sheet of a workbook through a mapping: the one of this name, else the one that the mapping names, else the
/// first with a header.
///
/// # Errors
/// As [`read_excel`](crate::htcds::read_excel) and [`read_mapped_csv`](super::read_mapped_csv).
pub fn read_mapped_excel(
    path: &Path,
    sheet: Option<&str>,
    mapping: &Mapping,
    options: &ReadOptions,
    control: &Control,
) -> Result<HtcdsOutcome, ModelError> {
    let file = File::open(path).map_err(|error| TableError::io(path, error))?;
    mapped_excel(BufReader::new(file), &path.display().to_string(), sheet, mapping, options, control)
}

pub(super) fn mapped_excel(
    input: impl Read + Seek,
    name: &str,
    sheet: Option<&str>,
    mapping: &Mapping,
    options: &ReadOptions,
    control: &Control,
) -> Result<HtcdsOutcome, ModelError> {
    let choice = choice(sheet.or(mapping.sheet()), mapping.header_row());
    let rows = visit_sheet(input, name, choice, control, |sheet, header| {
        MappedRows::new(mapping, &header.names, FORMAT, name.into(), Some(sheet.into()), options.clone())
    })?;
    rows.finish()
}

/// Drafts a mapping from the first rows of a sheet: the one that is named, or the first with a header, which is in the
/// row of a number or else in the first row with a text in it.
///
/// # Errors
/// As [`read_excel`](crate::htcds::read_excel).
pub fn draft_excel(
    path: &Path,
    sheet: Option<&str>,
    header_row: Option<u32>,
    control: &Control,
) -> Result<MapDraft, ModelError> {
    let file = File::open(path).map_err(|error| TableError::io(path, error))?;
    let name = path.display().to_string();
    let sample = visit_sheet(BufReader::new(file), &name, choice(sheet, header_row), control, |sheet, header| {
        Ok(Sample { sheet: sheet.to_owned(), header: header.names.clone(), rows: Vec::new() })
    })?;
    Ok(Mapping::draft(sample.header, sample.rows).with_sheet(Some(sample.sheet), header_row))
}

fn choice(sheet: Option<&str>, header_row: Option<u32>) -> SheetChoice<'_> {
    SheetChoice { sheet, header: header_row.map_or(HeaderRow::First, HeaderRow::Numbered) }
}

/// The first rows of a sheet, as texts.
struct Sample {
    sheet: String,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl SheetVisitor for Sample {
    fn row(&mut self, _: &Location, cells: &[Option<CellInput<'_>>]) -> Result<(), ModelError> {
        if self.rows.len() < SAMPLE {
            let text = |cell: &Option<CellInput<'_>>| match cell {
                Some(CellInput::Input(input)) => text_of(*input),
                _ => String::new(),
            };
            self.rows.push(cells.iter().map(text).collect());
        }
        Ok(())
    }
}
