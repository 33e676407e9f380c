//! Every figure is the sum of the cells that it is said to be the sum of, and the same as without cells.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

#[path = "support/random.rs"]
mod random;

use ctdata_indicators::{
    Base, CATALOGUE, CellRef, FormCoding, GeoLevel, IndicatorError, Request, Traced, compute, indicator,
};
use ctdata_model::{CaseTable, Layout};
use ctdata_table::{Control, CountTable, Table};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Adds up cells, none of which may be named twice.
fn sum(cells: &[CellRef], tables: &[CountTable]) -> u64 {
    let distinct: BTreeSet<_> = cells.iter().collect();
    assert_eq!(distinct.len(), cells.len());
    let count = |cell: &CellRef| {
        assert_eq!(cell.key.len(), tables[cell.table].dimensions().len());
        tables[cell.table].get(&cell.key)
    };
    cells.iter().map(count).sum()
}

/// Traces every indicator that can answer; how many figures that made.
fn check(table: &Table, request: &Request, zeros_limit: usize) -> usize {
    let mut checked = 0;
    for definition in CATALOGUE.iter().filter(|definition| !definition.needs_population()) {
        let request = Request { id: definition.id.to_owned(), ..request.clone() };
        let result = match compute(table, &request, None, &Control::default()) {
            Ok(result) => result,
            Err(
                IndicatorError::Request { .. }
                | IndicatorError::Unavailable { .. }
                | IndicatorError::NotCollected { .. },
            ) => continue,
            Err(error) => panic!("{error}"),
        };
        let figures = definition.trace(&request, &result.counts, None, zeros_limit);
        if definition.id == "trafficking-duration-quartiles" {
            assert!(matches!(figures, Err(IndicatorError::Request { .. })));
            continue;
        }
        let figures = figures.unwrap();
        let mut plain = definition.estimates(&request, &result.counts, None).unwrap();
        // A flag of few victims would say how many a withheld figure is at most.
        for estimate in &mut plain {
            estimate.notes.retain(|note| !note.starts_with("fewer than"));
        }
        assert_eq!(figures.iter().map(|figure| &figure.estimate).collect::<Vec<_>>(), plain.iter().collect::<Vec<_>>());
        for Traced { estimate, numerator, base, unknown } in &figures {
            let printed = [estimate.numerator, estimate.base, estimate.unknown];
            let [numerator, base, unknown] = [numerator, base, unknown].map(|cells| sum(cells, &result.counts));
            // What the file merges has no numbers and no cells.
            assert_eq!(printed.map(Option::unwrap_or_default), [numerator, base, unknown], "{}", definition.id);
        }
        checked += figures.len();
    }
    checked
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn traced_sums_are_the_printed_numbers(
        seed in any::<u64>(),
        rows in 0usize..60,
        layout in prop::sample::select(vec!["ctdc-synthetic-2021", "ctdc-kanon-63"]),
        by in prop::sample::select(vec![
            vec![], vec!["sex"], vec!["year"], vec!["form"], vec!["sex", "child-or-adult"], vec!["citizenship"],
            vec!["region-of-origin", "year"],
        ]),
        filter in prop::sample::select(vec![None, Some(("sex", "female")), Some(("form", "forced-labour"))]),
        base in prop::sample::select(vec![None, Some(Base::AnyInGroup), Some(Base::Answered), Some(Base::All)]),
        (exclusive, by_country) in any::<(bool, bool)>(),
        zeros_limit in prop::sample::select(vec![0usize, 20, 5_000]),
    ) {
        let schema = CaseTable::schema(Layout::named(layout).unwrap(), |_| None).unwrap();
        let table = random::random(&schema, rows, &mut seed.clone());
        let request = Request {
            by: by.into_iter().map(str::to_owned).collect(),
            filters: filter.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect(),
            base,
            forms: if exclusive { FormCoding::Exclusive } else { FormCoding::MultiResponse },
            flow_level: if by_country { GeoLevel::Country } else { GeoLevel::Region },
            ..Request::default()
        };
        check(&table, &request, zeros_limit);
    }
}

#[test]
fn every_share_of_the_catalogue_is_traced() {
    let table = random::synthetic(200, 12);
    assert!(check(&table, &Request::default(), 1_000) > 100);
}

/// A zero may have to be withheld as any other figure.
#[test]
fn a_zero_names_the_cells_that_are_zero() {
    let table = random::synthetic(40, 5);
    let request = Request::new("sex").by("age");
    let result = compute(&table, &request, None, &Control::default()).unwrap();
    let figures = indicator("sex").unwrap().trace(&request, &result.counts, None, 1_000).unwrap();
    let zeros: Vec<&Traced> = figures.iter().filter(|figure| figure.estimate.numerator == Some(0)).collect();
    assert!(!zeros.is_empty());
    for figure in zeros {
        assert_eq!(figure.numerator.len(), 1);
        assert!(figure.base.contains(&figure.numerator[0]));
    }
    // Above the limit, only what is not zero is named.
    let figures = indicator("sex").unwrap().trace(&request, &result.counts, None, 3).unwrap();
    assert!(figures.iter().all(|figure| figure.numerator.is_empty() == (figure.estimate.numerator == Some(0))));
}
