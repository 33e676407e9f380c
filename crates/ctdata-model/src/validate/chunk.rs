//! A stretch of rows seen as one bit per row: what the rules about single rows compute with.

use std::cell::OnceCell;
use std::ops::{BitAnd, BitOr, Sub};

use ctdata_table::CodeSlice;

use super::lists::ListNames;
use crate::{CaseAttribute, CaseGroup, CaseTable};

/// Rows per chunk: its bitmaps stay in the first cache levels.
pub(super) const CHUNK: usize = 1 << 12;
const WORDS: usize = CHUNK / 64;

/// A set of rows of one chunk.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bits([u64; WORDS]);

impl Bits {
    pub(super) const EMPTY: Self = Self([0; WORDS]);

    /// The rows whose item holds.
    pub(super) fn of(rows: impl IntoIterator<Item = bool>) -> Self {
        let mut rows = rows.into_iter();
        Self(std::array::from_fn(|_| {
            rows.by_ref().take(64).enumerate().fold(0, |word, (bit, holds)| word | u64::from(holds) << bit)
        }))
    }

    pub(super) fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    pub(super) fn first(&self) -> Option<u64> {
        (0u64..).zip(self.0).find(|(_, word)| *word != 0).map(|(at, word)| at * 64 + u64::from(word.trailing_zeros()))
    }

    pub(super) fn contains(&self, row: u64) -> bool {
        usize::try_from(row / 64).ok().and_then(|at| self.0.get(at)).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    fn zip(mut self, other: Self, operation: impl Fn(u64, u64) -> u64) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(word, other)| *word = operation(*word, other));
        self
    }
}

impl BitAnd for Bits {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.zip(other, |a, b| a & b)
    }
}

impl BitOr for Bits {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.zip(other, |a, b| a | b)
    }
}

/// The rows of the first set that are not in the second.
impl Sub for Bits {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a & !b)
    }
}

/// What a flag says in each row. All three are empty if the layout does not have the flag.
#[derive(Debug)]
pub(super) struct Flag {
    pub(super) yes: Bits,
    pub(super) no: Bits,
    pub(super) missing: Bits,
}

impl Flag {
    const ABSENT: Self = Self { yes: Bits::EMPTY, no: Bits::EMPTY, missing: Bits::EMPTY };
}

static ABSENT: Flag = Flag::ABSENT;

/// The cases, and what is worked out once for all chunks.
pub(super) struct Cases<'a> {
    pub(super) table: &'a CaseTable,
    lists: OnceCell<Vec<ListNames>>,
}

impl<'a> Cases<'a> {
    pub(super) fn new(table: &'a CaseTable) -> Self {
        Self { table, lists: OnceCell::new() }
    }

    /// The chunk that begins at a row.
    pub(super) fn chunk(&self, start: usize) -> Chunk<'_> {
        let rows = self.table.rows().saturating_sub(start).min(CHUNK);
        let flags = self.table.attributes().iter().map(|_| OnceCell::new()).collect();
        Chunk { cases: self, start, rows, flags }
    }
}

/// Some consecutive rows of a case table.
pub(super) struct Chunk<'a> {
    cases: &'a Cases<'a>,
    start: usize,
    rows: usize,
    flags: Vec<OnceCell<Flag>>,
}

impl<'a> Chunk<'a> {
    pub(super) fn table(&self) -> &'a CaseTable {
        self.cases.table
    }

    /// The row at which it begins, from 0.
    pub(super) fn start(&self) -> u64 {
        self.start as u64
    }

    /// What the published lists of each group name, by list code.
    pub(super) fn lists(&self) -> &'a [ListNames] {
        self.cases.lists.get_or_init(|| ListNames::of(self.cases.table))
    }

    /// The codes of a column in these rows; `None` if the layout does not have the attribute.
    pub(super) fn codes(&self, attribute: CaseAttribute) -> Option<CodeSlice<'a>> {
        let range = self.start..self.start + self.rows;
        Some(match self.table().column(attribute)?.codes() {
            CodeSlice::U8(codes) => CodeSlice::U8(codes.get(range)?),
            CodeSlice::U16(codes) => CodeSlice::U16(codes.get(range)?),
        })
    }

    /// What a flag says.
    pub(super) fn flag(&self, attribute: CaseAttribute) -> &Flag {
        let slot = self.table().position(attribute).and_then(|position| self.flags.get(position));
        slot.map_or(&ABSENT, |slot| slot.get_or_init(|| self.codes(attribute).map_or(Flag::ABSENT, flag)))
    }

    /// The rows in which some flag of a group is yes.
    pub(super) fn any_yes(&self, group: CaseGroup) -> Bits {
        let members = self.table().attributes().iter().filter(|attribute| attribute.group() == Some(group));
        members.fold(Bits::EMPTY, |any, &member| any | self.flag(member).yes)
    }

    /// The rows whose value, by its code, holds. Missing cells do not.
    pub(super) fn values(&self, attribute: CaseAttribute, holds: impl Fn(u16) -> bool) -> Bits {
        let Some((codes, domain)) = self.codes(attribute).zip(self.domain_len(attribute)) else {
            return Bits::EMPTY;
        };
        let holds: Vec<bool> = (0u16..).take(domain).map(holds).collect();
        let holds = |code: usize| holds.get(code).copied().unwrap_or(false);
        match codes {
            CodeSlice::U8(codes) => Bits::of(codes.iter().map(|&code| holds(code.into()))),
            CodeSlice::U16(codes) => Bits::of(codes.iter().map(|&code| holds(code.into()))),
        }
    }

    fn domain_len(&self, attribute: CaseAttribute) -> Option<usize> {
        let position = self.table().position(attribute)?;
        self.table().table().schema().get(position).map(|attribute| attribute.domain().len())
    }
}

/// The three answers of a flag column: code 0 is no, 1 yes, 2 not recorded.
fn flag(codes: CodeSlice<'_>) -> Flag {
    let codes = match codes {
        CodeSlice::U8(codes) => codes,
        CodeSlice::U16(codes) => {
            let is = |wanted: u16| Bits::of(codes.iter().map(|&code| code == wanted));
            return Flag { yes: is(1), no: is(0), missing: is(2) };
        }
    };
    let (mut yes, mut missing, mut rows) = (Bits::EMPTY, Bits::EMPTY, Bits::EMPTY);
    let words = yes.0.iter_mut().zip(&mut missing.0).zip(&mut rows.0);
    for (((yes, missing), rows), codes) in words.zip(codes.chunks(64)) {
        for (byte, codes) in codes.chunks(8).enumerate() {
            let mut eight = [0; 8];
            eight.iter_mut().zip(codes).for_each(|(to, &code)| *to = code);
            let eight = u64::from_le_bytes(eight);
            *yes |= low_bits(eight) << (byte * 8);
            *missing |= low_bits(eight >> 1) << (byte * 8);
        }
        *rows = u64::MAX >> (64 - codes.len());
    }
    Flag { yes, no: rows - yes - missing, missing }
}

/// The lowest bit of each byte, gathered in one byte, first byte lowest.
fn low_bits(bytes: u64) -> u64 {
    (bytes & 0x0101_0101_0101_0101).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_three_answers_are_those_of_the_codes(codes in prop::collection::vec(0u8..3, 0..200)) {
            let wide: Vec<u16> = codes.iter().map(|&code| code.into()).collect();
            for flag in [flag(CodeSlice::U8(&codes)), flag(CodeSlice::U16(&wide))] {
                for (wanted, bits) in [flag.no, flag.yes, flag.missing].into_iter().enumerate() {
                    let rows: Vec<u64> = (0..CHUNK as u64).filter(|&row| bits.contains(row)).collect();
                    let expected: Vec<u64> = (0..).zip(&codes).filter(|(_, code)| usize::from(**code) == wanted).map(|(row, _)| row).collect();
                    prop_assert_eq!(bits.first(), expected.first().copied());
                    prop_assert_eq!(bits.count(), expected.len() as u64);
                    prop_assert_eq!(rows, expected);
                }
            }
        }
    }
}
