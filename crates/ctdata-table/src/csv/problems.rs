//! What was wrong with single rows of a file, and where.

use std::fmt;

use super::Refusal;
use crate::{Location, TableError};

/// How many problems a reader bears.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// The first problem is an error.
    #[default]
    Stop,
    /// The whole file is read; rows with problems are left out.
    Collect {
        /// How many problems are kept with their places; all are counted.
        limit: usize,
    },
}

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The row is longer or shorter than the header.
    #[error("{found} cells where the header has {expected}")]
    CellCount {
        /// Cells of the header.
        expected: usize,
        /// Cells of the row.
        found: usize,
    },
    /// A cell that its column cannot have.
    #[error(transparent)]
    Cell(#[from] Refusal),
    /// A weight that is not one.
    #[error("not a whole number from 0 to 4,294,967,295")]
    Weight,
}

/// One problem and its place. `Debug` and `Display` never show what the cell held.
#[derive(Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub at: Location,
    /// What is wrong.
    pub kind: ProblemKind,
    value: Option<Box<str>>,
}

impl Problem {
    /// A problem at a place.
    pub fn new(at: Location, kind: ProblemKind) -> Self {
        Self { at, kind, value: None }
    }

    /// The same problem with what the cell holds; bytes that are not UTF-8 are replaced.
    #[must_use]
    pub fn with_value(self, cell: &[u8]) -> Self {
        Self { value: Some(String::from_utf8_lossy(cell).into()), ..self }
    }

    /// What the cell holds, if the reader was told to keep it. Confidential: only for who may see
    /// the file itself.
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.kind)
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Problem").field("at", &self.at).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// The problems of a file: the first ones with their places, and how many there are in all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    kept: Vec<Problem>,
    limit: usize,
    cell_count: u64,
    unknown: u64,
    utf8: u64,
    other: u64,
    dropped: Vec<u64>,
}

impl Problems {
    /// No problem yet; up to `limit` will be kept, and the first one in any case.
    pub fn new(limit: usize) -> Self {
        Self { limit: limit.max(1), ..Self::default() }
    }

    /// Counts a problem, and keeps it if there is room. It is made only then, for it costs more
    /// than counting.
    pub fn add(&mut self, kind: ProblemKind, problem: impl FnOnce() -> Problem) {
        *match kind {
            ProblemKind::CellCount { .. } => &mut self.cell_count,
            ProblemKind::Cell(Refusal::Unknown) => &mut self.unknown,
            ProblemKind::Cell(Refusal::Utf8) => &mut self.utf8,
            _ => &mut self.other,
        } += 1;
        if self.kept.len() < self.limit {
            self.kept.push(problem());
        }
    }

    /// Notes that a row, counted from 1, is left out.
    pub fn drop_row(&mut self, row: u64) {
        self.dropped.push(row);
    }

    /// The first problems, in the order of the file.
    pub fn kept(&self) -> &[Problem] {
        &self.kept
    }

    /// How many problems there are in all. A row can have several.
    pub fn count(&self) -> u64 {
        self.cell_count + self.unknown + self.utf8 + self.other
    }

    /// How many problems there are of a kind; for [`ProblemKind::CellCount`] whatever the numbers.
    pub fn count_of(&self, kind: ProblemKind) -> u64 {
        match kind {
            ProblemKind::CellCount { .. } => self.cell_count,
            ProblemKind::Cell(Refusal::Unknown) => self.unknown,
            ProblemKind::Cell(Refusal::Utf8) => self.utf8,
            _ => self.other,
        }
    }

    /// The rows left out, counted from 1, ascending.
    pub fn dropped_rows(&self) -> &[u64] {
        &self.dropped
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// All problems as one error.
    ///
    /// # Errors
    /// [`TableError::Problems`] if there is any.
    pub fn check(&self) -> Result<(), TableError> {
        match self.kept.first() {
            None => Ok(()),
            Some(first) => Err(TableError::Problems { count: self.count(), first: first.to_string() }),
        }
    }
}
