//! Records grown item by item out of real ones, as long as enough units share what is there.
//!
//! All records that have come to the same items in the same order are grown together: the real records that
//! have these items are scanned once to count what may be added, and once more to be handed on. A record that
//! is left alone is grown from what each of those has in common with it.

#![expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "items and records are numbered by their maker and fit 32 bits"
)]

use ctdata_table::Control;
use rand::Rng;
use rand::rngs::ChaCha20Rng;

use crate::PrivacyError;
use crate::dp::NoiseSource;
use crate::draw::below;
use crate::synth::items::{ItemLists, Records};
use crate::synth::synthesized::try_map;

/// How the next item is drawn among those of the seed that may be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NextItem {
    /// In proportion to the units that would share the longer record.
    BySupport,
    /// Each with the same probability.
    Evenly,
}

/// Records that are being grown from the same items.
struct Node {
    /// What was chosen, in that order.
    chosen: Vec<u32>,
    /// The real records that have all of it, ascending.
    rows: Vec<u32>,
    /// The real records that are grown.
    seeds: Vec<u32>,
}

/// The seeds that begin with one item, and their stream.
type Task<'a> = (u32, &'a [(u32, u32)], ChaCha20Rng);

/// A record of each seed: a subset of its items, grown until no item of it can be added so that still `k`
/// units have them all. Seeds are records, ascending; results come in an order of their own.
pub(crate) fn grow(
    records: &Records,
    k: u64,
    seeds: &[u32],
    next: NextItem,
    source: &mut NoiseSource,
    control: &Control,
) -> Result<ItemLists, PrivacyError> {
    let mut rng = source.stream();
    let mut scratch = Scratch::new(records);
    scratch.units.clone_from(&records.support);
    let growth = Growth { records, k, next, control };
    let mut output = ItemLists::default();
    let picks = growth.pick(&scratch, seeds, &[], &mut output, &mut rng);
    let of_items = records.of_items();
    let tasks: Vec<Task<'_>> =
        picks.chunk_by(|a, b| a.0 == b.0).map(|picks| (picks[0].0, picks, source.stream())).collect();
    for grown in try_map(tasks, |(item, picks, rng)| {
        let seeds = picks.iter().map(|pick| pick.1).collect();
        let root = Node { chosen: vec![item], rows: of_items[item as usize].clone(), seeds };
        growth.below(root, rng)
    })? {
        output.append(&grown);
    }
    Ok(output)
}

struct Growth<'a> {
    records: &'a Records,
    k: u64,
    next: NextItem,
    control: &'a Control,
}

/// Per item, zero between uses.
struct Scratch {
    units: Vec<u64>,
    /// The person counted last; of use while `units` is above zero.
    person: Vec<u32>,
    touched: Vec<u32>,
    /// Where the rows of an item go; from one.
    slot: Vec<u32>,
    /// One bit for an item of the record at hand.
    bit: Vec<u64>,
}

impl Scratch {
    fn new(records: &Records) -> Self {
        let items = records.items.len();
        Self {
            units: vec![0; items],
            person: vec![0; items],
            touched: Vec::new(),
            slot: vec![0; items],
            bit: vec![0; items],
        }
    }
}

impl Growth<'_> {
    /// Grows all records of a node to their ends.
    fn below(&self, root: Node, mut rng: ChaCha20Rng) -> Result<ItemLists, PrivacyError> {
        let mut scratch = Scratch::new(self.records);
        let mut output = ItemLists::default();
        let mut stack = vec![root];
        let mut steps = 0u32;
        while let Some(node) = stack.pop() {
            steps = steps.wrapping_add(1);
            if steps.is_multiple_of(64) {
                self.control.check()?;
            }
            if let [seed] = *node.seeds.as_slice()
                && self.records.list(seed).len() <= node.chosen.len() + u64::BITS as usize
            {
                self.alone(&node, seed, &mut scratch, &mut output, &mut rng);
                continue;
            }
            self.count(&node.rows, &mut scratch);
            let picks = self.pick(&scratch, &node.seeds, &node.chosen, &mut output, &mut rng);
            for item in scratch.touched.drain(..) {
                scratch.units[item as usize] = 0;
            }
            stack.extend(self.split(&node, &picks, &mut scratch.slot));
        }
        Ok(output)
    }

    /// Counts the units of every item in these records.
    fn count(&self, rows: &[u32], scratch: &mut Scratch) {
        let persons = self.records.persons_repeat();
        for &row in rows {
            let unit = self.records.unit(row);
            for &item in self.records.list(row) {
                let units = &mut scratch.units[item as usize];
                if *units == 0 {
                    scratch.touched.push(item);
                }
                if persons {
                    let last = &mut scratch.person[item as usize];
                    *units += u64::from(*units == 0 || *last != unit);
                    *last = unit;
                } else {
                    *units += u64::from(unit);
                }
            }
        }
    }

    /// The next item of each seed, in the order of items; seeds that have none are at their end.
    fn pick(
        &self,
        scratch: &Scratch,
        seeds: &[u32],
        chosen: &[u32],
        output: &mut ItemLists,
        rng: &mut ChaCha20Rng,
    ) -> Vec<(u32, u32)> {
        let mut picks = Vec::with_capacity(seeds.len());
        let mut open: Vec<(u32, u64)> = Vec::new();
        for &seed in seeds {
            open.clear();
            for &item in self.records.list(seed) {
                let units = scratch.units[item as usize];
                if units >= self.k && !chosen.contains(&item) {
                    open.push((item, units));
                }
            }
            match self.draw(&open, rng) {
                Some(item) => picks.push((item, seed)),
                None => finish(chosen, output),
            }
        }
        picks.sort_by_key(|pick| pick.0);
        picks
    }

    fn draw(&self, open: &[(u32, u64)], rng: &mut ChaCha20Rng) -> Option<u32> {
        match self.next {
            NextItem::BySupport => by_weight(open, rng),
            NextItem::Evenly => open.get(below(rng, open.len() as u64) as usize).map(|pick| pick.0),
        }
    }

    /// The nodes of the picked items, with the real records that have them.
    fn split(&self, node: &Node, picks: &[(u32, u32)], slots: &mut [u32]) -> Vec<Node> {
        let mut nodes: Vec<Node> = Vec::new();
        for picks in picks.chunk_by(|a, b| a.0 == b.0) {
            let mut chosen = node.chosen.clone();
            chosen.push(picks[0].0);
            nodes.push(Node { chosen, rows: Vec::new(), seeds: picks.iter().map(|pick| pick.1).collect() });
            slots[picks[0].0 as usize] = nodes.len() as u32;
        }
        if nodes.is_empty() {
            return nodes;
        }
        for &row in &node.rows {
            for &item in self.records.list(row) {
                let slot = slots[item as usize];
                if slot > 0 {
                    nodes[slot as usize - 1].rows.push(row);
                }
            }
        }
        for node in &nodes {
            node.chosen.iter().for_each(|&item| slots[item as usize] = 0);
        }
        nodes
    }

    /// Grows one record of at most 64 more items to its end.
    fn alone(&self, node: &Node, seed: u32, scratch: &mut Scratch, output: &mut ItemLists, rng: &mut ChaCha20Rng) {
        let mut chosen = node.chosen.clone();
        let rest: Vec<u32> = self.records.list(seed).iter().copied().filter(|item| !chosen.contains(item)).collect();
        for (bit, &item) in rest.iter().enumerate() {
            scratch.bit[item as usize] = 1 << bit;
        }
        let mut shared: Vec<(u64, u32)> = Vec::new();
        for &row in &node.rows {
            let bits = self.records.list(row).iter().fold(0, |bits, &item| bits | scratch.bit[item as usize]);
            if bits != 0 {
                shared.push((bits, self.records.unit(row)));
            }
        }
        for &item in &rest {
            scratch.bit[item as usize] = 0;
        }

        let persons = self.records.persons_repeat();
        let (mut units, mut last) = (vec![0u64; rest.len()], vec![0u32; rest.len()]);
        let mut open: Vec<(u32, u64)> = Vec::new();
        loop {
            units.fill(0);
            for &(bits, unit) in &shared {
                let mut bits = bits;
                while bits != 0 {
                    let bit = bits.trailing_zeros() as usize;
                    bits &= bits - 1;
                    if persons {
                        units[bit] += u64::from(units[bit] == 0 || last[bit] != unit);
                        last[bit] = unit;
                    } else {
                        units[bit] += u64::from(unit);
                    }
                }
            }
            open.clear();
            let mut admissible = 0u64;
            for (bit, &units) in units.iter().enumerate() {
                if units >= self.k {
                    open.push((bit as u32, units));
                    admissible |= 1 << bit;
                }
            }
            let Some(bit) = self.draw(&open, rng) else { break };
            chosen.push(rest[bit as usize]);
            let bit = 1u64 << bit;
            admissible &= !bit;
            // What may not be added now may never be.
            shared.retain_mut(|(bits, _)| {
                let keep = *bits & bit != 0;
                *bits &= admissible;
                keep && *bits != 0
            });
        }
        finish(&chosen, output);
    }
}

/// Adds a record with these items.
fn finish(chosen: &[u32], output: &mut ItemLists) {
    let mut items = chosen.to_vec();
    items.sort_unstable();
    output.push(&items);
}

/// One of these, in proportion to its weight; none if all weights are zero.
pub(crate) fn by_weight<R: Rng + ?Sized>(weighted: &[(u32, u64)], rng: &mut R) -> Option<u32> {
    let mut left = below(rng, weighted.iter().map(|(_, weight)| weight).sum());
    for &(item, weight) in weighted {
        if left < weight {
            return Some(item);
        }
        left -= weight;
    }
    None
}
