//! One bit per row for each code of a column but its most frequent one, in any order of the rows.
//!
//! The bits of a row lie side by side in one word first (a plane); reordered rows become bitmaps by
//! transposing blocks of 64 by 64 bits. The counts of the code left out follow by subtraction.

#![expect(clippy::indexing_slicing, reason = "rows are below the table's, items below 64 per plane")]

use std::ops::Range;

use super::compact::Part;

/// A column counted by bitmaps has at most this many codes: beyond, arrays are cheaper.
pub(super) const MAX_CODES: usize = 16;

/// The items of the columns that are counted by bitmaps.
#[derive(Debug)]
pub(super) struct Items {
    /// For each plane, one word per row.
    planes: Vec<Vec<u64>>,
    /// For each plane, how many of its bits are in use.
    used: Vec<usize>,
    /// For each column its first item; items of one column never straddle planes.
    first: Vec<Option<usize>>,
    counts: Vec<usize>,
    baselines: Vec<usize>,
}

impl Items {
    /// The items of those `parts` that `wanted` names.
    pub(super) fn new(parts: &[Part<'_>], wanted: &[bool], rows: usize) -> Self {
        let mut used: Vec<usize> = Vec::new();
        let mut first = vec![None; parts.len()];
        let counts: Vec<usize> = parts.iter().map(|part| part.count().saturating_sub(1)).collect();
        for (column, _) in wanted.iter().enumerate().filter(|(_, wanted)| **wanted) {
            if used.last().is_none_or(|used| used + counts[column] > 64) {
                used.push(0);
            }
            let plane = used.len() - 1;
            first[column] = Some(plane * 64 + used[plane]);
            used[plane] += counts[column];
        }
        let baselines: Vec<usize> = parts.iter().map(Part::baseline).collect();
        let mut planes = vec![vec![0u64; rows]; used.len()];
        // Blocks of rows stay in cache while every column adds its bits.
        for (plane, words) in planes.iter_mut().enumerate() {
            for (start, block) in (0..rows).step_by(4096).zip(words.chunks_mut(4096)) {
                for (column, part) in parts.iter().enumerate() {
                    if let Some(item) = first[column].filter(|item| item / 64 == plane && counts[column] > 0) {
                        let mut bits = [0u64; MAX_CODES];
                        (0..counts[column]).for_each(|i| {
                            bits[code_of(i, baselines[column])] = 1 << (item % 64 + i);
                        });
                        part.each(start, block, |word, code| {
                            *word |= bits[code as usize % MAX_CODES];
                        });
                    }
                }
            }
        }
        Self { planes, used, first, counts, baselines }
    }

    /// The number of planes.
    pub(super) fn planes(&self) -> usize {
        self.planes.len()
    }

    /// One past the largest item.
    pub(super) fn len(&self) -> usize {
        self.used.last().map_or(0, |used| (self.used.len() - 1) * 64 + used)
    }

    /// The items of a column; empty for one that was not wanted or has a single code.
    pub(super) fn of_column(&self, column: usize) -> Range<usize> {
        self.first[column].map_or(0..0, |first| first..first + self.counts[column])
    }

    /// The compact code of the `i`-th item of a column.
    pub(super) fn code(&self, column: usize, i: usize) -> usize {
        code_of(i, self.baselines[column])
    }

    /// The compact code that has no item.
    pub(super) fn baseline(&self, column: usize) -> usize {
        self.baselines[column]
    }

    /// Bitmaps of all items in the order of the rows.
    pub(super) fn in_order(&self, rows: usize) -> Bitmaps {
        let mut bitmaps = Bitmaps::new(self.len(), rows.div_ceil(64));
        for (plane, words) in self.planes.iter().enumerate() {
            for (word, rows) in words.chunks(64).enumerate() {
                let mut block = [0; 64];
                block[..rows.len()].copy_from_slice(rows);
                bitmaps.put(plane, self.used[plane], word, &mut block);
            }
        }
        bitmaps
    }

    /// Bitmaps of the items of the wanted planes, rows in segments: `ends` are their ends in `order`.
    /// Each segment starts a new word, so that words belong to one segment.
    pub(super) fn in_segments(&self, order: &[u32], ends: &[usize], wanted: &[bool]) -> Bitmaps {
        let starts = || std::iter::once(0).chain(ends.iter().copied());
        let words = starts().zip(ends).map(|(start, end)| (end - start).div_ceil(64)).sum();
        let mut bitmaps = Bitmaps::new(self.len(), words);
        for (plane, source) in self.planes.iter().enumerate().filter(|(plane, _)| wanted[*plane]) {
            let mut word = 0;
            for (start, &end) in starts().zip(ends) {
                for rows in order[start..end].chunks(64) {
                    let mut block = [0; 64];
                    for (slot, &row) in block.iter_mut().zip(rows) {
                        *slot = source[row as usize];
                    }
                    bitmaps.put(plane, self.used[plane], word, &mut block);
                    word += 1;
                }
            }
        }
        bitmaps
    }
}

/// Codes without the baseline, in order.
fn code_of(i: usize, baseline: usize) -> usize {
    i + usize::from(i >= baseline)
}

/// One bitmap per item.
#[derive(Debug)]
pub(super) struct Bitmaps {
    words: usize,
    stride: usize,
    bits: Vec<u64>,
}

impl Bitmaps {
    fn new(items: usize, words: usize) -> Self {
        // A stride that is no multiple of a page keeps the 64 writes of a block out of one cache set.
        let stride = if words.is_multiple_of(64) { words + 8 } else { words };
        Self { words, stride, bits: vec![0; items * stride] }
    }

    /// Turns the words of 64 rows into one word of each of the plane's items.
    fn put(&mut self, plane: usize, used: usize, word: usize, block: &mut [u64; 64]) {
        transpose(block);
        for (bit, &word_of_item) in block[..used].iter().enumerate() {
            self.bits[(plane * 64 + bit) * self.stride + word] = word_of_item;
        }
    }

    /// The words of one item.
    pub(super) fn of_item(&self, item: usize) -> &[u64] {
        &self.bits[item * self.stride..][..self.words]
    }
}

/// Transposes a matrix of 64 by 64 bits, lowest bit first, by swapping ever smaller squares.
fn transpose(block: &mut [u64; 64]) {
    let mut half = 32;
    let mut low = u64::MAX >> 32;
    while half > 0 {
        for square in block.chunks_exact_mut(2 * half) {
            let (upper, lower) = square.split_at_mut(half);
            for (upper, lower) in upper.iter_mut().zip(lower) {
                let swap = ((*upper >> half) ^ *lower) & low;
                *upper ^= swap << half;
                *lower ^= swap;
            }
        }
        half /= 2;
        low ^= low << half;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transposing_moves_every_bit() {
        let mut state = 1u64;
        let block: [u64; 64] = std::array::from_fn(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state ^ state >> 29
        });
        let mut turned = block;
        transpose(&mut turned);
        for (row, given) in block.iter().enumerate() {
            for (bit, found) in turned.iter().enumerate() {
                assert_eq!(found >> row & 1, given >> bit & 1);
            }
        }
    }
}
