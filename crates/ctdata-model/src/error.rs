//! What can go wrong with case data.

use std::borrow::Cow;

use ctdata_table::{Location, StopReason, TableError};

/// An error of this crate. It names places and rules, never a value of a confidential cell.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// Reading, building or counting a table failed.
    #[error(transparent)]
    Table(TableError),
    /// A header belongs to no known layout.
    #[error("{file}: the header is of no known layout{}", hint(closest.as_deref()))]
    UnknownLayout {
        /// The file.
        file: String,
        /// How it differs from the closest layout, in words and positions.
        closest: Option<String>,
    },
    /// A header fits several layouts.
    #[error("{file}: the header fits {}; name the format", candidates.join(" and "))]
    AmbiguousLayout {
        /// The file.
        file: String,
        /// Names of the layouts.
        candidates: Vec<&'static str>,
    },
    /// A header does not have the columns of the layout that was asked for.
    #[error("{file}: the header is not that of {layout}: {difference}")]
    WrongHeader {
        /// The file.
        file: String,
        /// The layout asked for.
        layout: &'static str,
        /// How it differs, in words and positions.
        difference: String,
    },
    /// A layout name that does not exist.
    #[error("there is no layout `{name}`{}", nearest.as_ref().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default())]
    NoSuchLayout {
        /// The name asked for.
        name: String,
        /// The most similar name.
        nearest: Option<String>,
    },
    /// The rows are not cases, so that nothing that counts victims applies.
    #[error("rows of {layout} are not cases: a row is not one victim")]
    NotCases {
        /// The layout of the rows.
        layout: &'static str,
    },
    /// Columns that are not those of a layout.
    #[error("the columns are not those of {layout}")]
    NotOfLayout {
        /// The layout.
        layout: &'static str,
    },
    /// A cell that a layout has no text for.
    #[error("column `{column}`: {layout} cannot write what it holds; convert first")]
    Unwritable {
        /// The column.
        column: &'static str,
        /// The layout.
        layout: &'static str,
    },
    /// An attribute that exists, but not in this layout.
    #[error("the layout {layout} does not have `{attribute}`")]
    Absent {
        /// The attribute.
        attribute: Cow<'static, str>,
        /// The layout.
        layout: &'static str,
    },
    /// Rows of one kind cannot become rows of another.
    #[error("{from} cannot be converted to {to}: {reason}")]
    NoConversion {
        /// The layout of the rows.
        from: &'static str,
        /// The layout asked for.
        to: &'static str,
        /// Why.
        reason: &'static str,
    },
    /// A file was read to its end, but some rows could not be used.
    #[error("{file}: {rows} {} could not be read; the first problem: {first}", if *rows == 1 { "row" } else { "rows" })]
    Unreadable {
        /// The file.
        file: String,
        /// Rows with at least one problem.
        rows: u64,
        /// The first problem, with its place.
        first: String,
    },
    /// A mapping file that says something that cannot be.
    #[cfg(feature = "mapping")]
    #[error("{file}{}: {message}", line.map(|line| format!(", line {line}")).unwrap_or_default())]
    Map {
        /// The mapping file.
        file: String,
        /// The line, from 1, where one can be named.
        line: Option<usize>,
        /// What is wrong, in words of the mapping file.
        message: String,
    },
    /// Cells have codes that the mapping misses.
    #[cfg(feature = "mapping")]
    #[error("{file}: codes that the mapping misses: {}", semicolons(columns))]
    UnmappedCodes {
        /// The file.
        file: String,
        /// The columns, in the order of the mapping.
        columns: Vec<crate::htcds::mapping::UnmappedColumn>,
    },
    /// A workbook that cannot be read, or what cannot be written into one.
    #[error("{at}: {rule}")]
    Workbook {
        /// The file, and the sheet, row and column as far as they are known.
        at: Box<Location>,
        /// What is wrong there.
        rule: Cow<'static, str>,
    },
    /// A key for pseudonyms that cannot be used.
    #[error("{place}: the key {rule}")]
    Key {
        /// Where it comes from.
        place: String,
        /// What is wrong with it.
        rule: &'static str,
    },
    /// Identities that do not belong to the cases.
    #[error("the identities are not those of these cases: {rule}")]
    NotIdentities {
        /// How that shows.
        rule: &'static str,
    },
    /// The caller asked to stop.
    #[error("stopped: {0}")]
    Cancelled(StopReason),
}

impl From<TableError> for ModelError {
    fn from(error: TableError) -> Self {
        match error {
            TableError::Cancelled(reason) => Self::Cancelled(reason),
            error => Self::Table(error),
        }
    }
}

#[cfg(feature = "mapping")]
fn semicolons(items: &[impl ToString]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn hint(text: Option<&str>) -> String {
    text.map(|text| format!(" ({text})")).unwrap_or_default()
}
