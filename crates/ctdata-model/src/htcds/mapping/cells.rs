//! From the cells of a column to what a place in the records takes.

use std::collections::HashMap;
use std::sync::Arc;

use super::holds::{BETWEEN, Holds, accepted, accepted_run, is_closed};
use super::map::{Place, key};
use crate::htcds::read::CellInput;
use crate::htcds::value::{Input, trimmed};

/// How many different cells of a column are remembered with what they mean.
const REMEMBERED: usize = 4096;
/// The most parts that the longest code or label has, cut where values are separated.
const LONGEST: usize = 24;

const NO_DATE: &str = "not a date of the form that the mapping gives";
const NO_YEAR: &str = "a number in place of a date: only a year may be one; give the cell a date format";
const NO_FLAG: &str = "neither yes nor no, and no word that the mapping has for them";

/// What a cell becomes.
#[derive(Clone)]
pub(super) enum Meant<'c> {
    /// Nothing.
    Nothing,
    /// What it was.
    Same(CellInput<'c>),
    /// Another text.
    Text(Arc<str>),
    /// Yes or no.
    Flag(bool),
    /// It cannot be read.
    Bad(&'static str),
    /// It has codes that the mapping misses.
    Missed(Arc<[String]>),
}

/// Turns cells into what a place takes, remembering what was worked out.
pub(super) struct Cells {
    place: Place,
    missing: Arc<[String]>,
    known: HashMap<String, Meant<'static>>,
}

impl Cells {
    pub(super) fn new(place: Place, missing: Arc<[String]>) -> Self {
        Self { place, missing, known: HashMap::new() }
    }

    /// Whether a text stands for nothing.
    pub(super) fn is_missing(&self, text: &str) -> bool {
        text.is_empty() || (!self.missing.is_empty() && self.missing.contains(&key(text)))
    }

    /// What a cell means.
    pub(super) fn meant<'c>(&mut self, cell: CellInput<'c>) -> Meant<'c> {
        let input = match cell {
            CellInput::Input(input) => input,
            bad @ CellInput::Bad(_) => return Meant::Same(bad),
        };
        let text = match input {
            Input::Text(text) => trimmed(text),
            _ => "",
        };
        if matches!(input, Input::Text(_)) && self.is_missing(text) {
            return Meant::Nothing;
        }
        if matches!(input, Input::Number(_)) && !self.missing.is_empty() && self.is_missing(&text_of(input)) {
            return Meant::Nothing;
        }
        let works_on_text = self.place.codes.is_some()
            || self.place.when_yes.is_some()
            || matches!(self.place.holds, Holds::One | Holds::Many);
        match (self.place.holds, input) {
            (Holds::Date, Input::Number(number)) if !is_year(number) => Meant::Bad(NO_YEAR),
            (Holds::Date, Input::Text(text)) => self.date(trimmed(text)).unwrap_or(Meant::Same(cell)),
            (Holds::Flag, Input::Text(text)) if !works_on_text => match self.place.words.read(text) {
                Some(flag) => Meant::Flag(flag),
                None => Meant::Bad(NO_FLAG),
            },
            (_, Input::Text(_)) if works_on_text => self.remembered(text).unwrap_or(Meant::Same(cell)),
            (_, other) if works_on_text => {
                let text = text_of(other);
                self.remembered(&text).unwrap_or(Meant::Same(cell))
            }
            _ => Meant::Same(cell),
        }
    }

    fn date(&self, text: &str) -> Option<Meant<'static>> {
        if self.place.dates.is_empty() {
            return None;
        }
        let date = self.place.dates.iter().find_map(|form| form.read(text));
        Some(date.map_or(Meant::Bad(NO_DATE), |date| Meant::Text(date.to_string().into())))
    }

    /// What a text means, `None` for itself.
    fn remembered(&mut self, text: &str) -> Option<Meant<'static>> {
        if let Some(known) = self.known.get(text) {
            return Some(known.clone());
        }
        let meant = self.worked_out(text)?;
        if self.known.len() < REMEMBERED {
            self.known.insert(text.to_owned(), meant.clone());
        }
        Some(meant)
    }

    fn worked_out(&self, text: &str) -> Option<Meant<'static>> {
        if let Some(value) = &self.place.when_yes {
            return Some(match self.place.words.read(text) {
                Some(true) => Meant::Text(Arc::clone(value)),
                // The standard records what was found; it has no place for what was not.
                Some(false) => Meant::Nothing,
                None => Meant::Bad(NO_FLAG),
            });
        }
        if self.place.codes.is_none() && !is_closed(self.place.target) && self.place.holds == Holds::One {
            return None;
        }
        if let Some(meaning) = self.one(text) {
            return Some(meant(&meaning));
        }
        if self.place.holds != Holds::Many {
            return Some(Meant::Missed([text.to_owned()].into()));
        }
        let (values, missed) = self.several(text);
        if missed.is_empty() { Some(meant(&values.join(BETWEEN))) } else { Some(Meant::Missed(missed.into())) }
    }

    /// What a single code means.
    fn one(&self, text: &str) -> Option<String> {
        if let Some(meaning) = self.place.codes.as_ref().and_then(|codes| codes.meaning(text)) {
            return Some(meaning.to_string());
        }
        match self.place.holds {
            Holds::One | Holds::Role | Holds::Number => accepted(self.place.target, text),
            Holds::Many => accepted_run(self.place.target, text, &self.place.split),
            Holds::Flag => self.place.words.read(text).map(|flag| if flag { "yes" } else { "no" }.to_owned()),
            // A text that has codes has no others.
            Holds::Text | Holds::Date | Holds::Id => None,
        }
    }

    /// The codes in a cell: what they mean, and those that mean nothing.
    fn several(&self, text: &str) -> (Vec<String>, Vec<String>) {
        let (values, missed) =
            split_at(
                text,
                &self.place.split,
                |part| {
                    if self.is_missing(part) { Some(String::new()) } else { self.one(part) }
                },
            );
        (values.into_iter().filter(|value| !value.is_empty()).collect(), missed)
    }
}

/// Cuts a text where values are separated: what its parts mean, and those that mean nothing. Codes and labels may
/// themselves hold what separates them: the longest run of parts that means something wins.
pub(super) fn split_at<T>(text: &str, between: &str, mean: impl Fn(&str) -> Option<T>) -> (Vec<T>, Vec<String>) {
    let parts: Vec<&str> = text.split(between).collect();
    let (mut values, mut missed) = (Vec::new(), Vec::new());
    let mut rest = parts.as_slice();
    while let [first, others @ ..] = rest {
        if trimmed(first).is_empty() {
            rest = others;
            continue;
        }
        let run = (1..=rest.len().min(LONGEST)).rev().find_map(|length| {
            let run = rest.get(..length)?.join(between);
            Some((mean(trimmed(&run))?, rest.get(length..)?))
        });
        if let Some((meaning, left)) = run {
            values.push(meaning);
            rest = left;
        } else {
            missed.push(trimmed(first).to_owned());
            rest = others;
        }
    }
    (values, missed)
}

/// Whether a number in place of a date is a year: as days of a workbook, these numbers are all before July 1905.
fn is_year(number: f64) -> bool {
    number.fract() == 0.0 && (1900.0..2100.0).contains(&number)
}

fn meant(value: &str) -> Meant<'static> {
    if value.is_empty() { Meant::Nothing } else { Meant::Text(value.into()) }
}

/// The text of any cell, as people see it in a spreadsheet.
pub(super) fn text_of(input: Input<'_>) -> String {
    match input {
        Input::Text(text) => trimmed(text).to_owned(),
        Input::Number(number) => number.to_string(),
        Input::Flag(flag) => if flag { "true" } else { "false" }.to_owned(),
        Input::Date(date) => date.to_string(),
    }
}
