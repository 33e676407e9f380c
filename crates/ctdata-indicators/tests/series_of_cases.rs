//! Series from cases to trend, against loops over the rows of simulated files.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use ctdata_indicators::series::{Series, constant_contributors};
use ctdata_indicators::{Count, Persons, Population, Request, compute};
use ctdata_model::{CaseAttribute, Country, Layout, Simulator};
use ctdata_table::{Cell, Control, Table, Variable, tabulate};
use std::collections::{BTreeMap, BTreeSet};

fn cases(layout: &str) -> Table {
    Simulator::new(6).cases(Layout::named(layout).unwrap(), 4_000).unwrap().table().clone()
}

/// The code of an attribute in each row; none where it is missing.
fn codes(table: &Table, attribute: CaseAttribute) -> Vec<Option<String>> {
    let name = attribute.name();
    let at = table.schema().attributes().iter().position(|found| found.name() == name).unwrap();
    let domain = table.schema().attributes().get(at).unwrap().domain();
    let code = |row| match table.cell(row, at).unwrap() {
        Cell::Value(code) => Some(domain.label(code).unwrap().into_owned()),
        Cell::Missing(_) => None,
    };
    (0..table.rows()).map(code).collect()
}

/// Rows by two attributes, where both are recorded.
fn count(table: &Table, group: CaseAttribute) -> BTreeMap<(String, u16), u64> {
    let years = codes(table, CaseAttribute::YearOfRegistration);
    let mut counts = BTreeMap::new();
    for (group, year) in codes(table, group).into_iter().zip(years) {
        if let Some((group, year)) = group.zip(year) {
            *counts.entry((group, year.parse().unwrap())).or_default() += 1;
        }
    }
    counts
}

#[test]
fn yearly_rates_make_a_series_for_each_country() {
    let table = cases("ctdc-synthetic-2024");
    let residents = Persons::try_new(5e6).unwrap();
    let mut population = Population::new("invented", "1");
    for country in Country::ALL {
        for year in 2000..=2030 {
            let key = ctdata_indicators::population::PopulationKey::total(*country, year);
            population.insert(key, residents).unwrap();
        }
    }
    let request = Request::new("16.2.2");
    let rates = compute(&table, &request, Some(&population), &Control::default()).unwrap().estimates;
    let series = Series::from_estimates(&rates).unwrap();

    let mut told = BTreeMap::new();
    for series in &series {
        let country = series.dimensions().iter().next().unwrap();
        for point in series.points() {
            assert_eq!((point.residents, point.partial), (Some(residents), false));
            told.insert((country.code.to_string(), point.year), point.count.exact().unwrap());
        }
    }
    let counted = count(&table, CaseAttribute::CountryOfExploitation);
    assert!(counted.len() > 50 && series.len() > 5);
    assert_eq!(told, counted);
}

#[test]
fn contributors_present_throughout_are_those_of_every_year() {
    let table = cases("ctdc-kanon-64");
    let [source, year] = [CaseAttribute::DataSource, CaseAttribute::YearOfRegistration].map(CaseAttribute::name);
    let variables = [&source, &year].map(|name| Variable::attribute(name.to_string()));
    let counted = tabulate(&table, "by-source", &variables, &Control::default()).unwrap();
    let by_source = count(&table, CaseAttribute::DataSource);
    let (first, last) = (2016, 2018);
    let window = ctdata_indicators::estimate::Years::between(first, last);
    let found = constant_contributors("detected-victims", &counted, &source, &year, Some(window)).unwrap();

    let sources: BTreeSet<&String> = by_source.keys().map(|(source, _)| source).collect();
    let present = |source: &&&String| (first..=last).all(|year| by_source.contains_key(&((**source).clone(), year)));
    let kept: Vec<&&String> = sources.iter().filter(present).collect();
    assert_eq!(found.kept.len(), kept.len());
    for point in found.series.points() {
        let rows: u64 = kept.iter().filter_map(|source| by_source.get(&((**source).clone(), point.year))).sum();
        assert_eq!(point.count, Count::Exact(rows), "{}", point.year);
    }
}
