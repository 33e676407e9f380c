//! The confidence level of an interval.

use super::IntervalError;
use statrs::function::erf::erfc_inv;
use std::fmt;

/// A two-sided confidence level strictly between 0 and 1; 95 % by default.
///
/// ```
/// use ctdata_indicators::interval::Level;
///
/// assert_eq!(Level::default(), Level::P95);
/// assert_eq!(Level::try_new(0.9)?, Level::P90);
/// assert!(Level::try_new(95.0).is_err()); // a level is a proportion, not a percentage
/// # Ok::<(), ctdata_indicators::interval::IntervalError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(into = "f64", try_from = "f64"))]
pub struct Level(f64);

impl Level {
    /// 90 %.
    pub const P90: Self = Self(0.90);
    /// 95 %, the default.
    pub const P95: Self = Self(0.95);
    /// 99 %.
    pub const P99: Self = Self(0.99);

    /// A level given as a proportion, 0.95 for 95 %.
    ///
    /// # Errors
    /// [`IntervalError::Level`] unless it lies strictly between 0 and 1.
    pub fn try_new(level: f64) -> Result<Self, IntervalError> {
        if level > 0.0 && level < 1.0 { Ok(Self(level)) } else { Err(IntervalError::Level) }
    }

    /// The level as a proportion.
    pub fn value(self) -> f64 {
        self.0
    }

    /// α/2, the probability left out on each side.
    pub fn tail(self) -> f64 {
        0.5 * (1.0 - self.0)
    }

    /// The standard normal quantile of 1 − α/2; 1.959964 at 95 %.
    pub fn z(self) -> f64 {
        std::f64::consts::SQRT_2 * erfc_inv(1.0 - self.0)
    }
}

impl Default for Level {
    fn default() -> Self {
        Self::P95
    }
}

impl fmt::Display for Level {
    /// As a percentage, `95 %`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Nine decimals hide the binary tail of 0.95 × 100 and keep levels such as 99.9 %.
        let text = format!("{:.9}", self.0 * 100.0);
        write!(f, "{} %", text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl From<Level> for f64 {
    fn from(level: Level) -> Self {
        level.0
    }
}

impl TryFrom<f64> for Level {
    type Error = IntervalError;

    fn try_from(level: f64) -> Result<Self, IntervalError> {
        Self::try_new(level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Standard normal quantiles: Abramowitz and Stegun (1964), table 26.5, and any textbook.
    #[test]
    fn the_quantile_is_the_standard_normal_one() {
        for (level, z) in [(Level::P90, 1.644_853_627), (Level::P95, 1.959_963_985), (Level::P99, 2.575_829_304)] {
            assert!((level.z() - z).abs() < 5e-10, "{level}");
        }
    }

    #[test]
    fn only_proportions_inside_the_unit_interval_are_levels() {
        for bad in [0.0, 1.0, -0.5, 95.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Level::try_new(bad), Err(IntervalError::Level));
        }
    }

    #[test]
    fn a_level_prints_as_a_percentage() {
        assert_eq!(Level::P95.to_string(), "95 %");
        assert_eq!(Level::try_new(0.999).unwrap().to_string(), "99.9 %");
        assert_eq!(Level::P90.to_string(), "90 %");
    }
}
