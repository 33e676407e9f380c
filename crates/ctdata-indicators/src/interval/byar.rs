//! Byar's approximation to the exact Poisson interval.

use super::{Interval, IntervalError, IntervalMethod, Level, as_f64};

/// Byar's approximation to the interval of the mean of a Poisson `count`, in events.
///
/// Within 0.2 % of [`garwood`](super::garwood) from about ten events on. It is here so that users
/// of public-health tools, which use it there, can match their figures; the exact interval is our
/// default at every count. A lower bound below zero, possible at very high levels, is 0.
///
/// # Errors
/// None today; the result matches the other methods.
///
/// # Sources
/// N. E. Breslow, N. E. Day (1987), *Statistical Methods in Cancer Research*, volume II, IARC,
/// p. 69.
pub fn byar(count: u64, level: Level) -> Result<Interval, IntervalError> {
    let (x, z) = (as_f64(count), level.z());
    let bound = |x: f64, z: f64| x * (1.0 - 1.0 / (9.0 * x) + z / (3.0 * x.sqrt())).powi(3);
    let low = if count == 0 { 0.0 } else { bound(x, -z).max(0.0) };
    Interval::try_new(low, bound(x + 1.0, z), level, IntervalMethod::Byar)
}

#[cfg(test)]
mod tests {
    use super::super::garwood;
    use super::super::testing::level;
    use super::*;
    use proptest::prelude::*;

    /// The reason the approximation is used: from ten events on it agrees with the exact bounds.
    #[test]
    fn it_is_within_two_thousandths_of_the_exact_bounds_from_ten_events_on() {
        for count in 10..2_000 {
            let (near, exact) = (byar(count, Level::P95).unwrap(), garwood(count, Level::P95).unwrap());
            assert!((near.low() / exact.low() - 1.0).abs() < 2e-3, "{count}");
            assert!((near.high() / exact.high() - 1.0).abs() < 2e-3, "{count}");
        }
    }

    proptest! {
        #[test]
        fn bounds_are_ordered_and_grow(count in 0_u64..u64::MAX, level in level()) {
            let (interval, next) = (byar(count, level).unwrap(), byar(count + 1, level).unwrap());
            prop_assert!(0.0 <= interval.low() && interval.low() <= interval.high());
            prop_assert!(interval.low() <= next.low() && interval.high() <= next.high());
        }
    }
}
