//! Quantiles of gamma laws whose shape is not a whole number, as intervals of weighted sums of counts need them.

use super::tail::{gamma_above, invert, poisson_at_least};
use super::{IntervalError, Level};

/// The largest shape: the tails are summed over a number of terms that grows with its root.
const LARGEST: f64 = 1e12;

/// The α/2 quantile of the gamma law of this shape (at least 1) and scale 1: half of a χ² quantile with twice as
/// many degrees of freedom.
pub(crate) fn gamma_quantile(shape: f64, level: Level) -> Result<f64, IntervalError> {
    check(shape)?;
    let start = wilson_hilferty(shape, -level.z());
    Ok(invert(start, 0.0, shape, level.tail(), |at| poisson_at_least(shape, at)))
}

/// The 1 − α/2 quantile of the same law.
pub(crate) fn gamma_upper_quantile(shape: f64, level: Level) -> Result<f64, IntervalError> {
    check(shape)?;
    let start = wilson_hilferty(shape, level.z());
    Ok(invert(start, 0.0, f64::INFINITY, level.tail(), |at| gamma_above(shape, at)))
}

fn check(shape: f64) -> Result<(), IntervalError> {
    if shape.is_nan() || shape < 1.0 {
        Err(IntervalError::Bounds)
    } else if shape > LARGEST {
        Err(IntervalError::TooLarge)
    } else {
        Ok(())
    }
}

/// E. B. Wilson, M. M. Hilferty (1931), The distribution of chi-square, *PNAS* 17, 684–688.
fn wilson_hilferty(shape: f64, z: f64) -> f64 {
    shape * (1.0 - 1.0 / (9.0 * shape) + z / (3.0 * shape.sqrt())).max(0.1).powi(3)
}

#[cfg(test)]
mod tests {
    use super::super::{garwood, testing::level};
    use super::*;
    use proptest::prelude::*;
    use statrs::function::gamma::{gamma_lr, gamma_ur};

    #[test]
    fn shapes_that_have_no_quantile_here_are_refused() {
        assert_eq!(gamma_quantile(0.5, Level::P95), Err(IntervalError::Bounds));
        assert_eq!(gamma_upper_quantile(f64::NAN, Level::P95), Err(IntervalError::Bounds));
        assert_eq!(gamma_quantile(2e12, Level::P95), Err(IntervalError::TooLarge));
    }

    /// A shape of 1 is the exponential law.
    #[test]
    fn the_exponential_law_has_closed_forms() {
        for level in [Level::P90, Level::P95, Level::P99] {
            let (low, high) = (gamma_quantile(1.0, level).unwrap(), gamma_upper_quantile(1.0, level).unwrap());
            assert!((low + (-level.tail()).ln_1p()).abs() < 1e-14);
            assert!((high + level.tail().ln()).abs() < 1e-11);
        }
    }

    proptest! {
        #[test]
        fn each_quantile_leaves_half_of_alpha(shape in 1.0_f64..300.0, level in level()) {
            let (low, high) = (gamma_quantile(shape, level).unwrap(), gamma_upper_quantile(shape, level).unwrap());
            prop_assert!((gamma_lr(shape, low) - level.tail()).abs() < 1e-11);
            prop_assert!((gamma_ur(shape, high) - level.tail()).abs() < 1e-11);
        }

        /// Garwood's bounds are the quantiles at whole shapes.
        #[test]
        fn whole_shapes_give_garwoods_bounds(count in 1_u32..1_000_000) {
            let interval = garwood(u64::from(count), Level::P95).unwrap();
            let (low, high) = (
                gamma_quantile(f64::from(count), Level::P95).unwrap(),
                gamma_upper_quantile(f64::from(count) + 1.0, Level::P95).unwrap(),
            );
            prop_assert!((low / interval.low() - 1.0).abs() < 1e-10);
            prop_assert!((high / interval.high() - 1.0).abs() < 1e-10);
        }
    }
}
