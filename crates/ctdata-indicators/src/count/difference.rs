//! Differences of counts, which can be negative.

use super::Count;
use std::fmt;
use std::ops::Sub;

/// A count less another one, as far as it is known: a change, or the residual of a total over its categories.
///
/// Published totals differ from the sum of their categories in both directions: persons of unknown category are
/// in the total alone, revisions and persons in several categories are in the sum alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum Difference {
    /// The number itself.
    Exact(i64),
    /// Some number from `lo` to `hi`, both included.
    Range {
        /// The least it can be.
        lo: i64,
        /// The most it can be.
        hi: i64,
    },
    /// Not given: anything.
    Missing,
}

impl Difference {
    /// A difference between two bounds, in any order.
    pub fn between(one: i64, other: i64) -> Self {
        if one == other { Self::Exact(one) } else { Self::Range { lo: one.min(other), hi: one.max(other) } }
    }

    /// The least and the most it can be; `None` if it is missing.
    pub fn bounds(self) -> Option<(i64, i64)> {
        match self {
            Self::Exact(number) => Some((number, number)),
            Self::Range { lo, hi } => Some((lo.min(hi), lo.max(hi))),
            Self::Missing => None,
        }
    }

    /// The number, where it is known.
    pub fn exact(self) -> Option<i64> {
        self.bounds().filter(|(lo, hi)| lo == hi).map(|(number, _)| number)
    }

    /// Whether it is negative, whatever it is within its range.
    pub fn is_certainly_negative(self) -> bool {
        self.bounds().is_some_and(|(_, hi)| hi < 0)
    }
}

/// The difference of two counts that are told separately: it carries both ranges. Missing if one of them is, or
/// past the largest signed number.
impl Sub for Count {
    type Output = Difference;

    fn sub(self, other: Self) -> Difference {
        let less = |one: u64, other: u64| i64::try_from(i128::from(one) - i128::from(other)).ok();
        let bounds = self.bounds().zip(other.bounds());
        bounds
            .and_then(|((lo, hi), (low, high))| Some(Difference::between(less(lo, high)?, less(hi, low)?)))
            .unwrap_or(Difference::Missing)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(number) => write!(f, "{number}"),
            Self::Range { lo, hi } => write!(f, "{lo} to {hi}"),
            Self::Missing => f.write_str("missing"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::small_count;
    use super::*;
    use proptest::prelude::*;

    /// The notes on 16.2.2, unknowns and residuals: 9,720 victims, of them 7,124 male and 2,554 female.
    #[test]
    fn a_residual_is_the_total_less_its_categories() {
        let categories: Count = [7_124, 2_554].map(Count::Exact).into_iter().sum();
        assert_eq!(Count::Exact(9_720) - categories, Difference::Exact(42));
        let negative = Count::Exact(10) - Count::Range { lo: 11, hi: 14 };
        assert_eq!(negative.to_string(), "-4 to -1");
        assert!(negative.is_certainly_negative() && !(Count::Exact(4) - Count::Exact(4)).is_certainly_negative());
        assert_eq!(Count::Exact(u64::MAX) - Count::Exact(0), Difference::Missing);
    }

    #[cfg(feature = "serde")]
    #[test]
    fn the_stored_form_is_stable() {
        let differences = [Difference::Exact(-3), Difference::Range { lo: -4, hi: 1 }, Difference::Missing];
        let text = r#"[{"exact":-3},{"range":{"lo":-4,"hi":1}},"missing"]"#;
        assert_eq!(serde_json::to_string(&differences).unwrap(), text);
        assert_eq!(serde_json::from_str::<[Difference; 3]>(text).unwrap(), differences);
    }

    proptest! {
        #[test]
        fn a_difference_can_be_exactly_what_its_counts_make(one in small_count(), other in small_count()) {
            let pairs = (0..12_i64).flat_map(|a| (0..12_i64).map(move |b| (a, b)));
            let possible = pairs.filter(|&(a, b)| one.can_be(a.unsigned_abs()) && other.can_be(b.unsigned_abs()));
            let differences: Vec<i64> = possible.map(|(a, b)| a - b).collect();
            let bounds = differences.iter().copied().min().zip(differences.iter().copied().max());
            let known = !one.is_missing() && !other.is_missing();
            prop_assert_eq!((one - other).bounds(), bounds.filter(|_| known));
        }
    }
}
