//! The cumulative weights of the discrete Gaussian, enclosed between proven bounds.

use super::Ratio;
use super::fixed_point::{Digits, Interval};

/// For |y| up to each m, the sum of exp(-y^2 / (2 variance)), and the sum of all.
#[derive(Debug)]
pub(super) struct Sums<D> {
    /// For m = 0, 1, …
    pub(super) up_to: Vec<Interval<D>>,
    /// Over all whole numbers.
    pub(super) total: Interval<D>,
}

impl<D: Digits> Sums<D> {
    /// With this many binary digits, at least 70, over all magnitudes with a weight above 2^(-2/3 digits). None if
    /// these are more than `most`, which for a variance past what the digits can tell apart they always are.
    pub(super) fn enclose(variance: Ratio, digits: u32, most: usize) -> Option<Self> {
        let (numerator, denominator) = (variance.numerator(), variance.denominator());
        // weight = exp(-m^2 / (2 variance)); step = weight of m + 1 over that of m = exp(-(2 m + 1) / (2 variance)),
        // which falls by exp(-1 / variance) each time.
        let mut step = Interval::<D>::exp_minus_half(denominator, numerator, digits);
        let ratio = step.times(&step, digits);
        let mut weight = Interval::one(digits);
        let mut sum = Interval::one(digits);
        let mut up_to = vec![sum.clone()];
        let negligible = D::one(digits / 3);
        while weight.high > negligible {
            if up_to.len() >= most {
                return None;
            }
            weight = weight.times(&step, digits);
            step = step.times(&ratio, digits);
            sum = sum.plus(&weight).plus(&weight);
            up_to.push(sum.clone());
        }
        // What is past the last m is at most weight (r + r^2 + …), r = exp(-z) the next step, z = (2 m + 1) / (2
        // variance); and r / (1 - r) = 1 / (exp(z) - 1) <= 1 / z.
        let last = up_to.len() as u128 - 1;
        let bound = 2 * u128::from(numerator) / ((2 * last + 1) * u128::from(denominator)) + 1;
        let tail = weight.high.times(u64::try_from(bound).ok()?)?;
        let total = Interval { low: sum.low, high: sum.high + tail.clone() + tail };
        Some(Self { up_to, total })
    }
}
