//! The files of SDMX-CSV and Open SDG against golden files, read with a parser of CSV that is not ours.
//!
//! No crate in the registry parses SDMX-CSV (the placeholders of `sdmx-rs` publish no code yet), so the structure is
//! compared with its sources: *SDMX-CSV 2.0 Data Message Field Guide* (SDMX Technical Working Group; columns and their
//! order), the header of the dataflow `DF_SDG_GLH` 1.24 as served by the UN data API, and *Data format* and *Metadata
//! format* of the Open SDG documentation. The front matter is YAML whose texts are also JSON, and is read as such.

#![cfg(feature = "csv")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::PathBuf;

use ctdata_indicators::estimate::{Attribution, Dimension, NotAvailable, PopulationSource, Value};
use ctdata_indicators::export::{OpenSdgOptions, SdmxOptions, open_sdg, write_sdmx_csv};
use ctdata_indicators::interval::RateInterval;
use ctdata_indicators::{Estimate, Level, Persons};

/// Columns after the key in `DF_SDG_GLH` 1.24, and the key itself, as the UN data API writes them (SDMX-CSV 1.0).
const FLOW: &str = "DATAFLOW,FREQ,REPORTING_TYPE,SERIES,REF_AREA,SEX,AGE,URBANISATION,INCOME_WEALTH_QUANTILE,\
    EDUCATION_LEV,OCCUPATION,CUST_BREAKDOWN,COMPOSITE_BREAKDOWN,DISABILITY_STATUS,ACTIVITY,PRODUCT,TIME_PERIOD,OBS_VALUE,\
    OBS_STATUS,UNIT_MULT,UNIT_MEASURE,BASE_PER,NATURE,TIME_DETAIL,COMMENT_OBS,TIME_COVERAGE,UPPER_BOUND,LOWER_BOUND,\
    SOURCE_DETAIL,COMMENT_TS,GEO_INFO_URL,GEO_INFO_TYPE,CUST_BREAKDOWN_LB,DATA_LAST_UPDATE";

/// Rates of an invented country-year: all, women and girls (the worked 5 in 2,727 thousand among them), children, which
/// are withheld, and forced labour.
fn rates() -> Vec<Estimate> {
    let rate = |year: u16, count: u64, thousands: f64, by: Option<(&'static str, &'static str, &'static str)>| {
        let residents = Persons::try_new(thousands * 1000.0).unwrap();
        let mut rate = Estimate::rate("victims-per-100k", count, residents, RateInterval::Garwood, Level::P95).unwrap();
        rate.code = Some("16.2.2".into());
        rate.definition_version = Some("1".into());
        rate.attribution = Some(Attribution::Detection);
        rate.unknown = Some(1);
        rate.dimensions.set(Dimension::new("country", "JM", "Jamaica"));
        rate.dimensions.set(Dimension::new("year", year.to_string(), year.to_string()));
        if let Some((name, code, label)) = by {
            rate.dimensions.set(Dimension::new(name, code, label));
        }
        let source = PopulationSource { source: "invented".into(), vintage: "1".into(), persons: thousands * 1000.0 };
        rate.population = Some(source);
        rate.notes = vec!["year: of registration, not of exploitation".into(), "says \"detected\", not all".into()];
        rate
    };
    let mut children = rate(2018, 3, 700.0, Some(("child-or-adult", "child", "Child")));
    children.value = Value::NotAvailable(NotAvailable::Suppressed);
    (children.suppressed, children.numerator, children.interval) = (true, None, None);
    vec![
        rate(2018, 5, 2_727.0, None),
        rate(2018, 4, 1_370.0, Some(("sex", "female", "Female"))),
        children,
        rate(2018, 2, 2_727.0, Some(("form", "forced-labour", "Forced labour"))),
        rate(2019, 0, 2_734.0, None),
    ]
}

fn sdmx() -> String {
    let options = SdmxOptions { decimals: Some(6), source: Some("national file".into()), ..SdmxOptions::default() };
    let (bytes, report) = write_sdmx_csv(&rates(), &options, Vec::new()).unwrap();
    assert_eq!((report.rows, report.left_out.len()), (10, 0));
    String::from_utf8(bytes).unwrap()
}

/// Data and metadata of Open SDG.
fn site() -> [String; 2] {
    let options =
        OpenSdgOptions { counts: true, decimals: Some(2), source: Some("national file".into()), ..Default::default() };
    let mut files = open_sdg(&rates(), &options).unwrap();
    assert_eq!((files.indicators.len(), files.left_out.len()), (1, 0));
    let indicator = files.indicators.remove(0);
    [indicator.data, indicator.metadata.replace(env!("CARGO_PKG_VERSION"), "VERSION")]
}

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

const FILES: [&str; 3] = ["sdmx_16-2-2.csv", "indicator_16-2-2.csv", "16-2-2.md"];

fn made() -> [String; 3] {
    let [data, metadata] = site();
    [sdmx(), data, metadata]
}

#[test]
fn files_are_the_golden_ones() {
    for (name, text) in FILES.iter().zip(made()) {
        let file = fs::read_to_string(golden(name)).unwrap();
        assert!(
            file == text,
            "{name}: if meant, renew with `cargo test -p ctdata-indicators renew_golden -- --ignored`"
        );
    }
}

#[test]
#[ignore = "writes the files"]
fn renew_golden() {
    for (name, text) in FILES.iter().zip(made()) {
        fs::write(golden(name), text).unwrap();
    }
}

#[test]
fn sdmx_rows_follow_the_guide_and_the_dataflow() {
    let text = sdmx();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(header[..3], ["STRUCTURE", "STRUCTURE_ID", "ACTION"]);
    // The components stand in the order of the dataflow, and the key is whole.
    let flow: Vec<&str> = FLOW.split(',').skip(1).collect();
    let places: Vec<usize> =
        header[3..].iter().map(|name| flow.iter().position(|known| known == name).unwrap()).collect();
    assert!(places.is_sorted() && places[..17].iter().copied().eq(0..17));
    let at = |name: &str| header.iter().position(|known| known == name).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
    assert_eq!(rows.len(), 10);
    for row in &rows {
        assert_eq!((&row[0], &row[1], &row[2]), ("dataflow", "IAEG-SDGs:DF_SDG_GLH(1.24)", "I"));
        assert!(row.iter().skip(3).take(15).all(|code| !code.is_empty()));
        let withheld = &row[at("OBS_STATUS")] == "Q";
        assert_eq!(row[at("OBS_VALUE")].parse::<f64>().is_err(), withheld);
        assert_eq!(withheld, row[at("OBS_VALUE")].is_empty());
    }
    assert_eq!(rows.iter().filter(|row| &row[at("OBS_STATUS")] == "Q").count(), 2);
    // A key with its time stands once.
    let mut keys: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().skip(3).take(16).collect()).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 10);
}

#[test]
fn the_data_of_a_site_follow_its_rules() {
    let [data, _] = site();
    let mut reader = csv::Reader::from_reader(data.as_bytes());
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(header.first().map(String::as_str), Some("Year"));
    assert_eq!(header.last().map(String::as_str), Some("Value"));
    assert_eq!(header, ["Year", "Units", "Sex", "Child or adult", "Form", "Value"]);
    let mut headlines = 0;
    for row in reader.records() {
        let row = row.unwrap();
        assert!(row[0].parse::<u16>().is_ok());
        assert!(row[5].is_empty() || row[5].parse::<f64>().is_ok());
        assert!(row.iter().all(|cell| cell == cell.trim()));
        headlines += u32::from(row.iter().skip(2).take(3).all(str::is_empty));
    }
    assert_eq!(headlines, 4);
}

#[test]
fn the_front_matter_has_the_mandatory_fields() {
    let [_, metadata] = site();
    let (front, body) = metadata.strip_prefix("---\n").unwrap().split_once("---\n").unwrap();
    let mut fields = Vec::new();
    for line in front.lines().filter(|line| !line.starts_with(' ')) {
        let (name, value) = line.split_once(':').unwrap();
        let value = value.trim();
        if value.starts_with('"') {
            let text: String = serde_json::from_str(value).unwrap();
            fields.push((name, text));
        } else {
            fields.push((name, value.to_owned()));
        }
    }
    let of = |name: &str| fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
    for (name, value) in [
        ("data_non_statistical", "false"),
        ("indicator_number", "16.2.2"),
        ("indicator_sort_order", "16-02-02"),
        ("reporting_status", "complete"),
        ("graph_type", "line"),
        ("national_geographical_coverage", "Jamaica"),
        ("target_id", "16.2"),
        ("un_custodian_agency", "UNODC"),
        ("source_organisation_1", "national file"),
        ("source_organisation_2", "Population: invented, 1"),
    ] {
        assert_eq!(of(name), Some(value), "{name}");
    }
    for name in ["indicator_name", "graph_title", "computation_units", "data_footnote", "comments_limitations"] {
        assert!(of(name).is_some_and(|text| !text.is_empty()), "{name}");
    }
    let mut names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), fields.len());
    assert!(body.contains("| Interval (computed, not in the data file) | 95 %, Garwood (exact Poisson) |"));
}
