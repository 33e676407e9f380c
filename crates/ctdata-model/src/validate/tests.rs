//! The rules against an oracle that reads the text of the file, row by row, and knows no codes.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ctdata_table::{Attribute, Column, Control, Schema, StopReason, Table};
use proptest::prelude::*;

use super::*;
use crate::{CaseReader, Dataset, Layout, ModelError, OnError, Outcome, case_constraints};

/// Labels of the concatenated lists and the columns that they name, from the CTDC codebook and files:
/// part of each list is enough.
const LABELS: &[(&str, &str)] = &[
    ("Debt bondage", "meansOfControlDebtBondage"),
    ("Takes earnings", "meansOfControlTakesEarnings"),
    ("Threats", "meansOfControlThreats"),
    ("Physical Abuse", "meansOfControlPhysicalAbuse"),
    ("Denied freedom of movement/kept in isolation", "meansOfControlRestrictsMovement"),
    ("Other", "meansOfControlOther"),
    ("Not specified", "meansOfControlNotSpecified"),
    ("Forced labour and/or services", "isForcedLabour"),
    ("Sexual exploitation", "isSexualExploit"),
    ("Other", "isOtherExploit"),
    ("Forced marriage", "isForcedMarriage"),
    ("Agriculture", "typeOfLabourAgriculture"),
    ("Domestic work", "typeOfLabourDomesticWork"),
    ("Other", "typeOfLabourOther"),
    ("Not specified", "typeOfLabourNotSpecified"),
    ("Prostitution", "typeOfSexProstitution"),
    ("Pornography", "typeOfSexPornography"),
    ("Intimate Partner", "recruiterRelationIntimatePartner"),
    ("Friend/Acquaintance", "recruiterRelationFriend"),
    ("Other", "recruiterRelationOther"),
    ("Not Specified", "recruiterRelationUnknown"),
];

/// Each list and the columns of its flags; `isSexAndLabour` belongs to no list.
const LISTS: &[(&str, &[&str])] = &[
    ("meansOfControlConcatenated", &["meansOfControl"]),
    (
        "typeOfExploitConcatenated",
        &[
            "isForcedLabour", "isSexualExploit", "isOtherExploit", "isForcedMarriage", "isForcedMilitary",
            "isOrganRemoval", "isSlavery",
        ],
    ),
    ("typeOfLabourConcatenated", &["typeOfLabour"]),
    ("typeOfSexConcatenated", &["typeOfSex"]),
    ("RecruiterRelationship", &["recruiterRelation"]),
];

/// What a cell of a column may hold: the oracle's rows are drawn from these.
fn pool(layout: &Layout, column: &str) -> Vec<&'static str> {
    let new = layout.synthetic;
    match column {
        "yearOfRegistration" => vec!["2016", "2016", "", "2001", "2002", "2010", "2017", "2018", "2019", "2021", "2022", "2023", "2024"],
        "Datasource" => vec!["Hotline", "Case Management", "Case Management", ""],
        "gender" => vec!["", if layout.name.ends_with("2024") { "Woman" } else { "Female" }],
        "ageBroad" if new => vec!["", "0--8", "09--17", "18--20", "48+"],
        "ageBroad" => vec!["", "0--8", "9--17", "18--20", "48+"],
        "majorityStatus" | "majorityStatusAtExploit" | "majorityEntry" if !new => vec!["", "Minor", "Adult", "Unknown"],
        "majorityStatusAtExploit" => vec!["", "Minor", "Adult"],
        "traffickMonths" => vec!["", "0--12 (0-1 yr)", "25--60 (2-5 yrs)", "25+ (2+ yrs)"],
        // In neither dictionary: Aland, Guernsey. Of the other kind: one of each, found by the reader.
        "citizenship" | "CountryOfExploitation" if new => vec!["", "KEN", "NAM", "SRB", "KEN", "NAM", "SRB", "ALA", "KE"],
        "citizenship" | "CountryOfExploitation" => vec!["", "KE", "NA", "RS", "0", "KE", "NA", "AX", "GG", "KEN"],
        list if LISTS.iter().any(|(name, _)| *name == list) => {
            vec!["=", "=", "=", "", "Not specified", "Minor sexually exploited or abused", "nonsense", "Other; debt BONDAGE"]
        }
        _ if new => vec!["", "", "", "1"],
        _ => vec!["", "", "", "0", "0", "1"],
    }
}

/// A file, as text.
struct File {
    layout: &'static Layout,
    rows: Vec<Vec<String>>,
}

impl File {
    fn new(layout: &'static Layout, choices: &[Vec<u8>], rows: usize) -> Self {
        let rows = choices.iter().cycle().take(if choices.is_empty() { 0 } else { rows }).map(|choices| Self::row(layout, choices));
        Self { layout, rows: rows.collect() }
    }

    fn row(layout: &'static Layout, choices: &[u8]) -> Vec<String> {
        let cells = layout.columns.iter().zip(choices).map(|(column, &choice)| {
            let pool = pool(layout, column.name);
            pool[usize::from(choice) % pool.len()].to_owned()
        });
        let mut row: Vec<String> = cells.collect();
        // "=" stands for the list that agrees with the flags, as far as labels are known here.
        for (list, _) in LISTS {
            let Some(at) = layout.columns.iter().position(|column| column.name == *list) else { continue };
            if row[at] == "=" {
                let named = LABELS.iter().filter(|(_, flag)| is_flag_of(list, flag) && cell(layout, &row, flag) == "1");
                row[at] = named.map(|(label, _)| *label).collect::<Vec<_>>().join(";");
            }
        }
        // Now and then, a flag that is none: the reader leaves the row out.
        let last = layout.columns.len() - 1;
        if choices[0] % 16 == 15 {
            row[last] = "7".to_owned();
        }
        row
    }

    fn text(&self) -> String {
        let separator = char::from(self.layout.separator);
        let quoted = |cell: &str| if cell.contains([';', ',']) { format!("\"{cell}\"") } else { cell.to_owned() };
        let header = self.layout.columns.iter().map(|column| column.name.to_owned()).collect();
        let rows = self.rows.iter().map(|row| row.iter().map(|cell| quoted(cell)).collect());
        let lines = std::iter::once(header).chain(rows).map(|cells: Vec<String>| cells.join(&separator.to_string()) + "\n");
        lines.collect()
    }

    fn read(&self) -> Outcome {
        let reader = CaseReader { layout: Some(self.layout), on_error: OnError::Collect { limit: 0 }, ..CaseReader::default() };
        reader.read(self.text().as_bytes(), "inline", &Control::default()).unwrap()
    }

    fn cell<'a>(&self, row: &'a [String], column: &str) -> &'a str {
        cell(self.layout, row, column)
    }
}

fn cell<'a>(layout: &Layout, row: &'a [String], column: &str) -> &'a str {
    layout.columns.iter().position(|found| found.name == column).map_or("", |at| row[at].as_str())
}

fn is_flag_of(list: &str, column: &str) -> bool {
    let (_, prefixes) = LISTS.iter().find(|(name, _)| *name == list).unwrap();
    column != list && prefixes.iter().any(|prefix| column.starts_with(prefix))
}

type Breaches = BTreeMap<(&'static str, Severity), (u64, u64, Option<&'static str>)>;

/// Every breach, by the words of the specification.
fn oracle(file: &File, synthetic: bool) -> Breaches {
    let mut breaches = Breaches::new();
    let mut add = |rule, severity, row: usize, column: Option<&'static str>| {
        breaches.entry((rule, severity)).or_insert((0, row as u64 + 1, column)).0 += 1;
    };
    let soft = |severity| if synthetic { Severity::Information } else { severity };
    let columns: Vec<&'static str> = file.layout.columns.iter().map(|column| column.name).collect();
    let mut seen = HashSet::new();
    for (at, row) in file.rows.iter().enumerate() {
        let is = |column: &str| file.cell(row, column);
        let countries = ["citizenship", "CountryOfExploitation"];
        let other_kind = if file.layout.synthetic { "KE" } else { "KEN" };
        // The reader counts cells, in the order of the columns, also in rows that it leaves out.
        for column in columns.iter().filter(|column| countries.contains(column) && is(column) == other_kind) {
            add("R17", Severity::Warning, at, Some(column));
        }
        if row.last().unwrap() == "7" {
            add("R1", Severity::Error, at, Some(columns[columns.len() - 1]));
            continue;
        }
        let any = |prefixes: &[&str], but: &str| {
            columns.iter().any(|column| prefixes.iter().any(|prefix| column.starts_with(prefix)) && *column != but && is(column) == "1")
        };
        for (rule, prefix, form) in [("R4", "typeOfLabour", "isForcedLabour"), ("R5", "typeOfSex", "isSexualExploit")] {
            match is(form) {
                "0" if any(&[prefix], "") => add(rule, soft(Severity::Error), at, Some(form)),
                "" if any(&[prefix], "") => add(rule, Severity::Information, at, Some(form)),
                _ => {}
            }
        }
        let (labour, sexual) = (is("isForcedLabour"), is("isSexualExploit"));
        match is("isSexAndLabour") {
            "1" if labour == "0" || sexual == "0" => add("R6", soft(Severity::Error), at, Some("isSexAndLabour")),
            "0" if labour == "1" && sexual == "1" => add("R6", soft(Severity::Error), at, Some("isSexAndLabour")),
            _ => {}
        }
        if is("isOtherExploit") == "0" && ["isForcedMarriage", "isForcedMilitary", "isOrganRemoval"].map(is).contains(&"1") {
            add("R7", soft(Severity::Warning), at, Some("isOtherExploit"));
        }
        let none = "meansOfControlNotSpecified";
        let means = any(&["means"], none);
        if is(none) == "1" && means || is(none) == "0" && !means {
            add("R8", soft(Severity::Warning), at, Some(none));
        }
        for (rule, none, prefix, severity) in [
            ("R9", "recruiterRelationUnknown", "recruiterRelation", Severity::Warning),
            ("R11", "typeOfLabourNotSpecified", "typeOfLabour", Severity::Information),
        ] {
            if is(none) == "1" && any(&[prefix], none) {
                add(rule, soft(severity), at, Some(none));
            }
        }
        if let Some(list) = columns.iter().find(|list| disagrees(file, row, list)) {
            add("R10", soft(Severity::Warning), at, Some(list));
        }
        let age = match is("ageBroad") {
            "" => "",
            "0--8" | "9--17" | "09--17" => "Minor",
            _ => "Adult",
        };
        let status = is("majorityStatus");
        if age == "Minor" && status == "Adult" || age == "Adult" && status == "Minor" {
            add("R12", soft(Severity::Error), at, Some("majorityStatus"));
        }
        let earlier = ["majorityStatusAtExploit", "majorityEntry"].into_iter().find(|moment| is(moment) == "Adult");
        if let Some(earlier) = earlier.filter(|_| age == "Minor" || status == "Minor") {
            add("R13", soft(Severity::Error), at, Some(earlier));
        }
        if is("majorityStatusAtExploit") == "Minor" && is("majorityEntry") == "Adult" {
            add("R14", soft(Severity::Warning), at, Some("majorityEntry"));
        }
        let year: Option<i16> = is("yearOfRegistration").parse().ok();
        if year.is_some_and(|year| year < 2002 || year > file.layout.last_year()) {
            add("R15", Severity::Error, at, Some("yearOfRegistration"));
        }
        let late = ["typeOfSexRemoteInteractiveServices", "typeOfSexPrivateSexualServices", "isAbduction"];
        if let Some(filled) = late.into_iter().find(|late| !is(late).is_empty()).filter(|_| year.is_some_and(|year| year < 2017)) {
            add("R18", Severity::Information, at, Some(filled));
        }
        if let Some(country) = countries.into_iter().find(|country| ["AX", "GG", "ALA"].contains(&is(country))) {
            add("R17", Severity::Error, at, Some(country));
        }
        let foreign = if file.layout.name.ends_with("2024") { "25--60 (2-5 yrs)" } else { "25+ (2+ yrs)" };
        if is("traffickMonths") == foreign {
            add("R19", Severity::Warning, at, Some("traffickMonths"));
        }
        // Countries and unknowns are equal whatever their spelling.
        let same = |cell: &String| match cell.as_str() {
            "KEN" => "KE".to_owned(),
            cell => cell.to_owned(),
        };
        if !seen.insert(row.iter().map(same).collect::<Vec<_>>()) {
            add("R34", Severity::Information, at, None);
        }
    }
    breaches
}

fn disagrees(file: &File, row: &[String], list: &str) -> bool {
    if !LISTS.iter().any(|(name, _)| *name == list) {
        return false;
    }
    let text = file.cell(row, list);
    let flags: HashSet<&str> = file
        .layout
        .columns
        .iter()
        .map(|column| column.name)
        .filter(|column| is_flag_of(list, column) && file.cell(row, column) == "1")
        .collect();
    let mut named: HashSet<&str> = HashSet::new();
    for label in text.split(';').map(str::trim).filter(|label| !label.is_empty()) {
        let mut labels = LABELS.iter().filter(|(_, flag)| is_flag_of(list, flag));
        match labels.find(|(known, _)| known.to_lowercase() == label.to_lowercase()) {
            Some((_, flag)) => named.insert(flag),
            // Types of sexual exploitation and forms have no such flag.
            None if label == "Minor sexually exploited or abused" || label == "Not specified" => continue,
            None => named.insert("(something else)"),
        };
    }
    let states = ["meansOfControlNotSpecified", "typeOfLabourNotSpecified", "recruiterRelationUnknown"];
    let only_a_state = flags.len() == 1 && flags.iter().all(|flag| states.contains(flag));
    named != flags && !(text.is_empty() && only_a_state && file.cell(row, "Datasource") != "Hotline")
}

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
        let mut rows: Vec<u32> = of_rule.flat_map(|constraint| constraint.violations(outcome.usable().table()).unwrap()).collect();
        rows.sort_unstable();
        rows.dedup();
        let error = report.by_rule(rule).find(|finding| finding.severity == Severity::Error);
        assert_eq!(error.map_or(0, |error| error.count), rows.len() as u64, "{rule}");
        let first = error.and_then(|error| error.first.as_ref()).map(|first| first.row);
        assert_eq!(first, rows.first().map(|&row| u64::from(row) + 1), "{rule}");
    }
}

const CASES: [&str; 5] = ["ctdc-kanon-62", "ctdc-kanon-63", "ctdc-kanon-64", "ctdc-synthetic-2021", "ctdc-synthetic-2024"];

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
    let layout = Layout::named("ctdc-kanon-64").unwrap();
    let row = |year: &str| layout.columns.iter().map(|column| if column.name == "yearOfRegistration" { year } else { "" }.to_owned()).collect();
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
        report(&years(rows), &Validator::default()).by_rule("R16").next().map(|found| (found.count, found.first.as_ref().unwrap().row))
    };
    let even = [("2015", 250), ("2017", 250), ("2018", 250), ("2019", 240)];
    let with = |rows: usize| even.into_iter().chain([("2016", rows), ("", 500)]).collect::<Vec<_>>();
    assert_eq!(count(&with(330)), None); // a quarter of 1,320
    assert_eq!(count(&with(331)), Some((331, 991)));
    assert_eq!(count(&[("2015", 100), ("2016", 500), ("2017", 100), ("2018", 100)]), None); // four years
    assert_eq!(count(&[("2014", 1), ("2015", 1), ("2016", 95), ("2017", 1), ("2018", 1)]), None); // 99 rows
    assert_eq!(count(&[("2014", 1), ("2015", 1), ("2016", 96), ("2017", 1), ("2018", 1)]), Some((96, 3)));
}

// Palermo Protocol, article 3(c).
#[test]
fn a_child_without_means_of_control_is_no_finding() {
    let layout = Layout::named("ctdc-kanon-63").unwrap();
    let cell = |name: &str| match name {
        "ageBroad" => "9--17",
        "majorityStatus" => "Minor",
        name if name.starts_with("meansOfControl") && !name.ends_with("NotSpecified") && !name.ends_with("ed") => "0",
        _ => "",
    };
    let row = layout.columns.iter().map(|column| cell(column.name).to_owned()).collect();
    let report = report(&File { layout, rows: vec![row] }.read(), &Validator::default());
    assert_eq!(report.findings, []);
}

#[test]
fn a_selection_keeps_rules_out_but_never_rows_that_could_not_be_read() {
    let layout = Layout::named("ctdc-synthetic-2021").unwrap();
    let cell = |name: &str, row: usize| match (name, row) {
        ("yearOfRegistration", 0 | 2) => "1999",
        ("isForcedLabour", 1) => "yes",
        ("citizenship", 2) => "KE",
        _ => "",
    };
    let rows = (0..3).map(|row| layout.columns.iter().map(|column| cell(column.name, row).to_owned()).collect()).collect();
    let outcome = File { layout, rows }.read();
    let rules = |rules: RuleSelection| {
        let report = report(&outcome, &Validator { rules, ..Validator::default() });
        report.findings.iter().map(|finding| (finding.rule, finding.count, finding.first.as_ref().unwrap().row)).collect::<Vec<_>>()
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
    let row: Vec<String> = layout.columns.iter().map(|column| if column.name == "IP_Gender" { "Male;Female" } else { "" }.to_owned()).collect();
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
