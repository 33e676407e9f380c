//! Ratios of whole numbers: scales and variances.

use crate::PrivacyError;

/// A ratio of two whole numbers above 0. It is kept as given: `2 / 2` is not equal to `1 / 1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ratio {
    numerator: u64,
    denominator: u64,
}

impl Ratio {
    /// `numerator / denominator`.
    ///
    /// # Errors
    /// One of them is 0.
    pub fn try_new(numerator: u64, denominator: u64) -> Result<Self, PrivacyError> {
        if numerator == 0 || denominator == 0 {
            return Err(PrivacyError::InvalidParameter { parameter: "ratio", rule: "is above 0".to_owned() });
        }
        Ok(Self { numerator, denominator })
    }

    /// Above the line.
    pub const fn numerator(self) -> u64 {
        self.numerator
    }

    /// Below the line.
    pub const fn denominator(self) -> u64 {
        self.denominator
    }

    /// The nearest number.
    #[expect(clippy::cast_precision_loss, reason = "for showing")]
    pub const fn to_f64(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }

    /// The same number in lowest terms.
    #[must_use]
    pub const fn reduced(self) -> Self {
        let (mut divisor, mut rest) = (self.numerator, self.denominator);
        while rest > 0 {
            (divisor, rest) = (rest, divisor % rest);
        }
        Self { numerator: self.numerator / divisor, denominator: self.denominator / divisor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_no_ratio() {
        assert!(Ratio::try_new(0, 1).is_err());
        assert!(Ratio::try_new(1, 0).is_err());
    }

    #[test]
    fn lowest_terms_are_the_same_number() {
        let reduced = |a, b| {
            let ratio = Ratio::try_new(a, b).unwrap().reduced();
            (ratio.numerator(), ratio.denominator())
        };
        assert_eq!(reduced(25_600, 256), (100, 1));
        assert_eq!(reduced(6, 4), (3, 2));
        assert_eq!(reduced(u64::MAX, u64::MAX), (1, 1));
        assert_eq!(reduced(u64::MAX, u64::MAX - 1), (u64::MAX, u64::MAX - 1));
    }
}
