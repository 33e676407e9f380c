//! delta-disclosure privacy.

use std::fmt;

use super::histogram::{Distribution, Histogram};
use super::{Monotonicity, checked};
use crate::PrivacyError;

/// Which values of the table delta-disclosure looks at in a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum AbsentValues {
    /// The definition: a value of the table that a class lacks breaks the model, since it is known of
    /// nobody in the class.
    #[default]
    Strict,
    /// Only values that occur in the class are compared. Weaker: that nobody in the class has a value
    /// is not seen, and merging two classes that hold may break it.
    PresentOnly,
}

/// In every class, no value of a sensitive attribute is 2^delta times more or less frequent than in the
/// table: |log2(q/p)| < delta, with q the share in the class and p that among all records of the input.
///
/// "Not applicable" is a value; all blanks together are one more.
///
/// ```
/// use ctdata_privacy::{AbsentValues, DeltaDisclosure};
/// let model = DeltaDisclosure::try_new("diagnosis", 1.0, AbsentValues::Strict)?;
/// assert_eq!(model.to_string(), "delta-disclosure privacy of `diagnosis` with delta = 1");
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
///
/// # Guarantee
/// With strict comparison: finding a person's class changes the probability of each value by a factor
/// under 2^delta, up or down, against an attacker who knows the table's distribution and nothing
/// else. With present values only: the factor is bounded for the values that occur.
///
/// # Sources
/// J. Brickell and V. Shmatikov (2008), "The cost of privacy: destruction of data-mining utility in
/// anonymized data publishing", KDD.
#[derive(Debug, Clone, PartialEq)]
pub struct DeltaDisclosure {
    attribute: String,
    delta: f64,
    absent: AbsentValues,
}

impl DeltaDisclosure {
    /// The model's name in reports and plans.
    pub const NAME: &'static str = "delta-disclosure";

    /// The model with this bound.
    ///
    /// # Errors
    /// [`PrivacyError::InvalidParameter`] for a `delta` that is not a positive number.
    pub fn try_new(attribute: impl Into<String>, delta: f64, absent: AbsentValues) -> Result<Self, PrivacyError> {
        let delta = checked::real("delta", delta, |delta| delta > 0.0, "it is a positive number")?;
        Ok(Self { attribute: attribute.into(), delta, absent })
    }

    /// The sensitive attribute.
    pub fn attribute(&self) -> &str {
        &self.attribute
    }

    /// The bound on |log2(q/p)|, in bits.
    pub fn delta(&self) -> f64 {
        self.delta
    }

    /// What is asked of values that a class lacks.
    pub fn absent(&self) -> AbsentValues {
        self.absent
    }

    /// The shares that strict comparison allows form an interval, so that two good classes make a good
    /// one. With present values only, 0 is allowed as well and the gap above it is not.
    pub fn monotonicity(&self) -> Monotonicity {
        match self.absent {
            AbsentValues::Strict => Monotonicity::WITHOUT_SUPPRESSION,
            AbsentValues::PresentOnly => Monotonicity::NONE,
        }
    }

    /// The highest |log2(q/p)| of a class; infinite where a value is lacking under strict comparison.
    pub(super) fn level(&self, table: &Distribution, support: usize, class: &Histogram<'_>) -> f64 {
        let (lowest, highest, present) = extremes(table, class);
        if self.absent == AbsentValues::Strict && present < support {
            return f64::INFINITY;
        }
        lowest.log2().abs().max(highest.log2().abs())
    }
}

/// The lowest and highest q/p of the values in a class, and how many there are.
#[inline]
pub(super) fn extremes(table: &Distribution, class: &Histogram<'_>) -> (f64, f64, usize) {
    class.counts().fold((1.0f64, 1.0f64, 0), |(lowest, highest, present), (category, count)| {
        let ratio = table.ratio(category, count, class.records());
        (lowest.min(ratio), highest.max(ratio), present + 1)
    })
}

impl fmt::Display for DeltaDisclosure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "delta-disclosure privacy of `{}` with delta = {}", self.attribute, self.delta)?;
        match self.absent {
            AbsentValues::Strict => Ok(()),
            AbsentValues::PresentOnly => f.write_str(" (present values only)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::histogram::Categories;
    use crate::model::histogram::tests::{attribute, tally};

    fn level(absent: AbsentValues, class: &[u16], table: &[u16]) -> f64 {
        let categories = Categories::of(&attribute(3));
        let table = Distribution::from_counts(categories, &tally(table));
        let model = DeltaDisclosure::try_new("s", 1.0, absent).unwrap();
        model.level(&table, table.support(), &categories.histogram(&tally(class)))
    }

    #[test]
    fn it_is_the_largest_logarithm_in_either_direction() {
        // p = 3/8, 5/8 and q = 3/4, 1/4: ratios 2 and 2/5.
        let table = [0, 0, 0, 1, 1, 1, 1, 1];
        assert!((level(AbsentValues::Strict, &[0, 0, 0, 1], &table) - 2.5f64.log2()).abs() < 1e-12);
        assert!(level(AbsentValues::Strict, &[0, 0], &table).is_infinite());
        assert!((level(AbsentValues::PresentOnly, &[0, 0], &table) - (8f64 / 3.0).log2()).abs() < 1e-12);
    }

    #[test]
    fn merging_two_classes_that_pass_for_present_values_may_fail() {
        // p(0) = 10/40. None of ten, and two of ten, pass; two of twenty do not.
        let mut table = vec![0; 10];
        table.extend([1; 30]);
        let (none, two) = ([1; 10], [0, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
        assert!(level(AbsentValues::PresentOnly, &none, &table) < 1.0);
        assert!(level(AbsentValues::PresentOnly, &two, &table) < 1.0);
        let merged: Vec<u16> = none.into_iter().chain(two).collect();
        assert!(level(AbsentValues::PresentOnly, &merged, &table) > 1.0);
    }
}
