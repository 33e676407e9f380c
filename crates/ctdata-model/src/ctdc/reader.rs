//! Reading files: the header tells the layout.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use ctdata_table::csv::{CsvReader, OnError, ProblemKind, ScanOptions, Scanner, Separator, open};
use ctdata_table::{Control, Location, TableError, TextRule};

use super::layout::{Detection, Layout, Mismatch};
use super::rows::{Rows, TOO_LONG, TOO_SHORT};
use super::{Outcome, Problem, Problems};
#[cfg(feature = "mapping")]
use crate::htcds::mapping::Mapping;
use crate::htcds::{CaseOptions, HtcdsFormat, ReadOptions, RecordReader};
use crate::validate::Severity;
use crate::{Dataset, ModelError, PLAIN_LAYOUT, Redacted};

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
    /// HTCDS: the sheet of a workbook, by its name; `None` (the default) takes the one with records.
    pub sheet: Option<String>,
    /// HTCDS: what the file's own columns and codes mean. With it, files are read as records whatever their header.
    #[cfg(feature = "mapping")]
    pub mapping: Option<Arc<Mapping>>,
    /// HTCDS: whose records become cases, and how.
    pub cases: CaseOptions,
}

/// Rows between two looks at the control.
const ROWS_PER_CHECK: u64 = 1 << 14;

impl CaseReader {
    /// Reads a file.
    ///
    /// # Errors
    /// A file that cannot be read, is not text, or whose header is of no (or another) layout; with
    /// [`OnError::Stop`], the first row that cannot be used.
    pub fn read_path(&self, path: &Path, control: &Control) -> Result<Outcome, ModelError> {
        if self.layout.is_none() && (self.is_mapped() || RecordReader::recognize(path)?.is_some()) {
            return self.read_records(path, None, control);
        }
        let input = open(path).map_err(|error| TableError::io(path, error))?;
        let bytes = input.byte_length();
        self.read_all(input, &path.display().to_string(), bytes, control)
    }

    /// Reads a file of the format with this name: a layout, or `csv` for a table of any subject, whose
    /// empty cells are not recorded. Without a name, the layout is detected. With a mapping, `csv` is a delimited file
    /// that the mapping explains.
    ///
    /// # Errors
    /// A name of no format; otherwise as [`CaseReader::read_path`].
    pub fn read_as(&self, path: &Path, format: Option<&str>, control: &Control) -> Result<Outcome, ModelError> {
        match format.map(str::trim) {
            None => self.read_path(path, control),
            // With a mapping, what a delimited file holds is known.
            Some(name) if name.eq_ignore_ascii_case(PLAIN_LAYOUT) && self.is_mapped() => {
                self.read_records(path, Some(HtcdsFormat::Csv), control)
            }
            Some(name) if name.eq_ignore_ascii_case(PLAIN_LAYOUT) => self.read_plain(path, CsvReader::new(), control),
            Some(name) => {
                if let Some(format) = HtcdsFormat::named(name) {
                    return self.read_records(path, Some(format), control);
                }
                let layout = Layout::named(name).ok_or_else(|| ModelError::NoSuchLayout {
                    name: name.to_owned(),
                    nearest: nearest_format(name).map(str::to_owned),
                })?;
                Self { layout: Some(layout), ..self.clone() }.read_path(path, control)
            }
        }
    }

    /// Reads HTCDS records and makes cases of them. `format` is that of the file, told by its content if left out.
    ///
    /// # Errors
    /// As [`RecordReader::read_path`].
    pub fn read_records(
        &self,
        path: &Path,
        format: Option<HtcdsFormat>,
        control: &Control,
    ) -> Result<Outcome, ModelError> {
        let options = ReadOptions {
            on_error: self.on_error,
            keep_values: self.keep_values,
            separator: self.separator,
            ..ReadOptions::default()
        };
        let reader = RecordReader {
            format,
            sheet: self.sheet.clone(),
            #[cfg(feature = "mapping")]
            mapping: self.mapping.clone(),
            options,
        };
        Outcome::of_records(reader.read_path(path, control)?, &self.cases)
    }

    #[cfg(feature = "mapping")]
    fn is_mapped(&self) -> bool {
        self.mapping.is_some()
    }

    #[cfg(not(feature = "mapping"))]
    #[expect(clippy::unused_self, reason = "the same method with the feature")]
    fn is_mapped(&self) -> bool {
        false
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
            source: None,
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

/// The most similar name of a format.
fn nearest_format(name: &str) -> Option<&'static str> {
    let layouts = crate::LAYOUTS.iter().map(|layout| layout.name);
    ctdata_table::nearest(name, layouts.chain(HtcdsFormat::ALL.iter().map(|format| format.name())))
}

/// The names in the header, checked to be there, to be text and to be distinct.
fn header<R: Read>(scanner: &mut Scanner<R>, file: &Arc<str>) -> Result<Vec<String>, ModelError> {
    let at = || Location::default().with_file(Arc::clone(file)).with_line(1);
    let names: Vec<String> = match scanner.next() {
        Ok(Some(record)) => {
            let names = record.cells().map(|cell| std::str::from_utf8(cell).map(|name| name.trim().to_owned()));
            names.collect::<Result<_, _>>().map_err(|_| TableError::Text { at: at().into(), rule: TextRule::Utf8 })?
        }
        Ok(None) => {
            return Err(TableError::Text {
                at: Location::default().with_file(Arc::clone(file)).into(),
                rule: TextRule::Empty,
            }
            .into());
        }
        Err(error) => return Err(error.in_file(Some(file)).into()),
    };
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (position, name) in (1..).zip(&names).filter(|(_, name)| !name.is_empty()) {
        if let Some(first) = seen.insert(name.to_ascii_lowercase(), position) {
            return Err(TableError::Text {
                at: at().into(),
                rule: TextRule::RepeatedColumn { first, second: position },
            }
            .into());
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

#[cfg(all(test, feature = "mapping"))]
mod tests {
    use super::*;

    #[test]
    fn what_the_mapping_explains_is_read_as_records() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cases.csv");
        std::fs::write(&path, "Sex; state\n\"F\"; actual\n\"M\"; none\n").unwrap();
        let map = "format_version = 1\n\
            [[column]]\nname = \"Sex\"\nfield = \"prs_Gender\"\ncodes = { F = \"Feminine\", M = \"Masculine\" }\n\
            [[column]]\nname = \"state\"\nfield = \"vic_TraffickingStatus\"\n\
            codes = { actual = \"ActualVictimOfTrafficking\", none = \"NotAVictimOfTrafficking\" }\n";
        let mapping = Some(Arc::new(Mapping::parse(map, "map.toml").unwrap()));
        let reader = CaseReader { mapping, separator: Some(Separator::Semicolon), ..CaseReader::default() };
        for format in [None, Some("csv"), Some("htcds-csv")] {
            let outcome = reader.read_as(&path, format, &Control::default()).unwrap();
            assert_eq!((outcome.usable().format(), outcome.rows()), ("htcds-cases", 2), "{format:?}");
        }
        let wrong = CaseReader { separator: Some(Separator::Comma), ..reader };
        let error = wrong.read_as(&path, None, &Control::default()).unwrap_err();
        assert!(matches!(error, ModelError::WrongHeader { .. }), "{error}");
        // Without the mapping it is a table of any subject.
        let plain = CaseReader::default().read_as(&path, Some("csv"), &Control::default()).unwrap();
        assert!(matches!(plain.usable(), Dataset::Plain(_)));
    }
}
