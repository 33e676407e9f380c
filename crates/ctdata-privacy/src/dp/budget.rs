//! The currencies: epsilon, delta and rho.

use std::fmt;

use crate::PrivacyError;

fn invalid(parameter: &'static str, rule: &str) -> PrivacyError {
    PrivacyError::InvalidParameter { parameter, rule: rule.to_owned() }
}

/// The epsilon of (epsilon, delta)-differential privacy: above 0 and finite.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Epsilon(f64);

impl Epsilon {
    /// An epsilon.
    ///
    /// # Errors
    /// A number that is not finite and above 0.
    pub fn try_new(epsilon: f64) -> Result<Self, PrivacyError> {
        if epsilon.is_finite() && epsilon > 0.0 { Ok(Self(epsilon)) } else { Err(invalid("epsilon", "is above 0")) }
    }

    /// The number.
    pub const fn get(self) -> f64 {
        self.0
    }
}

/// The delta of (epsilon, delta)-differential privacy: above 0 and below 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Delta(f64);

impl Delta {
    /// A delta.
    ///
    /// # Errors
    /// A number that is not between 0 and 1.
    pub fn try_new(delta: f64) -> Result<Self, PrivacyError> {
        if delta > 0.0 && delta < 1.0 { Ok(Self(delta)) } else { Err(invalid("delta", "is above 0 and below 1")) }
    }

    /// The number.
    pub const fn get(self) -> f64 {
        self.0
    }
}

/// What all releases of a data set may spend together.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Budget {
    /// The epsilon of all of them.
    pub epsilon: Epsilon,
    /// The delta of all of them.
    pub delta: Delta,
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "epsilon {:?} at delta {:?}", self.epsilon.0, self.delta.0)
    }
}

/// The rho of zero-concentrated differential privacy, in whole units of 2^-64, so that sums and
/// comparisons are exact.
///
/// # Sources
/// M. Bun and T. Steinke (2016), "Concentrated Differential Privacy", TCC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rho(u128);

impl Rho {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The largest rho that is told apart: any more is no privacy.
    const MOST: f64 = 1e6;

    /// So many units of 2^-64.
    pub const fn from_units(units: u128) -> Self {
        Self(units)
    }

    /// In units of 2^-64.
    pub const fn units(self) -> u128 {
        self.0
    }

    /// The largest rho that is not above a number: what a budget allows.
    ///
    /// # Errors
    /// A number that is not from 0 to a million.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 1e6 * 2^64")]
    pub fn at_most(rho: f64) -> Result<Self, PrivacyError> {
        // The scale is a power of two, so that the product is exact; the cast rounds toward zero.
        if (0.0..=Self::MOST).contains(&rho) {
            Ok(Self((rho * 18_446_744_073_709_551_616.0) as u128))
        } else {
            Err(invalid("rho", "is from 0 to 1,000,000"))
        }
    }

    /// The least rho that is not below a number: what a mechanism costs.
    ///
    /// # Errors
    /// As [`at_most`](Self::at_most).
    pub fn at_least(rho: f64) -> Result<Self, PrivacyError> {
        let floor = Self::at_most(rho)?;
        Ok(if floor.to_f64() < rho { Self(floor.0 + 1) } else { floor })
    }

    /// The nearest number; for showing and for choosing, not for accounting.
    #[expect(clippy::cast_precision_loss, reason = "for showing")]
    pub const fn to_f64(self) -> f64 {
        self.0 as f64 / 18_446_744_073_709_551_616.0
    }

    /// The sum, or the largest there is.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What is left; none if there is not enough.
    pub const fn minus(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(left) => Some(Self(left)),
            None => None,
        }
    }

    /// A share `numerator / denominator` of it, rounded down; nothing for a denominator of 0.
    #[must_use]
    pub fn share(self, numerator: u64, denominator: u64) -> Self {
        let denominator = u128::from(denominator);
        if denominator == 0 {
            return Self::ZERO;
        }
        let numerator = u128::from(numerator);
        // In two parts, so that nothing is lost to overflow.
        Self((self.0 / denominator).saturating_mul(numerator) + (self.0 % denominator) * numerator / denominator)
    }

    /// What it costs when one person may have `m` records: the square of m as much.
    #[must_use]
    pub const fn for_group(self, m: u32) -> Self {
        Self(self.0.saturating_mul((m as u128) * (m as u128)))
    }
}

impl fmt::Debug for Rho {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rho({})", self.to_f64())
    }
}

impl fmt::Display for Rho {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_f64(), f)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Rho {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.to_f64())
    }
}
