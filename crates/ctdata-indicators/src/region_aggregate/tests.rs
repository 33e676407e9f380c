use super::*;
use crate::{Request, compute};
use ctdata_model::{Layout, Simulator, SubRegion};
use ctdata_table::Control;
use proptest::prelude::*;

fn key(country: &str, year: u16) -> PopulationKey {
    PopulationKey::total(country.parse().unwrap(), year)
}

fn population(figures: &[(&str, f64)]) -> Population {
    let mut population = Population::new("invented", "1");
    for &(country, persons) in figures {
        population.insert(key(country, 2019), Persons::try_new(persons).unwrap()).unwrap();
    }
    population
}

fn rates(figures: &[(&str, Count)], population: &Population, options: &RegionalOptions) -> Vec<RegionalRate> {
    let figures: Vec<_> =
        figures.iter().map(|&(country, count)| CountryFigure::new(key(country, 2019), count)).collect();
    regional_rates(&figures, population, None, options).unwrap()
}

/// By hand: 30 + 10 victims of 4 + 4 million residents are 0.5 per 100,000; 8 of the 10 million residents of Eastern
/// and South-Eastern Asia in this table report.
#[test]
fn victims_and_residents_are_those_of_the_reporting_countries() {
    let population = population(&[("TH", 4e6), ("MM", 4e6), ("LA", 2e6), ("KE", 1e6)]);
    let figures = [("TH", Count::Exact(30)), ("MM", Count::Exact(10)), ("LA", Count::Missing)];
    let found = rates(&figures, &population, &RegionalOptions::default());
    let [asia] = found.as_slice() else { panic!("{}", found.len()) };
    assert_eq!((asia.code.as_ref(), asia.count, asia.reporting), ("753", Count::Exact(40), 2));
    assert!((asia.coverage - 0.8).abs() < 1e-12 && asia.is_regional);
    let estimate = &asia.estimate;
    assert_eq!((estimate.numerator, estimate.base), (Some(40), Some(8_000_000)));
    assert!((estimate.value.known().unwrap() - 0.5).abs() < 1e-12);
    assert_eq!(estimate.coverage, Some(asia.coverage));
    assert_eq!(estimate.dimensions.get("sdg-region").unwrap().label, "Eastern and South-Eastern Asia");
    // 19 countries and areas are in the region, three have a population here.
    assert_eq!(asia.members_without_population, 16);
}

#[test]
fn too_small_a_part_is_not_called_the_region() {
    let population = population(&[("TH", 4e6), ("MM", 6e6)]);
    let options = |threshold| RegionalOptions { threshold, ..RegionalOptions::default() };
    let figures = [("TH", Count::Exact(30)), ("MM", Count::Missing)];
    let refused = &rates(&figures, &population, &RegionalOptions::default())[0];
    assert!(!refused.is_regional && (refused.coverage - 0.4).abs() < 1e-12);
    assert_eq!(refused.estimate.value, Value::NotAvailable(NotAvailable::LowCoverage));
    assert_eq!((refused.estimate.interval, refused.bounds, refused.estimate.numerator), (None, None, Some(30)));
    assert!(rates(&figures, &population, &options(0.4))[0].is_regional);
    let figures = [CountryFigure::new(key("TH", 2019), Count::Exact(1))];
    for wrong in [-0.1, 1.5, f64::NAN] {
        assert!(regional_rates(&figures, &population, None, &options(wrong)).is_err());
    }
}

#[test]
fn a_range_makes_the_sum_a_range() {
    let population = population(&[("TH", 5e4), ("MM", 5e4)]);
    let figures = [("TH", Count::between(0, 4)), ("MM", Count::Exact(1))];
    let found = &rates(&figures, &population, &RegionalOptions::default())[0];
    assert_eq!((found.count, found.estimate.numerator), (Count::Range { lo: 1, hi: 5 }, None));
    let (bounds, interval) = (found.bounds.unwrap(), found.estimate.interval.unwrap());
    assert!((bounds.low - 1.0).abs() < 1e-12 && (bounds.high - 5.0).abs() < 1e-12);
    // Garwood's interval of 1 and of 5, indicator notes.
    assert!((interval.low() - 0.025_318).abs() < 5e-7 && (interval.high() - 11.668_332).abs() < 5e-7);
    assert_eq!(found.estimate.value, Value::NotAvailable(NotAvailable::Suppressed));
}

#[test]
fn a_country_without_population_is_left_out_and_reported() {
    let population = population(&[("TH", 4e6)]);
    let figures = [("TH", Count::Exact(4)), ("LA", Count::Exact(100))];
    let found = &rates(&figures, &population, &RegionalOptions::default())[0];
    assert_eq!((found.count, found.reporting, found.without_population), (Count::Exact(4), 1, 1));
    assert!(found.estimate.notes.iter().any(|note| note.contains("left out")));
}

#[test]
fn residents_of_regions_can_be_given() {
    let countries = population(&[("TH", 4e6), ("MM", 4e6)]);
    let figures = [CountryFigure::new(key("TH", 2019), Count::Exact(4))];
    let mut given = RegionPopulation::new("invented", "1");
    let ten_million = Persons::try_new(1e7).unwrap();
    given.insert("753", 2019, None, AgeGroup::ALL, ten_million).unwrap();
    assert!(given.insert("753", 2019, None, AgeGroup::ALL, ten_million).is_err());
    let options = RegionalOptions::default();
    let found = regional_rates(&figures, &countries, Some(&given), &options).unwrap();
    assert!((found[0].coverage - 0.4).abs() < 1e-12);
    let other = RegionPopulation::new("invented", "2");
    assert!(regional_rates(&figures, &countries, Some(&other), &options).is_err());
}

#[test]
fn a_country_is_given_once_and_kosovo_where_it_was_put() {
    let population = population(&[("XK", 2e6), ("AL", 3e6)]);
    let kosovo = CountryFigure::new(key("XK", 2019), Count::Exact(20));
    let twice = [kosovo.clone(), kosovo.clone()];
    let options = RegionalOptions::default();
    assert_eq!(
        regional_rates(&twice, &population, None, &options).unwrap_err().to_string(),
        "figures of XKX 2019: a country is given once"
    );
    assert!(regional_rates(&twice[..1], &population, None, &options).unwrap().is_empty());
    let regions = Regions::new().place("XK".parse().unwrap(), SubRegion::SouthernEurope);
    let options = RegionalOptions { level: RegionLevel::SubRegion, threshold: 0.4, regions, ..options };
    let found = regional_rates(&[kosovo], &population, None, &options).unwrap();
    assert_eq!((found[0].code.as_ref(), found[0].coverage.to_bits()), ("039", 0.4_f64.to_bits()));
}

/// The sums of simulated cases, recounted from the rates of countries with a loop.
#[test]
fn rates_of_cases_add_up_to_those_of_regions() {
    let cases = Simulator::new(5).cases(Layout::named("ctdc-synthetic-2024").unwrap(), 3_000).unwrap();
    let mut population = Population::new("invented", "1");
    for (index, &country) in (1u32..).zip(Country::ALL) {
        for year in 2000..2030 {
            for sex in [PopulationSex::Female, PopulationSex::Male] {
                let persons = Persons::try_new(f64::from(index) * 1e4).unwrap();
                population.insert(PopulationKey::total(country, year).of_sex(sex), persons).unwrap();
            }
        }
    }
    let request = Request::new("16.2.2").by("sex");
    let estimates = compute(cases.table(), &request, Some(&population), &Control::default()).unwrap().estimates;
    let figures: Vec<_> = estimates.iter().filter_map(|estimate| CountryFigure::from_estimate(estimate).ok()).collect();
    let options = RegionalOptions { level: RegionLevel::Region, threshold: 0.0, ..RegionalOptions::default() };
    let found = regional_rates(&figures, &population, None, &options).unwrap();
    assert!(found.len() > 20);
    let code = |estimate: &Estimate, name: &str| estimate.dimensions.get(name).unwrap().code.to_string();
    for rate in &found {
        let of_region = estimates.iter().filter(|estimate| {
            let country: Country = code(estimate, "country").parse().unwrap();
            country.region().is_some_and(|region| ctdata_model::CodeList::code(region) == rate.code)
                && code(estimate, "year") == rate.year.to_string()
                && code(estimate, "sex") == code(&rate.estimate, "sex")
                && estimate.base.is_some()
        });
        let (mut numerator, mut base) = (0, 0);
        for estimate in of_region {
            numerator += estimate.numerator.unwrap();
            base += estimate.base.unwrap();
        }
        assert_eq!((rate.estimate.numerator, rate.estimate.base), (Some(numerator), Some(base)));
    }
}

proptest! {
    #[test]
    fn coverage_is_a_share_and_more_reports_never_lower_it(
        counts in proptest::collection::vec(proptest::option::of(0u64..50), 6),
        residents in proptest::collection::vec(1u32..1_000_000, 6),
    ) {
        let names = ["KE", "UG", "TZ", "RW", "ET", "SO"];
        let table: Vec<_> = names.iter().zip(&residents).map(|(name, persons)| (*name, f64::from(*persons))).collect();
        let population = population(&table);
        let options = RegionalOptions { threshold: 0.0, ..RegionalOptions::default() };
        let mut before = 0.0;
        for known in 0..=counts.len() {
            let figures: Vec<_> = names
                .iter()
                .zip(&counts)
                .take(known)
                .map(|(name, count)| (*name, count.map_or(Count::Missing, Count::Exact)))
                .collect();
            let found = rates(&figures, &population, &options);
            let coverage = found.first().map_or(0.0, |rate| rate.coverage);
            prop_assert!((0.0..=1.0).contains(&coverage) && coverage >= before);
            before = coverage;
        }
    }
}
