//! Ranks that have not been swapped yet: how many there are up to a rank, and which is the n-th.

/// A Fenwick tree over ranks, all of them unswapped at first.
#[derive(Debug)]
pub(super) struct Unswapped {
    /// Node `i` (from 1) counts the ranks from `i - lowbit(i)` to `i - 1`.
    tree: Vec<u32>,
}

impl Unswapped {
    pub(super) fn new(ranks: usize) -> Self {
        let node = |at: usize| u32::try_from(at & at.wrapping_neg()).unwrap_or(u32::MAX);
        Self { tree: (0..=ranks).map(node).collect() }
    }

    /// How many are below `rank`.
    pub(super) fn below(&self, rank: usize) -> u64 {
        let (mut at, mut sum) = (rank.min(self.tree.len() - 1), 0);
        while at > 0 {
            sum += self.tree.get(at).copied().map_or(0, u64::from);
            at &= at - 1;
        }
        sum
    }

    /// The rank with `n` unswapped ones below it that is unswapped itself.
    pub(super) fn nth(&self, n: u64) -> usize {
        let (mut at, mut left) = (0, n);
        let mut step = self.tree.len().next_power_of_two();
        while step > 0 {
            if let Some(&count) = self.tree.get(at + step)
                && u64::from(count) <= left
            {
                at += step;
                left -= u64::from(count);
            }
            step /= 2;
        }
        at
    }

    /// Marks a rank as swapped; it was not before.
    pub(super) fn remove(&mut self, rank: usize) {
        let mut at = rank + 1;
        while let Some(count) = self.tree.get_mut(at) {
            *count = count.saturating_sub(1);
            at += at & at.wrapping_neg();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ranks_are_counted_and_found(open in prop::collection::vec(any::<bool>(), 0..70)) {
            let mut tree = Unswapped::new(open.len());
            for (rank, _) in open.iter().enumerate().filter(|(_, open)| !**open) {
                tree.remove(rank);
            }
            let left: Vec<usize> = open.iter().enumerate().filter(|(_, open)| **open).map(|(rank, _)| rank).collect();
            for (n, &rank) in left.iter().enumerate() {
                prop_assert_eq!(tree.nth(n as u64), rank);
                prop_assert_eq!(tree.below(rank), n as u64);
            }
            prop_assert_eq!(tree.below(open.len()), left.len() as u64);
        }
    }
}
