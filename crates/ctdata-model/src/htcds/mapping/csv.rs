//! Delimited text through a mapping.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use ctdata_table::csv::{ScanOptions, Scanner, open};
use ctdata_table::{Control, Location, TableError, TextRule};

use super::{MappedRows, Mapping};
use crate::ModelError;
use crate::ctdc::{TOO_LONG, TOO_SHORT};
use crate::htcds::read::CellInput;
use crate::htcds::value::Input;
use crate::htcds::{HtcdsOutcome, ReadOptions};

/// The name of the format of delimited text that was mapped.
const FORMAT: &str = "csv";
const NOT_UTF8: &str = "not valid UTF-8";
/// Rows between two looks at the control.
const ROWS_PER_CHECK: u64 = 1 << 12;

/// Reads delimited text, gzip or not, through a mapping.
///
/// # Errors
/// A file that cannot be read or is not text; a header that is not that of the mapping; codes that the mapping misses
/// ([`ModelError::UnmappedCodes`]); with [`ctdata_table::csv::OnError::Stop`], the first row that cannot be used.
pub fn read_mapped_csv(
    path: &Path,
    mapping: &Mapping,
    options: &ReadOptions,
    control: &Control,
) -> Result<HtcdsOutcome, ModelError> {
    let input = open(path).map_err(|error| TableError::io(path, error))?;
    let bytes = input.byte_length();
    read_all(input, &path.display().to_string(), bytes, mapping, options, control)
}

/// Reads from anything; `name` stands for the file in messages.
///
/// # Errors
/// As [`read_mapped_csv`].
pub fn read_mapped(
    input: impl Read,
    name: &str,
    mapping: &Mapping,
    options: &ReadOptions,
    control: &Control,
) -> Result<HtcdsOutcome, ModelError> {
    read_all(input, name, None, mapping, options, control)
}

fn read_all(
    input: impl Read,
    name: &str,
    bytes: Option<u64>,
    mapping: &Mapping,
    options: &ReadOptions,
    control: &Control,
) -> Result<HtcdsOutcome, ModelError> {
    let file: Arc<str> = name.into();
    let scan = ScanOptions { separator: options.separator.or(mapping.separator()), ..ScanOptions::default() };
    let mut scanner = Scanner::new(input, scan);
    let header = header(&mut scanner, mapping.header_row().unwrap_or(1), &file)?;
    let mut rows = MappedRows::new(mapping, &header, FORMAT, Arc::clone(&file), None, options.clone())?;
    let mut row = 0u64;
    while let Some(record) = scanner.next().map_err(|error| error.in_file(Some(&file)))? {
        row += 1;
        let place = Location::at_row(row).with_line(record.line());
        if record.len() != header.len() {
            rows.bad_row(&place, "R3", if record.len() < header.len() { TOO_SHORT } else { TOO_LONG })?;
            continue;
        }
        let cells = record.cells().map(|cell| match std::str::from_utf8(cell) {
            Ok("") => None,
            Ok(text) => Some(CellInput::Input(Input::Text(text))),
            Err(_) => Some(CellInput::Bad(NOT_UTF8)),
        });
        rows.row(&place, cells)?;
        if row.is_multiple_of(ROWS_PER_CHECK) {
            control.check()?;
            control.report("reading", scanner.position(), bytes);
        }
    }
    rows.finish()
}

/// The names in the header, which may stand below other rows.
pub(super) fn header<R: Read>(
    scanner: &mut Scanner<R>,
    header_row: u32,
    file: &Arc<str>,
) -> Result<Vec<String>, ModelError> {
    for _ in 1..header_row.max(1) {
        if scanner.next().map_err(|error| error.in_file(Some(file)))?.is_none() {
            break;
        }
    }
    let at = || Location::default().with_file(Arc::clone(file));
    match scanner.next().map_err(|error| error.in_file(Some(file)))? {
        None => Err(TableError::Text { at: at().into(), rule: TextRule::Empty }.into()),
        Some(record) => {
            let line = record.line();
            let names = record.cells().map(|cell| std::str::from_utf8(cell).map(str::to_owned));
            let names = names.collect::<Result<_, _>>();
            names.map_err(|_| TableError::Text { at: at().with_line(line).into(), rule: TextRule::Utf8 }.into())
        }
    }
}
