//! Recursive (c,l)-diversity.

use std::fmt;

use super::histogram::Histogram;
use super::{Monotonicity, checked};
use crate::PrivacyError;

/// In every class, the most frequent value is less than c times as frequent as the l-th and all rarer
/// ones together.
///
/// With the counts of the values of a class in descending order r_1 >= r_2 >= .. >= r_d: d >= l and
/// r_1 < c (r_l + .. + r_d). "Not applicable" is a value; all blanks together are one more. A class
/// also needs l units.
///
/// ```
/// use ctdata_privacy::RecursiveCLDiversity;
/// let model = RecursiveCLDiversity::try_new("diagnosis", 3.0, 2)?;
/// assert_eq!((model.c(), model.l()), (3.0, 2));
/// assert!(RecursiveCLDiversity::try_new("diagnosis", 3.0, 1).is_err());
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
///
/// # Guarantee
/// After someone excluded up to l - 2 values, the most likely of the rest is still less than c times
/// as likely as the others of the tail together. Values that mean nearly the same count as
/// different.
///
/// # Sources
/// Machanavajjhala et al. (2007), "l-diversity: privacy beyond k-anonymity", ACM TKDD 1(1),
/// definition of recursive (c,l)-diversity.
#[derive(Debug, Clone, PartialEq)]
pub struct RecursiveCLDiversity {
    attribute: String,
    c: f64,
    l: u32,
}

impl RecursiveCLDiversity {
    /// The model's name in reports and plans.
    pub const NAME: &'static str = "recursive-c-l-diversity";
    /// Two good classes make a good one; a good one and a bad one need not.
    pub const MONOTONICITY: Monotonicity = Monotonicity::WITHOUT_SUPPRESSION;

    /// The model with these c and l.
    ///
    /// # Errors
    /// [`PrivacyError::InvalidParameter`] for a `c` that is not a positive number, or `l` under 2.
    pub fn try_new(attribute: impl Into<String>, c: f64, l: u32) -> Result<Self, PrivacyError> {
        let c = checked::real("c", c, |c| c > 0.0, "it is a positive number")?;
        Ok(Self { attribute: attribute.into(), c, l: checked::count("l", l, 2)? })
    }

    /// The sensitive attribute.
    pub fn attribute(&self) -> &str {
        &self.attribute
    }

    /// How many times the tail the most frequent value stays under.
    pub fn c(&self) -> f64 {
        self.c
    }

    /// Where the tail starts.
    pub fn l(&self) -> u32 {
        self.l
    }

    /// (r_1, r_l + .. + r_d); the tail is 0 with fewer than l values.
    pub(super) fn head_and_tail(&self, histogram: &Histogram<'_>) -> (u64, u64) {
        let mut head = 0;
        let mut values = 0u32;
        for (_, count) in histogram.counts() {
            head = head.max(count);
            values += 1;
        }
        if values < self.l {
            return (head, 0);
        }
        // The l - 1 largest leave the sum one by one: selection without memory, and l is small.
        let mut tail = histogram.records();
        let mut to_remove = self.l - 1;
        let mut bound = u64::MAX;
        while to_remove > 0 {
            let largest = histogram.counts().map(|(_, count)| count).filter(|&count| count < bound).max().unwrap_or(0);
            let ties = histogram.counts().filter(|&(_, count)| count == largest).count();
            let removed = to_remove.min(u32::try_from(ties).unwrap_or(u32::MAX)).max(1);
            tail = tail.saturating_sub(largest * u64::from(removed));
            to_remove -= removed;
            bound = largest;
        }
        (head, tail)
    }

    /// Whether a class holds.
    #[expect(clippy::cast_precision_loss, reason = "classes have fewer than 2^53 records")]
    pub(super) fn holds(&self, histogram: &Histogram<'_>) -> bool {
        let (head, tail) = self.head_and_tail(histogram);
        (head as f64) < self.c * tail as f64
    }
}

impl fmt::Display for RecursiveCLDiversity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "recursive (c,l)-diversity of `{}` with c = {} and l = {}", self.attribute, self.c, self.l)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::histogram::Categories;
    use crate::model::histogram::tests::{attribute, tally};
    use proptest::prelude::*;

    #[test]
    fn parameters_are_checked() {
        for c in [0.0, -1.0, f64::NAN] {
            let error = RecursiveCLDiversity::try_new("s", c, 2).unwrap_err();
            assert_eq!(error.to_string(), "c: it is a positive number");
        }
    }

    proptest! {
        #[test]
        fn the_tail_is_that_of_the_sorted_counts(
            codes in prop::collection::vec(0u16..8, 1..40), l in 2u32..6, c in 1u8..6
        ) {
            let attribute = attribute(8);
            let counts = tally(&codes);
            let model = RecursiveCLDiversity::try_new("s", c.into(), l).unwrap();
            let mut sorted: Vec<u64> = counts.iter().map(|&(_, count)| count.into()).collect();
            sorted.sort_unstable_by(|a, b| b.cmp(a));
            let tail: u64 = sorted.iter().skip(l as usize - 1).sum();
            let expected = sorted.len() >= l as usize && sorted[0] < u64::from(c) * tail;
            let histogram = Categories::of(&attribute).histogram(&counts);
            prop_assert_eq!(model.head_and_tail(&histogram), (sorted[0], tail));
            prop_assert_eq!(model.holds(&histogram), expected);
        }
    }
}
