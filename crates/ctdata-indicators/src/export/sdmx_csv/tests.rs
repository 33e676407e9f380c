use super::*;
use crate::estimate::{Filter, Nature, PopulationSource, Years};
use crate::interval::{Level, RateInterval};
use crate::population::Persons;

/// The worked rate of the indicator notes: 5 victims among 2,727 thousand residents of Jamaica in 2018.
fn rate() -> Estimate {
    let residents = Persons::try_new(2_727_000.0).unwrap();
    let mut rate = Estimate::rate("victims-per-100k", 5, residents, RateInterval::Garwood, Level::P95).unwrap();
    rate.code = Some("16.2.2".into());
    rate.attribution = Some(Attribution::Detection);
    rate.dimensions.set(Dimension::new("country", "JM", "Jamaica"));
    rate.dimensions.set(Dimension::new("year", "2018", "2018"));
    rate.population = Some(PopulationSource { source: "invented".into(), vintage: "1".into(), persons: 2_727_000.0 });
    rate
}

fn by(name: &'static str, code: &'static str) -> Estimate {
    let mut rate = rate();
    rate.dimensions.set(Dimension::new(name, code, code));
    rate
}

fn written(estimates: &[Estimate], options: &SdmxOptions) -> (Vec<Vec<String>>, SdmxReport) {
    let (bytes, report) = write_sdmx_csv(estimates, options, Vec::new()).unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
    let rows: Vec<Vec<String>> =
        reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
    (rows, report)
}

fn cell<'a>(rows: &'a [Vec<String>], row: usize, column: &str) -> &'a str {
    let at = rows[0].iter().position(|name| name == column).unwrap();
    &rows[row][at]
}

fn refused(estimate: Estimate) -> LeftOutReason {
    let (rows, report) = written(&[rate(), estimate], &SdmxOptions::default());
    assert_eq!((rows.len(), report.rows, report.left_out.len()), (3, 2, 1));
    assert_eq!(report.left_out[0].position, 1);
    report.left_out[0].reason
}

use super::super::left_out::LeftOutReason;

#[test]
fn a_rate_is_two_rows_with_a_key_of_fifteen_positions() {
    let options = SdmxOptions { decimals: Some(6), ..SdmxOptions::default() };
    let (rows, report) = written(&[rate()], &options);
    assert_eq!(report, SdmxReport { rows: 2, left_out: Vec::new() });
    assert_eq!(rows[0].len(), 3 + 15 + 2 + 9);
    let expected = "dataflow,IAEG-SDGs:DF_SDG_GLH(1.24),I,A,N,VC_HTF_DETVR,388,_T,_T,_T,_T,_T,_T,_T,_T,_T,_T,_T,2018,\
                    0.183352,A,0,PER_100000_POP,C,2018";
    assert_eq!(rows[1][..25].join(","), expected);
    assert_eq!(cell(&rows, 1, "LOWER_BOUND"), "0.059534");
    assert_eq!(cell(&rows, 1, "UPPER_BOUND"), "0.427882");
    assert_eq!(cell(&rows, 1, "COMMENT_OBS"), "interval: 95 %, Garwood (exact Poisson); residents: 2727000");
    assert_eq!(cell(&rows, 1, "SOURCE_DETAIL"), "population: invented, 1");
    for (column, value) in
        [("SERIES", "VC_HTF_DETV"), ("OBS_VALUE", "5"), ("UNIT_MEASURE", "NUMBER"), ("UPPER_BOUND", "")]
    {
        assert_eq!(cell(&rows, 2, column), value);
    }
}

#[test]
fn categories_become_codes_and_forms_become_series() {
    for (name, code, column, expected) in [
        ("sex", "female", "SEX", "F"),
        ("sex", "male", "SEX", "M"),
        ("age", "9-17", "AGE", "Y9T17"),
        ("age", "48+", "AGE", "Y_GE48"),
        ("child-or-adult", "child", "AGE", "Y0T17"),
        ("child-or-adult", "adult", "AGE", "Y_GE18"),
        ("form", "forced-labour", "SERIES", "VC_HTF_DETVFLR"),
        ("form", "organ-removal", "SERIES", "VC_HTF_DETVOGR"),
    ] {
        let (rows, _) = written(&[by(name, code)], &SdmxOptions::default());
        assert_eq!(cell(&rows, 1, column), expected, "{code}");
    }
    let mut filtered = rate();
    filtered.filters = vec![Filter { dimension: "sex".into(), codes: vec!["female".into()] }];
    let (rows, _) = written(&[filtered], &SdmxOptions::default());
    assert_eq!(cell(&rows, 1, "SEX"), "F");
}

#[test]
fn a_withheld_rate_takes_its_number_with_it() {
    let mut withheld = rate();
    withheld.value = Value::NotAvailable(NotAvailable::Suppressed);
    withheld.suppressed = true;
    // A number that somebody forgot to take away.
    assert_eq!(withheld.numerator, Some(5));
    let (rows, report) = written(&[withheld], &SdmxOptions::default());
    assert_eq!(report.rows, 2);
    for row in [1, 2] {
        for (column, value) in [("OBS_VALUE", ""), ("OBS_STATUS", "Q"), ("UPPER_BOUND", ""), ("LOWER_BOUND", "")] {
            assert_eq!(cell(&rows, row, column), value);
        }
        assert_eq!(cell(&rows, row, "COMMENT_OBS"), "withheld to protect persons");
    }
}

#[test]
fn a_rate_without_population_still_has_its_number() {
    let mut rate = rate();
    rate.value = Value::NotAvailable(NotAvailable::PopulationMissing);
    (rate.interval, rate.population, rate.base) = (None, None, None);
    rate.nature = Nature::Estimated;
    let (rows, _) = written(&[rate], &SdmxOptions::default());
    assert_eq!((cell(&rows, 1, "OBS_VALUE"), cell(&rows, 1, "OBS_STATUS"), cell(&rows, 1, "NATURE")), ("", "O", "E"));
    assert_eq!((cell(&rows, 2, "OBS_VALUE"), cell(&rows, 2, "OBS_STATUS")), ("5", "A"));
}

#[test]
fn what_the_structure_lacks_is_returned_with_the_reason() {
    use LeftOutReason as R;
    let mut companion = rate();
    companion.code = Some("P-87".into());
    assert_eq!(refused(companion), R::NoSeries);
    let mut share = rate();
    share.unit = Unit::Percent;
    assert_eq!(refused(share), R::OtherUnit);
    let mut citizenship = rate();
    citizenship.attribution = Some(Attribution::Citizenship);
    assert_eq!(refused(citizenship), R::OtherAttribution);
    let mut years = rate();
    years.dimensions = [Dimension::new("country", "JM", "Jamaica")].into_iter().collect();
    years.period = Some(Years::between(2002, 2021));
    assert_eq!(refused(years), R::NoSingleYear);
    // Kosovo has no M49 number.
    assert_eq!(refused(by("country", "XK")), R::NoArea);
    assert_eq!(refused(by("sex", "non-conforming")), R::NoCode);
    for form in ["mixed", "other", "forced-marriage"] {
        assert_eq!(refused(by("form", form)), R::NoCode, "{form}");
    }
    assert_eq!(refused(Estimate { nature: Nature::Modelled, ..rate() }), R::NoSeries);
    assert_eq!(refused(Estimate { attribution: Some(Attribution::Exploitation), ..rate() }), R::OtherAttribution);
    assert_eq!(refused(by("sector", "construction")), R::NoDimension);
    let mut restricted = rate();
    restricted.filters = vec![Filter { dimension: "source".into(), codes: vec!["case-management".into()] }];
    assert_eq!(refused(restricted), R::Restricted);
    assert_eq!(refused(rate()), R::SameKey);
}

#[test]
fn regions_are_given_by_their_number_without_zeros() {
    let mut region = rate();
    region.dimensions = [
        Dimension::new("sdg-region-of-exploitation", "062", "Central and Southern Asia"),
        Dimension::new("year", "2018", "2018"),
    ]
    .into_iter()
    .collect();
    region.coverage = Some(0.625);
    let (rows, _) = written(&[region], &SdmxOptions { counts: false, ..SdmxOptions::default() });
    assert_eq!(rows.len(), 2);
    assert_eq!(cell(&rows, 1, "REF_AREA"), "62");
    assert!(cell(&rows, 1, "COMMENT_OBS").contains("countries with 62.5 % of the population of the region"));
}
