//! What a total and its categories say about each other's ranges.

use super::{PublishedRow, PublishedTable};
use crate::Count;
use crate::error::coded;

coded! {
    /// What is assumed about the categories of a table when ranges are narrowed. Neither holds for every publication:
    /// check the residuals of the rows that are told in full first.
    pub enum Assumption: "assumption on categories" {
        /// Everybody is in exactly one category: the residual is zero.
        AddUp = "add-up" / "the categories add up to the total",
        /// Nobody is in two categories, but some may be in none: the residual is not negative.
        NotMoreThanTotal = "not-more-than-total" / "the categories are together not more than the total",
    }
}

/// A count with the bounds that its row gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Narrowed {
    /// The count with the narrower bounds.
    pub count: Count,
    /// Whether they are narrower than what was published.
    pub narrowed: bool,
}

/// A row whose ranges were narrowed under an assumption.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct NarrowedRow {
    /// The place.
    pub place: String,
    /// The year.
    pub year: u16,
    /// The total.
    pub total: Narrowed,
    /// The categories.
    pub parts: Vec<Narrowed>,
    /// What was assumed.
    pub assumption: Assumption,
}

/// Bounds, the upper one open for a missing count.
#[derive(Clone, Copy)]
struct Bounds {
    lo: u64,
    hi: Option<u64>,
}

impl From<Count> for Bounds {
    fn from(count: Count) -> Self {
        count.bounds().map_or(Self { lo: 0, hi: None }, |(lo, hi)| Self { lo, hi: Some(hi) })
    }
}

impl PublishedRow {
    /// The ranges of the row as narrow as the total and the other categories make them; `None` if the figures contradict
    /// the assumption.
    ///
    /// The bounds are the best there are: each of their ends is reached by some counts that agree with the row. A missing
    /// count of which only a lower bound is known stays missing.
    ///
    /// ```
    /// use ctdata_indicators::Count;
    /// use ctdata_indicators::published::{Assumption, PublishedRow};
    ///
    /// let few = Count::Range { lo: 0, hi: 4 };
    /// let row = PublishedRow { place: String::new(), year: 2020, total: 12.into(), parts: vec![10.into(), few] };
    /// let narrowed = row.narrowed(Assumption::NotMoreThanTotal).ok_or("contradiction")?;
    /// assert_eq!(narrowed.parts[1].count, Count::Range { lo: 0, hi: 2 });
    /// # Ok::<(), &str>(())
    /// ```
    pub fn narrowed(&self, assumption: Assumption) -> Option<NarrowedRow> {
        let total = Bounds::from(self.total);
        let parts: Vec<Bounds> = self.parts.iter().copied().map(Bounds::from).collect();
        let least: u64 = parts.iter().try_fold(0_u64, |sum, part| sum.checked_add(part.lo))?;
        let (open, most) = parts.iter().fold((0_usize, 0_u64), |(open, sum), part| match part.hi {
            Some(hi) => (open, sum.saturating_add(hi)),
            None => (open + 1, sum),
        });
        let adds_up = assumption == Assumption::AddUp;
        let narrow_part = |part: &Bounds| {
            // What the others are together, at least and at most.
            let others_least = least - part.lo;
            let hi = match total.hi {
                Some(total) => {
                    let room = total.checked_sub(others_least)?;
                    Some(part.hi.map_or(room, |hi| hi.min(room)))
                }
                None => part.hi,
            };
            let others_most =
                if open == usize::from(part.hi.is_none()) { Some(most - part.hi.unwrap_or(0)) } else { None };
            let lo = others_most.filter(|_| adds_up).map_or(0, |others| total.lo.saturating_sub(others)).max(part.lo);
            Some(Bounds { lo, hi })
        };
        let narrow_total = {
            let hi = if adds_up && open == 0 { Some(total.hi.map_or(most, |hi| hi.min(most))) } else { total.hi };
            Bounds { lo: total.lo.max(least), hi }
        };
        let parts: Option<Vec<Bounds>> = parts.iter().map(narrow_part).collect();
        Some(NarrowedRow {
            place: self.place.clone(),
            year: self.year,
            total: told(self.total, narrow_total)?,
            parts: self.parts.iter().zip(parts?).map(|(count, bounds)| told(*count, bounds)).collect::<Option<_>>()?,
            assumption,
        })
    }
}

/// The count of these bounds; `None` if they hold no number.
fn told(published: Count, bounds: Bounds) -> Option<Narrowed> {
    let count = match bounds.hi {
        None => Count::Missing,
        Some(hi) if bounds.lo <= hi => Count::between(bounds.lo, hi),
        Some(_) => return None,
    };
    Some(Narrowed { count, narrowed: count.bounds() != published.bounds() })
}

impl PublishedTable {
    /// Every row with its ranges narrowed; none where the figures contradict the assumption.
    pub fn narrowed(&self, assumption: Assumption) -> Vec<Option<NarrowedRow>> {
        self.rows.iter().map(|row| row.narrowed(assumption)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::count::testing::small_count;
    use proptest::prelude::*;

    fn row(total: impl Into<Count>, parts: &[Count]) -> PublishedRow {
        PublishedRow { place: String::new(), year: 2020, total: total.into(), parts: parts.to_vec() }
    }

    fn narrow(row: &PublishedRow, assumption: Assumption) -> Option<(Count, Vec<Count>)> {
        let narrowed = row.narrowed(assumption)?;
        Some((narrowed.total.count, narrowed.parts.iter().map(|part| part.count).collect()))
    }

    const FEW: Count = Count::Range { lo: 0, hi: 4 };

    /// UNODC's data file of 2003 to 2021 (indicator notes on suppressed cells): children equal the total while adults are
    /// `<5`, so that these adults are zero.
    #[test]
    fn a_category_that_equals_the_total_leaves_nothing() {
        let row = row(17, &[Count::Exact(17), FEW]);
        let narrowed = row.narrowed(Assumption::AddUp).unwrap();
        assert_eq!(narrowed.parts[1], Narrowed { count: Count::Exact(0), narrowed: true });
        assert!(!narrowed.parts[0].narrowed && !narrowed.total.narrowed);
        assert_eq!(narrow(&row, Assumption::NotMoreThanTotal).unwrap().1[1], Count::Exact(0));
    }

    #[test]
    fn missing_counts_have_bounds_where_the_rest_is_told() {
        let one_missing = row(12, &[Count::Exact(7), Count::Missing]);
        assert_eq!(narrow(&one_missing, Assumption::AddUp).unwrap().1[1], Count::Exact(5));
        assert_eq!(narrow(&one_missing, Assumption::NotMoreThanTotal).unwrap().1[1], Count::between(0, 5));
        let no_total = row(Count::Missing, &[Count::Exact(7), FEW]);
        assert_eq!(narrow(&no_total, Assumption::AddUp).unwrap().0, Count::between(7, 11));
        assert_eq!(narrow(&no_total, Assumption::NotMoreThanTotal).unwrap().0, Count::Missing);
    }

    #[test]
    fn a_contradiction_is_no_row() {
        let more = row(10, &[Count::Exact(8), Count::Exact(3)]);
        assert_eq!(more.narrowed(Assumption::NotMoreThanTotal), None);
        let less = row(20, &[Count::Exact(8), FEW]);
        assert_eq!(less.narrowed(Assumption::AddUp), None);
        assert!(less.narrowed(Assumption::NotMoreThanTotal).is_some());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        /// All counts up to 30 that agree with the row, one by one.
        #[test]
        fn bounds_are_those_of_all_counts_that_agree(
            total in small_count(),
            parts in proptest::collection::vec(small_count(), 2..4),
            adds_up in any::<bool>(),
        ) {
            let assumption = if adds_up { Assumption::AddUp } else { Assumption::NotMoreThanTotal };
            // With an unbounded total the search would not end at 30.
            prop_assume!(!total.is_missing());
            let mut reached = vec![None::<(u64, u64)>; parts.len() + 1];
            let mut keys = vec![vec![]];
            for part in &parts {
                let values: Vec<u64> = (0..12).filter(|&value| part.can_be(value)).collect();
                keys = keys.iter().flat_map(|key: &Vec<u64>| {
                    values.iter().map(move |&value| key.iter().copied().chain([value]).collect())
                }).collect();
            }
            for key in keys {
                let sum: u64 = key.iter().sum();
                for whole in (0..12).filter(|&whole| total.can_be(whole)) {
                    if (adds_up && sum == whole) || (!adds_up && sum <= whole) {
                        for (slot, value) in reached.iter_mut().zip([whole].iter().chain(&key)) {
                            *slot = Some(slot.map_or((*value, *value), |(lo, hi)| (lo.min(*value), hi.max(*value))));
                        }
                    }
                }
            }
            let found = narrow(&row(total, &parts), assumption);
            prop_assert_eq!(found.is_some(), reached[0].is_some());
            if let Some((whole, parts)) = found {
                for (count, reached) in [whole].iter().chain(&parts).zip(reached) {
                    prop_assert_eq!(count.bounds(), reached);
                }
            }
        }
    }
}
