//! Many sets at once: rows ordered by the outer columns of a group, bitmaps of the inner ones.
//!
//! In each segment (rows that agree in the outer columns) one pass of AND and population count gives
//! the cell of each pair of items; the cells of the most frequent codes, which have no bitmap, follow
//! by inclusion and exclusion. With one outer column its most frequent code needs no segment either:
//! its counts are what the other segments leave of the whole table's.

#![expect(clippy::indexing_slicing, reason = "segments, items and cells are numbered by this file")]
#![expect(clippy::cast_possible_truncation, reason = "rows and dense cells fit 32 bits")]

use rustc_hash::FxHashMap;

use super::bitmap::{count_and_segments, count_segments};
use super::compact::Part;
use super::items::{Bitmaps, Items};
use super::parallel::try_map;
use super::plan::{Group, Plan, Task};
use super::tally::{cells_of_rows, is_dense};
use crate::{Control, TableError};

/// Rows whose cell numbers are computed at once.
const BLOCK: usize = 4096;
/// Sets that one thread takes at a time.
const CHUNK: usize = 64;

/// What all groups share.
#[derive(Debug)]
pub(super) struct Shared<'a> {
    parts: &'a [Part<'a>],
    rows: usize,
    items: Items,
    /// For two inner columns, the rows of the whole table for each pair of items.
    pairs: FxHashMap<(usize, usize), Vec<u32>>,
}

/// The rows of a group in order.
struct Segments {
    /// Compact codes of the outer columns, for segment after segment.
    codes: Vec<u32>,
    rows: Vec<u32>,
    /// Ends in the words of a bitmap. The last segment has none where its code has no bitmap.
    word_ends: Vec<usize>,
    /// Ends in the order of the rows.
    row_ends: Vec<usize>,
    order: Vec<u32>,
}

impl<'a> Shared<'a> {
    pub(super) fn new(parts: &'a [Part<'a>], plan: &Plan, rows: usize, control: &Control) -> Result<Self, TableError> {
        let mut wanted = vec![false; parts.len()];
        let mut pairs = Vec::new();
        for group in &plan.groups {
            for task in &group.tasks {
                task.inner.iter().for_each(|&column| wanted[column] = true);
                if let ([b, c], 1) = (&task.inner[..], group.outer.len()) {
                    pairs.push((*b, *c));
                }
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        let items: usize = parts.iter().zip(&wanted).filter(|(_, wanted)| **wanted).map(|(part, _)| part.count()).sum();
        // Planes, bitmaps in table order and a group's order of the rows.
        control.reserve((rows * 8 * (items / 48 + 1) + items * (rows / 8 + 8) + rows * 4) as u64)?;
        let items = Items::new(parts, &wanted, rows);
        control.check()?;
        let bitmaps = items.in_order(rows);
        let counts = try_map(&pairs, |&(b, c)| {
            control.check()?;
            let mut counts = Vec::with_capacity(items.of_column(b).len() * items.of_column(c).len());
            for b in items.of_column(b) {
                for c in items.of_column(c) {
                    let mut both = [0];
                    count_and_segments(bitmaps.of_item(b), bitmaps.of_item(c), &[rows.div_ceil(64)], &mut both);
                    counts.push(both[0]);
                }
            }
            Ok(counts)
        })?;
        Ok(Self { parts, rows, items, pairs: pairs.into_iter().zip(counts).collect() })
    }

    /// Counts the sets of a group: hands the set's number and its dense cells, in compact codes of
    /// its columns, to `finish`.
    pub(super) fn count<R: Send>(
        &self,
        group: &Group,
        control: &Control,
        finish: impl Fn(usize, &[u32]) -> R + Sync + Send,
    ) -> Result<Vec<R>, TableError> {
        control.check()?;
        let segments = self.segments(group);
        let mut planes = vec![false; self.items.planes()];
        let mut columns = vec![false; self.parts.len()];
        for &column in group.tasks.iter().flat_map(|task| &task.inner) {
            columns[column] = true;
            if let Some(item) = self.items.of_column(column).next() {
                planes[item / 64] = true;
            }
        }
        let counted = segments.row_ends.len();
        let (words, width) = (segments.word_ends.last().copied().unwrap_or(0), segments.rows.len());
        control.reserve((self.rows * 4 + self.items.len() * (words * 8 + width * 4)) as u64)?;
        let bitmaps = self.items.in_segments(&segments.order, &segments.row_ends, &planes);
        control.check()?;

        // Rows of each item in each segment.
        let mut singles = vec![0u32; self.items.len() * width];
        for column in (0..columns.len()).filter(|&column| columns[column]) {
            for (i, item) in self.items.of_column(column).enumerate() {
                let slots = &mut singles[item * width..][..width];
                count_segments(bitmaps.of_item(item), &segments.word_ends, slots);
                if counted < width {
                    let whole = self.parts[column].rows()[self.items.code(column, i)];
                    slots[counted] = whole - slots[..counted].iter().sum::<u32>();
                }
            }
        }
        let chunks: Vec<&[Task]> = group.tasks.chunks(CHUNK).collect();
        let counted = try_map(&chunks, |tasks| {
            control.check()?;
            let mut cells = Vec::new();
            let mut both = vec![0u32; width];
            Ok(tasks
                .iter()
                .map(|task| {
                    self.fill(&group.outer, task, &segments, &bitmaps, &singles, &mut both, &mut cells);
                    finish(task.set, &cells)
                })
                .collect::<Vec<_>>())
        })?;
        Ok(counted.into_iter().flatten().collect())
    }

    /// The segments of a group; with one outer column, its most frequent code is last and not counted.
    fn segments(&self, group: &Group) -> Segments {
        let outer: Vec<&Part<'_>> = group.outer.iter().map(|&column| &self.parts[column]).collect();
        let mut block = vec![0u32; BLOCK.min(self.rows)];
        let mut each_block = |step: &mut dyn FnMut(usize, &[u32])| {
            for start in (0..self.rows).step_by(BLOCK) {
                let block = &mut block[..BLOCK.min(self.rows - start)];
                cells_of_rows(&outer, start, block);
                step(start, block);
            }
        };
        let (rows_of_cell, last) = if let [only] = outer[..] {
            (only.rows().to_vec(), Some(only.baseline()))
        } else {
            let cells = outer.iter().map(|part| part.count()).product();
            let mut rows = vec![0u32; cells];
            each_block(&mut |_, cells| cells.iter().for_each(|&cell| rows[cell as usize] += 1));
            (rows, None)
        };
        let cells = (0..rows_of_cell.len()).filter(|&cell| rows_of_cell[cell] > 0 && Some(cell) != last).chain(last);
        let mut segments = Segments {
            codes: Vec::new(),
            rows: Vec::new(),
            word_ends: Vec::new(),
            row_ends: Vec::new(),
            order: Vec::new(),
        };
        let mut places = vec![0u32; rows_of_cell.len()];
        let (mut row_end, mut word_end) = (0, 0);
        for cell in cells {
            let rows = rows_of_cell[cell];
            places[cell] = row_end as u32;
            row_end += rows as usize;
            word_end += rows.div_ceil(64) as usize;
            segments.rows.push(rows);
            if Some(cell) != last {
                segments.row_ends.push(row_end);
                segments.word_ends.push(word_end);
            }
            let from = segments.codes.len();
            let mut rest = cell;
            for part in outer.iter().rev() {
                segments.codes.push((rest % part.count()) as u32);
                rest /= part.count();
            }
            segments.codes[from..].reverse();
        }
        segments.order = vec![0u32; self.rows];
        each_block(&mut |start, cells| {
            for (row, &cell) in (start as u32..).zip(cells) {
                let place = &mut places[cell as usize];
                segments.order[*place as usize] = row;
                *place += 1;
            }
        });
        segments
    }

    /// Fills the dense cells of one set, its columns ascending and the last one fastest.
    #[expect(clippy::too_many_arguments, reason = "buffers are shared by the sets of a chunk")]
    fn fill(
        &self,
        outer: &[usize],
        task: &Task,
        segments: &Segments,
        bitmaps: &Bitmaps,
        singles: &[u32],
        both: &mut [u32],
        cells: &mut Vec<u32>,
    ) {
        let mut columns: Vec<usize> = outer.iter().chain(&task.inner).copied().collect();
        columns.sort_unstable();
        let stride = |column: usize| -> usize {
            columns.iter().filter(|&&other| other > column).map(|&other| self.parts[other].count()).product()
        };
        let size = columns.iter().map(|&column| self.parts[column].count()).product();
        debug_assert!(is_dense(Some(size), self.rows).is_some());
        cells.clear();
        cells.resize(size, 0);

        let items = &self.items;
        let inner: Vec<(usize, usize)> = task.inner.iter().map(|&column| (column, stride(column))).collect();
        let baseline: usize = inner.iter().map(|&(column, stride)| items.baseline(column) * stride).sum();
        let strides: Vec<usize> = outer.iter().map(|&column| stride(column)).collect();
        // The cell of each segment in which the inner columns have their most frequent codes.
        let base: Vec<usize> = segments
            .codes
            .chunks_exact(outer.len())
            .map(|codes| {
                baseline + codes.iter().zip(&strides).map(|(&code, stride)| code as usize * stride).sum::<usize>()
            })
            .collect();
        // From the baseline's cell to an item's: modulo 2^64, as codes may lie below the baseline.
        let step = |(column, stride): (usize, usize), i: usize| {
            items.code(column, i).wrapping_sub(items.baseline(column)).wrapping_mul(stride)
        };
        for (&cell, &rows) in base.iter().zip(&segments.rows) {
            cells[cell] = rows;
        }
        let width = segments.rows.len();
        for &column in &inner {
            for (i, item) in items.of_column(column.0).enumerate() {
                let to = step(column, i);
                for (&cell, &rows) in base.iter().zip(&singles[item * width..][..width]) {
                    cells[cell.wrapping_add(to)] = rows;
                    cells[cell] = cells[cell].wrapping_sub(rows);
                }
            }
        }
        let [b, c] = inner[..] else { return };
        let whole = self.pairs.get(&(b.0, c.0));
        let counted = segments.word_ends.len();
        let mut pair = 0;
        for (i, item_b) in items.of_column(b.0).enumerate() {
            for (j, item_c) in items.of_column(c.0).enumerate() {
                count_and_segments(bitmaps.of_item(item_b), bitmaps.of_item(item_c), &segments.word_ends, both);
                if counted < width {
                    let whole = whole.map_or(0, |pairs| pairs[pair]);
                    both[counted] = whole - both[..counted].iter().sum::<u32>();
                }
                pair += 1;
                let (to_b, to_c) = (step(b, i), step(c, j));
                for (&cell, &rows) in base.iter().zip(&*both) {
                    let mut add = |to: usize, rows: u32| {
                        let cell = &mut cells[cell.wrapping_add(to)];
                        *cell = cell.wrapping_add(rows);
                    };
                    add(to_b.wrapping_add(to_c), rows);
                    add(to_b, rows.wrapping_neg());
                    add(to_c, rows.wrapping_neg());
                    add(0, rows);
                }
            }
        }
    }
}
