//! What a reader must know, in plain sentences.

use super::variations::MERGED_LISTS;
use super::words::persons;
use super::{MseReport, is_answer};
use crate::estimate::Rounding;
use crate::mse::outcome::{Finding, Method, Status};

/// Methods that differ by more than this factor do not agree.
const DISAGREE: f64 = 1.5;
/// An estimate of more than so many times the persons seen is mostly extrapolation.
const FAR: f64 = 10.0;
/// With fewer persons on two lists or more, everything rests on a few of them.
const FEW_SHARED: u64 = 20;

pub(super) fn warnings(report: &MseReport) -> Vec<String> {
    let mut found = Vec::new();
    overlaps(report, &mut found);
    agreement(report, &mut found);
    extrapolation(report, &mut found);
    intervals(report, &mut found);
    variations(report, &mut found);
    consistency(report, &mut found);
    found.push(
        "all methods take for granted that records of one person were linked without error; missed links raise the \
         estimate"
            .to_owned(),
    );
    found
}

fn plural(count: u64, one: &str, many: &str) -> String {
    if count == 1 { format!("one {one}") } else { format!("{count} {many}") }
}

fn overlaps(report: &MseReport, found: &mut Vec<String>) {
    let table = &report.table;
    let shared: u64 = table.on_exactly.iter().skip(1).sum();
    if shared == 0 {
        found.push("nobody is on two lists: the data say nothing of the hidden number".to_owned());
    } else if shared < FEW_SHARED {
        let persons = plural(shared, "person is", "persons are");
        found.push(format!("{persons} on two lists or more: every estimate rests on them"));
    }
    // A list of nobody shares nobody; that it is empty says it.
    let empty = |name: &String| table.lists.iter().any(|list| list.list == *name && list.persons == 0);
    let pairs = table.empty_pairs.iter().filter(|[one, other]| !empty(one) && !empty(other));
    let pairs: Vec<String> = pairs.map(|[one, other]| format!("{one} and {other}")).collect();
    if !pairs.is_empty() {
        found.push(format!(
            "these lists share nobody: {}; of an interaction between them nothing can be estimated but that it is \
             strongly negative",
            pairs.join(", ")
        ));
    }
    for list in &table.uninformative {
        let other = list.same_as.as_ref().map_or_else(String::new, |other| format!(" ({other})"));
        found.push(format!("{} tells nothing of who was missed: {}{other}", list.list, list.reason.label()));
    }
}

fn agreement(report: &MseReport, found: &mut Vec<String>) {
    let Some(agreement) = &report.agreement else {
        let answers = report.findings().filter(|finding| is_answer(finding)).count();
        if answers == 0 {
            found.push("no method has an answer for this table".to_owned());
        }
        return;
    };
    let (low, high) = (agreement.lowest_method.label(), agreement.highest_method.label());
    if agreement.ratio > DISAGREE {
        let ratio = Rounding::default().format(agreement.ratio, 1);
        found.push(format!(
            "the methods disagree by a factor of {ratio}: from {} ({low}) to {} ({high}); no single one of them is the \
             answer",
            persons(agreement.lowest),
            persons(agreement.highest)
        ));
    }
    if agreement.common.is_none() && report.findings().any(|finding| finding.interval.is_some()) {
        found.push("no number lies in the intervals of all methods".to_owned());
    }
}

#[expect(clippy::cast_precision_loss, reason = "a table has at most 2^53 persons")]
fn extrapolation(report: &MseReport, found: &mut Vec<String>) {
    let seen = report.table.persons as f64;
    let far: Vec<&str> = report
        .findings()
        .filter(|finding| is_answer(finding) && finding.estimate.is_some_and(|estimate| estimate > FAR * seen))
        .map(|finding| finding.method.label())
        .collect();
    if !far.is_empty() && seen > 0.0 {
        found.push(format!("more than {FAR} times the persons seen, so mostly extrapolation: {}", far.join(", ")));
    }
}

fn intervals(report: &MseReport, found: &mut Vec<String>) {
    let selects = |finding: &&Finding| {
        is_answer(finding)
            && matches!(finding.method, Method::Stepwise | Method::StepwiseAic | Method::Bic | Method::Downhill)
    };
    if report.findings().any(|finding| selects(&finding) && finding.interval.is_some()) {
        found.push(
            "Wald and profile intervals take the chosen model for known; in a published simulation such 95 % intervals \
             covered the truth in 61 % of cases, with the choice repeated in a bootstrap in 90 % (Silverman, Chan and \
             Vincent 2024)"
                .to_owned(),
        );
    }
    let unsettled: Vec<&str> = report
        .findings()
        .filter(|finding| finding.status == Status::NotConverged)
        .map(|finding| finding.method.label())
        .collect();
    if !unsettled.is_empty() {
        found.push(format!("did not converge, so there is no estimate to use: {}", unsettled.join(", ")));
    }
}

/// The largest change that leaving out or merging lists makes, by method.
fn variations(report: &MseReport, found: &mut Vec<String>) {
    if !report.sensitivity.is_empty() && report.table.lists.len() > MERGED_LISTS {
        found.push(format!(
            "what merging two lists would change is not in this report: it is computed for at most {MERGED_LISTS} lists"
        ));
    }
    for finding in report.findings().filter(|finding| is_answer(finding) && !finding.method.is_lower_bound()) {
        let Some(estimate) = finding.estimate else { continue };
        let changed = report.sensitivity.iter().filter_map(|variation| {
            let of = |other: &&Finding| other.method == finding.method && is_answer(other);
            let number = variation.findings.iter().find(of)?.estimate?;
            (number > 0.0 && estimate > 0.0).then(|| ((number / estimate).ln().abs(), number, &variation.change))
        });
        if let Some((size, number, change)) = changed.max_by(|one, other| one.0.total_cmp(&other.0))
            && size > DISAGREE.ln()
        {
            let with = if change.starts_with("without") { "" } else { "with " };
            found.push(format!(
                "{}: {with}{change}, the estimate goes from {} to {}",
                finding.method.label(),
                persons(estimate),
                persons(number)
            ));
        }
    }
}

fn consistency(report: &MseReport, found: &mut Vec<String>) {
    for method in &report.consistency_by_method {
        let Some(bias) = method.mean_log_bias.filter(|bias| bias.abs() > DISAGREE.ln() && method.answered > 1) else {
            continue;
        };
        found.push(format!(
            "{}: asked for the known size of each list, it finds {} % of it on average",
            method.method.label(),
            Rounding::default().format(100.0 * bias.exp(), 0)
        ));
    }
}
