//! Sample uniqueness.

use std::fmt;

use super::{Monotonicity, checked};
use crate::PrivacyError;

/// At most this share of the units of the file is alone in its class.
///
/// ```
/// use ctdata_privacy::SampleUniqueness;
/// assert_eq!(SampleUniqueness::try_new(0.02)?.highest_share(), 0.02);
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
///
/// # Guarantee
/// It bounds how many people are unique in the file, and protects none of them.
///
/// # Sources
/// C. Skinner and M. Elliot (2002), "A measure of disclosure risk for microdata", JRSS B 64(4).
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct SampleUniqueness {
    highest_share: f64,
}

impl SampleUniqueness {
    /// The model's name in reports and plans.
    pub const NAME: &'static str = "sample-uniqueness";
    /// Nothing: suppressing other records raises the share, and where a person has several records, so
    /// may a merge.
    pub const MONOTONICITY: Monotonicity = Monotonicity::NONE;

    /// The model with this share.
    ///
    /// # Errors
    /// [`PrivacyError::InvalidParameter`] for a share that is not from 0 to 1.
    pub fn try_new(highest_share: f64) -> Result<Self, PrivacyError> {
        Ok(Self { highest_share: checked::share("share of uniques", highest_share)? })
    }

    /// The largest share of units that are alone in their class, from 0 to 1.
    pub const fn highest_share(self) -> f64 {
        self.highest_share
    }

    /// The share of units in classes of one; 0 without classes.
    pub(super) fn share(kept: &[(u64, u64)]) -> f64 {
        let uniques = kept.iter().find(|&&(size, _)| size == 1).map_or(0, |&(_, classes)| classes);
        crate::risk::ratio(uniques, units(kept))
    }

    pub(super) fn holds(self, kept: &[(u64, u64)]) -> bool {
        Self::share(kept) <= self.highest_share
    }
}

/// Units in classes of these (size, classes).
pub(super) fn units(kept: &[(u64, u64)]) -> u64 {
    kept.iter().map(|&(size, classes)| size * classes).sum()
}

impl fmt::Display for SampleUniqueness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sample uniqueness of at most {}", self.highest_share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_units_that_are_alone() {
        let kept = [(1, 3), (2, 2), (5, 1)];
        assert!((SampleUniqueness::share(&kept) - 0.25).abs() < 1e-15);
        assert!(SampleUniqueness::try_new(0.25).unwrap().holds(&kept));
        assert!(!SampleUniqueness::try_new(0.2).unwrap().holds(&kept));
        assert!(SampleUniqueness::try_new(0.0).unwrap().holds(&[]), "nobody is there");
        assert!(SampleUniqueness::try_new(f64::NAN).is_err());
    }
}
