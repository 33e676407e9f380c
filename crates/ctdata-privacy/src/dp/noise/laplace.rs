//! Discrete Laplace noise.

use rand::CryptoRng;

use super::bernoulli::exp_minus;
use super::{Ratio, clamp, signed};
use crate::draw::Uniform;

/// The discrete Laplace (two-sided geometric) distribution on the whole numbers, with mean 0: the probability of y
/// is proportional to exp(-|y| / scale).
///
/// Every draw has exactly this probability, given unbiased bits: it is made of whole numbers alone, for any scale.
/// Draws past the range of `i64` become the end of it.
///
/// ```
/// use ctdata_privacy::dp::{DiscreteLaplace, NoiseSource, Ratio};
///
/// let noise = DiscreteLaplace::new(Ratio::try_new(3, 2)?);
/// let mut draws = [0; 1_000];
/// noise.fill(&mut NoiseSource::from_seed(1).stream(), &mut draws);
/// assert!(draws.iter().all(|draw| draw.abs() < 60));
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
///
/// # Sources
/// C. Canonne, G. Kamath and T. Steinke (2020), "The Discrete Gaussian for Differential Privacy", Algorithm 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiscreteLaplace {
    scale: Ratio,
}

impl DiscreteLaplace {
    /// With this scale.
    pub const fn new(scale: Ratio) -> Self {
        Self { scale: scale.reduced() }
    }

    /// The scale, in lowest terms.
    pub const fn scale(&self) -> Ratio {
        self.scale
    }

    /// One draw.
    pub fn sample<R: CryptoRng + ?Sized>(&self, rng: &mut R) -> i64 {
        clamp(self.draw(rng))
    }

    /// A draw for each place: the same as if they were drawn one by one.
    pub fn fill<R: CryptoRng + ?Sized>(&self, rng: &mut R, draws: &mut [i64]) {
        for draw in draws {
            *draw = self.sample(rng);
        }
    }

    /// One draw; past the range of `i128` the end of it, which happens with a probability below exp(-2^62).
    pub(in crate::dp) fn draw<U: Uniform + ?Sized>(&self, source: &mut U) -> i128 {
        let (negative, magnitude) = draw(source, self.scale.numerator(), self.scale.denominator());
        signed(negative, magnitude)
    }
}

/// A sign and a magnitude, for the scale `t / s`, both above 0.
pub(super) fn draw<U: Uniform + ?Sized>(source: &mut U, t: u64, s: u64) -> (bool, u128) {
    loop {
        if let Some(drawn) = attempt(source, t, s) {
            return drawn;
        }
    }
}

/// A sign and a magnitude, unless they are rejected.
pub(super) fn attempt<U: Uniform + ?Sized>(source: &mut U, t: u64, s: u64) -> Option<(bool, u128)> {
    // A number that is geometric with ratio exp(-1 / t): its rest modulo t, then how often t goes into it.
    let rest = source.below(t);
    if !exp_minus(source, rest.into(), t.into()) {
        return None;
    }
    let mut times = 0u64;
    while exp_minus(source, 1, 1) {
        // 2^64 heads in a row do not happen; t times fewer fit 128 bits.
        times = times.saturating_add(1);
    }
    let magnitude = (u128::from(t) * u128::from(times) + u128::from(rest)) / u128::from(s);
    let negative = source.below(2) == 1;
    // Zero has no sign: half of its draws are one too many.
    (!negative || magnitude > 0).then_some((negative, magnitude))
}
