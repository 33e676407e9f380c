//! The lines of a ledger: JSON in one fixed spelling, each with a hash that covers the line before.
//!
//! There is one way to write an entry, and only that is read: what was read is written again and compared.
//! So a line is either exactly what this program wrote, or it is refused.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::PrivacyUnit;
use crate::dp::{Budget, Delta, Epsilon, Rho};

/// The version of the format.
pub(super) const VERSION: u64 = 1;
/// Characters of a data set's name, a purpose or a date.
pub(super) const MOST_CHARACTERS: usize = 200;
/// What neighbours are: all records of one unit (person or record) added or removed.
const NEIGHBOURS: &str = "add-or-remove-one";

/// The hash of a line, which covers all lines before it. Shown in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EntryHash([u8; 32]);

impl EntryHash {
    fn of(line: &str) -> Self {
        Self(Sha256::digest(line.as_bytes()).into())
    }
}

impl fmt::Display for EntryHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for EntryHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EntryHash({self})")
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for EntryHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The first line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Header {
    pub(super) dataset: String,
    pub(super) budget: Budget,
}

/// What one release took from the budget of a data set.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LedgerEntry {
    /// Its number, from 1.
    pub number: u64,
    /// What for, in the words of whoever took it.
    pub purpose: String,
    /// How much, for all records of one person.
    pub rho: Rho,
    /// What mechanisms with a delta of their own may use of the budget's delta.
    pub delta: f64,
    /// Whom the guarantee counts.
    pub unit: PrivacyUnit,
    /// How many records one person has at most.
    pub records_per_person: u32,
    /// Whether the noise came from a seed that somebody chose: then the release is not private, whatever was
    /// paid.
    pub repeatable: bool,
    /// When, as the caller wrote it.
    pub at: Option<String>,
    /// The hash of this entry and all before it.
    pub hash: EntryHash,
}

/// Why a text is not a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It ends too early: it is the beginning of a line.
    End,
    /// It is none, and no beginning of one.
    Wrong,
}

impl Header {
    /// The line with its line break, and its hash.
    pub(super) fn line(&self) -> (String, EntryHash) {
        let mut line = format!("{{\"ctdata_ledger\":{VERSION},\"dataset\":");
        push_text(&mut line, &self.dataset);
        let (epsilon, delta) = (self.budget.epsilon.get(), self.budget.delta.get());
        // `{:?}` of a number is the shortest text that reads back as the same number.
        let _ = write!(line, ",\"epsilon\":{epsilon:?},\"delta\":{delta:?},\"neighbours\":\"{NEIGHBOURS}\"");
        close(line)
    }

    /// Reads the line, without its line break; and the hash it states, which is not checked.
    pub(super) fn parse(text: &[u8]) -> Result<Self, Fault> {
        let mut rest = Cursor(text);
        rest.skip("{\"ctdata_ledger\":")?;
        let version: u64 = rest.number()?;
        if version != VERSION {
            return Err(Fault::Wrong);
        }
        rest.skip(",\"dataset\":")?;
        let dataset = rest.text()?;
        rest.skip(",\"epsilon\":")?;
        let epsilon = Epsilon::try_new(rest.number()?).map_err(|_| Fault::Wrong)?;
        rest.skip(",\"delta\":")?;
        let delta = Delta::try_new(rest.number()?).map_err(|_| Fault::Wrong)?;
        rest.skip(",\"neighbours\":\"")?;
        rest.skip(NEIGHBOURS)?;
        rest.skip("\"")?;
        rest.end()?;
        Ok(Self { dataset, budget: Budget { epsilon, delta } })
    }
}

/// The version that the first line of a ledger names, if it is one.
pub(super) fn version_of(text: &[u8]) -> Option<u64> {
    let mut rest = Cursor(text);
    rest.skip("{\"ctdata_ledger\":").ok()?;
    rest.number().ok()
}

impl LedgerEntry {
    /// The line with its line break, and its hash; `self.hash` plays no part.
    pub(super) fn line(&self, previous: EntryHash) -> (String, EntryHash) {
        let mut line = format!("{{\"entry\":{},\"purpose\":", self.number);
        push_text(&mut line, &self.purpose);
        let _ = write!(
            line,
            ",\"rho\":{:?},\"rho_units\":\"{}\",\"delta\":{:?},\"unit\":\"{}\",\"records_per_person\":{},\
             \"repeatable\":{},\"at\":",
            self.rho.to_f64(),
            self.rho.units(),
            self.delta,
            self.unit.code(),
            self.records_per_person,
            self.repeatable
        );
        match &self.at {
            Some(at) => push_text(&mut line, at),
            None => line.push_str("null"),
        }
        let _ = write!(line, ",\"previous\":\"{previous}\"");
        close(line)
    }

    /// Reads a line without its line break that follows the one with the hash `previous`.
    pub(super) fn parse(text: &[u8], number: u64, previous: EntryHash) -> Result<Self, Fault> {
        let mut rest = Cursor(text);
        rest.skip("{\"entry\":")?;
        rest.skip(&number.to_string())?;
        rest.skip(",\"purpose\":")?;
        let purpose = rest.text()?;
        rest.skip(",\"rho\":")?;
        let _: f64 = rest.number()?;
        rest.skip(",\"rho_units\":\"")?;
        let rho = Rho::from_units(rest.number()?);
        rest.skip("\",\"delta\":")?;
        let delta: f64 = rest.number()?;
        rest.skip(",\"unit\":")?;
        let unit = match rest.text()?.as_str() {
            "person" => PrivacyUnit::Person,
            "record" => PrivacyUnit::Record,
            _ => return Err(Fault::Wrong),
        };
        rest.skip(",\"records_per_person\":")?;
        let records_per_person = rest.number()?;
        rest.skip(",\"repeatable\":")?;
        let repeatable = rest.either("true", "false")?;
        rest.skip(",\"at\":")?;
        let at = if rest.0.first() == Some(&b'"') {
            Some(rest.text()?)
        } else {
            rest.skip("null")?;
            None
        };
        rest.skip(",\"previous\":\"")?;
        rest.skip(&previous.to_string())?;
        rest.skip("\"")?;
        rest.end()?;
        if !(0.0..1.0).contains(&delta) || records_per_person == 0 {
            return Err(Fault::Wrong);
        }
        let hash = EntryHash([0; 32]);
        let mut entry = Self { number, purpose, rho, delta, unit, records_per_person, repeatable, at, hash };
        let (line, hash) = entry.line(previous);
        entry.hash = hash;
        if line.strip_suffix('\n').is_some_and(|line| line.as_bytes() == text) { Ok(entry) } else { Err(Fault::Wrong) }
    }
}

/// Adds the hash of all that stands in the line so far, and ends it.
fn close(mut line: String) -> (String, EntryHash) {
    let hash = EntryHash::of(&line);
    let _ = write!(line, ",\"hash\":\"{hash}\"}}");
    line.push('\n');
    (line, hash)
}

/// Whether a text may stand in a ledger: not empty, not long, and without control characters, so that it stays
/// in its line.
pub(super) fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= MOST_CHARACTERS && !text.chars().any(char::is_control)
}

fn push_text(line: &mut String, text: &str) {
    line.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            line.push('\\');
        }
        line.push(character);
    }
    line.push('"');
}

/// What is still to be read of a line.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    /// Steps over a text that must stand here.
    fn skip(&mut self, expected: &str) -> Result<(), Fault> {
        if let Some(rest) = self.0.strip_prefix(expected.as_bytes()) {
            self.0 = rest;
            return Ok(());
        }
        Err(if expected.as_bytes().starts_with(self.0) { Fault::End } else { Fault::Wrong })
    }

    fn either(&mut self, yes: &str, no: &str) -> Result<bool, Fault> {
        match self.skip(yes) {
            Ok(()) => Ok(true),
            Err(Fault::End) => Err(Fault::End),
            Err(Fault::Wrong) => self.skip(no).map(|()| false),
        }
    }

    /// A text in quotes.
    fn text(&mut self) -> Result<String, Fault> {
        self.skip("\"")?;
        let mut bytes = Vec::new();
        loop {
            match self.0 {
                [b'"', rest @ ..] => {
                    self.0 = rest;
                    let text = String::from_utf8(bytes).map_err(|_| Fault::Wrong)?;
                    return if is_plain(&text) { Ok(text) } else { Err(Fault::Wrong) };
                }
                [b'\\', byte @ (b'"' | b'\\'), rest @ ..] | [byte @ (b' '..=b'[' | b']'..), rest @ ..] => {
                    bytes.push(*byte);
                    self.0 = rest;
                }
                [] | [b'\\'] => return Err(Fault::End),
                _ => return Err(Fault::Wrong),
            }
        }
    }

    /// A number.
    fn number<T: FromStr>(&mut self) -> Result<T, Fault> {
        let digits = self.0.iter().take_while(|byte| byte.is_ascii_digit() || b"+-.e".contains(byte)).count();
        let (number, rest) = self.0.split_at(digits);
        if rest.is_empty() {
            return Err(Fault::End);
        }
        self.0 = rest;
        std::str::from_utf8(number).ok().and_then(|number| number.parse().ok()).ok_or(Fault::Wrong)
    }

    /// The hash and the end of the line. Which hash it is, is seen when the line is written again.
    fn end(&mut self) -> Result<(), Fault> {
        self.skip(",\"hash\":\"")?;
        let digits = self.0.iter().take(64).take_while(|byte| byte.is_ascii_hexdigit()).count();
        self.0 = self.0.split_at(digits).1;
        if digits < 64 && !self.0.is_empty() {
            return Err(Fault::Wrong);
        }
        if digits < 64 {
            return Err(Fault::End);
        }
        self.skip("\"}")
    }
}
