//! SDG 16.2.2 against the worked rates of the indicator notes (§1) and the rules on zero and missing.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use ctdata_indicators::estimate::{Attribution, ChildBasis, NotAvailable, Value};
use ctdata_indicators::population::{AgeGroup, PopulationKey, PopulationSex, Thousands};
use ctdata_indicators::{Estimate, Population, Request, compute};
use ctdata_model::{CaseAttribute, ExploitationForm};
use ctdata_table::{Attribute, Cell, Control, Ids, Missing, Schema, Table, TableBuilder};

const COLUMNS: [CaseAttribute; 6] = [
    CaseAttribute::CountryOfExploitation,
    CaseAttribute::YearOfRegistration,
    CaseAttribute::Gender,
    CaseAttribute::AgeBand,
    CaseAttribute::Citizenship,
    CaseAttribute::Form(ExploitationForm::ForcedLabour),
];

/// Rows of texts; an empty one is not recorded.
fn table(rows: &[[&str; 6]]) -> Table {
    let schema = Schema::try_new(COLUMNS.map(CaseAttribute::attribute).into()).unwrap();
    let attributes: Vec<Attribute> = schema.attributes().to_vec();
    let mut builder = TableBuilder::new(schema);
    for row in rows {
        let cell = |(text, attribute): (&&str, &Attribute)| match attribute.domain().code_of(text) {
            Some(code) => Cell::Value(code),
            None if text.is_empty() => Cell::Missing(Missing::NotRecorded),
            None => panic!("{text}"),
        };
        builder.push_row(&row.iter().zip(&attributes).map(cell).collect::<Vec<_>>()).unwrap();
    }
    builder.finish().unwrap()
}

fn population() -> Population {
    let mut population = Population::new("invented", "1");
    let key = |country: &str| PopulationKey::total(country.parse().unwrap(), 2018);
    let insert = |population: &mut Population, key, thousands| {
        population.insert(key, Thousands::try_new(thousands).unwrap()).unwrap();
    };
    insert(&mut population, key("JM"), 2_727.0);
    insert(&mut population, key("MT"), 350.0);
    insert(&mut population, key("MT").of_sex(PopulationSex::Female), 170.0);
    insert(&mut population, key("MT").of_ages(AgeGroup::UNDER_18), 70.0);
    population
}

fn rates(table: &Table, request: &Request) -> Vec<Estimate> {
    compute(table, request, Some(&population()), &Control::default()).unwrap().estimates
}

fn at<'a>(estimates: &'a [Estimate], codes: &[&str]) -> &'a Estimate {
    let found = estimates.iter().find(|e| e.dimensions.iter().map(|d| d.code.as_ref()).eq(codes.iter().copied()));
    found.unwrap_or_else(|| panic!("{codes:?}"))
}

fn digits(value: f64, printed: f64) {
    assert!((value - printed).abs() <= 5e-7, "{value} is not {printed}");
}

/// Five cases in Jamaica, one without sex; one woman in Malta; others without a place.
fn cases() -> Table {
    table(&[
        ["JM", "2018", "female", "9-17", "JM", "yes"],
        ["JM", "2018", "female", "18-20", "JM", ""],
        ["JM", "2018", "male", "18-20", "HT", "yes"],
        ["JM", "2018", "male", "", "HT", ""],
        ["JM", "2018", "", "0-8", "", ""],
        ["MT", "2018", "female", "9-17", "NG", ""],
        ["MT", "2019", "male", "9-17", "NG", ""],
        ["", "2018", "male", "", "", ""],
        ["JM", "", "male", "", "", ""],
    ])
}

/// 5 victims, 2,727 thousand residents: 0.183352 per 100,000 (0.059534 to 0.427882).
#[test]
fn a_country_and_year() {
    let rates = rates(&cases(), &Request::new("16.2.2"));
    assert_eq!(rates.len(), 3);
    let jamaica = at(&rates, &["JM", "2018"]);
    let interval = jamaica.interval.unwrap();
    assert_eq!((jamaica.numerator, jamaica.base, jamaica.unknown), (Some(5), Some(2_727_000), Some(2)));
    digits(jamaica.value.known().unwrap(), 0.183_352);
    digits(interval.low(), 0.059_534);
    digits(interval.high(), 0.427_882);
    assert_eq!(jamaica.code.as_deref(), Some("16.2.2"));
    assert_eq!(jamaica.attribution, Some(Attribution::Detection));
    assert_eq!(jamaica.period.unwrap().to_string(), "2018");
    assert_eq!(jamaica.dimensions.get("country").unwrap().label, "Jamaica");
    assert!(jamaica.notes.iter().any(|note| note.contains("not of prevalence")));
}

#[test]
fn a_missing_population_is_no_zero() {
    let all = rates(&cases(), &Request::new("16.2.2"));
    let malta = at(&all, &["MT", "2019"]);
    assert_eq!(malta.value, Value::NotAvailable(NotAvailable::PopulationMissing));
    assert_eq!((malta.numerator, malta.interval), (Some(1), None));
    let without = compute(&cases(), &Request::new("16.2.2"), None, &Control::default()).unwrap();
    assert!(without.estimates.iter().all(|rate| rate.value == Value::NotAvailable(NotAvailable::PopulationMissing)));
}

/// 0 victims, 350 thousand residents: 0 (0 to 1.053966), and only where the year has records.
#[test]
fn zero_is_zero_only_where_there_are_records() {
    let labour = rates(&cases(), &Request::new("16.2.2").filter("form_forced_labour", "yes"));
    let malta = at(&labour, &["MT", "2018"]);
    assert_eq!(malta.value, Value::Known(0.0));
    digits(malta.interval.unwrap().high(), 1.053_966);
    assert_eq!(at(&labour, &["JM", "2018"]).numerator, Some(2));
    // Jamaica has no record of 2019.
    assert!(
        labour.iter().all(|rate| rate.numerator != Some(0) || rate.dimensions.get("country").unwrap().code == "MT")
    );
    assert_eq!(labour.len(), 3);
}

/// A filter on the place or the year leaves the others out: they are not zero.
#[test]
fn places_and_years_that_were_not_asked_for_have_no_rate() {
    let codes = |rates: Vec<Estimate>| -> Vec<Vec<String>> {
        rates.iter().map(|rate| rate.dimensions.iter().map(|d| d.code.to_string()).collect()).collect()
    };
    for (dimension, category, expected) in [
        ("country", "JM", &[["JM", "2018"]][..]),
        ("year", "2019", &[["MT", "2019"]]),
        ("region-of-exploitation", "Europe", &[["MT", "2018"], ["MT", "2019"]]),
        // Whose citizens they are says nothing of where they were detected.
        ("citizenship", "JM", &[["JM", "2018"], ["MT", "2018"], ["MT", "2019"]]),
    ] {
        let request = Request::new("16.2.2").filter(dimension, category);
        assert_eq!(codes(rates(&cases(), &request)), expected, "{dimension}");
        let labour = request.filter("form_forced_labour", "yes").by("sex");
        assert!(
            codes(rates(&cases(), &labour))
                .iter()
                .all(|found| { expected.iter().any(|place| found.starts_with(&place.map(str::to_owned))) })
        );
    }
}

#[test]
fn cases_without_a_year_span_no_years() {
    let period = |request: &Request| {
        let result = compute(&cases(), request, None, &Control::default()).unwrap();
        result.estimates[0].period.map(|years| years.to_string())
    };
    assert_eq!(period(&Request::new("sex")).as_deref(), Some("2018/2019"));
    assert_eq!(period(&Request::new("sex").filter("year", "2019")).as_deref(), Some("2019"));
    assert_eq!(period(&Request::new("sex").filter("year", "not-recorded")), None);
}

#[test]
fn sex_and_age_are_over_their_own_residents_and_forms_over_all() {
    let by_sex = rates(&cases(), &Request::new("16.2.2").by("sex"));
    let women = at(&by_sex, &["MT", "2018", "female"]);
    assert_eq!((women.numerator, women.base), (Some(1), Some(170_000)));
    // The table has no male residents of Malta, and a person of unknown sex is in no rate.
    assert_eq!(at(&by_sex, &["MT", "2018", "male"]).value, Value::NotAvailable(NotAvailable::PopulationMissing));
    assert_eq!(at(&by_sex, &["JM", "2018", "male"]).unknown, Some(1));
    let children = rates(
        &cases(),
        &Request { child_basis: Some(ChildBasis::AgeAtRegistration), ..Request::new("16.2.2").by("child") },
    );
    assert_eq!(at(&children, &["MT", "2018", "child"]).base, Some(70_000));
    let forms = rates(&cases(), &Request::new("16.2.2").by("form"));
    let labour = at(&forms, &["JM", "2018", "forced-labour"]);
    assert_eq!((labour.numerator, labour.base, labour.unknown), (Some(2), Some(2_727_000), None));
    assert_eq!(at(&forms, &["MT", "2018", "forced-labour"]).value, Value::Known(0.0));
    // A filter on sex narrows the residents as well.
    let women = rates(&cases(), &Request::new("16.2.2").filter("sex", "female"));
    assert_eq!(at(&women, &["MT", "2018"]).base, Some(170_000));
}

#[test]
fn attribution_moves_cases_to_the_country_of_citizenship() {
    let request = Request { attribution: Some(Attribution::Citizenship), ..Request::new("victims-per-100k") };
    let rates = rates(&cases(), &request);
    assert_eq!(at(&rates, &["JM", "2018"]).numerator, Some(2));
    assert_eq!(at(&rates, &["NG", "2018"]).numerator, Some(1));
    assert_eq!(rates[0].attribution, Some(Attribution::Citizenship));
}

#[test]
fn several_rows_of_a_person_are_no_persons() {
    let ids: Ids = ["a", "b", "a", "c", "d", "e", "f", "g", "h"].into_iter().collect();
    let table = cases().with_ids(ids).unwrap();
    let error = compute(&table, &Request::new("16.2.2"), None, &Control::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "indicator `victims-per-100k`: it counts persons, and the table has several rows of a person"
    );
}

/// Rates of the parts do not add to the rate of the whole, since the residents differ; numerators do.
#[test]
fn numerators_and_unknown_add_up() {
    let (total, by_sex) =
        (rates(&cases(), &Request::new("16.2.2")), rates(&cases(), &Request::new("16.2.2").by("sex")));
    for whole in &total {
        let place = whole.dimensions.get("country").unwrap();
        let year = whole.dimensions.get("year").unwrap();
        let parts: Vec<_> = by_sex
            .iter()
            .filter(|part| part.dimensions.get("country") == Some(place) && part.dimensions.get("year") == Some(year))
            .collect();
        let sum: u64 = parts.iter().filter_map(|part| part.numerator).sum();
        assert_eq!(Some(sum + parts[0].unknown.unwrap()), whole.numerator);
    }
}
