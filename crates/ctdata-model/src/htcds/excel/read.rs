//! Reading the sheet with the cases.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;
use std::sync::Arc;

use ctdata_table::{Control, Location, TableError};

use super::cells::SheetRow;
use super::find::{SheetHeader, find};
use super::header::letters;
use super::merged::Merged;
use super::workbook::Workbook;
use super::{EXCEL_FORMAT, Fault, HeaderRow, rules};
use crate::ModelError;
use crate::htcds::read::{
    CellInput, HeaderRules, HtcdsOutcome, ReadOptions, RecordBuilder, SheetPlan, Target, is_form,
};
use crate::htcds::value::Input;
use crate::htcds::{Field, FieldType};

/// How a workbook is read.
#[derive(Debug, Clone, Default)]
pub struct ExcelReadOptions {
    /// The sheet, by its name. By default the only one with a header of HTCDS fields.
    pub sheet: Option<String>,
    /// How its rows are read.
    pub rows: ReadOptions,
}

/// Rows between two looks at the control.
const ROWS_PER_CHECK: u64 = 1 << 10;

/// Reads the sheet with the cases of a workbook: `.xlsx`, `.xlsm` (its macros are ignored), `.xlsb`, `.xls` or `.ods`,
/// told by the content. As in the toolkit, a row of official names, a row of labels or both stand above the rows, and
/// titles may stand above them; a first column without a name that numbers the rows is left out, and rows with nothing
/// else in them are none. The sheets of `.xlsx` and `.xlsb` are read row by row; the others are in memory as a whole.
///
/// Cells may be texts, numbers, dates (in either date system, times are left out) and yes or no. What a formula comes
/// to is read as the file has it. Nothing is guessed: cells with an error, a formula without a stored result, a number
/// in place of a date (other than a year from 1900 to 2099) and merged cells are problems, and so are columns without a
/// name that hold something.
///
/// # Errors
/// [`ModelError::Workbook`] for a file that is no workbook, is damaged, protected by a password or made to fill the
/// memory, has no sheet with a header of HTCDS fields or several; [`ModelError::WrongHeader`] for a header with columns
/// that cannot be told; with [`OnError::Stop`](ctdata_table::csv::OnError), the first row that cannot be used.
pub fn read_excel(
    input: impl Read + Seek,
    name: &str,
    options: &ExcelReadOptions,
    control: &Control,
) -> Result<HtcdsOutcome, ModelError> {
    let choice = SheetChoice { sheet: options.sheet.as_deref(), header: HeaderRow::Htcds };
    let builder = visit_sheet(input, name, choice, control, |sheet, header| {
        let rules = HeaderRules {
            file: name,
            format: EXCEL_FORMAT,
            is_form: is_form(&header.names),
            address_row: options.rows.address_row,
            letters: true,
        };
        let mut plan = SheetPlan::from_header(&header.names, &header.labels, rules)?;
        for (at, column) in plan.columns.iter_mut().enumerate() {
            column.name = match column.target {
                Target::Nameless | Target::Ignored => letters(at).into(),
                _ => format!("{} ({})", column.name, letters(at)).into(),
            };
        }
        let builder = RecordBuilder::new(plan, EXCEL_FORMAT, name.into(), Some(sheet.into()), options.rows.clone());
        Ok(HtcdsRows::new(builder))
    })?;
    Ok(builder.builder.finish())
}

/// Reads a file, as [`read_excel`].
///
/// # Errors
/// A file that cannot be opened; otherwise as [`read_excel`].
pub fn read_excel_path(path: &Path, options: &ExcelReadOptions, control: &Control) -> Result<HtcdsOutcome, ModelError> {
    let file = File::open(path).map_err(|error| TableError::io(path, error))?;
    read_excel(BufReader::new(file), &path.display().to_string(), options, control)
}

/// Which sheet of a workbook is read, and where its header is looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SheetChoice<'a> {
    /// By its name; otherwise the only one with such a header, or with a text if the header may be anything.
    pub(crate) sheet: Option<&'a str>,
    pub(crate) header: HeaderRow,
}

/// Takes the rows of a sheet.
pub(crate) trait SheetVisitor {
    /// Takes a row with something in it: its cells from the first column to the last named one. `place` has its number,
    /// as spreadsheet programs have it.
    fn row(&mut self, place: &Location, cells: &[Option<CellInput<'_>>]) -> Result<(), ModelError>;
}

struct HtcdsRows {
    builder: RecordBuilder,
    /// Which columns hold dates.
    dates: Vec<bool>,
}

impl HtcdsRows {
    fn new(builder: RecordBuilder) -> Self {
        let is_date = |target| matches!(target, Target::Field { field: Field { kind: FieldType::Date, .. }, .. });
        Self { dates: builder.plan().columns.iter().map(|column| is_date(column.target)).collect(), builder }
    }
}

impl SheetVisitor for HtcdsRows {
    fn row(&mut self, place: &Location, cells: &[Option<CellInput<'_>>]) -> Result<(), ModelError> {
        let checked = cells.iter().zip(&self.dates).map(|(cell, is_date)| match cell {
            Some(CellInput::Input(Input::Number(number))) if *is_date && !is_year(*number) => {
                Some(CellInput::Bad(rules::SERIAL))
            }
            cell => *cell,
        });
        self.builder.row(place, checked)
    }
}

/// Whether a number in place of a date is a year: days of these numbers are all before July 1905.
fn is_year(number: f64) -> bool {
    number.fract() == 0.0 && (1900.0..2100.0).contains(&number)
}

/// Opens a workbook, finds the sheet, has a visitor made of its name and header, and shows it all rows below.
pub(crate) fn visit_sheet<V: SheetVisitor>(
    input: impl Read + Seek,
    name: &str,
    choice: SheetChoice<'_>,
    control: &Control,
    start: impl FnOnce(&str, &SheetHeader) -> Result<V, ModelError>,
) -> Result<V, ModelError> {
    let file: Arc<str> = name.into();
    let mut workbook = Workbook::open(input, control).map_err(|fault| fault.at(&file, None))?;
    let (sheet, header) = find(&mut workbook, choice.sheet, choice.header).map_err(|fault| fault.at(&file, None))?;
    let in_sheet = |fault: Fault| fault.at(&file, Some(&sheet));
    let mut merged = Merged::new(workbook.merged(&sheet).map_err(in_sheet)?);
    let mut visitor = start(&sheet, &header)?;
    let width = header.names.len().max(header.labels.len());

    let mut rows = workbook.rows(&sheet).map_err(in_sheet)?;
    let (mut row, mut done) = (SheetRow::default(), 0_u64);
    while rows.read(&mut row).map_err(in_sheet)? {
        done += 1;
        if done.is_multiple_of(ROWS_PER_CHECK) {
            control.check()?;
            control.report("reading", done, None);
        }
        merged.enter(row.number - 1);
        for (column, _) in &row.cells {
            merged.fill(u32::try_from(*column).unwrap_or(u32::MAX));
        }
        if row.number <= header.last_row {
            continue;
        }
        let mut cells: Vec<Option<CellInput<'_>>> = vec![None; width];
        for (column, content) in &row.cells {
            match cells.get_mut(*column) {
                Some(cell) => *cell = Some(content.input()),
                None if content.is_blank() => {}
                None => return Err(unnamed(&file, &sheet, row.number, *column)),
            }
        }
        for columns in merged.columns() {
            let columns = *columns.start() as usize..=(*columns.end() as usize).min(width.saturating_sub(1));
            for cell in cells.get_mut(columns).unwrap_or_default() {
                *cell = Some(CellInput::Bad(rules::MERGED));
            }
        }
        visitor.row(&Location::at_row(row.number.into()), &cells)?;
    }
    Ok(visitor)
}

fn unnamed(file: &Arc<str>, sheet: &str, row: u32, column: usize) -> ModelError {
    let at = Location {
        file: Some(Arc::clone(file)),
        sheet: Some(sheet.into()),
        row: Some(row.into()),
        column: Some(letters(column).into()),
        line: None,
    };
    ModelError::Workbook { at: at.into(), rule: Cow::Borrowed(rules::UNNAMED_COLUMN) }
}
