//! What a field of a record holds, and how texts and typed cells become it.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::lists::ListMember;
use crate::{Period, Redacted};

/// A value of a list, or the text that stands in its place: what the list does not have is kept, and validation finds
/// it (rule R20). With the feature `serde` it is a string: the name of the value, or the text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Listed<L> {
    /// A value of the list.
    Known(L),
    /// A text that is none of its values. Confidential.
    Unlisted(Redacted<String>),
}

impl<L: ListMember> Listed<L> {
    /// Reads a name, a label or another known spelling; keeps any other text.
    pub fn read(text: &str) -> Self {
        match L::read(text) {
            Some(value) => Self::Known(value),
            None => Self::Unlisted(Redacted::new(trimmed(text).to_owned())),
        }
    }

    /// The value, if the list has it.
    pub fn known(&self) -> Option<L> {
        match self {
            Self::Known(value) => Some(*value),
            Self::Unlisted(_) => None,
        }
    }

    /// What is written in data.
    pub fn name(&self) -> &str {
        match self {
            Self::Known(value) => value.name(),
            Self::Unlisted(text) => text.expose(),
        }
    }

    /// What people read.
    pub fn label(&self) -> &str {
        match self {
            Self::Known(value) => value.label(),
            Self::Unlisted(text) => text.expose(),
        }
    }
}

impl<L> From<L> for Listed<L> {
    fn from(value: L) -> Self {
        Self::Known(value)
    }
}

/// What one field of a record holds, whatever its type.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldValue<'a> {
    /// Nothing is recorded.
    Empty,
    /// A text.
    Text(&'a Redacted<String>),
    /// A date, as precisely as it is known.
    Date(Period),
    /// A number.
    Number(u32),
    /// A coordinate in degrees.
    Coordinate(Redacted<f64>),
    /// Yes or no.
    Flag(bool),
    /// Values of a list: one or several.
    Values(Vec<Named<'a>>),
}

impl FieldValue<'_> {
    /// Whether nothing is recorded.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }
}

/// A value of a list in a record. `Debug` shows its name only if it is one of the list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Named<'a> {
    /// What is written in data.
    pub name: &'a str,
    /// What people read.
    pub label: &'a str,
    /// Whether the list has it.
    pub is_listed: bool,
    /// For an extension, the name of the standard value that stands in for it.
    pub stand_in: Option<&'static str>,
}

impl std::fmt::Debug for Named<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_listed { self.name } else { "[redacted]" })
    }
}

/// What a cell of a file holds.
#[derive(Clone, Copy, PartialEq)]
#[cfg_attr(not(any(test, feature = "xlsx")), expect(dead_code, reason = "cells of text files are texts"))]
pub(crate) enum Input<'a> {
    Text(&'a str),
    Number(f64),
    Flag(bool),
    Date(NaiveDate),
}

/// How texts are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading<'a> {
    /// What separates the values of a field that has several.
    pub(crate) separator: &'a str,
    /// The form of dates that are not in ISO form, as chrono writes it.
    pub(crate) date_format: Option<&'a str>,
}

impl Default for Reading<'_> {
    fn default() -> Self {
        Self { separator: ";", date_format: None }
    }
}

/// Why a cell cannot be read, without what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Date,
    Number,
    Coordinate,
    Flag,
    Twice,
    Many,
}

impl Fault {
    pub(crate) const fn message(self) -> &'static str {
        match self {
            Self::Date => "not a date: expected 2019-03-05, 2019-03 or 2019, or a date cell",
            Self::Number => "not a whole number from 0 to 4294967295",
            Self::Coordinate => "not a number of degrees",
            Self::Flag => "neither yes nor no",
            Self::Twice => "another column of the row says otherwise about the same field",
            Self::Many => "more than 1000 values",
        }
    }
}

/// A field of a record: read from a cell, shown as a value.
pub(crate) trait Slot {
    /// Takes the content of a cell. A cell with nothing but white space changes nothing.
    fn read(&mut self, input: Input<'_>, reading: Reading<'_>) -> Result<(), Fault>;
    fn value(&self) -> FieldValue<'_>;
    fn clear(&mut self);
    fn is_empty(&self) -> bool;

    /// Whether two say the same: several values in any order.
    fn agrees(&self, other: &Self) -> bool
    where
        Self: Sized;
}

/// Puts a value where none is, or the same.
fn put<T: PartialEq>(slot: &mut Option<T>, value: T) -> Result<(), Fault> {
    match slot {
        Some(found) if *found != value => Err(Fault::Twice),
        _ => {
            *slot = Some(value);
            Ok(())
        }
    }
}

/// Without white space at its ends, no-break spaces among it.
pub(crate) fn trimmed(text: &str) -> &str {
    text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}' || letter == '\u{200b}')
}

/// Text of any cell.
fn text_of(input: Input<'_>) -> Option<String> {
    match input {
        Input::Text(text) => Some(trimmed(text).to_owned()).filter(|text| !text.is_empty()),
        Input::Number(number) => Some(number.to_string()),
        Input::Flag(flag) => Some(if flag { "Yes" } else { "No" }.to_owned()),
        Input::Date(date) => Some(date.to_string()),
    }
}

impl Slot for Option<Redacted<String>> {
    fn read(&mut self, input: Input<'_>, _: Reading<'_>) -> Result<(), Fault> {
        text_of(input).map_or(Ok(()), |text| put(self, Redacted::new(text)))
    }

    fn value(&self) -> FieldValue<'_> {
        self.as_ref().map_or(FieldValue::Empty, FieldValue::Text)
    }

    fn clear(&mut self) {
        *self = None;
    }

    fn is_empty(&self) -> bool {
        self.is_none()
    }

    fn agrees(&self, other: &Self) -> bool {
        self == other
    }
}

impl Slot for Option<Period> {
    fn read(&mut self, input: Input<'_>, reading: Reading<'_>) -> Result<(), Fault> {
        let period = match input {
            Input::Date(date) => Period::try_from(date).map_err(|_| Fault::Date)?,
            // A year alone is often typed as a number.
            Input::Number(year) => year.to_string().parse().map_err(|_| Fault::Date)?,
            Input::Flag(_) => return Err(Fault::Date),
            Input::Text(text) => match trimmed(text) {
                "" => return Ok(()),
                text => date(text, reading.date_format).ok_or(Fault::Date)?,
            },
        };
        put(self, period)
    }

    fn value(&self) -> FieldValue<'_> {
        self.map_or(FieldValue::Empty, FieldValue::Date)
    }

    fn clear(&mut self) {
        *self = None;
    }

    fn is_empty(&self) -> bool {
        self.is_none()
    }

    fn agrees(&self, other: &Self) -> bool {
        self == other
    }
}

/// ISO form, also with a time after it; or the form that was asked for.
fn date(text: &str, format: Option<&str>) -> Option<Period> {
    if let Some(format) = format {
        return NaiveDate::parse_from_str(text, format).ok().and_then(|date| date.try_into().ok());
    }
    let day = text.get(..10).filter(|_| matches!(text.as_bytes().get(10), Some(b'T' | b' '))).unwrap_or(text);
    day.parse().ok()
}

impl Slot for Option<u32> {
    fn read(&mut self, input: Input<'_>, _: Reading<'_>) -> Result<(), Fault> {
        let whole = |number: f64| {
            let is_whole = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and within its range")]
            is_whole.then_some(number as u32)
        };
        let number = match input {
            Input::Number(number) => whole(number).ok_or(Fault::Number)?,
            Input::Text(text) => match trimmed(text) {
                "" => return Ok(()),
                text => text.parse().ok().or_else(|| whole(text.parse().ok()?)).ok_or(Fault::Number)?,
            },
            Input::Flag(_) | Input::Date(_) => return Err(Fault::Number),
        };
        put(self, number)
    }

    fn value(&self) -> FieldValue<'_> {
        self.map_or(FieldValue::Empty, FieldValue::Number)
    }

    fn clear(&mut self) {
        *self = None;
    }

    fn is_empty(&self) -> bool {
        self.is_none()
    }

    fn agrees(&self, other: &Self) -> bool {
        self == other
    }
}

impl Slot for Option<Redacted<f64>> {
    fn read(&mut self, input: Input<'_>, _: Reading<'_>) -> Result<(), Fault> {
        let degrees = match input {
            Input::Number(number) => number,
            Input::Text(text) => match trimmed(text) {
                "" => return Ok(()),
                text => text.parse().map_err(|_| Fault::Coordinate)?,
            },
            Input::Flag(_) | Input::Date(_) => return Err(Fault::Coordinate),
        };
        if !degrees.is_finite() {
            return Err(Fault::Coordinate);
        }
        put(self, Redacted::new(degrees))
    }

    fn value(&self) -> FieldValue<'_> {
        self.map_or(FieldValue::Empty, FieldValue::Coordinate)
    }

    fn clear(&mut self) {
        *self = None;
    }

    fn is_empty(&self) -> bool {
        self.is_none()
    }

    fn agrees(&self, other: &Self) -> bool {
        self == other
    }
}

/// Yes or no; neither in an empty cell.
pub(crate) fn flag(input: Input<'_>) -> Result<Option<bool>, Fault> {
    let is = |text: &str, spellings: [&str; 5]| spellings.iter().any(|spelling| spelling.eq_ignore_ascii_case(text));
    match input {
        Input::Flag(flag) => Ok(Some(flag)),
        Input::Number(0.0) => Ok(Some(false)),
        Input::Number(1.0) => Ok(Some(true)),
        Input::Text(text) => match trimmed(text) {
            "" => Ok(None),
            text if is(text, ["true", "yes", "y", "1", "1.0"]) => Ok(Some(true)),
            text if is(text, ["false", "no", "n", "0", "0.0"]) => Ok(Some(false)),
            _ => Err(Fault::Flag),
        },
        Input::Number(_) | Input::Date(_) => Err(Fault::Flag),
    }
}

impl Slot for Option<bool> {
    fn read(&mut self, input: Input<'_>, _: Reading<'_>) -> Result<(), Fault> {
        flag(input)?.map_or(Ok(()), |flag| put(self, flag))
    }

    fn value(&self) -> FieldValue<'_> {
        self.map_or(FieldValue::Empty, FieldValue::Flag)
    }

    fn clear(&mut self) {
        *self = None;
    }

    fn is_empty(&self) -> bool {
        self.is_none()
    }

    fn agrees(&self, other: &Self) -> bool {
        self == other
    }
}

impl<L: ListMember> Slot for Option<Listed<L>> {
    fn read(&mut self, input: Input<'_>, _: Reading<'_>) -> Result<(), Fault> {
        match input {
            Input::Text(text) if trimmed(text).is_empty() => Ok(()),
            Input::Text(text) => put(self, Listed::read(trimmed(text))),
            other => text_of(other).map_or(Ok(()), |text| put(self, Listed::read(&text))),
        }
    }

    fn value(&self) -> FieldValue<'_> {
        self.as_ref().map_or(FieldValue::Empty, |value| FieldValue::Values(vec![named(value)]))
    }

    fn clear(&mut self) {
        *self = None;
    }

    fn is_empty(&self) -> bool {
        self.is_none()
    }

    fn agrees(&self, other: &Self) -> bool {
        self == other
    }
}

impl<L: ListMember> Slot for Vec<Listed<L>> {
    fn read(&mut self, input: Input<'_>, reading: Reading<'_>) -> Result<(), Fault> {
        match input {
            Input::Text(text) => several(text, reading.separator, &mut |value| add(self, value)),
            other => text_of(other).map_or(Ok(()), |text| add(self, Listed::read(&text))),
        }
    }

    fn value(&self) -> FieldValue<'_> {
        if Vec::is_empty(self) { FieldValue::Empty } else { FieldValue::Values(self.iter().map(named).collect()) }
    }

    fn clear(&mut self) {
        Vec::clear(self);
    }

    fn is_empty(&self) -> bool {
        Vec::is_empty(self)
    }

    fn agrees(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|value| other.contains(value))
    }
}

fn named<L: ListMember>(value: &Listed<L>) -> Named<'_> {
    Named {
        name: value.name(),
        label: value.label(),
        is_listed: value.known().is_some(),
        stand_in: value.known().and_then(|value| value.stand_in()).map(|value| value.name()),
    }
}

/// Adds a value that is not there yet.
fn add<L: ListMember>(values: &mut Vec<Listed<L>>, value: Listed<L>) -> Result<(), Fault> {
    if values.contains(&value) {
        return Ok(());
    }
    if values.len() == MOST_VALUES {
        return Err(Fault::Many);
    }
    values.push(value);
    Ok(())
}

/// More values than any list has: what has more is no cell.
const MOST_VALUES: usize = 1000;

/// The values in a text. Labels may themselves hold the separator: the longest run of parts that is a label wins. In
/// any other value a backslash stands before it, see [`escaped`].
///
/// Where blanks separate, a text may as well be a sentence: of a single word, only what is spelt exactly as in the list
/// is a value, or "and" would be Andorra.
fn several<L: ListMember>(
    text: &str,
    separator: &str,
    add: &mut impl FnMut(Listed<L>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let text = trimmed(text);
    if separator.is_empty() || !text.contains(separator) {
        if !text.is_empty() {
            add(Listed::read(&unescaped(text, separator)))?;
        }
        return Ok(());
    }
    let is_end = |at: &usize| backslashes(text.get(..*at).unwrap_or_default()).is_multiple_of(2);
    let ends: Vec<usize> = text.match_indices(separator).map(|(at, _)| at).filter(is_end).chain([text.len()]).collect();
    let most = L::most_parts(separator).max(1);
    let (mut start, mut next) = (0, 0);
    while let Some(&end) = ends.get(next) {
        // Longer runs first; a run of several parts must be a label with as many separators in it.
        let run = (next + 1..ends.len().min(next + most)).rev().find_map(|last| {
            let end = *ends.get(last)?;
            let value = L::read(trimmed(text.get(start..end)?))?;
            (value.label().matches(separator).count() == last - next).then_some((last, end, value))
        });
        let (last, end) = if let Some((last, end, value)) = run {
            add(Listed::Known(value))?;
            (last, end)
        } else {
            let part = trimmed(text.get(start..end).unwrap_or_default());
            if !part.is_empty() {
                let value = Listed::<L>::read(&unescaped(part, separator));
                let is_word = separator.trim().is_empty() && value.known().is_some_and(|known| !known.is_spelt(part));
                add(if is_word { Listed::Unlisted(Redacted::new(part.to_owned())) } else { value })?;
            }
            (next, end)
        };
        start = (end + separator.len()).min(text.len());
        next = last + 1;
    }
    Ok(())
}

/// How many backslashes a text ends with.
fn backslashes(text: &str) -> usize {
    text.len() - text.trim_end_matches('\\').len()
}

/// A value as it is written among several: with a backslash before each separator in it. Backslashes before a
/// separator or at the end are doubled, all others stand for themselves.
pub(crate) fn escaped<'a>(value: &'a str, separator: &str) -> Cow<'a, str> {
    if separator.is_empty() || (!value.contains(separator) && !value.ends_with('\\')) {
        return Cow::Borrowed(value);
    }
    let mut text = String::with_capacity(value.len() + 2);
    let mut parts = value.split(separator).peekable();
    while let Some(part) = parts.next() {
        text.push_str(part);
        text.extend(std::iter::repeat_n('\\', backslashes(part)));
        if parts.peek().is_some() {
            text.push('\\');
            text.push_str(separator);
        }
    }
    Cow::Owned(text)
}

/// The other way round.
fn unescaped<'a>(text: &'a str, separator: &str) -> Cow<'a, str> {
    if !text.contains('\\') || separator.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut value = String::with_capacity(text.len());
    let mut parts = text.split(separator).peekable();
    while let Some(part) = parts.next() {
        let before = part.trim_end_matches('\\');
        value.push_str(before);
        value.extend(std::iter::repeat_n('\\', (part.len() - before.len()).div_ceil(2)));
        if parts.peek().is_some() {
            // Of an odd number, one is the separator's.
            if !(part.len() - before.len()).is_multiple_of(2) {
                value.pop();
            }
            value.push_str(separator);
        }
    }
    Cow::Owned(value)
}

#[cfg(feature = "serde")]
mod wire {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{ListMember, Listed};

    impl<L: ListMember> Serialize for Listed<L> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_str(self.name())
        }
    }

    impl<'de, L: ListMember> Deserialize<'de> for Listed<L> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            crate::codes::wire::text(deserializer, |text| Ok::<_, std::convert::Infallible>(Self::read(text)))
        }
    }
}
