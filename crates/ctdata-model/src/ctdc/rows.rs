//! The rows of a file while they are read.

use std::collections::BTreeMap;
use std::sync::Arc;

use ctdata_table::csv::OnError;
use ctdata_table::{Column, ColumnBuilder, Domain, Location, MAX_ROWS, TableError};

use super::decode::{Decoder, Fault, SHIFTED};
use super::layout::{Layout, LayoutAttribute, LayoutKind, is_notice};
use super::outcome::without_file;
use super::{CaseReader, Outcome, Problem, Problems};
use crate::validate::Severity;
use crate::{CaseTable, Dataset, ModelError, Redacted, VpTable};

pub(crate) const TOO_SHORT: &str = "the row is too short for the header";
pub(crate) const TOO_LONG: &str = "the row is too long for the header";

const fn wrong_width(message: &'static str) -> Fault {
    Fault { rule: "R3", severity: Severity::Error, message }
}

/// Rows that are coded before their codes go to the columns, so that a column is written in stretches.
const BATCH: usize = 512;

/// The rows while they are read: one slot per header column, in the order of the header.
pub(super) struct Rows<'a> {
    reader: &'a CaseReader,
    file: &'a Arc<str>,
    slots: Vec<Slot>,
    /// Codes of the rows that are not in the columns yet: a block of [`BATCH`] per slot, of which `batched`
    /// are filled.
    batch: Vec<u16>,
    batched: usize,
    faults: Vec<(usize, Fault, Option<Redacted<String>>)>,
    problems: Problems,
    left_out: Vec<u64>,
    pub(super) read: u64,
    line: u64,
}

struct Slot {
    name: Arc<str>,
    /// The column of the layout; `None` for the terms-of-use column and those without a name.
    column: Option<(usize, Decoder, ColumnBuilder)>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(layout: &'static Layout, header: &[String], file: &'a Arc<str>, reader: &'a CaseReader) -> Self {
        let slots: Vec<Slot> = header
            .iter()
            .map(|name| {
                let position = layout.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name));
                let column = position.filter(|_| !is_notice(name)).and_then(|position| {
                    let column = layout.columns.get(position)?;
                    let codes = match column.attribute {
                        LayoutAttribute::Case(attribute) => attribute.attribute().code_count(),
                        LayoutAttribute::VictimPerpetrator(attribute) => attribute.attribute().code_count(),
                    };
                    Some((position, Decoder::new(column), ColumnBuilder::new(codes)))
                });
                Slot { name: name.as_str().into(), column }
            })
            .collect();
        let batch = vec![0; slots.len() * BATCH];
        Self {
            reader,
            file,
            slots,
            batch,
            batched: 0,
            faults: Vec::new(),
            problems: Problems::default(),
            left_out: Vec::new(),
            read: 0,
            line: 0,
        }
    }

    pub(super) fn push<'c>(
        &mut self,
        line: u64,
        cells: usize,
        record: impl Iterator<Item = &'c [u8]>,
    ) -> Result<(), ModelError> {
        self.read += 1;
        self.line = line;
        if self.read > MAX_ROWS {
            return Err(TableError::TooManyRows { limit: MAX_ROWS }.into());
        }
        if cells != self.slots.len() {
            let message = if cells < self.slots.len() { TOO_SHORT } else { TOO_LONG };
            let is_shifted = |(slot, cell): (&Slot, &[u8])| {
                slot.column.as_ref().is_some_and(|(_, decoder, _)| decoder.is_shifted(cell))
            };
            let fault = match self.slots.iter().zip(record).position(is_shifted) {
                Some(position) => (position, SHIFTED, None),
                None => (usize::MAX, wrong_width(message), None),
            };
            self.faults.push(fault);
            return self.settle();
        }
        let mut is_too_long = false;
        let slots = self.slots.iter_mut().zip(self.batch.chunks_exact_mut(BATCH));
        for (position, (cell, (slot, codes))) in record.zip(slots).enumerate() {
            let (Some(code), Some((_, decoder, _))) = (codes.get_mut(self.batched), &mut slot.column) else {
                is_too_long |= slot.name.is_empty() && !cell.trim_ascii().is_empty();
                continue;
            };
            match decoder.code(cell) {
                Ok(found) => *code = found,
                Err((fault, found)) => {
                    *code = found.unwrap_or(decoder.missing());
                    let value =
                        self.reader.keep_values.then(|| Redacted::new(String::from_utf8_lossy(cell).into_owned()));
                    self.faults.push((position, fault, value));
                }
            }
        }
        if is_too_long {
            self.faults.push((usize::MAX, wrong_width(TOO_LONG), None));
        }
        if !self.faults.is_empty() {
            return self.settle();
        }
        self.keep();
        Ok(())
    }

    /// Keeps the row just read.
    #[inline]
    fn keep(&mut self) {
        self.batched += 1;
        if self.batched == BATCH {
            self.flush();
        }
    }

    fn flush(&mut self) {
        for (slot, codes) in self.slots.iter_mut().zip(self.batch.chunks_exact(BATCH)) {
            if let Some((_, _, builder)) = &mut slot.column {
                builder.extend_from_slice(codes.get(..self.batched).unwrap_or_default());
            }
        }
        self.batched = 0;
    }

    /// Notes the faults of the row just read, and keeps or leaves the row.
    #[cold]
    fn settle(&mut self) -> Result<(), ModelError> {
        let is_error = self.faults.iter().any(|(_, fault, _)| fault.severity == Severity::Error);
        let shifted = self.faults.iter().any(|(_, fault, _)| fault.rule == "R2");
        for (position, fault, value) in std::mem::take(&mut self.faults) {
            // What follows from a shift is one problem, not one per cell.
            if shifted && fault.rule != "R2" {
                continue;
            }
            let mut at = Location::at_row(self.read).with_line(self.line).with_file(Arc::clone(self.file));
            if let Some(slot) = self.slots.get(position) {
                at = at.with_column(Arc::clone(&slot.name));
            }
            let problem = Problem { rule: fault.rule, severity: fault.severity, message: fault.message, at, value };
            let limit = match self.reader.on_error {
                OnError::Collect { limit } => limit,
                OnError::Stop if problem.severity == Severity::Error => {
                    return Err(ModelError::Unreadable {
                        file: self.file.to_string(),
                        rows: 1,
                        first: format!("{} ({})", without_file(&problem), problem.rule),
                    });
                }
                OnError::Stop => 0,
            };
            self.problems.add(problem, limit);
            if shifted {
                break;
            }
        }
        if is_error {
            self.problems.rows_left_out += 1;
            self.left_out.push(self.read);
        } else {
            self.keep();
        }
        Ok(())
    }

    pub(super) fn finish(mut self, layout: &'static Layout) -> Result<Outcome, ModelError> {
        self.flush();
        let mut columns: Vec<Option<Column>> = vec![None; layout.columns.len()];
        let mut lists: BTreeMap<usize, Domain> = BTreeMap::new();
        for slot in self.slots {
            let Some((position, decoder, builder)) = slot.column else { continue };
            let mut column = builder.finish();
            if matches!(layout.columns.get(position).map(|column| column.coding), Some(super::Coding::List { .. })) {
                let mut used = vec![false; 1 << 16];
                for code in column.iter() {
                    if let Some(slot) = used.get_mut(usize::from(code)) {
                        *slot = true;
                    }
                }
                if let Some(observed) =
                    decoder.into_domain(|code| used.get(usize::from(code)).copied().unwrap_or(false))
                {
                    let (domain, map) = observed?;
                    column = column.recoded(&map);
                    lists.insert(position, domain);
                }
            }
            if let Some(slot) = columns.get_mut(position) {
                *slot = Some(column);
            }
        }
        let columns: Vec<Column> = columns.into_iter().flatten().collect();
        let dataset = match layout.kind {
            LayoutKind::VictimPerpetrator => Dataset::VictimPerpetrator(VpTable::from_columns(layout, columns)?),
            LayoutKind::Cases => Dataset::Cases(CaseTable::from_columns(layout, columns, |attribute| {
                let position =
                    layout.columns.iter().position(|column| column.attribute == LayoutAttribute::Case(attribute))?;
                lists.get(&position).cloned()
            })?),
        };
        Ok(Outcome {
            dataset,
            problems: self.problems,
            file: Arc::clone(self.file),
            left_out: self.left_out,
            source: None,
        })
    }
}
