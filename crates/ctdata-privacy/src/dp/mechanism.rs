//! Mechanisms that turn a charge into noisy answers.

use rand::CryptoRng;

use crate::PrivacyError;
use crate::dp::noise::add;
use crate::dp::{Charge, DiscreteGaussian, DiscreteLaplace, Ratio, select};

/// Noisy whole numbers, and how noisy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noisy {
    /// The answers.
    pub values: Vec<i64>,
    /// The variance of the noise of each of them: of discrete Gaussian noise its parameter, which the variance is
    /// not above.
    pub variance: Ratio,
}

fn too_little(rule: &str) -> PrivacyError {
    PrivacyError::InvalidParameter { parameter: "rho", rule: rule.to_owned() }
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
        let units = self.rho().units();
        // sensitivity^2 / (2 units / 2^64), in parts of 2^-8.
        let parts = (m * m)
            .checked_mul(sensitivity_squared.into())
            .and_then(|squared| squared.checked_mul(1 << 71))
            .filter(|_| units > 0)
            .and_then(|scaled| u64::try_from(scaled.div_ceil(units)).ok())
            .filter(|parts| *parts < 1 << 60)
            .ok_or_else(|| too_little("is too small for noise of a bounded size"))?;
        Ok(GaussianMechanism { noise: DiscreteGaussian::try_new(Ratio::try_new(parts.max(1), 1 << 8)?)? })
    }

    /// Laplace noise for one vector that one record, added or removed, moves by at most `sensitivity` (sum of the
    /// absolute differences): the scale is that number over epsilon, and for m records of one person m times as
    /// much. Epsilon is the root of 2 rho, rounded down.
    ///
    /// # Errors
    /// A charge of nothing, or so little that the noise has no bounds.
    pub fn laplace(self, sensitivity: u64) -> Result<LaplaceMechanism, PrivacyError> {
        // Epsilon in parts of 2^-32 is the root of 2 units.
        let epsilon = u64::try_from(self.rho().units().saturating_mul(2).isqrt()).unwrap_or(u64::MAX);
        let moved = u64::from(self.records_per_person())
            .checked_mul(sensitivity.max(1))
            .and_then(|moved| moved.checked_mul(1 << 32))
            .filter(|_| epsilon > 0)
            .ok_or_else(|| too_little("is too small for noise of a bounded size"))?;
        Ok(LaplaceMechanism { noise: DiscreteLaplace::new(Ratio::try_new(moved, epsilon)?) })
    }

    /// A choice among candidates whose scores one record, added or removed, moves by at most `sensitivity`:
    /// epsilon is the root of 8 rho, rounded down, and for m records of one person an m-th of it.
    ///
    /// # Errors
    /// A charge of nothing.
    pub fn exponential(self, sensitivity: u64) -> Result<ExponentialMechanism, PrivacyError> {
        Ok(ExponentialMechanism { rate: self.rate(8, sensitivity)? })
    }

    /// As [`exponential`](Self::exponential), by permute-and-flip: epsilon is only the root of 2 rho, half as much,
    /// but the choice is never worse than the exponential mechanism's with the same epsilon.
    ///
    /// # Errors
    /// A charge of nothing.
    pub fn permute_and_flip(self, sensitivity: u64) -> Result<PermuteAndFlip, PrivacyError> {
        Ok(PermuteAndFlip { rate: self.rate(2, sensitivity)? })
    }

    /// Epsilon over twice the sensitivity, where epsilon is the root of so many rho.
    fn rate(&self, rhos: u128, sensitivity: u64) -> Result<Ratio, PrivacyError> {
        // Epsilon in parts of 2^-32 is the root of so many units.
        let root = self.rho().units().saturating_mul(rhos).isqrt();
        let epsilon = u64::try_from(root / u128::from(self.records_per_person())).unwrap_or(u64::MAX);
        match sensitivity.max(1).checked_mul(1 << 33) {
            Some(twice) if epsilon > 0 => Ratio::try_new(epsilon, twice),
            _ => Err(too_little("is too small for a choice")),
        }
    }
}

/// Adds discrete Gaussian noise to a vector of whole numbers.
///
/// # Guarantee
/// Rho-zero-concentrated differential privacy for the rho of the charge, neighbours differing in one person, if one
/// record moves the vector by no more than was stated: see
/// [`proofs::discrete_gaussian`](crate::proofs::discrete_gaussian). How many numbers there are is not protected.
#[derive(Debug)]
pub struct GaussianMechanism {
    noise: DiscreteGaussian,
}

impl GaussianMechanism {
    /// The variance parameter of the noise.
    pub fn variance(&self) -> Ratio {
        self.noise.variance()
    }

    /// The counts with noise of their own each. Sums past the range of 64 bits become the end of it.
    pub fn release<R: CryptoRng + ?Sized>(self, counts: &[i64], rng: &mut R) -> Noisy {
        let mut values = Vec::with_capacity(counts.len());
        let mut exact = counts.iter();
        self.noise.draw_each(rng, counts.len(), |noise| {
            if let Some(&count) = exact.next() {
                values.push(add(count, noise));
            }
        });
        Noisy { values, variance: self.noise.variance() }
    }
}

/// Adds discrete Laplace noise to a vector of whole numbers.
///
/// # Guarantee
/// Epsilon-differential privacy, hence epsilon^2 / 2-zero-concentrated, which is the rho of the charge; neighbours
/// differ in one person, and one record moves the vector by no more than was stated: see
/// [`proofs::discrete_laplace`](crate::proofs::discrete_laplace). How many numbers there are is not protected.
#[derive(Debug)]
pub struct LaplaceMechanism {
    noise: DiscreteLaplace,
}

impl LaplaceMechanism {
    /// The scale of the noise.
    pub fn scale(&self) -> Ratio {
        self.noise.scale()
    }

    /// The counts with noise of their own each. Sums past the range of 64 bits become the end of it.
    pub fn release<R: CryptoRng + ?Sized>(self, counts: &[i64], rng: &mut R) -> Vec<i64> {
        counts.iter().map(|&count| add(count, self.noise.draw(rng))).collect()
    }
}

/// Chooses one of some candidates, the better ones more often.
///
/// # Guarantee
/// Epsilon^2 / 8-zero-concentrated differential privacy, which is the rho of the charge; neighbours differ in one
/// person, and one record moves each score by no more than was stated: see
/// [`proofs::private_choice`](crate::proofs::private_choice). How many candidates there are is not protected, nor
/// how long the choice takes, which depends on the scores.
#[derive(Debug)]
pub struct ExponentialMechanism {
    rate: Ratio,
}

impl ExponentialMechanism {
    /// Epsilon over twice the sensitivity.
    pub fn rate(&self) -> Ratio {
        self.rate
    }

    /// The place of the chosen candidate: with probability proportional to exp(rate * score). None without
    /// candidates.
    pub fn choose<R: CryptoRng + ?Sized>(self, scores: &[i64], rng: &mut R) -> Option<usize> {
        select::exponential(self.rate, scores, rng)
    }
}

/// Chooses one of some candidates: in random order, each is taken with probability exp(rate (score - best)), until
/// one is.
///
/// # Guarantee
/// Epsilon-differential privacy, hence epsilon^2 / 2-zero-concentrated, which is the rho of the charge; else as
/// [`ExponentialMechanism`].
///
/// # Sources
/// R. McKenna and D. Sheldon (2020), "Permute-and-Flip: A New Mechanism for Differentially Private Selection",
/// NeurIPS.
#[derive(Debug)]
pub struct PermuteAndFlip {
    rate: Ratio,
}

impl PermuteAndFlip {
    /// Epsilon over twice the sensitivity.
    pub fn rate(&self) -> Ratio {
        self.rate
    }

    /// The place of the chosen candidate. None without candidates.
    pub fn choose<R: CryptoRng + ?Sized>(self, scores: &[i64], rng: &mut R) -> Option<usize> {
        select::permute_and_flip(self.rate, scores, rng)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dp::{Allowance, NoiseSource, Rho};

    fn charge(units: u128, records_per_person: u32) -> Charge {
        Allowance::without_ledger(Rho::from_units(units), records_per_person)
            .charge("test", Rho::from_units(units))
            .unwrap()
    }

    const HALF: u128 = 1 << 63;

    #[test]
    fn noise_is_as_large_as_the_charge_is_small() {
        // rho = 1/2: variance D^2 / (2 rho) = D^2, scale D / (root of 2 rho) = D.
        assert_eq!(charge(HALF, 1).gaussian(9).unwrap().variance().reduced(), Ratio::try_new(9, 1).unwrap());
        assert_eq!(charge(HALF, 3).gaussian(2).unwrap().variance().reduced(), Ratio::try_new(18, 1).unwrap());
        assert_eq!(charge(HALF, 1).laplace(5).unwrap().scale(), Ratio::try_new(5, 1).unwrap());
        assert_eq!(charge(HALF, 3).laplace(5).unwrap().scale(), Ratio::try_new(15, 1).unwrap());
        // rho = 1/8 is an exponential choice of epsilon 1: rate 1 / (2 D); rho = 1/2 a permute-and-flip of epsilon 1.
        let rate = charge(HALF / 4, 1).exponential(3).unwrap().rate();
        assert_eq!(rate.reduced(), Ratio::try_new(1, 6).unwrap());
        let rate = charge(HALF, 2).permute_and_flip(3).unwrap().rate();
        assert_eq!(rate.reduced(), Ratio::try_new(1, 12).unwrap());
    }

    #[test]
    fn a_charge_of_nothing_buys_nothing() {
        assert!(charge(0, 1).gaussian(1).is_err());
        assert!(charge(0, 1).laplace(1).is_err());
        assert!(charge(0, 1).exponential(1).is_err());
        assert!(charge(0, 1).permute_and_flip(1).is_err());
        assert!(charge(1, 1).gaussian(1).is_err());
        assert!(charge(1, u32::MAX).gaussian(u64::MAX).is_err());
        assert!(charge(1, u32::MAX).laplace(u64::MAX).is_err());
        assert!(charge(1, u32::MAX).exponential(1).is_err());
        assert!(charge(u128::MAX, 1).exponential(u64::MAX).is_err());
    }

    proptest! {
        #[test]
        fn nothing_is_cheaper_than_what_was_paid(units in 1u128..1 << 80, m in 1u32..20, d in 1u64..1_000) {
            // All in parts of 2^-64 of a rho.
            if let Ok(mechanism) = charge(units, m).gaussian(d) {
                let variance = mechanism.variance();
                let (top, bottom) = (u128::from(variance.numerator()), u128::from(variance.denominator()));
                let moved = u128::from(m) * u128::from(m) * u128::from(d);
                // moved / (2 variance) <= units / 2^64.
                prop_assert!(num_bigint::BigUint::from(moved * bottom) << 63u32 <= num_bigint::BigUint::from(top) * units);
            }
            let paid = num_bigint::BigUint::from(units);
            if let Ok(mechanism) = charge(units, m).laplace(d) {
                let scale = mechanism.scale();
                // (moved / scale)^2 / 2 <= units / 2^64.
                let epsilon = num_bigint::BigUint::from(u128::from(m) * u128::from(d) * u128::from(scale.denominator()));
                let top = num_bigint::BigUint::from(scale.numerator());
                prop_assert!((&epsilon * &epsilon) << 63u32 <= &top * &top * &paid);
            }
            for (rate, shift) in [
                (charge(units, m).exponential(d).map(|mechanism| mechanism.rate()), 61u32),
                (charge(units, m).permute_and_flip(d).map(|mechanism| mechanism.rate()), 63),
            ] {
                if let Ok(rate) = rate {
                    // epsilon = 2 d m rate; epsilon^2 / 8 or / 2 <= units / 2^64.
                    let epsilon = num_bigint::BigUint::from(2 * u128::from(m) * u128::from(d)) * rate.numerator();
                    let bottom = num_bigint::BigUint::from(rate.denominator());
                    prop_assert!((&epsilon * &epsilon) << shift <= &bottom * &bottom * &paid);
                }
            }
        }
    }

    #[test]
    fn answers_are_the_counts_and_noise() {
        let mut source = NoiseSource::from_seed(1);
        let counts: Vec<i64> = (0..2_000).map(|count| count * 1_000).collect();
        let noisy = charge(HALF, 1).gaussian(4).unwrap().release(&counts, &mut source.stream());
        assert_eq!(noisy.variance.reduced(), Ratio::try_new(4, 1).unwrap());
        let laplace = charge(HALF, 1).laplace(2).unwrap().release(&counts, &mut source.stream());
        for values in [noisy.values, laplace] {
            assert_eq!(values.len(), counts.len());
            let squares: i64 = values.iter().zip(&counts).map(|(value, count)| (value - count).pow(2)).sum();
            // The variances are 4 and 7.8, and the sums known to 3 % and 5 %.
            assert!((7_000..19_000).contains(&squares), "{squares}");
        }
        let mechanism = charge(HALF, 1).gaussian(4).unwrap();
        assert_eq!(mechanism.release(&[], &mut source.stream()).values, [0; 0]);
    }

    #[test]
    fn chosen_places_are_candidates() {
        let mut rng = NoiseSource::from_seed(2).stream();
        let scores = [-1_000, 0, -1_000];
        assert_eq!(charge(HALF, 1).exponential(1).unwrap().choose(&scores, &mut rng), Some(1));
        assert_eq!(charge(HALF, 1).permute_and_flip(1).unwrap().choose(&scores, &mut rng), Some(1));
        assert_eq!(charge(HALF, 1).exponential(1).unwrap().choose(&[], &mut rng), None);
    }
}
