//! Garwood's exact interval of a Poisson count.

use super::tail::{invert, poisson_at_least, poisson_at_most};
use super::{Interval, IntervalError, IntervalMethod, Level, as_f64, check_size};

/// Garwood's interval of the mean of a Poisson `count`, in events.
///
/// Both bounds leave exactly α/2 in the tail beyond the count; for no events the lower bound is 0
/// and the upper one keeps the two-sided α (3.688879 at 95 %). Divide by the population for a rate
/// ([`Interval::scaled`]). Counts of detected victims are a complete enumeration, so that the
/// interval speaks of the variability of the process and not of sampling.
///
/// ```
/// use ctdata_indicators::interval::{Level, garwood};
///
/// let interval = garwood(5, Level::P95)?;
/// assert!((interval.low() - 1.623486).abs() < 5e-7);
/// assert!((interval.high() - 11.668332).abs() < 5e-7);
/// # Ok::<(), ctdata_indicators::interval::IntervalError>(())
/// ```
///
/// # Errors
/// More than 2⁴⁰ events (the tails are summed).
///
/// # Sources
/// F. Garwood (1936), Fiducial limits for the Poisson distribution, *Biometrika* 28, 437–442.
pub fn garwood(count: u64, level: Level) -> Result<Interval, IntervalError> {
    check_size(count)?;
    let (x, z, target) = (as_f64(count), level.z(), level.tail());
    let low = if count == 0 {
        0.0
    } else {
        let start = (x - z * x.sqrt()).max(0.1 * x);
        invert(start, 0.0, x, target, |mean| poisson_at_least(x, mean))
    };
    let start = x + 1.0 + z * (x + 1.0).sqrt();
    let high = invert(start, x, f64::INFINITY, target, |mean| poisson_at_most(x, mean));
    Interval::try_new(low, high, level, IntervalMethod::Garwood)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_digits, level};
    use super::*;
    use proptest::prelude::*;

    /// Computed by two independent programs (indicator notes on 16.2.2); 95 %.
    #[test]
    fn the_worked_table_is_met() {
        for (count, low, high) in [
            (0, "0", "3.688879"),
            (1, "0.025318", "5.571643"),
            (3, "0.618672", "8.767273"),
            (5, "1.623486", "11.668332"),
            (10, "4.795389", "18.390356"),
            (25, "16.178682", "36.904932"),
            (100, "81.363991", "121.626794"),
            (345, "309.551493", "383.395154"),
        ] {
            let interval = garwood(count, Level::P95).unwrap();
            if count > 0 {
                assert_digits(interval.low(), low);
            } else {
                assert!(interval.low().abs() < f64::MIN_POSITIVE);
            }
            assert_digits(interval.high(), high);
        }
    }

    #[test]
    fn no_event_keeps_half_of_alpha_above() {
        for level in [Level::P90, Level::P95, Level::P99] {
            let high = garwood(0, level).unwrap().high();
            assert!((high + level.tail().ln()).abs() < 1e-13);
        }
    }

    #[test]
    fn counts_past_the_limit_are_refused() {
        assert_eq!(garwood((1 << 40) + 1, Level::P95), Err(IntervalError::TooLarge));
        // At the limit the normal approximation is good to 1e-11 of the count.
        let (count, z) = (1_u64 << 40, Level::P95.z());
        let interval = garwood(count, Level::P95).unwrap();
        let sd = as_f64(count).sqrt();
        assert!(((as_f64(count) - interval.low()) / sd - z).abs() < 1e-4);
        assert!(((interval.high() - as_f64(count)) / sd - z).abs() < 1e-4);
    }

    /// P(X ≤ x) by the sum of all terms from k = 0.
    fn at_most(x: u64, mean: f64) -> f64 {
        let mut term = (-mean).exp();
        let mut sum = 0.0;
        for k in 0..=x {
            sum += term;
            term *= mean / as_f64(k + 1);
        }
        sum
    }

    proptest! {
        #[test]
        fn each_bound_leaves_half_of_alpha_in_the_brute_force_tail(count in 0_u64..400, level in level()) {
            let interval = garwood(count, level).unwrap();
            if count > 0 {
                prop_assert!((1.0 - at_most(count - 1, interval.low()) - level.tail()).abs() < 1e-11);
            }
            prop_assert!((at_most(count, interval.high()) - level.tail()).abs() < 1e-11);
        }

        #[test]
        fn bounds_grow_with_the_count_and_enclose_it(count in 0_u64..1_000_000, level in level()) {
            let (interval, next) = (garwood(count, level).unwrap(), garwood(count + 1, level).unwrap());
            prop_assert!(interval.low() <= as_f64(count) && as_f64(count) < interval.high());
            prop_assert!(interval.low() < next.low() && interval.high() < next.high());
        }

        #[test]
        fn a_higher_level_is_wider(count in 0_u64..100_000) {
            let (narrow, wide) = (garwood(count, Level::P90).unwrap(), garwood(count, Level::P99).unwrap());
            prop_assert!(wide.low() <= narrow.low() && narrow.high() < wide.high());
        }
    }
}
