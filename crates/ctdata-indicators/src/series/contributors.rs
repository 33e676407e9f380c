//! Series of the organizations that contributed throughout.

use super::{Point, Series};
use crate::IndicatorError;
use crate::estimate::Years;
use ctdata_table::{CountTable, Dimension};
use std::collections::BTreeMap;

/// A series of the sources that have records in every year, and what was left out for it.
///
/// Where organizations come and go, a total rises and falls with them. The restriction keeps the organizations the same;
/// it does not keep their size, their region or their way of working the same.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ConstantContributors {
    /// The records of the sources that are in every year.
    pub series: Series,
    /// The years.
    pub years: Years,
    /// The positions of these sources among the categories of the source dimension.
    pub kept: Vec<u16>,
    /// The number of sources with records in some of the years only.
    pub left_out: usize,
    /// Records of these years from sources that were left out.
    pub records_left_out: u64,
    /// Records of these years whose source is not known.
    pub source_unknown: u64,
}

/// The series of `indicator` by the sources that have at least one record in each of the years, from a table with a
/// dimension of sources and one of years; other dimensions are added up.
///
/// Without `years` they run from the first to the last year with records. Records without a known year are in no year.
///
/// # Errors
/// The table has no such dimensions, or a dimension whose categories overlap; a category of the year is no year; no
/// source is in every year.
pub fn constant_contributors(
    indicator: &'static str,
    table: &CountTable,
    source: &str,
    year: &str,
    years: Option<Years>,
) -> Result<ConstantContributors, IndicatorError> {
    let refuse = |rule: String| IndicatorError::figures(format!("count table `{}`", table.id()), rule);
    let margin = table.margin(&[source, year])?;
    // The margin keeps the order of the table.
    let [first, second] = margin.dimensions() else {
        return Err(refuse("a source and a year are two dimensions".to_owned()));
    };
    if !(first.is_exclusive() && second.is_exclusive()) {
        return Err(refuse("a record has one source and one year".to_owned()));
    }
    let source_first = first.name() == source;
    let (of_source, of_year) = if source_first { (first, second) } else { (second, first) };
    let year_codes = years_of(of_year).map_err(|()| refuse(format!("the categories of `{year}` are not years")))?;

    let mut counts = BTreeMap::<(u16, u16), u64>::new();
    let mut source_unknown = BTreeMap::<u16, u64>::new();
    for (key, count) in margin.cells() {
        let &[one, other] = key else { continue };
        let (source, year) = if source_first { (one, other) } else { (other, one) };
        let Some(Some(year)) = year_codes.get(usize::from(year)) else { continue };
        *if of_source.is_missing(source) {
            source_unknown.entry(*year).or_default()
        } else {
            counts.entry((source, *year)).or_default()
        } += count;
    }
    let present = || counts.keys().map(|(_, year)| *year);
    let seen = present().min().zip(present().max()).map(|(first, last)| Years::between(first, last));
    let Some(years) = years.or(seen) else {
        return Err(refuse("there are no records with a source and a year".to_owned()));
    };
    let window = years.first()..=years.last();
    counts.retain(|(_, year), _| window.contains(year));

    let mut contributed = BTreeMap::<u16, usize>::new();
    for (source, _) in counts.keys() {
        *contributed.entry(*source).or_default() += 1;
    }
    let kept: Vec<u16> = contributed.iter().filter(|(_, n)| **n == window.len()).map(|(source, _)| *source).collect();
    if kept.is_empty() {
        return Err(refuse(format!("no source has records in each of the years {years}")));
    }
    let is_kept = |source: u16| kept.binary_search(&source).is_ok();
    let of_kept = |year: u16| kept.iter().filter_map(|source| counts.get(&(*source, year))).sum::<u64>();
    Ok(ConstantContributors {
        series: Series::try_new(indicator, window.clone().map(|year| Point::new(year, of_kept(year))))?,
        years,
        left_out: contributed.len() - kept.len(),
        records_left_out: counts.iter().filter(|((source, _), _)| !is_kept(*source)).map(|(_, count)| count).sum(),
        source_unknown: source_unknown.range(window).map(|(_, count)| count).sum(),
        kept,
    })
}

/// The year of each category; none for those that stand for missing.
fn years_of(dimension: &Dimension) -> Result<Vec<Option<u16>>, ()> {
    let year = |(position, category): (u16, &ctdata_table::Category)| {
        if dimension.is_missing(position) { Ok(None) } else { category.code.parse().map(Some).map_err(|_| ()) }
    };
    (0_u16..).zip(&dimension.categories).map(year).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Count;
    use ctdata_table::{Category, Variable};
    use proptest::prelude::*;

    fn dimension(name: &str, codes: &[&str]) -> Dimension {
        Dimension {
            variable: Variable::attribute(name),
            categories: codes.iter().map(|code| Category::new(*code, *code)).collect(),
        }
    }

    fn table(cells: &[([u16; 2], u64)]) -> CountTable {
        let dimensions = vec![
            dimension("year", &["2019", "2020", "2021", "not-recorded"]),
            dimension("source", &["a", "b", "c", "not-recorded"]),
        ];
        let total = cells.iter().map(|(_, count)| count).sum();
        CountTable::try_new("by-source", dimensions, cells.iter().map(|(key, n)| (key.to_vec(), *n)), total).unwrap()
    }

    /// Source b has no record in 2020, source c none after it; records without a source or a year are in no series.
    #[test]
    fn only_sources_of_every_year_are_kept() {
        let cells = [
            ([0, 0], 5),
            ([1, 0], 6),
            ([2, 0], 7),
            ([0, 1], 50),
            ([2, 1], 70),
            ([0, 2], 1),
            ([1, 2], 2),
            ([1, 3], 900),
            ([3, 0], 800),
        ];
        let found = constant_contributors("detected-victims", &table(&cells), "source", "year", None).unwrap();
        let counts: Vec<Count> = found.series.points().iter().map(|point| point.count).collect();
        assert_eq!(counts, [5, 6, 7].map(Count::Exact));
        assert_eq!((found.kept.as_slice(), found.left_out), (&[0][..], 2));
        assert_eq!((found.records_left_out, found.source_unknown), (123, 900));
        let early = Some(Years::between(2019, 2020));
        let found = constant_contributors("detected-victims", &table(&cells), "source", "year", early).unwrap();
        assert_eq!((found.kept.as_slice(), found.records_left_out), (&[0, 2][..], 50));
    }

    #[test]
    fn what_cannot_be_restricted_is_refused() {
        let refusal = |cells: &[([u16; 2], u64)], source: &str, year: &str| {
            constant_contributors("detected-victims", &table(cells), source, year, None).unwrap_err().to_string()
        };
        let changing = [([0, 0], 5), ([1, 1], 5)];
        assert_eq!(
            refusal(&changing, "source", "year"),
            "count table `by-source`: no source has records in each of the years 2019/2020"
        );
        assert!(refusal(&[], "source", "year").ends_with("there are no records with a source and a year"));
        assert!(refusal(&changing, "year", "source").ends_with("the categories of `source` are not years"));
        assert!(refusal(&changing, "source", "source").ends_with("a source and a year are two dimensions"));
        assert!(refusal(&changing, "organization", "year").contains("there is no dimension `organization`"));
    }

    proptest! {
        /// Kept, left out and unknown records are all there are.
        #[test]
        fn every_record_is_accounted_for(cells in proptest::collection::btree_map(((0_u16..3), (0_u16..4)), 1_u64..9, 1..12)) {
            let cells: Vec<([u16; 2], u64)> = cells.into_iter().map(|((year, source), n)| ([year, source], n)).collect();
            let years = Some(Years::between(2019, 2021));
            if let Ok(found) = constant_contributors("detected-victims", &table(&cells), "source", "year", years) {
                let kept: u64 = found.series.points().iter().filter_map(|point| point.count.exact()).sum();
                let all: u64 = cells.iter().map(|(_, n)| n).sum();
                prop_assert_eq!(kept + found.records_left_out + found.source_unknown, all);
                for source in found.kept {
                    prop_assert!((0..3).all(|year| cells.iter().any(|(key, _)| *key == [year, source])));
                }
            }
        }
    }
}
