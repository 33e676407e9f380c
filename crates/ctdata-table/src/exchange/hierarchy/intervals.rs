//! Hierarchies of numbers in intervals of growing width.

use super::{Hierarchy, TOP};
use crate::domain::decimal;
use crate::{Domain, TableError};

/// How numbers are put into intervals, level by level.
///
/// A level has the intervals `origin + i * width` up to the next one. Numbers below the lower bound
/// are one value (`<20`) on all levels, and so are those from the upper bound on (`90+`); intervals end
/// at the bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intervals {
    widths: Vec<i64>,
    scale: u8,
    origin: i64,
    lower: Option<i64>,
    upper: Option<i64>,
}

impl Intervals {
    /// Intervals of these widths, one level each, from origin 0 and without bounds.
    ///
    /// # Errors
    /// A width that is not positive, or not a multiple of the one before.
    pub fn try_new(widths: impl IntoIterator<Item = i64>) -> Result<Self, TableError> {
        let widths: Vec<i64> = widths.into_iter().collect();
        if let Some(width) = widths.iter().find(|width| **width <= 0) {
            return Err(invalid(format!("a width is positive, which {width} is not")));
        }
        for (narrow, wide) in widths.iter().zip(widths.iter().skip(1)) {
            if wide % narrow != 0 {
                return Err(invalid(format!("each width is a multiple of the one before; {wide} is none of {narrow}")));
            }
        }
        Ok(Self { widths, scale: 0, origin: 0, lower: None, upper: None })
    }

    /// Widths, origin and bounds are these integers divided by `10^scale`; 0 unless set.
    ///
    /// # Errors
    /// A scale over 18.
    pub fn with_scale(mut self, scale: u8) -> Result<Self, TableError> {
        if scale > 18 {
            return Err(invalid("a scale is at most 18".to_owned()));
        }
        self.scale = scale;
        Ok(self)
    }

    /// Where an interval of each width starts; 0 unless set.
    #[must_use]
    pub fn with_origin(mut self, origin: i64) -> Self {
        self.origin = origin;
        self
    }

    /// Bottom coding: numbers below are one value.
    ///
    /// # Errors
    /// A bound that is not below the upper one.
    pub fn with_lower(mut self, lower: i64) -> Result<Self, TableError> {
        self.lower = Some(lower);
        self.check_bounds()
    }

    /// Top coding: this number and those above are one value.
    ///
    /// # Errors
    /// A bound that is not above the lower one.
    pub fn with_upper(mut self, upper: i64) -> Result<Self, TableError> {
        self.upper = Some(upper);
        self.check_bounds()
    }

    fn check_bounds(self) -> Result<Self, TableError> {
        match (self.lower, self.upper) {
            (Some(lower), Some(upper)) if lower >= upper => {
                Err(invalid(format!("the lower bound, {lower}, is below the upper one, {upper}")))
            }
            _ => Ok(self),
        }
    }

    /// The label of a number at a width; all are integers divided by `10^scale`.
    fn label(&self, number: i128, width: i64, scale: u8) -> Option<String> {
        let factor = 10i128.checked_pow(u32::from(scale.checked_sub(self.scale)?))?;
        let own = |number: i64| i128::from(number).checked_mul(factor);
        let bound = |bound: Option<i64>| bound.map(own).map_or(Some(None), |bound| bound.map(Some));
        let (lower, upper) = (bound(self.lower)?, bound(self.upper)?);
        let text = |number: i128| Some(shortest(decimal(i64::try_from(number).ok()?, scale)));
        if let Some(lower) = lower.filter(|lower| number < *lower) {
            return Some(format!("<{}", text(lower)?));
        }
        if let Some(upper) = upper.filter(|upper| number >= *upper) {
            return Some(if scale == 0 { format!("{}+", text(upper)?) } else { format!(">={}", text(upper)?) });
        }
        let (origin, width) = (own(self.origin)?, own(width)?);
        let start = number.checked_sub(number.checked_sub(origin)?.rem_euclid(width))?;
        let end = start.checked_add(width)?;
        let start = lower.map_or(start, |lower| start.max(lower));
        let end = upper.map_or(end, |upper| end.min(upper));
        Some(match (scale, end - start) {
            (0, 1) => text(start)?,
            (0, _) if start < 0 => format!("{} to {}", text(start)?, text(end - 1)?),
            (0, _) => format!("{}-{}", text(start)?, text(end - 1)?),
            _ => format!("[{}, {})", text(start)?, text(end)?),
        })
    }
}

impl Hierarchy {
    /// Numbers in intervals, one level per width, and `*` on top. Intervals of integers are written
    /// `20-24`, those of other numbers `[20, 25)`.
    ///
    /// ```
    /// use ctdata_table::{Domain, Hierarchy, Intervals, Origin};
    /// let age = Domain::numeric(0..=120, 0, Origin::Public)?;
    /// let intervals = Intervals::try_new([5, 10, 20])?.with_upper(90)?;
    /// let hierarchy = Hierarchy::intervals(age, &intervals)?;
    /// let label = |level: usize, age: usize| {
    ///     let level = hierarchy.level(level)?;
    ///     Some(level.domain().label(*level.of_leaf().get(age)?)?.into_owned())
    /// };
    /// assert_eq!(label(1, 23).as_deref(), Some("20-24"));
    /// assert_eq!(label(3, 23).as_deref(), Some("20-39"));
    /// assert_eq!(label(1, 104).as_deref(), Some("90+"));
    /// assert_eq!(hierarchy.height(), 4);
    /// # Ok::<(), ctdata_table::TableError>(())
    /// ```
    ///
    /// # Errors
    /// A domain that is not numeric, or bounds too large to be written at its scale.
    pub fn intervals(domain: Domain, intervals: &Intervals) -> Result<Self, TableError> {
        let Some(leaf_scale) = domain.scale() else {
            return Err(invalid("they are made of numbers; the values are none".to_owned()));
        };
        let scale = leaf_scale.max(intervals.scale);
        // Within i128: 19 digits of the number and at most 18 of the scale.
        let factor = 10i128.pow(u32::from(scale - leaf_scale));
        let numbers: Vec<i128> = (0u16..)
            .take(domain.len())
            .filter_map(|code| domain.number(code))
            .map(|number| i128::from(number) * factor)
            .collect();
        let mut hierarchy = Self::of(domain);
        for &width in &intervals.widths {
            let labels: Option<Vec<String>> =
                numbers.iter().map(|&number| intervals.label(number, width, scale)).collect();
            let labels = labels.ok_or_else(|| invalid("a number is too large for the scale".to_owned()))?;
            let name = format!("width {}", shortest(decimal(width, intervals.scale)));
            hierarchy = hierarchy.with_labels(name, labels.into_iter())?;
        }
        hierarchy.with_top(TOP)
    }
}

/// Without the zeros at the end of decimals.
fn shortest(number: String) -> String {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.').to_owned() } else { number }
}

fn invalid(rule: String) -> TableError {
    TableError::Invalid { what: "intervals".into(), rule }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::{DomainKind, Origin};
    use proptest::prelude::*;

    fn labels(hierarchy: &Hierarchy, level: usize) -> Vec<String> {
        hierarchy.level(level).unwrap().domain().labels().map(Cow::into_owned).collect()
    }

    #[test]
    fn bounds_cut_intervals_and_code_what_lies_outside() {
        let domain = Domain::numeric([-3, 16, 17, 19, 20, 39, 40, 52, 99], 0, Origin::Public).unwrap();
        let intervals = Intervals::try_new([10, 20]).unwrap().with_lower(17).unwrap().with_upper(55).unwrap();
        let hierarchy = Hierarchy::intervals(domain, &intervals).unwrap();
        assert_eq!(labels(&hierarchy, 1), ["<17", "17-19", "20-29", "30-39", "40-49", "50-54", "55+"]);
        assert_eq!(labels(&hierarchy, 2), ["<17", "17-19", "20-39", "40-54", "55+"]);
        assert_eq!(labels(&hierarchy, 3), ["*"]);
        assert_eq!(hierarchy.level(2).unwrap().domain().kind(), DomainKind::Ordered);
    }

    #[test]
    fn origin_sign_and_scale_are_kept() {
        let domain = Domain::numeric([-6, -5, -1, 0], 0, Origin::Public).unwrap();
        let by_five = Hierarchy::intervals(domain.clone(), &Intervals::try_new([1, 5]).unwrap()).unwrap();
        assert_eq!(labels(&by_five, 1), ["-6", "-5", "-1", "0"]);
        assert_eq!(labels(&by_five, 2), ["-10 to -6", "-5 to -1", "0-4"]);
        let from_one = Intervals::try_new([5]).unwrap().with_origin(1);
        assert_eq!(labels(&Hierarchy::intervals(domain, &from_one).unwrap(), 1), ["-9 to -5", "-4 to 0"]);
        let decimals = Domain::numeric([249, 250, 1990], 2, Origin::Public).unwrap();
        let halves = Intervals::try_new([25, 100]).unwrap().with_scale(1).unwrap().with_upper(150).unwrap();
        let hierarchy = Hierarchy::intervals(decimals, &halves).unwrap();
        assert_eq!(labels(&hierarchy, 1), ["[0, 2.5)", "[2.5, 5)", ">=15"]);
        assert_eq!(hierarchy.level(1).unwrap().name(), "width 2.5");
    }

    #[test]
    fn parameters_are_checked() {
        let message = |widths: &[i64]| Intervals::try_new(widths.iter().copied()).unwrap_err().to_string();
        assert_eq!(message(&[5, 12]), "intervals: each width is a multiple of the one before; 12 is none of 5");
        assert_eq!(message(&[0]), "intervals: a width is positive, which 0 is not");
        assert!(Intervals::try_new([1]).unwrap().with_lower(3).unwrap().with_upper(3).is_err());
        assert!(Intervals::try_new([1]).unwrap().with_scale(19).is_err());
        let nominal = Domain::nominal(["1"], Origin::Public).unwrap();
        assert!(Hierarchy::intervals(nominal, &Intervals::try_new([1]).unwrap()).is_err());
    }

    proptest! {
        #[test]
        fn two_numbers_share_an_interval_by_floor_division(
            numbers in prop::collection::btree_set(-60i64..60, 1..20), width in 1i64..9, times in 1i64..5,
            origin in -20i64..20
        ) {
            let domain = Domain::numeric(numbers.iter().copied(), 0, Origin::Public).unwrap();
            let intervals = Intervals::try_new([width, width * times]).unwrap().with_origin(origin);
            let hierarchy = Hierarchy::intervals(domain, &intervals).unwrap();
            for (level, width) in [(1, width), (2, width * times)] {
                let of_leaf = hierarchy.level(level).unwrap().of_leaf();
                for (a, &x) in numbers.iter().enumerate() {
                    for (b, &y) in numbers.iter().enumerate() {
                        let same = (x - origin).div_euclid(width) == (y - origin).div_euclid(width);
                        prop_assert_eq!(of_leaf[a] == of_leaf[b], same);
                    }
                }
            }
        }

        #[test]
        fn any_numbers_give_a_hierarchy_or_an_error(
            numbers in prop::collection::btree_set(any::<i64>(), 1..5), scale in 0u8..=18, own in 0u8..=18,
            width in 1i64..i64::MAX, origin: i64, upper: i64
        ) {
            let domain = Domain::numeric(numbers, scale, Origin::Public).unwrap();
            let intervals = Intervals::try_new([width]).unwrap().with_scale(own).unwrap().with_origin(origin);
            let _ = Hierarchy::intervals(domain, &intervals.with_upper(upper).unwrap());
        }
    }
}
