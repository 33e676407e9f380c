//! Parameters that are checked once, when a model is made.

use crate::PrivacyError;

/// A real parameter within its rule; NaN is in no rule.
pub(super) fn real(
    parameter: &'static str,
    value: f64,
    holds: impl Fn(f64) -> bool,
    rule: &str,
) -> Result<f64, PrivacyError> {
    if value.is_finite() && holds(value) {
        Ok(value)
    } else {
        Err(PrivacyError::InvalidParameter { parameter, rule: rule.to_owned() })
    }
}

/// A share from 0 to 1.
pub(super) fn share(parameter: &'static str, value: f64) -> Result<f64, PrivacyError> {
    real(parameter, value, |value| (0.0..=1.0).contains(&value), "it is from 0 to 1")
}

/// A whole number that is at least `least`.
pub(super) fn count(parameter: &'static str, value: u32, least: u32) -> Result<u32, PrivacyError> {
    if value < least {
        return Err(PrivacyError::InvalidParameter { parameter, rule: format!("it is at least {least}") });
    }
    Ok(value)
}

/// A share of a population that a sample holds: above 0, at most 1.
///
/// ```
/// use ctdata_privacy::SamplingFraction;
/// assert_eq!(SamplingFraction::try_new(0.05)?.get(), 0.05);
/// assert!(SamplingFraction::try_new(0.0).is_err());
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct SamplingFraction(f64);

impl SamplingFraction {
    /// A checked fraction.
    ///
    /// # Errors
    /// [`PrivacyError::InvalidParameter`] for a number that is not above 0 and at most 1.
    pub fn try_new(fraction: f64) -> Result<Self, PrivacyError> {
        let rule = "it is above 0 and at most 1";
        real("sampling fraction", fraction, |value| value > 0.0 && value <= 1.0, rule).map(Self)
    }

    /// The number.
    pub const fn get(self) -> f64 {
        self.0
    }

    /// The size of a population of which `sample` units are this fraction, rounded; at least `sample`.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a positive size, rounded and bounded by the conversion"
    )]
    pub fn population_of(self, sample: u64) -> u64 {
        ((sample as f64 / self.0).round() as u64).max(sample)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_in_range_is_refused() {
        for value in [0.0, -0.1, 1.1, f64::NAN, f64::INFINITY] {
            let error = SamplingFraction::try_new(value).unwrap_err();
            assert_eq!(error.to_string(), "sampling fraction: it is above 0 and at most 1");
        }
        assert!(share("t", 0.0).is_ok() && share("t", 1.0).is_ok() && share("t", f64::NAN).is_err());
        assert_eq!(count("l", 0, 1).unwrap_err().to_string(), "l: it is at least 1");
    }
}
