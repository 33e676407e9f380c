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
use crate::htcds::value::{Input, trimmed};
use crate::htcds::{Field, HtcdsOutcome, ReadOptions};

/// The name of the format of workbooks that were mapped.
const FORMAT: &str = "excel";

impl SheetVisitor for MappedRows {
    fn row(&mut self, place: &Location, cells: &[Option<CellInput<'_>>]) -> Result<(), ModelError> {
        MappedRows::row(self, place, cells.iter().copied())
    }
}

/// Reads a sheet of a workbook through a mapping: the one of this name, else the one that the mapping names, else the
/// only one with a text in it. A row of labels of the standard just below the header, as the toolkit has it, is no
/// record.
///
/// # Errors
/// As [`read_excel`](crate::htcds::read_excel) and [`read_mapped_csv`](super::read_mapped_csv); without the name of a
/// sheet, several sheets with a text in them.
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
        let rows = MappedRows::new(mapping, &header.names, FORMAT, name.into(), Some(sheet.into()), options.clone())?;
        let mut fields = fields_of_names(&header.names);
        for (position, field) in rows.fields() {
            if let Some(known) = fields.get_mut(position) {
                known.push(field);
            }
        }
        Ok(BelowHeader { rows, fields, is_first: true })
    })?;
    rows.rows.finish()
}

/// Drafts a mapping from the first rows of a sheet: the one that is named, or the only one with a text in it. The header
/// is in the row of a number or else in the first row with a text in it.
///
/// # Errors
/// As [`read_excel`](crate::htcds::read_excel); without the name of a sheet, several sheets with a text in them.
pub fn draft_excel(
    path: &Path,
    sheet: Option<&str>,
    header_row: Option<u32>,
    control: &Control,
) -> Result<MapDraft, ModelError> {
    let file = File::open(path).map_err(|error| TableError::io(path, error))?;
    let name = path.display().to_string();
    let sample = visit_sheet(BufReader::new(file), &name, choice(sheet, header_row), control, |sheet, header| {
        let rows = Sample { sheet: sheet.to_owned(), header: header.names.clone(), rows: Vec::new() };
        Ok(BelowHeader { rows, fields: fields_of_names(&header.names), is_first: true })
    })?
    .rows;
    Ok(Mapping::draft(sample.header, sample.rows).with_sheet(Some(sample.sheet), header_row))
}

fn choice(sheet: Option<&str>, header_row: Option<u32>) -> SheetChoice<'_> {
    SheetChoice { sheet, header: header_row.map_or(HeaderRow::First, HeaderRow::Numbered) }
}

/// The rows below a header, without a row of labels that may come first.
struct BelowHeader<V> {
    rows: V,
    /// The fields of each column: by its mapping, and by its name.
    fields: Vec<Vec<&'static Field>>,
    is_first: bool,
}

/// How many labels a row of labels has at least.
const LABELS: usize = 3;

impl<V> BelowHeader<V> {
    /// Whether at least half of what a row says in columns of fields are the labels of these.
    fn is_labels(&self, cells: &[Option<CellInput<'_>>]) -> bool {
        let (mut all, mut labels) = (0, 0);
        for (cell, fields) in cells.iter().zip(&self.fields).filter(|(_, fields)| !fields.is_empty()) {
            let text = match cell {
                None => continue,
                Some(CellInput::Input(Input::Text(text))) if trimmed(text).is_empty() => continue,
                Some(CellInput::Input(Input::Text(text))) => *text,
                Some(_) => "",
            };
            all += 1;
            labels += usize::from(Field::labelled(text).any(|field| fields.contains(&field)));
        }
        labels >= LABELS && 2 * labels >= all
    }
}

impl<V: SheetVisitor> SheetVisitor for BelowHeader<V> {
    fn row(&mut self, place: &Location, cells: &[Option<CellInput<'_>>]) -> Result<(), ModelError> {
        if std::mem::take(&mut self.is_first) && self.is_labels(cells) {
            return Ok(());
        }
        self.rows.row(place, cells)
    }
}

/// The field of each column whose name in the header is one of the standard (`hte_Date`, `hte_Date.2`).
fn fields_of_names(header: &[String]) -> Vec<Vec<&'static Field>> {
    let field = |name: &str| Field::named(name).or_else(|| Field::named(name.rsplit_once('.')?.0));
    header.iter().map(|name| field(name).into_iter().collect()).collect()
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
