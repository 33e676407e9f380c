//! The exact binomial interval of Clopper and Pearson.

use super::tail::{binomial_at_least, binomial_at_most, invert};
use super::{Interval, IntervalError, IntervalMethod, Level, as_f64, check_size, check_trials, wilson};

/// The Clopper–Pearson interval of `successes` among `trials`, as proportions in 0 to 1.
///
/// Both bounds leave exactly α/2 in the binomial tail beyond the observed count, so that the
/// interval covers at least at its level, and is wider than needed for small counts.
///
/// ```
/// use ctdata_indicators::interval::{Level, clopper_pearson};
///
/// let interval = clopper_pearson(0, 10, Level::P95)?;
/// assert!((interval.high() - 0.308497).abs() < 5e-7);
/// # Ok::<(), ctdata_indicators::interval::IntervalError>(())
/// ```
///
/// # Errors
/// No trials, more successes than trials, or more than 2⁴⁰ trials (the tails are summed).
///
/// # Sources
/// C. J. Clopper, E. S. Pearson (1934), The use of confidence or fiducial limits illustrated in
/// the case of the binomial, *Biometrika* 26, 404–413.
pub fn clopper_pearson(successes: u64, trials: u64, level: Level) -> Result<Interval, IntervalError> {
    check_trials(successes, trials)?;
    check_size(trials)?;
    let (x, n, target) = (as_f64(successes), as_f64(trials), level.tail());
    let share = x / n;
    let start = wilson(successes, trials, level)?;
    let low =
        if successes == 0 { 0.0 } else { invert(start.low(), 0.0, share, target, |p| binomial_at_least(x, n, p)) };
    let high =
        if successes == trials { 1.0 } else { invert(start.high(), share, 1.0, target, |p| binomial_at_most(x, n, p)) };
    Interval::try_new(low, high, level, IntervalMethod::ClopperPearson)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_digits, level};
    use super::*;
    use proptest::prelude::*;

    /// Computed by two independent programs (indicator notes, profile indicators); 95 %.
    #[test]
    fn the_worked_answers_are_met() {
        let interval = clopper_pearson(9, 27, Level::P95).unwrap();
        assert_digits(interval.low(), "0.165188");
        assert_digits(interval.high(), "0.539607");
        let interval = clopper_pearson(0, 10, Level::P95).unwrap();
        assert!(interval.low().abs() < f64::MIN_POSITIVE);
        assert_digits(interval.high(), "0.308497");
    }

    /// R. G. Newcombe (1998), *Statistics in Medicine* 17, 857–872, table I, method 5.
    #[test]
    fn newcombes_table_is_met() {
        for (x, n, low, high) in [
            (81, 263, "0.2527", "0.3676"),
            (15, 148, "0.0578", "0.1617"),
            (0, 20, "0.0000", "0.1684"),
            (1, 29, "0.0009", "0.1776"),
        ] {
            let interval = clopper_pearson(x, n, Level::P95).unwrap();
            assert_digits(interval.low(), low);
            assert_digits(interval.high(), high);
        }
    }

    /// Tails summed in 60-digit decimal arithmetic (Python `decimal`), bounds found by bisection.
    #[test]
    fn large_counts_keep_full_precision() {
        for (x, n, low, high) in [
            (42_340, 111_965, 0.375_312_186_863_454_9, 0.381_001_900_407_852),
            (345, 193_025, 0.001_603_829_189_560_193_3, 0.001_986_048_484_643_2),
        ] {
            let interval = clopper_pearson(x, n, Level::P95).unwrap();
            assert!((interval.low() / low - 1.0).abs() < 1e-13);
            assert!((interval.high() / high - 1.0).abs() < 1e-13);
        }
    }

    /// For no successes the bound has a closed form, 1 − (α/2)^(1/n), at any size.
    #[test]
    fn the_closed_form_at_zero_is_met_up_to_the_largest_size() {
        for trials in [1, 7, 1_000, 193_025, 1 << 32, 1 << 40] {
            let exact = -(Level::P95.tail().ln() / as_f64(trials)).exp_m1();
            let high = clopper_pearson(0, trials, Level::P95).unwrap().high();
            assert!((high / exact - 1.0).abs() < 1e-13, "{trials}: {high}");
        }
    }

    /// Rare events: the binomial bounds approach those of the Poisson law (Garwood's table: 5
    /// events, 1.623486 to 11.668332). Series that stop after a fixed number of terms fail here.
    #[test]
    fn rare_events_meet_the_poisson_limit() {
        let interval = clopper_pearson(5, 1_000_000_000, Level::P95).unwrap();
        assert_digits(interval.low() * 1e9, "1.623486");
        assert_digits(interval.high() * 1e9, "11.668332");
    }

    #[test]
    fn sizes_past_the_limit_are_refused() {
        assert_eq!(clopper_pearson(1, (1 << 40) + 1, Level::P95), Err(IntervalError::TooLarge));
        assert_eq!(clopper_pearson(1, 0, Level::P95), Err(IntervalError::NoTrials));
        assert_eq!(clopper_pearson(2, 1, Level::P95), Err(IntervalError::MoreThanTrials));
    }

    /// P(X ≤ x) by the recurrence of the terms from k = 0, all of them; from the other end for
    /// large `p`, where the first term would underflow.
    fn at_most(x: u64, n: u64, p: f64) -> f64 {
        if p > 0.5 {
            return if x < n { 1.0 - at_most(n - x - 1, n, 1.0 - p) } else { 1.0 };
        }
        let mut term = (1.0 - p).powi(i32::try_from(n).unwrap());
        let mut sum = 0.0;
        for k in 0..=x {
            sum += term;
            term *= as_f64(n - k) / as_f64(k + 1) * p / (1.0 - p);
        }
        sum
    }

    proptest! {
        #[test]
        fn each_bound_leaves_half_of_alpha_in_the_brute_force_tail(n in 1_u64..200, x in 0_u64..200, level in level()) {
            let x = x.min(n);
            let interval = clopper_pearson(x, n, level).unwrap();
            if x > 0 {
                prop_assert!((1.0 - at_most(x - 1, n, interval.low()) - level.tail()).abs() < 1e-11);
            }
            if x < n {
                prop_assert!((at_most(x, n, interval.high()) - level.tail()).abs() < 1e-11);
            }
        }

        #[test]
        fn bounds_grow_with_the_successes_and_mirror_the_failures(n in 1_u64..50_000, x in 0_u64..50_000, level in level()) {
            let x = x.min(n);
            let interval = clopper_pearson(x, n, level).unwrap();
            let mirror = clopper_pearson(n - x, n, level).unwrap();
            prop_assert!((interval.low() + mirror.high() - 1.0).abs() < 1e-12);
            let share = as_f64(x) / as_f64(n);
            prop_assert!(0.0 <= interval.low() && interval.low() <= share);
            prop_assert!(share <= interval.high() && interval.high() <= 1.0);
            if x < n {
                let next = clopper_pearson(x + 1, n, level).unwrap();
                prop_assert!(interval.low() < next.low() && interval.high() <= next.high());
            }
        }
    }
}
