//! The rules against an oracle, and what no random file shows.

mod oracle;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ctdata_table::{Attribute, Column, Control, Schema, StopReason, Table};
use proptest::prelude::*;

use super::*;
use crate::{CaseAttribute, Dataset, Layout, LayoutAttribute, LayoutColumn, ModelError, Outcome, case_constraints};
use oracle::{Breaches, File, oracle};

fn breaches(report: &Report) -> Breaches {
    let entry = |finding: &Finding| {
        let first = finding.first.as_ref().unwrap();
        let layout = Layout::named(report.format).unwrap();
        let column = first.column.as_ref().map(|name| layout.column(name).unwrap().name);
        ((finding.rule, finding.severity), (finding.count, first.row, column))
    };
    let breaches: Breaches = report.findings.iter().map(entry).collect();
    assert_eq!(breaches.len(), report.findings.len(), "one finding per rule and severity");
    breaches
}

fn compare(file: &File, synthetic: Option<bool>) {
    let outcome = file.read();
    let control = Control::default();
    let without_r16 = RuleSelection::Except(vec![Rule::named("R16").unwrap()]);
    let validator = Validator { synthetic, rules: without_r16 };
    let check = validator.check_outcome(&outcome, &control);
    let report = check.all().unwrap();
    let expected = oracle(file, synthetic.unwrap_or(file.layout.synthetic));
    assert_eq!(breaches(&report), expected, "{}", file.layout.name);
    assert_eq!(report.rows, file.rows.len() as u64);
    let valid = expected.keys().all(|(_, severity)| *severity < Severity::Error);
    assert_eq!((report.valid, check.is_valid().unwrap()), (valid, valid));
    assert_eq!(check.first().unwrap(), report.findings.into_iter().next());
}

/// Constraints against the errors of the rules that they stand for.
fn compare_constraints(file: &File) {
    let outcome = file.read();
    let control = Control::default();
    let validator = Validator { synthetic: Some(false), ..Validator::default() };
    let report = validator.check(outcome.usable(), &control).all().unwrap();
    let constraints = case_constraints();
    for rule in ["R4", "R5", "R6", "R12", "R13"] {
        let of_rule = constraints.iter().filter(|constraint| constraint.name().split(' ').next() == Some(rule));
        let mut rows: Vec<u32> =
            of_rule.flat_map(|constraint| constraint.violations(outcome.usable().table()).unwrap()).collect();
        rows.sort_unstable();
        rows.dedup();
        let error = report.by_rule(rule).find(|finding| finding.severity == Severity::Error);
        assert_eq!(error.map_or(0, |error| error.count), rows.len() as u64, "{rule}");
        let first = error.and_then(|error| error.first.as_ref()).map(|first| first.row);
        assert_eq!(first, rows.first().map(|&row| u64::from(row) + 1), "{rule}");
    }
}

const CASES: [&str; 5] =
    ["ctdc-kanon-62", "ctdc-kanon-63", "ctdc-kanon-64", "ctdc-synthetic-2021", "ctdc-synthetic-2024"];

fn choices(rows: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop::collection::vec(prop::collection::vec(any::<u8>(), 63), rows)
}

proptest! {
    #[test]
    fn findings_are_those_of_the_oracle(choices in choices(0..24), layout in 0..CASES.len(), synthetic in any::<Option<bool>>()) {
        let layout = Layout::named(CASES[layout]).unwrap();
        let file = File::new(layout, &choices, choices.len());
        compare(&file, synthetic);
        compare_constraints(&file);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn nothing_is_lost_between_chunks(choices in choices(50..90), layout in 0..CASES.len(), rows in 4_000usize..9_000) {
        compare(&File::new(Layout::named(CASES[layout]).unwrap(), &choices, rows), None);
    }
}

/// Rows of 2021's k-anonymised layout that hold a year and nothing else.
fn years(years: &[(&str, usize)]) -> Outcome {
    rows_of(Layout::named("ctdc-kanon-64").unwrap(), years, "")
}

/// Rows that hold a year and the same about abduction.
fn rows_of(layout: &'static Layout, years: &[(&str, usize)], abduction: &str) -> Outcome {
    let row = |year: &str| {
        let cell = |column: &LayoutColumn| match column.attribute {
            LayoutAttribute::Case(CaseAttribute::YearOfRegistration) => year,
            LayoutAttribute::Case(CaseAttribute::Abduction) => abduction,
            _ => "",
        };
        layout.columns.iter().map(|column| cell(column).to_owned()).collect()
    };
    let rows = years.iter().flat_map(|(year, rows)| std::iter::repeat_n(*year, *rows)).map(row).collect();
    File { layout, rows }.read()
}

fn report(outcome: &Outcome, validator: &Validator) -> Report {
    validator.check_outcome(outcome, &Control::default()).all().unwrap()
}

// The k-anonymised release of 2020 has 16,399 of its 48,773 rows in 2016; other figures are invented.
#[test]
fn a_year_stands_out_with_more_than_a_quarter_of_the_rows() {
    let count = |rows: &[(&str, usize)]| {
        report(&years(rows), &Validator::default())
            .by_rule("R16")
            .next()
            .map(|found| (found.count, found.first.as_ref().unwrap().row))
    };
    let even = [("2015", 250), ("2017", 250), ("2018", 250), ("2019", 240)];
    let with = |rows: usize| even.into_iter().chain([("2016", rows), ("", 500)]).collect::<Vec<_>>();
    assert_eq!(count(&with(330)), None); // a quarter of 1,320
    assert_eq!(count(&with(331)), Some((331, 991)));
    assert_eq!(count(&[("2015", 100), ("2016", 500), ("2017", 100), ("2018", 100)]), None); // four years
    assert_eq!(count(&[("2014", 1), ("2015", 1), ("2016", 95), ("2017", 1), ("2018", 1)]), None); // 99 rows
    assert_eq!(count(&[("2014", 1), ("2015", 1), ("2016", 96), ("2017", 1), ("2018", 1)]), Some((96, 3)));
}

// What was found in releases of CTDC says nothing about an organization's own records.
#[test]
fn rules_about_releases_are_not_for_records_of_others() {
    let found = |layout: &str| {
        let outcome = rows_of(
            Layout::named(layout).unwrap(),
            &[("2012", 20), ("2013", 90), ("2014", 20), ("2015", 20), ("2016", 20)],
            "1",
        );
        let report = report(&outcome, &Validator::default());
        ["R16", "R18"].map(|rule| report.by_rule(rule).map(|finding| finding.count).sum::<u64>())
    };
    assert_eq!(found("ctdc-kanon-64"), [90, 170]);
    assert_eq!(found("htcds-cases"), [0, 0]);
}

// Palermo Protocol, article 3(c).
#[test]
fn a_child_without_means_of_control_is_no_finding() {
    let layout = Layout::named("ctdc-kanon-63").unwrap();
    let cell = |name: &str| match name {
        "ageBroad" => "9--17",
        "majorityStatus" => "Minor",
        // Neither the list, which is concatenated, nor the state that none is specified.
        name if name.starts_with("meansOfControl") && !name.ends_with("ed") => "0",
        _ => "",
    };
    let row = layout.columns.iter().map(|column| cell(column.name).to_owned()).collect();
    let report = report(&File { layout, rows: vec![row] }.read(), &Validator::default());
    assert_eq!(report.findings, []);
}

// case-data.md of the specification, 2.4: lists as K2020 and K2021 were seen to hold them.
#[test]
fn an_empty_list_names_nothing_except_in_case_management() {
    let layout = Layout::named("ctdc-kanon-64").unwrap();
    let disagrees = |cells: &[(&str, &str)]| {
        let cell =
            |name: &str| cells.iter().find(|(column, _)| *column == name).map_or("", |(_, text)| *text).to_owned();
        let row = layout.columns.iter().map(|column| cell(column.name)).collect();
        let report = report(&File { layout, rows: vec![row] }.read(), &Validator::default());
        report.by_rule("R10").next().is_some()
    };
    let (list, none) = ("meansOfControlConcatenated", ("meansOfControlNotSpecified", "1"));
    let (managed, hotline) = (("Datasource", "Case Management"), ("Datasource", "Hotline"));
    let threats = ("meansOfControlThreats", "1");
    assert!(!disagrees(&[managed, none]));
    assert!(!disagrees(&[none]));
    assert!(disagrees(&[hotline, none]));
    assert!(!disagrees(&[hotline, none, (list, "Not specified")]));
    assert!(disagrees(&[hotline, (list, "Not specified")]));
    assert!(disagrees(&[managed, none, threats]));
    assert!(disagrees(&[managed, threats]));
    assert!(!disagrees(&[managed, threats, (list, "Minor sexually exploited or abused;THREATS ")]));
    assert!(disagrees(&[managed, threats, (list, "Threats;anything else")]));
    let friend = [("recruiterRelationFriend", "1"), ("recruiterRelationOther", "1"), ("recruiterRelationUnknown", "1")];
    let relation = [("RecruiterRelationship", "Friend/Acquaintance; Not Specified; Other")];
    assert!(!disagrees(&[&friend[..], &relation].concat()));
    // Both forms, and the flag that says so, which is in no list.
    let forms = [("isForcedLabour", "1"), ("isSexualExploit", "1"), ("isSexAndLabour", "1")];
    let named = [("typeOfExploitConcatenated", "Sexual exploitation;Forced labour")];
    assert!(!disagrees(&[&forms[..], &named].concat()));
}

#[test]
fn a_selection_keeps_rules_out_but_never_rows_that_could_not_be_read() {
    let layout = Layout::named("ctdc-synthetic-2021").unwrap();
    let cell = |name: &str, row: usize| match (name, row) {
        ("yearOfRegistration", 0 | 2) => "1999",
        ("isForcedLabour", 1) => "2",
        ("citizenship", 2) => "KE",
        _ => "",
    };
    let rows =
        (0..3).map(|row| layout.columns.iter().map(|column| cell(column.name, row).to_owned()).collect()).collect();
    let outcome = File { layout, rows }.read();
    let rules = |rules: RuleSelection| {
        let report = report(&outcome, &Validator { rules, ..Validator::default() });
        report
            .findings
            .iter()
            .map(|finding| (finding.rule, finding.count, finding.first.as_ref().unwrap().row))
            .collect::<Vec<_>>()
    };
    let r15 = vec![Rule::named("R15").unwrap()];
    assert_eq!(rules(RuleSelection::All), [("R1", 1, 2), ("R15", 2, 1), ("R17", 1, 3)]);
    assert_eq!(rules(RuleSelection::Only(r15.clone())), [("R1", 1, 2), ("R15", 2, 1)]);
    assert_eq!(rules(RuleSelection::Except(r15)), [("R1", 1, 2), ("R17", 1, 3)]);
}

#[test]
fn a_year_that_is_none_and_one_out_of_range_are_one_finding() {
    let outcome = years(&[("20x6", 2), ("1999", 3)]);
    let report = report(&outcome, &Validator::default());
    let found: Vec<_> = report.by_rule("R15").map(|found| (found.count, found.first.as_ref().unwrap().row)).collect();
    assert_eq!((found, report.rows), (vec![(5, 1)], 5));
}

#[test]
fn what_are_no_cases_is_checked_for_little() {
    let schema = Schema::try_new(vec![Attribute::flag("a")]).unwrap();
    let plain = Dataset::Plain(Table::try_new(schema, vec![Column::from_u8(vec![1, 1])]).unwrap());
    let (validator, control) = (Validator::default(), Control::default());
    let report = validator.check(&plain, &control).all().unwrap();
    assert_eq!((report.format, report.rows, report.findings), ("csv", 2, vec![]));

    let layout = Layout::named("ctdc-victim-perpetrator").unwrap();
    let row: Vec<String> = layout
        .columns
        .iter()
        .map(|column| if column.name == "IP_Gender" { "Male;Female" } else { "" }.to_owned())
        .collect();
    let outcome = File { layout, rows: vec![row.clone(), row] }.read();
    let report = super::tests::report(&outcome, &validator);
    let found: Vec<_> = report.findings.iter().map(|found| (found.rule, found.severity, found.count)).collect();
    assert_eq!(found, [("R33", Severity::Warning, 2), ("R34", Severity::Information, 1)]);
}

#[test]
fn a_check_stops_when_asked_to() {
    let outcome = years(&[("2016", 3)]);
    let control = Control::default().with_cancel(Arc::new(AtomicBool::new(true)));
    let stopped = Validator::default().check_outcome(&outcome, &control).all();
    assert!(matches!(stopped, Err(ModelError::Cancelled(StopReason::Cancelled))));
}
