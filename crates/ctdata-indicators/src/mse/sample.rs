//! A table as dense arrays over all sets of lists: what the kernels work on.

use super::histories::CaptureHistories;

/// The counts of all histories and the sums over supersets, of one table or of one bootstrap replicate.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    lists: usize,
    /// By set of lists, the persons seen on exactly these; of no list, zero.
    counts: Vec<u64>,
    /// By set of lists, the persons seen at least on these; of no list, all persons.
    sums: Vec<u64>,
}

impl Sample {
    pub(crate) fn of(histories: &CaptureHistories) -> Self {
        let lists = histories.lists().len();
        let mut counts = vec![0; 1 << lists];
        for (history, count) in histories.iter() {
            if let Some(cell) = counts.get_mut(history.index()) {
                *cell = count;
            }
        }
        let mut sample = Self { lists, sums: counts.clone(), counts };
        superset_sums(&mut sample.sums);
        sample
    }

    /// Replaces the counts, keeping the buffers.
    pub(crate) fn refill(&mut self, fill: impl FnOnce(&mut [u64])) {
        self.counts.fill(0);
        fill(&mut self.counts);
        if let Some(unseen) = self.counts.first_mut() {
            *unseen = 0;
        }
        self.sums.copy_from_slice(&self.counts);
        superset_sums(&mut self.sums);
    }

    pub(crate) fn lists(&self) -> usize {
        self.lists
    }

    /// By set of lists, exactly these.
    pub(crate) fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// By set of lists, at least these (N* of the notes).
    pub(crate) fn sums(&self) -> &[u64] {
        &self.sums
    }

    pub(crate) fn persons(&self) -> u64 {
        self.sums.first().copied().unwrap_or_default()
    }
}

/// Replaces each entry of an array over sets by the sum over its supersets.
pub(crate) fn superset_sums<T: Copy + std::ops::AddAssign>(values: &mut [T]) {
    for [neither, first, second, both] in values.as_chunks_mut().0 {
        *neither += *first;
        *second += *both;
        *neither += *second;
        *first += *both;
    }
    over_halves(values, |without, with| *without += *with);
}

/// Replaces each entry of an array over sets by the sum over its subsets.
pub(crate) fn subset_sums<T: Copy + std::ops::AddAssign>(values: &mut [T]) {
    for [neither, first, second, both] in values.as_chunks_mut().0 {
        *first += *neither;
        *both += *second;
        *second += *neither;
        *both += *first;
    }
    over_halves(values, |without, with| *with += *without);
}

/// Meets each set without a list and the same set with it, list by list from the third on: the first two, whose
/// halves are short, are done four entries at a time. Tables have two lists at least.
fn over_halves<T>(values: &mut [T], meet: impl Fn(&mut T, &mut T)) {
    let mut half = 4;
    while half < values.len() {
        for block in values.chunks_exact_mut(2 * half) {
            let (without, with) = block.split_at_mut(half);
            for (without, with) in without.iter_mut().zip(with) {
                meet(without, with);
            }
        }
        half *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mse::ListSet;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sums_over_sets_are_those_by_definition(values in proptest::collection::vec(0u64..100, 32)) {
            let (mut above, mut below) = (values.clone(), values.clone());
            superset_sums(&mut above);
            subset_sums(&mut below);
            let set = |bits: usize| ListSet::from_bits(u16::try_from(bits).unwrap());
            for one in 0..32 {
                let over: u64 = (0..32).filter(|other| set(one).is_subset(set(*other))).map(|other| values[other]).sum();
                let under: u64 = (0..32).filter(|other| set(*other).is_subset(set(one))).map(|other| values[other]).sum();
                prop_assert_eq!((above[one], below[one]), (over, under));
            }
        }
    }
}
