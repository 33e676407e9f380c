//! Mechanisms that turn a charge into noisy answers.

use rand::CryptoRng;

use crate::PrivacyError;
use crate::dp::{Charge, DiscreteGaussian, Ratio};

/// Noisy whole numbers, and how noisy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noisy {
    /// The answers.
    pub values: Vec<i64>,
    /// The variance of the noise of each of them.
    pub variance: Ratio,
}

/// Adds discrete Gaussian noise to a vector of whole numbers.
#[derive(Debug)]
pub struct GaussianMechanism {
    noise: DiscreteGaussian,
}

impl Charge {
    /// Noise for one vector that one record, added or removed, moves by at most the root of
    /// `sensitivity_squared` (Euclidean distance): the variance is that number over 2 rho, rounded up, and for
    /// m records of one person m squared as much.
    ///
    /// # Errors
    /// A charge of nothing, or so little that the noise has no bounds.
    pub fn gaussian(self, sensitivity_squared: u64) -> Result<GaussianMechanism, PrivacyError> {
        let m = u128::from(self.records_per_person());
        let squared = m * m * u128::from(sensitivity_squared);
        let units = self.rho().units();
        let too_little = || PrivacyError::InvalidParameter {
            parameter: "rho",
            rule: "is too small for noise of a bounded size".to_owned(),
        };
        // sensitivity^2 / (2 units / 2^64) in units of 2^-8.
        let scaled = squared.checked_mul(1 << 71).ok_or_else(too_little)?;
        let parts = scaled.checked_next_multiple_of(units.max(1)).ok_or_else(too_little)? / units.max(1);
        let parts = u64::try_from(parts).ok().filter(|parts| units > 0 && *parts < 1 << 60).ok_or_else(too_little)?;
        Ok(GaussianMechanism { noise: DiscreteGaussian::try_new(Ratio::try_new(parts.max(1), 1 << 8)?)? })
    }

    /// A choice among candidates whose scores one record, added or removed, moves by at most `sensitivity`:
    /// epsilon is the root of 8 rho, rounded down, and for m records of one person an m-th of it.
    ///
    /// # Errors
    /// A charge of nothing.
    pub fn exponential(self, sensitivity: u64) -> Result<ExponentialMechanism, PrivacyError> {
        // epsilon / 2^32 whole: the root of 8 units.
        let root = self.rho().units().saturating_mul(8).isqrt();
        let numerator = u64::try_from(root / u128::from(self.records_per_person())).unwrap_or(u64::MAX);
        // The weight of a score q is exp(epsilon q / (2 sensitivity)).
        let half = sensitivity.max(1).checked_mul(1 << 33);
        match (numerator, half) {
            (1.., Some(denominator)) => Ok(ExponentialMechanism { rate: Ratio::try_new(numerator, denominator)? }),
            _ => Err(PrivacyError::InvalidParameter { parameter: "rho", rule: "is too small for a choice".to_owned() }),
        }
    }
}

impl GaussianMechanism {
    /// The variance of the noise.
    pub fn variance(&self) -> Ratio {
        self.noise.variance()
    }

    /// The counts with noise of their own each.
    pub fn release<R: CryptoRng + ?Sized>(self, counts: &[i64], rng: &mut R) -> Noisy {
        let values = counts.iter().map(|count| count.saturating_add(self.noise.sample(rng))).collect();
        Noisy { values, variance: self.noise.variance() }
    }
}

/// Chooses one of some candidates, the better ones more often.
#[derive(Debug)]
pub struct ExponentialMechanism {
    rate: Ratio,
}

impl ExponentialMechanism {
    /// The place of the chosen candidate: with probability proportional to exp(rate * score). None without
    /// candidates.
    pub fn choose<R: CryptoRng + ?Sized>(self, scores: &[i64], rng: &mut R) -> Option<usize> {
        crate::dp::noise::choose(self.rate, scores, rng)
    }
}
