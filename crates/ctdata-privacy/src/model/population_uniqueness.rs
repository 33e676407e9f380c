//! Population uniqueness.

use std::fmt;

use super::Monotonicity;
use super::checked::{self, SamplingFraction};
use super::population::{ClassSizes, NotEstimated, PopulationEstimator, PopulationUniques};
use crate::PrivacyError;

/// At most this share of the population is estimated to be alone in its class.
///
/// The file must be a simple random sample of the population. Where the estimate cannot be made, the
/// model does not hold: no estimate is no evidence.
///
/// ```
/// use ctdata_privacy::{PopulationEstimator, PopulationUniqueness, SamplingFraction};
/// let fraction = SamplingFraction::try_new(0.05)?;
/// let model = PopulationUniqueness::try_new(0.01, fraction, PopulationEstimator::Dankar)?;
/// assert_eq!(model.to_string(), "population uniqueness of at most 0.01 (dankar, fraction 0.05)");
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
///
/// # Guarantee
/// None for a person: it is an estimate over the whole file, as good as its model of how classes are
/// filled.
///
/// # Sources
/// F. K. Dankar, K. El Emam, A. Neisa and T. Roffey (2012), "Estimating the re-identification risk of
/// clinical data sets", BMC Medical Informatics and Decision Making 12:66.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PopulationUniqueness {
    highest_share: f64,
    fraction: SamplingFraction,
    estimator: PopulationEstimator,
}

impl PopulationUniqueness {
    /// The model's name in reports and plans.
    pub const NAME: &'static str = "population-uniqueness";
    /// Nothing: neither estimates nor shares of what is kept move in one direction.
    pub const MONOTONICITY: Monotonicity = Monotonicity::NONE;

    /// The model with this share, for an input that is this fraction of the population.
    ///
    /// # Errors
    /// [`PrivacyError::InvalidParameter`] for a share that is not from 0 to 1.
    pub fn try_new(
        highest_share: f64,
        fraction: SamplingFraction,
        estimator: PopulationEstimator,
    ) -> Result<Self, PrivacyError> {
        Ok(Self { highest_share: checked::share("share of uniques", highest_share)?, fraction, estimator })
    }

    /// The largest estimated share of the population that is alone, from 0 to 1.
    pub const fn highest_share(self) -> f64 {
        self.highest_share
    }

    /// The fraction of the population that the input is.
    pub const fn fraction(self) -> SamplingFraction {
        self.fraction
    }

    /// How the share is estimated.
    pub const fn estimator(self) -> PopulationEstimator {
        self.estimator
    }

    /// The estimate from the classes that are kept. The population does not shrink by suppression: its
    /// size is that of the whole input, divided by the fraction.
    pub(super) fn estimate(self, kept: &[(u64, u64)], input_units: u64) -> Result<PopulationUniques, NotEstimated> {
        let population = self.fraction.population_of(input_units);
        self.estimator.estimate(&ClassSizes::of_population(kept, population)?)
    }

    pub(super) fn holds(self, kept: &[(u64, u64)], input_units: u64) -> bool {
        kept.is_empty() || self.estimate(kept, input_units).is_ok_and(|estimate| estimate.share <= self.highest_share)
    }
}

impl fmt::Display for PopulationUniqueness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { highest_share, fraction, estimator } = self;
        let fraction = fraction.get();
        write!(f, "population uniqueness of at most {highest_share} ({estimator}, fraction {fraction})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_estimated_does_not_hold() {
        let fraction = SamplingFraction::try_new(0.1).unwrap();
        // Uniques without pairs: the slide negative binomial has no solution.
        let model = PopulationUniqueness::try_new(1.0, fraction, PopulationEstimator::SlideNegativeBinomial).unwrap();
        assert!(model.estimate(&[(1, 5)], 5).is_err());
        assert!(!model.holds(&[(1, 5)], 5));
        assert!(model.holds(&[], 5), "nobody is kept");
    }

    #[test]
    fn suppression_does_not_shrink_the_population() {
        let fraction = SamplingFraction::try_new(0.5).unwrap();
        let model = PopulationUniqueness::try_new(0.5, fraction, PopulationEstimator::Zayatz).unwrap();
        assert_eq!(model.estimate(&[(1, 4), (2, 3)], 100).unwrap().population, 200);
    }
}
