//! Choosing the best of some candidates, privately, without floating point.

use super::noise::{Ratio, exp_minus};
use crate::draw::Uniform;

/// A place, with probability proportional to exp(rate * score). None without scores.
///
/// A place is drawn, each as likely, and accepted with probability exp(-rate (best - score)), until one is. So many
/// places are drawn on average as there are candidates, at most.
pub(super) fn exponential<U: Uniform + ?Sized>(rate: Ratio, scores: &[i64], source: &mut U) -> Option<usize> {
    let best = *scores.iter().max()?;
    loop {
        if let Some(place) = attempt(rate, best, scores, source) {
            return Some(place);
        }
    }
}

/// A place, unless it is rejected. There are scores.
fn attempt<U: Uniform + ?Sized>(rate: Ratio, best: i64, scores: &[i64], source: &mut U) -> Option<usize> {
    let place = usize::try_from(source.below(scores.len() as u64)).ok()?;
    is_accepted(rate, best, *scores.get(place)?, source).then_some(place)
}

/// A place by permute-and-flip: the candidates in random order, the first that is accepted. None without scores.
pub(super) fn permute_and_flip<U: Uniform + ?Sized>(rate: Ratio, scores: &[i64], source: &mut U) -> Option<usize> {
    let best = *scores.iter().max()?;
    let mut order: Vec<usize> = (0..scores.len()).collect();
    for first in 0..order.len() {
        // The next of a random order, drawn as it is needed.
        let left = (order.len() - first) as u64;
        order.swap(first, first + usize::try_from(source.below(left)).ok()?);
        let place = *order.get(first)?;
        if is_accepted(rate, best, *scores.get(place)?, source) {
            return Some(place);
        }
    }
    // Not reached: the best is accepted always.
    None
}

/// Heads with probability exp(-rate (best - score)).
fn is_accepted<U: Uniform + ?Sized>(rate: Ratio, best: i64, score: i64, source: &mut U) -> bool {
    // Neither the difference of two 64-bit numbers nor its product with a third overflows.
    let gap = u128::from(best.abs_diff(score)) * u128::from(rate.numerator());
    exp_minus(source, gap, rate.denominator().into())
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::ChaCha20Rng;

    use super::*;
    use crate::dp::noise::enumerate;

    fn half() -> Ratio {
        Ratio::try_new(1, 2).unwrap()
    }

    /// Scores 0, -1, -3 with weights exp(score / 2): McKenna and Sheldon (2020) by hand.
    const EXPONENTIAL: [f64; 3] = [0.546_549, 0.331_499, 0.121_952];
    const PERMUTE_AND_FLIP: [f64; 3] = [0.630_281, 0.280_709, 0.089_009];

    #[test]
    fn choices_have_exactly_their_probabilities() {
        let scores = [0, -1, -3];
        let flip = enumerate(1e-8, |tree| permute_and_flip(half(), &scores, tree));
        let choose = enumerate(1e-8, |tree| attempt(half(), 0, &scores, tree));
        // An attempt is accepted with a third of the sum of the weights; the best has a third.
        let accepted = 1.0 / 3.0 / EXPONENTIAL[0];
        for (outcomes, expected) in [(&flip, PERMUTE_AND_FLIP), (&choose, EXPONENTIAL.map(|p| p * accepted))] {
            assert!(outcomes.unresolved < 1e-5, "{}", outcomes.unresolved);
            for (place, p) in expected.into_iter().enumerate() {
                let resolved = outcomes.probability(&Some(place));
                assert!(resolved < p + 5e-7 && p - 5e-7 < resolved + outcomes.unresolved, "{place}: {resolved}");
            }
        }
    }

    #[test]
    fn choices_are_as_frequent_as_they_are_probable() {
        // Chi-square with two degrees of freedom: above 13.8 with probability 0.001. The scores are at the end of
        // their range: only differences count.
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let scores = [i64::MIN + 3, i64::MIN + 2, i64::MIN];
        let mut seen = [[0u32; 3]; 2];
        for _ in 0..30_000 {
            seen[0][exponential(half(), &scores, &mut rng).unwrap()] += 1;
            seen[1][permute_and_flip(half(), &scores, &mut rng).unwrap()] += 1;
        }
        for (seen, expected) in seen.into_iter().zip([EXPONENTIAL, PERMUTE_AND_FLIP]) {
            let e = expected.map(|p| p * 30_000.0);
            let chi: f64 = seen.iter().zip(e).map(|(&n, e)| (f64::from(n) - e).powi(2) / e).sum();
            assert!(chi < 13.8, "{chi}");
        }
    }

    #[test]
    fn equal_scores_are_equally_likely() {
        let choose = enumerate(1e-9, |tree| attempt(half(), 7, &[7, 7, 7], tree));
        let flip = enumerate(1e-9, |tree| permute_and_flip(half(), &[7, 7, 7], tree));
        for place in 0..3 {
            assert!((choose.probability(&Some(place)) - 1.0 / 3.0).abs() < 1e-15);
            assert!((flip.probability(&Some(place)) - 1.0 / 3.0).abs() < 1e-15);
        }
    }

    #[test]
    fn extremes_end() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let steep = Ratio::try_new(u64::MAX, 1).unwrap();
        let flat = Ratio::try_new(1, u64::MAX).unwrap();
        for choose in [exponential::<ChaCha20Rng>, permute_and_flip] {
            assert_eq!(choose(half(), &[], &mut rng), None);
            assert_eq!(choose(half(), &[i64::MIN], &mut rng), Some(0));
            // A gap of 2^64 - 1 times a rate of as much.
            assert_eq!(choose(steep, &[i64::MIN, i64::MAX, 0], &mut rng), Some(1));
            assert!(choose(flat, &[0, 1, 2], &mut rng).is_some());
            // One good candidate among 100,000.
            let mut scores = vec![-1_000_000; 100_000];
            scores[77_777] = 0;
            assert_eq!(choose(half(), &scores, &mut rng), Some(77_777));
        }
    }

    #[test]
    fn a_seed_gives_the_same_choices_for_ever() {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let scores = [0, -1, -3, -2, -2, 0];
        let choices: Vec<_> = (0..12).map(|_| exponential(half(), &scores, &mut rng).unwrap()).collect();
        assert_eq!(choices, [2, 0, 1, 5, 3, 5, 4, 5, 0, 4, 4, 1]);
        let choices: Vec<_> = (0..12).map(|_| permute_and_flip(half(), &scores, &mut rng).unwrap()).collect();
        assert_eq!(choices, [0, 0, 0, 1, 5, 0, 0, 4, 0, 2, 5, 5]);
    }
}
