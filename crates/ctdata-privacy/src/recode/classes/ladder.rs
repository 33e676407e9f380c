//! Class tables on the way from level 0 to other nodes, kept to be used again.

use std::collections::HashMap;
use std::sync::Arc;

use rustc_hash::FxBuildHasher;

use super::{ClassTable, Coding, Key, Scratch};

/// Tables of nodes whose last attributes, in an order fixed at the start, stand at level 0. A node is reached by raising one attribute after another in that order, so that nodes that
/// agree in the first attributes share the work on these. What is kept never changes a result.
pub(crate) struct Ladder<K> {
    base: Arc<ClassTable<K>>,
    /// Attributes in the order in which they are raised: those that join most classes first.
    order: Vec<usize>,
    kept: HashMap<Vec<u16>, Kept<K>, FxBuildHasher>,
    bytes: usize,
    budget: usize,
    clock: u64,
}

struct Kept<K> {
    table: Arc<ClassTable<K>>,
    used: u64,
}

impl<K: Key> Ladder<K> {
    pub(crate) fn new(base: Arc<ClassTable<K>>, order: Vec<usize>, budget: usize) -> Self {
        Self { base, order, kept: HashMap::default(), bytes: 0, budget, clock: 0 }
    }

    /// Writes the classes of a node over `out`, unless more than `most` records are in classes of fewer
    /// than `least`, as far as a quick look tells: then it says how many, at the least, and `out` is not
    /// touched. Afterwards `scratch.class_of` belongs to an intermediate step.
    pub(crate) fn write_classes(
        &mut self,
        levels: &[u16],
        coding: &Coding<K>,
        (least, most): (u64, u64),
        scratch: &mut Scratch,
        out: &mut ClassTable<K>,
    ) -> Option<u64> {
        let (from, at) = self.step_before(levels, coding, scratch);
        let changes = coding.changes(&at, levels);
        let small = if least > 1 { scratch.small_at_least(&from, &changes, least) } else { 0 };
        if small > most {
            return Some(small);
        }
        scratch.roll_up(&from, &changes, out);
        None
    }

    /// The table that a node is made of, and its node: the last raised attribute is not raised yet.
    fn step_before(
        &mut self,
        levels: &[u16],
        coding: &Coding<K>,
        scratch: &mut Scratch,
    ) -> (Arc<ClassTable<K>>, Vec<u16>) {
        self.clock += 1;
        let mut at = levels.to_vec();
        let mut lowered = Vec::new();
        let mut table = Arc::clone(&self.base);
        for &attribute in self.order.iter().rev() {
            let Some(level) = at.get_mut(attribute).filter(|level| **level > 0) else { continue };
            lowered.push((attribute, std::mem::take(level)));
            if let Some(kept) = self.kept.get_mut(&at) {
                kept.used = self.clock;
                table = Arc::clone(&kept.table);
                break;
            }
        }
        // `at` is the node of `table`; all but the last of the lowered ones are raised again.
        while lowered.len() > 1 {
            let Some((attribute, level)) = lowered.pop() else { break };
            let from = at.clone();
            if let Some(slot) = at.get_mut(attribute) {
                *slot = level;
            }
            let mut next = ClassTable::default();
            scratch.roll_up(&table, &coding.changes(&from, &at), &mut next);
            table = Arc::new(next);
            self.keep(&at, &table);
        }
        (table, at)
    }

    fn keep(&mut self, at: &[u16], table: &Arc<ClassTable<K>>) {
        self.bytes += table.bytes();
        self.kept.insert(at.to_vec(), Kept { table: Arc::clone(table), used: self.clock });
        if self.bytes > self.budget {
            let mut used: Vec<u64> = self.kept.values().map(|kept| kept.used).collect();
            used.sort_unstable();
            let middle = used.get(used.len() / 2).copied().unwrap_or(0);
            self.kept.retain(|_, kept| kept.used > middle);
            self.bytes = self.kept.values().map(|kept| kept.table.bytes()).sum();
        }
    }
}
