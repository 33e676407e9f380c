//! Counts as publications give them: a number, a range, or nothing; and what can be computed with them.
//!
//! Arithmetic carries ranges: the sum of 12 and "fewer than 5" is 12 to 16. A missing count stays missing, and
//! nothing is ever replaced by a midpoint.

mod difference;
mod parse;

use crate::interval::{Interval, IntervalError, Level, RateInterval};
use std::cmp::Ordering;
use std::fmt;
use std::iter::Sum;
use std::ops::Add;

pub use difference::Difference;
pub use parse::NotCount;

/// A count of persons as far as it is known.
///
/// Published tables write small counts as `<5`, which is a [`Count::Range`] of 0 to 4, and leave cells blank, which is
/// [`Count::Missing`] and never zero. Text form: `12`, `0 to 4`, `missing`; see [`Count::from_str`](std::str::FromStr)
/// for what is read. Stored as a number, an object with `lo` and `hi`, or null.
///
/// ```
/// use ctdata_indicators::{Count, Difference};
///
/// let (women, men): (Count, Count) = ("1,255".parse()?, "<5".parse()?);
/// assert_eq!(women + men, Count::Range { lo: 1_255, hi: 1_259 });
/// assert_eq!(Count::Exact(1_300) - (women + men), Difference::Range { lo: 41, hi: 45 });
/// assert!(men.is_certainly_less(women));
/// assert_eq!((women + Count::Missing).to_string(), "missing");
/// # Ok::<(), ctdata_indicators::NotCount>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "Option<wire::Count>", try_from = "Option<wire::Count>")
)]
pub enum Count {
    /// The number itself.
    Exact(u64),
    /// Some number from `lo` to `hi`, both included.
    Range {
        /// The least it can be.
        lo: u64,
        /// The most it can be.
        hi: u64,
    },
    /// Not given: anything.
    Missing,
}

impl Count {
    /// A count between two bounds, in any order.
    pub fn between(one: u64, other: u64) -> Self {
        if one == other { Self::Exact(one) } else { Self::Range { lo: one.min(other), hi: one.max(other) } }
    }

    /// The least and the most it can be; `None` if it is missing.
    pub fn bounds(self) -> Option<(u64, u64)> {
        match self {
            Self::Exact(count) => Some((count, count)),
            Self::Range { lo, hi } => Some((lo.min(hi), lo.max(hi))),
            Self::Missing => None,
        }
    }

    /// The number, where it is known.
    pub fn exact(self) -> Option<u64> {
        self.bounds().filter(|(lo, hi)| lo == hi).map(|(count, _)| count)
    }

    /// Whether nothing is known of it.
    pub fn is_missing(self) -> bool {
        self == Self::Missing
    }

    /// Whether it can be this number.
    pub fn can_be(self, count: u64) -> bool {
        self.bounds().is_none_or(|(lo, hi)| (lo..=hi).contains(&count))
    }

    /// What agrees with both: two statements about the same count. `None` if they contradict each other.
    pub fn and(self, other: Self) -> Option<Self> {
        match (self.bounds(), other.bounds()) {
            (None, _) => Some(other),
            (_, None) => Some(self),
            (Some((lo, hi)), Some((low, high))) => {
                let (lo, hi) = (lo.max(low), hi.min(high));
                (lo <= hi).then(|| Self::between(lo, hi))
            }
        }
    }

    /// The count times a whole number; missing past the largest number there is.
    #[must_use]
    pub fn times(self, factor: u64) -> Self {
        self.bounds()
            .and_then(|(lo, hi)| Some(Self::between(lo.checked_mul(factor)?, hi.checked_mul(factor)?)))
            .unwrap_or(Self::Missing)
    }

    /// The order of two counts, where it is certain: `None` if both orders are possible. Two ranges are certainly
    /// equal only if both are the same number.
    pub fn certain_order(self, other: Self) -> Option<Ordering> {
        let ((lo, hi), (low, high)) = (self.bounds()?, other.bounds()?);
        if hi < low {
            Some(Ordering::Less)
        } else if lo > high {
            Some(Ordering::Greater)
        } else {
            (lo == high && hi == low).then_some(Ordering::Equal)
        }
    }

    /// Whether it is less than the other one, whatever the two are within their ranges.
    pub fn is_certainly_less(self, other: Self) -> bool {
        self.certain_order(other) == Some(Ordering::Less)
    }

    /// The interval of the mean of the process behind it, in events: from the lower bound of the least count to the
    /// upper bound of the greatest one. `None` if the count is missing.
    ///
    /// # Errors
    /// Those of the method.
    pub fn interval(self, method: RateInterval, level: Level) -> Result<Option<Interval>, IntervalError> {
        let Some((lo, hi)) = self.bounds() else {
            return Ok(None);
        };
        let (least, most) = (method.of(lo, level)?, method.of(hi, level)?);
        Interval::try_new(least.low(), most.high(), level, least.method()).map(Some)
    }
}

/// The sum of two counts of different persons. It is missing if one of them is, or past the largest number there is.
impl Add for Count {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let sum = |(lo, hi): (u64, u64), (low, high): (u64, u64)| {
            Some(Self::between(lo.checked_add(low)?, hi.checked_add(high)?))
        };
        self.bounds().zip(other.bounds()).and_then(|(one, other)| sum(one, other)).unwrap_or(Self::Missing)
    }
}

/// No counts add up to 0.
impl Sum for Count {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::Exact(0), Add::add)
    }
}

impl From<u64> for Count {
    fn from(count: u64) -> Self {
        Self::Exact(count)
    }
}

/// No number is a missing count.
impl From<Option<u64>> for Count {
    fn from(count: Option<u64>) -> Self {
        count.map_or(Self::Missing, Self::Exact)
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(count) => write!(f, "{count}"),
            Self::Range { lo, hi } => write!(f, "{lo} to {hi}"),
            Self::Missing => f.write_str("missing"),
        }
    }
}

#[cfg(feature = "serde")]
mod wire {
    use serde::{Deserialize, Serialize};

    /// The stored form of a count that is not missing.
    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    pub(super) enum Count {
        Exact(u64),
        Range { lo: u64, hi: u64 },
    }

    impl From<super::Count> for Option<Count> {
        fn from(count: super::Count) -> Self {
            match count {
                super::Count::Exact(count) => Some(Count::Exact(count)),
                super::Count::Range { lo, hi } => Some(Count::Range { lo, hi }),
                super::Count::Missing => None,
            }
        }
    }

    impl TryFrom<Option<Count>> for super::Count {
        type Error = &'static str;

        fn try_from(wire: Option<Count>) -> Result<Self, Self::Error> {
            match wire {
                None => Ok(Self::Missing),
                Some(Count::Exact(count)) => Ok(Self::Exact(count)),
                Some(Count::Range { lo, hi }) if lo <= hi => Ok(Self::between(lo, hi)),
                Some(Count::Range { .. }) => Err("the least of a range is not above its most"),
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::Count;
    use proptest::prelude::*;

    /// Counts up to 12 and ranges among them, and missing ones.
    pub(crate) fn small_count() -> impl Strategy<Value = Count> {
        prop_oneof![
            4 => (0_u64..12).prop_map(Count::Exact),
            4 => (0_u64..12, 0_u64..12).prop_map(|(one, other)| Count::between(one, other)),
            1 => Just(Count::Missing),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::testing::small_count;
    use super::*;
    use crate::interval::garwood;
    use proptest::prelude::*;

    const FEWER_THAN_FIVE: Count = Count::Range { lo: 0, hi: 4 };

    /// The notes on 16.2.2, suppressed cells: the interval of `<5` is from Garwood(0) to Garwood(4).
    #[test]
    fn the_interval_of_a_range_is_that_of_its_ends() {
        let interval = FEWER_THAN_FIVE.interval(RateInterval::Garwood, Level::P95).unwrap().unwrap();
        assert!(interval.low().abs() < f64::MIN_POSITIVE);
        assert_eq!(interval.high().to_bits(), garwood(4, Level::P95).unwrap().high().to_bits());
        assert_eq!(Count::Missing.interval(RateInterval::Byar, Level::P95), Ok(None));
    }

    #[test]
    fn numbers_past_the_largest_are_missing_and_not_cut_off() {
        assert_eq!(Count::Exact(u64::MAX) + Count::Exact(1), Count::Missing);
        assert_eq!(Count::Range { lo: 1, hi: u64::MAX }.times(2), Count::Missing);
        assert_eq!(Count::from(None), Count::Missing);
    }

    #[cfg(feature = "serde")]
    #[test]
    fn the_stored_form_is_a_number_a_range_or_null() {
        let counts = [Count::Exact(7), FEWER_THAN_FIVE, Count::Missing];
        let text = r#"[7,{"lo":0,"hi":4},null]"#;
        assert_eq!(serde_json::to_string(&counts).unwrap(), text);
        assert_eq!(serde_json::from_str::<[Count; 3]>(text).unwrap(), counts);
        assert!(serde_json::from_str::<Count>(r#"{"lo":5,"hi":4}"#).is_err());
        assert!(serde_json::from_str::<Count>("-1").is_err());
    }

    fn values(count: Count) -> Vec<u64> {
        (0..40).filter(|&value| count.can_be(value)).collect()
    }

    proptest! {
        /// All that two counts can be, pair by pair, is what the result can be, and nothing else.
        #[test]
        fn arithmetic_gives_exactly_what_is_possible(one in small_count(), other in small_count()) {
            prop_assume!(!one.is_missing() && !other.is_missing());
            let pairs: Vec<(u64, u64)> =
                values(one).into_iter().flat_map(|a| values(other).into_iter().map(move |b| (a, b))).collect();
            let (sums, order) = (pairs.iter().map(|(a, b)| a + b), pairs.iter().map(|(a, b)| a.cmp(b)));
            prop_assert_eq!((one + other).bounds(), sums.clone().min().zip(sums.max()));
            let (first, mut rest) = (order.clone().next(), order);
            prop_assert_eq!(one.certain_order(other), first.filter(|order| rest.all(|other| other == *order)));
            let both: Vec<u64> = values(one).into_iter().filter(|&value| other.can_be(value)).collect();
            prop_assert_eq!(one.and(other).map_or(Vec::new(), values), both);
            prop_assert_eq!(one.times(3).bounds(), one.bounds().map(|(lo, hi)| (3 * lo, 3 * hi)));
        }

        #[test]
        fn missing_stays_missing(one in small_count()) {
            prop_assert!((one + Count::Missing).is_missing() && (Count::Missing + one).is_missing());
            prop_assert_eq!(one.certain_order(Count::Missing), None);
            prop_assert_eq!(one.and(Count::Missing), Some(one));
        }
    }
}
