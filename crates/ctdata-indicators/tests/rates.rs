//! Rates against a plain loop over the rows, their cells against their numbers, and the choices that move them.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

#[path = "support/population.rs"]
mod population;
#[path = "support/random.rs"]
mod random;

use ctdata_indicators::estimate::{Nature, NotAvailable, Value};
use ctdata_indicators::{
    AllocateUnknown, CATALOGUE, CellRef, Estimate, FormCoding, IndicatorError, PopBase, Population, Request, Traced,
    compute, indicator,
};
use ctdata_model::{CaseTable, Layout, Simulator};
use ctdata_table::{Attribute, Cell, Control, CountTable, Table};
use population::population;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

const FORMS: [&str; 3] = ["forced-labour", "sexual-exploitation", "other"];

static POPULATION: LazyLock<Population> = LazyLock::new(population);

fn rates(table: &Table, request: &Request) -> Vec<Estimate> {
    compute(table, request, Some(&*POPULATION), &Control::default()).unwrap().estimates
}

fn simulated() -> Table {
    Simulator::new(21).cases(Layout::named("ctdc-synthetic-2021").unwrap(), 1_500).unwrap().table().clone()
}

/// The texts of a table, row by row; what is missing is not there.
fn rows(table: &Table) -> Vec<BTreeMap<String, String>> {
    let read = |row: usize| {
        let cell = |(index, attribute): (usize, &Attribute)| match table.cell(row, index).unwrap() {
            Cell::Value(code) => {
                Some((attribute.name().to_owned(), attribute.domain().label(code).unwrap().into_owned()))
            }
            Cell::Missing(_) => None,
        };
        table.schema().attributes().iter().enumerate().filter_map(cell).collect()
    };
    (0..table.rows()).map(read).collect()
}

fn code<'a>(estimate: &'a Estimate, name: &str) -> &'a str {
    &estimate.dimensions.get(name).unwrap().code
}

/// The rows of the country and year of a rate.
fn of_place<'r>(rows: &'r [BTreeMap<String, String>], rate: &Estimate) -> Vec<&'r BTreeMap<String, String>> {
    let is =
        |row: &BTreeMap<String, String>, name: &str, wanted: &str| row.get(name).is_some_and(|found| found == wanted);
    let here = |row: &&BTreeMap<String, String>| {
        is(row, "country_of_exploitation", code(rate, "country")) && is(row, "year_of_registration", code(rate, "year"))
    };
    rows.iter().filter(here).collect()
}

/// The forms of a row with a yes.
fn forms(row: &BTreeMap<String, String>) -> Vec<&'static str> {
    let is_yes = |form: &&str| row.get(&format!("form_{}", form.replace('-', "_"))).is_some_and(|said| said == "yes");
    FORMS.into_iter().filter(|form| is_yes(form)).collect()
}

#[test]
fn totals_and_sexes_equal_a_loop_over_rows() {
    let table = simulated();
    let rows = rows(&table);
    let (total, by_sex) = (rates(&table, &Request::new("16.2.2")), rates(&table, &Request::new("16.2.2").by("sex")));
    let places: BTreeSet<_> = rows
        .iter()
        .filter_map(|row| Some((row.get("country_of_exploitation")?, row.get("year_of_registration")?)))
        .collect();
    assert_eq!(total.len(), places.len());
    for rate in &total {
        assert_eq!(rate.numerator, Some(of_place(&rows, rate).len() as u64));
        assert_eq!((rate.base, rate.population_base, rate.residual), (Some(3_000_000), Some(PopBase::Total), None));
    }
    for rate in &by_sex {
        let here = of_place(&rows, rate);
        let sex = code(rate, "sex");
        let found = here.iter().filter(|row| row.get("gender").is_some_and(|found| found == sex)).count() as u64;
        let unknown = here.iter().filter(|row| !row.contains_key("gender")).count();
        assert_eq!((rate.numerator, rate.unknown), (Some(found), Some(unknown as u64)));
        assert_eq!(rate.residual, i64::try_from(unknown).ok());
        let own = match sex {
            "female" => Some(1_000_000),
            "male" => Some(2_000_000),
            _ => None,
        };
        assert_eq!((rate.base, rate.population_base), (own, Some(PopBase::Own)));
    }
}

#[test]
fn forms_are_counted_once_each_or_once_in_all() {
    let table = simulated();
    let rows = rows(&table);
    let request = Request::new("16.2.2").by("form");
    let (each, once) =
        (rates(&table, &request), rates(&table, &Request { forms: FormCoding::Exclusive, ..request.by("sex") }));
    let mut negative = 0;
    for rate in &each {
        let here = of_place(&rows, rate);
        let form = code(rate, "form");
        assert_eq!(rate.numerator, Some(here.iter().filter(|row| forms(row).contains(&form)).count() as u64));
        let listed: usize = here.iter().map(|row| forms(row).len()).sum();
        let residual = i64::try_from(here.len()).unwrap() - i64::try_from(listed).unwrap();
        assert_eq!((rate.residual, rate.unknown), (Some(residual), None));
        negative += usize::from(residual < 0);
    }
    // Persons in several forms outnumber those without any somewhere.
    assert!(negative > 0);
    let mut mixed = 0;
    for rate in &once {
        let here = of_place(&rows, rate);
        let names: Vec<_> = rate.dimensions.iter().map(|dimension| dimension.name.as_ref()).collect();
        assert_eq!(names, ["country", "year", "form", "sex"]);
        let of_sex =
            |row: &&&BTreeMap<String, String>| row.get("gender").is_some_and(|found| found == code(rate, "sex"));
        let found = here.iter().filter(of_sex).filter(|row| match (forms(row).as_slice(), code(rate, "form")) {
            ([only], form) => *only == form,
            ([_, _, ..], "mixed") => true,
            _ => false,
        });
        let found = found.count() as u64;
        assert_eq!(rate.numerator, Some(found));
        let unknown = here.iter().filter(|row| forms(row).is_empty() || !row.contains_key("gender")).count();
        assert_eq!(rate.unknown, Some(unknown as u64));
        mixed += if code(rate, "form") == "mixed" { found } else { 0 };
    }
    assert!(mixed > 0);
}

#[test]
fn rates_over_all_residents_add_up_and_say_so() {
    let table = simulated();
    let request = Request { population_base: PopBase::Total, ..Request::new("16.2.2").by("sex") };
    for rate in rates(&table, &request) {
        assert_eq!((rate.base, rate.population_base), (Some(3_000_000), Some(PopBase::Total)));
        assert!(rate.notes.iter().any(|note| note.contains("over all residents")));
    }
    // Several categories of a filter have the residents of all of them.
    let both = Request::new("16.2.2").filter("sex", "female").filter("sex", "male").filter("child", "child");
    assert!(rates(&table, &both).iter().all(|rate| rate.base == Some(300_000)));
}

/// By hand: with u of k + u persons unknown, every rate grows by (k + u) / k, and the parts add up to the total again.
#[test]
fn unknown_persons_are_distributed_on_request_and_labelled() {
    let table = simulated();
    let request = Request { population_base: PopBase::Total, ..Request::new("16.2.2").by("sex") };
    let allocated = rates(&table, &Request { unknown: AllocateUnknown::Proportional, ..request });
    let total = rates(&table, &Request::new("16.2.2"));
    let mut compared = 0;
    for whole in &total {
        let here = |rate: &&Estimate| {
            code(rate, "country") == code(whole, "country") && code(rate, "year") == code(whole, "year")
        };
        let parts: Vec<_> = allocated.iter().filter(here).collect();
        assert!(parts.iter().all(|rate| rate.nature == Nature::Estimated));
        let known: u64 = parts.iter().filter_map(|rate| rate.numerator).sum();
        if known == 0 {
            assert!(parts.iter().all(|rate| rate.value == Value::NotAvailable(NotAvailable::Undefined)));
            continue;
        }
        let sum: f64 = parts.iter().filter_map(|rate| rate.value.known()).sum();
        assert!((sum - whole.value.known().unwrap()).abs() < 1e-9);
        compared += 1;
        for part in parts {
            let (value, interval) = (part.value.known().unwrap(), part.interval.unwrap());
            assert!(interval.low() <= value && value <= interval.high());
        }
    }
    assert!(compared > 50);
    let forms = Request { unknown: AllocateUnknown::Proportional, ..Request::new("16.2.2").by("form") };
    let refused = compute(&table, &forms, Some(&*POPULATION), &Control::default()).unwrap_err();
    assert!(matches!(refused, IndicatorError::Request { .. }));
}

#[test]
fn a_filter_leaves_no_zero_of_what_it_leaves_out() {
    let women = rates(&simulated(), &Request::new("female-victims-per-100k").by("sex"));
    assert!(!women.is_empty() && women.iter().all(|rate| code(rate, "sex") == "female"));
}

/// Every rate of the catalogue, by its own definition.
#[test]
fn proxies_are_rates_of_their_own_residents_with_their_label() {
    let table = simulated();
    let rows = rows(&table);
    let is =
        |row: &BTreeMap<String, String>, name: &str, wanted: &str| row.get(name).is_some_and(|found| found == wanted);
    let child = |row: &BTreeMap<String, String>| is(row, "age_band", "0-8") || is(row, "age_band", "9-17");
    for (id, label, base, counted) in [
        (
            "forced-labour-per-100k",
            "not 8.7.1",
            3_000_000,
            &(|row: &BTreeMap<String, String>| is(row, "form_forced_labour", "yes")) as &dyn Fn(&_) -> bool,
        ),
        ("children-in-forced-labour-per-100k", "not 8.7.1", 300_000, &|row: &BTreeMap<String, String>| {
            is(row, "form_forced_labour", "yes") && child(row)
        }),
        ("female-victims-per-100k", "not 5.2.1", 1_000_000, &|row: &BTreeMap<String, String>| {
            is(row, "gender", "female")
        }),
        ("female-victims-of-sexual-exploitation-per-100k", "not 5.2.1", 1_000_000, &|row: &BTreeMap<
            String,
            String,
        >| {
            is(row, "gender", "female") && is(row, "form_sexual_exploitation", "yes")
        }),
    ] {
        let found = rates(&table, &Request::new(id));
        assert!(found.iter().any(|rate| rate.numerator > Some(0)), "{id}");
        for rate in &found {
            let expected = of_place(&rows, rate).iter().filter(|row| counted(row)).count() as u64;
            assert_eq!((rate.numerator, rate.base), (Some(expected), Some(base)), "{id}");
            assert!(rate.notes.iter().any(|note| note.contains(label)), "{id}");
            assert_ne!(rate.code.as_deref(), Some("16.2.2"));
        }
    }
}

#[test]
fn forced_marriage_is_not_available_where_it_is_merged() {
    for id in ["P-53", "P-53-CH", "P-53-FEM"] {
        let found = compute(&simulated(), &Request::new(id), None, &Control::default()).unwrap().estimates;
        assert!(!found.is_empty());
        assert!(found.iter().all(|share| share.value == Value::NotAvailable(NotAvailable::NotSeparable)), "{id}");
        assert!(found.iter().all(|share| share.notes.iter().any(|note| note.contains("not 5.3.1"))));
    }
}

/// Adds up cells, none of which may be named twice.
fn sum(cells: &[CellRef], tables: &[CountTable]) -> u64 {
    let distinct: BTreeSet<_> = cells.iter().collect();
    assert_eq!(distinct.len(), cells.len());
    cells.iter().map(|cell| tables[cell.table].get(&cell.key)).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn traced_rates_are_the_sums_of_their_cells(
        seed in any::<u64>(),
        rows in 0usize..60,
        layout in prop::sample::select(vec!["ctdc-synthetic-2021", "ctdc-kanon-63"]),
        by in prop::sample::select(vec![
            vec![], vec!["sex"], vec!["form"], vec!["sex", "child-or-adult"], vec!["form", "sex"], vec!["sex", "form"],
        ]),
        filter in prop::sample::select(vec![None, Some(("sex", "female")), Some(("form", "forced-labour"))]),
        exclusive in any::<bool>(),
        zeros_limit in prop::sample::select(vec![0usize, 20, 20_000]),
    ) {
        let schema = CaseTable::schema(Layout::named(layout).unwrap(), |_| None).unwrap();
        let table = random::random(&schema, rows, &mut seed.clone());
        let request = Request {
            by: by.into_iter().map(str::to_owned).collect(),
            filters: filter.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect(),
            forms: if exclusive { FormCoding::Exclusive } else { FormCoding::MultiResponse },
            ..Request::default()
        };
        for definition in CATALOGUE.iter().filter(|definition| definition.needs_population()) {
            let request = Request { id: definition.id.to_owned(), ..request.clone() };
            let result = match compute(&table, &request, None, &Control::default()) {
                Ok(result) => result,
                Err(IndicatorError::Request { .. } | IndicatorError::Unavailable { .. }) => continue,
                Err(error) => return Err(TestCaseError::fail(error.to_string())),
            };
            let figures = definition.trace(&request, &result.counts, None, zeros_limit).unwrap();
            prop_assert_eq!(figures.len(), result.estimates.len());
            for (Traced { estimate, numerator, base, unknown }, plain) in figures.iter().zip(&result.estimates) {
                prop_assert_eq!(&Estimate { residual: plain.residual, ..estimate.clone() }, plain);
                prop_assert_eq!((estimate.residual, base.len()), (None, 0));
                prop_assert_eq!(estimate.numerator, Some(sum(numerator, &result.counts)));
                prop_assert_eq!(estimate.unknown.unwrap_or(0), sum(unknown, &result.counts));
            }
        }
    }
}

/// A zero may have to be withheld as any other figure.
#[test]
fn a_zero_names_its_cells_and_distributed_rates_are_not_traced() {
    let table = random::synthetic(80, 3);
    let request = Request::new("16.2.2").by("sex");
    let result = compute(&table, &request, None, &Control::default()).unwrap();
    let definition = indicator("16.2.2").unwrap();
    let figures = definition.trace(&request, &result.counts, None, 100_000).unwrap();
    assert!(figures.iter().any(|figure| figure.estimate.numerator == Some(0)));
    assert!(figures.iter().all(|figure| !figure.numerator.is_empty()));
    let distributed = Request { unknown: AllocateUnknown::Proportional, ..request };
    assert!(definition.trace(&distributed, &result.counts, None, 100_000).is_err());
}
