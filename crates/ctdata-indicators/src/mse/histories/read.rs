//! Reads capture histories from delimited text: a table with counts, or one row for each person.

use super::records::{HistoriesRead, HistoryRules, OnUnusable, Tally, membership};
use super::{CaptureHistories, MOST_PERSONS, TOO_MANY, add, named};
use crate::mse::error::MseError;
use crate::mse::list_set::{ListSet, MOST_LISTS};
use ctdata_table::csv::{Record, ScanError, ScanOptions, Scanner, open};
use ctdata_table::{Control, Location, TableError};
use std::io::Read;
use std::path::Path;

/// Where the counts of a file of capture histories stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum CountColumn {
    /// In the column `count`, in any case. Without one each row is a person, unless a column is called `n`, `freq` or
    /// `frequency`: then the reader asks which it is. The default.
    #[default]
    Found,
    /// In the column of this name.
    Named(String),
    /// Nowhere: each row is a person.
    EachRow,
}

/// How a file of capture histories is laid out. Columns are found in any case.
///
/// A list has `1` or `0`, `yes` or `no`, `true` or `false`, in any case. A blank cell is missing, and missing is never
/// "no". Counts are whole numbers; rows with a count of zero say nothing and may be there.
///
/// ```
/// use ctdata_indicators::mse::{CaptureHistories, HistoryLayout, ListSet};
/// use ctdata_table::Control;
///
/// let records = "case;sex;police;shelters\n17;F;yes;no\n18;M;yes;yes\n19;F;no;yes\n";
/// let layout = HistoryLayout::default().with_lists(["police", "shelters"]);
/// let read = CaptureHistories::read_csv(records.as_bytes(), &layout, &Control::default())?;
/// assert_eq!(read.histories.persons(), 3);
/// assert_eq!(read.histories.count(ListSet::of([0, 1])), 1);
/// # Ok::<(), ctdata_indicators::mse::MseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct HistoryLayout {
    /// Where the counts stand.
    pub counts: CountColumn,
    /// The columns that are lists, in the order wanted; `None` for all but the counts, in the order of the file.
    pub lists: Option<Vec<String>>,
    /// Words for a membership that is missing, beside the blank cell.
    pub missing_words: Vec<String>,
    /// What to do with rows that have no history. By default they are errors.
    pub rules: HistoryRules,
}

impl HistoryLayout {
    /// The same with these columns as lists, in this order.
    #[must_use]
    pub fn with_lists<N: Into<String>>(self, lists: impl IntoIterator<Item = N>) -> Self {
        Self { lists: Some(lists.into_iter().map(Into::into).collect()), ..self }
    }

    /// The same with the counts in this column.
    #[must_use]
    pub fn with_counts(self, column: impl Into<String>) -> Self {
        Self { counts: CountColumn::Named(column.into()), ..self }
    }

    /// The same with one row for each person.
    #[must_use]
    pub fn with_a_row_for_each_person(self) -> Self {
        Self { counts: CountColumn::EachRow, ..self }
    }

    /// The same with another word for a membership that is missing.
    #[must_use]
    pub fn with_missing_word(mut self, word: impl Into<String>) -> Self {
        self.missing_words.push(word.into());
        self
    }

    /// The same with other rules for rows that have no history.
    #[must_use]
    pub fn with_rules(self, rules: HistoryRules) -> Self {
        Self { rules, ..self }
    }

    fn is_missing(&self, cell: &[u8]) -> bool {
        cell.is_empty() || self.missing_words.iter().any(|word| cell.eq_ignore_ascii_case(word.trim().as_bytes()))
    }
}

impl CaptureHistories {
    /// Reads a file, plain or gzip, with commas, semicolons or tabs.
    ///
    /// # Errors
    /// The file cannot be opened or is no delimited text ([`MseError::Table`]); anything in it is not as its layout
    /// says ([`MseError::Row`], with file, line, row, column and the rule, never with a value); more than 2^53 persons;
    /// cancelled.
    pub fn read_path(path: &Path, layout: &HistoryLayout, control: &Control) -> Result<HistoriesRead, MseError> {
        let file = open(path).map_err(|error| TableError::io(path, error))?;
        let bytes = file.byte_length();
        read(file, layout, &Location::default().with_file(path.display().to_string()), bytes, control)
    }

    /// Reads from anything; see [`CaptureHistories::read_path`].
    ///
    /// # Errors
    /// As for [`CaptureHistories::read_path`].
    pub fn read_csv(reader: impl Read, layout: &HistoryLayout, control: &Control) -> Result<HistoriesRead, MseError> {
        read(reader, layout, &Location::default(), None, control)
    }
}

/// Rows between two looks at whether to stop.
const CHECK_ROWS: u64 = 1 << 16;
/// The longest row, in bytes: of a file of histories even this is generous.
const LONGEST_ROW: usize = 1 << 20;

const EMPTY_FILE: &str = "the file is empty";
const NO_HEADER: &str = "the first row is no header: it names the columns";
const NO_ROWS: &str = "the file has no rows below its header";
const NO_COLUMN: &str = "the file has no such column";
const REPEATED: &str = "a column of the header is given twice";
const NO_NAME: &str = "a column has no name: name the columns that are lists";
const ONE_LIST: &str = "an estimate needs at least two lists";
const MANY_LISTS: &str = "a table has at most 16 lists: name the columns that are lists";
const BOTH: &str = "the column of counts is no list";
const ASK: &str = "are these the counts? name the column of counts, or say that each row is a person";
const NOT_UTF8: &str = "not valid UTF-8";
const SHORT: &str = "the row has fewer cells than the header";
const LONG: &str = "the row has more cells than the header";
const NO_MEMBERSHIP: &str =
    "a list has 1 or 0, yes or no, true or false; where not all columns are lists, name those that are";
const MISSING: &str = "it is not known whether the person is on the list; such rows can be left out";
const UNLISTED: &str = "the row is on no list; such rows can be left out";
const NO_COUNT: &str = "a count is a whole number";
const BLANK_COUNT: &str = "the count is missing";
const NEGATIVE: &str = "a count is not negative";
const FRACTION: &str = "a count is a whole number, not a fraction";

fn read(
    reader: impl Read,
    layout: &HistoryLayout,
    file: &Location,
    bytes: Option<u64>,
    control: &Control,
) -> Result<HistoriesRead, MseError> {
    let unread = |error: ScanError| MseError::from(error.in_file(file.file.as_ref()));
    let refused = |location, rule| MseError::Row { location, rule };
    let options = ScanOptions { max_record_bytes: LONGEST_ROW, ..ScanOptions::default() };
    let mut scanner = Scanner::new(reader, options);
    let columns = match scanner.next().map_err(unread)? {
        Some(header) => Columns::find(layout, &header).map_err(|(column, rule)| {
            let at = file.clone().with_line(header.line());
            refused(if column.is_empty() { at } else { at.with_column(column) }, rule)
        })?,
        None => return Err(refused(file.clone(), EMPTY_FILE)),
    };
    let mut tally = Tally::new(columns.lists.iter().map(|column| column.name.clone()).collect());
    let (mut missing, mut unlisted) = (0, 0);
    let mut number = 0;
    while let Some(record) = scanner.next().map_err(unread)? {
        number += 1;
        let found = columns.row(layout, &record).and_then(|(row, persons)| {
            let to = match row {
                Row::On(history) => return tally.add(history, persons).map_err(|rule| (None, rule)),
                Row::Missing => &mut missing,
                Row::Unlisted => &mut unlisted,
            };
            *to = add(*to, persons).ok_or((None, TOO_MANY))?;
            Ok(())
        });
        found.map_err(|(column, rule)| {
            let at = Location { row: Some(number), ..file.clone().with_line(record.line()) };
            refused(column.iter().fold(at, |at, column| at.with_column(column.name.as_str())), rule)
        })?;
        if number % CHECK_ROWS == 0 {
            control.check()?;
            control.report("reading", scanner.position(), bytes);
        }
    }
    if number == 0 {
        return Err(refused(file.clone(), NO_ROWS));
    }
    control.report("reading", scanner.position(), bytes);
    Ok(HistoriesRead { histories: tally.finish(), missing, unlisted })
}

/// What a row says.
enum Row {
    On(ListSet),
    Missing,
    Unlisted,
}

/// A column of the file.
#[derive(Clone)]
struct Column {
    at: usize,
    name: String,
}

/// The column and the rule that a row breaks.
type Broken<'c> = (Option<&'c Column>, &'static str);

/// Where lists and counts are in a file.
struct Columns {
    lists: Vec<Column>,
    count: Option<Column>,
    /// How many cells a row has.
    cells: usize,
}

impl Columns {
    /// The column and the rule in the error are for the header.
    fn find(layout: &HistoryLayout, header: &Record<'_>) -> Result<Self, (String, &'static str)> {
        let mut names = Vec::with_capacity(header.len());
        for (at, cell) in header.cells().enumerate() {
            let name = std::str::from_utf8(cell).map_err(|_| (format!("number {}", at + 1), NOT_UTF8))?;
            names.push(Column { at, name: name.trim().to_owned() });
        }
        // Else the first of the data would be taken for names, and shown as such.
        let data = |name: &str| membership(name.as_bytes()).is_some() || name.parse::<f64>().is_ok();
        if layout.lists.is_none() && names.iter().all(|column| data(&column.name)) {
            return Err((String::new(), NO_HEADER));
        }
        let lowered: Vec<String> = names.iter().map(|column| column.name.to_lowercase()).collect();
        let find = |name: &str| {
            let wanted = name.trim().to_lowercase();
            let mut found = names.iter().zip(&lowered).filter(|(_, lowered)| **lowered == wanted);
            match (found.next(), found.next()) {
                (Some((column, _)), None) => Ok(column.clone()),
                (None, _) => Err((name.to_owned(), NO_COLUMN)),
                (Some(_), Some(_)) => Err((name.to_owned(), REPEATED)),
            }
        };
        let named_lists: Option<Vec<Column>> =
            layout.lists.as_ref().map(|lists| lists.iter().map(|name| find(name)).collect()).transpose()?;
        let is_list = |at: usize| named_lists.iter().flatten().any(|list| list.at == at);
        let called = |words: &[&str]| {
            let mut called = names.iter().zip(&lowered).filter(|(_, name)| words.contains(&name.as_str()));
            called.find(|(column, _)| !is_list(column.at)).map(|(column, _)| column)
        };
        let count = match &layout.counts {
            CountColumn::EachRow => None,
            CountColumn::Named(name) => Some(find(name)?),
            CountColumn::Found => match (called(&["count"]), called(&["n", "freq", "frequency"])) {
                (Some(column), _) => Some(find(&column.name)?),
                (None, Some(perhaps)) => return Err((perhaps.name.clone(), ASK)),
                (None, None) => None,
            },
        };
        let lists = named_lists.unwrap_or_else(|| {
            let is_count = |column: &Column| count.as_ref().is_some_and(|count| count.at == column.at);
            names.iter().filter(|column| !is_count(column)).cloned().collect()
        });
        if let Some(both) = count.as_ref().filter(|count| lists.iter().any(|list| list.at == count.at)) {
            return Err((both.name.clone(), BOTH));
        }
        if lists.iter().any(|list| list.name.is_empty()) {
            return Err((String::new(), NO_NAME));
        }
        if lists.len() < 2 {
            return Err((String::new(), ONE_LIST));
        }
        if lists.len() > MOST_LISTS {
            return Err((String::new(), MANY_LISTS));
        }
        // Two columns of the same name, or one named twice.
        named(lists.iter().map(|list| list.name.as_str())).map_err(|_| (String::new(), REPEATED))?;
        Ok(Self { lists, count, cells: names.len() })
    }

    /// What a row says, and of how many persons.
    fn row(&self, layout: &HistoryLayout, record: &Record<'_>) -> Result<(Row, u64), Broken<'_>> {
        match record.len() {
            cells if cells < self.cells => return Err((None, SHORT)),
            cells if cells > self.cells => return Err((None, LONG)),
            _ => {}
        }
        let raw = |column: &Column| record.cell(column.at).unwrap_or_default();
        let persons = match &self.count {
            Some(column) => count(raw(column).trim_ascii()).map_err(|rule| (Some(column), rule))?,
            None => 1,
        };
        let mut bits = 0;
        let mut unknown = None;
        for (list, column) in self.lists.iter().enumerate() {
            let on = match raw(column) {
                // Nearly all cells; as arithmetic, because nothing predicts them.
                [digit @ (b'0' | b'1')] => u16::from(*digit & 1),
                other => match membership(other.trim_ascii()) {
                    Some(on) => u16::from(on),
                    None if layout.is_missing(other.trim_ascii()) => {
                        unknown = unknown.or(Some(column));
                        0
                    }
                    None => return Err((Some(column), NO_MEMBERSHIP)),
                },
            };
            bits |= on << list;
        }
        let history = ListSet::from_bits(bits);
        match unknown {
            Some(column) if layout.rules.missing == OnUnusable::Refuse => Err((Some(column), MISSING)),
            Some(_) => Ok((Row::Missing, persons)),
            None if !history.is_empty() => Ok((Row::On(history), persons)),
            None if layout.rules.unlisted == OnUnusable::Refuse && persons > 0 => Err((None, UNLISTED)),
            None => Ok((Row::Unlisted, persons)),
        }
    }
}

/// A count: digits, or any other way to write a whole number, such as the `1e+05` of statistical packages.
fn count(cell: &[u8]) -> Result<u64, &'static str> {
    if cell.is_empty() {
        return Err(BLANK_COUNT);
    }
    let text = std::str::from_utf8(cell).map_err(|_| NO_COUNT)?;
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        // Only a number past 64 bits does not parse.
        return text.parse().ok().filter(|count| *count <= MOST_PERSONS).ok_or(TOO_MANY);
    }
    let number: f64 = text.parse().ok().filter(|number: &f64| number.is_finite()).ok_or(NO_COUNT)?;
    #[expect(clippy::cast_precision_loss, reason = "a power of two")]
    let most = MOST_PERSONS as f64;
    if number < 0.0 {
        Err(NEGATIVE)
    } else if number.fract() > 0.0 {
        Err(FRACTION)
    } else if number > most {
        Err(TOO_MANY)
    } else {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, from 0 to 2^53")]
        Ok(number as u64)
    }
}

#[cfg(test)]
mod tests;
