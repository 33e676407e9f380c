//! Which columns of a file are what, and what a row says.

use super::super::by_stratum::NOT_RECORDED;
use super::super::records::{OnUnusable, membership};
use super::super::{MOST_PERSONS, TOO_MANY, named};
use super::{CountColumn, HistoryLayout};
use crate::mse::list_set::{ListSet, MOST_LISTS};
use ctdata_table::csv::Record;

pub(super) const NO_HEADER: &str = "the first row is no header: it names the columns";
pub(super) const NO_COLUMN: &str = "the file has no such column";
pub(super) const REPEATED: &str = "a column of the header is given twice";
pub(super) const NO_NAME: &str = "a column has no name: name the columns that are lists";
pub(super) const ONE_LIST: &str = "an estimate needs at least two lists";
pub(super) const MANY_LISTS: &str = "a table has at most 16 lists: name the columns that are lists";
pub(super) const BOTH: &str = "the column of counts is no list";
pub(super) const STRATUM_LIST: &str = "the column of strata is no list";
pub(super) const STRATUM_COUNT: &str = "the column of strata is not that of the counts";
pub(super) const ASK: &str = "are these the counts? name the column of counts, or say that each row is a person";
pub(super) const NOT_UTF8: &str = "not valid UTF-8";
pub(super) const SHORT: &str = "the row has fewer cells than the header";
pub(super) const LONG: &str = "the row has more cells than the header";
pub(super) const NO_MEMBERSHIP: &str =
    "a list has 1 or 0, yes or no, true or false; where not all columns are lists, name those that are";
pub(super) const MISSING: &str = "it is not known whether the person is on the list; such rows can be left out";
pub(super) const UNLISTED: &str = "the row is on no list; such rows can be left out";
pub(super) const NO_COUNT: &str = "a count is a whole number";
pub(super) const BLANK_COUNT: &str = "the count is missing";
pub(super) const NEGATIVE: &str = "a count is not negative";
pub(super) const FRACTION: &str = "a count is a whole number, not a fraction";

/// What a row says.
pub(super) enum Row {
    On(ListSet),
    Missing,
    Unlisted,
}

/// A column of the file.
#[derive(Clone)]
pub(super) struct Column {
    at: usize,
    pub(super) name: String,
}

/// The column and the rule that a row breaks.
pub(super) type Broken<'c> = (Option<&'c Column>, &'static str);

/// Where lists and counts are in a file.
pub(super) struct Columns {
    pub(super) lists: Vec<Column>,
    count: Option<Column>,
    pub(super) stratum: Option<Column>,
    /// How many cells a row has.
    cells: usize,
}

impl Columns {
    /// The column and the rule in the error are for the header.
    pub(super) fn find(
        layout: &HistoryLayout,
        stratum: Option<&str>,
        header: &Record<'_>,
    ) -> Result<Self, (String, &'static str)> {
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
        let stratum = stratum.map(find).transpose()?;
        let is_stratum = |at: usize| stratum.as_ref().is_some_and(|column| column.at == at);
        let called = |words: &[&str]| {
            let mut called = names.iter().zip(&lowered).filter(|(_, name)| words.contains(&name.as_str()));
            called.find(|(column, _)| !is_list(column.at) && !is_stratum(column.at)).map(|(column, _)| column)
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
            names.iter().filter(|column| !is_count(column) && !is_stratum(column.at)).cloned().collect()
        });
        if let Some(both) = lists.iter().find(|list| is_stratum(list.at)) {
            return Err((both.name.clone(), STRATUM_LIST));
        }
        if let Some(both) = count.as_ref().filter(|count| is_stratum(count.at)) {
            return Err((both.name.clone(), STRATUM_COUNT));
        }
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
        Ok(Self { lists, count, stratum, cells: names.len() })
    }

    /// The name of the stratum of a row.
    pub(super) fn stratum_of<'r>(&self, layout: &HistoryLayout, record: &'r Record<'_>) -> Result<&'r str, Broken<'_>> {
        let cell = self.stratum.as_ref().and_then(|column| record.cell(column.at)).unwrap_or_default().trim_ascii();
        if layout.is_missing(cell) {
            return Ok(NOT_RECORDED);
        }
        let name = std::str::from_utf8(cell).map_err(|_| (self.stratum.as_ref(), NOT_UTF8))?.trim();
        Ok(if name.is_empty() { NOT_RECORDED } else { name })
    }

    /// What a row says, and of how many persons.
    pub(super) fn row(&self, layout: &HistoryLayout, record: &Record<'_>) -> Result<(Row, u64), Broken<'_>> {
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
pub(super) fn count(cell: &[u8]) -> Result<u64, &'static str> {
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
