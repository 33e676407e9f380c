//! Combinations that are kept, level by level, and the candidates that they leave for the next one.

#![expect(clippy::indexing_slicing, reason = "entries are numbered by this file, places lie inside its flat lists")]
#![expect(clippy::cast_precision_loss, reason = "numbers of values of an attribute")]
#![expect(clippy::cast_possible_truncation, reason = "levels have fewer than 2^32 entries: `Level::push` sees to it")]

use ctdata_table::Control;
use rustc_hash::FxHashMap;

use super::items::Items;
use crate::PrivacyError;

/// Combinations of one length in ascending order, each with a number.
#[derive(Default)]
pub(crate) struct Level {
    length: usize,
    /// Items of the entries one after the other.
    items: Vec<u32>,
    /// By the entry of the level before without its last item, and that item.
    by_prefix: FxHashMap<u64, u32>,
    /// A number for each: expected for candidates, estimated for entries that are kept.
    pub(crate) counts: Vec<f64>,
}

fn key(prefix: u32, item: u32) -> u64 {
    u64::from(prefix) << 32 | u64::from(item)
}

impl Level {
    pub(crate) fn new(length: usize) -> Self {
        Self { length, ..Self::default() }
    }

    /// One more entry, which comes after all others.
    pub(crate) fn push(&mut self, prefix: u32, items: &[u32], count: f64) {
        debug_assert_eq!(items.len(), self.length, "an entry has the length of its level");
        let (Some(&last), Ok(number)) = (items.last(), u32::try_from(self.counts.len())) else { return };
        self.by_prefix.insert(key(prefix, last), number);
        self.items.extend_from_slice(items);
        self.counts.push(count);
    }

    /// Items of each entry.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// How many entries.
    pub(crate) fn len(&self) -> usize {
        self.counts.len()
    }

    /// The items of an entry.
    pub(crate) fn get(&self, entry: usize) -> &[u32] {
        &self.items[entry * self.length..][..self.length]
    }
}

/// What is kept so far: one level per length, closed downward.
#[derive(Default)]
pub(crate) struct Lattice {
    pub(crate) levels: Vec<Level>,
}

impl Lattice {
    /// The number of an entry among those of its length. Of the empty one it is 0.
    pub(crate) fn find(&self, items: impl IntoIterator<Item = u32>) -> Option<u32> {
        let mut entry = 0;
        for (item, level) in items.into_iter().zip(&self.levels) {
            entry = *level.by_prefix.get(&key(entry, item))?;
        }
        Some(entry)
    }

    /// The count of an entry; `records` for the empty one.
    fn count(&self, items: impl IntoIterator<Item = u32> + Clone, records: f64) -> Option<f64> {
        match items.clone().into_iter().count().checked_sub(1) {
            None => Some(records),
            Some(level) => self.find(items).map(|entry| self.levels[level].counts[entry as usize]),
        }
    }

    /// Entries that could exist one item further: all of whose parts are kept, and that no rule forbids, with
    /// the count that their parts let expect. If there are more than `most`, those that expect most.
    ///
    /// # Errors
    /// Cancellation and the memory cap.
    pub(crate) fn candidates(
        &self,
        items: &Items,
        records: f64,
        most: usize,
        control: &Control,
    ) -> Result<Level, PrivacyError> {
        let length = self.levels.len() + 1;
        let mut found: Vec<(f64, u32, u32)> = Vec::new();
        let Some(level) = self.levels.last() else {
            let mut first = Level::new(1);
            for item in (0..items.len() as u32).filter(|&item| !items.forbids(&[item])) {
                // Any value of an attribute, or none, is as likely.
                first.push(0, &[item], records / (items.siblings(item) + 1) as f64);
            }
            return Ok(first);
        };
        let mut combination = vec![0; length];
        for one in 0..level.len() {
            if one.is_multiple_of(1 << 10) {
                control.check()?;
                control.reserve((found.len() as u64).saturating_mul(64))?;
            }
            let (head, items_of_one) = (&level.get(one)[..length - 2], level.get(one));
            let same_head = (one + 1..level.len()).take_while(|&other| &level.get(other)[..length - 2] == head);
            for other in same_head {
                let last = level.get(other)[length - 2];
                combination[..length - 1].copy_from_slice(items_of_one);
                combination[length - 1] = last;
                if items.exclude(items_of_one[length - 2], last) || items.forbids(&combination) {
                    continue;
                }
                if let Some(expected) = self.expected(&combination, records) {
                    found.push((expected, one as u32, last));
                }
            }
            // Twice the bound is the most that is held.
            if found.len() >= most.saturating_mul(2).max(1) {
                keep_largest(&mut found, most);
            }
        }
        if found.len() > most {
            keep_largest(&mut found, most);
        }
        found.sort_unstable_by_key(|&(_, one, last)| (one, last));
        let mut candidates = Level::new(length);
        for (expected, one, last) in found {
            combination[..length - 1].copy_from_slice(level.get(one as usize));
            combination[length - 1] = last;
            candidates.push(one, &combination, expected);
        }
        Ok(candidates)
    }

    /// What the parts of a combination let expect: the mean, over pairs of its items, of the count if the two
    /// were independent given all others. None if a part is not kept.
    fn expected(&self, combination: &[u32], records: f64) -> Option<f64> {
        let without = |a: usize, b: usize| {
            combination.iter().enumerate().filter(move |&(place, _)| place != a && place != b).map(|(_, &item)| item)
        };
        let (mut sum, mut pairs, mut least) = (0.0, 0.0, f64::INFINITY);
        for a in 0..combination.len() {
            let without_a = self.count(without(a, a), records)?;
            least = f64::min(least, without_a);
            for b in 0..a {
                let without_b = self.count(without(b, b), records)?;
                let without_both = self.count(without(a, b), records)?;
                sum += without_a * without_b / without_both.max(1.0);
                pairs += 1.0;
            }
        }
        Some(f64::min(sum / f64::max(pairs, 1.0), least))
    }

    /// Calls `visit` with each candidate that a record has: the entries of the next level, `candidates`.
    pub(crate) fn visit(&self, candidates: &Level, record: &[u32], visit: &mut impl FnMut(u32)) {
        self.descend(candidates, 0, 0, record, visit);
    }

    fn descend(&self, candidates: &Level, depth: usize, prefix: u32, rest: &[u32], visit: &mut impl FnMut(u32)) {
        let Some(level) = self.levels.get(depth) else {
            for &item in rest {
                if let Some(&candidate) = candidates.by_prefix.get(&key(prefix, item)) {
                    visit(candidate);
                }
            }
            return;
        };
        for (place, &item) in rest.iter().enumerate() {
            if let Some(&entry) = level.by_prefix.get(&key(prefix, item)) {
                self.descend(candidates, depth + 1, entry, &rest[place + 1..], visit);
            }
        }
    }
}

fn keep_largest(found: &mut Vec<(f64, u32, u32)>, most: usize) {
    if found.len() > most {
        found.select_nth_unstable_by(most, |a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        found.truncate(most);
    }
}
