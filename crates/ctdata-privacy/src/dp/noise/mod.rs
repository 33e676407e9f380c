//! Exact noise on whole numbers: no floating point, and no distribution that is only nearly right.

mod bernoulli;
mod enclosure;
#[cfg(test)]
mod enumeration;
mod fixed_point;
mod gaussian;
mod laplace;
mod ratio;
mod table;
#[cfg(test)]
mod tests;

pub(in crate::dp) use bernoulli::exp_minus;
#[cfg(test)]
pub(in crate::dp) use enumeration::enumerate;
pub use gaussian::DiscreteGaussian;
pub use laplace::DiscreteLaplace;
pub use ratio::Ratio;

/// The number, or the end of the range that it is past.
#[expect(clippy::cast_possible_truncation, reason = "clamped")]
const fn clamp(number: i128) -> i64 {
    if number > i64::MAX as i128 {
        i64::MAX
    } else if number < i64::MIN as i128 {
        i64::MIN
    } else {
        number as i64
    }
}

/// The sum of a count and noise, or the end of the range that it is past. It is worked out of the exact sum alone,
/// so that it is post-processing of it.
pub(in crate::dp) const fn add(count: i64, noise: i128) -> i64 {
    clamp((count as i128).saturating_add(noise))
}

/// A magnitude with a sign, or the end of the range that it is past.
fn signed(negative: bool, magnitude: u128) -> i128 {
    let magnitude = i128::try_from(magnitude).unwrap_or(i128::MAX);
    if negative { -magnitude } else { magnitude }
}
