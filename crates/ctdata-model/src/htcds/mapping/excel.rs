//! Workbooks through a mapping, and drafts from their headers.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use ctdata_table::{Control, Location, TableError};

use super::draft::{SAMPLE, check_header};
use super::{MapDraft, MappedRows, Mapping};
use crate::ModelError;
use crate::htcds::excel::{EXCEL_FORMAT, HeaderRow, SheetChoice, SheetVisitor, visit_sheet};
use crate::htcds::read::CellInput;
use crate::htcds::value::Input;
use crate::htcds::{HtcdsOutcome, ReadOptions};

/// Reads a sheet of a workbook through a mapping: the sheet of this name, else that of the mapping, else the only one
/// with a header. The header is in the row that the mapping names, else in the first row with a text.
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
    let (input, name) = source(path)?;
    let header = if mapping.header_row() > 1 { HeaderRow::Numbered(mapping.header_row()) } else { HeaderRow::First };
    let choice = SheetChoice { sheet: sheet.or(mapping.sheet()), header };
    let rows = visit_sheet(input, &name, choice, control, |sheet, header| {
        let file: Arc<str> = name.as_str().into();
        let rows = MappedRows::new(mapping, &header.names, EXCEL_FORMAT, file, Some(sheet.into()), options.clone())?;
        Ok(Mapped(rows))
    })?;
    rows.0.finish()
}

struct Mapped(MappedRows);

impl SheetVisitor for Mapped {
    fn row(&mut self, place: &Location, cells: &[Option<CellInput<'_>>]) -> Result<(), ModelError> {
        self.0.row(place, cells.iter().copied())
    }
}

/// A first draft of a mapping from a sheet of a workbook: the sheet of this name, else the only one with a header.
///
/// # Errors
/// As [`read_excel`](crate::htcds::read_excel).
pub fn draft_excel(path: &Path, sheet: Option<&str>, control: &Control) -> Result<MapDraft, ModelError> {
    let (input, name) = source(path)?;
    let choice = SheetChoice { sheet, header: HeaderRow::First };
    let sample = visit_sheet(input, &name, choice, control, |sheet, header| {
        check_header(&header.names, &name)?;
        Ok(Sample { sheet: sheet.to_owned(), header_row: header.last_row, names: header.names.clone(), rows: Vec::new() })
    })?;
    let Sample { sheet, header_row, names, rows } = sample;
    Ok(Mapping::draft(&names, &rows).with_sheet(sheet, header_row))
}

struct Sample {
    sheet: String,
    header_row: u32,
    names: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl SheetVisitor for Sample {
    fn row(&mut self, _: &Location, cells: &[Option<CellInput<'_>>]) -> Result<(), ModelError> {
        if self.rows.len() < SAMPLE {
            let text = |cell: &Option<CellInput<'_>>| match cell {
                Some(CellInput::Input(Input::Text(text))) => (*text).to_owned(),
                Some(CellInput::Input(Input::Number(number))) => number.to_string(),
                Some(CellInput::Input(Input::Date(date))) => date.to_string(),
                Some(CellInput::Input(Input::Flag(flag))) => flag.to_string(),
                Some(CellInput::Bad(_)) | None => String::new(),
            };
            self.rows.push(cells.iter().map(text).collect());
        }
        Ok(())
    }
}

fn source(path: &Path) -> Result<(BufReader<File>, String), ModelError> {
    let file = File::open(path).map_err(|error| TableError::io(path, error))?;
    Ok((BufReader::new(file), path.display().to_string()))
}
