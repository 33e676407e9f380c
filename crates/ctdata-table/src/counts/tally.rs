//! Rows grouped by the digits of their keys: one kernel behind classes and single marginals.

#![expect(
    clippy::indexing_slicing,
    reason = "cells are below the product of the parts' counts, rows below the table's"
)]
#![expect(clippy::cast_possible_truncation, reason = "rows, classes and dense cells fit 32 bits")]

use std::borrow::Cow;

use super::compact::Part;
use super::radix::{self, Word};
use crate::{Control, TableError};

/// Rows whose cell numbers are computed at once, to stay in the first cache level.
const BLOCK: usize = 4096;
/// Below this many cells, four arrays are counted in turn.
const LANES: usize = 4096;

/// What is to be known of each group beside its rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// Units per row; one each without weights.
    pub(super) weights: Option<&'a [u32]>,
    /// The group of each row and the rows of each group.
    pub(super) members: bool,
}

/// Groups in the lexicographic order of their keys; each has at least one row.
#[derive(Debug, Default)]
pub(super) struct Groups {
    /// The attribute codes of each group, one after the other.
    pub(super) keys: Vec<u16>,
    pub(super) rows: Vec<u32>,
    /// Units per group; empty without weights, where rows are units.
    pub(super) units: Vec<u64>,
    /// Filled where members are wanted, as is `members`.
    pub(super) group_of_row: Vec<u32>,
    /// The rows of group after group, ascending in each.
    pub(super) members: Vec<u32>,
}

/// Whether that many cells are counted in an array rather than sorted.
pub(super) fn is_dense(cells: Option<usize>, rows: usize) -> Option<usize> {
    cells.filter(|&cells| cells <= rows.saturating_mul(4).max(1024) && u32::try_from(cells).is_ok())
}

/// The product of the parts' counts, if it can be computed.
pub(super) fn cell_count(parts: &[&Part<'_>]) -> Option<usize> {
    parts.iter().try_fold(1usize, |cells, part| cells.checked_mul(part.count()))
}

/// Groups the rows by their codes in `parts`.
pub(super) fn group(
    parts: &[&Part<'_>],
    rows: usize,
    wanted: Wanted<'_>,
    control: &Control,
) -> Result<Groups, TableError> {
    control.check()?;
    if rows == 0 {
        return Ok(Groups::default());
    }
    if let Some(cells) = is_dense(cell_count(parts), rows) {
        return dense(parts, rows, cells, wanted, control);
    }
    let bits: u32 = parts.iter().map(|part| part.bits()).sum();
    if bits > u64::BITS {
        return folded(parts, rows, wanted, control);
    }
    let row_bits = usize::BITS - (rows - 1).leading_zeros();
    let with_rows = wanted.members || wanted.weights.is_some();
    match (with_rows, bits) {
        (false, 0..=32) => sorted::<u32>(parts, rows, 0, wanted, control),
        (false, _) => sorted::<u64>(parts, rows, 0, wanted, control),
        (true, bits) if bits + row_bits <= u64::BITS => sorted::<u64>(parts, rows, row_bits, wanted, control),
        (true, _) => sorted::<u128>(parts, rows, row_bits, wanted, control),
    }
}

/// The cell of each row from `start` on, first part slowest.
pub(super) fn cells_of_rows(parts: &[&Part<'_>], start: usize, cells: &mut [u32]) {
    cells.fill(0);
    for part in parts {
        let count = part.count() as u32;
        part.each(start, cells, |cell, code| *cell = *cell * count + code);
    }
}

fn dense(
    parts: &[&Part<'_>],
    rows: usize,
    cells: usize,
    wanted: Wanted<'_>,
    control: &Control,
) -> Result<Groups, TableError> {
    let lanes = if cells <= LANES { 4 } else { 1 };
    let per_row = if wanted.members { 12 } else { 0 };
    let per_cell = if wanted.weights.is_some() { 12 } else { 4 };
    control.reserve((rows * per_row + cells * per_cell * lanes) as u64)?;
    let mut counts = vec![0u32; cells * lanes];
    let mut sums = vec![0u64; if wanted.weights.is_some() { cells } else { 0 }];
    let mut cell_of_row = vec![0u32; if wanted.members { rows } else { 0 }];
    let mut block = vec![0u32; BLOCK.min(rows)];
    for start in (0..rows).step_by(BLOCK) {
        if start % (BLOCK * 256) == 0 {
            control.check()?;
        }
        let block = &mut block[..BLOCK.min(rows - start)];
        cells_of_rows(parts, start, block);
        if lanes == 4 {
            let (quads, rest) = block.as_chunks::<4>();
            for quad in quads {
                for (lane, &cell) in quad.iter().enumerate() {
                    counts[cell as usize * 4 + lane] += 1;
                }
            }
            for &cell in rest {
                counts[cell as usize * 4] += 1;
            }
        } else {
            for &cell in &*block {
                counts[cell as usize] += 1;
            }
        }
        if let Some(weights) = wanted.weights {
            for (&cell, &weight) in block.iter().zip(&weights[start..]) {
                sums[cell as usize] += u64::from(weight);
            }
        }
        if wanted.members {
            cell_of_row[start..start + block.len()].copy_from_slice(block);
        }
    }
    if lanes == 4 {
        for cell in 0..cells {
            counts[cell] = counts[cell * 4..][..4].iter().sum();
        }
        counts.truncate(cells);
    }

    let filled = counts.iter().filter(|&&count| count > 0).count();
    let mut groups = Groups::with_capacity(filled, parts);
    let mut codes = vec![0u32; parts.len()];
    for (cell, count) in counts.iter_mut().enumerate().filter(|(_, count)| **count > 0) {
        let mut rest = cell as u32;
        for (code, part) in codes.iter_mut().zip(parts).rev() {
            let count = part.count() as u32;
            *code = rest % count;
            rest /= count;
        }
        codes.iter().zip(parts).for_each(|(&code, part)| groups.keys.extend_from_slice(part.key(code as usize)));
        if wanted.weights.is_some() {
            groups.units.push(sums[cell]);
        }
        let group = groups.rows.len() as u32;
        groups.rows.push(std::mem::replace(count, group));
    }
    if wanted.members {
        for cell in &mut cell_of_row {
            *cell = counts[*cell as usize];
        }
        groups.group_of_row = cell_of_row;
        groups.list_members();
    }
    Ok(groups)
}

fn sorted<W: Word>(
    parts: &[&Part<'_>],
    rows: usize,
    row_bits: u32,
    wanted: Wanted<'_>,
    control: &Control,
) -> Result<Groups, TableError> {
    let width: usize = parts.iter().map(|part| part.width()).sum();
    let per_row = 2 * size_of::<W>() + 2 * width + 12 + if wanted.members { 8 } else { 0 };
    control.reserve((rows * per_row) as u64)?;
    let bits: u32 = parts.iter().map(|part| part.bits()).sum();
    let mut keys = vec![W::default(); rows];
    for (start, block) in (0..rows).step_by(BLOCK).zip(keys.chunks_mut(BLOCK)) {
        for part in parts {
            let bits = part.bits();
            part.each(start, block, |key, code| *key = key.push(bits, code));
        }
        if row_bits > 0 {
            (start as u32..).zip(block).for_each(|(row, key)| *key = key.push(row_bits, row));
        }
    }
    radix::sort(&mut keys, row_bits, row_bits + bits, control)?;

    // Where each group starts: every place is written and kept only where the key changes, without a branch.
    let mut starts = vec![0u32; rows + 1];
    let mut filled = 1;
    for (at, pair) in (1u32..).zip(keys.windows(2)) {
        starts[filled] = at;
        filled += usize::from(pair[0].above(row_bits) != pair[1].above(row_bits));
    }
    starts[filled] = rows as u32;
    starts.truncate(filled + 1);

    let mut groups = Groups { keys: vec![0; filled * width], ..Groups::default() };
    // Column by column within a block that stays in cache.
    for (starts, codes) in starts[..filled].chunks(BLOCK).zip(groups.keys.chunks_mut((BLOCK * width).max(1))) {
        let (mut shift, mut place) = (row_bits + bits, 0);
        for part in parts {
            shift -= part.bits();
            let mask = (1usize << part.bits()) - 1;
            for (&start, codes) in starts.iter().zip(codes.chunks_exact_mut(width)) {
                let key = part.key(keys[start as usize].shifted(shift) & mask);
                if let ([slot], [code]) = (&mut codes[place..place + key.len()], key) {
                    *slot = *code;
                } else {
                    codes[place..][..key.len()].copy_from_slice(key);
                }
            }
            place += part.width();
        }
    }
    let row_mask = (1usize << row_bits) - 1;
    if let Some(weights) = wanted.weights {
        let units = |pair: &[u32]| -> u64 {
            let group = &keys[pair[0] as usize..pair[1] as usize];
            group.iter().map(|key| u64::from(weights[key.shifted(0) & row_mask])).sum()
        };
        groups.units = starts.windows(2).map(units).collect();
    }
    if wanted.members {
        groups.members = keys.iter().map(|key| (key.shifted(0) & row_mask) as u32).collect();
        groups.group_of_row = vec![0; rows];
        for (group, pair) in (0u32..).zip(starts.windows(2)) {
            for &row in &groups.members[pair[0] as usize..pair[1] as usize] {
                groups.group_of_row[row as usize] = group;
            }
        }
    }
    groups.rows = starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
    Ok(groups)
}

/// Keys that do not fit 64 bits: the groups of the first parts become one part, until they do.
fn folded(parts: &[&Part<'_>], rows: usize, wanted: Wanted<'_>, control: &Control) -> Result<Groups, TableError> {
    let mut bits = 0;
    let fitting = parts
        .iter()
        .take_while(|part| {
            bits += part.bits();
            bits <= u64::BITS
        })
        .count();
    let (head, tail) = parts.split_at(fitting);
    let first = group(head, rows, Wanted { weights: None, members: true }, control)?;
    let width = head.iter().map(|part| part.width()).sum();
    let first = Part::folded(first.group_of_row, first.keys, width, first.rows);
    let rest: Vec<&Part<'_>> = std::iter::once(&first).chain(tail.iter().copied()).collect();
    group(&rest, rows, wanted, control)
}

impl Groups {
    fn with_capacity(groups: usize, parts: &[&Part<'_>]) -> Self {
        let width: usize = parts.iter().map(|part| part.width()).sum();
        Self { keys: Vec::with_capacity(groups * width), rows: Vec::with_capacity(groups), ..Self::default() }
    }

    /// Units per group.
    pub(super) fn sizes(&self) -> Cow<'_, [u64]> {
        if self.units.is_empty() {
            Cow::Owned(self.rows.iter().map(|&rows| u64::from(rows)).collect())
        } else {
            Cow::Borrowed(&self.units)
        }
    }

    /// Fills `members` from `group_of_row`.
    fn list_members(&mut self) {
        let mut next = 0;
        let mut places: Vec<u32> = self
            .rows
            .iter()
            .map(|&rows| {
                next += rows;
                next - rows
            })
            .collect();
        self.members = vec![0; self.group_of_row.len()];
        for (row, &group) in (0u32..).zip(&self.group_of_row) {
            let place = &mut places[group as usize];
            self.members[*place as usize] = row;
            *place += 1;
        }
    }
}
