//! Columns reduced to the codes that occur, so that kernels see small dense numbers.

#![expect(clippy::indexing_slicing, reason = "codes are checked against the domain when a table is made")]
#![expect(clippy::cast_possible_truncation, reason = "a table has fewer than 2^32 rows and 2^16 codes per attribute")]

use std::borrow::Cow;

use crate::{CodeSlice, Column, Table, TableError};

/// Compact codes in the width at hand.
#[derive(Debug)]
enum Codes<'a> {
    U8(Cow<'a, [u8]>),
    U16(Cow<'a, [u16]>),
    U32(Vec<u32>),
}

/// One digit of a row's key: a compact code per row, and the attribute codes that each stands for.
///
/// Usually one column; after folding, the class ids of several columns together. Compact codes keep
/// the order of what they stand for.
#[derive(Debug)]
pub(super) struct Part<'a> {
    codes: Codes<'a>,
    /// `width` attribute codes for each compact code.
    keys: Vec<u16>,
    width: usize,
    /// Rows that have each compact code.
    rows: Vec<u32>,
}

impl<'a> Part<'a> {
    pub(super) fn of_column(column: &'a Column, code_count: usize) -> Self {
        match column.codes() {
            CodeSlice::U8(codes) => {
                let (keys, rows, ranks) = present(&histogram_u8(codes));
                let codes = if is_identity(&keys) {
                    Cow::Borrowed(codes)
                } else {
                    let mut map = [0u8; 256];
                    map.iter_mut().zip(&ranks).for_each(|(slot, &rank)| *slot = rank as u8);
                    Cow::Owned(codes.iter().map(|&code| map[usize::from(code)]).collect())
                };
                Self { codes: Codes::U8(codes), keys, width: 1, rows }
            }
            CodeSlice::U16(codes) => {
                let mut all = vec![0u32; code_count];
                for &code in codes {
                    all[usize::from(code)] += 1;
                }
                let (keys, rows, ranks) = present(&all);
                let codes = if keys.len() <= 1 << 8 {
                    Codes::U8(codes.iter().map(|&code| ranks[usize::from(code)] as u8).collect())
                } else if is_identity(&keys) {
                    Codes::U16(Cow::Borrowed(codes))
                } else {
                    Codes::U16(codes.iter().map(|&code| ranks[usize::from(code)]).collect())
                };
                Self { codes, keys, width: 1, rows }
            }
        }
    }

    /// The part of an attribute of a table.
    pub(super) fn of_attribute(table: &'a Table, position: u16) -> Result<Self, TableError> {
        let position = usize::from(position);
        match (table.schema().get(position), table.column(position)) {
            (Some(attribute), Some(column)) => Ok(Self::of_column(column, attribute.code_count())),
            _ => Err(TableError::UnknownAttribute { name: format!("number {}", position + 1), nearest: None }),
        }
    }

    /// Classes of several columns as one part: a class per row, `width` codes per class.
    pub(super) fn folded(class_of_row: Vec<u32>, keys: Vec<u16>, width: usize, rows: Vec<u32>) -> Self {
        Self { codes: Codes::U32(class_of_row), keys, width, rows }
    }

    /// How many compact codes there are.
    pub(super) fn count(&self) -> usize {
        self.rows.len()
    }

    /// Bits that hold a compact code.
    pub(super) fn bits(&self) -> u32 {
        usize::BITS - self.count().saturating_sub(1).leading_zeros()
    }

    /// How many attributes the part stands for.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// The attribute codes behind a compact code.
    pub(super) fn key(&self, code: usize) -> &[u16] {
        &self.keys[code * self.width..][..self.width]
    }

    /// Rows per compact code.
    pub(super) fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// The most frequent compact code, the first of equals.
    pub(super) fn baseline(&self) -> usize {
        (0..self.count()).rev().max_by_key(|&code| self.rows[code]).unwrap_or(0)
    }

    /// Calls `step(slot, code)` for `slots` and the codes of the rows from `start` on.
    #[inline]
    pub(super) fn each<T>(&self, start: usize, slots: &mut [T], step: impl Fn(&mut T, u32)) {
        let end = start + slots.len();
        match &self.codes {
            Codes::U8(codes) => {
                slots.iter_mut().zip(&codes[start..end]).for_each(|(slot, &code)| step(slot, code.into()));
            }
            Codes::U16(codes) => {
                slots.iter_mut().zip(&codes[start..end]).for_each(|(slot, &code)| step(slot, code.into()));
            }
            Codes::U32(codes) => slots.iter_mut().zip(&codes[start..end]).for_each(|(slot, &code)| step(slot, code)),
        }
    }
}

/// Four counters per code, so that a run of equal codes does not wait for itself.
fn histogram_u8(codes: &[u8]) -> [u32; 256] {
    let mut lanes = [[0u32; 256]; 4];
    let (quads, rest) = codes.as_chunks::<4>();
    for quad in quads {
        for (lane, &code) in lanes.iter_mut().zip(quad) {
            lane[usize::from(code)] += 1;
        }
    }
    for &code in rest {
        lanes[0][usize::from(code)] += 1;
    }
    let [mut sum, others @ ..] = lanes;
    for lane in others {
        sum.iter_mut().zip(lane).for_each(|(sum, count)| *sum += count);
    }
    sum
}

/// The codes with rows, their rows, and for each code its rank among them.
fn present(rows: &[u32]) -> (Vec<u16>, Vec<u32>, Vec<u16>) {
    let mut ranks = vec![0; rows.len()];
    let mut keys = Vec::new();
    for (code, _) in rows.iter().enumerate().filter(|(_, rows)| **rows > 0) {
        ranks[code] = keys.len() as u16;
        keys.push(code as u16);
    }
    let rows = rows.iter().copied().filter(|&rows| rows > 0).collect();
    (keys, rows, ranks)
}

fn is_identity(keys: &[u16]) -> bool {
    keys.last().is_none_or(|&last| usize::from(last) + 1 == keys.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn compact_codes_stand_for_the_codes_that_occur(
            codes in prop::collection::vec(0u16..700, 0..80), narrow in any::<bool>(), span in 1u16..700,
        ) {
            let codes: Vec<u16> = codes.iter().map(|code| code % if narrow { span.min(256) } else { span }).collect();
            let column = Column::from_codes(&codes, if narrow { 256 } else { 700 });
            let part = Part::of_column(&column, 700);
            let mut compact = vec![0; codes.len()];
            part.each(0, &mut compact, |slot, code| *slot = code as usize);
            let back: Vec<u16> = compact.iter().map(|&code| part.key(code)[0]).collect();
            prop_assert_eq!(&back, &codes);
            let mut distinct = codes.clone();
            distinct.sort_unstable();
            distinct.dedup();
            prop_assert_eq!((0..part.count()).map(|code| part.key(code)[0]).collect::<Vec<_>>(), distinct);
            prop_assert!(part.count() <= 1 << part.bits());
            for (code, &rows) in part.rows().iter().enumerate() {
                prop_assert_eq!(rows as usize, compact.iter().filter(|&&found| found == code).count());
                prop_assert!(rows <= part.rows()[part.baseline()]);
            }
        }
    }
}
