//! Codes the rows of a file, and leaves out those with problems.

use std::sync::Arc;

use super::{Coder, Problem, ProblemKind, Problems, Record, Refusal};
use crate::{Attribute, ColumnBuilder, Ids, Location, MAX_ROWS, MAX_VALUES, Schema, Table, TableError, Weights};

/// Which columns of the file become what.
pub(super) struct Plan {
    pub(super) columns: Vec<ReadColumn>,
    pub(super) ids: Option<usize>,
    pub(super) weights: Option<usize>,
}

pub(super) struct ReadColumn {
    /// Its position in the file.
    pub(super) place: usize,
    pub(super) name: Arc<str>,
    /// `None` if the domain is what the file holds.
    pub(super) attribute: Option<Attribute>,
    /// The code of texts that are not known; `None` if they are a problem.
    pub(super) otherwise: Option<u16>,
    pub(super) coder: Coder,
    pub(super) codes: ColumnBuilder,
}

impl ReadColumn {
    #[inline]
    fn code(&mut self, cell: &[u8]) -> Result<u16, Refusal> {
        self.coder.code(cell).or_else(|refusal| self.code_otherwise(cell, refusal))
    }

    #[cold]
    fn code_otherwise(&self, cell: &[u8], refusal: Refusal) -> Result<u16, Refusal> {
        let (Refusal::Unknown, Some(otherwise)) = (refusal, self.otherwise) else { return Err(refusal) };
        let text = std::str::from_utf8(cell).map_err(|_| Refusal::Utf8)?;
        let domain = self.attribute.as_ref().map(Attribute::domain);
        Ok(domain.and_then(|domain| domain.code_of(text.trim())).unwrap_or(otherwise))
    }
}

/// How rows are read.
#[derive(Clone, Copy)]
pub(super) struct RowOptions {
    /// Whether white space around cells is removed.
    pub(super) trim: bool,
    /// Whether problems keep what the cells hold.
    pub(super) keep_values: bool,
    /// How many problems are kept.
    pub(super) limit: usize,
}

/// How many rows are coded before their codes go to their columns.
const BATCH_ROWS: usize = 256;
/// A little more than that, so that the codes of a row are not at the same distance as the lines of
/// a cache set.
const BATCH_STRIDE: usize = BATCH_ROWS + 32;

/// The table in the making.
pub(super) struct Rows<'a> {
    columns: Vec<ReadColumn>,
    /// The codes of the last rows, [`BATCH_STRIDE`] for each column. They go to their columns many
    /// at a time, because the ends of all columns would compete for the same places in the
    /// processor's cache.
    batch: Vec<u16>,
    batched: usize,
    ids: Option<(usize, String, Vec<usize>)>,
    weights: Option<(usize, Vec<u32>)>,
    count: u64,
    options: RowOptions,
    /// The names of all columns of the file.
    header: &'a [Arc<str>],
    file: Option<&'a Arc<str>>,
    pub(super) problems: Problems,
}

impl<'a> Rows<'a> {
    pub(super) fn new(plan: Plan, header: &'a [Arc<str>], file: Option<&'a Arc<str>>, options: RowOptions) -> Self {
        Self {
            batch: vec![0; plan.columns.len() * BATCH_STRIDE],
            batched: 0,
            columns: plan.columns,
            ids: plan.ids.map(|place| (place, String::new(), Vec::new())),
            weights: plan.weights.map(|place| (place, Vec::new())),
            count: 0,
            options,
            header,
            file,
            problems: Problems::new(options.limit),
        }
    }

    fn cell<'r>(&self, record: Record<'r>, place: usize) -> &'r [u8] {
        let cell = record.cell(place).unwrap_or_default();
        if self.options.trim { cell.trim_ascii() } else { cell }
    }

    /// Adds a row whole or not at all.
    pub(super) fn add(&mut self, record: Record<'_>, row: u64) -> Result<(), TableError> {
        let width = self.header.len();
        if record.len() != width {
            let kind = ProblemKind::CellCount { expected: width, found: record.len() };
            self.problem(kind, record, row, None);
            self.problems.drop_row(row);
            return Ok(());
        }
        if self.batched == BATCH_ROWS {
            self.flush();
        }
        let mut sound = true;
        let batch = self.batch.iter_mut().skip(self.batched).step_by(BATCH_STRIDE);
        for (column, place) in self.columns.iter_mut().zip(batch) {
            let mut cell = record.cell(column.place).unwrap_or_default();
            if self.options.trim {
                cell = cell.trim_ascii();
            }
            match column.code(cell) {
                Ok(code) => *place = code,
                Err(_) => sound = false,
            }
        }
        let id = self.ids.as_ref().map(|(place, ..)| std::str::from_utf8(self.cell(record, *place)));
        let weight = self.weights.as_ref().map(|(place, _)| weight(self.cell(record, *place)));
        if !sound || matches!(id, Some(Err(_))) || weight == Some(None) {
            return self.refuse(record, row);
        }
        if self.count >= MAX_ROWS {
            return Err(TableError::TooManyRows { limit: MAX_ROWS });
        }
        if let Some(((_, text, ends), Ok(id))) = self.ids.as_mut().zip(id) {
            text.push_str(id);
            ends.push(text.len());
        }
        if let Some(((_, weights), Some(weight))) = self.weights.as_mut().zip(weight) {
            weights.push(weight);
        }
        self.count += 1;
        self.batched += 1;
        Ok(())
    }

    /// Moves the codes of the last rows to their columns.
    fn flush(&mut self) {
        for (column, codes) in self.columns.iter_mut().zip(self.batch.chunks(BATCH_STRIDE)) {
            column.codes.extend_from_slice(codes.get(..self.batched).unwrap_or_default());
        }
        self.batched = 0;
    }

    /// Goes through a row with problems once more, to note each.
    #[cold]
    fn refuse(&mut self, record: Record<'_>, row: u64) -> Result<(), TableError> {
        let mut found = Vec::new();
        for column in &mut self.columns {
            let cell = record.cell(column.place).unwrap_or_default();
            match column.code(if self.options.trim { cell.trim_ascii() } else { cell }) {
                Ok(_) => {}
                Err(Refusal::TooManyValues) => {
                    let attribute = Some(Arc::clone(&column.name));
                    return Err(TableError::TooManyValues { attribute, limit: MAX_VALUES });
                }
                Err(refusal) => found.push((column.place, ProblemKind::Cell(refusal))),
            }
        }
        if let Some((place, ..)) = self.ids
            && std::str::from_utf8(self.cell(record, place)).is_err()
        {
            found.push((place, ProblemKind::Cell(Refusal::Utf8)));
        }
        if let Some((place, _)) = self.weights
            && weight(self.cell(record, place)).is_none()
        {
            found.push((place, ProblemKind::Weight));
        }
        found.sort_unstable_by_key(|(place, _)| *place);
        for (place, kind) in found {
            self.problem(kind, record, row, Some(place));
        }
        self.problems.drop_row(row);
        Ok(())
    }

    fn problem(&mut self, kind: ProblemKind, record: Record<'_>, row: u64, place: Option<usize>) {
        let make = || {
            let mut at = Location { file: self.file.cloned(), ..Location::at_row(row).with_line(record.line()) };
            at.column = place.and_then(|place| self.header.get(place)).cloned();
            let problem = Problem::new(at, kind);
            match place.and_then(|place| record.cell(place)) {
                Some(cell) if self.options.keep_values => problem.with_value(cell),
                _ => problem,
            }
        };
        self.problems.add(kind, make);
    }

    /// One column at a time changes from its blocks to its final form.
    pub(super) fn finish(mut self) -> Result<(Table, Problems), TableError> {
        self.flush();
        self.batch = Vec::new();
        if self.columns.is_empty() && self.count > 0 {
            let rule = "there is no column besides identifiers and weights".to_owned();
            return Err(TableError::Invalid { what: "the selection of columns".into(), rule });
        }
        let dropped = !self.problems.dropped_rows().is_empty();
        let mut attributes = Vec::with_capacity(self.columns.len());
        let mut columns = Vec::with_capacity(self.columns.len());
        for ReadColumn { name, attribute, coder, codes, .. } in self.columns {
            let column = codes.finish();
            // Values that only rows with problems had are no values of the table.
            let mut used = vec![false; if dropped { 1 << 16 } else { 0 }];
            if dropped {
                for code in column.iter() {
                    if let Some(place) = used.get_mut(usize::from(code)) {
                        *place = true;
                    }
                }
            }
            let Some(domain) = coder.into_domain(|code| used.get(usize::from(code)).copied().unwrap_or(true)) else {
                attributes.extend(attribute);
                columns.push(column);
                continue;
            };
            let domain = domain?;
            columns.push(column.recoded(&domain.map));
            attributes.push(Attribute::new(name, domain.domain, domain.missing));
        }
        let mut table = Table::try_new(Schema::try_new(attributes)?, columns)?;
        if let Some((_, text, ends)) = self.ids {
            let starts = std::iter::once(0).chain(ends.iter().copied());
            let each = starts.zip(&ends).map(|(start, end)| text.get(start..*end).unwrap_or_default());
            table = table.with_ids(each.collect::<Ids>())?;
        }
        if let Some((_, weights)) = self.weights {
            table = table.with_weights(Weights::new(weights))?;
        }
        Ok((table, self.problems))
    }
}

fn weight(cell: &[u8]) -> Option<u32> {
    // `parse` would take a plus sign too.
    let digits = cell.first().is_some_and(u8::is_ascii_digit);
    digits.then(|| std::str::from_utf8(cell).ok()?.parse().ok()).flatten()
}
