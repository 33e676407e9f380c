//! Records made out of a pool of values.

#![expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "items and records are numbered by their maker and fit 32 bits"
)]

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::rc::Rc;

use ctdata_table::Control;
use rand::Rng;
use rustc_hash::FxHasher;

use crate::PrivacyError;
use crate::perturb::draw::below;
use crate::synth::items::{ItemLists, Records};
use crate::synth::row_seeded::by_weight;

/// Bytes of what is remembered of combinations; more are counted anew each time.
const MEMORY: usize = 256 << 20;
/// Real records of a combination that are counted anew rather than remembered.
const FEW: usize = 64;

/// What may be added to some items.
struct Extensions {
    /// The real records that have the items, ascending.
    rows: Rc<[u32]>,
    /// Items that at least k units have besides, with these units.
    items: Rc<[(u32, u64)]>,
}

/// Values that are left to be used, and what is known of the records they may form.
pub(crate) struct Pool<'a> {
    records: &'a Records,
    k: u64,
    left: Urn,
    of_items: Vec<Rc<[u32]>>,
    known: HashMap<Box<[u32]>, Extensions, BuildHasherDefault<FxHasher>>,
    bytes: usize,
    units: Vec<u64>,
    person: Vec<u32>,
    touched: Vec<u32>,
}

impl<'a> Pool<'a> {
    /// A pool with so many of each item.
    pub(crate) fn new(records: &'a Records, k: u64, left: Vec<u64>) -> Self {
        Self {
            k: k.max(1),
            left: Urn::new(left),
            of_items: records.of_items().into_iter().map(Into::into).collect(),
            known: HashMap::default(),
            bytes: 0,
            units: vec![0; records.items.len()],
            person: vec![0; records.items.len()],
            touched: Vec::new(),
            records,
        }
    }

    /// Empties the pool. Each record begins with an item of the pool and takes further ones of it, in
    /// proportion to the units that would share the longer record, as long as k of them do.
    pub(crate) fn draw<R: Rng + ?Sized>(mut self, rng: &mut R, control: &Control) -> Result<ItemLists, PrivacyError> {
        let all = self.left.total;
        let mut output = ItemLists::default();
        let (mut chosen, mut open) = (Vec::new(), Vec::new());
        while let Some(first) = self.left.draw(rng) {
            if output.len().is_multiple_of(256) {
                control.check()?;
                control.report("emptying the pool of values", all - self.left.total, Some(all));
            }
            chosen.clear();
            chosen.push(first);
            self.left.take(first);
            let mut rows = Rc::clone(&self.of_items[first as usize]);
            loop {
                let found = self.extensions(&chosen, &rows);
                open.clear();
                open.extend(found.items.iter().filter(|(item, _)| self.left.counts[*item as usize] > 0));
                let Some(item) = by_weight(&open, rng) else { break };
                self.left.take(item);
                rows = self.rows_with(&chosen, &found.rows, item);
                let place = chosen.partition_point(|other| *other < item);
                chosen.insert(place, item);
            }
            output.push(&chosen);
        }
        Ok(output)
    }

    /// What may be added to these items, which these records have.
    fn extensions(&mut self, chosen: &[u32], rows: &Rc<[u32]>) -> Extensions {
        if let Some(known) = self.known.get(chosen) {
            return Extensions { rows: Rc::clone(&known.rows), items: Rc::clone(&known.items) };
        }
        let persons = self.records.persons_repeat();
        for &row in &**rows {
            let unit = self.records.unit(row);
            for &item in self.records.list(row) {
                let units = &mut self.units[item as usize];
                if *units == 0 {
                    self.touched.push(item);
                }
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
            if units >= self.k && !chosen.contains(&item) {
                items.push((item, units));
            }
        }
        let found = Extensions { rows: Rc::clone(rows), items: items.into() };
        let bytes = 128 + 4 * chosen.len() + 4 * rows.len() + 16 * found.items.len();
        if rows.len() > FEW && self.bytes + bytes <= MEMORY {
            self.bytes += bytes;
            let kept = Extensions { rows: Rc::clone(rows), items: Rc::clone(&found.items) };
            self.known.insert(chosen.into(), kept);
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
