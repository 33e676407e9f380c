//! Reported combinations by what may be added to them, with what is left of their counts.

#![expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "combinations are numbered by this file, in the order in which they come; they fit 32 bits"
)]

use ctdata_table::{Combinations, Control};
use rustc_hash::FxHashMap;

use crate::PrivacyError;

/// The empty combination.
pub(super) const ROOT: u32 = 0;

/// Every reported combination, numbered from one in their order; the empty one is number 0.
pub(super) struct Index {
    /// The length up to which all combinations are reported; there need be none so long.
    pub(super) longest: usize,
    /// How often each still is to occur.
    pub(super) left: Vec<u64>,
    /// The combination of a combination and one item after its last one.
    longer: FxHashMap<(u32, u32), u32>,
    /// Where the extensions of each begin.
    starts: Vec<u32>,
    /// (item, the combination with it), by items.
    extensions: Vec<(u32, u32)>,
}

impl Index {
    pub(super) fn of(combinations: &Combinations, control: &Control) -> Result<Self, PrivacyError> {
        let entries = combinations.len();
        let longest = combinations.max_length();
        control.reserve((entries as u64).saturating_mul(48 + 20 * longest.min(64) as u64))?;
        let mut index = Self {
            longest,
            left: Vec::with_capacity(entries + 1),
            longer: FxHashMap::default(),
            starts: vec![0; entries + 2],
            extensions: Vec::new(),
        };
        index.longer.reserve(entries);
        index.left.push(u64::MAX);
        let not_closed = || PrivacyError::InvalidParameter {
            parameter: "combinations",
            rule: "with a combination, every part of it is reported".to_owned(),
        };
        // Per (part, item): all entries of a length come after those of the length before.
        let mut parts: Vec<(u32, u32, u32)> = Vec::new();
        let mut part = Vec::new();
        for (items, count) in combinations.iter() {
            if index.left.len().is_multiple_of(1 << 14) {
                control.check()?;
            }
            let number = index.left.len() as u32;
            index.left.push(count);
            let Some((&last, before)) = items.split_last() else { continue };
            let parent = index.find(before).ok_or_else(not_closed)?;
            index.longer.insert((parent, last), number);
            for place in 0..items.len() {
                part.clear();
                part.extend(items[..place].iter().chain(&items[place + 1..]));
                parts.push((index.find(&part).ok_or_else(not_closed)?, items[place], number));
            }
        }
        parts.sort_unstable();
        for &(part, ..) in &parts {
            index.starts[part as usize + 1] += 1;
        }
        let mut before = 0;
        for start in &mut index.starts {
            before += *start;
            *start = before;
        }
        index.extensions = parts.into_iter().map(|(_, item, number)| (item, number)).collect();
        Ok(index)
    }

    /// The number of a combination, its items ascending.
    pub(super) fn find(&self, items: &[u32]) -> Option<u32> {
        items.iter().try_fold(ROOT, |number, &item| self.longer.get(&(number, item)).copied())
    }

    /// (item, the combination with it), by items.
    pub(super) fn extensions(&self, number: u32) -> &[(u32, u32)] {
        &self.extensions[self.starts[number as usize] as usize..self.starts[number as usize + 1] as usize]
    }

    /// Takes one off what is left of every reported combination of these items, ascending.
    pub(super) fn take(&mut self, items: &[u32]) {
        self.take_from(ROOT, items, self.longest);
    }

    fn take_from(&mut self, number: u32, items: &[u32], length: usize) {
        for place in 0..items.len() {
            if let Some(&longer) = self.longer.get(&(number, items[place])) {
                let left = &mut self.left[longer as usize];
                *left = left.saturating_sub(1);
                if length > 1 {
                    self.take_from(longer, &items[place + 1..], length - 1);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_those_of_sets_not_of_prefixes() {
        let entries = vec![
            (vec![(0, 0)], 5),
            (vec![(1, 0)], 4),
            (vec![(2, 0)], 3),
            (vec![(0, 0), (1, 0)], 2),
            (vec![(1, 0), (2, 0)], 2),
        ];
        let combinations = Combinations::try_new(3, 1, entries.clone()).unwrap();
        let mut index = Index::of(&combinations, &Control::default()).unwrap();
        let of = |index: &Index, items: &[u32]| {
            index.extensions(index.find(items).unwrap()).iter().map(|pair| pair.0).collect::<Vec<_>>()
        };
        assert_eq!(
            (index.longest, of(&index, &[]), of(&index, &[1]), of(&index, &[2])),
            (3, vec![0, 1, 2], vec![0, 2], vec![1])
        );
        assert_eq!(index.find(&[0, 2]), None);
        index.take(&[0, 1, 2]);
        assert_eq!(index.left[1..], [4, 3, 2, 1, 1]);
        let open = Combinations::try_new(3, 1, entries[1..].to_vec()).unwrap();
        assert!(Index::of(&open, &Control::default()).is_err());
    }
}
