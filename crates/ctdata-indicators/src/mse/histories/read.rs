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
        let mut history = ListSet::EMPTY;
        let mut unknown = None;
        for (list, column) in self.lists.iter().enumerate() {
            let on = match raw(column) {
                // Nearly all cells, without a closer look.
                b"1" => true,
                b"0" => false,
                other => match (membership(other.trim_ascii()), other.trim_ascii()) {
                    (Some(on), _) => on,
                    (None, cell) if cell.is_empty() || layout.missing_words.iter().any(|word| same(cell, word)) => {
                        unknown = unknown.or(Some(column));
                        false
                    }
                    (None, _) => return Err((Some(column), NO_MEMBERSHIP)),
                },
            };
            if on {
                history = history.union(ListSet::single(list));
            }
        }
        match unknown {
            Some(column) if layout.rules.missing == OnUnusable::Refuse => Err((Some(column), MISSING)),
            Some(_) => Ok((Row::Missing, persons)),
            None if !history.is_empty() => Ok((Row::On(history), persons)),
            None if layout.rules.unlisted == OnUnusable::Refuse && persons > 0 => Err((None, UNLISTED)),
            None => Ok((Row::Unlisted, persons)),
        }
    }
}

fn same(cell: &[u8], word: &str) -> bool {
    cell.eq_ignore_ascii_case(word.trim().as_bytes())
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
mod tests {
    use super::super::testing::tables;
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str, layout: &HistoryLayout) -> Result<HistoriesRead, MseError> {
        CaptureHistories::read_csv(text.as_bytes(), layout, &Control::default())
    }

    fn plain(text: &str) -> Result<HistoriesRead, MseError> {
        read(text, &HistoryLayout::default())
    }

    const LENIENT: HistoryRules = HistoryRules { missing: OnUnusable::LeaveOut, unlisted: OnUnusable::LeaveOut };

    fn set(lists: &[usize]) -> ListSet {
        ListSet::of(lists.iter().copied())
    }

    #[test]
    fn a_table_with_counts_is_read() {
        let found = plain("A,B,Count\n1,0,40\n0,1,30\n1,1,5\n1,1,1\n0,0,0\n").unwrap();
        assert_eq!(found.histories.lists(), ["A", "B"]);
        let counts = [(set(&[0]), 40), (set(&[1]), 30), (set(&[0, 1]), 6)];
        assert_eq!(found.histories.iter().collect::<Vec<_>>(), counts);
        // The counts first and by another name, other words, another separator, a byte order mark.
        let text = "\u{feff}n; B ;A\r\n40;no;YES\r\n30;true;False\r\n6.0;1;yes\r\n";
        let found = read(text, &HistoryLayout::default().with_counts("N").with_lists(["a", "b"])).unwrap();
        assert_eq!(found.histories.iter().collect::<Vec<_>>(), counts);
    }

    #[test]
    fn rows_can_be_persons_with_other_columns() {
        let text = "id\tpolice\tshelters\tcount\nx1\t1\t0\t7\nx2\t1\t0\t7\n\nx3\t1\t1\t7\n";
        let layout = HistoryLayout::default().with_lists(["shelters", "police"]).with_a_row_for_each_person();
        let found = read(text, &layout).unwrap().histories;
        assert_eq!(found.lists(), ["shelters", "police"]);
        assert_eq!((found.persons(), found.count(set(&[1]))), (3, 2));
        // Without a column of counts nobody has to say so, and a list may be called anything if it is named.
        assert_eq!(plain("a,b\n1,0\n1,1\n").unwrap().histories.persons(), 2);
        let named = HistoryLayout::default().with_lists(["n", "count"]);
        assert_eq!(read("n,count\n1,0\n1,1\n", &named).unwrap().histories.persons(), 2);
    }

    #[test]
    fn rows_without_a_history_are_left_out_and_counted_if_wanted() {
        let text = "a,b,count\n1,0,4\n,1,5\n0,0,6\nNA,0,7\n0,1,8\n";
        let layout = HistoryLayout::default().with_rules(LENIENT).with_missing_word("na");
        let found = read(text, &layout).unwrap();
        assert_eq!((found.histories.persons(), found.missing, found.unlisted), (12, 12, 6));
    }

    #[test]
    fn counts_are_whole_numbers_however_written() {
        for (text, count) in [("0", 0), ("007", 7), ("12.0", 12), ("1e+05", 100_000), ("9007199254740992", 1 << 53)] {
            assert_eq!(super::count(text.as_bytes()), Ok(count), "{text}");
        }
        for (text, rule) in [
            ("", BLANK_COUNT),
            ("-1", NEGATIVE),
            ("1.5", FRACTION),
            ("1e-3", FRACTION),
            ("9007199254740993", TOO_MANY),
            ("99999999999999999999", TOO_MANY),
            ("1e300", TOO_MANY),
            ("inf", NO_COUNT),
            ("NaN", NO_COUNT),
            ("<5", NO_COUNT),
            ("1,000", NO_COUNT),
        ] {
            assert_eq!(super::count(text.as_bytes()), Err(rule), "{text}");
        }
    }

    #[test]
    fn errors_name_the_place_and_the_rule_and_no_value() {
        for (text, place, rule) in [
            ("", "unknown place", EMPTY_FILE),
            ("a,b,count\n", "unknown place", NO_ROWS),
            ("a,count\n1,2\n", "line 1", ONE_LIST),
            ("a,A,count\n1,1,2\n", "line 1", REPEATED),
            ("a,b,count,Count\n1,1,2,2\n", "line 1, column `count`", REPEATED),
            ("a,b,\n1,1,2\n", "line 1", NO_NAME),
            ("a,b,n\n1,1,2\n", "line 1, column `n`", ASK),
            ("a,b,count\n1,0,7\n0,0,7\n", "line 3, row 2", UNLISTED),
            ("a,b,count\n1,,7\n", "line 2, row 1, column `b`", MISSING),
            ("a,b,count\n1,7,7\n", "line 2, row 1, column `b`", NO_MEMBERSHIP),
            ("a,b,count\n1,0,-7\n", "line 2, row 1, column `count`", NEGATIVE),
            ("a,b,count\n1,0,7.5\n", "line 2, row 1, column `count`", FRACTION),
            ("a,b,count\n1,0,\n", "line 2, row 1, column `count`", BLANK_COUNT),
            ("a,b,count\n1,0\n", "line 2, row 1", SHORT),
            ("a,b,count\n1,0,7,7\n", "line 2, row 1", LONG),
        ] {
            let message = plain(text).unwrap_err().to_string();
            assert_eq!(message, format!("{place}: {rule}"), "{text:?}");
            assert!(!message.contains('7'), "{message}");
        }
        let message = read("a,b,c\n1,1,1\n", &HistoryLayout::default().with_lists(["a", "d"])).unwrap_err().to_string();
        assert_eq!(message, format!("line 1, column `d`: {NO_COLUMN}"));
        let both = HistoryLayout::default().with_lists(["a", "b"]).with_counts("b");
        assert_eq!(read("a,b,c\n1,1,1\n", &both).unwrap_err().to_string(), format!("line 1, column `b`: {BOTH}"));
        let seventeen = (0..17).map(|list| format!("l{list}")).collect::<Vec<_>>().join(",");
        assert_eq!(plain(&seventeen).unwrap_err().to_string(), format!("line 1: {MANY_LISTS}"));
        assert!(plain("a\0b,c\n").is_err());
        let path = Path::new("no/such/table.csv");
        let error = CaptureHistories::read_path(path, &HistoryLayout::default(), &Control::default()).unwrap_err();
        assert!(error.to_string().contains("table.csv"), "{error}");
    }

    #[test]
    fn reading_can_be_cancelled() {
        let control = Control::default().with_deadline(|| true);
        let text = format!("a,b\n{}", "1,0\n".repeat(70_000));
        let error = CaptureHistories::read_csv(text.as_bytes(), &HistoryLayout::default(), &control).unwrap_err();
        assert!(matches!(error, MseError::Table(TableError::Cancelled(_))));
    }

    proptest! {
        /// A text of the alphabet of such files, and any bytes: an answer or an error, never a panic.
        #[test]
        fn no_text_makes_the_reader_panic(
            text in "(a,b,count|a;b|count,n)?[ab01,;\"\n\r\t.eE+-]{0,60}",
            bytes in proptest::collection::vec(any::<u8>(), 0..80),
        ) {
            for layout in [HistoryLayout::default(), HistoryLayout::default().with_rules(LENIENT)] {
                for text in [text.as_bytes(), &bytes] {
                    if let Ok(found) = CaptureHistories::read_csv(text, &layout, &Control::default()) {
                        let sum: u64 = found.histories.iter().map(|(_, count)| count).sum();
                        prop_assert_eq!(sum, found.histories.persons());
                    }
                }
            }
        }

        #[test]
        fn what_is_written_is_read(table in tables(), name in "[a-zé ,\"\n]{0,6}") {
            // A name that needs quotes.
            let table = table.renamed("list 1", format!("1{name}2")).unwrap();
            let mut text = Vec::new();
            table.write_csv(&mut text).unwrap();
            match CaptureHistories::read_csv(text.as_slice(), &HistoryLayout::default(), &Control::default()) {
                Ok(read) => prop_assert_eq!(read, HistoriesRead { histories: table, missing: 0, unlisted: 0 }),
                Err(error) => prop_assert!(table.persons() == 0, "{error}"),
            }
        }
    }
}
