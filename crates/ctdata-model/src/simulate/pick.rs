//! Drawing from shares without floating point, so that results are the same on every platform.

/// The size of the space of draws.
const SPACE: u64 = 1 << 32;

/// A probability, as the number of 32-bit draws that hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chance(u64);

impl Chance {
    /// `share` in a thousand; a thousand and more is certain.
    pub(super) const fn per_mille(share: u32) -> Self {
        let share = if share > 1000 { 1000 } else { share as u64 };
        Self(SPACE * share / 1000)
    }

    /// Whether a draw hits.
    #[inline]
    pub(super) fn hits(self, draw: u32) -> bool {
        u64::from(draw) < self.0
    }
}

/// A choice among a few classes, by upper bounds of their parts of the space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pick(Box<[u64]>);

impl Pick {
    /// A choice in proportion to weights; the first class if all are 0.
    pub(super) fn of(weights: impl IntoIterator<Item = u32>) -> Self {
        let mut bounds = cumulative(weights);
        let total = bounds.last().copied().unwrap_or(0).max(1);
        bounds.pop();
        Self(bounds.into_iter().map(|bound| SPACE * bound / total).collect())
    }

    /// A choice by shares in a thousand; the rest to a thousand is one more class at the end.
    pub(super) fn with_rest(shares: impl IntoIterator<Item = u32>) -> Self {
        Self(cumulative(shares).into_iter().map(|bound| SPACE * bound / 1000).collect())
    }

    /// The class of a draw.
    #[inline]
    pub(super) fn class(&self, draw: u32) -> usize {
        self.0.partition_point(|&bound| bound <= u64::from(draw))
    }
}

fn cumulative(weights: impl IntoIterator<Item = u32>) -> Vec<u64> {
    let mut sum = 0;
    let add = |weight: u32| {
        sum += u64::from(weight);
        sum
    };
    weights.into_iter().map(add).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn never_and_always() {
        for draw in [0, 1, u32::MAX] {
            assert!(!Chance::per_mille(0).hits(draw));
            assert!(Chance::per_mille(1000).hits(draw));
            assert_eq!(Pick::with_rest([0, 0]).class(draw), 2);
            assert_eq!(Pick::of([0, 3, 0]).class(draw), 1);
        }
        assert!(Chance::per_mille(500).hits((1 << 31) - 1) && !Chance::per_mille(500).hits(1 << 31));
    }

    proptest! {
        #[test]
        fn a_class_has_its_part_of_the_space(weights in prop::collection::vec(0u32..1000, 1..20)) {
            let total: u64 = weights.iter().copied().map(u64::from).sum();
            prop_assume!(total > 0);
            let pick = Pick::of(weights.iter().copied());
            // An even grid of draws meets each class in proportion, to one step at either end.
            let steps = 1u64 << 12;
            let mut counts = vec![0u64; weights.len()];
            for step in 0..steps {
                counts[pick.class(u32::try_from(step * (SPACE / steps)).unwrap())] += 1;
            }
            for (&count, &weight) in counts.iter().zip(&weights) {
                prop_assert!((count * total).abs_diff(u64::from(weight) * steps) <= 2 * total);
                prop_assert!(weight > 0 || count == 0);
            }
        }
    }
}
