//! What a field of a record holds, and how texts and typed cells become it.

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
}

impl Fault {
    pub(crate) const fn message(self) -> &'static str {
        match self {
            Self::Date => "not a date: expected 2019-03-05, 2019-03 or 2019, or a date cell",
            Self::Number => "not a whole number",
            Self::Coordinate => "not a number of degrees",
            Self::Flag => "neither yes nor no",
        }
    }
}

/// A field of a record: read from a cell, shown as a value.
pub(crate) trait Slot {
    /// Takes the content of a cell. A cell with nothing but white space changes nothing.
    fn read(&mut self, input: Input<'_>, reading: Reading<'_>) -> Result<(), Fault>;
    fn value(&self) -> FieldValue<'_>;
    fn clear(&mut self);
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
        if let Some(text) = text_of(input) {
            *self = Some(Redacted::new(text));
        }
        Ok(())
    }

    fn value(&self) -> FieldValue<'_> {
        self.as_ref().map_or(FieldValue::Empty, FieldValue::Text)
    }

    fn clear(&mut self) {
        *self = None;
    }
}

impl Slot for Option<Period> {
    fn read(&mut self, input: Input<'_>, reading: Reading<'_>) -> Result<(), Fault> {
        *self = Some(match input {
            Input::Date(date) => Period::try_from(date).map_err(|_| Fault::Date)?,
            // A year alone is often typed as a number.
            Input::Number(year) => year.to_string().parse().map_err(|_| Fault::Date)?,
            Input::Flag(_) => return Err(Fault::Date),
            Input::Text(text) => match trimmed(text) {
                "" => return Ok(()),
                text => date(text, reading.date_format).ok_or(Fault::Date)?,
            },
        });
        Ok(())
    }

    fn value(&self) -> FieldValue<'_> {
        self.map_or(FieldValue::Empty, FieldValue::Date)
    }

    fn clear(&mut self) {
        *self = None;
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
        *self = Some(match input {
            Input::Number(number) => whole(number).ok_or(Fault::Number)?,
            Input::Text(text) => match trimmed(text) {
                "" => return Ok(()),
                text => text.parse().ok().or_else(|| whole(text.parse().ok()?)).ok_or(Fault::Number)?,
            },
            Input::Flag(_) | Input::Date(_) => return Err(Fault::Number),
        });
        Ok(())
    }

    fn value(&self) -> FieldValue<'_> {
        self.map_or(FieldValue::Empty, FieldValue::Number)
    }

    fn clear(&mut self) {
        *self = None;
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
        *self = Some(Redacted::new(degrees));
        Ok(())
    }

    fn value(&self) -> FieldValue<'_> {
        self.map_or(FieldValue::Empty, FieldValue::Coordinate)
    }

    fn clear(&mut self) {
        *self = None;
    }
}

impl Slot for Option<bool> {
    fn read(&mut self, input: Input<'_>, _: Reading<'_>) -> Result<(), Fault> {
        *self = Some(match input {
            Input::Flag(flag) => flag,
            Input::Number(0.0) => false,
            Input::Number(1.0) => true,
            Input::Text(text) => match trimmed(text).to_ascii_lowercase().as_str() {
                "" => return Ok(()),
                "true" | "yes" | "y" | "1" => true,
                "false" | "no" | "n" | "0" => false,
                _ => return Err(Fault::Flag),
            },
            Input::Number(_) | Input::Date(_) => return Err(Fault::Flag),
        });
        Ok(())
    }

    fn value(&self) -> FieldValue<'_> {
        self.map_or(FieldValue::Empty, FieldValue::Flag)
    }

    fn clear(&mut self) {
        *self = None;
    }
}

impl<L: ListMember> Slot for Option<Listed<L>> {
    fn read(&mut self, input: Input<'_>, _: Reading<'_>) -> Result<(), Fault> {
        match input {
            Input::Text(text) if trimmed(text).is_empty() => {}
            Input::Text(text) => *self = Some(Listed::read(text)),
            other => *self = text_of(other).map(|text| Listed::read(&text)),
        }
        Ok(())
    }

    fn value(&self) -> FieldValue<'_> {
        self.as_ref().map_or(FieldValue::Empty, |value| FieldValue::Values(vec![named(value)]))
    }

    fn clear(&mut self) {
        *self = None;
    }
}

impl<L: ListMember> Slot for Vec<Listed<L>> {
    fn read(&mut self, input: Input<'_>, reading: Reading<'_>) -> Result<(), Fault> {
        match input {
            Input::Text(text) => self.extend(several(text, reading.separator)),
            other => self.extend(text_of(other).map(|text| Listed::read(&text))),
        }
        Ok(())
    }

    fn value(&self) -> FieldValue<'_> {
        if Vec::is_empty(self) { FieldValue::Empty } else { FieldValue::Values(self.iter().map(named).collect()) }
    }

    fn clear(&mut self) {
        Vec::clear(self);
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

/// The most parts that the longest label has, cut at spaces.
const LONGEST: usize = 24;

/// The values in a text. Labels may themselves hold the separator: the longest run of parts that is a value wins.
fn several<L: ListMember>(text: &str, separator: &str) -> Vec<Listed<L>> {
    let mut found: Vec<Listed<L>> = Vec::new();
    let mut add = |value: Listed<L>| {
        if !found.contains(&value) {
            found.push(value);
        }
    };
    let text = trimmed(text);
    // From each start, where the parts of the text end.
    let ends: Vec<usize> = text.match_indices(separator).map(|(at, _)| at).chain([text.len()]).collect();
    let (mut start, mut next) = (0, 0);
    while next < ends.len() {
        let run = (next..ends.len().min(next + LONGEST)).rev().find_map(|last| {
            let run = text.get(start..*ends.get(last)?)?;
            Some((last, L::read(run)?))
        });
        let last = match run {
            Some((last, value)) => {
                add(Listed::Known(value));
                last
            }
            None => {
                let part = ends.get(next).and_then(|end| text.get(start..*end)).unwrap_or_default();
                if !trimmed(part).is_empty() {
                    add(Listed::read(part));
                }
                next
            }
        };
        start = ends.get(last).map_or(text.len(), |end| (end + separator.len()).min(text.len()));
        next = last + 1;
    }
    found
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
