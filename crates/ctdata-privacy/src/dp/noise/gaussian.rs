//! Discrete Gaussian noise.

use num_bigint::BigUint;
use rand::CryptoRng;

use super::bernoulli::{exp_minus, exp_minus_wide};
use super::table::Table;
use super::{Ratio, clamp, laplace, signed};
use crate::PrivacyError;
use crate::draw::Uniform;

/// The discrete Gaussian distribution on the whole numbers, with mean 0: the probability of y is proportional to
/// exp(-y^2 / (2 variance)).
///
/// Every draw has exactly this probability, given unbiased bits, for every variance. [`sample`](Self::sample) draws
/// by rejection; [`fill`](Self::fill) looks many draws up in a table whose entries are proven, and works out
/// more digits for the few draws that the table leaves undecided.
///
/// ```
/// use ctdata_privacy::dp::{DiscreteGaussian, NoiseSource, Ratio};
///
/// // A standard deviation of 10.
/// let noise = DiscreteGaussian::try_new(Ratio::try_new(100, 1)?)?;
/// let mut draws = vec![0; 10_000];
/// noise.fill(&mut NoiseSource::from_seed(1).stream(), &mut draws);
/// let variance = draws.iter().map(|draw| draw * draw).sum::<i64>() / 10_000;
/// assert!((95..105).contains(&variance));
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
///
/// # Sources
/// C. Canonne, G. Kamath and T. Steinke (2020), "The Discrete Gaussian for Differential Privacy", Algorithm 3. The
/// argument for the table is in [`proofs::discrete_gaussian`](crate::proofs::discrete_gaussian).
#[derive(Debug, Clone)]
pub struct DiscreteGaussian {
    variance: Ratio,
    rejection: Rejection,
}

impl DiscreteGaussian {
    /// With this variance parameter.
    ///
    /// # Errors
    /// None at present: every ratio is drawn exactly.
    pub fn try_new(variance: Ratio) -> Result<Self, PrivacyError> {
        Ok(Self { variance, rejection: Rejection::new(variance.reduced()) })
    }

    /// The variance parameter, as given.
    pub fn variance(&self) -> Ratio {
        self.variance
    }

    /// One draw, by rejection.
    pub fn sample<R: CryptoRng + ?Sized>(&self, rng: &mut R) -> i64 {
        clamp(self.rejection.draw(rng))
    }

    /// A draw for each place. How they are drawn, and so what comes of a seed, depends on the variance and on the
    /// number of places alone: by a table where it pays, else by rejection.
    pub fn fill<R: CryptoRng + ?Sized>(&self, rng: &mut R, draws: &mut [i64]) {
        let mut places = draws.iter_mut();
        self.draw_each(rng, places.len(), |draw| {
            if let Some(place) = places.next() {
                *place = clamp(draw);
            }
        });
    }

    /// So many draws, one after the other.
    pub(in crate::dp) fn draw_each<R: CryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        draws: usize,
        mut take: impl FnMut(i128),
    ) {
        match self.table(draws) {
            Some(table) => (0..draws).for_each(|_| take(table.draw(rng).into())),
            None => (0..draws).for_each(|_| take(self.rejection.draw(rng))),
        }
    }

    /// A table, if it is worth its making for so many draws.
    fn table(&self, draws: usize) -> Option<Table> {
        let variance = self.variance.reduced();
        // It reaches to ten standard deviations.
        let entries = 10 * ((variance.numerator() / variance.denominator()).isqrt() + 1);
        if entries <= Table::MOST_ENTRIES && draws as u64 >= entries / Self::ENTRIES_PER_DRAW {
            Table::try_new(variance)
        } else {
            None
        }
    }

    /// How many entries of a table take as long to work out as it takes to draw once by rejection (measured: an
    /// entry 25 ns, a draw 150 ns).
    const ENTRIES_PER_DRAW: u64 = 6;

    #[cfg(test)]
    pub(super) fn rejection(&self) -> &Rejection {
        &self.rejection
    }
}

/// Draws a discrete Laplace number of scale t, and accepts it with probability exp(-(|y| - variance / t)^2 /
/// (2 variance)), where t is the whole part of the standard deviation plus 1.
#[derive(Debug, Clone)]
pub(super) struct Rejection {
    variance: Ratio,
    t: u64,
    /// t times the denominator of the variance.
    step: u128,
    /// 2 t^2 times both parts of the variance, where that fits.
    bottom: Option<u128>,
}

impl Rejection {
    /// For a variance in lowest terms.
    fn new(variance: Ratio) -> Self {
        let (numerator, denominator) = (u128::from(variance.numerator()), u128::from(variance.denominator()));
        let t = (variance.numerator() / variance.denominator()).isqrt() + 1;
        let square = u128::from(t) * u128::from(t);
        let bottom = (2 * square).checked_mul(numerator).and_then(|product| product.checked_mul(denominator));
        Self { variance, t, step: u128::from(t) * denominator, bottom }
    }

    pub(super) fn draw<U: Uniform + ?Sized>(&self, source: &mut U) -> i128 {
        loop {
            let (negative, magnitude) = laplace::draw(source, self.t, 1);
            if self.accepts(source, magnitude) {
                return signed(negative, magnitude);
            }
        }
    }

    /// Heads with probability exp(-top^2 / bottom), top = |y| t denominator - numerator.
    pub(super) fn accepts<U: Uniform + ?Sized>(&self, source: &mut U, magnitude: u128) -> bool {
        let top = magnitude.checked_mul(self.step).map(|left| left.abs_diff(self.variance.numerator().into()));
        match (top.and_then(|top| top.checked_mul(top)), self.bottom) {
            (Some(square), Some(bottom)) => exp_minus(source, square, bottom),
            _ => self.accepts_wide(source, magnitude),
        }
    }

    /// The same where a number does not fit 128 bits.
    #[cold]
    pub(super) fn accepts_wide<U: Uniform + ?Sized>(&self, source: &mut U, magnitude: u128) -> bool {
        let (numerator, denominator) =
            (BigUint::from(self.variance.numerator()), BigUint::from(self.variance.denominator()));
        let left = BigUint::from(magnitude) * BigUint::from(self.step);
        let top = if left > numerator { left - &numerator } else { &numerator - left };
        let t = BigUint::from(self.t);
        exp_minus_wide(source, &(&top * &top), &(BigUint::from(2u32) * &t * &t * numerator * denominator))
    }
}
