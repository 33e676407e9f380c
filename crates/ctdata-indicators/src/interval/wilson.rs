//! Wilson's score interval of a proportion.

use super::{Interval, IntervalError, IntervalMethod, Level, as_f64, check_trials};

/// Wilson's score interval of `successes` among `trials`, as proportions in 0 to 1.
///
/// It inverts the score test, keeps close to its level for small counts and never leaves 0 to 1:
/// the default interval of a share.
///
/// ```
/// use ctdata_indicators::interval::{Level, wilson};
///
/// let interval = wilson(9, 27, Level::P95)?;
/// assert!((interval.low() - 0.186433).abs() < 5e-7);
/// # Ok::<(), ctdata_indicators::interval::IntervalError>(())
/// ```
///
/// # Errors
/// No trials, or more successes than trials.
///
/// # Sources
/// E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference,
/// *JASA* 22, 209–212.
pub fn wilson(successes: u64, trials: u64, level: Level) -> Result<Interval, IntervalError> {
    check_trials(successes, trials)?;
    let (x, n, z) = (as_f64(successes), as_f64(trials), level.z());
    let z2 = z * z;
    let centre = x + 0.5 * z2;
    let half = z * (x * ((n - x) / n) + 0.25 * z2).sqrt();
    // At the ends the bound is exact; the subtraction would leave a rounding error.
    let low = if successes == 0 { 0.0 } else { ((centre - half) / (n + z2)).max(0.0) };
    let high = if successes == trials { 1.0 } else { ((centre + half) / (n + z2)).min(1.0) };
    Interval::try_new(low, high, level, IntervalMethod::Wilson)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_digits, level};
    use super::*;
    use proptest::prelude::*;

    /// Computed by two independent programs (indicator notes, profile indicators); 95 %.
    #[test]
    fn the_worked_answers_are_met() {
        let interval = wilson(9, 27, Level::P95).unwrap();
        assert_digits(interval.low(), "0.186433");
        assert_digits(interval.high(), "0.521752");
        let interval = wilson(0, 10, Level::P95).unwrap();
        assert!(interval.low().abs() < f64::MIN_POSITIVE);
        assert_digits(interval.high(), "0.277533");
    }

    /// R. G. Newcombe (1998), Two-sided confidence intervals for the single proportion,
    /// *Statistics in Medicine* 17, 857–872, table I, method 3.
    #[test]
    fn newcombes_table_is_met() {
        for (x, n, low, high) in [
            (81, 263, "0.2553", "0.3662"),
            (15, 148, "0.0624", "0.1605"),
            (0, 20, "0.0000", "0.1611"),
            (1, 29, "0.0061", "0.1718"),
        ] {
            let interval = wilson(x, n, Level::P95).unwrap();
            assert_digits(interval.low(), low);
            assert_digits(interval.high(), high);
        }
    }

    #[test]
    fn impossible_counts_are_refused() {
        assert_eq!(wilson(0, 0, Level::P95), Err(IntervalError::NoTrials));
        assert_eq!(wilson(3, 2, Level::P95), Err(IntervalError::MoreThanTrials));
    }

    proptest! {
        /// Each bound is a root of |p − x/n| = z √(p(1−p)/n), the definition of the interval.
        #[test]
        fn each_bound_solves_the_score_equation(n in 1_u64..100_000, x in 0_u64..100_000, level in level()) {
            let x = x.min(n);
            let interval = wilson(x, n, level).unwrap();
            for p in [interval.low(), interval.high()] {
                let (share, n) = (as_f64(x) / as_f64(n), as_f64(n));
                let score = (p - share).powi(2) - level.z().powi(2) * p * (1.0 - p) / n;
                prop_assert!(score.abs() < 1e-12, "{score}");
            }
        }

        #[test]
        fn successes_and_failures_mirror_each_other(n in 1_u64..u64::MAX, x in 0_u64..u64::MAX, level in level()) {
            let x = x.min(n);
            let (one, other) = (wilson(x, n, level).unwrap(), wilson(n - x, n, level).unwrap());
            prop_assert!((one.low() + other.high() - 1.0).abs() < 1e-12);
            prop_assert!(0.0 <= one.low() && one.low() <= one.high() && one.high() <= 1.0);
        }
    }
}
