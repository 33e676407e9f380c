//! A figure or the reason why there is none, and rounding at output.

use crate::error::coded;

coded! {
    /// Why there is no value.
    #[non_exhaustive]
    pub enum NotAvailable: "reason" {
        /// No person is in the base.
        EmptyBase = "empty-base" / "nobody is in the base",
        /// The file does not record what is counted.
        NotRecorded = "not-recorded" / "the file does not record it",
        /// The file merges it with something else.
        NotSeparable = "not-separable" / "the file merges it with other categories",
        /// There is no population for the group.
        PopulationMissing = "population-missing" / "no population for the group",
        /// Withheld to protect persons.
        Suppressed = "suppressed" / "withheld to protect persons",
        /// The countries that report have too few of the region's residents.
        LowCoverage = "low-coverage" / "the reporting countries have too few of the region's residents",
        /// The figure has no finite value.
        Undefined = "undefined" / "not defined",
    }
}

/// A figure, or the reason why there is none; never NaN.
///
/// Stored as the field `value`, a number or null, and beside a null the field `reason`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "wire::Value", from = "wire::Value")
)]
pub enum Value {
    /// A finite number, in the unit of the estimate.
    Known(f64),
    /// No number.
    NotAvailable(NotAvailable),
}

impl Value {
    /// The number, if there is one.
    pub fn known(self) -> Option<f64> {
        match self {
            Self::Known(value) => Some(value),
            Self::NotAvailable(_) => None,
        }
    }
}

/// A finite number is known; any other is [`NotAvailable::Undefined`].
impl From<f64> for Value {
    fn from(value: f64) -> Self {
        if value.is_finite() { Self::Known(value) } else { Self::NotAvailable(NotAvailable::Undefined) }
    }
}

#[cfg(feature = "serde")]
mod wire {
    use super::NotAvailable;
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize)]
    pub(super) struct Value {
        value: Option<f64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<NotAvailable>,
    }

    impl From<super::Value> for Value {
        fn from(value: super::Value) -> Self {
            match value {
                super::Value::Known(value) => Self { value: Some(value), reason: None },
                super::Value::NotAvailable(reason) => Self { value: None, reason: Some(reason) },
            }
        }
    }

    impl From<Value> for super::Value {
        fn from(wire: Value) -> Self {
            match (wire.value, wire.reason) {
                (Some(value), _) => Self::from(value),
                (None, reason) => Self::NotAvailable(reason.unwrap_or(NotAvailable::Undefined)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_finite_numbers_are_known() {
        assert_eq!(Value::from(1.5).known(), Some(1.5));
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(Value::from(bad), Value::NotAvailable(NotAvailable::Undefined));
        }
    }
}
