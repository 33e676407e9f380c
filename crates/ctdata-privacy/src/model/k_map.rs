//! k-map.

use std::fmt;

use super::Monotonicity;
use super::checked::{self, SamplingFraction};
use crate::PrivacyError;

/// Which distribution the records of a class follow that has k members in the population.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum SampledClass {
    /// Poisson with mean fraction * k.
    #[default]
    Poisson,
    /// The same, given that at least one record was sampled: only such classes are seen.
    ZeroTruncatedPoisson,
}

/// Every class of the file has at least k members in the population.
///
/// The members are counted in a population table ([`try_new`](Self::try_new)), or bounded from the file
/// alone ([`estimated`](Self::estimated)) when it is a random sample.
///
/// ```
/// use ctdata_privacy::{KMap, SampledClass, SamplingFraction};
/// assert_eq!(KMap::try_new(5)?.least_records(), None);
/// let fraction = SamplingFraction::try_new(0.1)?;
/// let model = KMap::estimated(5, fraction, 0.05, SampledClass::Poisson)?;
/// assert_eq!(model.least_records(), Some(3));
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
///
/// # Guarantee
/// Someone who does not know whether a person is in the file finds at least k people of whom a
/// record may be. It says nothing against someone who knows that the person is in the file: a
/// class may have one record. The estimate asks for so many records that a class with only k people
/// would have fewer of them with probability 1 - alpha; it assumes simple random sampling.
///
/// # Sources
/// L. Sweeney (2001), *Computational disclosure control*, MIT; K. El Emam and F. K. Dankar (2008),
/// "Protecting privacy using k-anonymity", JAMIA 15(5) (k-map and its estimate by Poisson counts).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KMap {
    k: u32,
    estimate: Option<Estimate>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Estimate {
    fraction: SamplingFraction,
    alpha: f64,
    sampled: SampledClass,
    least_records: u32,
}

impl KMap {
    /// The model's name in reports and plans.
    pub const NAME: &'static str = "k-map";
    /// Merging classes adds up their populations.
    pub const MONOTONICITY: Monotonicity = Monotonicity::FULL;

    /// The model that counts in a population table.
    ///
    /// # Errors
    /// [`PrivacyError::InvalidParameter`] for `k = 0`.
    pub fn try_new(k: u32) -> Result<Self, PrivacyError> {
        Ok(Self { k: checked::count("k", k, 1)?, estimate: None })
    }

    /// The model that asks for k' records instead: 1 more than the least c with P(X <= c) >= 1 - alpha,
    /// where X is the number of records of a class with k people, at most k. For the zero-truncated
    /// distribution c is at least 1 and P is given X >= 1.
    ///
    /// # Errors
    /// [`PrivacyError::InvalidParameter`] for `k = 0`, or an `alpha` that is not above 0 and below 1.
    pub fn estimated(
        k: u32,
        fraction: SamplingFraction,
        alpha: f64,
        sampled: SampledClass,
    ) -> Result<Self, PrivacyError> {
        let k = checked::count("k", k, 1)?;
        let rule = "it is above 0 and below 1";
        let alpha = checked::real("alpha", alpha, |alpha| alpha > 0.0 && alpha < 1.0, rule)?;
        let least_records = least_records(k, fraction.get(), alpha, sampled);
        Ok(Self { k, estimate: Some(Estimate { fraction, alpha, sampled, least_records }) })
    }

    /// The least number of people of a class in the population.
    pub const fn k(self) -> u32 {
        self.k
    }

    /// k': the records that a class of the file needs; none if a population table is counted.
    pub fn least_records(self) -> Option<u32> {
        self.estimate.map(|estimate| estimate.least_records)
    }

    /// Whether a population table is needed.
    pub const fn needs_population(self) -> bool {
        self.estimate.is_none()
    }
}

fn least_records(k: u32, fraction: f64, alpha: f64, sampled: SampledClass) -> u32 {
    let mean = fraction * f64::from(k);
    let mut term = (-mean).exp();
    let none = match sampled {
        SampledClass::Poisson => 0.0,
        SampledClass::ZeroTruncatedPoisson => term,
    };
    let mut at_most = term;
    let mut c = 0u32;
    let first = u32::from(sampled != SampledClass::Poisson);
    // Past k the answer is k anyway. A mean above 745 starts from exp(-mean) = 0 and ends there too,
    // on the safe side.
    while c < k && (c < first || at_most - none < (1.0 - alpha) * (1.0 - none)) {
        c += 1;
        term *= mean / f64::from(c);
        at_most += term;
    }
    (c + 1).min(k)
}

impl fmt::Display for KMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "k-map with k = {}", self.k)?;
        match &self.estimate {
            None => Ok(()),
            Some(estimate) => {
                let Estimate { fraction, alpha, sampled, least_records } = estimate;
                let truncated = match sampled {
                    SampledClass::Poisson => "",
                    SampledClass::ZeroTruncatedPoisson => "zero-truncated ",
                };
                let fraction = fraction.get();
                write!(
                    f,
                    ", estimated ({truncated}Poisson, fraction {fraction}, alpha {alpha}) by {least_records} records"
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k_prime_equals_independent_computations() {
        // Quantiles of the Poisson and zero-truncated Poisson distribution at 0.95, computed with exact
        // arithmetic outside of this crate.
        for (k, fraction, plain, truncated) in [(5, 0.01, 1, 2), (5, 0.1, 3, 3), (10, 0.1, 4, 4), (20, 0.2, 9, 9)] {
            let fraction = SamplingFraction::try_new(fraction).unwrap();
            let model = |sampled| KMap::estimated(k, fraction, 0.05, sampled).unwrap().least_records();
            assert_eq!(model(SampledClass::Poisson), Some(plain));
            assert_eq!(model(SampledClass::ZeroTruncatedPoisson), Some(truncated));
        }
    }

    #[test]
    fn it_never_asks_for_more_than_k() {
        let whole = SamplingFraction::try_new(1.0).unwrap();
        for k in [1, 2, 5, 1000] {
            assert_eq!(KMap::estimated(k, whole, 0.05, SampledClass::Poisson).unwrap().least_records(), Some(k));
        }
        assert_eq!(KMap::try_new(0).unwrap_err().to_string(), "k: it is at least 1");
    }

    #[test]
    fn it_says_what_it_is() {
        assert_eq!(KMap::try_new(5).unwrap().to_string(), "k-map with k = 5");
        let fraction = SamplingFraction::try_new(0.01).unwrap();
        let model = KMap::estimated(5, fraction, 0.05, SampledClass::ZeroTruncatedPoisson).unwrap();
        let text = "k-map with k = 5, estimated (zero-truncated Poisson, fraction 0.01, alpha 0.05) by 2 records";
        assert_eq!(model.to_string(), text);
    }
}
