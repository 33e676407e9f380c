//! Reading flat text files.

use std::io::Read;
use std::sync::Arc;

use ctdata_table::csv::{Record, ScanOptions, Scanner};
use ctdata_table::{Control, Location, TableError, TextRule};

use crate::ModelError;
use crate::ctdc::{TOO_LONG, TOO_SHORT};
use crate::htcds::read::{CellInput, HeaderRules, RecordBuilder, SheetPlan, is_form};
use crate::htcds::value::{Input, trimmed};
use crate::htcds::{Field, HtcdsFormat, HtcdsOutcome, ReadOptions};

/// Rows between two looks at the control.
const ROWS_PER_CHECK: u64 = 1 << 12;

const NOT_UTF8: &str = "not valid UTF-8";

/// Reads one flat text file: a CSV file with official names, labels or both as header, or the export of a survey form.
/// `name` stands for the file in messages; `format` is [`HtcdsFormat::Csv`], [`HtcdsFormat::XlsForm`], or `None` to
/// tell by the header.
///
/// Separators, quotes and byte order marks are as [`ctdata_table::csv::Scanner`] takes them; a compressed file is
/// opened by [`ctdata_table::csv::open`]. Rows with the same `case_id`, `person_id` or `organization_id` are about the
/// same; without identifiers each row is a case with one victim. In the export of a form, `_uuid`, `KEY` or
/// `instanceID` is the identifier of the case unless there is a `case_id`, groups before names are left out, and columns
/// that the tool adds are ignored.
///
/// ```
/// use ctdata_model::htcds::{HtcdsFormat, ReadOptions, read_flat};
/// let file = "First Name,Gender,Methods of Control\nZz,Feminine,Debt bondage;False promises\n";
/// let outcome = read_flat(file.as_bytes(), "inline", None, &ReadOptions::default(), &Default::default())?;
/// let records = outcome.into_records()?;
/// assert_eq!(records.cases[0].victims[0].methods_of_control.len(), 2);
/// # Ok::<(), ctdata_model::ModelError>(())
/// ```
///
/// # Errors
/// A file that cannot be read or is not text; [`ModelError::WrongHeader`]; with
/// [`OnError::Stop`](ctdata_table::csv::OnError::Stop) the first row that cannot be used.
pub fn read_flat(
    input: impl Read,
    name: &str,
    format: Option<HtcdsFormat>,
    options: &ReadOptions,
    control: &Control,
) -> Result<HtcdsOutcome, ModelError> {
    let file: Arc<str> = name.into();
    let (mut scanner, header) = scan_header(input, &file, options)?;
    let is_form = match format {
        Some(HtcdsFormat::XlsForm) => true,
        Some(HtcdsFormat::Csv) => false,
        None => is_form(&header),
        Some(other) => {
            let rule = format!("{other} is not a format of one text file");
            return Err(TableError::Invalid { what: name.to_owned(), rule }.into());
        }
    };
    let format = if is_form { HtcdsFormat::XlsForm } else { HtcdsFormat::Csv }.name();
    let rules = HeaderRules { file: name, format, is_form, address_row: options.address_row, ..HeaderRules::default() };
    let start = |labels: &[String]| {
        let plan = SheetPlan::from_header(&header, labels, rules)?;
        Ok::<_, ModelError>(RecordBuilder::new(plan, format, Arc::clone(&file), None, options.clone()))
    };
    let mut rows = FileRows::new(&file, header.len());
    // A template saved as text has its labels in the second row, which is either that or the first record.
    let (mut labels, mut first) = (Vec::new(), None);
    if let Some(record) = next(&mut scanner, &file)? {
        match texts(&record).filter(|row| are_labels(&header, row)) {
            Some(row) => labels = row,
            None => first = Some(record),
        }
    }
    let mut builder = start(&labels)?;
    if let Some(record) = first {
        rows.push(&record, &mut builder)?;
    }
    rows.read_all(&mut scanner, &mut builder, control)?;
    Ok(builder.finish())
}

/// A scanner after the header, and the header.
pub(crate) fn scan_header<R: Read>(
    input: R,
    file: &Arc<str>,
    options: &ReadOptions,
) -> Result<(Scanner<R>, Vec<String>), ModelError> {
    let mut scanner = Scanner::new(input, ScanOptions { separator: options.separator, ..ScanOptions::default() });
    let at = Location::default().with_file(Arc::clone(file));
    let Some(header) = next(&mut scanner, file)?.map(|record| texts(&record)) else {
        return Err(TableError::Text { at: at.into(), rule: TextRule::Empty }.into());
    };
    let header = header.ok_or(TableError::Text { at: at.with_line(1).into(), rule: TextRule::Utf8 })?;
    Ok((scanner, header))
}

/// The rows of a file while they are read.
pub(crate) struct FileRows<'f> {
    file: &'f Arc<str>,
    /// Of the row, from 1 without the header.
    number: u64,
    width: usize,
}

impl<'f> FileRows<'f> {
    pub(crate) fn new(file: &'f Arc<str>, width: usize) -> Self {
        Self { file, number: 0, width }
    }

    pub(crate) fn read_all<R: Read>(
        &mut self,
        scanner: &mut Scanner<R>,
        builder: &mut RecordBuilder,
        control: &Control,
    ) -> Result<(), ModelError> {
        control.check()?;
        while let Some(record) = next(scanner, self.file)? {
            self.push(&record, builder)?;
            if self.number.is_multiple_of(ROWS_PER_CHECK) {
                control.check()?;
                control.report("reading", scanner.position(), None);
            }
        }
        Ok(())
    }

    fn push(&mut self, record: &Record<'_>, builder: &mut RecordBuilder) -> Result<(), ModelError> {
        self.number += 1;
        let place = Location::at_row(self.number).with_line(record.line());
        if record.len() != self.width {
            let message = if record.len() < self.width { TOO_SHORT } else { TOO_LONG };
            return builder.bad_row(&place, "R3", message);
        }
        let cells = record.cells().map(|cell| match std::str::from_utf8(cell) {
            Ok("") => None,
            Ok(text) => Some(CellInput::Input(Input::Text(text))),
            Err(_) => Some(CellInput::Bad(NOT_UTF8)),
        });
        builder.row(&place, cells)
    }
}

fn next<'s, R: Read>(scanner: &'s mut Scanner<R>, file: &Arc<str>) -> Result<Option<Record<'s>>, ModelError> {
    scanner.next().map_err(|error| error.in_file(Some(file)).into())
}

/// The cells as texts; `None` if one is not UTF-8.
fn texts(record: &Record<'_>) -> Option<Vec<String>> {
    record.cells().map(|cell| std::str::from_utf8(cell).ok().map(|text| trimmed(text).to_owned())).collect()
}

/// Whether a row has labels, several of them and nothing else, under a header of names.
fn are_labels(header: &[String], row: &[String]) -> bool {
    let filled = || row.iter().filter(|cell| !cell.is_empty());
    let has_names = header.iter().any(|name| Field::named(name).is_some());
    has_names
        && row.len() == header.len()
        && filled().count() > 2
        && filled().all(|cell| Field::labelled(cell).next().is_some())
}
