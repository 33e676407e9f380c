//! Confidence intervals of shares and of counts, one file per method.
//!
//! | quantity | default | alternative |
//! |---|---|---|
//! | share of a count in its base | [`wilson`] | [`clopper_pearson`] (exact, conservative) |
//! | count of events, rate per population | [`garwood`] (exact) | [`byar`] (its approximation) |
//!
//! All are two-sided. A bound is always a finite number; where none can be given, the answer is a
//! typed error and never NaN.

mod byar;
mod clopper_pearson;
mod gamma;
mod garwood;
mod level;
mod tail;
mod wilson;

use crate::error::coded;

pub use byar::byar;
pub use clopper_pearson::clopper_pearson;
pub(crate) use gamma::{gamma_quantile, gamma_upper_quantile};
pub use garwood::garwood;
pub use level::Level;
pub use wilson::wilson;

/// What the interval of a count of detected victims means; print it beside every such interval.
pub const PROCESS_NOT_SAMPLING: &str =
    "all detections are counted: the interval describes the variability of the underlying process, not sampling error";

/// Why an interval cannot be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IntervalError {
    /// A level outside the open unit interval.
    #[error("a confidence level lies strictly between 0 and 1 (0.95 for 95 %)")]
    Level,
    /// A share of nothing.
    #[error("no interval: the base is zero")]
    NoTrials,
    /// A part larger than its whole.
    #[error("no interval: the count is larger than its base")]
    MoreThanTrials,
    /// Too many cases for an exact method.
    #[error("exact intervals are computed up to 2^40 cases")]
    TooLarge,
    /// Bounds that are not finite or not in order.
    #[error("the bounds of an interval are finite and in order")]
    Bounds,
}

coded! {
    /// How an interval was computed.
    #[non_exhaustive]
    pub enum IntervalMethod: "interval method" {
        /// Wilson's score interval of a share.
        Wilson = "wilson" / "Wilson",
        /// The exact binomial interval of Clopper and Pearson.
        ClopperPearson = "clopper-pearson" / "Clopper–Pearson",
        /// Garwood's exact Poisson interval.
        Garwood = "garwood" / "Garwood (exact Poisson)",
        /// Byar's approximation to it.
        Byar = "byar" / "Byar",
        /// Stated with an estimate from outside, by whoever made it.
        Outside = "outside" / "as stated with the estimate",
        /// The exact interval of a ratio of two Poisson rates, conditional on the sum of their counts.
        ConditionalExact = "conditional-exact" / "exact conditional",
        /// A Poisson log-linear trend, normal quantile.
        PoissonTrend = "poisson-trend" / "Poisson trend",
        /// The same with the standard error widened by the root of the dispersion.
        QuasiPoissonTrend = "quasi-poisson-trend" / "quasi-Poisson trend",
        /// Slopes at which the Mann–Kendall test does not reject.
        SenSlope = "sen-slope" / "Sen slope",
        /// Fay and Feuer's gamma interval of a directly standardized rate.
        FayFeuer = "fay-feuer" / "Fay–Feuer (gamma)",
        /// Dobson's interval of a directly standardized rate.
        Dobson = "dobson" / "Dobson",
    }
}

coded! {
    /// The method for the interval of a share; Wilson by default.
    #[derive(Default)]
    #[non_exhaustive]
    pub enum ShareInterval: "interval method for shares" {
        /// [`wilson`], the default.
        #[default]
        Wilson = "wilson" / "Wilson",
        /// [`clopper_pearson`].
        ClopperPearson = "clopper-pearson" / "Clopper–Pearson",
    }
}

coded! {
    /// The method for the interval of a count or a rate; Garwood by default.
    #[derive(Default)]
    #[non_exhaustive]
    pub enum RateInterval: "interval method for rates" {
        /// [`garwood`], the default.
        #[default]
        Garwood = "garwood" / "Garwood (exact Poisson)",
        /// [`byar`].
        Byar = "byar" / "Byar",
    }
}

impl ShareInterval {
    /// The interval of `successes` among `trials`, as proportions in 0 to 1.
    ///
    /// # Errors
    /// Those of the method.
    pub fn of(self, successes: u64, trials: u64, level: Level) -> Result<Interval, IntervalError> {
        match self {
            Self::Wilson => wilson(successes, trials, level),
            Self::ClopperPearson => clopper_pearson(successes, trials, level),
        }
    }
}

impl RateInterval {
    /// The interval of the mean of a `count`, in events.
    ///
    /// # Errors
    /// Those of the method.
    pub fn of(self, count: u64, level: Level) -> Result<Interval, IntervalError> {
        match self {
            Self::Garwood => garwood(count, level),
            Self::Byar => byar(count, level),
        }
    }
}

/// A two-sided confidence interval. Its bounds are in the unit of the value it belongs to.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "wire::Interval"))]
pub struct Interval {
    low: f64,
    high: f64,
    level: Level,
    method: IntervalMethod,
}

impl Interval {
    /// An interval with given bounds.
    ///
    /// # Errors
    /// [`IntervalError::Bounds`] unless both bounds are finite and `low` is not above `high`.
    pub fn try_new(low: f64, high: f64, level: Level, method: IntervalMethod) -> Result<Self, IntervalError> {
        if low.is_finite() && high.is_finite() && low <= high {
            Ok(Self { low, high, level, method })
        } else {
            Err(IntervalError::Bounds)
        }
    }

    /// The lower bound.
    pub fn low(&self) -> f64 {
        self.low
    }

    /// The upper bound.
    pub fn high(&self) -> f64 {
        self.high
    }

    /// The confidence level.
    pub fn level(&self) -> Level {
        self.level
    }

    /// How it was computed.
    pub fn method(&self) -> IntervalMethod {
        self.method
    }

    /// The same interval in another unit: both bounds times `factor`.
    ///
    /// # Errors
    /// [`IntervalError::Bounds`] if a bound leaves the finite numbers or `factor` is negative.
    pub fn scaled(&self, factor: f64) -> Result<Self, IntervalError> {
        Self::try_new(self.low * factor, self.high * factor, self.level, self.method)
    }
}

#[cfg(feature = "serde")]
mod wire {
    use super::{IntervalError, IntervalMethod, Level};

    /// The stored form, not yet checked.
    #[derive(serde::Deserialize)]
    pub(super) struct Interval {
        low: f64,
        high: f64,
        level: Level,
        method: IntervalMethod,
    }

    impl TryFrom<Interval> for super::Interval {
        type Error = IntervalError;

        fn try_from(wire: Interval) -> Result<Self, IntervalError> {
            Self::try_new(wire.low, wire.high, wire.level, wire.method)
        }
    }
}

fn check_trials(successes: u64, trials: u64) -> Result<(), IntervalError> {
    if trials == 0 {
        Err(IntervalError::NoTrials)
    } else if successes > trials {
        Err(IntervalError::MoreThanTrials)
    } else {
        Ok(())
    }
}

/// The exact methods sum a number of terms that grows with the root of the count.
fn check_size(count: u64) -> Result<(), IntervalError> {
    if count > 1 << 40 { Err(IntervalError::TooLarge) } else { Ok(()) }
}

#[expect(clippy::cast_precision_loss, reason = "counts past 2^53 are rounded to the nearest float")]
pub(crate) fn as_f64(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
pub(crate) mod testing {
    use super::Level;
    use proptest::prelude::*;

    /// `value` is the printed number, within half a unit of its last digit.
    pub(crate) fn assert_digits(value: f64, printed: &str) {
        let decimals = printed.split_once('.').map_or(0, |(_, digits)| digits.len());
        let tolerance = 0.5 * 10_f64.powi(-i32::try_from(decimals).unwrap());
        let target: f64 = printed.parse().unwrap();
        // The tolerance itself is rounded: allow a last place for it.
        assert!((value - target).abs() <= tolerance * (1.0 + 1e-9), "{value} is not {printed}");
    }

    pub(crate) fn level() -> impl Strategy<Value = Level> {
        (0.5_f64..0.9999).prop_map(|level| Level::try_new(level).unwrap())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_wilson_and_garwood_at_95_percent() {
        let level = Level::default();
        assert_eq!(ShareInterval::default().of(9, 27, level), wilson(9, 27, Level::P95));
        assert_eq!(RateInterval::default().of(5, level), garwood(5, Level::P95));
        assert_eq!(ShareInterval::ClopperPearson.of(9, 27, level), clopper_pearson(9, 27, level));
        assert_eq!(RateInterval::Byar.of(5, level), byar(5, level));
    }

    #[test]
    fn bounds_that_are_no_interval_are_refused() {
        for (low, high) in [(f64::NAN, 1.0), (0.0, f64::INFINITY), (1.0, 0.5)] {
            let made = Interval::try_new(low, high, Level::P95, IntervalMethod::Byar);
            assert_eq!(made, Err(IntervalError::Bounds));
        }
        let interval = wilson(1, 2, Level::P95).unwrap();
        assert_eq!(interval.scaled(-1.0), Err(IntervalError::Bounds));
        assert!((interval.scaled(100.0).unwrap().high() - 100.0 * interval.high()).abs() < 1e-12);
    }

    #[cfg(feature = "serde")]
    #[test]
    fn the_stored_form_is_stable_and_checked() {
        let interval = Interval::try_new(0.25, 0.5, Level::P95, IntervalMethod::ClopperPearson).unwrap();
        let text = r#"{"low":0.25,"high":0.5,"level":0.95,"method":"clopper-pearson"}"#;
        assert_eq!(serde_json::to_string(&interval).unwrap(), text);
        assert_eq!(serde_json::from_str::<Interval>(text).unwrap(), interval);
        for bad in [text.replace("0.95", "95"), text.replace("0.25", "0.75"), text.replace("clo", "Clo-")] {
            assert!(serde_json::from_str::<Interval>(&bad).is_err(), "{bad}");
        }
    }
}
