//! Reading case files of any known layout.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use ctdata_table::csv::{CsvReader, OnError, ProblemKind, ScanOptions, Scanner, Separator, open};
use ctdata_table::{Column, ColumnBuilder, Control, Domain, Location, MAX_ROWS, TableError, TextRule};

use super::decode::{Decoder, Fault, SHIFTED};
use super::layout::{Detection, Layout, LayoutAttribute, LayoutKind, Mismatch, is_notice};
use crate::validate::{Finding, Place, Severity};
use crate::{CaseTable, Dataset, ModelError, PLAIN_LAYOUT, Redacted, VpTable};

/// One cell or row that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The rule that it breaks.
    pub rule: &'static str,
    /// Errors keep the row out of the table; warnings do not.
    pub severity: Severity,
    /// What was expected.
    pub message: &'static str,
    /// Where.
    pub at: Location,
    /// The text found there, if the reader was asked to keep it. Confidential.
    pub value: Option<Redacted<String>>,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} ({})", self.at, self.message, self.rule)
    }
}

/// Everything that a reader noticed.
#[derive(Debug, Clone, Default)]
pub struct Problems {
    kept: Vec<Problem>,
    counts: BTreeMap<(&'static str, Severity), (u64, Problem)>,
    rows_left_out: u64,
}

impl Problems {
    /// Problems kept in detail, in the order of the file.
    pub fn kept(&self) -> &[Problem] {
        &self.kept
    }

    /// How many errors and warnings there were, kept or not.
    pub fn count(&self) -> u64 {
        self.counts.values().map(|(count, _)| count).sum()
    }

    /// Rows that are not in the table.
    pub fn rows_left_out(&self) -> u64 {
        self.rows_left_out
    }

    /// The same as findings: one per rule and severity.
    pub fn findings(&self) -> Vec<Finding> {
        self.counts
            .values()
            .map(|(count, first)| Finding {
                rule: first.rule,
                severity: first.severity,
                count: *count,
                message: first.message.to_owned(),
                first: Some(Place {
                    row: first.at.row.unwrap_or(0),
                    column: first.at.column.as_ref().map(ToString::to_string),
                }),
            })
            .collect()
    }

    fn first_error(&self) -> Option<&Problem> {
        let errors = self.counts.values().map(|(_, first)| first).filter(|first| first.severity == Severity::Error);
        errors.min_by_key(|first| first.at.row)
    }

    fn add(&mut self, problem: Problem, limit: usize) {
        let entry = self.counts.entry((problem.rule, problem.severity)).or_insert_with(|| (0, problem.clone()));
        entry.0 += 1;
        if self.kept.len() < limit {
            self.kept.push(problem);
        }
    }
}

/// What came of reading a file.
#[derive(Debug, Clone)]
pub struct Outcome {
    dataset: Dataset,
    problems: Problems,
    file: Arc<str>,
    left_out: Vec<u64>,
}

impl Outcome {
    /// The rows that could be used.
    pub fn usable(&self) -> &Dataset {
        &self.dataset
    }

    /// What was noticed.
    pub fn problems(&self) -> &Problems {
        &self.problems
    }

    /// Rows of the file, also those that could not be used.
    pub fn rows(&self) -> u64 {
        self.dataset.table().rows() as u64 + self.problems.rows_left_out
    }

    /// The row in the file (from 1) of a row of the table (from 0).
    pub fn row_in_file(&self, row: u64) -> u64 {
        let mut number = row + 1;
        // Each row left out before it moves it one further down.
        let mut from = 0;
        loop {
            let before = self.left_out.partition_point(|&left_out| left_out <= number);
            if before == from {
                return number;
            }
            number += (before - from) as u64;
            from = before;
        }
    }

    /// The rows, all of them.
    ///
    /// # Errors
    /// [`ModelError::Unreadable`] if a row had to be left out: nothing is lost silently.
    pub fn into_dataset(self) -> Result<Dataset, ModelError> {
        match self.problems.first_error() {
            None => Ok(self.dataset),
            Some(first) => Err(ModelError::Unreadable {
                file: self.file.to_string(),
                rows: self.problems.rows_left_out,
                first: format!("{} ({})", without_file(first), first.rule),
            }),
        }
    }

    /// The cases, all of them.
    ///
    /// # Errors
    /// As [`Outcome::into_dataset`]; and rows that are no cases.
    pub fn into_cases(self) -> Result<CaseTable, ModelError> {
        self.into_dataset()?.into_cases()
    }
}

fn without_file(problem: &Problem) -> String {
    let at = Location { file: None, ..problem.at.clone() };
    format!("{at}: {}", problem.message)
}

/// Reads case files: gzip or not, with any separator, columns in any order and case, with every spelling
/// that CTDC's releases are known to use.
///
/// ```
/// use ctdata_model::{CaseReader, Country, CaseAttribute};
/// let text = "yearRegister,gender,majorityStatus,isForcedLabour,isSexualExploit,UN_COO_Region,UN_COE_Region,\
///     IP_Exploiter,IP_Gender,IP_ageBroad,IP_citizen_UNRegion,IP_Relation,IP_PayMoney,IP_RecruiterBroker,\
///     IP_TransactionProcess,IP_ControlAbuseKidnap\n2019,Female,Adult,1,,Asia,Europe,1,Female;Male,,,,No,,,\n";
/// let outcome = CaseReader::default().read(text.as_bytes(), "inline", &Default::default())?;
/// assert_eq!(outcome.usable().format(), "ctdc-victim-perpetrator");
/// assert_eq!(outcome.rows(), 1);
/// # Ok::<(), ctdata_model::ModelError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct CaseReader {
    /// The layout; `None` (the default) detects it from the header.
    pub layout: Option<&'static Layout>,
    /// What separates cells; `None` (the default) detects it from the header.
    pub separator: Option<Separator>,
    /// What to do with rows that cannot be used; the default stops at the first.
    pub on_error: OnError,
    /// Whether problems keep the text that was found. Off by default: it is confidential.
    pub keep_values: bool,
}

const TOO_SHORT: &str = "the row is too short for the header";
const TOO_LONG: &str = "the row is too long for the header";

const fn wrong_width(message: &'static str) -> Fault {
    Fault { rule: "R3", severity: Severity::Error, message }
}

/// Rows that are coded before their codes go to the columns, so that a column is written in stretches.
const BATCH: usize = 512;

/// Rows between two looks at the control.
const ROWS_PER_CHECK: u64 = 1 << 14;

impl CaseReader {
    /// Reads a file.
    ///
    /// # Errors
    /// A file that cannot be read, is not text, or whose header is of no (or another) layout; with
    /// [`OnError::Stop`], the first row that cannot be used.
    pub fn read_path(&self, path: &Path, control: &Control) -> Result<Outcome, ModelError> {
        let input = open(path).map_err(|error| TableError::io(path, error))?;
        let bytes = input.byte_length();
        self.read_all(input, &path.display().to_string(), bytes, control)
    }

    /// Reads a file of the format with this name: a layout, or `csv` for a table of any subject, whose
    /// empty cells are not recorded. Without a name, the layout is detected.
    ///
    /// # Errors
    /// A name of no format; otherwise as [`CaseReader::read_path`].
    pub fn read_as(&self, path: &Path, format: Option<&str>, control: &Control) -> Result<Outcome, ModelError> {
        match format.map(str::trim) {
            None => self.read_path(path, control),
            Some(name) if name.eq_ignore_ascii_case(PLAIN_LAYOUT) => self.read_plain(path, CsvReader::new(), control),
            Some(name) => {
                let layout = Layout::named(name).ok_or_else(|| ModelError::NoSuchLayout {
                    name: name.to_owned(),
                    nearest: Layout::nearest(name).map(str::to_owned),
                })?;
                Self { layout: Some(layout), ..self.clone() }.read_path(path, control)
            }
        }
    }

    /// Reads a table of any subject. `reader` says what texts are missing values and which column holds
    /// identifiers; the separator and the way of problems are those of this reader.
    ///
    /// # Errors
    /// As [`CsvReader::read_path`].
    pub fn read_plain(&self, path: &Path, mut reader: CsvReader, control: &Control) -> Result<Outcome, ModelError> {
        reader = reader.on_error(self.on_error).keep_values(self.keep_values);
        if let Some(separator) = self.separator {
            reader = reader.separator(separator);
        }
        let (table, found) = reader.read_path(path, control)?.into_parts();
        let mut problems = Problems { rows_left_out: found.dropped_rows().len() as u64, ..Problems::default() };
        for problem in found.kept() {
            let (rule, message) = match problem.kind {
                ProblemKind::CellCount { expected, found } if found < expected => ("R3", TOO_SHORT),
                ProblemKind::CellCount { .. } => ("R3", TOO_LONG),
                _ => ("text", "the cell cannot be read"),
            };
            let value = problem.value().map(|value| Redacted::new(value.to_owned()));
            let at = problem.at.clone();
            problems.add(Problem { rule, severity: Severity::Error, message, at, value }, usize::MAX);
        }
        // Only the first problems are kept with their places; the rest is added to the counts.
        let short = |kind| found.count_of(kind);
        let totals = [("R3", short(ProblemKind::CellCount { expected: 0, found: 0 }))];
        for (rule, total) in totals.into_iter().chain([("text", found.count())]) {
            let others = if rule == "text" { totals.iter().map(|(_, count)| count).sum() } else { 0 };
            if let Some((count, _)) = problems.counts.get_mut(&(rule, Severity::Error)) {
                *count = total - others;
            }
        }
        Ok(Outcome {
            dataset: Dataset::Plain(table),
            problems,
            file: path.display().to_string().into(),
            left_out: found.dropped_rows().to_vec(),
        })
    }

    /// Reads from anything; `name` stands for the file in messages.
    ///
    /// # Errors
    /// As [`CaseReader::read_path`].
    pub fn read(&self, input: impl Read, name: &str, control: &Control) -> Result<Outcome, ModelError> {
        self.read_all(input, name, None, control)
    }

    fn read_all(
        &self,
        input: impl Read,
        name: &str,
        bytes: Option<u64>,
        control: &Control,
    ) -> Result<Outcome, ModelError> {
        let file: Arc<str> = name.into();
        let options = ScanOptions { separator: self.separator, ..ScanOptions::default() };
        let mut scanner = Scanner::new(input, options);
        let header = header(&mut scanner, &file)?;
        // Spreadsheets leave columns without a name behind: they are read past if they are empty.
        let named = header.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
        let layout = self.layout_of(header.get(..named).unwrap_or_default(), &file)?;
        let mut rows = Rows::new(layout, &header, &file, self);
        loop {
            let record = match scanner.next() {
                Ok(Some(record)) => record,
                Ok(None) => break,
                Err(error) => return Err(error.in_file(Some(&file)).into()),
            };
            rows.push(record.line(), record.len(), record.cells())?;
            if rows.read.is_multiple_of(ROWS_PER_CHECK) {
                control.check()?;
                control.report("reading", scanner.position(), bytes);
            }
        }
        rows.finish(layout)
    }

    fn layout_of(&self, header: &[String], file: &Arc<str>) -> Result<&'static Layout, ModelError> {
        if let Some(layout) = self.layout {
            return match layout.compare(header) {
                None => Ok(layout),
                Some(mismatch) => Err(ModelError::WrongHeader {
                    file: file.to_string(),
                    layout: layout.name,
                    difference: difference(&mismatch),
                }),
            };
        }
        match Layout::detect(header) {
            Detection::Is(layout) => Ok(layout),
            Detection::Ambiguous(candidates) => Err(ModelError::AmbiguousLayout {
                file: file.to_string(),
                candidates: candidates.iter().map(|layout| layout.name).collect(),
            }),
            Detection::Unknown { closest } => Err(ModelError::UnknownLayout {
                file: file.to_string(),
                closest: closest
                    .map(|mismatch| format!("closest is {}: {}", mismatch.layout.name, difference(&mismatch))),
            }),
        }
    }
}

/// The names in the header, checked to be there, to be text and to be distinct.
fn header<R: Read>(scanner: &mut Scanner<R>, file: &Arc<str>) -> Result<Vec<String>, ModelError> {
    let at = || Location::default().with_file(Arc::clone(file)).with_line(1);
    let names: Vec<String> = match scanner.next() {
        Ok(Some(record)) => {
            let names = record.cells().map(|cell| std::str::from_utf8(cell).map(|name| name.trim().to_owned()));
            names.collect::<Result<_, _>>().map_err(|_| TableError::Text { at: at(), rule: TextRule::Utf8 })?
        }
        Ok(None) => {
            return Err(TableError::Text {
                at: Location::default().with_file(Arc::clone(file)),
                rule: TextRule::Empty,
            }
            .into());
        }
        Err(error) => return Err(error.in_file(Some(file)).into()),
    };
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (position, name) in (1..).zip(&names).filter(|(_, name)| !name.is_empty()) {
        if let Some(first) = seen.insert(name.to_ascii_lowercase(), position) {
            return Err(
                TableError::Text { at: at(), rule: TextRule::RepeatedColumn { first, second: position } }.into()
            );
        }
    }
    Ok(names)
}

fn difference(mismatch: &Mismatch) -> String {
    const SHOWN: usize = 5;
    let list = |items: Vec<String>| {
        let more = items.len().saturating_sub(SHOWN);
        let mut text = items.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
        if more > 0 {
            let _ = write!(text, " and {more} more");
        }
        text
    };
    let mut parts = Vec::new();
    if !mismatch.missing.is_empty() {
        parts.push(format!("lacks {}", list(mismatch.missing.iter().map(|name| format!("`{name}`")).collect())));
    }
    if !mismatch.extra.is_empty() {
        parts.push(format!(
            "has columns it does not know, at {} {}",
            if mismatch.extra.len() == 1 { "position" } else { "positions" },
            list(mismatch.extra.iter().map(ToString::to_string).collect())
        ));
    }
    parts.join("; ")
}

/// The rows while they are read: one slot per header column, in the order of the header.
struct Rows<'a> {
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
    read: u64,
    line: u64,
}

struct Slot {
    name: Arc<str>,
    /// The column of the layout; `None` for the terms-of-use column and those without a name.
    column: Option<(usize, Decoder, ColumnBuilder)>,
}

impl<'a> Rows<'a> {
    fn new(layout: &'static Layout, header: &[String], file: &'a Arc<str>, reader: &'a CaseReader) -> Self {
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

    fn push<'c>(&mut self, line: u64, cells: usize, record: impl Iterator<Item = &'c [u8]>) -> Result<(), ModelError> {
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

    fn finish(mut self, layout: &'static Layout) -> Result<Outcome, ModelError> {
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
        Ok(Outcome { dataset, problems: self.problems, file: Arc::clone(self.file), left_out: self.left_out })
    }
}
