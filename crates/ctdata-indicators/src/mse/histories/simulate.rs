//! Draws tables of a known population, for tests of coverage and for examples.

use super::{CaptureHistories, named};
use crate::mse::error::MseError;
use crate::mse::list_set::ListSet;
use crate::mse::number::whole;
use crate::mse::random::Source;
use rand::Rng;

/// The most persons of a population that is drawn.
const MOST_DRAWN: f64 = 4_294_967_296.0;

impl CaptureHistories {
    /// A table of a population whose expected counts are known: each person has one of the histories, with
    /// probabilities in proportion to these counts. Their sum, rounded, is the number of persons; who is on no list
    /// ([`ListSet::EMPTY`]) is drawn like the others and then not seen.
    ///
    /// The same seed draws the same table, whatever the order of the histories.
    ///
    /// ```
    /// use ctdata_indicators::mse::{CaptureHistories, ListSet};
    /// use rand::SeedableRng;
    ///
    /// // Two independent lists: one has a third of 900 persons, the other a half.
    /// let [one, two] = [ListSet::of([0]), ListSet::of([1])];
    /// let expected = [(ListSet::EMPTY, 300.0), (one, 150.0), (two, 300.0), (one.union(two), 150.0)];
    /// let mut rng = rand::rngs::ChaCha8Rng::seed_from_u64(1);
    /// let table = CaptureHistories::simulated(["one", "two"], expected, &mut rng)?;
    /// assert!(table.persons() < 900);
    /// # Ok::<(), ctdata_indicators::mse::MseError>(())
    /// ```
    ///
    /// # Errors
    /// [`MseError::Lists`] as for [`CaptureHistories::try_new`]; [`MseError::Histories`] for a history of a list that is
    /// not there; [`MseError::Option`] for an expected count that is negative or not finite, and for more than 2^32
    /// persons.
    pub fn simulated<N: Into<String>, R: Rng + ?Sized>(
        lists: impl IntoIterator<Item = N>,
        expected: impl IntoIterator<Item = (ListSet, f64)>,
        rng: &mut R,
    ) -> Result<Self, MseError> {
        let lists = named(lists)?;
        let mut expected: Vec<(ListSet, f64)> = expected.into_iter().collect();
        if expected.iter().any(|(history, _)| !history.is_subset(ListSet::all(lists.len()))) {
            return Err(MseError::Histories("a history has a list that is not there"));
        }
        let wrong = |rule| MseError::Option { option: "expected counts", rule };
        if expected.iter().any(|(_, count)| !count.is_finite() || *count < 0.0) {
            return Err(wrong("finite and not negative"));
        }
        expected.sort_unstable_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
        // What follows each history sums to, from the end so that nothing is taken away again.
        let mut sum = 0.0;
        let mut following: Vec<f64> = expected
            .iter()
            .rev()
            .map(|(_, count)| {
                let following = sum;
                sum += count;
                following
            })
            .collect();
        following.reverse();
        if sum > MOST_DRAWN {
            return Err(wrong("at most 2^32 persons in all"));
        }
        let (mut source, mut left) = (Source::over(rng), whole(sum.round()));
        let mut counts = Vec::with_capacity(expected.len());
        for ((history, count), following) in expected.into_iter().zip(following) {
            let drawn = source.binomial(left, count, following);
            left -= drawn;
            counts.push((history, drawn));
        }
        Ok(Self::summed(lists, counts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mse::number::real;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    #[test]
    fn one_seed_draws_one_table_whatever_the_order() {
        let rows = [(0b000, 500.0), (0b001, 40.0), (0b010, 30.5), (0b100, 20.0), (0b011, 6.0), (0b011, 0.5)];
        let mut rows: Vec<(ListSet, f64)> = rows.map(|(bits, count)| (ListSet::from_bits(bits), count)).to_vec();
        let draw = |rows: Vec<(ListSet, f64)>, seed| {
            CaptureHistories::simulated(["a", "b", "c"], rows, &mut ChaCha8Rng::seed_from_u64(seed)).unwrap()
        };
        let first = draw(rows.clone(), 1);
        assert!(first != draw(rows.clone(), 2));
        rows.reverse();
        assert!(first == draw(rows, 1));
        // The stream and what is made of it are a promise: a change is a deliberate break.
        let drawn: Vec<(u16, u64)> = first.iter().map(|(history, count)| (history.bits(), count)).collect();
        assert_eq!(drawn, [(0b001, 40), (0b010, 31), (0b100, 18), (0b011, 5)]);
    }

    #[test]
    fn what_is_no_expected_count_is_refused() {
        for wrong in [-1.0, f64::NAN, f64::INFINITY, 1e10] {
            let rows = [(ListSet::of([0]), wrong), (ListSet::EMPTY, 1.0)];
            let drawn = CaptureHistories::simulated(["a", "b"], rows, &mut ChaCha8Rng::seed_from_u64(1));
            assert!(matches!(drawn, Err(MseError::Option { .. })), "{wrong}");
        }
        let elsewhere = [(ListSet::of([2]), 1.0)];
        assert!(CaptureHistories::simulated(["a", "b"], elsewhere, &mut ChaCha8Rng::seed_from_u64(1)).is_err());
    }

    proptest! {
        #[test]
        fn a_draw_stays_within_the_population(
            counts in proptest::collection::vec(0.0_f64..50.0, 8),
            seed in any::<u64>(),
        ) {
            let total: f64 = counts.iter().sum();
            let rows = (0..8).map(ListSet::from_bits).zip(counts.iter().copied());
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let drawn = CaptureHistories::simulated(["a", "b", "c"], rows, &mut rng).unwrap();
            prop_assert!(real(drawn.persons()) <= total.round());
            for (history, _) in drawn.iter() {
                prop_assert!(counts[history.index()] > 0.0);
            }
        }
    }
}
