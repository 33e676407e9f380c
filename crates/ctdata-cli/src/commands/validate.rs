//! `ctdata validate`

use ctdata::model::OnError;
use ctdata::model::validate::{Report, Severity, Validator};

use super::records;
use crate::args::{CaseChoices, ValidateOptions};
use crate::failure::Failure;
use crate::output::{Align, count, table};
use crate::session::Session;

pub(crate) fn run(options: &ValidateOptions, session: &Session) -> Result<(), Failure> {
    let how = (OnError::Collect { limit: options.list }, options.show_values);
    let format = options.input.format.as_deref();
    // Whether possible victims become cases does not matter here.
    let choices = CaseChoices::default();
    let outcome = records::outcome(&options.input.file, format, &options.records, &choices, how, session)?;
    let validator = Validator::default();
    let report = match outcome.source() {
        Some(source) => {
            let check = validator.check_htcds(source.records(), &session.control);
            check.on(super::today()).cases(options.list).all()?
        }
        None => validator.check_outcome(&outcome, &session.control).all()?,
    };
    if session.json {
        session.document(&report)?;
    } else {
        session.text(&words(&report))?;
    }
    let kept = outcome.problems().kept();
    records::tell(kept.get(..options.list.min(kept.len())).unwrap_or_default(), options.show_values, session);
    if report.is_valid() { Ok(()) } else { Err(Failure { code: Failure::NO, message: String::new() }) }
}

fn words(report: &Report) -> String {
    let mut text = format!("{}: {} rows\n", report.format, count(report.rows));
    if report.findings.is_empty() {
        text.push_str("nothing found\n");
        text.push_str(&notes(report));
        return text;
    }
    let rows: Vec<Vec<String>> = report
        .findings
        .iter()
        .map(|finding| {
            vec![
                finding.rule.to_owned(),
                finding.severity.to_string(),
                count(finding.count),
                finding.first.as_ref().map(ToString::to_string).unwrap_or_default(),
                finding.message.clone(),
            ]
        })
        .collect();
    let header = [
        ("rule", Align::Left),
        ("severity", Align::Left),
        ("count", Align::Right),
        ("first", Align::Left),
        ("finding", Align::Left),
    ];
    text.push_str(&table(&header, &rows));
    text.push_str(&cases(report));
    text.push_str(&notes(report));
    let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    match errors {
        0 => text.push_str("valid: no finding is an error\n"),
        1 => text.push_str("not valid: 1 finding is an error\n"),
        more => text.extend(["not valid: ", &more.to_string(), " findings are errors\n"]),
    }
    text
}

/// The cases with the gravest findings.
fn cases(report: &Report) -> String {
    let mut text = String::new();
    for case in
        report.cases.iter().filter(|case| case.findings.iter().any(|found| found.severity > Severity::Information))
    {
        let mut rules: Vec<String> =
            case.findings.iter().map(|finding| format!("{} {}", finding.rule, finding.severity)).collect();
        rules.dedup();
        text.extend(["case ", &case.case.to_string(), " (row ", &case.row.to_string(), "): ", &rules.join(", "), "\n"]);
    }
    text
}

fn notes(report: &Report) -> String {
    report.notes.iter().flat_map(|note| ["note: ", note, "\n"]).collect()
}
