//! Tables of confidential counts: what a plan with `[tables]` releases.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ctdata_indicators::estimate::{NotAvailable, Value};
use ctdata_indicators::{Request, compute};
use ctdata_model::{CaseTable, Country, Layout, Simulator, write_cases};
use ctdata_publish::{Plan, Publisher, ReleasedTables};
use ctdata_table::Control;

fn cases(rows: usize) -> CaseTable {
    Simulator::new(3).cases(Layout::named("ctdc-synthetic-2021").unwrap(), rows).unwrap()
}

fn plan(text: &str) -> Plan {
    format!("format_version = 1\n{text}").parse().unwrap()
}

const SECTION: &str = "[tables]\nmethod = \"suppression\"\nthreshold = 10\n";

#[test]
fn figures_are_the_true_ones_or_withheld_with_all_that_gives_them_away() {
    let control = Control::default();
    let cases = cases(3_000);
    let tables = [
        ("form-of-exploitation", vec!["sex", "citizenship"]),
        ("children", vec!["year"]),
        ("flows", vec![]),
        ("labour-sector", vec!["sex"]),
    ];
    let entry = |(id, by): &(&str, Vec<&str>)| format!("[[table]]\nindicator = \"{id}\"\nby = {by:?}\n");
    let entries = tables.iter().map(entry).collect::<Vec<_>>().concat();
    let made = ReleasedTables::of_confidential(cases.table(), None, &plan(&format!("{entries}{SECTION}")), &control);
    let made = made.unwrap();
    let mut expected = Vec::new();
    for (id, by) in &tables {
        let request = by.iter().fold(Request::new(*id), |request, dim| request.by(*dim));
        expected.extend(compute(cases.table(), &request, None, &control).unwrap().estimates);
    }
    let released: Vec<_> = made.estimates().collect();
    let withheld = released.iter().filter(|estimate| estimate.suppressed).count();
    assert!(withheld > 20 && withheld < released.len(), "{withheld} of {}", released.len());
    for estimate in released {
        let same = |other: &&ctdata_indicators::Estimate| {
            other.indicator == estimate.indicator && other.dimensions == estimate.dimensions
        };
        let Some(truth) = expected.iter().find(same) else {
            // A zero of a combination that nobody is in is listed only where zeros can be withheld.
            assert!(estimate.numerator.is_none_or(|count| count == 0));
            continue;
        };
        for (shown, true_count) in
            [(estimate.numerator, truth.numerator), (estimate.base, truth.base), (estimate.unknown, truth.unknown)]
        {
            assert!(shown.is_none() || shown == true_count);
            assert!(shown.is_none_or(|count| count == 0 || count >= 10));
        }
        let complete = estimate.numerator.is_some() && estimate.base.is_some();
        if complete {
            assert_eq!(estimate.value, truth.value);
        } else {
            assert_eq!(estimate.value, Value::NotAvailable(NotAvailable::Suppressed));
            assert!(estimate.interval.is_none() && estimate.suppressed);
        }
    }
    let certificate = made.protected().unwrap().get().certificate();
    assert!(certificate.marked > 0 && certificate.withheld > 0);
}

#[test]
fn a_release_folder_has_the_certificate_and_says_what_the_tables_count() {
    let control = Control::default();
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("cases.csv");
    write_cases(&cases(3_000), fs::File::create(&input).unwrap(), &control).unwrap();
    let quasi = "[[attribute]]\nname = \"gender\"\nrole = \"quasi-identifier\"\n\
                 [[attribute]]\nname = \"yearOfRegistration\"\nrole = \"quasi-identifier\"\n";
    let text = format!("{quasi}[[table]]\nindicator = \"sex\"\nby = [\"year\"]\n{SECTION}");
    let publisher = Publisher { plan: Some(plan(&text)), ..Publisher::default() };
    let out = folder.path().join("release");
    let account = publisher.publish(&input, &out, &control).unwrap();
    assert!(account.outputs.iter().all(|file| Path::new(file).is_file()));
    let certificate = fs::read_to_string(out.join("tables.json")).unwrap();
    assert!(certificate.contains("\"threshold\""));
    let readme = fs::read_to_string(out.join("README.md")).unwrap();
    assert!(readme.contains("tables.json") && readme.contains("also those whose records were left out"));
    // The same bytes again, and a folder that can be replaced.
    let tables = fs::read(out.join("tables.csv")).unwrap();
    Publisher { replace: true, ..publisher }.publish(&input, &out, &control).unwrap();
    assert_eq!(fs::read(out.join("tables.csv")).unwrap(), tables);
}

/// Coarser records are compared with the tables too: what they leave out of a category is a count like any other.
#[test]
fn records_beside_the_tables_are_part_of_what_everybody_knows() {
    let control = Control::default();
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("cases.csv");
    write_cases(&cases(3_000), fs::File::create(&input).unwrap(), &control).unwrap();
    let coarse = |hierarchy: &str, limit: &str| {
        format!(
            "[[attribute]]\nname = \"citizenship\"\nrole = \"quasi-identifier\"\n{hierarchy}\
             [[attribute]]\nname = \"gender\"\nrole = \"quasi-identifier\"\n\
             {limit}[[anonymize.model]]\nkind = \"k-anonymity\"\nk = 11\n\
             [[table]]\nindicator = \"sex\"\nby = [\"citizenship\"]\n{SECTION}"
        )
    };
    for (name, text) in [
        ("coarser", coarse("hierarchy = { case = \"citizenship\" }\n", "[anonymize]\nsuppression_limit = 0.2\n")),
        ("same", coarse("", "")),
    ] {
        let publisher = Publisher { plan: Some(plan(&text)), ..Publisher::default() };
        let out = folder.path().join(name);
        let account = publisher.publish(&input, &out, &control).unwrap();
        assert!(account.suppressed > 10 || name == "coarser", "{name}");
        let data = fs::read_to_string(out.join("data.csv")).unwrap();
        let tables = fs::read_to_string(out.join("tables.csv")).unwrap();
        let rows = |text: &str| -> Vec<BTreeMap<String, String>> {
            let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
            let header = lines.next().unwrap();
            lines.map(|cells| header.iter().cloned().zip(cells).collect()).collect()
        };
        let (data, tables) = (rows(&data), rows(&tables));
        let mut published = 0;
        for figure in tables.iter().filter(|row| name == "same" && !row["numerator"].is_empty()) {
            let person = |row: &&BTreeMap<String, String>| {
                let country = |text: &str| text.parse::<Country>().ok();
                row["gender"].eq_ignore_ascii_case(&figure["sex"])
                    && country(&row["citizenship"]) == country(&figure["citizenship"])
            };
            if !["female", "male"].contains(&figure["sex"].as_str()) {
                continue;
            }
            let shown = data.iter().filter(person).count();
            let unseen = figure["numerator"].parse::<usize>().unwrap() - shown;
            assert!(unseen == 0 || unseen >= 10, "{unseen} people of a category are left out of the records alone");
            published += usize::from(unseen > 0 || shown > 0);
        }
        assert!(name != "same" || published > 10, "{published}");
    }
}
