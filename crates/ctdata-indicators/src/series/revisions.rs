//! What a new vintage revised.

use super::Series;
use crate::{Count, Difference, IndicatorError};

/// A year that two vintages of a series tell differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Revision {
    /// The year.
    pub year: u16,
    /// The count in the first vintage; missing if it does not have the year.
    pub before: Count,
    /// The count in the second one.
    pub after: Count,
    /// The second less the first.
    pub difference: Difference,
}

impl Series {
    /// The years whose count differs in another vintage of the same series, those that one of the two lacks among them.
    ///
    /// Counts that are ranges are compared as they are written: a range that became a number is a revision.
    ///
    /// # Errors
    /// The series are about different things, or one of them does not name its vintage, or both name the same.
    pub fn revisions(&self, newer: &Self) -> Result<Vec<Revision>, IndicatorError> {
        let refuse = |rule: &'static str| Err(IndicatorError::figures(self.name(), rule));
        if (&self.indicator, &self.dimensions, &self.filters) != (&newer.indicator, &newer.dimensions, &newer.filters) {
            return refuse("only vintages of the same series are compared");
        }
        if self.vintage.is_none() || newer.vintage.is_none() || self.vintage == newer.vintage {
            return refuse("two vintages are compared, and both are named");
        }
        let mut years: Vec<u16> = self.points.iter().chain(&newer.points).map(|point| point.year).collect();
        years.sort_unstable();
        years.dedup();
        let count = |series: &Self, year: u16| series.year(year).map_or(Count::Missing, |point| point.count);
        let pairs = years.into_iter().map(|year| (year, count(self, year), count(newer, year)));
        Ok(pairs
            .filter(|(_, before, after)| before != after)
            .map(|(year, before, after)| Revision { year, before, after, difference: after - before })
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Point;
    use super::*;

    fn vintage(counts: &[(u16, u64)], name: &'static str) -> Series {
        let points = counts.iter().map(|&(year, count)| Point::new(year, count));
        Series::try_new("detected-victims", points).unwrap().with_vintage(name)
    }

    /// Two snapshots of the published series of the United Kingdom (indicator notes on time series).
    #[test]
    fn revisions_are_listed_year_by_year() {
        let older = vintage(&[(2019, 9_314), (2020, 9_670), (2021, 11_371)], "first");
        let newer = vintage(&[(2019, 9_330), (2020, 9_670), (2021, 11_387), (2022, 1)], "second");
        let found = older.revisions(&newer).unwrap();
        let differences: Vec<(u16, Difference)> = found.iter().map(|r| (r.year, r.difference)).collect();
        assert_eq!(
            differences,
            [(2019, Difference::Exact(16)), (2021, Difference::Exact(16)), (2022, Difference::Missing)]
        );
        assert!(older.joined(&newer).is_err());
        assert_eq!(newer.revisions(&older).unwrap()[0].difference, Difference::Exact(-16));
    }

    #[test]
    fn only_named_and_different_vintages_are_compared() {
        let one = vintage(&[(2019, 1)], "first");
        let unnamed = Series::try_new("detected-victims", [Point::new(2019, 2)]).unwrap();
        assert!(one.revisions(&one).is_err());
        assert!(one.revisions(&unnamed).is_err());
        let other = Series::try_new("other", [Point::new(2019, 2)]).unwrap().with_vintage("second");
        assert!(one.revisions(&other).is_err());
    }
}
