//! Draws tables of a known population, for tests of coverage and for examples.

#![expect(clippy::cast_precision_loss, reason = "at most 2^32 persons are drawn, by 53 random bits")]

use super::{CaptureHistories, named};
use crate::mse::error::MseError;
use crate::mse::list_set::ListSet;
use rand::Rng;
use statrs::function::gamma::ln_gamma;

/// The most persons of a population that is drawn.
const MOST_DRAWN: f64 = (1_u64 << 32) as f64;

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
        // What each history and those after it sum to, from the end so that nothing is taken away again.
        let mut sum = 0.0;
        let mut rest: Vec<f64> = expected
            .iter()
            .rev()
            .map(|(_, count)| {
                sum += count;
                sum
            })
            .collect();
        rest.reverse();
        if sum > MOST_DRAWN {
            return Err(wrong("at most 2^32 persons in all"));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 2^32")]
        let mut left = sum.round() as u64;
        let mut counts = Vec::with_capacity(expected.len());
        for ((history, count), rest) in expected.into_iter().zip(rest) {
            let share = if rest > 0.0 { count / rest } else { 0.0 };
            let drawn = binomial(left, share, rng);
            left -= drawn;
            counts.push((history, drawn));
        }
        Ok(Self::summed(lists, counts))
    }
}

/// A binomial number, by inversion outwards from its mode: about as many steps as three standard deviations.
///
/// # Sources
/// C. D. Kemp (1986), A modal method for generating binomial variables, *Communications in Statistics – Theory and
/// Methods* 15(3), 805–813.
fn binomial<R: Rng + ?Sized>(trials: u64, share: f64, rng: &mut R) -> u64 {
    if trials == 0 || share <= 0.0 {
        return 0;
    }
    if share >= 1.0 {
        return trials;
    }
    let n = trials as f64;
    let odds = share / (1.0 - share);
    let mode = ((n + 1.0) * share).floor().min(n);
    let ln_choose = ln_gamma(n + 1.0) - ln_gamma(mode + 1.0) - ln_gamma(n - mode + 1.0);
    let at_mode = (ln_choose + mode * share.ln() + (n - mode) * (-share).ln_1p()).exp();
    // 53 random bits, from 0 to just below 1.
    let mut target = (rng.next_u64() >> 11) as f64 * 2.0_f64.powi(-53) - at_mode;
    let (mut below, mut above) = (mode, mode);
    let (mut p_below, mut p_above) = (at_mode, at_mode);
    let mut found = mode;
    // Both tails end in an exact zero, at the latest at 0 and at n.
    while target >= 0.0 && p_below + p_above > 0.0 {
        p_above *= (n - above) / (above + 1.0) * odds;
        above += 1.0;
        target -= p_above;
        if target < 0.0 {
            found = above;
            break;
        }
        p_below *= below / ((n - below + 1.0) * odds);
        below -= 1.0;
        target -= p_below;
        if target < 0.0 {
            found = below;
        }
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number from 0 to the trials")]
    (found.clamp(0.0, n) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
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
        assert_eq!(drawn, [(0b001, 38), (0b010, 26), (0b100, 22), (0b011, 6)]);
    }

    /// Chi-square over 20 classes of 40,000 draws at a fixed seed; a correct sampler exceeds the limit with probability
    /// 1e-4 (20 degrees of freedom at most: 52.4).
    #[test]
    fn draws_are_binomial() {
        for (trials, share) in [(20_u64, 0.3_f64), (20, 0.85), (3, 0.5)] {
            let mut rng = ChaCha8Rng::seed_from_u64(7);
            let mut seen = vec![0.0; usize::try_from(trials).unwrap() + 1];
            for _ in 0..40_000 {
                seen[usize::try_from(binomial(trials, share, &mut rng)).unwrap()] += 1.0;
            }
            // The probabilities by Pascal's rule, one trial after the other.
            let mut chance = vec![1.0];
            for _ in 0..trials {
                let with = |at: usize| chance.get(at).copied().unwrap_or(0.0);
                chance = (0..=chance.len())
                    .map(|at| with(at) * (1.0 - share) + if at > 0 { with(at - 1) * share } else { 0.0 })
                    .collect();
            }
            let fits = seen.iter().zip(&chance).filter(|(_, chance)| **chance * 40_000.0 >= 5.0);
            let square: f64 = fits.map(|(seen, chance)| (seen - chance * 4e4).powi(2) / (chance * 4e4)).sum();
            assert!(square < 52.4, "{trials} {share}: {square}");
            let rare: f64 = seen.iter().zip(&chance).filter(|(_, chance)| **chance < 1e-9).map(|(seen, _)| seen).sum();
            assert!(rare < 1.0, "{trials} {share}");
        }
    }

    /// Means of a large population at a fixed seed, each within 5 standard deviations (6e-7 for a correct sampler).
    #[test]
    fn large_populations_have_their_means() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        for share in [1e-9, 1e-4, 0.3, 0.5, 0.99] {
            let trials = 1_u64 << 32;
            let (mean, sd) = (trials as f64 * share, (trials as f64 * share * (1.0 - share)).sqrt());
            let drawn = binomial(trials, share, &mut rng) as f64;
            assert!((drawn - mean).abs() < 5.0 * sd + 5.0, "{share}: {drawn} of {mean}");
        }
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
            prop_assert!(drawn.persons() as f64 <= total.round());
            for (history, _) in drawn.iter() {
                prop_assert!(counts[history.index()] > 0.0);
            }
        }
    }
}
