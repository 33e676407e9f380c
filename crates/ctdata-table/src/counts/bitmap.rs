//! Bitmaps of rows: which rows have a code, and how many rows several bitmaps share.

use std::fmt;

use crate::{CodeSlice, Control, Table, TableError};

/// No bitmap: the code does not occur.
const ABSENT: u32 = u32::MAX;

/// One bitmap of rows per code (values and kinds of missing) of some attributes.
///
/// Bit `r % 64` of word `r / 64` stands for row `r`; bits past the last row are zero. Bitmaps count
/// rows, not weights.
///
/// ```
/// use ctdata_table::{Attribute, BitmapIndex, Column, Control, Schema, Table};
/// let schema = Schema::try_new(vec![Attribute::flag("a"), Attribute::flag("b")])?;
/// let columns = vec![Column::from_u8(vec![1, 0, 1, 1]), Column::from_u8(vec![2, 0, 2, 0])];
/// let index = BitmapIndex::build(&Table::try_new(schema, columns)?, &[0, 1], &Control::default())?;
/// assert_eq!(index.bits(0, 1), [0b1101]);
/// assert_eq!(index.count_all(&[(0, 1), (1, 2)]), 2);
/// // Rows whose `b` is "no" or not recorded, and whose `a` is "yes":
/// let compatible = index.union(1, &[0, 2]);
/// assert_eq!(BitmapIndex::count_and(&compatible, index.bits(0, 1)), 3);
/// # Ok::<(), ctdata_table::TableError>(())
/// ```
#[derive(Clone)]
pub struct BitmapIndex {
    rows: usize,
    words: usize,
    /// For each indexed position, where its codes' bitmaps are.
    slots: Vec<(usize, Vec<u32>)>,
    /// Bitmap after bitmap; the first is empty, for codes that do not occur.
    bits: Vec<u64>,
}

impl BitmapIndex {
    /// Indexes the attributes at these positions. Codes that do not occur take no memory.
    ///
    /// # Errors
    /// A position past the schema, [`TableError::MemoryCap`], [`TableError::Cancelled`].
    pub fn build(table: &Table, positions: &[usize], control: &Control) -> Result<Self, TableError> {
        let rows = table.rows();
        let words = rows.div_ceil(64);
        let mut positions = positions.to_vec();
        positions.sort_unstable();
        positions.dedup();
        let mut slots = Vec::with_capacity(positions.len());
        let mut next = 1u32;
        for &position in &positions {
            control.check()?;
            let (Some(attribute), Some(column)) = (table.schema().get(position), table.column(position)) else {
                return Err(TableError::UnknownAttribute { name: format!("number {}", position + 1), nearest: None });
            };
            let mut slot_of_code = vec![ABSENT; attribute.code_count()];
            match column.codes() {
                CodeSlice::U8(codes) => {
                    mark(codes.iter().map(|&code| code.into()), &mut slot_of_code);
                }
                CodeSlice::U16(codes) => {
                    mark(codes.iter().map(|&code| code.into()), &mut slot_of_code);
                }
            }
            for slot in slot_of_code.iter_mut().filter(|slot| **slot != ABSENT) {
                *slot = next;
                next += 1;
            }
            slots.push((position, slot_of_code));
        }
        control.reserve(u64::from(next) * words as u64 * 8)?;
        let mut bits = vec![0; next as usize * words];
        for (position, slot_of_code) in &slots {
            control.check()?;
            match table.column(*position).map(crate::Column::codes) {
                Some(CodeSlice::U8(codes)) => set_bits(codes, slot_of_code, words, &mut bits),
                Some(CodeSlice::U16(codes)) => set_bits(codes, slot_of_code, words, &mut bits),
                None => {}
            }
        }
        Ok(Self { rows, words, slots, bits })
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of words of each bitmap.
    pub fn words(&self) -> usize {
        self.words
    }

    /// The indexed positions, ascending.
    pub fn positions(&self) -> impl ExactSizeIterator<Item = usize> {
        self.slots.iter().map(|(position, _)| *position)
    }

    /// The rows in which the attribute at `position` has `code`; no row where the code does not
    /// occur or the position is not indexed.
    pub fn bits(&self, position: usize, code: u16) -> &[u64] {
        let slot = match self.slots.binary_search_by_key(&position, |(position, _)| *position) {
            Ok(at) => self.slots.get(at).and_then(|(_, slots)| slots.get(usize::from(code))).copied().unwrap_or(ABSENT),
            Err(_) => ABSENT,
        };
        let slot = if slot == ABSENT { 0 } else { slot as usize };
        self.bits.get(slot * self.words..(slot + 1) * self.words).unwrap_or_default()
    }

    /// The rows in which the attribute has any of the codes.
    pub fn union(&self, position: usize, codes: &[u16]) -> Vec<u64> {
        let mut union = vec![0; self.words];
        for &code in codes {
            union.iter_mut().zip(self.bits(position, code)).for_each(|(sum, word)| *sum |= word);
        }
        union
    }

    /// The number of rows in which the attribute has the code.
    pub fn count(&self, position: usize, code: u16) -> u64 {
        Self::count_ones(self.bits(position, code))
    }

    /// The number of rows that have every one of these (position, code).
    pub fn count_all(&self, items: &[(usize, u16)]) -> u64 {
        match *items {
            [] => self.rows as u64,
            [(position, code)] => self.count(position, code),
            [first, second] => Self::count_and(self.bits(first.0, first.1), self.bits(second.0, second.1)),
            _ => Self::count_ones(&self.intersection(items)),
        }
    }

    /// The rows that have every one of these (position, code); every row for none.
    pub fn intersection(&self, items: &[(usize, u16)]) -> Vec<u64> {
        let Some(((position, code), rest)) = items.split_first() else {
            let mut all = vec![u64::MAX; self.words];
            if let (Some(last), 1..) = (all.last_mut(), self.rows % 64) {
                *last >>= 64 - self.rows % 64;
            }
            return all;
        };
        let mut all = self.bits(*position, *code).to_vec();
        for &(position, code) in rest {
            all.iter_mut().zip(self.bits(position, code)).for_each(|(all, word)| *all &= word);
        }
        all
    }

    /// The number of rows in a bitmap.
    pub fn count_ones(bits: &[u64]) -> u64 {
        bits.chunks(BLOCK).map(|bits| u64::from(ones(bits.iter().copied()))).sum()
    }

    /// The number of rows in both bitmaps.
    pub fn count_and(a: &[u64], b: &[u64]) -> u64 {
        a.chunks(BLOCK).zip(b.chunks(BLOCK)).map(|(a, b)| u64::from(ones(a.iter().zip(b).map(|(a, b)| a & b)))).sum()
    }

    /// The rows of a bitmap, ascending.
    pub fn rows_of(bits: &[u64]) -> impl Iterator<Item = u32> {
        (0u32..).zip(bits).flat_map(|(word, &bits)| {
            let rest = std::iter::successors(Some(bits), |bits| Some(bits & bits.wrapping_sub(1)));
            rest.take_while(|bits| *bits != 0).map(move |bits| word * 64 + bits.trailing_zeros())
        })
    }
}

impl fmt::Debug for BitmapIndex {
    /// Shows how much is indexed, never which rows.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BitmapIndex of {} attributes, {} rows", self.slots.len(), self.rows)
    }
}

/// Marks the codes that occur.
fn mark(codes: impl Iterator<Item = usize>, slots: &mut [u32]) {
    for code in codes {
        if let Some(slot) = slots.get_mut(code) {
            *slot = 0;
        }
    }
}

fn set_bits<T: Copy + Into<usize>>(codes: &[T], slots: &[u32], words: usize, bits: &mut [u64]) {
    for (word, codes) in codes.chunks(64).enumerate() {
        for (bit, &code) in codes.iter().enumerate() {
            let slot = slots.get(code.into()).copied().unwrap_or(ABSENT);
            if let Some(word) = bits.get_mut(slot as usize * words + word) {
                *word |= 1 << bit;
            }
        }
    }
}

/// Words whose ones fit 32 bits.
const BLOCK: usize = 1 << 20;

/// Ones in a few words.
#[inline]
fn ones(words: impl Iterator<Item = u64>) -> u32 {
    words.map(u64::count_ones).sum()
}

/// Ones per segment of a bitmap; segments end at the words `ends`.
pub(super) fn count_segments(a: &[u64], ends: &[usize], counts: &mut [u32]) {
    let mut start = 0;
    for (count, &end) in counts.iter_mut().zip(ends) {
        *count = ones(a.get(start..end).unwrap_or_default().iter().copied());
        start = end;
    }
}

/// Ones that two bitmaps share, per segment.
pub(super) fn count_and_segments(a: &[u64], b: &[u64], ends: &[usize], counts: &mut [u32]) {
    let mut start = 0;
    for (count, &end) in counts.iter_mut().zip(ends) {
        let (a, b) = (a.get(start..end).unwrap_or_default(), b.get(start..end).unwrap_or_default());
        *count = ones(a.iter().zip(b).map(|(a, b)| a & b));
        start = end;
    }
}
