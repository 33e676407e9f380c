//! Reads capture histories from delimited text: a table with counts, or one row for each person.

mod columns;

use self::columns::{Column, Columns, Row};
use super::by_stratum::{Groups, NOBODY, StrataRead};
use super::records::{HistoriesRead, HistoryRules, Tally};
use super::{CaptureHistories, TOO_MANY, add};
use crate::mse::error::MseError;
use ctdata_table::csv::{ScanError, ScanOptions, Scanner, open};
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
        let at = Location::default().with_file(path.display().to_string());
        Ok(read(file, layout, None, &at, bytes, control)?.whole())
    }

    /// Reads from anything; see [`CaptureHistories::read_path`].
    ///
    /// # Errors
    /// As for [`CaptureHistories::read_path`].
    pub fn read_csv(reader: impl Read, layout: &HistoryLayout, control: &Control) -> Result<HistoriesRead, MseError> {
        Ok(read(reader, layout, None, &Location::default(), None, control)?.whole())
    }

    /// Reads a file by stratum: a column, which is not a list, says of which stratum the persons of a row are.
    ///
    /// Names of strata are taken as they stand, without white space around them. A blank cell or a word for missing is
    /// the stratum [`NOT_RECORDED`](super::NOT_RECORDED): nobody is dropped. There are at most [`MOST_STRATA`](super::MOST_STRATA).
    ///
    /// # Errors
    /// As for [`CaptureHistories::read_path`]; the column is not there, or is a list or the counts; too many strata, or
    /// nobody in any ([`MseError::Row`]).
    pub fn read_strata_path(
        path: &Path,
        layout: &HistoryLayout,
        column: &str,
        control: &Control,
    ) -> Result<StrataRead, MseError> {
        let file = open(path).map_err(|error| TableError::io(path, error))?;
        let bytes = file.byte_length();
        let at = Location::default().with_file(path.display().to_string());
        read(file, layout, Some(column), &at, bytes, control)?.by_stratum(&at)
    }

    /// Reads from anything by stratum; see [`CaptureHistories::read_strata_path`].
    ///
    /// ```
    /// use ctdata_indicators::mse::{CaptureHistories, HistoryLayout, NOT_RECORDED};
    /// use ctdata_table::Control;
    ///
    /// let table = "sex,police,shelters,count\nF,1,0,30\nF,1,1,5\nM,0,1,9\n,1,0,2\n";
    /// let read =
    ///     CaptureHistories::read_strata_csv(table.as_bytes(), &HistoryLayout::default(), "sex", &Control::default())?;
    /// let persons: Vec<_> = read.strata.iter().map(|(name, table)| (name.as_str(), table.persons())).collect();
    /// assert_eq!(persons, [("F", 35), ("M", 9), (NOT_RECORDED, 2)]);
    /// # Ok::<(), ctdata_indicators::mse::MseError>(())
    /// ```
    ///
    /// # Errors
    /// As for [`CaptureHistories::read_strata_path`].
    pub fn read_strata_csv(
        reader: impl Read,
        layout: &HistoryLayout,
        column: &str,
        control: &Control,
    ) -> Result<StrataRead, MseError> {
        let at = Location::default();
        read(reader, layout, Some(column), &at, None, control)?.by_stratum(&at)
    }
}

/// Rows between two looks at whether to stop.
const CHECK_ROWS: u64 = 1 << 16;
/// The longest row, in bytes: of a file of histories even this is generous.
const LONGEST_ROW: usize = 1 << 20;

const EMPTY_FILE: &str = "the file is empty";
const NO_ROWS: &str = "the file has no rows below its header";

/// What a file has: all in the tally, or with a column of strata all in the groups.
struct Found {
    tally: Tally,
    groups: Groups,
    lists: Vec<String>,
    stratum: Option<Column>,
    missing: u64,
    unlisted: u64,
}

impl Found {
    fn whole(self) -> HistoriesRead {
        HistoriesRead { histories: self.tally.finish(), missing: self.missing, unlisted: self.unlisted }
    }

    fn by_stratum(self, file: &Location) -> Result<StrataRead, MseError> {
        let strata = self.groups.finish(&self.lists);
        if strata.is_empty() {
            return Err(MseError::Row { location: file.clone(), rule: NOBODY });
        }
        let column = self.stratum.map(|column| column.name).unwrap_or_default();
        Ok(StrataRead { column, strata, missing: self.missing, unlisted: self.unlisted })
    }
}

fn read(
    reader: impl Read,
    layout: &HistoryLayout,
    stratum: Option<&str>,
    file: &Location,
    bytes: Option<u64>,
    control: &Control,
) -> Result<Found, MseError> {
    let unread = |error: ScanError| MseError::from(error.in_file(file.file.as_ref()));
    let refused = |location, rule| MseError::Row { location, rule };
    let options = ScanOptions { max_record_bytes: LONGEST_ROW, ..ScanOptions::default() };
    let mut scanner = Scanner::new(reader, options);
    let columns = match scanner.next().map_err(unread)? {
        Some(header) => Columns::find(layout, stratum, &header).map_err(|(column, rule)| {
            let at = file.clone().with_line(header.line());
            refused(if column.is_empty() { at } else { at.with_column(column) }, rule)
        })?,
        None => return Err(refused(file.clone(), EMPTY_FILE)),
    };
    let lists: Vec<String> = columns.lists.iter().map(|column| column.name.clone()).collect();
    let (mut tally, mut groups) = (Tally::new(lists.clone()), Groups::default());
    let (mut missing, mut unlisted) = (0, 0);
    let mut number = 0;
    while let Some(record) = scanner.next().map_err(unread)? {
        number += 1;
        let found = columns.row(layout, &record).and_then(|(row, persons)| {
            let to = match row {
                Row::On(history) => {
                    let Some(column) = &columns.stratum else {
                        return tally.add(history, persons).map_err(|rule| (None, rule));
                    };
                    let name = columns.stratum_of(layout, &record)?;
                    return groups.add(name, history, persons).map_err(|rule| (Some(column), rule));
                }
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
    Ok(Found { tally, groups, lists, stratum: columns.stratum, missing, unlisted })
}

#[cfg(test)]
mod tests;
