//! One model on one sample, as far as a choice needs it.

use crate::mse::existence::check;
use crate::mse::loglinear::Fitter;
use crate::mse::model::Model;
use crate::mse::outcome::Status;
use crate::mse::sample::Sample;

/// Criteria that differ by less than this share are taken as equal: rounding must not break a tie.
pub(super) const TIE: f64 = 1e-9;

/// What a model gives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Score {
    pub(super) log_likelihood: f64,
    /// All persons, seen and unseen.
    pub(super) estimate: f64,
}

impl Score {
    /// Schwarz's criterion of a model with these parameters, which count those at −∞.
    pub(super) fn bic(self, parameters: usize, persons: u64) -> f64 {
        parameters as f64 * (persons as f64).ln() - 2.0 * self.log_likelihood
    }
}

/// Checks and fits.
///
/// # Errors
/// Why the model has no estimate.
pub(super) fn score(sample: &Sample, fitter: &mut Fitter, model: &Model) -> Result<Score, Status> {
    let admissibility = check(sample, model);
    if !admissibility.is_admissible() {
        return Err(admissibility.status());
    }
    let fit = fitter.fit(sample, model)?;
    Ok(Score { log_likelihood: fit.log_likelihood, estimate: fit.estimate(sample.persons()) })
}

/// Whether one criterion is smaller than another by more than rounding.
pub(super) fn is_smaller(one: f64, other: f64) -> bool {
    one < other - TIE * (1.0 + other.abs())
}
