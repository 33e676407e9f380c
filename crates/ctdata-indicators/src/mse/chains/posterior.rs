//! What the chains say of the number of all persons.

use super::Diagnostics;
use super::diagnostics::{mean, quantile, sorted, variance};
use crate::interval::Level;
use crate::mse::number::{real_size, whole};
use crate::mse::outcome::{Finding, IntervalKind, Method, NumberInterval, Status};

/// Above this R-hat, chains do not agree.
const LARGEST_RHAT: f64 = 1.05;
/// Below this effective number of draws, quantiles are not known.
const LEAST_ESS: f64 = 400.0;

/// The posterior of the number of all persons, seen and unseen, from several chains.
///
/// # Sources
/// Vehtari, Gelman, Simpson, Carpenter and Bürkner (2021), Rank-normalization, folding, and localization: an improved
/// R-hat for assessing convergence of MCMC, *Bayesian Analysis* 16(2).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Posterior {
    /// The median, in persons.
    pub median: f64,
    /// The mean.
    pub mean: f64,
    /// The standard deviation.
    pub sd: f64,
    /// Quantiles that leave out the same share on both sides.
    pub interval: NumberInterval,
    /// Split R-hat of ranks, the larger one of values and of distances from the median; 1 where chains agree.
    pub rhat: f64,
    /// The effective number of draws for the middle of the posterior.
    pub bulk_ess: f64,
    /// The effective number of draws for its tails (5 % and 95 %).
    pub tail_ess: f64,
    /// The number of chains.
    pub chains: usize,
    /// The draws kept, chain after chain, each of the same length.
    pub draws: Vec<f64>,
}

impl Posterior {
    /// Of chains of equal length.
    pub(crate) fn of(chains: &[Vec<f64>], level: Level) -> Self {
        let pooled = sorted(chains);
        let Diagnostics { rhat, bulk_ess, tail_ess } = Diagnostics::of(chains);
        Self {
            median: quantile(&pooled, 0.5),
            mean: mean(&pooled),
            sd: variance(&pooled).sqrt(),
            interval: NumberInterval {
                kind: IntervalKind::Posterior,
                low: quantile(&pooled, level.tail()),
                high: quantile(&pooled, 1.0 - level.tail()),
            },
            rhat,
            bulk_ess,
            tail_ess,
            chains: chains.len(),
            draws: chains.concat(),
        }
    }

    /// Whether the chains agree (R-hat of at most 1.05) and know enough (400 effective draws or more, in the middle and
    /// in the tails).
    pub fn has_converged(&self) -> bool {
        self.rhat <= LARGEST_RHAT && self.bulk_ess >= LEAST_ESS && self.tail_ess >= LEAST_ESS
    }

    /// How many draws fall in each of `bins` equal parts of the range from `low` to `high`; others are left out.
    pub fn histogram(&self, low: f64, high: f64, bins: usize) -> Vec<usize> {
        let mut counts = vec![0; bins];
        let width = (high - low) / real_size(bins);
        for draw in self.draws.iter().filter(|draw| **draw >= low && **draw < high) {
            let place = usize::try_from(whole((draw - low) / width)).unwrap_or_default();
            if let Some(count) = counts.get_mut(place.min(bins.saturating_sub(1))) {
                *count += 1;
            }
        }
        counts
    }

    /// What a method says: the median with the interval, or why there is no answer. Chains that did not
    /// converge give no number.
    pub(crate) fn finding(of: Option<&Self>, method: Method, status: Status, level: Level) -> Finding {
        match of.filter(|_| status == Status::Ok) {
            Some(posterior) => {
                Finding { interval: Some(posterior.interval), ..Finding::of(method, posterior.median, level) }
            }
            None => Finding::refused(method, status, level),
        }
    }

    /// Why the chains give no answer, in a sentence.
    pub(crate) fn trouble(&self) -> Option<String> {
        (!self.has_converged()).then(|| {
            format!(
                "the chains do not agree or know too little: R-hat {:.2} (at most {LARGEST_RHAT}), effective draws {:.0} \
                 in the middle and {:.0} in the tails (at least {LEAST_ESS}); run them longer",
                self.rhat, self.bulk_ess, self.tail_ess
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mse::random::Source;

    fn normal(chains: usize, length: usize) -> Posterior {
        let chain = |number| {
            let mut source = Source::new(3, number as u64);
            (0..length).map(|_| 100.0 + 10.0 * source.normal()).collect()
        };
        Posterior::of(&(0..chains).map(chain).collect::<Vec<_>>(), Level::P95)
    }

    #[test]
    fn independent_draws_tell_their_distribution() {
        let found = normal(4, 5000);
        assert!(found.has_converged() && found.trouble().is_none());
        // Five standard errors of 20,000 draws.
        assert!((found.mean - 100.0).abs() < 0.36 && (found.median - 100.0).abs() < 0.45);
        assert!((found.sd - 10.0).abs() < 0.25);
        assert!((found.interval.low - 80.4).abs() < 1.0 && (found.interval.high - 119.6).abs() < 1.0);
        let counts = found.histogram(60.0, 140.0, 8);
        assert!(counts.iter().sum::<usize>() > 19_900 && counts[3] > counts[1]);
    }

    #[test]
    fn too_few_draws_are_no_answer() {
        let found = normal(4, 60);
        assert!(!found.has_converged() && found.trouble().is_some());
    }
}
