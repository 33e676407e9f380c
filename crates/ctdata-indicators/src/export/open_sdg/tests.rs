use super::*;
use crate::estimate::{PopulationSource, Years};
use crate::interval::{Level, RateInterval, ShareInterval};
use crate::population::Persons;

fn rate(country: &'static str, year: u16, count: u64) -> Estimate {
    let residents = Persons::try_new(1_000_000.0).unwrap();
    let mut rate = Estimate::rate("victims-per-100k", count, residents, RateInterval::Garwood, Level::P95).unwrap();
    rate.code = Some("16.2.2".into());
    rate.dimensions.set(Dimension::new("country", country, country));
    rate.dimensions.set(Dimension::new("year", year.to_string(), year.to_string()));
    rate.population = Some(PopulationSource { source: "invented".into(), vintage: "1".into(), persons: 1e6 });
    rate
}

fn by_sex(mut estimate: Estimate, code: &'static str, label: &'static str) -> Estimate {
    estimate.dimensions.set(Dimension::new("sex", code, label));
    estimate
}

fn only(estimates: &[Estimate], options: &OpenSdgOptions) -> (OpenSdgIndicator, Vec<LeftOut>) {
    let files = open_sdg(estimates, options).unwrap();
    let [indicator] = <[_; 1]>::try_from(files.indicators).unwrap();
    (indicator, files.left_out)
}

#[test]
fn a_national_series_has_a_headline_and_blank_means_all() {
    let rates = [rate("JM", 2018, 5), by_sex(rate("JM", 2018, 3), "female", " Female "), rate("JM", 2019, 10)];
    let (files, left_out) = only(&rates, &OpenSdgOptions { decimals: Some(2), ..OpenSdgOptions::default() });
    assert_eq!(files.data, "Year,Sex,Value\n2018,,0.50\n2018,Female,0.30\n2019,,1.00\n");
    assert!(files.has_headline && left_out.is_empty());
    assert_eq!((files.data_file.as_str(), files.metadata_file.as_str()), ("indicator_16-2-2.csv", "16-2-2.md"));
    assert!(files.metadata.contains("national_geographical_coverage: \"JM\"\n"));
    assert!(files.metadata.contains("graph_type: line\n"));
}

#[test]
fn several_countries_are_a_column_and_numbers_a_unit() {
    let options = OpenSdgOptions { counts: true, ..OpenSdgOptions::default() };
    let (files, _) = only(&[rate("JM", 2018, 5), rate("MT", 2018, 0)], &options);
    let expected = "Year,Units,Country,Value\n\
                    2018,\"per 100,000 population\",JM,0.5\n2018,persons,JM,5\n\
                    2018,\"per 100,000 population\",MT,0\n2018,persons,MT,0\n";
    assert_eq!(files.data, expected);
    assert!(!files.has_headline);
}

#[test]
fn what_is_withheld_is_blank_with_its_number_and_counted_in_the_footnote() {
    let mut withheld = rate("JM", 2018, 2);
    withheld.value = Value::NotAvailable(NotAvailable::Suppressed);
    withheld.suppressed = true;
    let options = OpenSdgOptions { counts: true, ..OpenSdgOptions::default() };
    let (files, _) = only(&[withheld, rate("JM", 2019, 10)], &options);
    assert!(files.data.contains("2018,\"per 100,000 population\",\n2018,persons,\n"));
    assert!(files.metadata.contains("1 figure is withheld to protect persons; its cell is blank."));
}

#[test]
fn each_indicator_has_files_of_its_own() {
    let mut share = Estimate::share("forced-labour", 1, 4, ShareInterval::Wilson, Level::P95).unwrap();
    share.code = Some("P-87".into());
    share.period = Some(Years::single(2018));
    let files = open_sdg(&[rate("JM", 2018, 5), share], &OpenSdgOptions::default()).unwrap();
    let names: Vec<&str> = files.indicators.iter().map(|indicator| indicator.data_file.as_str()).collect();
    assert_eq!(names, ["indicator_16-2-2.csv", "indicator_P-87.csv"]);
    assert_eq!(files.indicators[1].data, "Year,Value\n2018,25\n");
    // A companion never stands under an official number.
    assert!(!files.indicators[1].metadata.contains("target_id"));
    assert!(files.indicators[1].metadata.contains("not 8.7.1"));
}

#[test]
fn what_has_no_place_is_returned_with_the_reason() {
    let refused = |estimate: Estimate| {
        let (_, left_out) = only(&[rate("JM", 2018, 5), estimate], &OpenSdgOptions::default());
        assert_eq!(left_out.len(), 1);
        assert_eq!(left_out[0].position, 1);
        left_out[0].reason
    };
    let mut years = rate("JM", 2019, 1);
    years.dimensions = [Dimension::new("country", "JM", "JM")].into_iter().collect();
    years.period = Some(Years::between(2010, 2019));
    assert_eq!(refused(years), Why::NoSingleYear);
    let mut restricted = rate("JM", 2019, 1);
    restricted.filters = vec![Filter { dimension: "sector".into(), codes: vec!["construction".into()] }];
    assert_eq!(refused(restricted), Why::Restricted);
    let mut citizenship = rate("JM", 2019, 1);
    citizenship.attribution = Some(Attribution::Citizenship);
    assert_eq!(refused(citizenship), Why::OtherAttribution);
    let mut change = rate("JM", 2019, 1);
    change.unit = Unit::PercentPerYear;
    assert_eq!(refused(change), Why::OtherUnit);
    assert_eq!(refused(rate("JM", 2018, 7)), Why::SameKey);
}
