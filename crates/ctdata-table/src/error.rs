//! What can go wrong with a table, and where.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// A place in a file: everything that is known of it, and never the value found there.
///
/// Rows count from 1 and leave the header out; lines count from 1 and include it. They differ when
/// a quoted cell holds a line break.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Location {
    /// The file, as the caller named it.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub file: Option<Arc<str>>,
    /// The sheet of a workbook. Its rows are numbered as spreadsheet programs number them.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub sheet: Option<Arc<str>>,
    /// The line on which the record starts, from 1.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub line: Option<u64>,
    /// The record, from 1, without the header.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub row: Option<u64>,
    /// The column's name.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub column: Option<Arc<str>>,
}

impl Location {
    /// A place known by its row alone.
    pub fn at_row(row: u64) -> Self {
        Self { row: Some(row), ..Self::default() }
    }

    /// The same place with its line.
    #[must_use]
    pub fn with_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// The same place with its column.
    #[must_use]
    pub fn with_column(mut self, column: impl Into<Arc<str>>) -> Self {
        self.column = Some(column.into());
        self
    }

    /// The same place with its file.
    #[must_use]
    pub fn with_file(mut self, file: impl Into<Arc<str>>) -> Self {
        self.file = Some(file.into());
        self
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if let Some(file) = &self.file {
            write!(f, "{file}")?;
            separator = ", ";
        }
        if let Some(sheet) = &self.sheet {
            write!(f, "{separator}sheet `{sheet}`")?;
            separator = ", ";
        }
        if let Some(line) = self.line {
            write!(f, "{separator}line {line}")?;
            separator = ", ";
        }
        if let Some(row) = self.row {
            write!(f, "{separator}row {row}")?;
            separator = ", ";
        }
        if let Some(column) = &self.column {
            write!(f, "{separator}column `{column}`")?;
            separator = ", ";
        }
        if separator.is_empty() {
            f.write_str("unknown place")?;
        }
        Ok(())
    }
}

/// An error of this crate. It names places and rules, never a value of a confidential cell.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// The operating system refused to read or write.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The text of a file is not a table that can be read.
    #[error("{at}: {rule}")]
    Text {
        /// Where.
        at: Box<Location>,
        /// What was expected there.
        rule: TextRule,
    },
    /// A file was read to its end, but some of its cells or rows could not be used.
    #[error("{count} {} in the file; the first: {first}", if *count == 1 { "problem" } else { "problems" })]
    Problems {
        /// How many in all.
        count: u64,
        /// The first one, in words.
        first: String,
    },
    /// A name that the schema does not have.
    #[error("there is no attribute `{name}`{}", suggestion(nearest.as_ref()))]
    UnknownAttribute {
        /// The name asked for (by the caller or a plan, not read from data).
        name: String,
        /// The most similar name there is.
        nearest: Option<String>,
    },
    /// Two attributes, groups or labels have the same name.
    #[error("the {what} `{name}` is given twice")]
    Duplicate {
        /// What kind of thing.
        what: &'static str,
        /// Its name; for labels of a domain that was read from data, its position.
        name: String,
    },
    /// An attribute has more values than a column can code.
    #[error("{}more than {limit} distinct values", place(attribute.as_deref()))]
    TooManyValues {
        /// The attribute, where it is known.
        attribute: Option<Arc<str>>,
        /// The largest number of values.
        limit: usize,
    },
    /// A table has more rows than this crate can address (2^32 - 1).
    #[error("more than {limit} rows")]
    TooManyRows {
        /// The largest number of rows.
        limit: u64,
    },
    /// Columns, ids or weights of different lengths were put together.
    #[error("{what} has {found} rows where the table has {expected}")]
    Length {
        /// The part that does not fit.
        what: String,
        /// Rows of the table.
        expected: usize,
        /// Rows of the part.
        found: usize,
    },
    /// A code that the attribute's domain and declared kinds of missing do not have.
    #[error("attribute `{attribute}`, row {row}: a code outside the domain")]
    CodeOutOfRange {
        /// The attribute.
        attribute: String,
        /// The row, from 1.
        row: usize,
    },
    /// A hierarchy or constraint does not fit the attribute it was made for.
    #[error("{what}: {rule}")]
    Invalid {
        /// The thing that is wrong, by name.
        what: String,
        /// The rule it breaks.
        rule: String,
    },
    /// Rows of labels are not a hierarchy.
    #[error("{at}: {rule}")]
    Hierarchy {
        /// The row.
        at: Location,
        /// The rule it breaks.
        rule: Box<crate::HierarchyRule>,
    },
    /// A column has values that a hierarchy lacks.
    #[error(transparent)]
    HierarchyMisses(Box<crate::HierarchyMisses>),
    /// The work would need more memory than the caller allowed.
    #[error("this needs about {needed} bytes, more than the cap of {cap}")]
    MemoryCap {
        /// Bytes needed, estimated before allocation.
        needed: u64,
        /// Bytes allowed.
        cap: u64,
    },
    /// The caller asked to stop.
    #[error("stopped: {0}")]
    Cancelled(crate::StopReason),
    /// Arrow data are not a table of attributes.
    #[cfg(feature = "arrow")]
    #[error("Arrow: {0}")]
    Arrow(String),
    /// A Parquet file cannot be written, or what was read is none.
    #[cfg(feature = "parquet")]
    #[error("Parquet: {0}")]
    Parquet(String),
}

#[cfg(feature = "arrow")]
impl From<arrow_schema::ArrowError> for TableError {
    fn from(error: arrow_schema::ArrowError) -> Self {
        Self::Arrow(error.to_string())
    }
}

#[cfg(feature = "parquet")]
impl From<parquet::errors::ParquetError> for TableError {
    fn from(error: parquet::errors::ParquetError) -> Self {
        Self::Parquet(error.to_string())
    }
}

/// The rule that a text broke.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextRule {
    /// Nothing at all in the file.
    #[error("the file is empty")]
    Empty,
    /// A byte that no text has.
    #[error("not a text file (it holds a zero byte)")]
    Binary,
    /// Bytes that are not UTF-8.
    #[error("not valid UTF-8")]
    Utf8,
    /// A quote was opened and never closed.
    #[error("a quoted cell is opened here and never closed")]
    UnclosedQuote,
    /// One record is longer than the reader allows.
    #[error("a record longer than {limit} bytes starts here (an unclosed quote?)")]
    RecordTooLong {
        /// The largest record, in bytes.
        limit: usize,
    },
    /// More than one separator would fit the header.
    #[error("the separator cannot be told from the header; name it")]
    AmbiguousSeparator,
    /// Two columns of the header have the same name.
    #[error("column {second} of the header repeats the name of column {first}")]
    RepeatedColumn {
        /// Position of the first, from 1.
        first: usize,
        /// Position of the second, from 1.
        second: usize,
    },
    /// A column that was asked for is not in the header.
    #[error("column `{name}` is missing from the header")]
    MissingColumn {
        /// The name asked for.
        name: String,
    },
    /// The gzip stream ends early or does not check.
    #[error("the gzip stream is broken: {0}")]
    BrokenGzip(String),
}

impl TableError {
    /// Wraps an input or output error with the path it happened at.
    pub fn io(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::Io { path: path.into(), source }
    }

    /// The place in a file, where there is one.
    pub fn location(&self) -> Option<&Location> {
        match self {
            Self::Text { at, .. } => Some(at),
            Self::Hierarchy { at, .. } => Some(at),
            _ => None,
        }
    }
}

fn suggestion(nearest: Option<&String>) -> String {
    nearest.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

fn place(attribute: Option<&str>) -> String {
    attribute.map(|name| format!("attribute `{name}`: ")).unwrap_or_default()
}

/// The candidate most similar to `name`: fewest edits, at most a third of its length, ties by order.
///
/// ```
/// let known = ["gender", "age_band", "citizenship"];
/// assert_eq!(ctdata_table::nearest("gendr", known), Some("gender"));
/// assert_eq!(ctdata_table::nearest("colour", known), None);
/// ```
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = name.to_lowercase().chars().collect();
    let limit = wanted.len().div_ceil(3);
    candidates
        .into_iter()
        .map(|candidate| (edits(&wanted, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance, letters folded to lower case.
fn edits(wanted: &[char], candidate: &str) -> usize {
    let mut row: Vec<usize> = (0..=wanted.len()).collect();
    for (i, found) in candidate.to_lowercase().chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let next: Vec<usize> = std::iter::once(left)
            .chain(wanted.iter().zip(row.windows(2)).map(|(&letter, above)| {
                let [up_left, up] = [above.first().copied().unwrap_or(diagonal), above.last().copied().unwrap_or(left)];
                left = (up + 1).min(left + 1).min(up_left + usize::from(letter != found));
                diagonal = up;
                left
            }))
            .collect();
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_from_the_file_inwards() {
        let at = Location::at_row(118).with_line(119).with_column("ageBroad").with_file("cases.csv");
        assert_eq!(at.to_string(), "cases.csv, line 119, row 118, column `ageBroad`");
        assert_eq!(Location::default().to_string(), "unknown place");
    }

    #[test]
    fn edits_are_levenshtein_distances() {
        let distance = |a: &str, b: &str| edits(&a.chars().collect::<Vec<_>>(), b);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("gender", "Gender"), 0);
    }
}
