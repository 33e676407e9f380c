//! Average risk.

use std::fmt;

use super::sample_uniqueness::units;
use super::{Monotonicity, checked};
use crate::PrivacyError;

/// The mean risk 1/|E| over the units of the file is at most a threshold; strictly also the highest
/// risk, or the share of units above a risk.
///
/// The mean is the number of classes divided by the units in them.
///
/// ```
/// use ctdata_privacy::AverageRisk;
/// let model = AverageRisk::try_new(0.1)?.with_highest(0.5)?.with_share_above(0.2, 0.05)?;
/// assert_eq!((model.average(), model.highest(), model.share_above()), (0.1, Some(0.5), Some((0.2, 0.05))));
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
///
/// # Guarantee
/// Someone who attacks every record of the file and guesses within its class is right about at most this
/// share of them. It says nothing of one person: with a mean of 0.1, someone may be alone in a
/// class. The strict variants bound that.
///
/// # Sources
/// K. El Emam (2013), *Guide to the De-Identification of Personal Health Information*, CRC Press
/// (average and strict average risk).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AverageRisk {
    average: f64,
    highest: Option<f64>,
    above: Option<(f64, f64)>,
}

impl AverageRisk {
    /// The model's name in reports and plans.
    pub const NAME: &'static str = "average-risk";
    /// Nothing: suppressing large classes raises the mean, and where a person has several records, so may
    /// a merge.
    pub const MONOTONICITY: Monotonicity = Monotonicity::NONE;

    /// The model that bounds the mean.
    ///
    /// # Errors
    /// [`PrivacyError::InvalidParameter`] for a risk that is not from 0 to 1.
    pub fn try_new(average: f64) -> Result<Self, PrivacyError> {
        Ok(Self { average: checked::share("average risk", average)?, highest: None, above: None })
    }

    /// The same with a bound on the highest risk of a unit.
    ///
    /// # Errors
    /// As [`try_new`](Self::try_new).
    pub fn with_highest(mut self, highest: f64) -> Result<Self, PrivacyError> {
        self.highest = Some(checked::share("highest risk", highest)?);
        Ok(self)
    }

    /// The same with a bound on the share of units whose risk is above `risk`.
    ///
    /// # Errors
    /// As [`try_new`](Self::try_new).
    pub fn with_share_above(mut self, risk: f64, share: f64) -> Result<Self, PrivacyError> {
        self.above = Some((checked::share("risk", risk)?, checked::share("share above the risk", share)?));
        Ok(self)
    }

    /// The largest mean risk.
    pub const fn average(self) -> f64 {
        self.average
    }

    /// The largest risk of a unit, if bounded.
    pub const fn highest(self) -> Option<f64> {
        self.highest
    }

    /// (risk, largest share of units above it), if bounded.
    pub const fn share_above(self) -> Option<(f64, f64)> {
        self.above
    }

    /// Classes by units; 0 without classes.
    pub(super) fn mean(kept: &[(u64, u64)]) -> f64 {
        crate::risk::ratio(kept.iter().map(|&(_, classes)| classes).sum(), units(kept))
    }

    pub(super) fn holds(self, kept: &[(u64, u64)]) -> bool {
        let risk = |size: u64| crate::risk::ratio(1, size);
        let highest = kept.first().map_or(0.0, |&(size, _)| risk(size));
        Self::mean(kept) <= self.average
            && self.highest.is_none_or(|bound| highest <= bound)
            && self.above.is_none_or(|(bound, share)| {
                let above = kept.iter().filter(|&&(size, _)| risk(size) > bound).map(|&(size, classes)| size * classes);
                crate::risk::ratio(above.sum(), units(kept)) <= share
            })
    }
}

impl fmt::Display for AverageRisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "average risk of at most {}", self.average)?;
        if let Some(highest) = self.highest {
            write!(f, ", highest risk of at most {highest}")?;
        }
        if let Some((risk, share)) = self.above {
            write!(f, ", at most a share of {share} above a risk of {risk}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_records_in_three_pairs_have_a_mean_of_one_half() {
        // The thread ARX #259: 6 rows kept in 3 classes.
        assert!((AverageRisk::mean(&[(2, 3)]) - 0.5).abs() < 1e-15);
        assert!(AverageRisk::try_new(0.5).unwrap().holds(&[(2, 3)]));
        assert!(!AverageRisk::try_new(0.49).unwrap().holds(&[(2, 3)]));
    }

    #[test]
    fn the_mean_may_hide_one_who_is_alone() {
        let kept = [(1, 1), (20, 5)];
        let model = AverageRisk::try_new(0.1).unwrap();
        assert!(model.holds(&kept) && model.holds(&[]));
        assert!(!model.with_highest(0.5).unwrap().holds(&kept));
        assert!(model.with_share_above(0.05, 0.01).unwrap().holds(&kept), "1 of 101 is above");
        assert!(!model.with_share_above(0.05, 0.005).unwrap().holds(&kept));
        assert!(!model.with_share_above(0.04, 0.5).unwrap().holds(&kept), "all are above");
    }
}
