//! How far chains agree and how much they know: R-hat and effective sample size.
//!
//! All chains are cut in halves. R-hat compares the variance between halves with that within them, on ranks turned into
//! normal scores, once of the values and once of their distances from the median; the larger counts. The effective
//! sample size in bulk is that of the mean of the normal scores; in the tails, the smaller one of the shares below the
//! 5 % and the 95 % quantile.
//!
//! # Sources
//! Vehtari, Gelman, Simpson, Carpenter and Bürkner (2021), Rank-normalization, folding, and localization: an improved
//! R-hat for assessing convergence of MCMC, *Bayesian Analysis* 16(2). Geyer (1992), Practical Markov chain Monte Carlo,
//! *Statistical Science* 7(4), for the sum of autocorrelations.

use crate::mse::number::{real_size, whole};
use statrs::distribution::{ContinuousCDF, Normal};

/// What R-hat is at most: chains that stand still at different values have none.
const LARGEST_RHAT: f64 = 1e6;

/// How far chains agree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Diagnostics {
    pub(crate) rhat: f64,
    pub(crate) bulk_ess: f64,
    pub(crate) tail_ess: f64,
}

impl Diagnostics {
    /// Of chains of equal length, four draws each at least.
    pub(crate) fn of(chains: &[Vec<f64>]) -> Self {
        let pooled = sorted(chains);
        let centre = quantile(&pooled, 0.5);
        let folded: Vec<Vec<f64>> =
            chains.iter().map(|chain| chain.iter().map(|draw| (draw - centre).abs()).collect()).collect();
        let (scores, folded) = (halves(&normal_scores(chains)), halves(&normal_scores(&folded)));
        let tail = |share: f64| {
            let end = quantile(&pooled, share);
            let below = |draw: &f64| if *draw <= end { 1.0 } else { 0.0 };
            let below: Vec<Vec<f64>> = chains.iter().map(|chain| chain.iter().map(below).collect()).collect();
            effective_size(&halves(&below))
        };
        Self {
            rhat: rhat(&scores).max(rhat(&folded)),
            bulk_ess: effective_size(&scores),
            tail_ess: tail(0.05).min(tail(0.95)),
        }
    }
}

/// All draws in order.
pub(super) fn sorted(chains: &[Vec<f64>]) -> Vec<f64> {
    let mut pooled: Vec<f64> = chains.iter().flatten().copied().collect();
    pooled.sort_unstable_by(f64::total_cmp);
    pooled
}

/// Quantile of sorted values by linear interpolation (type 7 of Hyndman and Fan); 0 of none.
pub(super) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * real_size(sorted.len().saturating_sub(1));
    let below = usize::try_from(whole(place)).unwrap_or_default();
    let low = sorted.get(below).copied().unwrap_or_default();
    let high = sorted.get(below + 1).copied().unwrap_or(low);
    low + (place - place.floor()) * (high - low)
}

pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / real_size(values.len())
}

/// Variance with divisor n − 1.
pub(crate) fn variance(values: &[f64]) -> f64 {
    let centre = mean(values);
    values.iter().map(|value| (value - centre) * (value - centre)).sum::<f64>() / (real_size(values.len()) - 1.0)
}

/// First and second half of each chain; of an odd number the draw in the middle is left out.
fn halves(chains: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let half = |chain: &Vec<f64>| {
        let (first, rest) = chain.split_at(chain.len() / 2);
        let (_, second) = rest.split_at(chain.len() % 2);
        [first.to_vec(), second.to_vec()]
    };
    chains.iter().flat_map(half).collect()
}

/// Ranks in all chains together, ties shared, as normal scores (Blom's).
fn normal_scores(chains: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let pooled = sorted(chains);
    let total = real_size(pooled.len());
    let normal = Normal::standard();
    let score = |draw: &f64| {
        let before = pooled.partition_point(|other| other.total_cmp(draw).is_lt());
        let through = pooled.partition_point(|other| other.total_cmp(draw).is_le());
        let rank = 0.5 * (real_size(before) + 1.0 + real_size(through));
        normal.inverse_cdf((rank - 0.375) / (total + 0.25))
    };
    chains.iter().map(|chain| chain.iter().map(score).collect()).collect()
}

/// The root of the pooled variance over that within chains.
fn rhat(chains: &[Vec<f64>]) -> f64 {
    let length = chains.first().map_or(0.0, |chain| real_size(chain.len()));
    let means: Vec<f64> = chains.iter().map(|chain| mean(chain)).collect();
    let within = chains.iter().map(|chain| variance(chain)).sum::<f64>() / real_size(chains.len());
    let between = variance(&means);
    if within > 0.0 {
        ((length - 1.0) / length + between / within).sqrt().min(LARGEST_RHAT)
    } else if between > 0.0 {
        LARGEST_RHAT
    } else {
        1.0
    }
}

/// How many independent draws know the mean as well.
fn effective_size(chains: &[Vec<f64>]) -> f64 {
    let length = chains.first().map_or(0, Vec::len);
    let (n, count) = (real_size(length), real_size(chains.len()));
    let means: Vec<f64> = chains.iter().map(|chain| mean(chain)).collect();
    let within = chains.iter().map(|chain| variance(chain)).sum::<f64>() / count;
    let pooled = within * (n - 1.0) / n + variance(&means);
    if pooled <= 0.0 {
        return n * count; // all draws are the same: nothing is uncertain
    }
    let correlation = |lag: usize| {
        let lagged = |(chain, centre): (&Vec<f64>, &f64)| {
            let later = chain.iter().skip(lag);
            chain.iter().zip(later).map(|(one, other)| (one - centre) * (other - centre)).sum::<f64>() / n
        };
        1.0 - (within - chains.iter().zip(&means).map(lagged).sum::<f64>() / count) / pooled
    };
    // Sums of two neighbouring correlations, as long as they are positive, and never more than the sum before.
    let (mut time, mut before, mut lag) = (-1.0, f64::INFINITY, 0);
    while lag + 1 < length {
        let even = if lag == 0 { 1.0 } else { correlation(lag) };
        let pair = even + correlation(lag + 1);
        if pair < 0.0 {
            time += even.max(0.0);
            break;
        }
        before = pair.min(before);
        time += 2.0 * before;
        lag += 2;
    }
    // Chains that swing know more than independent draws; what is claimed for that has a limit.
    n * count / time.max(1.0 / (n * count).log10())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::cast_precision_loss, reason = "numbers in tests are small")]

    use super::*;
    use crate::mse::random::Source;

    /// Chains of x(t) = φ x(t − 1) + e(t), stationary, shifted by their number times `apart`.
    fn autoregressive(phi: f64, apart: f64, length: usize) -> Vec<Vec<f64>> {
        let chain = |number: usize| {
            let mut source = Source::new(11, number as u64);
            let mut x = source.normal() / (1.0 - phi * phi).sqrt();
            let mut next = || {
                x = phi * x + source.normal();
                x + apart * number as f64
            };
            (0..length).map(|_| next()).collect()
        };
        (0..4).map(chain).collect()
    }

    /// The effective size of a stationary AR(1) series is (1 − φ) / (1 + φ) of its length (Geyer 1992).
    #[test]
    fn autoregressive_chains_have_their_effective_size() {
        for (phi, tolerance) in [(0.0, 0.05), (0.3, 0.08), (0.9, 0.15)] {
            let found = Diagnostics::of(&autoregressive(phi, 0.0, 10_000));
            let known = 40_000.0 * (1.0 - phi) / (1.0 + phi);
            assert!((found.bulk_ess / known - 1.0).abs() < tolerance, "{phi}: {} of {known}", found.bulk_ess);
            assert!(found.rhat < 1.01, "{phi}: {}", found.rhat);
        }
    }

    #[test]
    fn chains_apart_are_seen() {
        let found = Diagnostics::of(&autoregressive(0.5, 1.0, 1000));
        assert!(found.rhat > 1.1 && found.bulk_ess < 100.0, "{found:?}");
        // The same mean, another spread: seen by the folded values alone.
        let mut chains = autoregressive(0.0, 0.0, 1000);
        chains[0].iter_mut().for_each(|draw| *draw *= 4.0);
        let found = Diagnostics::of(&chains);
        assert!(found.rhat > 1.1 && rhat(&halves(&normal_scores(&chains))) < 1.01, "{found:?}");
    }

    /// Half-chains (1, 2), (3, 5), (2, 4), (6, 7): within 1.25, between the means 1.5, 4, 3, 6.5 variance 4.4166667;
    /// R-hat = sqrt(1/2 + 4.4166667/1.25), by hand.
    #[test]
    fn r_hat_of_a_few_draws_is_that_by_hand() {
        let chains = halves(&[vec![1.0, 2.0, 3.0, 5.0], vec![2.0, 4.0, 6.0, 7.0]]);
        assert_eq!(chains.len(), 4);
        assert!((rhat(&chains) - (0.5f64 + 53.0 / 12.0 / 1.25).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn ranks_decide_and_ties_are_shared() {
        let scores = normal_scores(&[vec![1.0, 5.0, 5.0, 90.0]]);
        assert!((scores[0][1] - scores[0][2]).abs() < 1e-15 && scores[0][1].abs() < 1e-12);
        assert!((scores[0][0] + scores[0][3]).abs() < 1e-12);
        // (1 − 3/8) / (4 + 1/4) = 0.147059, of which the normal quantile is −1.049131.
        assert!((scores[0][0] + 1.049_131).abs() < 1e-6);
    }

    #[test]
    fn chains_that_stand_still_are_typed() {
        let still = Diagnostics::of(&[vec![3.0; 10], vec![3.0; 10]]);
        assert!((still.rhat - 1.0).abs() < 1e-12);
        let apart = Diagnostics::of(&[vec![3.0; 10], vec![4.0; 10]]);
        assert!(apart.rhat > 1e5 && apart.rhat.is_finite() && apart.bulk_ess.is_finite());
    }
}
