//! Writes tables as delimited text.

use std::io::{self, Write};
use std::path::Path;

use super::{Access, CsvWriter, LineEnd, Separator, quote, write_atomically};
use crate::{Attribute, Missing, Table, TableError};

/// How a table is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// The character between cells; by default the comma.
    pub separator: Separator,
    /// What ends a line; by default LF.
    pub line_end: LineEnd,
    /// The texts for kinds of missing; a kind that is not here is written as an empty cell.
    pub missing: Vec<(Missing, String)>,
    /// The name of a first column with the identifiers. By default they are not written: only a working copy may have them.
    pub id_column: Option<String>,
    /// The name of a last column with the weights; by default they are not written.
    pub weight_column: Option<String>,
}

impl WriteOptions {
    fn missing(&self, kind: Missing) -> &str {
        self.missing.iter().find(|(this, _)| *this == kind).map_or("", |(_, text)| text)
    }

    /// The texts of an attribute's codes, ready to be written.
    fn ready_cells(&self, attribute: &Attribute) -> Result<Vec<Vec<u8>>, TableError> {
        let missing: Vec<&str> = attribute.missing().iter().map(|kind| self.missing(kind)).collect();
        if missing.iter().any(|text| attribute.domain().labels().any(|label| label == *text)) {
            return Err(TableError::Invalid {
                what: format!("column `{}`", attribute.name()),
                rule: "the text for a missing value is also that of a value".into(),
            });
        }
        let labels = attribute.domain().labels().map(|label| quote(label.as_bytes(), self.separator));
        let missing = missing.into_iter().map(|text| quote(text.as_bytes(), self.separator));
        Ok(labels.chain(missing).collect())
    }
}

/// Writes a table with a header; cells have the labels of their domains.
///
/// # Errors
/// If the output fails, or ([`io::ErrorKind::InvalidInput`] around a [`TableError`]) if a missing value would be written like
/// a value of the same column.
pub fn write_csv(table: &Table, options: &WriteOptions, output: impl Write) -> io::Result<()> {
    let attributes = table.schema().attributes();
    let ready: Vec<Vec<Vec<u8>>> = attributes
        .iter()
        .map(|attribute| options.ready_cells(attribute))
        .collect::<Result<_, _>>()
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    let ids = options.id_column.as_ref().zip(table.ids());
    let weights = options.weight_column.as_ref().zip(table.weights());
    let names = attributes.iter().map(Attribute::name);
    let first = ids.map(|(name, _)| &**name);
    let last = weights.map(|(name, _)| &**name);
    let mut writer = CsvWriter::new(output, options.separator, options.line_end);
    writer.record(first.into_iter().chain(names).chain(last))?;
    for row in 0..table.rows() {
        if let Some((_, ids)) = ids {
            writer.cell(ids.get(row).unwrap_or_default().as_bytes());
        }
        for (column, ready) in table.columns().iter().zip(&ready) {
            let cell = column.get(row).and_then(|code| ready.get(usize::from(code)));
            writer.ready_cell(cell.map(Vec::as_slice).unwrap_or_default());
        }
        if let Some((_, weights)) = weights {
            let weight = weights.values().get(row).copied().unwrap_or_default();
            writer.cell(weight.to_string().as_bytes());
        }
        writer.end_record()?;
    }
    writer.finish().map(drop)
}

/// Writes a table to a file, whole or not at all; see [`write_atomically`].
///
/// # Errors
/// As [`write_csv`], with the path.
pub fn write_csv_file(table: &Table, options: &WriteOptions, path: &Path, access: Access) -> Result<(), TableError> {
    write_atomically(path, access, |file| write_csv(table, options, file)).map_err(|error: io::Error| {
        if error.get_ref().is_some_and(|inner| inner.is::<TableError>()) {
            let inner = error.into_inner().and_then(|inner| inner.downcast::<TableError>().ok());
            return inner.map_or_else(|| TableError::io(path, io::ErrorKind::InvalidInput.into()), |inner| *inner);
        }
        TableError::io(path, error)
    })
}
