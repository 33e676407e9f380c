//! Codes that a mapping misses: counted in each column, shown only to those who ask.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::Redacted;

/// How many rows and values are kept for each column.
const KEPT: usize = 5;
const KEPT_VALUES: usize = 50;
/// Up to how many different codes of a column are counted.
const MOST_CODES: usize = 10_000;

/// A column with codes that the mapping does not have, and that are neither names nor labels of the list either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmappedColumn {
    /// The column, as the mapping names it.
    pub column: Arc<str>,
    /// The field that it goes into.
    pub field: Arc<str>,
    /// How many different codes; counted up to 10,000.
    pub codes: usize,
    /// How many cells have one.
    pub cells: u64,
    /// The first rows that have one, at most five.
    pub rows: Vec<u64>,
    /// The codes, at most 50 of them and in their order, if the caller asked to keep values. Confidential.
    pub values: Vec<Redacted<String>>,
}

impl fmt::Display for UnmappedColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count: u64| if count == 1 { "" } else { "s" };
        let rows: Vec<String> = self.rows.iter().map(ToString::to_string).collect();
        write!(
            f,
            "column `{}` for `{}`: {} code{} in {} cell{}, first in row{} {}",
            self.column,
            self.field,
            self.codes,
            plural(self.codes as u64),
            self.cells,
            plural(self.cells),
            plural(rows.len() as u64),
            rows.join(", ")
        )
    }
}

/// Counts the codes of a column that the mapping misses.
#[derive(Default)]
pub(super) struct Missed {
    codes: BTreeSet<String>,
    cells: u64,
    rows: Vec<u64>,
}

impl Missed {
    /// Takes the codes of a cell.
    pub(super) fn add<'c>(&mut self, codes: impl IntoIterator<Item = &'c str>, row: u64) {
        self.cells += 1;
        if self.rows.len() < KEPT {
            self.rows.push(row);
        }
        for code in codes {
            if self.codes.len() < MOST_CODES && !self.codes.contains(code) {
                self.codes.insert(code.to_owned());
            }
        }
    }

    /// What is to be reported, if anything was missed.
    pub(super) fn report(self, column: Arc<str>, field: Arc<str>, keep_values: bool) -> Option<UnmappedColumn> {
        let values = if keep_values { KEPT_VALUES } else { 0 };
        (self.cells > 0).then(|| UnmappedColumn {
            column,
            field,
            codes: self.codes.len(),
            cells: self.cells,
            rows: self.rows,
            values: self.codes.into_iter().take(values).map(Redacted::new).collect(),
        })
    }
}
