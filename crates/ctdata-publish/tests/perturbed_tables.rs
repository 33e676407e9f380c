//! Tables of confidential counts whose figures are rounded, or have noise: what a plan makes of them.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ctdata_indicators::Estimate;
use ctdata_indicators::estimate::Unit;
use ctdata_indicators::{Request, compute};
use ctdata_model::{CaseTable, Layout, Simulator, write_cases};
use ctdata_publish::{Plan, PublishError, Publisher, ReleasedTables};
use ctdata_table::Control;

const ROUNDING: &str = "method = \"random-rounding\"\nbase = 5\nkey = \"tables.key\"\n";
const CONTROLLED: &str = "method = \"controlled-rounding\"\nbase = 5\n";
const CELL_KEY: &str = "method = \"cell-key\"\nvariance = 2.0\nlargest = 4\nnever_up_to = 2\nkey = \"tables.key\"\n";

const TABLES: [(&str, &[&str]); 3] =
    [("sex", &["year"]), ("children", &["year"]), ("form-of-exploitation", &["sex", "citizenship"])];

fn cases() -> CaseTable {
    Simulator::new(3).cases(Layout::named("ctdc-synthetic-2021").unwrap(), 3_000).unwrap()
}

fn plan(method: &str, folder: &Path) -> Plan {
    let table = |(id, by): &(&str, &[&str])| format!("[[table]]\nindicator = \"{id}\"\nby = {by:?}\n");
    let tables = TABLES.iter().map(table).collect::<Vec<_>>().concat();
    let mut plan: Plan = format!("format_version = 1\n{tables}[tables]\n{method}").parse().unwrap();
    folder.clone_into(&mut plan.folder);
    plan
}

/// A folder with a key.
fn folder(key: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tables.key"), key).unwrap();
    folder
}

fn made(method: &str, key: &str) -> ReleasedTables {
    let folder = folder(key);
    let plan = plan(method, folder.path());
    ReleasedTables::of_confidential(cases().table(), None, &plan, &Control::default()).unwrap()
}

/// Indicator and categories.
fn place(estimate: &Estimate) -> String {
    format!("{} {:?}", estimate.indicator, estimate.dimensions)
}

fn truth() -> BTreeMap<String, Estimate> {
    let cases = cases();
    let mut all = BTreeMap::new();
    for (id, by) in TABLES {
        let request = by.iter().fold(Request::new(id), |request, dim| request.by(*dim));
        let computed = compute(cases.table(), &request, None, &Control::default()).unwrap();
        all.extend(computed.estimates.into_iter().map(|estimate| (place(&estimate), estimate)));
    }
    all
}

/// Each number printed, beside the true one.
fn pairs(made: &ReleasedTables) -> Vec<(u64, u64)> {
    let truth = truth();
    let mut pairs = Vec::new();
    for estimate in made.estimates() {
        let Some(of) = truth.get(&place(estimate)) else {
            // Combinations that nobody is in.
            assert_eq!(estimate.numerator, Some(0));
            continue;
        };
        let both = [(estimate.numerator, of.numerator), (estimate.base, of.base), (estimate.unknown, of.unknown)];
        pairs.extend(both.into_iter().filter_map(|(shown, count)| Some((shown?, count?))));
        assert!(!estimate.suppressed);
        assert!(estimate.notes.iter().any(|note| note.contains("to protect persons")));
        let warned = estimate.notes.iter().any(|note| note.contains("interval does not cover"));
        assert_eq!(estimate.interval.is_some(), warned);
        // Values are those of the numbers printed.
        if let (Some(value), Some(numerator), Some(base), Unit::Percent) =
            (estimate.value.known(), estimate.numerator, estimate.base, estimate.unit)
        {
            let (numerator, base) =
                (f64::from(u32::try_from(numerator).unwrap()), f64::from(u32::try_from(base).unwrap()));
            assert!((value - 100.0 * numerator / base).abs() < 1e-9);
        }
    }
    assert!(pairs.len() > 300, "{}", pairs.len());
    pairs
}

fn csv(made: &ReleasedTables) -> Vec<u8> {
    made.to_long_csv().unwrap()
}

#[test]
fn random_rounding_goes_up_or_down_by_the_key_alone() {
    let first = made(ROUNDING, "of no consequence, being a test");
    let pairs = pairs(&first);
    assert!(pairs.iter().all(|(shown, count)| shown % 5 == 0 && shown.abs_diff(*count) < 5));
    assert!(pairs.iter().all(|(shown, count)| count % 5 > 0 || shown == count));
    let up = pairs.iter().filter(|(shown, count)| shown > count).count();
    let down = pairs.iter().filter(|(shown, count)| shown < count).count();
    assert!(up > 30 && down > 30, "{up} {down}");
    assert_eq!(csv(&first), csv(&made(ROUNDING, "of no consequence, being a test")));
    assert_ne!(csv(&first), csv(&made(ROUNDING, "of no consequence, but another")));
    assert!(first.remarks().iter().any(|remark| remark.contains("rows")), "{:?}", first.remarks());
}

#[test]
fn cell_keys_give_noise_within_the_bound_and_no_small_figure() {
    let first = made(CELL_KEY, "of no consequence, being a test");
    let pairs = pairs(&first);
    assert!(pairs.iter().all(|(shown, count)| shown.abs_diff(*count) <= 4 && ![1, 2].contains(shown)));
    assert!(pairs.iter().all(|(shown, count)| *count > 0 || *shown == 0));
    assert!(pairs.iter().any(|(shown, count)| shown > count) && pairs.iter().any(|(shown, count)| shown < count));
    assert_eq!(csv(&first), csv(&made(CELL_KEY, "of no consequence, being a test")));
    assert_ne!(csv(&first), csv(&made(CELL_KEY, "of no consequence, but another")));
    // The same records are the same figure: bases that count the same persons have one number.
    let mut bases = BTreeMap::<String, Vec<u64>>::new();
    for estimate in made(CELL_KEY, "of no consequence, being a test").estimates().filter(|of| of.indicator == "sex") {
        let year = estimate.dimensions.get("year").map(|year| year.code.to_string()).unwrap_or_default();
        bases.entry(year).or_default().extend(estimate.base);
    }
    assert!(bases.len() > 5 && bases.values().all(|bases| bases.windows(2).all(|pair| pair[0] == pair[1])));
}

#[test]
fn controlled_rounding_adds_up() {
    let first = made(CONTROLLED, "");
    let pairs = pairs(&first);
    let relaxed = format!("{:?}", first.protected().unwrap().get().certificate().method).contains("relaxed: true");
    let near = if relaxed { 10 } else { 5 };
    assert!(pairs.iter().all(|(shown, count)| shown % 5 == 0 && shown.abs_diff(*count) < near));
    assert!(pairs.iter().any(|(shown, count)| shown != count));
    // In each year those of a sex are those who have one recorded.
    let mut years = BTreeMap::<String, (u64, u64)>::new();
    for estimate in first.estimates().filter(|of| of.indicator == "sex") {
        let year = estimate.dimensions.get("year").map(|year| year.code.to_string()).unwrap_or_default();
        let (sum, base) = years.entry(year).or_default();
        *sum += estimate.numerator.unwrap();
        *base = estimate.base.unwrap();
    }
    assert!(years.len() > 5 && years.values().all(|(sum, base)| sum == base), "{years:?}");
    assert_eq!(csv(&first), csv(&made(CONTROLLED, "")));
}

#[test]
fn a_key_that_is_not_there_or_too_short_is_named_and_not_quoted() {
    let refused = |folder: &Path| {
        let plan = plan(CELL_KEY, folder);
        let error = ReleasedTables::of_confidential(cases().table(), None, &plan, &Control::default()).unwrap_err();
        assert!(matches!(error, PublishError::Plan { .. }));
        error.to_string()
    };
    let none = refused(tempfile::tempdir().unwrap().path());
    assert!(none.contains("key") && none.contains("tables.key"), "{none}");
    let short = refused(folder("hunter2").path());
    assert!(short.contains("16 bytes") && !short.contains("hunter"), "{short}");
}

#[test]
fn a_variance_that_no_noise_has_is_a_fault_of_the_plan() {
    let folder = folder("of no consequence, being a test");
    let plan = plan(&CELL_KEY.replace("variance = 2.0", "variance = 90.0"), folder.path());
    let error = ReleasedTables::of_confidential(cases().table(), None, &plan, &Control::default()).unwrap_err();
    assert!(matches!(&error, PublishError::Plan { .. }) && error.to_string().contains("variance"), "{error}");
}

#[test]
fn a_release_folder_says_how_its_figures_were_changed() {
    let control = Control::default();
    let folder = folder("of no consequence, being a test");
    let input = folder.path().join("cases.csv");
    write_cases(&cases(), fs::File::create(&input).unwrap(), &control).unwrap();
    let out = folder.path().join("release");
    for (method, name, words) in [
        (ROUNDING, "random-rounding", "rounded up or down by chance"),
        (CONTROLLED, "controlled-rounding", "sums of counts still hold"),
        (CELL_KEY, "cell-key", "got some noise"),
    ] {
        let quasi = "format_version = 1\n[[attribute]]\nname = \"gender\"\nrole = \"quasi-identifier\"\n\
                     [[table]]\nindicator = \"sex\"\nby = [\"year\"]\n[tables]\n";
        let mut plan: Plan = format!("{quasi}{method}").parse().unwrap();
        folder.path().clone_into(&mut plan.folder);
        let publisher = Publisher { plan: Some(plan), replace: true, ..Publisher::default() };
        let account = publisher.publish(&input, &out, &control).unwrap();
        assert!(account.remarks.iter().any(|remark| remark.contains("released records")), "{:?}", account.remarks);
        let certificate: serde_json::Value =
            serde_json::from_slice(&fs::read(out.join("tables.json")).unwrap()).unwrap();
        assert_eq!(certificate["certificate"]["method"]["name"], name);
        let readme = fs::read_to_string(out.join("README.md")).unwrap();
        assert!(readme.contains(words) && !readme.contains("with `suppressed` is withheld"), "{readme}");
    }
}

#[test]
fn without_the_section_tables_are_counted_from_the_released_records() {
    let control = Control::default();
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("cases.csv");
    write_cases(&cases(), fs::File::create(&input).unwrap(), &control).unwrap();
    let out = folder.path().join("release");
    let plan = Plan { protection: None, ..Plan::for_cases(&cases()) };
    let publisher = Publisher { plan: Some(plan), ..Publisher::default() };
    let account = publisher.publish(&input, &out, &control).unwrap();
    assert!(!account.remarks.iter().any(|remark| remark.starts_with("tables:")));
    assert!(!out.join("tables.json").exists());
    assert!(!fs::read_to_string(out.join("tables.csv")).unwrap().contains("to protect persons"));
}
