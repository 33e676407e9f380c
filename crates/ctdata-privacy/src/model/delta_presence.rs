//! delta-presence.

use std::fmt;

use super::{Monotonicity, checked};
use crate::PrivacyError;

/// In every class, the share of the population's members who are in the file is from `lowest` to
/// `highest`.
///
/// The population is a table of people of whom anybody may know that they exist; the file is a part of
/// it. For a class with f units in the file and F in the population: lowest <= f/F <= highest. Classes
/// of the population that nobody in the file belongs to have f/F = 0, so that a `lowest` above 0
/// asks for every class of the population to be hit. A class that the population does not know,
/// or of which it knows fewer than the file, fails: the table does not cover the file.
///
/// ```
/// use ctdata_privacy::DeltaPresence;
/// let model = DeltaPresence::try_new(0.0, 0.25)?;
/// assert_eq!(model.to_string(), "delta-presence from 0 to 0.25");
/// assert!(DeltaPresence::try_new(0.5, 0.25).is_err());
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
///
/// # Guarantee
/// Someone who knows a person's quasi-identifiers concludes that the person is in the file with a
/// probability in that range. Where being in the file is itself the secret, as in a register of
/// victims, this is what must be bounded. It depends on the population table being complete.
///
/// # Sources
/// M. E. Nergiz, M. Atzori and C. Clifton (2007), "Hiding the presence of individuals from shared
/// databases", SIGMOD.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct DeltaPresence {
    lowest: f64,
    highest: f64,
}

impl DeltaPresence {
    /// The model's name in reports and plans.
    pub const NAME: &'static str = "delta-presence";
    /// The share of a merged class lies between those of its parts, classes without records included: two
    /// good classes make a good one, a good one and a bad one need not.
    pub const MONOTONICITY: Monotonicity = Monotonicity::WITHOUT_SUPPRESSION;

    /// The model with this range.
    ///
    /// # Errors
    /// [`PrivacyError::InvalidParameter`] for bounds that are not from 0 to 1 and in order.
    pub fn try_new(lowest: f64, highest: f64) -> Result<Self, PrivacyError> {
        let highest = checked::share("highest presence", highest)?;
        let rule = "it is from 0 to the highest presence";
        let lowest = checked::real("lowest presence", lowest, |lowest| (0.0..=highest).contains(&lowest), rule)?;
        Ok(Self { lowest, highest })
    }

    /// The least share of the population in the file.
    pub const fn lowest(self) -> f64 {
        self.lowest
    }

    /// The largest share of the population in the file.
    pub const fn highest(self) -> f64 {
        self.highest
    }

    /// f/F; infinite where the population does not know the class.
    #[expect(clippy::cast_precision_loss, reason = "tables have fewer than 2^32 rows")]
    pub(super) fn presence(size: u64, population: u64) -> f64 {
        match (size, population) {
            (0, 0) => 0.0,
            (_, 0) => f64::INFINITY,
            _ => size as f64 / population as f64,
        }
    }

    /// Whether a class holds.
    pub(super) fn holds(self, size: u64, population: u64) -> bool {
        (self.lowest..=self.highest).contains(&Self::presence(size, population))
    }
}

impl fmt::Display for DeltaPresence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "delta-presence from {} to {}", self.lowest, self.highest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_share_of_the_population() {
        let model = DeltaPresence::try_new(0.25, 0.5).unwrap();
        assert!(model.holds(1, 4) && model.holds(2, 4) && !model.holds(3, 4) && !model.holds(0, 4));
        assert!(!model.holds(1, 0), "the population does not know the class");
        assert!(!DeltaPresence::try_new(0.0, 1.0).unwrap().holds(2, 1), "it knows fewer than there are");
        let error = DeltaPresence::try_new(0.6, 0.5).unwrap_err();
        assert_eq!(error.to_string(), "lowest presence: it is from 0 to the highest presence");
    }
}
