//! Rows of a sheet, one at a time, whatever the kind of the workbook.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{CellErrorType, Data, DataRef, ExcelDateTime, Range};
use chrono::NaiveDate;

use super::{Fault, rules};
use crate::htcds::read::CellInput;
use crate::htcds::value::Input;

/// Rows of a sheet, by its format.
pub(super) const MAX_SHEET_ROWS: u32 = 1 << 20;
/// Columns of a sheet, by its format.
pub(super) const MAX_SHEET_COLUMNS: u32 = 1 << 14;

/// What a cell holds.
#[derive(Clone)]
pub(super) enum Content<'a> {
    Text(Cow<'a, str>),
    Number(f64),
    Flag(bool),
    Date(NaiveDate),
    /// The cell has no value that can be used.
    Bad(&'static str),
}

impl Content<'_> {
    pub(super) fn input(&self) -> CellInput<'_> {
        match self {
            Self::Text(text) => CellInput::Input(Input::Text(text)),
            Self::Number(number) => CellInput::Input(Input::Number(*number)),
            Self::Flag(flag) => CellInput::Input(Input::Flag(*flag)),
            Self::Date(date) => CellInput::Input(Input::Date(*date)),
            Self::Bad(rule) => CellInput::Bad(rule),
        }
    }

    /// The text of a header cell. Numbers and dates are no names.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Text(text) => crate::htcds::value::trimmed(text),
            _ => "",
        }
    }

    /// Whether it is nothing but white space.
    pub(super) fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if crate::htcds::value::trimmed(text).is_empty())
    }
}

/// A row with something in it.
#[derive(Default)]
pub(super) struct SheetRow<'a> {
    /// As spreadsheet programs number it: from 1.
    pub(super) number: u32,
    /// Cells with something in them: column from 0, content; in the order of the columns.
    pub(super) cells: Vec<(usize, Content<'a>)>,
}

/// A cell in its place: row and column from 0, and what it holds.
pub(super) type Placed<'a> = (u32, u32, Content<'a>);
/// The next cell that holds something.
pub(super) type NextCell<'a> = Box<dyn FnMut() -> Result<Option<Placed<'a>>, Fault> + 'a>;

/// The rows of a sheet. One row is in memory at a time if the format allows it.
pub(super) struct SheetRows<'a> {
    next: NextCell<'a>,
    ahead: Option<Placed<'a>>,
    is_at_end: bool,
    /// The last row given out, from 1.
    last: u32,
}

impl<'a> SheetRows<'a> {
    pub(super) fn new(next: NextCell<'a>) -> Self {
        Self { next, ahead: None, is_at_end: false, last: 0 }
    }

    /// The rows of a sheet that is in memory as a whole.
    pub(super) fn whole(range: &Range<Data>) -> Self {
        let (first_row, first_column) = range.start().unwrap_or_default();
        let width = u32::try_from(range.width()).unwrap_or(u32::MAX).max(1);
        let mut at = 0_u32;
        // The cells of a range are in the order of its rows.
        let mut cells = range.cells().map(|(_, _, data)| data.clone()).collect::<Vec<_>>().into_iter();
        Self::new(Box::new(move || {
            for data in cells.by_ref() {
                let (row, column) = (first_row + at / width, first_column + at % width);
                at = at.saturating_add(1);
                if let Some(content) = content(shown(data), false) {
                    return Ok(Some((row, column, content)));
                }
            }
            Ok(None)
        }))
    }

    /// Reads the next row that holds something; `false` at the end of the sheet. Some damaged files make the library
    /// that parses them panic: that is damage like any other, and nothing it worked on is used again.
    pub(super) fn read(&mut self, row: &mut SheetRow<'a>) -> Result<bool, Fault> {
        catch_unwind(AssertUnwindSafe(|| self.read_row(row))).unwrap_or(Err(Fault::Rule(rules::DAMAGED)))
    }

    fn next_cell(&mut self) -> Result<Option<Placed<'a>>, Fault> {
        if let Some(cell) = self.ahead.take() {
            return Ok(Some(cell));
        }
        // Parsers must not be asked again after the end.
        let cell = if self.is_at_end { None } else { (self.next)()? };
        self.is_at_end = cell.is_none();
        Ok(cell)
    }

    fn read_row(&mut self, row: &mut SheetRow<'a>) -> Result<bool, Fault> {
        row.cells.clear();
        let Some((number, column, content)) = self.next_cell()? else { return Ok(false) };
        if number < self.last {
            return Err(Fault::Rule(rules::OUT_OF_ORDER));
        }
        if number >= MAX_SHEET_ROWS {
            return Err(Fault::Rule(rules::TOO_LARGE));
        }
        row.number = number + 1;
        self.last = row.number;
        let mut cell = (column, content);
        loop {
            let (column, content) = cell;
            if column >= MAX_SHEET_COLUMNS {
                return Err(Fault::Rule(rules::TOO_LARGE));
            }
            let column = column as usize;
            if row.cells.last().is_some_and(|(last, _)| *last >= column) {
                return Err(Fault::Rule(rules::OUT_OF_ORDER));
            }
            row.cells.push((column, content));
            match self.next_cell()? {
                Some((next, column, content)) if next == number => cell = (column, content),
                ahead => {
                    self.ahead = ahead;
                    return Ok(true);
                }
            }
        }
    }
}

fn shown(data: Data) -> DataRef<'static> {
    match data {
        Data::Int(number) => DataRef::Int(number),
        Data::Float(number) => DataRef::Float(number),
        Data::String(text) => DataRef::String(text),
        Data::Bool(flag) => DataRef::Bool(flag),
        Data::DateTime(moment) => DataRef::DateTime(moment),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text),
        Data::DurationIso(text) => DataRef::DurationIso(text),
        Data::Error(error) => DataRef::Error(error),
        Data::Empty => DataRef::Empty,
    }
}

/// What a cell holds; `None` if it is empty.
pub(super) fn content(data: DataRef<'_>, is_formula: bool) -> Option<Content<'_>> {
    Some(match data {
        DataRef::Empty if is_formula => Content::Bad(rules::NO_RESULT),
        DataRef::Empty => return None,
        DataRef::SharedString("") => return None,
        DataRef::SharedString(text) => Content::Text(Cow::Borrowed(text)),
        DataRef::String(text) if text.is_empty() => return None,
        DataRef::String(text) => Content::Text(Cow::Owned(text)),
        #[expect(clippy::cast_precision_loss, reason = "spreadsheets know no numbers but these")]
        DataRef::Int(number) => Content::Number(number as f64),
        DataRef::Float(number) => Content::Number(number),
        DataRef::Bool(flag) => Content::Flag(flag),
        DataRef::DateTime(moment) => date(moment).map_or_else(Content::Bad, Content::Date),
        DataRef::DateTimeIso(text) => match text.get(..10).unwrap_or(&text).parse() {
            Ok(date) => Content::Date(date),
            Err(_) => Content::Bad(rules::TIME),
        },
        DataRef::DurationIso(_) => Content::Bad(rules::TIME),
        DataRef::Error(error) => Content::Bad(match error {
            CellErrorType::Div0 => "the cell shows the error #DIV/0! and no value",
            CellErrorType::NA => "the cell shows the error #N/A and no value",
            CellErrorType::Name => "the cell shows the error #NAME? and no value",
            CellErrorType::Null => "the cell shows the error #NULL! and no value",
            CellErrorType::Num => "the cell shows the error #NUM! and no value",
            CellErrorType::Ref => "the cell shows the error #REF! and no value",
            CellErrorType::Value => "the cell shows the error #VALUE! and no value",
            CellErrorType::GettingData => "the cell waits for data from outside and has no value",
        }),
    })
}

/// The first serial number past 31 December 9999.
const END_OF_DATES: f64 = 2_958_466.0;

/// The day of a moment, without its time. Spreadsheets have a 29 February 1900, which never was.
fn date(moment: ExcelDateTime) -> Result<NaiveDate, &'static str> {
    let serial = moment.as_f64();
    if moment.is_duration() {
        return Err(rules::TIME);
    }
    if !(0.0..END_OF_DATES).contains(&serial) {
        return Err(rules::NO_DATE);
    }
    if serial.fract() == 0.0 && (1900.0..=2100.0).contains(&serial) {
        return Err(rules::YEAR_AS_DATE);
    }
    let day = moment.as_datetime().ok_or(rules::NO_DATE)?.date();
    match NaiveDate::from_ymd_opt(1900, 1, 1) {
        // Before the first day of either calendar: a time of day.
        Some(first) if day < first => Err(rules::TIME),
        // Day 60 of the calendar that begins in 1900.
        Some(first) if (60.0..61.0).contains(&serial) && day.signed_duration_since(first).num_days() < 60 => {
            Err(rules::NO_DATE)
        }
        _ => Ok(day),
    }
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    fn day(serial: f64, is_1904: bool) -> Result<String, &'static str> {
        date(ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, is_1904)).map(|day| day.to_string())
    }

    #[test]
    fn serial_numbers_are_days_of_either_calendar() {
        // ECMA-376 part 1 (2016), 18.17.4.3: 1 is 1 January 1900, 2958465 is 31 December 9999; in the 1904 date system
        // 0 is 1 January 1904. Excel's help on DATEVALUE: 39448 is 1 January 2008; on the date systems: 5 July 2007 is
        // 39268 and 37806.
        assert_eq!(day(1.0, false).as_deref(), Ok("1900-01-01"));
        assert_eq!(day(59.0, false).as_deref(), Ok("1900-02-28"));
        assert_eq!(day(60.0, false), Err(rules::NO_DATE));
        assert_eq!(day(61.0, false).as_deref(), Ok("1900-03-01"));
        assert_eq!(day(39448.0, false).as_deref(), Ok("2008-01-01"));
        assert_eq!(day(39268.0, false).as_deref(), Ok("2007-07-05"));
        assert_eq!(day(37806.0, true).as_deref(), Ok("2007-07-05"));
        assert_eq!(day(0.0, true).as_deref(), Ok("1904-01-01"));
        assert_eq!(day(60.0, true).as_deref(), Ok("1904-03-01"));
        assert_eq!(day(2_958_465.0, false).as_deref(), Ok("9999-12-31"));
    }

    #[test]
    fn a_year_in_a_date_cell_is_not_taken_for_a_day_of_1905() {
        assert_eq!(day(2019.0, false), Err(rules::YEAR_AS_DATE));
        assert_eq!(day(2019.0, true), Err(rules::YEAR_AS_DATE));
        assert_eq!(day(2101.0, false).as_deref(), Ok("1905-10-01"));
        assert_eq!(day(1899.0, false).as_deref(), Ok("1905-03-13"));
    }

    #[test]
    fn times_are_left_out_and_are_no_dates() {
        assert_eq!(day(39448.999, false).as_deref(), Ok("2008-01-01"));
        assert_eq!(day(0.5, false), Err(rules::TIME));
        for serial in [-1.0, 2_958_466.0, f64::NAN, f64::INFINITY] {
            assert_eq!(day(serial, false), Err(rules::NO_DATE));
        }
        let duration = ExcelDateTime::new(39448.0, ExcelDateTimeType::TimeDelta, false);
        assert_eq!(date(duration), Err(rules::TIME));
    }
}
