//! What an estimate says, and why there may be none.

use std::fmt;

use super::{ClassSizes, dankar, pitman, snb, zayatz};

/// How the number of population uniques is estimated.
///
/// # Sources
/// See [`estimate`](Self::estimate).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum PopulationEstimator {
    /// Zayatz: each class of the population has the size distribution seen in the sample.
    Zayatz,
    /// Pitman's sampling formula: a random partition with two parameters, by maximum likelihood.
    Pitman,
    /// The slide negative binomial: sizes less one are negative binomial; the number of classes by
    /// Shlosser.
    #[cfg_attr(feature = "serde", serde(alias = "snb"))]
    SlideNegativeBinomial,
    /// The rule of Dankar et al.: up to a fraction of 0.1 Pitman, or Zayatz where Pitman's has no
    /// estimate; above it the smaller of Zayatz and the slide negative binomial, or Zayatz where that
    /// one has no estimate.
    Dankar,
}

impl PopulationEstimator {
    /// Every estimator.
    pub const ALL: [Self; 4] = [Self::Zayatz, Self::Pitman, Self::SlideNegativeBinomial, Self::Dankar];

    /// The wire code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Zayatz => "zayatz",
            Self::Pitman => "pitman",
            Self::SlideNegativeBinomial => "slide-negative-binomial",
            Self::Dankar => "dankar",
        }
    }

    /// Estimates the population uniques.
    ///
    /// ```
    /// use ctdata_privacy::{ClassSizes, PopulationEstimator, SamplingFraction};
    /// let sizes = ClassSizes::try_new(&[(1, 20), (2, 10), (5, 4)], SamplingFraction::try_new(0.2)?)?;
    /// let estimate = PopulationEstimator::Zayatz.estimate(&sizes)?;
    /// assert_eq!(estimate.population, 300);
    /// assert!(estimate.uniques < 20.0 / 0.2); // not every sample unique is alone in the population
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`NotEstimated`], never 0 in place of an estimate.
    ///
    /// # Sources
    /// L. Zayatz (1991), "Estimation of the percent of unique population elements on a microdata file
    /// using the sample", US Bureau of the Census; N. Hoshino (2001), "Applying Pitman's sampling formula
    /// to microdata disclosure risk assessment", Journal of Official Statistics 17(4); G. Chen and
    /// S. Keller-McNulty (1998), "Estimation of identification disclosure risk in microdata", Journal
    /// of Official Statistics 14(1); P. Haas and L. Stokes (1998), "Estimating the number of classes in a
    /// finite population", JASA 93 (Shlosser's estimator); Dankar et al. (2012), BMC MIDM 12:66.
    pub fn estimate(self, sizes: &ClassSizes) -> Result<PopulationUniques, NotEstimated> {
        match self {
            Self::Zayatz => Ok(zayatz::estimate(sizes)),
            Self::Pitman => pitman::estimate(sizes),
            Self::SlideNegativeBinomial => snb::estimate(sizes),
            Self::Dankar => Ok(dankar::estimate(sizes)),
        }
    }
}

impl fmt::Display for PopulationEstimator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An estimate of how many people are alone in their class in the population.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PopulationUniques {
    /// The estimator that gave it; Dankar's rule names the one it chose.
    pub estimator: PopulationEstimator,
    /// People of the population who are alone, estimated; not above the population.
    pub uniques: f64,
    /// The same as a share of the population.
    pub share: f64,
    /// People of the population.
    pub population: u64,
    /// Steps of the numerical solution; 0 for a closed form.
    pub iterations: u32,
    /// What the equations solved are off by, relative to their terms; 0 for a closed form.
    pub score: f64,
}

impl PopulationUniques {
    pub(super) fn new(estimator: PopulationEstimator, uniques: f64, sizes: &ClassSizes) -> Self {
        let population = super::class_sizes::real(sizes.population());
        let uniques = uniques.clamp(0.0, population);
        let share = uniques / population;
        Self { estimator, uniques, share, population: sizes.population(), iterations: 0, score: 0.0 }
    }
}

/// Why there is no estimate.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NotEstimated {
    /// There is nothing to estimate from.
    #[error("there are no records")]
    NoRecords,
    /// The population has fewer people than the sample.
    #[error("the population has fewer people than the sample")]
    PopulationTooSmall,
    /// The estimator needs classes of these sizes.
    #[error("the estimator needs classes of 1 and of 2 records")]
    NoSmallClasses,
    /// The likelihood grows towards an edge of the parameters.
    #[error("the likelihood has no maximum within the parameters")]
    NoMaximum,
    /// No parameters satisfy the equations.
    #[error("no parameters give the classes of 1 and of 2 records that were seen")]
    NoSolution,
    /// The numerical solution did not settle.
    #[error("no convergence after {iterations} steps: the score is {score:e}")]
    NoConvergence {
        /// Steps taken.
        iterations: u32,
        /// The relative score at the last one.
        score: f64,
    },
}
