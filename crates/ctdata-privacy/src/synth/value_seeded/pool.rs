//! Records made out of a pool of values.

#![expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "items and records are numbered by their maker and fit 32 bits"
)]

use std::rc::Rc;

use ctdata_table::Control;
use rand::Rng;
use rustc_hash::FxHashMap;

use crate::PrivacyError;
use crate::draw::below;
use crate::synth::items::{ItemLists, Records};
use crate::synth::row_seeded::by_weight;

/// Bytes of what is remembered of combinations; more are counted anew each time.
const MEMORY: usize = 256 << 20;
/// In place of an item: the record ends.
const END: u32 = u32::MAX;
/// Real records of a combination that are counted anew rather than remembered.
const FEW: usize = 64;

/// What may be added to some items.
#[derive(Clone)]
struct Extensions {
    /// The real records that have the items, ascending.
    rows: Rc<[u32]>,
    /// Items that at least k units have besides, with how often each is the next one.
    items: Rc<[(u32, u64)]>,
    /// How often there is no next one.
    end: u64,
}

/// A real row, in these units divided among the items that it has besides.
const ROW: u64 = 1 << 16;

/// Values that are left to be used, and what is known of the records they may form.
pub(crate) struct Pool<'a> {
    records: &'a Records,
    k: u64,
    /// How often each item is still to be used, and all of them.
    left: Vec<u64>,
    total: u64,
    /// Items that are left, by how often each is the first one of a real row.
    first: Urn,
    of_items: Vec<Rc<[u32]>>,
    known: FxHashMap<Box<[u32]>, Extensions>,
    bytes: usize,
    units: Vec<u64>,
    weights: Vec<u64>,
    person: Vec<u32>,
    touched: Vec<u32>,
}

impl<'a> Pool<'a> {
    /// A pool with so many of each item.
    pub(crate) fn new(records: &'a Records, k: u64, left: Vec<u64>) -> Self {
        let mut pool = Self {
            k: k.max(1),
            total: left.iter().sum(),
            left,
            first: Urn::new(Vec::new()),
            of_items: records.of_items().into_iter().map(Into::into).collect(),
            known: FxHashMap::default(),
            bytes: 0,
            units: vec![0; records.items.len()],
            weights: vec![0; records.items.len()],
            person: vec![0; records.items.len()],
            touched: Vec::new(),
            records,
        };
        let all: Rc<[u32]> = (0..records.len() as u32).collect();
        let mut weights = vec![0; records.items.len()];
        for &(item, weight) in &*pool.extensions(&[], &all).items {
            if pool.left[item as usize] > 0 {
                weights[item as usize] = weight;
            }
        }
        pool.first = Urn::new(weights);
        pool
    }

    /// Empties the pool. From its first item on, each record goes on as a random real row that has the same
    /// items: with another one of that row, each with the same probability, as long as k units share the longer
    /// record and the pool has it; or it ends, where that row has nothing more.
    pub(crate) fn draw<R: Rng + ?Sized>(mut self, rng: &mut R, control: &Control) -> Result<ItemLists, PrivacyError> {
        let all = self.total;
        let mut output = ItemLists::default();
        let (mut chosen, mut open) = (Vec::new(), Vec::new());
        while let Some(first) = self.first.draw(rng) {
            if output.len().is_multiple_of(256) {
                control.check()?;
                control.report("emptying the pool of values", all - self.total, Some(all));
            }
            chosen.clear();
            chosen.push(first);
            self.take(first);
            let mut rows = Rc::clone(&self.of_items[first as usize]);
            loop {
                let found = self.extensions(&chosen, &rows);
                open.clear();
                open.extend(found.items.iter().filter(|(item, _)| self.left[*item as usize] > 0));
                open.push((END, found.end));
                let Some(item) = by_weight(&open, rng).filter(|item| *item != END) else { break };
                self.take(item);
                rows = self.rows_with(&chosen, &found.rows, item);
                let place = chosen.partition_point(|other| *other < item);
                chosen.insert(place, item);
            }
            output.push(&chosen);
        }
        Ok(output)
    }

    fn take(&mut self, item: u32) {
        let left = &mut self.left[item as usize];
        *left -= 1;
        self.total -= 1;
        if *left == 0 {
            self.first.clear(item);
        }
    }

    /// What may be added to these items, which these records have.
    fn extensions(&mut self, chosen: &[u32], rows: &Rc<[u32]>) -> Extensions {
        if let Some(known) = self.known.get(chosen) {
            return known.clone();
        }
        let persons = self.records.persons_repeat();
        let mut end = 0;
        for &row in &**rows {
            let unit = self.records.unit(row);
            let share = u64::from(self.records.rows(row)) * ROW;
            let besides = (self.records.list(row).len() - chosen.len()) as u64;
            end += if besides > 0 { 0 } else { share };
            let share = share / besides.max(1);
            for &item in self.records.list(row) {
                let units = &mut self.units[item as usize];
                if *units == 0 {
                    self.touched.push(item);
                }
                self.weights[item as usize] += share;
                if persons {
                    let last = &mut self.person[item as usize];
                    *units += u64::from(*units == 0 || *last != unit);
                    *last = unit;
                } else {
                    *units += u64::from(unit);
                }
            }
        }
        self.touched.sort_unstable();
        let mut items = Vec::with_capacity(self.touched.len());
        for item in self.touched.drain(..) {
            let units = std::mem::take(&mut self.units[item as usize]);
            let weight = std::mem::take(&mut self.weights[item as usize]);
            if units >= self.k && !chosen.contains(&item) {
                items.push((item, weight.max(1)));
            }
        }
        let found = Extensions { rows: Rc::clone(rows), items: items.into(), end };
        let bytes = 128 + 4 * chosen.len() + 4 * rows.len() + 16 * found.items.len();
        if rows.len() > FEW && self.bytes + bytes <= MEMORY {
            self.bytes += bytes;
            self.known.insert(chosen.into(), found.clone());
        }
        found
    }

    /// Of these records, which have the chosen items, those that have one more.
    fn rows_with(&self, chosen: &[u32], rows: &[u32], item: u32) -> Rc<[u32]> {
        let mut longer = chosen.to_vec();
        longer.insert(chosen.partition_point(|other| *other < item), item);
        if let Some(known) = self.known.get(longer.as_slice()) {
            return Rc::clone(&known.rows);
        }
        rows.iter().copied().filter(|&row| self.records.list(row).contains(&item)).collect()
    }
}

/// So many of each item, drawn from in proportion to these numbers.
pub(crate) struct Urn {
    pub(crate) counts: Vec<u64>,
    /// Sums of 64 counts each.
    blocks: Vec<u64>,
    pub(crate) total: u64,
}

impl Urn {
    pub(crate) fn new(counts: Vec<u64>) -> Self {
        let blocks: Vec<u64> = counts.chunks(64).map(|counts| counts.iter().sum()).collect();
        Self { total: blocks.iter().sum(), blocks, counts }
    }

    /// An item, which stays; none if the urn is empty.
    pub(crate) fn draw<R: Rng + ?Sized>(&self, rng: &mut R) -> Option<u32> {
        if self.total == 0 {
            return None;
        }
        let mut left = below(rng, self.total);
        let mut block = 0;
        while left >= self.blocks[block] {
            left -= self.blocks[block];
            block += 1;
        }
        let mut item = block * 64;
        while left >= self.counts[item] {
            left -= self.counts[item];
            item += 1;
        }
        Some(item as u32)
    }

    /// Takes all of an item.
    fn clear(&mut self, item: u32) {
        let count = std::mem::take(&mut self.counts[item as usize]);
        self.blocks[item as usize / 64] -= count;
        self.total -= count;
    }

    /// Takes one, if there is one.
    pub(crate) fn take(&mut self, item: u32) {
        let count = &mut self.counts[item as usize];
        if *count > 0 {
            *count -= 1;
            self.blocks[item as usize / 64] -= 1;
            self.total -= 1;
        }
    }
}
