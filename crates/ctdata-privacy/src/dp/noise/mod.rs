//! Exact noise on whole numbers.

use rand::CryptoRng;

use crate::PrivacyError;

/// A ratio of two whole numbers above 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ratio {
    numerator: u64,
    denominator: u64,
}

impl Ratio {
    /// `numerator / denominator`.
    ///
    /// # Errors
    /// One of them is 0.
    pub fn try_new(numerator: u64, denominator: u64) -> Result<Self, PrivacyError> {
        if numerator == 0 || denominator == 0 {
            return Err(PrivacyError::InvalidParameter { parameter: "ratio", rule: "is above 0".to_owned() });
        }
        Ok(Self { numerator, denominator })
    }

    /// Above the line.
    pub const fn numerator(self) -> u64 {
        self.numerator
    }

    /// Below the line.
    pub const fn denominator(self) -> u64 {
        self.denominator
    }

    /// The nearest number.
    #[expect(clippy::cast_precision_loss, reason = "for showing")]
    pub const fn to_f64(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }
}

/// The discrete Gaussian distribution on the whole numbers, with mean 0: the probability of y is proportional to
/// exp(-y^2 / (2 variance)).
///
/// # Sources
/// C. Canonne, G. Kamath and T. Steinke (2020), "The Discrete Gaussian for Differential Privacy".
#[derive(Debug, Clone)]
pub struct DiscreteGaussian {
    variance: Ratio,
}

impl DiscreteGaussian {
    /// With this variance parameter.
    ///
    /// # Errors
    /// A variance past what is drawn exactly.
    pub fn try_new(variance: Ratio) -> Result<Self, PrivacyError> {
        Ok(Self { variance })
    }

    /// The variance parameter.
    pub fn variance(&self) -> Ratio {
        self.variance
    }

    /// One draw.
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "placeholder")]
    pub fn sample<R: CryptoRng + ?Sized>(&self, rng: &mut R) -> i64 {
        // A placeholder until the exact sampler is here: Box and Muller.
        let unit = |rng: &mut R| ((rng.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
        let (u, v) = (unit(rng), unit(rng));
        ((-2.0 * u.ln() * self.variance.to_f64()).sqrt() * (std::f64::consts::TAU * v).cos()).round() as i64
    }
}

/// A choice by weights exp(rate * score).
#[expect(clippy::cast_precision_loss, reason = "placeholder")]
pub(crate) fn choose<R: CryptoRng + ?Sized>(rate: Ratio, scores: &[i64], rng: &mut R) -> Option<usize> {
    // A placeholder until the exact choice is here: Gumbel noise.
    let noisy = scores.iter().map(|&score| {
        let unit = ((rng.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
        score as f64 * rate.to_f64() - (-unit.ln()).ln()
    });
    noisy.enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(place, _)| place)
}
