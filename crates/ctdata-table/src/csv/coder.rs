//! Turns the text of cells into codes.

use std::fmt;

use rustc_hash::FxHashMap;

use crate::{Domain, MAX_VALUES, Missing, MissingKinds, Origin, TableError};

/// Why a cell has no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It is none of the known texts.
    #[error("not a value of this column")]
    Unknown,
    /// It is not UTF-8.
    #[error("not valid UTF-8")]
    Utf8,
    /// It would be one value too many for a column.
    #[error("more than {MAX_VALUES} distinct values")]
    TooManyValues,
}

/// The texts that the cells of one column can have, and their codes: either known before, or
/// collected from the file.
///
/// ```
/// use ctdata_table::csv::{Coder, Refusal};
/// let mut coder = Coder::known([("no", 0), ("yes", 1), ("", 2)]);
/// assert_eq!(coder.code(b"yes"), Ok(1));
/// assert_eq!(coder.code(b"maybe"), Err(Refusal::Unknown));
/// ```
#[derive(Clone)]
pub struct Coder {
    /// Codes of the empty cell and of each cell of one byte; most cells of a case file are one of
    /// these.
    empty: u32,
    bytes: Box<[u32; 256]>,
    short: ShortTable,
    long: FxHashMap<Box<[u8]>, u16>,
    /// The long cell before, which is often the same again.
    last: (Vec<u8>, u16),
    observed: Option<Observed>,
}

/// What was collected. While reading, kinds of missing have the first codes, because nobody knows
/// yet how many values follow.
#[derive(Clone)]
struct Observed {
    missing: MissingKinds,
    values: Vec<Box<str>>,
}

/// What an observed column held.
#[derive(Clone, Debug, PartialEq)]
pub struct ObservedDomain {
    /// The values, sorted: as numbers if all are integers as they are usually written, else by
    /// their bytes.
    pub domain: Domain,
    /// The kinds of missing that there are texts for.
    pub missing: MissingKinds,
    /// For each code of the time of reading the one that it becomes; see
    /// [`Column::recoded`](crate::Column::recoded).
    pub map: Vec<u16>,
}

/// No code.
const NONE: u32 = u32::MAX;

impl Coder {
    /// A coder for texts that are all known before. If a text is given twice, its first code
    /// counts.
    pub fn known<T: AsRef<[u8]>>(tokens: impl IntoIterator<Item = (T, u16)>) -> Self {
        let mut coder = Self {
            empty: NONE,
            bytes: Box::new([NONE; 256]),
            short: ShortTable::new(),
            long: FxHashMap::default(),
            last: (Vec::new(), 0),
            observed: None,
        };
        for (text, code) in tokens {
            let text = text.as_ref();
            if coder.find(text).is_none() {
                coder.insert(text, code);
            }
        }
        coder
    }

    /// A coder that gives each new text the next code, except for those that stand for a missing
    /// value. The codes are for the time of reading only; [`into_domain`](Self::into_domain) says
    /// what becomes of them.
    pub fn observed<T: AsRef<[u8]>>(missing: impl IntoIterator<Item = (T, Missing)>) -> Self {
        let tokens: Vec<_> = missing.into_iter().collect();
        let kinds: MissingKinds = tokens.iter().map(|(_, kind)| *kind).collect();
        let code = |kind| kinds.position(kind).and_then(|position| u16::try_from(position).ok()).unwrap_or_default();
        let mut coder = Self::known(tokens.into_iter().map(|(text, kind)| (text, code(kind))));
        coder.observed = Some(Observed { missing: kinds, values: Vec::new() });
        coder
    }

    /// The code of a cell.
    ///
    /// # Errors
    /// See [`Refusal`].
    #[inline]
    pub fn code(&mut self, cell: &[u8]) -> Result<u16, Refusal> {
        let found = match *cell {
            [] => self.empty,
            [byte] => self.bytes.get(usize::from(byte)).copied().unwrap_or(NONE),
            _ => return self.code_of_longer(cell),
        };
        self.or_new(found, cell)
    }

    #[inline]
    fn or_new(&mut self, found: u32, cell: &[u8]) -> Result<u16, Refusal> {
        #[expect(clippy::cast_possible_truncation, reason = "all codes but NONE come from 16 bits")]
        if found == NONE { self.code_of_new(cell) } else { Ok(found as u16) }
    }

    #[inline(never)]
    fn code_of_longer(&mut self, cell: &[u8]) -> Result<u16, Refusal> {
        if cell.len() <= SHORT {
            return self.or_new(self.short.find(short_key(cell)), cell);
        }
        if self.last.0 == cell {
            return Ok(self.last.1);
        }
        let code = match self.long.get(cell) {
            Some(code) => *code,
            None => self.code_of_new(cell)?,
        };
        self.last.0.clear();
        self.last.0.extend_from_slice(cell);
        self.last.1 = code;
        Ok(code)
    }

    #[cold]
    #[inline(never)]
    fn code_of_new(&mut self, cell: &[u8]) -> Result<u16, Refusal> {
        let text = std::str::from_utf8(cell).map_err(|_| Refusal::Utf8)?;
        let observed = self.observed.as_mut().ok_or(Refusal::Unknown)?;
        if observed.values.len() >= MAX_VALUES {
            return Err(Refusal::TooManyValues);
        }
        let code = u16::try_from(observed.missing.len() + observed.values.len()).map_err(|_| Refusal::TooManyValues)?;
        observed.values.push(text.into());
        self.insert(cell, code);
        Ok(code)
    }

    fn find(&self, cell: &[u8]) -> Option<u16> {
        let code = match *cell {
            [] => self.empty,
            [byte] => self.bytes.get(usize::from(byte)).copied().unwrap_or(NONE),
            _ if cell.len() <= SHORT => self.short.find(short_key(cell)),
            _ => return self.long.get(cell).copied(),
        };
        u16::try_from(code).ok()
    }

    fn insert(&mut self, cell: &[u8], code: u16) {
        match *cell {
            [] => self.empty = code.into(),
            [byte] => {
                if let Some(place) = self.bytes.get_mut(usize::from(byte)) {
                    *place = code.into();
                }
            }
            _ if cell.len() <= SHORT => self.short.insert(short_key(cell), code.into()),
            _ => {
                self.long.insert(cell.into(), code);
            }
        }
    }

    /// The domain of what an observed column held. It does not depend on the order of the cells.
    /// `None` for a coder of known texts.
    ///
    /// `is_used` says of a code whether a row has it; values that only rows left out had do not
    /// become part of the domain.
    ///
    /// # Errors
    /// None that this coder's texts can cause; see [`Domain`].
    pub fn into_domain(self, is_used: impl Fn(u16) -> bool) -> Option<Result<ObservedDomain, TableError>> {
        let Observed { missing, values } = self.observed?;
        let kinds = missing.len();
        let code_at = |position: usize| u16::try_from(kinds + position).unwrap_or(u16::MAX);
        let mut used: Vec<(usize, Box<str>)> =
            values.into_iter().enumerate().filter(|(position, _)| is_used(code_at(*position))).collect();
        let numbers: Option<Vec<i64>> = used.iter().map(|(_, text)| integer(text)).collect();
        let length = used.last().map_or(0, |(position, _)| position + 1);
        match &numbers {
            // What the numbers are was read above, so that every text is one.
            Some(_) => used.sort_unstable_by_key(|(_, text)| integer(text)),
            None => used.sort_unstable_by(|(_, a), (_, b)| a.cmp(b)),
        }
        let mut map = vec![0; kinds + length];
        for (to, place) in map.iter_mut().take(kinds).enumerate() {
            *place = u16::try_from(used.len() + to).unwrap_or(u16::MAX);
        }
        for (to, (position, _)) in used.iter().enumerate() {
            if let Some(place) = map.get_mut(kinds + position) {
                *place = u16::try_from(to).unwrap_or(u16::MAX);
            }
        }
        let domain = match numbers {
            Some(numbers) if !numbers.is_empty() => Domain::numeric(numbers, 0, Origin::Observed),
            _ => Domain::nominal(used.into_iter().map(|(_, text)| text), Origin::Observed),
        };
        Some(domain.map(|domain| ObservedDomain { domain, missing, map }))
    }
}

/// Shows how many texts there are, never which.
impl fmt::Debug for Coder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tiny = self.bytes.iter().chain([&self.empty]).filter(|code| **code != NONE).count();
        f.debug_struct("Coder")
            .field("texts", &(tiny + self.short.used + self.long.len()))
            .field("observed", &self.observed.is_some())
            .finish_non_exhaustive()
    }
}

/// The integer that a text stands for, if it is written in the one usual way: no plus, no leading
/// zeros, no minus zero.
fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let usual = match *digits.as_bytes() {
        [b'0'] => digits.len() == text.len(),
        [first, ..] => first.is_ascii_digit() && first != b'0',
        [] => false,
    };
    if usual { text.parse().ok() } else { None }
}

/// The longest cell that fits a key, with its length in the eighth byte.
const SHORT: usize = 7;

/// A cell of two to seven bytes as one number. Never 0.
#[inline]
fn short_key(cell: &[u8]) -> u64 {
    let text = if let (Some(&first), Some(&last)) = (cell.first_chunk(), cell.last_chunk()) {
        // The two halves overlap in what both have.
        let (first, last) = (u32::from_le_bytes(first), u32::from_le_bytes(last));
        u64::from(first) | u64::from(last) << (8 * (cell.len() - 4))
    } else {
        let byte = |at: usize| u64::from(cell.get(at).copied().unwrap_or_default());
        byte(0) | byte(1) << 8 | byte(2) << 16
    };
    text | (cell.len() as u64) << 56
}

/// Codes by key: open addressing, at most half full.
#[derive(Clone)]
struct ShortTable {
    slots: Vec<(u64, u32)>,
    used: usize,
}

impl ShortTable {
    fn new() -> Self {
        Self { slots: vec![(0, NONE); 16], used: 0 }
    }

    #[inline]
    fn find(&self, key: u64) -> u32 {
        let mut at = self.start(key);
        loop {
            match self.slots.get(at) {
                Some(&(found, code)) if found == key => return code,
                Some(&(0, _)) | None => return NONE,
                Some(_) => at = (at + 1) & (self.slots.len() - 1),
            }
        }
    }

    /// Adds a key that is not there yet.
    fn insert(&mut self, key: u64, code: u32) {
        if 2 * (self.used + 1) > self.slots.len() {
            let larger = vec![(0, NONE); 2 * self.slots.len()];
            let old = std::mem::replace(&mut self.slots, larger);
            self.used = 0;
            old.into_iter().filter(|(key, _)| *key != 0).for_each(|(key, code)| self.insert(key, code));
        }
        let mut at = self.start(key);
        while let Some(slot) = self.slots.get_mut(at) {
            if slot.0 == 0 {
                *slot = (key, code);
                self.used += 1;
                return;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// Fibonacci hashing: the high bits of a product are well mixed.
    #[inline]
    fn start(&self, key: u64) -> usize {
        let mixed = (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize;
        mixed & (self.slots.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_text_has_its_code_and_no_other(
            tokens in prop::collection::btree_map("[ab0é]{0,9}", any::<u16>(), 0..60),
            others in prop::collection::vec("[ab0é]{0,9}", 0..60),
        ) {
            let mut coder = Coder::known(tokens.iter().map(|(text, code)| (text, *code)));
            for text in tokens.keys().chain(&others).chain(tokens.keys()) {
                prop_assert_eq!(coder.code(text.as_bytes()).ok(), tokens.get(text).copied());
            }
        }

        #[test]
        fn the_order_of_cells_does_not_matter(
            cells in prop::collection::vec("[ab1\\-]{0,9}|-?[0-9]{1,3}", 0..60),
            shift: usize,
        ) {
            let mut rotated = cells.clone();
            rotated.rotate_left(shift % cells.len().max(1));
            let read = |cells: &[String]| {
                let mut coder = Coder::observed([("", Missing::NotRecorded), ("-", Missing::Unknown)]);
                let codes: Vec<u16> = cells.iter().map(|cell| coder.code(cell.as_bytes()).unwrap()).collect();
                let ObservedDomain { domain, missing, map } = coder.into_domain(|_| true).unwrap().unwrap();
                assert_eq!(missing, MissingKinds::of(&[Missing::NotRecorded, Missing::Unknown]));
                let texts: Vec<(String, u16)> =
                    cells.iter().cloned().zip(codes.iter().map(|code| map[usize::from(*code)])).collect();
                for (text, code) in &texts {
                    let expected = match &**text {
                        "" => domain.len(),
                        "-" => domain.len() + 1,
                        text => domain.code_of(text).unwrap().into(),
                    };
                    assert_eq!(usize::from(*code), expected);
                    assert!(usize::from(*code) >= domain.len() || domain.label(*code).as_deref() == Some(text));
                }
                (texts.into_iter().collect::<BTreeMap<_, _>>(), domain)
            };
            prop_assert_eq!(read(&cells), read(&rotated));
        }
    }

    #[test]
    fn only_integers_in_their_usual_form_are_numbers() {
        for text in ["0", "7", "-7", "100", "9223372036854775807", "-9223372036854775808"] {
            assert_eq!(integer(text).map(|number| number.to_string()).as_deref(), Some(text));
        }
        for text in ["", "-", "+1", "-0", "007", "1.0", " 1", "9223372036854775808", "1e3", "٣"] {
            assert_eq!(integer(text), None);
        }
    }

    #[test]
    fn a_column_without_rows_or_values_is_nominal_and_empty() {
        let mut coder = Coder::observed([("", Missing::NotRecorded)]);
        assert_eq!(coder.code(b""), Ok(0));
        let ObservedDomain { domain, map, .. } = coder.into_domain(|_| true).unwrap().unwrap();
        assert_eq!((domain.len(), domain.kind(), map), (0, crate::DomainKind::Nominal, vec![0]));
    }

    #[test]
    fn values_of_rows_left_out_leave_no_trace() {
        let mut coder = Coder::observed([("", Missing::NotRecorded)]);
        let read = [&b"b"[..], b"secret", b"a"].map(|cell| coder.code(cell).unwrap());
        let ObservedDomain { domain, map, .. } = coder.into_domain(|code| code != read[1]).unwrap().unwrap();
        assert_eq!(domain.labels().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((map[usize::from(read[0])], map[usize::from(read[2])], map[0]), (1, 0, 2));
    }

    #[test]
    fn a_column_has_room_for_the_most_values_and_not_more() {
        let mut coder = Coder::observed(Missing::ALL.map(|kind| (kind.code(), kind)));
        for value in 0..MAX_VALUES {
            assert_eq!(coder.code(value.to_string().as_bytes()), Ok(u16::try_from(value + 4).unwrap()));
        }
        assert_eq!(coder.code(b"one more"), Err(Refusal::TooManyValues));
        assert_eq!(coder.code(b"65531"), Ok(u16::MAX));
        assert_eq!(coder.code(b"\xFF\xFF"), Err(Refusal::Utf8));
    }

    #[test]
    fn debug_shows_no_text() {
        let mut coder = Coder::observed([("", Missing::NotRecorded)]);
        coder.code(b"secret").unwrap();
        assert_eq!(format!("{coder:?}"), "Coder { texts: 2, observed: true, .. }");
    }
}
