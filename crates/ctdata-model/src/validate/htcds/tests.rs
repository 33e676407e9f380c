//! Each rule, broken and kept; the order, bounds and silence of reports.

mod dates;
mod rules;

use chrono::NaiveDate;
use ctdata_table::Control;

use crate::htcds::lists::{CaseStatus, TypeOfExploitation};
use crate::htcds::{CaseId, CaseRecord, Listed, OutgoingReferral, Perpetrator, Person, PersonId, Records, Victim};
use crate::validate::{Finding, Report, Rule, RuleSelection, Severity, Validator};
use crate::{ModelError, Period, Redacted};

#[expect(clippy::unnecessary_wraps, reason = "fields of records are optional")]
fn text(text: &str) -> Option<Redacted<String>> {
    Some(Redacted::new(text.to_owned()))
}

#[expect(clippy::unnecessary_wraps, reason = "fields of records are optional")]
fn period(text: &str) -> Option<Period> {
    Some(text.parse().unwrap())
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 6, 15).unwrap()
}

/// One case with one victim.
fn records(person: Person, victim: Victim, case: CaseRecord) -> Records {
    let id = PersonId::new("p");
    Records {
        persons: vec![Person { id: id.clone(), ..person }],
        cases: vec![CaseRecord { id: CaseId::new("c"), victims: vec![Victim { person: id, ..victim }], ..case }],
        ..Records::default()
    }
}

fn of_victim(victim: Victim) -> Records {
    records(Person::default(), victim, CaseRecord::default())
}

fn of_case(case: CaseRecord) -> Records {
    records(Person::default(), Victim::default(), case)
}

fn of_person(person: Person) -> Records {
    records(person, Victim::default(), CaseRecord::default())
}

fn report(records: &Records) -> Report {
    Validator::default().check_records(records, &Control::default()).on(today()).all().unwrap()
}

/// Rules, severities, counts and columns.
fn found(records: &Records) -> Vec<(&'static str, Severity, u64, String)> {
    let column = |finding: &Finding| finding.first.as_ref().unwrap().column.clone().unwrap_or_default();
    let report = report(records);
    three_ways_agree(records, &report);
    report.findings.iter().map(|found| (found.rule, found.severity, found.count, column(found))).collect()
}

/// Rules alone.
fn rules(records: &Records) -> Vec<&'static str> {
    found(records).into_iter().map(|(rule, ..)| rule).collect()
}

fn three_ways_agree(records: &Records, report: &Report) {
    let (validator, control) = (Validator::default(), Control::default());
    let check = validator.check_records(records, &control).on(today());
    assert_eq!(check.is_valid().unwrap(), report.valid);
    assert_eq!(check.first().unwrap().as_ref(), report.findings.first());
    // Grouped by case nothing is lost but records outside of cases.
    for finding in report.cases.iter().flat_map(|case| &case.findings) {
        let of_all = report.findings.iter().find(|of_all| of_all.message == finding.message).unwrap();
        assert!(finding.count <= of_all.count);
    }
    for finding in &report.findings {
        let only = Validator { rules: RuleSelection::Only(vec![Rule::named(finding.rule).unwrap()]), synthetic: None };
        let alone = only.check_records(records, &control).on(today()).all().unwrap().findings;
        let of_rule: Vec<_> = report.findings.iter().filter(|found| found.rule == finding.rule).cloned().collect();
        assert_eq!(alone, of_rule);
    }
}

/// Identifying texts, all with a marker, and every rule broken.
fn broken(marker: &str) -> Records {
    let person = Person {
        first_name: text(marker),
        email: text(marker),
        mobile_phone: text(marker),
        gender: Some(Listed::read(marker)),
        mailing_latitude: Some(Redacted::new(91.0)),
        birthdate: period("2020"),
        ..Person::default()
    };
    let victim = Victim {
        type_of_exploitation: vec![Listed::read(marker), TypeOfExploitation::OrganRemoval.into()],
        age_when_trafficked: Some(121),
        details_of_vulnerabilities: text(marker),
        ..Victim::default()
    };
    let case = CaseRecord {
        status: Some(CaseStatus::Active.into()),
        reason_for_case_closure: text(marker),
        incoming_referral_date: period("2019-05"),
        outgoing_referrals: vec![OutgoingReferral {
            outgoing_referral_date: period("2018"),
            ..OutgoingReferral::default()
        }],
        ..CaseRecord::default()
    };
    let mut records = records(person, victim, case);
    let id = PersonId::new(format!("{marker} person"));
    records.persons[0].id = id.clone();
    records.cases[0].id = CaseId::new(format!("{marker} case"));
    records.cases[0].victims[0].person = id;
    let unknown = PersonId::new(format!("{marker} unknown"));
    records.cases[0].perpetrators.push(Perpetrator { person: unknown, ..Perpetrator::default() });
    records.cases.push(records.cases[0].clone());
    records
}

#[test]
fn reports_show_neither_values_nor_identifiers() {
    let records = broken("Zxqv");
    let report = report(&records);
    assert!(report.findings.len() > 10, "{report:?}");
    let check = Validator::default();
    let control = Control::default();
    let mut shown = format!("{report:?} {:?}", check.check_records(&records, &control));
    shown.extend(report.findings.iter().map(ToString::to_string));
    #[cfg(feature = "serde")]
    shown.push_str(&serde_json::to_string(&report).unwrap());
    assert!(!shown.to_lowercase().contains("zxqv"), "{shown}");
}

#[cfg(feature = "serde")]
#[test]
fn json_has_cases_only_where_there_are_findings() {
    let report = report(&of_victim(Victim { age_when_trafficked: Some(121), ..Victim::default() }));
    let finding = serde_json::json!({
        "rule": "R25",
        "severity": "warning",
        "count": 1,
        "message": "An age when trafficked is above 120.",
        "first": { "row": 1, "column": "vic_AgeWhenTrafficked" },
    });
    let expected = serde_json::json!({
        "format": "htcds",
        "rows": 1,
        "findings": [finding],
        "valid": true,
        "cases": [{ "case": 1, "row": 1, "findings": [finding] }],
    });
    assert_eq!(serde_json::to_value(&report).unwrap(), expected);
    let quiet = super::tests::report(&of_victim(Victim::default()));
    let expected = serde_json::json!({ "format": "htcds", "rows": 1, "findings": [], "valid": true });
    assert_eq!(serde_json::to_value(&quiet).unwrap(), expected);
}

#[test]
fn cases_are_listed_gravest_first_and_not_more_than_asked() {
    // By position: quiet, a warning, an error, information, a warning, an error.
    let kinds = ["", "R25", "R27", "R21", "R25", "R27"];
    let mut records = Records::default();
    for (at, kind) in kinds.into_iter().enumerate() {
        let id = PersonId::new(at.to_string());
        let person = Person {
            id: id.clone(),
            mailing_latitude: (kind == "R27").then_some(Redacted::new(0.0)),
            ..Person::default()
        };
        let victim = Victim {
            person: id,
            agreement_to_manage_personal_data: (kind == "R21").then_some(true),
            age_when_trafficked: (kind == "R25").then_some(200),
            ..Victim::default()
        };
        records.persons.push(person);
        let id = CaseId::new(at.to_string());
        records.cases.push(CaseRecord { id, victims: vec![victim], ..CaseRecord::default() });
    }
    // Consent is not recorded either, where there are coordinates.
    let listed = |limit| {
        let (validator, control) = (Validator::default(), Control::default());
        let report = validator.check_records(&records, &control).on(today()).cases(limit).all().unwrap();
        let rules = |case: &crate::validate::CaseFindings| {
            (case.case, case.findings.iter().map(|finding| finding.rule).collect::<Vec<_>>())
        };
        (report.cases.iter().map(rules).collect::<Vec<_>>(), report.notes)
    };
    let all =
        vec![(3, vec!["R27", "R29"]), (6, vec!["R27", "R29"]), (2, vec!["R25"]), (5, vec!["R25"]), (4, vec!["R21"])];
    assert_eq!(listed(100), (all.clone(), vec![]));
    assert_eq!(listed(5), (all.clone(), vec![]));
    let note = "5 cases have findings; the 3 with the gravest are listed.".to_owned();
    assert_eq!(listed(3), (all[..3].to_vec(), vec![note]));
    assert_eq!(listed(0), (vec![], vec![]));
}

#[test]
fn a_person_in_several_cases_is_counted_once_and_listed_in_each() {
    let mut records = of_person(Person { mobile_phone: text("none"), ..Person::default() });
    records.persons[0].consent.consent = Some(true);
    let again = CaseRecord { id: CaseId::new("d"), ..records.cases[0].clone() };
    records.cases.push(again);
    let report = report(&records);
    assert_eq!((report.findings.len(), report.findings[0].rule, report.findings[0].count), (1, "R28", 1));
    assert_eq!(report.cases.iter().map(|case| case.case).collect::<Vec<_>>(), [1, 2]);
    assert!(report.cases.iter().all(|case| case.findings == report.findings));
}

#[test]
fn without_today_the_future_is_not_looked_for_and_the_report_says_so() {
    let records = of_person(Person { birthdate: period("2099"), ..Person::default() });
    assert_eq!(rules(&records), ["R24"]);
    let (validator, control) = (Validator::default(), Control::default());
    let report = validator.check_records(&records, &control).all().unwrap();
    assert_eq!(report.findings, []);
    assert_eq!(report.notes, ["Dates in the future were not looked for: the date of today was not given."]);
    let without = Validator { rules: RuleSelection::Except(vec![Rule::named("R24").unwrap()]), synthetic: None };
    assert!(without.check_records(&records, &control).all().unwrap().notes.is_empty());
}

#[test]
fn stopping_and_a_small_memory_are_errors() {
    let records = broken("x");
    let validator = Validator::default();
    let stopped = Control::default().with_deadline(|| true);
    let check = validator.check_records(&records, &stopped);
    assert!(matches!(check.all(), Err(ModelError::Cancelled(_))));
    let small = Control::default().with_memory_cap(100);
    let check = validator.check_records(&records, &small);
    assert!(matches!(check.first(), Err(ModelError::Table(_))));
    assert!(check.is_valid().is_err());
}

#[cfg(feature = "csv")]
mod of_files {
    use std::sync::Arc;

    use ctdata_table::Location;

    use super::*;
    use crate::htcds::{HtcdsOutcome, MadeIds, Places};
    use crate::{Problem, Problems};

    fn outcome(records: Records, places: Places, problems: Problems) -> HtcdsOutcome {
        HtcdsOutcome {
            records,
            format: "htcds-csv",
            file: Arc::from("cases.csv"),
            sheet: None,
            problems,
            rows: 9,
            fields: Vec::new(),
            places,
            made_ids: MadeIds::default(),
        }
    }

    #[test]
    fn places_are_those_of_the_file_and_positions_where_it_has_none() {
        let mut records = of_victim(Victim { age_when_trafficked: Some(121), ..Victim::default() });
        records.persons[0].mobile_phone = text("none");
        records.persons[0].consent.consent = Some(true);
        records.cases[0].status = Some(CaseStatus::Closed.into());
        let rows = |places: Places| {
            let outcome = outcome(records.clone(), places, Problems::default());
            let report = Validator::default().check_htcds(&outcome, &Control::default()).on(today()).all().unwrap();
            assert_eq!((report.format, report.rows), ("htcds-csv", 9));
            let row = |rule| report.by_rule(rule).next().unwrap().first.as_ref().unwrap().row;
            assert_eq!(report.cases[0].row, row("R26"));
            [row("R25"), row("R26"), row("R28")]
        };
        let places = Places { persons: vec![4], cases: vec![2], victims: vec![vec![5]], ..Places::default() };
        assert_eq!(rows(places), [5, 2, 4]);
        let places = Places { persons: vec![0], cases: vec![7], victims: vec![vec![0]], ..Places::default() };
        assert_eq!(rows(places), [7, 7, 1]);
        assert_eq!(rows(Places::default()), [1, 1, 1]);
    }

    #[test]
    fn errors_of_the_reader_are_findings_in_any_case() {
        let mut problems = Problems::default();
        let at = Location { row: Some(3), column: Some(Arc::from("prs_Birthdate")), ..Location::default() };
        let problem = Problem { rule: "cell", severity: Severity::Error, message: "not a date", at, value: None };
        problems.add(problem, 10);
        let outcome = outcome(of_victim(Victim::default()), Places::default(), problems);
        let control = Control::default();
        for rules in [RuleSelection::All, RuleSelection::Only(vec![])] {
            let validator = Validator { rules, synthetic: None };
            let check = validator.check_htcds(&outcome, &control);
            let report = check.all().unwrap();
            assert_eq!((report.findings.len(), report.valid), (1, false));
            let first = &report.findings[0];
            assert_eq!(first.to_string(), "cell error: not a date (1), first at row 3, column `prs_Birthdate`");
            assert_eq!(check.first().unwrap().as_ref(), Some(first));
            assert!(!check.is_valid().unwrap());
        }
    }
}

/// The simulator promises records in which nothing but information is found.
#[test]
fn simulated_records_are_consistent() {
    let records = crate::Simulator::new(7).htcds(3_000).unwrap();
    let report = report(&records);
    let found: Vec<_> = report.findings.iter().map(ToString::to_string).collect();
    let is_promised = |finding: &Finding| ["R21", "R31"].contains(&finding.rule);
    assert!(report.findings.iter().all(is_promised), "{found:#?}");
    three_ways_agree(&records, &report);
}
