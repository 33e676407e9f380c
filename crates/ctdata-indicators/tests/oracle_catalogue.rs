//! The whole catalogue of simulated files against a second implementation that goes row by row.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

#[path = "support/population.rs"]
mod population;
#[path = "support/random.rs"]
mod random;
#[path = "support/rows.rs"]
mod rows;
#[path = "support/texts.rs"]
mod texts;

use ctdata_indicators::estimate::{NotAvailable, Value};
use ctdata_indicators::{
    Base, CATALOGUE, Definition, Estimate, GeoLevel, IndicatorError, Population, Request, compute, compute_all,
    compute_clustered,
};
use ctdata_model::{CaseTable, Country, Layout, Simulator};
use ctdata_table::{Control, Ids, Table};
use population::population;
use rows::{counts, residents, text};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;
use texts::{Row, texts};

static POPULATION: LazyLock<Population> = LazyLock::new(population);

/// Numerator and base of an estimate among these rows.
fn expected<'r>(estimate: &Estimate, rows: impl IntoIterator<Item = &'r Row>) -> (u64, u64) {
    let (mut numerator, mut base) = (0, 0);
    for row in rows {
        let (in_base, counted) = counts(estimate, row);
        base += u64::from(in_base);
        numerator += u64::from(counted);
    }
    (numerator, base)
}

/// Checks every estimate of the catalogue; which indicators that were.
fn check(table: &Table, request: &Request, of: impl Fn(&Estimate, &Row) -> bool) -> BTreeSet<&'static str> {
    let rows = texts(table);
    let place =
        |row: &Row| ["country_of_exploitation", "year_of_registration"].map(|name| text(row, name).map(str::to_owned));
    let mut of_place = HashMap::<_, Vec<&Row>>::new();
    for row in &rows {
        of_place.entry(place(row)).or_default().push(row);
    }
    let all = compute_all(table, request, Some(&POPULATION), &Control::default()).unwrap();
    let mut checked = BTreeSet::new();
    for result in &all.results {
        let definition = result.indicator;
        for estimate in &result.estimates {
            if definition.needs_population() {
                // Nobody else is in its country and year.
                let place = ["country", "year"].map(|name| estimate.dimensions.get(name).map(|d| d.code.to_string()));
                let rows = of_place.get(&place).map_or(&[][..], Vec::as_slice);
                let (numerator, _) = expected(estimate, rows.iter().copied().filter(|row| of(estimate, row)));
                assert_eq!(estimate.numerator, Some(numerator), "{estimate:?}");
                if request.filters.is_empty() && request.by.is_empty() {
                    assert_eq!(estimate.base, Some(residents(definition)), "{estimate:?}");
                }
            } else {
                let (numerator, base) = expected(estimate, rows.iter().filter(|row| of(estimate, row)));
                // Merged answers have no numbers; quartiles have no numerator.
                assert_eq!(estimate.base.unwrap_or(base), base, "{estimate:?}");
                assert_eq!(estimate.numerator.unwrap_or(numerator), numerator, "{estimate:?}");
                if estimate.base.is_some() && definition.id != "trafficking-duration-quartiles" {
                    assert!(estimate.numerator.is_some(), "{estimate:?}");
                }
            }
            checked.insert(definition.id);
        }
    }
    checked
}

/// Every entry but those that need records of cases or victim-perpetrator files, which are recounted with their kinds.
#[test]
fn every_numerator_and_base_is_confirmed_row_by_row() {
    let mut checked = BTreeSet::new();
    let mut missing = BTreeSet::new();
    for layout in ["ctdc-synthetic-2021", "ctdc-synthetic-2024", "ctdc-kanon-63"] {
        let layout = Layout::named(layout).unwrap();
        let cases = Simulator::new(21).cases(layout, 500).unwrap();
        checked.extend(check(cases.table(), &Request::default(), |_, _| true));
        let schema = cases.table().schema();
        let is_missing = |definition: &&'static Definition| {
            let tables = definition.tables(&Request::default(), schema);
            matches!(tables, Err(IndicatorError::NotCollected { .. }))
        };
        missing.extend(CATALOGUE.iter().filter(is_missing).map(|definition| definition.id));
        // Broken down by year, in which each case is recorded or not.
        let cases = Simulator::new(22).cases(layout, 150).unwrap();
        let by_year = Request::default().by("year");
        checked.extend(check(cases.table(), &by_year, |estimate, row| {
            let year = estimate.dimensions.get("year").unwrap().code.as_ref();
            text(row, "year_of_registration").unwrap_or("not-recorded") == year
        }));
    }
    let of_cases: BTreeSet<_> =
        CATALOGUE.iter().map(|definition| definition.id).filter(|id| !missing.contains(id)).collect();
    assert_eq!(checked, of_cases);
    assert!(of_cases.len() > 35, "{} entries", of_cases.len());
}

/// Year, country, region, sex, age band, form and source: each lets through the rows that a loop finds.
#[test]
fn every_filter_selects_the_rows_that_it_says() {
    let schema = CaseTable::schema(Layout::named("ctdc-kanon-63").unwrap(), |_| None).unwrap();
    let table = random::random(&schema, 400, &mut 31);
    let rows = texts(&table);
    let most_used = |attribute: &str| {
        let mut found = BTreeMap::<&str, usize>::new();
        rows.iter().filter_map(|row| text(row, attribute)).for_each(|text| *found.entry(text).or_default() += 1);
        found.into_iter().max_by_key(|(_, count)| *count).unwrap().0.to_owned()
    };
    for (dimension, attribute) in [
        ("year", "year_of_registration"),
        ("country", "country_of_exploitation"),
        ("citizenship", "citizenship"),
        ("sex", "gender"),
        ("age", "age_band"),
        ("source", "data_source"),
    ] {
        let value = most_used(attribute);
        let request = Request::default().filter(dimension, &value);
        let checked = check(&table, &request, |_, row| text(row, attribute) == Some(&value));
        assert!(checked.len() > 15, "{dimension}");
    }
    let request = Request::default().filter("region-of-origin", "Africa");
    check(&table, &request, |_, row| {
        let region = rows::country(row, "citizenship").and_then(Country::region);
        region.is_some_and(|region| region.code() == "002")
    });
    let request = Request::default().filter("form", "sexual-exploitation");
    check(&table, &request, |_, row| rows::yes(row, "form_sexual_exploitation"));
    // Several conditions at once.
    let request = Request::default().filter("sex", "female").filter("form", "forced-labour");
    check(&table, &request, |_, row| text(row, "gender") == Some("female") && rows::yes(row, "form_forced_labour"));
}

#[test]
fn completeness_is_given_by_year_and_source() {
    let schema = CaseTable::schema(Layout::named("ctdc-kanon-63").unwrap(), |_| None).unwrap();
    let table = random::random(&schema, 300, &mut 32);
    let request = Request::new("completeness").by("year").by("source");
    let shares = compute(&table, &request, None, &Control::default()).unwrap().estimates;
    let rows = texts(&table);
    for share in &shares {
        let is = |row: &Row, attribute: &str, name: &str| {
            let code = share.dimensions.get(name).unwrap().code.as_ref();
            text(row, attribute).unwrap_or("not-recorded") == code
        };
        let of = |row: &Row| is(row, "year_of_registration", "year") && is(row, "data_source", "source");
        assert_eq!(Some(expected(share, rows.iter().filter(|row| of(row)))), share.numerator.zip(share.base));
    }
    assert!(shares.len() > 100);
}

#[test]
fn children_by_citizenship_leaves_unknown_citizenship_out_and_flags_few() {
    let schema = CaseTable::schema(Layout::named("ctdc-synthetic-2021").unwrap(), |_| None).unwrap();
    let table = random::random(&schema, 60, &mut 33);
    let shares = compute(&table, &Request::new("V-CHC"), None, &Control::default()).unwrap().estimates;
    assert!(shares.iter().all(|share| share.dimensions.get("citizenship").unwrap().code != "not-recorded"));
    let few = |share: &Estimate| share.notes.iter().any(|note| note.starts_with("fewer than 10 victims"));
    let victims = |share: &Estimate| share.base.unwrap() + share.unknown.unwrap();
    assert!(shares.iter().all(|share| few(share) == (victims(share) < 10)));
    assert!(shares.iter().any(few) && !shares.iter().all(few));
}

#[test]
fn quartiles_have_months_or_say_that_the_band_is_open() {
    let cases = Simulator::new(34).cases(Layout::named("ctdc-synthetic-2024").unwrap(), 2_000).unwrap();
    let request = Request::new("trafficking-duration-quartiles").by("sex");
    let quartiles = compute(cases.table(), &request, None, &Control::default()).unwrap().estimates;
    for three in quartiles.chunks(3) {
        let months: Vec<f64> = three.iter().map_while(|quartile| quartile.value.known()).collect();
        assert!(months.is_sorted() && months.iter().all(|months| (0.0..=24.0).contains(months)));
        // What is not known lies above what is: the bands of 2024 end at 24 months.
        for open in three.iter().skip(months.len()).filter(|open| open.base != Some(0)) {
            assert_eq!(open.value, Value::NotAvailable(NotAvailable::NotSeparable));
            assert_eq!(open.notes.last().unwrap(), "it lies in the open band: at least 24 months");
        }
    }
    assert!(quartiles.iter().any(|quartile| quartile.value.known().is_some()));
}

/// Numerators, bases and values are those without cases, and the design effect is that of a loop over cases.
#[test]
fn persons_in_cases_have_the_variance_of_a_loop_over_cases() {
    let schema = CaseTable::schema(Layout::named("ctdc-synthetic-2021").unwrap(), |_| None).unwrap();
    let table = random::random(&schema, 400, &mut 35);
    let rows = texts(&table);
    let case = |row: usize| (row * row + 7 * row) % 83;
    let clusters: Ids = (0..rows.len()).map(|row| format!("case {}", case(row))).collect();
    let mut compared = 0;
    for id in ["form-of-exploitation", "sex", "children", "flows", "labour-sector-of-forced-labour", "completeness"] {
        let request = Request::new(id);
        let plain = compute(&table, &request, None, &Control::default()).unwrap().estimates;
        let clustered = compute_clustered(&table, &clusters, &request, &Control::default()).unwrap().estimates;
        assert_eq!(plain.len(), clustered.len());
        for (plain, estimate) in plain.iter().zip(&clustered) {
            assert_eq!(
                (&plain.dimensions, plain.numerator, plain.base, plain.value, plain.period),
                (&estimate.dimensions, estimate.numerator, estimate.base, estimate.value, estimate.period)
            );
            let Some(interval) = estimate.interval else {
                continue;
            };
            let mut cases = HashMap::<usize, (f64, f64)>::new();
            for (number, row) in rows.iter().enumerate() {
                if let (true, counted) = counts(estimate, row) {
                    let (y, x) = cases.entry(case(number)).or_default();
                    *y += f64::from(u8::from(counted));
                    *x += 1.0;
                }
            }
            let (y, n) = cases.values().fold((0.0, 0.0), |(sum_y, sum_x), (y, x)| (sum_y + y, sum_x + x));
            let (p, c) = (y / n, f64::from(u32::try_from(cases.len()).unwrap()));
            let residuals: f64 = cases.values().map(|(y, x)| (y - p * x) * (y - p * x)).sum();
            let variance = c / (c - 1.0) * residuals / (n * n);
            if y > 0.0 && y < n {
                let effect = variance / (p * (1.0 - p) / (n - 1.0));
                let note = format!("design effect {effect:.2}, {c} cases");
                assert!(estimate.notes.last().unwrap().contains(&note), "{note}: {estimate:?}");
                // Never narrower than for independent persons.
                let plain = plain.interval.unwrap();
                assert!(interval.low() <= plain.low() + 1e-9 && interval.high() >= plain.high() - 1e-9);
                compared += 1;
            }
        }
    }
    assert!(compared > 40);
}

#[test]
fn cases_are_refused_where_they_do_not_fit() {
    let table = random::synthetic(10, 36);
    let clusters: Ids = (0..10).map(|row| row.to_string()).collect();
    let refuse = |clusters: &Ids, request: Request| {
        compute_clustered(&table, clusters, &request, &Control::default()).unwrap_err().to_string()
    };
    assert!(refuse(&clusters, Request::new("16.2.2")).contains("computed of shares"));
    assert!(refuse(&clusters.take(&[0, 1]), Request::new("sex")).contains("the list of cases"));
    let exact = ctdata_indicators::interval::ShareInterval::ClopperPearson;
    let request = Request { share_interval: exact, ..Request::new("sex") };
    assert!(refuse(&clusters, request).contains("Wilson"));
    // Each person a case of their own: all is as without cases.
    let request = Request { base: Some(Base::All), flow_level: GeoLevel::Country, ..Request::new("flows") };
    let plain = compute(&table, &request, None, &Control::default()).unwrap().estimates;
    let single = compute_clustered(&table, &clusters, &request, &Control::default()).unwrap().estimates;
    for (plain, single) in plain.iter().zip(&single) {
        let (plain, single) = (plain.interval.unwrap(), single.interval.unwrap());
        assert!((plain.low() - single.low()).abs() < 1e-9 && (plain.high() - single.high()).abs() < 1e-9);
    }
}
