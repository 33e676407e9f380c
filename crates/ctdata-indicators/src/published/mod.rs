//! Tables that others have published: totals and categories by place and year, as they stand.
//!
//! A total counts everyone, also those whose category is unknown or listed nowhere, so that it is never derived from its
//! categories where it is given. What lies between is the [`PublishedRow::residual`]: persons in no category if it is
//! positive; revisions, or persons in several categories, if it is negative.

mod narrow;
#[cfg(feature = "csv")]
mod read;

use crate::series::{Point, Series};
use crate::{Count, Difference, IndicatorError};
use std::borrow::Cow;
use std::collections::BTreeMap;

pub use narrow::{Assumption, Narrowed, NarrowedRow};
#[cfg(feature = "csv")]
pub use read::{PublishedColumns, PublishedLayout};

/// A published table of one breakdown: for each place and year a total and the counts of the categories.
///
/// ```
/// use ctdata_indicators::published::{PublishedColumns, PublishedLayout, PublishedTable};
/// use ctdata_indicators::{Count, Difference};
///
/// let file = "country;year;total;women;men\nUtopia;2020;1,255;1,249;<5\nUtopia;2021;12;;<5\n";
/// let columns = PublishedColumns::wide(Some("total"), ["women", "men"]);
/// let layout = PublishedLayout::new("year", columns).place("country");
/// let table = PublishedTable::read_csv(file.as_bytes(), &layout)?;
///
/// let row = table.row("Utopia", 2020).ok_or("no such row")?;
/// assert_eq!(row.parts, [Count::Exact(1_249), Count::Range { lo: 0, hi: 4 }]);
/// assert_eq!(row.residual(), Difference::Range { lo: 2, hi: 6 });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct PublishedTable {
    categories: Vec<String>,
    rows: Vec<PublishedRow>,
    vintage: Option<Cow<'static, str>>,
}

/// One place and year of a [`PublishedTable`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct PublishedRow {
    /// The place as the table names it; empty if the table is about one place.
    pub place: String,
    /// The calendar year.
    pub year: u16,
    /// The published total; missing if the table gives none.
    pub total: Count,
    /// The counts of the categories, in the order of [`PublishedTable::categories`].
    pub parts: Vec<Count>,
}

/// Everybody in a row, and whether a total was published or had to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum Whole {
    /// The published total.
    Published(Count),
    /// The sum of the categories, because no total was published: persons in no category are not in it, and persons in
    /// several categories are in it more than once.
    Added(Count),
}

impl PublishedRow {
    /// The sum of the categories; missing if one of them is.
    pub fn sum(&self) -> Count {
        self.parts.iter().copied().sum()
    }

    /// The total less the sum of the categories, possibly negative.
    pub fn residual(&self) -> Difference {
        self.total - self.sum()
    }

    /// The published total or, only where there is none, the sum of the categories, told apart.
    pub fn whole(&self) -> Whole {
        if self.total.is_missing() { Whole::Added(self.sum()) } else { Whole::Published(self.total) }
    }
}

impl PublishedTable {
    /// A table with these categories and rows, the rows in any order.
    ///
    /// # Errors
    /// A category or a row is given twice, or a row does not have one count for each category.
    pub fn try_new(
        categories: Vec<String>,
        rows: impl IntoIterator<Item = PublishedRow>,
    ) -> Result<Self, IndicatorError> {
        let refuse = |rule: &'static str| Err(IndicatorError::figures("published table", rule));
        let mut rows: Vec<PublishedRow> = rows.into_iter().collect();
        if rows.iter().any(|row| row.parts.len() != categories.len()) {
            return refuse("each row has one count for each category");
        }
        if categories.iter().enumerate().any(|(at, name)| categories.iter().skip(at + 1).any(|other| other == name)) {
            return refuse("a category is given once");
        }
        rows.sort_by(|one, other| (&one.place, one.year).cmp(&(&other.place, other.year)));
        if rows.windows(2).any(|pair| matches!(pair, [a, b] if (&a.place, a.year) == (&b.place, b.year))) {
            return refuse("a place and year is given once");
        }
        Ok(Self { categories, rows, vintage: None })
    }

    /// The same table as a named vintage.
    #[must_use]
    pub fn with_vintage(self, vintage: impl Into<Cow<'static, str>>) -> Self {
        Self { vintage: Some(vintage.into()), ..self }
    }

    /// The categories, in the order of the file, without the total. "Unknown" and "Other" are categories like others.
    pub fn categories(&self) -> &[String] {
        &self.categories
    }

    /// The rows, by place and year.
    pub fn rows(&self) -> &[PublishedRow] {
        &self.rows
    }

    /// The row of a place and year. A country-year that is not there was not reported: it is missing, not zero.
    pub fn row(&self, place: &str, year: u16) -> Option<&PublishedRow> {
        let found = self.rows.binary_search_by(|row| (row.place.as_str(), row.year).cmp(&(place, year)));
        found.ok().and_then(|at| self.rows.get(at))
    }

    /// The places, in order.
    pub fn places(&self) -> Vec<&str> {
        self.rows
            .chunk_by(|one, other| one.place == other.place)
            .filter_map(|rows| Some(rows.first()?.place.as_str()))
            .collect()
    }

    /// The position of a category, in any case.
    pub fn category(&self, name: &str) -> Option<usize> {
        self.categories.iter().position(|category| category.eq_ignore_ascii_case(name))
    }

    /// The series of a place: of its totals, or of one category.
    ///
    /// Totals are the published ones; years without are missing.
    ///
    /// # Errors
    /// The table has no such place or category.
    pub fn series(
        &self,
        indicator: impl Into<Cow<'static, str>>,
        place: &str,
        category: Option<&str>,
    ) -> Result<Series, IndicatorError> {
        let refuse = |rule: &'static str| IndicatorError::figures("published table", rule);
        let part = match category {
            None => None,
            Some(name) => Some(self.category(name).ok_or_else(|| refuse("it has no such category"))?),
        };
        let points: BTreeMap<u16, Count> = self
            .rows
            .iter()
            .filter(|row| row.place == place)
            .map(|row| (row.year, part.map_or(row.total, |at| row.parts.get(at).copied().unwrap_or(Count::Missing))))
            .collect();
        if points.is_empty() {
            return Err(refuse("it has no such place"));
        }
        let series = Series::try_new(indicator, points.into_iter().map(|(year, count)| Point::new(year, count)))?;
        Ok(match &self.vintage {
            Some(vintage) => series.with_vintage(vintage.clone()),
            None => series,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(year: u16, total: impl Into<Count>, parts: [u64; 2]) -> PublishedRow {
        PublishedRow { place: "GBR".into(), year, total: total.into(), parts: parts.map(Count::Exact).into() }
    }

    fn table(rows: impl IntoIterator<Item = PublishedRow>) -> Result<PublishedTable, IndicatorError> {
        PublishedTable::try_new(vec!["Male".into(), "Female".into()], rows)
    }

    /// The indicator notes on 16.2.2, unknowns and residuals: United Kingdom 2020 in one of its vintages.
    #[test]
    fn a_published_total_stands_and_the_residual_is_told() {
        let table = table([row(2020, 9_720, [7_124, 2_554]), row(2019, Count::Missing, [7, 2])]).unwrap();
        let found = table.row("GBR", 2020).unwrap();
        assert_eq!((found.whole(), found.residual()), (Whole::Published(Count::Exact(9_720)), Difference::Exact(42)));
        let found = table.row("GBR", 2019).unwrap();
        assert_eq!((found.whole(), found.residual()), (Whole::Added(Count::Exact(9)), Difference::Missing));
        assert_eq!((table.row("GBR", 2018), table.row("FRA", 2020)), (None, None));
        assert_eq!(table.places(), ["GBR"]);
    }

    #[test]
    fn a_series_takes_totals_or_one_category_and_never_adds_up() {
        let table = table([row(2020, 9_720, [7_124, 2_554]), row(2019, Count::Missing, [7, 2])]).unwrap();
        let table = table.with_vintage("2022");
        let totals = table.series("detected-victims", "GBR", None).unwrap();
        let counts: Vec<Count> = totals.points().iter().map(|point| point.count).collect();
        assert_eq!((counts.as_slice(), totals.vintage()), (&[Count::Missing, Count::Exact(9_720)][..], Some("2022")));
        let women = table.series("detected-victims", "GBR", Some("female")).unwrap();
        assert_eq!(women.year(2019).map(|point| point.count), Some(Count::Exact(2)));
        assert!(table.series("detected-victims", "FRA", None).is_err());
        assert!(table.series("detected-victims", "GBR", Some("Other")).is_err());
    }

    #[test]
    fn tables_that_contradict_themselves_are_refused() {
        assert!(table([row(2020, 1, [1, 0]), row(2020, 1, [1, 0])]).is_err());
        assert!(PublishedTable::try_new(vec!["Male".into()], [row(2020, 1, [1, 0])]).is_err());
        assert!(PublishedTable::try_new(vec!["Male".into(), "Male".into()], []).is_err());
    }
}
