//! Distinct l-diversity.

use std::fmt;

use super::histogram::Histogram;
use super::{Monotonicity, checked};
use crate::PrivacyError;

/// Every class has at least l different values of a sensitive attribute.
///
/// Values and "not applicable" count each; what is not recorded, withheld or unknown counts as one
/// more value together, however many kinds there are, so that a class of blanks has one value.
/// A class also needs l units: several records of one person are no diversity.
///
/// ```
/// use ctdata_privacy::DistinctLDiversity;
/// let model = DistinctLDiversity::try_new("diagnosis", 3)?;
/// assert_eq!((model.l(), model.to_string().as_str()), (3, "distinct l-diversity of `diagnosis` with l = 3"));
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
///
/// # Guarantee
/// Someone who finds a person's class is left with at least l values, one of which may be "blank".
/// Nothing is said of how likely each is: 99 of 100 may agree (skewness), and the values may mean
/// nearly the same (similarity). Someone who can exclude l - 1 values learns the rest.
///
/// # Sources
/// A. Machanavajjhala, D. Kifer, J. Gehrke and M. Venkitasubramaniam (2007), "l-diversity: privacy
/// beyond k-anonymity", ACM TKDD 1(1), section 4.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DistinctLDiversity {
    attribute: String,
    l: u32,
}

impl DistinctLDiversity {
    /// The model's name in reports and plans.
    pub const NAME: &'static str = "distinct-l-diversity";
    /// Merging classes loses no value.
    pub const MONOTONICITY: Monotonicity = Monotonicity::FULL;

    /// The model that asks for `l` values of the attribute.
    ///
    /// # Errors
    /// [`PrivacyError::InvalidParameter`] for `l = 0`.
    pub fn try_new(attribute: impl Into<String>, l: u32) -> Result<Self, PrivacyError> {
        Ok(Self { attribute: attribute.into(), l: checked::count("l", l, 1)? })
    }

    /// The sensitive attribute.
    pub fn attribute(&self) -> &str {
        &self.attribute
    }

    /// The least number of values of a class.
    pub fn l(&self) -> u32 {
        self.l
    }

    /// Different values in a class.
    pub(super) fn distinct(histogram: &Histogram<'_>) -> u64 {
        histogram.counts().count() as u64
    }
}

impl fmt::Display for DistinctLDiversity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "distinct l-diversity of `{}` with l = {}", self.attribute, self.l)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::histogram::Categories;
    use crate::model::histogram::tests::{attribute, tally};
    use ctdata_table::Missing::{NotApplicable, NotRecorded, Unknown, Withheld};

    #[test]
    fn blanks_add_one_value_at_most() {
        let attribute = attribute(3);
        let distinct =
            |codes: &[u16]| DistinctLDiversity::distinct(&Categories::of(&attribute).histogram(&tally(codes)));
        let kind = |kind| attribute.missing_code(kind).unwrap();
        assert_eq!(distinct(&[0, 0, 2]), 2);
        assert_eq!(distinct(&[kind(NotRecorded), kind(Unknown), kind(Withheld)]), 1);
        assert_eq!(distinct(&[0, kind(NotRecorded), kind(Unknown)]), 2);
        assert_eq!(distinct(&[0, kind(NotRecorded), kind(NotApplicable)]), 3);
        assert_eq!(DistinctLDiversity::try_new("s", 0).unwrap_err().to_string(), "l: it is at least 1");
    }
}
